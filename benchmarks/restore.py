"""A hall of 100,000 tickets backed up and restored with its proof, beside copying the bare file; for information.

Each ticket has the three journal entries that a visit leaves, all of them chained. The floor copies the store's file
and makes it durable: no row is read, nothing is proved, and only the same engine can use it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.measure import seconds
from benchmarks.report import Result
from clerk_app.bootstrap import backup
from clerk_app.bootstrap.server import OpenHall, open_hall
from clerk_app.domain.queue import Lane, PriorityClass, TicketState, VisitReason
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import NewTicket
from clerk_app.services.hall.tools import system_actor

TICKETS = 100_000
_DAYS = 50
_BATCH = 500


def run() -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "hall"
        _filled(folder)
        store = folder / "server" / "hall.db"
        floor = seconds(lambda: _copied(store, Path(name) / "copy.db"))
        target = Path(name) / "backup.clerkbak"
        making = seconds(lambda: backup.back_up(folder, target, ""))
        key = folder / "server" / "keys" / "hall.key"
        proof = backup.restore(Path(name) / "new", target, database="", key_file=key)
        rows = sum(facts.rows for facts in proof.found.values())
        detail = {
            "tickets": TICKETS,
            "rows": rows,
            "store_mb": round(store.stat().st_size / 1e6),
            "backup_mb": round(target.stat().st_size / 1e6, 1),
            "floor": "copy of the file, fsync",
        }
    return [
        Result("backup_100k_tickets", making, "s", floor, None, detail),
        Result("restore_100k_tickets", proof.seconds, "s", floor, None, detail),
    ]


def _copied(store: Path, target: Path) -> None:
    shutil.copyfile(store, target)
    handle = os.open(target, os.O_RDWR)
    os.fsync(handle)
    os.close(handle)


def _filled(folder: Path) -> None:
    folder.mkdir()
    hall = open_hall(folder, database="")
    for first in range(0, TICKETS, _BATCH):
        hall.desk.store.write(hall.hall_id, "bench", lambda unit, first=first: _batch(hall, unit, first))
    hall.desk.sequencer.run(hall.hall_id)
    hall.close()


def _batch(hall: OpenHall, unit: HallUnit, first: int) -> None:
    tools, actor = hall.desk.tools, system_actor(hall.hall_id)
    groups = unit.setup.groups()
    entries = []
    for number in range(first, first + _BATCH):
        group = groups[number % len(groups)]
        day = tools.today() - timedelta(days=_DAYS - number * _DAYS // TICKETS)
        at = tools.now()
        new = NewTicket(
            ticket_id=tools.new_id(),
            day=day,
            prefix=group.prefix,
            group_id=group.group_id,
            priority=PriorityClass.ORDINARY,
            reason=VisitReason.SUBMIT,
            lane=Lane.ORDINARY,
            taken_at=at,
            serial=number,
            order_at=at,
            state=TicketState.FINISHED,
            person="李*彤",
            window_no="12",
            called_at=at,
            started_at=at,
            ended_at=at,
            outcome="accepted",
        )
        ticket = unit.tickets.add(new)
        for kind in ("ticket.taken", "ticket.called", "ticket.finished"):
            payload = {"number": ticket.number, "group_id": group.group_id, "window_no": "12", "state": "finished"}
            entries.append(tools.entry(unit, actor, kind, ticket.ticket_id, payload))
    unit.journal.append_all(entries)
