"""Our side of fits and predictions: arrays of the same customers that the peers are given, to parameters and answers.

Called with the arrays and the models' keys. A fit includes the check of the histories; every answer is asked of histories made
anew, so that it includes finding the distinct ones among them.
"""

import sys

from clock import Clock

clock = Clock()

import numpy as np  # noqa: E402

from lifeworth.models import BetaGeoNBD, GammaGamma, History, ModifiedBetaGeoNBD, ParetoNBD, SpendHistory  # noqa: E402
from lifeworth.units import Rate, TimeUnit  # noqa: E402

HORIZON = 365.0
ORDERS = {model.key: model for model in (BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD)}

clock.lap("import")
path, *keys = sys.argv[1:]
given = np.load(path)
x, t_x, T, purchases, mean_value = (given[name] for name in ("x", "t_x", "T", "purchases", "mean_value"))
fitted, parameters, expected, clv = {}, {}, {}, None


def histories() -> tuple[History]:
    return (History(x, t_x, T),)


for key in keys:
    if key not in ORDERS:
        continue
    model = ORDERS[key]()
    clock.skip()
    orders = fitted[key] = model.fit(*histories())
    clock.lap(f"fit {model.name}")
    parameters[model.name] = dict(orders.parameters)
    clock.answers(f"P(alive) {model.name}", orders.probability_alive, histories)
    answer = clock.answers(
        f"expected orders {model.name}", lambda h, o=orders: o.expected_orders(h, HORIZON), histories
    )
    expected[model.name] = float(answer.sum())

if GammaGamma.key in keys:
    known = purchases > 0
    some = purchases[known], mean_value[known]
    clock.skip()
    spend = GammaGamma().fit(SpendHistory(*some))
    clock.lap("fit Gamma-Gamma")
    parameters["Gamma-Gamma"] = dict(spend.parameters)
    (h,), s = histories(), SpendHistory(purchases, mean_value)
    rate = Rate(0.1).continuous(TimeUnit.DAY)
    clock.skip()
    value = spend.expected_value(s) * fitted[BetaGeoNBD.key].expected_discounted_orders(h, rate, HORIZON)
    clock.lap("12-month CLV")
    clv = float(value.sum())

clock.say(parameters=parameters, expected=expected, clv=clv)
