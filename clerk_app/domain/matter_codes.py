"""Codes of matters: types, basic codes, and what looks odd about a code.

A code is text and is kept as published: GB/T 39046-2020, provincial rules and live platforms differ in length and
shape (12, 31, 33 digits, or Sichuan's 23 to 55 characters). An odd code is therefore remarked on, never refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.identity.credit_code import ALPHABET as CREDIT_ALPHABET
from clerk_app.domain.identity.credit_code import credit_check_character, organisation_check_character
from clerk_app.domain.identity.tables import PROVINCES


class MatterType(StrEnum):
    """GB/T 39046-2020 A.1."""

    POWER = "00"
    LICENCE = "01"
    PENALTY = "02"
    COERCION = "03"
    LEVY = "04"
    BENEFIT = "05"
    INSPECTION = "06"
    CONFIRMATION = "07"
    REWARD = "08"
    RULING = "09"
    OTHER_POWER = "10"
    PUBLIC_SERVICE = "20"

    @property
    def label(self) -> str:
        """The name in the standard."""
        return TYPE_NAMES[self]


TYPE_NAMES: dict[str, str] = {
    MatterType.POWER: "行政权力事项",
    MatterType.LICENCE: "行政许可",
    MatterType.PENALTY: "行政处罚",
    MatterType.COERCION: "行政强制",
    MatterType.LEVY: "行政征收",
    MatterType.BENEFIT: "行政给付",
    MatterType.INSPECTION: "行政检查",
    MatterType.CONFIRMATION: "行政确认",
    MatterType.REWARD: "行政奖励",
    MatterType.RULING: "行政裁决",
    MatterType.OTHER_POWER: "其他类别事项(其他行政权力)",
    MatterType.PUBLIC_SERVICE: "公共服务事项",
}
REGIONAL_TYPE_NAMES = {"21": "公共服务事项", "99": "其他"}
"""Values in live provincial systems (广东, 辽宁) that the standard does not have."""

_TYPE_CODES = {name: code for code, name in TYPE_NAMES.items()} | {
    "其他行政权力": MatterType.OTHER_POWER,
    "其他": MatterType.OTHER_POWER,
    "公共服务": MatterType.PUBLIC_SERVICE,
}


def type_code(text: str) -> str | None:
    """Two digits for 「1」, 「01」 or 「行政许可」; None when there is no such type."""
    text = text.strip()
    if text in _TYPE_CODES:
        return str(_TYPE_CODES[text])
    if not (text.isascii() and text.isdigit()):
        return None
    code = text.zfill(2)
    return code if code in TYPE_NAMES or code in REGIONAL_TYPE_NAMES else None


def type_name(code: str) -> str:
    """The name of a two-digit type, empty when there is none."""
    return TYPE_NAMES.get(code) or REGIONAL_TYPE_NAMES.get(code, "")


_NATIONAL_LIST = "00"
_BASIC_LENGTH = 12


@dataclass(frozen=True, slots=True)
class BasicCode:
    """基本编码, 12 digits: 区划 2 (00 for national) + 类型 2 + 部门 2 + 主项 3 + 子项 3."""

    region: str
    type: str
    department: str
    main_item: str
    sub_item: str

    @classmethod
    def parse(cls, code: str) -> BasicCode | None:
        """The parts, or None when it is not 12 digits."""
        if len(code) != _BASIC_LENGTH or not (code.isascii() and code.isdigit()):
            return None
        return cls(code[:2], code[2:4], code[4:6], code[6:9], code[9:])


def remarks_on_basic_code(code: str, matter_type: str = "", department: str = "") -> tuple[str, ...]:
    """What is odd about a basic code; ``matter_type`` and ``department`` (two digits each) are compared when given."""
    parts = BasicCode.parse(code)
    if parts is None:
        return (f"基本编码应为 {_BASIC_LENGTH} 位数字",)
    remarks = []
    if parts.region != _NATIONAL_LIST and parts.region not in PROVINCES:
        remarks.append(f"基本编码的区划“{parts.region}”不是国家（00）或省级代码")
    if not type_name(parts.type):
        remarks.append(f"基本编码里的类型“{parts.type}”不在 GB/T 39046 附录 A.1 里")
    if matter_type and matter_type != parts.type:
        remarks.append(f"基本编码里的类型是 {parts.type}，事项类型是 {matter_type}")
    if department and department != parts.department:
        remarks.append(f"基本编码里的部门是 {parts.department}，部门代码是 {department}")
    if parts.main_item == "000":
        remarks.append("基本编码的主项是 000")
    return tuple(remarks)


_CREDIT_LENGTH = 18
_ORGANISATION = re.compile(r"([0-9A-Z]{8})-?([0-9X])")


def credit_code_fits(code: str) -> bool:
    """Whether a text has the length, alphabet and check character of a credit code (GB 32100-2015)."""
    if len(code) != _CREDIT_LENGTH or any(letter not in CREDIT_ALPHABET for letter in code):
        return False
    return credit_check_character(code[:-1]) == code[-1]


def organisation_code_fits(code: str) -> bool:
    """Whether an organisation code (GB 11714-1997, with or without its hyphen) ends with its check character."""
    found = _ORGANISATION.fullmatch(code)
    return found is not None and organisation_check_character(found[1]) == found[2]


# 四川省: basic part, area (12 digits), unit, body (credit or organisation code), level, sequence.
_SICHUAN = re.compile(r"(?P<basic>.+)-(?P<area>\d{12})-\d{3}-(?P<body>[0-9A-Z-]+?)-\d-\d{2}")
_NATIONAL = re.compile(r"(?P<body>[0-9A-Z]{18})\d(?P<basic>\d{12})(?:\d{2})?")


def remarks_on_code(code: str, area: str = "", matter_type: str = "") -> tuple[str, ...]:
    """What is odd about a matter's code; never a reason to refuse it. ``area`` is the row's own area code."""
    if any(letter.isspace() for letter in code):
        return ("事项编码里有空格",)
    if BasicCode.parse(code):
        return remarks_on_basic_code(code, matter_type)
    if found := _SICHUAN.fullmatch(code):
        remarks = list(_remarks_on_body(found["body"]))
        if area and found["area"] != area:
            remarks.append(f"事项编码里的区划是 {found['area']}，区划列是 {area}")
        return tuple(remarks)
    if found := _NATIONAL.fullmatch(code):
        return (*_remarks_on_body(found["body"]), *remarks_on_basic_code(found["basic"], matter_type))
    return ("事项编码的格式不认识，照原样使用",)


def remarks_on_department_code(code: str) -> tuple[str, ...]:
    """What is odd about the code of a department (credit code of 18 or organisation code of 9 characters)."""
    return _remarks_on_body(code, "部门编码") if code else ()


def _remarks_on_body(code: str, what: str = "事项编码里的机构代码") -> tuple[str, ...]:
    if len(set(code)) == 1:
        return (f"{what}全是同一个数字，像是占位的",)
    if len(code) == _CREDIT_LENGTH:
        return () if credit_code_fits(code) else (f"{what}校验位对不上",)
    if _ORGANISATION.fullmatch(code):
        return () if organisation_code_fits(code) else (f"{what}校验位对不上",)
    return (f"{what}长度不是 18 位或 9 位",)
