"""What the hall hears of a call: the clips of its sentence, in order. 「请 A 零四七 号到十二号窗口」

The number on the ticket is read digit by digit, as it is printed; the window is a count and is read as a number. A
third tone before another third tone rises (变调), and 一 falls before 百.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CHIME: Final = "chime"
_DIGITS: Final = "零一二三四五六七八九"
_PREFIXES: Final = (
    ("爱心号", "heart-number"),
    ("爱心", "heart-number"),
    ("爱", "heart-number"),
    ("应急号", "emergency-number"),
    ("应急", "emergency-number"),
    ("急", "emergency-number"),
)
_SAID_AS_NUMBER: Final = 999

CLIPS: Final[Mapping[str, str]] = {
    CHIME: "",
    **{f"digit-{digit}": character for digit, character in enumerate(_DIGITS)},
    "digit-1-yao": "幺",
    "digit-1-falling": "一",
    "digit-5-rising": "五",
    "digit-9-rising": "九",
    "ten": "十",
    "hundred": "百",
    "hundred-rising": "百",
    "dash": "杠",
    "please": "请",
    "please-rising": "请",
    "again-please": "再次请",
    "again-please-rising": "再次请",
    "heart-number": "爱心号",
    "emergency-number": "应急号",
    "number": "号",
    "go-to": "到",
    "number-window": "号窗口",
    "number-window-for": "号窗口办理",
    **{f"letter-{letter.lower()}": letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
}
"""Every clip by its name, with the words that it says."""

_THIRD_TONE: Final = frozenset(
    {"digit-5", "digit-9", "hundred", "please", "again-please"},
)
_BEGINS_WITH_THIRD_TONE: Final = frozenset({"digit-5", "digit-9", "hundred"})


@dataclass(frozen=True, slots=True)
class Reading:
    """House style: ``yao`` says 幺 for a 1 on a ticket, ``purpose`` ends with 办理."""

    yao: bool = False
    purpose: bool = False


PLAIN: Final = Reading()


def sentence_clips(number: str, window_no: str, *, recall: bool = False, reading: Reading = PLAIN) -> tuple[str, ...]:
    """The clips of one call, without the chime; empty when a character of number or window has no clip.

    ``number`` is as printed (``A047``, ``爱心012``, ``应急003``), ``window_no`` as on the window's sign (``12``).
    """
    ticket, window = _ticket(number, reading), _window(window_no)
    if not ticket or not window:
        return ()
    first = "again-please" if recall else "please"
    last = "number-window-for" if reading.purpose else "number-window"
    return _with_tones((first, *ticket, "number", "go-to", *window, last))


def sentence_text(number: str, window_no: str, *, recall: bool = False, reading: Reading = PLAIN) -> str:
    """The same sentence in characters, for a voice that reads text and for those who look it up; never empty."""
    clips = sentence_clips(number, window_no, recall=recall, reading=reading)
    if clips:
        return "".join(CLIPS[name] for name in clips)
    purpose = "办理" if reading.purpose else ""
    return f"{'再次请' if recall else '请'}{number}号到{window_no}号窗口{purpose}"


def counted(value: int) -> tuple[str, ...]:
    """A number from 0 to 999 in words, before tones change: 12 is 十二, 110 一百一十, 205 二百零五."""
    if not 0 <= value <= _SAID_AS_NUMBER:
        raise ValueError(f"{value} is not said as a number here")
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    words: list[str] = []
    if hundreds:
        words += ["digit-1-falling" if hundreds == 1 else f"digit-{hundreds}", "hundred"]
    if tens:
        words += ["ten"] if value < 20 else [f"digit-{tens}", "ten"]
    elif hundreds and ones:
        words.append("digit-0")
    if ones or not value:
        words.append(f"digit-{ones}")
    return tuple(words)


def _ticket(number: str, reading: Reading) -> tuple[str, ...]:
    text = _plain(number)
    for prefix, clip in _PREFIXES:
        if text.startswith(prefix):
            rest = _spelled(text.removeprefix(prefix), reading)
            return (clip, *rest) if rest else ()
    return _spelled(text, reading)


def _window(window_no: str) -> tuple[str, ...]:
    words: list[str] = []
    for part in re.findall(r"[0-9]+|[^0-9]", _plain(window_no)):
        said = counted(int(part)) if part.isdigit() and int(part) <= _SAID_AS_NUMBER else _spelled(part, PLAIN)
        if not said:
            return ()
        words += said
    return tuple(words)


def _spelled(text: str, reading: Reading) -> tuple[str, ...]:
    """Character by character; empty when one has no clip."""
    words: list[str] = []
    for character in text:
        if character == "1" and reading.yao:
            words.append("digit-1-yao")
        elif character in "0123456789":
            words.append(f"digit-{character}")
        elif character == "-":
            words.append("dash")
        elif "A" <= character <= "Z":
            words.append(f"letter-{character.lower()}")
        else:
            return ()
    return tuple(words)


def _with_tones(words: tuple[str, ...]) -> tuple[str, ...]:
    """Third tones before a third tone rise."""
    return tuple(
        f"{word}-rising" if word in _THIRD_TONE and after in _BEGINS_WITH_THIRD_TONE else word
        for word, after in zip(words, (*words[1:], ""), strict=True)
    )


def _plain(text: str) -> str:
    """Full-width forms as ASCII, capitals, without spaces and what a window's sign says anyway."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    return plain.removesuffix("窗口").removesuffix("号")
