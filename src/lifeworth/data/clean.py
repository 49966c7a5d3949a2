"""From staged rows to the tables of the house, with nothing lost.

The way: look once (probe), bring the money into one currency, set aside what does not count, make orders of lines,
bring returns back to their orders, and hold what came out against what went in. A plain export, one row an order
without specialities, is never copied: its `orders` are a view of the staged rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from lifeworth.data import aside, orders, returns
from lifeworth.data.account import CameOut, account
from lifeworth.data.contract import Contract
from lifeworth.data.contracts import CUSTOMERS, ORDER_LINES, QUARANTINE, REFUNDS
from lifeworth.data.currency import OneCurrency, one_currency
from lifeworth.data.money import ZERO, as_money, conform
from lifeworth.data.notes import Found, counted, write
from lifeworth.data.probe import Probe, is_return, look
from lifeworth.data.reasons import REASONS, Reason, reason
from lifeworth.data.reconcile import Reconciliation
from lifeworth.engine.base import Engine
from lifeworth.errors import DataError
from lifeworth.report.progress import SILENT, Progress
from lifeworth.settings import Settings

__all__ = ["REASONS", "Cleaned", "Reason", "clean"]

_WORKING = ("_heads", "_back", "_matched", "_chosen")
_BEHIND_VIEWS = ("_copies", "_superseded", "_worthless", "_rates", "_one_currency", "_usable", "_sales")
"""What a view of the rows still reads."""


class Named(Protocol):
    """A file of a source."""

    @property
    def name(self) -> str:
        """What a person calls it."""


class Mapped(Protocol):
    """How a source's columns were understood."""

    @property
    def grain(self) -> str:
        """`order` or `line`: what one row is."""


class StagedRows(Protocol):
    """What cleaning needs of a source (`lifeworth.data.sources` delivers it)."""

    @property
    def rows(self) -> Table:
        """Rows with exactly the columns of `contracts.STAGED`."""

    @property
    def files(self) -> Sequence[Named]:
        """The files, in the order `source_file` counts them."""

    @property
    def columns(self) -> Mapped:
        """How the columns were understood."""

    @property
    def currency(self) -> str | None:
        """The currency of the whole source, where it says so."""

    @property
    def has(self) -> Collection[str]:
        """The staged columns that are filled."""


@dataclass(frozen=True)
class Cleaned:
    """The tables of the house, and what happened on the way to them.

    Attributes:
        orders: Orders that count; `net_revenue` is null when the source has no money.
        refunds: Money that went back on a day of its own; none where there is no such row.
        order_lines: Products on orders; none where a row is an order.
        customers: Who has ordered.
        quarantine: Rows set aside, with the reason.
        as_of: The last day the figures know about, inclusive.
        reconciliation: Rows and money, in and out.
        notes: What a person should know, a sentence each.
        currency: Of all money; empty where nobody says.
        has_money: Whether the source has amounts.
        has_margin: Whether the source has margins or costs.
        first_at: Moment of the first order.
        last_at: Moment of the last order.
    """

    orders: Table
    refunds: Table | None
    order_lines: Table | None
    customers: Table
    quarantine: Table
    as_of: date
    reconciliation: Reconciliation
    notes: tuple[str, ...]
    currency: str
    has_money: bool
    has_margin: bool
    first_at: datetime
    last_at: datetime

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by their name in the house."""
        named = {
            "orders": self.orders,
            "refunds": self.refunds,
            "order_lines": self.order_lines,
            "customers": self.customers,
            "quarantine": self.quarantine,
        }
        return {name: table for name, table in named.items() if table is not None}


def clean(
    engine: Engine,
    source: StagedRows,
    settings: Settings,
    as_of: date | None = None,
    progress: Progress = SILENT,
    *,
    today: date | None = None,
) -> Cleaned:
    """Make the tables `orders`, `refunds`, `order_lines`, `customers` and `quarantine` from a source.

    Args:
        engine: Where the source was staged, and where the tables come to be.
        source: What was read. Its staged rows must outlive the tables: a plain export is not copied.
        settings: `as_of`, `currency`, `rates`, `zero_value`, `duplicates`.
        as_of: The last day that counts; by default that of the settings, else the day of the last usable row that is
            not in the future.
        progress: Who is told.
        today: The day after which a row is in the future, where no `as_of` is given.

    Raises:
        DataError: if nothing usable is left; the reasons are counted.
        InputError: if currencies meet without rates.
    """
    said = as_of or settings.as_of
    limit = said or today or datetime.now(UTC).astimezone().date()
    with progress.step("Looking at the rows"):
        rows, probe = source.rows, look(engine, source.rows, limit)
        if not probe.rows:
            raise DataError("The source has no rows.", hint="Export the orders again, or name another file.")
        money = one_currency(engine, rows, probe, source.currency, settings)
        if money.rows is not rows:
            rows, probe = money.rows, look(engine, money.rows, limit)
    with progress.step("Cleaning"):
        return _Cleaning(engine, source, settings, said or _day(probe, limit), rows, probe, money, said is None).run()


def _day(probe: Probe, limit: date) -> date:
    return probe.last.date() if probe.last else limit


class _Cleaning:
    """One source on its way to the tables; a step a method, in the order of `run`."""

    def __init__(
        self,
        engine: Engine,
        source: StagedRows,
        settings: Settings,
        as_of: date,
        rows: Table,
        probe: Probe,
        money: OneCurrency,
        found_day: bool,
    ) -> None:
        self.engine, self.source, self.settings, self.as_of = engine, source, settings, as_of
        self.rows, self.probe, self.money, self.found_day = rows, probe, money, found_day
        self.found = Found(probe=probe, as_of=as_of, default_day=found_day, by_order=source.columns.grain != "line")

    def run(self) -> Cleaned:
        """All steps."""
        self.engine.drop("order_lines", "customers", "orders")  # of an earlier cleaning in this engine
        policy = aside.Policy(
            limit=self.as_of,
            by_order=self.found.by_order,
            drop_copies=self.settings.duplicates == "set-aside",
            drop_worthless=self.settings.zero_value == "set-aside",
            filled=frozenset(self.source.has),
        )
        sorted_rows = aside.sort_out(self.engine, self.rows, self.probe, policy, len(self.probe.files))
        self.found.copies, self.found.alike = sorted_rows.copies, sorted_rows.alike
        usable, set_aside = sorted_rows.usable, list(sorted_rows.aside)
        # A view keeps the text of the queries to come short, and text is most of what they cost on small data.
        usable = self.engine.view("_usable", usable) if set_aside else usable
        sales = usable
        if self.probe.returns:
            sales = self.engine.view("_sales", usable.filter(~is_return(usable)))
        heads, plain = self._heads(sales, sorted_rows.unique)
        if policy.drop_worthless and self.probe.priced:
            nothing = self.engine.create("_worthless", heads.filter(heads["goods"] == 0).select("order_id"))
            keyed = sales.mutate(_order=orders.order_key(sales, self.probe))
            set_aside.append(
                aside.quarantined(keyed.semi_join(nothing, keyed["_order"] == nothing["order_id"]), "zero_value")
            )
            sales = keyed.anti_join(nothing, keyed["_order"] == nothing["order_id"]).drop("_order")
            heads = heads.filter(heads["goods"] != 0)
        quarantine = self._quarantine(set_aside)
        self._something_left(heads, quarantine)
        heads = orders.refund_parts(heads, self.probe)
        matched = self._returns(usable, sales, heads) if self.probe.returns else None
        refunds = self._refunds(matched, heads)
        made = self._orders(heads, refunds, plain=plain)
        names = {place: file.name for place, file in enumerate(self.source.files)}
        came_out = CameOut(made, heads, matched, refunds, quarantine)
        reconciliation = account(self.engine, came_out, self.probe, self.money.shares, names, self.found)
        lines = self._lines(sales) if not self.found.by_order else None
        customers = self.engine.view("customers", _customers(made))
        self.engine.drop(*_WORKING, *(_BEHIND_VIEWS if lines is None and not plain else ()))
        has_refunds = matched is not None and self.engine.row(refunds.agg(rows=refunds.count()))["rows"] > 0
        return Cleaned(
            orders=made,
            refunds=refunds if has_refunds else None,
            order_lines=lines,
            customers=customers,
            quarantine=quarantine,
            as_of=self.as_of,
            reconciliation=reconciliation,
            notes=(*self.money.notes, *write(self.found, reconciliation)),
            currency=self.money.currency,
            has_money=self.probe.priced > 0,
            has_margin=bool(self.probe.margins or self.probe.costs),
            first_at=self.found.first_at,
            last_at=self.found.last_at,
        )

    # -- steps --------------------------------------------------------------------------------------------------------
    def _heads(self, sales: Table, unique: bool) -> tuple[Table, bool]:
        """Orders with their money told apart, and whether they are still the staged rows themselves."""
        if unique:
            heads = orders.one_by_one(sales, self.probe)
            return (self.engine.create("_heads", heads), False) if self.probe.returns else (heads, True)
        made = self.engine.create("_heads", orders.grouped(sales, self.probe))
        spread = self.engine.row(
            made.agg(
                several=(made["rows"] > 1).sum().fill_null(0),
                days=(made["ordered_at"].date() != made["last_at"].date()).sum().fill_null(0),
            )
        )
        self.found.several_rows, self.found.several_days = spread["several"], spread["days"]
        settled, self.found.disputed = orders.settle_customers(self.engine, made, sales, self.probe)
        return settled, False

    def _quarantine(self, parts: list[Table]) -> Table:
        if not parts:
            return _empty(self.engine, QUARANTINE)
        return self.engine.create("quarantine", ibis.union(*parts) if len(parts) > 1 else parts[0])

    def _something_left(self, heads: Table, quarantine: Table) -> None:
        if self.engine.row(heads.limit(1).agg(rows=heads.limit(1).count()))["rows"]:
            return
        found = self.engine.arrow(quarantine.group_by("reason").agg(rows=quarantine.count())).to_pylist()
        found.sort(key=lambda row: (-row["rows"], row["reason"]))
        why = "; ".join(f"{counted(row['rows'], 'row')}: {reason(row['reason']).words}" for row in found)
        hint = reason(found[0]["reason"]).advice if found else "The source has returns only; add the sales."
        raise DataError(
            f"None of {counted(self.probe.rows, 'row')} is a sale that counts up to {self.as_of}. {why}".strip(),
            hint=hint,
        )

    def _returns(self, usable: Table, sales: Table, heads: Table) -> Table:
        back = self.engine.create("_back", returns.taken_back(usable.filter(is_return(usable)), self.probe))
        return returns.match(self.engine, back, sales, heads, self.probe)

    def _refunds(self, matched: Table | None, heads: Table) -> Table:
        if matched is None:
            return _empty(self.engine, REFUNDS)
        rate: float | None = None
        if self.probe.margins or self.probe.costs:
            known = heads.filter(heads["margin"].notnull())
            sums = self.engine.row(known.agg(goods=known["goods"].sum(), margin=known["margin"].sum()))
            rate = float(sums["margin"] / sums["goods"]) if sums["goods"] else None
        return self.engine.create("refunds", returns.refund_rows(matched, rate))

    def _orders(self, heads: Table, refunds: Table, *, plain: bool) -> Table:
        if self.probe.returns:
            borne = refunds.filter(refunds["order_id"].notnull())
            borne = borne.group_by(borne_by="order_id").agg(
                attached=borne["amount"].sum(), attached_margin=borne["margin"].sum()
            )
            heads = heads.left_join(borne, heads["order_id"] == borne["borne_by"])
            heads = heads.mutate(
                attached=as_money(heads["attached"].fill_null(ZERO)),
                attached_margin=as_money(heads["attached_margin"].fill_null(ZERO)),
            )
        query = orders.finish(heads, self.probe, self.money.currency, attached=self.probe.returns > 0)
        return self.engine.view("orders", query) if plain else self.engine.create("orders", query)

    def _lines(self, sales: Table) -> Table:
        # Where the amount stands on the first row of an order only, a line is worth its quantity times its price.
        by_price = (sales["quantity"] * sales["unit_price"] - sales["discount"].fill_null(ZERO)).round(4)
        worth = as_money(by_price) if self.probe.head_priced else orders.goods(sales, self.probe)
        query = sales.select(
            order_id=orders.order_key(sales, self.probe),
            product_id=ibis.coalesce(sales["product_id"], sales["product_name"]),
            product_name="product_name",
            category="category",
            quantity="quantity",
            unit_price="unit_price",
            net_revenue=worth,
            discount="discount",
        )
        return self.engine.view("order_lines", conform(query, ORDER_LINES))


def _customers(made: Table) -> Table:
    """Who has ordered, since when, where they came from: of equal moments the order with the smaller number counts."""
    known = made.filter(made["customer_id"].notnull())
    when = ibis.struct({"at": known["ordered_at"], "order": known["order_id"]})
    grouped = known.group_by("customer_id").agg(
        acquired_at=known["ordered_at"].min(),
        acquisition_channel=known["channel"].argmin(when, where=known["channel"].notnull()),
        country=known["country"].argmax(when, where=known["country"].notnull()),
    )
    return conform(grouped, CUSTOMERS)


def _empty(engine: Engine, contract: Contract) -> Table:
    return engine.load(contract.name, pa.Table.from_batches([], schema=ibis.schema(contract.schema).to_pyarrow()))
