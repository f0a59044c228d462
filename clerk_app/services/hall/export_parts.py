"""What the groups of a record and of an act share: the case as it stood, and reading what windows of any age sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.checklist import RECEIVED, Verdict
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.matter_codes import credit_code_fits
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.platform import Row, Value
from clerk_app.domain.platform_standard import Collected
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.stores_hall_exports import Change

_CREDIT_LENGTH: Final = 18
_MANNERS: Final = {
    Verdict.ORIGINAL: Collected.PAPER,
    Verdict.COPY: Collected.PAPER,
    Verdict.ELECTRONIC: Collected.ELECTRONIC,
    Verdict.EXEMPT: Collected.LICENCE_LIBRARY,
    Verdict.TOLERATED: Collected.LATER,
}
ACCEPTANCE_PAPERS: Final = frozenset(
    kind.value
    for kind in (
        PaperKind.ACCEPTANCE_NOTICE,
        PaperKind.DEFICIENCY_NOTICE,
        PaperKind.NON_ACCEPTANCE_NOTICE,
        PaperKind.SUPPLEMENT_NOTICE,
    )
)


@dataclass(frozen=True, slots=True)
class Told:
    """What only the settings know: the hall's area code (GB/T 2260, 6 or 12 digits), and credit codes of departments by
    their names, where the matter's own code does not begin with one."""

    area_code: str = ""
    bodies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseThen:
    """A case as it stood after one change: its record, and the acts up to then."""

    change: Change
    case_no: str
    record: CaseRecord
    acts: tuple[CaseAct, ...]
    hall: HallProfile


def material_row(material_id: str, name: str, verdict: Verdict, pieces: int, at: datetime, remark: str) -> Row:
    collected = verdict in RECEIVED or pieces > 0
    row: dict[str, Value] = {"material_id": material_id, "name": name, "collected": collected, "remark": remark}
    if verdict in _MANNERS:
        row["manner"] = _MANNERS[verdict].value
    if collected:
        row |= {"count": pieces, "collected_at": at}
    return row


def body_of(record: CaseRecord, told: Told) -> dict[str, Value]:
    name = record.opening.department if record.opening else ""
    name = name or text_of(inner(inner(record.conclusion, "intake"), "matter"), "department")
    head = record.matter_code[:_CREDIT_LENGTH]
    return {"body": name, "body_code": told.bodies.get(name) or (head if credit_code_fits(head) else "")}


def dates_of(promised: datetime | None, statutory: datetime | None) -> dict[str, Value]:
    named = {"promised_at": promised, "statutory_at": statutory}
    return {name: moment for name, moment in named.items() if moment is not None}


# --- JSON of older and newer windows ----------------------------------------------------------------------------------
def inner(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, Mapping) else {}


def rows_of(table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = table.get(key)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def text_of(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def moment_of(value: object) -> datetime | None:
    """None for what is no moment with a zone."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
