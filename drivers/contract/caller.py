"""The contract of a caller keypad: a key acts once, at once or not at all; the digits show what they are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import pytest

from drivers.base.devices import CallerKeypad
from drivers.base.errors import DeviceError
from drivers.base.health import HealthState
from drivers.base.readings import CallerKey
from drivers.base.trace import TraceLog
from drivers.contract.benches import often

SHORT = 0.5
PATIENCE = 20.0


class KeypadBench(Protocol):
    """The clerk's finger and eyes. ``digits``: what the keypad shows, the waiting first, then the ticket."""

    digits: str

    def press_key(self, key: CallerKey) -> None: ...

    def wait_until_echoed(self, times: int, timeout: float) -> bool: ...

    def wait_until_shown(self, digits: str, timeout: float) -> bool: ...

    def unplug(self) -> None: ...

    def replug(self) -> None: ...


class CallerKeypadContract:
    """keys: those that the keypad has. overrun: seconds that a call may take beyond its time-out."""

    keys: ClassVar[Collection[CallerKey]] = tuple(CallerKey)
    overrun: ClassVar[float] = 3.0

    def make_bench(self, folder: Path) -> KeypadBench | AbstractContextManager[KeypadBench]:
        raise NotImplementedError

    def make_keypad(self, bench: KeypadBench, trace: TraceLog) -> CallerKeypad:
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[KeypadBench]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            yield bench

    @pytest.fixture
    def trace(self) -> TraceLog:
        return TraceLog(lambda: datetime.now().astimezone())

    @pytest.fixture
    def keypad(self, bench: KeypadBench, trace: TraceLog) -> Iterator[CallerKeypad]:
        keypad = self.make_keypad(bench, trace)
        assert keypad.probe().state is HealthState.READY
        yield keypad
        keypad.close()

    def key(self, keypad: CallerKeypad, timeout: float = PATIENCE) -> CallerKey | None:
        pressed = keypad.wait_for_key(timeout, threading.Event())
        return None if pressed is None else pressed.key

    def test_every_key_arrives_once_and_is_acknowledged(self, bench: KeypadBench, keypad: CallerKeypad) -> None:
        for number, key in enumerate(self.keys, 1):
            bench.press_key(key)
            assert self.key(keypad) is key
            assert bench.wait_until_echoed(number, PATIENCE)
        assert self.key(keypad, SHORT) is None

    def test_no_key_is_none_after_the_time(self, keypad: CallerKeypad) -> None:
        start = time.monotonic()
        assert self.key(keypad, SHORT) is None
        assert SHORT * 0.9 < time.monotonic() - start < SHORT + self.overrun

    def test_a_key_pressed_while_nobody_listened_does_not_act_later(
        self, bench: KeypadBench, keypad: CallerKeypad
    ) -> None:
        bench.press_key(CallerKey.CALL)
        time.sleep(2.5)
        assert self.key(keypad, SHORT) is None
        bench.press_key(CallerKey.RECALL)
        assert self.key(keypad) is CallerKey.RECALL

    def test_number_and_waiting_are_shown_as_far_as_the_digits_go(
        self, bench: KeypadBench, keypad: CallerKeypad
    ) -> None:
        keypad.show_number("A035")
        assert bench.wait_until_shown("   035", PATIENCE)
        keypad.show_waiting(12)
        assert bench.wait_until_shown("012   ", PATIENCE)
        keypad.show_waiting(12_345)
        assert bench.wait_until_shown("999   ", PATIENCE)
        keypad.show_number("")
        assert bench.wait_until_shown("      ", PATIENCE)

    def test_cancelling_ends_the_wait(self, keypad: CallerKeypad) -> None:
        cancel = threading.Event()
        stopping = threading.Timer(0.2, cancel.set)
        stopping.start()
        start = time.monotonic()
        assert keypad.wait_for_key(PATIENCE, cancel) is None
        assert time.monotonic() - start < self.overrun
        stopping.join()

    def test_a_pulled_plug_is_told_and_heals_by_itself(self, bench: KeypadBench, keypad: CallerKeypad) -> None:
        bench.unplug()
        with pytest.raises(DeviceError) as caught:
            often(lambda: keypad.wait_for_key(SHORT, threading.Event()))
        assert "请" in caught.value.advice
        with pytest.raises(DeviceError):
            keypad.show_number("A035")
        assert keypad.health().state is HealthState.ABSENT
        bench.replug()
        assert any(keypad.probe().usable for _ in range(5))
        bench.press_key(CallerKey.CALL)
        assert self.key(keypad) is CallerKey.CALL

    def test_closing_and_using_again_opens_it_again(self, bench: KeypadBench, keypad: CallerKeypad) -> None:
        keypad.close()
        keypad.close()
        assert keypad.health().state is HealthState.ABSENT
        assert keypad.probe().state is HealthState.READY
        bench.press_key(CallerKey.RECALL)
        assert self.key(keypad) is CallerKey.RECALL
