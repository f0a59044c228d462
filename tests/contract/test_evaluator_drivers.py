"""The rating keypad's contract in memory and over a serial device (pty), and what is the family's own: keys that are
mapped by configuration, damaged frames, and the line that it shares with the caller's keypad."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.devices import Evaluator
from drivers.base.readings import CallerKey, RatingReading
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort
from drivers.base.trace import TraceLog, no_trace
from drivers.caller.keypad import SerialCallerKeypad
from drivers.caller.simulator import CallerSimulator
from drivers.contract.evaluator import PATIENCE, SHORT, EvaluatorContract, RatingBench
from drivers.evaluator.keypad import SerialEvaluator
from drivers.evaluator.line import SharedLine
from drivers.evaluator.scales import FIVE_KEYS, FOUR_KEYS, LEVEL_WORDS, RatingScale, parse_scale
from drivers.evaluator.simulator import EvaluatorSimulator
from support.lines import now
from support.server import eventually


def line_on(port: SimulatedPort, trace: TraceLog | None = None) -> SharedLine:
    return SharedLine(lambda: port.transport(9600), reconnect_interval=0.05, trace=trace or no_trace)


class TestEvaluatorInMemory(EvaluatorContract):
    def make_port(self) -> SimulatedPort:
        return MemoryPort("evaluator")

    def make_bench(self, folder: Path) -> EvaluatorSimulator:
        return EvaluatorSimulator(self.make_port())

    def make_evaluator(self, bench: RatingBench, trace: TraceLog) -> Evaluator:
        assert isinstance(bench, EvaluatorSimulator)
        return SerialEvaluator(line_on(bench.line, trace), FIVE_KEYS, now=now)

    @pytest.fixture(autouse=True)
    def _well(self, bench: EvaluatorSimulator) -> Iterator[None]:
        yield
        assert list(bench.errors) == []

    def test_a_rating_is_acknowledged(self, bench: EvaluatorSimulator, evaluator: SerialEvaluator) -> None:
        bench.press(5)
        assert evaluator.ask_rating(PATIENCE, threading.Event()) == RatingReading(5, LEVEL_WORDS[5], 4)
        assert bench.wait_until_acknowledged(1, PATIENCE)
        assert bench.acknowledged == [4]

    def test_a_silent_keypad_is_unrated(self, bench: EvaluatorSimulator, evaluator: SerialEvaluator) -> None:
        bench.set_silent(True)
        bench.press(1)
        assert evaluator.ask_rating(SHORT, threading.Event()) is None

    def test_a_damaged_rating_is_not_believed_and_its_repetition_is(
        self, bench: EvaluatorSimulator, evaluator: SerialEvaluator
    ) -> None:
        bench.damage_next(2)
        bench.press(5)
        assert self.ask(evaluator) == 5

    def test_a_byte_outside_the_scale_is_not_guessed(
        self, bench: EvaluatorSimulator, evaluator: SerialEvaluator
    ) -> None:
        bench.press_raw(9)
        assert evaluator.ask_rating(SHORT, threading.Event()) is None

    def test_a_cable_pulled_while_the_citizen_thinks_does_not_lose_the_rating(
        self, bench: EvaluatorSimulator, evaluator: SerialEvaluator
    ) -> None:
        def pull_and_return() -> None:
            bench.wait_until_asked(1, PATIENCE)
            bench.unplug()
            bench.replug()
            bench.wait_until_asked(2, PATIENCE)
            bench.press(4)

        trouble = threading.Thread(target=pull_and_return)
        trouble.start()
        assert self.ask(evaluator) == 4
        trouble.join()

    def test_how_a_citizen_rated_does_not_stand_in_the_trace(
        self, bench: EvaluatorSimulator, evaluator: SerialEvaluator, trace: TraceLog
    ) -> None:
        for level in (1, 5):
            bench.press(level)
            assert self.ask(evaluator) == level
        assert bench.wait_until_acknowledged(2, PATIENCE)

        def told() -> list[str]:
            return [line.text for line in trace.lines() if "68 05 11" in line.text or "68 05 01 [" in line.text]

        # the device has the answer a moment before the host notes that it wrote it
        assert eventually(lambda: len(told()) == 4, PATIENCE)
        assert len({line for line in told() if "68 05 11" in line}) == 1
        assert not [line for line in told() if "05 11 0" in line or "05 01 0" in line]


if os.name == "posix":

    class TestEvaluatorOverSerial(TestEvaluatorInMemory):
        """The same contract with pyserial in between."""

        def make_port(self) -> SimulatedPort:
            return PtyPort("evaluator")


@pytest.mark.parametrize(
    ("scale", "raw", "level"),
    [
        (FOUR_KEYS, 0, 4),
        (FOUR_KEYS, 1, None),
        (FOUR_KEYS, 2, 2),
        (FOUR_KEYS, 3, 1),
        (parse_scale("0=5 1=3 2=2 3=1"), 0, 5),
        (parse_scale("0=5 1=3 2=2 3=1"), 1, 3),
        (parse_scale("48=1,49=2,50=3,51=4,52=5"), 52, 5),
    ],
)
def test_what_a_key_means_is_configured(scale: RatingScale, raw: int, level: int | None) -> None:
    with EvaluatorSimulator(MemoryPort(), scale) as device:
        evaluator = SerialEvaluator(line_on(device.line), scale, now=now)
        device.press_raw(raw)
        rated = evaluator.ask_rating(PATIENCE if level else SHORT, threading.Event())
        assert device.wait_until_acknowledged(1, PATIENCE)
        evaluator.close()
    assert (None if rated is None else rated.level) == level


def test_another_boxs_rating_on_the_same_line_is_left_alone() -> None:
    with EvaluatorSimulator(MemoryPort(), address=6) as device:
        evaluator = SerialEvaluator(line_on(device.line), FIVE_KEYS, now=now, address=5)
        asking = threading.Timer(0.1, device.press_too_late, [1])
        asking.start()
        assert evaluator.ask_rating(SHORT, threading.Event()) is None
        asking.join()
        assert device.acknowledged == []
        evaluator.close()


def test_rating_and_calling_go_over_one_line_at_the_same_time() -> None:
    """The clerk's keys act while the citizen is asked; neither hears what is the other's."""
    with CallerSimulator(MemoryPort()) as box:
        line = line_on(box.line)
        evaluator = SerialEvaluator(line, FIVE_KEYS, now=now)
        keypad = SerialCallerKeypad(line, now=now)
        rated: list[RatingReading | None] = []
        assert keypad.probe().usable
        asking = threading.Thread(target=lambda: rated.append(evaluator.ask_rating(PATIENCE, threading.Event())))
        asking.start()
        assert box.wait_until_asked(1, PATIENCE)
        box.press_key(CallerKey.RECALL)
        pressed = keypad.wait_for_key(PATIENCE, threading.Event())
        assert pressed is not None
        assert pressed.key is CallerKey.RECALL
        keypad.show_number("A035")
        assert box.wait_until_shown("   035", PATIENCE)
        box.press(4)
        asking.join()
        assert [one.level for one in rated if one] == [4]
        assert keypad.wait_for_key(SHORT, threading.Event()) is None
        evaluator.close()
        assert keypad.health().usable, "the line stays while the other one uses it"
        box.press_key(CallerKey.HOLD)
        held = keypad.wait_for_key(PATIENCE, threading.Event())
        assert held is not None
        keypad.close()
        assert box.line.baud() is None, "the last one gives the port back"
        assert list(box.errors) == []
