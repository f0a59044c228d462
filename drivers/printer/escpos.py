"""Sends a finished ESC/POS job and learns what became of it.

The job is rendered whole beforehand and is opaque here. The order is: status before (DLE EOT 1, 2, 4), the bytes in
pieces with a time-out each, the fence ``GS r 1`` last. The printer carries the fence out after everything before it
[C], so only its answer means "printed". The driver never prints anything twice by itself. No physical printer was at
hand: tried against the virtual printer over a pty, TCP and memory [T].

Left [M]: a printer that loses power in mid-job and is on again within the time-out of the fence answers nothing, which
is reported as unknown; on a network printer "printed" means that its buffer was worked off, not that the cutter cut.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from drivers.base.devices import ReceiptPrinter
from drivers.base.errors import DeviceError, NotConnected, OutcomeUnknown, PrinterFault, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.base.transport import ByteTransport
from drivers.printer.status import DLE_EOT, FENCE, STATUS_KINDS, AnswerSorter, PrinterStatus

_STATUS_ASKS = 2
_SETTLE_TIME = 3.0
_LONGEST_COMMAND = 72 * 960 + 8
"""An image of 80 mm as high as python-escpos makes one [T]."""
_PAD, _PAD_TIME = 1024, 0.1
_ABSENT = "小票打印机没有连上，请检查电源和连线，插好后再按一次打印"
_SILENT = "小票打印机没有回应，请检查是否开机、是否联机"
_NEAR_END = "小票纸快用完了，请备好一卷"


class EscPosPrinter(ReceiptPrinter):
    """A printer behind a byte line.

    connect: gives an unopened transport; called again after a loss. now: for ``health().since``.
    answers: False for a line that cannot be read (a one-way cable): then nothing is ever reported as printed.
    write_timeout: seconds for each piece of ``chunk`` bytes; fence_timeout: seconds without any progress after the
    last byte, long enough for the buffer to be printed.
    """

    def __init__(
        self,
        connect: Callable[[], ByteTransport],
        *,
        now: Now,
        answers: bool = True,
        chunk: int = 512,
        write_timeout: float = 5.0,
        status_timeout: float = 1.0,
        fence_timeout: float = 15.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(now)
        self._connect = connect
        self._answers = answers
        self._chunk = chunk
        self._write_timeout = write_timeout
        self._status_timeout = status_timeout
        self._fence_timeout = fence_timeout
        self._monotonic = monotonic
        self._line: ByteTransport | None = None
        self._sorter = AnswerSorter()
        self._fences_owed = 0
        self._half_sent = 0
        self._met = False
        self._lock = threading.Lock()

    def print_job(self, job: bytes) -> PrintReport:
        with self._lock:
            try:
                line = self._opened()
                status = self._check(line)
                self._meet(line)
            except DeviceError as exc:
                return self._refused(exc)
            self._tracker.set(HealthState.BUSY, "printing")
            report = self._send(line, job, status)
            self._record(report)
            return report

    def probe(self) -> Health:
        with self._lock:
            try:
                status = self._check(self._opened())
            except DeviceError as exc:
                self._tracker.fail(self._in_words(exc))
            else:
                self._ready(status.near_end)
            return self.health()

    def close(self) -> None:
        with self._lock:
            self._drop_line()
            self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    def _opened(self) -> ByteTransport:
        if self._line is None or not self._line.is_open:
            self._drop_line()
            line = self._connect()
            line.open()
            self._line, self._met = line, False
        return self._line

    def _check(self, line: ByteTransport) -> PrinterStatus:
        """The status when the printer can print; raises what keeps it from printing."""
        if not self._answers:
            return PrinterStatus()
        status = self._status(line)
        problem = status.problem()
        if problem is not None:
            raise problem
        self._settle(line)
        return status

    def _settle(self, line: ByteTransport) -> None:
        """Wait for the fence of an earlier job that stopped half-way, so that it is not taken for this job's.

        Called with the printer able to print: it works off what it holds, or has lost it together with its power.
        """
        deadline = self._monotonic() + _SETTLE_TIME
        while self._fences_owed and (left := deadline - self._monotonic()) > 0:
            self._take(line.read(left))
        self._fences_owed = 0

    def _meet(self, line: ByteTransport) -> None:
        """Before the first job on a line: end a command that a program before this one left half sent.

        A program that died in the middle of an image leaves a printer that takes the next job for the image's rows and
        still answers that job's fence. Such a printer answers no fence now; NULs complete what it waits for, and as
        text they are ignored [M]. A printer that never answers a fence is not kept from printing.
        """
        if self._met or not self._answers or self._half_sent:
            return
        if not self._hears_fence(line, _SETTLE_TIME):
            for _ in range(0, _LONGEST_COMMAND, _PAD):
                line.write(bytes(_PAD), self._write_timeout)
                if self._hears_fence(line, _PAD_TIME):
                    break
            # Where the fences were late and not lost, their answers come one after the other.
            while answers := line.read(_PAD_TIME):
                self._take(answers)
        self._fences_owed = 0
        self._met = True

    def _hears_fence(self, line: ByteTransport, seconds: float) -> bool:
        self._take(line.discard_input())
        self._fences_owed = 1
        line.write(FENCE, self._write_timeout)
        # The status is answered when everything before it has come over the line, at whatever speed.
        self._ask_status(line, STATUS_KINDS[0])
        deadline = self._monotonic() + seconds
        while self._fences_owed and (left := deadline - self._monotonic()) > 0:
            self._take(line.read(left))
        return not self._fences_owed

    def _take(self, data: bytes) -> None:
        self._sorter.feed(data)
        self._fences_owed = max(0, self._fences_owed - len(self._sorter.fences))
        self._sorter.fences.clear()

    def _status(self, line: ByteTransport) -> PrinterStatus:
        return PrinterStatus.from_bytes(*(self._ask_status(line, kind) for kind in STATUS_KINDS))

    def _ask_status(self, line: ByteTransport, kind: int) -> int:
        for _ in range(_STATUS_ASKS):
            self._take(line.discard_input())
            self._sorter.statuses.clear()
            line.write(DLE_EOT + bytes([kind]), self._status_timeout)
            deadline = self._monotonic() + self._status_timeout
            while (left := deadline - self._monotonic()) > 0:
                self._take(line.read(left))
                if self._sorter.statuses:
                    return self._sorter.statuses[0]
        raise Timeout(f"no answer to DLE EOT {kind}")

    def _send(self, line: ByteTransport, job: bytes, status: PrinterStatus) -> PrintReport:
        accepted = 0
        near_end = status.near_end
        try:
            self._end_half_sent_command(line)
            for start in range(0, len(job), self._chunk):
                piece = job[start : start + self._chunk]
                self._half_sent = len(job) + len(FENCE) - start
                line.write(piece, self._write_timeout)
                accepted += len(piece)
            if not self._answers:
                self._half_sent = 0
                no_answer = OutcomeUnknown(word="one_way_line", advice="这台打印机不会回话，请看一眼小票是否打全")
                return PrintReport(PrintOutcome.UNKNOWN, no_answer, accepted, near_end)
            self._take(line.discard_input())
            self._fences_owed = 1
            line.write(FENCE, self._write_timeout)
            self._half_sent = 0
            self._await_fence(line)
        except DeviceError as exc:
            return PrintReport(PrintOutcome.UNKNOWN, self._why_unknown(line, exc), accepted, near_end)
        return PrintReport(PrintOutcome.PRINTED, None, accepted, near_end)

    def _end_half_sent_command(self, line: ByteTransport) -> None:
        """After a job that broke off: as many NULs as it lacked complete a half-sent image; text ignores them [M]."""
        if self._half_sent:
            line.write(bytes(self._half_sent), self._write_timeout)
            self._half_sent = 0

    def _await_fence(self, line: ByteTransport) -> None:
        """Wait for the fence's answer; raises Timeout, NotConnected, or the PrinterFault that stopped the job."""
        deadline = self._monotonic() + self._fence_timeout
        while (left := deadline - self._monotonic()) > 0:
            data = line.read(min(self._status_timeout, left))
            self._take(data)
            if not data:
                # quiet: see whether the printer has stopped; a fence may come among the answers
                problem = self._status(line).problem()
                if problem is not None and self._fences_owed:
                    raise problem
            if not self._fences_owed:
                return
        raise Timeout("the fence was not answered")

    def _why_unknown(self, line: ByteTransport, exc: DeviceError) -> OutcomeUnknown:
        """The unknown outcome with what the printer complains of: paper out in mid-job, cover, silence, lost line."""
        cause = exc
        if isinstance(exc, Timeout) and line.is_open:
            try:
                cause = self._status(line).problem() or exc
            except DeviceError as silent:
                cause = silent if isinstance(silent, NotConnected) else exc
        if isinstance(cause, PrinterFault):
            first = cause.advice.split("，")[0].split("。")[0]
        elif isinstance(cause, NotConnected):
            first = "小票打印机断开了"
        else:
            first = "小票打印机没有回话"
        advice = f"{first}，小票可能没打完。请看吐出来的纸，再选是否重打"
        unknown = OutcomeUnknown(str(cause), word=cause.word, advice=advice)
        unknown.__cause__ = cause
        return unknown

    def _refused(self, exc: DeviceError) -> PrintReport:
        cause = self._in_words(exc)
        self._tracker.fail(cause)
        return PrintReport(PrintOutcome.REFUSED, cause)

    def _in_words(self, exc: DeviceError) -> DeviceError:
        if isinstance(exc, NotConnected):
            return NotConnected(str(exc), advice=_ABSENT)
        if isinstance(exc, Timeout):
            return Timeout(str(exc), advice=_SILENT)
        return exc

    def _record(self, report: PrintReport) -> None:
        cause = report.cause.__cause__ if report.cause is not None else None
        if isinstance(cause, DeviceError):
            self._tracker.fail(self._in_words(cause))
        else:
            self._ready(report.near_end)

    def _ready(self, near_end: bool) -> None:
        if near_end:
            self._tracker.set(HealthState.READY, "paper_near_end", _NEAR_END)
        else:
            self._tracker.set(HealthState.READY, "ready")

    def _drop_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
