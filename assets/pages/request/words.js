// The request, and the words of the script in the language that page.js has chosen.

const request = JSON.parse(document.getElementById("request").textContent);
request.posts = request.posts || [];
request.slots = request.slots || [];
request.kinds = request.kinds || [];

const root = document.documentElement;
const locale = root.getAttribute("data-locale") || "en-GB";

function say(en, de) { return root.lang === "de" ? de : en; }

function asker() { return request.from ? shown(request.from) : say("whoever sent this page", "wer diese Seite geschickt hat"); }

// sizeWords writes a number of bytes as the rest of Waybill does: 18 MB, 2.4 GB.
function sizeWords(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  while (bytes >= 999.5 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  const digits = unit > 0 && bytes < 9.95 ? 1 : 0;
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(bytes) + "\u00a0" + units[unit];
}

function leftWords(seconds) {
  if (seconds < 1) seconds = 1;
  const h = Math.floor(seconds / 3600), m = Math.floor(seconds % 3600 / 60), s = Math.ceil(seconds);
  const time = h > 0 ? h + "\u00a0" + say("h", "Std.") + " " + m + "\u00a0" + say("min", "Min.") : s >= 60 ? Math.ceil(seconds / 60) + "\u00a0" + say("min", "Min.") : s + "\u00a0s";
  return say(time + " left", "noch " + time);
}

function timeWords(ms) {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" }).format(new Date(ms));
}

function countWords(n) {
  const number = new Intl.NumberFormat(locale).format(n);
  return n === 1 ? say("1 file", "1 Datei") : say(number + " files", number + " Dateien");
}

// stateWords are what a row's chip says.
function stateWords(state) {
  return {
    waiting: say("Waiting", "Wartet"),
    reading: say("Reading", "Wird gelesen"),
    sending: say("Sending", "Wird gesendet"),
    finishing: say("Finishing", "Schließt ab"),
    offline: say("Interrupted", "Unterbrochen"),
    unfinished: say("Unfinished", "Unfertig"),
    sent: say("Sent", "Gesendet"),
    failed: say("Failed", "Fehlgeschlagen"),
    cancelled: say("Cancelled", "Abgebrochen"),
    refused: say("Not sent", "Nicht gesendet")
  }[state];
}

// failureWords are two sentences on each way to fail: what happened, and what to do.
function failureWords(kind) {
  const fresh = say("Ask " + asker() + " for a new page.", "Eine neue Seite gibt es von: " + asker() + ".");
  switch (kind) {
  case "kind": return [say("Files of this kind are not asked for.", "Dateien dieser Art sind nicht gefragt."),
    say("Asked for: " + request.asked.EN + ".", "Gefragt: " + request.asked.DE + ".")];
  case "large": return [say("The file is too large: at most " + sizeWords(largest()) + " can be sent here.", "Die Datei ist zu groß: Höchstens " + sizeWords(largest()) + " können hier gesendet werden."),
    say("Make it smaller, or ask " + asker() + " for another page.", "Es hilft, sie zu verkleinern, oder eine andere Seite von: " + asker() + ".")];
  case "many": return [say("No more than " + countWords(request.files) + " can be sent here.", "Mehr als " + countWords(request.files) + " können hier nicht gesendet werden."),
    say("Remove one that is not sent yet, or ask " + asker() + " for another page.", "Es hilft, eine noch nicht gesendete zu entfernen, oder eine andere Seite von: " + asker() + ".")];
  case "ended": return [say("The time to send files is over.", "Die Zeit zum Senden ist vorbei."), fresh];
  case "midway": return [say("The time was over before all of the file was there. Nothing of it counts as sent.", "Die Zeit war vorbei, bevor die Datei ganz da war. Nichts davon gilt als gesendet."), fresh];
  case "changed": return [say("The file was changed, moved or locked while it was read.", "Die Datei wurde geändert, verschoben oder gesperrt, während sie gelesen wurde."),
    say("Choose it again when it is complete.", "Sie kann neu gewählt werden, sobald sie fertig ist.")];
  case "damaged": return [say("What arrived is not what was sent.", "Was ankam, ist nicht, was gesendet wurde."),
    say("Try again. If it happens again, use another network.", "Ein neuer Versuch hilft. Geschieht es wieder, hilft ein anderes Netz.")];
  case "taken": return [say("Somebody else has sent a file to this place meanwhile, and none is left.", "Jemand anders hat inzwischen eine Datei an diesen Platz gesendet, und es ist keiner mehr frei."), fresh];
  case "lost": return [say("The answer of the store was lost, and a file is at this place now: probably this one.", "Die Antwort des Speichers ging verloren, und an diesem Platz ist jetzt eine Datei: wahrscheinlich diese."),
    say("Ask " + asker() + " whether it arrived.", "Ob sie ankam, weiß: " + asker() + ".")];
  case "closed": return [say("The place for this file is not open any more: the request was closed, or somebody else has used it.", "Der Platz für diese Datei ist nicht mehr offen: Die Bitte wurde geschlossen, oder jemand anders hat ihn benutzt."), fresh];
  case "refused": return [say("The store does not let this page send files, or does not any more.", "Der Speicher lässt diese Seite keine Dateien senden, oder nicht mehr."), fresh];
  case "policy": return [say("The store refuses the file: it is not what was asked for.", "Der Speicher nimmt die Datei nicht: Sie ist nicht, was gefragt ist."),
    say("Check its kind and size. If they are right, show " + asker() + " what stands below.", "Art und Größe prüfen. Stimmen sie, hilft, was unten steht: " + asker() + ".")];
  case "signature": return [say("This page was changed or damaged on its way, so the store does not accept it.", "Diese Seite wurde unterwegs verändert oder beschädigt, darum nimmt der Speicher sie nicht an."),
    say("Open it once more as it was sent. If that does not help, ask " + asker() + " for a new one.", "Die Seite noch einmal so öffnen, wie sie kam. Hilft das nicht, gibt es eine neue von: " + asker() + ".")];
  case "cors": return [location.protocol === "file:"
    ? say("The store takes no files from a page that was opened as a file (CORS).", "Der Speicher nimmt keine Dateien von einer Seite, die als Datei geöffnet wurde (CORS).")
    : say("The store takes no files from a page at this address (CORS).", "Der Speicher nimmt keine Dateien von einer Seite unter dieser Adresse (CORS)."),
    request.online ? say("Open the same page online: there it works.", "Dieselbe Seite online öffnen: Dort geht es.")
      : say("Ask " + asker() + " for a link to the page instead of the file.", "Statt der Datei hilft ein Link auf die Seite, von: " + asker() + ".")];
  case "reset": return [say("The store broke the connection off several times without an answer.", "Der Speicher hat die Verbindung mehrmals ohne Antwort abgebrochen."),
    say("Try again later. If it stays so, tell " + asker() + ".", "Später noch einmal versuchen. Bleibt es so, sollte es wissen: " + asker() + ".")];
  case "portal": return [say("Not the store has answered but something in between, such as the sign-in page of a network.", "Geantwortet hat nicht der Speicher, sondern etwas dazwischen, etwa die Anmeldeseite eines Netzes."),
    say("Sign in to the network, or use another one. Then try again.", "Im Netz anmelden oder ein anderes nehmen. Dann noch einmal versuchen.")];
  case "clock": return [say("The clock of the store and that of the computer on which this page was made differ too much.", "Die Uhr des Speichers und die des Rechners, auf dem diese Seite gemacht wurde, gehen zu weit auseinander."), fresh];
  case "full": return [say("The store is full.", "Der Speicher ist voll."), say("Tell " + asker() + ".", "Das sollte wissen: " + asker() + ".")];
  case "name": return [say("The store cannot keep a file of this name.", "Der Speicher kann keine Datei dieses Namens aufnehmen."),
    say("Give the file a shorter or plainer name and choose it again.", "Der Datei einen kürzeren oder einfacheren Namen geben und sie neu wählen.")];
  case "unable": return [say("The store cannot take files in this way.", "Der Speicher kann auf diesem Weg keine Dateien annehmen."), say("Tell " + asker() + ".", "Das sollte wissen: " + asker() + ".")];
  case "gone": return [say("The place that the files were to go to is not there any more.", "Den Ort, an den die Dateien gehen sollten, gibt es nicht mehr."), say("Tell " + asker() + ".", "Das sollte wissen: " + asker() + ".")];
  default: return [say("The store did not take the file.", "Der Speicher hat die Datei nicht angenommen."),
    say("Try again. If it stays so, show " + asker() + " what stands below.", "Noch einmal versuchen. Bleibt es so, hilft, was unten steht: " + asker() + ".")];
  }
}
