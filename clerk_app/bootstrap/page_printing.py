"""The A4 printer of this PC, and where papers stay when there is none.

``page_printer`` in ``clerk.toml``: "auto" (the default printer of CUPS), the name of a CUPS queue, a network printer's
address "ipp://192.168.1.60/ipp/print" that takes PDF (the way for Windows, which has no CUPS), or "off".

What is known of a job and what is not stands in ``drivers.printer.page``. A PDF never becomes a file of ours: it goes
to the printer from memory (CUPS keeps it in its own spool, root's alone, while it prints).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from clerk_app.bootstrap.devices import Opened, print_result
from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.domain.errors import Rejected, StoreFault
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import PrintResult
from drivers.printer.ipp import network_endpoint
from drivers.printer.page import IppPagePrinter, PageTarget

KEPT = "加密保存在本机，装好打印机后可以补打"
"""What ``SealedFolder`` shows in place of a path."""
_LONGEST_STEM = 80


class OpenPagePrinter(Opened):
    """A ``ports.devices.PagePrinter``."""

    def __init__(self, driver: IppPagePrinter) -> None:
        super().__init__(driver)
        self._printer = driver

    @property
    def name(self) -> str:
        """The printer that answered last, empty before."""
        return self._printer.name

    def print(self, pdf: bytes, copies: int, title: str) -> PrintResult:
        """Waits for the end of the job, a minute and a half at most."""
        return print_result(self._printer.print_pdf(pdf, copies, title))


class ClearFolder:
    """A ``ports.printing.PaperFolder`` that writes readable PDFs: for demonstrations with invented people only.

    Folder and files are for this account alone (on Windows by the rights of the folder above).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, name: str, pdf: bytes) -> str:
        stem, suffix = _file_name(name)
        path, again = self._folder / f"{stem}{suffix}", 2
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            while not _written(path, pdf):
                path, again = self._folder / f"{stem}-{again}{suffix}", again + 1
        except OSError as error:
            raise StoreFault(f"文书存不进文件夹 {self._folder}，请看磁盘是不是满了、有没有写入权限") from error
        return str(path)


class SealedFolder:
    """The ``ports.printing.PaperFolder`` of a real window without an A4 printer: nothing is written in clear.

    A paper's bytes lie in the window's encrypted store before anybody asks for a printer, and stay printable there.
    """

    def save(self, name: str, pdf: bytes) -> str:
        return KEPT


def open_page_printer(settings: DeviceSettings, clock: Clock) -> OpenPagePrinter | None:
    """The A4 printer that the settings name, None when it is off; no I/O. ``Rejected("page_printer")`` for a slip."""
    place = settings.page_printer
    if place == "off":
        return None
    if "://" in place:
        try:
            network_endpoint(place)
        except ValueError as error:
            example = "ipp://192.168.1.60/ipp/print"
            raise Rejected("page_printer", f"设置里 page_printer 写的“{place}”认不出，应像 {example}") from error
        target = PageTarget(address=place)
    else:
        target = PageTarget(queue="" if place == "auto" else place)
    return OpenPagePrinter(IppPagePrinter(target, now=clock.now, monotonic=clock.monotonic))


def open_paper_folder(folder: Path | None = None) -> ClearFolder | SealedFolder:
    """Where papers go without an A4 printer: into ``folder`` as readable PDFs, or without one nowhere in clear."""
    return SealedFolder() if folder is None else ClearFolder(folder)


def _file_name(name: str) -> tuple[str, str]:
    """Stem and suffix, without what some file system does not take."""
    stem, suffix = os.path.splitext(name)
    clean = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "_", stem).strip(" ._")
    return clean[:_LONGEST_STEM] or "文书", suffix


def _written(path: Path, content: bytes) -> bool:
    """Write a new file durably; True also when the very same content stands there already."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        return path.read_bytes() == content
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True
