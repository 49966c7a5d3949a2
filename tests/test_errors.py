"""The error tree: every error has a code, an exit status and an HTTP status, and says what to do."""

from __future__ import annotations

import re

import pytest

from lifeworth import errors
from lifeworth.errors import ColumnError, InputError, LifeworthError, near

TREE = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LifeworthError)]


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_the_tree_in_the_docstring_tells_the_truth(kind: type[LifeworthError]) -> None:
    drawn = re.search(rf"\b{kind.__name__}\s+(\d)?\s*(\d{{3}})?", errors.__doc__ or "")
    assert drawn is not None, "not drawn"
    if drawn[1]:
        assert (kind.exit_status, kind.http_status) == (int(drawn[1]), int(drawn[2]))


def test_codes_are_not_used_twice() -> None:
    codes = [kind.code for kind in TREE]
    assert len(codes) == len(set(codes))


def test_a_message_holds_what_is_allowed_the_hint_and_every_fault() -> None:
    error = InputError("No.", allowed=[1, "two"], hint="Try again.", faults=["row 1", "row 2"])
    assert str(error) == "No.\nAllowed: 1, two.\nTry again.\n  - row 1\n  - row 2"


def test_a_bare_message_stays_bare() -> None:
    assert str(ColumnError("No date column.")) == "No date column."


def test_the_near_match_is_offered() -> None:
    assert near("custmer_id", ["order_id", "customer_id"]) == 'Did you mean "customer_id"?'


def test_nothing_is_offered_when_nothing_is_near() -> None:
    assert near("colour", ["order_id", "customer_id"]) == ""
