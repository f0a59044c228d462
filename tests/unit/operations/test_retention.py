"""What is past its time goes, and nothing else."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from clerk_app.bootstrap.logs import DailyFile, JsonLines
from clerk_app.bootstrap.server_logs import tidy_logs
from clerk_app.domain.actor import DeviceKind
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.hall import Login, NewEnrolCode
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from clerk_app.services.hall.retention import CODES_KEPT, PERSONS_KEPT, SESSIONS_KEPT, Retention
from clerk_app.services.hall.sequencer import verify_chain
from clerk_app.services.hall.tools import system_actor
from support.hall import PASSWORD, HallInHand, hall_in_hand


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallInHand]:
    with hall_in_hand(tmp_path) as found:
        yield found


def _take(hall: HallInHand, number: str) -> str:
    wish = TakeTicket(hall.groups()[0].group_id, card=CardPerson("李晓彤", number))
    return hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish)).ticket.ticket_id


def _sweep(hall: HallInHand) -> dict[str, int]:
    return Retention(hall.store, hall.desk.tools).sweep(hall.hall_id)


def test_who_took_a_number_is_forgotten_after_ninety_days_and_the_figures_stay(hall: HallInHand) -> None:
    ticket = _take(hall, "110101199003070011")
    called = hall.call()
    assert called is not None
    hall.finish(called)
    waiting = _take(hall, "110101199003070038")
    hall.clock.move(days=PERSONS_KEPT.days)
    assert _sweep(hall)["persons of past tickets"] == 0
    hall.clock.move(days=1)
    assert _sweep(hall)["persons of past tickets"] == 1
    assert _sweep(hall)["persons of past tickets"] == 0
    old = hall.read(lambda unit: unit.tickets.get(ticket))
    assert (old.person, old.number, old.state.value) == ("", "A001", "finished")
    # Who was left waiting that day is open still: the board ends it, then it goes too.
    assert hall.read(lambda unit: unit.tickets.get(waiting)).person == "李*"


def test_keys_codes_and_ended_logins_go_when_nobody_can_use_them_any_more(hall: HallInHand) -> None:
    actor = system_actor(hall.hall_id)
    hall.write(lambda unit: hall.desk.devices.make_code(unit, actor, NewEnrolCode(DeviceKind.WINDOW, "12")))
    hall.write(lambda unit: unit.requests.reserve("a-key-of-old", "h", hall.clock.now()))
    hall.user()
    caller, _ = hall.enrolled()
    for _ in range(3):
        hall.desk.people.login(caller, Login("wangxm", PASSWORD))
    hall.clock.move(days=SESSIONS_KEPT.days + 1)
    live = hall.desk.people.login(caller, Login("wangxm", PASSWORD))
    hall.clock.move(days=CODES_KEPT.days)
    gone = _sweep(hall)
    assert gone["request keys"] == 1
    assert gone["enrolment codes"] >= 1
    assert gone["ended logins"] == 2
    # The next login still counts on: an old login must never look newer than a new one.
    assert hall.desk.people.login(caller, Login("wangxm", PASSWORD)).fencing == live.fencing + 1


def test_the_journal_is_never_touched(hall: HallInHand) -> None:
    for number in ("110101199003070011", "110101199003070038"):
        _take(hall, number)
    hall.sequence()
    before = hall.read(lambda unit: unit.journal.head())
    hall.clock.move(days=4000)
    _sweep(hall)
    assert hall.read(lambda unit: unit.journal.head()) == before
    assert hall.read(lambda unit: verify_chain(hall.desk.tools, unit)).broken_at is None


# --- logs -----------------------------------------------------------------------------------------------------------
def _record(day: date, words: str):  # type: ignore[no-untyped-def]
    import logging

    record = logging.LogRecord("clerk", logging.INFO, "x.py", 1, words, None, None)
    record.created = datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING).timestamp()
    return record


def test_each_day_has_a_log_of_its_own_packed_afterwards_and_kept_for_half_a_year(tmp_path: Path) -> None:
    today = datetime.now(BEIJING).date()
    handler = DailyFile(tmp_path / "server.log")
    handler.setFormatter(JsonLines())
    for ahead in range(3):
        handler.emit(_record(today + timedelta(days=ahead), f"day {ahead}"))
    handler.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"server-{today:%Y%m%d}.log", f"server-{today + timedelta(days=1):%Y%m%d}.log", "server.log"]
    )
    last = today + timedelta(days=2)
    tidy_logs(tmp_path, last, 190)
    packed = tmp_path / f"server-{today:%Y%m%d}.log.gz"
    assert b"day 0" in gzip.decompress(packed.read_bytes())
    assert b"day 2" in (tmp_path / "server.log").read_bytes()
    tidy_logs(tmp_path, today + timedelta(days=190), 190)
    assert packed.exists()
    tidy_logs(tmp_path, today + timedelta(days=191), 190)
    assert not packed.exists()
    assert (tmp_path / "server.log").exists()


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    for name in ("window-12.log", "window-12.log.1", "server.log", "notes-20200101.txt"):
        (tmp_path / name).write_text("x", encoding="ascii")
    tidy_logs(tmp_path, date(2030, 1, 1), 190)
    assert len(list(tmp_path.iterdir())) == 4
