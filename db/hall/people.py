"""Users and logins in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.actor import Role
from clerk_app.domain.errors import Conflict, NotFound
from clerk_app.ports.stores_hall import SessionRecord, UserRecord
from db.hall.models import CounterGroupRow, SessionRow, UserRow

_U = UserRow.__table__.c
_S = SessionRow.__table__.c
# Asked for by every request, so built once.
_SESSION = select(SessionRow.__table__).where(_S.hall_id == bindparam("_hall"), _S.token_hash == bindparam("_token"))
_USER = select(UserRow.__table__).where(_U.hall_id == bindparam("_hall"), _U.user_id == bindparam("_user"))

_G = CounterGroupRow.__table__.c
_OWN = exists().where(_G.hall_id == _S.hall_id, _G.window_no == _S.window_no)
_THIS = exists().where(_G.hall_id == _S.hall_id, _G.window_no == _S.window_no, _G.group_id == bindparam("_group"))
_AT_WORK = select(func.count()).where(
    _S.hall_id == bindparam("_hall"), _S.ended_at.is_(None), _S.window_no.is_not(None), or_(~_OWN, _THIS)
)


def _user(row: Row[Any]) -> UserRecord:
    return UserRecord(
        user_id=row.user_id,
        login_name=row.login_name,
        name=row.name,
        password=row.password,
        roles=frozenset(Role(role) for role in row.roles),
        failures=row.failures,
        locked_until=row.locked_until,
    )


def _session(row: Row[Any]) -> SessionRecord:
    return SessionRecord(
        session_id=row.session_id,
        token_hash=row.token_hash,
        user_id=row.user_id,
        device_id=row.device_id,
        window_no=row.window_no,
        fencing=row.fencing,
        since=row.since,
        ended_at=row.ended_at,
    )


class SqlPeople:
    """``PeopleStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def count(self) -> int:
        return self._db.execute(select(func.count()).where(_U.hall_id == self._hall)).scalar_one()

    def users(self) -> list[UserRecord]:
        rows = self._db.execute(select(UserRow.__table__).where(_U.hall_id == self._hall).order_by(_U.name, _U.user_id))
        return [_user(row) for row in rows]

    def add_user(self, user: UserRecord) -> None:
        try:
            self._db.execute(
                insert(UserRow).values(
                    hall_id=self._hall,
                    user_id=user.user_id,
                    login_name=user.login_name,
                    name=user.name,
                    password=user.password,
                    roles=sorted(user.roles),
                    failures=user.failures,
                )
            )
        except IntegrityError:
            raise Conflict(f"登录名“{user.login_name}”已经有人用，请换一个") from None

    def by_login(self, login_name: str) -> UserRecord | None:
        row = self._db.execute(
            select(UserRow.__table__).where(_U.hall_id == self._hall, _U.login_name == login_name)
        ).one_or_none()
        return None if row is None else _user(row)

    def get_user(self, user_id: str) -> UserRecord:
        row = self._db.execute(_USER, {"_hall": self._hall, "_user": user_id}).one_or_none()
        if row is None:
            raise NotFound("没有这个人员")
        return _user(row)

    def set_failures(self, user_id: str, failures: int, locked_until: datetime | None) -> None:
        self._db.execute(
            update(UserRow)
            .where(_U.hall_id == self._hall, _U.user_id == user_id)
            .values(failures=failures, locked_until=locked_until)
        )

    def next_fencing(self, window_no: str | None) -> int:
        at = _S.window_no.is_(None) if window_no is None else _S.window_no == window_no
        last: int = self._db.execute(
            select(func.coalesce(func.max(_S.fencing), 0)).where(_S.hall_id == self._hall, at)
        ).scalar_one()
        return last + 1

    def live_at(self, device_id: str, window_no: str | None) -> list[SessionRecord]:
        here = _S.device_id == device_id
        place = here if window_no is None else or_(here, _S.window_no == window_no)
        rows = self._db.execute(
            select(SessionRow.__table__).where(_S.hall_id == self._hall, _S.ended_at.is_(None), place)
        )
        return [_session(row) for row in rows]

    def add_session(self, session: SessionRecord) -> None:
        try:
            self._db.execute(
                insert(SessionRow).values(
                    hall_id=self._hall,
                    session_id=session.session_id,
                    token_hash=session.token_hash,
                    user_id=session.user_id,
                    device_id=session.device_id,
                    window_no=session.window_no,
                    fencing=session.fencing,
                    since=session.since,
                )
            )
        except IntegrityError:
            raise Conflict("这个窗口同时有人登录，请再登录一次") from None

    def end_session(self, session_id: str, at: datetime) -> None:
        self._db.execute(
            update(SessionRow)
            .where(_S.hall_id == self._hall, _S.session_id == session_id, _S.ended_at.is_(None))
            .values(ended_at=at)
        )

    def session_by_token(self, token_hash: str) -> SessionRecord | None:
        row = self._db.execute(_SESSION, {"_hall": self._hall, "_token": token_hash}).one_or_none()
        return None if row is None else _session(row)

    def windows_at_work(self, group_id: str) -> int:
        count: int = self._db.execute(_AT_WORK, {"_hall": self._hall, "_group": group_id}).scalar_one()
        return count
