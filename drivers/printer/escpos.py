"""Sends a finished ESC/POS job and learns what became of it.

The job is rendered whole beforehand and is opaque here. The order is: status before (DLE EOT 1, 2, 4), the bytes in
pieces with a time-out each, a fence ``GS r 1`` behind every piece and last. The printer carries a fence out after
everything before it [C], so only the answers to all of them mean "printed". The driver never prints anything twice by
itself. No physical printer was at hand: tried against the virtual printer over a pty, TCP, a USB back end and memory
[T].

Left [M]: a printer that loses power in mid-job on a serial line and is on again before the next fence comes, which only
a picture of many seconds leaves time for; on a network printer "printed" means that its buffer was worked off, not that
the cutter cut.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from drivers.base.devices import ReceiptPrinter
from drivers.base.errors import DeviceError, NotConnected, OutcomeUnknown, PrinterFault, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.base.trace import Trace, no_trace
from drivers.base.transport import ByteTransport
from drivers.printer.conversation import Conversation
from drivers.printer.jobs import lines_in, parted, personal_spans, within
from drivers.printer.profiles import GENERIC_80, Profile, Quirk, of_model
from drivers.printer.status import FENCE, PrinterStatus

_SLOW_CHUNK, _SLOW_TIMES = 128, 3
_LINE_S, _LOOK_S = 0.06, 0.5
"""A slow head prints a line in so long; how often the status is looked at meanwhile."""
_ABSENT = "小票打印机没有连上，请检查电源和连线，插好后再按一次打印"
_SILENT = "小票打印机没有回应，请检查是否开机、是否联机"
_NEAR_END = "小票纸快用完了，请备好一卷"


class EscPosPrinter(ReceiptPrinter):
    """A printer behind a byte line.

    connect: gives an unopened transport; called again after a loss. now: for ``health().since``.
    profile: what the printer does not answer is never awaited, and is never said to be printed.
    ask_model: ask the printer once what it is, see ``learned``.
    answers: False for a line that cannot be read (a one-way cable); a line may say so itself.
    write_timeout: seconds for each piece of ``chunk`` bytes; fence_timeout: seconds without an answer after the last
    byte, long enough for the buffer to be printed.
    """

    def __init__(
        self,
        connect: Callable[[], ByteTransport],
        *,
        now: Now,
        profile: Profile = GENERIC_80,
        answers: bool = True,
        ask_model: bool = False,
        chunk: int = 512,
        write_timeout: float = 5.0,
        status_timeout: float = 1.0,
        fence_timeout: float = 15.0,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(now)
        slow = profile.has(Quirk.SLOW)
        self._connect = connect
        self._profile = profile
        self._answers = answers
        self._ask_model = ask_model
        self.learned: Profile | None = None
        """The family that the printer says it is of; may be read from any thread."""
        self._chunk = min(chunk, _SLOW_CHUNK) if slow else chunk
        self._write_timeout = write_timeout
        self._fence_timeout = fence_timeout * _SLOW_TIMES if slow else fence_timeout
        self._traced = trace is not no_trace
        self._monotonic = monotonic
        self._talk = Conversation(
            write_timeout=write_timeout,
            status_timeout=status_timeout,
            fence_timeout=self._fence_timeout,
            monotonic=monotonic,
            trace=trace,
        )
        self._line: ByteTransport | None = None
        self._lock = threading.Lock()

    def print_job(self, job: bytes) -> PrintReport:
        with self._lock:
            try:
                line = self._opened()
                status = self._check(line)
                self._talk.clear_the_way(line, fences=self._fences(line), ask_status=self._asks(line))
            except DeviceError as exc:
                return self._refused(exc)
            self._tracker.set(HealthState.BUSY, "printing")
            report = self._send(line, job, status)
            self._talk.note(f"{report.outcome.value} {report.word} {report.bytes_accepted}/{len(job)}")
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
                self._learn()
            return self.health()

    def model(self) -> str:
        """What the printer calls itself, for ``profiles.of_model``; empty when it does not say or cannot be asked.

        A printer that does not know the question may print a letter, so nobody asks without being told to.
        """
        with self._lock:
            try:
                line = self._opened()
                self._check(line)
                if not self._asks(line) or self._talk.owed:
                    return ""
                return self._talk.model(line)
            except DeviceError:
                return ""

    def _learn(self) -> None:
        """Once, while nobody waits for a paper."""
        line = self._line
        if not self._ask_model or line is None or not self._asks(line) or self._talk.owed:
            return
        self._ask_model = False
        try:
            self.learned = of_model(self._talk.model(line))
        except DeviceError:
            self._ask_model = True

    def close(self) -> None:
        with self._lock:
            self._drop_line()
            self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    def _opened(self) -> ByteTransport:
        if self._line is None or not self._line.is_open:
            self._drop_line()
            line = self._connect()
            line.open()
            self._line = line
        self._talk.complete(self._line)
        return self._line

    def _asks(self, line: ByteTransport) -> bool:
        return self._answers and line.answers and not self._profile.has(Quirk.NO_STATUS)

    def _fences(self, line: ByteTransport) -> bool:
        return self._answers and line.answers and not self._profile.has(Quirk.NO_FENCE)

    def _check(self, line: ByteTransport) -> PrinterStatus:
        """The status when the printer can print; raises what keeps it from printing."""
        if not self._asks(line):
            return PrinterStatus()
        status = self._talk.status(line)
        problem = status.problem()
        if problem is not None:
            raise problem
        return status

    def _send(self, line: ByteTransport, job: bytes, status: PrinterStatus) -> PrintReport:
        accepted = 0
        spans = personal_spans(job) if self._traced else []
        try:
            fences = self._fences(line) and not self._profile.has(Quirk.ONE_FENCE)
            pieces = parted(job, self._chunk)
            for number, (end, whole) in enumerate(pieces):
                self._talk.half_sent = _next_whole(pieces, number) + len(FENCE) - accepted
                fence = fences and whole and end < len(job)
                self._talk.send_piece(line, job[accepted:end], within(spans, accepted, end), fence=fence)
                accepted = end
            if self._fences(line):
                self._talk.send_fence(line)
                self._talk.half_sent = 0
                self._talk.await_fence(line, self._fence_timeout, ask_status=self._asks(line))
                return PrintReport(PrintOutcome.PRINTED, None, accepted, status.near_end)
            self._talk.half_sent = 0
            self._watch(line, job)
        except DeviceError as exc:
            sent, lines = lines_in(job, accepted), lines_in(job)
            cause = self._why_unknown(line, exc, f"（{lines} 行，送出 {sent} 行）" if sent < lines else "")
            return PrintReport(PrintOutcome.UNKNOWN, cause, accepted, status.near_end, sent, lines)
        return PrintReport(PrintOutcome.SENT, None, accepted, status.near_end)

    def _watch(self, line: ByteTransport, job: bytes) -> None:
        """Without a fence: look whether the printer stops while it should be printing; raises what stopped it."""
        if not self._asks(line):
            return
        deadline = self._monotonic() + min(self._fence_timeout, _LINE_S * lines_in(job))
        while True:
            self._check(line)
            left = deadline - self._monotonic()
            if left <= 0:
                return
            line.read(min(left, _LOOK_S))

    def _why_unknown(self, line: ByteTransport, exc: DeviceError, how_far: str) -> OutcomeUnknown:
        """The unknown outcome with what the printer complains of: paper out in mid-job, cover, silence, lost line."""
        cause = exc
        if isinstance(exc, Timeout) and line.is_open and self._asks(line):
            try:
                cause = self._talk.status(line).problem() or exc
            except DeviceError as silent:
                cause = silent if isinstance(silent, NotConnected) else exc
        if isinstance(cause, PrinterFault):
            first = cause.advice.split("，")[0].split("。")[0]
        elif isinstance(cause, NotConnected):
            first = "小票打印机断开了"
        else:
            first = "小票打印机没有回话"
        advice = f"{first}，小票可能没打完{how_far}。请看吐出来的纸，再选是否重打"
        unknown = OutcomeUnknown(str(cause), word=cause.word, advice=advice)
        unknown.__cause__ = cause
        return unknown

    def _refused(self, exc: DeviceError) -> PrintReport:
        cause = self._in_words(exc)
        self._tracker.fail(cause)
        return PrintReport(PrintOutcome.REFUSED, cause)

    def _in_words(self, exc: DeviceError) -> DeviceError:
        if isinstance(exc, NotConnected) and exc.word == NotConnected.default_word:
            return NotConnected(str(exc), advice=_ABSENT)
        if isinstance(exc, Timeout) and exc.word == Timeout.default_word:
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


def _next_whole(pieces: Sequence[tuple[int, bool]], number: int) -> int:
    """Where the line or picture ends in which piece ``number`` begins."""
    return next((end for end, whole in pieces[number:] if whole), pieces[-1][0])
