"""The pages of the door: signing in, coming in by a link, leaving. Plain HTML that needs no script and looks like the report."""

from __future__ import annotations

from functools import cache

from lifeworth.report import palette
from lifeworth.report.html import environment, source

STYLE = "/door/style.css"
ICON = "/door/icon.svg"


def sign_in(*, next_page: str = "", name: str = "", fault: str = "", hint: str = "") -> str:
    """The form for name and password.

    Args:
        next_page: Where it goes on to.
        name: What was typed before.
        fault: Why it did not work.
        hint: What to do about it.
    """
    return _page("sign_in", title="Sign in", next_page=next_page, name=name, fault=fault, hint=hint)


def invitation(*, name: str, shortest: int, faults: tuple[str, ...] = ()) -> str:
    """The form in which somebody who was invited sets a password.

    Args:
        name: What they are called here.
        shortest: Characters a password needs.
        faults: Why the one before was not taken.
    """
    return _page("invitation", title="Set your password", name=name, shortest=shortest, faults=faults)


def sign_out(*, name: str) -> str:
    """The question whether somebody wants to leave."""
    return _page("sign_out", title="Sign out", name=name)


def word(message: str, hint: str = "") -> str:
    """A page that says why something did not work, and what to do."""
    return _page("word", title="That did not work", message=message, hint=hint)


@cache
def style() -> str:
    """The style sheet of these pages, light and dark."""
    light, dark = (" ".join(f"--{name}: {pair[theme]};" for name, pair in palette.TOKENS.items()) for theme in (0, 1))
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ color-scheme: dark; {dark} }} }}\n" + source("door.css")
    )


@cache
def icon() -> str:
    """The sign of the product as a picture of its own."""
    accent, surface = palette.TOKENS["accent"][0], palette.TOKENS["surface"][0]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<rect width="24" height="24" rx="6" fill="{accent}"/>'
        f'<path d="M6 17.5V6.5M6 17.5h12M9.5 14.5l3-3.4 2.4 1.9L18 8.5" fill="none" stroke="{surface}" stroke-width="1.8" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def _page(kind: str, **told: object) -> str:
    return environment().get_template("door.html").render(kind=kind, style=STYLE, icon=ICON, **told)
