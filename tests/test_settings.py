"""Settings: read once at the edge, the nearest voice wins, and every fault is told at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lifeworth.errors import FileError, OptionError
from lifeworth.settings import Settings, load, read
from lifeworth.units import Period, TimeUnit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with a file of settings."""
    (tmp_path / "lifeworth.toml").write_text('margin = 0.3\nhorizon = "6m"\n[columns]\ncustomer_id = "Kunde"\n')
    return tmp_path


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    assert read(tmp_path, environment={}) == Settings()


def test_the_file_goes_before_the_defaults(folder: Path) -> None:
    settings = read(folder, environment={})
    assert (settings.margin, settings.horizon, settings.columns) == (0.3, Period.months(6), {"customer_id": "Kunde"})


def test_the_environment_goes_before_the_file(folder: Path) -> None:
    settings = read(folder, environment={"LIFEWORTH_MARGIN": "0.5", "LIFEWORTH_AS_OF": "2026-06-30"})
    assert (settings.margin, settings.as_of) == (0.5, date(2026, 6, 30))


def test_what_is_said_goes_before_everything(folder: Path) -> None:
    assert read(folder, environment={"LIFEWORTH_MARGIN": "0.5"}, changes={"margin": 0.7}).margin == 0.7


def test_saying_none_says_nothing(folder: Path) -> None:
    assert read(folder, environment={}, changes={"margin": None}).margin == 0.3
    assert Settings(margin=0.2).with_(margin=None, seed=5) == Settings(margin=0.2, seed=5)


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    assert read(tmp_path, environment={"LIFEWORTH_DEBUG": "1", "MARGIN": "9"}) == Settings()


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OptionError) as refused:
        load({"margin": 7, "dates": "backwards", "horizn": "12m"})
    assert len(refused.value.faults) == 3
    assert any('Did you mean "horizon"?' in fault for fault in refused.value.faults)


@pytest.mark.parametrize(
    "values", [{"margin": 0}, {"discount": -0.1}, {"seed": -1}, {"as_of": "yesterday"}, {"horizon": "soon"}]
)
def test_a_value_that_is_not_allowed_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        load(values)


def test_settings_cannot_be_changed_under_way() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().margin = 0.5


def test_a_changed_copy_leaves_the_rest() -> None:
    before = Settings(time_unit=TimeUnit.DAY, columns={"customer_id": "Who"}, horizon=Period.weeks(4))
    after = before.with_(margin=0.4)
    assert after.model_dump() == {**before.model_dump(), "margin": 0.4}


def test_a_broken_file_names_itself(tmp_path: Path) -> None:
    (tmp_path / "lifeworth.toml").write_text("margin = = 0.3")
    with pytest.raises(FileError, match=r"lifeworth\.toml"):
        read(tmp_path, environment={})


def test_covariates_are_named_in_one_text_or_a_list() -> None:
    assert load({"covariates": ["channel", "country"]}).covariates == "channel,country"
    assert load({"covariates": []}).covariates == "none"
    assert load({}).covariates == "auto"


def test_a_fault_inside_a_named_setting_says_the_whole_way_to_it(tmp_path: Path) -> None:
    (tmp_path / "lifeworth.toml").write_text(
        '[assumptions]\ncost_per_tickets = 4\n[metrics.share]\nformula = "orders / customers"\nkind = "euro"\n'
    )
    with pytest.raises(OptionError) as caught:
        read(tmp_path, environment={})
    said = str(caught.value)
    assert '"assumptions.cost_per_tickets" is not a setting. Did you mean' in said
    assert "cost_per_ticket" in said
    assert "metrics.share.kind: " in said


def test_the_file_may_name_tables_figures_segments_and_assumptions(tmp_path: Path) -> None:
    (tmp_path / "lifeworth.toml").write_text(
        '[tables]\nmarketing_spend = "spend.csv"\n[assumptions]\ncost_per_ticket = 4.5\n'
        '[segments]\nbig = "orders >= 10"\n[measures.b2b]\ntable = "orders"\nvalue = "net_revenue"\nwhere = "channel == \'b2b\'"\n'
        '[metrics.b2b_share]\nformula = "b2b / revenue"\nkind = "percent"\n'
    )
    settings = read(tmp_path, environment={})
    assert settings.tables == {"marketing_spend": str(tmp_path / "spend.csv")}
    assert settings.assumptions.cost_per_ticket == 4.5
    assert settings.segments == {"big": "orders >= 10"}
    assert settings.measures["b2b"].aggregate == "sum"
    assert settings.metrics["b2b_share"].kind == "percent"
