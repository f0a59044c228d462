"""Numbers on paper: final when printed, unique without asking anybody.

Case number ``MH-12-20261123-0031``: hall, window, date, sequence of that window on that day. Document number
``明市监受〔2026〕12-0032 号``: agency and word (受, 补, 不受), year, window, sequence of that window and word in that
year (党政机关公文格式 GB/T 9704: 发文机关代字、年份、发文顺序号, the year in 〔〕).

A citizen asks by the whole case number (in the QR code, alone or in an address). It can be guessed, so whoever
answers tells the stage and the dates, never a person's name or number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from clerk_app.domain.errors import Rejected, shown

TAIL_LENGTH = 6
OFFICE_DESK = "HT"
"""Stands in the place of the window in numbers that the office's web pages give out (后台); no window may have it."""
_HALL = r"[A-Z][A-Z0-9]{0,7}"
_WINDOW = r"[0-9A-Z]{1,6}"
_YEAR = r"[12][0-9]{3}"
_SEQUENCE = r"[0-9]{4,7}"
_CASE = re.compile(rf"({_HALL})-({_WINDOW})-({_YEAR}[0-9]{{4}})-({_SEQUENCE})")
_CASE_AT_END = re.compile(rf"(?:^|[^A-Z0-9])({_HALL}-{_WINDOW}-{_YEAR}[0-9]{{4}}-{_SEQUENCE})/?$")
_DOCUMENT = re.compile(rf"(\D+?)[〔\[(]({_YEAR})[〕\])]({_WINDOW})-({_SEQUENCE})号")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－_", "-"))
_LONGEST_SCAN = 500
_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True, order=True)
class CaseNumber:
    """The parts of a case number; ``str()`` is the number as printed."""

    hall: str
    window: str
    day: date
    sequence: int

    def __str__(self) -> str:
        return f"{self.hall}-{self.window}-{self.day:%Y%m%d}-{self.sequence:04d}"

    @property
    def tail(self) -> str:
        """The last six digits (day and sequence, ``230031``), which people type; not unique."""
        return f"{self.day:%Y%m%d}{self.sequence:04d}"[-TAIL_LENGTH:]


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """The parts of a document number; ``str()`` is the number as printed. ``word`` names the series."""

    agency: str
    word: str
    year: int
    window: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.agency}{self.word}〔{self.year}〕{self.window}-{self.sequence:04d} 号"


def official_number(base: str, day: date, serial: int) -> str:
    """办件编号 of the server: the matter's code, the day and the serial of that day."""
    return f"{base}{day:%Y%m%d}{serial:04d}"


def official_serial(number: str, base: str, day: date) -> int | None:
    """The serial of an 办件编号 of this matter's code and day; None when it is none of theirs."""
    tail = number.removeprefix(f"{base}{day:%Y%m%d}")
    if not (tail.isascii() and tail.isdigit() and len(tail) < 10):
        return None
    return int(tail) if int(tail) > 0 and number == official_number(base, day, int(tail)) else None


def case_number(hall: str, window: str, day: date, sequence: int) -> str:
    """``MH-12-20261123-0031``; a fifth digit is taken when a window passes 9,999 cases a day.

    Raises ``ValueError`` for parts that could not be read back: hall letters and digits A-Z 0-9 with a letter first
    (at most 8), window letters and digits (at most 6), sequence from 1.
    """
    plain = day.date() if isinstance(day, datetime) else day
    number = str(CaseNumber(hall, window, plain, sequence))
    if sequence < 1 or not _CASE.fullmatch(number):
        raise ValueError(f"no case number can be made of {hall!r}, {window!r}, {sequence}")
    return number


def document_number(agency: str, word: str, year: int, window: str, sequence: int) -> str:
    """``明市监受〔2026〕12-0032 号`` for agency 明市监 and word 受.

    Raises ``ValueError`` for parts that could not be read back (no agency, digits or blanks in agency or word).
    """
    number = DocumentNumber(agency, word, year, window, sequence)
    found = _DOCUMENT.fullmatch(_compact(str(number)))
    if not agency or not word or sequence < 1 or found is None or found[1] != agency + word:
        raise ValueError(f"no document number can be made of {agency!r}, {word!r}, {window!r}, {sequence}")
    return str(number)


def parse_case_number(text: str, *, field: str = "case_number") -> CaseNumber:
    """The parts of a typed or scanned case number: alone, or at the end of the address in a QR code.

    Full-width letters, small letters, blanks and any dash are understood. Raises ``Rejected(field, …)``.
    """
    compact = _compact(text[:_LONGEST_SCAN])
    found = _CASE_AT_END.search(compact)
    parts = _CASE.fullmatch(found[1]) if found else None
    if parts is None:
        raise Rejected(field, "这不是办件编号。编号像 MH-12-20261123-0031，也可以只输后 6 位")
    day = _day(parts[3])
    if day is None or int(parts[4]) < 1:
        raise Rejected(field, f"编号 {parts[0]} 里的日期或序号不对，请再看一遍")
    return CaseNumber(parts[1], parts[2], day, int(parts[4]))


def parse_tail(text: str, *, field: str = "case_number") -> str:
    """The last six digits as typed, to compare with ``CaseNumber.tail``. Raises ``Rejected(field, …)``."""
    digits = _compact(text).replace("-", "")
    if len(digits) != TAIL_LENGTH or not (digits.isascii() and digits.isdigit()):
        raise Rejected(field, f"请输入编号的后 {TAIL_LENGTH} 位数字，现在是 {len(digits)} 位")
    return digits


def parse_document_number(text: str, words: tuple[str, ...], *, field: str = "document_number") -> DocumentNumber:
    """The parts of a document number; ``words`` are the series in use (受, 补, 不受), the longest that fits counts.

    Square and round brackets and blanks are understood. Raises ``Rejected(field, …)``.
    """
    found = _DOCUMENT.fullmatch(_compact(text[:_LONGEST_SCAN]))
    if found is None or int(found[4]) < 1:
        raise Rejected(field, "这不是文书编号。编号像 明市监受〔2026〕12-0032 号")
    for word in sorted(words, key=len, reverse=True):
        agency = found[1].removesuffix(word)
        if agency and agency != found[1]:
            return DocumentNumber(agency, word, int(found[2]), found[3], int(found[4]))
    raise Rejected(field, f"文书编号里的“{shown(found[1], _LONGEST_QUOTE)}”没有文种（{'、'.join(words)}），请再看一遍")


def _compact(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper().translate(_DASHES)
    return "".join(plain.split())


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
