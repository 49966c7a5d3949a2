"""The page of the bench says what was measured, against whom, and whether the target was met."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
STEPS = ("BG/NBD", "MBG/NBD")


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The bench's own modules, which are scripts beside each other and no package."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCH))
    import claims
    import page

    yield claims, page
    for name in set(sys.modules) - before:
        if str(BENCH) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def part(sides: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"measured": "2026-11-21", "machine": "2 cores", "runs": 3, "sides": sides, "log_likelihoods": {}, **more}


def seconds(cpu: float) -> dict[str, Any]:
    names = [f"{what} {model}" for model in STEPS for what in ("fit", "expected orders", "P(alive)")]
    return {"steps": {name: [9.0, cpu] for name in [*names, "fit Gamma-Gamma", "12-month CLV"]}, "clv": 10.0}


def test_a_claim_is_met_where_the_ratio_reaches_its_target(modules: Any) -> None:
    claims, _ = modules
    assert claims.Claim("fit", 0.5, 10.0, "a peer", 20).met is True
    assert claims.Claim("fit", 0.51, 10.0, "a peer", 20).met is False
    assert claims.Claim("memory", 900.0, 1000.0, "a peer", 1, "share").met is True
    assert claims.Claim("memory", 1001.0, 1000.0, "a peer", 1, "share").met is False
    assert claims.Claim("wall", 59.0, None, "nobody", 60, "limit").met is True
    assert claims.Claim("wall", 60.0, None, "nobody", 60, "limit").met is False
    assert claims.Claim("fit", 0.5, None, "a peer", 20).met is None
    assert claims.Claim("fit", 0.5, 10.0, "a peer").met is None


def test_cpu_seconds_are_compared_and_not_wall_time(modules: Any) -> None:
    claims, _ = modules
    figures = part({"Lifeworth": seconds(0.1), "lifetimes": seconds(4.0)})
    fit = next(claim for claim in claims.of_models(figures, 1_000_000) if claim.what.startswith("fit BG/NBD"))
    assert fit.ratio == pytest.approx(40)
    assert fit.beside == "lifetimes"


def test_a_peer_that_is_missing_is_replaced_by_recorded_figures_that_say_so(modules: Any) -> None:
    claims, _ = modules
    figures = part({"Lifeworth": seconds(0.1)})
    fit = next(claim for claim in claims.of_models(figures, 1_000_000) if claim.what.startswith("fit BG/NBD"))
    assert fit.beside == "lifetimes, recorded"
    assert fit.peer == 11.6
    few = next(claim for claim in claims.of_models(figures, 10_000) if claim.what.startswith("fit BG/NBD"))
    assert few.peer is None


def test_a_peer_that_found_no_fit_is_said_to_have_found_none(modules: Any) -> None:
    claims, _ = modules
    theirs = seconds(4.0)
    del theirs["steps"]["fit MBG/NBD"]
    figures = part({"Lifeworth": seconds(0.1), "lifetimes": theirs})
    fit = next(claim for claim in claims.of_models(figures, 1_000_000) if claim.what.startswith("fit MBG/NBD"))
    assert fit.peer is None
    assert "no fit" in fit.beside


def test_the_page_tells_a_missed_target_and_what_was_not_measured(modules: Any) -> None:
    _, page = modules
    figures = part({"Lifeworth": seconds(1.0), "lifetimes": seconds(15.0) | {"clv": 11.0}})
    text = page.written(1_000_000, {"models": figures})
    assert "| fit BG/NBD, CPU s | 1.00 | 15.0 | lifetimes | 15.0× less | ≥ 20× | **no** |" in text
    assert "| fit Gamma-Gamma, CPU s | 1.00 | 15.0 | lifetimes | 15.0× less | ≥ 10× | yes |" in text
    assert "Not measured yet: map, pareto, posterior, file, parts." in text
