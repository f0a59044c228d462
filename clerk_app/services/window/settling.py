"""What the server's answers change in the window's store: each in one durable transaction, only after the answer."""

from __future__ import annotations

from collections.abc import Sequence

from clerk_app.domain.actor import Actor
from clerk_app.ports.hall_sync import FileProgress
from clerk_app.ports.window import OutboxEntry, OutboxState, WindowStore, WindowUnit
from clerk_app.services.window import pushing
from clerk_app.services.window.journal import Journal, system_actor
from clerk_app.services.window.unsettled import withdraw

_EPOCH = "server_epoch"
_SERVER = "server_speech"
_LAST_SYNC = "last_sync"


def last_sync(unit: WindowUnit) -> str | None:
    """When the server last acknowledged something, ISO 8601."""
    return unit.binding.fact(_LAST_SYNC)


class Settler:
    """Any thread."""

    def __init__(self, store: WindowStore, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def meet(self, epoch: str, speech: str) -> None:
        """Before anything is sent: a restored server gets everything again, so that the order within a case stays; what
        another version of it did not take is tried once more. ``speech`` is its version and level."""

        def known(unit: WindowUnit) -> tuple[str | None, str | None]:
            return unit.binding.fact(_EPOCH), unit.binding.fact(_SERVER)

        def work(unit: WindowUnit) -> None:
            self._is_same_server(unit, epoch)
            before = unit.binding.fact(_SERVER)
            if before != speech:
                unit.binding.set_fact(_SERVER, speech)
                if before is not None:
                    unit.outbox.reopen_set_aside()

        if self._store.read(known) != (epoch, speech):
            self._store.write(work)

    def done(self, settled: Sequence[tuple[OutboxEntry, pushing.Ack]], epoch: str | None = None) -> bool:
        """Keep acknowledgements durably; False when the server turned out to be another store than before.

        ``epoch`` is that of a whole batch; alone, an acknowledgement brings its own.
        """
        if not settled:
            return True

        def work(unit: WindowUnit) -> bool:
            seen = epoch or pushing.epoch_of(settled[0][1])
            same = seen is None or self._is_same_server(unit, seen)
            actor = self._system(unit)
            for entry, ack in settled:
                self._mark_done(unit, entry)
                kind, subject, payload = pushing.keep(unit, entry, ack)
                self._journal.write(unit, kind, subject, actor, payload)
            return same

        return self._store.write(work)

    def file_done(self, entry: OutboxEntry, progress: FileProgress) -> bool:
        """The server has the whole file; False as for ``done``."""

        def work(unit: WindowUnit) -> bool:
            same = self._is_same_server(unit, progress.epoch)
            self._mark_done(unit, entry)
            payload = {"subject_id": entry.stream, "sha": entry.payload["sha"], "server_epoch": progress.epoch}
            self._journal.write(unit, "file.synced", entry.entry_id, self._system(unit), payload)
            return same

        return self._store.write(work)

    def refused(self, entry: OutboxEntry, reason: str) -> None:
        """The server does not let the act count: the case goes on without it and without its papers, and the page of
        the case says so."""

        def work(unit: WindowUnit) -> None:
            unit.outbox.mark(entry.entry_id, OutboxState.REFUSED, self._journal.now(), reason)
            unit.acts.refused(entry.entry_id, reason)
            actor = self._system(unit)
            self._journal.write(unit, "act.refused", entry.stream, actor, {"act_id": entry.entry_id})
            withdraw(unit, self._journal, entry.entry_id, reason, actor)

        self._store.write(work)

    def put_aside(self, entry: OutboxEntry, reason: str) -> None:
        """It waits for a person, and what follows in its case waits with it."""

        def work(unit: WindowUnit) -> None:
            unit.outbox.mark(entry.entry_id, OutboxState.SET_ASIDE, self._journal.now(), reason)
            payload = {"entry_id": entry.entry_id}
            self._journal.write(unit, "outbox.set_aside", entry.stream, self._system(unit), payload)

        self._store.write(work)

    def _mark_done(self, unit: WindowUnit, entry: OutboxEntry) -> None:
        now = self._journal.now()
        unit.outbox.mark(entry.entry_id, OutboxState.DONE, now, "")
        unit.binding.set_fact(_LAST_SYNC, now.isoformat())

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

    def _system(self, unit: WindowUnit) -> Actor:
        binding = unit.binding.binding()
        assert binding is not None
        return system_actor(binding)
