"""Typed access to a record that others wrote; faults are collected, not raised one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clerk_app.domain.errors import Rejected, shown


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: ``field`` is the path in the record (``materials[2].form.copy``), ``reason`` one Chinese clause."""

    field: str
    reason: str


class BrokenRecord(Rejected):
    """A record with faults; ``problems`` has all of them, the sentence names the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].field, problems[0].reason)
        self.problems = tuple(problems)


class Fields:
    """A mapping at ``path`` inside a record. A value that is absent or null counts as not given."""

    def __init__(self, record: Mapping[str, Any], path: str, problems: list[Problem], place: str = "") -> None:
        self._record = record
        self._path = path
        self._place = place
        self._problems = problems

    def blame(self, key: str, reason: str) -> None:
        """Note a fault of ``key``."""
        prefix = f"{self._place}：" if self._place else ""
        self._problems.append(Problem(self._at(key), shown(prefix + reason)))

    def has(self, key: str) -> bool:
        return self._record.get(key) is not None

    def text(self, key: str, label: str, required: bool = False) -> str:
        """A text without blanks around it; empty when it is not given."""
        value = self._record.get(key)
        if value is None:
            value = ""
        elif not isinstance(value, str):
            self.blame(key, f"{label}应为文字，不能是{_kind(value)}")
            return ""
        if any((letter < " " and letter not in "\n\t") or "\ud800" <= letter <= "\udfff" for letter in value):
            self.blame(key, f"{label}里有不可见的控制字符或不完整的字")
        if required and not value.strip():
            self.blame(key, f"没有{label}")
        return value.strip()

    def texts(self, key: str, label: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self._list(key, label)
        if any(not isinstance(value, str) or not value.strip() for value in values):
            self.blame(key, f"{label}的每一项都应为文字")
            return ()
        return tuple(value.strip() for value in values)

    def count(self, key: str, label: str, default: int = 0) -> int:
        """A whole number from 0 up."""
        value = self._record.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.blame(key, f"{label}应为 0 或正整数")
            return default
        return value

    def flag(self, key: str, label: str) -> bool:
        """True or false; false when it is not given."""
        value = self._record.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.blame(key, f"{label}应为 true 或 false")
        return False

    def choice(self, key: str, label: str, allowed: Sequence[str], default: str) -> str:
        """One of ``allowed``; without a default (empty) it has to be given."""
        value = self.text(key, label, required=not default) or default
        if value and value not in allowed:
            self.blame(key, f"{label}“{value}”应为{'、'.join(allowed)}之一")
            value = default
        return value

    def part(self, key: str, label: str) -> Fields | None:
        """A nested record, None when it is not given."""
        value = self._record.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.blame(key, f"{label}应为一组字段，不能是{_kind(value)}")
            return None
        return Fields(value, self._at(key), self._problems, self._place)

    def items(self, key: str, label: str) -> Iterator[Fields]:
        """A list of nested records."""
        for number, value in enumerate(self._list(key, label)):
            place = f"{self._place}第 {number + 1} 项{label}"
            if isinstance(value, Mapping):
                yield Fields(value, f"{self._at(key)}[{number}]", self._problems, place)
            else:
                self.blame(key, f"{place}应为一组字段，不能是{_kind(value)}")

    def _list(self, key: str, label: str) -> Sequence[Any]:
        value = self._record.get(key)
        if value is None:
            return ()
        if isinstance(value, list | tuple):
            return value
        self.blame(key, f"{label}应为列表，不能是{_kind(value)}")
        return ()

    def _at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "真假值"
    if isinstance(value, int | float):
        return "数字"
    if isinstance(value, str):
        return "文字"
    return "列表" if isinstance(value, list) else "一组字段"
