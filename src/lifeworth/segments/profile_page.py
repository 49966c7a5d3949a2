"""The profile of a group as a page."""

from __future__ import annotations

from datetime import date
from typing import Any

from lifeworth.report.format import text
from lifeworth.report.spec import Block, Column, Page, Stat, Stats, Table, Text
from lifeworth.segments.marked import BUYERS, LEVEL, Mark
from lifeworth.segments.profile import Marked, Profile
from lifeworth.segments.schemes import Scheme

SHOWN = 12
"""Things told of each kind."""

FEW = 8
"""So few things are all told, found or not."""


def profile(found: Profile, scheme: Scheme, name: str, *, as_of: date, currency: str, horizon: str) -> Page:
    """A group beside all other customers.

    Args:
        found: What was found.
        scheme: How customers are cut.
        name: The group.
        as_of: Last day the figures know about.
        currency: Of the money.
        horizon: How far ahead predictions look, in words.
    """
    everyone = found.inside + found.outside
    rule = scheme.groups.get(name, "")
    head = Stats(
        (
            Stat(f"In “{name}”", found.inside, "count", f"{scheme.one}: {rule}" if rule else scheme.one, as_of=as_of),
            Stat(
                "Share of customers",
                found.inside / everyone,
                "percent",
                "Customers in the group ÷ all customers.",
                as_of=as_of,
            ),
            Stat("All others", found.outside, "count", "What the group is compared with.", as_of=as_of),
        )
    )
    blocks: list[Block] = [head]
    if scheme.verdict is not None and scheme.verdict.tone == "warning":
        blocks.append(scheme.verdict)
    blocks.append(_figures(found, name, currency, horizon))
    blocks += [_things(one, name) for one in found.marked]
    if found.tests:
        blocks.append(_how(found))
    if found.missing:
        rows = tuple((what, f"a table {table}") for table, what in found.missing)
        blocks.append(Table("What more could be told", (Column("what", "To know"), Column("table", "Add")), rows))
    return Page(
        "profile",
        f"Who they are: {name}",
        tuple(blocks),
        lead=_lead(found, name),
        currency=currency,
        as_of=as_of,
    )


def _lead(found: Profile, name: str) -> str:
    marked = [(group, one) for group in found.marked[:3] for one in group.marks if one.found and (one.times or 0.0) > 1]
    if not marked:
        return f"{found.inside:,} customers are in “{name}”."
    group, most = min(marked, key=lambda pair: (pair[1].p, -(pair[1].times or 0.0)))
    return (
        f"{found.inside:,} customers are in “{name}”. What marks them most: {most.name} ({group.title.lower()}), "
        f"{text(most.times, 'ratio')} times as many as among customers who buy as many different things."
    )


def _figures(found: Profile, name: str, currency: str, horizon: str) -> Table:
    rows = []
    for figure, inside, outside in found.figures:
        times = inside / outside if inside is not None and outside else None
        compare = times if figure.kind in {"money", "ratio", "days"} and times is not None and times > 0 else None
        words = figure.definition.replace("the horizon", horizon)
        rows.append(
            (figure.title, text(inside, figure.kind, currency), text(outside, figure.kind, currency), compare, words)
        )
    columns = (
        Column("figure", "Figure"),
        Column("inside", name),
        Column("outside", "All others"),
        Column("times", "Times", "ratio", "the group's figure ÷ that of all others"),
        Column("definition", "What it is"),
    )
    return Table(
        "Beside all other customers",
        columns,
        tuple(rows),
        caption="Differences of these figures are not tested for chance.",
    )


def _things(group: Marked, name: str) -> Table:
    tested = [one for one in group.marks if one.q is not None]
    if len(group.marks) <= FEW:
        shown = sorted(group.marks, key=lambda one: (-one.members, one.name))
    else:
        telling = sorted((one for one in group.marks if one.found), key=lambda one: (one.p, one.name))
        more = [one for one in telling if (one.times or 0.0) >= 1][:SHOWN]
        less = [one for one in telling if (one.times or 0.0) < 1][: SHOWN // 2]
        shown = [*more, *less]
    rows = tuple(_line(one, group) for one in shown)
    columns = (
        Column("thing", group.one),
        Column("inside", f"{name}: have it", "percent", "share of the customers of the group"),
        Column("outside", "All others", "percent", "share of all other customers"),
        Column("members", "Customers", "count", "customers of the group who have it"),
        Column(
            "expected",
            "Expected",
            "count",
            "if the group did not matter, among customers with as many different things",
        ),
        Column("times", "Times expected", "ratio"),
        Column("told", "More than chance"),
    )
    hidden = sum(one.found for one in tested) - sum(one.found for one in shown)
    caption = f"{len(tested):,} of {len(group.marks):,} tested (at least {BUYERS} customers have them)."
    if hidden > 0:
        caption += f" {hidden:,} further ones differ; the clearest stand here."
    return Table(
        group.title,
        columns,
        rows,
        caption=caption,
        empty="Nothing here differs from the other customers by more than chance.",
    )


def _line(one: Mark, group: Marked) -> tuple[Any, ...]:
    outside = one.buyers - one.members
    told = "too few to tell" if one.q is None else ("yes" if one.found else "no")
    if one.found:
        told = "yes, more" if (one.times or 0.0) > 1 else "yes, less"
    return (
        one.name,
        one.members / group.inside if group.inside else None,
        outside / group.outside if group.outside else None,
        one.members,
        round(one.expected, 1),
        one.times,
        told,
    )


def _how(found: Profile) -> Text:
    return Text(
        "Counted are customers, not orders: one who buys a thing ten times counts once. Who buys more has more of everything, so "
        "“expected” looks at customers with as many different things only. What was sold only lately is had by those who bought lately: "
        "where a group is made by time, so are some of its marks. "
        f"{found.tests:,} tests were made on this page; they are adjusted together, so that of all the things marked “yes” at most "
        f"{LEVEL:.0%} are chance on average. A mark says that the group differs, not why: it does not follow that the thing made "
        "customers what they are.",
        title="How this was told apart from chance",
    )
