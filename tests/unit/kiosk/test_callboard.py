"""The board follows the feed and is repaired by snapshots, in whatever order the two arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.queue import TicketState
from clerk_app.services.callboard import CallBoard
from support.halls import NOW, HallInMemory, HandClock, entry


@pytest.fixture
def hall() -> HallInMemory:
    return HallInMemory(HandClock())


@pytest.fixture
def board(hall: HallInMemory) -> CallBoard:
    made = CallBoard()
    made.show(hall.snapshot())
    return made


def waiting(board: CallBoard, prefix: str) -> int:
    return next(group.waiting for group in board.groups if group.prefix == prefix)


def test_a_call_comes_first_and_its_person_no_longer_waits(board: CallBoard) -> None:
    later = NOW + timedelta(seconds=5)
    calls = board.apply((entry(101, "called", "A048", window_no="7", state=TicketState.CALLED, at=later),))
    assert [(call.number, call.window_no) for call in calls] == [("A048", "7")]
    assert [call.number for call in board.calls[:2]] == ["A048", "A047"]
    assert waiting(board, "A") == 8


def test_taken_and_cancelled_tickets_change_the_people_who_wait(board: CallBoard) -> None:
    board.apply((entry(101, "taken", "B020", state=TicketState.WAITING), entry(102, "taken", "B021")))
    assert waiting(board, "B") == 8
    gone = entry(103, "cancelled", "B021", state=TicketState.CANCELLED, was=TicketState.WAITING)
    board.apply((gone,))
    assert waiting(board, "B") == 7


def test_cancelling_a_missed_ticket_changes_nobody_who_waits_and_takes_it_off(board: CallBoard) -> None:
    board.apply((entry(101, "cancelled", "A045", state=TicketState.CANCELLED, was=TicketState.MISSED),))
    assert waiting(board, "A") == 9
    assert "A045" not in [call.number for call in board.calls]


def test_a_transfer_moves_who_waits_to_the_other_group(board: CallBoard) -> None:
    moved = entry(101, "transferred", "B016", state=TicketState.TRANSFERRED, from_group="g-A", was=TicketState.SERVING)
    board.apply((moved,))
    assert (waiting(board, "A"), waiting(board, "B")) == (9, 7)
    on = TicketState.TRANSFERRED
    again = entry(102, "transferred", "C016", state=on, from_group="g-B", was=on)
    board.apply((again,))
    assert (waiting(board, "B"), waiting(board, "C")) == (6, 6)


def test_a_recall_moves_the_ticket_up_and_keeps_its_first_call(board: CallBoard) -> None:
    later = NOW + timedelta(seconds=40)
    (call,) = board.apply(
        (entry(101, "recalled", "C021", window_no="3", state=TicketState.CALLED, recalls=1, at=later),)
    )
    assert (call.number, call.recalls) == ("C021", 1)
    assert board.calls[0].number == "C021"
    assert board.calls[0].called_at == NOW.replace(minute=23)
    assert waiting(board, "C") == 5


def test_a_missed_ticket_keeps_its_place_and_says_so(board: CallBoard) -> None:
    assert board.apply((entry(101, "missed", "A047", state=TicketState.MISSED),)) == ()
    assert (board.calls[0].number, board.calls[0].state) == ("A047", TicketState.MISSED)


def test_entries_that_a_snapshot_holds_are_not_counted_twice(board: CallBoard, hall: HallInMemory) -> None:
    taken = entry(101, "taken", "A060")
    hall.feed_no = 101
    hall.groups_waiting = (replace(hall.groups_waiting[0], waiting=10), *hall.groups_waiting[1:])
    assert board.show(hall.snapshot())
    board.apply((taken,))
    assert waiting(board, "A") == 10


def test_a_snapshot_that_is_older_than_the_feed_is_refused(board: CallBoard, hall: HallInMemory) -> None:
    old = hall.snapshot()
    board.apply((entry(101, "taken", "A060"),))
    assert not board.show(old)
    assert waiting(board, "A") == 10


def test_a_restored_store_starts_over(board: CallBoard, hall: HallInMemory) -> None:
    board.apply((entry(150, "taken", "A060"),))
    hall.feed_no = 20
    assert board.show(hall.snapshot(), anew=True)
    assert waiting(board, "A") == 9


def test_other_entries_change_nothing(board: CallBoard) -> None:
    before = board.calls, board.groups
    assert board.apply((replace(entry(101, "taken", "A060"), kind="rating.stored"),)) == ()
    assert (board.calls, board.groups) == before


def test_a_long_day_keeps_the_list_short(board: CallBoard) -> None:
    for at in range(60):
        later = NOW + timedelta(minutes=at + 1)
        board.apply((entry(101 + at, "called", f"A{100 + at}", window_no="1", state=TicketState.CALLED, at=later),))
    assert len(board.calls) == 12
    assert board.calls[0].number == "A159"
