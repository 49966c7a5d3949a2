from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.models import ShiftedBetaGeometric, Tenures
from lifeworth.subscriptions.curves import kaplan_meier

SEEN = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=60)


def tenures(seen):
    return Tenures([n for n, _ in seen], [float(lost) for _, lost in seen])


@given(seen=SEEN)
def test_the_curve_is_the_product_of_the_shares_that_stayed(seen):
    found = kaplan_meier(tenures(seen), least=1)
    share = 1.0
    for t in found.renewals[1:]:
        lost = sum(gone and n + 1 == t for n, gone in seen)
        came = sum(n >= t or (gone and n + 1 == t) for n, gone in seen)
        assert found.at_risk[t] == came
        share *= 1 - lost / came
        assert found.share[t] == pytest.approx(share)
    assert (found.low <= found.share + 1e-12).all()
    assert (found.share <= found.high + 1e-12).all()


@given(seen=SEEN)
def test_it_is_the_curve_of_lifelines(seen):
    lifelines = pytest.importorskip("lifelines")
    found = kaplan_meier(tenures(seen), least=1)
    theirs = lifelines.KaplanMeierFitter().fit(
        [n + gone for n, gone in seen], [gone for _, gone in seen], timeline=found.renewals
    )
    assert found.share == pytest.approx(theirs.survival_function_.to_numpy()[:, 0], abs=1e-12)


def test_steps_that_few_came_to_are_not_shown():
    found = kaplan_meier(Tenures([*[1] * 20, 9], [*[0.0] * 20, 0.0]))
    assert found.renewals.tolist() == [0, 1]


def test_the_model_lies_within_the_interval_of_what_it_made():
    fitted = ShiftedBetaGeometric().at({"alpha": 0.8, "beta": 9.0})
    s = fitted.simulate(np.full(4000, 12), np.random.default_rng(4))
    found = kaplan_meier(s)
    inside = (found.low <= fitted.survival(found.renewals)) & (fitted.survival(found.renewals) <= found.high)
    assert inside.mean() >= 0.9
