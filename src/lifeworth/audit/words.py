"""The five lenses in words: what each asks, and where it comes from."""

from __future__ import annotations

LENSES: dict[int, tuple[str, str]] = {
    1: ("One period", "How different are our customers from each other?"),
    2: ("Two periods", "What changed between two periods, and who brought the change?"),
    3: ("One cohort over time", "How does the behaviour of customers who came together change as they age?"),
    4: ("Cohorts compared", "Do customers who come today behave like those who came before?"),
    5: ("The whole base", "What is the business made of, and how healthy is it?"),
}
"""Number of each lens, its name and its question (Fader, Hardie & Ross, The Customer-Base Audit, 2022)."""

NOTE = (
    "Counted are purchase days of known customers that still stand: an order that was wholly sent back is none, and orders without a "
    "customer are nobody's. So sums here may lie beside the company's revenue."
)
"""What every lens counts."""


def purchases(count: float) -> str:
    """A number of purchases in words."""
    return "1 purchase" if count == 1 else f"{count:,.0f} purchases"
