"""The ticket keys: a lost answer never calls a second citizen, and an old answer is never taken for a new call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.errors import Locked, Unreachable
from clerk_app.domain.queue import TicketState
from clerk_app.ports.hall_queue import Ticket
from clerk_app.services.window.queue import QueueDesk
from support.window import Window
from support.window_memory import MemoryWindowStore
from support.window_server import LOST_ANSWER, LOST_REQUEST, OK, FakeCounter


@pytest.fixture
def counter() -> FakeCounter:
    made = FakeCounter()
    made.add_tickets(3)
    return made


@pytest.fixture
def desk(counter: FakeCounter) -> QueueDesk:
    return QueueDesk(counter, Window(MemoryWindowStore()).journal)  # type: ignore[arg-type]


def called(desk: QueueDesk) -> Ticket | None:
    return desk.call_next().ticket


def active(counter: FakeCounter) -> list[str]:
    return [ticket.number for ticket in counter.tickets if ticket.state is TicketState.CALLED]


def test_a_call_is_a_call(desk: QueueDesk, counter: FakeCounter) -> None:
    ticket = called(desk)
    assert ticket is not None
    assert ticket.number == "A001"
    desk.finish(ticket.ticket_id, "accepted")
    following = called(desk)
    assert following is not None
    assert following.number == "A002"
    assert len(set(counter.keys)) == 3


@pytest.mark.parametrize("lost", [LOST_REQUEST, LOST_ANSWER])
def test_pressed_again_after_a_lost_answer_one_citizen_is_called(
    desk: QueueDesk, counter: FakeCounter, lost: str
) -> None:
    counter.plan = [lost]
    with pytest.raises(Unreachable):
        desk.call_next()
    ticket = called(desk)
    assert ticket is not None
    assert ticket.number == "A001"
    assert active(counter) == ["A001"]
    assert len(set(counter.keys)) == 1


def test_a_lost_call_that_was_served_meanwhile_does_not_come_back(desk: QueueDesk, counter: FakeCounter) -> None:
    counter.plan = [LOST_ANSWER]
    with pytest.raises(Unreachable):
        desk.call_next()
    counter.finish(counter.tickets[0].ticket_id, "accepted", key="elsewhere")
    ticket = called(desk)
    assert ticket is not None
    assert ticket.number == "A002"
    assert active(counter) == ["A002"]


def test_nobody_waiting_is_no_answer_to_the_next_press(desk: QueueDesk, counter: FakeCounter) -> None:
    counter.tickets = []
    assert called(desk) is None
    assert called(desk) is None, "pressing again asks again"
    assert len(set(counter.keys)) == 2


def test_a_refusal_ends_the_request(desk: QueueDesk, counter: FakeCounter) -> None:
    first = called(desk)
    assert first is not None
    with pytest.raises(Locked):
        desk.call_next()
    desk.finish(first.ticket_id, "accepted")
    assert called(desk) is not None


def test_a_recall_that_was_lost_is_counted_once(desk: QueueDesk, counter: FakeCounter) -> None:
    ticket = called(desk)
    assert ticket is not None
    counter.plan = [LOST_REQUEST, OK]
    with pytest.raises(Unreachable):
        desk.recall(ticket.ticket_id)
    keys = len(set(counter.keys))
    assert desk.recall(ticket.ticket_id).recalls == 1
    assert len(set(counter.keys)) == keys


def test_a_ticket_seen_on_the_screen_closes_the_lost_call(desk: QueueDesk, counter: FakeCounter) -> None:
    counter.plan = [LOST_ANSWER]
    with pytest.raises(Unreachable):
        desk.call_next()
    ticket_there = counter.tickets[0]

    class View:
        active = ticket_there

    counter.window_view = lambda: View  # type: ignore[attr-defined]
    desk.view()
    counter.tickets[0] = replace(ticket_there, state=TicketState.FINISHED)
    ticket = called(desk)
    assert ticket is not None
    assert ticket.number == "A002"
    assert len(set(counter.keys)) == 2


@pytest.mark.parametrize("lost", [LOST_REQUEST, LOST_ANSWER])
def test_f12_pressed_again_ends_one_visit_and_calls_one_citizen(
    desk: QueueDesk, counter: FakeCounter, lost: str
) -> None:
    first = called(desk)
    assert first is not None
    counter.plan = [lost]
    with pytest.raises(Unreachable):
        desk.finish_and_call(first.ticket_id, "accepted")
    answer = desk.finish_and_call(first.ticket_id, "accepted")
    assert answer.ticket is not None
    assert answer.ticket.number == "A002"
    assert active(counter) == ["A002"]


@pytest.mark.parametrize(("lost", "there"), [(LOST_REQUEST, []), (LOST_ANSWER, ["A002"])])
def test_an_f12_told_late_ends_the_visit_and_calls_nobody_by_itself(
    desk: QueueDesk, counter: FakeCounter, lost: str, there: list[str]
) -> None:
    first = called(desk)
    assert first is not None
    counter.plan = [lost]
    with pytest.raises(Unreachable):
        desk.finish_and_call(first.ticket_id, "accepted")
    desk.finish_late(first.ticket_id, "accepted")
    assert active(counter) == there
    assert counter.tickets[0].state is TicketState.FINISHED
