"""The generated business as a whole: its tables, its export, and the truth behind them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic import catalogue
from lifeworth.data.synthetic.arrays import cents, label, pick
from lifeworth.data.synthetic.baskets import fill_baskets
from lifeworth.data.synthetic.campaigns import GUIDE, assignments, run_campaigns
from lifeworth.data.synthetic.catalogue import CATEGORIES, MAKES, NAMES, RUNGS
from lifeworth.data.synthetic.club import Club, run_club
from lifeworth.data.synthetic.customers import FIRST_NUMBER, People, draw_people
from lifeworth.data.synthetic.journey import draw_touchpoints, journey_facts
from lifeworth.data.synthetic.leads import draw_leads, relations
from lifeworth.data.synthetic.marketing import plan_marketing
from lifeworth.data.synthetic.orders import CURRENCY, add_dirt, draw_sales
from lifeworth.data.synthetic.purchases import Buying, draw_purchases
from lifeworth.data.synthetic.returns import draw_returns
from lifeworth.data.synthetic.service import draw_tickets, service_facts
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.voice import draw_feedback
from lifeworth.data.synthetic.world import World
from lifeworth.errors import OptionError
from lifeworth.units import Period

_LEAST_CUSTOMERS = 20
_LEAST_DAYS = 180
_HORIZON = Period.months(12)


@dataclass(frozen=True)
class Business:
    """A generated business.

    Attributes:
        tables: Arrow tables by the names of `data.contracts`: customers, orders, refunds, order_lines, products,
            subscriptions, marketing_spend, service_costs, touchpoints, milestones, tickets, feedback, referrals,
            assignments, observations. `orders`, `refunds` and `order_lines` are what a perfect cleaning finds.
        export: The order export, all text, one row an order line, with its dirt.
        truth: Every parameter and every planted effect, as plain data that JSON can hold. Amounts are text.
        customer_truth: A row a customer: how they really buy, stay and cancel.
    """

    tables: dict[str, pa.Table]
    export: pa.Table
    truth: dict[str, Any]
    customer_truth: pa.Table
    span: Span = field(repr=False)

    def __getitem__(self, name: str) -> pa.Table:
        return self.tables[name]


def generate(
    customers: int = 5000,
    *,
    seed: int = 20240101,
    start: date = date(2024, 1, 1),
    end: date = date(2026, 6, 30),
    world: World | None = None,
) -> Business:
    """Make a business from a seed.

    Args:
        customers: How many customers it wins over the span, at least 20.
        seed: The same seed, span and world give the same business, to the byte.
        start: First day.
        end: Last day, the as-of date of every table: nothing in it is later.
        world: Other parameters than the usual ones.

    Raises:
        OptionError: if there are too few customers or too few days for a business, or the seed is negative.
    """
    if customers < _LEAST_CUSTOMERS or (end - start).days < _LEAST_DAYS or seed < 0:
        raise OptionError(
            f"A business of {customers} customers from {start} to {end} with seed {seed} cannot be made.",
            hint=f"It takes {_LEAST_CUSTOMERS} customers, {_LEAST_DAYS} days and a seed of at least 0.",
        )
    world = world or World()
    span = Span(start, end, world.order_season)
    leads = draw_leads(seed, span)
    marketing = plan_marketing(seed, world, span, customers, leads)
    people = draw_people(seed, world, span, customers, marketing)
    buying, log = draw_purchases(seed, world, span, people)
    log, reached, effects = run_campaigns(seed, world, span, people, buying, log)
    log = add_dirt(seed, world, span, log)
    lines = fill_baskets(seed, world, people, buying, log)
    returns = draw_returns(seed, world, span, log, lines)
    sales = draw_sales(seed, world, span, people, log, lines, returns)
    club = run_club(seed, world, span, people)
    tickets = draw_tickets(seed, world, span, people, sales, club, leads)
    export, account = sales.export(seed)
    tables = {
        "customers": people.customers(seed, world, span, sales.spent_lately()),
        "orders": sales.orders(),
        "refunds": sales.refunds(),
        "order_lines": sales.order_lines(),
        "products": _products(),
        "subscriptions": club.subscriptions(seed, world, people),
        "marketing_spend": marketing.spending(),
        "service_costs": tickets.costs(seed, people, sales),
        "touchpoints": draw_touchpoints(seed, world, span, people, buying, sales),
        "milestones": people.milestones(span),
        "tickets": tickets.table(seed, people),
        "feedback": draw_feedback(seed, span, people, sales, tickets),
        "referrals": people.referrals(seed, span),
        "assignments": assignments(span, people, reached),
        "observations": leads.observations(),
    }
    truth = {
        "seed": seed,
        "customers": customers,
        "currency": CURRENCY,
        **span.facts(),
        "world": _plain(asdict(world)),
        "export": account,
        "customers_alive": int(buying.alive.sum()),
        "expected_orders_12_months": float(buying.expected_orders(span, _HORIZON).sum()),
        "marketing": marketing.facts(),
        "campaigns": effects,
        "onboarding": {
            "campaign": GUIDE,
            "guide_read_lift": world.guide_read_if_invited - world.guide_read_if_not,
            "log_odds_of_leaving": world.onboarded_on_dropout,
            "factor_on_rate": world.onboarded_on_rate,
        },
        "club": club.facts,
        "service": service_facts(world),
        "journey": journey_facts(),
        "relations": relations(world),
        "catalogue": {
            "categories": list(NAMES),
            "later_category_by_first": catalogue.AFFINITY.tolist(),
            "beside_in_basket": catalogue.BESIDE.tolist(),
            "rate_by_first_category": [c.rate for c in CATEGORIES],
            "cost_share": [c.cost for c in CATEGORIES],
        },
    }
    return Business(tables, export, truth, _customer_truth(span, world, people, buying, club), span)


def _products() -> pa.Table:
    category = np.repeat(np.arange(len(CATEGORIES)), RUNGS * MAKES)
    return table(
        "products",
        {
            "product_id": pa.array(catalogue.product_codes()),
            "name": pa.array(catalogue.product_names()),
            "category": pick(NAMES, category),
            "price": cents(catalogue.prices()),
            "cost": cents(catalogue.costs()),
        },
    )


def _customer_truth(span: Span, world: World, people: People, buying: Buying, club: Club) -> pa.Table:
    """What is true of each customer; times in days, money in the currency of the shop before anything goes back."""
    expected = buying.expected_orders(span, _HORIZON)
    worth = world.p / buying.spend_rate
    left = np.isfinite(buying.left)
    left_on = span.dates(np.where(left, buying.left, 0.0)).astype("datetime64[D]")
    return pa.table(
        {
            "customer_id": label("C", np.arange(len(people), dtype=np.int64) + FIRST_NUMBER),
            "rate": buying.rate,
            "dropout": buying.dropout,
            "alive": buying.alive,
            "left_on": pa.array(left_on, mask=~left),
            "expected_orders_12_months": expected,
            "spend_rate": buying.spend_rate,
            "mean_order_value": worth,
            "expected_revenue_12_months": expected * worth,
            "satisfaction": people.satisfaction,
            "service": people.service,
            "onboarded": people.onboarded,
            "cancel_hazard": pa.array(club.hazard, mask=np.isnan(club.hazard)),
        }
    )


def _plain(value: Any) -> Any:
    """Tuples as lists, so that the truth reads the same before and after JSON."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value
