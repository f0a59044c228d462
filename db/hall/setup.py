"""The hall, its groups, its devices and the idempotency keys in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Conflict, NotFound
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall_queue import ServiceGroup
from clerk_app.ports.stores_hall import DeviceRecord
from db.hall.known import Known
from db.hall.models import CounterGroupRow, DeviceRow, EnrolCodeRow, GroupRow, HallRow, RequestKeyRow
from db.later import later
from db.types import ID

_D = DeviceRow.__table__.c
_C = EnrolCodeRow.__table__.c
_G = GroupRow.__table__.c
_K = RequestKeyRow.__table__.c
# Part of every request, so built once.
_HALL = bindparam("_hall", type_=ID)
_BY_TOKEN = select(DeviceRow.__table__).where(_D.hall_id == _HALL, _D.token_hash == bindparam("_token"))
_GROUPS = (
    select(_G.group_id, _G.prefix, _G.name, _G.hint, _G.place, _G.position, _G.start, _G.daily_limit)
    .where(_G.hall_id == _HALL)
    .order_by(_G.position, _G.prefix)
)
_SERVED = select(CounterGroupRow.group_id, CounterGroupRow.weight).where(
    CounterGroupRow.hall_id == _HALL, CounterGroupRow.window_no == bindparam("_window")
)
# How many rows an INSERT made is not told on PostgreSQL: what it returns tells.
_RESERVE_SQLITE = sqlite_insert(RequestKeyRow).on_conflict_do_nothing().returning(_K.key)
_RESERVE_POSTGRESQL = postgresql_insert(RequestKeyRow).on_conflict_do_nothing().returning(_K.key)
_ANSWER = (
    update(RequestKeyRow)
    .where(_K.hall_id == _HALL, _K.key == bindparam("_key"))
    .values(status=bindparam("_status"), response=bindparam("_response"))
)


def hall_of_code(connection: Connection, secret_hash: str) -> str | None:
    """The hall that made an enrolment code."""
    return connection.execute(select(_C.hall_id).where(_C.secret_hash == secret_hash)).scalar_one_or_none()


class SqlDevices:
    """``DeviceStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def add(self, device: DeviceRecord) -> None:
        self._db.execute(insert(DeviceRow).values(**asdict(device)))

    def get(self, device_id: str) -> DeviceRecord:
        row = self._db.execute(
            select(DeviceRow.__table__).where(_D.hall_id == self._hall, _D.device_id == device_id)
        ).one_or_none()
        if row is None:
            raise NotFound("没有登记过这台设备")
        return DeviceRecord(**row._mapping)

    def by_token(self, token_hash: str) -> DeviceRecord | None:
        row = self._db.execute(_BY_TOKEN, {"_hall": self._hall, "_token": token_hash}).one_or_none()
        return None if row is None else DeviceRecord(**row._mapping)

    def has(self, kind: DeviceKind) -> bool:
        here = (_D.hall_id == self._hall, _D.kind == kind, _D.revoked_at.is_(None))
        return self._db.execute(select(_D.device_id).where(*here).limit(1)).first() is not None

    def revoke(self, device_id: str, at: datetime) -> None:
        self._db.execute(
            update(DeviceRow)
            .where(_D.hall_id == self._hall, _D.device_id == device_id, _D.revoked_at.is_(None))
            .values(revoked_at=at)
        )

    def add_code(self, secret_hash: str, kind: DeviceKind, window_no: str | None, expires_at: datetime) -> None:
        self._db.execute(
            insert(EnrolCodeRow).values(
                hall_id=self._hall,
                secret_hash=secret_hash,
                kind=kind,
                window_no=window_no,
                expires_at=expires_at,
            )
        )

    def use_code(self, secret_hash: str, kind: DeviceKind, now: datetime) -> tuple[bool, str | None]:
        row = self._db.execute(
            update(EnrolCodeRow)
            .where(
                _C.hall_id == self._hall,
                _C.secret_hash == secret_hash,
                _C.kind == kind,
                _C.used_at.is_(None),
                _C.expires_at > now,
            )
            .values(used_at=now)
            .returning(_C.window_no)
        ).one_or_none()
        return (False, None) if row is None else (True, row.window_no)


class SqlSetup:
    """``SetupStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str, known: Known) -> None:
        self._db = connection
        self._hall = hall_id
        self._known = known

    def profile(self) -> HallProfile:
        found = self._db.execute(select(HallRow.profile).where(HallRow.hall_id == self._hall)).scalar_one_or_none()
        if found is None:
            raise NotFound("没有这个大厅")
        return HallProfile(hall_id=self._hall, **found)

    def groups(self) -> list[ServiceGroup]:
        def ask() -> tuple[ServiceGroup, ...]:
            rows = self._db.execute(_GROUPS, {"_hall": self._hall})
            return tuple(ServiceGroup(**row._mapping) for row in rows)

        return list(self._known.of(("groups",), ask))

    def served_by(self, window_no: str) -> list[ServiceGroup]:
        own = self.served(window_no)
        return [group for group in self.groups() if not own or group.group_id in own]

    def add_hall(self, profile: HallProfile) -> None:
        body = asdict(profile)
        del body["hall_id"]
        try:
            with self._db.begin_nested():
                self._db.execute(insert(HallRow).values(hall_id=self._hall, code=profile.code, profile=body))
        except IntegrityError:
            raise Conflict(f"大厅代码 {profile.code} 已经有大厅在用，请换一个") from None

    def change_hall(self, profile: HallProfile) -> None:
        body = asdict(profile)
        del body["hall_id"]
        self._db.execute(update(HallRow).where(HallRow.hall_id == self._hall).values(profile=body))

    def add_group(self, group: ServiceGroup) -> None:
        self._known.changed(self._db, self._hall)
        try:
            with self._db.begin_nested():
                self._db.execute(insert(GroupRow).values(hall_id=self._hall, **asdict(group)))
        except IntegrityError:
            raise Conflict(f"字母 {group.prefix} 已经有排队组在用，请换一个") from None

    def change_group(self, group: ServiceGroup) -> None:
        self._known.changed(self._db, self._hall)
        values = asdict(group)
        del values["group_id"]
        try:
            with self._db.begin_nested():
                self._db.execute(
                    update(GroupRow).where(_G.hall_id == self._hall, _G.group_id == group.group_id).values(**values)
                )
        except IntegrityError:
            raise Conflict(f"字母 {group.prefix} 已经有排队组在用，请换一个") from None

    def served(self, window_no: str) -> dict[str, float]:
        def ask() -> dict[str, float]:
            rows = self._db.execute(_SERVED, {"_hall": self._hall, "_window": window_no})
            return {row.group_id: row.weight for row in rows}

        return dict(self._known.of(("served", window_no), ask))

    def all_served(self) -> dict[str, dict[str, float]]:
        c = CounterGroupRow.__table__.c
        found: dict[str, dict[str, float]] = {}
        for row in self._db.execute(select(c.window_no, c.group_id, c.weight).where(c.hall_id == self._hall)):
            found.setdefault(row.window_no, {})[row.group_id] = row.weight
        return found

    def set_served(self, window_no: str, weights: Mapping[str, float]) -> None:
        self._known.changed(self._db, self._hall)
        c = CounterGroupRow.__table__.c
        self._db.execute(delete(CounterGroupRow).where(c.hall_id == self._hall, c.window_no == window_no))
        for group_id, weight in weights.items():
            values = {"hall_id": self._hall, "window_no": window_no, "group_id": group_id, "weight": weight}
            self._db.execute(insert(CounterGroupRow).values(**values))


class SqlRequests:
    """``RequestStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def reserve(self, key: str, body_hash: str, at: datetime) -> tuple[str, str] | None:
        reserve = _RESERVE_SQLITE if self._db.dialect.name == "sqlite" else _RESERVE_POSTGRESQL
        values = {"hall_id": self._hall, "key": key, "body_hash": body_hash, "status": 0, "response": "", "at": at}
        if self._db.execute(reserve, values).first() is not None:
            return None
        row = self._db.execute(select(_K.body_hash, _K.response).where(_K.hall_id == self._hall, _K.key == key)).one()
        return row.body_hash, row.response

    def answer(self, key: str, status: int, response: str) -> None:
        values = {"_hall": self._hall, "_key": key, "_status": status, "_response": response}
        later(self._db, _ANSWER, values)

    def forget_before(self, at: datetime) -> int:
        gone = self._db.execute(delete(RequestKeyRow).where(_K.hall_id == self._hall, _K.at < at))
        return gone.rowcount
