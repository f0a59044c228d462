"""Intake records, ratings and published catalogues in SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.errors import Conflict, NotFound
from clerk_app.domain.numbering import official_number, official_serial
from clerk_app.ports.hall import CatalogueInfo
from clerk_app.ports.stores_hall import CaseWrite, StoredCase
from db.errors import Again
from db.hall.casefiles import standing_values
from db.hall.models import CaseRevisionRow, CaseRow, CatalogueRow, RatingRow
from db.locks import lock_number

_C = CaseRow.__table__.c
_R = CaseRevisionRow.__table__.c
_G = RatingRow.__table__.c
_V = CatalogueRow.__table__.c
_NUMBERING = text("SELECT pg_advisory_xact_lock(:number)")


def _values(case: CaseWrite) -> dict[str, Any]:
    values = asdict(case)
    del values["standing"]
    return values | standing_values(case.standing)


def numbering_turn(connection: Connection, hall_id: str, places: Collection[tuple[str, date]]) -> None:
    """Until this transaction ends no other one counts on the official numbers of these bases and days. SQLite has one
    writer anyway."""
    if connection.dialect.name == "sqlite":
        return
    for number in sorted(lock_number("number", hall_id, base, day.isoformat()) for base, day in places):
        connection.execute(_NUMBERING, {"number": number})


class SqlCases:
    """``CaseStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def find(self, case_id: str) -> StoredCase | None:
        # The row is held until the transaction ends: a revision and an act of one case come one after the other.
        row = self._db.execute(
            select(_C.case_id, _C.record_id, _C.case_no, _C.revision)
            .where(_C.hall_id == self._hall, _C.case_id == case_id)
            .with_for_update()
        ).one_or_none()
        return None if row is None else StoredCase(**row._mapping)

    def revision(self, case_id: str, revision: int) -> tuple[str, datetime] | None:
        row = self._db.execute(
            select(_R.body_hash, _R.synced_at).where(
                _R.hall_id == self._hall, _R.case_id == case_id, _R.revision == revision
            )
        ).one_or_none()
        return None if row is None else (row.body_hash, row.synced_at)

    def add(self, case: CaseWrite, record_id: str, base: str, day: date, case_no: str = "") -> StoredCase:
        taken = select(_C.case_id).where(_C.hall_id == self._hall, _C.case_number == case.case_number)
        last = select(func.coalesce(func.max(_C.serial), 0)).where(
            _C.hall_id == self._hall, _C.case_base == base, _C.case_day == day
        )
        numbering_turn(self._db, self._hall, {(base, day)})
        owner = self._db.execute(taken).scalar_one_or_none()
        if owner == case.case_id:
            # The same record came twice at once, by two servers: the next look finds what the other one stored.
            raise Again
        if owner is not None:
            raise Conflict(f"编号 {case.case_number} 已经属于另一件，请技术员检查这台电脑是否是复制的")
        if case_no:
            serial = official_serial(case_no, base, day)
            assert serial is not None, "checked before the turn"
            self._check_free(case_no)
        else:
            serial = self._db.execute(last).scalar_one() + 1
            case_no = official_number(base, day, serial)
        try:
            with self._db.begin_nested():
                self._db.execute(
                    insert(CaseRow).values(
                        hall_id=self._hall,
                        record_id=record_id,
                        case_no=case_no,
                        case_base=base,
                        case_day=day,
                        serial=serial,
                        **_values(case),
                    )
                )
        except IntegrityError as error:
            raise Again(error) from error
        return StoredCase(case.case_id, record_id, case_no, case.revision)

    def _check_free(self, case_no: str) -> None:
        if self._db.execute(select(_C.case_id).where(_C.hall_id == self._hall, _C.case_no == case_no)).first():
            raise Conflict(f"办件编号 {case_no} 在这里已经属于另一件，请技术员检查")

    def update(self, case: CaseWrite) -> None:
        values = _values(case)
        del values["case_id"]
        self._db.execute(update(CaseRow).where(_C.hall_id == self._hall, _C.case_id == case.case_id).values(**values))

    def add_revision(self, case_id: str, revision: int, body_hash: str, synced_at: datetime) -> None:
        self._db.execute(
            insert(CaseRevisionRow).values(
                hall_id=self._hall, case_id=case_id, revision=revision, body_hash=body_hash, synced_at=synced_at
            )
        )

    def body(self, case_id: str) -> dict[str, Any]:
        found: dict[str, Any] | None = self._db.execute(
            select(CaseRow.body).where(CaseRow.hall_id == self._hall, CaseRow.case_id == case_id)
        ).scalar_one_or_none()
        if found is None:
            raise NotFound("没有这一件，可能还没有上传")
        return found

    def rating_of_visit(self, visit: str, stage: str) -> tuple[str, str, datetime] | None:
        row = self._db.execute(
            select(_G.rating_id, _G.body_hash, _G.synced_at).where(
                _G.hall_id == self._hall, _G.visit == visit, _G.stage == stage
            )
        ).one_or_none()
        return None if row is None else (row.rating_id, row.body_hash, row.synced_at)

    def add_rating(self, visit: str, body_hash: str, synced_at: datetime, body: dict[str, Any]) -> None:
        try:
            self._db.execute(
                insert(RatingRow).values(
                    hall_id=self._hall,
                    rating_id=body["rating_id"],
                    visit=visit,
                    stage=body["stage"],
                    scheme="GB/T 39046-2020 A.8",
                    level=body["level"],
                    rated_at=datetime.fromisoformat(body["rated_at"]),
                    synced_at=synced_at,
                    window_no=body["window_no"],
                    body_hash=body_hash,
                    body=body,
                )
            )
        except IntegrityError:
            raise Conflict("这次来访已经评价过，一次来访只评一次") from None


class SqlCatalogue:
    """``CatalogueStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def current(self) -> CatalogueInfo:
        row = self._db.execute(
            select(_V.version, _V.published_at, _V["count"])
            .where(_V.hall_id == self._hall)
            .order_by(_V.version.desc())
            .limit(1)
        ).one_or_none()
        return CatalogueInfo(0, None, 0) if row is None else CatalogueInfo(row[0], row[1], row[2])

    def body(self, version: int) -> bytes:
        found = self._db.execute(
            select(_V.body).where(_V.hall_id == self._hall, _V.version == version)
        ).scalar_one_or_none()
        if found is None:
            raise NotFound(f"没有第 {version} 版事项目录")
        return bytes(found)

    def digest(self, version: int) -> str:
        return (
            self._db.execute(
                select(_V.digest).where(_V.hall_id == self._hall, _V.version == version)
            ).scalar_one_or_none()
            or ""
        )

    def add(self, info: CatalogueInfo, digest: str, body: bytes) -> None:
        try:
            self._db.execute(
                insert(CatalogueRow).values(
                    hall_id=self._hall,
                    version=info.version,
                    published_at=info.published_at,
                    count=info.count,
                    digest=digest,
                    body=body,
                )
            )
        except IntegrityError:
            raise Conflict("刚刚有人发布了新的一版，请看一眼再发布") from None
