"""The pictures: real PNGs, nothing cut off, and colours that people can tell apart."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from matplotlib import colors, image, rcParams

from bot import pictures
from bot.core.domain import Thresholds
from bot.core.tuning import Scored
from bot.core.tuning_preview import preview
from bot.core.tuning_report import Handled, report
from tests.bot.core.simulated_servers import seeded

NOW = datetime(2026, 3, 9, tzinfo=UTC)
USUAL = Thresholds(0.2, 0.82)

# What a reader without red or green cones sees, in linear light: Machado, Oliveira and Fernandes 2009, severity 1.
SIGHTS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


@cache
def drawn(name: str) -> bytes:
    return PICTURES[name]()


def scored(posts: int) -> list[Scored]:
    rng = seeded(posts)
    return [
        Scored(n, "c", 1, NOW - timedelta(hours=1), rng.random(), rng.random() < 0.7, rng.random() < 0.4, USUAL)
        for n in range(posts)
    ]


def handled(posts: int, *, busy: int = 1) -> list[Handled]:
    rng = seeded(posts)
    return [
        Handled(NOW - timedelta(hours=rng.random() * 168), True, n % 3 == 0, n % 3 == 1, helpful=busy, latency_s=busy)
        for n in range(posts)
    ]


def pixels(png: bytes) -> np.ndarray:
    """Return uint8 [height, width, 4]."""
    return (image.imread(io.BytesIO(png)) * 255).round().astype(np.uint8)


PICTURES = {
    "preview": lambda: pictures.preview_picture(preview(scored(800), NOW), USUAL),
    "preview of nothing": lambda: pictures.preview_picture(preview([], NOW), USUAL),
    "preview of one post": lambda: pictures.preview_picture(preview(scored(1), NOW), Thresholds(0.01, 1.0)),
    "preview of very many": lambda: pictures.preview_picture(preview(scored(20_000), NOW), Thresholds(0.49, 0.51)),
    "report": lambda: pictures.report_picture(report(handled(300), NOW)),
    "report of nothing": lambda: pictures.report_picture(report([], NOW)),
    "report of one post": lambda: pictures.report_picture(report(handled(1), NOW)),
    "report of very many": lambda: pictures.report_picture(report(handled(20_000, busy=9), NOW)),
    "report of a month": lambda: pictures.report_picture(report(handled(300), NOW, days=31)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_opaque_as_wide_as_a_phone_and_cuts_nothing_off(name):
    """Opaque, so the theme behind does not matter; the outermost dots are bare, so no word runs out of it."""
    png = drawn(name)
    found = pixels(png)
    assert found.shape[1] == 1080
    assert 900 <= found.shape[0] <= 1100
    assert len(png) < 300_000
    assert (found[..., 3] == 255).all()
    ground = np.array([*(255 * np.array(colors.to_rgb(pictures.GROUND))).round(), 255], np.uint8)
    for edge in (found[:6], found[-6:], found[:, :6], found[:, -6:]):
        assert (edge == ground).all()
    assert (found != ground).any()


def test_picture_of_other_figures_is_another_picture():
    assert len({drawn(name) for name in PICTURES}) == len(PICTURES)


def test_pictures_from_several_threads_at_once_come_out_the_same():
    names = ["preview of one post", "report of one post"] * 2
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda name: PICTURES[name](), names))
    assert found == [drawn(name) for name in names]


def test_picture_leaves_matplotlibs_settings_as_they_were():
    before = dict(rcParams)
    PICTURES["report of one post"]()
    assert dict(rcParams) == before


def light(colour: str, sight: np.ndarray) -> np.ndarray:
    """Return linear RGB as somebody sees it, 0 to 1, float [3]."""
    value = np.array(colors.to_rgb(colour))
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.clip(sight @ linear, 0, 1)


def contrast(one: str, other: str, sight: np.ndarray) -> float:
    """Return the contrast ratio of the Web Content Accessibility Guidelines, 1 to 21."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(weights @ light(each, sight)) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_stand_out_from_the_ground_for_every_eye(sight):
    """4.5 for words and 3 for shapes is what the guidelines ask."""
    assert contrast(pictures.INK, pictures.GROUND, SIGHTS[sight]) >= 4.5
    for colour in (pictures.BLUE, pictures.ORANGE, pictures.GREEN):
        assert contrast(colour, pictures.GROUND, SIGHTS[sight]) >= 4.5


@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_differ_from_each_other_for_every_eye(sight):
    """Red and green of one lightness, the usual mistake, come out 0.1 apart or less for some."""
    for one, other in combinations((pictures.BLUE, pictures.ORANGE, pictures.GREEN), 2):
        assert np.linalg.norm(light(one, SIGHTS[sight]) - light(other, SIGHTS[sight])) > 0.2
