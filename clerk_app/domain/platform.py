"""How a case looks to another system: our facts under that system's names, and what it would not take.

A case goes out in the groups of GB/T 39046-2020 (办事申请, 受理, 办理, 办结), which ``platform_standard`` has. A
platform in use has names, codes and lengths of its own, so all of it is a value, a ``FieldMap``. What a map wants and
a case lacks is a ``Finding``: a warning, or a refusal where the map says so, as lengths and codes differ by region.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.errors import Rejected

Value = str | int | bool | date | datetime
Row = Mapping[str, Value]
Groups = Mapping[str, tuple[Row, ...]]
"""Group → rows → our field name → value. A field without a value is left out."""

DAY: Final = "%Y%m%d"
MOMENT: Final = "%Y%m%dT%H%M%S"
"""GB/T 39046-2020: dates YYYYMMDD, moments YYYYMMDDThhmmss, in Beijing time."""

_NAME = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w.-]{0,63}")
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (control characters, half a character). Rare characters and those of private use can."""


class Fault(StrEnum):
    """What can be wrong with a field."""

    MISSING = "missing"
    TOO_LONG = "length"
    CODE = "code"
    UNWRITABLE = "character"

    @property
    def label(self) -> str:
        return _FAULTS[self]


_FAULTS: Final = {
    Fault.MISSING: "必填项没有内容",
    Fault.TOO_LONG: "超过长度",
    Fault.CODE: "不在代码表里",
    Fault.UNWRITABLE: "有写不进文件的字符",
}
ALWAYS_REFUSED: Final = frozenset({Fault.UNWRITABLE})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a platform.

    ``source``: our name of it; ``name``: the platform's; ``label``: the name in Chinese, for sentences. ``most``: the
    most characters, 0 for any. ``codes``: our value → the platform's; None takes any value as it is. ``strict``: the
    faults that refuse a case in this field, whatever the map says of others.
    """

    source: str
    name: str
    label: str
    most: int = 0
    required: bool = False
    codes: Mapping[str, str] | None = None
    strict: frozenset[Fault] = frozenset()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise Rejected("map", f"字段名“{self.name}”不能用：以字母、下划线或汉字开头，不含空格")


@dataclass(frozen=True, slots=True)
class Group:
    """A table of a platform. ``many``: it has rows, each called ``row``; otherwise there is at most one."""

    source: str
    name: str
    label: str
    fields: tuple[Field, ...]
    many: bool = False
    row: str = "row"

    def __post_init__(self) -> None:
        for name in (self.name, self.row):
            if not _NAME.fullmatch(name):
                raise Rejected("map", f"组名“{name}”不能用：以字母、下划线或汉字开头，不含空格")
        names = [one.name for one in self.fields]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise Rejected("map", f"{self.label}里有两个字段都叫“{twice}”")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a case for a platform. The sentence holds nothing of the value: it may name a person."""

    field: str
    fault: Fault
    sentence: str
    refuses: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """A case as the platform reads it: group → rows → its field names → text."""

    groups: Mapping[str, tuple[Mapping[str, str], ...]]
    findings: tuple[Finding, ...] = ()

    @property
    def refusals(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.refuses)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if not one.refuses)


@dataclass(frozen=True, slots=True)
class FieldMap:
    """All fields of a platform, with its forms of days and moments (``strftime``) and the faults that refuse a case."""

    title: str
    groups: tuple[Group, ...]
    day: str = DAY
    moment: str = MOMENT
    refuse: frozenset[Fault] = field(default_factory=lambda: frozenset({Fault.MISSING}))

    def __post_init__(self) -> None:
        names = [one.name for one in self.groups]
        if len(set(names)) != len(names):
            raise Rejected("map", f"字段对照“{self.title}”里有两组同名")

    def refusing(self, faults: frozenset[Fault]) -> FieldMap:
        """The same fields, with these faults as refusals."""
        return replace(self, refuse=faults)

    def rendered(self, groups: Groups) -> Rendered:
        """The case in the platform's words. A group that the map does not have is left out."""
        found: list[Finding] = []
        made: dict[str, tuple[Mapping[str, str], ...]] = {}
        for group in self.groups:
            rows = groups.get(group.source, ())
            if not group.many and len(rows) > 1:
                raise ValueError(f"{group.source} has one row at most")
            written = tuple(self._row(group, number, row, found) for number, row in enumerate(rows, 1))
            if written:
                made[group.name] = written
        return Rendered(made, tuple(found))

    def _row(self, group: Group, number: int, row: Row, found: list[Finding]) -> Mapping[str, str]:
        made: dict[str, str] = {}
        for one in group.fields:
            text = self._text(row.get(one.source))
            place = f"{group.label}第 {number} 条的{one.label}" if group.many else f"{group.label}的{one.label}"
            if one.codes is not None and text and text in one.codes:
                text = one.codes[text]
            elif one.codes is not None and text:
                self._note(found, group, one, Fault.CODE, f"{place}不在对方的代码表里，请核对字段对照")
            if not text and one.required:
                self._note(found, group, one, Fault.MISSING, f"{place}没有内容，对方要求必填")
            if one.most and len(text) > one.most:
                self._note(found, group, one, Fault.TOO_LONG, f"{place}有 {len(text)} 个字符，对方最多收 {one.most} 个")
            if _UNWRITABLE.search(text):
                self._note(found, group, one, Fault.UNWRITABLE, f"{place}里有控制字符或不完整的字，写不进文件")
            elif text:
                made[one.name] = text
        return made

    def _note(self, found: list[Finding], group: Group, one: Field, fault: Fault, sentence: str) -> None:
        refuses = fault in self.refuse | one.strict | ALWAYS_REFUSED
        found.append(Finding(f"{group.source}.{one.source}", fault, sentence, refuses))

    def _text(self, value: Value | None) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, datetime):
            return formed(value.astimezone(BEIJING), self.moment)
        if isinstance(value, date):
            return formed(datetime(value.year, value.month, value.day, tzinfo=BEIJING), self.day)
        return str(value)


def writable(text: str) -> str:
    """The text without what XML 1.0 cannot hold."""
    return _UNWRITABLE.sub("", text)


def formed(moment: datetime, form: str) -> str:
    """``strftime``, with four digits for every year on every system."""
    return moment.strftime(form.replace("%Y", f"{moment.year:04d}"))
