"""How commands end: exit statuses, messages without tracebacks, JSON that stays JSON when things go wrong."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from lifeworth.cli import job, main
from lifeworth.errors import AmbiguityError, DataError, InputError, LifeworthError, ModelError, StorageError
from lifeworth.parts import ACTIONS

CALC = ["calc", "--revenue", "100000", "--purchases", "2000", "--buyers", "800", "--churn", "0.4"]


def test_help_lists_every_command(lifeworth: Any) -> None:
    ended = lifeworth("--help")
    assert ended.status == 0
    assert all(f"  {name} " in ended.out for name in main.commands())


def test_no_words_at_all_are_a_call_for_help(lifeworth: Any) -> None:
    assert lifeworth() == lifeworth("--help")


def test_the_version_is_that_of_the_package(lifeworth: Any) -> None:
    from importlib.metadata import version

    assert lifeworth("--version").out == f"lifeworth {version('lifeworth')}\n"


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_action_of_the_parts_is_a_command_with_help(lifeworth: Any, action: Any) -> None:
    ended = lifeworth(action.name, "--help")
    assert ended.status == 0
    assert f"Usage: lifeworth {action.name}" in ended.out
    assert "--json" in ended.out


def test_a_mistyped_command_is_a_usage_error_with_the_near_one(lifeworth: Any) -> None:
    ended = lifeworth("segmets")
    assert ended.status == 2
    assert "segments" in ended.err
    assert "Traceback" not in ended.err


def test_a_mistyped_option_of_an_action_is_a_usage_error(lifeworth: Any) -> None:
    ended = lifeworth("calc", "--no-such")
    assert ended.status == 2
    assert "--no-such" in ended.err


def test_a_usage_error_is_json_where_json_was_asked_for(lifeworth: Any) -> None:
    ended = lifeworth("calc", "--no-such", "--json")
    assert json.loads(ended.out)["error"]["code"] == "usage"
    assert ended.err == ""


def test_calc_prints_a_value_and_json_prints_the_same_page(lifeworth: Any) -> None:
    assert "312.50" in lifeworth(*CALC).out
    page = json.loads(lifeworth(*CALC, "--json").out)
    assert page["blocks"][0]["items"][0]["value"] == pytest.approx(312.5)


def test_an_action_that_refuses_ends_with_its_status(lifeworth: Any) -> None:
    ended = lifeworth("calc", "--revenue", "5")
    assert ended.status == 2
    assert ended.out == ""
    assert "incomplete" in ended.err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes `lifeworth run` fail in a given way."""

    def arrange(error: BaseException) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(job, "_run", fail)

    return arrange


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("a"), 2),
        (AmbiguityError("b"), 2),
        (DataError("c"), 3),
        (ModelError("d"), 3),
        (StorageError("e"), 1),
        (LifeworthError("f"), 1),
        (OSError(errno.ENOSPC, "No space left on device"), 1),
        (RuntimeError("g"), 1),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
    ],
)
def test_each_kind_of_failure_has_its_exit_status(
    lifeworth: Any, failing: Any, error: BaseException, status: int
) -> None:
    failing(error)
    ended = lifeworth("run", "orders.csv", "--json")
    assert ended.status == status


def test_an_error_tells_everything_it_knows_and_shows_no_traceback(lifeworth: Any, failing: Any) -> None:
    failing(InputError("Two faults.", allowed=["a", "b"], faults=["row 3", "row 9"], hint="Mend them."))
    ended = lifeworth("run", "orders.csv")
    assert ended.err == "Two faults.\nAllowed: a, b.\nMend them.\n  - row 3\n  - row 9\n"
    assert ended.out == ""


def test_an_error_as_json_is_one_object_on_stdout(lifeworth: Any, failing: Any) -> None:
    failing(InputError("Two faults.", allowed=["a"], faults=["row 3"], hint="Mend them."))
    ended = lifeworth("run", "orders.csv", "--json")
    assert ended.err == ""
    assert json.loads(ended.out) == {
        "error": {
            "code": "input", "message": "Two faults.", "allowed": ["a"], "hint": "Mend them.", "faults": ["row 3"],
            "exit_status": 2,
        }
    }  # fmt: skip


def test_what_nobody_expected_is_called_our_fault(lifeworth: Any, failing: Any) -> None:
    failing(ZeroDivisionError("division by zero"))
    ended = lifeworth("run", "orders.csv")
    assert "our fault" in ended.err
    assert "LIFEWORTH_DEBUG=1" in ended.err
    assert "Traceback" not in ended.err


def test_debugging_shows_the_traceback(lifeworth: Any, failing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFEWORTH_DEBUG", "1")
    failing(ZeroDivisionError("division by zero"))
    assert "Traceback" in lifeworth("run", "orders.csv").err


def test_a_full_disk_says_what_to_do(lifeworth: Any, failing: Any) -> None:
    failing(OSError(errno.ENOSPC, "No space left on device", "there/customers.csv"))
    ended = lifeworth("run", "orders.csv")
    assert "there/customers.csv" in ended.err
    assert "Free some space" in ended.err


def test_a_reader_who_leaves_early_causes_no_noise() -> None:
    shown = subprocess.Popen(
        [sys.executable, "-m", "lifeworth.cli.main", "definitions"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert shown.stdout is not None
    assert shown.stderr is not None
    shown.stdout.close()
    with shown.stderr as said:
        assert said.read() == b""
    shown.wait()
