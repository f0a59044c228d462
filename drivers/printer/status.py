"""What the status bytes of an ESC/POS printer mean.

DLE EOT 1, 2 and 4 [C]; a status byte is valid only if ``b & 0x93 == 0x12``. The answer to ``GS r 1`` has bits 4 and 7
clear [C], and 5 and 6 in every printer known [M]. A printer that was set to report by itself (GS a) mixes in four-byte
messages whose first byte has ``b & 0x93 == 0x10`` [M]; they are skipped.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base.errors import CoverOpen, PaperOut, PrinterFault

DLE_EOT = b"\x10\x04"
STATUS_KINDS = (1, 2, 4)
FENCE = b"\x1d\x72\x01"

_VALID_MASK, _VALID = 0x93, 0x12
_OFFLINE = 0x08
_COVER_OPEN, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40
_NEAR_END, _PAPER_END = 0x0C, 0x60
_AUTOMATIC = 0x10
_AUTOMATIC_REST = 3
_NO_FENCE = 0xF0


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """The printer's state from the answers to DLE EOT 1, 2 and 4."""

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    error: bool = False
    near_end: bool = False

    @classmethod
    def from_bytes(cls, printer: int, cause: int, paper: int) -> PrinterStatus:
        """From the three answers, in the order of STATUS_KINDS."""
        return cls(
            offline=bool(printer & _OFFLINE),
            cover_open=bool(cause & _COVER_OPEN),
            paper_out=bool(cause & _PAPER_STOP or paper & _PAPER_END),
            error=bool(cause & _ERROR),
            near_end=bool(paper & _NEAR_END),
        )

    def problem(self) -> PrinterFault | None:
        """What keeps the printer from printing, the thing to mend first; None when it can print."""
        if self.cover_open:
            return CoverOpen()
        if self.paper_out:
            return PaperOut()
        if self.error:
            return PrinterFault(word="printer_error")
        if self.offline:
            return PrinterFault(word="offline", advice="小票打印机处于脱机状态，请按打印机上的「联机」键")
        return None


class AnswerSorter:
    """Sorts a printer's bytes into status answers and fence answers, whatever else comes between."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.fences: list[int] = []
        self._skip = 0

    def feed(self, data: bytes) -> None:
        """Sort ``data`` into ``statuses`` and ``fences``."""
        for value in data:
            if self._skip:
                self._skip -= 1
            elif value & _VALID_MASK == _VALID:
                self.statuses.append(value)
            elif value & _VALID_MASK == _AUTOMATIC:
                self._skip = _AUTOMATIC_REST
            elif value & _NO_FENCE == 0:
                self.fences.append(value)
