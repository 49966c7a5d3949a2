// Tables and heat maps: the server says heads and rows, the browser makes them, and sorts them by their values.
// Everything is set as text: nothing that comes with the data can become a part of the page.
(function () {
  "use strict";

  function element(name, classes, words) {
    var made = document.createElement(name);
    if (classes) { made.className = classes; }
    if (words !== undefined) { made.textContent = words; }
    return made;
  }

  function worth(cell) {
    if (cell === null || cell === undefined) { return ""; }
    return typeof cell === "object" ? (cell.v === undefined ? cell.t : cell.v) : cell;
  }

  function missing(value) { return value === "" || value === "–"; }

  function compare(a, b) {
    var x = Number(a), y = Number(b);
    return isNaN(x) || isNaN(y) ? String(a).localeCompare(String(b), undefined, { numeric: true }) : x - y;
  }

  function headCell(head, at, said, sort) {
    var cell = element("th", head.n ? "num" : "");
    cell.scope = "col";
    var words = element(said.sortable ? "button" : "span", head.d ? "head defined" : "head", head.t);
    if (said.sortable) {
      words.type = "button";
      words.addEventListener("click", function () { sort(at); });
    }
    if (head.u) { words.appendChild(element("span", "unit", " " + head.u)); }
    if (head.d) { words.title = head.d; }
    cell.appendChild(words);
    return cell;
  }

  function bodyCell(told, first) {
    var plain = told === null || typeof told !== "object";
    var cell = element(first ? "th" : "td", plain ? "" : told.c || "");
    if (first) { cell.scope = "row"; }
    if (plain) { cell.textContent = told; return cell; }
    if (told.w !== undefined) {
      cell.classList.add("bar-cell");
      cell.style.setProperty("--w", told.w + "%");
    }
    if (told.d) { cell.title = told.d; }
    if (told.h) {
      var link = element("a", "who-link", told.t);
      link.href = told.h;
      cell.appendChild(link);
    } else { cell.textContent = told.t; }
    return cell;
  }

  function rowsOf(said, rows) {
    var part = document.createDocumentFragment();
    rows.forEach(function (row, at) {
      var line = element("tr", said.totals.indexOf(at) >= 0 ? "total" : "");
      row.forEach(function (told, place) {
        var cell = bodyCell(told, place === 0);
        if (said.kind === "heat" && place === 0) { cell.className = "pin"; }
        line.appendChild(cell);
      });
      part.appendChild(line);
    });
    return part;
  }

  function heatHead(said, head) {
    var over = element("tr"), names = element("tr");
    said.heads.forEach(function (one, at) {
      var cell = headCell(one, at, said);
      if (at === 0) { cell.className = "pin"; }
      cell.rowSpan = 2;
      over.appendChild(cell);
    });
    var group = element("th");
    group.scope = "colgroup";
    group.colSpan = Math.max(said.columns.length, 1);
    group.appendChild(element("span", "over", said.over));
    over.appendChild(group);
    said.columns.forEach(function (name) {
      var cell = element("th", "mid", name);
      cell.scope = "col";
      names.appendChild(cell);
    });
    head.append(over, names);
  }

  function make(room) {
    var text = room.getAttribute("data-table"), said;
    if (room.lifeworthMade === text) { return; }
    room.lifeworthMade = text;
    try { said = JSON.parse(text); } catch (e) { return; }
    var table = element("table", said.kind), head = element("thead"), body = element("tbody");

    function sort(at) {
      var heads = head.querySelectorAll("th"), before = heads[at].getAttribute("aria-sort");
      // numbers begin with the largest, words with the first
      var up = before ? before === "descending" : !said.heads[at].n;
      heads.forEach(function (one) { one.removeAttribute("aria-sort"); });
      heads[at].setAttribute("aria-sort", up ? "ascending" : "descending");
      var sorted = said.rows.slice().sort(function (a, b) {
        var x = worth(a[at]), y = worth(b[at]);
        if (missing(x) || missing(y)) { return missing(x) - missing(y); }
        return up ? compare(x, y) : compare(y, x);
      });
      body.replaceChildren(rowsOf(said, sorted));
    }

    if (said.kind === "heat") { heatHead(said, head); } else {
      var line = element("tr");
      said.heads.forEach(function (one, at) { line.appendChild(headCell(one, at, said, sort)); });
      head.appendChild(line);
    }
    body.appendChild(rowsOf(said, said.rows));
    table.append(head, body);
    room.replaceChildren(table);
  }

  function all(root) {
    if (root.nodeType !== 1) { return; }
    if (root.hasAttribute("data-table")) { make(root); }
    root.querySelectorAll("[data-table]").forEach(make);
  }

  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.type === "attributes") { make(change.target); } else { change.addedNodes.forEach(all); }
    });
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-table"] });

  // A link in a table goes where it leads without loading the page anew, as the links of Dash do.
  document.addEventListener("click", function (event) {
    var link = event.target.closest(".who-link");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) { return; }
    event.preventDefault();
    window.history.pushState({}, "", link.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  });
})();
