"""Work lists: who has to do what next, the most urgent first; and what lies ready for one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.cases import ACCEPTED_STATES, UNDER_DECISION, CaseState
from clerk_app.domain.errors import Rejected
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_cases import CaseHead
from clerk_app.services.hall.tools import Tools

LIMIT = 200
_READERS = (
    Role.CLERK,
    Role.REVIEWER,
    Role.CHIEF_REPRESENTATIVE,
    Role.SEAL_KEEPER,
    Role.MANAGER,
    Role.AUDITOR,
)


@dataclass(frozen=True, slots=True)
class _List:
    states: frozenset[CaseState]
    instant: bool | None = None
    owing: bool = False


_LISTS: Final[Mapping[WorkKind, _List]] = {
    WorkKind.TO_DECIDE: _List(ACCEPTED_STATES | {CaseState.IN_REVIEW}),
    WorkKind.TO_SEAL: _List(frozenset({CaseState.GRANTED, CaseState.CERTIFIED, CaseState.REFUSED})),
    WorkKind.TO_PREPARE: _List(frozenset({CaseState.SEALED}), instant=False),
    WorkKind.TO_ISSUE: _List(frozenset({CaseState.READY})),
    WorkKind.TO_SUPPLEMENT: _List(frozenset({CaseState.SUPPLEMENT_REQUESTED})),
    WorkKind.OWED: _List(UNDER_DECISION, owing=True),
    WorkKind.TO_ACCEPT: _List(frozenset({CaseState.SUPPLEMENT_RECEIVED})),
    WorkKind.SUSPENDED: _List(frozenset({CaseState.SUSPENDED})),
    WorkKind.POSTED: _List(frozenset({CaseState.POSTED})),
}
_SEALED_INSTANT: Final = _List(frozenset({CaseState.SEALED}), instant=True)
"""An instant case is issued straight from the seal, without being registered as ready."""


_DECIDED: Final = frozenset(
    {CaseState.GRANTED, CaseState.REFUSED, CaseState.CERTIFIED, CaseState.SEALED, CaseState.READY}
)
"""There is a result; until it is ready somebody in the office holds it, and the window says who."""


class WorkLists:
    """Reads only; names are masked."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def work(self, unit: HallUnit, actor: Actor, kind: WorkKind) -> tuple[WorkLine, ...]:
        """At most ``LIMIT`` lines: instant ones first, then by due date, then the longest waiting."""
        actor.require(*_READERS)
        wanted = [_SEALED_INSTANT, _LISTS[kind]] if kind is WorkKind.TO_ISSUE else [_LISTS[kind]]
        heads = [
            head
            for one in wanted
            for head in unit.files.listed(one.states, LIMIT, instant=one.instant, owing=one.owing)
        ]
        return tuple(_line(head, kind, actor.user_id) for head in heads[:LIMIT])

    def results_of(self, unit: HallUnit, actor: Actor, id_number: str) -> tuple[WorkLine, ...]:
        """What is decided for this applicant or agent, what can be taken along first; the search leaves a trace without
        the number."""
        actor.require(Role.CLERK)
        if not id_number.strip():
            raise Rejected("id_number", "请读卡或输入证件号码")
        digest = self._tools.person_digest(id_number)
        found = unit.files.of_person(digest, _DECIDED, LIMIT)
        heads = sorted(found, key=lambda head: not _can_be_taken(head))
        payload = {"window_no": actor.window_no, "found": len(heads)}
        self._tools.record(unit, actor, "results.searched", digest[:16], payload)
        return tuple(_line(head, WorkKind.TO_ISSUE, actor.user_id) for head in heads)


def _can_be_taken(head: CaseHead) -> bool:
    stands = head.standing
    return stands.state is CaseState.READY or (stands.state is CaseState.SEALED and stands.instant)


def _line(head: CaseHead, kind: WorkKind, user_id: str) -> WorkLine:
    stands = head.standing
    return WorkLine(
        case_id=head.case_id,
        case_number=head.case_number,
        matter_name=stands.matter_name,
        department=stands.department,
        applicant=stands.applicant,
        state=stands.state,
        instant=stands.instant,
        window_no=head.window_no,
        since=stands.since,
        due=stands.owed_due_at if kind is WorkKind.OWED else stands.due_at,
        mine=_may(head, kind, user_id),
    )


def _may(head: CaseHead, kind: WorkKind, user_id: str) -> bool:
    """Receiving, deciding and sealing are three people: no second duty on one case."""
    stands = head.standing
    others = {
        WorkKind.TO_DECIDE: {stands.received_by, stands.sealed_by},
        WorkKind.TO_SEAL: {stands.received_by, stands.decided_by},
    }
    return user_id not in others.get(kind, set())
