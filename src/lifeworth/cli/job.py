"""The main job on the command line: `run`, `check` and `demo`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from lifeworth.cli.bind import JSON

WORKSPACE = Path("lifeworth-workspace")
"""Where results go when nothing else is said."""

ABOUT_ORDERS = "Order files, folders of them, or a database table (sqlite:///shop.db#orders)."

Orders = Annotated[list[str] | None, typer.Argument(metavar="[ORDERS...]", help=ABOUT_ORDERS)]
Tables = Annotated[
    list[str] | None,
    typer.Option(
        "--table",
        "-t",
        metavar="NAME=WHERE",
        help="A table beside orders: --table subscriptions=subs.csv. As often as needed.",
    ),
]
Workspace = Annotated[
    Path, typer.Option("--workspace", "-w", envvar="LIFEWORTH_WORKSPACE", help="Folder that keeps tables and runs.")
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM-DD", help="Last day the figures know about; by default that of the last order."),
]
Horizon = Annotated[
    str | None, typer.Option(metavar="12m|52w|365d", help="How far ahead value is predicted; by default 12 months.")
]
Margin = Annotated[
    float | None, typer.Option(metavar="SHARE", help="Contribution margin, 0.4 for 40 %, where the data has no costs.")
]
Discount = Annotated[
    float | None, typer.Option(metavar="RATE", help="Annual discount rate on future money; by default 0.10.")
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", "-m", metavar="OURS=YOURS", help="Say which column is which: --map ordered_at=Paid."),
]
Dates = Annotated[
    Literal["auto", "day-first", "month-first", "year-first"] | None,
    typer.Option(help="How 03/04/2025 reads, where the data does not decide."),
]
Decimal = Annotated[
    Literal["auto", "point", "comma"] | None, typer.Option(help="How 1,234 reads, where the data does not decide.")
]
Currency = Annotated[str | None, typer.Option(metavar="CODE", help="Currency of the workspace, such as EUR.")]
Rates = Annotated[
    Path | None, typer.Option(metavar="FILE", help="CSV of exchange rates: currency, rate and, if you like, date.")
]
Model = Annotated[str | None, typer.Option(metavar="NAME", help="The order model; by default the back-test decides.")]
Covariates = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="What a first purchase says that may move the model: auto, none, or channel,country,first_category,first_product.",
    ),
]
Seed = Annotated[int | None, typer.Option(metavar="NUMBER", help="Seed of everything drawn at random.")]
ZeroValue = Annotated[
    Literal["keep", "set-aside"] | None, typer.Option(help="Orders worth nothing: a purchase of value 0, or set aside.")
]
Duplicates = Annotated[
    Literal["set-aside", "keep"] | None,
    typer.Option(help="Rows alike in every column: once, or as often as they stand."),
]
Json = Annotated[bool, JSON]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]


def run(
    orders: Orders = None,
    table: Tables = None,
    workspace: Workspace = WORKSPACE,
    as_of: AsOf = None,
    horizon: Horizon = None,
    margin: Margin = None,
    discount: Discount = None,
    column_map: Map = None,
    dates: Dates = None,
    decimal: Decimal = None,
    currency: Currency = None,
    rates: Rates = None,
    model: Model = None,
    covariates: Covariates = None,
    seed: Seed = None,
    zero_value: ZeroValue = None,
    duplicates: Duplicates = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read orders, clean them, fit models, and say what every customer is worth.

    Tables beside orders (--table) light up more; a folder may hold them under their names. Without orders, a table of
    subscriptions is enough. Writes customers.parquet, customers.csv, report.html and manifest.json under WORKSPACE/runs/current/.
    """
    changes = {
        "as_of": as_of, "horizon": horizon, "margin": margin, "discount": discount, "columns": _columns(column_map),
        "dates": dates, "decimal": decimal, "currency": currency, "rates": rates, "model": model,
        "covariates": covariates, "seed": seed, "zero_value": zero_value, "duplicates": duplicates, "tables": _tables(table),
    }  # fmt: skip
    _run(orders, workspace, changes, as_json=as_json, quiet=quiet)


def check(
    orders: Orders = None,
    table: Tables = None,
    workspace: Workspace = WORKSPACE,
    as_of: AsOf = None,
    column_map: Map = None,
    dates: Dates = None,
    decimal: Decimal = None,
    currency: Currency = None,
    rates: Rates = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what a run would understand: files, columns, what is missing, and what the data is enough for.

    Writes nothing. Ends with 0 when a run would work, with 2 when the input cannot be read, and with 3 when the data is
    not sufficient for predicted value.
    """
    from lifeworth.cli.progress import shown
    from lifeworth.cli.show import show
    from lifeworth.job import check as look
    from lifeworth.report.spec import Text
    from lifeworth.settings import read

    changes = {"as_of": as_of, "dates": dates, "decimal": decimal, "currency": currency, "rates": rates}
    settings = read(workspace, changes=changes | {"columns": _columns(column_map), "tables": _tables(table)})
    with shown(quiet=quiet or as_json) as progress:
        page = look(orders or None, settings=settings, progress=progress)
    show(page, as_json=as_json)
    if any(isinstance(block, Text) and block.tone == "bad" for block in page.blocks):
        raise typer.Exit(3)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the company is written.")] = Path("demo"),
    customers: Annotated[int, typer.Option(metavar="NUMBER", help="How many customers it has won.")] = 5000,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make up a company whose truth is known, and run the main job on it.

    Its data go to DIR/data, the truth beside them; the results to DIR/runs/current/.
    """
    from lifeworth.cli.progress import shown
    from lifeworth.data.synthetic import generate, write

    with shown(quiet=quiet or as_json) as progress, progress.step("Making up a company"):
        made = generate(customers)
        files = {file.stem: str(file) for file in write(made, folder / "data")}
    tables = {
        name: files[name] for name, rows in made.tables.items() if name in files and name != "orders" and rows.num_rows
    }
    _run([files["orders"]], folder, {"tables": tables}, as_json=as_json, quiet=quiet)


def _run(orders: list[str] | None, workspace: Path, changes: dict[str, Any], *, as_json: bool, quiet: bool) -> None:
    from lifeworth.cli.progress import shown
    from lifeworth.cli.show import show
    from lifeworth.cli.summary import said
    from lifeworth.job import run as main_job
    from lifeworth.settings import read

    settings = read(workspace, changes=changes)
    with shown(quiet=quiet or as_json) as progress:
        result = main_job(orders or None, workspace=workspace, settings=settings, progress=progress)
    show(result.summary if as_json else said(result), as_json=as_json)


def _columns(pairs: list[str] | None) -> dict[str, str] | None:
    from lifeworth.errors import OptionError

    if not pairs:
        return None
    wrong = [pair for pair in pairs if not all(pair.partition("=")[:2])]
    if wrong:
        raise OptionError(
            "A column map is written OURS=YOURS.",
            faults=[f'--map "{pair}"' for pair in wrong],
            hint='For example: --map customer_id="Client no" --map ordered_at=Paid. Nothing after the = leaves ours unread.',
        )
    return {ours.strip(): yours.strip() for ours, _, yours in (pair.partition("=") for pair in pairs)}


def _tables(pairs: list[str] | None) -> dict[str, str] | None:
    from lifeworth.errors import OptionError

    if not pairs:
        return None
    parted = [(name.strip(), where.strip()) for name, _, where in (pair.partition("=") for pair in pairs)]
    wrong = [f'--table "{pair}"' for pair, both in zip(pairs, parted, strict=True) if not all(both)]
    names = [name for name, _ in parted]
    wrong += [f"{name} is named twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if wrong:
        raise OptionError(
            "A table beside orders is written NAME=WHERE, each name once.",
            faults=wrong,
            hint="For example: --table subscriptions=subs.csv. Several files of one table go into a folder: --table tickets=tickets/",
        )
    return dict(parted)


COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (run, "An order file in, what every customer is worth out."),
    (check, "What a run would understand, and what the data is enough for."),
    (demo, "Make up a company and run the main job on it."),
)
"""The commands written here, each with its line in the list of commands."""
