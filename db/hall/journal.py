"""The journal in SQL: appended by everybody, chained by the sequencer, never changed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.ports.stores_hall import JournalEntry
from db.hall.many import insert_rows
from db.hall.models import JournalRow
from db.later import later
from db.types import fixed

_J = JournalRow.__table__.c
_TABLE = JournalRow.__table__
# Building a statement costs more than running it, so those of every change are built once.
_APPEND = insert(JournalRow)
_CHAIN = (
    update(JournalRow)
    .where(_J.hall_id == bindparam("_hall"), _J.entry_id == bindparam("_entry"), _J.feed_no.is_(None))
    .values(feed_no=bindparam("_feed_no"), prev_mac=bindparam("_prev_mac"), mac=bindparam("_mac"))
)
_UNSEQUENCED = (
    select(_TABLE)
    .where(_J.hall_id == bindparam("_hall"), _J.feed_no.is_(None))
    .order_by(_J.entry_id)
    .limit(bindparam("_limit"))
)
_HEAD = (
    select(_J.feed_no, _J.mac)
    .where(_J.hall_id == bindparam("_hall"), _J.feed_no.is_not(None))
    .order_by(_J.feed_no.desc())
    .limit(fixed(1))
)
_NEWEST = select(_J.entry_id).where(_J.hall_id == bindparam("_hall")).order_by(_J.entry_id.desc()).limit(fixed(1))
_AFTER = (
    select(_TABLE)
    .where(_J.hall_id == bindparam("_hall"), _J.feed_no > bindparam("_feed_no"))
    .order_by(_J.feed_no)
    .limit(bindparam("_limit"))
)

_FIRST = (
    select(_J.feed_no)
    .where(_J.hall_id == bindparam("_hall"), _J.entry_id >= bindparam("_floor"), _J.feed_no.is_not(None))
    .order_by(_J.entry_id)
    .limit(fixed(1))
)
_OF_KINDS = (
    select(_TABLE)
    .where(
        *(_J.hall_id == bindparam("_hall"), _J.kind.in_(bindparam("_kinds", expanding=True))),
        *(_J.feed_no > bindparam("_feed_no"), _J.feed_no <= bindparam("_until")),
    )
    .order_by(_J.feed_no)
)


def _entry(row: Row[Any]) -> JournalEntry:
    return JournalEntry(
        entry_id=row.entry_id,
        kind=row.kind,
        subject=row.subject,
        at=row.at,
        user_id=row.user_id,
        user_name=row.user_name,
        device_id=row.device_id,
        payload=row.payload,
        feed_no=row.feed_no,
        prev_mac=row.prev_mac,
        mac=row.mac,
    )


class SqlJournal:
    """``JournalStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def append(self, entry: JournalEntry) -> None:
        later(self._db, _APPEND, self._values(entry))

    def append_all(self, entries: Sequence[JournalEntry]) -> None:
        insert_rows(self._db, JournalRow.__table__, [self._values(entry) for entry in entries])  # type: ignore[arg-type]

    def _values(self, entry: JournalEntry) -> dict[str, Any]:
        return {
            "hall_id": self._hall,
            "entry_id": entry.entry_id,
            "kind": entry.kind,
            "subject": entry.subject,
            "at": entry.at,
            "user_id": entry.user_id,
            "user_name": entry.user_name,
            "device_id": entry.device_id,
            "payload": entry.payload,
        }

    def unsequenced(self, limit: int) -> list[JournalEntry]:
        rows = self._db.execute(_UNSEQUENCED, {"_hall": self._hall, "_limit": limit})
        return [_entry(row) for row in rows]

    def head(self) -> tuple[int, str]:
        row = self._db.execute(_HEAD, {"_hall": self._hall}).one_or_none()
        return (0, "") if row is None else (row.feed_no, row.mac)

    def chain(self, entry_id: str, feed_no: int, prev_mac: str, mac: str) -> None:
        self._db.execute(
            _CHAIN,
            {"_hall": self._hall, "_entry": entry_id, "_feed_no": feed_no, "_prev_mac": prev_mac, "_mac": mac},
        )

    def after(self, feed_no: int, limit: int) -> list[JournalEntry]:
        rows = self._db.execute(_AFTER, {"_hall": self._hall, "_feed_no": feed_no, "_limit": limit})
        return [_entry(row) for row in rows]

    def newest(self) -> str:
        return self._db.execute(_NEWEST, {"_hall": self._hall}).scalar_one_or_none() or ""

    def about(self, subject: str) -> list[JournalEntry]:
        rows = self._db.execute(
            select(_TABLE)
            .where(_J.hall_id == self._hall, _J.subject == subject, _J.feed_no.is_not(None))
            .order_by(_J.feed_no)
        )
        return [_entry(row) for row in rows]

    def mac_at(self, feed_no: int) -> str | None:
        return self._db.execute(
            select(_J.mac).where(_J.hall_id == self._hall, _J.feed_no == feed_no)
        ).scalar_one_or_none()

    def first_since(self, at: datetime) -> int:
        floor = uuid7(at, bytes(RANDOM_BYTES))
        first = self._db.execute(_FIRST, {"_hall": self._hall, "_floor": floor}).scalar_one_or_none()
        return self.head()[0] if first is None else int(first) - 1

    def of_kinds(self, kinds: Sequence[str], after: int, until: int) -> list[JournalEntry]:
        values = {"_hall": self._hall, "_kinds": list(kinds), "_feed_no": after, "_until": until}
        return [_entry(row) for row in self._db.execute(_OF_KINDS, values)]
