"""What the server has to learn, in order, for as long as it takes.

Each entry keeps its idempotency key, so that every repetition changes nothing. An entry is done only after the server's
acknowledgement is durable here. What the server refuses is set aside with its reason and shown; later entries of the
same case wait behind it, other cases go on. Records go in batches where the server takes them; files follow after all
records. docs/sync.md has the whole course.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from clerk_app import __version__
from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Fault, NotAllowed, NotFound, Refusal
from clerk_app.ports.clock import Clock
from clerk_app.ports.hall import DeviceUnknown, ServerTime, SessionEnded
from clerk_app.ports.hall_sync import MOST_RECORDS, WindowCounter
from clerk_app.ports.speaking import API, Speech, VersionApart, apart, common
from clerk_app.ports.window import OutboxEntry, OutboxKind, OutboxState, WindowStore, WindowUnit
from clerk_app.services.sending import Left
from clerk_app.services.window.clockwatch import ClockWatch, Skew
from clerk_app.services.window.course import CHANGED, Course, Sender
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.settling import Settler, last_sync
from clerk_app.services.window.uploading import Uploader

__all__ = ["CHANGED", "Outbox", "OutboxLine", "Push", "SyncStatus"]

_SINCE_BATCHES = 2
"""The level of the API with batches and files."""
BEHIND = "排在同一件里要处理的那一条后面"


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One entry as the screens list it. ``reason`` says why it still waits, as far as it is not for all the same."""

    entry_id: str
    stream: str
    kind: OutboxKind
    title: str
    made_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """For the light 「待上传 n 件」. ``waiting`` counts records on their way, ``files_waiting`` files, ``set_aside``
    what needs a person.

    ``error`` is the sentence of the last failed try, empty when the last one went well. ``skew`` is how far the two
    clocks are apart; ``server_version`` and ``api`` are what the server said of itself, empty and 0 before that.
    """

    waiting: int
    oldest_since: datetime | None
    set_aside: tuple[OutboxLine, ...]
    last_synced: datetime | None
    error: str = ""
    error_since: datetime | None = None
    next_try_s: float | None = None
    files_waiting: int = 0
    skew: Skew | None = None
    server_version: str = ""
    api: int = 0


@dataclass(frozen=True, slots=True)
class Push:
    """What one run did. ``stopped`` is the sentence why it ended early, empty when it went through."""

    pushed: int
    set_aside: int
    stopped: str = ""


class Outbox:
    """Pushes entries. ``push_once`` is for one thread at a time (it waits for its turn); the rest is for any."""

    def __init__(
        self, store: WindowStore, counter: WindowCounter, journal: Journal, clock: Clock | None = None
    ) -> None:
        """``clock`` is compared with the server's; without one nothing is said about it."""
        self._store = store
        self._counter = counter
        self._journal = journal
        self._settler = Settler(store, journal)
        self._sender = Sender(counter, self._settler)
        self._uploader = Uploader(store, counter, journal)
        self._watch = ClockWatch(clock) if clock else None
        self._turn = threading.Lock()
        self._files_turn = threading.Lock()
        self._lock = threading.Lock()
        self._server: ServerTime | None = None
        self._error = ""
        self._error_since: datetime | None = None
        self._why: dict[str, str] = {}
        self._why_files: dict[str, str] = {}

    # --- pushing ----------------------------------------------------------------------------------------------
    def push_once(self) -> Push:
        """Push everything that waits, in order, until the server stops answering or all is done; files last.

        A server that was restored from a backup (another epoch) gets everything again; repetition is harmless there.

        Raises ``StoreFault`` when the own store fails; an entry that was acknowledged but not marked is sent again.
        """
        push, course = self._push(self._page, many=True)
        if push.stopped or course.level < _SINCE_BATCHES:
            return push
        return self._push_files(push, course.position)

    def push_stream(self, stream: str) -> Push:
        """Push what waits of one case or visit now, for a person who waits for the server's word."""
        of_stream = lambda position: self._store.read(lambda unit: unit.outbox.of_stream(stream, position))  # noqa: E731
        return self._push(of_stream, many=False)[0]

    def _page(self, position: int) -> list[OutboxEntry]:
        return self._store.read(lambda unit: unit.outbox.waiting(position, MOST_RECORDS))

    def _push(self, page_after: Callable[[int], list[OutboxEntry]], *, many: bool) -> tuple[Push, Course]:
        with self._turn:
            course = Course()
            try:
                server, course.level = self._greet()
            except (Fault, NotAllowed) as problem:
                course.stopped = str(problem)
            else:
                self._settler.meet(server.epoch, f"{server.version} {server.api}")
                aside = self._store.read(lambda unit: unit.outbox.set_aside())
                course.blocked = {entry.stream: BEHIND for entry in aside if entry.kind is not OutboxKind.FILE}
                self._run(page_after, course, many and course.level >= _SINCE_BATCHES)
            if many:
                with self._lock:
                    self._why = dict(course.blocked)
            self._note(course.stopped or course.trouble)
            return Push(course.pushed, course.aside, course.stopped), course

    def _run(self, page_after: Callable[[int], list[OutboxEntry]], course: Course, many: bool) -> None:
        """Once through all pages, and again while something that was held back became free on the way."""
        while not course.stopped:
            settled, course.again, position = course.settled, False, 0
            while not course.stopped and (page := page_after(position)):
                position = page[-1].position
                self._sender.send(page, course, many=many)
            course.position = max(course.position, position)
            if not course.again or course.settled == settled:
                return

    def _greet(self) -> tuple[ServerTime, int]:
        """What the server says of itself, and the level that both speak. ``VersionApart``, ``Fault``."""
        ask = self._counter.server_time
        server = self._watch.ask(ask) if self._watch else ask()
        level = common(Speech(server.oldest_api, server.api, server.version))
        with self._lock:
            self._server = server
        if level is None:
            raise VersionApart(apart(__version__, server.version, window_is_older=server.oldest_api > API))
        return server, level

    # --- files ------------------------------------------------------------------------------------------------
    def _push_files(self, push: Push, seen: int) -> Push:
        """Files one after the other; a record that comes meanwhile goes first."""
        with self._files_turn:
            self._uploader.collect()
            why: dict[str, str] = {}
            position = 0
            while entry := self._next_file(position):
                if self._store.read(partial(_has_records, seen)):
                    more, course = self._push(self._page, many=True)
                    push = Push(push.pushed + more.pushed, push.set_aside + more.set_aside, more.stopped)
                    seen = max(seen, course.position)
                    if push.stopped:
                        break
                position = entry.position
                push = self._push_file(entry, push, why)
                if push.stopped:
                    self._note(push.stopped)
                    break
            with self._lock:
                self._why_files = why
            return push

    def _next_file(self, position: int) -> OutboxEntry | None:
        found = self._store.read(lambda unit: unit.outbox.waiting(position, 1, files=True))
        return found[0] if found else None

    def _push_file(self, entry: OutboxEntry, push: Push, why: dict[str, str]) -> Push:
        try:
            progress = self._uploader.send(entry)
        except Left as left:
            why[entry.entry_id] = str(left)
        except (Fault, DeviceUnknown, SessionEnded) as problem:
            return Push(push.pushed, push.set_aside, str(problem))
        except Refusal as refusal:
            self._settler.put_aside(entry, str(refusal))
            return Push(push.pushed, push.set_aside + 1)
        else:
            same = self._settler.file_done(entry, progress)
            return Push(push.pushed + 1, push.set_aside, "" if same else CHANGED)
        return push

    def drop_old(self, keep_days: int) -> int:
        """A chore: delete the content of pages that the server has had for ``keep_days``; 0 deletes nothing."""
        return self._uploader.drop_old(keep_days)

    # --- looking ----------------------------------------------------------------------------------------------
    def status(self) -> SyncStatus:
        """Counts and the last error; no network."""

        def work(unit: WindowUnit) -> tuple[tuple[int, datetime | None], int, list[OutboxEntry], str | None]:
            files, _ = unit.outbox.counts(files=True)
            return unit.outbox.counts(), files, unit.outbox.set_aside(), last_sync(unit)

        (waiting, oldest), files, aside, last = self._store.read(work)
        with self._lock:
            error, since, server = self._error, self._error_since, self._server
        return SyncStatus(
            waiting=waiting,
            oldest_since=oldest,
            set_aside=tuple(_line(entry, entry.reason) for entry in aside),
            last_synced=datetime.fromisoformat(last) if last else None,
            error=error,
            error_since=since,
            files_waiting=files,
            skew=self._watch.last() if self._watch else None,
            server_version=server.version if server else "",
            api=server.api if server else 0,
        )

    def waiting(self, limit: int = 100, *, files: bool = False) -> tuple[OutboxLine, ...]:
        """Records (or ``files``) on their way, oldest first (the list behind Alt+U)."""
        entries = self._store.read(lambda unit: unit.outbox.waiting(0, limit, files=files))
        with self._lock:
            why, why_files = dict(self._why), dict(self._why_files)
        return tuple(
            _line(entry, why_files.get(entry.entry_id, "") if files else why.get(entry.stream, "")) for entry in entries
        )

    # --- trying again -----------------------------------------------------------------------------------------
    def retry(self, entry_id: str, actor: Actor) -> None:
        """Let an entry that was set aside wait again; its place in the order is kept. ``NotFound`` if there is none."""

        def work(unit: WindowUnit) -> None:
            entry = unit.outbox.get(entry_id)
            if entry is None or entry.state is not OutboxState.SET_ASIDE:
                raise NotFound("这一条已经不在待处理里，请刷新清单")
            unit.outbox.mark(entry_id, OutboxState.WAITING, self._journal.now(), "")
            self._journal.write(unit, "outbox.retried", entry_id, actor, {"stream": entry.stream})

        self._store.write(work)

    def retry_all(self, actor: Actor) -> int:
        """Let everything that was set aside wait again; how many."""

        def work(unit: WindowUnit) -> int:
            for entry in unit.outbox.set_aside():
                self._journal.write(unit, "outbox.retried", entry.entry_id, actor, {"stream": entry.stream})
            return unit.outbox.reopen_set_aside()

        return self._store.write(work)

    def _note(self, sentence: str) -> None:
        with self._lock:
            if bool(sentence) != bool(self._error):
                self._error_since = self._journal.now() if sentence else None
            self._error = sentence


def _has_records(seen: int, unit: WindowUnit) -> bool:
    return bool(unit.outbox.waiting(seen, 1))


def _line(entry: OutboxEntry, reason: str) -> OutboxLine:
    return OutboxLine(entry.entry_id, entry.stream, entry.kind, entry.title, entry.made_at, reason)
