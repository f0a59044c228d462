"""The Windows print spooler through ``winspool.drv`` (ctypes): raw jobs, their state, and which printers there are.

Written after the Windows SDK (winspool.h) [C]. UNTESTED ON WINDOWS: tests run it against a library of Python functions
with the same entry points, which checks order, structures and answers, not the calling convention.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from ctypes import wintypes
from dataclasses import dataclass
from typing import Any

from drivers.base.errors import NotConnected, OutcomeUnknown, PrinterFault

_JOB_LEVEL = 1
_PRINTER_LEVEL = 2
_LIST_LEVEL = 4
_LOCAL_AND_CONNECTED = 0x02 | 0x04
_CONTROL_DELETE = 5
_ERROR_INVALID_PARAMETER = 87
_ERROR_INVALID_PRINTER_NAME = 1801

JOB_PAUSED, JOB_ERROR, JOB_DELETING, JOB_SPOOLING = 0x1, 0x2, 0x4, 0x8
JOB_PRINTING, JOB_OFFLINE, JOB_PAPEROUT, JOB_PRINTED = 0x10, 0x20, 0x40, 0x80
JOB_DELETED, JOB_BLOCKED, JOB_USER_INTERVENTION, JOB_COMPLETE = 0x100, 0x200, 0x400, 0x1000
_PRINTER_REASONS = {
    0x1: "paused",
    0x8: "media-jam",
    0x10: "media-empty",
    0x40: "media-needed",
    0x80: "offline",
    0x1000: "shutdown",
    0x400000: "door-open",
}
"""PRINTER_STATUS bits as the reasons that ``queue_words`` knows."""
_JOB_REASONS = {JOB_PAUSED: "paused", JOB_OFFLINE: "offline", JOB_PAPEROUT: "media-empty"}
_WORK_OFFLINE = 0x400
"""PRINTER_ATTRIBUTE_WORK_OFFLINE: Windows has not found the printer's port, or the user said so."""

_GONE = "找不到打印机“{}”，请技术员核对设置里的 receipt_printer"


class DocInfo(ctypes.Structure):
    """DOC_INFO_1W."""

    _fields_ = (("name", wintypes.LPCWSTR), ("output", wintypes.LPCWSTR), ("datatype", wintypes.LPCWSTR))


class SystemTime(ctypes.Structure):
    """SYSTEMTIME."""

    _fields_ = tuple((name, wintypes.WORD) for name in ("y", "m", "dow", "d", "h", "min", "s", "ms"))


class JobInfo(ctypes.Structure):
    """JOB_INFO_1W."""

    _fields_ = (
        ("job_id", wintypes.DWORD),
        ("printer", wintypes.LPWSTR),
        ("machine", wintypes.LPWSTR),
        ("user", wintypes.LPWSTR),
        ("document", wintypes.LPWSTR),
        ("datatype", wintypes.LPWSTR),
        ("status_text", wintypes.LPWSTR),
        ("status", wintypes.DWORD),
        ("priority", wintypes.DWORD),
        ("position", wintypes.DWORD),
        ("total_pages", wintypes.DWORD),
        ("pages_printed", wintypes.DWORD),
        ("submitted", SystemTime),
    )


class PrinterInfo2(ctypes.Structure):
    """PRINTER_INFO_2W."""

    _fields_ = (
        *((name, wintypes.LPWSTR) for name in ("server", "printer", "share", "port", "driver", "comment", "location")),
        ("devmode", ctypes.c_void_p),
        *((name, wintypes.LPWSTR) for name in ("separator", "processor", "datatype", "parameters")),
        ("security", ctypes.c_void_p),
        *(
            (name, wintypes.DWORD)
            for name in (
                "attributes", "priority", "default_priority", "start", "until", "status", "jobs", "average_ppm"
            )
        ),
    )  # fmt: skip


class PrinterInfo4(ctypes.Structure):
    """PRINTER_INFO_4W."""

    _fields_ = (("printer", wintypes.LPWSTR), ("server", wintypes.LPWSTR), ("attributes", wintypes.DWORD))


@dataclass(frozen=True, slots=True)
class SpoolJob:
    """One job as the spooler holds it. ``bits``: JOB_STATUS; ``pages``: printed so far."""

    bits: int
    pages: int

    @property
    def began(self) -> bool:
        """Whether bytes may have reached the printer."""
        return bool(self.bits & (JOB_PRINTING | JOB_PRINTED | JOB_COMPLETE) or self.pages)

    def reasons(self) -> list[str]:
        return [word for bit, word in _JOB_REASONS.items() if self.bits & bit]


class Spooler:
    """The calls. ``library``: what stands for ``winspool.drv``; ``last_error`` gives GetLastError."""

    def __init__(self, library: Any = None, last_error: Any = None) -> None:
        self._library = library
        self._last_error = last_error

    def printers(self) -> Iterator[str]:
        """Names of the printers of this account; none when the spooler does not answer."""
        lib = self._lib()
        needed, count = wintypes.DWORD(), wintypes.DWORD()
        lib.EnumPrintersW(_LOCAL_AND_CONNECTED, None, _LIST_LEVEL, None, 0, ctypes.byref(needed), ctypes.byref(count))
        if not needed.value:
            return
        room = ctypes.create_string_buffer(needed.value)
        if lib.EnumPrintersW(
            _LOCAL_AND_CONNECTED, None, _LIST_LEVEL, room, needed, ctypes.byref(needed), ctypes.byref(count)
        ):
            for row in (PrinterInfo4 * count.value).from_buffer(room):
                yield str(row.printer)

    def default(self) -> str:
        """The account's default printer, empty when there is none."""
        lib = self._lib()
        size = wintypes.DWORD()
        lib.GetDefaultPrinterW(None, ctypes.byref(size))
        if not size.value:
            return ""
        name = ctypes.create_unicode_buffer(size.value)
        return name.value if lib.GetDefaultPrinterW(name, ctypes.byref(size)) else ""

    def open(self, name: str) -> OpenQueue:
        """Raises NotConnected when there is no such printer or the spooler is not running."""
        lib = self._lib()
        handle = wintypes.HANDLE()
        if not lib.OpenPrinterW(name, ctypes.byref(handle), None):
            raise NotConnected(f"OpenPrinter: {self.error()}", word="no_such_printer", advice=_GONE.format(name))
        return OpenQueue(self, lib, handle)

    def error(self) -> int:
        """GetLastError of the last call."""
        return int((self._last_error or _last_error)())

    def _lib(self) -> Any:
        if self._library is None:
            self._library = _system_library()
        return self._library


class OpenQueue:
    """One opened printer; a context manager that closes it."""

    def __init__(self, spooler: Spooler, lib: Any, handle: wintypes.HANDLE) -> None:
        self._spooler = spooler
        self._lib = lib
        self._handle = handle

    def __enter__(self) -> OpenQueue:
        return self

    def __exit__(self, *_: object) -> None:
        self._lib.ClosePrinter(self._handle)

    def reasons(self) -> list[str]:
        """What the printer's driver and port say is the matter; many say nothing ever [M]."""
        needed = wintypes.DWORD()
        self._lib.GetPrinterW(self._handle, _PRINTER_LEVEL, None, 0, ctypes.byref(needed))
        if not needed.value:
            return []
        room = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(PrinterInfo2)))
        if not self._lib.GetPrinterW(self._handle, _PRINTER_LEVEL, room, needed, ctypes.byref(needed)):
            return []
        info = PrinterInfo2.from_buffer(room)
        offline = ["offline"] if info.attributes & _WORK_OFFLINE else []
        return [word for bit, word in _PRINTER_REASONS.items() if info.status & bit] + offline

    def send_raw(self, job: bytes, title: str) -> int:
        """Hand a whole raw job to the spooler; returns its id.

        PrinterFault: nothing was taken, or what was taken has been withdrawn before it could go out. OutcomeUnknown
        when withdrawing failed.
        """
        info = DocInfo(title, None, "RAW")
        job_id = int(self._lib.StartDocPrinterW(self._handle, 1, ctypes.byref(info)))
        if not job_id:
            raise PrinterFault(f"StartDocPrinter: {self._spooler.error()}", word="not_taken")
        taken = wintypes.DWORD()
        whole = (
            self._lib.StartPagePrinter(self._handle)
            and self._lib.WritePrinter(self._handle, job, len(job), ctypes.byref(taken))
            and taken.value == len(job)
            and self._lib.EndPagePrinter(self._handle)
        )
        error = self._spooler.error() if not whole else 0
        state = None if whole else self.job(job_id)
        if not whole:
            self.delete(job_id)
        ended = self._lib.EndDocPrinter(self._handle)
        if not whole:
            if state is not None and state.began:
                raise OutcomeUnknown(f"WritePrinter: {error}", word="not_taken")
            raise PrinterFault(f"WritePrinter: {error}", word="not_taken")
        if not ended:
            raise OutcomeUnknown(f"EndDocPrinter: {self._spooler.error()}", word="not_ended")
        return job_id

    def job(self, job_id: int) -> SpoolJob | None:
        """The job's state, None when the spooler has it no more: it was handed to the printer, or deleted.

        Raises OutcomeUnknown when the spooler does not say.
        """
        needed = wintypes.DWORD()
        self._lib.GetJobW(self._handle, job_id, _JOB_LEVEL, None, 0, ctypes.byref(needed))
        room = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(JobInfo)))
        if not needed.value or not self._lib.GetJobW(
            self._handle, job_id, _JOB_LEVEL, room, needed, ctypes.byref(needed)
        ):
            error = self._spooler.error()
            if error in (_ERROR_INVALID_PARAMETER, _ERROR_INVALID_PRINTER_NAME):
                return None
            raise OutcomeUnknown(f"GetJob: {error}", word="spooler_silent")
        info = JobInfo.from_buffer(room)
        return SpoolJob(int(info.status), int(info.pages_printed))

    def delete(self, job_id: int) -> bool:
        """Take a job out of the queue; what the printer has of it stays there."""
        return bool(self._lib.SetJobW(self._handle, job_id, 0, None, _CONTROL_DELETE))


if sys.platform == "win32":

    def _last_error() -> int:
        return ctypes.get_last_error()

    def _system_library() -> Any:
        return _typed(ctypes.WinDLL("winspool.drv", use_last_error=True))
else:

    def _last_error() -> int:
        return 0

    def _system_library() -> Any:
        advice = "只有 Windows 有这种打印队列，请技术员改用 cups:队列名，或串口、网口"
        raise NotConnected("there is no winspool", word="no_spooler", advice=advice)


def _typed(lib: Any) -> Any:
    """The signatures: without them a handle would be cut to 32 bits."""
    handle, dword, out = wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD)
    text, void = wintypes.LPCWSTR, ctypes.c_void_p
    signatures: dict[str, tuple[Any, ...]] = {
        "OpenPrinterW": (text, ctypes.POINTER(handle), void),
        "ClosePrinter": (handle,),
        "StartDocPrinterW": (handle, dword, void),
        "StartPagePrinter": (handle,),
        "WritePrinter": (handle, void, dword, out),
        "EndPagePrinter": (handle,),
        "EndDocPrinter": (handle,),
        "GetJobW": (handle, dword, dword, void, dword, out),
        "SetJobW": (handle, dword, dword, void, dword),
        "GetPrinterW": (handle, dword, void, dword, out),
        "EnumPrintersW": (dword, text, dword, void, dword, out, out),
        "GetDefaultPrinterW": (void, out),
    }
    for name, arguments in signatures.items():
        function = getattr(lib, name)
        function.argtypes, function.restype = arguments, wintypes.BOOL
    lib.StartDocPrinterW.restype = dword
    return lib
