"""Subscriptions: monthly recurring revenue, its movements, and the rates made of them.

All stands on the table of movements: a customer's first MRR is new, more of it expansion, less contraction, none churn, and MRR
after none reactivation; start + movements = end, without a remainder.
"""

from __future__ import annotations

from lifeworth.kpis.measures import Measure, count, sum_
from lifeworth.kpis.metric import Metric

SUBJECT = "Subscriptions"
NO_MRR = "there was no recurring revenue at the start of the period"
NOTHING_LOST = "nothing was lost to churn or contraction in the period"
MOVES = "mrr_movements"
JOINED, LEFT = "kind in ['new', 'reactivation']", "kind == 'churn'"


def _moved(kind: str, sign: str, about: str) -> Measure:
    return sum_(f"{kind}_mrr", about, MOVES, f"{sign}change", where=f"kind == '{kind}'")


MEASURES = (
    sum_("mrr_start", "MRR at the start of the period", MOVES, "change", when="at start", none=NO_MRR),
    sum_(
        "mrr_end", "MRR at the end of the period", MOVES, "change", when="at end", none="there is no recurring revenue"
    ),
    _moved("new", "", "MRR of customers who had none before"),
    _moved("expansion", "", "more MRR of customers who had some"),
    _moved("contraction", "-", "less MRR of customers who keep some, as a positive number"),
    _moved("churn", "-", "MRR of customers who keep none, as a positive number"),
    _moved("reactivation", "", "MRR of customers who came back"),
    count("joined_before", "times a customer began up to the start", MOVES, JOINED, when="at start"),
    count("left_before", "times a customer left up to the start", MOVES, LEFT, when="at start"),
    count("joined_so_far", "times a customer began up to the end", MOVES, JOINED, when="at end"),
    count("left_so_far", "times a customer left up to the end", MOVES, LEFT, when="at end"),
    count("new_subscribers", "customers with MRR for the first time", MOVES, "kind == 'new'"),
    count("reactivated_subscribers", "customers with MRR again", MOVES, "kind == 'reactivation'"),
    count("churned_subscribers", "times a customer's MRR went to nothing", MOVES, LEFT),
    count("involuntary_churn", "of them, because a payment failed", MOVES, f"{LEFT} and cause == 'involuntary'"),
)


def _movement(name: str, title: str, definition: str, direction: str) -> Metric:
    return Metric(
        name=name,
        title=title,
        definition=definition,
        formula=name,
        kind="money",
        direction=direction,  # type: ignore[arg-type]
        subject=SUBJECT,
        source="ChartMogul, MRR movements",
    )


METRICS = (
    Metric(
        name="mrr",
        title="MRR",
        definition="Monthly recurring revenue at the end of the period: paid subscriptions, each as a month of it, after discounts; "
        "trials and use-based billing apart.",
        formula="mrr_end",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="trade standard (MRR)",
    ),
    Metric(
        name="arr",
        title="ARR",
        definition="Twelve times the monthly recurring revenue.",
        formula="mrr * 12",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="trade standard (ARR)",
    ),
    _movement("new_mrr", "New MRR", "MRR of customers who never had any before.", "up"),
    _movement(
        "expansion_mrr",
        "Expansion MRR",
        "More MRR of customers: upgrades, seats, second subscriptions, discounts that end.",
        "up",
    ),
    _movement("reactivation_mrr", "Reactivation MRR", "MRR of customers who had left and came back.", "up"),
    _movement(
        "contraction_mrr",
        "Contraction MRR",
        "Less MRR of customers who stay: downgrades, seats, one of two subscriptions ended.",
        "down",
    ),
    _movement("churn_mrr", "Churned MRR", "MRR of customers who left altogether.", "down"),
    Metric(
        name="net_new_mrr",
        title="Net new MRR",
        definition="All movements of MRR in the period taken together: MRR at its end less MRR at its start.",
        formula="new_mrr + expansion_mrr + reactivation_mrr - contraction_mrr - churn_mrr",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="ChartMogul",
    ),
    Metric(
        name="subscribers",
        title="Subscribers",
        definition="Customers with recurring revenue at the end of the period.",
        formula="joined_so_far - left_so_far",
        kind="count",
        direction="up",
        subject=SUBJECT,
        none="there is no subscriber",
    ),
    Metric(
        name="subscribers_at_start",
        title="Subscribers at the start",
        definition="Customers with recurring revenue at the start of the period.",
        formula="joined_before - left_before",
        kind="count",
        direction="up",
        subject=SUBJECT,
        none="there was no subscriber at the start of the period",
    ),
    Metric(
        name="new_subscribers",
        title="New subscribers",
        definition="Customers who had recurring revenue for the first time in the period.",
        formula="new_subscribers",
        kind="count",
        direction="up",
        subject=SUBJECT,
    ),
    Metric(
        name="reactivated_subscribers",
        title="Reactivated subscribers",
        definition="Times a customer who had left altogether came back in the period.",
        formula="reactivated_subscribers",
        kind="count",
        direction="up",
        subject=SUBJECT,
    ),
    Metric(
        name="arpa",
        title="Average revenue per account",
        definition="MRR of a subscriber at the end of the period (ARPA, ARPU, ARPS).",
        formula="mrr / subscribers",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="ChartMogul: MRR ÷ customers",
    ),
    Metric(
        name="subscriber_churn",
        title="Subscriber churn",
        definition="Times a subscriber's MRR went to nothing in the period, as a share of the subscribers at its start.",
        formula="churned_subscribers / subscribers_at_start",
        kind="percent",
        direction="down",
        subject=SUBJECT,
        source="trade standard; what tools do differently: lifeworth presets",
        none="no subscriber left in the period",
    ),
    Metric(
        name="involuntary_churn_share",
        title="Involuntary churn",
        definition="Share of the lost subscribers who were lost to a failed payment.",
        formula="involuntary_churn / churned_subscribers",
        kind="percent",
        direction="down",
        subject=SUBJECT,
        undefined={"churned_subscribers": "no subscriber left in the period"},
    ),
    Metric(
        name="gross_mrr_churn",
        title="MRR churn, gross",
        definition="MRR lost to churn and contraction in the period, as a share of MRR at its start.",
        formula="(churn_mrr + contraction_mrr) / mrr_start",
        kind="percent",
        direction="down",
        subject=SUBJECT,
        source="ChartMogul, gross MRR churn rate (standard formula)",
    ),
    Metric(
        name="net_mrr_churn",
        title="MRR churn, net",
        definition="The same less what expansion and reactivation brought; below zero where they brought more.",
        formula="(churn_mrr + contraction_mrr - expansion_mrr - reactivation_mrr) / mrr_start",
        kind="percent",
        direction="down",
        subject=SUBJECT,
        source="ChartMogul, net MRR churn rate (standard formula)",
    ),
    Metric(
        name="grr",
        title="Gross revenue retention",
        definition="Share of MRR at the start that neither churn nor contraction took: 1 − gross MRR churn (GRR).",
        formula="1 - gross_mrr_churn",
        kind="percent",
        direction="up",
        subject=SUBJECT,
        source="trade standard (GRR)",
    ),
    Metric(
        name="nrr",
        title="Net revenue retention",
        definition="MRR of former and present customers at the end, as a share of MRR at the start: 1 − net MRR churn (NRR).",
        formula="1 - net_mrr_churn",
        kind="percent",
        direction="up",
        subject=SUBJECT,
        source="trade standard (NRR)",
    ),
    Metric(
        name="quick_ratio",
        title="Quick ratio",
        definition="MRR won for each unit of MRR lost in the period.",
        formula="(new_mrr + expansion_mrr + reactivation_mrr) / (contraction_mrr + churn_mrr)",
        kind="ratio",
        direction="up",
        subject=SUBJECT,
        source="ChartMogul, SaaS quick ratio",
        undefined={"contraction_mrr + churn_mrr": NOTHING_LOST},
    ),
    Metric(
        name="subscription_ltv",
        title="Subscription LTV",
        definition="MRR of a subscriber for as many months as subscribers stay if they go on leaving as in the period: revenue, not margin.",
        formula="arpa / (subscriber_churn / months)",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="ChartMogul: ARPA ÷ customer churn rate",
        undefined={"subscriber_churn / months": "no subscriber left in the period"},
    ),
)
