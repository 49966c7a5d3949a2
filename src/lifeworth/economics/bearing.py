"""Who bears what: each cost joined to the customers, with the company's total and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import ibis
from ibis.expr.types import Table

from lifeworth.economics import acquisition, referral, retention, serving
from lifeworth.economics.terms import LATELY, Terms, total
from lifeworth.engine.base import Engine
from lifeworth.features.months import number_of

Said: TypeAlias = dict[str, tuple[float | None, str, bool]]
"""Of each term: the company's total (none of an expectation), where it comes from, and whether there is such a source."""
UNKNOWN = "not stated, counted as 0"


def with_acquisition(
    engine: Engine, people: Table, tables: Mapping[str, Table], won: Table, terms: Terms, notes: list[str]
) -> tuple[Table, Said]:
    """Customers with their `acquisition_cost`; what a reader has to know is added to `notes`."""
    each, spend = terms.assumptions.cost_per_acquisition, tables.get("marketing_spend")
    found: dict[str, Any] = {"first": None}
    if spend is not None:
        months = acquisition.spent(spend, terms.as_of)
        found = engine.row(months.aggregate(first=months["month"].min(), total=total(months["amount"])))
    if spend is None or found["first"] is None:
        heads = engine.row(people.aggregate(n=people.count()))["n"]
        source = UNKNOWN if each is None else f"assumed: cost_per_acquisition = {terms.money(each)}"
        said = ((each or 0.0) * heads, source, each is not None)
        return people.mutate(acquisition_cost=ibis.literal(each or 0.0, "float64")), {"acquisition_cost": said}
    first = found["first"]
    cost = acquisition.acquisition_cost(spend, won, terms.as_of, first, each)
    joined = people.left_join(cost, "customer_id").drop("customer_id_right")
    before = engine.row(won.filter(won["month"] < ibis.literal(first)).aggregate(n=ibis._.count()))["n"]
    source = "table marketing_spend, purpose acquisition, by channel and month of the first purchase"
    if before and each is None:
        notes.append(
            f"Acquisition spend is known from {first:%B %Y} on: {before:,} customers won before bear none. "
            "State cost_per_acquisition under [assumptions] to count it for them."
        )
    elif before and each is not None:
        source += f"; {before:,} customers won before it begins: assumed {terms.money(each)} each"
    said = (found["total"] + (each or 0.0) * before, source, True)
    return joined.mutate(acquisition_cost=joined["acquisition_cost"].fill_null(0.0)), {"acquisition_cost": said}


def with_serving(engine: Engine, people: Table, tables: Mapping[str, Table], terms: Terms) -> tuple[Table, Said]:
    """Customers with their `serving_cost` and `expected_serving_cost`."""
    costs, tickets = tables.get("service_costs"), tables.get("tickets")
    kinds: set[str] = set()
    if costs is not None:
        kinds = {row["kind"] or "not named" for row in engine.arrow(costs.select("kind").distinct()).to_pylist()}
    counted = serving.basis(kinds, terms.assumptions, has_tickets=tickets is not None)
    if not counted.known:
        return _without(people, "serving_cost", "expected_serving_cost")
    borne = engine.create(
        "_serving", serving.serving_cost(tables["orders"], costs, tickets, terms.as_of, terms.since, counted)
    )
    theirs = borne.semi_join(people, "customer_id")
    lately = engine.row(theirs.aggregate(n=total(theirs["lately"])))["n"]
    days = tables["purchase_days"]
    purchases = engine.row(days.filter(days["day"] > ibis.literal(terms.since)).aggregate(n=ibis._.count()))["n"]
    each = lately / purchases if purchases else 0.0
    nobody = 0.0
    if costs is not None:
        unnamed = costs.filter(costs["customer_id"].isnull(), costs["incurred_at"] <= ibis.literal(terms.as_of))
        nobody = engine.row(unnamed.aggregate(n=total(unnamed["amount"])))["n"]
    company = engine.row(borne.aggregate(n=total(borne["serving_cost"])))["n"] + nobody
    joined = people.left_join(borne, "customer_id").drop("customer_id_right", "lately")
    return joined.mutate(
        serving_cost=joined["serving_cost"].fill_null(0.0), expected_serving_cost=joined["ahead"] * each
    ), {
        "serving_cost": (company, counted.source, True),
        "expected_serving_cost": (None, f"{terms.money(each)} an order, as in the last {LATELY}", True),
    }


def with_retention(engine: Engine, people: Table, tables: Mapping[str, Table], terms: Terms) -> tuple[Table, Said]:
    """Customers with their `retention_cost` and `expected_retention_cost`."""
    spend, assignments = tables.get("marketing_spend"), tables.get("assignments")
    each = terms.assumptions.retention_per_customer_year
    general = None if spend is None else retention.general_spend(spend, assignments, terms.as_of)
    named = None if assignments is None else retention.campaigns_by_customer(assignments, terms.as_of)
    of_months = 0.0 if general is None else engine.row(general.aggregate(n=total(general["amount"])))["n"]
    of_customers = 0.0 if named is None else engine.row(named.aggregate(n=total(named["amount"])))["n"]
    times = retention.spans(tables["purchase_days"], terms.as_of)
    if of_months or of_customers:
        borne = engine.create("_retention", retention.retention_cost(general, times, named, terms.since))
        # What was spent on somebody who is no customer says nothing of what a customer goes on costing.
        theirs = borne.semi_join(people, "customer_id")
        lately = engine.row(theirs.aggregate(n=total(theirs["lately"])))["n"]
        yearly = 12 * lately / max(_heads(engine, times, terms), 1)
        source, company = _sources(of_months, of_customers), of_months + of_customers
        expected = f"{terms.money(yearly)} a customer and year while alive, as in the last {LATELY}"
    elif each is not None:
        length = (times["high"] - times["low"] + 1).sum().cast("float64")
        borne = engine.create("_retention", times.group_by("customer_id").agg(retention_cost=length * (each / 12)))
        source = expected = f"assumed: retention_per_customer_year = {terms.money(each)}"
        yearly, company = each, engine.row(borne.aggregate(n=total(borne["retention_cost"])))["n"]
    else:
        return _without(people, "retention_cost", "expected_retention_cost")
    joined = people.left_join(borne.select("customer_id", "retention_cost"), "customer_id").drop("customer_id_right")
    ahead = joined["alive"] * (yearly * terms.years * terms.halfway)
    return joined.mutate(retention_cost=joined["retention_cost"].fill_null(0.0), expected_retention_cost=ahead), {
        "retention_cost": (company, source, True),
        "expected_retention_cost": (None, expected, True),
    }


def with_referrals(engine: Engine, people: Table, tables: Mapping[str, Table], terms: Terms) -> tuple[Table, Said]:
    """Customers with their `referral_value`, told from their `own` worth."""
    share = terms.assumptions.referral_share
    if "referrals" not in tables:
        return _without(people, "referral_value")
    found = referral.pairs(tables["referrals"], people)
    gained = engine.create("_referred", referral.referral_value(found, people.select("customer_id", "own"), share))
    joined = people.left_join(gained, "customer_id").drop("customer_id_right")
    source = (
        f"table referrals: {share:.0%} of what a referred customer is worth net of costs moves to who brought them "
        "(referral_share, assumed), so it adds up to nothing"
    )
    return joined.mutate(referral_value=joined["referral_value"].fill_null(0.0)), {
        "referral_value": (None, source, True)
    }


def _without(people: Table, *names: str) -> tuple[Table, Said]:
    """Terms of which nothing is known."""
    # From text: some engines read a bare 0.0 as a decimal of two digits.
    nothing = people.mutate(**{name: ibis.literal("0").cast("float64") for name in names})
    return nothing, dict.fromkeys(names, (None, UNKNOWN, False))


def _sources(of_months: float, of_customers: float) -> str:
    parts = []
    if of_months:
        parts.append("table marketing_spend, purpose retention, by month among those who bought in the year before")
    if of_customers:
        parts.append("table assignments, what campaigns cost for a customer")
    return " and ".join(parts)


def _heads(engine: Engine, times: Table, terms: Terms) -> int:
    """Customers to be kept in each of the last twelve months, added up over the months."""
    first = number_of(terms.since) + 1
    lately = times.filter(times["high"] >= first)
    length = lately["high"] - ibis.greatest(lately["low"], first) + 1
    return int(engine.row(lately.aggregate(n=length.sum().fill_null(0).cast("int64")))["n"])
