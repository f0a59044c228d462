"""What stands around the counter besides reader and printers, tied to the window: keypad, strip, scanner, the voice
that asks for a rating, and the tablet's pairing. Each is there only where the settings name it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.domain.queue import WindowState
from clerk_app.ports.counter_devices import CallerKey
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.wedge import ScannerKeys
from clerk_app.ui.window.caller import CallerKeys
from clerk_app.ui.window.collect.room import CollectRoom
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.errands import Errands
from clerk_app.ui.window.furniture import Furniture
from clerk_app.ui.window.pairing import NO_TABLET, PairingPage
from clerk_app.ui.window.queue_rooms import QueueRooms
from clerk_app.ui.window.rating_voice import RatingVoice
from clerk_app.ui.window.scanning import Scanning
from clerk_app.ui.window.strip import Strip


class CounterDevices(QObject):
    """Made with the screens, started with them, stopped before the lanes end."""

    def __init__(
        self,
        host: QWidget,
        control: DeskControl,
        lanes: Lanes,
        parts: Furniture,
        queue: QueueRooms,
        errands: Errands,
    ) -> None:
        super().__init__(host)
        self._control, self._parts, self._queue, self._errands = control, parts, queue, errands
        self._evaluator = lanes.lane("evaluator")
        desk = control.desk
        self.caller = CallerKeys(control, lanes.lane("caller"), desk.caller, self._acts()) if desk.caller else None
        self.strip = Strip(control, lanes.lane("board"), desk.board) if desk.board else None
        self.scanning = Scanning(control, lanes, desk.scanner, desk.codes, self)
        self.wedge: ScannerKeys | None = None
        app = QApplication.instance()
        if desk.keyboard_scanner and isinstance(app, QApplication):
            self.wedge = ScannerKeys(app, lambda: control.session is not None)
            self.wedge.scanned.connect(self.scanning.take)
        self.voice: RatingVoice | None = None
        if desk.prompt is not None:
            prompt = desk.prompt
            self.voice = RatingVoice(control.asking, lanes.lane("voice"), prompt.speaker, prompt.text, prompt.volume)
        self.pairing = PairingPage(host, desk.qr)
        self.pairing.again.connect(self.open_pairing)

    def start(self) -> None:
        """Wait for keys and codes, and say on the strip what the window does."""
        for one in (self.caller, self.strip, self.scanning):
            if one is not None:
                one.start()

    def stop(self) -> None:
        """No more keys and codes; the strip and the keypad call nobody any more."""
        for one in (self.caller, self.strip, self.scanning, self.voice):
            if one is not None:
                one.stop()
        if self.wedge is not None:
            self.wedge.remove()

    def open_pairing(self) -> None:
        """Alt+E: a new code for a tablet; the one before is void."""
        offer = self._control.desk.pair_tablet
        if offer is None:
            self._control.said.emit(NO_TABLET)
        else:
            self._evaluator.run(offer, done=self.pairing.show_offer, failed=self._failed, key="pairing")

    # --- where scanned papers go ------------------------------------------------------------------------------
    def open_case(self, number: str) -> None:
        """The collection that is open takes it; elsewhere the case file opens."""
        room = self._parts.rooms.current
        if isinstance(room, CollectRoom):
            room.look_for(number)
        else:
            self._control.files.open(number)

    def find_ticket(self, number: str) -> bool:
        """As if it had been typed into the search of the free page."""
        idle = self._parts.idle
        if self._parts.rooms.current is not None or self._control.work.intake is not None:
            return False
        idle.search.edit.setText(number)
        self._control.find(number)
        return True

    # --- the keypad's keys ------------------------------------------------------------------------------------
    def _acts(self) -> dict[CallerKey, Callable[[], object]]:
        control, queue = self._control, self._queue
        return {
            CallerKey.RECALL: control.recall,
            CallerKey.MISS: control.miss,
            CallerKey.HOLD: queue.open_hold,
            CallerKey.TAKE_BACK: control.take_back,
            CallerKey.TRANSFER: queue.open_transfer,
            CallerKey.RATE: control.ask_rating,
            CallerKey.PAUSE: self._pause,
        }

    def _pause(self) -> None:
        """Away and back by one key; why one goes is chosen on the screen, as with Alt+W."""
        if self._control.state is WindowState.AWAY:
            self._control.come_back()
        else:
            self._queue.open_standing()

    def _failed(self, failure: Failure) -> None:
        self._control.said.emit(failure.text)
