// The files, in the order in which they came, three at a time.

const items = [];
const atOnce = 3;

function running(item) { return ["waiting", "reading", "sending", "finishing"].includes(item.state); }

function newItem(path, file, folder) {
  const item = {
    path: path, name: path.slice(path.lastIndexOf("/") + 1), size: file ? file.size : 0, file: file, folder: folder, state: "waiting",
    way: null, key: "", read: 0, sent: 0, kept: 0, waitsFor: "", failure: null, line: null, meter: null, row: null, stop: null
  };
  item.act = function () { press(item); };
  return item;
}

// takeFiles takes what was dropped or chosen together: [{file, path}]. What is refused is refused here, before a byte is sent.
function takeFiles(list) {
  if (isOver()) return;
  const together = randomName(), refused = new Map();
  list.forEach(function (one) {
    const known = items.find(function (i) { return i.path === one.path && i.size === one.file.size; });
    if (known && (running(known) || known.state === "sent" && known.line.modified === one.file.lastModified)) {
      announce(say(shown(one.path) + " is in the list already.", shown(one.path) + " steht schon in der Liste."));
      return;
    }
    if (known && known.state !== "sent" && known.state !== "refused") return start(known, one.file);
    // What lies in a folder stays together; a single file has a folder of its own.
    const item = newItem(one.path, one.file, one.path.includes("/") ? together : randomName());
    try {
      check(item);
    } catch (e) {
      if (!(e instanceof Failure)) throw e;
      item.failure = e;
      item.state = "refused";
      if (!refused.has(e.kind)) refused.set(e.kind, []);
      refused.get(e.kind).push(item);
      return;
    }
    items.push(item);
    newRow(item);
  });
  refused.forEach(showRefused);
  next();
  drawAll();
  showReceipt();
}

// check finds a way for a file, or throws why there is none.
function check(item) {
  const many = request.files > 0 && items.filter(function (i) { return i.state !== "refused"; }).length >= request.files;
  if (!matches(request.kinds, item.file)) throw new Failure("kind");
  if (many) throw new Failure("many");
  item.way = place(item);
}

// showRefused shows each of a few, and many in one row.
function showRefused(some) {
  const rows = some.length > 5 ? some.slice(0, 1) : some;
  rows.forEach(function (item) {
    if (some.length > 5) {
      item.path = item.name = countWords(some.length) + ": " + some.slice(0, 3).map(function (i) { return i.name; }).join(", ") + " …";
      item.size = some.reduce(function (sum, i) { return sum + i.size; }, 0);
    }
    items.push(item);
    newRow(item);
    announce(shown(item.name) + ": " + failureWords(item.failure.kind)[0]);
  });
}

function next() {
  let free = atOnce - items.filter(function (i) { return i.stop; }).length;
  for (const item of items) {
    if (free <= 0) return;
    if (item.state === "waiting" && !item.stop) {
      free--;
      run(item);
    }
  }
}

async function run(item) {
  item.stop = new AbortController();
  const signal = item.stop.signal;
  let digests = 0;
  for (;;) {
    try {
      item.line = await send(item, signal);
      item.line.modified = item.file.lastModified;
      memory.keepDone(item.line);
      showState(item, "sent");
      announce(say(shown(item.name) + " is sent.", shown(item.name) + " ist gesendet."), true);
      break;
    } catch (e) {
      if (e instanceof Stopped || signal.aborted) {
        showState(item, "cancelled");
        announce(say(shown(item.name) + " is cancelled.", shown(item.name) + " ist abgebrochen."));
        break;
      }
      if (!(e instanceof Failure)) { fail(item, new Failure("other", { code: e.name })); break; }
      // A sum that did not fit may have been an accident on the way: once more, from the beginning.
      if (e.kind === "damaged" && digests++ === 0 && item.file) {
        item.sent = 0;
        continue;
      }
      fail(item, e.kind === "ended" && item.way.inParts && item.sent > 0 ? new Failure("midway", e.detail) : e);
      break;
    }
  }
  item.stop = null;
  item.waitsFor = "";
  touch(item);
  drawAll();
  next();
  showReceipt();
}

function fail(item, failure) {
  item.failure = failure;
  showState(item, "failed");
  const said = failureWords(failure.kind);
  announce(shown(item.name) + ": " + said[0] + " " + said[1]);
  if (failure.kind === "cors") notice(said[0], said[1], true, request.online ? { href: request.online, text: say("Open online", "Online öffnen") } : null);
}

// start sends an item that failed, was cancelled or was not finished, from the file as it is now. A way that was found for
// another size is looked for anew.
function start(item, file) {
  if (file.size !== item.size) {
    release(item);
    item.way = null;
  }
  item.file = file;
  item.size = file.size;
  item.failure = null;
  item.sent = item.read = item.kept = 0;
  if (item.row) item.row.failure = null;
  try {
    const held = item.way && (item.way.post || item.way.slot.holder === item && !item.way.slot.taken);
    if (!held) item.way = place(item);
    showState(item, "waiting");
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    fail(item, e);
  }
  touch(item);
  next();
  drawAll();
  showReceipt();
}

function press(item) {
  switch (doing(item)) {
  case "cancel":
    if (item.stop) item.stop.abort(); else showState(item, "cancelled");
    break;
  case "retry": start(item, item.file); break;
  case "choose": chooseFor(item); break;
  case "online": location.assign(request.online); break;
  }
  drawAll();
}

// forget takes a row away. The focus goes to what is next, not back to the beginning of the page.
function forget(item) {
  const after = item.row.row.nextElementSibling || item.row.row.previousElementSibling;
  if (item.way && item.way.slot) memory.dropParts(item.way.slot.way.key);
  release(item);
  items.splice(items.indexOf(item), 1);
  item.row.row.remove();
  changed.delete(item);
  document.getElementById("list").hidden = items.length === 0;
  const button = after && Array.from(after.querySelectorAll("button")).find(function (b) { return !b.hidden; });
  (button || document.getElementById("choose")).focus();
  drawAll();
  showReceipt();
}

// recall shows what was sent, and what was not finished, before the page was loaded anew.
function recall() {
  memory.done().forEach(function (l) {
    const item = newItem(l.path, null, "");
    item.size = item.sent = l.size;
    item.line = l;
    item.state = "sent";
    items.push(item);
    newRow(item);
  });
  const kept = memory.parts();
  Object.keys(kept).forEach(function (key) {
    const slot = slots.find(function (s) { return s.way.key === key && s.way.parts; }), k = kept[key];
    if (!slot || slot.taken) return memory.dropParts(key);
    const item = newItem(k.path, null, "");
    item.size = k.size;
    item.state = "unfinished";
    item.way = { slot: slot, inParts: true };
    slot.holder = item;
    items.push(item);
    newRow(item);
    look(item, k);
  });
  drawAll();
}

// look asks the store how much of an unfinished file is there.
async function look(item, k) {
  const stop = new AbortController();
  try {
    const there = await listParts(item, item.way.slot.way, stop.signal);
    if (item.state !== "unfinished") return;
    let sent = 0;
    there.forEach(function (part) { sent += part.size; });
    showSent(item, Math.min(sent, item.size));
  } catch (e) {
    if (item.state !== "unfinished" || !(e instanceof Failure)) return;
    if (e.kind === "closed" && k.completing) {
      await wasFinished(item, k, stop.signal);
    } else if (e.kind === "closed") {
      fail(item, e);
    }
  }
  drawAll();
  showReceipt();
}

// wasFinished is about an upload that is not there any more, and that the page was about to put together when it was left.
async function wasFinished(item, k, signal) {
  const way = item.way.slot.way, gone = Object.assign(new Failure("taken"), { unsure: true, whole: true });
  item.file = { size: k.size };
  try {
    item.line = finished(item, k.crc, await isThere(item, way, "", k.crc, gone, signal));
    item.line.modified = k.modified;
    memory.keepDone(item.line);
    showState(item, "sent");
  } catch (e) {
    if (e instanceof Failure) fail(item, new Failure("closed", e.detail));
  }
  item.file = null;
}
