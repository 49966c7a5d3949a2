from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lifeworth.dashboard import address

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(st.dictionaries(TEXTS, TEXTS, max_size=8))
def test_filters_come_back_from_an_address_as_they_went_in(said: dict[str, str]) -> None:
    assert address.filters(address.search(said)) == said


@given(TEXTS.filter(lambda one: "/" not in one), st.lists(TEXTS, max_size=3))
def test_a_place_comes_back_from_a_path_as_it_went_in(page: str, below: list[str]) -> None:
    assert address.place(address.path(page, *below)) == (page, tuple(below))


@given(st.text(max_size=200))
def test_no_search_is_too_strange_to_be_read(search: str) -> None:
    assert all(value for value in address.filters(search).values())


def test_what_says_nothing_is_left_out_of_an_address() -> None:
    assert address.search({"by": "", "metric": None}) == ""
    assert address.search({"metric": "revenue", "by": "month"}) == "?by=month&metric=revenue"


def test_an_address_with_very_many_filters_keeps_the_first() -> None:
    assert len(address.filters("?" + "&".join(f"n{turn}=1" for turn in range(500)))) == address.MOST
