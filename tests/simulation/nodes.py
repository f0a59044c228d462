"""The PCs of the simulated hall: the program's own services, put together as its starter does, over a ``Disk``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from clerk_app.client.hall import HallClient
from clerk_app.crypto.keyfile import FileKeyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.emergency import EmergencyTicket
from clerk_app.domain.papers import QueueTicket
from clerk_app.server.app import create_app
from clerk_app.server.calls import Activity
from clerk_app.server.feed import FeedHub
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.tools import Tools
from clerk_app.services.kiosk.desk import KioskDesk
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.cases import CaseDesk
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.printing import PrintDesk
from clerk_app.services.window.queue import QueueDesk
from clerk_app.services.window.rating import RatingDesk
from clerk_app.services.window.session import SessionDesk
from clerk_app.services.window.sync import SyncRunner
from clerk_app.services.window.visits import VisitDesk
from db.hall.store import SqlHallStore
from db.window.store import SqlWindowStore
from simulation.clocks import NodeClock
from simulation.disk import Disk, InlineLane
from simulation.moments import Moments
from simulation.network import Answered, Sent, serve
from simulation.papers import Papers, SoftFolder, SoftPrinter
from support.hall import QuickPasswords, SeededEntropy
from support.window import FakeMachine, FakeRenderer, calendar

STORE_KEY = bytes(range(32))
JOURNAL_KEY = b"j" * 32
FINGERPRINT = b"f" * 32
WITHOUT_PAGE_PRINTER = "2"
"""The window whose A4 papers are saved into a folder."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a PC got at its enrolment."""

    device_id: str
    token: str
    window_no: str | None
    hall: Any


@dataclass
class Outside:
    """What stands around every PC: the parts of the world that it is given."""

    moments: Moments
    papers: Papers
    random: Random
    client: Callable[[str], Any]


class Node:
    """A PC with a disk and a clock. ``up`` while its program runs."""

    def __init__(self, name: str, disk: Disk, clock: NodeClock, entropy: SeededEntropy, outside: Outside) -> None:
        self.name = name
        self.disk = disk
        self.clock = clock
        self.entropy = entropy
        self.outside = outside
        self.crypto = NationalCrypto(entropy)
        self.up = False
        disk.told = lambda kind, side: outside.moments.passed(self.name, kind, side)

    def crash(self) -> None:
        """The power is cut: the program and what was not committed are gone."""
        self.up = False
        self.disk.lose_power()


class ServerNode(Node):
    """``clerk server``."""

    desk: HallDesk
    hall_id: str
    _apps: list[Any] = []  # noqa: RUF012  shared on purpose: building the endpoints takes longer than a whole visit

    def start(self) -> None:
        """Open the store as it lies on the disk."""
        epoch = self.disk.rows("SELECT value FROM store_meta WHERE name = 'epoch'")[0][0]
        store = SqlHallStore(self.disk.writer, self.disk.reader, epoch, InlineLane)  # type: ignore[arg-type]
        keys = FileKeyring(STORE_KEY, self.crypto)
        self.desk = HallDesk(
            store, self.clock, self.entropy, self.crypto, keys, QuickPasswords(), FINGERPRINT, lambda hall_id: None
        )
        halls = store.halls()
        self.hall_id = halls[0] if halls else ""
        app = create_app(self.desk, "", Activity(), FeedHub(self.desk))
        if self._apps:
            self._apps[0].state = app.state
        else:
            self._apps.append(app)
        self.up = True

    def tools(self) -> Tools:
        """For what is done to a store beside the running server."""
        return Tools(self.clock, self.entropy, self.crypto, FileKeyring(STORE_KEY, self.crypto))

    def handle(self, sent: Sent) -> Answered:
        return serve(self._apps[0], sent)

    def sequence(self) -> int:
        """What the server's timer does every second."""
        return self.desk.sequencer.run(self.hall_id)


class WindowNode(Node):
    """``clerk window`` without its screens."""

    def __init__(
        self, name: str, disk: Disk, clock: NodeClock, entropy: SeededEntropy, outside: Outside, enrolled: Enrolled
    ) -> None:
        super().__init__(name, disk, clock, entropy, outside)
        self.enrolled = enrolled
        self.machine = FakeMachine(f"pc-{name}")
        self.renderer = FakeRenderer()
        self.folder = SoftFolder(name, outside.moments)
        self.receipt_printer = self._printer()
        self.page_printer = None if enrolled.window_no == WITHOUT_PAGE_PRINTER else self._printer()

    @property
    def window_no(self) -> str:
        assert self.enrolled.window_no is not None
        return self.enrolled.window_no

    def start(self) -> None:
        """As ``bootstrap.window.assemble`` and the first seconds of the screens do."""
        hall = self.enrolled.hall
        self.client = HallClient(self.name, "", self.enrolled.token, self.clock, self.entropy)
        self.store = SqlWindowStore(self.disk.writer, self.disk.reader, hall.hall_id)
        self.journal = Journal(self.crypto, JOURNAL_KEY, self.clock, self.entropy)
        self.binding = StoreBinding(self.store, self.machine, self.journal)
        self.binding.ensure(hall, self.window_no, self.enrolled.device_id)
        self.outbox = Outbox(self.store, self.client, self.journal)
        self.sync = SyncRunner(self.outbox, self.entropy)
        self.session = SessionDesk(self.store, self.client, QuickPasswords(), self.journal)
        self.queue = QueueDesk(self.client, self.journal)
        self.cases = CaseDesk(self.store, self.renderer, self.binding, self.journal, lambda: hall, calendar)
        self.files = FileDesk(
            self.store,
            self.client,
            self.renderer,
            self.binding,
            self.journal,
            lambda: hall,
            calendar,
            self.outbox,
        )
        self.prints = PrintDesk(
            self.store, self.renderer, self.journal, self.folder, self.receipt_printer, self.page_printer
        )
        self.rating = RatingDesk(self.store, self.journal)
        self.visits = VisitDesk(self.store, self.journal)
        self.up = True
        self.prints.recover()

    def printers(self) -> list[SoftPrinter]:
        """Those that this window has."""
        return [printer for printer in (self.receipt_printer, self.page_printer) if printer is not None]

    def is_out(self, sheet: bytes) -> bool:
        """What somebody sees who looks: it lies in the printer, or in the folder."""
        return self.outside.papers.is_out(sheet) or sheet in self.folder.saved.values()

    def _printer(self) -> SoftPrinter:
        outside = self.outside
        return SoftPrinter(self.name, outside.papers, outside.moments, self.clock, outside.random)


class _TicketPapers:
    """Draws a ticket as the text of its value."""

    def ticket(self, ticket: QueueTicket) -> bytes:
        return f"ticket {ticket!r}".encode()

    def emergency_ticket(self, ticket: EmergencyTicket) -> bytes:
        return f"emergency {ticket!r}".encode()


class KioskNode(Node):
    """``clerk kiosk`` without its screens and without a block of numbers for outages."""

    def __init__(
        self, name: str, disk: Disk, clock: NodeClock, entropy: SeededEntropy, outside: Outside, enrolled: Enrolled
    ) -> None:
        super().__init__(name, disk, clock, entropy, outside)
        self.enrolled = enrolled
        self.printer = SoftPrinter(name, outside.papers, outside.moments, clock, outside.random)

    def start(self) -> None:
        self.client = HallClient(self.name, "", self.enrolled.token, self.clock, self.entropy)
        self.desk = KioskDesk(
            self.client, _TicketPapers(), self.printer, lambda text: (), self.clock, self.entropy, themes={}
        )
        self.up = True
