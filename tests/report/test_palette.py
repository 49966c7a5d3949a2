"""Colours: text can be read on every ground it stands on (4.5), lines and bars can be seen (3), in both themes."""

from __future__ import annotations

import pytest

from lifeworth.report import palette
from lifeworth.report.palette import contrast, tokens

TEXT_ON = {
    "ink": ("paper", "surface", "raised", "tint", "good-tint", "warning-tint", "bad-tint"),
    "muted": ("paper", "surface", "raised"),
    "accent": ("paper", "surface", "tint"),
    "good": ("surface", "raised", "good-tint"),
    "warning": ("surface", "warning-tint"),
    "bad": ("surface", "raised", "bad-tint"),
    "surface": ("ink",),
}


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(
    ("word", "ground"), [(word, ground) for word, grounds in TEXT_ON.items() for ground in grounds]
)
def test_text_can_be_read_on_its_ground(word, ground, theme):
    named = tokens(theme)
    assert contrast(named[word], named[ground]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("level", range(len(palette.LEVELS)))
def test_figures_can_be_read_on_every_shade(level, theme):
    named = tokens(theme)
    assert contrast(named[f"heat-{level}-text"], named[f"heat-{level}"]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(
    "name", sorted({*palette.PLAIN, *palette.OBSERVED, *palette.OBSERVED_BARS, *palette.PREDICTED})
)
def test_a_series_named_in_its_colour_can_be_read(name, theme):
    named = tokens(theme)
    assert contrast(named[name], named["surface"]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
def test_shades_run_one_way(theme):
    grounds = [contrast(pair[theme], tokens(theme)["surface"]) for pair in palette.LEVELS]
    assert grounds == sorted(grounds)


def test_black_on_white_is_the_largest_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
