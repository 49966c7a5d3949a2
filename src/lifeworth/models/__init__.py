"""Pure maths: arrays in, arrays out. Histories, the models fitted to them, and what they answer."""

from __future__ import annotations

from lifeworth.models.beta_discrete_weibull import BetaDiscreteWeibull
from lifeworth.models.beta_geo import BetaGeoNBD
from lifeworth.models.beta_geo_beta_bernoulli import BetaGeoBetaBernoulli
from lifeworth.models.covariates import WithCovariates
from lifeworth.models.gamma_gamma import GammaGamma
from lifeworth.models.gamma_gamma_per_transaction import GammaGammaPerTransaction, Purchases
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.modified_beta_geo import ModifiedBetaGeoNBD
from lifeworth.models.nbd import NBD
from lifeworth.models.pareto_nbd import ParetoNBD
from lifeworth.models.saved import from_json
from lifeworth.models.shifted_beta_geometric import ShiftedBetaGeometric
from lifeworth.models.tenures import Tenures

__all__ = [
    "NBD",
    "BetaDiscreteWeibull",
    "BetaGeoBetaBernoulli",
    "BetaGeoNBD",
    "GammaGamma",
    "GammaGammaPerTransaction",
    "History",
    "ModifiedBetaGeoNBD",
    "ParetoNBD",
    "Purchases",
    "ShiftedBetaGeometric",
    "SpendHistory",
    "Tenures",
    "WithCovariates",
    "from_json",
]
