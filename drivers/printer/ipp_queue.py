"""Hands a document to a print queue by IPP and learns what became of it; for A4 printers and for receipt printers.

COMPLETED says that the job's state is "completed" and the printer complains of nothing afterwards. From an IPP printer
that is its own word; for the USB and raw network queues of CUPS it is that the printer took every byte. REFUSED:
nothing was handed over, or it was cancelled before its processing began (``time-at-processing`` is no-value, RFC 8011
5.3.14.2). UNKNOWN: everything else.

A CUPS queue remembers what its backend saw of paper and covers during the last job. That does not keep the next job
back, and what was said before a job that then completed does not speak against it; an IPP printer's own reasons are
true now and do keep a job back. A job that does not end in time is cancelled, so that no sheet comes out unasked.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from drivers.base.devices import Device
from drivers.base.errors import DeviceError, NotConnected, OutcomeUnknown, PrinterFault, ProtocolError, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.printer import ipp
from drivers.printer.ipp import Endpoint, Field, Group, IppRefusal
from drivers.printer.queue_words import QUEUE_IS_SHUT, QueueWords

_ASK_SECONDS = 5.0
_SUBMIT_SECONDS = 30.0
FINISH_SECONDS = 90.0
_PATIENCE_SECONDS = 20.0
"""How long a job may stand still while the printer complains."""
_POLL_SECONDS = 0.5
_STOPPED_PRINTER = 5
_CANCELED_JOB, _COMPLETED_JOB = 7, 9


@dataclass(frozen=True, slots=True)
class QueueTarget:
    """Which printer: an ``ipp://`` address, the name of a CUPS queue, or (both empty) the default queue of CUPS."""

    address: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class _Queue:
    endpoint: Endpoint
    uri: str
    path: str
    name: str


class IppPrinter(Device):
    """A printer behind a queue. ``completed``: what a completed job is called; ``cups_socket`` replaces the usual
    places of the CUPS socket."""

    def __init__(
        self,
        target: QueueTarget,
        words: QueueWords,
        completed: PrintOutcome,
        *,
        now: Now,
        cups_socket: str | None = None,
        finish_timeout: float = FINISH_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(now)
        self._target = target
        self._words = words
        self._completed = completed
        self._cups_socket = cups_socket
        self._finish_timeout = finish_timeout
        self._monotonic = monotonic
        self._pause = pause
        self._lock = threading.Lock()
        self._name = ""

    @property
    def name(self) -> str:
        """The printer that answered last, empty before."""
        return self._name

    def probe(self) -> Health:
        with self._lock:
            try:
                queue = self._queue()
            except DeviceError as error:
                return self._tracker.fail(error)
            self._name = queue.name
            return self._note(queue)

    def hand_over(self, document: bytes, mime: str, job: Sequence[Field], title: str) -> PrintReport:
        """Hand over one document and wait for the end of its job. ``job``: its template attributes."""
        with self._lock:
            try:
                queue = self._queue()
                before = self._reasons(queue)
                self._name = queue.name
                if trouble := self._words.trouble(_live(queue, before)):
                    raise trouble
            except DeviceError as error:
                self._tracker.fail(error)
                return PrintReport(PrintOutcome.REFUSED, error)
            self._tracker.set(HealthState.BUSY, "printing")
            fields: list[Field] = [
                (ipp.URI, "printer-uri", queue.uri),
                ipp.user_field(),
                (ipp.NAME, "job-name", title),
                (ipp.MIME, "document-format", mime),
            ]
            report = self._print(queue, before, ipp.encode(ipp.PRINT_JOB, fields, job), document)
            self._note(queue, before if report.outcome is self._completed else ())
            return report

    def close(self) -> None:
        """No line is held between two calls."""

    # --- one job ----------------------------------------------------------------------------------------------
    def _print(self, queue: _Queue, before: Sequence[str], message: bytes, document: bytes) -> PrintReport:
        words = self._words
        try:
            reply = ipp.call(queue.endpoint, queue.path, message, document, _SUBMIT_SECONDS)
        except OutcomeUnknown as error:
            return words.unknown(error, words.lost)
        except NotConnected as error:
            return PrintReport(PrintOutcome.REFUSED, NotConnected(str(error), word=error.word, advice=words.absent))
        except DeviceError as error:
            return PrintReport(PrintOutcome.REFUSED, PrinterFault(str(error), word=error.word, advice=words.not_taken))
        job_id = _first(reply.attributes(), "job-id")
        if not isinstance(job_id, int):
            return words.unknown(ProtocolError("no job id"), words.lost)
        return self._fate(queue, before, job_id, len(document))

    def _fate(self, queue: _Queue, before: Sequence[str], job_id: int, size: int) -> PrintReport:
        start = self._monotonic()
        while (state := self._job(queue, job_id)).running:
            waited = self._monotonic() - start
            if waited >= self._finish_timeout or (waited >= _PATIENCE_SECONDS and self._complaint(queue, before)):
                break
            self._pause(_POLL_SECONDS)
        if state.running:
            with contextlib.suppress(DeviceError):
                fields: list[Field] = [(ipp.URI, "printer-uri", queue.uri), (ipp.INTEGER, "job-id", job_id)]
                ipp.call(queue.endpoint, queue.path, ipp.encode(ipp.CANCEL_JOB, [*fields, ipp.user_field()]))
            state = self._job(queue, job_id)
        complaint = self._complaint(queue, before if state.state == _COMPLETED_JOB else ())
        if state.state == _COMPLETED_JOB and complaint is None:
            return PrintReport(self._completed, None, size)
        if state.state == _CANCELED_JOB and state.never_began:
            return self._words.never_began(complaint)
        return self._words.broken_off(complaint, f"job state {state.state}", size)

    def _job(self, queue: _Queue, job_id: int) -> _JobState:
        fields: list[Field] = [
            (ipp.URI, "printer-uri", queue.uri),
            (ipp.INTEGER, "job-id", job_id),
            ipp.user_field(),
            (ipp.KEYWORD, "requested-attributes", "job-state"),
            (ipp.KEYWORD, "", "time-at-processing"),
        ]
        try:
            found = ipp.call(queue.endpoint, queue.path, ipp.encode(ipp.GET_JOB, fields)).attributes()
        except DeviceError:
            return _JobState(None, False)
        state = _first(found, "job-state")
        began = found.get("time-at-processing")
        return _JobState(state if isinstance(state, int) else None, began is not None and began[0] is None)

    # --- the printer ------------------------------------------------------------------------------------------
    def _complaint(self, queue: _Queue, before: Sequence[str]) -> DeviceError | None:
        """What the printer complains of now and did not before."""
        try:
            return self._words.trouble([reason for reason in self._reasons(queue) if reason not in before])
        except DeviceError as error:
            return error

    def _note(self, queue: _Queue, before: Sequence[str] = ()) -> Health:
        complaint = self._complaint(queue, before)
        return self._tracker.set(HealthState.READY, "ready") if complaint is None else self._tracker.fail(complaint)

    def _reasons(self, queue: _Queue) -> list[str]:
        """printer-state-reasons, with state and readiness as reasons of their own."""
        fields: list[Field] = [
            (ipp.URI, "printer-uri", queue.uri),
            (ipp.KEYWORD, "requested-attributes", "printer-state"),
            (ipp.KEYWORD, "", "printer-state-reasons"),
            (ipp.KEYWORD, "", "printer-is-accepting-jobs"),
        ]
        try:
            found = ipp.call(queue.endpoint, queue.path, ipp.encode(ipp.GET_PRINTER, fields)).attributes()
        except IppRefusal as error:
            raise NotConnected(str(error), word="no_such_printer", advice=self._words.not_there(queue.name)) from error
        except NotConnected as error:
            raise NotConnected(str(error), advice=self._words.absent) from error
        except Timeout as error:
            raise Timeout(str(error), advice=self._words.silent) from error
        reasons = [str(reason) for reason in found.get("printer-state-reasons", [])]
        stopped = _first(found, "printer-state") == _STOPPED_PRINTER
        shut = _first(found, "printer-is-accepting-jobs") is False
        return [*reasons, *(["stopped"] if stopped else []), *(["not-accepting"] if shut else [])]

    def _queue(self) -> _Queue:
        if self._target.address:
            place = urlsplit(self._target.address)
            endpoint = ipp.network_endpoint(self._target.address)
            return _Queue(endpoint, self._target.address, place.path or "/", place.hostname or "")
        try:
            endpoint = ipp.cups_endpoint(self._cups_socket)
        except NotConnected as error:
            raise NotConnected(str(error), word=error.word, advice=self._words.no_system) from error
        name = self._target.queue or self._default(endpoint)
        uri = ipp.queue_uri(name)
        return _Queue(endpoint, uri, urlsplit(uri).path, name)

    def _default(self, endpoint: Endpoint) -> str:
        wanted: list[Field] = [(ipp.KEYWORD, "requested-attributes", "printer-name")]
        try:
            try:
                found = ipp.call(endpoint, "/", ipp.encode(ipp.CUPS_GET_DEFAULT, wanted)).attributes()
                return str(_first(found, "printer-name"))
            except IppRefusal as error:
                if error.status != ipp.NOT_FOUND:
                    raise
            names = self._names(endpoint, wanted)
        except NotConnected as error:
            raise NotConnected(str(error), word="no_cups", advice=self._words.no_system) from error
        except Timeout as error:
            raise Timeout(str(error), advice=self._words.silent) from error
        if len(names) == 1:
            return names[0]
        if names:
            raise NotConnected("no default printer", word="no_default", advice=self._words.no_default(len(names)))
        raise NotConnected("no printer", word="no_printer", advice=self._words.no_printer)

    def _names(self, endpoint: Endpoint, wanted: list[Field]) -> list[str]:
        try:
            groups = ipp.call(endpoint, "/", ipp.encode(ipp.CUPS_GET_PRINTERS, wanted)).each()
        except IppRefusal as error:
            if error.status != ipp.NOT_FOUND:
                raise
            return []
        return [str(_first(group, "printer-name")) for group in groups if "printer-name" in group]


@dataclass(frozen=True, slots=True)
class _JobState:
    """``state`` None: could not be asked. RFC 8011 5.3.7: below 7 the job is not at its end."""

    state: int | None
    never_began: bool

    @property
    def running(self) -> bool:
        return self.state is None or self.state < _CANCELED_JOB


def _live(queue: _Queue, reasons: Sequence[str]) -> list[str]:
    """Reasons that are true now; a CUPS queue remembers all but its own shutting from the last job."""
    return [reason for reason in reasons if not queue.endpoint.local or reason.startswith(QUEUE_IS_SHUT)]


def _first(attributes: Group, name: str) -> ipp.Value:
    values = attributes.get(name)
    return values[0] if values else None
