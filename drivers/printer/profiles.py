"""What kinds of receipt printers there are: paper, character set, knife, and what each does not do.

A family is data. Its facts come from the maker's manual where it says [C], else from common knowledge [M]: no printer
was at hand. Codes (QR) are always sent as pictures, so a printer that knows none needs no entry; no program of ours
opens a cash drawer.

A profile of one's own is written as a family and what differs, apart by spaces::

    generic-80 encoding=gb2312 cutter=none quirks=no_fence,slow
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from drivers.base.registry import BadAddress

_COLUMN_DOTS = 12
_MOST_DOTS = 2000


class Cutter(StrEnum):
    """The knife: cuts through, leaves a point, or is not there."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Quirk(StrEnum):
    """What a printer does otherwise than the Epson reference says."""

    NO_STATUS = "no_status"
    """DLE EOT is not answered: paper and cover are not known beforehand."""
    NO_FENCE = "no_fence"
    """GS r is not answered: nobody learns when a job is on the paper."""
    ONE_FENCE = "one_fence"
    """GS r is answered reliably at the end of a job only; a power cut in mid-job may then go unnoticed."""
    NO_DOUBLE_BYTE_SWITCH = "no_double_byte_switch"
    """FS & prints as characters; double-byte characters are always on."""
    PLAIN_CUT = "plain_cut"
    """Knows GS V 0 and 1 only, which cut where the paper stands: it is fed by lines before."""
    HALF_DOT_STEPS = "half_dot_steps"
    """Counts its feed in half dots (1/406 or 1/360 inch)."""
    SLOW = "slow"
    """A small buffer and a slow head: smaller pieces, more time."""


ENCODINGS = ("gbk", "gb2312", "gb18030", "none")
"""``none``: no Chinese characters in the printer, every line goes as a picture. ``gb18030`` has the four-byte
characters too; a printer must say so in its manual."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One family of printers.

    dots: printable width, a multiple of 8; columns: half-width characters a line, 12 dots each; raster_rows: the most
    rows that one picture may have, 0 for as many as the command takes; models: how the answer to ``GS I 67`` begins.
    """

    name: str
    title: str
    dots: int = 576
    columns: int = 48
    encoding: str = "gbk"
    cutter: Cutter = Cutter.PARTIAL
    quirks: frozenset[Quirk] = frozenset()
    raster_rows: int = 0
    models: tuple[str, ...] = ()

    def has(self, quirk: Quirk) -> bool:
        return quirk in self.quirks

    @property
    def steps_per_dot(self) -> int:
        """Steps of the paper feed for one dot."""
        return 2 if self.has(Quirk.HALF_DOT_STEPS) else 1


GENERIC_80 = Profile("generic-80", "80 毫米小票打印机（每行 48 个半角字）")
GENERIC_80_512 = Profile("generic-80-512", "80 毫米小票打印机（每行 42 个半角字）", dots=512, columns=42)
GENERIC_58 = Profile("generic-58", "58 毫米小票打印机", dots=384, columns=32, cutter=Cutter.NONE)

_HALF_DOTS = frozenset({Quirk.HALF_DOT_STEPS})
FAMILIES: tuple[Profile, ...] = (
    GENERIC_80,
    GENERIC_80_512,
    GENERIC_58,
    # 180 dpi and 1/360 inch [C]; 203 dpi and 1/406 inch [C].
    Profile("epson-t88", "爱普生 TM-T88", dots=512, columns=42, quirks=_HALF_DOTS, models=("TM-T88",)),
    Profile("epson-t82", "爱普生 TM-T82、TM-T20", quirks=_HALF_DOTS, models=("TM-T82", "TM-T20", "TM-T81", "TM-T83")),
    Profile("xprinter-80", "芯烨 80 毫米", models=("XP-80", "XP-C", "XP-N", "XP-Q", "XP-V")),
    Profile(
        "xprinter-58", "芯烨 58 毫米", dots=384, columns=32, cutter=Cutter.NONE, raster_rows=240, models=("XP-58",)
    ),
    Profile("gprinter-80", "佳博 80 毫米", models=("GP-L80", "GP-80", "GP-U80", "GP-C80")),
    Profile("gprinter-58", "佳博 58 毫米", dots=384, columns=32, cutter=Cutter.NONE, models=("GP-58", "GP-L58")),
    Profile("snbc-80", "新北洋 80 毫米", models=("BTP-R880", "BTP-R580", "BTP-98", "BTP-N80", "BTP-S80")),
    # Printers with a small buffer and without a knife that are built into cheap machines.
    Profile(
        "mini-58",
        "58 毫米小票打印机（缓存小、不回话）",
        dots=384,
        columns=32,
        cutter=Cutter.NONE,
        raster_rows=128,
        quirks=frozenset({Quirk.NO_FENCE, Quirk.SLOW}),
    ),
)
_BY_NAME = {profile.name: profile for profile in FAMILIES}
_EXAMPLE = "generic-80 encoding=gb2312 cutter=none quirks=no_fence,slow"


def of_width(width_mm: int) -> Profile:
    """The plain profile for paper of 80 or 58 mm; ``BadAddress`` for another width."""
    found = {80: GENERIC_80, 58: GENERIC_58}.get(width_mm)
    if found is None:
        raise BadAddress("小票纸宽应为 80 或 58 毫米")
    return found


def of_model(answer: str) -> Profile | None:
    """The family that a printer's answer to ``GS I 67`` belongs to, None for a stranger."""
    model = answer.upper()
    fitting = [(len(start), one) for one in FAMILIES for start in one.models if model.startswith(start)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def read_profile(text: str) -> Profile:
    """A profile as it stands in the settings; ``BadAddress`` says what is wrong with it."""
    name, *changes = text.split()[:20] or [""]
    if name not in _BY_NAME:
        known = "、".join(_BY_NAME)
        raise BadAddress(f"小票打印机型号“{name}”认不出，应为 {known} 之一，如 {_EXAMPLE}")
    profile = _BY_NAME[name]
    for change in changes:
        profile = _changed(profile, change)
    if profile.dots % 8 or profile.dots < profile.columns * _COLUMN_DOTS:
        raise BadAddress(f"dots 应为 8 的倍数，并放得下 {profile.columns} 个半角字（每字 {_COLUMN_DOTS} 点）")
    return profile


def _changed(profile: Profile, change: str) -> Profile:
    key, equals, value = change.partition("=")
    if equals and value.isascii() and value.isdigit() and len(value) < 5:
        number = int(value)
        if key == "dots" and 0 < number <= _MOST_DOTS:
            return replace(profile, dots=number)
        if key == "columns" and number >= 24:
            return replace(profile, columns=number)
        if key == "raster_rows":
            return replace(profile, raster_rows=number)
    if key == "encoding" and value in ENCODINGS:
        return replace(profile, encoding=value)
    if key == "cutter" and value in tuple(Cutter):
        return replace(profile, cutter=Cutter(value))
    if key == "quirks":
        names = [name for name in value.split(",") if name]
        if all(name in tuple(Quirk) for name in names):
            return replace(profile, quirks=frozenset(map(Quirk, names)))
    raise BadAddress(f"小票打印机设置里的“{change}”认不出，应像 {_EXAMPLE}")
