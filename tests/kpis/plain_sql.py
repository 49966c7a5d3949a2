"""Every figure once more, in plain SQL over the rows as they came: nothing here is made by a query of ours.

A question is one SELECT of one value. It may name the tables of its book (`books.py`) and the views below, and `span`, one row
with the period: days after `start` up to `stop`, those of the period before after `before`, its length in `days`, `years` and
`months`, and the `margin` of the company. Terms that cancel are left cancelled: simple CLV has no term for the length of the
period, so an error there would show.
"""

from __future__ import annotations

# A purchase day: orders of a known customer on a day, unless all of them went back. Books bring `placed`, `loose` and `paid`.
SHOP_VIEWS = """
    create view sold as select placed.* from placed, span where day > start and day <= stop;
    create view purchase as
        select customer, day, sum(net) as value from placed, span
        where customer is not null and day <= stop group by customer, day
        having bool_or(net is null or net > 0 or (net = 0 and coalesce(back, 0) <= 0));
    create view buyer as
        select customer, min(day) as first, max(day) as last, count(*) as n,
               count(*) filter (day > start) as bought, sum(value) filter (day > start) as value,
               count(*) filter (day > before and day <= start) as bought_before,
               sum(value) filter (day > before and day <= start) as value_before
        from purchase, span group by customer;
    create view anybody as
        select customer from buyer union select customer from paid, span where since <= stop;
"""

SALES = {
    "revenue": """
        select (select sum(net) from sold)
             - coalesce((select sum(amount) from loose, span where day > start and day <= stop), 0)""",
    "orders": "select count(*) from sold",
    "aov": "select avg(net) from sold",
    "gross_margin": "select sum(margin) from sold",
    "margin_rate": "select sum(margin) / sum(net) from sold where margin is not null",
    "refund_rate": "select sum(back) / (sum(net) + sum(back)) from sold",
    "discount_share": "select sum(discount) / (sum(net) + coalesce(sum(back), 0) + sum(discount)) from sold",
}

CUSTOMERS = {
    "active_customers": "select count(*) from buyer where bought > 0",
    "new_customers": "select count(*) from buyer, span where first > start",
    "lost_customers": "select count(*) from buyer where bought_before > 0 and bought = 0",
    "reactivated_customers": "select count(*) from buyer, span where bought > 0 and bought_before = 0 and first <= start",
    "retention_rate": "select avg(cast(bought > 0 as int)) from buyer where bought_before > 0",
    "churn_rate": "select avg(cast(bought = 0 as int)) from buyer where bought_before > 0",
    "revenue_churn": """
        select sum(greatest(value_before - coalesce(value, 0), 0)) / sum(value_before) from buyer where bought_before > 0""",
    "net_revenue_churn": """
        select sum(value_before - coalesce(value, 0)) / sum(value_before) from buyer where bought_before > 0""",
    "repeat_rate": "select avg(cast(n > 1 as int)) from buyer",
    "time_between_orders": """
        select avg(gap) from (select day - lag(day) over (partition by customer order by day) as gap from purchase)""",
    "arpc": "select avg(value) from buyer where bought > 0",
    "average_purchase_value": "select avg(value) from purchase, span where day > start",
    "purchase_frequency": "select avg(bought) / any_value(years) from buyer, span where bought > 0",
    "customer_lifespan": """
        select any_value(years) * count(*) / nullif(count(*) filter (bought = 0), 0) from buyer, span where bought_before > 0""",
    # The rhythm is the customer's own mean gap, drawn towards that of the base by one gap of its length.
    "lapsed_customers": """
        with base as (select sum(last - first) / sum(n - 1) as gap from buyer)
        select count(*) from buyer, span, base where (stop - last) / ((last - first + gap) / n) > 4""",
}

VALUE = {
    "simple_clv": """
        select sum(value) / count(*) filter (bought > 0)
             * count(*) filter (bought_before > 0) / nullif(count(*) filter (bought_before > 0 and bought = 0), 0)
             * any_value(margin)
        from buyer, span""",
    # Whoever has a purchase day or a contract that was paid for; all their money counts, days on which all went back and refunds
    # without an order too, and MRR for the days it was paid.
    "historic_clv": """
        with own as (
            select customer, sum(net) as net, sum(margin) as margin from placed
            where customer in (select customer from buyer) group by customer),
        back as (select customer, sum(amount) as amount, sum(margin) as margin from loose group by customer),
        orders as (
            select sum(coalesce(own.margin - coalesce(back.margin, 0), (net - coalesce(amount, 0)) * span.margin)) as amount
            from own left join back using (customer), span),
        contracts as (
            select sum(mrr * date_diff('day', since, least(coalesce(until, stop), stop)) / (365.25 / 12) * margin) as amount
            from paid, span where since <= stop)
        select (orders.amount + coalesce(contracts.amount, 0)) / (select count(*) from anybody) from orders, contracts""",
    # A model's figures are taken from the file a run hands out.
    "customer_equity": "select sum(predicted_clv) from customers_file",
    "average_clv": "select sum(predicted_clv) / (select count(*) from anybody) from customers_file",
}

# The tables of costs and referrals as they came, `paid` of the subscriptions, and what the models expect as the run hands it out.
# What referrals move from one customer to another adds up to nothing, and spend is borne whole where anybody was won or kept.
NET = {
    "net_customer_equity": """
        with late as (select *, cast(stop - interval 12 month as date) as late, stop + interval 12 month as horizon from span),
        ahead as (select *, date_diff('day', stop, cast(horizon as date)) / 365.25 as ahead from late),
        own as (select sum(net) as net, sum(margin) as own from placed where customer in (select customer from buyer) group by customer),
        brought as (select sum(coalesce(own, net * margin)) as amount from own, span),
        contracts as (
            select sum(mrr * date_diff('day', since, least(coalesce(until, stop), stop))) / (365.25 / 12) * any_value(margin) as amount
            from paid, span),
        won as (
            select date_trunc('month', min(day)) as month
            from (select customer, day from purchase union all select customer, since from paid) group by customer),
        acquired as (
            select sum(amount) as amount from marketing_spend, span
            where spent_on <= stop and purpose is distinct from 'retention'
              and date_trunc('month', spent_on) in (select month from won)),
        served as (
            select sum(amount) as amount, sum(amount) filter (incurred_at > late) as lately from service_costs, late
            where incurred_at <= stop and customer_id in (select customer_id from values_file)),
        parcels as (select count(*) as lately from purchase, late where day > late),
        kept as (
            select distinct customer, date_trunc('month', day) + to_months(later) as month
            from purchase, range(1, 13) as later(later), span where date_trunc('month', day) + to_months(later) <= stop),
        spent as (
            select date_trunc('month', spent_on) as month, amount from marketing_spend, span
            where purpose = 'retention' and spent_on <= stop and date_trunc('month', spent_on) in (select month from kept)
              and lower(campaign) not in (select lower(campaign_id) from assignments where cost > 0)
            union all
            select date_trunc('month', assigned_at), cost from assignments, span
            where cost > 0 and cast(assigned_at as date) <= stop and customer_id in (select customer_id from values_file)),
        keeping as (
            select sum(amount) as amount,
                   12 * sum(amount) filter (month > date_trunc('month', late))
                   / (select count(*) from kept, late where month > date_trunc('month', late)) as yearly
            from spent, late),
        expected as (
            select sum(order_clv / (expected_order_value * margin)) as parcels,
                   sum(probability_alive) * any_value(ahead * 1.1 ** (-ahead / 2)) as years
            from customers_file join values_file using (customer_id), ahead)
        select brought.amount + contracts.amount + (select sum(predicted_clv) from values_file)
             - acquired.amount - served.amount - expected.parcels * served.lately / parcels.lately
             - keeping.amount - expected.years * keeping.yearly
        from brought, contracts, acquired, served, parcels, keeping, expected""",
}

# Books bring `marketing_spend`, `service_costs`, `tickets`, `feedback` and `referrals` as their files have them.
ACQUISITION = {
    "acquisition_spend": """
        select sum(amount) from marketing_spend, span
        where spent_on > start and spent_on <= stop and coalesce(purpose, 'acquisition') = 'acquisition'""",
    "cac": """
        select (select sum(amount) from marketing_spend where spent_on > start and spent_on <= stop
                and purpose is distinct from 'retention')
             / (select count(*) from buyer where first > start)
        from span""",
    "ltv_to_cac": """
        select (select sum(value) / count(*) filter (bought > 0) * count(*) filter (bought_before > 0)
                     / count(*) filter (bought_before > 0 and bought = 0) from buyer) * margin
             * (select count(*) from buyer where first > start)
             / (select sum(amount) from marketing_spend where spent_on > start and spent_on <= stop
                and purpose is distinct from 'retention')
        from span""",
    "payback_months": """
        select (select sum(amount) from marketing_spend where spent_on > start and spent_on <= stop
                and purpose is distinct from 'retention')
             / (select count(*) from buyer where first > start)
             * months * (select count(*) from buyer where bought > 0) / (select sum(value) from buyer) / margin
        from span""",
    "roas": """
        select (select sum(value) from buyer where first > start)
             / (select sum(amount) from marketing_spend where spent_on > start and spent_on <= stop
                and purpose is distinct from 'retention')
        from span""",
    "retention_spend_per_customer": """
        select (select sum(amount) from marketing_spend where spent_on > start and spent_on <= stop and purpose = 'retention')
             / (select count(*) from buyer where bought > 0)
        from span""",
    "referral_rate": """
        select (select count(*) from referrals left join buyer on customer = referred_id
                where coalesce(cast(referred_at as date), first) > start
                  and coalesce(cast(referred_at as date), first) <= stop)
             / (select count(*) from buyer where first > start)
        from span""",
}

COSTS = {
    "serving_costs": "select sum(amount) from service_costs, span where incurred_at > start and incurred_at <= stop",
    "cost_to_serve": """
        select sum(amount) / (select count(*) from buyer where bought > 0)
        from service_costs, span where incurred_at > start and incurred_at <= stop""",
    "contribution_margin": """
        select (select sum(margin) from sold)
             - (select sum(amount) from service_costs where incurred_at > start and incurred_at <= stop)
        from span""",
    "contribution_margin_rate": """
        select ((select sum(margin) from sold)
              - (select sum(amount) from service_costs where incurred_at > start and incurred_at <= stop))
             / (select sum(net) from sold where margin is not null)
        from span""",
    "ticket_rate": """
        select count(*) / (select count(*) from buyer where bought > 0)
        from tickets, span where cast(opened_at as date) > start and cast(opened_at as date) <= stop""",
}

SERVICE_VIEWS = """
    create view ticket as select tickets.* from tickets, span
        where cast(opened_at as date) > start and cast(opened_at as date) <= stop;
"""
SERVICE = {
    "first_response_hours": "select avg(epoch(first_reply_at - opened_at)) / 3600 from ticket",
    "resolution_hours": "select avg(epoch(resolved_at - opened_at)) / 3600 from ticket",
    "reopen_rate": "select case when count(reopened) > 0 then count(*) filter (reopened) / count(*) end from ticket",
    "ticket_csat": "select avg(cast(csat >= 4 as int)) from ticket",
}

FEEDBACK_VIEWS = """
    create view answer as select feedback.* from feedback, span
        where cast(given_at as date) > start and cast(given_at as date) <= stop;
"""
FEEDBACK = {
    "nps": """
        select avg(case when score >= 9 then 100 when score <= 6 then -100 else 0 end) from answer
        where kind = 'nps' and coalesce(scale_max, 10) = 10""",
    "csat": "select avg(cast(score >= 0.8 * coalesce(scale_max, 5) as int)) from answer where kind = 'csat'",
    "ces": "select avg(1 + 4 * (score - 1) / (coalesce(scale_max, 5) - 1)) from answer where kind = 'ces'",
}

# A book brings `paid`: customer, id, mrr, days it is paid for (`since`, `until`: the first day no longer), and whether a payment
# that failed ended it. MRR of a customer on a day is added up anew for every day on which something began or ended.
SUBSCRIPTION_VIEWS = """
    create table turn as
        with turning as (
            select customer, since as day from paid union select customer, until from paid, span where until <= stop)
        select turning.customer, turning.day,
               coalesce(sum(mrr) filter (since < turning.day), 0) as was,
               coalesce(sum(mrr) filter (since <= turning.day and (until is null or until > turning.day)), 0) as became
        from turning, span, paid
        where paid.customer = turning.customer and turning.day <= stop
          and since <= turning.day and (until is null or until >= turning.day)
        group by all;
    create view moved as
        select *, became - was as change,
               case when became = 0 then 'churn'
                    when was > 0 and became > was then 'expansion'
                    when was > 0 then 'contraction'
                    when exists (select 1 from paid where paid.customer = turn.customer and since < day) then 'reactivation'
                    else 'new' end as kind
        from turn where was != became;
    create view move as select moved.* from moved, span where day > start and day <= stop;
    create view ends as
        select (select coalesce(sum(mrr), 0) from paid where since <= stop and (until is null or until > stop)) as mrr,
               (select coalesce(sum(mrr), 0) from paid where since <= start and (until is null or until > start)) as mrr_start,
               (select count(distinct customer) from paid where since <= stop and (until is null or until > stop)) as subscribers,
               (select count(distinct customer) from paid where since <= start and (until is null or until > start)) as at_start
        from span;
"""
_OF_KIND = "select coalesce(sum(abs(change)), 0) from move where kind = '{}'"
SUBSCRIPTIONS = {
    "mrr": "select mrr from ends",
    "arr": "select sum(mrr * 12) from paid, span where since <= stop and (until is null or until > stop)",
    **{f"{kind}_mrr": _OF_KIND.format(kind) for kind in ("new", "expansion", "reactivation", "contraction", "churn")},
    "net_new_mrr": "select mrr - mrr_start from ends",
    "subscribers": "select subscribers from ends",
    "subscribers_at_start": "select at_start from ends",
    "new_subscribers": """
        select count(*) from (select customer, min(since) as first from paid group by customer), span
        where first > start and first <= stop""",
    "reactivated_subscribers": "select count(*) from move where kind = 'reactivation'",
    "arpa": "select mrr / subscribers from ends",
    "subscriber_churn": "select count(*) / any_value(at_start) from move, ends where became = 0",
    "involuntary_churn_share": """
        select avg(cast((select arg_max(failed, mrr) from paid where paid.customer = move.customer and until = day) as int))
        from move where became = 0""",
    "gross_mrr_churn": "select sum(was - became) / any_value(mrr_start) from move, ends where became < was",
    "net_mrr_churn": "select sum(was - became) / any_value(mrr_start) from move, ends where kind != 'new'",
    "grr": "select 1 - sum(was - became) / any_value(mrr_start) from move, ends where became < was",
    # What is there at the end without the customers who never paid before, for each unit there was at the start.
    "nrr": "select 1 + sum(became - was) / any_value(mrr_start) from move, ends where kind != 'new'",
    "quick_ratio": "select sum(change) filter (change > 0) / -sum(change) filter (change < 0) from move",
    "subscription_ltv": """
        select any_value(mrr) / any_value(subscribers) * any_value(at_start) / count(*) * any_value(months)
        from move, ends, span where became = 0""",
}

QUESTIONS = SALES | CUSTOMERS | VALUE | NET | ACQUISITION | COSTS | SERVICE | FEEDBACK | SUBSCRIPTIONS
"""All of them, by the name of the figure."""
