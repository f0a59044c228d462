"""Every visit carries why somebody came, once, so that trips can be counted by any rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.domain.acts import Channel
from clerk_app.domain.checklist import MaterialCheck, Verdict, toggle_phrase
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall_cases import VisitRecord
from clerk_app.ports.window import OutboxKind, WindowStore
from clerk_app.services.window import records
from clerk_app.services.window.visits import VisitDesk
from db.window.store import open_window_store
from support.window import CLERK, HALL_ID, NOW, Window, ticket
from support.window_files import Place
from support.window_memory import MemoryWindowStore

A047 = ticket()
CASE = "018f0000-0000-7000-8000-00000000c0de"
OTHER = "018f0000-0000-7000-8000-00000000c0df"


@pytest.fixture(params=["memory", "sqlcipher"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WindowStore]:
    made: WindowStore
    if request.param == "memory":
        made = MemoryWindowStore()
    else:
        made = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield made
    made.close()


@pytest.fixture
def window(store: WindowStore) -> Window:
    return Window(store)


def desk(window: Window) -> VisitDesk:
    return VisitDesk(window.store, window.journal, window._wake)


def reported(window: Window) -> list[VisitRecord]:
    entries = window.store.read(lambda unit: unit.outbox.waiting(0, 100))
    return [records.load(VisitRecord, entry.payload) for entry in entries if entry.kind is OutboxKind.VISIT]


def test_the_reasons_of_one_visit_are_written_once_at_its_end(window: Window) -> None:
    visits = desk(window)
    visits.note(A047.ticket_id, VisitReason.CONSULT, began_at=A047.called_at)
    window.clock.advance(minutes=4)
    visits.note(A047.ticket_id, VisitReason.COLLECT, CASE)
    visits.note(A047.ticket_id, VisitReason.COLLECT, OTHER)
    assert reported(window) == []
    window.clock.advance(minutes=2)
    ended = visits.end(A047.ticket_id, CLERK)
    assert ended is not None
    (record,) = reported(window)
    assert record.reasons == ended.reasons == (VisitReason.CONSULT, VisitReason.COLLECT)
    assert record.case_ids == (CASE, OTHER)
    assert (record.visit, record.ticket_id, record.window_no) == (A047.ticket_id, A047.ticket_id, "12")
    assert (record.began_at, record.ended_at) == (A047.called_at, NOW + timedelta(minutes=6))
    assert visits.end(A047.ticket_id, CLERK) is None
    assert len(reported(window)) == 1
    assert visits.of_day(NOW.date()) == (ended,)


def test_a_concluded_case_is_a_reason_by_itself(window: Window) -> None:
    case = window.cases.conclude(window.complete(A047), OutcomeKind.ACCEPTED, CLERK)
    ended = desk(window).end(A047.ticket_id, CLERK)
    assert ended is not None
    assert (ended.reasons, ended.case_ids, ended.began_at) == (
        (VisitReason.SUBMIT,),
        (case.case_id,),
        A047.called_at,
    )


def test_what_the_citizen_said_at_the_machine_stands_when_nothing_else_happened(window: Window) -> None:
    visits = desk(window)
    ended = visits.end(A047.ticket_id, CLERK, VisitReason.VERIFY, A047.called_at)
    assert ended is not None
    assert (ended.reasons, ended.began_at) == ((VisitReason.VERIFY,), A047.called_at)
    assert visits.end(A047.ticket_id, CLERK, VisitReason.VERIFY) is None
    assert len(reported(window)) == 1


def test_a_walk_in_is_a_visit_of_its_own(window: Window) -> None:
    visits = desk(window)
    assert visits.end(None, CLERK) is None
    visits.note(None, VisitReason.PAY, CASE)
    first = visits.end(None, CLERK)
    visits.note(None, VisitReason.CONSULT)
    second = visits.end(None, CLERK)
    assert first is not None
    assert second is not None
    assert first.ticket_id is None
    assert first.visit != second.visit
    assert [record.reasons for record in reported(window)] == [(VisitReason.PAY,), (VisitReason.CONSULT,)]


def test_what_a_step_notes_without_a_ticket_belongs_to_the_one_that_is_served(window: Window) -> None:
    visits = desk(window)
    visits.note(None, VisitReason.SUPPLEMENT, CASE)
    ended = visits.end(A047.ticket_id, CLERK, VisitReason.SUBMIT, A047.called_at)
    assert ended is not None
    assert (ended.visit, ended.reasons, ended.case_ids) == (A047.ticket_id, (VisitReason.SUPPLEMENT,), (CASE,))
    assert visits.end(None, CLERK) is None


def test_a_walk_in_from_before_the_call_stays_a_visit_of_its_own(window: Window) -> None:
    visits = desk(window)
    visits.note(None, VisitReason.CONSULT)
    window.clock.advance(minutes=1)
    ended = visits.end(A047.ticket_id, CLERK, VisitReason.SUBMIT, window.clock.now())
    walk_in = visits.end(None, CLERK)
    assert ended is not None
    assert walk_in is not None
    assert (ended.reasons, walk_in.reasons) == ((VisitReason.SUBMIT,), (VisitReason.CONSULT,))


@pytest.mark.parametrize(
    ("declared", "reasons"),
    [
        (VisitReason.PAY, (VisitReason.COLLECT, VisitReason.PAY)),
        (VisitReason.SUBMIT, (VisitReason.COLLECT,)),
    ],
)
def test_what_leaves_no_step_is_taken_from_the_ticket_beside_what_was_noted(
    window: Window, declared: VisitReason, reasons: tuple[VisitReason, ...]
) -> None:
    visits = desk(window)
    visits.note(A047.ticket_id, VisitReason.COLLECT, CASE)
    ended = visits.end(A047.ticket_id, CLERK, declared, A047.called_at)
    assert ended is not None
    assert ended.reasons == reasons


def test_a_supplement_at_the_window_is_a_reason_and_one_by_post_is_none() -> None:
    place = Place()
    for channel, expected in ((Channel.WINDOW, (VisitReason.SUPPLEMENT,)), (Channel.POST, None)):
        intake = place.intake()
        for _, material, row in intake.numbered(*Verdict):
            if material.id == "layout":
                intake = intake.with_check(toggle_phrase(row, "没有签名或盖章"))
        case = place.window.cases.conclude(intake, OutcomeKind.SUPPLEMENT_REQUESTED, CLERK)
        visits = desk(place.window)
        visits.end(None, CLERK)
        opened = place.files.open(case.case_id, CLERK)
        came = (MaterialCheck("layout", Verdict.COPY, pieces=1),)
        place.files.supplement(opened, came, CLERK, channel=channel, reference="EX1")
        ended = visits.end(None, CLERK)
        assert (ended.reasons if ended else None) == expected
        assert ended is None or ended.case_ids == (case.case_id,)


def test_two_visits_do_not_mix(window: Window) -> None:
    visits = desk(window)
    visits.note(A047.ticket_id, VisitReason.SUPPLEMENT, CASE)
    visits.note(None, VisitReason.CONSULT)
    going_on = visits.going_on(A047.ticket_id)
    assert going_on is not None
    assert going_on.reasons == (VisitReason.SUPPLEMENT,)
    visits.end(None, CLERK)
    assert visits.going_on(A047.ticket_id) == going_on


def test_a_restart_loses_no_reason(window: Window) -> None:
    desk(window).note(A047.ticket_id, VisitReason.PAY, CASE)
    window.restart()
    ended = desk(window).end(A047.ticket_id, CLERK)
    assert ended is not None
    assert (ended.reasons, ended.case_ids) == ((VisitReason.PAY,), (CASE,))


def test_what_yesterday_left_open_is_written_with_its_last_moment(window: Window) -> None:
    visits = desk(window)
    visits.note(A047.ticket_id, VisitReason.CONSULT)
    window.clock.advance(days=1)
    visits.note(None, VisitReason.PAY)
    visits.end(None, CLERK)
    old, new = sorted(reported(window), key=lambda record: record.ended_at)
    assert (old.ticket_id, old.reasons, old.ended_at) == (A047.ticket_id, (VisitReason.CONSULT,), NOW)
    assert new.reasons == (VisitReason.PAY,)


def test_what_is_noted_after_the_end_is_kept_in_the_audit_trail_and_reported_no_second_time(window: Window) -> None:
    visits = desk(window)
    visits.note(A047.ticket_id, VisitReason.CONSULT)
    visits.end(A047.ticket_id, CLERK)
    visits.note(A047.ticket_id, VisitReason.PAY, CASE)
    assert visits.end(A047.ticket_id, CLERK) is None
    assert len(reported(window)) == 1
    rows = window.store.read(lambda unit: unit.journal.of_subject(A047.ticket_id))
    assert [row.kind for row in rows] == ["visit.ended", "visit.noted_late"]
    assert rows[-1].payload["reasons"] == ["pay"]


def test_the_upload_is_woken_only_when_there_is_something_to_tell(window: Window) -> None:
    visits = desk(window)
    visits.end(None, CLERK)
    assert window.woken == 0
    visits.note(None, VisitReason.RATE)
    visits.end(None, CLERK)
    assert window.woken == 1
