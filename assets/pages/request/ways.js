// The ways into the store: a form, a PUT, and an upload in parts; and which of them a file takes.

const MiB = 1024 * 1024;
const putLimit = 5 * 1024 * MiB; // S3's, for one request
const smallest = 8 * MiB;        // of the parts that this page makes
const large = 16 * MiB;          // from here on a file goes in parts, where it can
const lanes = 3;                 // parts at once

const slots = request.slots.map(function (way) { return { way: way, holder: null, taken: memory.used().includes(way.key), others: false }; });

// place finds a way for a file, and holds it. It throws a Failure that says why there is none.
function place(item) {
  const file = item.file, size = file.size;
  const posts = request.posts.filter(function (p) { return matches(p.accept, file); });
  const fit = slots.filter(function (s) { return matches(s.way.accept, file); });
  if (!matches(request.kinds, file) || posts.length + fit.length === 0) throw new Failure("kind");
  if (request.max > 0 && size > request.max) throw new Failure("large");
  const free = fit.filter(function (s) { return !s.holder && !s.taken; });
  const parts = free.filter(function (s) { return s.way.parts && size <= s.way.parts.signatures.length * putLimit; });
  const puts = free.filter(function (s) { return s.way.put && size <= putLimit; });
  const post = posts.find(function (p) { return size <= (p.max || putLimit); });
  function hold(from, inParts) {
    // Any of them, so that two people with the same page seldom meet; those that others seem to use come last, and
    // those that could take a large file are spared.
    const rank = function (s) { return (s.others ? 4 : 0) + (!inParts && s.way.parts ? 2 : 0) + Math.random(); };
    const ranks = new Map(from.map(function (s) { return [s, rank(s)]; }));
    const slot = from.sort(function (a, b) { return ranks.get(a) - ranks.get(b); })[0];
    slot.holder = item;
    return { slot: slot, inParts: inParts };
  }
  if (size > large && parts.length > 0) return hold(parts, true);
  if (post) return { post: post };
  if (puts.length > 0) return hold(puts, false);
  if (parts.length > 0) return hold(parts, true);
  throw new Failure(posts.length === 0 && free.length === 0 && fit.length > 0 ? "many" : "large");
}

function release(item) {
  slots.forEach(function (s) { if (s.holder === item) s.holder = null; });
}

// largest is how many bytes a file may have here, by what is asked for and by the ways that are free.
function largest() {
  let most = 0;
  request.posts.forEach(function (p) { most = Math.max(most, p.max || putLimit); });
  slots.forEach(function (s) {
    if (s.holder || s.taken) return;
    most = Math.max(most, s.way.put ? putLimit : 0, s.way.parts ? s.way.parts.signatures.length * putLimit : 0);
  });
  return request.max > 0 ? Math.min(request.max, most || request.max) : most || putLimit;
}

function base64OfHex(hex) {
  return btoa(hex.replace(/../g, function (pair) { return String.fromCharCode(parseInt(pair, 16)); }));
}

function bare(etag) { return etag.replace(/^"|"$/g, ""); }

// compare checks what a store says of a whole object with what was read, and tells whether that is proof.
function compare(answer, md5, crc) {
  const theirs = answer.headers["x-amz-checksum-crc64nvme"] || (readXML(answer.text) ? field(readXML(answer.text), "ChecksumCRC64NVME") : "");
  if (theirs) {
    if (theirs !== crc) throw new Failure("damaged", { code: "CRC64NVME" });
    return true;
  }
  // An ETag that is not the MD5 may be that of an encrypted object (SSE-KMS): then it proves nothing, and nothing wrong.
  const etag = answer.headers.etag || (readXML(answer.text) ? field(readXML(answer.text), "ETag") : "");
  return md5 !== "" && bare(etag) === md5;
}

// send takes a file to the store by the way it holds, and gives the line of the receipt.
async function send(item, signal) {
  for (;;) {
    try {
      if (item.way.post) return await sendForm(item, signal);
      return item.way.inParts ? await sendParts(item, signal) : await sendWhole(item, signal);
    } catch (e) {
      if (!(e instanceof Failure) || e.kind !== "taken" || !item.way.slot) throw e;
      item.way.slot.taken = true;
      memory.keepUsed(item.way.slot.way.key);
      memory.dropParts(item.way.slot.way.key);
      release(item);
      try {
        item.way = place(item);
      } catch (none) {
        throw e.closed ? new Failure("closed", e.detail) : e.unsure ? new Failure("lost", e.detail) : e;
      }
    }
  }
}

function line(item, key, crc, proven) {
  return { name: item.name, path: item.path, size: item.file.size, checksum: "crc64nvme:" + crc, key: key, when: Date.now(), proven: proven };
}

async function sendForm(item, signal) {
  const post = item.way.post, file = item.file;
  item.key = item.key || keyOf(post.folder + item.folder + "/", item.path);
  const reading = startReading(file, Math.max(file.size, 1), function () { /* the sending shows more */ });
  const both = new AbortController();
  signal.addEventListener("abort", function () { both.abort(); });
  // A file that cannot be read any more ends the sending too.
  let unread = null;
  reading.crc.catch(function (e) { unread = e; both.abort(); });
  try {
    const form = new FormData();
    form.append("key", item.key);
    form.append("Content-Type", typeFor(post.type, file));
    Object.keys(post.fields || {}).forEach(function (name) { form.append(name, post.fields[name]); });
    form.append("file", file, "file");
    showState(item, "sending");
    const answer = await ask(item, { method: "POST", url: post.url, body: form, progress: function (n) { showSent(item, Math.min(n, file.size)); } }, both.signal);
    const md5 = await reading.part(1), crc = await reading.crc, proven = compare(answer, md5, crc);
    if (!proven) await readable(file); // it was read twice: for the sums, and to be sent
    return line(item, item.key, crc, proven);
  } catch (e) {
    throw unread || e;
  } finally {
    reading.stop();
  }
}

async function sendWhole(item, signal) {
  const slot = item.way.slot.way, file = item.file;
  showState(item, "reading");
  const reading = startReading(file, Math.max(file.size, 1), function (read) { showRead(item, read); });
  signal.addEventListener("abort", reading.stop);
  try {
    const md5 = await stoppable(reading.part(1), signal), crc = await stoppable(reading.crc, signal);
    const headers = Object.assign({}, slot.put.header, { "Content-MD5": base64OfHex(md5), "Content-Disposition": disposition(item.path) });
    showState(item, "sending");
    let proven = true; // by the store, which has checked Content-MD5
    try {
      const answer = await ask(item, { method: "PUT", url: slot.put.url, headers: headers, body: file, progress: function (n) { showSent(item, n); } }, signal);
      compare(answer, md5, crc);
    } catch (e) {
      if (!(e instanceof Failure) || e.kind !== "taken") throw e;
      proven = await isThere(item, slot, md5, crc, e, signal);
    }
    memory.keepUsed(slot.key);
    return line(item, slot.key, crc, proven);
  } finally {
    reading.stop();
  }
}

// isThere looks whether what has taken a place is this very file, for the answer to an earlier try may have been lost. It
// tells whether that is proven, and throws the Failure that says "taken" when it is another.
async function isThere(item, slot, md5, crc, taken, signal) {
  if (!slot.look) {
    if (taken.unsure && taken.whole) return false; // all of it went out before
    throw taken.unsure ? Object.assign(new Failure("taken", taken.detail), { unsure: true }) : taken;
  }
  const answer = await ask(item, { method: "HEAD", url: slot.look.url, headers: slot.look.header, raw: true }, signal);
  if (answer.status !== 200 || Number(answer.headers["content-length"]) !== item.file.size) throw taken;
  const theirs = answer.headers["x-amz-checksum-crc64nvme"], etag = bare(answer.headers.etag || "");
  if (theirs ? theirs === crc : md5 !== "" && etag === md5) return true;
  if (taken.unsure && !theirs && (!etag || etag.includes("-"))) return false; // a page from a file may not see more
  throw taken;
}

// stoppable waits for a promise, but not longer than the person does.
function stoppable(promise, signal) {
  return new Promise(function (resolve, reject) {
    promise.then(resolve, reject);
    if (signal.aborted) reject(new Stopped());
    signal.addEventListener("abort", function () { reject(new Stopped()); });
  });
}

// partSizeFor lets a file fit into so many parts.
function partSizeFor(size, parts) { return Math.max(smallest, Math.ceil(size / parts / MiB) * MiB); }

// listParts is what the store has of an upload: number → {size, etag}.
async function listParts(item, way, signal) {
  const there = new Map();
  for (const url of way.parts.list) {
    const answer = await ask(item, { method: "GET", url: url }, signal);
    const xml = readXML(answer.text);
    if (!xml) throw new Failure("portal", { status: answer.status });
    Array.from(xml.getElementsByTagNameNS("*", "Part")).forEach(function (part) {
      there.set(Number(field(part, "PartNumber")), { size: Number(field(part, "Size")), etag: field(part, "ETag") });
    });
    if (field(xml, "IsTruncated") !== "true") break;
  }
  return there;
}

// sendParts goes on with what is there of the same file. While it runs, item.etags says whether the store's ETags are
// MD5 sums; an encrypted bucket has others, and "" is not known yet.
async function sendParts(item, signal) {
  const slot = item.way.slot, way = slot.way, file = item.file;
  const kept = memory.parts()[way.key], same = kept && kept.path === item.path && kept.size === file.size ? kept : null;
  let there;
  showState(item, "reading");
  try {
    there = await listParts(item, way, signal);
  } catch (e) {
    if (!(e instanceof Failure) || e.kind !== "closed") throw e;
    // It is put together already: by this page, before it was loaded anew, or else by somebody.
    if (same && same.completing) {
      const kin = Object.assign(new Failure("taken"), { unsure: true, whole: true });
      return finished(item, same.crc, await isThere(item, way, "", same.crc, kin, signal));
    }
    throw Object.assign(new Failure("taken", e.detail), { closed: true });
  }
  const partSize = same ? same.part : partSizeFor(file.size, way.parts.signatures.length);
  if (!same && there.size > 0 && !slot.others) {
    slot.others = true; // somebody's, unfinished: take another place, if there is one
    release(item);
    item.way = place(item);
    return item.way.inParts ? sendParts(item, signal) : sendWhole(item, signal);
  }
  memory.keepParts(way.key, { path: item.path, size: file.size, modified: file.lastModified, part: partSize });
  const count = Math.max(1, Math.ceil(file.size / partSize));
  const flying = new Map(), stop = new AbortController();
  signal.addEventListener("abort", function () { stop.abort(); });
  const reading = startReading(file, partSize, function (read) { if (item.state === "reading") showRead(item, read); });
  let done = 0, next = 1, sums = "";
  function show() {
    let sent = done;
    flying.forEach(function (n) { sent += n; });
    showSent(item, sent);
  }
  const lengthOf = function (n) { return Math.min(partSize, file.size - (n - 1) * partSize); };

  async function putPart(n, md5) {
    showState(item, "sending");
    const url = way.parts.url.replace("{number}", n).replace("{signature}", way.parts.signatures[n - 1]);
    const body = file.slice((n - 1) * partSize, (n - 1) * partSize + lengthOf(n));
    const call = { method: "PUT", url: url, headers: { "Content-MD5": base64OfHex(md5) }, body: body, progress: function (sent) { flying.set(n, sent); show(); } };
    try {
      await ask(item, call, stop.signal);
    } catch (e) {
      if (!(e instanceof Failure) || e.kind !== "damaged") throw e;
      await ask(item, call, stop.signal); // an accident on the way happens once
    }
    flying.delete(n);
    done += lengthOf(n);
    show();
  }

  async function lane() {
    while (next <= count) {
      const n = next++, md5 = await stoppable(reading.part(n), stop.signal), have = there.get(n);
      if (have && have.size === lengthOf(n)) {
        // Whether the store's ETags are sums, the first part tells: it is this file's, by name, size and time.
        if (!sums) sums = bare(have.etag) === md5 ? "md5" : same && same.modified === file.lastModified ? "opaque" : "md5";
        if (sums === "opaque" || bare(have.etag) === md5) {
          done += lengthOf(n);
          item.kept += lengthOf(n);
          show();
          continue;
        }
      }
      await putPart(n, md5);
    }
  }

  try {
    const running = [];
    for (let i = 0; i < lanes; i++) running.push(lane());
    try {
      await Promise.all(running);
    } catch (e) {
      stop.abort();
      await Promise.allSettled(running);
      throw e;
    }
    const crc = await stoppable(reading.crc, stop.signal);
    await readable(file);
    showState(item, "finishing");
    // What the store has is looked at once more: somebody else with the same page could have sent parts to this place.
    for (let again = 0; ; again++) {
      there = await listParts(item, way, stop.signal);
      const wrong = [];
      for (let n = 1; n <= count; n++) {
        const have = there.get(n), md5 = await reading.part(n);
        if (n === 1 && have && again === 0 && sums === "") sums = bare(have.etag) === md5 ? "md5" : "opaque";
        if (!have || have.size !== lengthOf(n) || sums === "md5" && bare(have.etag) !== md5) wrong.push(n);
      }
      if (wrong.length === 0) break;
      if (again >= 2) throw new Failure("damaged", { code: "ListParts" });
      for (const n of wrong) {
        done -= lengthOf(n);
        await putPart(n, await reading.part(n));
      }
    }
    memory.keepParts(way.key, { path: item.path, size: file.size, modified: file.lastModified, part: partSize, completing: true, crc: crc });
    if (way.parts.note) await sendNote(item, way.parts.note, crc, stop.signal);
    return await complete(item, there, count, crc, stop.signal);
  } finally {
    reading.stop();
  }
}

// sendNote says beside the file how it is called; an upload in parts has no other place for that.
async function sendNote(item, call, crc, signal) {
  const note = { name: cleanPath(item.path).join("/"), size: item.file.size, modified: new Date(item.file.lastModified).toISOString(), checksum: "crc64nvme:" + crc };
  const body = new Blob([JSON.stringify(note)]);
  await ask(item, { method: "PUT", url: call.url, headers: call.header, body: body }, signal);
}

async function complete(item, there, count, crc, signal) {
  const way = item.way.slot.way, parts = [];
  for (let n = 1; n <= count; n++) {
    parts.push("<Part><PartNumber>" + n + "</PartNumber><ETag>" + there.get(n).etag.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;") + "</ETag></Part>");
  }
  const body = new Blob(["<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + parts.join("") + "</CompleteMultipartUpload>"]);
  try {
    const answer = await ask(item, { method: "POST", url: way.parts.complete.url, headers: way.parts.complete.header, body: body }, signal);
    const theirs = readXML(answer.text) ? field(readXML(answer.text), "ChecksumCRC64NVME") : "";
    if (theirs && theirs !== crc) throw new Failure("damaged", { code: "CRC64NVME" });
    return finished(item, crc, true); // each part was checked by its MD5
  } catch (e) {
    if (!(e instanceof Failure) || e.kind !== "closed" && e.kind !== "taken") throw e;
    if (way.look) return finished(item, crc, await isThere(item, way, "", crc, Object.assign(e, { kind: "taken" }), signal));
    // The answer to an earlier try was lost. An upload that is not there any more was put together by it; one that is
    // still there was not, and then the key is somebody else's.
    if (!e.unsure) throw e;
    if (e.kind === "closed") return finished(item, crc, false);
    try {
      await listParts(item, way, signal);
    } catch (gone) {
      if (gone instanceof Failure && gone.kind === "closed") return finished(item, crc, false);
      throw gone;
    }
    throw e;
  }
}

function finished(item, crc, proven) {
  const key = item.way.slot.way.key;
  memory.keepUsed(key);
  memory.dropParts(key);
  return line(item, key, crc, proven);
}
