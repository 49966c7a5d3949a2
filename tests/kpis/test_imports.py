"""Figures do not depend on how often and in which order rows come in, and parts of a company add up to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kpis.figures import values

from lifeworth import derive
from lifeworth.clv.value import value
from lifeworth.data.intake import take_in, told_apart
from lifeworth.data.synthetic import Business, generate, write
from lifeworth.engine.connect import connect
from lifeworth.kpis.grid import Grid
from lifeworth.kpis.registry import MEASURES, METRICS
from lifeworth.report.progress import SILENT
from lifeworth.settings import Settings
from lifeworth.workspace import Workspace

GRID = Grid((date(2023, 12, 31), date(2024, 12, 31), date(2025, 6, 30), date(2026, 6, 30)))


def read(inputs: Any, tables: Mapping[str, Any] | None = None, grid: Grid = GRID) -> dict[str, float | None]:
    """Every figure of what comes in, by the steps of a run that figures stand on: no model, no report."""
    told = Settings(as_of=grid.bounds[-1], covariates="none")
    with connect() as engine:
        cleaned = take_in(engine, told_apart(inputs, tables, told), told, SILENT).cleaned
        rows = derive.histories(engine, cleaned, derive.covariates_wanted(engine, cleaned, told), SILENT)
        terms = derive.terms_of(engine, cleaned, told)
        derive.scores(engine, rows, value(rows, None, terms), cleaned)
        return values(Workspace(engine, told, cleaned.as_of, "", {"value": {"margin": terms.margin.rate}}), grid)


# -- the same rows again ---------------------------------------------------------------------------------------------------
def row(order: int, customer: str | None, day: int, product: str, units: int, price: int) -> dict[str, Any]:
    return {
        "order_id": f"A{order:03}",
        "customer_id": customer,
        "ordered_at": datetime(2024, 1, 1, 9) + timedelta(days=day),
        "product": product,
        "quantity": units,
        "line_total": float(units * price),
    }


# An order has one customer and one day; its lines may be alike, and some take back what was bought before.
orders = st.builds(
    lambda customer, day, lines: (customer, day, lines),
    st.sampled_from(["ann", "bob", "cid", None]),
    st.integers(0, 700),
    st.lists(st.tuples(st.sampled_from(["tea", "mug"]), st.integers(-2, 3).filter(bool), st.integers(1, 40)), min_size=1, max_size=3),
)  # fmt: skip


@st.composite
def books(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = [
        row(number, customer, day, *line)
        for number, (customer, day, lines) in enumerate(draw(st.lists(orders, min_size=1, max_size=12)))
        for line in lines
    ]
    # Whatever else is drawn, there is a sale.
    return [*rows, row(900, "dan", 30, "tea", 2, 10), row(901, "dan", 400, "tea", 1, 10)]


@settings(max_examples=4)
@given(book=books(), data=st.data())
def test_rows_shuffled_and_imported_twice_change_no_figure(book: list[dict[str, Any]], data: st.DataObject) -> None:
    def table(rows: Sequence[dict[str, Any]]) -> pa.Table:
        return pa.Table.from_pylist(list(rows))

    once = read(table(book))
    assert once["orders"] is not None
    assert read(table(data.draw(st.permutations(book)))) == pytest.approx(once)
    assert read([table(book), table(data.draw(st.permutations(book)))]) == pytest.approx(once)


@pytest.fixture(scope="module")
def business() -> Business:
    return generate(120, seed=9)


@pytest.fixture(scope="module")
def files(business: Business, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write(business, folder)
    return folder


@pytest.fixture(scope="module")
def whole(files: Path) -> dict[str, float | None]:
    return read(files / "orders.csv", beside(files))


def beside(folder: Path) -> dict[str, Any]:
    names = (
        "customers",
        "subscriptions",
        "marketing_spend",
        "service_costs",
        "tickets",
        "feedback",
        "referrals",
        "assignments",
    )
    return {name: folder / f"{name}.csv" for name in names}


def shuffled(file: Path, to: Path) -> Path:
    """The same rows in another order: every third first, then the rest backwards."""
    head, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    to.write_text(
        "".join([head, *lines[::3], *reversed([one for k, one in enumerate(lines) if k % 3])]), encoding="utf-8"
    )
    return to


def test_a_company_has_the_same_figures_from_shuffled_files(
    files: Path, whole: dict[str, float | None], tmp_path: Path
) -> None:
    tables = {name: shuffled(file, tmp_path / file.name) for name, file in beside(files).items()}
    assert read(shuffled(files / "orders.csv", tmp_path / "orders.csv"), tables) == pytest.approx(whole)


def test_a_company_has_the_same_figures_when_all_orders_come_twice(
    files: Path, whole: dict[str, float | None], tmp_path: Path
) -> None:
    again = shuffled(files / "orders.csv", tmp_path / "again.csv")
    assert read([files / "orders.csv", again], beside(files)) == pytest.approx(whole)


# -- parts of a company ----------------------------------------------------------------------------------------------------
ADDITIVE = sorted(
    {name for name in METRICS if name in MEASURES and MEASURES[name].additive}
    | {"revenue", "gross_margin", "serving_costs", "contribution_margin", "active_customers", "new_customers", "lost_customers",
       "reactivated_customers", "mrr", "arr", "net_new_mrr", "subscribers", "subscribers_at_start"}
)  # fmt: skip


def test_a_company_split_in_two_adds_up_to_the_whole(business: Business) -> None:
    """Every table is cut by customer; spend, which is nobody's, stays with the first half."""

    def half(first: bool) -> dict[str, float | None]:
        def mine(rows: pa.Table) -> pa.Table:
            if "customer_id" not in rows.column_names:
                return rows.slice(0, rows.num_rows if first else 0)
            odd = pc.match_substring_regex(pc.fill_null(rows["customer_id"], "nobody 1"), "[13579]$")
            return rows.filter(odd if first else pc.invert(odd))

        names = ("subscriptions", "service_costs", "tickets", "feedback", *(("marketing_spend",) if first else ()))
        sold = business["orders"].append_column("lines", pa.array(business["orders"]["order_id"]))
        orders = mine(sold).select(["order_id", "customer_id", "ordered_at", "net_revenue", "discount", "margin"])
        return read(orders, {name: mine(business[name]) for name in names})

    names = ("subscriptions", "service_costs", "tickets", "feedback", "marketing_spend")
    columns = ["order_id", "customer_id", "ordered_at", "net_revenue", "discount", "margin"]
    together = read(business["orders"].select(columns), {name: business[name] for name in names})
    parts = [half(first) for first in (True, False)]
    for name in ADDITIVE:
        assert sum(part[name] or 0 for part in parts) == pytest.approx(together[name] or 0), name
    known = {name for name in ADDITIVE if together[name]}
    assert {"revenue", "gross_margin", "mrr", "churn_mrr", "acquisition_spend", "serving_costs", "subscribers"} <= known
