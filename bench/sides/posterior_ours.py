"""Our side of the posterior: BG/NBD and Gamma-Gamma with draws of each, and 5 and 95 % points of every customer.

The points are of what a customer will do, orders and value, with the doubt about the parameters and about the customer in them.
"""

import sys
import warnings

from clock import Clock

warnings.filterwarnings("ignore", category=FutureWarning)  # of arviz's plans, which nobody here can act on
clock = Clock()

import numpy as np  # noqa: E402

from lifeworth.models import BetaGeoNBD, GammaGamma, History, SpendHistory  # noqa: E402
from lifeworth.models.predictive import count_intervals, value_intervals  # noqa: E402

path, horizon, method, draws = sys.argv[1], float(sys.argv[2]), sys.argv[3], int(sys.argv[4])
if method == "nuts":
    import arviz  # noqa: F401 - imported late by the sampler; imports are left out on every side
    import nutpie.compiled_pyfunc  # noqa: F401
clock.lap("import")
given = np.load(path)
x, t_x, T, purchases, mean_value = (given[name] for name in ("x", "t_x", "T", "purchases", "mean_value"))
clock.skip()
h, s = History(x, t_x, T), SpendHistory(purchases, mean_value)
orders, spend = BetaGeoNBD().fit(h), GammaGamma().fit(s)
drawn, tastes = (fitted.posterior(draws, method) for fitted in (orders, spend))
clock.lap("fit and posterior")
counts = count_intervals(orders, h, horizon, posterior=drawn)
values = value_intervals(orders, spend, h, s, horizon, posterior=drawn, spend_posterior=tastes)
clock.lap("every customer")
clock.say(
    customers=len(h),
    parameters=drawn.means,
    trusted=bool(drawn.trusted and tastes.trusted),
    effective=[drawn.effective, tastes.effective],
    expected=float(orders.expected_orders(h, horizon).sum()),
    total_orders=[counts.total_low, counts.total_high],
    total_value=[values.total_low, values.total_high],
)
