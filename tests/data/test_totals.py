"""Real data against the totals their publishers state."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lifeworth.data.clean import clean
from lifeworth.engine.connect import connect
from lifeworth.settings import Settings

from .conftest import SCHEMA, TODAY


def tidied(engine, table, grain, **columns):
    """Source columns under our names, without the reading room, cleaned; with the engine that has the tables."""
    rows = len(table)
    arrays = {name: pa.nulls(rows, SCHEMA.field(name).type) for name in SCHEMA.names}
    arrays |= {"source_file": pa.array([0] * rows, pa.int32()), "source_row": pa.array(range(2, rows + 2))}
    for name, column in columns.items():
        value = table[column] if isinstance(column, str) else column
        kind = SCHEMA.field(name).type
        value = pc.round(value, 4) if pa.types.is_floating(value.type) and pa.types.is_decimal(kind) else value
        wide = pa.decimal128(38, 4) if pa.types.is_decimal(kind) else kind
        arrays[name] = value.cast(wide, safe=False).cast(kind)
    staged = engine.load("staged", pa.table(arrays, schema=SCHEMA))
    files, understood = [SimpleNamespace(name="x")], SimpleNamespace(grain=grain)
    source = SimpleNamespace(rows=staged, files=files, columns=understood, currency=None, has=frozenset(SCHEMA.names))
    return clean(engine, source, Settings(), today=TODAY), engine


@pytest.fixture(scope="module")
def cdnow(data_dir):
    table = pq.read_table(data_dir / "cdnow/cdnow_master.parquet")
    names = {"customer_id": "customer_id", "ordered_at": "date", "money": "dollar_value"}
    with connect() as engine:
        yield tidied(engine, table, "order", **names)


@pytest.fixture(scope="module")
def online_retail(data_dir):
    table = pq.read_table(data_dir / "uci_online_retail/online_retail.parquet")
    money = pc.multiply(table["Quantity"].cast(pa.float64()), table["UnitPrice"])
    names = {
        "order_id": "InvoiceNo",
        "customer_id": "CustomerID",
        "ordered_at": "InvoiceDate",
        "product_id": "StockCode",
        "product_name": "Description",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
        "country": "Country",
    }
    with connect() as engine:
        yield tidied(engine, table, "line", money=money, **names)


@pytest.fixture(scope="module")
def superstore(data_dir):
    table = pq.read_table(data_dir / "superstore/superstore.parquet")
    names = {
        "order_id": "Order ID",
        "customer_id": "Customer ID",
        "ordered_at": "Order Date",
        "product_id": "Product ID",
        "product_name": "Product Name",
        "category": "Category",
        "quantity": "Quantity",
        "money": "Sales",
        "margin": "Profit",
    }
    with connect() as engine:
        yield tidied(engine, table, "line", **names)


@pytest.mark.data
def test_cdnow_adds_up_to_its_published_total(cdnow):
    cleaned, engine = cdnow
    sums = cleaned.reconciliation
    customers = engine.row(cleaned.customers.agg(n=cleaned.customers.count()))["n"]
    assert (sums.rows_used, sums.customers, customers) == (69_659, Decimal("2500315.63"), 23_570)


@pytest.mark.data
def test_cdnow_tells_of_its_equal_rows_and_its_orders_worth_nothing(cdnow):
    cleaned, _ = cdnow
    assert [note.split(" ")[0] for note in cleaned.notes] == ["The", "255", "80"]


@pytest.mark.data
def test_online_retail_starts_from_its_published_total(online_retail):
    cleaned, _ = online_retail
    sums = cleaned.reconciliation
    assert (sums.rows_in, sums.money_in) == (541_909, Decimal("9747747.934"))


@pytest.mark.data
def test_online_retail_sets_aside_its_copies_and_its_stock_corrections_only(online_retail):
    cleaned, _ = online_retail
    assert cleaned.reconciliation.rows_aside == {"duplicate": 5_268, "stock_correction": 1_336}


@pytest.mark.data
def test_online_retail_brings_its_largest_returns_back_to_the_order_of_the_same_day(online_retail):
    cleaned, engine = online_retail
    orders = cleaned.orders
    big = engine.arrow(orders.filter(orders.order_id.isin(["581483", "541431"]))).to_pylist()
    assert [(row["net_revenue"], row["refunded"]) for row in sorted(big, key=lambda row: row["order_id"])] == [
        (Decimal(0), Decimal("77183.60")),
        (Decimal(0), Decimal("168469.60")),
    ]


@pytest.mark.data
def test_online_retail_books_its_bad_debt_on_nobody(online_retail):
    cleaned, engine = online_retail
    refunds = cleaned.refunds
    debt = refunds.filter(refunds.refund_id.startswith("A"))
    found = engine.arrow(debt).to_pylist()
    assert [(row["order_id"], row["customer_id"], row["amount"]) for row in found] == [
        (None, None, Decimal("11062.06"))
    ] * 2


@pytest.mark.data
def test_no_order_of_online_retail_is_worth_less_than_nothing(online_retail):
    cleaned, engine = online_retail
    orders = cleaned.orders
    below = orders.filter(orders.net_revenue < 0)
    assert engine.row(below.agg(n=below.count()))["n"] == 0


@pytest.mark.data
def test_superstore_adds_up_with_its_one_copy_named(superstore):
    cleaned, _ = superstore
    sums = cleaned.reconciliation
    assert round(sums.money_in, 2) == Decimal("2297200.86")
    assert sums.money_aside == {"duplicate": Decimal("281.3720")}


@pytest.mark.data
def test_superstore_keeps_its_profit(superstore):
    cleaned, engine = superstore
    orders = cleaned.orders
    sums = engine.row(orders.agg(margin=orders.margin.sum(), n=orders.count()))
    assert (sums["n"], round(sums["margin"] + Decimal("-12.0588"), 2)) == (5_009, Decimal("286397.02"))
