"""One contract for the evaluator's driver: in memory, and the same over a serial device (pty).

What the citizen relies on: only the key that they pressed counts, and silence is no praise.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from drivers.base.errors import NotConnected
from drivers.base.health import HealthState
from drivers.base.readings import RatingReading
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort
from drivers.evaluator.keypad import SerialEvaluator
from drivers.evaluator.scales import FIVE_KEYS, FOUR_KEYS, LEVEL_WORDS
from drivers.evaluator.simulator import EvaluatorSimulator
from support.lines import now

PATIENCE = 20.0
SHORT = 0.3


class TestEvaluatorInMemory:
    def make_port(self) -> SimulatedPort:
        return MemoryPort("evaluator")

    @pytest.fixture
    def port(self) -> SimulatedPort:
        return self.make_port()

    @pytest.fixture
    def device(self, port: SimulatedPort) -> Iterator[EvaluatorSimulator]:
        device = EvaluatorSimulator(port)
        with device:
            yield device
        assert list(device.errors) == []

    @pytest.fixture
    def evaluator(self, device: EvaluatorSimulator, port: SimulatedPort) -> Iterator[SerialEvaluator]:
        evaluator = SerialEvaluator(lambda: port.transport(9600), FIVE_KEYS, now=now, reconnect_interval=0.05)
        yield evaluator
        evaluator.close()

    @pytest.mark.parametrize("level", LEVEL_WORDS)
    def test_each_of_the_five_levels_arrives_and_is_acknowledged(
        self, device: EvaluatorSimulator, evaluator: SerialEvaluator, level: int
    ) -> None:
        device.press(level)
        assert evaluator.ask_rating(PATIENCE, threading.Event()) == RatingReading(level, LEVEL_WORDS[level], level - 1)
        assert device.wait_until_acknowledged(1, PATIENCE)
        assert device.acknowledged == [level - 1]

    @pytest.mark.parametrize(("raw", "level"), [(0, 4), (2, 2), (3, 1)])
    def test_a_keypad_with_four_keys_is_mapped_as_configured(self, port: SimulatedPort, raw: int, level: int) -> None:
        with EvaluatorSimulator(port, FOUR_KEYS) as device:
            evaluator = SerialEvaluator(lambda: port.transport(9600), FOUR_KEYS, now=now)
            device.press_raw(raw)
            rated = evaluator.ask_rating(PATIENCE, threading.Event())
            evaluator.close()
        assert rated == RatingReading(level, LEVEL_WORDS[level], raw)

    def test_the_default_of_a_four_key_keypad_is_no_rating(self, port: SimulatedPort) -> None:
        with EvaluatorSimulator(port, FOUR_KEYS) as device:
            evaluator = SerialEvaluator(lambda: port.transport(9600), FOUR_KEYS, now=now)
            device.press_raw(1)
            assert evaluator.ask_rating(PATIENCE, threading.Event()) is None
            assert device.wait_until_acknowledged(1, PATIENCE)
            evaluator.close()

    def test_nobody_pressing_a_key_is_unrated(self, device: EvaluatorSimulator, evaluator: SerialEvaluator) -> None:
        assert evaluator.ask_rating(SHORT, threading.Event()) is None
        assert device.wait_until_asked(1, PATIENCE)
        assert evaluator.health().state is HealthState.READY

    def test_a_silent_keypad_is_unrated(self, device: EvaluatorSimulator, evaluator: SerialEvaluator) -> None:
        device.set_silent(True)
        device.press(1)
        assert evaluator.ask_rating(SHORT, threading.Event()) is None

    def test_a_damaged_rating_is_not_believed_and_its_repetition_is(
        self, device: EvaluatorSimulator, evaluator: SerialEvaluator
    ) -> None:
        device.damage_next(2)
        device.press(5)
        rated = evaluator.ask_rating(PATIENCE, threading.Event())
        assert rated is not None
        assert rated.level == 5

    def test_a_key_pressed_too_late_does_not_rate_the_next_visit(
        self, device: EvaluatorSimulator, evaluator: SerialEvaluator
    ) -> None:
        assert evaluator.ask_rating(SHORT, threading.Event()) is None
        device.press_too_late(5)

        def next_citizen() -> None:
            device.wait_until_asked(2, PATIENCE)
            device.press(2)

        pressing = threading.Thread(target=next_citizen)
        pressing.start()
        rated = evaluator.ask_rating(PATIENCE, threading.Event())
        pressing.join()
        assert rated is not None
        assert rated.level == 2

    def test_a_byte_outside_the_scale_is_not_guessed(
        self, device: EvaluatorSimulator, evaluator: SerialEvaluator
    ) -> None:
        device.press_raw(9)
        assert evaluator.ask_rating(SHORT, threading.Event()) is None

    def test_another_keypads_rating_on_the_same_line_is_left_alone(self, port: SimulatedPort) -> None:
        with EvaluatorSimulator(port, address=6) as device:
            evaluator = SerialEvaluator(lambda: port.transport(9600), FIVE_KEYS, now=now, address=5)
            asking = threading.Timer(0.1, device.press_too_late, [1])
            asking.start()
            assert evaluator.ask_rating(SHORT, threading.Event()) is None
            asking.join()
            evaluator.close()

    def test_cancelling_ends_the_wait(self, device: EvaluatorSimulator, evaluator: SerialEvaluator) -> None:
        cancel = threading.Event()
        stopping = threading.Timer(0.1, cancel.set)
        stopping.start()
        assert evaluator.ask_rating(PATIENCE, cancel) is None
        stopping.join()

    def test_a_keypad_that_is_away_is_told_and_comes_back(
        self, device: EvaluatorSimulator, evaluator: SerialEvaluator
    ) -> None:
        device.unplug()
        with pytest.raises(NotConnected) as caught:
            evaluator.ask_rating(SHORT, threading.Event())
        assert "评价器没有连上" in caught.value.advice
        assert evaluator.probe().state is HealthState.ABSENT
        device.replug()
        assert evaluator.probe().state is HealthState.READY
        device.press(3)
        assert evaluator.ask_rating(PATIENCE, threading.Event()) is not None

    def test_a_cable_pulled_while_the_citizen_thinks_does_not_lose_the_rating(
        self, device: EvaluatorSimulator, evaluator: SerialEvaluator
    ) -> None:
        def pull_and_return() -> None:
            device.wait_until_asked(1, PATIENCE)
            device.unplug()
            device.replug()
            device.wait_until_asked(2, PATIENCE)
            device.press(4)

        trouble = threading.Thread(target=pull_and_return)
        trouble.start()
        rated = evaluator.ask_rating(PATIENCE, threading.Event())
        trouble.join()
        assert rated is not None
        assert rated.level == 4


if os.name == "posix":

    class TestEvaluatorOverSerial(TestEvaluatorInMemory):
        """The same contract with pyserial in between."""

        def make_port(self) -> SimulatedPort:
            return PtyPort("evaluator")
