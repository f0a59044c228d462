"""Every change of every case to a platform, once and in its order; what was not taken is kept with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from clerk_app.domain.actor import Actor, Role
from clerk_app.ports.hall_exports import ExportedBatch, ExportInfo
from clerk_app.ports.platform import PlatformAdapter
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.ports.stores_hall_exports import ExportRun, ExportState, RefusalLine, StoredBatch
from clerk_app.services.hall.export_parts import Told
from clerk_app.services.hall.export_run import ExportReport, ExportRunning
from clerk_app.services.hall.tools import Tools

BATCH: Final = 200
_LISTED, _BATCHES = 500, 20
_READERS = (Role.MANAGER, Role.TECHNICIAN, Role.AUDITOR, Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class ExportStatus:
    """How far an adapter is. ``counts``: changes by state; the newest batches first, without their content."""

    adapter: str
    run: ExportRun
    counts: dict[ExportState, int] = field(default_factory=dict)
    batches: tuple[StoredBatch, ...] = ()


class Exports:
    """The exports of a hall; each adapter has its own cursor, changes and refusals."""

    def __init__(self, store: HallStore, tools: Tools) -> None:
        self._store = store
        self._tools = tools

    def run(
        self,
        hall_id: str,
        name: str,
        adapter: PlatformAdapter,
        told: Told,
        *,
        batch: int = BATCH,
        again: bool = False,
    ) -> ExportReport:
        """Everything that can go out now, in batches of at most ``batch`` changes.

        ``again`` offers also what the platform refused and what has not changed since. Raises ``Locked`` while another
        process is at it, and whatever kept it from going on; what is not sent then waits for the next run.
        """
        return ExportRunning(self._store, self._tools, hall_id, name, adapter, told, batch, again).done()

    def infos(self, unit: HallUnit, actor: Actor) -> tuple[ExportInfo, ...]:
        """All that ever ran, by name."""
        return tuple(_info(self.status(unit, actor, name)) for name in unit.exports.adapters())

    def status(self, unit: HallUnit, actor: Actor, name: str) -> ExportStatus:
        actor.require(*_READERS)
        exports = unit.exports
        return ExportStatus(name, exports.run(name), exports.counts(name), tuple(exports.batches(name, _BATCHES)))

    def refused(self, unit: HallUnit, actor: Actor, name: str) -> tuple[RefusalLine, ...]:
        """What did not go out and why, oldest change first, at most 500 sentences."""
        actor.require(*_READERS)
        return tuple(unit.exports.refusals(name, _LISTED))


def _info(status: ExportStatus) -> ExportInfo:
    counts, run = status.counts, status.run
    return ExportInfo(
        adapter=status.adapter,
        began_at=run.began_at,
        done_at=run.done_at,
        trouble=run.trouble,
        sent=counts.get(ExportState.SENT, 0),
        waiting=counts.get(ExportState.WAITING, 0) + counts.get(ExportState.PACKED, 0),
        refused=counts.get(ExportState.REFUSED, 0),
        batches=tuple(
            ExportedBatch(
                one.number,
                one.name,
                one.made_at,
                one.sent_at,
                len(one.change_ids),
                one.refused,
                one.digest,
                one.doubts,
            )
            for one in status.batches
        ),
    )
