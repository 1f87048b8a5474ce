// Asking the store: one request, what its answer means, and asking again.

// Failure is a way to fail; failureWords has its two sentences. The detail is for those who help, and holds no URL.
class Failure extends Error {
  constructor(kind, detail) {
    super(kind);
    this.kind = kind;
    this.detail = detail || {};
  }
}

// Stopped is thrown when the person has cancelled.
class Stopped extends Error {}

function isOver() { return request.ends > 0 && Date.now() >= request.ends; }

// gate lets a few requests through at a time: a browser holds more of them back without a word, and they look stuck.
const gate = (function () {
  let free = 4;
  const queue = [];
  return {
    enter: function () {
      if (free > 0) { free--; return Promise.resolve(); }
      return new Promise(function (resolve) { queue.push(resolve); });
    },
    leave: function () {
      const next = queue.shift();
      if (next) next(); else free++;
    }
  };
})();

const stallLimit = 60000, answerLimit = 300000; // without a byte on its way; without an answer after the last byte

// once makes one request. Its answer has status 0 when there was none; sent is the number of bytes that went out, and
// whole is true when all of them did.
function once(call, signal) {
  return new Promise(function (resolve, reject) {
    if (signal.aborted) return reject(new Stopped());
    const xhr = new XMLHttpRequest(), answer = { status: 0, text: "", headers: {}, sent: 0, whole: !call.body };
    let moved = performance.now();
    const watch = setInterval(function () {
      if (performance.now() - moved > (answer.whole ? answerLimit : stallLimit)) xhr.abort();
    }, 5000);
    // When the network went or came back, a connection from before may be dead without knowing: give it a moment.
    function doubt() {
      setTimeout(function () { if (performance.now() - moved > 2900) xhr.abort(); }, 3000);
    }
    window.addEventListener("offline", doubt);
    window.addEventListener("online", doubt);
    function give() {
      clearInterval(watch);
      window.removeEventListener("offline", doubt);
      window.removeEventListener("online", doubt);
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(new Stopped()); else resolve(answer);
    }
    function stop() { xhr.abort(); }
    signal.addEventListener("abort", stop);
    xhr.open(call.method, call.url);
    Object.keys(call.headers || {}).forEach(function (name) {
      if (!/^(host|content-length)$/i.test(name)) xhr.setRequestHeader(name, call.headers[name]);
    });
    if (call.body) {
      xhr.upload.onprogress = function (e) {
        moved = performance.now();
        answer.sent = e.loaded;
        if (call.progress) call.progress(e.loaded);
      };
      xhr.upload.onload = function () { answer.whole = true; moved = performance.now(); };
    }
    xhr.onload = function () {
      answer.status = xhr.status;
      answer.text = xhr.responseText;
      xhr.getAllResponseHeaders().trim().split(/[\r\n]+/).forEach(function (line) {
        const colon = line.indexOf(":");
        answer.headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      });
      give();
    };
    xhr.onerror = xhr.onabort = xhr.ontimeout = give;
    xhr.send(call.body || null);
  });
}

// readXML is the root of what a store answers, or null.
function readXML(text) {
  if (!text.trim()) return null;
  const doc = new DOMParser().parseFromString(text, "text/xml");
  return doc.getElementsByTagName("parsererror").length > 0 ? null : doc.documentElement;
}

function field(element, name) {
  const found = element.getElementsByTagNameNS("*", name)[0];
  return found ? found.textContent : "";
}

// judge says what an answer means: null when it is good, else {again} or {kind}, with a detail.
function judge(answer) {
  const html = /^text\/html/i.test(answer.headers["content-type"] || "") || /^\s*(<!doctype html|<html)/i.test(answer.text);
  const xml = readXML(answer.text), error = xml && xml.localName === "Error" ? xml : null;
  const code = error ? field(error, "Code") : "", message = error ? field(error, "Message") : "";
  const detail = { code: code, status: answer.status, message: message.replace(/[a-z]+:\/\/\S+/gi, "…").slice(0, 300) };
  if (answer.status >= 200 && answer.status < 300 && !error) return html ? { kind: "portal", detail: detail } : null;
  if (html && !error) return answer.status >= 500 ? { again: true, detail: detail } : { kind: "portal", detail: detail };
  switch (code) {
  case "SlowDown": case "ServiceUnavailable": case "InternalError": case "RequestTimeout": case "ConditionalRequestConflict": case "OperationAborted":
    return { again: true, detail: detail };
  case "AccessDenied":
    if (/expired/i.test(message)) return { kind: "ended", detail: detail };
    if (/not yet valid/i.test(message)) return { kind: "clock", detail: detail };
    return { kind: /policy/i.test(message) ? "policy" : "refused", detail: detail };
  case "ExpiredToken": case "TokenRefreshRequired": return { kind: "ended", detail: detail };
  case "InvalidPolicyDocument": return { kind: /expired/i.test(message) ? "ended" : "signature", detail: detail };
  case "EntityTooLarge": return { kind: "large", detail: detail };
  case "SignatureDoesNotMatch": case "AuthorizationQueryParametersError": case "AuthorizationHeaderMalformed": case "MalformedPOSTRequest":
    return { kind: "signature", detail: detail };
  case "InvalidAccessKeyId": case "InvalidToken": case "AccountProblem": return { kind: "refused", detail: detail };
  case "RequestTimeTooSkewed": return { kind: "clock", detail: detail };
  case "BadDigest": case "XAmzContentChecksumMismatch": return { kind: "damaged", detail: detail };
  case "NoSuchUpload": return { kind: "closed", detail: detail };
  case "NoSuchBucket": return { kind: "gone", detail: detail };
  case "PreconditionFailed": return { kind: "taken", detail: detail };
  case "KeyTooLongError": case "XMinioInvalidObjectName": return { kind: "name", detail: detail };
  case "QuotaExceeded": case "XMinioStorageFull": case "NoSpaceLeftOnDevice": case "XMinioAdminBucketQuotaExceeded": return { kind: "full", detail: detail };
  case "NotImplemented": case "MethodNotAllowed": return { kind: "unable", detail: detail };
  }
  if (answer.status === 412) return { kind: "taken", detail: detail };
  if (answer.status === 413) return { kind: "large", detail: detail };
  if (answer.status === 507) return { kind: "full", detail: detail };
  if (answer.status === 501 || answer.status === 405) return { kind: "unable", detail: detail };
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) return { again: true, detail: detail };
  if (!error && answer.status >= 300) return { kind: "portal", detail: detail };
  return { kind: "other", detail: detail };
}

const answered = new Set(); // origins that have let this page read an answer

// reachable reports whether a store answers at all, whatever it says; a page needs no leave of CORS for that.
async function reachable(url) {
  try {
    await fetch(new URL(url).origin + "/", { method: "HEAD", mode: "no-cors", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(10000) });
    return true;
  } catch (e) {
    return false;
  }
}

// pause waits, but not longer than until the network comes back.
function pause(ms, signal) {
  return new Promise(function (resolve, reject) {
    function end() {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(new Stopped()); else resolve();
    }
    const timer = setTimeout(end, ms);
    window.addEventListener("online", end);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

// mayHaveWorked reports whether an answer after which to ask again leaves open if the work was done: none at all, or that
// of a store in trouble. One that turns a request away has not done it: 409, when two meet at one key, or SlowDown.
function mayHaveWorked(answer, code) {
  if (answer.status === 0) return true;
  if (code === "SlowDown" || code === "ServiceUnavailable" || answer.status === 503 && !code) return false;
  return answer.status >= 500 || answer.status < 300; // an error may also come inside a 200
}

// ask makes a request until it has an answer. What passes by itself (a lost network, a busy store) is waited for as long
// as the request has not ended; the rest is thrown as a Failure. Its unsure is true when an earlier try may have done its
// work. Its whole is true when all of such a try is known to have gone out. A raw call is given any answer that is not the
// store's trouble, for there is nothing in it to read: that to a HEAD.
async function ask(item, call, signal) {
  let unsure = false, whole = false, broken = 0, wait = 500;
  const origin = new URL(call.url).origin;
  for (;;) {
    if (isOver()) throw new Failure("ended");
    await gate.enter();
    let answer;
    try {
      answer = await once(call, signal);
    } finally {
      gate.leave();
    }
    if (answer.status > 0) answered.add(origin);
    const verdict = call.raw && answer.status > 0 && answer.status < 500 ? null : answer.status > 0 ? judge(answer) : { again: true, detail: {} };
    if (!verdict) {
      interrupt(item, "");
      return answer;
    }
    if (verdict.kind) {
      const failure = new Failure(verdict.kind, verdict.detail);
      failure.unsure = unsure;
      failure.whole = whole;
      throw failure;
    }
    if (mayHaveWorked(answer, verdict.detail.code)) {
      unsure = true;
      whole = whole || answer.whole;
    }
    if (call.progress) call.progress(0);
    let why = "store";
    if (answer.status === 0) {
      if (item.file) await readable(item.file);
      if (navigator.onLine === false || !await reachable(call.url)) {
        why = "network";
      } else {
        // A store that begins to take a body has allowed this page to send it, so then it is not CORS.
        if (origin !== location.origin && !answered.has(origin) && answer.sent === 0) throw new Failure("cors");
        if (++broken >= 6) throw new Failure("reset");
      }
    }
    interrupt(item, why);
    await pause(wait * (0.5 + Math.random()), signal);
    wait = Math.min(wait * 2, why === "network" ? 8000 : 30000);
  }
}
