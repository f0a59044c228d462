"""Logins at the pages of the back office: an enrolled browser, a person with a duty there, and an end when idle."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import NotAllowed
from clerk_app.ports.hall import DeviceUnknown, Login, Session, SessionEnded
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.services.hall.access import Access, Caller
from clerk_app.services.hall.people import People
from clerk_app.services.hall.tools import Tools

IDLE: Final = timedelta(minutes=20)
"""Without doing anything for so long a login is over: the desk may be empty."""
LONGEST: Final = timedelta(hours=12)
OFFICE_ROLES: Final = frozenset(
    {Role.REVIEWER, Role.CHIEF_REPRESENTATIVE, Role.SEAL_KEEPER, Role.MANAGER, Role.AUDITOR}
)
_NOTED_EVERY: Final = timedelta(minutes=1)
_NOT_OFFICE = "这台设备不是后台电脑，请技术员用后台的登记码重新登记"
_IDLE = f"{IDLE // timedelta(minutes=1)} 分钟没有操作，已经自动退出，请重新登录"
_TOO_LONG = "登录满 12 小时，已经自动退出，请重新登录"
_NO_DUTY = "这个账号没有后台的岗位（审批、用印、管理、审计），窗口的事请到窗口电脑上办"


class OfficeAccess:
    """Works outside a caller's unit of work, as logging in does."""

    def __init__(self, store: HallStore, tools: Tools, access: Access, people: People) -> None:
        self._store = store
        self._tools = tools
        self._access = access
        self._people = people

    def device(self, token: str) -> Caller:
        """The browser without anybody; ``DeviceUnknown`` for one that is not enrolled for the office."""
        caller = self._access.caller(token, None)
        if caller.kind is not DeviceKind.OFFICE:
            raise DeviceUnknown(_NOT_OFFICE)
        return caller

    def login(self, device: Caller, login_name: str, password: str) -> Session:
        """As at a window, lock-out included; ``NotAllowed`` also for a person without a duty in the office."""
        session = self._people.login(device, Login(login_name.strip(), password))
        if OFFICE_ROLES.isdisjoint(session.roles):
            digest = self._tools.token_digest(session.token)
            hall_id = device.actor.hall_id
            self._store.write(hall_id, device.device_id, lambda unit: self._end(unit, device, digest, "login.ended"))
            raise NotAllowed(_NO_DUTY)
        return session

    def caller(self, token: str, session_token: str) -> Caller:
        """The person at the browser, who is noted as present. ``DeviceUnknown``; ``SessionEnded`` for a login that is
        over, also when nobody did anything for ``IDLE`` or it lasted ``LONGEST``."""
        caller = self._access.caller(token, session_token)
        if caller.kind is not DeviceKind.OFFICE:
            raise DeviceUnknown(_NOT_OFFICE)
        session_id, digest = caller.session_id, caller.session_digest
        assert session_id is not None
        assert digest is not None
        hall_id, now = caller.actor.hall_id, self._tools.now()

        def look(unit: HallUnit) -> tuple[timedelta, timedelta, bool]:
            session = unit.people.session_by_token(digest)
            assert session is not None
            seen = unit.office.seen_at(session_id)
            return now - session.since, now - (seen or session.since), seen is None

        lasted, idle, new = self._store.read(hall_id, look)
        if idle > IDLE or lasted > LONGEST:
            self._store.write(hall_id, caller.device_id, lambda unit: self._end(unit, caller, digest, "login.idle"))
            raise SessionEnded(_IDLE if idle > IDLE else _TOO_LONG)
        if new or abs(idle) >= _NOTED_EVERY:
            self._store.write(hall_id, caller.device_id, lambda unit: unit.office.set_seen(session_id, now))
        return caller

    def logout(self, caller: Caller) -> None:
        self._store.write(caller.actor.hall_id, caller.device_id, lambda unit: self._people.logout(unit, caller))

    def _end(self, unit: HallUnit, caller: Caller, digest: str, kind: str) -> None:
        session = unit.people.session_by_token(digest)
        if session is not None and session.ended_at is None:
            unit.people.end_session(session.session_id, self._tools.now())
            self._tools.record(unit, caller.actor, kind, session.session_id, {"window_no": None})
