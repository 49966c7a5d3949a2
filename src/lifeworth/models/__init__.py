"""Pure maths: arrays in, arrays out. Histories, the models fitted to them, and what they answer.

Each name is loaded when it is first used (PEP 562): who fits one model does not wait for the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifeworth.models.beta_discrete_weibull import BetaDiscreteWeibull as BetaDiscreteWeibull
    from lifeworth.models.beta_geo import BetaGeoNBD as BetaGeoNBD
    from lifeworth.models.beta_geo_beta_bernoulli import BetaGeoBetaBernoulli as BetaGeoBetaBernoulli
    from lifeworth.models.covariates import WithCovariates as WithCovariates
    from lifeworth.models.gamma_gamma import GammaGamma as GammaGamma
    from lifeworth.models.gamma_gamma_per_transaction import GammaGammaPerTransaction as GammaGammaPerTransaction
    from lifeworth.models.gamma_gamma_per_transaction import Purchases as Purchases
    from lifeworth.models.history import History as History
    from lifeworth.models.history import SpendHistory as SpendHistory
    from lifeworth.models.modified_beta_geo import ModifiedBetaGeoNBD as ModifiedBetaGeoNBD
    from lifeworth.models.nbd import NBD as NBD
    from lifeworth.models.pareto_nbd import ParetoNBD as ParetoNBD
    from lifeworth.models.saved import from_json as from_json
    from lifeworth.models.shifted_beta_geometric import ShiftedBetaGeometric as ShiftedBetaGeometric
    from lifeworth.models.tenures import Tenures as Tenures

_HOMES = {
    "BetaDiscreteWeibull": "lifeworth.models.beta_discrete_weibull",
    "BetaGeoBetaBernoulli": "lifeworth.models.beta_geo_beta_bernoulli",
    "BetaGeoNBD": "lifeworth.models.beta_geo",
    "GammaGamma": "lifeworth.models.gamma_gamma",
    "GammaGammaPerTransaction": "lifeworth.models.gamma_gamma_per_transaction",
    "History": "lifeworth.models.history",
    "ModifiedBetaGeoNBD": "lifeworth.models.modified_beta_geo",
    "NBD": "lifeworth.models.nbd",
    "ParetoNBD": "lifeworth.models.pareto_nbd",
    "Purchases": "lifeworth.models.gamma_gamma_per_transaction",
    "ShiftedBetaGeometric": "lifeworth.models.shifted_beta_geometric",
    "SpendHistory": "lifeworth.models.history",
    "Tenures": "lifeworth.models.tenures",
    "WithCovariates": "lifeworth.models.covariates",
    "from_json": "lifeworth.models.saved",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lifeworth.models' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
