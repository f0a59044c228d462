"""People whom this window remembers, for the time when the server is away: a password checked here, wrong ones counted.

Called where argon2id may take its 100 ms, never on the GUI's thread.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import NotAllowed, Unreachable
from clerk_app.ports.crypto import PasswordHasher
from clerk_app.ports.window import Binding, KnownUser, WindowStore, WindowUnit
from clerk_app.services.window.journal import Journal

REMEMBERED_FOR = timedelta(days=7)
TRIES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)

UNKNOWN_HERE = "服务器连不上，本窗口没有你的登录记录。请让最近登录过的人登录，或等服务器恢复"
TOO_LONG_AGO = "服务器连不上，你上次联网登录已超过 7 天。请让最近登录过的人登录，或等服务器恢复"
WRONG = "用户名或密码不对，请再输一次"


class KnownPeople:
    """The memory of one window. A failed try counts, for whatever the password was asked: five lock for a while."""

    def __init__(self, store: WindowStore, passwords: PasswordHasher, journal: Journal) -> None:
        self._store = store
        self._passwords = passwords
        self._journal = journal

    def check(self, login_name: str, password: str, binding: Binding, fault: Unreachable) -> KnownUser:
        """The person with this password. A success ends the counting.

        Raises ``Unreachable`` (from ``fault``) when this window does not know the person or has not seen them for
        seven days, ``NotAllowed`` for a wrong password and while locked.
        """
        now = self._journal.now()
        known = self._store.read(lambda unit: unit.people.known(login_name))
        if known is None:
            raise Unreachable(UNKNOWN_HERE) from fault
        if now - known.confirmed_at > REMEMBERED_FOR or known.confirmed_at > now + timedelta(days=1):
            raise Unreachable(TOO_LONG_AGO) from fault
        if known.locked_until is not None and now < known.locked_until:
            raise NotAllowed(f"输错次数太多，{known.locked_until:%H:%M} 以后再试")
        if not self._passwords.fits(known.password, password):
            self._count_failure(known, binding, now)
        if known.failures or known.locked_until:
            known = replace(known, failures=0, locked_until=None)
            self._store.write(lambda unit: unit.people.remember(known))
        return known

    def _count_failure(self, known: KnownUser, binding: Binding, now: datetime) -> NoReturn:
        failures = known.failures + 1
        locked = now + LOCKED_FOR if failures >= TRIES_BEFORE_LOCK else None
        counted = replace(known, failures=0 if locked else failures, locked_until=locked)
        actor = actor_of(known, binding)

        def work(unit: WindowUnit) -> None:
            unit.people.remember(counted)
            self._journal.write(unit, "login.refused", actor.user_id, actor, {"failures": failures})

        self._store.write(work)
        raise NotAllowed(WRONG)


def actor_of(known: KnownUser, binding: Binding) -> Actor:
    """A remembered person acting at this window."""
    return Actor(
        hall_id=binding.hall_id,
        device_id=binding.device_id,
        user_id=known.user_id,
        user_name=known.name,
        roles=known.roles,
        window_no=binding.window_no,
    )
