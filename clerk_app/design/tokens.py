"""Every colour, size, space, radius and type role: the only place with a hex value or a pixel.

Ink, paper, seal: ink is what people read, paper is where they work, red belongs to what is wrong and to seals.
Sizes are device-independent pixels at factor 1.0; the clerk's factor (1.0, 1.25 「大字」, 1.5 「特大」) multiplies
them through ``scaled``. Contrasts follow WCAG 2.2, 1.4.3 and 1.4.11. Imports no Qt, because web pages use it too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Colors:
    """The light theme as ``#RRGGBB``; ``*_soft`` is a tint behind text of the same name, ``*_solid`` a fill."""

    ink9: str = "#12202E"  # text
    ink7: str = "#33475B"  # second text, key caps
    ink5: str = "#4F6173"  # third text, hints
    paper: str = "#FFFFFF"  # work surface
    sunk: str = "#F5F7F9"  # table head, legend
    canvas: str = "#E9EDF1"  # behind cards
    desk: str = "#C9D2DB"  # behind the preview of a paper
    line: str = "#D3DBE2"  # separators, decoration only
    edge: str = "#738595"  # borders of inputs and buttons
    rail: str = "#12283E"  # top bar, ticket
    rail2: str = "#1C3A57"
    rail_sub: str = "#BCCBDA"
    lamp: str = "#6FD39A"  # green light on the rail
    ok: str = "#14592F"
    ok_soft: str = "#E1F2E6"
    ok_solid: str = "#1B7A42"
    free: str = "#0A5560"
    free_soft: str = "#DDF1F3"
    free_solid: str = "#0E7C8B"
    warn: str = "#6E4300"
    warn_soft: str = "#FFF0CF"
    warn_solid: str = "#B45F06"
    warn_line: str = "#E3C27A"  # line round a warning surface, decoration only
    bad: str = "#8E1B13"
    bad_soft: str = "#FCE7E4"
    bad_solid: str = "#B3261E"
    pri: str = "#0B4F8A"  # action, selected
    pri_soft: str = "#E4EEF8"
    pri_hover: str = "#093F6F"
    pri_press: str = "#072F54"
    focus: str = "#FFC83D"  # ring on dark fills
    field: str = "#FFF9E0"  # fill of the focused input
    row_bad: str = "#FFF8F7"
    row_warn: str = "#FFFBF2"
    night: str = "#0C1B2A"  # hall display
    night2: str = "#14293E"
    night_sub: str = "#B9C8D6"
    call: str = "#FFD35C"
    seal: str = "#B3261E"  # seal outline on paper previews
    kiosk: str = "#F2F4F6"  # behind the kiosk's cards


@dataclass(frozen=True, slots=True)
class Spaces:
    """Distances in px."""

    x2: int = 2
    x4: int = 4
    x6: int = 6
    x8: int = 8
    x12: int = 12
    x16: int = 16
    x20: int = 20
    x24: int = 24
    x32: int = 32
    page: int = 20  # margin of a page
    card: int = 16  # padding of a card
    group: int = 8  # gap inside a group
    groups: int = 16  # gap between groups


@dataclass(frozen=True, slots=True)
class Radii:
    """Corner radii in px."""

    cap: int = 4
    button: int = 6
    card: int = 8
    pill: int = 11


@dataclass(frozen=True, slots=True)
class Sizes:
    """Heights, widths and strokes in px."""

    hairline: int = 1
    frame: int = 2  # focus and selection
    frame_left: int = 5  # left side of the focused row
    underline: int = 3
    cap: int = 20
    cap_min: int = 22
    cap_big: int = 34  # inside the big call button
    pill: int = 22
    light: int = 12
    lamp: int = 10
    mark: int = 24
    step_mark: int = 22
    check: int = 20
    icon_small: int = 14
    icon: int = 16
    icon_middle: int = 18
    icon_large: int = 20
    icon_huge: int = 24
    icon_call: int = 32
    control: int = 36
    compact: int = 32
    chip: int = 28
    primary: int = 44
    row: int = 47
    row_table: int = 34
    row_card: int = 57
    card_head: int = 40
    banner: int = 40
    top_bar: int = 44
    status_bar: int = 30
    step_bar: int = 48
    legend: int = 32
    action_bar: int = 60
    left_column: int = 244
    right_column: int = 276
    left_column_narrow: int = 104
    wide_from: int = 1280  # logical width with three columns
    tall_from: int = 720  # below, the second line of the matter goes
    lowest_width: int = 900
    lowest_height: int = 460
    empty_icon: int = 48
    toast_max: int = 560
    scroll_bar: int = 10
    scroll_handle: int = 28
    shadow: int = 8


@dataclass(frozen=True, slots=True)
class TypeRole:
    """Size and line height in px, weight 400 or 700."""

    px: int
    line: int
    weight: int


REGULAR: Final = 400
BOLD: Final = 700

COLOR: Final = Colors()
SPACE: Final = Spaces()
RADIUS: Final = Radii()
SIZE: Final = Sizes()

TYPE: Final[dict[str, TypeRole]] = {
    "ticket": TypeRole(44, 48, BOLD),
    "call": TypeRole(30, 40, BOLD),
    "figure": TypeRole(34, 40, BOLD),
    "count": TypeRole(24, 30, BOLD),
    "person": TypeRole(26, 34, BOLD),
    "headline": TypeRole(20, 28, BOLD),
    "title": TypeRole(18, 26, BOLD),
    "action": TypeRole(16, 24, REGULAR),
    "item": TypeRole(15, 21, REGULAR),
    "body": TypeRole(14, 22, REGULAR),
    "note": TypeRole(13, 19, REGULAR),
    "tiny": TypeRole(12, 18, REGULAR),
}

# The hall display is sized for a 1920x1080 panel, the kiosk for 1080x1920; both scale with their panel, not with f.
DISPLAY_TYPE: Final[dict[str, TypeRole]] = {
    "call": TypeRole(204, 232, BOLD),
    "call_window": TypeRole(150, 176, BOLD),
    "recent": TypeRole(96, 112, BOLD),
    "list": TypeRole(72, 88, BOLD),
    "clock": TypeRole(58, 72, BOLD),
    "unit": TypeRole(44, 56, REGULAR),
    "hall": TypeRole(42, 56, BOLD),
    "label": TypeRole(36, 48, REGULAR),
    "least": TypeRole(30, 40, REGULAR),
}
KIOSK_TYPE: Final[dict[str, TypeRole]] = {
    "number": TypeRole(204, 220, BOLD),
    "figure": TypeRole(72, 88, BOLD),
    "page": TypeRole(58, 76, BOLD),
    "panel": TypeRole(54, 72, BOLD),
    "hall": TypeRole(50, 68, BOLD),
    "card": TypeRole(46, 60, BOLD),
    "button": TypeRole(38, 52, BOLD),
    "lead": TypeRole(34, 48, REGULAR),
    "body": TypeRole(30, 42, REGULAR),
    "least": TypeRole(28, 38, REGULAR),
}


@dataclass(frozen=True, slots=True)
class KioskSizes:
    """Touch sizes in px on a 32" portrait panel (0.37 mm a pixel)."""

    target: int = 96  # 35 mm
    gap: int = 22
    margin: int = 64
    radius: int = 20
    stroke: int = 3
    head: int = 220
    bar: int = 14
    home_after_s: int = 25


KIOSK: Final = KioskSizes()

# The citizen's screen is sized for a 1366x768 panel and scales with it, never below 20 px of text.
CITIZEN_TYPE: Final[dict[str, TypeRole]] = {
    "number": TypeRole(200, 224, BOLD),
    "state": TypeRole(60, 80, BOLD),
    "title": TypeRole(36, 50, BOLD),
    "lead": TypeRole(30, 42, BOLD),
    "button": TypeRole(30, 42, BOLD),
    "item": TypeRole(26, 38, REGULAR),
    "body": TypeRole(24, 34, REGULAR),
}


@dataclass(frozen=True, slots=True)
class CitizenSizes:
    """Touch sizes in px of a 1366x768 panel; ``least`` is the factor below which nothing gets smaller."""

    target: int = 88  # 73 px on the smallest panel
    gap: int = 16
    margin: int = 28
    radius: int = 16
    stroke: int = 2
    head: int = 80
    mark: int = 42
    icon: int = 36
    face: int = 76  # icon of a rating level
    pen: int = 5  # width of a written line
    least: float = 5 / 6
    least_width: int = 1024  # the smallest panel
    least_height: int = 600


CITIZEN: Final = CitizenSizes()

CAP_DARK_FILL: Final = 0.14  # opacity of white, key cap on a dark fill
CAP_DARK_EDGE: Final = 0.45
SHADOW_OPACITY: Final = 0.28  # of ink9, under pop-ups and paper previews
LABEL_OPACITY: Final = 0.80  # of ink9, label laid over a picture

FACTORS: Final[dict[str, float]] = {"标准": 1.0, "大字": 1.25, "特大": 1.5}
FINE_PANEL_MM: Final = 0.28  # below this pixel pitch the program starts at 1.25 (ISO 9241-3 character heights)

TOAST_MS: Final = 5000
OPEN_ROW_MS: Final = 120
BUSY_WORD_MS: Final = 100  # from here to one second the button says 「正在…」
BUSY_BAR_MS: Final = 1000
UI_FAMILY: Final = "Noto Sans SC"


def scaled(value: float, factor: float) -> int:
    """A size at the clerk's factor, in whole px; what is there at 1.0 never vanishes."""
    if value <= 0:
        return 0
    return max(1, round(value * factor))


def colors() -> dict[str, str]:
    """All colours by token name."""
    return asdict(COLOR)


def starting_factor(pixel_mm: float) -> float:
    """The factor a screen starts in: 1.25 where a pixel is smaller than 0.28 mm (ISO 9241-3, 16' at 60 cm)."""
    return FACTORS["大字"] if 0 < pixel_mm < FINE_PANEL_MM else FACTORS["标准"]


def luminance(color: str) -> float:
    """Relative luminance of ``#RRGGBB``, 0 to 1 (WCAG 2.2, definition of relative luminance)."""

    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(color[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def css_variables(factor: float = 1.0) -> str:
    """A ``:root`` rule with every token as a CSS variable, for the web pages.

    Names use hyphens: ``--ok-soft``, ``--space-x8``, ``--radius-card``, ``--type-item``, ``--line-item``,
    ``--weight-item``, ``--display-call``, ``--kiosk-body``.
    """
    rules = [f"--{name.replace('_', '-')}: {value};" for name, value in colors().items()]
    for prefix, group in (("space", SPACE), ("radius", RADIUS), ("size", SIZE), ("kiosk", KIOSK)):
        for name, value in asdict(group).items():
            if not name.endswith("_s"):
                rules.append(f"--{prefix}-{name.replace('_', '-')}: {scaled(value, factor)}px;")
    for prefix, roles in (("type", TYPE), ("display", DISPLAY_TYPE), ("kiosk", KIOSK_TYPE)):
        own = factor if prefix == "type" else 1.0
        for name, role in roles.items():
            label = name.replace("_", "-")
            rules.append(f"--{prefix}-{label}: {scaled(role.px, own)}px;")
            rules.append(f"--line-{'' if prefix == 'type' else prefix + '-'}{label}: {scaled(role.line, own)}px;")
            rules.append(f"--weight-{'' if prefix == 'type' else prefix + '-'}{label}: {role.weight};")
    rules.append(f'--family: "{UI_FAMILY}", sans-serif;')
    return ":root {\n  " + "\n  ".join(rules) + "\n}\n"
