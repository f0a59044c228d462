"""The queue of calls that the hall hears: one at a time, in order, never late, never for somebody who has come."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clerk_app.domain.announcing import Announcer, Saying, SpokenCall, VoiceRules, VolumeSpan

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RULES = VoiceRules(repeats=2, busy_from=3, late=timedelta(seconds=45))


def call(ticket: str, window: str = "", at: float = 0, *, recall: bool = False) -> SpokenCall:
    return SpokenCall(ticket, ticket, window or f"w{ticket}", NOON + timedelta(seconds=at), recall)


def hear(announcer: Announcer, monotonic: float = 0, now: datetime = NOON) -> list[str]:
    """Everything that is said now, one reading after the other."""
    said: list[str] = []
    while (saying := announcer.next(now, monotonic)) is not None:
        said.append(f"{saying.call.ticket_id}{'*' if saying.chime else ''}")
        announcer.ended()
    return said


def test_each_call_is_said_twice_with_a_chime_before_the_first() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1"), 0)
    announcer.call(call("A2"), 0)
    assert hear(announcer) == ["A1*", "A1", "A2*", "A2"]


def test_nothing_is_said_into_what_is_being_said() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1"), 0)
    announcer.call(call("A2"), 0)
    assert announcer.next(NOON, 0) is not None
    assert announcer.next(NOON, 0) is None
    announcer.ended()
    assert announcer.next(NOON, 0) is not None


def test_a_recall_of_a_call_that_waits_is_the_same_call() -> None:
    announcer = Announcer(RULES)
    for ticket in ("A1", "A2"):
        announcer.call(call(ticket), 0)
    announcer.call(call("A1", at=10, recall=True), 10)
    assert hear(announcer, 10) == ["A1*", "A1", "A2*", "A2"]


def test_a_recall_of_what_was_said_is_said_again_as_a_recall() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1"), 0)
    hear(announcer)
    announcer.call(call("A1", at=12, recall=True), 12)
    saying = announcer.next(NOON, 12)
    assert saying is not None
    assert saying.call.recall


def test_a_recall_during_the_first_reading_takes_the_place_of_the_second() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1"), 0)
    assert announcer.next(NOON, 0) is not None
    announcer.call(call("A1", at=10, recall=True), 10)
    announcer.ended()
    assert hear(announcer, 10) == ["A1*", "A1"]


def test_who_has_come_is_not_called_any_more() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1", "1"), 0)
    announcer.call(call("A2", "2"), 0)
    assert announcer.next(NOON, 0) is not None
    announcer.heed({"A1": None, "A2": "2"})
    announcer.ended()
    assert hear(announcer) == ["A2*", "A2"]


def test_a_call_that_was_undone_and_left_the_board_is_not_said() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1", at=0), 0)
    announcer.call(call("A2", at=5), 5)
    announcer.heed({}, complete_since=NOON + timedelta(seconds=1))
    assert [one.ticket_id for one in announcer.waiting] == ["A1"]


def test_a_window_that_calls_somebody_else_has_given_up_the_one_before() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1", "7"), 0)
    announcer.call(call("A2", "8"), 0)
    announcer.call(call("A3", "7", at=3), 3)
    assert hear(announcer, 3) == ["A2*", "A2", "A3*", "A3"]


def test_a_ticket_called_to_another_window_is_said_for_that_one_only() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1", "7"), 0)
    announcer.call(call("A1", "9", at=3), 3)
    saying = announcer.next(NOON, 3)
    assert saying is not None
    assert saying.call.window_no == "9"
    assert announcer.waiting == ()


def test_late_calls_are_left_to_the_screen() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1", at=0), 0)
    announcer.call(call("A2", at=40), 40)
    assert hear(announcer, 60) == ["A2*", "A2"]


def test_after_an_outage_only_the_calls_of_late_are_said_whatever_the_own_clock_says() -> None:
    announcer = Announcer(RULES)
    for at, ticket in ((0, "A1"), (60, "A2"), (100, "A3"), (130, "A4")):
        announcer.call(call(ticket, at=at), 5_000)
    wrong = NOON + timedelta(days=400)
    assert hear(announcer, 5_001, wrong) == ["A3*", "A3", "A4*", "A4"]


def test_a_server_whose_clock_is_set_back_is_not_silenced() -> None:
    announcer = Announcer(RULES)
    announcer.call(call("A1", at=3_600), 0)
    hear(announcer)
    announcer.call(call("A2", at=10), 10)
    assert hear(announcer, 12) == ["A2*", "A2"]


def test_when_many_wait_each_is_said_once() -> None:
    announcer = Announcer(RULES)
    for ticket in ("A1", "A2", "A3", "A4"):
        announcer.call(call(ticket), 0)
    assert hear(announcer) == ["A1*", "A2*", "A2", "A3*", "A3", "A4*", "A4"]


def test_the_volume_follows_the_time_of_day() -> None:
    spans = (VolumeSpan(time(12), time(14), 40), VolumeSpan(time(18), time(8), 0))
    rules = VoiceRules(volume=80, spans=spans)
    hours = {8: 80, 11: 80, 12: 40, 13: 40, 14: 80, 18: 0, 23: 0, 3: 0}
    assert {hour: rules.volume_at(NOON.replace(hour=hour)) for hour in hours} == hours
    announcer = Announcer(rules)
    announcer.call(call("A1"), 0)
    saying = announcer.next(NOON, 0)
    assert saying is not None
    assert saying.volume == 40


@pytest.mark.parametrize("silent", ["mute", "night"])
def test_what_was_called_in_silence_is_not_said_afterwards(silent: str) -> None:
    announcer = Announcer(VoiceRules(spans=(VolumeSpan(time(18), time(8), 0),)))
    announcer.muted = silent == "mute"
    announcer.call(call("A1"), 0)
    assert hear(announcer, now=NOON if silent == "mute" else NOON.replace(hour=22)) == []
    announcer.muted = False
    assert hear(announcer) == []
    announcer.call(call("A2"), 0)
    assert hear(announcer) == ["A2*", "A2"]


class AnAfternoon(RuleBasedStateMachine):
    """Windows call, recall, give up; people come; time passes; the loudspeaker says one reading after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.announcer = Announcer(RULES)
        self.now = 0.0
        self.serial = 0
        self.at_window: dict[str, str] = {}
        self.called_at: dict[str, float] = {}
        self.order: list[str] = []
        self.readings: dict[str, int] = {}
        self.saying: Saying | None = None
        self.first_said: list[str] = []

    @rule(window=st.sampled_from("123456789"), delay=st.floats(0, 3))
    def a_window_calls(self, window: str, delay: float) -> None:
        self.serial += 1
        ticket = f"A{self.serial}"
        self.at_window[window] = ticket
        self.called_at[ticket] = self.now
        self.order.append(ticket)
        self.readings[ticket] = 0
        self.announcer.call(call(ticket, window, self.now), self.now)

    @precondition(lambda self: self.at_window)
    @rule(data=st.data())
    def a_window_recalls(self, data: st.DataObject) -> None:
        window = data.draw(st.sampled_from(sorted(self.at_window)))
        ticket = self.at_window[window]
        waits = any(one.ticket_id == ticket for one in self.announcer.waiting)
        if not waits:
            self.order = [one for one in self.order if one != ticket] + [ticket]
            self.first_said = [one for one in self.first_said if one != ticket]
        self.called_at[ticket] = self.now
        self.readings[ticket] = 0
        self.announcer.call(call(ticket, window, self.now, recall=True), self.now)

    @precondition(lambda self: self.at_window)
    @rule(data=st.data())
    def somebody_comes(self, data: st.DataObject) -> None:
        window = data.draw(st.sampled_from(sorted(self.at_window)))
        ticket = self.at_window.pop(window)
        self.announcer.heed({ticket: None, **{there: at for at, there in self.at_window.items()}})

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.saying is None)
    @rule()
    def the_loudspeaker_asks(self) -> None:
        waited = list(self.announcer.waiting)
        self.saying = self.announcer.next(NOON, self.now)
        if self.saying is None:
            late = RULES.late.total_seconds()
            assert all(self.now - self.called_at[one.ticket_id] > late for one in waited)
            return
        said = self.saying.call
        assert self.at_window.get(said.window_no) == said.ticket_id, "said for somebody who is not called there"
        self.readings[said.ticket_id] += 1
        assert self.readings[said.ticket_id] <= RULES.repeats
        if self.saying.turn == 1:
            assert self.now - self.called_at[said.ticket_id] <= RULES.late.total_seconds() + 1e-6
            self.first_said.append(said.ticket_id)

    @precondition(lambda self: self.saying is not None)
    @rule()
    def the_loudspeaker_has_said_it(self) -> None:
        self.saying = None
        self.announcer.ended()

    @invariant()
    def never_two_at_once(self) -> None:
        if self.saying is not None:
            assert self.announcer.next(NOON, self.now) is None

    @invariant()
    def in_the_order_of_the_calls(self) -> None:
        places = [self.order.index(ticket) for ticket in self.first_said]
        assert places == sorted(places)

    @invariant()
    def nobody_waits_twice(self) -> None:
        tickets = [one.ticket_id for one in self.announcer.waiting]
        windows = [one.window_no for one in self.announcer.waiting]
        assert len(set(tickets)) == len(tickets)
        assert len(set(windows)) == len(windows)


TestAnAfternoon = AnAfternoon.TestCase
TestAnAfternoon.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
