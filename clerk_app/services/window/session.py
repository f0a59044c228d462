"""Who sits at the window: logged in by the server, or, while it is away, by what this window remembers.

An offline login gives the actor for drafts, conclusions and papers; the queue needs the server and a login there.
Called on the network lane (argon2id takes some 100 ms).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Fault, NotAllowed, Unreachable
from clerk_app.ports.crypto import PasswordHasher
from clerk_app.ports.hall import Counter, Login
from clerk_app.ports.window import Binding, KnownUser, WindowStore, WindowUnit
from clerk_app.services.window.journal import Journal, system_actor
from clerk_app.services.window.known import KnownPeople, actor_of


@dataclass(frozen=True, slots=True)
class WindowSession:
    """A login at this window. ``offline``: the server has not seen it; ``sentence`` says so on the banner."""

    actor: Actor
    login_name: str
    since: datetime
    offline: bool
    sentence: str = ""


class SessionDesk:
    """Logs people in and out of this window."""

    def __init__(self, store: WindowStore, counter: Counter, passwords: PasswordHasher, journal: Journal) -> None:
        self._store = store
        self._counter = counter
        self._passwords = passwords
        self._journal = journal
        self._known = KnownPeople(store, passwords, journal)
        self._lock = threading.Lock()
        self._session: WindowSession | None = None

    def current(self) -> WindowSession | None:
        """The live login; no network."""
        with self._lock:
            return self._session

    def login(self, login_name: str, password: str) -> WindowSession:
        """Log in at the server; while it does not answer, against what is remembered here for seven days.

        Raises ``NotAllowed`` (wrong password, locked out, no right), ``Unreachable`` when the server is away and this
        window does not know the person.
        """
        name = login_name.strip()
        binding = self._binding()
        try:
            session = self._online(name, password, binding)
        except Unreachable as fault:
            session = self._offline(name, password, binding, fault)
        except NotAllowed:
            self._drop_if_it_fitted(name, password, binding)
            raise
        with self._lock:
            self._session = session
        return session

    def logout(self) -> None:
        """End the login here and, if the server answers, there; a new login at the window ends the old one anyway."""
        with self._lock:
            session, self._session = self._session, None
        if session is None:
            return
        self._store.write(lambda unit: self._journal.write(unit, "logout", session.actor.user_id, session.actor))
        if session.offline:
            return
        try:
            self._counter.logout()
        except Fault:
            # The next login at this window ends the server's session (its fencing number grows).
            return

    def _online(self, login_name: str, password: str, binding: Binding) -> WindowSession:
        answer = self._counter.login(Login(login_name, password, binding.window_no))
        now = self._journal.now()
        actor = Actor(
            hall_id=binding.hall_id,
            device_id=binding.device_id,
            user_id=answer.user_id,
            user_name=answer.user_name,
            roles=frozenset(answer.roles),
            window_no=answer.window_no or binding.window_no,
        )
        known = KnownUser(
            login_name=login_name,
            user_id=answer.user_id,
            name=answer.user_name,
            roles=actor.roles,
            password=self._passwords.hash(password),
            confirmed_at=now,
        )

        def work(unit: WindowUnit) -> None:
            unit.people.remember(known)
            self._journal.write(unit, "login", actor.user_id, actor, {"fencing": answer.fencing})

        self._store.write(work)
        return WindowSession(actor, login_name, now, offline=False)

    def _offline(self, login_name: str, password: str, binding: Binding, fault: Unreachable) -> WindowSession:
        known = self._known.check(login_name, password, binding, fault)
        actor, now = actor_of(known, binding), self._journal.now()
        self._store.write(lambda unit: self._journal.write(unit, "login.offline", actor.user_id, actor))
        sentence = f"服务器连不上（{now:%H:%M}），已用本机记录登录。收件、打印、保存照常；恢复后请再登录一次才能叫号"
        return WindowSession(actor, login_name, now, offline=True, sentence=sentence)

    def _drop_if_it_fitted(self, login_name: str, password: str, binding: Binding) -> None:
        """The server refuses what worked before (password changed, person left): no offline login with it either."""
        known = self._store.read(lambda unit: unit.people.known(login_name))
        if known is None or not self._passwords.fits(known.password, password):
            return

        def work(unit: WindowUnit) -> None:
            unit.people.forget(login_name)
            self._journal.write(unit, "login.forgotten", known.user_id, system_actor(binding))

        self._store.write(work)

    def _binding(self) -> Binding:
        binding = self._store.read(lambda unit: unit.binding.binding())
        if binding is None:
            raise NotAllowed("本窗口还没有登记，请技术员先登记这台电脑")
        return binding
