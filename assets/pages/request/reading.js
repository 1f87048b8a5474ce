// Reading a file for its sums, beside the page's own work.

// startReading tells, as they become known, part(n): the MD5 of a part in hex, and crc: the CRC64NVME of all. Both are
// rejected with a Failure when the file cannot be read to its end as it was chosen. stop gives it up.
function startReading(file, partSize, progress) {
  const parts = [], settle = {};
  const crc = new Promise(function (resolve, reject) { settle.crc = resolve; settle.failed = reject; });
  crc.catch(function () { /* whoever waits for it hears it */ });
  let failure = null, worker = null, heard = false;

  function slot(n) {
    if (!parts[n]) {
      parts[n] = {};
      parts[n].promise = new Promise(function (resolve, reject) { parts[n].resolve = resolve; parts[n].reject = reject; });
      parts[n].promise.catch(function () { /* likewise */ });
      if (failure) parts[n].reject(failure);
    }
    return parts[n];
  }

  function fail(e) {
    failure = e;
    settle.failed(e);
    parts.forEach(function (p) { p.reject(e); });
    stop();
  }

  function hear(news) {
    heard = true;
    if (news.read) progress(news.read);
    if (news.md5) slot(news.part).resolve(news.md5);
    if (news.crc) { settle.crc(news.crc); stop(); }
    if (news.failed) fail(new Failure("changed", { code: news.failed }));
  }

  function stop() {
    if (worker) worker.terminate();
    worker = null;
  }

  const address = URL.createObjectURL(new Blob([request.sums], { type: "text/javascript" }));
  try {
    worker = new Worker(address);
    worker.onmessage = function (e) { hear(e.data); };
    worker.onerror = function (e) {
      e.preventDefault();
      if (!heard) sumUp(file, partSize, hear);
    };
    worker.postMessage({ file: file, partSize: partSize });
  } catch (e) {
    sumUp(file, partSize, hear);
  }
  setTimeout(function () { URL.revokeObjectURL(address); }, 10000);

  return { part: function (n) { return slot(n).promise; }, crc: crc, stop: stop };
}

// readable fails when a file is not as it was chosen; browsers look at its time and size when they read.
async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch (e) {
    throw new Failure("changed", { code: e.name });
  }
}
