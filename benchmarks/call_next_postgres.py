"""Call next on PostgreSQL (fsync on): the service at 1, 8 and 64 callers beside bare psycopg, and over HTTP.

Every caller is a window that calls and finishes; at the service its login is not looked up, over HTTP it is. The floor
does the same to the same tables with psycopg alone, each in one transaction: begin and take the hall's turn, claim (or
end) the ticket, journal entry, request key, commit; with as many threads and connections as callers, in turns with the
service. The floor over HTTP is ``GET /v1/health`` of the same server through the same client. Every ticket must have
been called once, by either, else the benchmark fails.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from pydantic import TypeAdapter

from benchmarks.call_next import measure
from benchmarks.hall_server import OUT, ROOT, at_once, windows
from benchmarks.measure import in_turns, percentile, spread
from benchmarks.report import Goal, Result
from clerk_app.bootstrap.server import OpenHall, open_hall
from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall_queue import FreeNow, TakeTicket, Ticket
from clerk_app.services.hall.access import Caller
from db.locks import lock_number

sys.path.insert(0, str(ROOT / "tests"))
from support.postgres import PostgresServer

_TICKETS = {1: 40, 8: 96, 64: 192}
"""Callers → tickets of a round."""
_ROUNDS = 4
_GOAL = Goal("ratio", ">=", 0.5)
_FREE, _TICKET = TypeAdapter(FreeNow), TypeAdapter(Ticket)
_TURN = "BEGIN; SELECT pg_advisory_xact_lock({})"
_CLAIM = """UPDATE ticket SET state = 'called', window_no = %(window)s, called_at = %(now)s, last_call_at = %(now)s
 WHERE hall_id = %(hall)s AND ticket_id = (SELECT ticket_id FROM ticket WHERE hall_id = %(hall)s AND day = %(day)s
 AND state IN ('waiting', 'transferred') ORDER BY order_at, ticket_id LIMIT 1) RETURNING *"""
_FINISH = """UPDATE ticket SET state = 'finished', ended_at = %(now)s, outcome = 'accepted'
 WHERE hall_id = %(hall)s AND ticket_id = %(ticket)s RETURNING *"""
_ENTRY = """INSERT INTO journal (hall_id, entry_id, kind, subject, at, user_id, user_name, device_id, payload)
 VALUES (%(hall)s, %(entry)s, %(kind)s, %(ticket)s, %(now)s, 'u', '王', 'd', %(payload)s)"""
_KEY = """INSERT INTO request_key (hall_id, key, body_hash, status, response, at)
 VALUES (%(hall)s, %(entry)s, %(hash)s, 200, %(payload)s, %(now)s) ON CONFLICT DO NOTHING"""


def run() -> list[Result]:
    OUT.mkdir(exist_ok=True)
    # beside the results and not in /tmp, which may be memory: a commit that costs no disk would flatter us
    with TemporaryDirectory(prefix="bench-pg-", dir=OUT) as name, PostgresServer(durable=True, parent=Path(name)) as pg:
        results = [_service(pg, count) for count in _TICKETS]
        for count in (1, 8):
            with windows(count, pg.url(pg.new_database())) as opened:
                results.append(measure(f"call_next_postgres_http_{count}", opened))
    return results


# --- the service --------------------------------------------------------------------------------------------------
def _service(pg: PostgresServer, callers: int) -> Result:
    with _hall(pg) as (hall, database):
        ours, bare = _Ours(hall, callers), _Bare(pg, database, hall.hall_id, callers)
        values, floors = in_turns(ours.round, partial(bare.round, ours), _ROUNDS)
        bare.close()
    detail = {
        "callers": callers,
        "tickets_a_round": _TICKETS[callers],
        "call_ms": [round(percentile(ours.times, percent), 1) for percent in (50, 95, 99)],
        "worst_ms": round(max(ours.times), 1),
        "floor_call_ms": [round(percentile(bare.times, percent), 1) for percent in (50, 95, 99)],
        "floor_worst_ms": round(max(bare.times), 1),
        "rounds": spread(values),
        "floor_rounds": spread(floors),
        "double_calls": 0,
        "floor": "psycopg: turn, claim or end, journal entry, key, commit",
    }
    name = f"call_next_postgres_{callers}"
    return Result(name, median(values), "transactions/s", median(floors), _GOAL, detail)


@contextmanager
def _hall(pg: PostgresServer) -> Iterator[tuple[OpenHall, str]]:
    database = pg.new_database()
    with TemporaryDirectory() as name:
        (Path(name) / "clerk.toml").write_text(f"[server]\ndatabase = {json.dumps(pg.url(database))}\n", "utf-8")
        hall = open_hall(Path(name))
        try:
            yield hall, database
        finally:
            hall.close()


class _Ours:
    """Windows that ask the service as the server's endpoints do, each request under its key."""

    def __init__(self, hall: OpenHall, callers: int) -> None:
        self.hall, self.callers = hall, callers
        self.times: list[float] = []
        self._keys = itertools.count(1)

    def fill(self) -> list[str]:
        """Tickets that wait; no window is free, so none is called at once."""
        hall = self.hall
        kiosk = Actor(hall.hall_id, "kiosk", Role.KIOSK.value, "取号机", frozenset({Role.KIOSK}))
        groups = hall.desk.store.read(hall.hall_id, lambda unit: unit.setup.groups())

        def take(unit: Any) -> list[str]:
            wishes = [TakeTicket(groups[number % len(groups)].group_id) for number in range(_TICKETS[self.callers])]
            return [hall.desk.taking.take(unit, kiosk, wish).ticket.ticket_id for wish in wishes]

        return hall.desk.store.write(hall.hall_id, "setup", take)

    def round(self) -> float:
        """Transactions a second."""
        waiting, served = self.fill(), list[str]()
        took = at_once([partial(self._serve, number, served) for number in range(1, self.callers + 1)])
        _check(waiting, served)
        return 2 * len(served) / took

    def _serve(self, number: int, served: list[str]) -> None:
        calling = self.hall.desk.calling
        actor = Actor(self.hall.hall_id, f"pc-{number}", f"u-{number}", "王", frozenset({Role.CLERK}), str(number))
        caller = Caller(actor, actor.device_id, DeviceKind.WINDOW)
        for _ in range(_TICKETS[self.callers] // self.callers):
            start = time.perf_counter()
            text = self._once(caller, lambda unit: _FREE.dump_json(calling.call_next(unit, actor)))
            self.times.append((time.perf_counter() - start) * 1000)
            ticket = _FREE.validate_json(text).ticket
            assert ticket is not None
            served.append(ticket.ticket_id)
            ended = partial(calling.finish, actor=actor, ticket_id=ticket.ticket_id, outcome="accepted")
            self._once(caller, lambda unit, ended=ended: _TICKET.dump_json(ended(unit)))

    def _once(self, caller: Caller, work: Any) -> str:
        key = f"bench-{next(self._keys):08d}"
        return self.hall.desk.requests.once(caller, key, key.encode(), lambda unit: work(unit).decode())


class _Bare:
    """The same with psycopg alone, as somebody would write it who wants nothing but speed."""

    def __init__(self, pg: PostgresServer, database: str, hall_id: str, callers: int) -> None:
        self.times: list[float] = []
        self._hall, self._turn = hall_id, _TURN.format(lock_number("hall", hall_id))
        address = pg.url(database).replace("postgresql+psycopg", "postgresql")
        self._connections = [psycopg.connect(address, autocommit=True, prepare_threshold=3) for _ in range(callers)]

    def round(self, ours: _Ours) -> float:
        waiting, served = ours.fill(), list[str]()
        each = len(waiting) // len(self._connections)
        works = [
            partial(self._serve, connection, str(number), each, served)
            for number, connection in enumerate(self._connections, start=1)
        ]
        took = at_once(works)
        _check(waiting, served)
        return 2 * len(served) / took

    def _serve(self, connection: Any, window_no: str, count: int, served: list[str]) -> None:
        for _ in range(count):
            start = time.perf_counter()
            row = self._transaction(connection, _CLAIM, {"window": window_no}, "ticket.called")
            self.times.append((time.perf_counter() - start) * 1000)
            served.append(row[1])
            self._transaction(connection, _FINISH, {"ticket": row[1]}, "ticket.finished")

    def _transaction(self, connection: Any, change: str, more: dict[str, Any], kind: str) -> Any:
        now = SystemClock().now()
        entry = uuid7(now, SystemEntropy().bytes(RANDOM_BYTES))
        values = {"hall": self._hall, "now": now, "day": now.date(), "entry": entry, "kind": kind, "hash": "h" * 64}
        connection.execute(self._turn, prepare=False)
        row = connection.execute(change, values | more).fetchone()
        values |= {"ticket": row[1], "payload": json.dumps({"number": row[4], "window_no": row[20]}, default=str)}
        connection.execute(_ENTRY, values)
        connection.execute(_KEY, values)
        connection.execute("COMMIT")
        return row

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


def _check(waiting: list[str], served: list[str]) -> None:
    if Counter(served) != Counter(waiting):
        raise AssertionError(f"{len(waiting)} tickets waited, {len(served)} were called, {len(set(served))} different")
