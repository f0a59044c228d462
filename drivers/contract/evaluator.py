"""The contract of an evaluator: only the key that a citizen pressed while asked counts, and silence is no praise.

::

    class TestAcme(EvaluatorContract):
        def make_bench(self, folder): ...       # who presses keys and pulls the plug
        def make_evaluator(self, bench, trace): ...
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import pytest

from drivers.base.devices import Evaluator
from drivers.base.errors import NotConnected
from drivers.base.health import HealthState
from drivers.base.trace import TraceLog
from drivers.contract.benches import often
from drivers.evaluator.scales import LEVEL_WORDS

SHORT = 0.4
PATIENCE = 20.0


class RatingBench(Protocol):
    """Who rates. A key pressed before the device is asked waits until it is, or counts for nothing."""

    def press(self, level: int) -> None:
        """The citizen chooses a level as soon as the device asks."""

    def press_too_late(self, level: int) -> None:
        """Somebody chooses a level although nobody is asked any more."""

    def unplug(self) -> None:
        """The device is gone."""

    def replug(self) -> None:
        """It is back."""


class EvaluatorContract:
    """levels: those that the device has a key for. overrun: seconds that a call may take beyond its time-out."""

    levels: ClassVar[Collection[int]] = tuple(LEVEL_WORDS)
    overrun: ClassVar[float] = 3.0

    def make_bench(self, folder: Path) -> RatingBench | AbstractContextManager[RatingBench]:
        raise NotImplementedError

    def make_evaluator(self, bench: RatingBench, trace: TraceLog) -> Evaluator:
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[RatingBench]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            yield bench

    @pytest.fixture
    def trace(self) -> TraceLog:
        return TraceLog(lambda: datetime.now().astimezone())

    @pytest.fixture
    def evaluator(self, bench: RatingBench, trace: TraceLog) -> Iterator[Evaluator]:
        evaluator = self.make_evaluator(bench, trace)
        yield evaluator
        evaluator.close()

    def ask(self, evaluator: Evaluator, timeout: float = PATIENCE) -> int | None:
        """The level, None when nobody chose one."""
        rated = evaluator.ask_rating(timeout, threading.Event())
        return None if rated is None else rated.level

    def test_every_level_arrives_with_its_official_word(self, bench: RatingBench, evaluator: Evaluator) -> None:
        for level in self.levels:
            bench.press(level)
            rated = evaluator.ask_rating(PATIENCE, threading.Event())
            assert rated is not None
            assert (rated.level, rated.word) == (level, LEVEL_WORDS[level])

    def test_nobody_choosing_is_unrated(self, evaluator: Evaluator) -> None:
        assert evaluator.probe().state is HealthState.READY
        start = time.monotonic()
        assert self.ask(evaluator, SHORT) is None
        assert SHORT * 0.9 < time.monotonic() - start < SHORT + self.overrun
        assert evaluator.health().state is HealthState.READY

    def test_who_chooses_too_late_does_not_rate_the_next_visit(self, bench: RatingBench, evaluator: Evaluator) -> None:
        worst, best = max(self.levels), min(self.levels)
        assert self.ask(evaluator, SHORT) is None
        bench.press_too_late(worst)
        time.sleep(SHORT)
        choosing = threading.Timer(SHORT, bench.press, [best])
        choosing.start()
        assert self.ask(evaluator) == best
        choosing.join()

    def test_one_asking_gives_one_rating(self, bench: RatingBench, evaluator: Evaluator) -> None:
        worst, best = max(self.levels), min(self.levels)
        bench.press(best)
        assert self.ask(evaluator) == best
        bench.press_too_late(worst)
        time.sleep(SHORT)
        assert self.ask(evaluator, SHORT) is None

    def test_cancelling_ends_the_wait_without_a_rating(self, evaluator: Evaluator) -> None:
        cancel = threading.Event()
        stopping = threading.Timer(0.2, cancel.set)
        stopping.start()
        start = time.monotonic()
        assert evaluator.ask_rating(PATIENCE, cancel) is None
        assert time.monotonic() - start < self.overrun
        stopping.join()
        assert evaluator.ask_rating(PATIENCE, cancel) is None

    def test_a_device_that_is_away_is_told_in_time_and_comes_back(
        self, bench: RatingBench, evaluator: Evaluator
    ) -> None:
        assert evaluator.probe().state is HealthState.READY
        bench.unplug()
        start = time.monotonic()
        with pytest.raises(NotConnected) as caught:
            often(lambda: evaluator.ask_rating(SHORT, threading.Event()))
        assert time.monotonic() - start < 5 * SHORT + self.overrun
        assert "请" in caught.value.advice
        assert evaluator.probe().state is HealthState.ABSENT
        bench.replug()
        bench.press(min(self.levels))
        assert self.ask(evaluator) == min(self.levels)
        assert evaluator.health().usable

    def test_closing_gives_the_device_back_and_the_next_use_opens_it_again(
        self, bench: RatingBench, evaluator: Evaluator
    ) -> None:
        evaluator.probe()
        evaluator.close()
        evaluator.close()
        assert evaluator.health().state is HealthState.ABSENT
        bench.press(min(self.levels))
        assert self.ask(evaluator) == min(self.levels)
