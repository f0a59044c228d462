"""Column types that the window's and the hall's schema share; nothing else is shared between them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, DateTime, Dialect, String, Text, literal_column
from sqlalchemy.types import TypeDecorator, TypeEngine

_BEIJING = ZoneInfo("Asia/Shanghai")
_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"

E = TypeVar("E", bound=StrEnum)


class Moment(TypeDecorator[datetime]):
    """A timezone-aware moment with microseconds; comes back in Beijing time.

    SQLite keeps UTC text of fixed width (``2026-11-23T02:24:07.000000Z``), so that it sorts as time does;
    PostgreSQL keeps ``timestamptz``. A naive datetime raises ``ValueError``.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        return value.astimezone(UTC).strftime(_FORMAT) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # strptime would be a tenth of what a request costs the server
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        result: datetime = moment.astimezone(_BEIJING)
        return result


class Json(TypeDecorator[Any]):
    """A JSON value as canonical text (sorted keys, no blanks, characters as they are), so that hashes are stable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class EnumText(TypeDecorator[E], Generic[E]):
    """A ``StrEnum`` by its value, as text; an unknown value in the store raises ``ValueError``."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.kind(value)


def fixed(number: int) -> ColumnElement[int]:
    """A number as part of the statement, for LIMIT. SQLite plans a statement anew at every execution when its LIMIT, or
    a value that a partial index speaks of, is a parameter, and that costs more than most of our queries."""
    return literal_column(str(number))


ID = String(36)
"""A UUIDv7 as text with hyphens; time-ordered, so it suits as the end of a key."""
