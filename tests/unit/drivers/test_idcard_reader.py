"""How often the reader is asked, how its line is searched, and what is told of a newest address that does not come."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise

import pytest

from drivers.base.errors import Timeout
from drivers.base.health import HealthState
from drivers.base.simports import MemoryPort
from drivers.base.trace import Masked, TraceLog
from drivers.base.transport import ByteTransport
from drivers.idcard import commands, samples
from drivers.idcard.commands import Command
from drivers.idcard.frames import build_reply
from drivers.idcard.lines import BAUD_RATES, at_rates, only
from drivers.idcard.masking import personal_spans
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.simulator import CardReaderSimulator, Fault
from drivers.idcard.text_block import encode_text_block
from support.card_steps import StepDesk
from support.lines import FakeTime, now


class EmptyReader(ByteTransport):
    """Answers at once that there is no card, and notes when it was asked for one."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__("empty")
        self._time = time
        self._answer = b""
        self._open = False
        self.asked_at: list[float] = []

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self) -> None:
        self._open = True

    def close(self) -> None:
        self._open = False

    def read(self, timeout: float) -> bytes:
        answer, self._answer = self._answer, b""
        return answer

    def write(self, data: bytes, timeout: float) -> None:
        if data == commands.FIND.request:
            self.asked_at.append(self._time.seconds)
            self._answer = build_reply(commands.FIND_FAILED)
        else:
            self._answer = build_reply(commands.OK)


def test_the_reader_is_asked_every_300_ms_at_most_also_across_calls() -> None:
    time = FakeTime()
    line = EmptyReader(time)
    reader = Ga467Reader(only("empty", lambda: line), now=now, monotonic=time.monotonic)
    for timeout in (1.0, 0.05, 0.0, 1.0):
        assert reader.wait_for_card(timeout, time.cancel) is None
    gaps = [later - earlier for earlier, later in pairwise(line.asked_at)]
    assert len(gaps) >= 6
    assert min(gaps) == pytest.approx(0.3)


def test_a_reader_without_a_baud_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="baud"):
        at_rates(lambda baud: EmptyReader(FakeTime()), ())


class SilentLine(EmptyReader):
    """Nothing hangs there; listening takes its time."""

    def read(self, timeout: float) -> bytes:
        self._time.seconds += timeout
        return b""

    def write(self, data: bytes, timeout: float) -> None: ...


def test_a_search_over_all_rates_takes_half_a_second_each() -> None:
    time = FakeTime()
    tried: list[int] = []

    def connect(rate: int) -> ByteTransport:
        tried.append(rate)
        return SilentLine(time)

    reader = Ga467Reader(at_rates(connect, BAUD_RATES), now=now, monotonic=time.monotonic)
    health = reader.probe()
    assert health.state is HealthState.FAULTY
    assert "波特率" in health.advice
    assert tried == list(BAUD_RATES)
    assert time.seconds == pytest.approx(0.5 * len(BAUD_RATES))


def test_a_search_goes_on_where_the_last_wait_ended() -> None:
    """A short wait does not begin with the first rate again and again."""
    time = FakeTime()
    tried: list[int] = []

    def connect(rate: int) -> ByteTransport:
        tried.append(rate)
        return SilentLine(time)

    reader = Ga467Reader(at_rates(connect, BAUD_RATES), now=now, monotonic=time.monotonic)
    for _ in BAUD_RATES:
        with pytest.raises(Timeout):
            reader.wait_for_card(0.2, time.cancel)
    assert tried == list(BAUD_RATES)


def test_a_reader_that_was_set_to_another_rate_is_found_again() -> None:
    port = MemoryPort("reader")
    with CardReaderSimulator(port) as device:
        reader = Ga467Reader(
            at_rates(port.transport, BAUD_RATES), now=now, find_timeout=0.1, poll_interval=0.01, reconnect_interval=0.01
        )
        assert reader.probe().state is HealthState.READY
        device._baud = 19200
        device.place_card(samples.RESIDENT)
        assert reader.wait_for_card(20.0, threading.Event()) is not None
        assert reader.found == "@19200"
        reader.close()


def desk_with_newest_address() -> StepDesk:
    desk = StepDesk()
    desk.device.place_card(replace(samples.RESIDENT, newest_address="明河市明河区样例路9号"))
    return desk


def test_a_newest_address_that_does_not_come_is_told_and_not_left_out() -> None:
    desk = desk_with_newest_address()
    desk.device.fail_next(Fault.SILENCE, commands.READ_NEWEST_ADDRESS, times=2)
    outcome = desk.wait(5.0)
    assert outcome.error is not None
    assert outcome.error.word == "newest_address_unread"
    assert "现在的住址" in outcome.error.advice


@pytest.mark.parametrize("status", [0x91, 0x21, 0x24])
def test_a_module_without_newest_addresses_reads_the_card(status: int) -> None:
    desk = desk_with_newest_address()
    desk.device.answer_next(status, commands.READ_NEWEST_ADDRESS)
    assert desk.wait(5.0).reading == samples.RESIDENT


def test_the_newest_address_is_not_asked_for_where_the_settings_say_so_nor_of_permits() -> None:
    desk = desk_with_newest_address()
    desk.reader = Ga467Reader(
        only("steps", desk.port.transport), now=now, monotonic=desk.time.monotonic, newest_address=False
    )
    assert desk.wait(5.0).reading == samples.RESIDENT
    other = StepDesk()
    other.device.place_card(samples.HMT_PERMIT)
    assert other.wait(5.0).reading == samples.HMT_PERMIT
    assert desk.device.count(commands.READ_NEWEST_ADDRESS) == other.device.count(commands.READ_NEWEST_ADDRESS) == 0


def test_the_trace_tells_frames_and_masks_a_card_that_nobody_asked_for() -> None:
    desk = StepDesk()
    trace = TraceLog(now)
    desk.reader = Ga467Reader(only("steps", desk.port.transport), now=now, monotonic=desk.time.monotonic, trace=trace)
    desk.device.place_card(samples.RESIDENT)
    desk.device.fail_next(Fault.LATE_REPLY, commands.READ)
    assert desk.wait(5.0).error is not None
    desk.device.lift_card()
    late = build_reply(commands.OK, commands.build_read_payload(encode_text_block(samples.RESIDENT), b""))
    assert personal_spans(late, None) == (Masked(10, len(late)),)
    told = [line.text for line in trace.lines()]
    assert "AA AA AA 96 69 00 03 30 01 32" in told
    assert "没有等到回答" in told


@pytest.mark.parametrize("command", commands.ALL_COMMANDS, ids=lambda command: command.request.hex())
def test_only_answers_about_the_device_are_told_whole(command: Command) -> None:
    frame = build_reply(commands.OK, b"personal data of 24 byte")
    spans = personal_spans(frame, command)
    assert bool(spans) != (command in (commands.RESET_SAM, commands.SAM_STATUS, commands.SAM_ID, commands.MAX_RF_BYTES))
    assert all((span.start, span.end) == (10, len(frame)) for span in spans)
