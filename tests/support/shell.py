"""A clerk at the whole window: the real shell over the real services, with fakes where the cables end.

Lanes work at once on the thread of the test, so that a key is answered when ``press`` returns; a lane can be held back
to look at what is shown meanwhile. Reader and evaluator wait for ``lay`` and ``rate``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from clerk_app.bootstrap.calendar_files import load
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.documents.qr import qr_modules
from clerk_app.domain.cases import CaseState
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.persons import NaturalPerson
from clerk_app.domain.queue import TicketState
from clerk_app.ports.devices import CardFacts, DeviceFault, DeviceHealth, DeviceState
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.ports.hall import Login, Session, SessionEnded
from clerk_app.ports.hall_cases import OnlineSupplement, WorkKind, WorkLine
from clerk_app.ports.hall_queue import CounterStatus, WindowView
from clerk_app.ports.window import CaseRow, Step
from clerk_app.services.window.approving import ApprovalDesk
from clerk_app.services.window.archive import ArchiveDesk
from clerk_app.services.window.catalogue import CatalogueDesk
from clerk_app.services.window.consultation import ConsultationDesk
from clerk_app.services.window.deemed import DeemedDesk
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.handover import HandoverDesk
from clerk_app.services.window.issue import IssueDesk
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.overview import OverviewDesk
from clerk_app.services.window.prechecks import PreCheckDesk
from clerk_app.services.window.queue import QueueDesk
from clerk_app.services.window.rating import RatingDesk
from clerk_app.services.window.seals import SealDesk
from clerk_app.services.window.session import SessionDesk
from clerk_app.services.window.visits import VisitDesk
from clerk_app.ui.keys import InputMethodGuard
from clerk_app.ui.window.casework import CaseWork
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.desk import Desk, DeviceLine
from clerk_app.ui.window.shell import WindowShell
from support import window_views
from support.people import agent, resident
from support.shell_matters import PUBLISHED, stocked
from support.window import HALL, FakeClock, QuickPasswords, Window
from support.window_memory import MemoryWindowStore
from support.window_server import FakeCounter

LOGIN, PASSWORD = "wxm", "opensesame"
APPLICANT, AGENT = resident(), agent().person
HELD = ("reader", "evaluator")
COLLEAGUE, COLLEAGUE_ID = "zl", "018f0000-0000-7000-8000-0000000000cc"


class Turns(Executor):
    """Works at once, or, while ``held``, when ``go`` says so."""

    def __init__(self, held: bool = False) -> None:
        self.held = held
        self.waiting: list[Callable[[], object]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        if self.held:
            self.waiting.append(lambda: fn(*args, **named))
        else:
            fn(*args, **named)
        return Future()

    def go(self) -> None:
        """Do what waits, but not what that brings along."""
        now, self.waiting = self.waiting, []
        for work in now:
            work()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.waiting.clear()


class HallCounter(FakeCounter):
    """The server of this hall, all of what a window asks of it."""

    def login(self, login: Login) -> Session:
        if isinstance(self.refusal, SessionEnded):
            self.refusal = None
        session = super().login(login)
        if login.login_name == COLLEAGUE:
            session = replace(session, user_id=COLLEAGUE_ID, user_name="赵琳")
        return session

    def session(self) -> Session | None:
        return None

    def work(self, kind: WorkKind) -> tuple[WorkLine, ...]:
        return self._over_the_network(tuple)

    def results_of(self, id_number: str) -> tuple[WorkLine, ...]:
        return self._over_the_network(tuple)

    def supplements(self) -> tuple[OnlineSupplement, ...]:
        return self._over_the_network(tuple)

    def add_tickets(self, count: int, person: str = "") -> None:
        """Waiting citizens; ``person`` is the masked name where they showed a card at the kiosk."""
        super().add_tickets(count)
        self.tickets[-count:] = [replace(ticket, person=person) for ticket in self.tickets[-count:]]

    serves: tuple[str, ...] = ("g-A",)
    notices: tuple[str, ...] = ()
    windows: tuple[CounterStatus, ...] = ()

    def window_view(self) -> WindowView:
        def do() -> WindowView:
            by = {state: tuple(t for t in reversed(self.tickets) if t.state is state) for state in TicketState}
            waiting = len(by[TicketState.WAITING]) + len(by[TicketState.TRANSFERRED])
            return window_views.view(
                at=self.now(),
                waiting=waiting,
                eligible=waiting,
                active=self.active,
                missed=by[TicketState.MISSED],
                held=by[TicketState.HELD],
                state=self.state,
                state_since=self.since,
                away=self.away_for,
                serves=self.serves,
                notices=self.notices,
                windows=self.windows,
            )

        return self._over_the_network(do)


class CardSlot:
    """The identity card reader: what lies on it is read once."""

    def __init__(self) -> None:
        self.next: CardFacts | Exception | None = None
        self.pictures: dict[bytes, bytes] = {}

    def picture_of(self, photo: bytes) -> bytes:
        return self.pictures.get(photo, b"")

    def wait_for_card(self, timeout_s: float, cancel: threading.Event) -> CardFacts | None:
        found, self.next = self.next, None
        if isinstance(found, Exception):
            raise found
        return found

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, window_views.NOW)


class Keypad:
    """The evaluator: the citizen's answer is in before the lane goes on."""

    def __init__(self) -> None:
        self.level: int | None = None

    def ask_rating(self, timeout_s: float, cancel: threading.Event) -> int | None:
        return self.level

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, window_views.NOW)


class Seat:
    """Keys in, screen out. ``keys`` counts presses since ``count`` was last called."""

    def __init__(
        self,
        qtbot: Any,
        store: MemoryWindowStore | None = None,
        *,
        counter: HallCounter | None = None,
        clock: FakeClock | None = None,
        renderer: Any = None,
        first_page: Callable[[bytes, int], bytes] | None = None,
        evaluator: bool = True,
        size: tuple[int, int] = (1366, 690),
        seed: int = 1,
        attached: bool = True,
    ) -> None:
        self.counter = counter or HallCounter()
        self.counter.passwords[COLLEAGUE] = PASSWORD
        self.clock = clock or FakeClock()
        self.counter.now = self.clock.now
        self.window = Window(store or stocked(), clock=self.clock, seed=seed)
        if renderer is not None:
            self.window.renderer = renderer
            self.window.restart()
        self.store = self.window.store
        self.slot, self.keypad = CardSlot(), Keypad()
        self.lanes: dict[str, Turns] = {}
        self.keys = 0
        self.shell = WindowShell(self.clock, lambda: "7Q4K", HALL.name, "12", executors=self._lane)
        qtbot.addWidget(self.shell, before_close_func=_forget_guards)
        self.shell.resize(*size)
        self.shell.show()
        self.shell.activateWindow()
        self.desk = self._desk(evaluator, first_page or blank_page)
        if attached:
            self.shell.attach(self)
        self.settle()

    # --- what runs behind -------------------------------------------------------------------------------------
    def _desk(self, evaluator: bool, first_page: Callable[[bytes, int], bytes]) -> Desk:
        window, store = self.window, self.window.store
        catalogue: Any = store.catalogue  # type: ignore[attr-defined]
        counter: Any = self.counter
        names = (
            ("reader", "身份证读卡器", "id-card"),
            ("receipt_printer", "小票打印机", "receipt-text"),
            ("page_printer", "A4 打印机", "printer"),
            ("evaluator", "评价器", "smile"),
        )
        outbox = Outbox(store, counter, window.journal)
        known = CatalogueDesk(catalogue, self.clock)
        files = FileDesk(store, counter, window.renderer, window.binding, window.journal, self.hall, load, outbox)
        return Desk(
            window_no="12",
            clock=self.clock,
            hall=self.hall,
            session=SessionDesk(store, counter, QuickPasswords(), window.journal),
            queue=QueueDesk(counter, window.journal),
            cases=window.cases,
            printing=window.prints,
            catalogue=known,
            rating=RatingDesk(store, window.journal, self.keypad if evaluator else None),
            overview=OverviewDesk(store, self.clock, load),
            outbox=outbox,
            files=files,
            deemed=DeemedDesk(store, window.cases, self.clock, load),
            approvals=ApprovalDesk(store, counter, QuickPasswords(), window.journal),
            visits=VisitDesk(store, window.journal),
            prechecks=PreCheckDesk(store, counter, window.journal, known.matter, files),
            consultations=ConsultationDesk(
                store, window.renderer, window.binding, window.journal, window.entropy, self.hall, outbox
            ),
            issues=IssueDesk(store, counter, window.renderer, window.binding, window.journal, files),
            handovers=HandoverDesk(store, window.renderer, window.binding, window.journal, files),
            archives=ArchiveDesk(
                store, window.renderer, window.journal, files, NationalCrypto(window.entropy), b"a" * 32, window.folder
            ),
            seals=SealDesk(store, counter, lambda: "12"),
            catalogue_state=lambda: (418, PUBLISHED),
            devices=tuple(DeviceLine(key, name, icon, "store", self.slot.health) for key, name, icon in names),
            reader=self.slot,
            first_page=first_page,
            qr=qr_modules,
            has_evaluator=evaluator,
        )

    def hall(self) -> HallProfile:
        """The hall as its papers name it."""
        return self.window.hall

    def _lane(self, name: str, threads: int) -> Executor:
        return self.lanes.setdefault(name, Turns(held=name in HELD))

    first_account = None

    def attach(self, control: DeskControl) -> None:
        """As the services behind the shell."""

    def stop_producers(self) -> None:
        """As the services behind the shell."""

    def close(self) -> None:
        """As the services behind the shell."""

    # --- hands ------------------------------------------------------------------------------------------------
    def press(self, *names: str) -> None:
        """Keys as the table spells them: ``F2``, ``Enter``, ``A``, ``Alt+3``, ``Ctrl+Z``, ``+``."""
        for name in names:
            spelled = {"Enter": "Return", "+": "Plus"}.get(name, name)
            combined = QKeySequence(spelled)[0] if name != "+" else None
            code = Qt.Key.Key_Plus if combined is None else combined.key()
            held = Qt.KeyboardModifier.NoModifier if combined is None else combined.keyboardModifiers()
            self.keys += 1
            QTest.keyClick(self.focus(), code, held)
            self.settle()
            self.one_window()

    def type(self, letters: str) -> None:
        """Letters and digits, each of them a key."""
        for letter in letters:
            self.keys += 1
            QTest.keyClick(self.focus(), letter)
            self.settle()

    def compose(self, words: str) -> None:
        """Chinese, as an input method commits it; counts as no key."""
        done = QInputMethodEvent()
        done.setCommitString(words)
        QApplication.sendEvent(self.focus(), done)
        self.settle()

    def count(self) -> int:
        """How many keys since the last time."""
        pressed, self.keys = self.keys, 0
        return pressed

    def lay(self, card: NaturalPerson | CardFacts | Exception) -> None:
        """A card is laid on the reader and read, or is not."""
        self.slot.next = facts(card) if isinstance(card, NaturalPerson) else card
        self.lanes["reader"].go()
        self.settle()

    def rate(self, level: int | None) -> None:
        """The citizen presses a key of the evaluator, or does not."""
        self.keypad.level = level
        self.lanes["evaluator"].go()
        self.settle()

    def hold(self, lane: str) -> Turns:
        """Let the lane's work wait from now on."""
        turns = self.lanes.setdefault(lane, Turns())
        turns.held = True
        return turns

    def release(self, lane: str) -> None:
        """Do what waited and work at once again."""
        turns = self.lanes[lane]
        turns.held = False
        turns.go()
        self.settle()

    def settle(self) -> None:
        """Let the screens finish what they are doing."""
        for _ in range(10):
            QApplication.processEvents()

    # --- ways -------------------------------------------------------------------------------------------------
    def log_in(self) -> None:
        """The clerk of these tests sits down; the keys are not counted."""
        self.type(LOGIN)
        self.press("Enter")
        self.type(PASSWORD)
        self.press("Enter")
        self.count()

    def called(self, *cards: NaturalPerson) -> None:
        """Logged in, the next one called, cards laid down."""
        self.log_in()
        self.counter.add_tickets(2)
        self.press("F2")
        for person in cards:
            self.lay(person)

    def at_matter(self, letters: str, *cards: NaturalPerson) -> None:
        """Called, people known, a matter picked by its letters."""
        self.called(*(cards or (APPLICANT,)))
        self.press("Enter")
        self.type(letters)
        self.press("Enter")

    def at_checklist(self, letters: str = "spjy", *cards: NaturalPerson) -> None:
        """The materials of a matter, its questions answered as preset."""
        self.at_matter(letters, *cards)
        for _ in range(4):
            if self.work.step is Step.MATTER:
                self.press("Enter")

    def lose_server(self) -> None:
        """As the feed tells it."""
        self._connection(ConnectionState.OFFLINE)

    def find_server(self) -> None:
        """As the feed tells it."""
        self._connection(ConnectionState.ONLINE)

    def _connection(self, state: ConnectionState) -> None:
        self.control.on_connection(ConnectionChange(state, self.clock.now() - timedelta(minutes=7)))
        self.settle()

    # --- eyes -------------------------------------------------------------------------------------------------
    @property
    def control(self) -> DeskControl:
        assert self.shell.control is not None
        return self.shell.control

    @property
    def work(self) -> CaseWork:
        return self.control.work

    @property
    def case(self) -> Any:
        """The five pages."""
        return self.shell.case

    @property
    def toast(self) -> str:
        """The sentence at the bottom, empty when there is none."""
        return self.shell.toast.words.text() if self.shell.toast.isVisible() else ""

    @property
    def stored(self) -> list[CaseRow]:
        """Concluded cases in this window's store."""
        rows = self.store.read(lambda unit: unit.cases.in_state(tuple(CaseState), self.clock.now() - timedelta(days=1)))
        return list(rows)

    def focus(self) -> QWidget:
        """Where the next key goes; a window without a focus fails here."""
        widget = self.shell.focusWidget()
        assert widget is not None, "nothing has the focus"
        assert widget.isVisible(), f"the focus is on something hidden: {widget}"
        return widget

    def shown(self) -> str:
        """All words on the screen."""
        return window_views.shown(self.shell)

    def one_window(self) -> None:
        """The counter knows no dialog; whatever is asked is asked on the page."""
        assert QApplication.activeModalWidget() is None
        assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]


def facts(person: NaturalPerson) -> CardFacts:
    """What the reader reads from this person's card."""
    assert person.birth is not None
    return CardFacts(
        id_type=person.id_type,
        name=person.name,
        id_number=person.id_number,
        birth=person.birth,
        sex_code=person.sex.value,
        ethnic=person.ethnic,
        address=person.address,
        valid_from=person.birth,
        valid_to=None,
    )


def blank_page(pdf: bytes, width: int) -> bytes:
    """A white A4 page of that width."""
    page = QImage(width, round(width * 1.414), QImage.Format.Format_RGB32)
    page.fill(QColor("white"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert page.save(buffer, "PNG")
    return bytes(buffer.data().data())


def reader_fault() -> DeviceFault:
    """The card was lifted too early."""
    return DeviceFault("卡拿早了，请再放一次，停 1 秒")


def _forget_guards(_: QWidget) -> None:
    """A program has one shell; a test run has many, whose event filters would pile up."""
    app = QApplication.instance()
    assert app is not None
    for guard in app.findChildren(InputMethodGuard):
        guard.stop()
        guard.deleteLater()
