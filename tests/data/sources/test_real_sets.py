"""Real data sets, read without a single option: the money is the source's own."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "rows", "money", "customers", "grain"),
    [
        ("cdnow/cdnow_master.parquet", 69_659, "2500315.6300", 23_570, "order"),
        ("cdnow/cdnow_sample_elog.parquet", 6_919, "244091.9400", 2_357, "order"),
        ("uci_online_retail/online_retail.parquet", 541_909, "9747747.9340", 4_372, "line"),
        ("superstore/superstore.parquet", 9_994, "2297200.8603", 793, "line"),
        ("complete_journey/transactions_sample.parquet", 75_000, "233935.2400", 2_377, "line"),
        ("btyd_reference/apparelTrans.parquet", 3_187, "124356.9000", 600, "order"),
    ],
)
def test_rows_and_money_are_the_sources_own(engine, data_dir, path, rows, money, customers, grain):
    from lifeworth.data.sources.open import read_orders

    source = read_orders(engine, data_dir / path)
    staged = source.rows
    found = engine.row(
        staged.agg(
            rows=staged.count(),
            money=staged["money"].sum(),
            customers=staged["customer_id"].nunique(),
            faults=staged["fault"].count(),
        )
    )
    assert found == {"rows": rows, "money": Decimal(money), "customers": customers, "faults": 0}
    assert source.columns.grain == grain


@pytest.mark.data
def test_superstore_takes_profit_as_margin_and_its_shares_of_discount_as_no_money(engine, data_dir):
    from lifeworth.data.sources.open import read_orders

    columns = read_orders(engine, data_dir / "superstore" / "superstore.parquet").columns
    assert columns.sources["margin"] == "Profit"
    assert columns.sources["order_id"] == "Order ID"
    assert columns.sources["line_id"] == "Row ID"
    assert {"Discount", "Ship Date"} <= set(columns.unused)
