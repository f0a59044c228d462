"""The kiosk's window on a hall in memory, as a citizen touches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.documents.qr import qr_modules
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.services.kiosk.desk import KioskDesk
from clerk_app.services.kiosk.emergency import KioskEmergency
from clerk_app.ui.kiosk.window import KioskWindow
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.live import LiveHall
from support.halls import NOW, CountingEntropy, HallInMemory, HandClock
from support.kiosks import THEMES, HandReader, HandScanner, HandSpeaker, TicketNotes, TicketPrinter, sample_records


@dataclass
class Kiosk:
    window: KioskWindow
    desk: KioskDesk
    hall: HallInMemory
    live: LiveHall
    reader: HandReader
    printer: TicketPrinter
    notes: TicketNotes
    clock: HandClock
    bot: QtBot
    failures: list[Failure]
    scanner: HandScanner
    speaker: HandSpeaker

    def touch(self, target: QWidget) -> None:
        """A finger on a target that is there and may be pressed."""
        assert target.isVisible()
        assert target.isEnabled()
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)

    def until(self, page: str) -> None:
        self.bot.waitUntil(lambda: self.window.page_name() == page)

    def wait(self, seconds: float) -> None:
        """Time goes by without a touch."""
        self.clock.advance(seconds)
        self.window.tick()

    def connect(self) -> None:
        self.live.on_reset()
        self.tell(ConnectionState.ONLINE)

    def tell(self, state: ConnectionState, sentence: str = "") -> None:
        self.live.on_connection(ConnectionChange(state, NOW.replace(minute=17), sentence))
        QApplication.processEvents()


def a_kiosk(
    bot: QtBot,
    *,
    reader: bool = True,
    printer: bool = True,
    scanner: bool = True,
    return_group: str = "",
    emergency: Callable[[HallInMemory], KioskEmergency] | None = None,
) -> tuple[Kiosk, Lanes]:
    """A machine that has just been switched on, and its lanes."""
    clock = HandClock()
    hall = HallInMemory(clock, sample_records())
    failures: list[Failure] = []
    lanes = Lanes(lambda: "7Q4K", failures.append)
    live = LiveHall(lanes, hall.snapshot)
    hand, paper, notes = HandReader(), TicketPrinter(), TicketNotes()
    desk = KioskDesk(
        hall,
        notes,
        paper if printer else None,
        qr_modules,
        clock,
        CountingEntropy(),
        themes=THEMES,
        emergency=emergency(hall) if emergency is not None else None,
    )
    scans, speaker = HandScanner(), HandSpeaker()
    window = KioskWindow(
        desk,
        live,
        hand if reader else None,
        clock,
        lanes,
        scanner=scans if scanner else None,
        speaker=speaker,
        return_group=return_group,
    )
    window.resize(540, 960)
    window.show()
    window.start()
    return Kiosk(window, desk, hall, live, hand, paper, notes, clock, bot, failures, scans, speaker), lanes
