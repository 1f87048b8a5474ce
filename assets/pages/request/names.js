// Names are hostile until shown otherwise: as a person sees them, and as the store keeps them.

// hidden reports whether a character has no picture of its own, and is not one that scripts and emoji need. It is the
// rule of Waybill's other pages.
function hidden(c) {
  const n = c.codePointAt(0);
  if (n === 0x200C || n === 0x200D || n >= 0xE0020 && n <= 0xE007F) return false;
  if ([0x2028, 0x2029, 0x115F, 0x1160, 0x3164, 0xFFA0].includes(n)) return true;
  return /[\p{Cc}\p{Cf}]/u.test(c) && !/[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/u.test(c);
}

// wellFormed has no half of a pair of surrogates.
function wellFormed(text) { return text.replace(/\p{Surrogate}/gu, "\uFFFD"); }

// shown is a name as it reads, whatever is in it.
function shown(text) {
  return Array.from(wellFormed(text), function (c) {
    return hidden(c) ? "[U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "]" : c;
  }).join("");
}

function bytesOf(text) { return new TextEncoder().encode(text).length; }

// shortened cuts a name before its ending, between two characters, to so many bytes of UTF-8.
function shortened(name, most) {
  if (bytesOf(name) <= most) return name;
  const dot = name.lastIndexOf(".");
  const end = dot > 0 && bytesOf(name.slice(dot)) <= Math.min(20, most / 2) ? name.slice(dot) : "";
  let stem = "", room = most - bytesOf(end);
  for (const c of name.slice(0, name.length - end.length)) {
    room -= bytesOf(c);
    if (room < 0) break;
    stem += c;
  }
  return stem + end;
}

// longest is how many bytes a part of a path may have, where stores keep objects as files.
const longest = 255;

// cleanPart makes one part of a path that every store can keep, and leaves it as it is where it is harmless.
function cleanPart(part) {
  let clean = Array.from(wellFormed(part), function (c) {
    return hidden(c) || c === "/" || c === "\\" || (c.codePointAt(0) & 0xFFFE) === 0xFFFE ? "_" : c;
  }).join("");
  clean = clean.replace(/\$(?=\{)/g, "_"); // a form's key would have "${filename}" filled in
  if (clean === "." || clean === "..") clean = clean.replace(/\./g, "_");
  return shortened(clean, longest) || "file";
}

function cleanPath(path) {
  const parts = path.split("/").filter(function (part) { return part !== "" && part !== "."; }).map(cleanPart);
  return parts.length > 0 ? parts : ["file"];
}

// keyOf is a key below a folder that has at most 1,024 bytes. Of a path that is too long, folders go first.
function keyOf(folder, path) {
  const parts = cleanPath(path), room = 1024 - bytesOf(folder);
  while (parts.length > 1 && bytesOf(parts.join("/")) > room) parts.shift();
  return folder + (parts.length > 1 ? parts.join("/") : shortened(parts[0], room));
}

// randomName is twelve characters that nobody can guess.
function randomName() {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  let name = "";
  while (name.length < 12) {
    for (const n of crypto.getRandomValues(new Uint8Array(32))) {
      if (n < 248 && name.length < 12) name += letters[n % 62]; // 248 is four times 62: none is likelier than another
    }
  }
  return name;
}

// disposition is a file's name in a header: RFC 6266, with a form for those who know ASCII only.
function disposition(path) {
  const name = shortened(cleanPath(path).join("_"), longest);
  const plain = name.replace(/[^ -~]/gu, "_").replace(/["\\%]/g, "_");
  const full = encodeURIComponent(name).replace(/['()*!]/g, function (c) { return "%" + c.charCodeAt(0).toString(16).toUpperCase(); });
  return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + full;
}

// ending is what a name ends in, as a tile has room for it.
function ending(name) {
  const dot = name.lastIndexOf(".");
  const end = dot > 0 ? name.slice(dot + 1).toUpperCase() : "";
  return /^[A-Z0-9]{1,4}$/.test(end) ? end : "";
}

// typeByEnding is for browsers that do not know a type.
function typeByEnding(name) {
  const types = {
    jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", gif: "image/gif", webp: "image/webp", avif: "image/avif", heic: "image/heic",
    heif: "image/heif", bmp: "image/bmp", tif: "image/tiff", tiff: "image/tiff", svg: "image/svg+xml", dng: "image/x-adobe-dng",
    mp4: "video/mp4", m4v: "video/mp4", mov: "video/quicktime", mkv: "video/x-matroska", webm: "video/webm", avi: "video/x-msvideo", mpg: "video/mpeg",
    mpeg: "video/mpeg", "3gp": "video/3gpp", mp3: "audio/mpeg", m4a: "audio/mp4", aac: "audio/aac", flac: "audio/flac", ogg: "audio/ogg",
    opus: "audio/ogg", wav: "audio/wav", txt: "text/plain", csv: "text/csv", md: "text/markdown", html: "text/html", htm: "text/html",
    pdf: "application/pdf", zip: "application/zip", json: "application/json", xml: "application/xml", rtf: "application/rtf",
    doc: "application/msword", xls: "application/vnd.ms-excel", ppt: "application/vnd.ms-powerpoint",
    docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    odt: "application/vnd.oasis.opendocument.text", ods: "application/vnd.oasis.opendocument.spreadsheet"
  };
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return Object.prototype.hasOwnProperty.call(types, end) ? types[end] : "";
}

// matches reports whether a file is of one of the kinds, as the accept attribute means them; no kinds are all.
function matches(kinds, file) {
  if (!kinds || kinds.length === 0) return true;
  const name = file.name.toLowerCase(), types = [file.type.toLowerCase(), typeByEnding(name)];
  return kinds.some(function (kind) {
    kind = kind.trim().toLowerCase();
    if (kind.startsWith(".")) return name.endsWith(kind);
    if (kind.endsWith("/*")) return types.some(function (type) { return type.startsWith(kind.slice(0, -1)); });
    return types.includes(kind);
  });
}

// typeFor is the content type that a way wants: all of it, or a beginning that the file's own type goes on from.
function typeFor(wanted, file) {
  if (wanted !== "" && !wanted.endsWith("/")) return wanted;
  for (const type of [file.type.toLowerCase(), typeByEnding(file.name)]) {
    if (type.startsWith(wanted) && /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(type)) return type;
  }
  return wanted === "" ? "application/octet-stream" : wanted + "octet-stream";
}
