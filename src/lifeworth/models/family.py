"""The models there are, by the key under which they are saved. A new one is its own file and one line here."""

from __future__ import annotations

from typing import Any

from lifeworth.models.base import Model
from lifeworth.models.beta_discrete_weibull import BetaDiscreteWeibull
from lifeworth.models.beta_geo import BetaGeoNBD
from lifeworth.models.beta_geo_beta_bernoulli import BetaGeoBetaBernoulli
from lifeworth.models.gamma_gamma import GammaGamma
from lifeworth.models.gamma_gamma_per_transaction import GammaGammaPerTransaction
from lifeworth.models.modified_beta_geo import ModifiedBetaGeoNBD
from lifeworth.models.nbd import NBD
from lifeworth.models.pareto_nbd import ParetoNBD
from lifeworth.models.shifted_beta_geometric import ShiftedBetaGeometric

MODELS: dict[str, type[Model[Any]]] = {
    model.key: model
    for model in (
        NBD,
        BetaGeoNBD,
        ModifiedBetaGeoNBD,
        ParetoNBD,
        BetaGeoBetaBernoulli,
        ShiftedBetaGeometric,
        BetaDiscreteWeibull,
        GammaGamma,
        GammaGammaPerTransaction,
    )
}
