"""Orders of WooCommerce: plugins, analytics, API."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

SNAKE = (
    "order_id,order_number,order_date,status,shipping_total,tax_total,cart_discount,order_total,order_currency,customer_id,"
    "customer_user,billing_email,billing_country,refunded_total\n"
)
TITLED = (
    "Order Number,Order Status,Order Date,Email (Billing),Country Code (Billing),Cart Discount Amount,"
    "Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item Name,Quantity,Item Cost\n"
)
REPORT = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue\n"
)


def test_an_export_with_one_row_an_order_is_read(read):
    found = read(SNAKE + "7,7,2025-01-31 10:00:00,completed,5.00,19.00,2.00,124.00,EUR,3,3,Jo@Shop.com,DE,4.00\n")
    row = found.rows[0]
    assert found.source.columns.layout == "woocommerce_orders"
    assert (row["money"], row["tax"], row["shipping"], row["discount"], row["refunded"]) == (124, 19, 5, 2, 4)
    assert (row["order_id"], row["customer_id"], row["status"], row["currency"]) == ("7", "3", "sale", "EUR")


def test_an_export_with_one_row_an_item_counts_the_total_once(read):
    first = "9,Completed,2025-01-31 10:00,jo@shop.com,DE,0,5,0,30,0,A,Cup,2,10\n"
    second = "9,Completed,2025-01-31 10:00,jo@shop.com,DE,0,5,0,30,0,B,Tea,1,5\n"
    found = read(TITLED + first + second)
    assert found.column("money") == [Decimal(30), None]
    assert found.column("shipping") == [Decimal(5), None]
    assert found.column("product_name") == ["Cup", "Tea"]
    assert found.column("unit_price") == [10, 5]


def test_cells_that_stand_on_the_first_row_only_reach_the_others(read):
    found = read(TITLED + "9,Completed,2025-01-31 10:00,jo@shop.com,DE,0,5,0,30,0,A,Cup,2,10\n9,,,,,,,,,,B,Tea,1,5\n")
    assert found.column("customer_id") == ["jo@shop.com"] * 2
    assert found.column("fault") == [None, None]
    assert found.column("ordered_at")[0] == found.column("ordered_at")[1]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("completed", "sale"),
        ("wc-processing", "sale"),
        ("On hold", "sale"),
        ("refunded", "sale"),
        ("Pending payment", "unpaid"),
        ("failed", "unpaid"),
        ("checkout-draft", "unpaid"),
        ("Cancelled", "cancelled"),
        ("trash", "cancelled"),
        ("packed-by-us", "sale"),
    ],
)
def test_what_counts_as_a_sale(read, word, status):
    found = read(SNAKE + f"7,7,2025-01-31 10:00:00,{word},0,0,0,10,EUR,3,3,a@b.c,DE,0\n")
    assert found.column("status") == [status]


def test_a_refunded_order_without_a_sum_went_back_whole(read):
    found = read(SNAKE + "7,7,2025-01-31 10:00:00,refunded,0,0,0,10,EUR,3,3,a@b.c,DE,0\n")
    assert found.column("refunded") == [Decimal(10)]


def test_a_guest_is_known_by_address(read):
    found = read(SNAKE + "7,7,2025-01-31 10:00:00,completed,0,0,0,10,EUR,0,0,Guest@B.c,DE,0\n")
    assert found.column("customer_id") == ["guest@b.c"]


def test_a_guest_with_the_address_of_an_account_is_that_account(read):
    rows = "7,7,2025-01-31 10:00:00,completed,0,0,0,10,EUR,0,0,jo@b.c,DE,0\n"
    rows += "8,8,2025-02-28 10:00:00,completed,0,0,0,10,EUR,42,42,Jo@b.c,DE,0\n"
    assert read(SNAKE + rows).column("customer_id") == ["42", "42"]


def test_guests_without_an_address_are_nobody(read):
    rows = "7,7,2025-01-31 10:00:00,completed,0,0,0,10,EUR,0,0,,DE,0\n"
    rows += "8,8,2025-02-28 10:00:00,completed,0,0,0,10,EUR,42,42,,DE,0\n"
    assert read(SNAKE + rows).column("customer_id") == [None, "42"]


def test_the_orders_report_of_analytics_is_read(read):
    rows = '2025-01-31 10:00:00,11,"$20.00",completed,Jo Doe,new,1× Cup,1,,20\n'
    rows += '2025-02-02 10:00:00,11,"-$20.00",refunded,Jo Doe,new,,-1,,-20\n'
    found = read(REPORT + rows)
    assert found.source.columns.layout == "woocommerce_orders"
    assert found.column("money") == [Decimal(20), Decimal(-20)]
    assert found.column("status") == ["sale", "return"]
    assert found.column("customer_id") == ["Jo Doe", "Jo Doe"]
    assert found.column("ordered_at")[1].day == 2


ORDER = {
    "id": 727,
    "number": "727",
    "status": "processing",
    "currency": "USD",
    "date_created": "2025-03-22T16:28:02",
    "discount_total": "0.00",
    "shipping_total": "10.00",
    "total": "29.35",
    "total_tax": "1.35",
    "customer_id": 0,
    "billing": {"email": "John.Doe@example.com", "country": "US"},
    "line_items": [
        {"id": 1, "name": "Single", "product_id": 93, "quantity": 2, "sku": "", "price": 3},
        {"id": 2, "name": "Idea", "product_id": 22, "quantity": 1, "sku": "Bar3", "price": 12},
    ],
    "refunds": [{"id": 1, "total": "-10.00"}, {"id": 2, "total": "-0.35"}],
}


def test_orders_of_the_api_become_rows_by_item(read):
    found = read(json.dumps([ORDER]).encode(), name="orders.json")
    assert found.column("money") == [Decimal("29.35"), None]
    assert found.column("refunded") == [Decimal("10.35"), None]
    assert found.column("customer_id") == ["john.doe@example.com"] * 2
    assert found.column("product_id") == ["93", "Bar3"]


def test_the_orders_of_the_fixtures_add_up(read, data_dir):
    found = read(data_dir / "fixtures" / "woocommerce_rest_v3" / "orders__03_list_all_orders.json")
    assert sum(row["money"] or 0 for row in found.rows) == Decimal("68.35")
    assert {row["order_id"] for row in found.rows} == {"727", "723"}
