"""An act with one of its facts dropped, emptied, moved in time, doubled or exchanged: every single way to bend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from clerk_app.domain.acts import CaseAct
from support.casefiles import PEOPLE

REAL = ("slip", "lease")
"""Things that exist and have no place there: another paper of the case, a material that no notice listed."""


def bends(one: CaseAct) -> Iterator[tuple[str, CaseAct]]:
    """(which fact, the act with another value of it), one fact at a time."""
    for who in PEOPLE:
        yield "by", replace(one, by=replace(one.by, user_id=who))
    for name in ("at", "papers") if one.papers else ("at",):
        yield from ((name, replace(one, **{name: other})) for other in _others(getattr(one, name)))
    for part in fields(one.facts):
        value = getattr(one.facts, part.name)
        if value:
            for name, other in _bent(part.name, value):
                yield name, replace(one, facts=replace(one.facts, **{part.name: other}))


def _bent(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not is_dataclass(value):
        yield from ((name, other) for other in _others(value))
        return
    yield name, None
    yield from ((f"{name}.{inner}", other) for inner, other in _with_one_changed(value))


def _with_one_changed(record: Any) -> Iterator[tuple[str, Any]]:
    for one in fields(record):
        if "MaterialCheck" in str(one.type) and not getattr(record, one.name):
            continue  # rows that are not there cannot be bent into words
        for other in _others(getattr(record, one.name)):
            yield one.name, replace(record, **{one.name: other})


def _others(value: Any) -> list[Any]:
    """Other values of the same kind."""
    if isinstance(value, Enum):
        return [other for other in type(value) if other is not value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [0, -1, value + 1, value + 100]
    if isinstance(value, str):
        return ["", "  ", "别的"]
    if isinstance(value, datetime | date):
        return [value + timedelta(days=days) for days in (-400, -40, -15, -1, 1, 40)]
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return [(), value[:-1], value * 2, *((other, *value[1:]) for _, other in _with_one_changed(value[0]))]
    if isinstance(value, tuple):
        return [(), value[:1], value * 2, *((*value, one) for one in REAL), ("strange",)]
    return []
