// Cells of the list of customers, and files that are handed in: read as they go, with progress, never whole in memory.
(function () {
  "use strict";

  function go(href) {
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  var components = window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
  components.LifeworthCustomer = function (props) {
    if (!props.value) { return window.React.createElement("span", { className: "quiet" }, "…"); }
    var href = "/customers/" + encodeURIComponent(props.value);
    return window.React.createElement("a", {
      href: href, tabIndex: -1,
      onClick: function (event) {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) { return; }
        event.preventDefault();
        go(href);
      }
    }, props.value);
  };

  // Enter on a cell of a row opens the customer, as a click on the name does.
  document.addEventListener("keydown", function (event) {
    var cell = event.key === "Enter" && event.target.closest && event.target.closest(".customers-grid .ag-cell");
    if (!cell) { return; }
    var row = cell.closest(".ag-row"), grid = cell.closest(".customers-grid");
    var name = grid.querySelector('.ag-pinned-left-cols-container .ag-row[row-index="' + row.getAttribute("row-index") + '"] a');
    if (name) { event.preventDefault(); go(name.getAttribute("href")); }
  });
})();

// Files that are handed in: streamed to the API one after another, with progress.
(function () {
  "use strict";

  function el(kind, name, words) {
    var found = document.createElement(kind);
    if (name) { found.className = name; }
    if (words) { found.textContent = words; }
    return found;
  }

  // The table a file holds, by its name; orders where nothing else fits.
  function guess(name, tables) {
    var bare = name.toLowerCase().replace(/\.[a-z.]+$/, "").replace(/[^a-z]+/g, "_");
    var found = tables.find(function (table) { return bare === table; }) ||
      tables.find(function (table) { return bare.indexOf(table) >= 0; });
    return found || "orders";
  }

  // The browser's own field goes in as soon as the page stands; a field of Dash would read files whole into memory.
  new MutationObserver(function () {
    var pick = document.getElementById("upload-pick");
    if (!pick || pick.firstChild) { return; }
    var input = el("input"), label = el("label", "button main-action", "Choose files");
    input.type = "file"; input.multiple = true; input.id = "upload-input"; input.accept = pick.getAttribute("data-accept");
    label.htmlFor = "upload-input";
    pick.append(input, label);
    input.addEventListener("change", function () { take(input.files); input.value = ""; });
  }).observe(document.documentElement, { childList: true, subtree: true });

  function take(files) {
    var drop = document.getElementById("upload-drop"), list = document.getElementById("upload-list");
    var tables = drop.getAttribute("data-tables").split(",");
    var done = Promise.resolve();
    Array.prototype.slice.call(files).forEach(function (file) {
      var row = el("div", "file"), meter = el("div", "meter"), bar = el("i"), said = el("span", "said quiet", "waits");
      var stop = el("button", "tool", "Cancel");
      stop.type = "button";
      stop.setAttribute("aria-label", "Cancel " + file.name);
      meter.setAttribute("role", "progressbar");
      meter.setAttribute("aria-label", file.name);
      meter.append(bar);
      var right = el("span", "row");
      right.append(said, stop);
      row.append(el("b", "", file.name), right, meter);
      list.append(row);
      done = done.then(function () { return send(file, drop, tables, row, bar, meter, said, stop); });
    });
    done.then(function () { window.dash_clientside.set_props("uploaded", { data: Date.now() }); });
  }

  function send(file, drop, tables, row, bar, meter, said, stop) {
    return new Promise(function (resolve) {
      var request = new XMLHttpRequest();
      var to = drop.getAttribute("data-to") + "?name=" + encodeURIComponent(file.name) + "&table=" + guess(file.name, tables);
      function over(words, failed) {
        said.textContent = words;
        stop.remove();
        if (failed) { row.classList.add("failed"); meter.remove(); } else { setTimeout(function () { row.remove(); }, 1500); }
        resolve();
      }
      request.upload.addEventListener("progress", function (event) {
        if (!event.lengthComputable) { return; }
        var share = Math.round(event.loaded / event.total * 100);
        bar.style.setProperty("--w", share + "%");
        meter.setAttribute("aria-valuenow", share);
        said.textContent = share < 100 ? share + " %" : "looking into it";
      });
      request.addEventListener("load", function () {
        if (request.status < 300) { over("here", false); return; }
        var words = "could not be taken in (" + request.status + ")";
        try {
          var answer = JSON.parse(request.responseText);
          words = [answer.detail || answer.title, answer.hint].filter(Boolean).join(" ");
        } catch (e) { /* no words came with it */ }
        over(words, true);
      });
      request.addEventListener("error", function () { over("The line broke. Try again.", true); });
      request.addEventListener("abort", function () { over("cancelled", true); });
      stop.addEventListener("click", function () { request.abort(); });
      request.open("POST", to);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("X-Lifeworth", "upload");
      request.send(file);
    });
  }

  ["dragenter", "dragover"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var drop = document.getElementById("upload-drop");
      if (!drop) { return; }
      event.preventDefault();
      drop.classList.toggle("over", drop.contains(event.target));
    });
  });
  document.addEventListener("dragleave", function (event) {
    var drop = document.getElementById("upload-drop");
    if (drop && !drop.contains(event.relatedTarget)) { drop.classList.remove("over"); }
  });
  document.addEventListener("drop", function (event) {
    var drop = document.getElementById("upload-drop");
    if (!drop) { return; }
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer && event.dataTransfer.files.length) { take(event.dataTransfer.files); }
  });
})();

// A link that was just made is told with the address people see in their browser.
(function () {
  "use strict";
  new MutationObserver(function () {
    document.querySelectorAll(".own-origin:not([data-whole])").forEach(function (one) {
      one.setAttribute("data-whole", "true");
      one.textContent = window.location.origin + one.textContent;
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
