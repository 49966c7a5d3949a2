"""Likelihood-ratio tests say how surprising the larger model's gain would be."""

from __future__ import annotations

import numpy as np
import pytest

from lifeworth.errors import InputError
from lifeworth.models import NBD, ParetoNBD
from lifeworth.models.compare import likelihood_ratio


def test_leaving_is_found_where_customers_leave() -> None:
    rng = np.random.default_rng(1)
    h = ParetoNBD().at({"r": 0.8, "alpha": 5.0, "s": 0.8, "beta": 15.0}).simulate(rng.uniform(20, 60, 800), rng).history
    found = likelihood_ratio(NBD().fit(h), ParetoNBD().fit(h))
    assert found.parameters == 2
    assert found.p_value < 1e-6


def test_no_leaving_is_found_where_nobody_leaves() -> None:
    rng = np.random.default_rng(2)
    h = NBD().at({"r": 0.8, "alpha": 5.0}).simulate(rng.uniform(20, 60, 800), rng).history
    found = likelihood_ratio(NBD().fit(h), ParetoNBD().fit(h))
    assert found.p_value > 0.01


def test_models_of_other_data_or_the_wrong_way_round_are_refused() -> None:
    rng = np.random.default_rng(3)
    one, other = (NBD().at({"r": 0.8, "alpha": 5.0}).simulate(rng.uniform(20, 60, n), rng).history for n in (100, 101))
    with pytest.raises(InputError, match="same data"):
        likelihood_ratio(NBD().fit(one), ParetoNBD().fit(other))
    with pytest.raises(InputError, match="more parameters"):
        likelihood_ratio(ParetoNBD().fit(one), NBD().fit(one))
