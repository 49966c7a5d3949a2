from __future__ import annotations

from lifeworth.docstring import words


def sample(first: int, *, second: str = "") -> None:
    """Do a thing with `first`.

    Args:
        first: How often,
            over two lines.
        second: By which `name`.

    Raises:
        ValueError: never.
    """


def test_a_docstring_is_told_apart_into_its_words_and_its_arguments() -> None:
    about, arguments = words(sample)
    assert about == "Do a thing with first."
    assert arguments == {"first": "How often, over two lines.", "second": "By which name."}
