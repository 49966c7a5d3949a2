"""The same data through every tool's rules, and in money why two of them differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lifeworth.kpis.presets.bridge import Bridge
from lifeworth.kpis.presets.figures import Answer
from lifeworth.kpis.presets.rules import TERMS, Tool
from lifeworth.report.format import text
from lifeworth.report.spec import Block, Column, Page, Stat, Stats, Table, Text

Answers = Mapping[str, tuple[Tool, tuple[Answer, ...]]]


def presets(
    found: Answers,
    bridges: Sequence[Bridge],
    notes: Sequence[str],
    *,
    as_of: date,
    currency: str,
) -> Page:
    """All tools side by side.

    Args:
        found: Each tool with its figures, by name.
        bridges: Why a tool's figure is another than ours.
        notes: What could not be shown, and why.
        as_of: Last observed day.
        currency: Currency of the money.
    """
    blocks: list[Block] = [Text(note, tone="warning") for note in notes]
    subscriptions = [one for one in found.values() if one[0].reading is not None]
    shops = [one for one in found.values() if one[0].reading is None]
    if len(subscriptions) > 1:
        blocks.append(_side_by_side(subscriptions, currency))
    if bridges:
        blocks.append(_reconciled(bridges))
    for tool, answers in [*subscriptions, *shops]:
        blocks.append(_stats(tool, answers, as_of))
    return Page(
        "presets",
        "As other tools count",
        tuple(blocks),
        lead="The same data by each tool's own rules, and in money why their figures are not ours.",
        currency=currency,
        as_of=as_of,
    )


def preset(
    tool: Tool,
    answers: Sequence[Answer],
    terms: Mapping[str, float | None],
    bridges: Sequence[Bridge],
    gates: Sequence[bool],
    *,
    as_of: date,
    currency: str,
) -> Page:
    """One tool: its figures, its rules, the terms they are made of, and why they are not ours."""
    blocks: list[Block] = [Text(tool.about, title="Its rules"), _stats(tool, answers, as_of, title="")]
    if gates:
        blocks.append(_gates(tool, gates))
    if bridges:
        blocks.append(_reconciled(bridges))
    used = [name for name in TERMS if name in terms and any(name in answer.figure.formula for answer in answers)]
    columns = (Column("term", "Term"), Column("about", "What it is"), Column("value", "Value", "number"))
    rows = tuple((name, TERMS[name][0], terms[name]) for name in used)
    blocks.append(Table("What they are made of", columns, rows))
    return Page(
        "presets",
        f"As {tool.title} counts",
        tuple(blocks),
        lead=f"After {tool.source}.",
        currency=currency,
        as_of=as_of,
    )


def _stats(tool: Tool, answers: Sequence[Answer], as_of: date, *, title: str | None = None) -> Stats:
    items = tuple(
        Stat(
            one.figure.title,
            one.value,
            one.figure.kind,
            f"{one.figure.rule} ({one.figure.formula})",
            as_of=as_of,
            source="subscriptions" if tool.reading is not None else "orders",
            note=one.why,
        )
        for one in answers
    )
    return Stats(items, tool.title if title is None else title)


def _side_by_side(tools: Sequence[tuple[Tool, tuple[Answer, ...]]], currency: str) -> Table:
    """Figures that several tools have, a column a tool."""
    names = [figure.name for figure in tools[0][0].figures]
    rows = []
    for name in names:
        line: list[str] = [next(figure.title for figure in tools[0][0].figures if figure.name == name)]
        for _, answers in tools:
            one = next((answer for answer in answers if answer.figure.name == name), None)
            line.append("" if one is None else text(one.value, one.figure.kind, currency))
        rows.append(tuple(line))
    columns = (Column("figure", "Figure"), *(Column(tool.name, tool.title) for tool, _ in tools))
    caption = "The same subscriptions; days, denominators and what counts differ. Where a tool has no such figure the cell is empty."
    return Table("Side by side", columns, tuple(rows), caption)


def _reconciled(bridges: Sequence[Bridge]) -> Table:
    """Every bridge as lines: our figure, each rule with what it moves, the tool's figure."""
    rows: list[tuple[str, str, str, float]] = []
    totals = []
    for bridge in bridges:
        if bridge.start == bridge.end and not any(step.amount for step in bridge.steps):
            rows.append((bridge.tool, bridge.figure, "its rules make no difference here", bridge.end))
            continue
        rows.append((bridge.tool, bridge.figure, "by our rules", bridge.start))
        rows += [(bridge.tool, bridge.figure, step.rule, step.amount) for step in bridge.steps if step.amount]
        totals.append(len(rows))
        rows.append((bridge.tool, bridge.figure, f"as {bridge.tool} counts", bridge.end))
    columns = (
        Column("tool", "Tool"),
        Column("figure", "Figure"),
        Column("rule", "Why"),
        Column("amount", "Amount", "money", "an amount, or what a rule adds to it"),
    )
    caption = "Our figure and what each rule moves add up to the tool's figure, without a remainder."
    return Table("Why they differ, in money", columns, tuple(rows), caption, emphasis=tuple(totals))


def _gates(tool: Tool, gates: Sequence[bool]) -> Table:
    columns = (Column("condition", f"{tool.title} shows predictions only with"), Column("met", "Met here"))
    rows = tuple((condition, "yes" if met else "no") for condition, met in zip(tool.gates, gates, strict=True))
    said = "would show" if all(gates) else "would leave blank"
    return Table("Would it show them?", columns, rows, f"{tool.title} {said} predictions for these data.")
