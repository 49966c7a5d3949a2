"""The pictures of the guide, each drawn from what the code of its page leaves behind: page and picture cannot differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from examples import names_of
from figure import of_chart, of_heatmap

from lifeworth.models import History, SpendHistory
from lifeworth.report.spec import Axis, Chart, Heatmap, Series

GUIDE = Path(__file__).resolve().parents[1] / "guide"

WEEKS = 4
"""A curve of two years is drawn with a point every so many weeks."""


def drawn(name: str) -> str:
    """The picture of a page by its name, as the text of an SVG file."""
    return DRAWINGS[name](names_of(GUIDE / f"{name}.md"))


def nbd(names: dict[str, Any]) -> str:
    """Orders in the coming year by orders so far: the plot that tells a model with dropout from one without."""
    x, later = names["history"].x, names["shop"].later
    groups = [x == n for n in range(10)] + [x >= 10]
    places = tuple(range(11))

    def line(name: str, values: Any, style: Any) -> Series:
        return Series(name, places, _rounded([values[group].mean() for group in groups]), style)

    return of_chart(
        Chart(
            "line",
            "Orders in the coming year, by repeat orders so far",
            Axis("Repeat orders so far (the last point: 10 and more)", "count"),
            Axis("Orders a customer in the coming year", "number"),
            (
                line("came", later, "solid"),
                line("NBD", names["nbd"].expected_orders(names["history"], 52), "dashed"),
                line("BG/NBD", names["bg"].expected_orders(names["history"], 52), "dashed"),
            ),
        )
    )


def beta_geo_nbd(names: dict[str, Any]) -> str:
    """P(alive) over recency and frequency."""
    last = (3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36)
    orders = (1, 2, 3, 5, 8, 13, 20)
    fitted = names["cdnow"]
    values = [_rounded(fitted.probability_alive(History([x] * len(last), last, [38.86] * len(last)))) for x in orders]
    return of_heatmap(
        Heatmap(
            "P(alive) after 39 weeks, % (CDNOW sample, BG/NBD)",
            "Repeat orders",
            "Week of the last order",
            tuple(map(str, orders)),
            tuple(map(str, last)),
            tuple(values),
        )
    )


def modified_beta_geo_nbd(names: dict[str, Any]) -> str:
    """P(alive) of one who has not come back yet."""
    weeks = np.arange(0, 79, 2)
    silent = History(np.zeros(weeks.size), np.zeros(weeks.size), weeks)
    fits = (names["bg"], names["pareto"], names["mbg"])
    return of_chart(
        Chart(
            "line",
            "P(alive) of a customer without a second order",
            Axis("Weeks since the first order", "count"),
            Axis("P(alive)", "percent"),
            tuple(_line(fitted.model.name, weeks, fitted.probability_alive(silent)) for fitted in fits),
        )
    )


def pareto_nbd(names: dict[str, Any]) -> str:
    """Discounted orders by frequency, for several recencies: more orders are not always better."""
    orders = np.arange(1, 15)
    lines = []
    for last in (75, 65, 50, 30):
        h = History(orders, np.full(orders.size, last), np.full(orders.size, 78.0))
        values = names["cdnow"].expected_discounted_orders(h, names["delta"])
        lines.append(_line(f"last in week {last}", orders, values))
    return of_chart(
        Chart(
            "line",
            "Discounted orders to come (DERT), by repeat orders in 78 weeks",
            Axis("Repeat orders", "count"),
            Axis("Orders, discounted at 15 % a year", "number"),
            tuple(lines),
        )
    )


def beta_geo_beta_bernoulli(names: dict[str, Any]) -> str:
    """Expected gifts over recency and frequency."""
    years = range(1996, 2002)
    values = []
    for x in range(1, 7):
        row = [
            float(names["fitted"].expected_orders(History([x], [t], [6]), 5)[0].round(2)) if t >= x else None
            for t in range(1, 7)
        ]
        values.append(tuple(row))
    return of_heatmap(
        Heatmap(
            "Gifts expected in 2002 to 2006, a donor",
            "Gifts, 1996 to 2001",
            "Year of the last gift",
            tuple(map(str, range(1, 7))),
            tuple(map(str, years)),
            tuple(values),
            kind="ratio",
        )
    )


def shifted_beta_geometric(names: dict[str, Any]) -> str:
    """Survivors as published, and the projections."""
    years = np.arange(13)
    lines = []
    for name in ("High End", "Regular"):
        survivors = names["high_end" if name == "High End" else "regular"]
        lines.append(_line(name, years, np.array(survivors) / 1000, "solid"))
        lines.append(_line(f"{name}, sBG", years, names["fits"][name].survival(years), "dashed"))
    return of_chart(
        Chart(
            "line",
            "Customers still there, fitted to seven years and projected to twelve",
            Axis("Years since the contract began", "count"),
            Axis("Share of the cohort", "percent"),
            tuple(lines),
            mark=7,
            mark_label="projection begins",
        )
    )


def beta_discrete_weibull(names: dict[str, Any]) -> str:
    """Retention by year, which tells the two models apart better than survival does."""
    years = np.arange(1, 13)
    seen = names["survivors"][1:] / names["survivors"][:-1]
    return of_chart(
        Chart(
            "line",
            "Share that renews, by year (High End cohort)",
            Axis("Year", "count"),
            Axis("Share of those who came to the renewal", "percent"),
            (
                _line("came", years, seen, "solid"),
                _line("BdW", years, names["bdw"].retention(years), "dashed"),
                _line("sBG", years, names["sbg"].retention(years), "dashed"),
            ),
            mark=7,
            mark_label="projection begins",
        )
    )


def gamma_gamma(names: dict[str, Any]) -> str:
    """Expected next order by own mean: the lines lie the flatter the fewer orders there are."""
    means = np.arange(5, 101, 5)
    lines = []
    for orders in (1, 3, 10):
        s = SpendHistory(np.full(means.size, orders), means)
        lines.append(
            _line(f"{orders} order{'s' if orders > 1 else ''}", means, names["cdnow"].expected_value(s), "dashed")
        )
    return of_chart(
        Chart(
            "line",
            "Expected value of the next order, by the mean of those so far",
            Axis("Mean of the customer's orders, $", "number"),
            Axis("Expected next order, $", "number"),
            (_line("own mean", means, means.astype(float), "solid"), *lines),
            mark=round(names["cdnow"].mean_value(), 2),
            mark_label="mean of all",
        )
    )


def covariates(names: dict[str, Any]) -> str:
    """Orders of a new customer by group."""
    weeks = np.arange(0, 105, WEEKS)
    fitted, plain = names["fitted"], names["plain"]
    return of_chart(
        Chart(
            "line",
            "Repeat orders expected of a new customer",
            Axis("Weeks since the first order", "count"),
            Axis("Repeat orders", "number"),
            (
                _line("referred", weeks, fitted.expected_orders_new(weeks, {"referred": 1})),
                _line("plain model", weeks, plain.expected_orders_new(weeks)),
                _line("found by search", weeks, fitted.expected_orders_new(weeks, {"referred": 0})),
            ),
        )
    )


def choosing(names: dict[str, Any]) -> str:
    """The report's own chart of a shop that grows: the forecast leaves the track."""
    page = next(page for page in names["growth"].document.pages if page.name == "model")
    return of_chart(next(block for block in page.blocks if isinstance(block, Chart) and block.kind == "line"))


def _line(name: str, places: Any, values: Any, style: Any = "solid") -> Series:
    return Series(name, tuple(int(place) for place in places), _rounded(values), style)


def _rounded(values: Sequence[float] | Any) -> tuple[float, ...]:
    """To four decimals: a picture does not hang on the last bits of a machine."""
    return tuple(round(float(value), 4) for value in values)


DRAWINGS: dict[str, Callable[[dict[str, Any]], str]] = {
    "models/nbd": nbd,
    "models/beta-geo-nbd": beta_geo_nbd,
    "models/modified-beta-geo-nbd": modified_beta_geo_nbd,
    "models/pareto-nbd": pareto_nbd,
    "models/beta-geo-beta-bernoulli": beta_geo_beta_bernoulli,
    "models/shifted-beta-geometric": shifted_beta_geometric,
    "models/beta-discrete-weibull": beta_discrete_weibull,
    "models/gamma-gamma": gamma_gamma,
    "models/covariates": covariates,
    "choosing": choosing,
}
"""Name of the page, and so of the picture, to its drawing."""
