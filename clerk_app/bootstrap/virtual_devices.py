"""Devices in software for demonstrations: simulators behind pseudo terminals, spoken to by the real serial drivers.

Where the system has no pseudo terminals the same simulators stand behind lines in memory. Nothing here is found by
"auto"; the settings of a station name its ports. Cards are invented (``drivers.idcard.samples``).
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import Self

from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.drivers import our_drivers
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.devices import DeviceHealth, DeviceState
from drivers.base.readings import CardReading
from drivers.base.registry import Capability, Context, Driver, Registry
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort
from drivers.evaluator.keypad import SerialEvaluator
from drivers.evaluator.line import BAUD, SharedLine
from drivers.evaluator.scales import FIVE_KEYS
from drivers.evaluator.simulator import EvaluatorSimulator
from drivers.idcard.lines import at_rates
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.simulator import CardReaderSimulator
from drivers.printer.escpos import EscPosPrinter
from drivers.printer.paper import Ticket
from drivers.printer.registered import over_line
from drivers.printer.virtual import VirtualPrinter

_DOTS = {80: 576, 58: 384}
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class PrintedPiece:
    """One piece of paper that the virtual printer cut off: its text line by line and its picture."""

    text: str
    ticket: Ticket

    def save(self, path: Path) -> Path:
        """Write the picture with the paper's margins as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.ticket.framed().save(path, format="PNG")
        return path


class VirtualScanner:
    """A scanner without a line: what is held before it is read once. A ``ports.devices.CodeScanner``."""

    def __init__(self) -> None:
        self._since = SystemClock().now()
        self._held: Queue[str] = Queue()

    def hold(self, text: str) -> None:
        """Hold a code before the scanner."""
        self._held.put(text)

    def wait_for_code(self, timeout_s: float, cancel: threading.Event) -> str | None:
        """As the port says; looks for ``cancel`` often enough to end soon."""
        ends = time.monotonic() + timeout_s
        while not cancel.is_set() and (left := ends - time.monotonic()) > 0:
            with suppress(Empty):
                return self._held.get(timeout=min(left, _LOOK_S))
        return None

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, self._since)


class VirtualStation:
    """The devices of one PC, window or kiosk; a context manager that switches them on and off.

    ``font``: TrueType file with the GBK characters, the printer's own font. Open the drivers with
    ``open_devices(station.settings, clock, drivers=station.drivers())``; where there are pseudo terminals the settings
    name them, so that another process can use them too. ``memory``: lines in memory all the same.
    """

    def __init__(
        self,
        name: str,
        font: Path,
        *,
        evaluator: bool = True,
        width_mm: int = 80,
        memory: bool = os.name != "posix",
    ) -> None:
        self._lines: dict[str, SimulatedPort] = {}
        self._memory = memory
        self.reader = CardReaderSimulator(self._line(f"{name}-reader"))
        self.printer = VirtualPrinter(self._line(f"{name}-printer"), font, dots=_DOTS[width_mm])
        self.keypad = EvaluatorSimulator(self._line(f"{name}-keypad"), FIVE_KEYS) if evaluator else None
        self.scanner = VirtualScanner()
        self.settings = DeviceSettings(
            id_reader=f"{'virtual-reader' if memory else 'ga467-serial'}:{self.reader.port}",
            receipt_printer=f"{'virtual-printer' if memory else 'escpos-serial'}:{self.printer.port}",
            receipt_width_mm=width_mm,
            evaluator="off"
            if self.keypad is None
            else f"{'virtual-evaluator' if memory else 'ff68-evaluator'}:{self.keypad.port}",
            evaluator_levels=len(FIVE_KEYS.levels),
            document_camera="virtual-camera:",
            page_printer="off",
        )

    def drivers(self) -> Registry:
        """The drivers of this installation and ``virtual-*``, which speak to this station's devices over its own lines:
        the same code behind another carrier."""
        return Registry((*our_drivers(), *self._virtual()))

    def _virtual(self) -> tuple[Driver, ...]:
        def reader(address: str, context: Context) -> Ga467Reader:
            choices = at_rates(lambda baud: self._lines[address].transport(baud), (115200,), address)
            return Ga467Reader(choices, now=context.now, monotonic=context.monotonic, trace=context.trace)

        def printer(address: str, context: Context) -> EscPosPrinter:
            return over_line(lambda: self._lines[address].transport(), context)

        def evaluator(address: str, context: Context) -> SerialEvaluator:
            line = SharedLine(
                lambda: self._lines[address].transport(BAUD), monotonic=context.monotonic, trace=context.trace
            )
            return SerialEvaluator(line, FIVE_KEYS, now=context.now, monotonic=context.monotonic)

        return (
            Driver("virtual-reader", Capability.ID_READER, "虚拟读卡器", reader),
            Driver("virtual-printer", Capability.RECEIPT_PRINTER, "虚拟小票打印机", printer),
            Driver("virtual-evaluator", Capability.EVALUATOR, "虚拟评价器", evaluator),
        )

    def start(self) -> None:
        """Switch the devices on."""
        for device in self._devices():
            device.start()

    def stop(self) -> None:
        """Switch the devices off and remove their ports. Close the drivers first. No effect the second time."""
        for device in self._devices():
            device.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def place_card(self, card: CardReading) -> None:
        """Lay a card on the reader; it is read once until it is lifted."""
        self.reader.place_card(card)

    def lift_card(self) -> None:
        """Take the card away."""
        self.reader.lift_card()

    def press(self, level: int) -> None:
        """The citizen rates, 1 (非常满意) … 5 (非常不满意); a dark keypad keeps the finger until it lights up."""
        if self.keypad is None:
            raise ValueError("this station has no keypad")
        self.keypad.press(level)

    def papers(self) -> list[PrintedPiece]:
        """What the printer has cut off so far, oldest first."""
        return [PrintedPiece(ticket.text, ticket) for ticket in self.printer.tickets]

    def wait_for_papers(self, count: int, timeout_s: float) -> list[PrintedPiece]:
        """The papers as soon as there are ``count``, or what there is after ``timeout_s``."""
        self.printer.wait_for_tickets(count, timeout_s)
        return self.papers()

    def _line(self, name: str) -> SimulatedPort:
        line = MemoryPort(name) if self._memory else PtyPort(name)
        self._lines[line.port] = line
        return line

    def _devices(self) -> list[CardReaderSimulator | VirtualPrinter | EvaluatorSimulator]:
        return [self.reader, self.printer, *([self.keypad] if self.keypad is not None else [])]
