"""The queue driven at random, with crashes, retries and clocks that jump: in whatever order, the promises hold."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, settings

from clerk_app.domain.queue import PriorityClass
from support.queue_hall import WINDOWS, Network
from support.queue_machine import LEGAL, QueueMachine

TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(
    max_examples=12,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class QueueOnPostgres(QueueMachine):
    postgresql = True


TestQueueOnPostgres = QueueOnPostgres.TestCase
TestQueueOnPostgres.settings = settings(TestQueueMachine.settings, max_examples=5)

WEIGHTS = {
    "take": 12,
    "take_by_card": 3,
    "walk_in": 1,
    "call_next": 9,
    "finish_and_call": 6,
    "window_state": 4,
    "regroup": 1,
    "clock": 8,
    "turn": 0.3,
    "kill": 1,
    "sweep": 2,
    "listen": 3,
    "end": 0.2,
    **dict.fromkeys(LEGAL, 2.5),
}


class Hand:
    """Plays the machine evenly: Hypothesis looks for short failures, a long day needs every key."""

    def __init__(self, seed: int, machine: type[QueueMachine] = QueueMachine) -> None:
        self._random = Random(seed)
        self.machine = machine()
        self.done: Counter[str] = Counter()

    def play(self, steps: int) -> None:
        names, weights = list(WEIGHTS), list(WEIGHTS.values())
        self.machine.open_hall(missed_returns=2)
        for _ in range(steps):
            name = self._random.choices(names, weights)[0]
            if name not in LEGAL:
                self._around(name)
            elif self.machine.some(0, *LEGAL[name]):
                self.machine.do(name, self._random.randrange(10_000), self._network())
            else:
                continue
            self.done[name] += 1
        self.machine.teardown()

    def _network(self) -> Network:
        return self._random.choices(list(Network), [16, 2, 2, 1, 1])[0]

    def _around(self, name: str) -> None:
        machine, any_of, network = self.machine, self._random.choice, self._network()
        window, group = any_of(WINDOWS), self._random.randrange(3)
        match name:
            case "take":
                machine.take(group, any_of([*[PriorityClass.ORDINARY] * 3, PriorityClass.CARE]), network)
            case "take_by_card":
                machine.take_by_card(group % 2, network)
            case "walk_in":
                machine.walk_in(window, group, network)
            case "call_next":
                machine.call_next(window, network)
            case "finish_and_call":
                machine.finish_and_call(window, network)
            case "window_state":
                machine.window_state(window, any_of(["open", "away", "close", "logged_out", "here"]), network)
            case "regroup":
                machine.regroup(window, {group, self._random.randrange(3)}, any_of([0.5, 1.0, 4.0]))
            case "clock":
                machine.clock_moves(any_of([1, 1, 4, 9, 30, 70, 300, -1, -30, -600]))
                if self._random.random() < 0.04:
                    machine.clock_moves(any_of([86400, -86400, 90000]))
            case "turn":
                machine.a_day_is_about_to_turn(any_of([0, 3]))
            case "kill":
                machine.server_is_killed()
            case "sweep":
                machine.sweep()
            case "listen":
                machine.board_listens()
            case "end":
                machine.end_the_day(group > 0, network)


@pytest.mark.parametrize("seed", range(6))
def test_long_days(seed: int) -> None:
    hand = Hand(seed)
    hand.play(150)
    assert len(hand.done) > len(WEIGHTS) / 2


@pytest.mark.parametrize("seed", range(6, 8))
def test_long_days_on_postgresql(seed: int) -> None:
    hand = Hand(seed, QueueOnPostgres)
    hand.play(150)
    assert len(hand.done) > len(WEIGHTS) / 2
