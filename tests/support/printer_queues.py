"""Print queues with the virtual printer at their end: a CUPS that takes raw jobs, and Windows' spooler as a library."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Self

from drivers.base.simports import MemoryPort
from drivers.printer import winspool
from drivers.printer.virtual import VirtualPrinter
from drivers.printer.winspool import JobInfo, PrinterInfo2, PrinterInfo4, Spooler
from support.ipp_printer import COMPLETED, PENDING, PROCESSING, IppServer, Queue
from support.lines import FONT

PRINTER = "Receipts"


class QueueBench(VirtualPrinter):
    """A virtual printer that a queue feeds; ``deliver`` hands it a job in one go."""

    def __init__(self) -> None:
        super().__init__(MemoryPort("queue"), FONT)

    def deliver(self, job: bytes) -> None:
        if self.line.plugged:  # type: ignore[attr-defined]
            self.receive(job)


class CupsBench(QueueBench):
    """A CUPS whose only queue prints here."""

    def __init__(self) -> None:
        super().__init__()
        self.server = _RawServer(self.deliver)
        self.queue = self.server.queues[PRINTER] = Queue()
        self.server.default = PRINTER

    def __enter__(self) -> Self:
        self.server.__enter__()
        return super().__enter__()

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        self.server.__exit__(*exc)

    def unplug(self) -> None:
        super().unplug()
        self.queue.job_states[:] = [PENDING]
        self.queue.reasons = ["offline-report"]

    def replug(self) -> None:
        super().replug()
        self.queue.job_states[:] = [PROCESSING, COMPLETED]
        self.queue.reasons = ["none"]


class _RawServer(IppServer):
    def __init__(self, deliver: Callable[[bytes], None]) -> None:
        super().__init__()
        self._deliver = deliver

    def answer(self, path: str, request: bytes) -> bytes | None:
        known = len(self.jobs)
        reply = super().answer(path, request)
        for job in self.jobs[known:]:
            assert job.attributes["document-format"] == ["application/vnd.cups-raw"]
            if self.queues[PRINTER].job_states != [PENDING]:
                self._deliver(job.document)
        return reply


class SpoolerBench(QueueBench):
    """A Windows whose only printer prints here. ``script``: the job's status bits at each look (None: it has left the
    queue); the last one stays. ``bits`` and ``attributes``: what the printer's driver says of the printer."""

    def __init__(self) -> None:
        super().__init__()
        self.library = FakeWinspool(self)
        self.spooler = Spooler(self.library, lambda: self.library.last_error)

    def unplug(self) -> None:
        super().unplug()
        self.library.attributes = winspool._WORK_OFFLINE

    def replug(self) -> None:
        super().replug()
        self.library.attributes = 0


class FakeWinspool:
    """The entry points of winspool.drv that we call, on one printer."""

    def __init__(self, bench: SpoolerBench) -> None:
        self._bench = bench
        self._strings: list[Any] = []
        self._job = bytearray()
        self._ended = self._deleted = False
        self.script: list[int | None] = [winspool.JOB_PRINTING, None]
        self.name = PRINTER
        self.default = PRINTER
        self.bits = self.attributes = 0
        self.last_error = 0
        self.takes = True
        self.writes: int | None = None
        """WritePrinter takes so many bytes and fails."""
        self.answers = True
        self.open = 0
        self.deleted: list[int] = []
        self.titles: list[str] = []

    def OpenPrinterW(self, name: str, handle: Any, defaults: None) -> int:
        if name != self.name:
            return self._fail(1801)
        handle._obj.value = 1
        self.open += 1
        return 1

    def ClosePrinter(self, handle: Any) -> int:
        self.open -= 1
        return 1

    def StartDocPrinterW(self, handle: Any, level: int, info: Any) -> int:
        assert level == 1
        assert info._obj.datatype == "RAW"
        if not self.takes:
            return self._fail(5)
        self.titles.append(info._obj.name)
        self._job.clear()
        self._ended = self._deleted = False
        return 7

    def StartPagePrinter(self, handle: Any) -> int:
        return 1

    def WritePrinter(self, handle: Any, data: bytes, size: int, taken: Any) -> int:
        if self.writes is not None:
            taken._obj.value = self.writes
            return self._fail(112)
        self._job += data[:size]
        taken._obj.value = size
        return 1

    def EndPagePrinter(self, handle: Any) -> int:
        return 1

    def EndDocPrinter(self, handle: Any) -> int:
        self._ended = True
        return 1

    def GetJobW(self, handle: Any, job_id: int, level: int, room: Any, size: Any, needed: Any) -> int:
        assert job_id == 7
        if not self.answers:
            return self._fail(1722)
        bits = self.script[0]
        if bits is None or self._deleted:
            if not self._deleted and self._ended and self._job:
                self._bench.deliver(bytes(self._job))
                self._job.clear()
            return self._fail(87)
        needed._obj.value = ctypes.sizeof(JobInfo)
        if room is None:
            return self._fail(122)
        info = JobInfo.from_buffer(room)
        info.job_id, info.status, info.pages_printed = job_id, bits, 0
        if len(self.script) > 1:
            self.script.pop(0)
        return 1

    def SetJobW(self, handle: Any, job_id: int, level: int, info: None, command: int) -> int:
        assert command == 5
        self.deleted.append(job_id)
        self._deleted = True
        return 1

    def GetPrinterW(self, handle: Any, level: int, room: Any, size: Any, needed: Any) -> int:
        needed._obj.value = ctypes.sizeof(PrinterInfo2)
        if room is None:
            return self._fail(122)
        info = PrinterInfo2.from_buffer(room)
        info.status, info.attributes = self.bits, self.attributes
        return 1

    def EnumPrintersW(self, flags: int, name: None, level: int, room: Any, size: Any, needed: Any, count: Any) -> int:
        assert level == 4
        needed._obj.value = ctypes.sizeof(PrinterInfo4)
        if room is None:
            return self._fail(122)
        text = ctypes.create_unicode_buffer(self.name)
        self._strings.append(text)
        PrinterInfo4.from_buffer(room).printer = ctypes.cast(text, ctypes.c_wchar_p)
        count._obj.value = 1
        return 1

    def GetDefaultPrinterW(self, name: Any, size: Any) -> int:
        if name is None:
            size._obj.value = len(self.default) + 1 if self.default else 0
            return self._fail(122)
        name.value = self.default
        return 1

    def rewind(self) -> None:
        """The next job fares well again."""
        self.script = [winspool.JOB_PRINTING, None]
        self.takes, self.writes, self.answers = True, None, True

    def _fail(self, error: int) -> int:
        self.last_error = error
        return 0
