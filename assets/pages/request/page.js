// What a person does: drop, choose, leave; and the end.

const filesInput = document.getElementById("files"), folderInput = document.getElementById("folder");
const chooseButton = document.getElementById("choose"), folderButton = document.getElementById("choose-folder");
let chosenFor = null; // the row whose file is chosen again

chooseButton.addEventListener("click", function () { chosenFor = null; filesInput.click(); });
if (folderButton) {
  folderButton.hidden = !("webkitdirectory" in folderInput);
  folderButton.addEventListener("click", function () { folderInput.click(); });
  folderInput.addEventListener("change", function () {
    const list = Array.from(folderInput.files, function (file) { return { file: file, path: file.webkitRelativePath || file.name }; });
    folderInput.value = "";
    if (list.length === 0) empty([]); else takeFiles(list);
  });
}

function chooseFor(item) {
  chosenFor = item;
  filesInput.click();
}

filesInput.addEventListener("change", function () {
  const list = Array.from(filesInput.files, function (file) { return { file: file, path: file.name }; });
  filesInput.value = ""; // so that the same file can be chosen once more
  const item = chosenFor;
  chosenFor = null;
  if (!item || list.length !== 1 || !items.includes(item)) return takeFiles(list);
  const file = list[0].file;
  // A file that goes on is the same one; one that was changed keeps its name. A row of another name gives way to a new
  // one, for its kind, its size and its key are others.
  if (file.name === item.name && (item.state !== "unfinished" || file.size === item.size)) return start(item, file);
  if (item.state !== "unfinished") {
    if (!isOver()) forget(item);
    return takeFiles(list);
  }
  const name = shown(item.name), size = sizeWords(item.size);
  notice(say("This is another file.", "Das ist eine andere Datei."),
    say("To go on, choose " + name + " with " + size + ". To send this one as well, drop it here.", "Weiter geht es mit " + name + " und " + size + ". Soll diese auch gesendet werden, kann sie hier abgelegt werden."), false);
});

function empty(names) {
  const name = names.map(shown).join(", ");
  notice(name ? say("There is no file in " + name + ".", "In " + name + " ist keine Datei.") : say("There is no file in this folder.", "In diesem Ordner ist keine Datei."),
    say("Choose another folder, or files.", "Ein anderer Ordner oder Dateien gehen."), false);
}

// Anywhere on the page will do: a file that misses the box would replace the page, and end what is being sent.
let depth = 0;
function carriesFiles(e) { return e.dataTransfer && Array.from(e.dataTransfer.types).includes("Files"); }
document.addEventListener("dragenter", function (e) {
  if (!carriesFiles(e)) return;
  e.preventDefault();
  depth++;
  root.classList.toggle("dragging", !isOver());
});
document.addEventListener("dragleave", function (e) {
  if (!carriesFiles(e)) return;
  depth = Math.max(0, depth - 1);
  if (depth === 0) root.classList.remove("dragging");
});
document.addEventListener("dragover", function (e) {
  if (!carriesFiles(e)) return;
  e.preventDefault();
  e.dataTransfer.dropEffect = isOver() ? "none" : "copy";
});
document.addEventListener("drop", function (e) {
  if (!carriesFiles(e)) return;
  e.preventDefault();
  depth = 0;
  root.classList.remove("dragging");
  // All of it has to be taken out before the event is over.
  const plain = [], folders = [];
  Array.from(e.dataTransfer.items).forEach(function (it) {
    const entry = it.webkitGetAsEntry ? it.webkitGetAsEntry() : null;
    if (entry && entry.isDirectory) {
      // Chromium reads no entries for a page that is a file; there it has another way.
      const other = location.protocol === "file:" && it.getAsFileSystemHandle;
      return folders.push({ name: entry.name, entry: entry, handle: other ? it.getAsFileSystemHandle() : null });
    }
    const file = it.getAsFile();
    if (file) plain.push({ file: file, path: file.name });
  });
  if (folders.length === 0) return takeFiles(plain);
  dropFolders(plain, folders);
});

async function dropFolders(list, folders) {
  const barren = [];
  try {
    for (const folder of folders) {
      const before = list.length;
      if (folder.handle) await walkHandle(await folder.handle, folder.name + "/", list); else await walk(folder.entry, list);
      if (list.length === before) barren.push(folder.name);
    }
  } catch (e) {
    notice(say("The browser does not let this page read a folder that is dropped.", "Der Browser lässt diese Seite keinen abgelegten Ordner lesen."),
      say("Choose the folder by the button instead, or drop its files.", "Der Ordner kann über den Knopf gewählt, oder seine Dateien abgelegt werden."), false);
    list = list.filter(function (one) { return !one.path.includes("/"); });
  }
  if (barren.length > 0) empty(barren);
  takeFiles(list);
}

// walk adds the files below a folder, with their paths from there.
async function walk(folder, list) {
  const reader = folder.createReader();
  for (;;) {
    const some = await new Promise(function (resolve, reject) { reader.readEntries(resolve, reject); });
    if (some.length === 0) return;
    for (const entry of some) {
      if (entry.isDirectory) {
        await walk(entry, list);
      } else {
        const file = await new Promise(function (resolve, reject) { entry.file(resolve, reject); });
        list.push({ file: file, path: entry.fullPath.replace(/^\/+/, "") });
      }
    }
  }
}

async function walkHandle(folder, path, list) {
  for await (const handle of folder.values()) {
    if (handle.kind === "directory") await walkHandle(handle, path + handle.name + "/", list);
    else list.push({ file: await handle.getFile(), path: path + handle.name });
  }
}

window.addEventListener("beforeunload", function (e) {
  if (!items.some(running)) return;
  e.preventDefault();
  e.returnValue = "";
});

// At the end nothing new begins. A form or a PUT that is under way may still arrive; parts that are not all there are of
// no use any more, for the store would not put them together.
function closeDown() {
  chooseButton.disabled = true;
  if (folderButton) folderButton.disabled = true;
  document.getElementById("drop-title").textContent = say("No more files can be sent here", "Hier können keine Dateien mehr gesendet werden");
  items.forEach(function (item) {
    if (item.state === "waiting" && !item.stop || item.state === "unfinished") fail(item, new Failure("ended"));
    touch(item);
  });
  drawAll();
}
document.addEventListener("ended", closeDown);
if (isOver()) closeDown();

if (location.protocol === "file:" && request.online && !isOver()) {
  notice(say("If sending does not work from this file, the same page is online.", "Falls das Senden aus dieser Datei nicht geht, gibt es dieselbe Seite online."),
    "", false, { href: request.online, text: say("Open online", "Online öffnen") });
}
recall();
showReceipt();
