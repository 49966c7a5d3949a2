"""What is true of the generated business: every parameter that was put in, as plain data.

Harbour & Bean sells coffee and what belongs to it, in a shop, on the web and on a marketplace, and runs a subscription
club. The numbers are invented; they are set so that the shop looks like one: an average order near 56 euros, some
three of five customers with a second order, a customer who costs some 17 euros to win.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """How a channel brings customers, and what kind of customers it brings.

    New customers of a month = season × growth × (`base` + `top` × spend ÷ (spend + `half_spend`)), stated for a business
    of some 170 new customers a month; a larger business is larger in all three, and in its `budget`.
    """

    name: str
    base: float
    top: float
    half_spend: float
    budget: float
    campaigns: tuple[str, ...]
    rate: float = 1.0
    """Factor on the order rate λ."""
    dropout: float = 0.0
    """Added to the log odds of leaving after an order."""
    spend: float = 1.0
    """Factor on the mean order value."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of the club; θ, the probability to cancel at a renewal, is Beta(`a`, `b`) across subscribers."""

    name: str
    price: float
    share: float
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign with a random hold-out.

    `more` is the probability of one extra order by a customer who still buys, `fewer` the share of the orders of the
    window that are not placed, by customers it annoys; each per segment.
    """

    name: str
    at: float
    """When, as a share of the span."""
    cost: float
    held_out: float
    more: dict[str, float]
    fewer: dict[str, float]
    window: int = 28


CHANNELS = (
    Channel("paid search", 0, 90, 1600, 1300, ("brand words", "coffee words")),
    Channel("paid social", 0, 70, 1500, 1100, ("reels", "lookalikes"), rate=0.85, dropout=0.25, spend=0.95),
    Channel("email", 0, 30, 150, 130, ("partner newsletters",), rate=1.15, dropout=-0.15),
    Channel("organic", 28, 12, 250, 250, ("brewing guides",), rate=1.10, dropout=-0.10, spend=1.05),
    Channel("referral", 6, 18, 150, 160, ("bring a friend",), rate=1.25, dropout=-0.30, spend=1.10),
    Channel("marketplace", 8, 22, 300, 300, ("sponsored listings",), rate=0.70, dropout=0.35, spend=0.85),
    Channel("store", 10, 12, 260, 260, ("tasting evenings",), rate=0.95, spend=0.90),
)

PLANS = (
    Plan("Taster", 9.90, 0.45, 0.9, 11.0),
    Plan("House", 19.90, 0.37, 0.8, 14.0),
    Plan("Connoisseur", 34.90, 0.18, 0.8, 20.0),
)

SEGMENTS = ("new", "active", "lapsing", "sleeping")
"""By what is known on the day of a campaign: last order over 240 days ago is sleeping, over 90 lapsing; of the others
those with one order are new, those with more active."""

CAMPAIGNS = (
    Campaign(
        "spring-selection", 0.45, 0.05, 0.30, {"new": 0.06, "active": 0.03, "lapsing": 0.04, "sleeping": 0.02}, {}
    ),
    Campaign("win-back-voucher", 0.62, 0.40, 0.30, {"new": 0.03, "active": 0.0, "lapsing": 0.16, "sleeping": 0.10}, {}),
    Campaign("daily-deals", 0.80, 0.10, 0.30, {"new": 0.05, "lapsing": 0.05}, {"active": 0.45}),
)

COUNTRIES = (("Germany", 0.46), ("Netherlands", 0.17), ("Austria", 0.13), ("France", 0.13), ("Ireland", 0.11))


@dataclass(frozen=True, slots=True)
class World:
    """The parameters of the business; a copy with some changed makes another business (`dataclasses.replace`)."""

    # Orders: λ ~ Gamma(r, alpha) a day, p ~ Beta(a, b), then moved by channel, category, onboarding and satisfaction.
    r: float = 0.45
    alpha: float = 60.0
    a: float = 0.8
    b: float = 2.5
    # Money: an order is Gamma(p, ν), ν ~ Gamma(q, v) across customers; the mean order is p v ÷ (q − 1).
    p: float = 4.0
    q: float = 4.5
    v: float = 50.0

    channels: tuple[Channel, ...] = CHANNELS
    growth: float = 0.5
    """How much more a month brings at the end of the span than at its start, for the same spend."""
    joining_season: tuple[float, ...] = (0.90, 0.88, 0.95, 0.95, 1.00, 0.90, 0.85, 0.88, 1.00, 1.08, 1.33, 1.28)
    order_season: tuple[float, ...] = (0.95, 0.94, 0.98, 0.97, 0.98, 0.93, 0.90, 0.92, 1.00, 1.04, 1.20, 1.19)

    # Satisfaction s ~ N(0, 1) is made of taste and of the service a customer meets, and it moves leaving and cancelling.
    taste_weight: float = 0.8
    service_weight: float = 0.6
    satisfaction_on_dropout: float = -0.6
    """Log odds of leaving after an order, per point of s."""
    satisfaction_on_cancelling: float = -0.5
    """Log odds of cancelling the subscription at a renewal, per point of s."""

    # Onboarding: three steps; whoever takes them all within 30 days is onboarded.
    guide_invited: float = 0.5
    """Share of new customers sent the brewing guide, at random."""
    guide_read_if_invited: float = 0.65
    guide_read_if_not: float = 0.35
    onboarded_on_dropout: float = -0.5
    onboarded_on_rate: float = 1.2

    # What becomes of orders.
    discounted_orders: float = 0.18
    discount_rates: tuple[float, ...] = (0.10, 0.15, 0.20)
    free_orders: float = 0.004
    refunded_orders: float = 0.015
    """Share of orders with a part of the price given back as goodwill."""

    # The club.
    subscribers: float = 0.20
    annual_share: float = 0.3
    annual_months_paid: int = 10
    annual_a: float = 1.3
    annual_b: float = 4.7
    trial_days: int = 14
    trial_share: float = 0.6
    """Share of monthly subscriptions that begin with a trial."""
    trial_converts: float = 0.68
    payment_failure: float = 0.007
    """Probability a month that a subscription ends because the payment failed for good."""
    upgrades: float = 0.012
    downgrades: float = 0.007
    pauses: float = 0.010
    resumes: float = 0.8
    plans: tuple[Plan, ...] = PLANS

    campaigns: tuple[Campaign, ...] = CAMPAIGNS

    # Lead → lag: what one unit of the lead does, so many months later.
    training_on_first_reply: float = -0.030
    training_lag: int = 2
    enps_on_csat: float = 0.020
    enps_lag: int = 1
    speed_on_joiners: float = -0.22
    speed_lag: int = 1
    rising_topic: str = "delivery"
    rising_factor: float = 2.2
    rising_from: float = 0.85

    # Dirt in the export, as shares of the true orders; two more rows cannot be read at all.
    cancelled: float = 0.012
    unpaid: float = 0.004
    tests: float = 0.001
    guests: float = 0.030
    duplicates: float = 0.003
