"""The data of one person on the command line: `lifeworth person export` and `lifeworth person erase`."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Literal

import typer

from lifeworth.cli.bind import HELP, JSON
from lifeworth.cli.job import WORKSPACE, Workspace

ABOUT = "Hand out all data of one person, or remove it everywhere and prove it."

person = typer.Typer(name="person", help=ABOUT, rich_markup_mode=None, add_completion=False, context_settings=HELP)

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="Whose data, as in customers.csv.")]
Json = Annotated[bool, JSON]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]


@person.command("export", short_help="Everything the workspace holds of a person, in one zip file.")
def export(
    customer: Customer,
    workspace: Workspace = WORKSPACE,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The zip file; by default person-CUSTOMER.zip.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write everything the workspace holds of a person into one zip file.

    Every table of every run, rows set aside, uploads and notes, as JSON; an overview to read; and a statement of sources, dates
    and purposes.
    """
    from lifeworth.cli.progress import shown
    from lifeworth.cli.show import show
    from lifeworth.persons.actions import export_person
    from lifeworth.report.spec import Text

    with shown(quiet=quiet or as_json) as progress:
        file = export_person(workspace, customer, to, by=_who(), progress=progress)
    size = file.stat().st_size
    told = {"file": str(file), "bytes": size}
    show(
        told if as_json else Text(f"{file} has everything ({size:,} bytes); open overview.html in it."), as_json=as_json
    )


@person.command("erase", short_help="Remove a person everywhere, or leave them under a stand-in, and prove it.")
def erase(
    customer: Customer,
    workspace: Workspace = WORKSPACE,
    mode: Annotated[
        Literal["erase", "pseudonymise"],
        typer.Option(help="Rows removed, so that totals change; or kept under a random stand-in, without who it is."),
    ] = "erase",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Yes, this cannot be undone.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Remove a person from every table, past run, upload and note, and search every file afterwards.

    The person does not come back with the next import either. Ends with 1 if something still tells of them: it is named, and the
    command goes on where it stands when it is called again.
    """
    from lifeworth.cli.progress import shown
    from lifeworth.cli.show import show
    from lifeworth.errors import OptionError
    from lifeworth.persons.actions import erase_person

    if not yes:
        raise OptionError(
            "An erasure cannot be undone.",
            hint=f"Hand out the data first, if it is asked for (lifeworth person export {customer}); then add --yes.",
        )
    with shown(quiet=quiet or as_json) as progress:
        proof = erase_person(workspace, customer, mode=mode, by=_who(), progress=progress)
    show(proof.to_json() if as_json else proof.page(), as_json=as_json)


def _who() -> str:
    """Who runs the command, for the trail."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):  # an account without a name
        return "command line"
