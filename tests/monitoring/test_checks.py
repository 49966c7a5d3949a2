"""Every check on a small case planted for it: it finds what is there, names its money and its day, and is quiet where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lifeworth.clv.ledger import Entry
from lifeworth.monitoring.checks.arrivals import late_file, stopped_tables, volume
from lifeworth.monitoring.checks.channels import lost_channel
from lifeworth.monitoring.checks.consents import consent
from lifeworth.monitoring.checks.drifting import drift
from lifeworth.monitoring.checks.imports import doubled, schema, set_aside
from lifeworth.monitoring.checks.leaving import churn, value_at_risk
from lifeworth.monitoring.checks.money import currency, prices
from lifeworth.monitoring.checks.promised import calibration, targets
from lifeworth.monitoring.checks.service import service
from lifeworth.monitoring.finding import Finding, Told
from lifeworth.monitoring.look import examine
from lifeworth.monitoring.registry import CHECKS
from lifeworth.monitoring.scene import Import
from lifeworth.settings import Monitoring

AS_OF = date(2026, 6, 30)


def imported(days_ago: int, **more: Any) -> Import:
    known: dict[str, Any] = {"rows": 10_000, "columns": {"orders": frozenset({"Order", "Date", "Total", "Country"})}}
    known |= {"read": {"orders": frozenset({"order_id", "ordered_at", "money", "country"})}}
    return Import(f"run{days_ago}", AS_OF - timedelta(days=days_ago), **{**known, **more})


def only(told: Told) -> Finding:
    assert len(told.findings) == 1, told
    return told.findings[0]


def test_a_steady_shop_is_told_of_nothing(seen: Callable[..., Any], shop: Any) -> None:
    scene = seen(shop, imports=[imported(ago) for ago in (21, 14, 7, 0)])
    outcomes = examine(scene)
    assert [one.check for one in outcomes if one.state in {"found", "failed"}] == []
    assert {one.check for one in outcomes if one.state == "fine"} >= {
        "late_file",
        "volume",
        "doubled",
        "currency",
        "lost_channel",
        "drift",
    }


def test_an_empty_workspace_lacks_data_and_breaks_nothing(seen: Callable[..., Any]) -> None:
    outcomes = examine(seen())
    assert {one.state for one in outcomes} <= {"not enough data", "fine"}
    assert all(one.told.why or one.told.said for one in outcomes)


def test_a_file_is_late_by_the_rhythm_of_the_imports(seen: Callable[..., Any], shop: Any) -> None:
    weekly = [imported(ago) for ago in (21, 14, 7, 0)]
    assert late_file(seen(shop, imports=weekly, today=AS_OF + timedelta(days=11))).findings == ()
    finding = only(late_file(seen(shop, imports=weekly, today=AS_OF + timedelta(days=14))))
    assert finding.since == AS_OF + timedelta(days=13)
    assert finding.amount == pytest.approx(14 * 20 * 50.6, rel=0.1)
    assert "14 days ago" in finding.finding


def test_a_rhythm_takes_three_imports_or_a_setting(seen: Callable[..., Any], shop: Any) -> None:
    assert "three" in late_file(seen(shop, imports=[imported(7), imported(0)])).why
    limits = Monitoring(fresh_within=2)
    assert only(late_file(seen(shop, imports=[imported(0)], today=AS_OF + timedelta(days=3), limits=limits)))


def test_a_table_that_stopped_is_named(seen: Callable[..., Any], shop: Any) -> None:
    days = [AS_OF - timedelta(days=ago) for ago in range(60, 200)]
    rows = pa.table(
        {"occurred_at": pa.array([datetime(d.year, d.month, d.day) for d in days]), "channel": ["web"] * len(days)}
    )
    finding = only(stopped_tables(seen(shop, tables={"touchpoints": rows})))
    assert finding.subject == "touchpoints"
    assert "60 days before" in finding.finding


def test_a_halved_week_is_told_with_the_revenue_missing(seen: Callable[..., Any], shop: Any) -> None:
    shop.keep((shop.ago >= 7) | (np.arange(shop.ago.size) % 2 == 0))
    finding = only(volume(seen(shop)))
    assert finding.since == AS_OF - timedelta(days=6)
    assert finding.amount == pytest.approx(-70 * 50.6, rel=0.2)
    assert "missing" in finding.amount_is


def test_a_silent_channel_is_told_and_a_small_one_with_it(seen: Callable[..., Any], shop: Any) -> None:
    shop.keep((shop.channel != "app") | (shop.ago >= 14))
    finding = only(lost_channel(seen(shop)))
    assert finding.subject == "channel app"
    assert finding.since == AS_OF - timedelta(days=13)
    assert finding.amount == pytest.approx(-28 * 50.6, rel=0.35) or finding.amount == pytest.approx(28 * 50.6, rel=0.35)


def test_a_channel_that_was_never_steady_is_not_missed(seen: Callable[..., Any], shop: Any) -> None:
    shop.channel[(shop.channel == "app") & (shop.ago % 50 > 3)] = "web"
    shop.channel[(shop.channel == "app") & (shop.ago < 60)] = "web"
    assert lost_channel(seen(shop)).findings == ()


@pytest.mark.parametrize("factor", [7.46, 100.0, 0.1])
def test_amounts_in_another_currency_are_told_by_country(seen: Callable[..., Any], shop: Any, factor: float) -> None:
    shop.amount = np.where((shop.country == "Austria") & (shop.ago < 28), shop.amount * factor, shop.amount)
    finding = only(currency(seen(shop)))
    assert finding.subject == "country Austria"
    assert "all quartiles moved alike" in finding.finding
    assert ("cents" in finding.cause) == (factor == 100)
    assert finding.amount is not None
    assert (finding.amount > 0) == (factor > 1)


def test_a_currency_never_seen_before_is_told(seen: Callable[..., Any], shop: Any) -> None:
    imports = [imported(7), imported(0, currencies=frozenset({"EUR", "PLN"}))]
    assert "PLN" in only(currency(seen(shop, imports=imports))).finding


def test_orders_that_stand_twice_are_counted(seen: Callable[..., Any], shop: Any) -> None:
    shop.twice((shop.ago >= 5) & (shop.ago < 10))
    finding = only(doubled(seen(shop)))
    assert finding.since == AS_OF - timedelta(days=9)
    twice = ((shop.ago >= 5) & (shop.ago < 10)).sum() / 2
    assert f"{twice:.0f} orders" in finding.finding
    assert finding.amount == pytest.approx(twice * 50.6, rel=0.2)


def test_a_file_handed_in_twice_is_told_though_its_rows_were_counted_once(seen: Callable[..., Any], shop: Any) -> None:
    imports = [imported(7, aside={"duplicate": 30}), imported(0, aside={"duplicate": 3_000})]
    assert only(doubled(seen(shop, imports=imports))).subject == "rows"


def test_a_renamed_column_is_told_with_its_new_name(seen: Callable[..., Any], shop: Any) -> None:
    now = imported(
        0,
        columns={"orders": frozenset({"Order", "Date", "Total", "Land"})},
        read={"orders": frozenset({"order_id", "ordered_at", "money"})},
    )
    finding = only(schema(seen(shop, imports=[imported(14), imported(7), now])))
    assert finding.severity == "critical"
    assert "Country" in finding.finding
    assert "Land" in finding.finding


def test_a_gone_column_goes_on_being_told_until_it_is_how_things_are(seen: Callable[..., Any], shop: Any) -> None:
    fewer = {
        "columns": {"orders": frozenset({"Order", "Date", "Total"})},
        "read": {"orders": frozenset({"order_id", "ordered_at", "money"})},
    }
    before = [imported(ago) for ago in (42, 35, 28)]
    after = [imported(ago, **fewer) for ago in (21, 14, 7, 0)]
    assert schema(seen(shop, imports=[*before, *after[:3]])).findings
    assert schema(seen(shop, imports=[*before, *after])).findings == ()


def test_a_table_that_is_not_imported_any_more_is_told(seen: Callable[..., Any], shop: Any) -> None:
    both = {
        "columns": {"orders": frozenset({"Order"}), "tickets": frozenset({"Ticket"})},
        "read": {"orders": frozenset(), "tickets": frozenset()},
    }
    one = {"columns": {"orders": frozenset({"Order"})}, "read": {"orders": frozenset()}}
    assert only(schema(seen(shop, imports=[imported(7, **both), imported(0, **one)]))).subject == "tickets: columns"


def test_a_column_that_is_empty_of_late_is_told(seen: Callable[..., Any], shop: Any) -> None:
    shop.country[shop.ago < 28] = None
    assert only(schema(seen(shop))).subject == "orders: country"


def test_rows_that_cannot_be_read_any_more_are_told(seen: Callable[..., Any], shop: Any) -> None:
    imports = [
        imported(7, aside={"amount_unreadable": 2, "cancelled": 100}),
        imported(0, aside={"amount_unreadable": 1_500, "cancelled": 120}),
    ]
    finding = only(set_aside(seen(shop, imports=imports)))
    assert finding.subject == "orders: amount_unreadable"
    assert "15.0%" in finding.finding


def lines_of(shop: Any, factor: float, products: np.ndarray) -> pa.Table:
    base = 5 + products % 7
    price = np.where(shop.ago < 28, base * factor, base)
    money = pa.decimal128(18, 4)
    text = pa.array([f"{one:.4f}" for one in price])
    return pa.table(
        {
            "order_id": shop.number.tolist(),
            "product_id": [f"P{one}" for one in products],
            "category": ["Tea" if one % 2 else "Coffee" for one in products],
            "quantity": pa.array(["1"] * len(price)).cast(money),
            "unit_price": text.cast(money),
            "net_revenue": text.cast(money),
        }
    )


def test_prices_of_all_products_are_told_once(seen: Callable[..., Any], shop: Any) -> None:
    lines = lines_of(shop, 1.12, np.arange(shop.ago.size) % 40)
    finding = only(prices(seen(shop, tables={"order_lines": lines})))
    assert finding.subject == "all products"
    assert "+12.0%" in finding.finding
    assert finding.amount is not None


def test_prices_of_a_line_are_told_by_its_name(seen: Callable[..., Any], shop: Any) -> None:
    products = np.arange(shop.ago.size) % 40
    lines = lines_of(shop, 1.0, products)
    dear = lines_of(shop, 1.2, products)
    mixed = pa.table({name: [b if c == "Tea" else a for a, b, c in zip(lines[name].to_pylist(), dear[name].to_pylist(), lines["category"].to_pylist(), strict=True)] for name in lines.column_names}, schema=lines.schema)  # fmt: skip
    assert only(prices(seen(shop, tables={"order_lines": mixed}))).subject == "Tea"


def test_without_products_the_basket_is_looked_at(seen: Callable[..., Any], shop: Any) -> None:
    shop.amount = np.where(shop.ago < 28, shop.amount * 1.25, shop.amount)
    assert only(prices(seen(shop))).subject == "baskets"


def test_customers_who_stay_away_are_told_apart_from_fewer_sales(seen: Callable[..., Any], shop: Any) -> None:
    # Half of the orders are of people who come once; they go on coming.
    fresh = np.arange(shop.ago.size) % 2 == 0
    shop.customer = np.where(fresh, 10_000 + np.arange(shop.ago.size), shop.customer)
    shop.keep(fresh | (shop.ago >= 14) | (np.arange(shop.ago.size) % 3 == 0))
    finding = only(churn(seen(shop)))
    assert finding.subject == "returning customers"
    assert "New customers order as before" in finding.finding
    assert finding.amount is not None
    assert finding.amount < 0


def subscriptions(leaving: int) -> pa.Table:
    started = [AS_OF - timedelta(days=600)] * 1000
    ended: list[date | None] = [AS_OF - timedelta(days=28 * (1 + k % 12) + k % 20) for k in range(240)]
    ended += [AS_OF - timedelta(days=k % 27) for k in range(leaving)]
    ended += [None] * (1000 - len(ended))
    return pa.table(
        {
            "customer_id": [f"C{k}" for k in range(1000)],
            "started_at": pa.array(started, pa.date32()),
            "ended_at": pa.array(ended, pa.date32()),
            "ended_by": pa.array([None if one is None else "customer" for one in ended], pa.string()),
            "mrr": pa.array(["10"] * 1000).cast(pa.decimal128(18, 4)),
        }
    )


def test_subscriptions_that_end_are_told_with_a_year_of_their_revenue(seen: Callable[..., Any]) -> None:
    assert churn(seen(tables={"subscriptions": subscriptions(20)})).findings == ()
    finding = only(churn(seen(tables={"subscriptions": subscriptions(80)})))
    assert finding.subject == "subscriptions"
    assert finding.amount == pytest.approx(-12 * 10 * 61, rel=0.15)


def test_five_endings_where_one_was_expected_are_few_and_no_alarm(seen: Callable[..., Any]) -> None:
    rows = subscriptions(5).slice(0, 0)
    small = subscriptions(20).to_pylist()
    some = [one for one in small if one["ended_at"] is None][:75]
    some += [{**some[0], "ended_at": AS_OF - timedelta(days=60 + 28 * k), "ended_by": "customer"} for k in range(11)]
    some += [{**some[0], "ended_at": AS_OF - timedelta(days=3 + k), "ended_by": "customer"} for k in range(5)]
    told = churn(seen(tables={"subscriptions": pa.Table.from_pylist(some, schema=rows.schema)}))
    assert told.findings == ()
    assert "5 of" in told.said


def scored(alive: float, best_alive: float) -> pa.Table:
    best = [k >= 900 for k in range(1000)]
    return pa.table(
        {
            "customer_id": [f"C{k}" for k in range(1000)],
            "probability_alive": [best_alive if one else alive for one in best],
            "predicted_clv": [500.0 + k if one else 20.0 + k / 1000 for k, one in enumerate(best)],
            "expected_orders": [5.0 if one else 0.5 for one in best],
        }
    )


def test_value_of_the_best_who_fade_is_told(seen: Callable[..., Any], other: Callable[..., Any]) -> None:
    before = other({"customers_scored": scored(0.5, 0.9)}, AS_OF - timedelta(days=30))
    assert value_at_risk(seen(tables={"customers_scored": scored(0.1, 0.85)}, before=before)).findings == ()
    finding = only(value_at_risk(seen(tables={"customers_scored": scored(0.5, 0.4)}, before=before)))
    assert finding.amount == pytest.approx(-sum(500.0 + k for k in range(900, 1000)))
    assert "best tenth" in finding.finding


def test_scores_that_drift_are_told(seen: Callable[..., Any], other: Callable[..., Any]) -> None:
    draw = np.random.default_rng(1)

    def rows(shift: float) -> pa.Table:
        values = draw.normal(shift, 1, 3000)
        return pa.table({"customer_id": [f"C{k}" for k in range(3000)], "predicted_clv": values, "probability_alive": draw.random(3000), "expected_orders": draw.random(3000)})  # fmt: skip

    before = other({"customers_scored": rows(0)}, AS_OF - timedelta(days=30))
    assert drift(seen(tables={"customers_scored": rows(0.05)}, before=before)).findings == ()
    assert only(drift(seen(tables={"customers_scored": rows(0.6)}, before=before))).subject == "predicted CLV"


def test_amounts_of_another_shape_are_drift_though_their_middle_is_the_same(
    seen: Callable[..., Any], shop: Any
) -> None:
    factor = np.where(np.arange(shop.ago.size) % 2 == 0, 0.4, 1.7)
    shop.amount = np.where(shop.ago < 42, shop.amount * factor, shop.amount)
    finding = only(drift(seen(shop)))
    assert finding.subject == "order amounts"
    assert "PSI" in finding.finding


def tickets(factor: float, often: int = 1) -> pa.Table:
    draw = np.random.default_rng(2)
    ago = np.repeat(np.arange(500), np.where(np.arange(500) < 14, 2 * often, 2))
    opened = [datetime(2026, 6, 30, 9) - timedelta(days=int(one)) for one in ago]
    hours = draw.lognormal(1.0, 0.8, ago.size) * np.where(ago < 28, factor, 1)
    return pa.table(
        {
            "ticket_id": [f"T{k}" for k in range(ago.size)],
            "customer_id": [f"C{k % 700}" for k in range(ago.size)],
            "opened_at": opened,
            "first_reply_at": [at + timedelta(hours=float(h)) for at, h in zip(opened, hours, strict=True)],
            "resolved_at": [at + timedelta(hours=float(5 * h)) for at, h in zip(opened, hours, strict=True)],
        }
    )


def test_customers_who_wait_longer_are_told(seen: Callable[..., Any], shop: Any) -> None:
    assert service(seen(shop, tables={"tickets": tickets(1.0)})).findings == ()
    told = service(seen(shop, tables={"tickets": tickets(4.0)}))
    assert {one.subject for one in told.findings} == {"first answer", "solution"}


def test_requests_that_nobody_answers_count_as_waiting(seen: Callable[..., Any], shop: Any) -> None:
    rows = tickets(1.0)
    late = [one >= datetime(2026, 6, 10) for one in rows["opened_at"].to_pylist()]
    replies = [None if gone else at for gone, at in zip(late, rows["first_reply_at"].to_pylist(), strict=True)]
    rows = rows.set_column(3, "first_reply_at", pa.array(replies, pa.timestamp("us")))
    assert "first answer" in {one.subject for one in service(seen(shop, tables={"tickets": rows})).findings}


def test_a_wave_of_requests_is_told(seen: Callable[..., Any], shop: Any) -> None:
    assert only(service(seen(shop, tables={"tickets": tickets(1.0, often=4)}))).subject == "requests"


def entry(came: float, days: int = 120) -> Entry:
    return Entry("run", AS_OF - timedelta(days=days), "BG/NBD", days, False, 1000, 500.0, 460.0, 540.0, came, 25_000.0, came * 50, 0.9, 0.4, ())  # fmt: skip


@pytest.mark.parametrize(("came", "found"), [(500, 0), (430, 0), (380, 1), (640, 1)])
def test_a_promise_is_missed_outside_its_interval_and_by_more_than_season_explains(
    seen: Callable[..., Any], came: float, found: int
) -> None:
    told = calibration(seen(promises=lambda: [entry(came)]))
    assert len(told.findings) == found
    if found:
        assert "Refit proposed" in told.findings[0].next_step
        assert told.findings[0].amount == pytest.approx(25_000 * (came / 500 - 1))


def test_a_young_promise_is_held_to_nothing(seen: Callable[..., Any]) -> None:
    assert "90 days" in calibration(seen(promises=lambda: [entry(100, days=60)])).why


def test_nobody_is_told_of_targets_nobody_set(seen: Callable[..., Any], shop: Any) -> None:
    assert "scorecard.toml" in targets(seen(shop)).why


def customers(new_yes: float | None, kind: str = "bool") -> pa.Table:
    draw = np.random.default_rng(3)
    ago = draw.integers(0, 400, 4000)
    yes: list[Any] = [
        None
        if a < 28 and new_yes is None
        else bool(draw.random() < (new_yes if a < 28 and new_yes is not None else 0.6))
        for a in ago
    ]
    if kind == "text":
        yes = [None if one is None else "yes" if one else "no" for one in yes]
    at = [datetime(2026, 6, 30) - timedelta(days=int(a)) for a in ago]
    return pa.table({"customer_id": [f"C{k}" for k in range(4000)], "acquired_at": at, "newsletter_opt_in": yes})


@pytest.mark.parametrize("kind", ["bool", "text"])
@pytest.mark.parametrize(("new", "found"), [(0.6, 0), (1.0, 1), (0.0, 1), (None, 1)])
def test_a_flag_of_consent_that_breaks_for_new_customers_is_told(
    seen: Callable[..., Any], new: float | None, found: int, kind: str
) -> None:
    told = consent(seen(tables={"customers": customers(new, kind)}))
    assert len(told.findings) == found
    assert all(one.severity == "critical" for one in told.findings)


def test_a_flag_that_jumps_for_everybody_from_one_import_to_the_next_is_told(
    seen: Callable[..., Any], other: Callable[..., Any]
) -> None:
    before = other({"customers": customers(0.6)}, AS_OF - timedelta(days=7))
    rows = customers(0.6)
    everybody = rows.set_column(2, "newsletter_opt_in", pa.array([True] * rows.num_rows))
    assert "import before" in only(consent(seen(tables={"customers": everybody}, before=before))).finding


def test_a_check_that_breaks_says_so_and_hinders_no_other(seen: Callable[..., Any], shop: Any) -> None:
    def broken() -> Any:
        raise RuntimeError("the ledger is gone")

    outcomes = {one.check: one for one in examine(seen(shop, promises=broken))}
    assert outcomes["calibration"].state == "failed"
    assert "the ledger is gone" in outcomes["calibration"].told.why
    assert len(outcomes) == len(CHECKS)


def test_a_check_can_be_switched_off_and_a_wrong_name_is_told(seen: Callable[..., Any], shop: Any) -> None:
    from lifeworth.errors import OptionError

    assert {one.check: one.state for one in examine(seen(shop, limits=Monitoring(off=("prices",))))}["prices"] == "off"
    with pytest.raises(OptionError, match="volume"):
        examine(seen(shop, limits=Monitoring(off=("volum",))))


def test_no_finding_names_a_customer(seen: Callable[..., Any], shop: Any) -> None:
    shop.twice(shop.ago < 9)
    shop.keep((shop.channel != "app") | (shop.ago >= 14))
    for outcome in examine(seen(shop)):
        for one in outcome.told.findings:
            assert "C1" not in one.finding + one.cause + one.subject
