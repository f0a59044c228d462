"""A hall in one process for tests: real services and a real store on SQLite or PostgreSQL, a clock moved by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from clerk_app.crypto.keyfile import FileKeyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import Lane, PriorityClass, VisitReason
from clerk_app.domain.queue_order import Fairness
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.hall import EnrolRequest, NewEnrolCode, NewUser
from clerk_app.ports.hall_queue import ServiceGroup, TakeTicket, Ticket
from clerk_app.ports.stores_hall_queue import NewTicket
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.setup import HallPlan
from clerk_app.services.hall.tools import system_actor
from db.engine import sqlite_engine
from db.hall.postgres import PostgresHallStore, open_postgres
from db.hall.store import SqlHallStore, open_sqlite
from db.postgres import plain_engine

STORE_KEY = bytes(range(32))
MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
PROFILE = HallProfile(hall_id="", code="MH", name="明河区政务服务中心", area="一楼 A 区")
PASSWORD = "qing-fang-xin-8"

Store = SqlHallStore | PostgresHallStore


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    def move(self, **span: float) -> None:
        self._now += timedelta(**span)


class SeededEntropy:
    """The same bytes for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)


class QuickPasswords:
    """Tests of everything but hashing should not wait for argon2id."""

    def hash(self, password: str) -> str:
        return f"quick:{password}"

    def fits(self, encoded: str, password: str) -> bool:
        return encoded == f"quick:{password}"


@dataclass
class HallInHand:
    """The hall with shortcuts that tests read well with."""

    desk: HallDesk
    store: Store
    clock: HandClock
    hall_id: str

    def groups(self) -> list[ServiceGroup]:
        return self.store.read(self.hall_id, lambda unit: unit.setup.groups())

    def actor(self, window_no: str | None = "12", *roles: Role) -> Actor:
        wanted = frozenset(roles or (Role.CLERK,))
        return Actor(self.hall_id, f"device-{window_no}", "user-1", "王晓梅", wanted, window_no)

    def kiosk(self) -> Actor:
        return self.actor(None, Role.KIOSK)

    def take(self, priority: PriorityClass = PriorityClass.ORDINARY, group: int = 0) -> Ticket:
        chosen = self.groups()[group]
        if priority is PriorityClass.APPOINTMENT:
            return self._checked_in(chosen)
        wish = TakeTicket(chosen.group_id, priority=priority)
        return self.write(lambda unit: self.desk.taking.take(unit, self.kiosk(), wish)).ticket

    def _checked_in(self, group: ServiceGroup) -> Ticket:
        """The ticket of somebody who was booked for now."""
        desk, now = self.desk, self.clock.now()
        new = NewTicket(
            ticket_id=desk.tools.new_id(),
            day=self.read(desk.days.today),
            prefix=group.prefix,
            group_id=group.group_id,
            priority=PriorityClass.APPOINTMENT,
            reason=VisitReason.SUBMIT,
            lane=Lane.PRIORITY,
            taken_at=now,
        )
        return self.write(lambda unit: desk.taking.issue(unit, self.kiosk(), new)).ticket

    def call(self, window_no: str = "12") -> Ticket | None:
        return self.write(lambda unit: self.desk.calling.call_next(unit, self.actor(window_no))).ticket

    def finish(self, ticket: Ticket) -> Ticket:
        actor = self.actor(ticket.window_no)
        return self.write(lambda unit: self.desk.calling.finish(unit, actor, ticket.ticket_id, "accepted"))

    def write(self, work):  # type: ignore[no-untyped-def]
        return self.store.write(self.hall_id, "test", work)

    def read(self, work):  # type: ignore[no-untyped-def]
        return self.store.read(self.hall_id, work)

    def rules(self, rules: QueueRules) -> None:
        """Other rules of queueing from now on."""
        self.write(lambda unit: self.desk.days.set_rules(unit, self.actor(None, Role.MANAGER), rules))

    def in_order(self) -> None:
        """Draws among one ticket: the order of calling is the order of taking."""
        self.rules(QueueRules(fairness=Fairness(draw_among=1)))

    def enrolled(self, kind: DeviceKind = DeviceKind.WINDOW, window_no: str | None = "12") -> tuple[Caller, str]:
        """A device that went through enrolment, with its token."""
        code = self.write(
            lambda unit: self.desk.devices.make_code(unit, system_actor(self.hall_id), NewEnrolCode(kind, window_no))
        ).code
        secret = code.replace("-", "")[:10]
        made = self.desk.devices.enrol(EnrolRequest(secret, kind, f"设备 {window_no}", window_no))
        return self.desk.access.caller(made.token, None), made.token

    def user(self, login_name: str = "wangxm", *roles: Role) -> None:
        wish = NewUser(login_name, "王晓梅", PASSWORD, roles or (Role.CLERK,))
        user = self.desk.people.prepare(wish)
        self.write(lambda unit: self.desk.people.create(unit, system_actor(self.hall_id), user))

    def sequence(self) -> int:
        return self.desk.sequencer.run(self.hall_id)


def open_place(place: Path | str, entropy: SeededEntropy) -> Store:
    """The store in a folder, or at a URL of PostgreSQL."""
    if isinstance(place, str):
        return open_postgres(place, entropy)
    return open_sqlite(place / "hall.db", STORE_KEY, entropy)


def engine_of(place: Path | str) -> Engine:
    """For statements of the test's own, in transactions of SQLAlchemy."""
    if isinstance(place, str):
        return plain_engine(place)
    return sqlite_engine(place / "hall.db", STORE_KEY, writer=True)


@contextmanager
def hall_in_hand(place: Path | str, seed: int = 1) -> Iterator[HallInHand]:
    """A new hall in a folder or in a database, closed at the end."""
    clock, entropy = HandClock(), SeededEntropy(seed)
    crypto = NationalCrypto(entropy)
    store = open_place(place, entropy)
    try:
        yield over(store, clock, entropy, crypto)
    finally:
        store.close()


def over(store: Store, clock: HandClock, entropy: SeededEntropy, crypto: NationalCrypto) -> HallInHand:
    """The services on an open store; the hall is made when it is new."""
    keys = FileKeyring(STORE_KEY, crypto)
    desk = HallDesk(store, clock, entropy, crypto, keys, QuickPasswords(), b"f" * 32, lambda hall_id: None)
    return HallInHand(desk, store, clock, desk.setup.ensure(HallPlan(PROFILE)))
