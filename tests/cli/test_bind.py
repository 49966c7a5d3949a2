"""An action becomes a command by rule; the rules are tried on small actions made for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from typer import TyperException

from lifeworth.cli.bind import bind
from lifeworth.errors import OptionError
from lifeworth.units import Period, Rate, TimeUnit


class Workspace:
    """Stands for the real one: a folder that knows whether it is open."""

    currency = "EUR"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.closed = False

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True


def everything(
    ws: Workspace,
    word: str | None = None,
    *,
    day: date | None = None,
    period: Period = Period(12, "months"),
    rate: Rate | None = None,
    amount: Decimal | None = None,
    by: Literal["value", "orders"] = "value",
    unit: TimeUnit = TimeUnit.WEEK,
    top: int = 20,
    share: float = 0.5,
    deep: bool = False,
    change: Mapping[str, str] | None = None,
    only: list[str] | None = None,
    set_: str | None = None,
) -> dict[str, Any]:
    """One of each kind.

    Longer words about it.

    Args:
        ws: The workspace.
        word: A word to look for, which goes
            on in a second line.
        day: The `day` in question.
    """
    return {name: value for name, value in locals().items() if name != "ws"} | {"folder": ws.folder}


def needing(ws: Workspace, *, threshold: float) -> float:
    """Needs a number."""
    return threshold


def alone(*, number: int = 1) -> int:
    """Needs no workspace."""
    return number + 1


@pytest.fixture
def call() -> Callable[..., Any]:
    """Binds an action and calls it with words from a command line; gives what was shown."""

    def run(action: Callable[..., Any], *words: str) -> Any:
        seen: list[tuple[Any, bool, str]] = []
        app = bind(
            action,
            open_workspace=Workspace,
            show=lambda result, *, as_json, currency="": seen.append((result, as_json, currency)),
            folder=Path("here"),
        )
        app(args=list(words), prog_name="it", standalone_mode=False)
        return seen[0] if seen else None

    return run


def test_defaults_are_those_of_the_signature(call: Any) -> None:
    result, as_json, currency = call(everything)
    assert (as_json, currency) == (False, "EUR")
    assert result == {
        "word": None, "day": None, "period": Period(12, "months"), "rate": None, "amount": None, "by": "value",
        "unit": TimeUnit.WEEK, "top": 20, "share": 0.5, "deep": False, "change": None, "only": None, "set_": None,
        "folder": Path("here"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (["churn"], "word", "churn"),
        (["--day", "2026-06-30"], "day", date(2026, 6, 30)),
        (["--period", "52w"], "period", Period(52, "weeks")),
        (["--rate", "0.1"], "rate", Rate(0.1)),
        (["--amount", "12.30"], "amount", Decimal("12.30")),
        (["--by", "orders"], "by", "orders"),
        (["--unit", "day"], "unit", TimeUnit.DAY),
        (["--top", "3"], "top", 3),
        (["--share", "0.25"], "share", 0.25),
        (["--deep"], "deep", True),
        (["--change", "margin=+10%", "--change", "a=b=c"], "change", {"margin": "+10%", "a": "b=c"}),
        (["--only", "one", "--only", "two"], "only", ["one", "two"]),
        (["--set", "on"], "set_", "on"),
        (["--workspace", "there"], "folder", Path("there")),
    ],
)
def test_a_word_becomes_the_value_its_type_asks_for(call: Any, words: list[str], name: str, value: object) -> None:
    result, *_ = call(everything, *words)
    assert result[name] == value


@pytest.mark.parametrize(
    "words",
    [
        ["--day", "30.06.2026"],
        ["--by", "colour"],
        ["--top", "many"],
        ["--share", "half"],
        ["--no-such-option"],
    ],
)
def test_a_word_of_the_wrong_kind_is_a_usage_error(call: Any, words: list[str]) -> None:
    with pytest.raises(TyperException) as refused:
        call(everything, *words)
    assert refused.value.exit_code == 2


def test_a_period_that_is_none_says_what_is_allowed(call: Any) -> None:
    with pytest.raises(OptionError, match="fortnight"):
        call(everything, "--period", "fortnight")


def test_a_pair_without_an_equals_sign_is_refused(call: Any) -> None:
    with pytest.raises(OptionError, match="NAME=VALUE"):
        call(everything, "--change", "margin")


def test_a_parameter_without_default_is_required(call: Any) -> None:
    with pytest.raises(TyperException) as refused:
        call(needing)
    assert "--threshold" in refused.value.format_message()


def test_json_is_handed_on_to_whoever_shows(call: Any) -> None:
    assert call(alone, "--number", "4", "--json") == (5, True, "")


def test_an_action_without_workspace_takes_no_folder(call: Any) -> None:
    with pytest.raises(TyperException):
        call(alone, "--workspace", "there")


def test_the_workspace_is_closed_when_the_action_fails() -> None:
    opened: list[Workspace] = []

    def open_workspace(folder: Path) -> Workspace:
        opened.append(Workspace(folder))
        return opened[0]

    def failing(ws: Workspace) -> None:
        """Fails."""
        raise OptionError("no")

    app = bind(failing, open_workspace=open_workspace, show=print, folder=Path())
    with pytest.raises(OptionError):
        app(args=[], prog_name="it", standalone_mode=False)
    assert opened[0].closed


def test_the_help_speaks_the_words_of_the_docstring(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call(everything, "--help")
    said = " ".join(capsys.readouterr().out.split())
    assert "One of each kind. Longer words about it." in said
    assert "A word to look for, which goes on in a second line." in said
    assert "The day in question." in said
    assert "Args:" not in said
