"""Customers over the wire: filtered, sorted, turned page by page, masked; and nothing that is typed in becomes a query."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
import pytest

Get = Callable[..., httpx.Response]


def items(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_a_page_says_of_which_run_and_day_it_is_and_money_has_its_currency(served: Any, get: Get) -> None:
    answer = get("/customers", params={"limit": 3}).json()
    run = served.app.state.desk.run()
    assert (answer["run_id"], answer["as_of"]) == (run.run_id, run.as_of.isoformat())
    assert answer["total"] == run.shelf.count("customers")
    first = answer["items"][0]
    assert first["predicted_clv"]["currency"] == "EUR"
    assert Decimal(first["predicted_clv"]["amount"]) > 0
    assert len(first["last_order_at"]) == 10


def test_every_page_together_is_every_customer_once_in_one_order(served: Any, get: Get) -> None:
    seen: list[str] = []
    values: list[float] = []
    cursor = None
    while True:
        texts = {"limit": "97", "order": "-predicted_clv", **({"cursor": cursor} if cursor else {})}
        answer = get("/customers", params=texts).json()
        seen += [one["customer_id"] for one in answer["items"]]
        values += [float(one["predicted_clv"]["amount"]) for one in answer["items"] if one["predicted_clv"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == served.app.state.desk.run().shelf.count("customers")
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    "order", ["acquired_at", "-acquired_at", "country,-orders", "-customer_id", "expected_next_order_at"]
)
def test_a_cursor_goes_on_in_any_order_with_missing_values_and_equals(get: Get, order: str) -> None:
    whole = [one["customer_id"] for one in items(get("/customers", params={"limit": 60, "order": order}))]
    first = get("/customers", params={"limit": 31, "order": order}).json()
    second = get("/customers", params={"limit": 29, "order": order, "cursor": first["next"]}).json()
    assert [one["customer_id"] for one in [*first["items"], *second["items"]]] == whole


def test_a_cursor_that_was_changed_or_belongs_to_another_question_is_refused(get: Get) -> None:
    cursor = get("/customers", params={"limit": 2}).json()["next"]
    for texts in ({"cursor": cursor[:-2]}, {"cursor": "A" + cursor[1:]}, {"cursor": cursor, "order": "orders"}, {"cursor": cursor, "country": "France"}, {"cursor": "%00"}):  # fmt: skip
        answer = get("/customers", params=texts)
        assert answer.status_code == 422, texts
        assert "first page" in answer.json()["hint"]


def test_filters_keep_what_they_say(get: Get) -> None:
    tiers = {
        one["value_tier"] for one in items(get("/customers", params={"value_tier": "Gold,Platinum", "limit": 500}))
    }
    assert tiers == {"Gold", "Platinum"}
    above = items(get("/customers", params={"predicted_clv.gt": "100", "limit": 500}))
    assert above
    assert min(float(one["predicted_clv"]["amount"]) for one in above) >= 100
    day = items(get("/customers", params={"last_order_at.ge": "2026-01-01", "limit": 500}))
    assert min(one["last_order_at"] for one in day) >= "2026-01-01"
    missing = items(get("/customers", params={"expected_next_order_at.empty": "true"}))
    assert all(one["expected_next_order_at"] is None for one in missing)


def test_search_finds_part_of_an_id(get: Get) -> None:
    wanted = items(get("/customers", params={"limit": 1}))[0]["customer_id"]
    assert wanted in [one["customer_id"] for one in items(get("/customers", params={"q": wanted[-4:].lower(), "limit": 1000}))]  # fmt: skip


def test_every_fault_of_a_question_is_named_at_once(get: Get) -> None:
    answer = get("/customers", params={"predicted_clv.gt": "much", "valu_tier": "Gold", "last_order_at.lt": "yesterday", "orders.like": "1"})  # fmt: skip
    told = answer.json()
    assert answer.status_code == 422
    assert len(told["faults"]) == 4
    assert 'Did you mean "value_tier"?' in " ".join(told["faults"])


@pytest.mark.parametrize(
    "text",
    [
        "' OR 1=1 --",
        '"; DROP TABLE customers; --',
        "Gold') UNION SELECT * FROM duckdb_settings() --",
        "${7*7}",
        "{{7*7}}",
        "../../etc/passwd",
        "%27%20OR%201",
        "\\x27",
        "＇ OR ＇1＇=＇1",
    ],
)
def test_what_is_typed_in_is_a_value_and_nothing_else(served: Any, get: Get, text: str) -> None:
    before = served.app.state.desk.run().shelf.count("customers")
    assert get("/customers", params={"value_tier": text}).json()["items"] == []
    assert get("/customers", params={"q": text}).json()["items"] == []
    for name in ("order", "cursor", text, f"{text}.gt"):
        assert get("/customers", params={name: text}).status_code in {404, 422}
    assert get(f"/customers/{quote(text, safe='')}").status_code == 404
    assert served.app.state.desk.run().shelf.count("customers") == before


@pytest.mark.parametrize("texts", [{"limit": "0"}, {"limit": "1001"}, {"limit": "x"}, {"limit": "-1"}, {"order": "orders,orders"}, {"value_tier": "x" * 300}, {"orders.gt": "nan"}, {"orders.gt": "1e999"}, {"orders": "9" * 60}])  # fmt: skip
def test_a_question_out_of_range_is_refused_with_words(get: Get, texts: dict[str, str]) -> None:
    answer = get("/customers", params=texts)
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


def test_one_customer_with_values_and_history(get: Get) -> None:
    wanted = items(get("/customers", params={"limit": 1}))[0]
    one = get(f"/customers/{wanted['customer_id']}").json()
    assert one["predicted_clv"] == wanted["predicted_clv"]
    history = get(f"/customers/{wanted['customer_id']}/history").json()
    orders = history["events"]["orders"]
    assert len(orders) == wanted["orders"] or len(orders) > 0
    assert orders[0]["net_revenue"]["currency"] == "EUR"
    assert [one["ordered_at"] for one in orders] == sorted((one["ordered_at"] for one in orders), reverse=True)
    answer = get("/customers/nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_who_may_not_see_personal_data_sees_pseudonyms_everywhere(served: Any, get: Get, masked: str) -> None:
    ids = {one["customer_id"] for one in items(get("/customers", params={"limit": 1000}))}
    hidden = served.ask("GET", "/customers", masked, params={"limit": 1000})
    assert not ids & {one["customer_id"] for one in items(hidden)}
    assert not {"name", "email", "birth_year", "alias"} & items(hidden)[0].keys()
    somebody = min(ids)
    assert served.ask("GET", f"/customers/{somebody}", masked).status_code == 404
    assert served.ask("GET", f"/customers/{somebody}/history", masked).status_code == 404
    assert served.ask("GET", "/customers", masked, params={"customer_id": somebody}).json()["items"] == []
    assert served.ask("GET", "/customers", masked, params={"email.contains": "@"}).status_code == 422
    assert served.ask("GET", "/alive", masked, params={"customer": somebody}).status_code == 404
    alias = served.app.state.desk.alias(somebody)
    assert served.ask("GET", f"/customers/{alias}", masked).json()["customer_id"] == alias
    page = served.ask("GET", "/alive", masked, params={"customer": alias})
    assert somebody not in page.text
    assert alias in page.text
    for path in ("/value", "/net", "/renewals", "/exports/customers.csv", "/exports/customers.jsonl"):
        text = served.ask("GET", path, masked).text
        assert text
        assert not any(f'"{one}"' in text for one in ids), path


def test_looks_at_customers_stand_in_the_trail(served: Any, get: Get) -> None:
    wanted = items(get("/customers", params={"limit": 1}))[0]["customer_id"]
    get(f"/customers/{wanted}")
    served.app.state.house.looks.write()
    entries = get("/trail", params={"action": "customer.look", "limit": 5}).json()["items"]
    assert (entries[0]["who"], entries[0]["subject"]) == ("boss", wanted)


def test_the_columns_say_what_they_mean_and_which_groups_there_are(get: Get) -> None:
    told = {one["name"]: one for one in items(get("/customers/columns"))}
    assert "Gold" in told["value_tier"]["values"]
    assert all(one["definition"] for one in told.values())
