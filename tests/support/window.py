"""A whole window without a screen: fakes of everything outside the services, put together."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.intake import Intake, TicketRef
from clerk_app.domain.papers import Notice, Receipt, ThermalNote
from clerk_app.domain.signatures import Signature
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.devices import DeviceHealth, DeviceState, PrintOutcome, PrintResult
from clerk_app.ports.window import WindowStore
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.cases import CaseDesk
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.printing import PrintDesk
from support.matters import food_licence
from support.people import resident

HALL_ID = "018f0000-0000-7000-8000-000000000001"
DEVICE_ID = "018f0000-0000-7000-8000-000000000012"
USER_ID = "018f0000-0000-7000-8000-0000000000aa"
NOW = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)
HALL = HallProfile(
    hall_id=HALL_ID,
    code="MH",
    name="明河区政务服务中心",
    area="一楼 A 区",
    district="明河区",
    phone="0000-1234567",
    query_url="https://hall.example/q/",
    agency_short={"明河区市场监督管理局": "明市监"},
)
CLERK = Actor(HALL_ID, DEVICE_ID, USER_ID, "王晓梅", frozenset({Role.CLERK}), "12")
REVIEWER = replace(
    CLERK, user_id="018f0000-0000-7000-8000-0000000000bb", user_name="陈主任", roles=frozenset({Role.REVIEWER})
)
KEEPER = replace(
    CLERK, user_id="018f0000-0000-7000-8000-0000000000cc", user_name="赵印", roles=frozenset({Role.SEAL_KEEPER})
)


class FakeClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def advance(self, **parts: float) -> None:
        self.moment += timedelta(**parts)


class SeededEntropy:
    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)


class FakeMachine:
    def __init__(self, name: str = "pc-12") -> None:
        self.name = name

    def fingerprint(self) -> str:
        return self.name


class FakeRenderer:
    """Draws a paper as the text of its value, so that a test can read what a sheet says."""

    def receipt(self, receipt: Receipt) -> bytes:
        return f"thermal {receipt!r}".encode()

    def receipt_page(self, receipt: Receipt) -> bytes:
        return f"page {receipt!r}".encode()

    def note(self, note: ThermalNote) -> bytes:
        return f"note {note!r}".encode()

    def note_page(self, note: ThermalNote) -> bytes:
        return f"note page {note!r}".encode()

    def notice(self, notice: Notice, *, signature: Signature | None = None, reprint: int = 0) -> bytes:
        return f"notice {notice!r} {signature!r} {reprint}".encode()

    def check(self, notice: Notice) -> str:
        return hashlib.sha256(repr(notice).encode()).hexdigest()

    def preview(self, notice: Notice, *, signature: Signature | None = None) -> bytes:
        return f"preview {notice!r} {signature!r}".encode()


class FakePrinter:
    """Answers with the results given, then with ``printed``; keeps every job that reached the paper."""

    def __init__(self, *results: PrintResult | Exception) -> None:
        self.results = list(results)
        self.jobs: list[bytes] = []
        self.on_print: Callable[[], None] = lambda: None

    def _print(self, job: bytes) -> PrintResult:
        self.on_print()
        result = self.results.pop(0) if self.results else PrintResult(PrintOutcome.PRINTED)
        if isinstance(result, Exception):
            raise result
        if result.outcome is not PrintOutcome.REFUSED:
            self.jobs.append(job)
        return result

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, NOW)


class FakeReceiptPrinter(FakePrinter):
    def print(self, job: bytes) -> PrintResult:
        return self._print(job)


class FakePagePrinter(FakePrinter):
    def print(self, pdf: bytes, copies: int, title: str) -> PrintResult:
        return self._print(pdf)


@dataclass
class FakeFolder:
    saved: dict[str, bytes] = field(default_factory=dict)

    def save(self, name: str, pdf: bytes) -> str:
        self.saved[name] = pdf
        return f"文书/{name}"


class FakeEvaluator:
    def __init__(self, *levels: int | None) -> None:
        self.levels = list(levels)

    def ask_rating(self, timeout_s: float, cancel: threading.Event) -> int | None:
        return self.levels.pop(0)

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, NOW)


class QuickPasswords:
    """As argon2id, without its time."""

    def hash(self, password: str) -> str:
        return hashlib.sha256(password.encode()).hexdigest()

    def fits(self, encoded: str, password: str) -> bool:
        return encoded == self.hash(password)


class Window:
    """A bound window over a store; ``restart`` makes new services over the same store, as a new process would."""

    number = "12"
    device_id = DEVICE_ID

    def __init__(
        self, store: WindowStore, *, clock: FakeClock | None = None, seed: int = 1, hall: HallProfile = HALL
    ) -> None:
        self.store = store
        self.hall = hall
        self.clock = clock or FakeClock()
        self.entropy = SeededEntropy(seed)
        self.machine = FakeMachine()
        self.renderer = FakeRenderer()
        self.folder = FakeFolder()
        self.receipt_printer: Any = FakeReceiptPrinter()
        self.page_printer: Any = FakePagePrinter()
        self.woken = 0
        self.restart()

    def restart(self) -> None:
        self.journal = Journal(NationalCrypto(self.entropy), b"j" * 32, self.clock, self.entropy)
        self.binding = StoreBinding(self.store, self.machine, self.journal)
        self.binding.ensure(self.hall, self.number, self.device_id)
        self.cases = CaseDesk(
            self.store, self.renderer, self.binding, self.journal, lambda: self.hall, calendar, self._wake
        )
        self.prints = PrintDesk(
            self.store,
            self.renderer,
            self.journal,
            self.folder,
            self.receipt_printer,
            self.page_printer,
            self._wake,
        )

    def _wake(self) -> None:
        self.woken += 1

    def complete(self, ticket: TicketRef | None = None, actor: Actor = CLERK) -> Intake:
        """An opened case with everything there."""
        intake = self.cases.open_case(actor, ticket).with_applicant(resident())
        return intake.with_matter(food_licence(), self.clock.now()).mark_all_as_required()


def calendar() -> WorkingCalendar:
    """Weekends alone: enough where no holiday plays a part."""
    return WorkingCalendar({})


def ticket(number: str = "A047", called: datetime = NOW - timedelta(minutes=7)) -> TicketRef:
    ticket_id = f"018f0000-0000-7000-8000-{int(number[1:]):012d}"
    return TicketRef(ticket_id, number, "企业准入", called - timedelta(minutes=13), called)
