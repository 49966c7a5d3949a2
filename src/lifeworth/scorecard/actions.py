"""What one can ask of the scorecard, and write into it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from lifeworth.data.book import book_of
from lifeworth.errors import DataError, OptionError, WorkspaceError
from lifeworth.kpis.registry import catalogue
from lifeworth.report.spec import Page
from lifeworth.scorecard import page, review_page
from lifeworth.scorecard.page import Standing
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
    return page.scorecard(of, _kept(ws).still_open(_scores(of), ws.as_of) if ws.store is not None else ())


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


def reviews(ws: Workspace, *, show: str | None = None) -> Page:
    """Reviews of the scorecard: what was decided, by whom until when, and whether it worked.

    Args:
        ws: The workspace.
        show: Name of one review, to see its figures and minutes.

    Raises:
        NotFoundError: if there is no such review.
    """
    kept = _kept(ws)
    if show is not None:
        return review_page.review(kept.get(show), kept.minutes(show), currency=ws.currency)
    of = standing(ws, arrows=False)
    still = kept.still_open(_scores(of), ws.as_of)
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
    by: str = "",
) -> Page:
    """Hold a review of the scorecard: freeze the figures, write minutes, end it. Nothing that was written is changed.

    Args:
        ws: The workspace.
        begin: Open a review and freeze the figures of the current run.
        close: End the open review.
        say: Words to write into the open review.
        kind: What they are.
        about: Name of the measure or objective they are about.
        owner: Who does it, of an action.
        due: Day by which, of an action.
        follows: Number of the decision or action an outcome follows.
        status: What became of it: done, running, dropped, worked, did not work.
        by: Who writes.

    Raises:
        OptionError: if there is no open review, two would be open, or an entry lacks what its kind needs.
    """
    kept = _kept(ws)
    is_open = next((one for one in kept.all() if one.closed_at is None), None)
    if begin:
        if is_open is not None:
            raise OptionError(
                f"The review {is_open.review_id} is open still.", hint="End it first: lifeworth review --close"
            )
        of = standing(ws, arrows=False)
        text = of.source
        run_id = "" if ws.store is None or ws.store.current_folder is None else ws.store.current_folder.name
        name = kept.begin(of.card, text, of.filled, of.rolled, as_of=ws.as_of, run_id=run_id, by=by, on=date.today())  # noqa: DTZ011 - a review is held on the calendar day of those who hold it
        is_open = kept.get(name)
    if is_open is None:
        raise OptionError("No review is open.", hint="Open one: lifeworth review --begin")
    if about and about not in is_open.frozen["measures"] and about not in is_open.frozen["objectives"]:
        known = [*is_open.frozen["objectives"], *is_open.frozen["measures"]]
        raise OptionError(f'The card has no measure or objective "{about}".', allowed=known)
    if say is not None:
        detail = {"status": status} if kind == "outcome" else {}
        kept.say(
            is_open.review_id, kind, say, by=by, subject=about, owner=owner, due=due, follows=follows, detail=detail
        )
    if close:
        kept.close(is_open.review_id)
    return review_page.review(kept.get(is_open.review_id), kept.minutes(is_open.review_id), currency=ws.currency)


def _scores(of: Standing) -> dict[str, float | None]:
    measures = {name: one.score for name, one in of.filled.items()}
    return {**measures, **{name: one.score for name, one in of.rolled.objectives.items()}}


def _kept(ws: Workspace) -> Reviews:
    if ws.store is None:
        raise WorkspaceError("This workspace has no folder to keep reviews in.", hint="--workspace DIR")
    return Reviews(book_of(ws.store.root))
