"""Unified social credit code (GB 32100) and organisation code (GB 11714).

Alphabet and length are certain, so breaking them is refused. The check digits are not: codes issued before the rule
was enforced fail them and are valid all the same, so a misfit is a warning to look again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity.tables import PROVINCES
from clerk_app.domain.identity.text import LOOK_ALIKE, normalised, refuse_masked_or_empty

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_NAME = "统一社会信用代码"
_ORGANISATION = "组织机构代码"
_LENGTH = 18
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

REGISTRARS = {
    "1": "机构编制", "2": "外交", "3": "司法行政", "4": "文化", "5": "民政", "6": "旅游", "7": "宗教", "8": "工会",
    "9": "市场监督管理", "A": "中央军委改革和编制办公室", "N": "农业农村", "Y": "其他",
}  # fmt: skip
"""First character: the registering department."""


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A credit code that can be one. ``area`` is the six-digit code of the registering authority."""

    text: str
    registrar: str
    area: str
    organisation_code: str
    warnings: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class OrganisationCode:
    """Nine characters, without the dash that papers print before the last one."""

    text: str
    warnings: tuple[str, ...] = field(default=(), compare=False)


def credit_check_character(first17: str) -> str:
    """Character 18 of GB 32100 for the first 17."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(first8: str) -> str:
    """Character 9 of GB 11714 for the first eight (letters count from A = 10)."""
    total = sum(int(char, 36) * weight for char, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def check_credit_code(text: str, *, field: str = "credit_code") -> CreditCode:
    """The code as written on the licence, blanks and case aside.

    Raises ``Rejected(field, …)`` for length and alphabet; everything less certain is in ``warnings``.
    """
    code = normalised(text)
    refuse_masked_or_empty(code, field, _NAME)
    _refuse_strange_letters(code, field, _NAME, ALPHABET, "（代码里没有 I、O、S、V、Z）")
    if len(code) != _LENGTH:
        raise Rejected(field, f"{_NAME}应是 {_LENGTH} 位，现在是 {len(code)} 位")
    warnings: list[str] = []
    if code[0] not in REGISTRARS:
        warnings.append(f"{_NAME}第 1 位一般不是“{code[0]}”，请再看一遍执照")
    area = code[2:8]
    if not area.isdigit() or (area[:2] not in PROVINCES and area[:2] != "10"):
        warnings.append(f"{_NAME}第 3 到 8 位“{area}”不像行政区划，请再看一遍执照")
    expected = credit_check_character(code[:17])
    if code[17] != expected:
        warnings.append(f"{_NAME}第 18 位对不上（应为 {expected}）。早年的代码会这样，请再看一遍执照，没看错就接着办")
    return CreditCode(code, REGISTRARS.get(code[0], ""), area, code[8:17], tuple(warnings))


def check_organisation_code(text: str, *, field: str = "credit_code") -> OrganisationCode:
    """Nine characters of GB 11714, with or without the dash. Refusals and warnings as for the credit code."""
    code = normalised(text)
    refuse_masked_or_empty(code, field, _ORGANISATION)
    _refuse_strange_letters(code, field, _ORGANISATION, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "")
    if len(code) != 9:
        raise Rejected(field, f"{_ORGANISATION}应是 9 位，现在是 {len(code)} 位")
    expected = organisation_check_character(code[:8])
    if code[8] == expected:
        return OrganisationCode(code)
    warning = f"{_ORGANISATION}第 9 位对不上（应为 {expected}），请再看一遍证件，没看错就接着办"
    return OrganisationCode(code, (warning,))


def _refuse_strange_letters(code: str, field: str, name: str, alphabet: str, note: str) -> None:
    for place, char in enumerate(code, 1):
        if char not in alphabet:
            hint = f"，请看是不是 {LOOK_ALIKE[char]}" if char in LOOK_ALIKE else "，请再看一遍执照"
            raise Rejected(field, f"{name}第 {place} 位不会是“{char}”{note}{hint}")
