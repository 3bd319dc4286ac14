"""The colours of pictures.css can be told apart from what is behind them, in light and dark."""

import re
from pathlib import Path

import pytest

import libs.pictures
import libs.web.pages

CSS = (Path(libs.pictures.__file__).parent / "pictures.css").read_text("utf-8")
PALETTE = {name: pair for name, *pair in re.findall(r"--p-\w+: var\(--(\w+), light-dark\((#\w{6}), (#\w{6})\)\)", CSS)}
TEXTS = ("ink", "soft", "accent", "good", "risk", "broken", "paused")


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_colour_stands_out_from_the_card(name, scheme):
    """Marks need no more than 3, but most of these colours are those of words, too."""
    assert contrast(PALETTE[name][scheme], PALETTE["card"][scheme]) >= 4.5


def mixed(colour, part, other):
    pairs = [(int(colour[place : place + 2], 16), int(other[place : place + 2], 16)) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(a * part + b * (1 - part)):02x}" for a, b in pairs)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("cell", re.findall(r"\.heat\d \{ fill: color-mix\(in srgb, var\(--p-(\w+)\) (\d+)%", CSS))
def test_words_can_be_read_on_every_shade(cell, scheme):
    name, percent = cell
    ground = mixed(PALETTE[name][scheme], int(percent) / 100, PALETTE["card"][scheme])
    assert contrast(PALETTE["ink"][scheme], ground) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_an_arc_of_the_other_version_alone_stands_out_from_the_card(scheme):
    [(name, percent)] = re.findall(r"\.gone \{ stroke: color-mix\(in srgb, var\(--p-(\w+)\) (\d+)%", CSS)
    card = PALETTE["card"][scheme]
    assert contrast(mixed(PALETTE[name][scheme], int(percent) / 100, card), card) >= 3


def test_there_are_shades_to_judge():
    assert len(re.findall(r"\.heat\d \{ fill: color-mix", CSS)) == 4


def test_the_palette_is_that_of_the_pages():
    shell = (Path(libs.web.pages.__file__).parent / "static" / "shell.css").read_text("utf-8")
    theirs = re.findall(r"--(\w+): (#\w{6})", shell)
    assert {name: [colour for one, colour in theirs if one == name] for name in PALETTE} == PALETTE


def test_contrast_is_measured_as_the_guidelines_do():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
