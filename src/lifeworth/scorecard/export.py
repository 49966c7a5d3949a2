"""A review to take along: one HTML file that prints on A4, one spreadsheet, and its tables as CSV."""

from __future__ import annotations

from lifeworth.errors import NotFoundError
from lifeworth.report.files import table_csv, workbook
from lifeworth.report.html import render
from lifeworth.report.spec import Document, Page, Table
from lifeworth.scorecard import review_page
from lifeworth.scorecard.minutes import Review
from lifeworth.scorecard.reviews import Reviews

MEDIA = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""Kinds of file, by ending."""
FILES = ("review.html", "review.xlsx", "figures.csv", "minutes.csv", "decisions.csv", "changes.csv")
"""What can be taken along of a review."""


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
    said = kept.minutes(review.review_id)
    none = Table("Changes of the card", (), ())
    return {
        "figures": review_page.figures(review, None, currency),
        "minutes": review_page.minutes([one for one in said if one.kind != "change"]),
        "decisions": review_page.promised(kept.promised_before(review), "Decided before"),
        "changes": review_page.changed(review, said) or none,
    }
