"""What windows and kiosks did without a server is merged: every person is kept, no number counts twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.emergency import MOST_BLOCKS
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, Rejected
from clerk_app.domain.queue import PriorityClass, TicketSource, TicketState, VisitReason, WindowState
from clerk_app.ports.hall_queue import FreeNow, TakeTicket, Ticket, TicketTaken
from clerk_app.ports.hall_running import EmergencyMerged, EmergencyVisit, NumberBlock
from clerk_app.server.calls import adapter
from support.hall import HallInHand, hall_in_hand


def told_id(number: int) -> str:
    return f"018f0000-0000-7000-8000-{number:012d}"


@dataclass
class Away:
    """A hall whose server was away for a while, with two windows and a kiosk that went on."""

    hall: HallInHand
    one: Actor
    two: Actor
    kiosk: Actor

    def block(self, device: Actor) -> NumberBlock:
        return self.hall.write(lambda unit: self.hall.desk.emergency.blocks.reserve(unit, device))

    def merge(self, device: Actor, visit: EmergencyVisit) -> EmergencyMerged:
        return self.hall.write(lambda unit: self.hall.desk.emergency.merge(unit, device, visit))

    def given(self, number: str, told: int, *, ago: int = 30, **more: object) -> EmergencyVisit:
        taken = self.hall.clock.now() - timedelta(minutes=ago)
        return EmergencyVisit(told_id(told), number, self.hall.groups()[0].group_id, taken, **more)  # type: ignore[arg-type]

    def served(self, visit: EmergencyVisit, window: str, *, ago: int = 20, ended: int | None = 10) -> EmergencyVisit:
        now = self.hall.clock.now()
        return replace(
            visit,
            window_no=window,
            called_at=now - timedelta(minutes=ago),
            ended_at=None if ended is None else now - timedelta(minutes=ended),
            outcome="" if ended is None else "accepted",
        )

    def by_hand(self, number: str, told: int, window: str, **more: int | None) -> EmergencyVisit:
        visit = self.given(number, told, ago=20)
        return self.served(visit, window, **more)  # type: ignore[arg-type]

    def ticket(self, ticket_id: str) -> Ticket:
        return self.hall.read(lambda unit: unit.tickets.get(ticket_id))

    def call(self, window: str = "1") -> FreeNow:
        return self.hall.write(lambda unit: self.hall.desk.calling.call_next(unit, self.hall.actor(window)))

    def free(self, window: str) -> None:
        actor = self.hall.actor(window)
        self.hall.write(lambda unit: self.hall.desk.counters.logged_in(unit, actor))
        assert self.call(window).ticket is None

    def waiting(self) -> int:
        return self.hall.read(lambda unit: self.hall.desk.waiting.snapshot(unit, self.kiosk)).waiting

    def entries(self, kind: str) -> list[dict[str, object]]:
        self.hall.sequence()
        found = self.hall.read(lambda unit: unit.journal.after(0, 500))
        return [entry.payload for entry in found if entry.kind == kind]


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Away]:
    with hall_in_hand(tmp_path) as hall:
        windows = [hall.enrolled(DeviceKind.WINDOW, number)[0].actor for number in ("1", "2")]
        yield Away(hall, windows[0], windows[1], hall.enrolled(DeviceKind.KIOSK, None)[0].actor)


def test_every_block_belongs_to_one_device(away: Away) -> None:
    blocks = [away.block(device) for device in (away.one, away.kiosk, away.two, away.kiosk)]
    assert [one.block_no for one in blocks] == [1, 2, 3, 4]
    assert (blocks[0].prefix, blocks[0].first, blocks[0].last) == ("Y", 101, 199)
    assert away.hall.read(lambda unit: unit.running.blocks_of(away.kiosk.device_id)) == [2, 4]
    assert [one["block_no"] for one in away.entries("block.reserved")] == [1, 2, 3, 4]


def test_a_device_cannot_hoard_blocks_and_a_display_gets_none(away: Away) -> None:
    for _ in range(MOST_BLOCKS):
        away.block(away.kiosk)
    with pytest.raises(Locked, match="够用"):
        away.block(away.kiosk)
    screen = away.hall.enrolled(DeviceKind.DISPLAY, None)[0].actor
    with pytest.raises(NotAllowed, match="只有窗口和取号机"):
        away.block(screen)


def test_a_restored_server_learns_of_blocks_and_leaves_out_what_it_gave_to_another(away: Away) -> None:
    away.block(away.one)
    hold = away.hall.desk.emergency.blocks.hold
    held = away.hall.write(lambda unit: hold(unit, away.kiosk, (1, 7)))
    assert [one.block_no for one in held] == [7]
    assert away.block(away.two).block_no == 8


def test_who_still_waits_is_called_in_the_order_of_taking(away: Away) -> None:
    away.block(away.kiosk)
    later = away.hall.take()
    merged = away.merge(away.kiosk, away.given("Y101", 1, ago=30))
    assert merged.conflict == ""
    assert (merged.ticket.number, merged.ticket.state) == ("Y101", TicketState.WAITING)
    assert merged.ticket.source is TicketSource.EMERGENCY
    assert away.waiting() == 2
    assert away.hall.read(lambda unit: unit.tickets.ahead(later)) == 1
    calls = {away.call(window).ticket.number for window in ("1", "2")}  # type: ignore[union-attr]
    assert calls == {"Y101", later.number}


def test_a_window_that_waits_free_gets_the_merged_ticket(away: Away) -> None:
    away.block(away.kiosk)
    away.free("2")
    merged = away.merge(away.kiosk, away.given("Y101", 1))
    assert (merged.ticket.state, merged.ticket.window_no) == (TicketState.CALLED, "2")
    assert len(away.entries("ticket.called")) == 1


def test_told_twice_changes_nothing_more(away: Away) -> None:
    away.block(away.kiosk)
    visit = away.given("Y101", 1)
    first = away.merge(away.kiosk, visit)
    assert away.merge(away.kiosk, visit) == first
    assert away.waiting() == 1
    assert len(away.entries("ticket.merged")) == 1


def test_the_same_id_with_another_number_is_refused(away: Away) -> None:
    away.block(away.kiosk)
    away.merge(away.kiosk, away.given("Y101", 1))
    with pytest.raises(Conflict, match="已经传过"):
        away.merge(away.kiosk, away.given("Y102", 1))


def test_a_visit_is_told_as_it_goes_on_and_late_words_do_not_turn_it_back(away: Away) -> None:
    away.block(away.one)
    given = away.given("Y101", 1)
    serving, over = away.served(given, "1", ended=None), away.served(given, "1")
    away.merge(away.one, given)
    assert away.merge(away.one, serving).ticket.state is TicketState.SERVING
    done = away.merge(away.one, over).ticket
    assert (done.state, done.outcome, done.window_no) == (TicketState.FINISHED, "accepted", "1")
    assert (done.wait_s, done.service_s) == (600, 600)
    for word in (given, serving, over):
        assert away.merge(away.one, word).ticket == done


def test_a_number_of_the_queue_that_was_served_by_hand_is_finished_with_its_times(away: Away) -> None:
    waiting = away.hall.take()
    away.hall.clock.move(minutes=40)
    visit = away.by_hand(waiting.number, 1, "1")
    merged = away.merge(away.one, visit)
    assert merged.conflict == ""
    done = away.ticket(waiting.ticket_id)
    assert (done.state, done.called_at, done.ended_at) == (TicketState.FINISHED, visit.called_at, visit.ended_at)
    assert (done.wait_s, done.service_s) == (1200, 600)
    assert away.waiting() == 0
    assert away.call().ticket is None


def test_while_it_is_served_by_hand_nobody_else_is_called_by_it(away: Away) -> None:
    clerk = away.hall.actor("1")
    away.hall.write(lambda unit: away.hall.desk.counters.logged_in(unit, clerk))
    waiting = away.hall.take()
    away.hall.clock.move(minutes=40)
    merged = away.merge(away.one, away.by_hand(waiting.number, 1, "1", ended=None))
    assert (merged.ticket.ticket_id, merged.ticket.state) == (waiting.ticket_id, TicketState.SERVING)
    assert away.call("2").ticket is None
    view = away.hall.read(lambda unit: away.hall.desk.counters.status(unit, "1"))
    assert (view.state, view.number) == (WindowState.BUSY, waiting.number)


def test_while_the_window_has_an_earlier_visit_open_the_next_one_waits_for_it_alone(away: Away) -> None:
    first, second = away.hall.take(), away.hall.take()
    assert away.call("1").ticket is not None
    away.hall.clock.move(minutes=40)
    open_one = away.hall.read(lambda unit: unit.tickets.active("1"))
    assert open_one is not None
    other = second if open_one.ticket_id == first.ticket_id else first
    word = away.by_hand(other.number, 1, "1", ended=None)
    assert away.merge(away.one, word).ticket.for_window == "1"
    assert away.call("2").ticket is None
    over = away.served(word, "1")
    assert away.merge(away.one, over).ticket.state is TicketState.FINISHED


def test_the_end_of_a_visit_that_the_server_had_called_is_told_by_its_own_id(away: Away) -> None:
    away.hall.take()
    called = away.call("1").ticket
    assert called is not None
    away.hall.clock.move(minutes=40)
    visit = replace(away.by_hand(called.number, 1, "1"), ticket_id=called.ticket_id)
    merged = away.merge(away.one, visit)
    assert (merged.ticket.state, merged.conflict) == (TicketState.FINISHED, "")


def test_an_ending_that_had_arrived_after_all_is_no_conflict(away: Away) -> None:
    away.hall.take()
    called = away.call("1").ticket
    assert called is not None
    away.hall.finish(called)
    visit = replace(away.by_hand(called.number, 1, "1"), ticket_id=called.ticket_id)
    assert away.merge(away.one, visit).conflict == ""
    assert away.entries("emergency.conflict") == []


def test_two_windows_that_served_one_paper_are_both_kept_and_the_manager_sees_it(away: Away) -> None:
    waiting = away.hall.take()
    away.hall.clock.move(minutes=40)
    away.merge(away.one, away.by_hand(waiting.number, 1, "1"))
    merged = away.merge(away.two, away.by_hand(waiting.number, 2, "2"))
    assert "已经在 1 号窗口办理，2 号窗口又手工办了一次" in merged.conflict
    assert away.ticket(waiting.ticket_id).window_no == "1"
    words = away.hall.read(lambda unit: unit.emergency.of_ticket(waiting.ticket_id))
    assert [(word.window_no, bool(word.conflict)) for word in words] == [("1", False), ("2", True)]
    (entry,) = away.entries("emergency.conflict")
    assert (entry["number"], entry["window_no"], entry["other_window"]) == (waiting.number, "2", "1")
    assert len(away.hall.read(lambda unit: unit.emergency.conflicts(waiting.day))) == 1


def test_the_queue_called_it_elsewhere_before_the_word_came(away: Away) -> None:
    waiting = away.hall.take()
    away.hall.clock.move(minutes=40)
    assert away.call("2").ticket is not None
    merged = away.merge(away.one, away.by_hand(waiting.number, 1, "1"))
    assert "正在 2 号窗口" in merged.conflict
    assert away.ticket(waiting.ticket_id).state is TicketState.CALLED


@pytest.mark.parametrize("kiosk_first", [True, False])
def test_a_kiosk_number_that_a_window_called_by_hand_is_one_ticket(away: Away, kiosk_first: bool) -> None:
    away.block(away.kiosk)
    given = away.given("Y101", 1, ago=30, reason=VisitReason.COLLECT)
    by_hand = away.by_hand("Y101", 2, "1")
    words = [(away.kiosk, given), (away.one, by_hand)]
    for device, word in words if kiosk_first else reversed(words):
        assert away.merge(device, word).conflict == ""
    tickets = away.hall.read(lambda unit: unit.tickets.of_day(away.hall.clock.now().date()))
    (ticket,) = tickets
    assert (ticket.number, ticket.state) == ("Y101", TicketState.FINISHED)
    assert (ticket.taken_at, ticket.wait_s, ticket.service_s) == (given.taken_at, 600, 600)
    assert away.waiting() == 0


def test_a_device_cannot_issue_from_the_block_of_another(away: Away) -> None:
    away.block(away.one)
    with pytest.raises(Rejected, match="不在这台设备的应急号段里"):
        away.merge(away.kiosk, away.given("Y101", 1))
    with pytest.raises(Rejected, match="不在这台设备的应急号段里"):
        away.merge(away.kiosk, away.given("A047", 2))


def test_a_window_enrolled_again_tells_what_it_did_before(away: Away) -> None:
    away.block(away.one)
    again = away.hall.enrolled(DeviceKind.WINDOW, "1")[0].actor
    assert away.merge(again, away.given("Y101", 1)).ticket.number == "Y101"


def test_a_window_cannot_speak_for_another(away: Away) -> None:
    with pytest.raises(NotAllowed, match="不能上传 2 号窗口"):
        away.merge(away.one, away.by_hand("A001", 1, "2"))


def test_a_mistyped_number_is_counted_under_a_number_of_its_group_to_its_end(away: Away) -> None:
    away.hall.take()
    word = away.by_hand("A147", 1, "1", ended=None)
    merged = away.merge(away.one, word)
    assert (merged.ticket.number, merged.ticket.state) == ("A002", TicketState.SERVING)
    assert "A147 没有人取过" in merged.conflict
    assert away.merge(away.one, away.served(word, "1")).ticket.state is TicketState.FINISHED
    assert away.hall.take().number == "A003"
    assert len(away.entries("emergency.conflict")) == 1


def test_a_clock_that_ran_ahead_is_corrected_and_said(away: Away) -> None:
    away.block(away.kiosk)
    now = away.hall.clock.now()
    merged = away.merge(away.kiosk, away.given("Y101", 1, ago=-90))
    assert merged.ticket.taken_at == now
    assert away.entries("ticket.merged")[0]["corrected"] == ["taken_at"]


def test_a_clock_that_is_weeks_off_needs_a_person(away: Away) -> None:
    away.block(away.kiosk)
    with pytest.raises(Rejected, match="时钟差得太多"):
        away.merge(away.kiosk, away.given("Y101", 1, ago=60 * 24 * 30))


def test_a_number_that_a_jumping_clock_gave_twice_loses_nobody(away: Away) -> None:
    away.block(away.kiosk)
    away.merge(away.kiosk, away.given("Y101", 1))
    merged = away.merge(away.kiosk, away.given("Y101", 2, ago=20))
    assert (merged.ticket.number, merged.ticket.state) == ("Y199", TicketState.WAITING)
    assert "改叫 Y199" in merged.conflict
    assert away.waiting() == 2


def test_who_waited_on_an_earlier_day_does_not_hang_in_the_queue(away: Away) -> None:
    away.block(away.kiosk)
    merged = away.merge(away.kiosk, away.given("Y101", 1, ago=60 * 24))
    assert (merged.ticket.state, merged.ticket.outcome) == (TicketState.CANCELLED, "day_ended")
    assert away.waiting() == 0


def test_what_the_closing_ended_was_served_by_hand_after_all(away: Away) -> None:
    waiting = away.hall.take()
    away.hall.clock.move(minutes=40)
    manager = away.hall.actor(None, Role.MANAGER)
    away.hall.write(lambda unit: away.hall.desk.days.close(unit, manager, True))
    assert away.ticket(waiting.ticket_id).state is TicketState.CANCELLED
    merged = away.merge(away.one, away.by_hand(waiting.number, 1, "1"))
    assert (merged.ticket.state, merged.ticket.outcome, merged.conflict) == (TicketState.FINISHED, "accepted", "")


def test_the_ticket_of_a_lost_answer_is_void_and_never_comes_to_be_later(away: Away) -> None:
    hall, key = away.hall, "018f0000-0000-7000-8000-00000000feed"
    away.block(away.kiosk)
    caller = hall.enrolled(DeviceKind.KIOSK, None)[0]
    wish = TakeTicket(hall.groups()[0].group_id, priority=PriorityClass.ORDINARY)

    def take(key: str) -> str:
        def work(unit: object) -> str:
            return adapter(TicketTaken).dump_json(hall.desk.taking.take(unit, caller.actor, wish)).decode()  # type: ignore[arg-type]

        return hall.desk.requests.once(caller, key, b"POST /v1/tickets", work)

    take(key)
    assert away.waiting() == 1
    away.merge(away.kiosk, away.given("Y101", 1, instead_of=key))
    waiting = hall.read(lambda unit: unit.tickets.of_day(hall.clock.now().date(), [TicketState.WAITING]))
    assert [ticket.number for ticket in waiting] == ["Y101"]
    late = "018f0000-0000-7000-8000-00000000fade"
    away.merge(away.kiosk, away.given("Y102", 2, instead_of=late))
    with pytest.raises(Conflict, match="不同的内容"):
        take(late)


def test_a_merged_day_passes_the_check_of_its_dispatch(away: Away) -> None:
    hall = away.hall
    away.block(away.kiosk)
    for number in ("1", "2"):
        clerk = hall.actor(number)
        hall.write(lambda unit, one=clerk: hall.desk.counters.logged_in(unit, one))
    first, second, third = (hall.take() for _ in range(3))
    called = away.call("2").ticket
    assert called is not None
    hall.clock.move(minutes=40)
    away.merge(away.kiosk, away.given("Y101", 1))
    left = [one for one in (first, second, third) if one.ticket_id != called.ticket_id]
    serving = away.by_hand(left[0].number, 2, "1", ended=None)
    away.merge(away.one, serving)
    away.merge(away.two, away.by_hand(left[0].number, 3, "2"))
    away.merge(away.two, away.by_hand(left[1].number, 4, "2"))
    away.merge(away.one, away.by_hand("A147", 5, "1", ended=None))
    away.merge(away.one, away.served(serving, "1"))
    away.merge(away.two, replace(away.by_hand(called.number, 6, "2"), ticket_id=called.ticket_id))
    hall.clock.move(minutes=1)
    again = away.call("2").ticket
    assert again is not None
    assert again.number == "Y101"
    hall.sequence()
    auditor = hall.actor(None, Role.AUDITOR)
    day = hall.read(hall.desk.days.today)
    found = hall.read(lambda unit: hall.desk.dispatch.verify(unit, auditor, day))
    assert [str(one) for one in found.report.findings] == []
    assert found.report.merged > 0
    assert hall.read(lambda unit: hall.desk.sequencer.verify(unit, auditor)).broken_at is None
