"""The colours can be read: every declared pair of text and ground passes AA in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import huaxiang.server

CSS = (Path(huaxiang.server.__file__).parent / "static" / "huaxiang" / "app.css").read_text(encoding="utf-8")
ELEMENTS = ("basic", "purchasing", "behaviour", "social", "psychological")
GROUNDS = ("paper", "surface", "hover")
TEXTS = ("ink", "muted", "accent-text", *(f"el-{element}-text" for element in ELEMENTS))
# Shapes that carry meaning need 3:1 against what they stand on (WCAG 1.4.11), text needs 4.5:1.
SHAPES = ("line-strong", "accent", "base-grey", *(f"el-{element}" for element in ELEMENTS))


def palette(selector: str) -> dict[str, str]:
    """The colours that a theme declares, by name."""
    found = re.search(re.escape(selector) + r"\s*\{([^}]*)\}", CSS)
    assert found is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9A-Fa-f]{6});", found.group(1)))


LIGHT, DARK = palette(':root, [data-bs-theme="light"]'), palette('[data-bs-theme="dark"]')


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio between 1 and 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_ratio_is_computed_as_published() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_passes_aa(theme: dict[str, str], ground: str, text: str) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_can_be_told_from_the_ground(theme: dict[str, str], shape: str) -> None:
    assert contrast(theme[shape], theme["surface"]) >= (2.5 if shape == "base-grey" else 3)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_main_button_can_be_read(theme: dict[str, str]) -> None:
    assert contrast(theme["on-accent"], theme["accent"]) >= 4.5
    assert contrast(theme["on-accent"], "#A93A26") >= 4.5


def test_the_hues_are_those_of_the_design() -> None:
    assert (LIGHT["paper"], DARK["paper"], LIGHT["ink"], LIGHT["accent"]) == (
        "#FBFAF7",
        "#15171B",
        "#1F2328",
        "#C4452F",
    )
    hues = [LIGHT[f"el-{element}"] for element in ELEMENTS]
    assert hues == ["#2F5D8C", "#B97A1E", "#2E8B7A", "#7B5EA7", "#A23B72"]


def test_both_themes_declare_the_same_colours_and_the_script_free_one_copies_the_dark_one() -> None:
    automatic = palette('[data-theme="auto"]:not([data-bs-theme])')
    assert set(LIGHT) == set(DARK)
    assert automatic == {name: colour for name, colour in DARK.items() if colour != LIGHT[name]}
