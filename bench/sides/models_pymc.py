"""The side of pymc-marketing of the BG/NBD fit, on the same arrays as ours: the maximum a posteriori under its default priors.

Building the model belongs to the fit; the compiler's work does not, when the side has run once before and filled its cache.
"""

import logging
import sys
import warnings

from clock import Clock

warnings.filterwarnings("ignore")
logging.disable(logging.INFO)
clock = Clock()

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from pymc_marketing.clv import BetaGeoModel  # noqa: E402

clock.lap("import")
given = np.load(sys.argv[1])
frame = pd.DataFrame(
    {"customer_id": np.arange(given["x"].size), "frequency": given["x"], "recency": given["t_x"], "T": given["T"]}
)
clock.skip()
model = BetaGeoModel(data=frame)
model.fit(method="map", progressbar=False)
clock.lap("fit BG/NBD")
found = {name: float(model.fit_result[name].mean()) for name in ("r", "alpha", "a", "b")}
clock.say(parameters={"BG/NBD": found})
