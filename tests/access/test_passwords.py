"""Passwords: too easy ones are refused with all reasons, the kept ones tell nothing and open the door to one text only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.access import passwords
from lifeworth.access.passwords import COST
from lifeworth.errors import OptionError


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "needs 12"),
        ("", "needs 12"),
        ("x" * 300, "longer than 256"),
        ("aaaaaaaabbbb", "fewer than 5 different"),
        ("ada lovelace 1815", "your name"),
        ("LifeWorth is good", "name of this product"),
    ],
)
def test_an_easy_password_is_refused_with_its_reason(password: str, why: str) -> None:
    with pytest.raises(OptionError) as refused:
        passwords.check(password, "Ada Lovelace")
    assert why in " ".join(refused.value.faults)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(OptionError) as refused:
        passwords.check("aaaa", "aaaa")
    assert len(refused.value.faults) == 3


def test_a_sentence_is_a_good_password() -> None:
    passwords.check("correct horse battery", "Ada")


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_a_kept_password_fits_itself_and_nothing_else(one: str, other: str) -> None:
    kept = passwords.keep(one)
    assert passwords.fits(one, kept)
    assert passwords.fits(other, kept) is (passwords._normal(one) == passwords._normal(other))


def test_the_same_password_is_never_kept_the_same_way_twice() -> None:
    assert passwords.keep("correct horse") != passwords.keep("correct horse")


def test_what_is_kept_does_not_hold_the_password() -> None:
    assert "correct" not in passwords.keep("correct horse battery")


def test_another_keyboard_types_the_same_password() -> None:
    assert passwords.fits("caf\u0065\u0301 au lait x", passwords.keep("caf\u00e9 au lait x"))


def test_nobody_is_let_in_without_a_kept_password() -> None:
    assert not passwords.fits("", None)
    assert not passwords.fits("nobody is known", None)


def test_a_password_kept_at_an_older_cost_still_fits_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = passwords.keep("correct horse battery")
    monkeypatch.setattr(passwords, "COST", passwords.Cost(2**5, 8, 1))
    assert passwords.fits("correct horse battery", kept)
    assert passwords.outdated(kept)
    assert not passwords.outdated(passwords.keep("correct horse battery"))


def test_the_cost_in_use_is_one_that_owasp_names() -> None:
    """The password storage page of OWASP names, for scrypt with r = 8: n = 2^17 p = 1, 2^16 p = 2, 2^15 p = 3, 2^14 p = 5, 2^13 p = 10."""
    assert (COST.n, COST.r, COST.p) in {(2**17, 8, 1), (2**16, 8, 2), (2**15, 8, 3), (2**14, 8, 5), (2**13, 8, 10)}
    assert 128 * COST.n * COST.r < passwords.MEMORY
