// What the page remembers of a request over a reload. A browser may keep no memory, or take it away: then the page works
// all the same, only without going on.

const memory = (function () {
  const place = "waybill.request." + request.id;
  let all = { parts: {}, done: [], used: [] };
  try {
    if (request.ends > 0 && Date.now() >= request.ends) localStorage.removeItem(place);
    const kept = JSON.parse(localStorage.getItem(place));
    if (kept && typeof kept.parts === "object" && Array.isArray(kept.done) && Array.isArray(kept.used)) all = kept;
  } catch (e) { /* none */ }

  function save() {
    try { localStorage.setItem(place, JSON.stringify(all)); } catch (e) { /* none */ }
  }

  return {
    // parts is, by the key of a slot, what is known of an upload in parts: {path, size, modified, part, completing, crc}.
    parts: function () { return all.parts; },
    keepParts: function (key, what) { all.parts[key] = what; save(); },
    dropParts: function (key) { delete all.parts[key]; save(); },
    // done are the lines of the receipt; used the keys of slots that hold a file.
    done: function () { return all.done; },
    used: function () { return all.used; },
    keepUsed: function (key) { if (!all.used.includes(key)) all.used.push(key); save(); },
    keepDone: function (line) { all.done.push(line); save(); }
  };
})();
