// The sums of a file: MD5 of each part, which stores check on the way, and CRC64NVME of the whole, which stays with the
// object. It runs in a worker of its own, or in the page where there can be none.

// newMD5 takes bytes piece by piece. RFC 1321, its 64 steps written out: a loop over them takes four times as long.
function newMD5() {
  "use strict";
  let a = 0x67452301, b = 0xefcdab89 | 0, c = 0x98badcfe | 0, d = 0x10325476, length = 0, left = 0;
  const rest = new Uint8Array(64), restWords = new Int32Array(rest.buffer); // of a block that is not whole

  function block(w, at) {
    const a0 = a, b0 = b, c0 = c, d0 = d;
    a = a + (b & c | ~b & d) + w[at + 0] + -680876936 | 0; a = (a << 7 | a >>> 25) + b | 0;
    d = d + (a & b | ~a & c) + w[at + 1] + -389564586 | 0; d = (d << 12 | d >>> 20) + a | 0;
    c = c + (d & a | ~d & b) + w[at + 2] + 606105819 | 0; c = (c << 17 | c >>> 15) + d | 0;
    b = b + (c & d | ~c & a) + w[at + 3] + -1044525330 | 0; b = (b << 22 | b >>> 10) + c | 0;
    a = a + (b & c | ~b & d) + w[at + 4] + -176418897 | 0; a = (a << 7 | a >>> 25) + b | 0;
    d = d + (a & b | ~a & c) + w[at + 5] + 1200080426 | 0; d = (d << 12 | d >>> 20) + a | 0;
    c = c + (d & a | ~d & b) + w[at + 6] + -1473231341 | 0; c = (c << 17 | c >>> 15) + d | 0;
    b = b + (c & d | ~c & a) + w[at + 7] + -45705983 | 0; b = (b << 22 | b >>> 10) + c | 0;
    a = a + (b & c | ~b & d) + w[at + 8] + 1770035416 | 0; a = (a << 7 | a >>> 25) + b | 0;
    d = d + (a & b | ~a & c) + w[at + 9] + -1958414417 | 0; d = (d << 12 | d >>> 20) + a | 0;
    c = c + (d & a | ~d & b) + w[at + 10] + -42063 | 0; c = (c << 17 | c >>> 15) + d | 0;
    b = b + (c & d | ~c & a) + w[at + 11] + -1990404162 | 0; b = (b << 22 | b >>> 10) + c | 0;
    a = a + (b & c | ~b & d) + w[at + 12] + 1804603682 | 0; a = (a << 7 | a >>> 25) + b | 0;
    d = d + (a & b | ~a & c) + w[at + 13] + -40341101 | 0; d = (d << 12 | d >>> 20) + a | 0;
    c = c + (d & a | ~d & b) + w[at + 14] + -1502002290 | 0; c = (c << 17 | c >>> 15) + d | 0;
    b = b + (c & d | ~c & a) + w[at + 15] + 1236535329 | 0; b = (b << 22 | b >>> 10) + c | 0;
    a = a + (b & d | c & ~d) + w[at + 1] + -165796510 | 0; a = (a << 5 | a >>> 27) + b | 0;
    d = d + (a & c | b & ~c) + w[at + 6] + -1069501632 | 0; d = (d << 9 | d >>> 23) + a | 0;
    c = c + (d & b | a & ~b) + w[at + 11] + 643717713 | 0; c = (c << 14 | c >>> 18) + d | 0;
    b = b + (c & a | d & ~a) + w[at + 0] + -373897302 | 0; b = (b << 20 | b >>> 12) + c | 0;
    a = a + (b & d | c & ~d) + w[at + 5] + -701558691 | 0; a = (a << 5 | a >>> 27) + b | 0;
    d = d + (a & c | b & ~c) + w[at + 10] + 38016083 | 0; d = (d << 9 | d >>> 23) + a | 0;
    c = c + (d & b | a & ~b) + w[at + 15] + -660478335 | 0; c = (c << 14 | c >>> 18) + d | 0;
    b = b + (c & a | d & ~a) + w[at + 4] + -405537848 | 0; b = (b << 20 | b >>> 12) + c | 0;
    a = a + (b & d | c & ~d) + w[at + 9] + 568446438 | 0; a = (a << 5 | a >>> 27) + b | 0;
    d = d + (a & c | b & ~c) + w[at + 14] + -1019803690 | 0; d = (d << 9 | d >>> 23) + a | 0;
    c = c + (d & b | a & ~b) + w[at + 3] + -187363961 | 0; c = (c << 14 | c >>> 18) + d | 0;
    b = b + (c & a | d & ~a) + w[at + 8] + 1163531501 | 0; b = (b << 20 | b >>> 12) + c | 0;
    a = a + (b & d | c & ~d) + w[at + 13] + -1444681467 | 0; a = (a << 5 | a >>> 27) + b | 0;
    d = d + (a & c | b & ~c) + w[at + 2] + -51403784 | 0; d = (d << 9 | d >>> 23) + a | 0;
    c = c + (d & b | a & ~b) + w[at + 7] + 1735328473 | 0; c = (c << 14 | c >>> 18) + d | 0;
    b = b + (c & a | d & ~a) + w[at + 12] + -1926607734 | 0; b = (b << 20 | b >>> 12) + c | 0;
    a = a + (b ^ c ^ d) + w[at + 5] + -378558 | 0; a = (a << 4 | a >>> 28) + b | 0;
    d = d + (a ^ b ^ c) + w[at + 8] + -2022574463 | 0; d = (d << 11 | d >>> 21) + a | 0;
    c = c + (d ^ a ^ b) + w[at + 11] + 1839030562 | 0; c = (c << 16 | c >>> 16) + d | 0;
    b = b + (c ^ d ^ a) + w[at + 14] + -35309556 | 0; b = (b << 23 | b >>> 9) + c | 0;
    a = a + (b ^ c ^ d) + w[at + 1] + -1530992060 | 0; a = (a << 4 | a >>> 28) + b | 0;
    d = d + (a ^ b ^ c) + w[at + 4] + 1272893353 | 0; d = (d << 11 | d >>> 21) + a | 0;
    c = c + (d ^ a ^ b) + w[at + 7] + -155497632 | 0; c = (c << 16 | c >>> 16) + d | 0;
    b = b + (c ^ d ^ a) + w[at + 10] + -1094730640 | 0; b = (b << 23 | b >>> 9) + c | 0;
    a = a + (b ^ c ^ d) + w[at + 13] + 681279174 | 0; a = (a << 4 | a >>> 28) + b | 0;
    d = d + (a ^ b ^ c) + w[at + 0] + -358537222 | 0; d = (d << 11 | d >>> 21) + a | 0;
    c = c + (d ^ a ^ b) + w[at + 3] + -722521979 | 0; c = (c << 16 | c >>> 16) + d | 0;
    b = b + (c ^ d ^ a) + w[at + 6] + 76029189 | 0; b = (b << 23 | b >>> 9) + c | 0;
    a = a + (b ^ c ^ d) + w[at + 9] + -640364487 | 0; a = (a << 4 | a >>> 28) + b | 0;
    d = d + (a ^ b ^ c) + w[at + 12] + -421815835 | 0; d = (d << 11 | d >>> 21) + a | 0;
    c = c + (d ^ a ^ b) + w[at + 15] + 530742520 | 0; c = (c << 16 | c >>> 16) + d | 0;
    b = b + (c ^ d ^ a) + w[at + 2] + -995338651 | 0; b = (b << 23 | b >>> 9) + c | 0;
    a = a + (c ^ (b | ~d)) + w[at + 0] + -198630844 | 0; a = (a << 6 | a >>> 26) + b | 0;
    d = d + (b ^ (a | ~c)) + w[at + 7] + 1126891415 | 0; d = (d << 10 | d >>> 22) + a | 0;
    c = c + (a ^ (d | ~b)) + w[at + 14] + -1416354905 | 0; c = (c << 15 | c >>> 17) + d | 0;
    b = b + (d ^ (c | ~a)) + w[at + 5] + -57434055 | 0; b = (b << 21 | b >>> 11) + c | 0;
    a = a + (c ^ (b | ~d)) + w[at + 12] + 1700485571 | 0; a = (a << 6 | a >>> 26) + b | 0;
    d = d + (b ^ (a | ~c)) + w[at + 3] + -1894986606 | 0; d = (d << 10 | d >>> 22) + a | 0;
    c = c + (a ^ (d | ~b)) + w[at + 10] + -1051523 | 0; c = (c << 15 | c >>> 17) + d | 0;
    b = b + (d ^ (c | ~a)) + w[at + 1] + -2054922799 | 0; b = (b << 21 | b >>> 11) + c | 0;
    a = a + (c ^ (b | ~d)) + w[at + 8] + 1873313359 | 0; a = (a << 6 | a >>> 26) + b | 0;
    d = d + (b ^ (a | ~c)) + w[at + 15] + -30611744 | 0; d = (d << 10 | d >>> 22) + a | 0;
    c = c + (a ^ (d | ~b)) + w[at + 6] + -1560198380 | 0; c = (c << 15 | c >>> 17) + d | 0;
    b = b + (d ^ (c | ~a)) + w[at + 13] + 1309151649 | 0; b = (b << 21 | b >>> 11) + c | 0;
    a = a + (c ^ (b | ~d)) + w[at + 4] + -145523070 | 0; a = (a << 6 | a >>> 26) + b | 0;
    d = d + (b ^ (a | ~c)) + w[at + 11] + -1120210379 | 0; d = (d << 10 | d >>> 22) + a | 0;
    c = c + (a ^ (d | ~b)) + w[at + 2] + 718787259 | 0; c = (c << 15 | c >>> 17) + d | 0;
    b = b + (d ^ (c | ~a)) + w[at + 9] + -343485551 | 0; b = (b << 21 | b >>> 11) + c | 0;
    a = a + a0 | 0; b = b + b0 | 0; c = c + c0 | 0; d = d + d0 | 0;
  }

  // add takes bytes that begin at a multiple of four in their buffer.
  function add(bytes) {
    length += bytes.length;
    let at = 0;
    if (left > 0) {
      const n = Math.min(64 - left, bytes.length);
      rest.set(bytes.subarray(0, n), left);
      left += n;
      at = n;
      if (left < 64) return;
      block(restWords, 0);
      left = 0;
    }
    const blocks = bytes.length - at >> 6;
    if (blocks > 0) {
      const from = bytes.byteOffset + at;
      const words = from % 4 === 0 ? new Int32Array(bytes.buffer, from, blocks << 4) : new Int32Array(bytes.slice(at, at + (blocks << 6)).buffer);
      for (let i = 0; i < blocks; i++) block(words, i << 4);
      at += blocks << 6;
    }
    rest.set(bytes.subarray(at), 0);
    left = bytes.length - at;
  }

  function hex() {
    const bits = length * 8, pad = new Uint8Array((left < 56 ? 64 : 128) - left);
    pad[0] = 0x80;
    const view = new DataView(pad.buffer);
    view.setUint32(pad.length - 8, bits % 2 ** 32, true);
    view.setUint32(pad.length - 4, Math.floor(bits / 2 ** 32), true);
    add(pad);
    const sum = new DataView(new ArrayBuffer(16));
    [a, b, c, d].forEach(function (word, i) { sum.setInt32(4 * i, word, true); });
    return Array.from(new Uint8Array(sum.buffer), function (n) { return n.toString(16).padStart(2, "0"); }).join("");
  }

  return { add: add, hex: hex };
}

// newCRC64NVME works in two halves of 32 bits, eight bytes a step. The polynomial is that of the NVM Express specification,
// reflected: 0x9A6C9329AC4BC9B5.
function newCRC64NVME() {
  "use strict";
  const low = new Uint32Array(8 * 256), high = new Uint32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let lo = i, hi = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = lo & 1;
      lo = (lo >>> 1 | hi << 31) >>> 0;
      hi >>>= 1;
      if (odd) {
        lo = (lo ^ 0xAC4BC9B5) >>> 0;
        hi = (hi ^ 0x9A6C9329) >>> 0;
      }
    }
    low[i] = lo;
    high[i] = hi;
  }
  for (let t = 256; t < 8 * 256; t++) {
    const lo = low[t - 256], hi = high[t - 256], i = lo & 255;
    low[t] = (lo >>> 8 | hi << 24) ^ low[i];
    high[t] = hi >>> 8 ^ high[i];
  }
  let lo = -1, hi = -1;

  function add(bytes) {
    let at = 0;
    for (const last = bytes.length - 7; at < last; at += 8) {
      lo ^= bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24;
      hi ^= bytes[at + 4] | bytes[at + 5] << 8 | bytes[at + 6] << 16 | bytes[at + 7] << 24;
      const i = 1792 + (lo & 255), j = 1536 + (lo >>> 8 & 255), k = 1280 + (lo >>> 16 & 255), l = 1024 + (lo >>> 24);
      const m = 768 + (hi & 255), n = 512 + (hi >>> 8 & 255), o = 256 + (hi >>> 16 & 255), p = hi >>> 24;
      lo = low[i] ^ low[j] ^ low[k] ^ low[l] ^ low[m] ^ low[n] ^ low[o] ^ low[p];
      hi = high[i] ^ high[j] ^ high[k] ^ high[l] ^ high[m] ^ high[n] ^ high[o] ^ high[p];
    }
    for (; at < bytes.length; at++) {
      const i = (lo ^ bytes[at]) & 255;
      lo = (lo >>> 8 | hi << 24) ^ low[i];
      hi = hi >>> 8 ^ high[i];
    }
  }

  function base64() {
    const sum = new DataView(new ArrayBuffer(8));
    sum.setInt32(0, ~hi);
    sum.setInt32(4, ~lo);
    return btoa(String.fromCharCode.apply(null, new Uint8Array(sum.buffer)));
  }

  return { add: add, base64: base64 };
}

// sumUp reads a file once, from its beginning, and tells: {part, md5} of each part (counted from 1), {read} bytes now and
// then, and {crc} of all at the end; {failed}, the name of an error, if it cannot be read or is of another size by now.
async function sumUp(file, partSize, tell) {
  "use strict";
  const piece = 2 * 1024 * 1024, crc = newCRC64NVME();
  try {
    let part = 1, at = 0;
    do {
      const md5 = newMD5(), end = Math.min(at + partSize, file.size);
      while (at < end) {
        const bytes = new Uint8Array(await file.slice(at, Math.min(at + piece, end)).arrayBuffer());
        if (bytes.length === 0) throw new DOMException("", "NotReadableError");
        md5.add(bytes);
        crc.add(bytes);
        at += bytes.length;
        tell({ read: at });
      }
      tell({ part: part++, md5: md5.hex() });
    } while (at < file.size);
    tell({ crc: crc.base64() });
  } catch (e) {
    tell({ failed: e.name || "Error" });
  }
}

if (typeof document === "undefined") {
  self.onmessage = function (e) { sumUp(e.data.file, e.data.partSize, function (news) { self.postMessage(news); }); };
}
