"""Notices, roster, groups and windows while the hall runs: who may, what is refused, what stands in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected
from clerk_app.ports.hall_queue import ServiceGroup
from clerk_app.ports.hall_running import NewNotice, NewRosterEntry
from support.hall import HallInHand, hall_in_hand

DAY = date(2026, 11, 23)


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


def manager(hall: HallInHand) -> Actor:
    return hall.actor(None, Role.MANAGER)


def _kinds(hall: HallInHand) -> list[str]:
    hall.sequence()
    return [entry.kind for entry in hall.read(lambda unit: unit.journal.after(0, 1_000))]


# --- notices ------------------------------------------------------------------------------------------------------
def _notice(hall: HallInHand, text: str = "14:00 起 3 号机维护", hours: float = 2, begins: float = 0) -> NewNotice:
    now = hall.clock.now()
    return NewNotice(text, now + timedelta(hours=begins), now + timedelta(hours=hours))


def test_a_notice_stands_on_the_screens_from_its_time_until_its_end(hall: HallInHand) -> None:
    wish = _notice(hall, begins=1)
    added = hall.write(lambda unit: hall.desk.notices.add(unit, manager(hall), wish))
    assert hall.read(hall.desk.waiting.notices) == ()
    assert hall.read(lambda unit: hall.desk.notices.all(unit, manager(hall))) == (added,)
    hall.clock.move(minutes=90)
    assert hall.read(hall.desk.waiting.notices) == ("14:00 起 3 号机维护",)
    hall.clock.move(minutes=31)
    assert hall.read(hall.desk.waiting.notices) == ()


def test_a_notice_is_taken_off_at_once(hall: HallInHand) -> None:
    added = hall.write(lambda unit: hall.desk.notices.add(unit, manager(hall), _notice(hall)))
    hall.write(lambda unit: hall.desk.notices.end(unit, manager(hall), added.notice_id))
    assert hall.read(hall.desk.waiting.notices) == ()
    assert [kind for kind in _kinds(hall) if kind.startswith("notice")] == ["notice.added", "notice.ended"]
    with pytest.raises(NotFound):
        hall.write(lambda unit: hall.desk.notices.end(unit, manager(hall), "nothing"))


@pytest.mark.parametrize(
    ("text", "begins", "hours", "field"),
    [("  ", 0, 1, "text"), ("字" * 61, 0, 1, "text"), ("好", 2, 1, "until_at"), ("好", 0, 24 * 32, "until_at")],
)
def test_a_notice_that_cannot_be_shown_is_refused_by_field(
    hall: HallInHand, text: str, begins: float, hours: float, field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        hall.write(lambda unit: hall.desk.notices.add(unit, manager(hall), _notice(hall, text, hours, begins)))
    assert refused.value.field == field


# --- roster -------------------------------------------------------------------------------------------------------
def _entry(hall: HallInHand, window: str = "8", begin: int = 9, end: int = 12) -> NewRosterEntry:
    person = hall.read(lambda unit: unit.people.users())[0]
    return NewRosterEntry(DAY, window, person.user_id, time(begin), time(end))


def test_the_roster_of_a_day_is_listed_by_time_and_window(hall: HallInHand) -> None:
    hall.user("lisi")
    hall.user("wangwu")
    people = hall.read(lambda unit: hall.desk.roster.people(unit, manager(hall)))
    for window, person in (("12", people[0]), ("8", people[1])):
        wish = NewRosterEntry(DAY, window, person.user_id, time(9), time(12))
        hall.write(lambda unit, wish=wish: hall.desk.roster.add(unit, manager(hall), wish))
    listed = hall.read(lambda unit: hall.desk.roster.of(unit, manager(hall), DAY))
    assert [entry.window_no for entry in listed] == ["8", "12"]
    assert hall.read(lambda unit: hall.desk.roster.of(unit, manager(hall), DAY + timedelta(days=1))) == ()


def test_nobody_sits_at_two_windows_and_no_window_has_two_people(hall: HallInHand) -> None:
    hall.user("lisi")
    hall.user("wangwu")
    first, second = hall.read(lambda unit: unit.people.users())
    wish = NewRosterEntry(DAY, "8", first.user_id, time(9), time(12))
    hall.write(lambda unit: hall.desk.roster.add(unit, manager(hall), wish))
    with pytest.raises(Conflict, match="已经排在 8 号窗口"):
        hall.write(lambda unit: hall.desk.roster.add(unit, manager(hall), replace(wish, window_no="9")))
    other = replace(wish, user_id=second.user_id, from_time=time(11), to_time=time(13))
    with pytest.raises(Conflict, match="8 号窗口 09:00–12:00 已经排了"):
        hall.write(lambda unit: hall.desk.roster.add(unit, manager(hall), other))
    after = replace(wish, from_time=time(12), to_time=time(13))
    hall.write(lambda unit: hall.desk.roster.add(unit, manager(hall), after))


def test_who_is_no_clerk_and_times_that_run_backwards_are_refused(hall: HallInHand) -> None:
    hall.user("boss", Role.MANAGER)
    with pytest.raises(Rejected, match="不是综窗人员"):
        hall.write(lambda unit: hall.desk.roster.add(unit, manager(hall), _entry(hall)))
    with pytest.raises(Rejected, match="下班要晚于上班"):
        hall.write(lambda unit: hall.desk.roster.add(unit, manager(hall), _entry(hall, begin=12, end=9)))
    stranger = replace(_entry(hall), user_id="nobody")
    with pytest.raises(NotFound):
        hall.write(lambda unit: hall.desk.roster.add(unit, manager(hall), stranger))


# --- groups -------------------------------------------------------------------------------------------------------
def test_a_new_group_gives_numbers_from_its_start_up_to_its_limit(hall: HallInHand) -> None:
    wish = ServiceGroup("", "G", "税务", "开票", "二楼", 0, start=500, daily_limit=2)
    hall.write(lambda unit: hall.desk.hall_groups.set(unit, manager(hall), wish))
    last = len(hall.groups()) - 1
    assert [hall.take(group=last).number for _ in range(2)] == ["G500", "G501"]
    with pytest.raises(Locked, match="2 个号已经取完"):
        hall.take(group=last)


def test_the_letter_stays_while_numbers_of_it_are_out(hall: HallInHand) -> None:
    hall.take(group=0)
    group = hall.groups()[0]
    with pytest.raises(Locked, match="今天已经发过 A 字头的号"):
        hall.write(lambda unit: hall.desk.hall_groups.set(unit, manager(hall), replace(group, prefix="Q")))
    renamed = hall.write(lambda unit: hall.desk.hall_groups.set(unit, manager(hall), replace(group, name="开店")))
    assert hall.groups()[0] == renamed
    hall.clock.move(days=1)
    hall.write(lambda unit: hall.desk.hall_groups.set(unit, manager(hall), replace(group, prefix="Q")))
    assert hall.take(group=0).number == "Q001"


def test_a_letter_that_is_taken_is_refused_without_harm(hall: HallInHand) -> None:
    group = hall.groups()[0]
    with pytest.raises(Conflict, match="字母 B"):
        hall.write(lambda unit: hall.desk.hall_groups.set(unit, manager(hall), replace(group, prefix="B")))
    assert hall.groups()[0] == group


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prefix": "Y"}, "prefix"),
        ({"prefix": "a"}, "prefix"),
        ({"name": " "}, "name"),
        ({"hint": "字" * 21}, "hint"),
        ({"start": 0}, "start"),
        ({"daily_limit": -1}, "daily_limit"),
    ],
)
def test_what_a_group_cannot_be_is_said_by_field(hall: HallInHand, change: dict[str, object], field: str) -> None:
    group = replace(hall.groups()[0], **change)
    with pytest.raises(Rejected) as refused:
        hall.write(lambda unit: hall.desk.hall_groups.set(unit, manager(hall), group))
    assert refused.value.field == field


def test_clerks_do_not_run_the_hall(hall: HallInHand) -> None:
    clerk = hall.actor("3")
    group = hall.groups()[0]
    for work in (
        lambda unit: hall.desk.hall_groups.set(unit, clerk, group),
        lambda unit: hall.desk.notices.add(unit, clerk, _notice(hall)),
        lambda unit: hall.desk.counters.set_served(unit, clerk, "3", ()),
        lambda unit: hall.desk.roster.of(unit, clerk, DAY),
        lambda unit: hall.desk.roster.people(unit, clerk),
    ):
        with pytest.raises(NotAllowed):
            hall.write(work)
