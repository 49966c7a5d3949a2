"""What both sides found, seen with one measure: the log-likelihood of the same customers at each side's parameters.

Called with the arrays and a JSON file of side → model → parameters; says model → side → log-likelihood.
"""

import json
import sys
from pathlib import Path

import numpy as np

from lifeworth.models import BetaGeoNBD, GammaGamma, History, ModifiedBetaGeoNBD, ParetoNBD, SpendHistory

given = np.load(sys.argv[1])
h = History(given["x"], given["t_x"], given["T"]).compress()
s = SpendHistory(given["purchases"], given["mean_value"]).with_purchases()
likelihoods: dict[str, dict[str, float]] = {}
for side, models in json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")).items():
    for model in (BetaGeoNBD(), ModifiedBetaGeoNBD(), ParetoNBD(), GammaGamma()):
        if model.name in models:
            of = {symbol: models[model.name][symbol] for symbol in model.symbols}
            found = model.at(of).total_log_likelihood(s if isinstance(model, GammaGamma) else h)
            likelihoods.setdefault(model.name, {})[side] = found
print(json.dumps({"log_likelihoods": likelihoods}))
