"""What a check says: findings that become alerts, how it stands otherwise, and the pictures that show it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from lifeworth.monitoring.distance import Apart
from lifeworth.monitoring.expect import Expectation
from lifeworth.report.spec import Kind

Severity: TypeAlias = Literal["notice", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("notice", "warning", "critical")
"""Mildest first."""
State: TypeAlias = Literal["fine", "found", "not enough data", "off", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be.

    Attributes:
        subject: What it is about; with the check it tells alerts apart.
        severity: How much it matters.
        since: First day of it.
        finding: What is so, with figures and dates.
        cause: What it most likely comes from.
        next_step: What to do now, in words.
        amount: Money concerned; none where it cannot be told.
        amount_is: What the money is.
    """

    subject: str
    severity: Severity
    since: date
    finding: str
    cause: str
    next_step: str
    amount: float | None = None
    amount_is: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A series over time beside what was expected of it; `days` are the last days of its steps."""

    title: str
    days: tuple[date, ...]
    of: Expectation
    kind: Kind = "number"
    threshold: float = 3.0


@dataclass(frozen=True, slots=True)
class Moved:
    """A distribution beside an earlier one."""

    title: str
    of: Apart


@dataclass(frozen=True, slots=True)
class Told:
    """What a check says at one look.

    Attributes:
        said: How it stands, in a sentence.
        findings: What is not as it should be.
        why: Why nothing can be said: what the data are not enough for.
        paths: Series it looked at.
        moved: Distributions it looked at.
    """

    said: str = ""
    findings: tuple[Finding, ...] = ()
    why: str = ""
    paths: tuple[Path, ...] = ()
    moved: tuple[Moved, ...] = ()


def lacking(why: str) -> Told:
    """A check that cannot say anything, and why."""
    return Told(why=why)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check by name with what it said."""

    check: str
    state: State
    told: Told


def fingerprint(check: str, subject: str) -> str:
    """What makes two alerts the same alert."""
    return hashlib.sha256(f"{check}\n{subject}".encode()).hexdigest()
