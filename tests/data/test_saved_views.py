from __future__ import annotations

from pathlib import Path

import pytest

from lifeworth.data.book import book_of
from lifeworth.data.saved_views import SavedViews
from lifeworth.errors import NotFoundError, OptionError


@pytest.fixture
def views(tmp_path: Path) -> SavedViews:
    return SavedViews(book_of(tmp_path))


def test_one_sees_ones_own_views_and_shared_ones(views: SavedViews) -> None:
    views.save("ada", "Mine", "/cohorts?by=channel")
    views.save("ada", "Ours", "/cohorts", shared=True)
    assert [one.name for one in views.seen_by("ada")] == ["Mine", "Ours"]
    assert [one.name for one in views.seen_by("ben")] == ["Ours"]


def test_views_are_listed_page_by_page(views: SavedViews) -> None:
    views.save("ada", "A", "/cohorts?by=channel")
    views.save("ada", "B", "/clv")
    assert [one.name for one in views.seen_by("ada", "/cohorts")] == ["A"]


def test_a_view_of_the_same_name_is_replaced(views: SavedViews) -> None:
    views.save("ada", "Mine", "/clv")
    views.save("ada", "  Mine ", "/cohorts")
    assert [one.address for one in views.seen_by("ada")] == ["/cohorts"]


def test_nobody_deletes_the_view_of_another(views: SavedViews) -> None:
    kept = views.save("ada", "Ours", "/clv", shared=True)
    with pytest.raises(NotFoundError):
        views.delete(kept.view_id, "ben")
    views.delete(kept.view_id, None)
    assert not views.seen_by("ada")


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "clv", "", "/a b", "/" + "x" * 3000]
)
def test_a_view_leads_nowhere_else(address: str, views: SavedViews) -> None:
    with pytest.raises(OptionError):
        views.save("ada", "Bad", address)


@pytest.mark.parametrize("name", ["", "   ", "x" * 200, "a\x00b"])
def test_a_view_has_a_name_that_can_be_read(name: str, views: SavedViews) -> None:
    with pytest.raises(OptionError):
        views.save("ada", name, "/clv")


def test_a_person_keeps_so_many_views_and_no_more(views: SavedViews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lifeworth.data.saved_views.MOST", 2)
    for name in "ab":
        views.save("ada", name, "/clv")
    with pytest.raises(OptionError):
        views.save("ada", "c", "/clv")
