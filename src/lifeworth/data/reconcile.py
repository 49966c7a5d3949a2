"""Nothing is lost: every row and every cent of the source is either used or set aside under a name.

rows in = rows used + rows set aside, by reason
money in = net revenue of customers + net revenue of nobody known + what was taken off, by kind

The two sides are computed from different tables (the staged rows on one, the cleaned tables and the quarantine on the
other), so the sums can really fail; `check` says so if they do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lifeworth.data.reasons import reason
from lifeworth.errors import LifeworthError
from lifeworth.report.spec import Column, Table, Value

ZERO = Decimal(0)

KINDS = {
    "tax": "tax",
    "shipping": "shipping",
    "refunded": "refunds stated on the orders",
    "returns_as_positive": "returns that the source writes as positive amounts",
}
"""What is taken off rows that are used; rows set aside are taken off under their reason."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """A source file, to be held against the file itself."""

    name: str
    rows: int
    rows_used: int
    money: Decimal | None


@dataclass(frozen=True, slots=True)
class CurrencyLine:
    """What the source holds in one currency, before it was converted."""

    currency: str
    rows: int
    money: Decimal | None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where each row and each cent of the source went. Money is in the currency of the workspace, exact.

    Attributes:
        rows_in: Rows of the source.
        rows_used: Rows that stand in an order or a refund.
        rows_aside: Rows set aside, by reason.
        money_in: The source's own total; none where the source has no money.
        customers: Net revenue of orders with a known customer, less refunds of theirs that name no order.
        nobody: The same for orders and refunds of nobody known, or of somebody who ordered nothing in these data.
        off: What was taken off the rows that are used, by kind (tax, shipping, refunded …).
        money_aside: Money of the rows set aside, by reason.
        sales: Of the rows used, the money of sales.
        returns: Of the rows used, the money of returns as the source states it (mostly negative).
        attached: Of the returns, what was brought back to an order (positive, net).
        unpriced: Rows set aside of which nobody can say what they are worth.
        files: The source files.
        currencies: The currencies of the source, where there were several.
    """

    rows_in: int
    rows_used: int
    rows_aside: dict[str, int]
    money_in: Decimal | None
    customers: Decimal = ZERO
    nobody: Decimal = ZERO
    off: dict[str, Decimal] = field(default_factory=dict)
    money_aside: dict[str, Decimal] = field(default_factory=dict)
    sales: Decimal = ZERO
    returns: Decimal = ZERO
    attached: Decimal = ZERO
    unpriced: int = 0
    files: tuple[FileLine, ...] = ()
    currencies: tuple[CurrencyLine, ...] = ()

    @property
    def net_revenue(self) -> Decimal:
        """Net revenue of the company: of customers and of nobody known."""
        return self.customers + self.nobody

    @property
    def deductions(self) -> dict[str, Decimal]:
        """Everything between the source's total and net revenue, by kind or reason."""
        return {**self.off, **self.money_aside}

    def check(self) -> None:
        """Hold both sides against each other.

        Raises:
            LifeworthError: if a row or a cent is unaccounted for; that is a fault of Lifeworth, not of the data.
        """
        rows = self.rows_used + sum(self.rows_aside.values())
        if rows != self.rows_in:
            raise LifeworthError(f"{self.rows_in:,} rows came in, {rows:,} are accounted for.", hint=_OUR_FAULT)
        if self.money_in is None:
            return
        money = self.net_revenue + sum(self.deductions.values(), ZERO)
        if money != self.money_in:
            raise LifeworthError(
                f"{self.money_in:,f} came in, {money:,f} is accounted for: {self.money_in - money:,f} are missing.",
                hint=_OUR_FAULT,
            )

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; money as text, so no cent is lost."""

        def text(amounts: dict[str, Decimal]) -> dict[str, str]:
            return {name: f"{amount:f}" for name, amount in amounts.items()}

        priced = self.money_in is not None
        return {
            "rows_in": self.rows_in,
            "rows_used": self.rows_used,
            "rows_set_aside": dict(self.rows_aside),
            "rows_set_aside_without_amount": self.unpriced,
            "money_in": f"{self.money_in:f}" if self.money_in is not None else None,
            "net_revenue_of_customers": f"{self.customers:f}" if priced else None,
            "net_revenue_without_customer": f"{self.nobody:f}" if priced else None,
            "taken_off": text(self.off),
            "money_set_aside": text(self.money_aside),
            "sales": f"{self.sales:f}" if priced else None,
            "returns": f"{self.returns:f}" if priced else None,
            "returns_brought_to_an_order": f"{self.attached:f}" if priced else None,
            "files": [
                {"name": one.name, "rows": one.rows, "rows_used": one.rows_used, "money": _text(one.money)}
                for one in self.files
            ],
            "currencies": [
                {"currency": one.currency, "rows": one.rows, "money": _text(one.money)} for one in self.currencies
            ],
        }

    def rows_table(self) -> Table:
        """The way of the rows: in, set aside by reason, used."""
        lines: list[tuple[Value, ...]] = [("Rows in the source", self.rows_in, "")]
        for code, count in self.rows_aside.items():
            lines.append((f"set aside: {reason(code).words}", -count, reason(code).advice))
        lines.append(("Rows used", self.rows_used, ""))
        columns = (Column("step", "Rows"), Column("rows", "Number", "count"), Column("advice", "What to do"))
        return Table(
            "Rows: in = used + set aside",
            columns,
            tuple(lines),
            caption="Rows set aside are kept in the quarantine, each with its reason.",
            emphasis=(0, len(lines) - 1),
        )

    def money_table(self) -> Table:
        """The way of the money: the source's total, what is taken off, net revenue."""
        columns = (Column("step", "Money"), Column("money", "Amount", "money"))
        title = "Money: in = net revenue + taken off"
        if self.money_in is None:
            return Table(title, columns, (), empty="The source has no amounts: only rows can be accounted for.")
        lines: list[tuple[Value, ...]] = [("Money in the source", self.money_in)]
        lines += [(f"taken off: {KINDS[kind]}", -amount) for kind, amount in self.off.items()]
        lines += [(f"set aside: {reason(code).words}", -amount) for code, amount in self.money_aside.items()]
        total = len(lines)
        lines.append(("Net revenue", self.net_revenue))
        lines.append(("of customers", self.customers))
        lines.append(("without a customer", self.nobody))
        caption = ""
        if self.returns:
            caption = (
                f"Of the rows used, sales are {self.sales:,.2f} and returns {self.returns:,.2f}; "
                f"{self.attached:,.2f} of the returns were brought back to the order they belong to."
            )
        if self.unpriced:
            caption += f" {self.unpriced:,} rows set aside have no readable amount; they add nothing to either side."
        return Table(title, columns, tuple(lines), caption=caption.strip(), emphasis=(0, total))

    def files_table(self) -> Table:
        """Rows and total of each source file, to be held against the file itself."""
        columns = (
            Column("file", "File"),
            Column("rows", "Rows", "count"),
            Column("used", "Used", "count"),
            Column("money", "Total", "money"),
        )
        rows = tuple((one.name, one.rows, one.rows_used, one.money) for one in self.files)
        return Table("Source files", columns, rows, caption="The totals are those of the files themselves.")

    def table(self) -> tuple[Table, Table]:
        """Both ways, rows and money, as the report and the command line show them."""
        return self.rows_table(), self.money_table()


_OUR_FAULT = "Lifeworth lost count of your data, which must not happen: please report it with the source's columns."


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
