"""The first page: the overview a run wrote, with the pictures of its other pages that make its point."""

from __future__ import annotations

from collections.abc import Iterator

from lifeworth.report.spec import Block, Chart, Document, Group, Page, Stats

PICTURES = (
    ("kpis", "Net revenue by month"),
    ("kpis", "Customers by month"),
    ("segments", "Who holds the value"),
    ("segments", "Where customers stand"),
)
"""Pages and titles of the pictures shown, where a run has them."""
FIGURES = ("kpis",)
"""Pages whose first strip of figures is shown below the run's own."""


def overview(document: Document) -> Page | None:
    """The overview of a run, with figures and pictures of its other pages; none where it wrote none."""
    pages = {page.name: page for page in document.pages}
    found = pages.get("overview")
    if found is None:
        return None
    strips = [one for one in found.blocks if isinstance(one, Stats)]
    rest = [one for one in found.blocks if not isinstance(one, Stats)]
    for name in FIGURES:
        strips += [one for one in pages[name].blocks if isinstance(one, Stats)][:1] if name in pages else []
    drawn = [
        one for name, title in PICTURES if name in pages for one in charts(pages[name].blocks) if one.title == title
    ]
    groups = [Group(tuple(drawn[at : at + 2])) for at in range(0, len(drawn), 2)]
    blocks: tuple[Block, ...] = (*_named(strips), *groups[:1], *rest, *groups[1:])
    return Page(found.name, found.title, blocks, found.lead, found.currency or document.currency, found.as_of)


def charts(blocks: tuple[Block, ...]) -> Iterator[Chart]:
    """Every chart of a page, also inside groups."""
    for one in blocks:
        if isinstance(one, Chart):
            yield one
        elif isinstance(one, Group):
            yield from charts(one.blocks)


def _named(strips: list[Stats]) -> list[Stats]:
    """The run's own figures first, those of the last period under their name."""
    if len(strips) < 2 or strips[-1].title:
        return strips
    return [*strips[:-1], Stats(strips[-1].items, "The business in the last period")]
