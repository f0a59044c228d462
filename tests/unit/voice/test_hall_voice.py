"""The thread that speaks: it outlives every error, says calls in order, and takes back what is undone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.announcing import VoiceRules
from clerk_app.domain.queue import TicketState
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.devices import DeviceFault, DeviceHealth, DeviceState, SpokenWords
from clerk_app.ports.hall_queue import CalledNumber
from clerk_app.services.voice import HallVoice, StartedSaying
from support.halls import NOW

PATIENCE_S = 10.0


def line(number: str, window: str, *, recalls: int = 0, second: int = 0) -> CalledNumber:
    at = NOW + timedelta(seconds=second)
    return CalledNumber(f"t-{number}", number, "g", window, TicketState.CALLED, False, recalls, at, at)


class Loudspeaker:
    """Says at once, or holds each reading until ``let_go``; fails as told."""

    def __init__(self) -> None:
        self.said: list[SpokenWords] = []
        self.failures: list[Exception] = []
        self.held = False
        self.probes = 0
        self.at_once = 0
        self.most_at_once = 0
        self._changed = threading.Condition()
        self._released = 0

    def say(self, words: SpokenWords, started: Callable[[float], None], cancel: threading.Event) -> bool:
        with self._changed:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.said.append(words)
            number = len(self.said)
            self._changed.notify_all()
        try:
            if self.failures:
                raise self.failures.pop(0)
            started(time.monotonic())
            with self._changed:
                while self.held and self._released < number and not cancel.is_set():
                    self._changed.wait(0.02)
            return not cancel.is_set()
        finally:
            with self._changed:
                self.at_once -= 1

    def probe(self) -> DeviceHealth:
        self.probes += 1
        return self.health()

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, NOW, "ready")

    def let_go(self) -> None:
        with self._changed:
            self._released += 1
            self._changed.notify_all()

    def wait_for(self, count: int) -> list[str]:
        """What was said once there are ``count`` readings."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.said) >= count, PATIENCE_S), [one.text for one in self.said]
            return [one.text for one in self.said]


@pytest.fixture
def loudspeaker() -> Loudspeaker:
    return Loudspeaker()


@pytest.fixture
def starts() -> list[StartedSaying]:
    return []


@pytest.fixture
def voice(loudspeaker: Loudspeaker, starts: list[StartedSaying]) -> Iterator[HallVoice]:
    made = HallVoice(loudspeaker, VoiceRules(), SystemClock(), on_started=starts.append)
    made.start()
    yield made
    made.stop()


def test_a_call_is_said_twice_the_first_time_after_a_chime(voice: HallVoice, loudspeaker: Loudspeaker) -> None:
    voice.call(line("A047", "12"))
    assert loudspeaker.wait_for(2) == ["请A零四七号到十二号窗口"] * 2
    assert [words.before for words in loudspeaker.said] == ["chime", ""]
    assert all(words.clips[0] == "please" for words in loudspeaker.said)


def test_calls_of_many_windows_are_said_in_order_and_never_over_each_other(
    voice: HallVoice, loudspeaker: Loudspeaker
) -> None:
    for serial in range(1, 10):
        voice.call(line(f"A00{serial}", str(serial)))
    assert loudspeaker.wait_for(9)
    deadline = time.monotonic() + PATIENCE_S
    while voice.waiting and time.monotonic() < deadline:
        time.sleep(0.01)
    firsts = [words.clips[4] for words in loudspeaker.said if words.before]
    assert firsts == [f"digit-{serial}" for serial in range(1, 10)]
    assert loudspeaker.most_at_once == 1


def test_who_comes_after_the_first_reading_is_not_called_a_second_time(
    voice: HallVoice, loudspeaker: Loudspeaker
) -> None:
    loudspeaker.held = True
    voice.call(line("A047", "12"))
    voice.call(line("B001", "3", second=1))
    loudspeaker.wait_for(1)
    here = replace(line("A047", "12"), state=TicketState.SERVING)
    voice.heed([here, line("B001", "3", second=1)])
    loudspeaker.let_go()
    assert loudspeaker.wait_for(2)[1] == "请B零零一号到三号窗口"
    loudspeaker.held = False


def test_a_call_undone_before_it_was_said_is_never_heard(voice: HallVoice, loudspeaker: Loudspeaker) -> None:
    loudspeaker.held = True
    voice.call(line("A047", "12"))
    loudspeaker.wait_for(1)
    voice.call(line("A048", "13", second=2))
    voice.call(line("A049", "14", second=3))
    voice.heed([line("A047", "12"), line("A049", "14", second=3)])
    loudspeaker.held = False
    assert loudspeaker.wait_for(4)[2:] == ["请A零四九号到十四号窗口"] * 2


def test_a_full_board_does_not_silence_what_has_moved_off_it(voice: HallVoice, loudspeaker: Loudspeaker) -> None:
    loudspeaker.held = True
    lines = [line(f"A0{serial:02d}", str(serial), second=serial) for serial in range(1, 16)]
    for one in lines:
        voice.call(one)
    loudspeaker.wait_for(1)
    voice.heed(lines[3:])
    assert [call.number for call in voice.waiting] == [one.number for one in lines[1:]]
    loudspeaker.held = False


@pytest.mark.parametrize("error", [RuntimeError("a mistake of ours"), DeviceFault("没有找到音箱", "no_speaker")])
def test_no_error_ends_the_voice(voice: HallVoice, loudspeaker: Loudspeaker, error: Exception) -> None:
    loudspeaker.failures = [error, error, error]
    voice.call(line("A001", "1"))
    loudspeaker.wait_for(2)
    voice.call(line("A002", "2", second=1))
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and loudspeaker.said[-1].text != "请A零零二号到二号窗口":
        time.sleep(0.01)
    assert loudspeaker.said[-1].text == "请A零零二号到二号窗口"


def test_a_listener_that_fails_does_not_end_the_voice(loudspeaker: Loudspeaker) -> None:
    def listen(told: StartedSaying) -> None:
        raise ValueError("a benchmark's mistake")

    voice = HallVoice(loudspeaker, VoiceRules(), SystemClock(), on_started=listen)
    voice.start()
    voice.call(line("A001", "1"))
    assert len(loudspeaker.wait_for(2)) == 2
    voice.stop()


def test_a_recall_is_said_as_one(voice: HallVoice, loudspeaker: Loudspeaker) -> None:
    voice.call(line("A047", "12", recalls=1))
    assert loudspeaker.wait_for(1)[0] == "再次请A零四七号到十二号窗口"


def test_the_start_of_each_reading_is_told_with_its_times(
    voice: HallVoice, loudspeaker: Loudspeaker, starts: list[StartedSaying]
) -> None:
    voice.call(line("A047", "12"))
    loudspeaker.wait_for(2)
    voice.stop()
    assert [(told.number, told.window_no, told.turn) for told in starts] == [("A047", "12", 1), ("A047", "12", 2)]
    assert all(told.heard_at <= told.started_at for told in starts)


def test_a_muted_voice_says_nothing_now_and_nothing_later(voice: HallVoice, loudspeaker: Loudspeaker) -> None:
    voice.mute(True)
    voice.call(line("A047", "12"))
    deadline = time.monotonic() + PATIENCE_S
    while voice.waiting and time.monotonic() < deadline:
        time.sleep(0.01)
    voice.mute(False)
    voice.call(line("A048", "13", second=1))
    assert loudspeaker.wait_for(1)[0] == "请A零四八号到十三号窗口"


def test_stopping_cuts_off_what_is_being_said(voice: HallVoice, loudspeaker: Loudspeaker) -> None:
    loudspeaker.held = True
    voice.call(line("A047", "12"))
    loudspeaker.wait_for(1)
    voice.stop()
    voice.stop()
    assert len(loudspeaker.said) == 1


def test_a_number_without_clips_is_given_as_text(voice: HallVoice, loudspeaker: Loudspeaker) -> None:
    voice.call(line("王001", "3"))
    loudspeaker.wait_for(1)
    assert loudspeaker.said[0].clips == ()
    assert loudspeaker.said[0].text == "请王001号到3号窗口"
