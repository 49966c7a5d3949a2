"""Our side: an order file to 12-month CLV per customer with Lifeworth's own rooms, step by step, timed.

The same work as the peer's side: read, history, BG/NBD and Gamma-Gamma fits, P(alive), expected orders, CLV. On top of
it, since they cannot be left out: every row is checked, cleaned and reconciled.
"""

import sys

from clock import Clock

clock = Clock()
orders, until = sys.argv[1], sys.argv[2]

from datetime import date  # noqa: E402
from pathlib import Path  # noqa: E402

from lifeworth.data.clean import clean  # noqa: E402
from lifeworth.data.sources.open import read_orders  # noqa: E402
from lifeworth.engine.connect import connect  # noqa: E402
from lifeworth.features.history import history  # noqa: E402
from lifeworth.features.series import arrays, spend_arrays  # noqa: E402
from lifeworth.models import BetaGeoNBD, GammaGamma  # noqa: E402
from lifeworth.settings import load  # noqa: E402
from lifeworth.units import Rate, TimeUnit  # noqa: E402

settings = load({"as_of": date.fromisoformat(until), "horizon": "12m"})
unit = TimeUnit.DAY
clock.lap("import")
engine = connect()
source = read_orders(engine, [Path(orders)], settings)
clock.lap("read")
cleaned = clean(engine, source, settings)
cleaned.reconciliation.check()
clock.lap("clean and reconcile")
table = engine.create("history", history(cleaned.orders, cleaned.refunds, cleaned.as_of, margin=False))
clock.lap("history")
rows = engine.arrow(table)
engine.close()
h, spends = arrays(rows, unit), spend_arrays(rows, first_order=False)
clock.lap("to arrays")
model = BetaGeoNBD().fit(h)
clock.lap("fit orders")
spend = GammaGamma().fit(spends.with_purchases())
clock.lap("fit spend")
horizon = settings.horizon.length(cleaned.as_of, unit)
alive = model.probability_alive(h)
expected = model.expected_orders(h, horizon)
clock.lap("predict")
value = spend.expected_value(spends) * model.expected_discounted_orders(h, Rate(0.1).continuous(unit), horizon)
clock.lap("clv")
clock.say(customers=len(h), expected_orders=float(expected.sum()), clv=float(value.sum()))
