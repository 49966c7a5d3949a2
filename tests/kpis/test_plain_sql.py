"""Every figure of the registry equals a second computation in plain SQL over the rows as they came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.conftest import REAL_SHOPS
from tests.kpis import books
from tests.kpis.books import Book
from tests.kpis.figures import figures
from tests.kpis.plain_sql import QUESTIONS

import lifeworth
from lifeworth.data.synthetic import generate, write
from lifeworth.kpis.grid import Grid
from lifeworth.kpis.reckon import two
from lifeworth.kpis.registry import METRICS
from lifeworth.units import Period
from lifeworth.workspace import Workspace

PERIODS = [Period.months(12), Period.months(3), Period.days(45)]
NOW = {"historic_clv", "customer_equity", "average_clv", "net_customer_equity", "lapsed_customers"}
"""Figures of the as-of day alone."""


def test_every_figure_of_the_registry_has_its_plain_sql() -> None:
    assert set(QUESTIONS) == set(METRICS)


def agree(book: Book, grid: Grid, k: int = -1, leave: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """All figures of a window, compared with what plain SQL finds."""
    ours = figures(book.ws, grid, [name for name in book.questions if name not in leave])[None, k % len(grid)]
    theirs = book.answers(grid, k)
    wrong = {
        name: (ours[name].value, ours[name].why, theirs[name])
        for name in ours
        if ours[name].value != (None if theirs[name] is None else pytest.approx(theirs[name], rel=1e-9, abs=1e-9))
    }
    assert not wrong


# -- a made-up company, on any machine ------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """All tables there are, and a model, which is named: trying others is not what is looked at."""
    folder = tmp_path_factory.mktemp("demo")
    business = generate(400, seed=5)
    write(business, folder / "files")
    run = lifeworth.run(
        folder / "files", workspace=folder / "ws", as_of=business.span.end, model="beta_geo_nbd", covariates="none"
    )
    with Workspace.open(folder / "ws") as ws:
        # The file customer_value.csv is rounded for people; its table is not.
        files = {
            "customers_file": pq.read_table(run.paths["customers.parquet"]),
            "values_file": ws.engine.arrow(ws.table("customer_value")),
        }
        yield books.demo(ws, business, files)


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_every_figure_of_the_made_up_company_equals_plain_sql(demo: Book, period: Period) -> None:
    assert set(demo.questions) == set(METRICS)
    agree(demo, two(date.fromisoformat(demo.ws.facts["first_day"]), demo.ws.as_of, period))


def test_a_period_gone_by_equals_plain_sql_too(demo: Book) -> None:
    agree(demo, Grid((date(2024, 6, 30), date(2024, 12, 31), date(2025, 6, 30), date(2026, 6, 30))), 1, NOW)


def test_the_made_up_company_leaves_no_figure_without_a_value(demo: Book) -> None:
    """A comparison of nothing with nothing would prove nothing."""
    grid = two(date.fromisoformat(demo.ws.facts["first_day"]), demo.ws.as_of, Period.months(12))
    assert [name for name, value in demo.answers(grid).items() if value is None] == []


# -- real companies -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module", params=list(REAL_SHOPS))
def shop(request: pytest.FixtureRequest, data_dir: Path, real_shop: Callable[[str], Path]) -> Iterator[Book]:
    """A run without a model: but for customer equity these figures need none."""
    folder = real_shop(request.param)
    with Workspace.open(folder) as ws:
        customers = pq.read_table(folder / "runs" / "current" / "customers.parquet")
        yield books.shop(ws, request.param, data_dir / REAL_SHOPS[request.param], customers)


@pytest.mark.data
@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_every_figure_of_a_real_shop_equals_plain_sql_over_its_file(shop: Book, period: Period) -> None:
    agree(shop, two(date.fromisoformat(shop.ws.facts["first_day"]), shop.ws.as_of, period))


@pytest.fixture(scope="module")
def subscribers(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    folder, files = tmp_path_factory.mktemp("ravenstack"), data_dir / "ravenstack_saas"
    tables = {
        "subscriptions": files / "ravenstack_subscriptions.parquet",
        "tickets": files / "ravenstack_supports_ticket.parquet",
    }
    lifeworth.run(tables=tables, workspace=folder, as_of="2024-12-31")
    with Workspace.open(folder) as ws:
        yield books.ravenstack(ws, files)


@pytest.mark.data
@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_every_figure_of_a_company_of_subscriptions_equals_plain_sql(subscribers: Book, period: Period) -> None:
    agree(subscribers, two(date(2023, 1, 9), subscribers.ws.as_of, period))
