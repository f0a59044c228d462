"""The sync thread: goes on after every failure, waits longer each time, ends when told."""

from __future__ import annotations

import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.errors import Unreachable
from clerk_app.domain.law import OutcomeKind
from clerk_app.services.sending import IDLE_S, LONGEST_DELAY_S, next_delay
from clerk_app.services.window.outbox import Outbox, SyncStatus
from clerk_app.services.window.sync import SyncRunner
from support.window import CLERK, SeededEntropy, Window
from support.window_memory import MemoryWindowStore
from support.window_server import LOST_REQUEST, FakeCounter

PATIENCE = 20


class Watch:
    """Collects the statuses and lets a test wait for one."""

    def __init__(self) -> None:
        self.seen: list[SyncStatus] = []
        self._more = threading.Condition()

    def __call__(self, status: SyncStatus) -> None:
        with self._more:
            self.seen.append(status)
            self._more.notify_all()

    def until(self, count: int) -> SyncStatus:
        with self._more:
            assert self._more.wait_for(lambda: len(self.seen) >= count, PATIENCE)
            return self.seen[count - 1]


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


@given(failures=st.integers(1, 50), spread=st.floats(0, 1))
def test_the_delay_grows_to_a_limit_and_spreads_by_a_quarter(failures: int, spread: float) -> None:
    middle = min(2.0 ** (failures - 1), LONGEST_DELAY_S)
    assert 0.75 * middle <= next_delay(failures, spread) <= 1.25 * middle
    assert next_delay(0, spread) == IDLE_S


def test_waking_pushes_at_once_and_stopping_ends_the_thread(window: Window) -> None:
    counter, watch = FakeCounter(), Watch()
    outbox = Outbox(window.store, counter, window.journal)  # type: ignore[arg-type]
    runner = SyncRunner(outbox, SeededEntropy(), watch)
    runner.start()
    assert watch.until(1).waiting == 0
    window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    runner.wake()
    assert watch.until(2).waiting == 0
    assert len(counter.server.cases) == 1
    assert runner.stop(PATIENCE)


def test_a_failure_is_shown_with_the_next_try(window: Window) -> None:
    counter, watch = FakeCounter(), Watch()
    counter.plan = [LOST_REQUEST, LOST_REQUEST]
    outbox = Outbox(window.store, counter, window.journal)  # type: ignore[arg-type]
    runner = SyncRunner(outbox, SeededEntropy(), watch)
    first, second, third = runner.run_once(), runner.run_once(), runner.run_once()
    assert 0.75 <= first <= 1.25 < second <= 2.5
    assert third == IDLE_S
    assert [bool(status.error) for status in watch.seen] == [True, True, False]
    assert watch.seen[0].next_try_s == first


def test_the_loop_survives_every_exception(window: Window, caplog: pytest.LogCaptureFixture) -> None:
    counter = FakeCounter()
    outbox = Outbox(window.store, counter, window.journal)  # type: ignore[arg-type]
    failures = [RuntimeError("bug"), Unreachable("服务器连不上")]

    def chore() -> None:
        if failures:
            raise failures.pop(0)

    shown: list[SyncStatus] = []

    def screen(status: SyncStatus) -> None:
        shown.append(status)
        raise RuntimeError("closing")

    runner = SyncRunner(outbox, SeededEntropy(), screen, [chore])
    with caplog.at_level(logging.WARNING):
        assert runner.run_once() < 2 > runner.run_once() / 2
        assert runner.run_once() == IDLE_S
    assert len(shown) == 3
    assert {"sync failed", "sync stopped: 服务器连不上", "the sync status could not be shown"} <= set(caplog.messages)


def test_a_runner_that_never_started_stops(window: Window) -> None:
    outbox = Outbox(window.store, FakeCounter(), window.journal)  # type: ignore[arg-type]
    assert SyncRunner(outbox, SeededEntropy()).stop(0.1)
