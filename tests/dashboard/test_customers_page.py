"""The list and one customer as who asks may see them: pages of rows, masking, what is noted, what is exported."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal, Role, Scope
from lifeworth.access.trail import Trail
from lifeworth.dashboard.customer import page as customer
from lifeworth.dashboard.grid import board, words
from lifeworth.dashboard.view import View
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.jobs.jobs import Jobs
from lifeworth.serving import customers
from lifeworth.serving.desk import Desk


@pytest.fixture(scope="module")
def view(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    # A copy of its own: looking at a customer is written down.
    root = tmp_path_factory.mktemp("customers") / "workspace"
    shutil.copytree(made_workspace, root, symlinks=True)
    desk = Desk(root)
    admin = Principal("u1", "Ada", Role.ADMIN, "", frozenset(Scope), "t1", "session")
    yield View(desk, Doors(desk.book), Trail(desk.book), Jobs(root, desk.book), admin)
    desk.close()


def finance(view: View) -> View:
    """Somebody who works with figures and sees no persons."""
    return replace(view, principal=replace(view.principal, role=Role.VIEWER, scopes=frozenset({Scope.READ})))


def said(parts: Any) -> str:
    """Everything that is written on a page, as its components would be sent."""
    import json

    import plotly.utils

    return json.dumps(parts, cls=plotly.utils.PlotlyJSONEncoder)


def best(view: View) -> str:
    return str(customers.page(view.desk.run(), limit=1).rows[0]["customer_id"])


def test_a_page_has_the_rows_that_were_asked_for(view: View) -> None:
    first, _ = board.page(view, {"startRow": 0, "endRow": 20})
    next_, _ = board.page(view, {"startRow": 20, "endRow": 40})
    everybody = [row["customer_id"] for row in customers.page(view.desk.run(), limit=40).rows]
    assert [row["customer_id"] for row in [*first["rowData"], *next_["rowData"]]] == everybody


def test_the_usual_order_leaves_the_address_bare(view: View) -> None:
    _, address = board.page(
        view, {"startRow": 0, "endRow": 5, "sortModel": [{"colId": "predicted_clv", "sort": "desc"}]}
    )
    assert address == {}


def test_what_is_filtered_and_sorted_stands_in_the_address(view: View) -> None:
    request = {
        "filterModel": {"value_tier": {"filterType": "text", "type": "equals", "filter": "Gold"}},
        "sortModel": [{"colId": "orders", "sort": "desc"}],
    }
    assert board.page(view, request)[1] == {"value_tier": "Gold", "order": "-orders"}


def test_values_are_written_as_everywhere_else(view: View) -> None:
    row = board.page(view, {"startRow": 0, "endRow": 1})[0]["rowData"][0]
    raw = customers.page(view.desk.run(), limit=1).rows[0]
    assert row["churn_probability"] == f"{raw['churn_probability'] * 100:.1f} %"
    assert row["birth_year"] in {str(raw["birth_year"]), "–"}


def test_who_may_not_see_persons_gets_pseudonyms_and_no_personal_column(view: View) -> None:
    rows = board.page(finance(view), {"startRow": 0, "endRow": 5})[0]["rowData"]
    assert all(row["customer_id"].startswith("c-") for row in rows)
    assert all("birth_year" not in row for row in rows)


def test_a_hidden_column_cannot_be_filtered_by(view: View) -> None:
    guess = {"birth_year": {"filterType": "number", "type": "equals", "filter": 1980}}
    with pytest.raises(OptionError):
        board.page(finance(view), {"filterModel": guess})


def test_a_page_is_never_longer_than_the_engine_gives(view: View) -> None:
    assert len(board.page(view, {"startRow": 0, "endRow": 1_000_000})[0]["rowData"]) <= customers.MOST


def test_exports_are_offered_to_who_may_take_files_along(view: View) -> None:
    assert "/api/v1/exports/customers.parquet" in said(board.content(view))
    assert "/api/v1/exports/" not in said(board.content(finance(view)))


@pytest.mark.parametrize(
    ("text", "column"), [("C1000", "customer_id"), ("anna@example.com", "customer_id"), ("  ", None)]
)
def test_the_quick_search_looks_where_the_text_can_be(view: View, text: str, column: str | None) -> None:
    found = board.find({}, text, customers.columns(view.desk.run()))
    assert list(found) == ([column] if column else [])


def test_the_id_is_always_shown_and_chosen_columns_keep_their_order(view: View) -> None:
    columns = customers.columns(view.desk.run())
    assert words.shown("country,orders", columns) == ["customer_id", "orders", "country"]


def test_one_customer_shows_the_value_and_its_reasons(view: View) -> None:
    page = said(customer.content(view, best(view)))
    for words_ in (
        "Predicted value",
        "Why this value",
        "What to do",
        "Life with the company",
        "What limits these figures",
    ):
        assert words_ in page


def test_that_a_customer_was_looked_at_is_noted(view: View) -> None:
    someone = best(view)
    customer.content(view, someone)
    entry = view.trail.entries(1)[0]
    assert (entry.who, entry.action, entry.subject) == ("Ada", "customer.look", someone)


def test_a_customers_page_names_nobody_to_who_may_not_see_persons(view: View) -> None:
    someone = best(view)
    page = said(customer.content(finance(view), view.desk.alias(someone)))
    assert view.desk.alias(someone) in page
    assert someone not in page


def test_an_id_is_no_way_in_for_who_sees_pseudonyms(view: View) -> None:
    with pytest.raises(NotFoundError):
        customer.content(finance(view), best(view))


def test_nobody_is_said_to_be_nobody(view: View) -> None:
    with pytest.raises(NotFoundError):
        customer.content(view, "nobody")


def test_who_only_subscribes_has_a_page_as_well(view: View) -> None:
    run = view.desk.run()
    alone = [row for row in customers.page(run, limit=1000).rows if row["orders"] is None or not row["orders"]]
    assert alone, "the made-up company has customers who only subscribe"
    page = said(customer.content(view, alone[0]["customer_id"]))
    assert "Contracts" in page


def test_a_list_is_counted_once_and_every_filter_for_itself(view: View) -> None:
    gold = {"value_tier": {"filterType": "text", "type": "equals", "filter": "Gold"}}
    whole = board.page(view, {})[0]["rowCount"]
    some = board.page(view, {"filterModel": gold})[0]["rowCount"]
    again = board.page(view, {"filterModel": gold, "startRow": 5, "endRow": 10})[0]["rowCount"]
    assert 0 < some == again < whole == customers.page(view.desk.run(), limit=1).total
