"""What the server has to learn, in order, for as long as it takes.

Each entry keeps its idempotency key, so that every repetition changes nothing. An entry is done only after the server's
acknowledgement is durable here. What the server refuses is set aside with its reason and shown; later entries of the
same case wait behind it, other cases go on.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Fault, NotAllowed, NotFound, Refusal
from clerk_app.ports.hall import CaseAck, Counter, RatingAck
from clerk_app.ports.window import OutboxEntry, OutboxKind, OutboxState, WindowStore, WindowUnit
from clerk_app.services.window import records
from clerk_app.services.window.journal import Journal, system_actor

_log = logging.getLogger(__name__)
_PAGE = 50
_EPOCH = "server_epoch"
_LAST_SYNC = "last_sync"

CHANGED = "服务器的数据换过（可能从备份恢复），正在重新上传"

Ack = CaseAck | RatingAck


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

    def __init__(self, store: WindowStore, counter: Counter, journal: Journal) -> None:
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
        with self._turn:
            pushed = aside = 0
            try:
                epoch = self._counter.server_time().epoch
            except (Fault, NotAllowed) as problem:
                return self._stopped(pushed, aside, str(problem))
            self._meet_server(epoch)
            blocked = {entry.stream for entry in self._store.read(lambda unit: unit.outbox.set_aside())}
            position = 0
            while page := self._page(position):
                for entry in page:
                    position = entry.position
                    if entry.stream in blocked:
                        continue
                    try:
                        ack = self._request(entry)
                    except NotAllowed as refusal:
                        # The device's right is in question, not the entry: everything waits.
                        return self._stopped(pushed, aside, str(refusal))
                    except Fault as fault:
                        return self._stopped(pushed, aside, str(fault))
                    except Refusal as refusal:
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

    def _page(self, position: int) -> list[OutboxEntry]:
        return self._store.read(lambda unit: unit.outbox.waiting(position, _PAGE))

    def _request(self, entry: OutboxEntry) -> Ack:
        if entry.kind is OutboxKind.CASE:
            record = records.load_case_record(entry.payload)
            ack = self._counter.store_case(record, key=entry.key)
            if ack.revision != record.revision:
                raise Fault("服务器的回答对不上这一件，先不算上传。请技术员看服务器的版本")
            return ack
        return self._counter.store_rating(records.load_rating_record(entry.payload), key=entry.key)

    def _meet_server(self, epoch: str) -> None:
        """Notice a restored server before anything is sent, so that the order within a case stays."""
        if self._store.read(lambda unit: unit.binding.fact(_EPOCH)) != epoch:
            self._store.write(lambda unit: self._is_same_server(unit, epoch))

    def _done(self, entry: OutboxEntry, ack: Ack) -> bool:
        """Keep the acknowledgement durably; False when the server turned out to be another store than before."""

        def work(unit: WindowUnit) -> bool:
            same = not isinstance(ack, CaseAck) or self._is_same_server(unit, ack.epoch)
            now = self._journal.now()
            unit.outbox.mark(entry.entry_id, OutboxState.DONE, now, "")
            unit.binding.set_fact(_LAST_SYNC, now.isoformat())
            binding = unit.binding.binding()
            assert binding is not None
            actor = system_actor(binding)
            if isinstance(ack, CaseAck):
                unit.cases.acknowledged(entry.stream, ack.record_id, ack.case_no, ack.synced_at)
                payload = {"case_no": ack.case_no, "revision": ack.revision, "server_epoch": ack.epoch}
                self._journal.write(unit, "case.synced", entry.stream, actor, payload)
            else:
                unit.ratings.acknowledged(ack.rating_id, ack.synced_at)
                self._journal.write(unit, "rating.synced", entry.stream, actor, {"rating_id": ack.rating_id})
            return same

        return self._store.write(work)

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
