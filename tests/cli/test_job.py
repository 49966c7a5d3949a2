"""The main job on the command line: options become settings, results are printed, and each ending has its status."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifeworth.errors import DataError
from lifeworth.report.spec import Document, Page, Table, Text
from lifeworth.settings import Settings
from lifeworth.units import Period

LINES = "order,customer,date,total\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the main job was asked for; it answers with a run that found nothing."""
    import lifeworth.job

    seen: dict[str, Any] = {}

    def run(inputs: list[str], **given: Any) -> Any:
        seen.update(given, inputs=inputs)
        pages = (Page("overview", "Overview", (Text("All is well."),)), Page("data", "Data", ()))
        document = Document("What your customers are worth", pages, "EUR", date(2026, 6, 30))
        return lifeworth.job.RunResult(None, {"customers": 3}, document, "", {"report.html": Path("there/report.html")})

    monkeypatch.setattr(lifeworth.job, "run", run)
    return seen


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An export of twelve customers with one or two orders: readable, and too little for a model."""
    rows = [f"{n},C{n % 12:02d},2025-{n % 12 + 1:02d}-15,{10 + n}.50\n" for n in range(18)]
    file = tmp_path / "orders.csv"
    file.write_text(LINES + "".join(rows), encoding="utf-8")
    return file


def test_without_options_the_defaults_hold(lifeworth: Any, asked: Any, tmp_path: Path) -> None:
    assert lifeworth("run", "a.csv", "b.csv", "--workspace", tmp_path).status == 0
    assert asked["inputs"] == ["a.csv", "b.csv"]
    assert asked["workspace"] == tmp_path
    assert asked["settings"] == Settings()


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (["--as-of", "2026-06-30"], "as_of", date(2026, 6, 30)),
        (["--horizon", "52w"], "horizon", Period.weeks(52)),
        (["--margin", "0.4"], "margin", 0.4),
        (["--discount", "0.08"], "discount", 0.08),
        (["--map", "ordered_at=Paid at", "--map", "customer_id=Who"], "columns", {"ordered_at": "Paid at", "customer_id": "Who"}),
        (["--map", "status="], "columns", {"status": ""}),
        (["--dates", "day-first"], "dates", "day-first"),
        (["--decimal", "comma"], "decimal", "comma"),
        (["--currency", "EUR"], "currency", "EUR"),
        (["--rates", "rates.csv"], "rates", Path("rates.csv")),
        (["--model", "bg-nbd"], "model", "bg-nbd"),
        (["--seed", "7"], "seed", 7),
        (["--table", "tickets=t.csv", "-t", "feedback=f/"], "tables", {"tickets": "t.csv", "feedback": "f/"}),
        (["--zero-value", "set-aside"], "zero_value", "set-aside"),
        (["--duplicates", "keep"], "duplicates", "keep"),
    ],
)  # fmt: skip
def test_an_option_becomes_a_setting(
    lifeworth: Any, asked: Any, tmp_path: Path, words: list[str], field: str, value: object
) -> None:
    ended = lifeworth("run", "a.csv", "--workspace", tmp_path, *words)
    assert ended.status == 0, ended.err
    assert getattr(asked["settings"], field) == value


def test_an_option_goes_before_the_file_of_the_workspace(lifeworth: Any, asked: Any, tmp_path: Path) -> None:
    (tmp_path / "lifeworth.toml").write_text("margin = 0.3\nseed = 5\n")
    lifeworth("run", "a.csv", "--workspace", tmp_path, "--margin", "0.6")
    assert (asked["settings"].margin, asked["settings"].seed) == (0.6, 5)


def test_the_workspace_may_come_from_the_environment(
    lifeworth: Any, asked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFEWORTH_WORKSPACE", str(tmp_path))
    lifeworth("run", "a.csv")
    assert asked["workspace"] == tmp_path


def test_all_wrong_options_are_told_at_once(lifeworth: Any, asked: Any, tmp_path: Path) -> None:
    ended = lifeworth("run", "a.csv", "--workspace", tmp_path, "--margin", "40", "--seed", "-1", "--horizon", "2m")
    assert ended.status == 2
    assert "margin" in ended.err
    assert "seed" in ended.err
    assert not asked


@pytest.mark.parametrize("pairs", [["tickets"], ["=t.csv"], ["tickets="], ["tickets=a.csv", "tickets=b.csv"]])
def test_a_table_that_is_none_is_refused(lifeworth: Any, asked: Any, tmp_path: Path, pairs: list[str]) -> None:
    ended = lifeworth("run", "a.csv", "--workspace", tmp_path, *(word for pair in pairs for word in ("--table", pair)))
    assert ended.status == 2
    assert "tickets" in ended.err or "t.csv" in ended.err
    assert not asked


def test_a_table_named_now_goes_beside_those_of_the_workspace(lifeworth: Any, asked: Any, tmp_path: Path) -> None:
    (tmp_path / "lifeworth.toml").write_text('[tables]\ntickets = "old.csv"\nfeedback = "voice/f.csv"\n')
    lifeworth("run", "a.csv", "--workspace", tmp_path, "--table", "tickets=new.csv")
    assert asked["settings"].tables == {"tickets": "new.csv", "feedback": str(tmp_path / "voice" / "f.csv")}


@pytest.mark.parametrize("pair", ["ordered_at", "=Paid", "="])
def test_a_column_map_that_is_none_is_refused(lifeworth: Any, asked: Any, tmp_path: Path, pair: str) -> None:
    ended = lifeworth("run", "a.csv", "--workspace", tmp_path, "--map", pair)
    assert ended.status == 2
    assert pair in ended.err
    assert not asked


def test_a_run_prints_the_overview_and_where_things_are(lifeworth: Any, asked: Any, tmp_path: Path) -> None:
    said = lifeworth("run", "a.csv", "--workspace", tmp_path).out
    assert "What your customers are worth" in said
    assert "All is well." in said
    assert str(Path("there/report.html")) in said


def test_json_prints_the_summary_and_nothing_else(lifeworth: Any, asked: Any, tmp_path: Path) -> None:
    ended = lifeworth("run", "a.csv", "--workspace", tmp_path, "--json")
    assert json.loads(ended.out) == {"customers": 3}
    assert ended.err == ""


def test_data_that_is_not_enough_ends_with_three(
    lifeworth: Any, asked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DataError("No order names a customer.", hint="Say which column it is.")

    monkeypatch.setattr("lifeworth.job.run", refuse)
    ended = lifeworth("run", "a.csv", "--workspace", tmp_path)
    assert (ended.status, ended.err) == (3, "No order names a customer.\nSay which column it is.\n")


@pytest.mark.parametrize(("tone", "status"), [("plain", 0), ("warning", 0), ("bad", 3)])
def test_check_ends_with_three_when_the_page_says_it_is_not_enough(
    lifeworth: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tone: Any, status: int
) -> None:
    page = Page("check", "What would be understood", (Table("Files", (), ()), Text("It is so.", tone=tone)))
    monkeypatch.setattr("lifeworth.job.check", lambda *_, **__: page)
    ended = lifeworth("check", "a.csv", "--workspace", tmp_path)
    assert ended.status == status
    assert "It is so." in ended.out


def test_a_small_file_is_valued_by_what_it_allows(lifeworth: Any, small: Path, tmp_path: Path) -> None:
    ended = lifeworth("run", small, "--workspace", tmp_path / "ws")
    assert ended.status == 0, ended.err
    written = {path.name for path in (tmp_path / "ws" / "runs" / "current").resolve().iterdir()}
    assert {"customers.csv", "customers.parquet", "report.html", "manifest.json"} <= written
    assert "18" in ended.out


def test_check_writes_nothing_and_says_that_a_small_file_is_not_enough(
    lifeworth: Any, small: Path, tmp_path: Path
) -> None:
    ended = lifeworth("check", small, "--workspace", tmp_path / "ws")
    assert ended.status == 3, ended.err
    assert "customer" in ended.out
    assert not (tmp_path / "ws").exists()


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_missing_file_ends_with_two(lifeworth: Any, small: Path, tmp_path: Path, command: str) -> None:
    ended = lifeworth(command, small.with_name("order.csv"), "--workspace", tmp_path / "ws")
    assert ended.status == 2
    assert "orders.csv" in ended.err


def test_a_date_with_two_readings_is_asked_and_not_guessed(lifeworth: Any, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(LINES + "".join(f"{n},C{n % 7},0{n % 9 + 1}/0{(n * 5) % 9 + 1}/2025,9.90\n" for n in range(40)))
    ended = lifeworth("run", file, "--workspace", tmp_path / "ws")
    assert ended.status == 2
    assert "--dates" in ended.err
    assert not (tmp_path / "ws" / "runs" / "current").exists()


def test_asking_an_empty_workspace_says_how_to_fill_it(lifeworth: Any, tmp_path: Path) -> None:
    ended = lifeworth("value", "--workspace", tmp_path / "nowhere")
    assert ended.status == 1
    assert "lifeworth run" in ended.err


@pytest.mark.slow
def test_the_demo_ends_in_a_workspace_that_answers(lifeworth: Any, tmp_path: Path) -> None:
    made = lifeworth("demo", tmp_path / "demo", "--customers", "400", "--json")
    assert made.status == 0, made.err
    assert json.loads(made.out)
    for action in ("value", "customers", "kpis", "cohorts", "segments"):
        ended = lifeworth(action, "--workspace", tmp_path / "demo")
        assert ended.status == 0, ended.err
        assert ended.out
