// The receipt: what was sent, as a text to keep, as JSON for programs, and on paper as the list of the page.

function sentLines() {
  return items.filter(function (i) { return i.state === "sent"; }).map(function (i) { return i.line; });
}

// showReceipt offers it whenever something is sent and nothing runs.
function showReceipt() {
  const lines = sentLines(), box = document.getElementById("receipt");
  const total = lines.reduce(function (sum, l) { return sum + l.size; }, 0);
  const show = lines.length > 0 && !items.some(running);
  if (show) {
    const words = say(countWords(lines.length) + (lines.length === 1 ? " is sent, " : " are sent, ") + sizeWords(total) + ".",
      countWords(lines.length) + (lines.length === 1 ? " ist gesendet, " : " sind gesendet, ") + sizeWords(total) + ".");
    document.getElementById("receipt-title").textContent = words;
    document.getElementById("receipt-more").hidden = isOver() || request.files > 0 && lines.length >= request.files;
    if (box.hidden) announce(words);
  }
  box.hidden = !show;
}

function iso(ms) { return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z"); }

function receiptText() {
  const out = [say("Receipt for files sent", "Beleg über gesendete Dateien"), ""];
  if (request.from) out.push(say("Asked for by: ", "Erbeten von: ") + shown(request.from));
  if (request.for) out.push(say("Sent by:      ", "Gesendet von: ") + shown(request.for));
  out.push(say("Request:      ", "Anfrage:      ") + request.id, "");
  sentLines().forEach(function (l) {
    out.push(shown(l.path), "  " + l.size + " B", "  " + l.checksum, "  " + iso(l.when) + (l.proven ? "" : say(" (the store's own word was not heard)", " (ohne die Bestätigung des Speichers)")), "");
  });
  return out.join("\r\n");
}

function receiptJSON() {
  const files = sentLines().map(function (l) {
    return { name: wellFormed(l.path), size: l.size, checksum: l.checksum, key: l.key, sent: iso(l.when), proven: l.proven };
  });
  return JSON.stringify({ request: request.id, from: request.from, for: request.for, files: files }, null, 2) + "\n";
}

function save(name, type, text) {
  const a = make("a"), address = URL.createObjectURL(new Blob([text], { type: type }));
  a.href = address;
  a.download = name;
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(function () { URL.revokeObjectURL(address); }, 10000);
}

document.getElementById("save").addEventListener("click", function () {
  save(say("receipt", "Beleg") + "-" + request.id + ".txt", "text/plain;charset=utf-8", "\uFEFF" + receiptText());
});
document.getElementById("save-json").addEventListener("click", function () { save(say("receipt", "Beleg") + "-" + request.id + ".json", "application/json", receiptJSON()); });
document.getElementById("print").addEventListener("click", function () { window.print(); });
