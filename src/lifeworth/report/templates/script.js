/* Comfort only: everything on the page can be read without it. */
(function () {
  "use strict";
  var root = document.documentElement;

  function button(words, label, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    if (label) made.title = label;
    made.addEventListener("click", act);
    return made;
  }

  /* Light, dark, or as the system says */
  var themes = ["auto", "light", "dark"];
  var names = { auto: "◐ Auto", light: "○ Light", dark: "● Dark" };
  var place = document.querySelector("[data-comfort]");
  var theme = "auto";
  var toggle = button(names.auto, "Colours: as the system, light or dark", function () { show(themes[(themes.indexOf(theme) + 1) % 3]); });
  function show(next) {
    theme = next;
    if (next === "auto") root.removeAttribute("data-theme"); else root.setAttribute("data-theme", next);
    toggle.textContent = names[next];
  }
  if (place) place.appendChild(toggle);

  /* Copy a table as CSV; text that a spreadsheet would take for a formula is quoted */
  function csv(table) {
    return Array.from(table.rows).map(function (row) {
      return Array.from(row.cells).map(function (cell) {
        var words = cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent.trim();
        if (/^[=+@\t\r-]/.test(words) && isNaN(Number(words))) words = "'" + words;
        return /[",\n\r]/.test(words) ? '"' + words.replace(/"/g, '""') + '"' : words;
      }).join(",");
    }).join("\r\n") + "\r\n";
  }
  function copy(words, done) {
    function old() {
      var area = document.createElement("textarea");
      area.value = words;
      document.body.appendChild(area);
      area.select();
      var well = false;
      try { well = document.execCommand("copy"); } catch (error) { well = false; }
      area.remove();
      done(well);
    }
    if (!navigator.clipboard) { old(); return; }
    navigator.clipboard.writeText(words).then(function () { done(true); }, old);
  }
  document.querySelectorAll("[data-tools]").forEach(function (tools) {
    var owner = tools.closest(".panel");
    var table = owner && owner.querySelector("table");
    if (!table) return;
    var made = button("Copy CSV", "", function () {
      copy(csv(table), function (well) {
        made.textContent = well ? "Copied" : "Copying is not allowed here";
        setTimeout(function () { made.textContent = "Copy CSV"; }, 1600);
      });
    });
    tools.appendChild(made);
  });

  /* Sort by a column: numbers as numbers, the rest as text, what is missing last */
  function compare(a, b, down) {
    if (a === "" || b === "") return (a === "") - (b === "");
    var x = Number(a), y = Number(b);
    var order = isNaN(x) || isNaN(y) ? a.localeCompare(b, "en", { numeric: true }) : x - y;
    return down ? -order : order;
  }
  document.querySelectorAll("table[data-sortable]").forEach(function (table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, at) {
      var name = head.querySelector("span");
      var made = button("", "", function () {
        var down = head.getAttribute("aria-sort") === null ? head.classList.contains("num") : head.getAttribute("aria-sort") === "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = table.tBodies[0];
        Array.from(body.rows).sort(function (one, two) {
          return compare(one.cells[at].getAttribute("data-v"), two.cells[at].getAttribute("data-v"), down);
        }).forEach(function (row) { body.appendChild(row); });
      });
      while (name.firstChild) made.appendChild(name.firstChild);
      name.appendChild(made);
    });
  });

  /* Where am I? */
  var links = Array.from(document.querySelectorAll(".side nav a"));
  var nav = document.querySelector(".side nav");
  var last = null;
  function follow() {
    var now = links[0];
    links.forEach(function (link) {
      var target = document.getElementById(link.getAttribute("href").slice(1));
      if (target && target.getBoundingClientRect().top < 160) now = link;
    });
    if (window.innerHeight + window.scrollY >= root.scrollHeight - 4) now = links[links.length - 1];
    if (now === last) return;
    last = now;
    nav.scrollLeft = now.offsetLeft - nav.offsetLeft - nav.clientWidth / 4;
    links.forEach(function (link) {
      if (link === now) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  }
  if (links.length) {
    follow();
    window.addEventListener("scroll", follow, { passive: true });
  }
})();
