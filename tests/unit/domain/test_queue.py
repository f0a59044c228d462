"""The ticket's life: every step from every state, holds, limits of time, and who goes first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.queue import (
    ACTIVE,
    HOLD_RULES,
    OPEN,
    QUEUED,
    Counted,
    HoldKind,
    Lane,
    PriorityClass,
    TicketState,
    TicketStep,
    age_on,
    check_missed,
    check_recall,
    check_undo,
    lane_of,
    priority_of,
    step,
    ticket_number,
)
from clerk_app.ports.clock import BEIJING

ALLOWED = {
    "waiting": {"call": "called", "transfer": "transferred", "cancel": "cancelled", "by_hand": "serving"},
    "transferred": {
        "call": "called",
        "transfer": "transferred",
        "undo_transfer": "serving",
        "cancel": "cancelled",
        "by_hand": "serving",
    },
    "called": {
        "recall": "called",
        "miss": "missed",
        "start": "serving",
        "finish": "finished",
        "hold": "held",
        "transfer": "transferred",
        "release": "waiting",
        "undo_call": "waiting",
        "by_hand": "serving",
    },
    "serving": {
        "finish": "finished",
        "hold": "held",
        "transfer": "transferred",
        "release": "waiting",
        "by_hand": "serving",
    },
    "held": {"resume": "serving", "return": "waiting", "finish": "finished", "by_hand": "serving"},
    "missed": {"undo_miss": "called", "return": "waiting", "cancel": "cancelled", "by_hand": "serving"},
    "finished": {"undo_finish": "serving"},
    "cancelled": {},
}
"""Written by hand from the issue: what a clerk may do with a ticket that stands so, and where it stands then."""
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
TEN = timedelta(seconds=10)


@pytest.mark.parametrize(("state", "wanted"), list(product(TicketState, TicketStep)))
def test_every_step_from_every_state(state: TicketState, wanted: TicketStep) -> None:
    allowed = ALLOWED[state.value].get(wanted.value)
    if allowed is None:
        with pytest.raises(Locked, match=r"^这个号.+，不能.+$"):
            step(state, wanted)
    else:
        assert step(state, wanted) is TicketState(allowed)


def test_a_ticket_that_ended_holds_no_window_no_place_and_no_person() -> None:
    ended = {TicketState.FINISHED, TicketState.CANCELLED, TicketState.MISSED}
    assert set(TicketState) - OPEN == ended
    assert not ACTIVE & QUEUED
    assert {TicketState.HELD} == OPEN - ACTIVE - QUEUED


@pytest.mark.parametrize(
    ("kind", "here_alone", "here_while_open", "keeps_place", "counted"),
    [
        (HoldKind.PAPERS_KEPT, True, True, True, Counted.SERVICE),
        (HoldKind.TAKEN_AWAY, False, False, False, Counted.NOTHING),
        (HoldKind.OTHER_STEP, False, True, True, Counted.WAITING),
    ],
)
def test_each_hold_decides_window_place_and_which_time_counts(
    kind: HoldKind, here_alone: bool, here_while_open: bool, keeps_place: bool, counted: Counted
) -> None:
    rule = HOLD_RULES[kind]
    assert (rule.same_window, rule.same_if_open, rule.keeps_place, rule.counted) == (
        here_alone,
        here_while_open,
        keeps_place,
        counted,
    )
    assert "窗口" in rule.words


def test_recall_waits_ten_seconds_and_says_how_long() -> None:
    with pytest.raises(Locked, match="再等 7 秒"):
        check_recall(NOW, NOW + timedelta(seconds=3, milliseconds=1), TEN)
    check_recall(NOW, NOW + TEN, TEN)


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(minutes=5), timedelta(days=1)])
def test_a_clock_that_went_back_locks_recall_for_two_intervals_at_most(back: timedelta) -> None:
    now, waited = NOW - back, timedelta(0)
    while waited < 2 * TEN:
        try:
            check_recall(NOW, now + waited, TEN)
        except Locked:
            waited += timedelta(seconds=1)
        else:
            break
    check_recall(NOW, now + waited, TEN)


def test_a_second_recall_right_after_a_small_step_back_still_waits() -> None:
    with pytest.raises(Locked, match="才能重叫"):
        check_recall(NOW + timedelta(seconds=1), NOW, TEN)


def test_missed_needs_as_many_recalls_as_the_rule_says() -> None:
    for recalls, left in ((0, 2), (1, 1)):
        with pytest.raises(Locked, match=f"再重叫 {left} 次"):
            check_missed(recalls, 2)
    check_missed(2, 2)
    check_missed(0, 0)


def test_a_stray_key_can_be_taken_back_for_five_seconds() -> None:
    check_undo(NOW, NOW + timedelta(seconds=5), "叫号")
    for done_at in (NOW - timedelta(seconds=5, milliseconds=1), None):
        with pytest.raises(Locked, match="叫号已过 5 秒，不能撤销了"):
            check_undo(done_at, NOW, "叫号")


def test_a_clock_set_back_by_an_hour_does_not_open_an_hour_for_undoing() -> None:
    with pytest.raises(Locked):
        check_undo(NOW + timedelta(hours=1), NOW, "叫号")
    check_undo(NOW + timedelta(seconds=1), NOW, "叫号")


@pytest.mark.parametrize(
    ("priority", "returning", "lane"),
    [
        (PriorityClass.ORDINARY, False, Lane.ORDINARY),
        (PriorityClass.CARE, False, Lane.PRIORITY),
        (PriorityClass.APPOINTMENT, False, Lane.PRIORITY),
        (PriorityClass.ORDINARY, True, Lane.RETURN),
        (PriorityClass.ELDERLY, True, Lane.RETURN),
    ],
)
def test_which_lane_a_ticket_waits_in(priority: PriorityClass, returning: bool, lane: Lane) -> None:
    assert lane_of(priority, returning=returning) is lane


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(1966, 11, 23), PriorityClass.ELDERLY),
        (date(1966, 11, 24), PriorityClass.ORDINARY),
        (None, PriorityClass.ORDINARY),
    ],
)
def test_sixty_years_make_a_ticket_elderly(birth: date | None, expected: PriorityClass) -> None:
    assert priority_of(PriorityClass.ORDINARY, birth, TODAY) is expected


def test_a_claim_stays_what_it_is() -> None:
    assert priority_of(PriorityClass.SOLDIER, date(1950, 1, 1), TODAY) is PriorityClass.SOLDIER


def test_a_birth_date_in_the_future_is_rejected_under_the_card() -> None:
    with pytest.raises(Rejected) as caught:
        priority_of(PriorityClass.ORDINARY, date(2027, 1, 1), TODAY)
    assert caught.value.field == "card"


def test_leap_day_birthdays() -> None:
    born = date(1964, 2, 29)
    assert age_on(born, date(2025, 2, 28)) == 60
    assert age_on(born, date(2025, 3, 1)) == 61


def test_numbers_grow_a_digit_after_999() -> None:
    assert [ticket_number("A", serial) for serial in (1, 47, 999, 1000)] == ["A001", "A047", "A999", "A1000"]
