"""Blocks into the bytes of one print job (ESC/POS).

The whole job is rendered first and sent by a transport of its own afterwards, so that a fault leaves no half-made
commands. Text goes out in the printer's double-byte set, taken strictly, behind ``FS &``; a line with any character
outside that set is printed as a picture (``GS v 0``). No character is ever replaced by "?": a wrong name on a legal
paper is a defect.
"""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageChops

from clerk_app.design.fontset import FontSet
from clerk_app.documents.thermal.blocks import Block, Feed, QrBeside, Row, Rule, SealBox, Text
from clerk_app.documents.thermal.layout import PrintedLine, row_lines, text_lines
from clerk_app.documents.thermal.library import dummy_printer
from clerk_app.documents.thermal.picture import line_picture, qr_beside_picture, seal_box_picture
from clerk_app.documents.thermal.profile import CELL, LEADING, PrinterProfile

_INIT = b"\x1b@"
_DOUBLE_BYTE = b"\x1c&"
_ALIGN = {"left": b"\x1ba\x00", "center": b"\x1ba\x01", "right": b"\x1ba\x02"}
_FEED_LINES = b"\x1bd\x04"
_TALLEST_PICTURE = 960
_BOLD = {False: b"\x1bE\x00", True: b"\x1bE\x01"}


def render(blocks: Iterable[Block], profile: PrinterProfile, fonts: FontSet) -> bytes:
    """Return one whole job: reset, the blocks in order, feed and, where the printer has a cutter, a partial cut.

    Raises ``ValueError`` if a row's columns or a QR code do not fit the paper.
    """
    job = _Job(profile, fonts)
    for block in blocks:
        job.add(block)
    return job.finish()


class _Job:
    def __init__(self, profile: PrinterProfile, fonts: FontSet) -> None:
        self._profile = profile
        self._fonts = fonts
        self._printer = dummy_printer(profile.dots)
        self._align = "left"
        self._bold = False
        self._size = (1, 1)
        self._pitch = -1
        self._printer._raw(_INIT + (_DOUBLE_BYTE if profile.double_byte_switch else b""))

    def add(self, block: Block) -> None:
        match block:
            case Text():
                self._lines(text_lines(block, self._profile.columns))
            case Row():
                self._lines(row_lines(block, self._profile.columns))
            case Rule():
                self._lines(text_lines(Text("-" * self._profile.columns), self._profile.columns))
            case Feed():
                self._printer._raw(b"\x1bJ" + bytes([min(block.dots * self._profile.units_per_dot, 255)]))
            case QrBeside():
                self._picture(qr_beside_picture(block, self._profile, self._fonts))
            case SealBox():
                self._picture(seal_box_picture(block, self._profile, self._fonts))

    def finish(self) -> bytes:
        self._style("left", (1, 1))
        self._weight(False)
        full = self._profile.full_cut
        if not self._profile.cutter:
            self._printer._raw(_FEED_LINES)
        elif self._profile.plain_cut:
            self._printer._raw(_FEED_LINES + (b"\x1dV\x00" if full else b"\x1dV\x01"))
        else:
            # feeds to the knife by itself, then cuts, leaving one point unless it cuts through
            self._printer._raw(b"\x1dVA\x00" if full else b"\x1dVB\x00")
        return bytes(self._printer.output)

    def _lines(self, lines: list[PrintedLine]) -> None:
        for line in lines:
            encoded = self._encoded(line)
            if encoded is None:
                self._picture(line_picture(line, self._profile.dots, self._fonts))
                continue
            self._style(line.align, (line.width, line.height))
            for bold, text in encoded:
                self._weight(bold)
                self._printer._raw(text)
            self._printer._raw(b"\n")

    def _encoded(self, line: PrintedLine) -> list[tuple[bool, bytes]] | None:
        """Return the line's bytes per weight, or None if the printer's own font cannot show it."""
        if any(char < " " or char == "\x7f" for char in line.text):
            return None
        try:
            encoded = [(span.bold, self._profile.encoded(span.text)) for span in line.spans]
        except UnicodeEncodeError:
            return None
        return encoded

    def _picture(self, picture: Image.Image) -> None:
        self._style("left", (1, 1))
        inverted = ImageChops.invert(picture)  # the library burns what is black, our pictures hold ink as 255
        self._printer.image(
            inverted, impl="bitImageRaster", fragment_height=self._profile.raster_rows or _TALLEST_PICTURE
        )

    def _style(self, align: str, size: tuple[int, int]) -> None:
        if align != self._align:
            self._printer._raw(_ALIGN[align])
            self._align = align
        if size != self._size:
            self._printer._raw(b"\x1d!" + bytes([(size[0] - 1) << 4 | (size[1] - 1)]))
            self._size = size
        pitch = (CELL * size[1] + LEADING) * self._profile.units_per_dot
        if pitch != self._pitch:
            self._printer._raw(b"\x1b3" + bytes([min(pitch, 255)]))
            self._pitch = pitch

    def _weight(self, bold: bool) -> None:
        if bold != self._bold:
            self._printer._raw(_BOLD[bold])
            self._bold = bold
