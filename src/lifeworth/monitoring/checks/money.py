"""Whether amounts are what they were: in the right currency, at the usual prices."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import median
from typing import Any

import ibis

from lifeworth.monitoring.finding import Finding, Severity, Told, lacking
from lifeworth.monitoring.scene import EARLIER, RECENT, Scene
from lifeworth.report.format import text

FEWEST_NOW, FEWEST_THEN = 20, 40
"""Orders a group needs in the last weeks and before."""
RATE_LIKE = log(1.5)
"""Logarithm of the factor from which on an amount is rather in another currency than at another price."""
HUNDRED = (80.0, 125.0)
"""Factors that look like cents instead of whole money."""
IQR_SD = 1.35
"""Quartiles of a normal distribution lie so many standard deviations apart."""
MEDIAN_SE = 1.2533
"""Standard error of a median in those of a mean."""
MOVED, SAME_WAY = 0.03, 0.6
"""A product has moved whose price changed by so much; prices have, if so large a share of products did, the same way."""
PRICE = 0.05
"""Change of prices in the middle that is told."""
PRODUCTS = 5
"""Products with a price then and now that it takes."""


def currency(scene: Scene) -> Told:
    """Whether the amounts of a channel or a country jumped by a factor, as those in another currency do."""
    if not scene.has_orders:
        return lacking("There are no orders.")
    found = list(_unknown(scene))
    shifts = [one for column in ("country", "channel") for one in _shifts(scene, column)]
    whole = _shifts(scene, "")
    if not shifts and not whole and not found:
        return lacking(f"It takes {FEWEST_NOW} orders in {RECENT} days and {FEWEST_THEN} before them.")
    suspects = [one for one in whole if _is_rate(one, scene.threshold)]
    if not suspects:
        suspects = [one for one in shifts if _is_rate(one, scene.threshold)]
        by_country = [one for one in suspects if one["column"] == "country"]
        suspects = by_country or suspects
    for one in suspects:
        factor = exp(one["shift"])
        who = f"{one['column']} {one['group']}" if one["column"] else "all orders"
        excess = one["revenue"] * (1 - 1 / factor)
        cents = HUNDRED[0] <= max(factor, 1 / factor) <= HUNDRED[1]
        alike = "all quartiles moved alike, as with a rate" if one["alike"] else "not all amounts moved alike"
        found.append(
            Finding(
                who,
                scene.severity(excess),
                scene.day(RECENT - 1),
                f"The middle amount of {who} is {_money(scene, one['now'])} in the last {RECENT} days, after {_money(scene, one['then'])} before: "
                f"{factor:.2f} times ({one['n']:,} orders; {alike}).",
                "Amounts in cents instead of whole money, or the other way round."
                if cents
                else "Amounts in another currency that were not converted.",
                "Look in which currency these orders are; name it in a currency column and give --rates, then run again.",
                excess,
                "revenue that is not there, or is missing" if factor > 1 else "revenue that is missing",
            )
        )
    widest = max([*shifts, *whole], key=lambda one: abs(one["shift"]), default=None)
    said = ""
    if widest is not None:
        who = f"{widest['column']} {widest['group']}" if widest["column"] else "all orders"
        said = f"The widest move of a middle amount is {exp(widest['shift']) - 1:+.0%} ({who}); a factor of 1.5 would be told."
    return Told(said, tuple(found))


def prices(scene: Scene) -> Told:
    """Whether products cost another price than before."""
    if not scene.has_orders:
        return lacking("There are no orders.")
    if not scene.ws.has("order_lines"):
        return _baskets(scene)
    rows = _products(scene)
    whole = _change([row["shift"] for row in rows])
    if whole is None:
        return _baskets(scene)
    said = f"Prices of {len(rows)} products moved by {whole[0]:+.1%} in the middle; {whole[1]:.0%} of them moved the same way by more than {MOVED:.0%}."
    found: list[Finding] = []
    if abs(whole[0]) >= PRICE and whole[1] >= SAME_WAY:
        found.append(_priced(scene, "all products", len(rows), *whole, scene.monthly_revenue))
    else:
        kinds = sorted({row["category"] for row in rows if row["category"]})
        moved = []
        for kind in kinds:
            mine = [row for row in rows if row["category"] == kind]
            change = _change([row["shift"] for row in mine])
            if change is not None and abs(change[0]) >= PRICE and change[1] >= SAME_WAY:
                revenue = sum(row["revenue"] for row in mine) / RECENT * 30
                moved.append(_priced(scene, kind, len(mine), *change, revenue))
        # Where most lines move, it is prices as a whole that do, and the middle of all follows in a few days.
        found = (
            [_priced(scene, "all products", len(rows), *whole, scene.monthly_revenue)]
            if 2 * len(moved) > len(kinds)
            else moved
        )
    return Told(said, tuple(found))


def _priced(scene: Scene, subject: str, products: int, change: float, share: float, revenue: float) -> Finding:
    amount = revenue * change / (1 + change)
    severity: Severity = "warning"
    return Finding(
        subject,
        severity,
        scene.day(RECENT - 1),
        f"Prices of {subject} are {change:+.1%} from before in the middle of {products} products, each against itself; {share:.0%} of them moved the same way.",
        "Prices were changed.",
        "If this was meant: run again soon, so that predicted values know the new prices. If not: correct the prices in the shop.",
        amount,
        "revenue of a month that the change makes, if as many buy",
    )


def _products(scene: Scene) -> list[dict[str, Any]]:
    heads = scene.orders.filter(ibis._.ago < EARLIER).select(_order="order_id", ago="ago")
    lines = scene.ws.table("order_lines")
    if "unit_price" not in lines.columns or "product_id" not in lines.columns:
        return []
    told = lines.join(heads, lines["order_id"] == heads["_order"])
    told = told.mutate(price=told["unit_price"].cast("float64"), paid=told["net_revenue"].cast("float64"))
    told = told.filter((told["price"] > 0) & (told["quantity"] > 0) & told["product_id"].notnull())
    recent = told["ago"] < RECENT
    kind = told["category"].max() if "category" in told.columns else ibis.literal("")
    grouped = told.group_by("product_id").agg(
        category=kind,
        now=told["price"].median(where=recent),
        then=told["price"].median(where=~recent),
        n=recent.sum(),
        m=(~recent).sum(),
        revenue=told["paid"].sum(where=recent),
    )
    rows = scene.query(grouped.filter((grouped["n"] >= 2) & (grouped["m"] >= 4)).order_by("product_id"))
    return [{**row, "shift": log(row["now"] / row["then"])} for row in rows]


def _change(shifts: list[float]) -> tuple[float, float] | None:
    """The middle change of price, and the share of products that moved by more than a little the same way."""
    if len(shifts) < PRODUCTS:
        return None
    middle = median(shifts)
    sign = 1 if middle > 0 else -1
    return exp(middle) - 1, sum(one * sign > MOVED for one in shifts) / len(shifts)


def _baskets(scene: Scene) -> Told:
    """Where products are not known: whether baskets are worth another amount."""
    whole = _shifts(scene, "")
    if not whole:
        return lacking(f"It takes {FEWEST_NOW} orders in {RECENT} days and {FEWEST_THEN} before them.")
    one = whole[0]
    change = exp(one["shift"]) - 1
    said = f"The middle order is worth {_money(scene, one['now'])}, after {_money(scene, one['then'])} before ({change:+.1%})."
    if abs(one["shift"]) / one["se"] <= scene.threshold or abs(change) < 2 * PRICE or abs(one["shift"]) >= RATE_LIKE:
        return Told(said)
    finding = Finding(
        "baskets",
        "warning",
        scene.day(RECENT - 1),
        said,
        "Prices were changed, or other things are bought.",
        "Look at what is bought: a file with one row a product tells prices and baskets apart.",
        scene.monthly_revenue * change / (1 + change),
        "revenue of a month that the change makes",
    )
    return Told(said, (finding,))


def _shifts(scene: Scene, column: str) -> list[dict[str, Any]]:
    """Of each group: the middle amounts then and now, and how sure their difference is."""
    rows = scene.orders.filter((ibis._.ago < EARLIER) & (ibis._.amount > 0))
    if column:
        rows = rows.filter(rows[column].notnull()) if column in rows.columns else rows.limit(0)
        if column not in rows.columns:
            return []
    recent = rows["ago"] < RECENT
    size = rows["amount"].ln()
    asked: dict[str, Any] = {"n": recent.sum(), "m": (~recent).sum(), "revenue": rows["amount"].sum(where=recent)}
    for name, q in (("low", 0.25), ("mid", 0.5), ("high", 0.75)):
        asked |= {f"{name}_now": size.quantile(q, where=recent), f"{name}_then": size.quantile(q, where=~recent)}
    grouped = (
        rows.group_by(rows[column].name("group")).agg(**asked)
        if column
        else rows.agg(**asked).mutate(group=ibis.literal(""))
    )
    found = []
    for row in scene.query(grouped):
        if (row["n"] or 0) < FEWEST_NOW or (row["m"] or 0) < FEWEST_THEN:
            continue
        spread = max(row["high_then"] - row["low_then"], 0.1) / IQR_SD
        se = MEDIAN_SE * spread * sqrt(1 / row["n"] + 1 / row["m"])
        moves = [row[f"{name}_now"] - row[f"{name}_then"] for name in ("low", "mid", "high")]
        found.append(
            {
                "column": column, "group": row["group"], "n": row["n"], "revenue": float(row["revenue"] or 0.0),
                "now": exp(row["mid_now"]), "then": exp(row["mid_then"]), "shift": moves[1], "se": se,
                "alike": max(moves) - min(moves) < 0.35 * abs(moves[1]) + 2 * se,
            }
        )  # fmt: skip
    return sorted(found, key=lambda one: str(one["group"]))


def _is_rate(one: dict[str, Any], threshold: float) -> bool:
    return bool(abs(one["shift"]) >= RATE_LIKE and abs(one["shift"]) / one["se"] > threshold)


def _unknown(scene: Scene) -> list[Finding]:
    """Currencies the last import brought for the first time."""
    if len(scene.imports) < 2:
        return []
    known = frozenset().union(*(one.currencies for one in scene.imports[:-1])) | {scene.ws.currency}
    fresh = sorted(scene.imports[-1].currencies - known)
    if not fresh:
        return []
    return [
        Finding(
            "unknown currency",
            "warning",
            scene.imports[-1].as_of,
            f"The last import brought orders in {', '.join(fresh)}, which no import before had.",
            "The shop sells to a new country, or a column was misread.",
            "Look whether the rates are right: --rates rates.csv",
        )
    ]


def _money(scene: Scene, amount: float) -> str:
    return text(amount, "money", scene.ws.currency)
