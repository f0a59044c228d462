"""Why people came: the reasons of a visit are collected while it lasts and written once at its end.

Consulting and supplementing are trips too, so that trips can be counted by any rule (最多跑一次). What is going on lies
in the store, so that a restart loses nothing. Called on the store's lane.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from clerk_app.domain.actor import Actor
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall_cases import VisitRecord
from clerk_app.ports.window import OutboxEntry, OutboxKind, WindowStore, WindowUnit
from clerk_app.ports.window_files import VisitRow
from clerk_app.services.window import records
from clerk_app.services.window.journal import Journal

NOTED_BY_NO_STEP: Final = frozenset({VisitReason.PAY, VisitReason.VERIFY, VisitReason.RATE})
"""Reasons that leave no step in a case: what the citizen said at the ticket machine is all that tells of them."""

_FACT = "open_visits"
_WALK_IN = ""


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit that goes on. ``visit`` is the ticket's id or, without a ticket, an id of its own; ``noted_at`` the last
    time that something was noted."""

    visit: str
    ticket_id: str | None
    began_at: datetime
    noted_at: datetime
    reasons: tuple[VisitReason, ...]
    case_ids: tuple[str, ...] = ()


def noted(
    unit: WindowUnit,
    journal: Journal,
    ticket_id: str | None,
    reason: VisitReason,
    case_ids: Iterable[str] = (),
    began_at: datetime | None = None,
) -> None:
    """Keep one reason of the visit in the caller's transaction.

    Without a ticket it belongs to whoever is at the window: the ticket that is served (``end`` takes it in), else a
    walk-in. ``began_at`` is when the citizen was called or came, the moment of the first note where it is not known.
    """
    visits = _open(unit)
    now = journal.now()
    key = ticket_id or _WALK_IN
    known = visits.get(key) or OpenVisit(ticket_id or journal.new_id(), ticket_id, began_at or now, now, ())
    visits[key] = replace(
        known,
        began_at=min(known.began_at, began_at or known.began_at),
        noted_at=now,
        reasons=tuple(dict.fromkeys((*known.reasons, reason))),
        case_ids=tuple(dict.fromkeys((*known.case_ids, *case_ids))),
    )
    _keep(unit, visits)


class VisitDesk:
    """The visits of this window."""

    def __init__(self, store: WindowStore, journal: Journal, wake_outbox: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._journal = journal
        self._wake_outbox = wake_outbox

    def note(
        self, ticket_id: str | None, reason: VisitReason, case_id: str = "", began_at: datetime | None = None
    ) -> None:
        """Keep one reason of the visit that goes on; the same again changes nothing."""
        cases = (case_id,) if case_id else ()
        self._store.write(lambda unit: noted(unit, self._journal, ticket_id, reason, cases, began_at))

    def going_on(self, ticket_id: str | None) -> OpenVisit | None:
        """What was noted of a visit (None: the walk-in), None when nothing was."""
        return self._store.read(lambda unit: _open(unit).get(ticket_id or _WALK_IN))

    def end(
        self,
        ticket_id: str | None,
        actor: Actor,
        declared: VisitReason | None = None,
        began_at: datetime | None = None,
    ) -> VisitRow | None:
        """Write the visit with its reasons; once, a repeated end changes nothing.

        ``declared`` is what the citizen said when the number was taken: it stands when nothing else was noted, and
        beside what was noted when no step tells of it. ``began_at`` is when they were called; what was noted without a
        ticket since then is theirs. None when the visit has no reason at all or was written before. What an earlier
        day left open is written as well.
        """

        def work(unit: WindowUnit) -> VisitRow | None:
            visits = _open(unit)
            now = self._journal.now()
            current = visits.pop(ticket_id or _WALK_IN, None)
            if ticket_id and unit.outbox.get(ticket_id) is None:
                told = (declared,) if declared is not None else ()
                fresh = OpenVisit(ticket_id, ticket_id, began_at or now, now, ())
                current = _with_reasons(_taken_in(current or fresh, visits), told)
            left = [key for key, visit in visits.items() if visit.began_at.date() < now.date()]
            for visit in [visits.pop(key) for key in left]:
                self._write(unit, visit, visit.noted_at, actor)
            _keep(unit, visits)
            return self._write(unit, current, now, actor) if current else None

        written = self._store.write(work)
        if written is not None:
            self._wake_outbox()
        return written

    def of_day(self, day: date) -> tuple[VisitRow, ...]:
        """Visits that ended here on that day, by their end."""
        return tuple(self._store.read(lambda unit: unit.visits.of_day(day)))

    def _write(self, unit: WindowUnit, visit: OpenVisit, ended_at: datetime, actor: Actor) -> VisitRow | None:
        if unit.outbox.get(visit.visit) is not None:
            # Something more happened after its end: the visit stays as it was reported, the journal has the rest.
            payload = {"reasons": list(visit.reasons), "cases": list(visit.case_ids)}
            self._journal.write(unit, "visit.noted_late", visit.visit, actor, payload)
            return None
        began_at = min(visit.began_at, ended_at)
        row = VisitRow(visit.visit, visit.ticket_id, visit.reasons, visit.case_ids, began_at, ended_at)
        unit.visits.add(row)
        record = VisitRecord(
            visit=visit.visit,
            reasons=visit.reasons,
            window_no=actor.window_no or "",
            began_at=began_at,
            ended_at=ended_at,
            ticket_id=visit.ticket_id,
            case_ids=visit.case_ids,
        )
        unit.outbox.add(
            OutboxEntry(
                entry_id=visit.visit,
                position=0,
                stream=visit.visit,
                kind=OutboxKind.VISIT,
                key=self._journal.new_id(),
                title="来访",
                payload=records.dump(VisitRecord, record),
                made_at=ended_at,
            )
        )
        payload = {"reasons": [reason.value for reason in visit.reasons], "cases": list(visit.case_ids)}
        self._journal.write(unit, "visit.ended", visit.visit, actor, payload)
        return row


def _taken_in(visit: OpenVisit, visits: dict[str, OpenVisit]) -> OpenVisit:
    """The visit of a ticket with what was noted meanwhile by steps that know no ticket."""
    walk_in = visits.get(_WALK_IN)
    if walk_in is None or walk_in.began_at < visit.began_at:
        return visit
    del visits[_WALK_IN]
    return replace(
        visit,
        noted_at=max(visit.noted_at, walk_in.noted_at),
        reasons=tuple(dict.fromkeys((*visit.reasons, *walk_in.reasons))),
        case_ids=tuple(dict.fromkeys((*visit.case_ids, *walk_in.case_ids))),
    )


def _with_reasons(visit: OpenVisit, declared: tuple[VisitReason, ...]) -> OpenVisit | None:
    """The visit with what was said at the machine; None when there is no reason at all."""
    more = tuple(reason for reason in declared if not visit.reasons or reason in NOTED_BY_NO_STEP)
    reasons = tuple(dict.fromkeys((*visit.reasons, *more)))
    return replace(visit, reasons=reasons) if reasons else None


def _open(unit: WindowUnit) -> dict[str, OpenVisit]:
    text = unit.binding.fact(_FACT)
    bodies = json.loads(text) if text else {}
    return {key: records.load(OpenVisit, body) for key, body in bodies.items()}


def _keep(unit: WindowUnit, visits: dict[str, OpenVisit]) -> None:
    bodies = {key: records.dump(OpenVisit, visit) for key, visit in visits.items()}
    unit.binding.set_fact(_FACT, json.dumps(bodies))
