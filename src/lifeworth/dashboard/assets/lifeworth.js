// What the dashboard does in the browser alone: filters into the address, colours of charts, sorting, the navigation.
(function () {
  "use strict";
  var root = document.documentElement;

  // Dash brings it after this file
  function unchanged() { return window.dash_clientside.no_update; }

  function scheme() { return root.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light"; }

  // "@accent/0.14" -> the colour of that name in the scheme that is shown
  function painted(value, style) {
    if (typeof value === "string" && value.charAt(0) === "@") {
      var parts = value.slice(1).split("/");
      var hex = style.getPropertyValue("--" + parts[0]).trim();
      if (parts.length < 2 || hex.length !== 7) { return hex; }
      var rgb = [1, 3, 5].map(function (at) { return parseInt(hex.slice(at, at + 2), 16); });
      return "rgba(" + rgb.join(",") + "," + parts[1] + ")";
    }
    if (Array.isArray(value)) { return value.map(function (one) { return painted(one, style); }); }
    if (value && typeof value === "object") {
      var copy = {};
      Object.keys(value).forEach(function (key) { copy[key] = painted(value[key], style); });
      return copy;
    }
    return value;
  }

  function mark(path, selector) {
    document.querySelectorAll(selector).forEach(function (link) {
      var to = link.getAttribute("href");
      var here = to === path || (to !== "/" && selector === ".nav-link" && path.indexOf(to + "/") === 0) ||
        (path === "/" && to === "/overview");
      if (here) { link.setAttribute("aria-current", "page"); } else { link.removeAttribute("aria-current"); }
    });
  }

  function openSide(open) {
    var side = document.getElementById("side"), burger = document.getElementById("burger");
    if (side) { side.setAttribute("data-open", String(open)); }
    if (burger) { burger.setAttribute("aria-expanded", String(open)); }
  }

  var last = null;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    lifeworth: {
      filters: function (values, flags, reset, ids, flagIds, defaults, search) {
        var triggered = window.dash_clientside.callback_context.triggered_id;
        var said = {};
        if (triggered !== "reset") {
          ids.forEach(function (id, at) { said[id.name] = values[at]; });
          flagIds.forEach(function (id, at) { said[id.name] = flags[at] ? "true" : "false"; });
        }
        var query = new URLSearchParams();
        Object.keys(said).sort().forEach(function (name) {
          var value = said[name] === null || said[name] === undefined ? "" : String(said[name]);
          if (value !== "" && value !== ((defaults || {})[name] || "")) { query.set(name, value); }
        });
        var next = query.toString() ? "?" + query.toString() : "";
        if (next === (search || "")) { return [unchanged(), unchanged(), unchanged(), !next]; }
        // a reset draws the fields anew, so it is no search of the page's own
        return [next, triggered === "reset" ? "reset" : next, next, !next];
      },

      figure: function (figure) {
        if (!figure) { return unchanged(); }
        var made = { data: figure.data, layout: figure.layout };
        if (figure.narrow && root.clientWidth < 640) {
          made.layout = Object.assign({}, made.layout, figure.narrow.layout);
          if (figure.narrow.trace) { made.data = [Object.assign({}, made.data[0], figure.narrow.trace)].concat(made.data.slice(1)); }
        }
        return painted(made, getComputedStyle(root));
      },

      elapsed: function (turns, shown) {
        return (shown || []).map(function (one) { return Math.round(parseFloat(one || "0") + 1) + " s"; });
      },

      go: function (value) {
        return value ? [value, "", null] : [unchanged(), unchanged(), unchanged()];
      },

      went: function (path) {
        mark(path, ".nav-link");
        mark(path, ".tab");
        var heading = document.querySelector("#main h1");
        if (heading) { document.title = heading.textContent + " · Lifeworth"; }
        if (last !== null && last !== path) {
          openSide(false);
          window.scrollTo(0, 0);
          if (heading && !(document.activeElement && document.activeElement.closest("#main"))) {
            heading.setAttribute("tabindex", "-1");
            heading.focus({ preventScroll: true });
          }
        }
        last = path;
        return path;
      }
    }
  });

  // bars behind the numbers of a grid
  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
    lifeworthBar: function (share) {
      if (share === undefined || share === null) { return null; }
      return { backgroundImage: "linear-gradient(to right, var(--tint) " + share + "%, transparent " + share + "%)" };
    }
  });

  new MutationObserver(function () {
    if (window.dash_clientside.set_props) { window.dash_clientside.set_props("scheme", { data: scheme() }); }
  }).observe(root, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });

  // panels under a button close when something else is meant
  function closeDrops(but) {
    document.querySelectorAll("details.disclosure[open]").forEach(function (one) { if (one !== but) { one.removeAttribute("open"); } });
  }

  document.addEventListener("click", function (event) {
    var inside = event.target.closest("details.disclosure");
    closeDrops(event.target.closest("a") ? null : inside);
    var burger = event.target.closest("#burger");
    if (burger) { openSide(document.getElementById("side").getAttribute("data-open") !== "true"); return; }
    if (event.target.closest("#switch")) {
      var next = scheme() === "dark" ? "light" : "dark";
      try { localStorage.setItem("mantine-color-scheme-value", next); } catch (e) { /* kept for this page only */ }
      root.setAttribute("data-mantine-color-scheme", next);
      return;
    }
    if (event.target.closest("#copy-link")) {
      navigator.clipboard.writeText(location.href).then(function () { say("The link is copied.", "green"); },
        function () { say("Copy it from the address bar: " + location.href, "yellow"); });
      return;
    }
    var side = document.getElementById("side");
    if (side && side.getAttribute("data-open") === "true" && !event.target.closest("#side")) { openSide(false); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      openSide(false);
      var held = document.activeElement && document.activeElement.closest("details.disclosure[open]");
      closeDrops(null);
      if (held) { held.querySelector("summary").focus(); }
      if (document.activeElement && document.activeElement.closest(".about")) { document.activeElement.blur(); }
    }
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      var search = document.getElementById("search");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  function say(message, color) {
    window.dash_clientside.set_props("toasts", { sendNotifications: [{ action: "show", message: message, color: color }] });
  }

  // Who is no longer signed in goes to the door; who may not is told so.
  var ask = window.fetch;
  window.fetch = function () {
    return ask.apply(this, arguments).then(function (answer) {
      if (String(answer.url || "").indexOf("/_dash-") < 0) { return answer; }
      if (answer.status === 401) {
        window.location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
        return new Promise(function () { /* this page is left: nobody waits for an answer */ });
      }
      if (answer.status === 403 || answer.status === 429) {
        answer.json().then(function (said) {
          say(said.detail || (answer.status === 429 ? "That was too fast. Wait a moment." : "You may not do this."), "red");
        }).catch(function () { /* no words came with it */ });
        return new Response(null, { status: 204 });
      }
      return answer;
    });
  };
})();
