"""Slots lie inside the sessions and never overlap; a late check-in is late by the rule."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.appointments import keeps_its_place, make_code, read_code, slots_on
from clerk_app.domain.errors import Rejected
from clerk_app.domain.queue_rules import WORKDAY_HOURS, AppointmentRules, Hours, Session
from clerk_app.ports.clock import BEIJING

MONDAY = date(2026, 11, 23)
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


@st.composite
def _hours(draw: st.DrawFn) -> Hours:
    edges = sorted(draw(st.sets(MINUTES, min_size=2, max_size=6)))
    sessions = tuple(Session(*edges[at : at + 2]) for at in range(0, len(edges) - 1, 2))
    return Hours({MONDAY.isoweekday(): sessions})


@given(_hours(), st.integers(5, 240))
def test_every_slot_lies_inside_one_session_and_overlaps_no_other(hours: Hours, minutes: int) -> None:
    slots = slots_on(hours, AppointmentRules(slot_minutes=minutes), MONDAY, BEIJING)
    sessions = hours.sessions(MONDAY)
    assert sessions is not None
    for start, end in slots:
        assert end - start == timedelta(minutes=minutes)
        assert any(one.opens <= start.time() and end.time() <= one.closes for one in sessions)
    assert all(before[1] <= after[0] for before, after in pairwise(slots))
    longest = max(_minutes(one) for one in sessions)
    assert bool(slots) == (longest >= minutes)


def _minutes(session: Session) -> int:
    return (session.closes.hour - session.opens.hour) * 60 + session.closes.minute - session.opens.minute


def test_a_closed_day_has_no_slots_and_a_hall_without_hours_the_usual_ones() -> None:
    holiday = Hours(WORKDAY_HOURS.week, {MONDAY: ()})
    assert slots_on(holiday, AppointmentRules(), MONDAY, BEIJING) == ()
    usual = slots_on(Hours(), AppointmentRules(), MONDAY, BEIJING)
    assert [f"{start:%H:%M}" for start, _ in usual[:2]] == ["08:30", "09:00"]
    assert len(usual) == 14
    assert slots_on(Hours(), AppointmentRules(), MONDAY - timedelta(days=1), BEIJING) == ()


@pytest.mark.parametrize(("minutes", "kept"), [(-120, True), (0, True), (15, True), (16, False)])
def test_late_is_later_than_the_rule(minutes: int, kept: bool) -> None:
    start = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
    assert keeps_its_place(start, start + timedelta(minutes=minutes), AppointmentRules()) is kept


def test_codes_are_eight_digits_however_they_are_typed() -> None:
    assert read_code(" 1234 5678 ") == "12345678"
    for wrong in ("1234567", "123456789", "1234567a", "", "１２３４５６７８９"):
        with pytest.raises(Rejected):
            read_code(wrong)
    assert make_code(b"\0" * 8) == "00000000"


@given(st.binary(min_size=8, max_size=8))
def test_every_code_made_can_be_read(random_bytes: bytes) -> None:
    code = make_code(random_bytes)
    assert read_code(code) == code
