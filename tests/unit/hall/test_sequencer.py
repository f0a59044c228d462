"""The chain and the feed: numbers without gaps, nothing late is skipped, nothing changed stays hidden."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from clerk_app.domain.actor import Role
from clerk_app.domain.errors import NotAllowed
from clerk_app.ports.feed import FeedCursor, FeedPage
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from clerk_app.services.hall.sequencer import ChainReport
from clerk_app.services.hall.tools import system_actor
from support.hall import STORE_KEY, HallInHand, hall_in_hand


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


def _page(hall: HallInHand, cursor: FeedCursor) -> FeedPage:
    return hall.read(lambda unit: hall.desk.feed.page(unit, hall.actor(None, Role.DISPLAY), cursor))


def _verify(hall: HallInHand) -> ChainReport:
    return hall.read(lambda unit: hall.desk.sequencer.verify(unit, system_actor(hall.hall_id)))


def test_what_is_not_sequenced_is_not_read_yet(hall: HallInHand) -> None:
    start = FeedCursor(hall.store.epoch, 0)
    assert _page(hall, start).entries == ()
    assert hall.sequence() == 1
    assert [entry.kind for entry in _page(hall, start).entries] == ["hall.created"]
    assert hall.sequence() == 0


def test_feed_numbers_have_no_gaps_over_many_runs(hall: HallInHand) -> None:
    for _ in range(3):
        for _ in range(4):
            hall.take()
        hall.sequence()
    numbers = [entry.feed_no for entry in _page(hall, FeedCursor(hall.store.epoch, 0)).entries]
    # The hall, the day's commitment, and twelve tickets.
    assert numbers == list(range(1, 15))
    assert _verify(hall) == ChainReport(14, None)


def test_an_earlier_moment_that_commits_late_gets_a_later_number(hall: HallInHand) -> None:
    hall.take()
    hall.sequence()
    hall.clock.move(minutes=-5)
    hall.take()
    hall.sequence()
    entries = _page(hall, FeedCursor(hall.store.epoch, 3, _mark(hall, 3))).entries
    assert [(entry.feed_no, entry.number) for entry in entries] == [(4, "A002")]


def _mark(hall: HallInHand, feed_no: int) -> str:
    return _page(hall, FeedCursor(hall.store.epoch, 0)).entries[feed_no - 1].mark


@pytest.mark.parametrize("strange", [("another-epoch", 1, None), (None, 1, "0000000000000000"), (None, 77, "")])
def test_a_cursor_of_another_life_is_noticed(hall: HallInHand, strange: tuple[str | None, int, str | None]) -> None:
    hall.sequence()
    epoch, feed_no, mark = strange
    cursor = FeedCursor(epoch or hall.store.epoch, feed_no, _mark(hall, 1) if mark is None else mark)
    page = _page(hall, cursor)
    assert (page.known, page.entries, page.head) == (False, (), 1)


def test_the_public_form_holds_no_personal_data(hall: HallInHand) -> None:
    wish = TakeTicket(hall.groups()[0].group_id, card=CardPerson("李晓彤", "110101199003070003"))
    hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish))
    hall.call()
    hall.sequence()
    text = repr(_page(hall, FeedCursor(hall.store.epoch, 0)))
    assert "A001" in text
    assert "李" not in text
    assert "王晓梅" not in text


def test_the_journal_knows_who_did_it(hall: HallInHand) -> None:
    hall.take()
    hall.call()
    hall.sequence()
    entry = hall.read(lambda unit: unit.journal.of_kinds(["ticket.called"], 0, 99))[0]
    assert (entry.kind, entry.user_name, entry.device_id) == ("ticket.called", "王晓梅", "device-12")


@pytest.mark.parametrize(
    ("statement", "broken_at", "reason"),
    [
        ("UPDATE journal SET user_name = '别人' WHERE feed_no = 2", 2, "内容被改过"),
        ("UPDATE journal SET payload = '{}' WHERE feed_no = 3", 3, "内容被改过"),
        ("DELETE FROM journal WHERE feed_no = 2", 2, "编号不连续，有记录不见了"),
    ],
)
def test_a_change_behind_the_programs_back_breaks_the_chain(
    hall: HallInHand, tmp_path: Path, statement: str, broken_at: int, reason: str
) -> None:
    hall.take()
    hall.call()
    hall.sequence()
    if (tmp_path / "hall.db").exists():
        connection = sqlcipher.connect(str(tmp_path / "hall.db"), isolation_level=None)
        connection.execute(f"PRAGMA key = \"x'{STORE_KEY.hex()}'\"")
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("DROP TRIGGER journal_no_delete")
        connection.execute(statement)
        connection.close()
    else:
        with hall.store._engine.begin() as owner:
            owner.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER USER")
            owner.exec_driver_sql(statement)
    report = _verify(hall)
    assert (report.broken_at, report.reason) == (broken_at, reason)


def test_checking_the_chain_is_not_for_everybody(hall: HallInHand) -> None:
    with pytest.raises(NotAllowed):
        hall.read(lambda unit: hall.desk.sequencer.verify(unit, hall.actor()))


def test_what_happens_within_one_tick_of_a_coarse_clock_keeps_its_order(hall: HallInHand) -> None:
    for _ in range(20):
        hall.take()
        called = hall.call()
        assert called is not None
        hall.finish(called)
    hall.sequence()
    kinds = [entry.kind for entry in _page(hall, FeedCursor(hall.store.epoch, 0)).entries]
    steps = [kind.removeprefix("ticket.") for kind in kinds if kind.startswith("ticket.")]
    assert steps == ["taken", "called", "finished"] * 20
