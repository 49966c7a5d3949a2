"""Pages of the door: escaped, without a script, in the colours of the report."""

from __future__ import annotations

import re

import pytest

from lifeworth.report import door, palette

NASTY = '"><script>alert(1)</script><img src=x onerror=y>{{ 7 * 7 }}'
PAGES = {
    "sign in": lambda text: door.sign_in(next_page=text, name=text, fault=text, hint=text),
    "invitation": lambda text: door.invitation(name=text, shortest=12, faults=(text,)),
    "sign out": lambda text: door.sign_out(name=text),
    "word": lambda text: door.word(text, text),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_nothing_that_was_typed_becomes_part_of_the_page(page: object) -> None:
    html = page(NASTY)  # type: ignore[operator]
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert "49" not in html


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_a_page_asks_for_its_own_files_alone(page: object) -> None:
    html = page("x")  # type: ignore[operator]
    assert set(re.findall(r'(?:href|src|action)="([^"]+)"', html)) <= {
        door.STYLE,
        door.ICON,
        "/",
        "/sign-in",
        "/sign-out",
    }
    assert " style=" not in html
    assert " on" not in re.sub(r">[^<]*<", "><", html)


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_every_field_has_its_label(page: object) -> None:
    html = page("x")  # type: ignore[operator]
    fields = re.findall(r'<input (?![^>]*type="hidden")(?![^>]*aria-hidden)[^>]*id="(\w+)"', html)
    assert sorted(fields) == sorted(re.findall(r'<label for="(\w+)"', html))
    assert html.count("<h1>") == 1


def test_password_managers_know_what_is_what() -> None:
    assert 'autocomplete="username"' in door.sign_in()
    assert 'autocomplete="current-password"' in door.sign_in()
    assert door.invitation(name="Ada", shortest=12).count('autocomplete="new-password"') == 2


@pytest.mark.parametrize("theme", [0, 1])
def test_text_stands_out_from_its_ground(theme: int) -> None:
    for text, ground in (
        ("surface", "accent"),
        ("bad", "bad-tint"),
        ("ink", "bad-tint"),
        ("muted", "paper"),
        ("muted", "surface"),
    ):
        assert palette.contrast(palette.TOKENS[text][theme], palette.TOKENS[ground][theme]) >= 4.5
    assert palette.contrast(palette.TOKENS["slate"][theme], palette.TOKENS["surface"][theme]) >= 3


def test_both_themes_have_every_colour() -> None:
    for name, (light, dark) in palette.TOKENS.items():
        assert f"--{name}: {light};" in door.style()
        assert f"--{name}: {dark};" in door.style()
    used = set(re.findall(r"var\(--([a-z\-]+)\)", door.style()))
    assert used <= palette.TOKENS.keys() | {"sans"}


def test_the_sign_is_a_picture_that_runs_nothing() -> None:
    assert door.icon().startswith("<svg")
    assert "script" not in door.icon()
