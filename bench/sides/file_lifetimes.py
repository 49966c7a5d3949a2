"""The peer's side: an order file to 12-month CLV per customer with lifetimes, step by step, timed.

Runs in an environment of its own, so it imports nothing of this repository but the clock.
"""

import sys
import warnings

from clock import Clock

warnings.filterwarnings("ignore")
clock = Clock()
orders, until = sys.argv[1:3]

import pandas as pd  # noqa: E402
from lifetimes import BetaGeoFitter, GammaGammaFitter  # noqa: E402
from lifetimes.utils import summary_data_from_transaction_data  # noqa: E402

clock.lap("import")
frame = pd.read_csv(orders, parse_dates=["order_date"])
clock.lap("read")
summary = summary_data_from_transaction_data(
    frame, "customer_id", "order_date", monetary_value_col="amount", observation_period_end=until, freq="D"
)
clock.lap("history")
model = BetaGeoFitter(penalizer_coef=0.0)
# The fitter runs its starting point through days as they are; days over 730 are what its users give it.
model.fit(summary["frequency"], summary["recency"], summary["T"])
clock.lap("fit orders")
repeat = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
spend = GammaGammaFitter(penalizer_coef=0.0)
spend.fit(repeat["frequency"], repeat["monetary_value"])
clock.lap("fit spend")
summary["alive"] = model.conditional_probability_alive(summary["frequency"], summary["recency"], summary["T"])
summary["expected"] = model.conditional_expected_number_of_purchases_up_to_time(
    365, summary["frequency"], summary["recency"], summary["T"]
)
clock.lap("predict")
summary["clv"] = spend.customer_lifetime_value(
    model,
    summary["frequency"],
    summary["recency"],
    summary["T"],
    summary["monetary_value"],
    time=12,
    freq="D",
    discount_rate=0.008,
)
clock.lap("clv")
clock.say(customers=len(summary), expected_orders=float(summary["expected"].sum()), clv=float(summary["clv"].sum()))
