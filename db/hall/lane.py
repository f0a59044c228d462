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


class WriterLane:
    """Runs jobs on one thread. Each ``who`` has its own queue and the queues take turns, so that a window that
    uploads thousands of records does not keep another from calling the next ticket."""

    def __init__(self, name: str) -> None:
        self._jobs: OrderedDict[str, deque[_Job]] = OrderedDict()
        self._ready = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run(self, who: str, job: Callable[[], T]) -> T:
        """Wait for the turn, run ``job``, give back what it returns or raises."""
        future: Future[T] = Future()
        with self._ready:
            if self._closed:
                raise StoreFault("服务器正在关闭，请稍等它重新启动")
            self._jobs.setdefault(who, deque()).append((future, job))
            self._ready.notify()
        return future.result()

    def _next(self) -> _Job | None:
        with self._ready:
            while not self._jobs:
                if self._closed:
                    return None
                self._ready.wait()
            who, waiting = self._jobs.popitem(last=False)
            job = waiting.popleft()
            if waiting:
                self._jobs[who] = waiting
            return job

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
