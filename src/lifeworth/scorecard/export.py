"""A review to take along: one HTML file that prints on A4, one spreadsheet, and its tables as CSV."""

from __future__ import annotations

from lifeworth.errors import NotFoundError
from lifeworth.report.files import table_csv, workbook
from lifeworth.report.html import render
from lifeworth.report.spec import Column, Document, Page, Table
from lifeworth.scorecard import review_page
from lifeworth.scorecard.minutes import Review, titles_of
from lifeworth.scorecard.reviews import Reviews

MEDIA = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""Kinds of file, by ending."""
FILES = ("review.html", "review.xlsx", "figures.csv", "minutes.csv", "decisions.csv", "changes.csv")
"""What can be taken along of a review."""


NUMBERS = ("value", "before", "baseline", "target", "score", "progress", "performance")
LIMITS = ("red", "goal", "red_above")
"""Numbers of a frozen measure, and of what it is held to."""


def file(kept: Reviews, review: Review, name: str, currency: str) -> bytes:
    """One file of a review.

    Args:
        kept: The reviews.
        review: The review.
        name: One of `FILES`.
        currency: Of its amounts.

    Raises:
        NotFoundError: if there is no such file.
    """
    page = page_of(kept, review, currency)
    if name == "review.html":
        said = {"Held on": review.held_on.isoformat(), "Figures of": review.as_of.isoformat(), "Run": review.run_id}
        return render(Document(page.title, (page,), currency, review.as_of, said)).encode("utf-8")
    tables = _tables(kept, review, currency)
    if name == "review.xlsx":
        return workbook(list(tables.values()), currency)
    if name not in FILES:
        raise NotFoundError(f"There is no file {name[:60]} of a review.", hint=f"There are: {', '.join(FILES)}.")
    return table_csv(tables[name.removesuffix(".csv")])


def page_of(kept: Reviews, review: Review, currency: str) -> Page:
    """A review as a page, as it was when it was held."""
    return review_page.review(review, kept.minutes(review.review_id), kept.promised_before(review), currency=currency)


def name_of(review: Review, name: str) -> str:
    """What a file of a review is called on disk."""
    return f"{review.held_on.isoformat()}-{review.review_id[:6]}-{name}"


def _tables(kept: Reviews, review: Review, currency: str) -> dict[str, Table]:
    said, titles = kept.minutes(review.review_id), titles_of(review.frozen)
    none = Table("Changes of the card", (Column("measure", "Measure"),), ())
    return {
        "figures": _figures(review, currency),
        "minutes": review_page.minutes([one for one in said if one.kind != "change"], titles),
        "decisions": review_page.promised(kept.promised_before(review), titles, "Decided before"),
        "changes": review_page.changed(review, said) or none,
    }


def _figures(review: Review, currency: str) -> Table:
    """The frozen figures as numbers, in full, for who goes on reckoning with them; how each reads stands beside it."""
    units = {"money": currency, "percent": "share", "ratio": "ratio"}
    columns = (
        Column("name", "Name"),
        Column("measure", "Measure"),
        Column("unit", "Unit"),
        *(Column(name, name.replace("_", " ").capitalize()) for name in (*NUMBERS, *LIMITS)),
        Column("source", "Comes from"),
        Column("why", "Why none"),
    )
    rows = []
    for name, one in review.frozen["measures"].items():
        band = one["band"] or {}
        numbers = (*(one[field] for field in NUMBERS), *(band.get(field) for field in LIMITS))
        rows.append((name, one["title"], units.get(one["kind"], one["kind"]), *numbers, one["source"], one["why"]))
    return Table("Figures", columns, tuple(rows))
