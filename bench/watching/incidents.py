"""Incidents to plant into a company: what goes wrong, from which day, and which check should say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from watching.walk import Feed

MONEY = pa.decimal128(18, 4)
Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong.

    Attributes:
        name: What it is called.
        about: What is done to the company.
        check: The check that should say so.
        plant: Does it, from a day on.
        weeks: Weeks within which it should be found.
    """

    name: str
    about: str
    check: str
    plant: Callable[[Feed, date, np.random.Generator], Feed]
    weeks: int = 6


def late_file(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw
    return replace(feed, late_from=day)


def doubled_import(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw
    orders, lines = feed.tables["orders"], feed.tables["order_lines"]
    twice = orders.filter(
        pa.array(_since(orders, "ordered_at", day - timedelta(days=9)) & ~_since(orders, "ordered_at", day))
    )
    copied = lines.filter(pc.is_in(lines["order_id"], value_set=twice["order_id"].combine_chunks()))
    return _with(
        feed,
        orders=pa.concat_tables([orders, _renamed(twice)]),
        order_lines=pa.concat_tables([lines, _renamed(copied)]),
    )


def currency_mix_up(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw
    orders = feed.tables["orders"]
    where = _since(orders, "ordered_at", day) & _is(orders, "country", "Austria")
    return _with(feed, orders=_times(orders, where, 7.46, ("net_revenue", "discount", "refunded", "margin")))


def lost_channel(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw
    return _without(feed, lambda orders: _since(orders, "ordered_at", day) & _is(orders, "channel", "marketplace"))


def price_change(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw
    orders, lines = feed.tables["orders"], feed.tables["order_lines"]
    late = orders.filter(pa.array(_since(orders, "ordered_at", day)))
    where = pc.is_in(lines["order_id"], value_set=late["order_id"].combine_chunks()).to_numpy(zero_copy_only=False)
    return _with(
        feed,
        orders=_times(orders, _since(orders, "ordered_at", day), 1.12, ("net_revenue",)),
        order_lines=_times(lines, where, 1.12, ("unit_price", "net_revenue")),
    )


def churn_jump(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    orders = feed.tables["orders"]
    before = orders.filter(pa.array(~_since(orders, "ordered_at", day)))
    known = pc.unique(before["customer_id"].drop_null())
    gone = known.filter(pa.array(draw.random(len(known)) < 0.5))
    return _without(
        feed,
        lambda rows: (
            _since(rows, "ordered_at", day)
            & pc.fill_null(pc.is_in(rows["customer_id"], value_set=gone), fill_value=False).to_numpy(
                zero_copy_only=False
            )
        ),
    )


def subscribers_leave(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    rows = feed.tables["subscriptions"]
    started, ended = _days(rows, "started_at"), _days(rows, "ended_at")
    from_day = np.datetime64(day)
    runs = (started < from_day) & (np.isnat(ended) | (ended > from_day + np.timedelta64(28, "D")))
    leave = runs & (draw.random(rows.num_rows) < 0.12)
    ends = np.where(leave, from_day + draw.integers(1, 28, rows.num_rows).astype("timedelta64[D]"), ended)
    by = np.where(leave, "customer", np.array(rows["ended_by"].to_pylist(), object))
    rows = rows.set_column(rows.column_names.index("ended_at"), "ended_at", pa.array(ends.astype("datetime64[D]")))
    rows = rows.set_column(rows.column_names.index("ended_by"), "ended_by", pa.array(by.tolist(), pa.string()))
    return _with(feed, subscriptions=rows)


def drifted_amounts(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    orders = feed.tables["orders"]
    factors = np.where(draw.random(orders.num_rows) < 0.5, 0.4, 1.7)
    factors = np.where(_since(orders, "ordered_at", day), factors, 1.0)
    return _with(feed, orders=_times(orders, np.ones(orders.num_rows, bool), factors, ("net_revenue",)))


def broken_consent(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw
    rows = feed.tables["customers"]
    late = _since(rows, "acquired_at", day)
    flags = rows["consent_email"].to_numpy(zero_copy_only=False)
    where = rows.column_names.index("consent_email")
    return _with(
        feed, customers=rows.set_column(where, "consent_email", pa.array(np.where(late, True, flags).tolist()))
    )


def volume_drop(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    kept = draw.random(feed.tables["orders"].num_rows) < 0.6
    return _without(feed, lambda orders: _since(orders, "ordered_at", day) & ~kept)


def column_gone(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw

    def changed(usual):  # type: ignore[no-untyped-def]
        if usual.as_of < day:
            return usual
        fewer = frozenset(usual.columns["orders"] - {"country"} | {"Land"})
        return replace(
            usual,
            columns={**usual.columns, "orders": fewer},
            read={**usual.read, "orders": usual.read["orders"] - {"country"}},
        )

    return replace(feed, import_of=changed)


def column_empty(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw
    orders = feed.tables["orders"]
    late = _since(orders, "ordered_at", day)
    values = [None if gone else value for gone, value in zip(late, orders["channel"].to_pylist(), strict=True)]
    where = orders.column_names.index("channel")
    return _with(feed, orders=orders.set_column(where, "channel", pa.array(values, pa.string())))


def service_collapse(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    del draw
    rows = feed.tables["tickets"]
    late = _since(rows, "opened_at", day)
    for name in ("first_reply_at", "resolved_at"):
        opened = _times_of(rows, "opened_at")
        took = (_times_of(rows, name) - opened) * np.where(late, 3, 1)
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(opened + took))
    return _with(feed, tickets=rows)


def refund_wave(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    orders = feed.tables["orders"]
    where = _since(orders, "ordered_at", day) & (draw.random(orders.num_rows) < 0.2)
    paid = np.array([float(one) for one in orders["net_revenue"].to_pylist()])
    back = np.array([float(one) for one in orders["refunded"].to_pylist()])
    fresh = np.where(where, back + 0.8 * paid, back)
    orders = orders.set_column(orders.column_names.index("refunded"), "refunded", _money(fresh))
    net = orders.column_names.index("net_revenue")
    return _with(feed, orders=orders.set_column(net, "net_revenue", _money(np.where(where, 0.2 * paid, paid))))


def slow_decline(feed: Feed, day: date, draw: np.random.Generator) -> Feed:
    orders = feed.tables["orders"]
    after = (_times_of(orders, "ordered_at") - np.datetime64(day)) / np.timedelta64(7, "D")
    gone = np.clip(after / 12, 0, 1) * 0.5
    lost = draw.random(orders.num_rows) < gone
    return _without(feed, lambda _: lost)


INCIDENTS: tuple[Incident, ...] = (
    Incident("late file", "no new file comes any more", "late_file", late_file),
    Incident(
        "doubled import", "the orders of nine days come a second time under other numbers", "doubled", doubled_import
    ),
    Incident("currency mix-up", "amounts of Austria come in Danish crowns", "currency", currency_mix_up),
    Incident("lost channel", "the marketplace brings no order any more", "lost_channel", lost_channel),
    Incident("price change", "every price goes up by 12 %", "prices", price_change),
    Incident("churn jump", "half of the customers known so far stay away", "churn", churn_jump),
    Incident(
        "drift", "half of the orders shrink to 0.4, half grow to 1.7 times their amount", "drift", drifted_amounts
    ),
    Incident("broken consent flag", "every new customer is said to have agreed", "consent", broken_consent),
    Incident("volume drop", "two orders of five are missing", "volume", volume_drop),
    Incident("schema change", "the column of the country is renamed", "schema", column_gone),
    Incident("service collapse", "answers and solutions take three times as long", "service", service_collapse),
    Incident(
        "model out of calibration",
        "customers order less and less, half after twelve weeks",
        "calibration",
        slow_decline,
        20,
    ),
)
"""The twelve of the promise."""

FURTHER: tuple[Incident, ...] = (
    Incident("subscribers leave", "one subscription of eight ends within four weeks", "churn", subscribers_leave),
    Incident("column empty", "the channel of orders is left empty", "schema", column_empty),
    Incident("refund wave", "four fifths of every fifth order go back", "figures", refund_wave, 9),
)
"""Three more, of kinds that are among the twelve."""


def _with(feed: Feed, **tables: pa.Table) -> Feed:
    return replace(feed, tables={**feed.tables, **tables})


def _without(feed: Feed, gone: Callable[[pa.Table], Bits]) -> Feed:
    orders = feed.tables["orders"]
    kept = orders.filter(pa.array(~gone(orders)))
    ids = kept["order_id"].combine_chunks()
    lines, refunds = feed.tables["order_lines"], feed.tables["refunds"]
    return _with(
        feed,
        orders=kept,
        order_lines=lines.filter(pc.is_in(lines["order_id"], value_set=ids)),
        refunds=refunds.filter(pc.or_(pc.is_null(refunds["order_id"]), pc.is_in(refunds["order_id"], value_set=ids))),
    )


def _renamed(rows: pa.Table) -> pa.Table:
    fresh = pc.binary_join_element_wise(rows["order_id"], "B", "-")
    return rows.set_column(rows.column_names.index("order_id"), "order_id", fresh)


def _times(rows: pa.Table, where: Bits, factor: float | NDArray[np.float64], names: tuple[str, ...]) -> pa.Table:
    for name in names:
        values = np.array([np.nan if one is None else float(one) for one in rows[name].to_pylist()])
        rows = rows.set_column(rows.column_names.index(name), name, _money(np.where(where, values * factor, values)))
    return rows


def _money(values: NDArray[np.float64]) -> pa.Array:
    return pa.array([None if np.isnan(one) else Decimal(f"{one:.4f}") for one in values], MONEY)


def _since(rows: pa.Table, name: str, day: date) -> Bits:
    # The as-of day of the look itself is known whole; what goes wrong begins on the day after.
    return _days(rows, name) > np.datetime64(day)


def _is(rows: pa.Table, name: str, value: str) -> Bits:
    found: Bits = pc.fill_null(pc.equal(rows[name], value), fill_value=False).to_numpy(zero_copy_only=False)
    return found


def _days(rows: pa.Table, name: str) -> NDArray[np.datetime64]:
    return _times_of(rows, name).astype("datetime64[D]")


def _times_of(rows: pa.Table, name: str) -> NDArray[np.datetime64]:
    values: NDArray[np.datetime64] = rows[name].cast(pa.timestamp("us")).to_numpy()
    return values
