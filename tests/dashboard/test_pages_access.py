"""Who may do what on the special pages: every one draws for who may see it, and refuses the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal, Role, Scope
from lifeworth.access.trail import Trail
from lifeworth.dashboard.catalogue import catalogue
from lifeworth.dashboard.intake import files, quarantine
from lifeworth.dashboard.pages import account, people, persons, trail
from lifeworth.dashboard.view import View
from lifeworth.errors import AccessError, OptionError, TooManyError
from lifeworth.jobs.jobs import Jobs
from lifeworth.jobs.uploads import Uploads
from lifeworth.serving.desk import Desk

PASSWORD = "three blue parrots singing"
SPECIALS = {one.name: one.drawn_by for one in catalogue().entries if one.name in {"customers", "data", "calculator", "jobs", "people", "trail", "persons", "account", "review", "card"}}  # fmt: skip


@pytest.fixture
def view(workspace_copy: Path) -> Iterator[View]:
    desk = Desk(workspace_copy)
    doors = Doors(desk.book)
    _, admin = doors.enter(doors.first_link() or "")
    admin = replace(admin, scopes=frozenset(Scope))
    yield View(desk, doors, Trail(desk.book), Jobs(workspace_copy, desk.book), admin)
    desk.close()


def as_(view: View, *scopes: Scope) -> View:
    return replace(view, principal=replace(view.principal, scopes=frozenset(scopes)))


@pytest.mark.parametrize("name", sorted(SPECIALS))
def test_every_page_draws(view: View, name: str) -> None:
    assert SPECIALS[name].content(view)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["data", "calculator", "jobs", "people", "trail", "account", "card"])
def test_every_page_that_needs_no_figures_draws_in_an_empty_workspace(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path)
    who = Principal("u1", "Ada", Role.ADMIN, "", frozenset(Scope), "t1", "session")
    assert SPECIALS[name].content(View(desk, Doors(desk.book), Trail(desk.book), Jobs(tmp_path, desk.book), who))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("draw", "needed"),
    [
        (people.content, Scope.MANAGE),
        (trail.content, Scope.MANAGE),
        (persons.content, Scope.ERASE),
        (people.table, Scope.MANAGE),
        (trail.table, Scope.MANAGE),
    ],
)
def test_a_page_is_not_drawn_for_who_may_not(view: View, draw: Callable[[View], object], needed: Scope) -> None:
    others = [one for one in Scope if one is not needed]
    with pytest.raises(AccessError):
        draw(as_(view, *others))


def test_the_import_is_closed_to_a_viewer(view: View) -> None:
    with pytest.raises(AccessError):
        SPECIALS["data"].content(replace(as_(view, Scope.READ), path=("import",)))  # type: ignore[union-attr]


def test_a_person_is_erased_only_when_the_id_is_typed_again(view: View) -> None:
    with pytest.raises(OptionError):
        persons.erase(view, "C100001", "C100002", "erase")
    assert view.jobs.list() == []


def test_a_person_is_not_erased_by_who_may_not(view: View) -> None:
    with pytest.raises(AccessError):
        persons.erase(as_(view, Scope.READ, Scope.RUN, Scope.MANAGE), "C100001", "C100001", "erase")


def test_a_password_is_changed_only_with_the_present_one(view: View) -> None:
    view.doors.set_password(view.principal.user_id, PASSWORD)
    with pytest.raises(OptionError):
        account.change_password(view, "wrong", "four green turtles dancing", "four green turtles dancing")
    assert view.doors.knows_password(view.principal.user_id, PASSWORD)


def test_the_present_password_cannot_be_guessed_at_an_open_screen(view: View) -> None:
    view.doors.set_password(view.principal.user_id, PASSWORD, keep=view.principal.token_id)
    for _ in range(5):
        with pytest.raises(OptionError):
            account.change_password(view, "wrong", "four green turtles dancing", "four green turtles dancing")
    with pytest.raises(TooManyError):
        account.change_password(view, PASSWORD, "four green turtles dancing", "four green turtles dancing")
    assert view.doors.knows_password(view.principal.user_id, PASSWORD)


def test_a_password_typed_differently_twice_is_not_taken(view: View) -> None:
    with pytest.raises(OptionError):
        account.change_password(view, "", PASSWORD, PASSWORD + "!")


def test_signing_out_elsewhere_keeps_this_session(view: View) -> None:
    view.doors.set_password(view.principal.user_id, PASSWORD, keep=view.principal.token_id)
    other = view.doors.sign_in(view.principal.name, PASSWORD)
    assert account.sign_out_elsewhere(view) == 1
    with pytest.raises(AccessError):
        view.doors.principal(other)
    left = [one.token_id for one in view.doors.tokens(view.principal.user_id, ("session",))]
    assert left == [view.principal.token_id]


def test_rows_set_aside_hide_values_and_names_from_who_may_not_see_persons(view: View) -> None:
    hidden = quarantine.found(as_(view, Scope.READ))
    shown = quarantine.found(view)
    named = [row["customer"] for row in shown.rows if row["customer"]]
    assert named
    assert all(row["value"] is None for row in hidden.rows)
    assert [row["customer"] for row in hidden.rows if row["customer"]] == [view.desk.alias(one) for one in named]


def test_rows_set_aside_add_up_to_what_the_run_says(view: View) -> None:
    told = view.desk.run().facts["reconciliation"]["rows_set_aside"]
    beside = view.desk.run().facts["tables"]
    expected = sum(told.values()) + sum(sum(one["rows_set_aside"].values()) for one in beside.values())
    assert quarantine.found(view).total == expected


def test_a_look_at_files_needs_orders_or_subscriptions(view: View) -> None:
    upload = Uploads(view.desk.root, view.desk.book).take(
        "tickets.csv", "tickets", "Ada", [b"ticket_id,customer_id\n1,2\n"]
    )
    with pytest.raises(OptionError, match="Orders are missing"):
        files.start(view, [upload.upload_id])


def test_new_files_are_ticked_beside_those_of_the_last_run(view: View) -> None:
    uploads = Uploads(view.desk.root, view.desk.book)
    old = uploads.take("orders.csv", "orders", "Ada", [b"a,b\n1,2\n"])
    uploads.used([old.upload_id], "r1")
    new = uploads.take("tickets.csv", "tickets", "Ada", [b"a,b\n1,2\n"])

    class Done:
        status, arguments = "done", {"uploads": [old.upload_id]}

    class Known:
        def list(self, limit: int, *, kind: str) -> list[type[Done]]:
            return [Done]

    there = replace(view, jobs=Known())  # type: ignore[arg-type]
    assert files.suggested(there, uploads.list()) == {old.upload_id, new.upload_id}
    newer = uploads.take("orders-2.csv", "orders", "Ada", [b"a,b\n1,2\n"])
    assert files.suggested(there, uploads.list()) == {newer.upload_id, new.upload_id}
