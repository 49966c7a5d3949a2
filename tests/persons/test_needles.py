"""What tells of a person is found as a word of its own, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lifeworth.persons.needles import GONE, Needles, is_telling, names_customers

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
IDS = st.one_of(
    st.from_regex(r"[A-Z]{1,3}-?[0-9]{3,8}", fullmatch=True),
    st.from_regex(r"[0-9]{1,12}", fullmatch=True),
    st.emails(),
    st.uuids().map(str),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize("value", ["C100017", "a@b.de", "4711000", "Ann Lee-Smith", "+33 6 00 11 22"])
def test_what_nobody_else_can_mean_tells_by_itself(value):
    assert is_telling(value)


@pytest.mark.parametrize("value", ["17", "123456", "A1", "Ann", "Lee Ann", "customer"])
def test_what_may_mean_anything_does_not(value):
    assert not is_telling(value)


@given(IDS, WORDS, WORDS)
def test_a_telling_word_between_others_is_found_and_replaced(value, before, after):
    assume(is_telling(value))
    needles = Needles((value,), to="p-1")
    text = f"{before} {value} {after}"
    assert needles.may_hold(text)
    assert needles.holds(text)
    assert not needles.holds(needles.cleared(text))
    assume(value not in f"{before} {after}")
    assert needles.cleared(text) == f"{before} p-1 {after}"


@given(IDS, WORDS)
def test_a_text_without_it_stays_as_it_is(value, text):
    assume(value.lower() not in text.lower())
    needles = Needles((value,), to="p-1")
    assert needles.cleared(text) == text
    assert not needles.holds(text)


@given(IDS, JSON)
def test_json_without_it_stays_as_it_is_and_with_it_has_the_stand_in(value, said):
    needles = Needles((value,), ("ann@lee.org",), to="p-1")
    assume(value.lower() not in json.dumps(said, ensure_ascii=False).lower())
    assert needles.walked(said) == said
    held = {"customer_id": value, "inner": {"customer": {"id": value}}, "said": said, "mail": "to ann@lee.org"}
    fresh = needles.walked(held)
    assert fresh == {"customer_id": "p-1", "inner": {"customer": {"id": "p-1"}}, "said": said, "mail": f"to {GONE}"}
    assert needles.walked(fresh) == fresh


def test_a_plain_id_is_left_where_it_may_be_anything():
    needles = Needles(("17",), to="p-1")
    said = {"rows": 17, "id": 17, "customer_id": 17, "text": "17 rows", "at": "/api/v1/customers/17?x=17&customer=17"}
    assert needles.walked(said) == {
        "rows": 17, "id": 17, "customer_id": "p-1", "text": "17 rows", "at": "/api/v1/customers/p-1?x=17&customer=p-1",
    }  # fmt: skip


def test_a_longer_id_is_another():
    needles = Needles(("C1000",), to="p-1")
    for other in ("C10001", "AC1000", "C1000x", "xC1000"):
        assert not needles.holds(f"see {other}.")
    assert needles.cleared("C1000, C1000-7; (C1000)") == "p-1, p-1-7; (p-1)"


def test_an_id_that_is_part_of_others_is_found_only_by_itself():
    needles = Needles(("ACME-1",), to="p-1", crowded=frozenset({"ACME-1"}))
    assert needles.cleared("ACME-1 and ACME-1-UK, not.ACME-1, ACME-1.") == "p-1 and ACME-1-UK, not.ACME-1, p-1."


def test_however_it_is_written_it_is_found():
    needles = Needles(("x",), ("o'neil & søn@example.org",), to="p-1")
    for text in ("o&#x27;neil &amp; søn@example.org", r"o'neil & s\u00f8n@example.org", "o%27neil%20%26%20s%C3%B8n%40example.org"):  # fmt: skip
        assert needles.holds(text), text
        assert needles.cleared(text) == GONE


@pytest.mark.parametrize("name", ["Customer ID", "customer_id", "Client no", "referrer_id", "customer"])
def test_columns_that_name_customers_are_known(name):
    assert names_customers(name)


@pytest.mark.parametrize("name", ["order_id", "product_id", "id", "campaign"])
def test_other_columns_are_not_taken_for_one(name):
    assert not names_customers(name)
