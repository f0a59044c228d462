"""A hall's server tells the server of its city what windows and offices brought, by the windows' own protocol.

The journal is the outbox: its entries have an order and numbers without gaps, and a record is in the store for as long
as its entry is. So nothing is written twice for this; all that is kept is how far the city acknowledged, and a line for
each record that it did not take. The checkpoint is written after the city's answer and never before: whoever dies in
between sends again, and the same record under the same key changes nothing there.

Files follow after all records. One process of several has the run; another takes over when it dies (docs/sync.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.ports.stores_hall_upward import UpwardLine, UpwardRun
from clerk_app.services.hall.tools import Tools, system_actor
from clerk_app.services.hall.uploads import Uploads
from clerk_app.services.hall.upward_push import Pushing, UpwardCounter, UpwardPush
from clerk_app.services.hall.upward_records import FILES, RECORDS


@dataclass(frozen=True, slots=True)
class UpwardStatus:
    """For the command and the figures. Counts of what is still here; ``oldest_since`` is when the oldest of it was
    made."""

    run: UpwardRun
    records: int
    files: int
    oldest_since: datetime | None
    set_aside: tuple[UpwardLine, ...]


class Upward:
    """Sending on of one hall; ``push_once`` is for one thread at a time, the rest for any."""

    def __init__(self, store: HallStore, tools: Tools, uploads: Uploads, hall_id: str) -> None:
        self._store = store
        self._tools = tools
        self._uploads = uploads
        self._hall = hall_id

    # --- looking and mending --------------------------------------------------------------------------------------
    def status(self) -> UpwardStatus:
        def work(unit: HallUnit) -> UpwardStatus:
            run, aside = unit.upward.run(), tuple(unit.upward.set_aside())
            records, since = unit.upward.waiting(RECORDS, run.cursor)
            files, since_file = unit.upward.waiting(FILES, run.file_cursor)
            left = {kind: unit.upward.lines(files=kind, after=0, limit=10_000) for kind in (False, True)}
            moments = [one for one in (since, since_file) if one is not None]
            moments += [line.since for line in (*left[False], *left[True], *aside)]
            return UpwardStatus(
                run, records + len(left[False]), files + len(left[True]), min(moments, default=None), aside
            )

        return self._store.read(self._hall, work)

    def retry(self) -> int:
        """Let everything that was set aside wait again; how many."""

        def work(unit: HallUnit) -> int:
            count = unit.upward.reopen()
            if count:
                actor = system_actor(self._hall)
                self._tools.record(unit, actor, "upward.retried", self._hall, {"lines": count})
            return count

        return self._store.write(self._hall, "upward", work, patient=True)

    def failed(self, trouble: str) -> None:
        """Keep why nothing goes up, also before there is a connection; empty when it does."""

        def work(unit: HallUnit) -> None:
            known = unit.upward.run().trouble_since or self._tools.now()
            unit.upward.keep(trouble=trouble, trouble_since=known if trouble else None)

        if self._store.read(self._hall, lambda unit: unit.upward.run()).trouble != trouble:
            self._store.write(self._hall, "upward", work, patient=True)

    def let_go(self, holder: str) -> None:
        """This process ends: another one need not wait for its lease to run out."""

        def work(unit: HallUnit) -> None:
            if unit.upward.run().holder == holder:
                unit.upward.keep(holder="", held_until=None)

        self._store.write(self._hall, "upward", work, patient=True)

    # --- pushing --------------------------------------------------------------------------------------------------
    def push_once(self, counter: UpwardCounter, device_id: str, holder: str) -> UpwardPush:
        """Send everything that waits, records first, until the city stops answering or all is done.

        ``device_id`` is this server at the city, ``holder`` this process. A city that was restored from a backup gets
        everything again from the start; what was acknowledged and not checkpointed is sent again.
        """
        return Pushing(self._store, self._tools, self._uploads, self._hall, counter, device_id, holder).done()
