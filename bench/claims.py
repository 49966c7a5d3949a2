"""What is claimed, figure against figure, and whether it holds: read off what the parts measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import recorded

FULL = 1_000_000
"""The targets are stated and the recorded figures were measured for so many customers; the page is written for no fewer."""
WAYS = (("laplace", "Laplace", 10), ("nuts", "NUTS", None))
"""Ways to a posterior of ours, their names, and how many times faster than the peer each is to be."""
LEARNT = ("fit orders", "fit spend", "predict", "clv")
VALUED = ("fit", "value", "elasticities")
TOLD = ("cohort table", "scores", "forecast of cohorts", "segments page", "cohorts page", "kpis page")
"""Steps of a run: the CLV step, and KPIs, cohorts and segments."""


@dataclass(frozen=True)
class Claim:
    """One figure of ours beside one of a peer, or beside a limit.

    Args:
        what: What was measured, with its unit.
        ours: Our figure.
        peer: The figure beside it; None where there is none.
        beside: Whose it is, and whether it was recorded earlier.
        target: The ratio to reach, or the limit; None where the row only reports.
        kind: "times" for peer ÷ ours at least the target, "share" for ours ÷ peer at most, "limit" for ours below it.
    """

    what: str
    ours: float
    peer: float | None
    beside: str
    target: float | None = None
    kind: str = "times"

    @property
    def ratio(self) -> float | None:
        """As its kind says."""
        if self.peer is None or self.kind == "limit":
            return None
        return self.peer / max(self.ours, 1e-9) if self.kind == "times" else self.ours / self.peer

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is no target, or nothing to hold it against."""
        if self.target is None:
            return None
        if self.kind == "limit":
            return self.ours < self.target
        if self.ratio is None:
            return None
        return self.ratio >= self.target if self.kind == "times" else self.ratio <= self.target


def of_file(figures: Mapping[str, Any], customers: int) -> Iterator[Claim]:
    sides = figures["sides"]
    ours, theirs, bare = sides["Lifeworth"], sides.get("lifetimes"), sides["bare aggregate"]
    if theirs:
        yield Claim("file to CLV, whole process, wall s", ours["wall"], theirs["wall"], "lifetimes", 6)
        yield Claim("the same, peak memory MB", ours["peak_mb"], theirs["peak_mb"], "lifetimes", 1, "share")
        learnt = [sum(side["steps"][name][1] for name in LEARNT) for side in (ours, theirs)]
        yield Claim("the same, fits, predictions and CLV together, CPU s", *learnt, "lifetimes", 12)
    past = [side["steps"]["history"][1] for side in (ours, bare)]
    yield Claim("history, CPU s", *past, "bare DuckDB aggregate", 1.5, "share")
    small = figures["small"]
    if small:
        ours, theirs = small["Lifeworth"], small["lifetimes"]
        yield Claim("CDNOW's sample, file to CLV with imports, wall s", ours["wall"], theirs["wall"], "lifetimes", 1)
        yield Claim("the same, CPU s", ours["cpu"], theirs["cpu"], "lifetimes")


def of_models(figures: Mapping[str, Any], customers: int) -> Iterator[Claim]:
    beside = _steps(figures, "lifetimes", recorded.LIFETIMES, customers)
    yield beside("fit BG/NBD", 20)
    yield beside("fit MBG/NBD", None)
    yield beside("fit Gamma-Gamma", 10)
    yield beside("12-month CLV", 10)
    for model in ("BG/NBD", "MBG/NBD"):
        target = 2 if model == "BG/NBD" else None
        yield beside(f"expected orders {model}", target)
        yield beside(f"P(alive) {model}", target)


def of_pareto(figures: Mapping[str, Any], customers: int) -> Iterator[Claim]:
    beside = _steps(figures, "lifetimes", recorded.LIFETIMES, customers)
    yield beside("fit Pareto/NBD", 100)
    yield beside("expected orders Pareto/NBD", 2)
    yield beside("P(alive) Pareto/NBD", 2)


def of_map(figures: Mapping[str, Any], customers: int) -> Iterator[Claim]:
    yield _steps(figures, "pymc-marketing", recorded.PYMC, customers)("fit BG/NBD", 10)


def of_posterior(figures: Mapping[str, Any], customers: int) -> Iterator[Claim]:
    sample = figures["sample"]
    if sample:
        peer = sample.get("pymc-marketing")
        beside = "pymc-marketing NUTS" + ("" if peer else ", recorded")
        theirs = _asked(peer, 0) if peer else recorded.NUTS_WALL
        for way, name, target in WAYS:
            if way not in sample:
                continue
            what = f"CDNOW's sample, posterior ({name}) and intervals of every customer"
            yield Claim(f"{what}, wall s", _asked(sample[way], 0), theirs, beside, target)
            if peer:
                yield Claim("the same, CPU s", _asked(sample[way], 1), _asked(peer, 1), beside)
            yield Claim(
                "the same, peak memory MB", sample[way]["peak_mb"], peer and peer["peak_mb"], beside, 500, "limit"
            )
    many = f"{figures['customers']:,} customers, posterior"
    for way, name, target in WAYS:
        if way not in figures["many"]:
            continue
        what = f"{many} ({name}) and intervals of every customer, wall s"
        stopped = f"pymc-marketing NUTS, stopped after {recorded.NUTS_MANY} s, recorded"
        yield Claim(what, _asked(figures["many"][way], 0), None, stopped, 60 if target else None, "limit")


def of_parts(figures: Mapping[str, Any], customers: int) -> Iterator[Claim]:
    steps = figures["sides"]["Lifeworth"]["steps"]
    told, valued = (sum(steps[name][1] for name in names) for names in (TOLD, VALUED))
    yield Claim("all KPIs, cohorts and segments of a run, CPU s", told, valued, "its CLV step", 2, "share")


CLAIMS: dict[str, Callable[[Mapping[str, Any], int], Iterator[Claim]]] = {
    "models": of_models,
    "map": of_map,
    "pareto": of_pareto,
    "posterior": of_posterior,
    "file": of_file,
    "parts": of_parts,
}


def _asked(side: Mapping[str, Any], place: int) -> float:
    """Seconds of all but the import."""
    return sum(step[place] for name, step in side["steps"].items() if name != "import")


def _steps(
    figures: Mapping[str, Any], peer: str, earlier: Mapping[str, float], customers: int
) -> Callable[[str, float | None], Claim]:
    """CPU seconds of a step beside those of a peer, or beside those recorded where the peer is missing."""
    ours, theirs = figures["sides"]["Lifeworth"], figures["sides"].get(peer)

    def claim(step: str, target: float | None) -> Claim:
        own = ours["steps"][step][1]
        if theirs:
            found = theirs["steps"].get(step)
            return Claim(f"{step}, CPU s", own, found and found[1], peer if found else f"{peer} found no fit", target)
        known = earlier.get(step) if customers == FULL else None
        return Claim(f"{step}, CPU s", own, known, f"{peer}, recorded", target)

    return claim
