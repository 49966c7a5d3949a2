"""The side of pymc-marketing of the posterior: NUTS with its default settings, and what it then says of every customer.

That is the posterior of the expected number of orders: its models give no predictive interval of a single customer.
"""

import logging
import sys
import warnings

from clock import Clock

warnings.filterwarnings("ignore")
logging.disable(logging.INFO)
clock = Clock()


def main() -> None:
    import numpy as np
    import pandas as pd
    from pymc_marketing.clv import BetaGeoModel

    clock.lap("import")
    path, horizon = sys.argv[1], float(sys.argv[2])
    given = np.load(path)
    frame = pd.DataFrame(
        {"customer_id": np.arange(given["x"].size), "frequency": given["x"], "recency": given["t_x"], "T": given["T"]}
    )
    clock.skip()
    model = BetaGeoModel(data=frame)
    model.fit(progressbar=False, random_seed=1)
    clock.lap("fit and posterior")
    answer = model.expected_purchases(frame, future_t=horizon)
    answer.quantile([0.05, 0.95], dim=("chain", "draw"))
    clock.lap("every customer")
    found = {name: float(model.fit_result[name].mean()) for name in ("r", "alpha", "a", "b")}
    clock.say(parameters=found, expected=float(answer.mean(("chain", "draw")).sum()))


if __name__ == "__main__":  # its chains are processes of their own, which import this file
    main()
