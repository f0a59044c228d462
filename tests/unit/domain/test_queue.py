"""The ticket's life: every step from every state, and the figures on its paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.queue import (
    Pace,
    PriorityClass,
    TicketState,
    TicketStep,
    age_on,
    check_missed,
    check_recall,
    expected_wait,
    priority_of,
    step,
    ticket_number,
)
from clerk_app.ports.clock import BEIJING

ALLOWED = {
    ("waiting", "call"): "called",
    ("waiting", "cancel"): "cancelled",
    ("called", "recall"): "called",
    ("called", "miss"): "missed",
    ("called", "start"): "serving",
    ("called", "finish"): "finished",
    ("missed", "undo_miss"): "called",
    ("missed", "cancel"): "cancelled",
    ("serving", "finish"): "finished",
}
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)


@pytest.mark.parametrize(("state", "wanted"), list(product(TicketState, TicketStep)))
def test_every_step_from_every_state(state: TicketState, wanted: TicketStep) -> None:
    allowed = ALLOWED.get((state.value, wanted.value))
    if allowed is None:
        with pytest.raises(Locked, match=r"这个号.+，不能.+"):
            step(state, wanted)
    else:
        assert step(state, wanted) is TicketState(allowed)


def test_recall_waits_ten_seconds_and_says_how_long() -> None:
    with pytest.raises(Locked, match="再等 7 秒"):
        check_recall(NOW, NOW + timedelta(seconds=3, milliseconds=1))
    check_recall(NOW, NOW + timedelta(seconds=10))


def test_a_clock_that_went_back_does_not_lock_recall_for_hours() -> None:
    with pytest.raises(Locked, match="才能重叫"):
        check_recall(NOW + timedelta(seconds=1), NOW)


def test_missed_needs_two_recalls() -> None:
    for recalls, left in ((0, 2), (1, 1)):
        with pytest.raises(Locked, match=f"再重叫 {left} 次"):
            check_missed(recalls)
    check_missed(2)


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


def test_expected_wait_follows_the_measured_pace() -> None:
    pace = Pace(calls=5, first=NOW, last=NOW + timedelta(minutes=8), windows=3)
    assert expected_wait(3, pace) == timedelta(minutes=8)


def test_expected_wait_without_measurements_shares_the_assumed_pace_among_windows() -> None:
    assert expected_wait(3, Pace(2, NOW, NOW, 2)) == timedelta(minutes=16)
    assert expected_wait(0, Pace(0, None, None, 0)) == timedelta(minutes=8)
