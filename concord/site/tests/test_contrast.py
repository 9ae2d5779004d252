"""Every pair of colours that meets on a page can be read, in light and in dark, on both sides of the wall."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parent.parent / "static" / "concord" / "tokens.css"
GROUNDS = [
    "paper",
    "raised",
    "teal-tint",
    "apricot-tint",
    "plum-tint",
    "attention-tint",
    "urgent-tint",
]
TEXTS = ["ink", "quiet", "teal", "apricot", "plum", "attention", "urgent"]


def themes() -> dict[str, dict[str, str]]:
    css = TOKENS.read_text("utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    day, day_desk = colours(rule(light, ":root")), colours(rule(light, ".desk"))
    night, night_desk = colours(rule(dark, ":root")), colours(rule(dark, ".desk"))
    return {
        "light": day,
        "light desk": day | day_desk,
        "dark": day | night,
        "dark desk": day | night | day_desk | night_desk,
    }


def rule(css: str, selector: str) -> str:
    return css.split(f"{selector} {{", 1)[1].split("}", 1)[0]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})\b", block))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_text_can_be_read_on_every_ground(theme: str, ground: str) -> None:
    named = themes()[theme]
    weak = {text: contrast(named[text], named[ground]) for text in TEXTS}
    assert {text: ratio for text, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", themes())
def test_edges_of_controls_can_be_seen_and_a_primary_button_can_be_read(theme: str) -> None:
    named = themes()[theme]
    assert min(contrast(named["edge"], named[ground]) for ground in GROUNDS) >= 3
    assert contrast(named["on-teal"], named["teal"]) >= 4.5


def colours_in(sheet: Path) -> set[str]:
    return set(re.findall(r"#[0-9a-f]{3,8}\b", sheet.read_text("utf-8").lower()))


def test_no_stylesheet_but_the_tokens_names_a_colour() -> None:
    named = {sheet.name: colours_in(sheet) for sheet in TOKENS.parent.glob("*.css")}
    tokens = named.pop(TOKENS.name)
    named["light.css"] -= tokens  # it is loaded alone, and says the same ones
    strays = named
    assert {name: found for name, found in strays.items() if found} == {}
