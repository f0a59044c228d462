"""What the server has to learn, in order, for as long as it takes.

Each entry keeps its idempotency key, so that every repetition changes nothing. An entry is done only after the server's
acknowledgement is durable here. What the server refuses is set aside with its reason and shown; later entries of the
same case wait behind it, other cases go on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Fault, Locked, NotAllowed, NotFound, Refusal, Rejected
from clerk_app.ports.hall import DeviceUnknown, LoginNeeded, SessionEnded
from clerk_app.ports.hall_cases import FullCounter
from clerk_app.ports.window import OutboxEntry, OutboxKind, OutboxState, WindowStore, WindowUnit
from clerk_app.services.window import pushing
from clerk_app.services.window.journal import Journal, system_actor
from clerk_app.services.window.unsettled import withdraw

_log = logging.getLogger(__name__)
_PAGE = 50
_EPOCH = "server_epoch"
_LAST_SYNC = "last_sync"

CHANGED = "服务器的数据换过（可能从备份恢复），正在重新上传"


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One entry as the screens list it."""

    entry_id: str
    stream: str
    kind: OutboxKind
    title: str
    made_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """For the light 「待上传 n 件」. ``waiting`` counts what is on its way, ``set_aside`` what needs a person.

    ``error`` is the sentence of the last failed try, empty when the last one went well.
    """

    waiting: int
    oldest_since: datetime | None
    set_aside: tuple[OutboxLine, ...]
    last_synced: datetime | None
    error: str = ""
    error_since: datetime | None = None
    next_try_s: float | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """What one run did. ``stopped`` is the sentence why it ended early, empty when it went through."""

    pushed: int
    set_aside: int
    stopped: str = ""


class Outbox:
    """Pushes entries. ``push_once`` is for one thread at a time (it waits for its turn); the rest is for any."""

    def __init__(self, store: WindowStore, counter: FullCounter, journal: Journal) -> None:
        self._store = store
        self._counter = counter
        self._journal = journal
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._error = ""
        self._error_since: datetime | None = None

    def push_once(self) -> Push:
        """Push everything that waits, in order, until the server stops answering or all is done.

        A server that was restored from a backup (another epoch) gets everything again; repetition is harmless there.

        Raises ``StoreFault`` when the own store fails; an entry that was acknowledged but not marked is sent again.
        """
        return self._push(lambda position: self._store.read(lambda unit: unit.outbox.waiting(position, _PAGE)))

    def push_stream(self, stream: str) -> Push:
        """Push what waits of one case or visit now, for a person who waits for the server's word."""
        return self._push(lambda position: self._store.read(lambda unit: unit.outbox.of_stream(stream, position)))

    def _push(self, page_after: Callable[[int], list[OutboxEntry]]) -> Push:
        with self._turn:
            pushed = aside = 0
            try:
                epoch = self._counter.server_time().epoch
            except (Fault, NotAllowed) as problem:
                return self._stopped(pushed, aside, str(problem))
            self._meet_server(epoch)
            blocked = {entry.stream for entry in self._store.read(lambda unit: unit.outbox.set_aside())}
            position = 0
            while page := page_after(position):
                for entry in page:
                    position = entry.position
                    if entry.stream in blocked:
                        continue
                    try:
                        ack = pushing.send(self._counter, entry)
                    except (DeviceUnknown, SessionEnded) as refusal:
                        # The device's right is in question, not the entry: everything waits.
                        return self._stopped(pushed, aside, str(refusal))
                    except LoginNeeded:
                        # Waits for its person; what else this window has to tell goes on.
                        blocked.add(entry.stream)
                    except Fault as fault:
                        return self._stopped(pushed, aside, str(fault))
                    except Refusal as refusal:
                        if entry.kind is OutboxKind.ACT and isinstance(refusal, Locked | NotAllowed | Rejected):
                            self._refused(entry, str(refusal))
                            continue
                        if isinstance(refusal, NotAllowed):
                            return self._stopped(pushed, aside, str(refusal))
                        blocked.add(entry.stream)
                        self._put_aside(entry, str(refusal))
                        aside += 1
                    except Exception:  # noqa: BLE001  a fault of ours in one entry must not hold up the others
                        number = entry.entry_id[-6:].upper()
                        _log.exception("outbox entry %s failed, report number %s", entry.entry_id, number)
                        blocked.add(entry.stream)
                        self._put_aside(entry, f"这一条没传成，内容都在。报编号 {number} 给技术员")
                        aside += 1
                    else:
                        same_server = self._done(entry, ack)
                        pushed += 1
                        if not same_server:
                            return self._stopped(pushed, aside, CHANGED)
            self._note("")
            return Push(pushed, aside)

    def status(self) -> SyncStatus:
        """Counts and the last error; no network."""

        def work(unit: WindowUnit) -> tuple[tuple[int, datetime | None], list[OutboxEntry], str | None]:
            return unit.outbox.counts(), unit.outbox.set_aside(), unit.binding.fact(_LAST_SYNC)

        (waiting, oldest), aside, last = self._store.read(work)
        with self._lock:
            error, since = self._error, self._error_since
        return SyncStatus(
            waiting=waiting,
            oldest_since=oldest,
            set_aside=tuple(_line(entry) for entry in aside),
            last_synced=datetime.fromisoformat(last) if last else None,
            error=error,
            error_since=since,
        )

    def waiting(self, limit: int = 100) -> tuple[OutboxLine, ...]:
        """What is on its way, oldest first (the list behind Alt+U)."""
        return tuple(_line(entry) for entry in self._store.read(lambda unit: unit.outbox.waiting(0, limit)))

    def retry(self, entry_id: str, actor: Actor) -> None:
        """Let an entry that was set aside wait again; its place in the order is kept. ``NotFound`` if there is none."""

        def work(unit: WindowUnit) -> None:
            entry = unit.outbox.get(entry_id)
            if entry is None or entry.state is not OutboxState.SET_ASIDE:
                raise NotFound("这一条已经不在待处理里，请刷新清单")
            unit.outbox.mark(entry_id, OutboxState.WAITING, self._journal.now(), "")
            self._journal.write(unit, "outbox.retried", entry_id, actor, {"stream": entry.stream})

        self._store.write(work)

    def _meet_server(self, epoch: str) -> None:
        """Notice a restored server before anything is sent, so that the order within a case stays."""
        if self._store.read(lambda unit: unit.binding.fact(_EPOCH)) != epoch:
            self._store.write(lambda unit: self._is_same_server(unit, epoch))

    def _done(self, entry: OutboxEntry, ack: pushing.Ack) -> bool:
        """Keep the acknowledgement durably; False when the server turned out to be another store than before."""

        def work(unit: WindowUnit) -> bool:
            epoch = pushing.epoch_of(ack)
            same = epoch is None or self._is_same_server(unit, epoch)
            now = self._journal.now()
            unit.outbox.mark(entry.entry_id, OutboxState.DONE, now, "")
            unit.binding.set_fact(_LAST_SYNC, now.isoformat())
            binding = unit.binding.binding()
            assert binding is not None
            kind, subject, payload = pushing.keep(unit, entry, ack)
            self._journal.write(unit, kind, subject, system_actor(binding), payload)
            return same

        return self._store.write(work)

    def _refused(self, entry: OutboxEntry, reason: str) -> None:
        """The server does not let the act count: the case goes on without it and without its papers, and the page of
        the case says so."""

        def work(unit: WindowUnit) -> None:
            unit.outbox.mark(entry.entry_id, OutboxState.REFUSED, self._journal.now(), reason)
            unit.acts.refused(entry.entry_id, reason)
            binding = unit.binding.binding()
            assert binding is not None
            payload = {"act_id": entry.entry_id}
            self._journal.write(unit, "act.refused", entry.stream, system_actor(binding), payload)
            withdraw(unit, self._journal, entry.entry_id, reason, system_actor(binding))

        self._store.write(work)

    def _is_same_server(self, unit: WindowUnit, epoch: str) -> bool:
        """Whether it is the store that acknowledged before; another one may have lost it, so all is sent again."""
        known = unit.binding.fact(_EPOCH)
        if known == epoch:
            return True
        unit.binding.set_fact(_EPOCH, epoch)
        if known is None:
            return True
        unit.outbox.reopen_done()
        return False

    def _put_aside(self, entry: OutboxEntry, reason: str) -> None:
        def work(unit: WindowUnit) -> None:
            unit.outbox.mark(entry.entry_id, OutboxState.SET_ASIDE, self._journal.now(), reason)
            binding = unit.binding.binding()
            assert binding is not None
            payload = {"entry_id": entry.entry_id}
            self._journal.write(unit, "outbox.set_aside", entry.stream, system_actor(binding), payload)

        self._store.write(work)

    def _stopped(self, pushed: int, aside: int, sentence: str) -> Push:
        self._note(sentence)
        return Push(pushed, aside, sentence)

    def _note(self, sentence: str) -> None:
        with self._lock:
            if bool(sentence) != bool(self._error):
                self._error_since = self._journal.now() if sentence else None
            self._error = sentence


def _line(entry: OutboxEntry) -> OutboxLine:
    return OutboxLine(entry.entry_id, entry.stream, entry.kind, entry.title, entry.made_at, entry.reason)
