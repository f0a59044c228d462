"""A4 sheets to a printer of the system or of the network, by IPP. What is known of a job stands in ``ipp_queue``."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.base.health import Now
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.printer import ipp
from drivers.printer.ipp import Field
from drivers.printer.ipp_queue import FINISH_SECONDS, IppPrinter, QueueTarget
from drivers.printer.queue_words import PAGE_WORDS

PageTarget = QueueTarget


class IppPagePrinter(IppPrinter):
    """An A4 printer that takes PDF."""

    def __init__(
        self,
        target: PageTarget,
        *,
        now: Now,
        cups_socket: str | None = None,
        finish_timeout: float = FINISH_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(
            target,
            PAGE_WORDS,
            PrintOutcome.PRINTED,
            now=now,
            cups_socket=cups_socket,
            finish_timeout=finish_timeout,
            monotonic=monotonic,
            pause=pause,
        )

    def print_pdf(self, pdf: bytes, copies: int, title: str) -> PrintReport:
        """Print one-sided on A4 in natural size; waits for the end of the job. Never raises a DeviceError."""
        # Two copies on the two sides of a sheet cannot be handed out; a scaled page has no room for a 42 mm seal.
        job: list[Field] = [
            (ipp.INTEGER, "copies", copies),
            (ipp.KEYWORD, "sides", "one-sided"),
            (ipp.KEYWORD, "media", "iso_a4_210x297mm"),
            (ipp.KEYWORD, "print-scaling", "none"),
        ]
        return self.hand_over(pdf, "application/pdf", job, title)
