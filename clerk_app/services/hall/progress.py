"""The citizen's page: how a case stands, for who knows its number and the end of an identity number of it.

A number that does not exist and digits that do not fit get the same answer after the same work: two searches by an
index and one record, of the case or of a neighbour, read and compared. Nothing is kept for this page: the record has
the identity numbers already.

Looking leaves no entry in the journal: no person's data is shown, and strangers must not make the store write. The log
of requests counts the pages.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace

from clerk_app.domain import casefile
from clerk_app.domain.cases import CaseState
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.numbering import CaseNumber
from clerk_app.domain.progress import Progress, progress_of, progress_without_acts
from clerk_app.domain.progress_access import tail_of
from clerk_app.domain.progress_hours import hours_lines
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall import records
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.folding import acts_of


@dataclass(frozen=True, slots=True)
class ShownProgress:
    """A case's progress with the hall that has it: name, place, telephone and opening hours."""

    progress: Progress
    hall: str
    area: str
    phone: str
    hours: tuple[str, ...]


class ProgressPage:
    """Reads only."""

    def __init__(self, desk: HallDesk) -> None:
        self._desk = desk

    def find(self, number: CaseNumber, tail: str) -> ShownProgress | None:
        """The case when its number exists and ``tail`` (as ``parse_tail`` gives it) is of one of its people, else None
        for whatever reason."""
        store = self._desk.store
        return store.read(self._hall_of(number), lambda unit: self._look(unit, str(number), tail))

    def hall_face(self) -> tuple[str, str]:
        """Name and telephone of the hall, where the server has one; empty where it has several."""
        halls = self._desk.store.halls()
        if len(halls) != 1:
            return "", ""
        hall = self._profile(halls[0])
        return hall.name, hall.phone

    def _hall_of(self, number: CaseNumber) -> str:
        """The hall of the number's letters, which are no secret; for letters of no hall any, which does not have it."""
        halls = self._desk.store.halls()
        if len(halls) == 1:
            return halls[0]
        return next((one for one in halls if self._profile(one).code == number.hall), halls[0])

    def _profile(self, hall_id: str) -> HallProfile:
        return self._desk.store.read(hall_id, lambda unit: unit.setup.profile())

    def _look(self, unit: HallUnit, number: str, tail: str) -> ShownProgress | None:
        near, first = unit.files.next_number(number), unit.files.next_number("")
        taken = near or first
        if taken is None:
            return None
        record = records.load(CaseRecord, unit.cases.body(taken[1]))
        fits = _opens(record, tail)
        return self._shown(unit, record) if fits and taken[0] == number else None

    def _shown(self, unit: HallUnit, record: CaseRecord) -> ShownProgress:
        today = self._desk.tools.today()
        if record.opening is None:
            state = CaseState(record.outcome)
            told = progress_without_acts(
                record.case_number, record.matter_name, state, record.received_at, record.accepted_at
            )
        else:
            told = progress_of(casefile.folded(record.opening, acts_of(unit, record.case_id)), today)
        hall = unit.setup.profile()
        return ShownProgress(
            progress=replace(told, department=hall.agency(told.department)),
            hall=hall.name,
            area=hall.area,
            phone=hall.phone,
            hours=hours_lines(self._desk.days.rules(unit).hours, today),
        )


def _opens(record: CaseRecord, tail: str) -> bool:
    """Whether the characters are of the applicant, of one who applied together, or of the agent; all are compared, each
    in the same time."""
    people = [record.applicant, *record.parties, *([record.agent] if record.agent else [])]
    ends = [end for one in people if (end := tail_of(one.document_no))]
    return sum(hmac.compare_digest(one.encode(), tail.encode()) for one in ends) > 0
