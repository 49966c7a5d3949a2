"""Companies for the comparison with plain SQL: the files they came in, and how plain SQL reads those files.

The orders of a real company are cleaned a second time here, by the rules the guide states and in SQL of its own: returns are
found by an as-of join where our own way is to number purchases, caps are kept by sums of what came before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from tests.kpis import plain_sql

from lifeworth.data.synthetic import Business
from lifeworth.kpis.grid import Grid
from lifeworth.units import DAYS_PER_YEAR
from lifeworth.workspace import Workspace

SHOP = plain_sql.SALES | plain_sql.CUSTOMERS | plain_sql.VALUE
MONEY = "decimal(18, 4)"

NOTHING_MORE = f"""
        create view loose as
            select null::varchar as customer, null::date as day, null::{MONEY} as amount, null::{MONEY} as margin where false;"""
NO_CONTRACTS = f"""
        create view paid as
            select null::varchar as customer, null::{MONEY} as mrr, null::date as since, null::date as until where false;"""
READ = {
    # A row is a purchase; there are no order numbers.
    "cdnow": f"""
        create table placed as
            select customer_id as customer, date as day, cast(dollar_value as {MONEY}) as net, cast(0 as {MONEY}) as back,
                   cast(null as {MONEY}) as discount, cast(null as {MONEY}) as margin
            from '{{file}}';
        {NOTHING_MORE}{NO_CONTRACTS}""",
    # A row is a line. Profit is the margin; the column Discount holds shares, which are no money.
    "superstore": f"""
        create table placed as
            select "Customer ID" as customer, min("Order Date") as day, sum(cast(Sales as {MONEY})) as net,
                   cast(0 as {MONEY}) as back, cast(null as {MONEY}) as discount, sum(cast(Profit as {MONEY})) as margin
            from '{{file}}' group by "Order ID", "Customer ID";
        {NOTHING_MORE}{NO_CONTRACTS}""",
    # A row is a line. Copies count once; a return takes back the latest purchase of the product by the customer, at most what
    # that line was worth and at most what the order was worth; the rest is a refund of its own on its day.
    "uci": f"""
        create table line as
            select file_row_number as place, InvoiceNo as invoice, cast(CustomerID as varchar) as customer, StockCode as product,
                   InvoiceDate as stamp, Quantity < 0 or UnitPrice < 0 as returned,
                   cast(cast(Quantity * UnitPrice as {MONEY}) as {MONEY}) as money
            from read_parquet('{{file}}', file_row_number = true)
            where not ((Quantity < 0 or UnitPrice < 0) and Quantity * UnitPrice = 0)
            qualify row_number() over (partition by InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID,
                                       Country order by file_row_number) = 1;
        create table ordered as
            select invoice, any_value(customer) as customer, cast(min(stamp) as date) as day, sum(money) as goods
            from line where not returned group by invoice;
        create table met as
            with purchase as (
                select *, cast(epoch(stamp) as bigint) * 1000000 + place as moment from line where not returned and money > 0 and customer is not null),
            back as (select *, cast(epoch(stamp) as bigint) * 1000000 + 999999 as moment from line where returned)
            select back.place, back.customer, back.stamp, -back.money as amount, purchase.place as bought,
                   purchase.invoice, purchase.money as worth
            from back asof left join purchase
              on back.customer = purchase.customer and back.product = purchase.product and back.moment >= purchase.moment;
        create table shared as
            select *, greatest(least(amount, worth - coalesce(sum(amount) over (
                partition by bought order by stamp, place rows between unbounded preceding and 1 preceding), 0)), 0) as of_line
            from met where bought is not null;
        create table borne as
            select shared.*, greatest(least(of_line, goods - coalesce(sum(of_line) over (
                partition by shared.invoice order by stamp, place rows between unbounded preceding and 1 preceding), 0)), 0) as back
            from shared join ordered using (invoice);
        create table placed as
            select customer, day, goods - coalesce(gone, 0) as net, coalesce(gone, 0) as back,
                   cast(null as {MONEY}) as discount, cast(null as {MONEY}) as margin
            from ordered left join (select invoice, sum(back) as gone from borne group by invoice) using (invoice);
        create table loose as
            select met.customer, cast(met.stamp as date) as day, met.amount - coalesce(borne.back, 0) as amount,
                   cast(null as {MONEY}) as margin
            from met left join borne using (place) where met.amount > coalesce(borne.back, 0);
        {NO_CONTRACTS}""",
}

# What a perfect cleaning of the export finds, and the other tables as they are handed out. One thing the export does not say:
# money that went back without a day was goodwill, and the goods stayed. Margin then falls with the money, as the rule is.
DEMO = f"""
    create view placed as
        select customer_id as customer, cast(ordered_at as date) as day, net_revenue as net, refunded as back, discount,
               case when refunded > 0 and order_id not in (select order_id from refunds where order_id is not null)
                    then cast(round((margin + refunded) * net_revenue / cast(net_revenue + refunded as double), 4) as {MONEY})
                    else margin end as margin
        from orders;
    create view loose as
        select customer_id as customer, cast(refunded_at as date) as day, amount, margin from refunds where order_id is null;
    create view paid as
        select customer_id as customer, subscription_id as id, mrr, ended_by = 'payment' as failed,
               greatest(started_at, coalesce(trial_ends_at, started_at)) as since, ended_at as until
        from subscriptions where mrr > 0 and (ended_at is null or ended_at > greatest(started_at, coalesce(trial_ends_at, started_at)));
"""
RAVENSTACK = """
    create table paid as
        select account_id as customer, subscription_id as id, mrr_amount as mrr, false as failed, start_date as since, end_date as until
        from '{folder}/ravenstack_subscriptions.parquet' where mrr_amount > 0 and (end_date is null or end_date > start_date);
    create table tickets as
        select submitted_at as opened_at, submitted_at + to_minutes(first_response_time_minutes) as first_reply_at,
               submitted_at + to_hours(resolution_time_hours) as resolved_at, cast(null as boolean) as reopened,
               satisfaction_score as csat
        from '{folder}/ravenstack_supports_ticket.parquet';
"""


@dataclass(frozen=True)
class Book:
    """A company: the workspace a run left, the SQL that reads its files, and the questions its files can answer."""

    ws: Workspace
    read: str
    questions: dict[str, str]
    views: str
    tables: dict[str, Any]
    margin: str = "1"

    def answers(self, grid: Grid, k: int = -1) -> dict[str, float | None]:
        """What plain SQL finds in a window."""
        before, start, stop = (
            grid.bounds[len(grid) + k - 1 + i] if k < 0 else grid.bounds[k - 1 + i] for i in range(3)
        )
        with duckdb.connect() as own:
            for name, rows in self.tables.items():
                own.register(name, rows)
            own.execute(self.read)
            days = (stop - start).days
            own.execute(
                f"create table span as select date '{before}' as before, date '{start}' as start, date '{stop}' as stop, "
                f"{days} as days, {days} / {DAYS_PER_YEAR} as years, {_months(start, stop)} as months, ({self.margin}) as margin"
            )
            own.execute(self.views)
            found = {name: own.execute(query).fetchall() for name, query in self.questions.items()}
        return {name: None if value is None else float(value) for name, ((value,),) in found.items()}


def _months(start: date, stop: date) -> float:
    """Length in months: a whole number where both days are the last of a month or the same one of it, else by mean length."""
    ends = all((day + timedelta(days=1)).day == 1 for day in (start, stop))
    if ends or start.day == stop.day:
        return (stop.year - start.year) * 12 + stop.month - start.month
    return (stop - start).days / DAYS_PER_YEAR * 12


def shop(ws: Workspace, name: str, file: Path, customers: Any) -> Book:
    """A real shop; its margin is that of all its orders with known costs, or 1 where there are none."""
    margin = "select coalesce(sum(margin) / sum(net) filter (margin is not null), 1) from placed"
    tables = {"customers_file": customers}
    return Book(ws, READ[name].format(file=file), SHOP, plain_sql.SHOP_VIEWS, tables, margin)


def demo(ws: Workspace, business: Business, files: dict[str, Any]) -> Book:
    """The made-up company with all its tables."""
    views = plain_sql.SHOP_VIEWS + plain_sql.SERVICE_VIEWS + plain_sql.FEEDBACK_VIEWS + plain_sql.SUBSCRIPTION_VIEWS
    margin = "select sum(margin) / sum(net) filter (margin is not null) from placed"
    return Book(ws, DEMO, dict(plain_sql.QUESTIONS), views, business.tables | files, margin)


def ravenstack(ws: Workspace, folder: Path) -> Book:
    """A company that has subscriptions and no orders."""
    views = plain_sql.SERVICE_VIEWS + plain_sql.SUBSCRIPTION_VIEWS
    return Book(ws, RAVENSTACK.format(folder=folder), plain_sql.SERVICE | plain_sql.SUBSCRIPTIONS, views, {})
