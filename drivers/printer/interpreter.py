"""Carries out ESC/POS commands on a Paper, as a Chinese 24-dot receipt printer would.

Only double-byte GBK characters exist besides ASCII, as in most such printers [C]; anything else comes as an image. What
is not carried out is recorded by name: ``unknown`` (not in the table), ``ignored`` (known, no effect on this paper),
``undecodable`` (bytes that are no character), ``missing_glyphs`` (the font given has no such glyph).
"""

from __future__ import annotations

from collections.abc import Callable

import segno
from PIL import Image, ImageChops

from drivers.printer.glyphs import HALF_WIDTH, GlyphSource, empty_box
from drivers.printer.paper import DEFAULT_SPACING, Paper, Ticket
from drivers.printer.tokens import Token

_QR_FUNCTION = 49
_QR_SETTINGS = (67, 69, 80)
_LARGEST_DOT = 16
"""Dots of a QR symbol's square, as the reference has it; ``n`` beyond counts as it [M]."""
_ERROR_LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}
_ALIGNMENTS = {0: 0, 1: 1, 2: 2, 48: 0, 49: 1, 50: 2}
_TAB = 8 * HALF_WIDTH
_FEEDING_CUTS = (65, 66, 97, 98)


class Interpreter:
    """Holds the printer's formats; ``tickets`` grows by one per cut.

    glyphs: where characters are drawn from; dots: 576 or 384; on_fence: called with n for every ``GS r n`` when it is
    reached, on_name for every ``GS I n``.
    """

    def __init__(
        self,
        glyphs: GlyphSource,
        dots: int,
        on_fence: Callable[[int], None],
        on_name: Callable[[int], None] = lambda kind: None,
    ) -> None:
        self._glyphs = glyphs
        self._on_fence = on_fence
        self._on_name = on_name
        self.paper = Paper(dots)
        self.tickets: list[Ticket] = []
        self.unknown: list[bytes] = []
        self.ignored: list[str] = []
        self.undecodable: list[bytes] = []
        self.missing_glyphs: list[str] = []
        self._reset()

    def power_cycle(self) -> None:
        """Formats and the line that was not printed yet are lost; the paper stays."""
        self.paper.drop_line()
        self._reset()

    def _reset(self) -> None:
        self._bold = self._underline = self._inverse = False
        self._across = self._down = 1
        self._kanji_across = self._kanji_down = 1
        self._qr_size, self._qr_level, self._qr_data = 3, "l", b""
        self.paper.spacing = DEFAULT_SPACING
        self.paper.align = 0

    def run(self, token: Token) -> None:
        """Carry out one token."""
        args = token.args
        match token.name:
            case "text":
                self._character(args)
            case "control":
                self._control(args[0])
            case "unknown":
                self.unknown.append(args)
            case "ESC @":
                self.power_cycle()
            case "ESC a":
                self.paper.align = _ALIGNMENTS.get(args[0], self.paper.align)
            case "ESC !":
                self._bold, self._underline = bool(args[0] & 8), bool(args[0] & 0x80)
                self._down, self._across = 1 + bool(args[0] & 0x10), 1 + bool(args[0] & 0x20)
            case "ESC E" | "ESC G":
                self._bold = bool(args[0] & 1)
            case "ESC -" | "FS -":
                self._underline = args[0] in (1, 2, 49, 50)
            case "ESC 2":
                self.paper.spacing = DEFAULT_SPACING
            case "ESC 3":
                self.paper.spacing = args[0]
            case "ESC d":
                self._feed_lines(args[0])
            case "ESC J":
                self.paper.end_line(feed_empty=False)
                self.paper.feed(args[0])
            case "ESC $":
                self.paper.move_to(int.from_bytes(args, "little"))
            case "ESC \\":
                self.paper.move_to(self.paper.x + int.from_bytes(args, "little", signed=True))
            case "FS &" | "FS .":
                # the tokeniser has already joined or parted the bytes
                return
            case "FS !":
                self._kanji_across, self._kanji_down = 1 + bool(args[0] & 4), 1 + bool(args[0] & 8)
            case "GS !":
                self._across, self._down = 1 + (args[0] >> 4 & 7), 1 + (args[0] & 7)
                self._kanji_across, self._kanji_down = self._across, self._down
            case "GS B":
                self._inverse = bool(args[0] & 1)
            case "GS v":
                self._raster(args)
            case "GS (":
                self._extended(args)
            case "GS V":
                self._cut(args)
            case "GS r":
                self._on_fence(args[0])
            case "GS I":
                self._on_name(args[0])
            case _:
                self.ignored.append(token.name)

    def _character(self, data: bytes) -> None:
        full = len(data) == 2
        across, down = (self._kanji_across, self._kanji_down) if full else (self._across, self._down)
        try:
            character = data.decode("gbk" if full else "ascii")
        except UnicodeDecodeError:
            self.undecodable.append(data)
            self.paper.put(empty_box(full, across, down), "\ufffd")
            return
        if not self._glyphs.has(character) and not character.isspace():
            self.missing_glyphs.append(character)
            cell = empty_box(full, across, down)
        else:
            cell = self._glyphs.cell(character, full, across, down, self._bold)
        if self._inverse:
            cell = ImageChops.invert(cell)
        self.paper.put(cell, character, self._underline)

    def _control(self, code: int) -> None:
        if code == 0x0A:
            self.paper.end_line()
        elif code == 0x09:
            self.paper.move_to((self.paper.x // _TAB + 1) * _TAB)
        elif code not in (0x00, 0x0D):
            self.ignored.append(f"{code:02X}")

    def _feed_lines(self, count: int) -> None:
        self.paper.end_line(feed_empty=count > 0)
        self.paper.feed_lines(count - 1)

    def _raster(self, args: bytes) -> None:
        """GS v 0 m xL xH yL yH: m bit 0 doubles the width, bit 1 the height."""
        across, down = 1 + (args[1] & 1), 1 + (args[1] >> 1 & 1)
        row_bytes, rows = int.from_bytes(args[2:4], "little"), int.from_bytes(args[4:6], "little")
        if not row_bytes or not rows:
            return
        picture = Image.frombytes("1", (row_bytes * 8, rows), args[6:])
        if across > 1 or down > 1:
            picture = picture.resize((picture.width * across, picture.height * down), Image.Resampling.NEAREST)
        self.paper.image(picture)

    def _extended(self, args: bytes) -> None:
        """GS ( k for QR symbols; other families are recorded."""
        if args[:1] != b"k" or len(args) < 5 or args[3] != _QR_FUNCTION:
            self.ignored.append(f"GS ( {chr(args[0])}")
            return
        function, rest = args[4], args[5:]
        if function in _QR_SETTINGS and not rest:
            self.ignored.append(f"GS ( k {function} without data")
        elif function == 67:
            self._qr_size = min(max(1, rest[0]), _LARGEST_DOT)
        elif function == 69:
            self._qr_level = _ERROR_LEVELS.get(rest[0], self._qr_level)
        elif function == 80:
            self._qr_data = rest[1:]
        elif function == 81:
            self._print_qr()
        elif function != 65:
            self.ignored.append(f"GS ( k {function}")

    def _print_qr(self) -> None:
        if not self._qr_data:
            self.ignored.append("GS ( k 81 without data")
            return
        try:
            symbol = segno.make_qr(self._qr_data, error=self._qr_level, boost_error=False)
        except segno.DataOverflowError:
            self.ignored.append("GS ( k 81 with more than a symbol holds")
            return
        rows = [bytes(255 if dark else 0 for dark in row) for row in symbol.matrix]
        picture = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows)).convert("1")
        scaled = picture.resize(
            (picture.width * self._qr_size, picture.height * self._qr_size), Image.Resampling.NEAREST
        )
        self.paper.image(scaled, self._qr_data)

    def _cut(self, args: bytes) -> None:
        if args[0] in _FEEDING_CUTS and len(args) > 1:
            self.paper.end_line(feed_empty=False)
            self.paper.feed(args[1])
        self.tickets.append(self.paper.cut())
