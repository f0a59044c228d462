"""A case as it stands: its opening at the counter with all acts folded in.

Window and server use the same fold. What may be done next, and what an act has to say, is in ``case_rules``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from clerk_app.domain import cases
from clerk_app.domain.acts import CaseAct, Decision, Extension, Pieces, Suspension
from clerk_app.domain.calendar import Limit
from clerk_app.domain.cases import ACCEPTED_STATES, UNDER_DECISION, CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType, SpecialProcedure
from clerk_app.domain.law import ProcedureLaw

RECEIVING: Final = frozenset(
    {
        CaseStep.RECEIVE_PART,
        CaseStep.RECEIVE_ALL,
        CaseStep.SUPPLEMENT_REQUESTED,
        CaseStep.ACCEPTED,
        CaseStep.DEEMED_ACCEPTED,
    }
)
"""Acts that are part of receiving: whoever did one of them neither decides nor seals this case."""


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """What the counter fixed, as far as later acts depend on it. Dates as in ``Conclusion``.

    ``names`` maps the id of each material on the checklist to its name, ``listed`` are the ids that the supplement
    notice lists, ``owed`` the tolerated ones that are still to come. ``extension`` is by how much the decision may be
    put off once, None where the matter's law knows no extension.
    """

    case_id: str
    case_number: str
    matter_code: str
    matter_name: str
    department: str
    law: ProcedureLaw
    case_type: CaseType
    state: CaseState
    received_at: datetime
    concluded_at: datetime
    received_by: str
    accepted_at: datetime | None = None
    promised: datetime | None = None
    statutory: datetime | None = None
    provisional: bool = False
    promised_limit: Limit | None = None
    statutory_limit: Limit | None = None
    special_procedures: tuple[SpecialProcedure, ...] = ()
    extension: Limit | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    supplement_due: datetime | None = None
    tolerance_due: datetime | None = None
    quantity_limited: bool = False


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The fold. ``missing`` are materials still to come (of the notice or tolerated), ``listed`` all that any notice
    listed. ``promised`` and ``statutory`` are None while time stands still or when the law sets none."""

    opening: CaseOpening
    state: CaseState
    acts: tuple[CaseAct, ...] = ()
    accepted_at: datetime | None = None
    promised: datetime | None = None
    statutory: datetime | None = None
    provisional: bool = False
    listed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    supplement_due: datetime | None = None
    complete_at: datetime | None = None
    suspensions: tuple[Suspension, ...] = ()
    extension: Extension | None = None
    decision: Decision | None = None
    granted: bool | None = None
    decided_by: str = ""
    sealed_by: str = ""
    pieces: Pieces | None = None
    handed_over: int = 0
    ended_at: datetime | None = None

    @property
    def case_id(self) -> str:
        return self.opening.case_id

    @property
    def instant(self) -> bool:
        """即办件: decided, sealed and issued in the same visit."""
        return self.opening.case_type is CaseType.INSTANT

    @property
    def suspended_by(self) -> Suspension | None:
        """The special procedure that is going on."""
        return self.suspensions[-1] if self.state is CaseState.SUSPENDED and self.suspensions else None

    @property
    def duties(self) -> dict[str, str]:
        """user id → the duty that the person has on this case (受理, 审批, 用印)."""
        people = dict.fromkeys((act.by.user_id for act in self.acts if act.step in RECEIVING), "受理")
        people |= {self.opening.received_by: "受理", self.decided_by: "审批", self.sealed_by: "用印"}
        return {user: duty for user, duty in people.items() if user}


def opened(opening: CaseOpening) -> CaseFile:
    """The case as the counter left it."""
    waits = opening.listed if opening.state is CaseState.SUPPLEMENT_REQUESTED else opening.owed
    return CaseFile(
        opening=opening,
        state=opening.state,
        accepted_at=opening.accepted_at,
        promised=opening.promised,
        statutory=opening.statutory,
        provisional=opening.provisional,
        listed=opening.listed,
        missing=waits,
        supplement_due=opening.supplement_due,
    )


def folded(opening: CaseOpening, acts: tuple[CaseAct, ...]) -> CaseFile:
    """The case after all acts that count, in their order.

    They were lawful when they were made, so no rule is asked again: a rule that a later version adds must not lock a
    case that is under way. Raises ``Locked`` for an act that the table does not know from its state.
    """
    file = opened(opening)
    for act in acts:
        file = carried(file, act)
    return file


def carried(file: CaseFile, act: CaseAct) -> CaseFile:
    """The case after one more act that counts; what the act has to say was checked before (``case_rules.apply``)."""
    state = cases.after(file.state, act.step)
    moved = _MOVES.get(act.step, _as_it_is)(file, act)
    return replace(moved, state=state, acts=(*file.acts, act))


# --- what each step changes -------------------------------------------------------------------------------------
def _as_it_is(file: CaseFile, act: CaseAct) -> CaseFile:
    return file


def _received(file: CaseFile, act: CaseAct) -> CaseFile:
    arrival = act.facts.arrival
    assert arrival is not None
    came = {check.material_id for check in arrival.checks}
    missing = tuple(one for one in file.missing if one not in came)
    arrivals = [one.facts.arrival.arrived_at for one in (*file.acts, act) if one.facts.arrival]
    return replace(file, missing=missing, complete_at=None if missing else max(arrivals))


def _asked_again(file: CaseFile, act: CaseAct) -> CaseFile:
    notice = act.facts.notice
    assert notice is not None
    return replace(
        file,
        listed=tuple(dict.fromkeys((*file.listed, *notice.materials))),
        missing=tuple(dict.fromkeys((*file.missing, *notice.materials))),
        complete_at=None,
        supplement_due=notice.due,
    )


def _accepted(file: CaseFile, act: CaseAct) -> CaseFile:
    acceptance = act.facts.acceptance
    assert acceptance is not None
    return replace(
        file,
        accepted_at=acceptance.accepted_at,
        promised=acceptance.promised,
        statutory=acceptance.statutory,
        provisional=acceptance.provisional,
    )


def _suspended(file: CaseFile, act: CaseAct) -> CaseFile:
    assert act.facts.suspension is not None
    return replace(file, suspensions=(*file.suspensions, act.facts.suspension), promised=None, statutory=None)


def _resumed(file: CaseFile, act: CaseAct) -> CaseFile:
    resumption = act.facts.resumption
    assert resumption is not None
    closed = replace(file.suspensions[-1], ends_on=resumption.ends_on)
    return replace(
        file,
        suspensions=(*file.suspensions[:-1], closed),
        promised=resumption.promised,
        statutory=resumption.statutory,
        provisional=resumption.provisional,
    )


def _extended(file: CaseFile, act: CaseAct) -> CaseFile:
    extension = act.facts.extension
    assert extension is not None
    return replace(
        file,
        extension=extension,
        promised=extension.promised,
        statutory=extension.statutory,
        provisional=extension.provisional,
    )


def _decided(file: CaseFile, act: CaseAct) -> CaseFile:
    granted = act.step is CaseStep.GRANT
    return replace(file, decision=act.facts.decision, granted=granted, decided_by=act.by.user_id)


def _sealed(file: CaseFile, act: CaseAct) -> CaseFile:
    return replace(file, sealed_by=act.by.user_id)


def _ready(file: CaseFile, act: CaseAct) -> CaseFile:
    return replace(file, pieces=act.facts.pieces)


def _ended(file: CaseFile, act: CaseAct) -> CaseFile:
    return replace(file, ended_at=act.at)


def _stopped(file: CaseFile, act: CaseAct) -> CaseFile:
    return replace(file, ended_at=act.at, promised=None, statutory=None)


def _handed_over(file: CaseFile, act: CaseAct) -> CaseFile:
    return replace(file, handed_over=file.handed_over + 1)


_MOVES: Final[Mapping[CaseStep, Callable[[CaseFile, CaseAct], CaseFile]]] = {
    CaseStep.RECEIVE_PART: _received,
    CaseStep.RECEIVE_ALL: _received,
    CaseStep.SUPPLEMENT_REQUESTED: _asked_again,
    CaseStep.ACCEPTED: _accepted,
    CaseStep.DEEMED_ACCEPTED: _accepted,
    CaseStep.NOT_ACCEPTED: _ended,
    CaseStep.SUSPEND: _suspended,
    CaseStep.RESUME: _resumed,
    CaseStep.EXTEND: _extended,
    CaseStep.GRANT: _decided,
    CaseStep.REFUSE: _decided,
    CaseStep.SEAL: _sealed,
    CaseStep.MAKE_READY: _ready,
    CaseStep.DELIVER: _ended,
    CaseStep.WITHDRAW: _stopped,
    CaseStep.TERMINATE: _stopped,
    CaseStep.VOID: _stopped,
    CaseStep.HAND_OVER: _handed_over,
}


def overdue(file: CaseFile, now: datetime) -> bool:
    """Whether the promised date of the decision has passed without one."""
    return file.state in UNDER_DECISION and file.promised is not None and now > file.promised


def waits_for_decision(file: CaseFile) -> bool:
    """Whether somebody has to decide now."""
    return file.state in ACCEPTED_STATES | {CaseState.IN_REVIEW}
