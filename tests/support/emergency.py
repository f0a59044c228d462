"""Windows and kiosks of one hall, each with its own durable store and its own bad luck with network and power."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.emergency import EmergencyTicket
from clerk_app.domain.errors import Unreachable
from clerk_app.ports.hall import ServerTime
from clerk_app.ports.hall_queue import ServiceGroup, TakeTicket, TicketTaken
from clerk_app.ports.hall_running import EmergencyMerged, EmergencyVisit, NumberBlock
from clerk_app.server.calls import adapter
from clerk_app.services.hall.access import Caller
from clerk_app.services.kiosk.emergency import KioskEmergency
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.emergency import EmergencyDesk
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.outbox import Outbox
from db.kiosk.store import open_kiosk_store
from support.hall import PROFILE, STORE_KEY, HallInHand
from support.window import FakeMachine, FakeReceiptPrinter
from support.window_memory import MemoryWindowStore
from support.window_server import DUPLICATED, LOST_ANSWER, LOST_REQUEST, OK

T = TypeVar("T")


class Crash(BaseException):
    """The power goes at this instruction."""


class Line:
    """A device's line to the hall in this process: the real requests under real keys, one mode of failure each."""

    def __init__(self, hall: HallInHand, caller: Caller) -> None:
        self._hall, self._caller = hall, caller
        self.online = True
        self.plan: list[str] = []
        self._made = 0

    def _once(self, kind: Any, key: str | None, content: bytes, work: Callable[[Any, Actor], Any]) -> Any:
        mode = self.plan.pop(0) if self.plan else OK
        if not self.online or mode == LOST_REQUEST:
            raise Unreachable("服务器连不上")
        self._made += 1
        used = key or f"{self._caller.device_id[-8:]}-{self._made:08d}"
        form = adapter(kind)

        def body(unit: Any) -> str:
            return form.dump_json(work(unit, self._caller.actor)).decode()

        answer = self._hall.desk.requests.once(self._caller, used, content, body)
        if mode == DUPLICATED:
            assert self._hall.desk.requests.once(self._caller, used, content, body) == answer
        if mode == LOST_ANSWER:
            raise Unreachable("服务器没有回答")
        return form.validate_json(answer)

    def server_time(self) -> ServerTime:
        if not self.online:
            raise Unreachable("服务器连不上")
        return ServerTime(self._hall.clock.now(), "1", self._hall.store.epoch, self._hall.hall_id, 0)

    def groups(self) -> tuple[ServiceGroup, ...]:
        if not self.online:
            raise Unreachable("服务器连不上")
        return tuple(self._hall.groups())

    def reserve_block(self, *, key: str | None = None) -> NumberBlock:
        found: NumberBlock = self._once(NumberBlock, key, b"blocks", self._hall.desk.emergency.blocks.reserve)
        return found

    def hold_blocks(self, block_nos: tuple[int, ...], *, key: str | None = None) -> tuple[NumberBlock, ...]:
        kind, work = tuple[NumberBlock, ...], self._hall.desk.emergency.blocks.hold
        found: tuple[NumberBlock, ...] = self._once(
            kind, key, f"held {block_nos}".encode(), lambda unit, actor: work(unit, actor, block_nos)
        )
        return found

    def merge_visit(self, visit: EmergencyVisit, *, key: str | None = None) -> EmergencyMerged:
        content = adapter(EmergencyVisit).dump_json(visit)
        found: EmergencyMerged = self._once(
            EmergencyMerged, key, content, lambda unit, actor: self._hall.desk.emergency.merge(unit, actor, visit)
        )
        return found

    def take_ticket(self, wish: TakeTicket, *, key: str | None = None) -> TicketTaken:
        content = adapter(TakeTicket).dump_json(wish)
        found: TicketTaken = self._once(
            TicketTaken, key, content, lambda unit, actor: self._hall.desk.taking.take(unit, actor, wish)
        )
        return found


class Papers:
    """Draws the number, and remembers."""

    def __init__(self) -> None:
        self.drawn: list[EmergencyTicket] = []

    def emergency_ticket(self, ticket: EmergencyTicket) -> bytes:
        self.drawn.append(ticket)
        return ticket.number.encode()


@dataclass
class AWindow:
    """One window; ``restart`` is a new process over the same store."""

    hall: HallInHand
    number: str
    store: MemoryWindowStore = field(default_factory=MemoryWindowStore)
    machine: FakeMachine = field(default_factory=FakeMachine)
    papers: Papers = field(default_factory=Papers)
    printer: Any = field(default_factory=FakeReceiptPrinter)

    def __post_init__(self) -> None:
        caller, _ = self.hall.enrolled(DeviceKind.WINDOW, self.number)
        self.device_id = caller.device_id
        self.line = Line(self.hall, caller)
        self.actor = Actor(
            self.hall.hall_id, self.device_id, f"user-{self.number}", "王晓梅", frozenset({Role.CLERK}), self.number
        )
        self.woken = 0
        self.restart()

    def restart(self) -> None:
        self.store.before_commit = self.store.after_commit = lambda: None
        tools = self.hall.desk.tools
        self.journal = Journal(tools.crypto, b"j" * 32, self.hall.clock, _Entropy(tools.secret))
        self.binding = StoreBinding(self.store, self.machine, self.journal)
        profile = self.hall.read(lambda unit: unit.setup.profile())
        self.binding.ensure(profile, self.number, self.device_id)
        line: Any = self.line
        self.desk = EmergencyDesk(
            self.store,
            line,
            self.binding,
            self.journal,
            self.papers,
            self.printer,
            lambda: PROFILE,
            self._wake,
        )
        self.outbox = Outbox(self.store, line, self.journal)

    def _wake(self) -> None:
        self.woken += 1

    def sync(self) -> None:
        """What the sync thread does."""
        if not self.outbox.push_once().stopped:
            self.desk.keep_blocks()

    def dies_at(self, *, after: bool) -> None:
        """The power goes at the next commit."""

        def die() -> None:
            raise Crash

        if after:
            self.store.after_commit = die
        else:
            self.store.before_commit = die


class AKiosk:
    """One ticket machine over a real store."""

    def __init__(self, hall: HallInHand, path: Path, *, blocks: int = 1) -> None:
        self.hall, self._path, self._blocks = hall, path, blocks
        self.caller, _ = hall.enrolled(DeviceKind.KIOSK, None)
        self.line = Line(hall, self.caller)
        self.store = open_kiosk_store(path, STORE_KEY)
        self.restart()

    def restart(self) -> None:
        self.store.close()
        self.store = open_kiosk_store(self._path, STORE_KEY)
        entropy = _Entropy(self.hall.desk.tools.secret)
        self.desk = KioskEmergency(
            self.line,
            self.store,
            self.caller.device_id,
            self.hall.clock,
            entropy,
            machine="取号机 1",
            blocks=self._blocks,
        )

    def connect(self) -> None:
        """What the machine does when the server answers."""
        snapshot = self.hall.read(lambda unit: self.hall.desk.waiting.snapshot(unit, self.caller.actor))
        self.desk.remember(snapshot.groups, snapshot.hall)
        self.desk.keep_blocks()
        self.desk.tell()

    def close(self) -> None:
        self.store.close()


class _Entropy:
    def __init__(self, secret: Callable[[int], bytes]) -> None:
        self._secret = secret

    def bytes(self, count: int) -> bytes:
        return self._secret(count)
