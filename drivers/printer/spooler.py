"""A receipt printer behind a queue of Windows: raw bytes into the spooler, and what becomes of the job there.

The spooler tells that the port took every byte, and never what is on the paper: a job that leaves the queue well is
SENT. A job that stands still is taken out again, so that no receipt comes out unasked when the printer is switched on
an hour later: REFUSED when it never began, else UNKNOWN. UNTESTED ON WINDOWS, see ``winspool``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from drivers.base.devices import ReceiptPrinter
from drivers.base.errors import DeviceError, NotConnected, OutcomeUnknown, PrinterFault
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.base.trace import Direction, Trace, no_trace
from drivers.printer.jobs import personal_spans
from drivers.printer.queue_words import RECEIPT_WORDS
from drivers.printer.winspool import (
    JOB_COMPLETE,
    JOB_DELETED,
    JOB_DELETING,
    JOB_ERROR,
    JOB_PRINTED,
    OpenQueue,
    Spooler,
    SpoolJob,
)

_TITLE = "receipt"
"""Stands in the queue's list for everybody to read."""
_FINISH_SECONDS = 30.0
_POLL_SECONDS = 0.3


class SpoolerPrinter(ReceiptPrinter):
    """``name``: the printer as Windows calls it, empty for the default one."""

    def __init__(
        self,
        name: str,
        *,
        now: Now,
        spooler: Spooler | None = None,
        finish_timeout: float = _FINISH_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(now)
        self._name = name
        self._spooler = spooler or Spooler()
        self._finish_timeout = finish_timeout
        self._monotonic = monotonic
        self._pause = pause
        self._trace = trace
        self._lock = threading.Lock()

    def print_job(self, job: bytes) -> PrintReport:
        with self._lock:
            try:
                queue = self._opened()
            except DeviceError as error:
                self._tracker.fail(error)
                return PrintReport(PrintOutcome.REFUSED, error)
            with queue:
                report = self._print(queue, job)
                self._note(queue, report.outcome)
            self._trace(Direction.NOTE, f"{report.outcome.value} {report.word}", ())
            return report

    def probe(self) -> Health:
        with self._lock:
            try:
                queue = self._opened()
            except DeviceError as error:
                return self._tracker.fail(error)
            with queue:
                return self._note(queue, PrintOutcome.REFUSED)

    def close(self) -> None:
        """No handle is held between two calls."""

    def _opened(self) -> OpenQueue:
        name = self._name or self._spooler.default()
        if not name:
            raise NotConnected("no default printer", word="no_printer", advice=RECEIPT_WORDS.no_printer)
        return self._spooler.open(name)

    def _print(self, queue: OpenQueue, job: bytes) -> PrintReport:
        if trouble := RECEIPT_WORDS.trouble(queue.reasons()):
            return PrintReport(PrintOutcome.REFUSED, trouble)
        self._tracker.set(HealthState.BUSY, "printing")
        if self._trace is not no_trace:
            self._trace(Direction.SENT, job, personal_spans(job))
        try:
            job_id = queue.send_raw(job, _TITLE)
        except PrinterFault as error:
            cause = PrinterFault(str(error), word=error.word, advice=RECEIPT_WORDS.not_taken)
            return PrintReport(PrintOutcome.REFUSED, cause)
        except OutcomeUnknown as error:
            return RECEIPT_WORDS.unknown(error, RECEIPT_WORDS.unfinished)
        try:
            return self._fate(queue, job_id, len(job))
        except OutcomeUnknown as error:
            return RECEIPT_WORDS.unknown(error, RECEIPT_WORDS.lost, len(job))

    def _fate(self, queue: OpenQueue, job_id: int, size: int) -> PrintReport:
        deadline = self._monotonic() + self._finish_timeout
        began = taken_out = False
        while True:
            state = queue.job(job_id)
            if state is None and taken_out:
                raise OutcomeUnknown("somebody took the job out of the queue", word="taken_out")
            if state is None or _handed_over(state):
                # gone from the queue without our taking it out: the port took all of it
                return PrintReport(PrintOutcome.SENT, None, size)
            began = began or state.began
            taken_out = taken_out or bool(state.bits & (JOB_DELETING | JOB_DELETED))
            complaint = RECEIPT_WORDS.trouble([*state.reasons(), *queue.reasons()])
            if state.bits & JOB_ERROR or self._monotonic() >= deadline:
                break
            self._pause(_POLL_SECONDS)
        queue.delete(job_id)
        if began:
            return RECEIPT_WORDS.broken_off(complaint, f"job status {state.bits:x}", size)
        return RECEIPT_WORDS.never_began(complaint)

    def _note(self, queue: OpenQueue, outcome: PrintOutcome) -> Health:
        """The light after a look; a job that went well speaks for the printer, whatever its driver still says."""
        trouble = None if outcome is PrintOutcome.SENT else RECEIPT_WORDS.trouble(queue.reasons())
        return self._tracker.set(HealthState.READY, "ready") if trouble is None else self._tracker.fail(trouble)


def _handed_over(state: SpoolJob) -> bool:
    return bool(state.bits & (JOB_PRINTED | JOB_COMPLETE)) and not state.bits & JOB_ERROR
