"""The caller keypad's contract in memory and over a serial device (pty)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.devices import CallerKeypad
from drivers.base.readings import CallerKey
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort
from drivers.base.trace import TraceLog
from drivers.caller.keypad import SerialCallerKeypad
from drivers.caller.simulator import CallerSimulator
from drivers.contract.caller import SHORT, CallerKeypadContract, KeypadBench
from drivers.evaluator.line import SharedLine
from support.lines import now


class TestCallerKeypadInMemory(CallerKeypadContract):
    def make_port(self) -> SimulatedPort:
        return MemoryPort("keypad")

    def make_bench(self, folder: Path) -> CallerSimulator:
        return CallerSimulator(self.make_port())

    def make_keypad(self, bench: KeypadBench, trace: TraceLog) -> CallerKeypad:
        assert isinstance(bench, CallerSimulator)
        line = SharedLine(lambda: bench.line.transport(9600), reconnect_interval=0.05, trace=trace)
        return SerialCallerKeypad(line, now=now)

    @pytest.fixture(autouse=True)
    def _well(self, bench: CallerSimulator) -> Iterator[None]:
        yield
        assert list(bench.errors) == []

    def test_a_key_that_is_sent_again_until_it_is_acknowledged_acts_once(
        self, bench: CallerSimulator, keypad: CallerKeypad
    ) -> None:
        bench.press_key(CallerKey.MISS, times=3)
        assert self.key(keypad) is CallerKey.MISS
        assert self.key(keypad, SHORT) is None
        bench.press_key(CallerKey.MISS)
        assert self.key(keypad) is CallerKey.MISS

    def test_a_rating_is_no_key(self, bench: CallerSimulator, keypad: CallerKeypad) -> None:
        bench.press_too_late(3)
        assert self.key(keypad, SHORT) is None

    def test_a_tone_is_heard(self, bench: CallerSimulator, keypad: SerialCallerKeypad) -> None:
        keypad.beep()
        keypad.show_number("7")
        assert bench.wait_until_shown("   007", 20)
        assert bench.beeps == 1

    def test_whoever_waits_in_two_threads_hears_each_key_once(
        self, bench: CallerSimulator, keypad: CallerKeypad
    ) -> None:
        heard: list[CallerKey] = []

        def wait() -> None:
            pressed = keypad.wait_for_key(1.0, threading.Event())
            if pressed is not None:
                heard.append(pressed.key)

        waiting = [threading.Thread(target=wait) for _ in range(2)]
        for thread in waiting:
            thread.start()
        bench.press_key(CallerKey.CALL)
        for thread in waiting:
            thread.join()
        assert heard == [CallerKey.CALL]


if os.name == "posix":

    class TestCallerKeypadOverSerial(TestCallerKeypadInMemory):
        """The same contract with pyserial in between."""

        def make_port(self) -> SimulatedPort:
            return PtyPort("keypad")
