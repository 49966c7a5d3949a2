"""Service and satisfaction: what customers cost to serve, how fast they are answered, what they say."""

from __future__ import annotations

from lifeworth.kpis.measures import Measure, count, sum_
from lifeworth.kpis.metric import Metric

SUBJECT = "Service and satisfaction"
ON_TEN = "kind == 'nps' and (scale_max == None or scale_max == 10)"
SATISFIED = "score >= 4 and scale_max == None or score >= 0.8 * scale_max"

MEASURES = (
    sum_("service_costs", "what serving customers cost", "service_costs", "amount"),
    count("tickets", "requests to customer service", "tickets", none="no ticket in the period"),
    sum_(
        "reopened_tickets",
        "requests that came back",
        "tickets",
        "reopened",
        none="no ticket of the period says whether it came back",
    ),
    Measure(
        "first_response",
        "mean hours to the first answer of a person",
        "tickets",
        "mean",
        "(first_reply_at - opened_at) * 24",
        none="no ticket of the period was answered",
    ),
    Measure(
        "resolution",
        "mean hours until settled",
        "tickets",
        "mean",
        "(resolved_at - opened_at) * 24",
        none="no ticket of the period was settled",
    ),
    count(
        "rated_tickets",
        "tickets the customer rated",
        "tickets",
        where="csat != None",
        none="no ticket of the period was rated",
    ),
    count("good_tickets", "tickets rated 4 or 5 of 5", "tickets", where="csat >= 4"),
    count(
        "nps_answers", "answers on the scale of 0 to 10", "feedback", where=ON_TEN, none="nobody answered in the period"
    ),
    count("promoters", "answers of 9 and 10", "feedback", where=f"{ON_TEN} and score >= 9"),
    count("detractors", "answers of 0 to 6", "feedback", where=f"{ON_TEN} and score <= 6"),
    count(
        "csat_answers",
        "answers on satisfaction",
        "feedback",
        where="kind == 'csat'",
        none="nobody answered in the period",
    ),
    count(
        "csat_satisfied",
        "answers of four fifths of the highest score or more",
        "feedback",
        where=f"kind == 'csat' and ({SATISFIED})",
    ),
    sum_(
        "ces_of_five", "effort scores on a scale to 5", "feedback", "score", where="kind == 'ces' and scale_max == None"
    ),
    sum_(
        "ces_rescaled",
        "effort scores brought to a scale of 1 to 5",
        "feedback",
        "1 + (score - 1) * 4 / (scale_max - 1)",
        where="kind == 'ces' and scale_max != None",
    ),
    count("ces_answers", "answers on effort", "feedback", where="kind == 'ces'", none="nobody answered in the period"),
)

METRICS = (
    Metric(
        name="serving_costs",
        title="Cost of serving",
        definition="What serving customers cost in the period: tickets, returns, shipping and payment fees as the table service_costs "
        "states them; without it, tickets at the assumed cost of each.",
        formula="first_known(service_costs, tickets * cost_per_ticket)",
        kind="money",
        direction="down",
        subject=SUBJECT,
    ),
    Metric(
        name="cost_to_serve",
        title="Cost to serve a customer",
        definition="Cost of serving in the period, for each of its buyers.",
        formula="serving_costs / buyers",
        kind="money",
        direction="down",
        subject=SUBJECT,
        source="cost-to-serve accounting",
    ),
    Metric(
        name="ticket_rate",
        title="Tickets per buyer",
        definition="Requests to customer service in the period, for each of its buyers.",
        formula="tickets / buyers",
        kind="ratio",
        direction="down",
        subject=SUBJECT,
    ),
    Metric(
        name="first_response_hours",
        title="First response, hours",
        definition="Mean hours from a request to the first answer of a person, over the requests of the period that were answered.",
        formula="first_response",
        kind="number",
        direction="down",
        subject=SUBJECT,
        source="Zendesk, first reply time in calendar hours",
    ),
    Metric(
        name="resolution_hours",
        title="Resolution, hours",
        definition="Mean hours from a request until it was settled, over the requests of the period that were.",
        formula="resolution",
        kind="number",
        direction="down",
        subject=SUBJECT,
        source="Zendesk, full resolution time in calendar hours",
    ),
    Metric(
        name="reopen_rate",
        title="Reopened tickets",
        definition="Share of the requests of the period with which the customer came back; not known where no request says so or denies it.",
        formula="reopened_tickets / tickets",
        kind="percent",
        direction="down",
        subject=SUBJECT,
    ),
    Metric(
        name="ticket_csat",
        title="Satisfaction with service",
        definition="Share of the rated requests of the period that were rated 4 or 5 of 5.",
        formula="good_tickets / rated_tickets",
        kind="percent",
        direction="up",
        subject=SUBJECT,
        source="top-two-box",
    ),
    Metric(
        name="nps",
        title="Net Promoter Score",
        definition="Share of answers of 9 and 10 less share of answers of 0 to 6, in points from −100 to 100. Answers on another scale "
        "than 0 to 10 are left out.",
        formula="100 * (promoters - detractors) / nps_answers",
        kind="number",
        direction="up",
        subject=SUBJECT,
        source="Reichheld (2003)",
    ),
    Metric(
        name="csat",
        title="Customer satisfaction",
        definition="Share of answers on satisfaction of at least four fifths of the highest score: 4 or 5 of 5, 6 or 7 of 7.",
        formula="csat_satisfied / csat_answers",
        kind="percent",
        direction="up",
        subject=SUBJECT,
        source="top-two-box (CSAT)",
    ),
    Metric(
        name="ces",
        title="Customer effort score",
        definition="Mean answer on effort, on a scale of 1 to 5 as the survey words it; other scales are brought to it.",
        formula="(ces_of_five + ces_rescaled) / ces_answers",
        kind="number",
        direction="neither",
        subject=SUBJECT,
        source="Dixon, Freeman & Toman (2010)",
    ),
)
