"""The front of the command line: which commands there are, and how every one of them ends.

Kept light on purpose: asking for help imports Typer and nothing else. The main job and the parts are imported when a
command runs; a part's command is made from its action by `cli/bind.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any

import typer

from lifeworth.cli import faults, job, person, serve, users, watch
from lifeworth.cli.bind import HELP
from lifeworth.errors import LifeworthError
from lifeworth.parts import ACTIONS, Action

ABOUT = "What is each customer worth, why, and what should we do about it? From an order file, on your own machine."
FORWARD = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""An action's own command reads its arguments, `--help` included."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave the program with its exit status: 0, 1 our fault, 2 input, 3 not enough data, 130 stopped."""
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    sys.exit(_status(words, as_json="--json" in words))


def application() -> typer.Typer:
    """All commands as one Typer program."""
    app = typer.Typer(
        name="lifeworth",
        help=ABOUT,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings=HELP,
    )
    app.callback()(_front)
    for command, about in (*job.COMMANDS, *serve.COMMANDS, *users.COMMANDS, *watch.COMMANDS):
        app.command(command.__name__, short_help=about)(command)
    app.add_typer(person.person)
    for action in ACTIONS:
        app.command(action.name, help=action.about, add_help_option=False, context_settings=FORWARD)(_forward(action))
    return app


def commands() -> dict[str, Any]:
    """Every command by name with its parameters; for whoever documents or tests them."""
    from typer.main import get_command

    found = get_command(application()).commands  # type: ignore[attr-defined]
    return {**found, **{action.name: get_command(_bound(action)) for action in ACTIONS}}


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"lifeworth {version('lifeworth')}")
        raise typer.Exit


def _front(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    del version


def _forward(action: Action) -> Callable[[typer.Context], None]:
    def command(ctx: typer.Context) -> None:
        status = _bound(action)(args=ctx.args, prog_name=f"lifeworth {action.name}", standalone_mode=False)
        if isinstance(status, int):
            raise typer.Exit(status)

    return command


def _bound(action: Action) -> typer.Typer:
    from lifeworth.cli.bind import bind
    from lifeworth.cli.show import show
    from lifeworth.workspace import Workspace

    return bind(action.load(), open_workspace=Workspace.open, show=show, folder=job.WORKSPACE)


def _status(words: list[str], *, as_json: bool) -> int:
    try:
        status = application()(args=words, prog_name="lifeworth", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        hint = "lifeworth --help lists the commands; lifeworth COMMAND --help tells what one can take."
        return faults.usage(error.format_message(), hint, status=error.exit_code, as_json=as_json)
    except BrokenPipeError:
        # Whoever read along has seen enough. Python would complain once more when it flushes at the end.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return faults.BROKEN_PIPE
    except KeyboardInterrupt:
        return faults.INTERRUPTED
    except (LifeworthError, Exception) as error:
        return faults.tell(error, as_json=as_json)
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    main()
