"""`lifeworth users`: who may come in. It asks for no password: who can write the folder of a workspace has it already."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lifeworth.cli.job import WORKSPACE, Json, Workspace
from lifeworth.cli.serve import PORT, State

if TYPE_CHECKING:
    from lifeworth.access.doors import Doors
    from lifeworth.access.people import User

WHO = "the command line"
"""How the trail calls whoever sits at the machine."""


def users(
    workspace: Workspace = WORKSPACE,
    add: Annotated[str | None, typer.Option(metavar="NAME", help="Add somebody; prints their link.")] = None,
    change: Annotated[str | None, typer.Option(metavar="NAME", help="Change what somebody is.")] = None,
    reset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A new link for somebody who cannot come in; they set a password."),
    ] = None,
    remove: Annotated[str | None, typer.Option(metavar="NAME", help="Take somebody's door away for good.")] = None,
    role: Annotated[
        str | None, typer.Option(metavar="ROLE", help="viewer, analyst or admin; viewer for whoever is added.")
    ] = None,
    function: Annotated[
        str | None,
        typer.Option(metavar="FUNCTION", help="marketing, sales, service, product or finance: chooses the pages."),
    ] = None,
    personal: Annotated[
        bool | None,
        typer.Option(
            "--personal/--no-personal", help="Whether they see persons by name; by default as their function."
        ),
    ] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="With --change: open their door, or close it.")
    ] = None,
    service: Annotated[bool, typer.Option("--service", help="With --add: a program, which has tokens alone.")] = False,
    address: Annotated[
        str, typer.Option(metavar="ORIGIN", help="Where people open Lifeworth; links begin with it.")
    ] = f"http://127.0.0.1:{PORT}",
    state: State = None,
    as_json: Json = False,
) -> None:
    """List who may come in; add, change, remove somebody, or make a new link for them.

    A link opens once, within 72 hours; whoever opens it sets a password.
    """
    from lifeworth.access.doors import Doors
    from lifeworth.access.trail import Trail
    from lifeworth.cli.show import show
    from lifeworth.data.book import book_of
    from lifeworth.errors import WorkspaceError

    if not workspace.is_dir() and state is None:
        raise WorkspaceError(f"{workspace} is no workspace yet.", hint=f"lifeworth serve --workspace {workspace}")
    said = {"role": role, "function": function, "personal": personal, "active": active, "service": service or None}
    values = {name: value for name, value in said.items() if value is not None}
    asked = {"add": add, "change": change, "reset": reset, "remove": remove}
    act, name = _one_act({word: name for word, name in asked.items() if name is not None}, values)
    book = book_of(workspace, state)
    try:
        doors = Doors(book)
        if act is None:
            show(_list(doors.users()), as_json=as_json)
            return
        done, key = act(doors, name, values)
        Trail(book).note(WHO, f"users.{act.__name__.strip('_')}", name, detail=values)
    finally:
        book.close()
    link = None if key is None else f"{address.rstrip('/')}/enter/{key}"
    if as_json:
        show({"name": name, "done": done, "link": link}, as_json=True)
    else:
        print(
            done if link is None else f"{done}\nThis link opens once, within 72 hours, and sets a password:\n  {link}"
        )


Act = Callable[["Doors", str, dict[str, Any]], tuple[str, str | None]]
"""Does what was asked; says what it did, and the key of a link that goes with it."""


def _one_act(named: dict[str, str], values: dict[str, Any]) -> tuple[Act | None, str]:
    from lifeworth.errors import OptionError

    if len(named) > 1:
        raise OptionError(f"One thing at a time: {' or '.join(f'--{word}' for word in named)}.")
    word, name = next(iter(named.items()), ("", ""))
    act, takes = ACTS[word] if word else (None, frozenset())
    if wrong := [f"--{one}" for one in values if one not in takes]:
        where = f"--{word}" if word else "a list of all"
        raise OptionError(
            f"{', '.join(wrong)} says nothing with {where}.", hint="lifeworth users --change NAME --role analyst"
        )
    return act, name


def _add(doors: Doors, name: str, values: dict[str, Any]) -> tuple[str, str | None]:
    role, rest = values.get("role", "viewer"), (values.get("function", ""), values.get("personal"))
    if values.get("service"):
        made = doors.add_service(name, role, rest[0], personal=rest[1])
        return f"{made.name} is here as a program. An admin makes its tokens on the page People.", None
    key = doors.add_user(name, role, rest[0], personal=rest[1])
    return f"{doors.invited(key).name} is here as {role}.", key


def _change(doors: Doors, name: str, values: dict[str, Any]) -> tuple[str, str | None]:
    user = doors.change_user(_who(doors, name).user_id, **values)
    state = "" if user.active else ", and their door is closed"
    return f"{user.name} is {user.role.value}{f' in {user.function}' if user.function else ''}{state}.", None


def _reset(doors: Doors, name: str, values: dict[str, Any]) -> tuple[str, str | None]:
    del values
    user = _who(doors, name)
    return f"A new link for {user.name}; until it is used their password stays as it is.", doors.reset(user.user_id)


def _remove(doors: Doors, name: str, values: dict[str, Any]) -> tuple[str, str | None]:
    del values
    user = _who(doors, name)
    doors.remove_user(user.user_id)
    return f"{user.name} is gone, and so are their tokens.", None


ACTS: dict[str, tuple[Act, frozenset[str]]] = {
    "add": (_add, frozenset({"role", "function", "personal", "service"})),
    "change": (_change, frozenset({"role", "function", "personal", "active"})),
    "reset": (_reset, frozenset()),
    "remove": (_remove, frozenset()),
}
"""What can be done with somebody, and the options that go with it."""


def _who(doors: Doors, name: str) -> User:
    from lifeworth.errors import NotFoundError, near

    found = doors.user_named(name)
    if found is None:
        names = [user.name for user in doors.users()]
        raise NotFoundError(
            f'There is nobody called "{name}". {near(name, names)}'.rstrip(), hint="lifeworth users lists all."
        )
    return found


def _list(users: list[User]) -> Any:
    from lifeworth.report.spec import Column, Table

    columns = ("name", "Name"), ("role", "Role"), ("function", "Function"), ("personal", "Sees persons"), ("state", "State"), ("seen", "Last seen, UTC")  # fmt: skip
    rows = [
        (
            user.name,
            user.role.value,
            user.function,
            "by name" if user.personal else "by pseudonym",
            _state(user),
            user.seen_at and f"{user.seen_at:%Y-%m-%d %H:%M}",
        )
        for user in users
    ]
    return Table(
        "Who may come in", tuple(Column(*one) for one in columns), tuple(rows), empty="Nobody yet: lifeworth serve"
    )


def _state(user: User) -> str:
    if not user.active:
        return "closed"
    if user.password:
        return "can sign in"
    return "has a link" if user.invited else "no password"


COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (users, "Who may come in: list them, add somebody, make a new link."),
)
"""The commands written here, each with its line in the list of commands."""
