"""What one can ask of the groups of customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ibis.expr.types import Table

from lifeworth.errors import DataError, OptionError
from lifeworth.report.format import text
from lifeworth.report.spec import Page
from lifeworth.segments import page
from lifeworth.segments import profile_page as portrait
from lifeworth.segments.known import Known, then
from lifeworth.segments.movement import moves, read
from lifeworth.segments.movement_page import movement as moved
from lifeworth.segments.profile import profile as profiled
from lifeworth.segments.rules import meeting
from lifeworth.segments.schemes import KEPT, Name, Scheme, make
from lifeworth.segments.sizes import of_column, sizes
from lifeworth.segments.whose import whose
from lifeworth.units import Period
from lifeworth.workspace import Workspace

NOBODY = {"customers": 0, "historic": None, "predicted": None, "orders": None, "churn": None}
"""A group that no customer is in: a condition that nobody meets is told, not left out."""


def segments(ws: Workspace, *, scheme: Name | None = None) -> Page:
    """Groups of customers: how many, what they brought, what they are predicted to bring.

    Args:
        ws: The workspace.
        scheme: One way to cut the base; without it value tiers, RFM groups, lifecycle status and your own segments.
    """
    scored = ws.table("customers_scored")
    told = {"as_of": ws.as_of, "currency": ws.currency, "horizon": ws.horizon}
    if scheme is None:
        groups = {column: ws.engine.arrow(of_column(scored, column)).to_pylist() for column in KEPT.values()}
        own = _own(ws) if ws.settings.segments else None
        return page.segments(groups, own=own, **told)  # type: ignore[arg-type]
    known = _described_today(_known(ws, ws.as_of), scored)
    if scheme in KEPT:
        made, query = make(scheme, ws.engine, known, ws.settings), of_column(scored, KEPT[scheme])
        if scheme == "tiers":
            made = replace(made, title="Value tiers", notes=())
        return page.scheme(made, ws.engine.arrow(query).to_pylist(), **told)  # type: ignore[arg-type]
    if scheme == "rules":
        return page.scheme(*_own(ws), **told)  # type: ignore[arg-type]
    made = _noted(make(scheme, ws.engine, known, ws.settings), ws)
    rows = ws.engine.arrow(sizes(made.assign(known), scored)).to_pylist()
    return page.scheme(made, rows, **told)  # type: ignore[arg-type]


def movement(
    ws: Workspace, *, scheme: Name = "rfm", since: Period = Period(3, "months"), on: date | None = None
) -> Page:
    """Who moved from where to where since an earlier day, and the money that went with them.

    The groups of the earlier day are made anew from what was known at its close.

    Args:
        ws: The workspace.
        scheme: How customers are cut.
        since: How long ago the earlier day was.
        on: The earlier day itself, instead.

    Raises:
        OptionError: if the day is not before the as-of day.
        DataError: if there was no customer yet.
    """
    earlier = since.before(ws.as_of) if on is None else on
    if earlier >= ws.as_of:
        raise OptionError(f"{earlier} is not before {ws.as_of}, the day of the figures.", hint="Name an earlier day.")
    first = date.fromisoformat(ws.facts["first_day"])
    if earlier < first:
        raise DataError(
            f"On {text(earlier, 'date')} there was no customer yet: the first order is of {text(first, 'date')}.",
            hint="Name a later day with --on, or a shorter time with --since.",
        )
    was, now = _known(ws, earlier), _known(ws, ws.as_of)
    kept = ws.engine.create("_before", was.history)
    try:
        was = _known(ws, earlier, past=kept)
        made = _noted(make(scheme, ws.engine, was, ws.settings), ws)
        scored = ws.table("customers_scored")
        predicted = ws.facts["value"]["customer_equity"] is not None
        column = "predicted_clv" if predicted else "historic_clv"
        after = _with_revenue(made.assign(now), now)
        worth = scored.select(owner="customer_id", value=column)
        query = moves(_with_revenue(made.assign(was), was), after.left_join(worth, [("customer_id", "owner")]))
        found = read(ws.engine.arrow(query.order_by("source", "target")).to_pylist())
    finally:
        ws.engine.drop("_before")
    names = made.ranking or tuple(made.groups)
    value = f"predicted CLV, {ws.horizon}" if predicted else "historic CLV"
    return moved(found, made, names, earlier=earlier, as_of=ws.as_of, currency=ws.currency, value=value)


def profile(ws: Workspace, segment: str, *, scheme: Name | None = None) -> Page:
    """One group beside all other customers: what they buy, where they come from, what they cost.

    Args:
        ws: The workspace.
        segment: Name of the group, such as Champions.
        scheme: How customers are cut, where several schemes have a group of that name.

    Raises:
        OptionError: if no group has this name, or several have.
        DataError: if nobody is in it, or nobody is outside.
    """
    known = _described_today(_known(ws, ws.as_of), ws.table("customers_scored"))
    made, name = whose(segment, scheme, ws.engine, known, ws.settings)
    scored = ws.table("customers_scored")
    kept = made.name in KEPT
    chosen = scored.select("customer_id", segment=scored[KEPT[made.name]]) if kept else made.assign(known)
    members = ws.engine.create("_members", chosen.select("customer_id", inside=chosen["segment"] == name))
    try:
        found = profiled(ws, members, known)
    finally:
        ws.engine.drop("_members")
    return portrait.profile(found, made, name, as_of=ws.as_of, currency=ws.currency, horizon=ws.horizon)


def _noted(made: Scheme, ws: Workspace) -> Scheme:
    """The scheme, and that who only subscribes is in none of its groups."""
    only = ws.facts["value"].get("parts", {}).get("only_subscribe", 0)
    if not only:
        return made
    note = f"{only:,} customers only subscribe: they have never ordered, and are in none of these groups."
    return replace(made, notes=(*made.notes, note))


def _known(ws: Workspace, day: date, *, past: Table | None = None) -> Known:
    if past is None and day == ws.as_of:
        past = ws.table("history")
    refunds = ws.table("refunds") if ws.has("refunds") else None
    customers = ws.table("customers") if ws.has("customers") else None
    return then(ws.table("orders"), refunds, customers, day, past=past, margin=ws.facts["value"]["margin"])


def _described_today(known: Known, scored: Table) -> Known:
    """On the as-of day of a run, conditions may name every column of customers.csv."""
    more = [name for name in known.described.columns if name not in scored.columns]
    rest = known.described.select("customer_id", *more).rename(owner="customer_id")
    return replace(known, described=scored.left_join(rest, [("customer_id", "owner")]).drop("owner"))


def _own(ws: Workspace) -> tuple[Scheme, list[dict[str, object]]]:
    """The user's own segments and their sizes, with how many meet each condition at all."""
    scored = ws.table("customers_scored")
    known = _described_today(_known(ws, ws.as_of), scored)
    made = make("rules", ws.engine, known, ws.settings)
    rows = ws.engine.arrow(sizes(made.assign(known), scored)).to_pylist()
    met = ws.engine.row(meeting(known.described, ws.settings.segments))
    counted = {row["group"]: row["customers"] for row in rows}
    rows += [{**NOBODY, "group": name} for name in made.groups if name not in counted]
    twice = [
        f"{name}: {count:,} meet the condition, {counted.get(name, 0):,} are counted there"
        for name, count in met.items()
        if count != counted.get(name, 0)
    ]
    notes = (*made.notes, *(["; ".join(twice) + "."] if twice else []))
    return replace(made, notes=notes), rows


def _with_revenue(assigned: Table, known: Known) -> Table:
    revenue = known.history.select(buyer="customer_id", revenue="revenue")
    joined = assigned.left_join(revenue, [("customer_id", "buyer")])
    return joined.select("customer_id", "segment", "revenue")
