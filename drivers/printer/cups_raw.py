"""A receipt printer behind a queue of CUPS: the bytes go through as they are (``application/vnd.cups-raw``) [C].

For USB receipt printers that CUPS has taken for itself. The queue tells that the printer took every byte, and never
what is on the paper: a job that ends well is SENT. CUPS knows paper and cover only where its backend reports them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from drivers.base.devices import ReceiptPrinter
from drivers.base.errors import DeviceError
from drivers.base.health import Now
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.base.trace import Direction, Trace, no_trace
from drivers.printer import ipp
from drivers.printer.ipp_queue import IppPrinter, QueueTarget
from drivers.printer.jobs import personal_spans
from drivers.printer.queue_words import RECEIPT_WORDS

_RAW = "application/vnd.cups-raw"
_TITLE = "receipt"
"""Stands in the queue's list for everybody to read."""
_FINISH_SECONDS = 30.0
_LOOK_SECONDS = 1.0
_MAKE_WORDS = ("RAW", "RECEIPT", "THERMAL", "ESC/POS", "POS")


class CupsRawPrinter(IppPrinter, ReceiptPrinter):
    """``queue``: the name of a queue, empty for the default one."""

    def __init__(
        self,
        queue: str,
        *,
        now: Now,
        cups_socket: str | None = None,
        finish_timeout: float = _FINISH_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(
            QueueTarget(queue=queue),
            RECEIPT_WORDS,
            PrintOutcome.SENT,
            now=now,
            cups_socket=cups_socket,
            finish_timeout=finish_timeout,
            monotonic=monotonic,
            pause=pause,
        )
        self._trace = trace

    def print_job(self, job: bytes) -> PrintReport:
        if self._trace is not no_trace:
            self._trace(Direction.SENT, job, personal_spans(job))
        report = self.hand_over(job, _RAW, (), _TITLE)
        self._trace(Direction.NOTE, f"{report.outcome.value} {report.word}", ())
        return report


def cups_queues(cups_socket: str | None = None) -> Iterator[tuple[str, bool]]:
    """Queues of the CUPS on this PC: name, and whether its make sounds like a receipt printer; none without CUPS."""
    fields: list[ipp.Field] = [
        (ipp.KEYWORD, "requested-attributes", "printer-name"),
        (ipp.KEYWORD, "", "printer-make-and-model"),
    ]
    try:
        endpoint = ipp.cups_endpoint(cups_socket)
        message = ipp.encode(ipp.CUPS_GET_PRINTERS, fields)
        groups = ipp.call(endpoint, "/", message, timeout=_LOOK_SECONDS).each()
    except DeviceError:
        return
    for group in groups:
        names, makes = group.get("printer-name"), group.get("printer-make-and-model") or [""]
        if names:
            make = str(makes[0]).upper()
            yield str(names[0]), any(word in make for word in _MAKE_WORDS)
