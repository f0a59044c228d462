"""Users and logins: argon2id, a lock-out that backs off, one live login per window with a fencing number."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta

from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.errors import Fault, NotAllowed, Rejected
from clerk_app.ports.crypto import PasswordHasher
from clerk_app.ports.hall import Login, NewUser, Session, UserInfo
from clerk_app.ports.stores_hall import HallStore, HallUnit, SessionRecord, UserRecord
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.counters import Counters
from clerk_app.services.hall.tools import Tools

_FREE_TRIES = 5
_FIRST_LOCK = timedelta(minutes=1)
_LONGEST_LOCK = timedelta(minutes=30)
_SHORTEST_PASSWORD = 8
_HASHES_AT_ONCE = 2
_PATIENCE_S = 6.0
_MANY = "同时登录的人太多，服务器来不及核对，请等几秒再登录"
_WRONG = "登录名或密码不对，请再输一次"


class People:
    """Logging in works outside a caller's unit of work: hashing is slow and must not hold the store."""

    def __init__(self, store: HallStore, tools: Tools, passwords: PasswordHasher, counters: Counters) -> None:
        self._store = store
        self._counters = counters
        self._tools = tools
        self._passwords = passwords
        self._hashing = threading.Semaphore(_HASHES_AT_ONCE)
        self._decoy = passwords.hash(tools.secret(16).hex())

    def login(self, caller: Caller, wish: Login) -> Session:
        """A live session at the caller's device; ends the one before at this device or window.

        ``NotAllowed`` for a wrong name or password (one sentence for both) and while locked out: after 5 failures
        1 minute, doubled with each further one up to 30. ``Fault`` when too many log in at once.
        """
        user = self.verify(caller, wish.login_name, wish.password)
        window_no = self._window(caller, wish)
        token = base64.urlsafe_b64encode(self._tools.secret()).decode().rstrip("=")
        return self._store.write(
            caller.actor.hall_id,
            caller.device_id,
            lambda unit: self._open(unit, caller, user.user_id, window_no, token),
        )

    def verify(self, caller: Caller, login_name: str, password: str) -> UserRecord:
        """Whose name and password these are; a failure is counted. ``NotAllowed`` as for ``login``.

        Follow it with ``admit`` in the transaction of what it is for.
        """
        hall_id = caller.actor.hall_id
        user = self._store.read(hall_id, lambda unit: unit.people.by_login(login_name))
        self._check_lock(user)
        # Whoever logs in gives up after 10 s and tries again: a login that is carried out later than that helps nobody,
        # ends the session of the next try, and a server that falls behind would never catch up.
        if not self._hashing.acquire(timeout=_PATIENCE_S):
            raise Fault(_MANY)
        try:
            fits = self._passwords.fits(user.password if user else self._decoy, password)
        finally:
            self._hashing.release()
        if user is None or not fits:
            self._store.write(hall_id, caller.device_id, lambda unit: self._refuse(unit, caller, user))
            raise NotAllowed(_WRONG)
        return user

    def admit(self, unit: HallUnit, user_id: str) -> UserRecord:
        """The person as they are now, with the count of failures ended; ``NotAllowed`` when locked out meanwhile."""
        user = unit.people.get_user(user_id)
        self._check_lock(user)
        if user.failures:
            unit.people.set_failures(user_id, 0, None)
        return user

    def logout(self, unit: HallUnit, caller: Caller) -> None:
        """End the caller's session; without one nothing happens."""
        if caller.session_id is None:
            return
        unit.people.end_session(caller.session_id, self._tools.now())
        payload = {"window_no": caller.actor.window_no}
        self._tools.record(unit, caller.actor, "logout", caller.session_id, payload)
        self._counters.logged_out(unit, caller.actor)

    def prepare(self, wish: NewUser) -> UserRecord:
        """Check a new user and hash the password; done before the unit of work. ``Rejected`` by field."""
        if not wish.login_name.strip() or wish.login_name != wish.login_name.strip():
            raise Rejected("login_name", "登录名不能是空的，前后也不能有空格")
        if not wish.name.strip():
            raise Rejected("name", "姓名要填，文书上会印")
        if len(wish.password) < _SHORTEST_PASSWORD:
            raise Rejected("password", f"密码至少 {_SHORTEST_PASSWORD} 位，现在是 {len(wish.password)} 位")
        if not wish.roles:
            raise Rejected("roles", "至少选一个岗位")
        if not {Role.KIOSK, Role.DISPLAY, Role.PLATFORM, Role.HALL, Role.SYSTEM}.isdisjoint(wish.roles):
            raise Rejected("roles", "取号机、大厅屏、外部平台和系统不是人员岗位")
        with self._hashing:
            password = self._passwords.hash(wish.password)
        return UserRecord(self._tools.new_id(), wish.login_name, wish.name.strip(), password, frozenset(wish.roles))

    def create(self, unit: HallUnit, actor: Actor, user: UserRecord) -> UserInfo:
        """Store a prepared user. Needs a technician; a window of a hall without any user may make the first one."""
        first = unit.people.count() == 0 and actor.window_no is not None
        if not first:
            actor.require(Role.TECHNICIAN, Role.SYSTEM)
        unit.people.add_user(user)
        roles = tuple(sorted(user.roles))
        self._tools.record(unit, actor, "user.created", user.user_id, {"roles": [role.value for role in roles]})
        return UserInfo(user.user_id, user.login_name, user.name, roles)

    def _window(self, caller: Caller, wish: Login) -> str | None:
        own = caller.actor.window_no
        if caller.kind in {DeviceKind.BOARD, DeviceKind.OFFICE}:
            return None
        if caller.kind is not DeviceKind.WINDOW:
            raise NotAllowed("这台设备不能登录，请到窗口电脑上登录")
        if own is not None and wish.window_no not in (None, own):
            raise NotAllowed(f"这台电脑登记的是 {own} 号窗口，不能登录到 {wish.window_no} 号窗口")
        return own or wish.window_no

    def _check_lock(self, user: UserRecord | None) -> None:
        if user is not None and user.locked_until is not None and user.locked_until > self._tools.now():
            raise NotAllowed(f"密码错了 {user.failures} 次，{user.locked_until:%H:%M:%S} 以后再试")

    def _refuse(self, unit: HallUnit, caller: Caller, user: UserRecord | None) -> None:
        subject = caller.device_id
        if user is not None:
            failures = unit.people.get_user(user.user_id).failures + 1
            locked_until = None
            if failures >= _FREE_TRIES:
                locked_until = self._tools.now() + min(
                    _FIRST_LOCK * 2 ** min(failures - _FREE_TRIES, 10), _LONGEST_LOCK
                )
            unit.people.set_failures(user.user_id, failures, locked_until)
            subject = user.user_id
        self._tools.record(unit, caller.actor, "login.refused", subject, {"window_no": caller.actor.window_no})

    def _open(self, unit: HallUnit, caller: Caller, user_id: str, window_no: str | None, token: str) -> Session:
        now = self._tools.now()
        user = self.admit(unit, user_id)
        for old in unit.people.live_at(caller.device_id, window_no):
            unit.people.end_session(old.session_id, now)
            self._tools.record(unit, caller.actor, "login.ended", old.session_id, {"window_no": old.window_no})
        session = SessionRecord(
            session_id=self._tools.new_id(),
            token_hash=self._tools.token_digest(token),
            user_id=user_id,
            device_id=caller.device_id,
            window_no=window_no,
            fencing=unit.people.next_fencing(window_no),
            since=now,
        )
        unit.people.add_session(session)
        actor = Actor(caller.actor.hall_id, caller.device_id, user_id, user.name, user.roles, window_no)
        payload = {"window_no": window_no, "fencing": session.fencing}
        self._tools.record(unit, actor, "login", session.session_id, payload)
        self._counters.logged_in(unit, actor)
        return Session(
            token=token,
            fencing=session.fencing,
            user_id=user_id,
            user_name=user.name,
            roles=tuple(sorted(user.roles)),
            window_no=window_no,
            since=now,
        )
