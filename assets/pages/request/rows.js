// A row for each file, and what is said of all of them.

const rowList = document.getElementById("rows");
const changed = new Set(); // items whose row is behind

function make(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), p = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  p.setAttribute("d", path);
  svg.append(p);
  return svg;
}

// nameParts shows a name with its folders apart, for they matter less.
function nameParts(path) {
  const bdi = make("bdi"), cut = path.lastIndexOf("/") + 1;
  if (cut > 0) bdi.append(make("span", "dir", shown(path.slice(0, cut))), make("wbr"));
  bdi.append(shown(path.slice(cut)));
  return bdi;
}

let rowNumber = 0;

function newRow(item) {
  const row = make("li"), tile = make("span", "tile"), about = make("div", "about"), name = make("p", "name");
  const track = make("div", "track still"), bar = make("i"), facts = make("p", "facts"), why = make("div", "why"), chip = make("span", "chip"), acts = make("div", "acts");
  const act = make("button", "button"), remove = make("button", "button");
  tile.setAttribute("aria-hidden", "true");
  const end = ending(item.name);
  if (end) tile.textContent = end; else tile.append(icon("M6 20V4.5a1 1 0 0 1 1-1h7l4.5 4.5V20a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1zM13.5 3.8V8.5h4.7"));
  name.id = "name-" + ++rowNumber;
  name.append(nameParts(item.path));
  track.append(bar);
  why.hidden = true;
  act.type = remove.type = "button";
  act.addEventListener("click", function () { item.act(); });
  remove.append(icon("M6 6l12 12M18 6L6 18"), make("span", "heard"));
  remove.addEventListener("click", function () { forget(item); });
  about.append(name, track, facts, why);
  acts.append(act, remove);
  row.append(tile, about, chip, acts);
  item.row = { row: row, track: track, bar: bar, facts: facts, why: why, chip: chip, act: act, remove: remove, name: name, doing: "" };
  rowList.append(row);
  document.getElementById("list").hidden = false;
  touch(item);
}

// touch has a row drawn anew, soon.
function touch(item) { changed.add(item); }

function showState(item, state) {
  if (item.state === state) return;
  item.state = state;
  item.meter = null;
  touch(item);
}

function showRead(item, bytes) { item.read = bytes; touch(item); }
function showSent(item, bytes) { item.sent = bytes; touch(item); }

// interrupt says that a row waits for the network, for the store, or for nothing any more.
function interrupt(item, why) {
  if (item.waitsFor === why) return;
  item.waitsFor = why;
  item.meter = null;
  touch(item);
}

// measure gives the speed in bytes a second, smoothed over some seconds, or 0 while it is not known.
function measure(item) {
  const now = performance.now(), moved = item.sent - item.kept;
  if (!item.meter || moved < item.meter.moved) {
    item.meter = { since: now, at: now, moved: moved, speed: 0 };
    return 0;
  }
  const m = item.meter, seconds = (now - m.at) / 1000;
  if (seconds >= 0.25) {
    const speed = (moved - m.moved) / seconds, weight = 1 - Math.exp(-seconds / (now - m.since < 3000 ? 1 : 4));
    m.speed = m.speed === 0 ? speed : m.speed + weight * (speed - m.speed);
    m.at = now;
    m.moved = moved;
  }
  return now - m.since > 1000 ? m.speed : 0;
}

function pace(item) {
  const speed = measure(item);
  return speed > 0 ? " · " + sizeWords(speed) + "/s · " + leftWords((item.size - item.sent) / speed) : "";
}

function facts(item) {
  const size = sizeWords(item.size);
  switch (item.state) {
  case "sending":
    if (item.waitsFor === "network") return sizeWords(item.sent) + say(" of ", " von ") + size + " · " + say("waiting for the network", "wartet auf das Netz");
    if (item.waitsFor === "store") return sizeWords(item.sent) + say(" of ", " von ") + size + " · " + say("the store is busy, trying again", "der Speicher ist beschäftigt, neuer Versuch folgt");
    return sizeWords(item.sent) + say(" of ", " von ") + size + pace(item);
  case "reading": return item.waitsFor === "network" ? size + " · " + say("waiting for the network", "wartet auf das Netz")
    : size + (item.size > large ? " · " + say("computing the checksum", "die Prüfsumme wird berechnet") : "");
  case "finishing": return size + " · " + (item.waitsFor ? say("waiting for the network", "wartet auf das Netz") : say("the store puts it together", "der Speicher setzt sie zusammen"));
  case "sent": return size + " · " + timeWords(item.line.when);
  case "unfinished": return sizeWords(item.sent) + say(" of ", " von ") + size + say(" are there. Choose the file again to go on.", " sind da. Die Datei noch einmal wählen, dann geht es weiter.");
  case "cancelled": return size + (item.kept || item.sent && item.way && item.way.inParts ? " · " + say("what is there already is kept for another try", "was schon da ist, bleibt für einen neuen Versuch") : "");
  default: return size;
  }
}

// doing is what a row's button does; "" is nothing.
function doing(item) {
  switch (item.state) {
  case "waiting": case "reading": case "sending": case "finishing": return "cancel";
  case "failed": return isOver() || !item.file && item.failure.kind === "closed" ? "" : !item.file ? "choose" : item.failure.kind === "changed" || item.failure.kind === "name" ? "choose" : item.failure.kind === "cors" && request.online ? "online" : "retry";
  case "cancelled": return isOver() ? "" : "retry";
  case "unfinished": return isOver() ? "" : "choose";
  default: return "";
  }
}

function draw(item) {
  const r = item.row;
  const state = item.waitsFor && (item.state === "sending" || item.state === "reading" || item.state === "finishing") ? "offline" : item.state;
  r.row.setAttribute("data-state", state);
  r.chip.textContent = stateWords(state);
  r.facts.textContent = facts(item);
  const busy = item.state === "sending" || item.state === "reading" || item.state === "finishing" || item.state === "unfinished";
  const share = item.state === "finishing" || item.size === 0 ? 1 : (item.state === "reading" ? item.read : item.sent) / item.size;
  r.track.classList.toggle("still", !busy);
  r.bar.style.transform = "scaleX(" + Math.min(1, share) + ")";
  if (busy) {
    r.track.setAttribute("role", "progressbar");
    r.track.setAttribute("aria-labelledby", r.name.id);
    r.track.setAttribute("aria-valuenow", Math.floor(100 * Math.min(1, share)));
    r.track.setAttribute("aria-valuetext", r.facts.textContent);
  } else {
    ["role", "aria-labelledby", "aria-valuenow", "aria-valuetext"].forEach(function (name) { r.track.removeAttribute(name); });
  }
  if (item.state === "sent" && !r.sum) {
    r.sum = make("p", "facts sum", item.line.checksum);
    r.facts.after(r.sum);
  }
  const said = item.failure ? failureWords(item.failure.kind) : null;
  if (said && r.failure !== item.failure) {
    r.failure = item.failure;
    r.why.replaceChildren(make("strong", "", said[0]), " ", said[1]);
    const d = item.failure.detail, technical = [d.code, d.status ? "HTTP " + d.status : "", d.message].filter(Boolean).join(" · ");
    if (technical) {
      const details = make("details");
      details.append(make("summary", "", say("Technical detail", "Technische Einzelheit")), make("code", "", shown(technical)));
      r.why.append(details);
    }
  }
  r.why.hidden = !said;
  r.facts.hidden = !!said && item.size === 0;
  const what = doing(item);
  if (what !== r.doing) {
    r.doing = what;
    const words = { cancel: say("Cancel", "Abbrechen"), retry: say("Try again", "Neuer Versuch"), choose: say("Choose the file", "Datei wählen"), online: say("Open online", "Online öffnen"), "": "" }[what];
    r.act.replaceChildren(words, labelOf(item));
  }
  r.act.hidden = what === "";
  const removable = ["failed", "cancelled", "refused", "unfinished"].includes(item.state);
  if (removable && r.remove.lastChild.childNodes.length === 0) r.remove.lastChild.append(say("Remove", "Entfernen"), labelOf(item).firstChild || "");
  r.remove.hidden = !removable;
}

// labelOf tells those who listen which file a button is about.
function labelOf(item) {
  const span = make("span", "heard"), bdi = make("bdi", "", shown(item.path));
  span.append(" ", bdi);
  return span;
}

// drawAll draws what has changed, and what runs, four times a second.
const title = document.title;
function drawAll() {
  changed.forEach(function (item) { if (item.row) draw(item); });
  changed.clear();
  let sent = 0, all = 0, bytes = 0, total = 0, busy = false;
  items.forEach(function (item) {
    if (item.state === "refused") return;
    all++;
    total += item.size;
    bytes += item.state === "sent" ? item.size : Math.min(item.sent, item.size);
    if (item.state === "sent") sent++;
    if (running(item)) { busy = true; touch(item); }
  });
  const words = all === 0 ? "" : say(sent + " of " + all + " sent", sent + " von " + all + " gesendet") + " · " +
    (sent === all ? sizeWords(total) : sizeWords(bytes) + say(" of ", " von ") + sizeWords(total));
  const sum = document.getElementById("list-sum");
  if (sum.textContent !== words) sum.textContent = words;
  document.title = busy && total > 0 ? Math.floor(100 * bytes / total) + "\u00a0% · " + title : title;
}
setInterval(drawAll, 250);

// announce is for those who listen. What comes within a moment is said together, and of many files that were sent only
// how many they are.
let news = [], sentNews = [], newsTimer = 0;
function announce(text, sent) {
  (sent ? sentNews : news).push(text);
  newsTimer = newsTimer || setTimeout(function () {
    const said = news.length > 4 ? news.slice(0, 3).concat(say((news.length - 3) + " more messages are in the list.", (news.length - 3) + " weitere Meldungen stehen in der Liste.")) : news;
    if (sentNews.length > 3) sentNews = [say(countWords(sentNews.length) + " are sent.", countWords(sentNews.length) + " sind gesendet.")];
    document.getElementById("heard").textContent = said.concat(sentNews).join(" ");
    news = [];
    sentNews = [];
    newsTimer = 0;
  }, 600);
}

// notice is a sentence above the place to drop on; link leads somewhere that helps.
function notice(what, todo, bad, link) {
  const box = document.getElementById("notice"), text = make("div");
  text.append(make("strong", "", what), " ", todo);
  box.replaceChildren(text);
  if (link) {
    const a = make("a", "button" + (bad ? " main" : ""), link.text);
    a.href = link.href;
    a.rel = "noreferrer";
    box.append(a);
  }
  box.classList.toggle("bad", bad);
  box.hidden = false;
}
