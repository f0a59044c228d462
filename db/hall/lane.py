"""The writer's lane of a hall's store: one thread, one transaction at a time, turns shared fairly.

What came while a transaction ran shares the next one: the commit, which waits for the disk, is paid once for all.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from clerk_app.domain.errors import StoreFault
from db.errors import Apart

J = TypeVar("J")
_BEFORE_PATIENT = 3
"""So many turns of what somebody waits for go before one of those that may wait, while there are both."""
_AT_ONCE = 16
"""So many jobs share a transaction at the most."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a job gave back, or what it raised."""

    value: Any = None
    error: BaseException | None = None


class _Turns(Generic[J]):
    """Each ``who`` has its own queue and the queues take turns."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, deque[tuple[Future[Any], J]]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._jobs.values()))

    def put(self, who: str, job: tuple[Future[Any], J]) -> None:
        self._jobs.setdefault(who, deque()).append(job)

    def take(self) -> tuple[Future[Any], J]:
        who, waiting = self._jobs.popitem(last=False)
        job = waiting.popleft()
        if waiting:
            self._jobs[who] = waiting
        return job


class WriterLane(Generic[J]):
    """Runs jobs on one thread. Whoever asks often does not keep others waiting: all take turns. ``patient`` jobs, for
    which no clerk waits (records that windows upload after an outage, from 64 windows at once), get every fourth turn
    while there are others, so that a call is not the sixty-fifth in the row.

    ``alone`` runs a job in a transaction of its own. ``together`` runs as many of the given ones as it likes, at least
    the first, in one, and says what became of each; it raises ``Apart`` when each must go alone, and anything else is
    told to all of them. Nobody hears of a job before its transaction is committed.
    """

    def __init__(
        self, name: str, alone: Callable[[J], Any], together: Callable[[Sequence[J]], Sequence[Done]] | None = None
    ) -> None:
        self._alone, self._together = alone, together
        self._prompt, self._patient = _Turns[J](), _Turns[J]()
        self._row = 0
        self._ready = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run(self, who: str, job: J, patient: bool = False) -> Any:
        """Wait for the turn, run ``job``, give back what it returns or raises."""
        future: Future[Any] = Future()
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

    def _next(self) -> list[tuple[Future[Any], J]]:
        """The jobs of the next turn; none when the lane is closed."""
        with self._ready:
            while not (self._prompt or self._patient):
                if self._closed:
                    return []
                self._ready.wait()
            if self._prompt and (self._row < _BEFORE_PATIENT or not self._patient):
                self._row += 1
                count = 1 if self._together is None else min(len(self._prompt), _AT_ONCE)
                return [self._prompt.take() for _ in range(count)]
            self._row = 0
            return [self._patient.take()]

    def _run(self) -> None:
        while items := self._next():
            while len(items) > 1:
                items = items[self._share(items) :]
            for future, job in items:
                self._settle(future, job)

    def _share(self, items: Sequence[tuple[Future[Any], J]]) -> int:
        """How many of them are settled."""
        assert self._together is not None
        try:
            done = self._together([job for _, job in items])
        except Apart:
            for future, job in items:
                self._settle(future, job)
            return len(items)
        except BaseException as error:  # noqa: BLE001 - handed to the callers, the lane goes on
            done = [Done(error=error)] * len(items)
        for (future, _), found in zip(items, done, strict=False):
            if found.error is None:
                future.set_result(found.value)
            else:
                future.set_exception(found.error)
        return len(done)

    def _settle(self, future: Future[Any], job: J) -> None:
        try:
            future.set_result(self._alone(job))
        except BaseException as error:  # noqa: BLE001 - handed to the caller, the lane goes on
            future.set_exception(error)

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._ready:
            self._closed = True
            self._ready.notify()
        self._thread.join()
