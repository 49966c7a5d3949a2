"""The pictures of the guide are what their pages compute, drawn again: the same bytes, and nothing from outside in them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from drawings import DRAWINGS, GUIDE, drawn


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_is_the_one_its_page_computes(name: str) -> None:
    kept = (GUIDE / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn(name) == kept, f"{name}.svg is not what {name}.md computes now; `make pictures` draws it again"


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_page_shows_its_picture(name: str) -> None:
    page = (GUIDE / f"{name}.md").read_text(encoding="utf-8")
    assert re.search(rf"^!\[.+\]\({name.split('/')[-1]}\.svg\)$", page, re.MULTILINE)


def test_every_picture_of_the_guide_has_its_drawing() -> None:
    assert {file.relative_to(GUIDE).with_suffix("").as_posix() for file in GUIDE.rglob("*.svg")} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_stands_alone(name: str) -> None:
    """It parses, brings the colours of both themes, and asks for nothing from anywhere."""
    text = (GUIDE / f"{name}.svg").read_text(encoding="utf-8")
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme:dark" in text
    assert not re.search(r"url\(|href|@import|<script|<image", text)
