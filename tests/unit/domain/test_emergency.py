"""Numbers of blocks, what somebody types, and whose clock is believed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.emergency import BlockUse, Number, next_number, plausible, read_number
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.queue import TicketState, TicketStep, step
from clerk_app.ports.clock import BEIJING

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("A047", "A047"), ("a47", "A047"), (" Ａ０４７ ", "A047"), ("y 1207", "Y1207"), ("B1000", "B1000")],
)
def test_a_number_is_read_as_people_type_it(typed: str, number: str) -> None:
    assert str(read_number(typed)) == number


@pytest.mark.parametrize("typed", ["", "A", "47", "A0", "A-47", "AB47", "A1234567", "明47"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Rejected, match="例如 A047"):
        read_number(typed)


@given(st.lists(st.integers(1, 99), unique=True, min_size=1, max_size=4), st.data())
def test_no_two_numbers_of_a_day_are_the_same(blocks: list[int], data: st.DataObject) -> None:
    used = dict.fromkeys(sorted(blocks), 0)
    seen: set[str] = set()
    for _ in range(len(blocks) * 99):
        number, block = next_number([BlockUse(one, count) for one, count in used.items()])
        assert number.block_no == block.block_no
        assert str(number) not in seen
        seen.add(str(number))
        used[block.block_no] += 1
    with pytest.raises(Locked, match="发完了"):
        next_number([BlockUse(one, count) for one, count in used.items()])


def test_no_number_of_a_block_ends_in_two_zeros() -> None:
    assert Number("Y", 100).block_no is None
    assert (Number("Y", 101).block_no, Number("Y", 199).block_no, Number("Y", 1299).block_no) == (1, 1, 12)
    assert Number("Y", 47).block_no is None
    assert Number("A", 101).block_no is None


moments = st.integers(-13 * 24 * 60, 3 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(moments, st.none() | moments, st.none() | moments)
def test_believed_times_are_in_order_and_not_in_the_future(
    taken: datetime, called: datetime | None, ended: datetime | None
) -> None:
    times = plausible(taken, called, ended, NOW)
    known = [one for one in (times.taken_at, times.called_at, times.ended_at) if one is not None]
    assert known == sorted(known)
    assert all(one <= NOW for one in known)
    assert (times.called_at is None, times.ended_at is None) == (called is None, ended is None)


def test_a_right_clock_is_not_corrected() -> None:
    times = plausible(NOW - timedelta(minutes=9), NOW - timedelta(minutes=5), NOW + timedelta(seconds=90), NOW)
    assert times.corrected == ()
    assert times.ended_at == NOW


def test_a_ticket_that_is_over_is_not_served_by_hand_again() -> None:
    for state in TicketState:
        if state in {TicketState.FINISHED, TicketState.CANCELLED}:
            with pytest.raises(Locked):
                step(state, TicketStep.BY_HAND)
        else:
            assert step(state, TicketStep.BY_HAND) is TicketState.SERVING
