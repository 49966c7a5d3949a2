"""What one can ask of the scorecard, and write into it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from lifeworth.data import disk
from lifeworth.errors import DataError, NotFoundError, OptionError, WorkspaceError
from lifeworth.kpis.registry import catalogue
from lifeworth.report.spec import Page
from lifeworth.scorecard import card_page, changes, export, page, review_page
from lifeworth.scorecard.begin import begin_review, kept_of
from lifeworth.scorecard.changes import CardFile
from lifeworth.scorecard.files import business_of
from lifeworth.scorecard.minutes import Review
from lifeworth.scorecard.reviews import Reviews
from lifeworth.scorecard.standing import standing
from lifeworth.scorecard.targets import METRICS, propose, smart
from lifeworth.units import Period
from lifeworth.workspace import Workspace

MORE = 0.10
"""How much more customer equity is wanted where nothing is said."""


def scorecard(ws: Workspace) -> Page:
    """The Balanced Scorecard, filled from the company's own data: four perspectives, their objectives and measures."""
    of = standing(ws, arrows=False)
    return page.scorecard(of, kept_of(ws).still_open(of.scores, ws.as_of) if ws.store is not None else ())


def strategy(ws: Workspace) -> Page:
    """The strategy map: what is believed to move what, each arrow held to the company's own months."""
    return page.strategy(standing(ws))


def targets(ws: Workspace, *, equity: float | None = None, within: Period = Period(12, "months")) -> Page:
    """Which targets reach a wanted customer equity, and what each is worth.

    Args:
        ws: The workspace.
        equity: Customer equity wanted, of present and new customers; by default a tenth more than today.
        within: Time to reach it.
    """
    of = standing(ws, arrows=False)
    found = ws.facts["value"].get("elasticities")
    by = within.after(ws.as_of).isoformat()
    if not found:
        return page.targets(
            of,
            (),
            None,
            None,
            "The current run has no fitted model, so nothing is known of what moves customer equity.",
            by,
        )
    today = float(found["equity"])
    wanted = today * (1 + MORE) if equity is None else equity
    try:
        proposed = propose(found, wanted)
    except (DataError, OptionError) as error:
        return page.targets(of, (), today, wanted, str(error), by)
    figures = catalogue(ws.settings)
    owners = {one.metric: one.owner for one in of.card.measures.values() if one.metric}
    rows = []
    for one in proposed:
        metric = figures.metric(METRICS[one.lever])
        rows.append((one, metric.title, metric.kind, smart(one, metric.title, "", by, owners.get(metric.name, ""))))
    return page.targets(of, rows, today, wanted, "", by)


def reviews(ws: Workspace, *, show: str | None = None, take: Path | None = None) -> Page:
    """Reviews of the scorecard: what was decided, by whom until when, and whether it worked.

    Args:
        ws: The workspace.
        show: Name of one review, to see its figures and minutes.
        take: Folder to write a review into, as HTML that prints on A4, Excel and CSV: the one named, or the latest.

    Raises:
        NotFoundError: if there is no such review.
    """
    kept = kept_of(ws)
    one = None if show is None else kept.get(show)
    if take is not None:
        held = [one] if one is not None else kept.all()[:1]
        if not held:
            raise NotFoundError("No review has been held yet.", hint="Open one: lifeworth review --begin")
        _written(kept, held[0], take, ws.currency)
        one = held[0]
    if one is not None:
        return export.page_of(kept, one, ws.currency)
    of = standing(ws, arrows=False)
    still = kept.still_open(of.scores, ws.as_of)
    return review_page.reviews(kept.all(), kept.minutes(), still, as_of=ws.as_of, currency=ws.currency)


def review(
    ws: Workspace,
    *,
    begin: bool = False,
    close: bool = False,
    say: str | None = None,
    kind: Literal["comment", "decision", "action", "outcome"] = "comment",
    about: str = "",
    owner: str = "",
    due: date | None = None,
    follows: int | None = None,
    status: str = "",
    set_: dict[str, str] | None = None,
    by: str = "",
) -> Page:
    """Hold a review of the scorecard: freeze the figures, write minutes, end it. Nothing that was written is changed.

    Args:
        ws: The workspace.
        begin: Open a review and freeze the figures of the current run.
        close: End the open review.
        say: Words to write into the open review; with `set`, the reason of the change.
        kind: What they are.
        about: Name of the measure or objective they are about.
        owner: Who does it, of an action.
        due: Day by which, of an action.
        follows: Number of the decision or action an outcome follows.
        status: What became of it: done, running, dropped, worked, did not work.
        set_: Changes of the measure: target, target_on, goal, red, red_above, baseline or weight and its new value.
        by: Who writes.

    Raises:
        OptionError: if there is no open review, two would be open, or an entry lacks what its kind needs.
    """
    kept = kept_of(ws)
    is_open = begin_review(ws, kept, by=by) if begin else kept.open_one()
    if is_open is None:
        raise OptionError("No review is open.", hint="Open one: lifeworth review --begin")
    name = is_open.review_id
    if set_:
        if not about or say is None:
            raise OptionError("A change names its measure and its reason.", hint="--about repeat_rate --say REASON")
        changes.change(kept, _card(ws), name, about, set_, say, by=by)
    elif say is not None:
        detail = {"status": status} if kind == "outcome" else {}
        kept.say(name, kind, say, by=by, subject=about, owner=owner, due=due, follows=follows, detail=detail)
    if close:
        kept.close(name)
    one, said = kept.get(name), kept.minutes(name)
    open_changes = () if one.closed_at else changes.unexplained(one, said, _card(ws).now())
    return review_page.review(one, said, kept.promised_before(one), unexplained=open_changes, currency=ws.currency)


def card(
    ws: Workspace,
    *,
    start: bool = False,
    put: str | None = None,
    set_: dict[str, str] | None = None,
    drop: str | None = None,
) -> Page:
    """The scorecard as it is written: every entry with its fields; changed by name, comments of the file kept.

    Args:
        ws: The workspace.
        start: Copy ours into the workspace as scorecard.toml, to be changed by hand.
        put: An entry to put in or change: measures.NAME, objectives.NAME, initiatives.NAME, perspectives.NAME, or arrows.CAUSE:EFFECT.
        set_: Its fields and their values; an empty value takes the field away.
        drop: An entry to take away.

    Raises:
        OptionError: naming every field that cannot be used; nothing is written then.
    """
    cards = _card(ws)
    if start:
        if cards.now().own:
            raise WorkspaceError(f"{cards.now().source} is there already.", hint="Change it, or move it away first.")
        cards.write(cards.now().text)
    if put is not None:
        cards.put(*_entry(put), set_ or {})
    if drop is not None:
        cards.drop(*_entry(drop))
    return card_page.page(cards.now(), currency=ws.currency, as_of=ws.as_of)


def _entry(name: str) -> tuple[str, str]:
    section, _, entry = name.partition(".")
    if not entry:
        raise OptionError(f'"{name}" names no entry.', hint="measures.repeat_rate, or arrows.nps:retention_rate")
    return section, entry


def _written(kept: Reviews, one: Review, folder: Path, currency: str) -> None:
    with disk.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name in export.FILES:
        disk.write_bytes(folder / export.name_of(one, name), export.file(kept, one, name, currency))


def _card(ws: Workspace) -> CardFile:
    if ws.store is None:
        raise WorkspaceError("This workspace has no folder to keep a scorecard in.", hint="--workspace DIR")
    return CardFile(ws.store.root, business_of(ws))
