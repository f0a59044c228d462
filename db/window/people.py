"""Ratings, known clerks and the audit trail in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from clerk_app.domain.actor import Role
from clerk_app.ports.window import JournalRow, KnownUser, RatingRow
from db.window.cases import columns_of, rows_of, values_of
from db.window.models import JournalTable, KnownUserTable, RatingTable

_RATING = RatingTable.__table__.c
_USER = KnownUserTable.__table__.c
_JOURNAL = JournalTable.__table__.c


class SqlRatings:
    """``RatingStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def add(self, rating: RatingRow) -> None:
        self._db.execute(insert(RatingTable).values(hall_id=self._hall, **values_of(rating)))

    def of_visit(self, visit: str, stage: str) -> RatingRow | None:
        row = self._db.execute(
            select(*columns_of(RatingRow, _RATING)).where(
                _RATING.hall_id == self._hall, _RATING.visit == visit, _RATING.stage == stage
            )
        ).first()
        return RatingRow(*row) if row else None

    def acknowledged(self, rating_id: str, synced_at: datetime) -> None:
        self._db.execute(
            update(RatingTable)
            .where(_RATING.hall_id == self._hall, _RATING.rating_id == rating_id)
            .values(synced_at=synced_at)
        )


class SqlPeople:
    """``PeopleStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def known(self, login_name: str) -> KnownUser | None:
        row = self._db.execute(
            select(*columns_of(KnownUser, _USER)).where(_USER.hall_id == self._hall, _USER.login_name == login_name)
        ).first()
        if row is None:
            return None
        values = dict(row._mapping)
        return KnownUser(**{**values, "roles": frozenset(Role(role) for role in values["roles"])})

    def remember(self, user: KnownUser) -> None:
        values = {**values_of(user), "roles": sorted(user.roles)}
        row = upsert(KnownUserTable).values(hall_id=self._hall, **values)
        self._db.execute(row.on_conflict_do_update(index_elements=["hall_id", "login_name"], set_=values))

    def forget(self, login_name: str) -> None:
        self._db.execute(delete(KnownUserTable).where(_USER.hall_id == self._hall, _USER.login_name == login_name))


class SqlJournal:
    """``JournalStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(JournalRow, _JOURNAL, hall_id)

    def append(self, row: JournalRow) -> None:
        self._db.execute(insert(JournalTable).values(hall_id=self._hall, **values_of(row)))

    def head(self) -> tuple[int, str]:
        row = self._db.execute(
            select(_JOURNAL.entry_no, _JOURNAL.mac)
            .where(_JOURNAL.hall_id == self._hall)
            .order_by(_JOURNAL.entry_no.desc())
            .limit(1)
        ).first()
        return (row.entry_no, row.mac) if row else (0, "")

    def after(self, entry_no: int, limit: int) -> list[JournalRow]:
        rows = self._db.execute(self._read.where(_JOURNAL.entry_no > entry_no).order_by(_JOURNAL.entry_no).limit(limit))
        return [JournalRow(*row) for row in rows]

    def of_subject(self, subject: str) -> list[JournalRow]:
        rows = self._db.execute(self._read.where(_JOURNAL.subject == subject).order_by(_JOURNAL.entry_no))
        return [JournalRow(*row) for row in rows]
