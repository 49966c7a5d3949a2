"""How often monitoring cries wolf, and how many of the planted incidents it finds: on one made-up company."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from watching.incidents import Incident
from watching.walk import Feed, walk

from lifeworth.data.synthetic import generate
from lifeworth.monitoring.alerts import SETTLED

FIRST, LAST = date(2024, 7, 3), date(2026, 6, 30)
"""The 24 months that are walked through; the company begins on 1 January 2024."""
BEFORE = {"calibration": 14, "late_file": 5, "schema": 5}
"""Weeks of looks a check needs before the incident: promises made, imports seen."""


@dataclass(frozen=True)
class Alarm:
    """An alert where nothing had gone wrong."""

    day: date
    check: str
    subject: str
    severity: str
    finding: str


@dataclass(frozen=True)
class Found:
    """What became of a planted incident; `day` is none where it was not found."""

    incident: Incident
    planted: date
    day: date | None
    finding: str

    @property
    def days(self) -> int | None:
        """Days until it was found."""
        return None if self.day is None else (self.day - self.planted).days


def company(customers: int, seed: int) -> Feed:
    """A made-up company without incident."""
    return Feed(generate(customers, seed=seed).tables)


def false_alarms(
    feed: Feed, *, step: int = 1, only: Collection[str] = (), first: date = FIRST, last: date = LAST
) -> tuple[list[Alarm], list[str]]:
    """Alerts raised in 24 months without incident, and checks that broke; one that goes on, or is back within two weeks, is one alert.

    Args:
        feed: The company.
        step: Weeks from look to look.
        only: Checks to run; all where none is named.
        first: First as-of day.
        last: Last one.
    """
    lately: dict[tuple[str, str], date] = {}
    alarms, broken = [], []
    for seen in walk(feed, first, last, only=only, step=step):
        broken += [f"{seen.day}: {one.check}: {one.told.why}" for one in seen.outcomes if one.state == "failed"]
        for check, finding in seen.findings():
            key = (check, finding.subject)
            # The figures of a month are looked at once a month here; in between they are as they were.
            settled = SETTLED + timedelta(days=31 if check == "figures" else 7 * (step - 1))
            if key not in lately or seen.day - lately[key] > settled:
                alarms.append(Alarm(seen.day, check, finding.subject, finding.severity, finding.finding))
            lately[key] = seen.day
    return alarms, broken


def plant(feed: Feed, incident: Incident, planted: date, seed: int) -> Found:
    """Plant an incident, and look once a week until its check says so or its time is over."""
    changed = incident.plant(feed, planted, np.random.default_rng(seed))
    first = planted - timedelta(weeks=BEFORE.get(incident.check, 0))
    already: set[str] = set()
    for seen in walk(changed, first, planted + timedelta(weeks=incident.weeks), only=(incident.check,)):
        said = {finding.subject: finding.finding for check, finding in seen.findings() if check == incident.check}
        if seen.day < planted:
            already |= said.keys()
            continue
        fresh = [words for subject, words in said.items() if subject not in already]
        if fresh:
            return Found(incident, planted, seen.day, fresh[0])
    return Found(incident, planted, None, "")


def plant_all(feed: Feed, incidents: Sequence[Incident], planted: date, seed: int) -> list[Found]:
    """Every incident, each into a company of its own."""
    return [plant(feed, one, planted, seed + k) for k, one in enumerate(incidents)]
