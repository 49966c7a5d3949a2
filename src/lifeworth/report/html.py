"""A document as one HTML file that needs nothing else: no network, no fonts, no script to be read.

The page forbids itself every request (a content security policy) and every script but its own, which it names by its hash:
even if a customer's name were written unescaped somewhere, it could not run.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from lifeworth.report import palette
from lifeworth.report.format import text
from lifeworth.report.spec import Document
from lifeworth.report.views import Names, markup, section


def render(document: Document) -> str:
    """The whole document as HTML; the same document gives the same text.

    Args:
        document: Pages, in the order of the navigation.

    Returns:
        One file, UTF-8 when written, readable offline and without script, printable, light and dark.
    """
    names = Names(set(_RESERVED))
    sections = [section(page, document.currency, names) for page in document.pages]
    script = source("script.js")
    return (
        environment()
        .get_template("report.html")
        .render(
            document=document,
            as_of=text(document.as_of, "date"),
            sections=sections,
            light=palette.tokens(0),
            dark=palette.tokens(1),
            levels=len(palette.LEVELS),
            colours=sorted({*palette.OBSERVED, *palette.PREDICTED, *palette.PLAIN, "muted", "good", "warning", "bad"}),
            style=markup(source("style.css") + source("print.css")),
            script=markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


_RESERVED = ("content", "top")


@cache
def environment() -> Environment:
    """The templates; what is put into them is escaped."""
    return Environment(
        loader=PackageLoader("lifeworth.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def source(name: str) -> str:
    """A file of the templates as it is written."""
    templates = environment()
    assert templates.loader is not None  # noqa: S101 - set above
    return templates.loader.get_source(templates, name)[0]
