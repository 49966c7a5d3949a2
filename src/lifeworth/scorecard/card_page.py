"""The scorecard as it is written, as a page: each section a table, an entry a row, a field a column."""

from __future__ import annotations

from datetime import date

from lifeworth.report.spec import Block, Column, Page, Table, Text
from lifeworth.scorecard.edit import entries
from lifeworth.scorecard.fields import MODELS, fields, written
from lifeworth.scorecard.files import FILE, Held

TITLES = {
    "perspectives": "Perspectives",
    "objectives": "Objectives",
    "measures": "Measures",
    "initiatives": "Initiatives",
    "arrows": "Arrows",
}
"""What the sections of a card are called."""


def page(held: Held, *, currency: str, as_of: date) -> Page:
    """Every entry of a card with what is said of it; what nobody says is left out."""
    where = f"Kept in {FILE}." if held.own else f"There is no {FILE} in the workspace yet: this is {held.source}."
    blocks: list[Block] = [Text(f"{where} Version {held.version}.")]
    blocks += [table(held, section) for section in MODELS]
    return Page("card", held.card.title, tuple(blocks), held.card.vision, currency, as_of)


def table(held: Held, section: str) -> Table:
    """The entries of one section."""
    known = {name: written(section, entry) for name, entry in entries(held.card, section).items()}
    defaults = {one.name: one.default for one in fields(section)}
    # A column in which nobody says anything, or everybody the usual, tells nothing.
    told = [name for name in defaults if any(entry[name] not in {"", defaults[name]} for entry in known.values())]
    columns = (Column("name", "Name"), *(Column(name, name.replace("_", " ").capitalize()) for name in told))
    rows = tuple((name, *(entry[one] for one in told)) for name, entry in known.items())
    return Table(TITLES[section], columns, rows, empty="None yet.")
