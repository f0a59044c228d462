"""A window's process that prints one case on a real line, for tests that kill it in the middle.

Arguments: store file, serial port, moment of death or ``never``. Prints the states of its receipts as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.papers import Receipt
from clerk_app.ports.clock import SystemEntropy
from clerk_app.ports.devices import DeviceHealth, DeviceState, PrintOutcome, PrintResult
from clerk_app.ports.window import Medium, PaperState, StoredPaper, WindowUnit
from clerk_app.services.window.printing import PrintDesk
from db.window.store import SqlWindowStore, open_window_store
from drivers.base.transport import SerialTransport
from drivers.printer.conversation import Conversation
from drivers.printer.escpos import EscPosPrinter
from drivers.printer.samples import receipt
from support.window import CLERK, HALL_ID, NOW, FakeRenderer, Window

KEY = b"k" * 32


class EscPosRenderer(FakeRenderer):
    """Receipts that a printer can print: the number near the end, and 「补打」 on a copy."""

    def receipt(self, value: Receipt) -> bytes:
        again = f"补打 {value.reprint} " if value.reprint else ""
        return receipt(40, image_rows=120, last_line=f"{again}{value.case_number}")


class Printer:
    """A ``ports.devices.ReceiptPrinter`` on a real serial line."""

    def __init__(self, port: str) -> None:
        self._driver = EscPosPrinter(lambda: SerialTransport(port), now=lambda: NOW, chunk=128)

    def print(self, job: bytes) -> PrintResult:
        report = self._driver.print_job(job)
        return PrintResult(PrintOutcome(report.outcome.value), report.advice)

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, NOW)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: type, name: str, count: int = 1) -> None:
    """Die at the ``count``th call."""
    whole = getattr(owner, name)
    calls = [0]

    def called(*args: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == count:
            die()
        return whole(*args, **named)

    setattr(owner, name, called)


def after(owner: type, name: str) -> None:
    """Die when the call has returned."""
    whole = getattr(owner, name)

    def called(*args: Any, **named: Any) -> Any:
        whole(*args, **named)
        die()

    setattr(owner, name, called)


def in_a_picture() -> None:
    """Die with half a picture on the line."""
    whole = SerialTransport.write

    def half(self: SerialTransport, data: bytes, timeout: float) -> None:
        at = data.find(b"\x1dv0")
        whole(self, data if at < 0 else data[: at + 30], timeout)
        if at >= 0:
            die()

    SerialTransport.write = half  # type: ignore[method-assign]


MOMENTS: dict[str, Callable[[], None]] = {
    "queued": lambda: before(PrintDesk, "_begin"),
    "sending is committed": lambda: before(Printer, "print"),
    "status is asked": lambda: before(Conversation, "status"),
    "the way is clear": lambda: before(Conversation, "send_piece"),
    "one piece is sent": lambda: before(Conversation, "send_piece", 2),
    "half a picture is sent": in_a_picture,
    "all is sent": lambda: before(Conversation, "await_fence"),
    "the fence is answered": lambda: after(EscPosPrinter, "print_job"),
    "printed is committed": lambda: after(PrintDesk, "print_paper"),
}


def window_at(store: SqlWindowStore, port: str) -> Window:
    """A window over the store with a real driver on the port."""
    window = Window(store)
    window.entropy = SystemEntropy()  # type: ignore[assignment]
    window.renderer, window.receipt_printer = EscPosRenderer(), Printer(port)
    window.restart()
    return window


def main(path: Path, port: str, moment: str) -> None:
    window = window_at(open_window_store(path, KEY, HALL_ID), port)
    window.prints.recover()
    known = window.store.read(sheets)
    if not known:
        window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    if moment in MOMENTS:
        MOMENTS[moment]()
    for sheet in window.store.read(sheets):
        if sheet.state in (PaperState.PREPARED, PaperState.REFUSED):
            window.prints.print_paper(sheet.paper_id, CLERK)
    states = [(sheet.state.value, sheet.reprint, sheet.number) for sheet in window.store.read(sheets)]
    print(json.dumps(states), flush=True)


def sheets(unit: WindowUnit) -> list[StoredPaper]:
    """The receipts, in the order in which they were made."""
    found = [paper for state in PaperState for paper in unit.papers.in_state(state) if paper.medium is Medium.RECEIPT]
    return sorted(found, key=lambda paper: paper.reprint)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
