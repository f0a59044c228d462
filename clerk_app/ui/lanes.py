"""Work beside the GUI: one-thread lanes (store, each device, network), a pool, and call-backs on the GUI thread.

The GUI thread never waits for a lane. A job's result comes back as a call on the GUI thread, in the order in which
jobs of one lane end. What goes wrong becomes a ``Failure`` with the clerk's sentence; our own mistakes are logged
under a short id that the clerk can read out, without the error's text, which may hold personal data.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from clerk_app.design.words import sentence
from clerk_app.domain.errors import Fault, Refusal

_LOG: Final = logging.getLogger(__name__)
_BATCH: Final = 64  # call-backs in one turn of the event loop, so that keys are answered in between

Params = ParamSpec("Params")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, ready for the screen. ``quotable`` is empty for refusals and faults, which say it themselves."""

    error: Exception
    text: str
    quotable: str
    where: str


ErrorSink = Callable[[Failure], object]


class Mailbox(QObject):
    """Calls from any thread, made on the GUI thread that the mailbox lives in.

    Calls with the same ``key`` that are still waiting are replaced by the newest (coalescing). One queued signal
    wakes the GUI thread for a whole batch.
    """

    _filled = Signal()

    def __init__(self, on_error: Callable[[Exception, str], object]) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._calls: OrderedDict[Hashable, tuple[Callable[..., object], tuple[Any, ...]]] = OrderedDict()
        self._count = 0
        self._woken = False
        self._on_error = on_error
        self._filled.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[..., object], *args: Any, key: Hashable | None = None) -> None:
        """Have ``call(*args)`` made on the GUI thread; skipped if it is a method of a deleted widget by then."""
        with self._lock:
            self._count += 1
            slot: Hashable = self._count if key is None else ("key", key)
            self._calls.pop(slot, None)
            self._calls[slot] = (call, args)
            wake, self._woken = not self._woken, True
        if wake:
            self._filled.emit()

    def _deliver(self) -> None:
        with self._lock:
            batch = [self._calls.popitem(last=False)[1] for _ in range(min(_BATCH, len(self._calls)))]
            again = self._woken = bool(self._calls)
        for call, args in batch:
            if not _alive(call):
                continue
            try:
                call(*args)
            except Exception as error:  # noqa: BLE001 - one screen's mistake must not stop the others' news
                self._on_error(error, "call-back")
        if again:
            self._filled.emit()


class Job:
    """A piece of work handed to a lane."""

    def __init__(self, owner: QObject | None = None) -> None:
        self._cancelled = threading.Event()
        self._owner = owner

    def cancel(self) -> None:
        """No call-back any more; work that has not begun is skipped, work that has begun runs to its end."""
        self._cancelled.set()

    def cancelled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._cancelled.is_set()

    def wanted(self) -> bool:
        """Whether somebody is still there to hear of the result; asked on the GUI thread."""
        return not self.cancelled() and (self._owner is None or isValid(self._owner))


class Lane:
    """Work in order, one after the other (``threads`` 1), or beside each other (a pool)."""

    def __init__(
        self,
        name: str,
        executor: Executor,
        mailbox: Mailbox,
        fail: Callable[[Exception, str], Failure],
        sink: ErrorSink,
    ) -> None:
        self.name = name
        self._executor = executor
        self._mailbox = mailbox
        self._fail = fail
        self._sink = sink
        self._latest: dict[Hashable, Job] = {}
        self._lock = threading.Lock()
        self._closed = False

    def run(
        self,
        work: Callable[..., Result],
        *args: Any,
        done: Callable[[Result], object] | None = None,
        failed: Callable[[Failure], object] | None = None,
        key: Hashable | None = None,
        owner: QObject | None = None,
        **named: Any,
    ) -> Job:
        """Run ``work(*args, **named)`` on the lane; ``done(result)`` or ``failed(failure)`` follow on the GUI thread.

        Call-backs that are methods of a widget are dropped when it has been deleted; for a lambda name its ``owner``.
        With a ``key`` only the newest job of that key counts: an older one that waits is skipped, one that runs
        brings no call-back (search as you type). Without ``failed`` a failure goes to the application's error sink;
        our own mistakes go there always. After the lane has been closed the job is returned cancelled.
        """
        job = Job(owner)
        with self._lock:
            if self._closed:
                job.cancel()
                return job
            if key is not None:
                older = self._latest.get(key)
                if older is not None:
                    older.cancel()
                self._latest[key] = job
            self._executor.submit(self._carry_out, job, work, args, named, done, failed)
        return job

    def close(self) -> None:
        """Take no more work; what is waiting is still done."""
        with self._lock:
            self._closed = True

    def drain(self) -> None:
        """Wait until everything is done; never on the GUI thread while its event loop runs."""
        self.close()
        self._executor.shutdown(wait=True)

    def _carry_out(
        self,
        job: Job,
        work: Callable[..., Result],
        args: tuple[Any, ...],
        named: dict[str, Any],
        done: Callable[[Result], object] | None,
        failed: Callable[[Failure], object] | None,
    ) -> None:
        if job.cancelled():
            return
        try:
            result = work(*args, **named)
        except Exception as error:  # noqa: BLE001 - the boundary: every error becomes a sentence
            failure = self._fail(error, self.name)
            if failure.quotable or failed is None:
                self._mailbox.post(self._sink, failure)
            if failed is not None:
                self._mailbox.post(_unless_cancelled, job, failed, failure)
        else:
            if done is not None:
                self._mailbox.post(_unless_cancelled, job, done, result)


class Lanes:
    """All lanes of a program and their mailbox; make one on the GUI thread after the application.

    ``new_id`` gives short ids to read out, e.g. 「7Q4K」; ``sink`` is called on the GUI thread; ``executors`` makes
    the executor of a lane from its name and number of threads (a simulator passes its own).
    """

    def __init__(
        self,
        new_id: Callable[[], str],
        sink: ErrorSink,
        executors: Callable[[str, int], Executor] | None = None,
    ) -> None:
        self._new_id = new_id
        self._sink = sink
        self._executors = executors or _threads
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()
        self.mailbox = Mailbox(self._report)

    def lane(self, name: str, *, threads: int = 1) -> Lane:
        """The lane of this name, made at its first use; ``threads`` above 1 makes a pool without order."""
        with self._lock:
            if name not in self._lanes:
                executor = self._executors(name, threads)
                self._lanes[name] = Lane(name, executor, self.mailbox, self._failure, self._tell)
            return self._lanes[name]

    def post(self, call: Callable[..., object], *args: Any, key: Hashable | None = None) -> None:
        """From any thread: have ``call(*args)`` made on the GUI thread, the newest of a ``key`` only."""
        self.mailbox.post(call, *args, key=key)

    def shutdown(
        self,
        *,
        producers: Sequence[Callable[[], object]] = (),
        closers: Sequence[Callable[[], object]] = (),
        done: Callable[[], object] | None = None,
    ) -> threading.Thread:
        """Stop the producers, finish what waits, close the devices, then call ``done`` on the GUI thread.

        Runs in a thread of its own and returns it: the event loop keeps turning, and who has left the loop may join.
        A producer or closer that fails is reported and the rest goes on.
        """

        def leave() -> None:
            for stop in producers:
                self._guarded(stop, "stop")
            for lane in self._all():
                lane.drain()
            for close in closers:
                self._guarded(close, "close")
            if done is not None:
                self.mailbox.post(done)

        thread = threading.Thread(target=leave, name="lanes-shutdown")
        thread.start()
        return thread

    def _all(self) -> list[Lane]:
        with self._lock:
            return list(self._lanes.values())

    def _guarded(self, call: Callable[[], object], where: str) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - leaving must go on
            self._report(error, where)

    def _failure(self, error: Exception, where: str) -> Failure:
        """Name the failure and log what is our own mistake."""
        if isinstance(error, Refusal | Fault):
            return Failure(error, sentence(error, ""), "", where)
        quotable = self._new_id()
        _LOG.error("%s in %s [%s]\n%s", _kind(error), where, quotable, _trace(error))
        return Failure(error, sentence(error, quotable), quotable, where)

    def _report(self, error: Exception, where: str) -> None:
        self.mailbox.post(self._tell, self._failure(error, where))

    def _tell(self, failure: Failure) -> None:
        """The sink's own mistake is only logged: telling the sink about it would never end."""
        try:
            self._sink(failure)
        except Exception as error:  # noqa: BLE001 - see above
            self._failure(error, "error sink")


def _threads(name: str, threads: int) -> Executor:
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix=f"lane-{name}")


def _unless_cancelled(job: Job, call: Callable[[Any], object], value: object) -> None:
    if job.wanted() and _alive(call):
        call(value)


def _alive(call: Callable[..., object]) -> bool:
    owner = getattr(call, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


def _kind(error: BaseException) -> str:
    """Types of the error and its causes; their texts stay out of the log."""
    names: deque[str] = deque()
    at: BaseException | None = error
    while at is not None:
        names.append(type(at).__qualname__)
        at = at.__cause__ or at.__context__
    return " from ".join(names)


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
