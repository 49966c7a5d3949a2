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
