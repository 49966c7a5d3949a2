"""Pure maths: arrays in, arrays out. Histories, the models fitted to them, and what they answer."""

from __future__ import annotations

from lifeworth.models.beta_geo import BetaGeoNBD
from lifeworth.models.beta_geo_beta_bernoulli import BetaGeoBetaBernoulli
from lifeworth.models.gamma_gamma import GammaGamma
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.modified_beta_geo import ModifiedBetaGeoNBD
from lifeworth.models.nbd import NBD
from lifeworth.models.pareto_nbd import ParetoNBD
from lifeworth.models.saved import from_json

__all__ = [
    "NBD",
    "BetaGeoBetaBernoulli",
    "BetaGeoNBD",
    "GammaGamma",
    "History",
    "ModifiedBetaGeoNBD",
    "ParetoNBD",
    "SpendHistory",
    "from_json",
]
