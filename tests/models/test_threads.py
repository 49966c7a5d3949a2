"""Linear algebra keeps to one thread while models are fitted, and has its own again afterwards."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_info

from lifeworth.models import BetaGeoNBD, History
from lifeworth.models.threads import one_thread


def blas_threads() -> set[int]:
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


def test_it_lasts_as_long_as_the_block() -> None:
    before = blas_threads()
    with one_thread():
        assert blas_threads() == {1}
    assert blas_threads() == before


def test_a_fit_asks_for_one_thread_and_gives_the_others_back(monkeypatch) -> None:
    rng = np.random.default_rng(1)
    h = BetaGeoNBD().at({"r": 0.8, "alpha": 8.0, "a": 0.8, "b": 2.5}).simulate(rng.uniform(5, 60, 400), rng).history
    seen = []
    objective = BetaGeoNBD.objective
    monkeypatch.setattr(BetaGeoNBD, "objective", lambda *args: seen.append(blas_threads()) or objective(*args))
    before = blas_threads()
    BetaGeoNBD().fit(History(h.x, h.t_x, h.T))
    assert seen
    assert all(one == {1} for one in seen)
    assert blas_threads() == before
