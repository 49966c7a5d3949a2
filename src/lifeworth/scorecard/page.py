"""The scorecard as a page: the score of the whole, the four perspectives with their measures, the strategy map, what is promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lifeworth.report.board import Board, Tab
from lifeworth.report.format import text
from lifeworth.report.spec import (
    Axis,
    Block,
    Chart,
    Column,
    Kind,
    Link,
    Network,
    Node,
    Page,
    Series,
    Stat,
    Stats,
    Table,
    Text,
    Tone,
    Value,
)
from lifeworth.scorecard.arrows import FALSE, Found
from lifeworth.scorecard.card import PERSPECTIVES, Arrow, Scorecard
from lifeworth.scorecard.files import Held
from lifeworth.scorecard.fill import Filled
from lifeworth.scorecard.minutes import Open
from lifeworth.scorecard.roll_up import Rolled, RolledUp
from lifeworth.scorecard.scoring import GOAL, RED
from lifeworth.scorecard.targets import Proposal

BOARDS = (
    Board(
        "scorecard",
        "Scorecard",
        "Steering",
        10,
        "steering",
        "Where the company stands against its goals, in four perspectives, and what moves what.",
        (
            Tab("scorecard", "Scorecard"),
            Tab("strategy", "Strategy map"),
            Tab("targets", "Targets"),
            Tab("reviews", "Reviews"),
        ),
        links=(("Hold a review", "/review"), ("Edit the scorecard", "/card")),
    ),
)

SCORE = "0 to 10; at 10/3 somebody has to act (red flag), at 20/3 the goal is reached."
VERDICTS: dict[str, tuple[str, Tone]] = {
    "seen": ("seen", "good"),
    "contradicted": ("the other way", "bad"),
    "not seen": ("not seen", "plain"),
    "not enough data": ("not enough data", "plain"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A card with everything known of it on a day.

    Attributes:
        held: The text of the card.
        arrows: What the months say of each arrow of the card, in its order.
    """

    card: Scorecard
    held: Held
    filled: Mapping[str, Filled]
    rolled: RolledUp
    arrows: Sequence[Found]
    as_of: date
    currency: str

    @property
    def scores(self) -> dict[str, float | None]:
        """Scores of measures and objectives, by name."""
        measures = {name: one.score for name, one in self.filled.items()}
        return {**measures, **{name: one.score for name, one in self.rolled.objectives.items()}}


def scorecard(of: Standing, still: Sequence[Open] = ()) -> Page:
    """The whole card."""
    whole = of.rolled.whole
    items = [_score_stat("Score of the card", whole, of.as_of)]
    items += [
        _score_stat(of.card.perspectives[name].title, of.rolled.perspectives[name], of.as_of) for name in PERSPECTIVES
    ]
    blocks: list[Block] = [Stats(tuple(items)), _profile(of)]
    if late := [one for one in still if one.late]:
        names = "; ".join(f"{one.minute.text} ({one.minute.owner}, {one.minute.due})" for one in late[:5])
        blocks.append(Text(names, tone="warning", title=f"{len(late)} promised and past its day"))
    blocks += [_perspective(of, name) for name in PERSPECTIVES]
    blocks += _initiatives(of)
    blocks += _missing(of)
    lead = of.card.vision or "Four perspectives, filled from the company's own data."
    return Page("scorecard", of.card.title, tuple(blocks), lead, of.currency, of.as_of)


def strategy(of: Standing) -> Page:
    """The strategy map, and every arrow held to the data."""
    seen = [one for one in of.arrows if one.verdict == "seen"]
    words = (
        f"{len(of.arrows)} arrows are believed. The company's own months show {len(seen)} of them; of all arrows called seen at most "
        f"{FALSE:.0%} are chance. Seen means that the two moved in this order, trend and season taken off; it is no proof that one moves the other."
    )
    blocks: tuple[Block, ...] = (Text(words), network(of), _arrows(of))
    lead = "Causes lie below, effects above: what people know and have, what the company does with it, how customers answer, what it brings."
    return Page("strategy", "Strategy map", blocks, lead, of.currency, of.as_of)


def network(of: Standing) -> Network:
    """Objectives in four layers; between them the strongest thing known of the arrows of their measures."""
    objective = {name: one.objective for name, one in of.card.measures.items()}
    titles = {name: of.card.perspectives[name].title for name in PERSPECTIVES}
    nodes = tuple(
        Node(
            name,
            one.title,
            titles[one.perspective],
            of.rolled.objectives[name].score,
            "ratio",
            tone_of(of.rolled.objectives[name].score),
            ", ".join(of.filled[key].title for key in of.card.measures_of(name)),
        )
        for name, one in of.card.objectives.items()
    )
    rank = ("seen", "contradicted", "not seen", "not enough data")
    links: dict[tuple[str, str], tuple[int, Link]] = {}
    for arrow, found in zip(of.card.arrows, of.arrows, strict=True):
        ends = objective[arrow.cause], objective[arrow.effect]
        if ends[0] == ends[1]:
            continue
        word, tone = VERDICTS[found.verdict]
        note = f"{of.filled[arrow.cause].title} → {of.filled[arrow.effect].title}, {arrow.lag} later: {word}"
        link = Link(*ends, word, tone, "solid" if found.verdict == "seen" else "dashed", note)
        place = rank.index(found.verdict)
        if ends not in links or place < links[ends][0]:
            links[ends] = place, link
    return Network(
        "Strategy map",
        tuple(titles[name] for name in PERSPECTIVES),
        nodes,
        tuple(link for _, link in links.values()),
        caption="The number is the score of the objective. A solid green arrow is seen in the data, a dashed one is believed; red runs the other way.",
        empty="The card has no objectives.",
    )


def targets(of: Standing, proposals: Sequence[tuple[Proposal, str, Kind, str]], equity: float | None, wanted: float | None, why: str, by: str) -> Page:  # fmt: skip
    """Which targets reach a wanted customer equity.

    Args:
        of: The card.
        proposals: Each with the title of its figure, how it reads, and its SMART form.
        equity: Customer equity today, with new customers.
        wanted: Customer equity wanted.
        why: Why nothing is proposed.
        by: The day by which.
    """
    if why or equity is None or wanted is None:
        only = Text(why or "Customer equity is not known.", tone="warning", title="No targets can be derived")
        return Page("targets", "Targets with reasons", (only,), currency=of.currency, as_of=of.as_of)
    head = Stats(
        (
            Stat("Customer equity today", equity, "money", "Of present customers and of those to be acquired within the horizon.", as_of=of.as_of, source="model"),
            Stat("Customer equity wanted", wanted, "money", f"To be reached by {by}.", note=f"{wanted / equity - 1:.1%} more"),
        )
    )  # fmt: skip
    columns = (
        Column("figure", "Figure"),
        Column("today", "Today"),
        Column("target", "Target"),
        Column("change", "Change", "percent"),
        Column("worth", "Worth alone", "money", "customer equity added if only this target is reached", bar=True),
        Column("elasticity", "Elasticity", "ratio", "percent more equity for one percent more"),
        Column("sure", "Sure", "text", "whether the interval of the elasticity leaves no doubt that it helps"),
        Column("smart", "In words"),
    )
    rows = tuple(
        (
            title,
            text(one.today, kind, of.currency),
            text(one.target, kind, of.currency),
            one.change,
            one.worth,
            one.elasticity,
            "yes" if one.sure else "not sure",
            words,
        )
        for one, title, kind, words in proposals
    )
    table = Table(
        "Every lever by the same share",
        columns,
        rows,
        "All together reach the wanted equity by what the model says at today's point. What reaching a target costs is not in it.",
    )
    return Page(
        "targets",
        "Targets with reasons",
        (head, table),
        "What each lever would have to do, and what that is worth.",
        of.currency,
        of.as_of,
    )


def tone_of(score: float | None) -> Tone:
    """What a score says at a glance."""
    if score is None:
        return "plain"
    return "bad" if score <= RED else "good" if score >= GOAL else "warning"


def _score_stat(name: str, rolled: Rolled, as_of: date) -> Stat:
    note = "" if rolled.known >= 1 else f"{rolled.known:.0%} of the weight is known"
    return Stat(name, rolled.score, "ratio", SCORE, as_of=as_of, source="scorecard", note=note)


def _profile(of: Standing) -> Chart:
    known = [(name, of.rolled.objectives[name].score) for name in of.card.objectives]
    names = tuple(of.card.objectives[name].title for name, score in known if score is not None)
    scores = tuple(score for _, score in known if score is not None)
    return Chart(
        "bar",
        "Scores of the objectives",
        Axis("", "text"),
        Axis("Score", "ratio"),
        (Series("Score", names, scores),),
        caption=f"The goal is at {GOAL:.1f}, the red flag at {RED:.1f}.",
    )


def _perspective(of: Standing, name: str) -> Table:
    side = of.card.perspectives[name]
    rows: list[tuple[Value, ...]] = []
    totals = []
    for key, objective in of.card.objectives_of(name).items():
        rolled = of.rolled.objectives[key]
        totals.append(len(rows))
        rows.append((objective.title, "", "", "", "", rolled.score, None, objective.owner, objective.why))
        for measure in of.card.measures_of(key):
            one = of.filled[measure]
            rows.append(
                (
                    f"  {one.title}",
                    text(one.value, one.kind, of.currency),
                    text(one.before, one.kind, of.currency),
                    "" if one.band is None else text(one.band.red, one.kind, of.currency),
                    "" if one.band is None else text(one.band.goal, one.kind, of.currency),
                    one.score,
                    one.progress,
                    of.card.measures[measure].owner,
                    one.why or one.meaning,
                )
            )
    columns = (
        Column("what", "Objective and measures"),
        Column("value", "Now"),
        Column("before", "Period before"),
        Column("red", "Red flag"),
        Column("goal", "Goal"),
        Column("score", "Score", "ratio", SCORE),
        Column("progress", "Progress", "percent", "share of the way from the baseline to the target"),
        Column("owner", "Owner"),
        Column("meaning", "What it means for customer value"),
    )
    return Table(side.title, columns, tuple(rows), side.question, emphasis=tuple(totals))


def _initiatives(of: Standing) -> list[Block]:
    if not of.card.initiatives:
        return []
    columns = (
        Column("what", "Initiative"),
        Column("moves", "Is to move"),
        Column("owner", "Owner"),
        Column("budget", "Budget", "money"),
        Column("spent", "Spent", "money"),
        Column("due", "Due", "date"),
        Column("status", "Status"),
        Column("score", "Score of the measure", "ratio"),
    )
    rows = tuple(
        (one.title, of.filled[one.measure].title, one.owner, one.budget, one.spent, one.due, _status(one.status, one.due, of.as_of), of.filled[one.measure].score)
        for one in of.card.initiatives.values()
    )  # fmt: skip
    return [Table("Initiatives", columns, rows)]


def _status(status: str, due: date | None, today: date) -> str:
    return f"{status}, late" if status in {"planned", "running"} and due is not None and due < today else status


def _missing(of: Standing) -> list[Block]:
    gone = [one for one in of.filled.values() if one.score is None]
    if not gone:
        return []
    rows = tuple((one.title, one.why or "no value", one.source) for one in gone)
    columns = (Column("measure", "Measure"), Column("why", "Why"), Column("needs", "Comes from"))
    caption = "Missing measures count neither as zero nor as met: the share of the weight that is known stands beside each score."
    return [Table("What could not be scored", columns, rows, caption)]


def _arrows(of: Standing) -> Table:
    columns = (
        Column("cause", "Cause"),
        Column("effect", "Effect"),
        Column("lag", "Later by"),
        Column("believed", "Believed"),
        Column("verdict", "In the data"),
        Column("strength", "Strength", "ratio", "correlation of what is left of both, −1 to 1"),
        Column("low", "5 % point", "ratio"),
        Column("high", "95 % point", "ratio"),
        Column("months", "Months", "count"),
        Column("chance", "Chance", "percent", "probability of so strong a connection where there is none"),
        Column("why", "Note"),
    )
    rows = tuple(_arrow(of, arrow, found) for arrow, found in zip(of.card.arrows, of.arrows, strict=True))
    return Table(
        "Arrows held to the data",
        columns,
        rows,
        "Strongest evidence first is not the order: arrows stand as on the card.",
    )


def _arrow(of: Standing, arrow: Arrow, found: Found) -> tuple[Value, ...]:
    return (
        of.filled[arrow.cause].title,
        of.filled[arrow.effect].title,
        str(arrow.lag),
        "more → more" if arrow.sign == "+" else "more → less",
        VERDICTS[found.verdict][0],
        found.strength,
        found.low,
        found.high,
        found.months or None,
        found.chance,
        found.why or arrow.why,
    )
