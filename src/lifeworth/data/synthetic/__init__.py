"""A business whose truth is known: a coffee shop with a subscription club, made from a seed, for demos, tests and benches.

`generate` makes the tables, `write` lays them down as a shop's own export would look, dirt included; `simulate_orders`
is the bare order log of the textbook model. What was put in stands in `Business.truth`, so that what comes out can be checked.
"""

from __future__ import annotations

from lifeworth.data.synthetic.bare import simulate_orders as simulate_orders
from lifeworth.data.synthetic.business import Business as Business
from lifeworth.data.synthetic.business import generate as generate
from lifeworth.data.synthetic.world import World as World
from lifeworth.data.synthetic.write import write as write
