"""The side of lifetimes of fits and predictions, on the same arrays as ours; called with the arrays and our models' keys."""

import sys
import warnings

from clock import Clock

warnings.filterwarnings("ignore")
clock = Clock()

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter  # noqa: E402
from lifetimes.utils import ConvergenceError  # noqa: E402

HORIZON = 365.0
MONTHLY_RATE = 1.1 ** (1 / 12) - 1
ORDERS = {
    "beta_geo_nbd": ("BG/NBD", BetaGeoFitter),
    "modified_beta_geo_nbd": ("MBG/NBD", ModifiedBetaGeoFitter),
    "pareto_nbd": ("Pareto/NBD", ParetoNBDFitter),
}

clock.lap("import")
path, *keys = sys.argv[1:]
given = np.load(path)
x, t_x, T, purchases, mean_value = (given[name] for name in ("x", "t_x", "T", "purchases", "mean_value"))
fitted, parameters, expected, failed, clv = {}, {}, {}, {}, None


def histories() -> tuple[np.ndarray, ...]:
    return x.copy(), t_x.copy(), T.copy()


np.random.seed(0)  # its Pareto/NBD begins at random
for key in keys:
    if key not in ORDERS:
        continue
    name, fitter = ORDERS[key]
    model = fitter(penalizer_coef=0.0)
    clock.skip()
    try:
        model.fit(x, t_x, T)
    except ConvergenceError as why:
        clock.skip()
        failed[name] = str(why).splitlines()[0]
        continue
    clock.lap(f"fit {name}")
    fitted[key], parameters[name] = model, dict(model.params_)
    clock.answers(f"P(alive) {name}", model.conditional_probability_alive, histories)
    answer = clock.answers(
        f"expected orders {name}",
        lambda *h, m=model: m.conditional_expected_number_of_purchases_up_to_time(HORIZON, *h),
        histories,
    )
    expected[name] = float(np.sum(answer))

if "gamma_gamma" in keys:
    known = purchases > 0
    some = purchases[known], mean_value[known]
    spend = GammaGammaFitter(penalizer_coef=0.0)
    clock.skip()
    spend.fit(*some)
    clock.lap("fit Gamma-Gamma")
    parameters["Gamma-Gamma"] = dict(spend.params_)
    columns = [pd.Series(column) for column in (x, t_x, T, mean_value)]
    clock.skip()
    value = spend.customer_lifetime_value(
        fitted["beta_geo_nbd"], *columns, time=12, freq="D", discount_rate=MONTHLY_RATE
    )
    clock.lap("12-month CLV")
    clv = float(value.sum())

clock.say(parameters=parameters, expected=expected, failed=failed, clv=clv)
