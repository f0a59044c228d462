"""Stored JSON back into the domain's values, with every moment in the legal time of papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from clerk_app.domain.errors import Rejected
from clerk_app.services.hall.tools import OUT_OF_RANGE, field_names

T = TypeVar("T")
BEIJING = ZoneInfo("Asia/Shanghai")


_WITHOUT_MOMENTS = frozenset({str, int, float, bool, type(None), dict})
_made: dict[type[Any], TypeAdapter[Any]] = {}


def _form(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _made:
        _made[kind] = TypeAdapter(kind)
    return _made[kind]


def in_beijing(value: T) -> T:
    """The same value with every moment in Beijing time: guards compare days, and a day depends on the zone.

    ``Rejected`` for a moment without a zone, or so near the ends of the calendar that Beijing has none for it.
    """
    return _in_beijing(value)  # type: ignore[no-any-return]


def _in_beijing(value: Any) -> Any:
    if type(value) in _WITHOUT_MOMENTS:
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Rejected("at", "上传的记录里有时间没有写明时区，没有存（程序错误，请报技术员）")
        try:
            return value.astimezone(BEIJING)
        except (OverflowError, ValueError):
            raise Rejected("at", OUT_OF_RANGE) from None
    if isinstance(value, tuple):
        return tuple(_in_beijing(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            name: after
            for name in field_names(type(value))
            if (after := _in_beijing(before := getattr(value, name))) is not before
        }
        return replace(value, **changed) if changed else value
    return value


def read(kind: type[T], body: Mapping[str, Any]) -> T:
    """A record as a window sent it; pydantic's ``ValidationError`` for what is none."""
    found: T = _form(kind).validate_python(body)
    return found


def load(kind: type[T], body: Mapping[str, Any]) -> T:
    """A record as it was stored, of whatever version of the window."""
    return in_beijing(read(kind, body))


def dump(value: Any) -> dict[str, Any]:
    """A record as JSON values, to be read again by ``load``."""
    body: dict[str, Any] = _form(type(value)).dump_python(value, mode="json")
    return body
