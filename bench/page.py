"""The page of the bench, written from the figures the parts measured; it measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import recorded
from claims import CLAIMS, FULL, TOLD, VALUED, Claim
from harness import PEERS

Parts = Mapping[str, Mapping[str, Any]]


def written(customers: int, parts: Parts) -> str:
    """The page."""
    lines = ["# Side by side", "", *_how(customers, parts), "", "## What is claimed", "", *_claims(customers, parts)]
    for name, section in (("file", _file), ("parts", _steps), ("models", _models), ("posterior", _posterior)):
        if name in parts:
            lines += ["", *section(parts)]
    return "\n".join([*lines, ""])


def _how(customers: int, parts: Parts) -> Iterator[str]:
    days = sorted({part["measured"] for part in parts.values()})
    machines = sorted({part["machine"] for part in parts.values()})
    runs = sorted({part["runs"] for part in parts.values()})
    when = " and ".join(f"{date.fromisoformat(day):%d %b %Y}" for day in days)
    yield (
        f"`make bench`, {when}: {customers:,} simulated customers, acquired over the first of two years, times in days. "
        f"{'; '.join(machines)}. Each side is a process of its own, run in turn; the figures are medians; runs a side: {' or '.join(map(str, runs))}. "
        "CPU seconds are the figure to compare: wall time depends on what else the machine does."
    )
    yield ""
    yield (
        f"Peers: {', '.join(f'{name} {version}' for name, version in PEERS.items())}, each in an environment of its own. "
        "Fits and predictions are given the same arrays; imports are left out. Our fits include the check of the histories; every answer is "
        "asked five times, of histories made anew, so that nothing is remembered from one to the next. The fit of Pareto/NBD by lifetimes "
        "takes minutes, so that pair is run once. pymc-marketing has its compiler's cache warm. "
        f"A figure called recorded was measured on {recorded.WHEN}, for where a peer cannot be installed or does not end."
    )
    if customers < FULL:
        yield ""
        yield f"The targets are stated for {FULL:,} customers, and judge this smaller run too hard or not at all."
    missing = [name for name in CLAIMS if name not in parts]
    if missing:
        yield ""
        yield f"Not measured yet: {', '.join(missing)}."


def _claims(customers: int, parts: Parts) -> Iterator[str]:
    yield "| claim | Lifeworth | peer or floor | beside | ratio | target | met |"
    yield "|---|---:|---:|---|---:|---:|---|"
    for name, read in CLAIMS.items():
        if name in parts:
            yield from (_row(claim) for claim in read(parts[name], customers))


def _row(claim: Claim) -> str:
    ratio = {"times": "{:.1f}× less", "share": "{:.2f}", "limit": ""}[claim.kind]
    target = {"times": "≥ {:g}×", "share": "≤ {:g}", "limit": "< {:g}"}[claim.kind]
    cells = (
        claim.what,
        _number(claim.ours),
        _number(claim.peer),
        claim.beside,
        "" if claim.ratio is None else ratio.format(claim.ratio),
        "" if claim.target is None else target.format(claim.target),
        {None: "", True: "yes", False: "**no**"}[claim.met],
    )
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return (
        f"{value:,.0f}"
        if value >= 100
        else f"{value:.1f}"
        if value >= 10
        else f"{value:.2f}"
        if value >= 0.1
        else f"{value:.4f}"
    )


def _file(parts: Parts) -> Iterator[str]:
    figures = parts["file"]
    ours, theirs = figures["sides"]["Lifeworth"], figures["sides"].get("lifetimes")
    sides = [ours] if theirs is None else [ours, theirs]
    names = dict.fromkeys(name for side in sides for name in side["steps"])
    yield "## From an order file to 12-month CLV"
    yield ""
    yield f"{figures['rows']:,} orders in a CSV."
    yield ""
    yield "| step | Lifeworth wall s | CPU s |" + (" lifetimes wall s | CPU s |" if theirs else "")
    yield "|---|---:|---:|" + ("---:|---:|" if theirs else "")
    for name in names:
        seconds = [value for side in sides for value in side["steps"].get(name, (0.0, 0.0))]
        yield f"| {name} | " + " | ".join(f"{value:.2f}" for value in seconds) + " |"
    whole = [value for side in sides for value in (side["wall"], side["cpu"])]
    yield "| whole process | " + " | ".join(f"{value:.2f}" for value in whole) + " |"
    yield ""
    if theirs:
        yield (
            f"Both sides do the same work and agree: {ours['expected_orders']:,.0f} against {theirs['expected_orders']:,.0f} orders expected "
            "within a year. Lifeworth's side also checks, cleans and reconciles every row (the step of that name), discounts "
            "continuously instead of by months of 30 days, and keeps money exact."
        )


def _steps(parts: Parts) -> Iterator[str]:
    steps = parts["parts"]["sides"]["Lifeworth"]["steps"]
    whose = dict.fromkeys(VALUED, "CLV step") | dict.fromkeys(TOLD, "KPIs, cohorts and segments")
    yield "## The steps of a run"
    yield ""
    yield (
        "One process, by the functions a run is made of. The order model is BG/NBD without the tests on held-out orders, which would make "
        "the CLV step dearer; what both sides rest on (history, terms) and what is written at the end belong to neither."
    )
    yield ""
    yield "| step | wall s | CPU s | counts as |"
    yield "|---|---:|---:|---|"
    for name, (wall, cpu) in steps.items():
        yield f"| {name} | {wall:.2f} | {cpu:.2f} | {whose.get(name, '')} |"
    for title in dict.fromkeys(whose.values()):
        seconds = (sum(steps[name][place] for name, one in whose.items() if one == title) for place in (0, 1))
        yield f"| {title}, together | " + " | ".join(f"{value:.2f}" for value in seconds) + " | |"


def _models(parts: Parts) -> Iterator[str]:
    yield "## Do both find the same?"
    yield ""
    yield (
        "Log-likelihood of the same customers at the parameters each side found, computed by one formula, and orders expected of all "
        "of them within 365 days. pymc-marketing's maximum a posteriori is drawn by its default priors, so it lies a little lower."
    )
    yield ""
    yield "| model | side | log-likelihood | expected orders |"
    yield "|---|---|---:|---:|"
    for name in ("models", "map", "pareto"):
        if name not in parts:
            continue
        sides = parts[name]["sides"]
        for model, found in parts[name]["log_likelihoods"].items():
            for side, value in found.items():
                expected = sides[side].get("expected", {}).get(model)
                yield f"| {model} | {side} | {value:,.3f} | {'' if expected is None else f'{expected:,.1f}'} |"
        for side, figures in sides.items():
            yield from (f"| {model} | {side} | no fit: {why} | |" for model, why in figures.get("failed", {}).items())
    clv = {side: figures["clv"] for side, figures in parts["models"]["sides"].items()}
    yield ""
    yield (
        "Sum of 12-month CLV: "
        + ", ".join(f"{value:,.0f} ({side})" for side, value in clv.items())
        + ". lifetimes counts twelve months of 30 days and discounts at the end of each, Lifeworth 365 days continuously."
    )


def _posterior(parts: Parts) -> Iterator[str]:
    figures = parts["posterior"]
    yield "## Posterior, and an interval for every customer"
    yield ""
    yield (
        "Our side fits BG/NBD and Gamma-Gamma, draws parameter vectors of each from their posterior (1,000 by the Laplace approximation, 2,000 by NUTS), and gives every customer's "
        "5 and 95 % points of the number of orders and of their value. pymc-marketing's side draws BG/NBD by its default sampler and gives every "
        "customer's expected orders: a predictive interval of a customer it does not have."
    )
    yield ""
    yield "| customers | side | fit and posterior, wall s | every customer, wall s | CPU s of both | peak MB |"
    yield "|---|---|---:|---:|---:|---:|"
    for customers, sides in (
        ("CDNOW's sample", figures["sample"] or {}),
        (f"{figures['customers']:,}", figures["many"]),
    ):
        for side, one in sides.items():
            name = {"laplace": "Lifeworth, Laplace", "nuts": "Lifeworth, NUTS"}.get(side, side)
            steps = one["steps"]["fit and posterior"], one["steps"]["every customer"]
            cells = (
                customers,
                name,
                *(_number(step[0]) for step in steps),
                _number(steps[0][1] + steps[1][1]),
                _number(one["peak_mb"]),
            )
            yield f"| {' | '.join(cells)} |"
    untrusted = [
        side for side, one in {**(figures["sample"] or {}), **figures["many"]}.items() if one.get("trusted") is False
    ]
    if untrusted:
        yield ""
        yield f"Not to be trusted by their own judgement: the draws of {', '.join(untrusted)}."
