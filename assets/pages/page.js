(function () {
  "use strict";
  var root = document.documentElement;

  // The reader's first language that the page has; for dates, the reader's own form of it.
  var lang = "en", locale = "en-GB";
  (navigator.languages && navigator.languages.length ? navigator.languages : [navigator.language || ""]).some(function (tag) {
    var base = tag.toLowerCase().split("-")[0];
    if (base !== "en" && base !== "de") return false;
    lang = base;
    locale = tag;
    return true;
  });
  root.lang = lang;
  root.setAttribute("data-locale", locale);
  root.classList.add("js", lang);
  document.title = document.querySelector("title").getAttribute("data-" + lang) || document.title;

  function localise(part) {
    part.querySelectorAll("time[datetime]").forEach(function (t) {
      try {
        t.textContent = new Intl.DateTimeFormat(locale, {
          weekday: "long", day: "numeric", month: "long", year: "numeric",
          hour: "numeric", minute: "2-digit", timeZoneName: "short"
        }).format(new Date(t.getAttribute("datetime")));
      } catch (e) { /* what stands there is true too */ }
    });
  }

  var box = document.getElementById("end");
  var end = Date.parse(box.getAttribute("data-end")), made = Date.parse(box.getAttribute("data-made"));
  var timer = 0;

  // What will be said at the end keeps its place from the beginning, where nobody sees or hears it.
  var over = document.getElementById("over"), ghost = document.createElement("div");
  if (end > 0) {
    ghost.className = "ghost";
    ghost.append(document.getElementById("over-words").content.cloneNode(true));
    over.after(ghost);
  }

  function isOver() { return Date.now() >= end; }

  // close takes away what would only lead to the store's refusal, and says so in words.
  function close() {
    var links = document.querySelectorAll("a.button[href]");
    links.forEach(function (a) {
      a.removeAttribute("href");
      a.removeAttribute("download");
      a.setAttribute("role", "link");
      a.setAttribute("aria-disabled", "true");
    });
    if (root.classList.contains("ended")) return;
    root.classList.add("ended");
    over.append.apply(over, Array.from(ghost.childNodes));
    document.dispatchEvent(new Event("ended"));
  }

  function show(ms) {
    var s = Math.ceil(ms / 1000), m = Math.floor(ms / 60000), h = Math.floor(m / 60), d = Math.floor(h / 24);
    document.querySelectorAll(".runs .t").forEach(function (t) {
      var unit = t.getAttribute("data-units").split(" "); // day days h min s
      var parts = d > 0 ? [d, d === 1 ? unit[0] : unit[1], h % 24, unit[2]]
        : h > 0 ? [h, unit[2], m % 60, unit[3]]
        : m > 0 ? [m, unit[3]] : [s, unit[4]];
      t.querySelector("b").textContent = parts.join("\u00a0");
    });
    root.classList.toggle("soon", ms < 3600000);
    // A clock that stands before the page was made would count lies.
    root.classList.toggle("counts", !(Date.now() < made - 300000));
  }

  // tick shows what is left and comes back when that changes.
  function tick() {
    clearTimeout(timer);
    if (!(end > 0)) return;
    if (isOver()) return close();
    var ms = end - Date.now();
    show(ms);
    timer = setTimeout(tick, ms % (ms <= 60000 ? 1000 : 60000) + 5);
  }

  // A sleeping computer's timers sleep as well, so every way back to the page looks at the clock.
  function guard(e) {
    if (!isOver() || !e.target.closest("a.button")) return;
    e.preventDefault();
    close();
  }
  document.addEventListener("click", guard, true);
  document.addEventListener("auxclick", guard, true);
  document.addEventListener("visibilitychange", tick);
  window.addEventListener("pageshow", tick);
  window.addEventListener("focus", tick);

  function copied(button) {
    button.classList.add("copied");
    setTimeout(function () { button.classList.remove("copied"); }, 2000);
  }

  // Where the browser keeps its clipboard from a page, the text is marked and copied the old way.
  function mark(button, code) {
    var range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (document.execCommand("copy")) copied(button);
  }
  document.addEventListener("click", function (e) {
    var button = e.target.closest("button[data-copy]");
    if (!button) return;
    var code = document.getElementById(button.getAttribute("data-copy"));
    if (!navigator.clipboard) return mark(button, code);
    navigator.clipboard.writeText(code.textContent).then(function () { copied(button); }, function () { mark(button, code); });
  });

  // What stands above this script is there and shall not flicker; the rest comes later.
  localise(document);
  tick();
  document.addEventListener("DOMContentLoaded", function () {
    localise(document);
    tick();
  });
})();
