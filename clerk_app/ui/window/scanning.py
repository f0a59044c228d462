"""A code held before the window's scanner does what its paper is for: it opens the case, brings back the ticket, or
tells who is here. What is none of ours goes where the clerk is typing."""

from __future__ import annotations

import threading
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from clerk_app.domain.errors import Refusal
from clerk_app.domain.identity import IdType
from clerk_app.domain.persons import from_typing
from clerk_app.ports.devices import CodeScanner, DeviceState
from clerk_app.ports.hall_queue import CardPerson, Ticket
from clerk_app.services.codes import CodeKind, CodeReading, ScannedCode
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.control import DeskControl

CODE_WAIT_S = 2.0
PAUSE_MS = 1_000
APPOINTMENT = "这是预约码，请办事人在取号机上扫，或按 Alt+Y 导办取号"
NOT_HERE = "不是本窗口挂起或过号的号，要叫这一位请按顺序叫号"


class CasePlaces(Protocol):
    """Where a case is looked for (a room that has a search of its own, else the case file), and a ticket."""

    def open_case(self, number: str) -> None: ...

    def find_ticket(self, number: str) -> bool:
        """Look for it on the free page; False when that is not shown."""
        ...


class Scanning(QObject):
    """``take`` is also told what a typing scanner typed."""

    came = Signal(str)

    def __init__(
        self, control: DeskControl, lanes: Lanes, scanner: CodeScanner | None, codes: CodeReading, places: CasePlaces
    ) -> None:
        super().__init__()
        self._control, self._scanner, self._codes, self._places = control, scanner, codes, places
        self._waiting, self._reading = lanes.lane("scanner"), lanes.lane("codes")
        self._closing = threading.Event()
        self.came.connect(self.take)

    def start(self) -> None:
        """Wait for codes until ``stop``."""
        if self._scanner is not None and not self._closing.is_set():
            self._waiting.run(
                self._scanner.wait_for_code, CODE_WAIT_S, self._closing, done=self._came, failed=self._not_heard
            )

    def stop(self) -> None:
        """No more codes."""
        self._closing.set()

    def take(self, text: str) -> None:
        """Find out what the code is and do what it is for; without a login nothing is done."""
        if self._control.session is not None and text.strip():
            self._reading.run(
                self._codes.read, text, done=self._known, failed=lambda failure: self._unknown(text, failure)
            )

    def _came(self, text: str | None) -> None:
        if text is not None:
            self.take(text)
        self.start()

    def _not_heard(self, failure: Failure) -> None:
        away = self._scanner is None or self._scanner.health().state is DeviceState.ABSENT
        if not away and self._control.session is not None:
            self._control.said.emit(failure.text)
        QTimer.singleShot(PAUSE_MS if away else 0, self, self.start)

    def _known(self, code: ScannedCode) -> None:
        if code.kind is CodeKind.CASE:
            self._places.open_case(code.value)
        elif code.kind is CodeKind.TICKET:
            self._ticket(code.value)
        elif code.kind is CodeKind.APPOINTMENT:
            self._control.said.emit(APPOINTMENT)
        elif code.person is not None:
            self._person(code.person)

    def _unknown(self, text: str, failure: Failure) -> None:
        """A tracking number for the field that has the focus, as a typing scanner would have typed it."""
        focus = QApplication.focusWidget()
        if isinstance(failure.error, Refusal) and isinstance(focus, QLineEdit) and not focus.isReadOnly():
            focus.insert(text)
        elif isinstance(failure.error, Refusal) and isinstance(focus, QPlainTextEdit) and not focus.isReadOnly():
            focus.insertPlainText(text)
        else:
            self._control.said.emit(failure.text)

    def _ticket(self, value: str) -> None:
        control, view = self._control, self._control.view

        def is_it(ticket: Ticket | None) -> bool:
            return ticket is not None and value in (ticket.number, ticket.ticket_id)

        held = next((one for one in view.held if is_it(one)), None) if view else None
        missed = next((one for one in view.missed if is_it(one)), None) if view else None
        if is_it(control.ticket):
            assert control.ticket is not None
            control.said.emit(f"{control.ticket.number} 正在本窗口办理")
        elif held is not None:
            control.take_back(held.ticket_id)
        elif missed is not None:
            control.came_back(missed.ticket_id)
        elif control.serving or not self._places.find_ticket(value):
            control.said.emit(NOT_HERE)

    def _person(self, person: CardPerson) -> None:
        """As if typed: a code is no card that was read, and the clerk compares it with the paper."""
        try:
            checked = from_typing(
                name=person.name,
                id_type=IdType.RESIDENT,
                id_number=person.id_number,
                today=self._control.desk.clock.now().date(),
                birth=person.birth,
                without_card="电子身份码",
            )
        except Refusal as refused:
            self._control.said.emit(str(refused))
            return
        self._control.take_card(checked)
