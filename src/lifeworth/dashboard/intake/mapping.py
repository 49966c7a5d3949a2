"""The map of columns as a person corrects it: from what was chosen to the options a run is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lifeworth.jobs.uploads import ORDERS

UNREAD = ""
"""What a select says for a column that is not to be read."""
QUESTIONS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "dates": ("How is 03/04/2025 to be read?", (("auto", "As the data says"), ("day-first", "3 April 2025"), ("month-first", "March 4, 2025"), ("year-first", "Year first"))),
    "decimal": ("How is 1,234 to be read?", (("auto", "As the data says"), ("point", "One thousand two hundred thirty-four (1,234.00)"), ("comma", "One point two three four (1,234)"))),
}  # fmt: skip
"""What is asked where values have two readings."""


@dataclass(frozen=True, slots=True)
class Row:
    """A column of a file: values in it, what it was taken for and why."""

    table: str
    column: str
    samples: tuple[str, ...]
    ours: str
    why: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file with its columns, and what a column of it may be."""

    upload_id: str
    name: str
    table: str
    rows: tuple[Row, ...]
    meanings: Mapping[str, str] = field(default_factory=dict)


def columns_said(
    before: Mapping[str, str], sheets: Sequence[Sheet], picked: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """The column map after a person's corrections: only what differs from what was understood, beside what was said before.

    Args:
        before: The map the last look was told, ours to theirs.
        sheets: The files as they were understood.
        picked: What was picked for a column: (upload, column) to ours, `UNREAD` for not read.

    Returns:
        Ours to theirs; nothing after ours leaves it unread.
    """
    said = dict(before)
    for sheet in sheets:
        prefix = "" if sheet.table == ORDERS else f"{sheet.table}."
        given_up: set[str] = set()
        taken: dict[str, str] = {}
        for row in sheet.rows:
            now = picked.get((sheet.upload_id, row.column), row.ours) or UNREAD
            if now == row.ours:
                continue
            if row.ours:
                given_up.add(row.ours)
            if now:
                taken[now] = row.column
        for ours in given_up - taken.keys():
            said[prefix + ours] = UNREAD
        for ours, column in taken.items():
            said[prefix + ours] = column
    return said


def doubled(sheet: Sheet, picked: Mapping[tuple[str, str], str]) -> dict[str, list[str]]:
    """Meanings that were picked for more than one column of a file, each with its columns; one column may mean one thing only."""
    found: dict[str, list[str]] = {}
    for row in sheet.rows:
        now = picked.get((sheet.upload_id, row.column), row.ours)
        changed = now != row.ours
        # Columns the house itself reads together (price × quantity) share a meaning; a person's pick does not.
        if now and (changed or any(picked.get((sheet.upload_id, other.column), other.ours) == now and picked.get((sheet.upload_id, other.column), other.ours) != other.ours for other in sheet.rows)):  # fmt: skip
            found.setdefault(now, []).append(row.column)
    return {ours: columns for ours, columns in found.items() if len(columns) > 1}


def asked(problem: Mapping[str, Any]) -> tuple[str, ...]:
    """Which questions a failed look leaves open: how dates read, how numbers read."""
    if problem.get("code") != "ambiguous":
        return ()
    said = f"{problem.get('message', '')} {problem.get('hint', '')} {' '.join(map(str, problem.get('faults', ())))}".lower()  # fmt: skip
    found = tuple(name for name in QUESTIONS if f"--{name}" in said or name in said)
    return found or tuple(QUESTIONS)


def options(told: Mapping[str, Any], columns: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Options for a job: what was told before, the map, and what was answered; empty answers say nothing.

    Args:
        told: Options of the job before.
        columns: The column map.
        answers: Settings by name, as the fields of the form hold them; `margin` and `discount` are in percent there.
    """
    found = {name: value for name, value in told.items() if name != "columns"}
    for name, value in answers.items():
        if value in (None, "", "auto"):
            found.pop(name, None)
        elif name in {"margin", "discount"}:
            found[name] = round(float(value) / 100, 6)
        else:
            found[name] = value
    if columns:
        found["columns"] = dict(columns)
    return found
