"""The colours can be read, and nothing but the tokens knows a colour or a size."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from clerk_app.design import tokens
from clerk_app.design.tokens import COLOR, TYPE, contrast, css_variables, scaled, starting_factor

ROOT = Path(tokens.__file__).resolve().parents[2]
HEX = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?![0-9a-zA-Z_])")
PIXELS = re.compile(r"\d\s?px\b")

# Ratios to one decimal, worked out with WCAG's formula when the colours were chosen.
TABLE = """
ink9 paper 16.5, sunk 15.4, canvas 14.0, warn_soft 14.6, bad_soft 13.9, ok_soft 14.2, free_soft 14.1, pri_soft 14.1,
    field 15.6, focus 10.7
ink7 paper 9.6, sunk 8.9, canvas 8.1, pri_soft 8.2, warn_soft 8.5, field 9.1
ink5 paper 6.4, sunk 5.9, canvas 5.4, pri_soft 5.4, bad_soft 5.4, warn_soft 5.7, field 6.0, row_bad 6.1, row_warn 6.2
pri paper 8.4, sunk 7.8, canvas 7.1, pri_soft 7.2, field 8.0
ok paper 8.4, sunk 7.8, ok_soft 7.2
warn paper 8.5, sunk 7.9, canvas 7.2, warn_soft 7.6
bad paper 9.1, sunk 8.4, bad_soft 7.6, row_bad 8.6
free paper 8.5, sunk 7.9, free_soft 7.2
paper pri 8.4, pri_hover 10.8, pri_press 13.6, rail 15.0, rail2 11.7, ok_solid 5.4, bad_solid 6.5, warn_solid 4.6,
    night 17.4, night2 14.8
rail_sub rail 9.1, rail2 7.1
night_sub night 10.2, night2 8.7
call night 12.2, night2 10.4
"""
SHAPES = """
edge paper 3.8, sunk 3.5, canvas 3.2
ok_solid paper 5.4, canvas 4.6
warn_solid paper 4.6, canvas 3.9
bad_solid paper 6.5, canvas 5.6
free_solid paper 4.9, canvas 4.2
focus pri 5.4, rail 9.7, bad_solid 4.2
lamp rail 8.2
"""


def _pairs(table: str) -> list[tuple[str, str, float]]:
    found = []
    for line in re.sub(r",\n\s+", ", ", table.strip()).splitlines():
        front, rest = line.split(" ", 1)
        for part in rest.split(", "):
            back, ratio = part.split()
            found.append((front, back, float(ratio)))
    return found


@pytest.mark.parametrize(("front", "back", "ratio"), _pairs(TABLE))
def test_text_can_be_read(front: str, back: str, ratio: float) -> None:
    computed = contrast(getattr(COLOR, front), getattr(COLOR, back))
    assert computed == pytest.approx(ratio, abs=0.06)
    assert computed >= 4.5


@pytest.mark.parametrize(("front", "back", "ratio"), _pairs(SHAPES))
def test_borders_lights_and_icons_can_be_seen(front: str, back: str, ratio: float) -> None:
    computed = contrast(getattr(COLOR, front), getattr(COLOR, back))
    assert computed == pytest.approx(ratio, abs=0.06)
    assert computed >= 3


def test_contrast_agrees_with_the_standards_extremes() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


@pytest.mark.parametrize("fill", ["pri", "rail", "bad_solid", "ink9"])
def test_a_key_cap_on_a_dark_fill_can_be_read(fill: str) -> None:
    dark = getattr(COLOR, fill)
    channels = [int(dark[at : at + 2], 16) for at in (1, 3, 5)]
    mixed = "#" + "".join(f"{round(part + (255 - part) * tokens.CAP_DARK_FILL):02X}" for part in channels)
    assert contrast(COLOR.paper, mixed) >= 4.5


def test_sizes_grow_with_the_factor_and_never_vanish() -> None:
    assert [scaled(36, factor) for factor in (1.0, 1.25, 1.5)] == [36, 45, 54]
    assert scaled(1, 0.3) == 1
    assert scaled(0, 1.5) == 0


def test_fine_panels_start_in_large_type() -> None:
    assert starting_factor(0.253) == 1.25  # 15.6 inch, 1366x768
    assert starting_factor(0.316) == 1.0  # 19.5 inch
    assert starting_factor(0.0) == 1.0  # the screen does not tell its size


def test_no_role_is_smaller_than_twelve() -> None:
    assert min(role.px for role in TYPE.values()) == 12
    assert min(role.px for role in tokens.DISPLAY_TYPE.values()) == 30
    assert min(role.px for role in tokens.KIOSK_TYPE.values()) == 28
    assert all(
        role.line >= role.px for group in (TYPE, tokens.DISPLAY_TYPE, tokens.KIOSK_TYPE) for role in group.values()
    )


def test_web_pages_get_every_token_once() -> None:
    css = css_variables()
    names = re.findall(r"(--[a-z0-9-]+):", css)
    assert len(names) == len(set(names))
    assert "--ok-soft: #E1F2E6;" in css
    assert "--size-control: 36px;" in css
    assert "--type-item: 15px;" in css
    assert "--line-item: 21px;" in css
    assert "--kiosk-target: 96px;" in css
    assert {f"--{name.replace('_', '-')}" for name in tokens.colors()} <= set(names)
    assert "--size-control: 45px;" in css_variables(1.25)


def _texts(path: Path) -> list[tuple[int, str]]:
    """String constants of a module with their lines, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def _modules(*folders: str) -> list[Path]:
    own = Path(tokens.__file__).resolve()
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if path != own]


def test_no_colour_outside_the_tokens() -> None:
    modules = _modules("clerk_app")
    assert len(modules) > 20
    stray = [
        f"{path.relative_to(ROOT)}:{line} {text!r}"
        for path in modules
        for line, text in _texts(path)
        if HEX.search(text)
    ]
    assert stray == []
    pages = [path for kind in ("css", "html", "svg", "js") for path in ROOT.joinpath("clerk_app").rglob(f"*.{kind}")]
    assert [str(path.relative_to(ROOT)) for path in pages if HEX.search(path.read_text(encoding="utf-8"))] == []


def test_no_pixel_and_no_channel_value_in_the_screens() -> None:
    stray = []
    for path in _modules("clerk_app/ui"):
        stray += [f"{path.relative_to(ROOT)}:{line} {text!r}" for line, text in _texts(path) if PIXELS.search(text)]
        for number, code in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if re.search(r"QColor\(\s*\d|QColor\.fromRgb|GlobalColor\.(?!transparent)", code):
                stray.append(f"{path.relative_to(ROOT)}:{number} {code.strip()}")
    assert stray == []


def test_a_stray_colour_would_be_found() -> None:
    assert HEX.search("color: #12202E")
    assert HEX.search("#fff;")
    assert not HEX.search("材料 #12 号")
    assert PIXELS.search("padding: 4px")
