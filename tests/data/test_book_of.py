"""The book of a folder is that folder's, wherever the program stands when it opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifeworth.data.book import book_of


def test_a_folder_named_from_here_is_not_mixed_up_with_one_of_that_name_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = []
    for place in ("one", "other"):
        (tmp_path / place / "shop").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / place)
        # Not closed: connections of the first are still at hand when the second is opened.
        keys.append(book_of(Path("shop")).secret("x", lambda place=place: place))
    assert keys == ["one", "other"]
