"""The recovery study judges as it should: it passes sound fits and catches a success that is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from lifeworth.models import NBD, ParetoNBD


@pytest.fixture
def studies(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "bench"))
    from studies import judge, page, worlds

    return {"judge": judge, "page": page, "worlds": worlds}


def judged_again(studies: dict[str, ModuleType], **changed: Any) -> Any:
    """The verdict on a fit that was tampered with."""
    base = studies["worlds"].base("nbd", 3)
    fitted = replace(NBD().fit(base.data), **changed)
    verdict = studies["judge"].Verdict("nbd", 3, base.unit, base.customers, "", truth=dict(base.truth))
    studies["judge"].judge(fitted, verdict)
    return verdict


def test_six_bases_pass_and_make_a_page(studies: dict[str, ModuleType]) -> None:
    verdicts = [studies["judge"].judged(studies["worlds"].base("nbd", number)) for number in range(6)]
    assert [v.outcome for v in verdicts] == ["converged"] * 6
    assert not any(v.false_success or v.not_finite for v in verdicts)
    assert all(v.over_truth >= 0 for v in verdicts)
    page = studies["page"].page(verdicts)
    assert "| NBD | 6 | 6 | 0 | 0 | 0 | 0 |" in page


def test_a_base_is_the_same_every_time(studies: dict[str, ModuleType]) -> None:
    one, other = (studies["worlds"].base("pareto_nbd", 5) for _ in range(2))
    assert one.truth == other.truth
    assert np.array_equal(one.data.t_x, other.data.t_x)


def test_a_planted_false_success_is_caught(studies: dict[str, ModuleType]) -> None:
    base = studies["worlds"].base("nbd", 3)
    beside = {symbol: 1.3 * value for symbol, value in NBD().fit(base.data).parameters.items()}
    likelihood = NBD().at(beside).total_log_likelihood(base.data)
    assert not judged_again(studies).false_success
    caught = judged_again(studies, parameters=beside, log_likelihood=likelihood)
    assert caught.outcome == "converged"
    assert "under another point's" in caught.false_success


def test_a_slope_that_is_not_zero_is_caught(studies: dict[str, ModuleType]) -> None:
    base = studies["worlds"].base("nbd", 3)
    beside = {symbol: 1.02 * value for symbol, value in NBD().fit(base.data).parameters.items()}
    assert "a step promises" in judged_again(studies, parameters=beside).false_success


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"log_likelihood": float("nan")}, "likelihood"),
        ({"log_covariance": np.full((2, 2), np.inf)}, "errors"),
        ({"parameters": {"r": float("nan"), "alpha": 2.0}}, "parameters"),
    ],
)
def test_nan_and_infinity_are_caught(studies: dict[str, ModuleType], changed: dict[str, Any], named: str) -> None:
    assert named in judged_again(studies, **changed).not_finite


@pytest.mark.parametrize("number", [43, 526, 736])
def test_a_base_that_was_refused_or_ended_halfway_ends_at_the_limit(
    studies: dict[str, ModuleType], number: int
) -> None:
    """Purchases of a customer seem all alike: p goes to infinity. Rounding used to stop the search on its way there."""
    verdict = studies["judge"].judged(studies["worlds"].base("gamma_gamma", number))
    assert verdict.boundary == {"p": "infinity", "v": "0"}
    assert verdict.better_elsewhere < 1e-6
    assert not verdict.not_finite
    assert verdict.intervals["profile"]["p"][0] > 1


def test_rounding_far_out_on_a_flat_direction_is_a_limit_and_no_refusal(studies: dict[str, ModuleType]) -> None:
    """Few of these customers ever leave: beta goes to 0, where the slopes of Pareto/NBD are rounding."""
    base = studies["worlds"].base("pareto_nbd", 282)
    fitted = ParetoNBD().fit(base.data)
    assert fitted.boundary["beta"] == "0"
    assert fitted.log_likelihood > ParetoNBD().at(base.truth).total_log_likelihood(base.data)
    assert np.isfinite(fitted.expected_orders(base.data, 52)).all()


def test_a_small_top_beside_a_limit_is_found(studies: dict[str, ModuleType]) -> None:
    """In this base hardly anybody leaves, but that a few leave at once is likelier still than that nobody does."""
    base = studies["worlds"].base("pareto_nbd", 135)
    fitted = ParetoNBD().fit(base.data)
    assert fitted.boundary == {"s": "0", "beta": "0"}
    nobody = {**fitted.parameters, "s": 1.0, "beta": 1e12}
    assert fitted.log_likelihood > ParetoNBD().at(nobody).total_log_likelihood(base.data)
