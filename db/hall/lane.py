"""The writer's lane of a SQLite store: one thread, one transaction at a time, turns shared fairly."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from clerk_app.domain.errors import StoreFault

T = TypeVar("T")
_Job = tuple["Future[Any]", Callable[[], Any]]


_BEFORE_PATIENT = 3
"""So many jobs that somebody waits for go before one of those that may wait, while there are both."""


class _Turns:
    """Each ``who`` has its own queue and the queues take turns."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, deque[_Job]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._jobs.values()))

    def put(self, who: str, job: _Job) -> None:
        self._jobs.setdefault(who, deque()).append(job)

    def take(self) -> _Job:
        who, waiting = self._jobs.popitem(last=False)
        job = waiting.popleft()
        if waiting:
            self._jobs[who] = waiting
        return job


class WriterLane:
    """Runs jobs on one thread. Whoever asks often does not keep others waiting: all take turns. ``patient`` jobs, for
    which no clerk waits (records that windows upload after an outage, from 64 windows at once), get every fourth turn
    while there are others, so that a call is not the sixty-fifth in the row."""

    def __init__(self, name: str) -> None:
        self._prompt, self._patient = _Turns(), _Turns()
        self._row = 0
        self._ready = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run(self, who: str, job: Callable[[], T], patient: bool = False) -> T:
        """Wait for the turn, run ``job``, give back what it returns or raises."""
        future: Future[T] = Future()
        with self._ready:
            if self._closed:
                raise StoreFault("服务器正在关闭，请稍等它重新启动")
            (self._patient if patient else self._prompt).put(who, (future, job))
            self._ready.notify()
        return future.result()

    @property
    def waiting(self) -> int:
        """Jobs that have not begun."""
        with self._ready:
            return len(self._prompt) + len(self._patient)

    def _next(self) -> _Job | None:
        with self._ready:
            while not (self._prompt or self._patient):
                if self._closed:
                    return None
                self._ready.wait()
            if self._prompt and (self._row < _BEFORE_PATIENT or not self._patient):
                self._row += 1
                return self._prompt.take()
            self._row = 0
            return self._patient.take()

    def _run(self) -> None:
        while (item := self._next()) is not None:
            future, job = item
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - handed to the caller, the lane goes on
                future.set_exception(error)

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._ready:
            self._closed = True
            self._ready.notify()
        self._thread.join()
