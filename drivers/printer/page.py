"""Sends PDFs to an A4 printer by IPP and learns what became of them.

PRINTED: the job's state is "completed" and the printer complains of nothing afterwards. From an IPP printer that is
its own word; for the USB and raw network queues of CUPS it is that the printer took every byte. REFUSED: nothing was
handed over, or it was cancelled before its processing began (``time-at-processing`` is no-value, RFC 8011 5.3.14.2).
UNKNOWN: everything else.

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
from drivers.base.errors import (
    CoverOpen,
    DeviceError,
    NotConnected,
    OutcomeUnknown,
    PaperOut,
    PrinterFault,
    ProtocolError,
    Timeout,
)
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.printer import ipp
from drivers.printer.ipp import Endpoint, Field, Group, IppRefusal

_ASK_SECONDS = 5.0
_SUBMIT_SECONDS = 30.0
_FINISH_SECONDS = 90.0
_PATIENCE_SECONDS = 20.0
"""How long a job may stand still while the printer complains."""
_POLL_SECONDS = 0.5
_STOPPED_PRINTER = 5
_CANCELED_JOB, _COMPLETED_JOB = 7, 9

_NO_CUPS = "这台电脑没有打印系统（CUPS），A4 打印机用不了，请技术员安装，或在设置里写打印机的地址 ipp://…"
_NO_PRINTER = '没有装 A4 打印机，请技术员装好再打；不配 A4 打印机的窗口，请技术员在设置里写 page_printer = "off"'
_NO_DEFAULT = "装了 {} 台打印机，没有设默认的，请技术员在设置里把 page_printer 写成打印机的名字"
_NOT_THERE = "没有名叫“{}”的打印机，请技术员核对设置里的 page_printer"
_ABSENT = "A4 打印机没有联机，请检查电源和连线"
_SILENT = "打印系统没有回应，请看打印机是否开机，再打一次"
_NOT_TAKEN = "A4 打印机没有收下这张文书，没有打出，请技术员看打印队列"
_PAUSED = "A4 打印机被暂停了，请技术员在打印系统里恢复"
_LOST = "已交给 A4 打印机，没有收到回话，可能没打完。请看出纸口"
_UNFINISHED = "A4 打印机没有把这张打完，剩下的已取消。请看出纸口"
_CANCELLED = "A4 打印机没有开始打，已取消。请看打印机，再打一次"

_QUEUE_IS_SHUT = ("paused", "stopped", "not-accepting")
_TROUBLES: tuple[tuple[str, type[DeviceError], str], ...] = (
    ("media-empty", PaperOut, "A4 打印机缺纸。装好纸后再打"),
    ("media-needed", PaperOut, "A4 打印机缺纸。装好纸后再打"),
    ("media-jam", PrinterFault, "A4 打印机卡纸。取出卡住的纸后再打"),
    ("cover-open", CoverOpen, "A4 打印机的盖子没有合上。合好后再打"),
    ("door-open", CoverOpen, "A4 打印机的盖子没有合上。合好后再打"),
    ("interlock-open", CoverOpen, "A4 打印机的盖子没有合上。合好后再打"),
    ("input-tray-missing", PrinterFault, "A4 打印机的纸盒没有装好。装好后再打"),
    ("toner-empty", PrinterFault, "A4 打印机没有墨粉了。换好墨粉后再打"),
    ("marker-supply-empty", PrinterFault, "A4 打印机没有墨了。换好后再打"),
    ("output-area-full", PrinterFault, "A4 打印机的出纸口满了。取走纸后再打"),
    ("offline", NotConnected, _ABSENT),
    ("connecting-to-device", NotConnected, _ABSENT),
    ("timed-out", NotConnected, _ABSENT),
    ("shutdown", NotConnected, _ABSENT),
    *((word, PrinterFault, _PAUSED) for word in _QUEUE_IS_SHUT),
)
"""printer-state-reasons (RFC 8011 5.4.12, PWG 5100.9) that keep a printer from printing, whatever their severity."""


@dataclass(frozen=True, slots=True)
class PageTarget:
    """Which printer: an ``ipp://`` address, the name of a CUPS queue, or (both empty) the default queue of CUPS."""

    address: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class _Queue:
    endpoint: Endpoint
    uri: str
    path: str
    name: str


class IppPagePrinter(Device):
    """An A4 printer. ``cups_socket`` replaces the usual places of the CUPS socket."""

    def __init__(
        self,
        target: PageTarget,
        *,
        now: Now,
        cups_socket: str | None = None,
        finish_timeout: float = _FINISH_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(now)
        self._target = target
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

    def print_pdf(self, pdf: bytes, copies: int, title: str) -> PrintReport:
        """Print one-sided on A4 in natural size; waits for the end of the job. Never raises a DeviceError."""
        with self._lock:
            try:
                queue = self._queue()
                before = self._reasons(queue)
                self._name = queue.name
                if trouble := _trouble(_live(queue, before)):
                    raise trouble
            except DeviceError as error:
                self._tracker.fail(error)
                return PrintReport(PrintOutcome.REFUSED, error)
            self._tracker.set(HealthState.BUSY, "printing")
            report = self._print(queue, before, pdf, copies, title)
            self._note(queue, before if report.outcome is PrintOutcome.PRINTED else ())
            return report

    def close(self) -> None:
        """No line is held between two calls."""

    # --- one job ----------------------------------------------------------------------------------------------
    def _print(self, queue: _Queue, before: Sequence[str], pdf: bytes, copies: int, title: str) -> PrintReport:
        fields: list[Field] = [
            (ipp.URI, "printer-uri", queue.uri),
            ipp.user_field(),
            (ipp.NAME, "job-name", title),
            (ipp.MIME, "document-format", "application/pdf"),
        ]
        # Two copies on the two sides of a sheet cannot be handed out; a scaled page has no room for a 42 mm seal.
        job: list[Field] = [
            (ipp.INTEGER, "copies", copies),
            (ipp.KEYWORD, "sides", "one-sided"),
            (ipp.KEYWORD, "media", "iso_a4_210x297mm"),
            (ipp.KEYWORD, "print-scaling", "none"),
        ]
        message = ipp.encode(ipp.PRINT_JOB, fields, job)
        try:
            reply = ipp.call(queue.endpoint, queue.path, message, pdf, _SUBMIT_SECONDS)
        except OutcomeUnknown as error:
            return _unknown(error, _LOST)
        except NotConnected as error:
            return PrintReport(PrintOutcome.REFUSED, NotConnected(str(error), word=error.word, advice=_ABSENT))
        except DeviceError as error:
            return PrintReport(PrintOutcome.REFUSED, PrinterFault(str(error), word=error.word, advice=_NOT_TAKEN))
        job_id = _first(reply.attributes(), "job-id")
        if not isinstance(job_id, int):
            return _unknown(ProtocolError("no job id"), _LOST)
        return self._fate(queue, before, job_id, len(pdf))

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
            return PrintReport(PrintOutcome.PRINTED, None, size)
        if state.state == _CANCELED_JOB and state.never_began:
            advice = complaint.advice if complaint is not None else _CANCELLED
            cause = PrinterFault("cancelled before it began", word="cancelled", advice=advice)
            return PrintReport(PrintOutcome.REFUSED, cause)
        first = f"{complaint.advice.split('。')[0].split('，')[0]}。" if complaint is not None else ""
        return _unknown(complaint or PrinterFault(f"job state {state.state}"), f"{first}{_UNFINISHED}", size)

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
            return _trouble([reason for reason in self._reasons(queue) if reason not in before])
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
            raise NotConnected(str(error), word="no_such_printer", advice=_NOT_THERE.format(queue.name)) from error
        except NotConnected as error:
            raise NotConnected(str(error), advice=_ABSENT) from error
        except Timeout as error:
            raise Timeout(str(error), advice=_SILENT) from error
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
            raise NotConnected(str(error), word=error.word, advice=_NO_CUPS) from error
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
            raise NotConnected(str(error), word="no_cups", advice=_NO_CUPS) from error
        except Timeout as error:
            raise Timeout(str(error), advice=_SILENT) from error
        if len(names) == 1:
            return names[0]
        if names:
            raise NotConnected("no default printer", word="no_default", advice=_NO_DEFAULT.format(len(names)))
        raise NotConnected("no printer", word="no_printer", advice=_NO_PRINTER)

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
    return [reason for reason in reasons if not queue.endpoint.local or reason.startswith(_QUEUE_IS_SHUT)]


def _trouble(reasons: Sequence[str]) -> DeviceError | None:
    for word, kind, advice in _TROUBLES:
        for reason in reasons:
            if reason.startswith(word) and not reason.endswith("-warning"):
                return kind(reason, word=word, advice=advice)
    return None


def _first(attributes: Group, name: str) -> ipp.Value:
    values = attributes.get(name)
    return values[0] if values else None


def _unknown(cause: DeviceError, advice: str, size: int = 0) -> PrintReport:
    unknown = OutcomeUnknown(str(cause), word=cause.word, advice=advice)
    unknown.__cause__ = cause
    return PrintReport(PrintOutcome.UNKNOWN, unknown, size)
