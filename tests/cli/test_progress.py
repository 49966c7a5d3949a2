"""Progress goes to stderr, to terminals, and nowhere when nobody looks."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console
from rich.progress import Progress as Display

from lifeworth.cli.progress import Bars, Notes, shown
from lifeworth.report.progress import SILENT


@pytest.fixture
def display() -> Display:
    """A display that draws into memory."""
    return Display(console=Console(file=io.StringIO(), force_terminal=True, width=80))


def test_quiet_means_silent() -> None:
    with shown(quiet=True) as progress:
        assert progress is SILENT


def test_a_log_gets_notes_and_no_bars(capsys: pytest.CaptureFixture[str]) -> None:
    with shown(quiet=False) as progress, progress.step("Reading"):
        progress.advance()
        progress.note("dates read day-first")
    said = capsys.readouterr()
    assert isinstance(progress, Notes)
    assert said.err == "dates read day-first\n"
    assert said.out == ""


def test_a_terminal_gets_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    with shown(quiet=False) as progress, progress.step("Reading the orders"):
        assert isinstance(progress, Bars)
    assert "Reading the orders" in screen.getvalue()


def test_a_step_is_full_when_it_ends(display: Display) -> None:
    bars = Bars(display)
    with bars.step("Reading", total=4):
        bars.advance()
        assert display.tasks[0].completed == 1
    assert display.tasks[0].finished


def test_a_step_without_total_is_finished_when_it_ends(display: Display) -> None:
    with Bars(display).step("Fitting"):
        assert not display.tasks[0].finished
    assert display.tasks[0].finished


def test_steps_within_a_step_advance_the_inner_one(display: Display) -> None:
    bars = Bars(display)
    with bars.step("Outer", total=2), bars.step("Inner", total=2):
        bars.advance()
        assert [task.completed for task in display.tasks] == [0, 1]


def test_a_step_that_fails_lets_the_error_through(display: Display) -> None:
    bars = Bars(display)
    with pytest.raises(ValueError, match="no"), bars.step("Outer"):
        raise ValueError("no")
    bars.advance()


def test_a_note_stands_above_the_bars(display: Display) -> None:
    Bars(display).note("[3] rows set aside")
    assert "[3] rows set aside" in display.console.file.getvalue()  # type: ignore[attr-defined]
