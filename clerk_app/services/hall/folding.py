"""A stored case as the domain's value: its opening, its acts, and both folded."""

from __future__ import annotations

from clerk_app.domain import casefile
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile, CaseOpening
from clerk_app.domain.errors import Locked
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall import records

_NO_OPENING = "这一件是旧版窗口上传的，服务器上只有受理时的记录，后面的环节请在原窗口办"


def opened_case(unit: HallUnit, case_id: str) -> tuple[CaseRecord, CaseOpening]:
    """The intake record with its opening; ``NotFound``, ``Locked`` when an older window sent it without one."""
    record = records.load(CaseRecord, unit.cases.body(case_id))
    if record.opening is None:
        raise Locked(_NO_OPENING)
    return record, record.opening


def acts_of(unit: HallUnit, case_id: str) -> tuple[CaseAct, ...]:
    """All acts in order."""
    return tuple(records.load(CaseAct, body) for body in unit.files.acts(case_id))


def fold_of(unit: HallUnit, case_id: str) -> CaseFile:
    """The case as it stands."""
    _, opening = opened_case(unit, case_id)
    return casefile.folded(opening, acts_of(unit, case_id))
