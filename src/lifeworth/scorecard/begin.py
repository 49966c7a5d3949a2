"""The begin of a review: the figures of the run in hand, frozen with the card they stand on."""

from __future__ import annotations

from datetime import date

from lifeworth.data.book import book_of
from lifeworth.errors import OptionError, WorkspaceError
from lifeworth.scorecard.minutes import Review
from lifeworth.scorecard.reviews import Reviews
from lifeworth.scorecard.standing import standing
from lifeworth.workspace import Workspace


def begin_review(ws: Workspace, kept: Reviews, *, by: str) -> Review:
    """Open a review and freeze the figures of the run.

    Args:
        ws: The workspace.
        kept: Its reviews.
        by: Who begins it.

    Raises:
        OptionError: if another one is open.
    """
    if (is_open := kept.open_one()) is not None:
        raise OptionError(
            f"The review {is_open.review_id} is open still.", hint="End it first: lifeworth review --close"
        )
    of = standing(ws, arrows=False)
    run_id = "" if ws.store is None or ws.store.current_folder is None else ws.store.current_folder.name
    name = kept.begin(of.card, of.held.text, of.filled, of.rolled, as_of=ws.as_of, run_id=run_id, by=by, on=date.today())  # noqa: DTZ011 - a review is held on the calendar day of those who hold it  # fmt: skip
    return kept.get(name)


def kept_of(ws: Workspace) -> Reviews:
    """The reviews of a workspace.

    Raises:
        WorkspaceError: if it has no folder.
    """
    if ws.store is None:
        raise WorkspaceError("This workspace has no folder to keep reviews in.", hint="--workspace DIR")
    return Reviews(book_of(ws.store.root))
