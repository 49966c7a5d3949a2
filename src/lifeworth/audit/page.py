"""The audit in the dashboard: a tab for all lenses in short, and one for each."""

from __future__ import annotations

from lifeworth.report.board import Board, Tab

BOARDS = (
    Board(
        "audit",
        "Audit",
        "Business",
        30,
        "audit",
        "The customer base through five lenses: who brings the business, and whether it lasts.",
        (
            Tab("audit", "In short", hidden=("lens", "period", "cohort")),
            Tab("audit", "One period", fixed=(("lens", "1"),), hidden=("cohort",)),
            Tab("audit", "Two periods", fixed=(("lens", "2"),), hidden=("cohort",)),
            Tab("audit", "One cohort", fixed=(("lens", "3"),), hidden=("period",)),
            Tab("audit", "Cohorts compared", fixed=(("lens", "4"),), hidden=("period", "cohort")),
            Tab("audit", "The whole base", fixed=(("lens", "5"),), hidden=("period", "cohort")),
        ),
    ),
)
"""Pages of the dashboard."""
