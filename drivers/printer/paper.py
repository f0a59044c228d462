"""The paper of the virtual printer: lines of cells, images, cuts.

Cells of one line stand on a common bottom line; a line is as high as its highest cell, at least as the line spacing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image, ImageDraw

_MARGINS = {576: 32, 384: 40}
"""Dots left and right that the head does not reach: paper of 80 mm and 58 mm at 8 dots a millimetre."""
_DEFAULT_MARGIN = 32
DEFAULT_SPACING = 30
_UNDERLINE = 2
LONGEST = 100_000
"""Dots of one piece: 12.5 m. Three bytes can feed a metre, so that noise on the line would fill the memory."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One cut-off piece of paper.

    image: what was printed, mode ``1``, ``dots`` wide, white background; text: the characters line by line, for tests
    and for people who cannot see; qr_codes: the data of the QR symbols; images: how many raster images; whole: False
    where the piece was longer than ``LONGEST`` and its end is left out.
    """

    image: Image.Image
    text: str
    qr_codes: tuple[bytes, ...] = ()
    images: int = 0
    whole: bool = True

    def framed(self) -> Image.Image:
        """The piece with the margins that the head does not reach, mode ``L``, as a person sees it."""
        margin = _MARGINS.get(self.image.width, _DEFAULT_MARGIN)
        sheet = Image.new("L", (self.image.width + 2 * margin, self.image.height + 2 * margin), 255)
        sheet.paste(self.image.convert("L"), (margin, margin))
        return sheet


@dataclass(slots=True)
class _Placed:
    x: int
    cell: Image.Image
    underline: bool


@dataclass(slots=True)
class Paper:
    """The piece being printed; ``dots`` is the printable width."""

    dots: int
    spacing: int = DEFAULT_SPACING
    align: int = 0
    x: int = 0
    _line: list[_Placed] = field(default_factory=list)
    _strips: list[Image.Image] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _words: str = ""
    _qr_codes: list[bytes] = field(default_factory=list)
    _images: int = 0
    _length: int = 0
    printed: bool = False

    def put(self, cell: Image.Image, characters: str, underline: bool = False) -> None:
        """Set a cell at the head's place; wraps to the next line when it does not fit."""
        if self.x + cell.width > self.dots:
            self.end_line()
        if self.x > self._end() + 6 and self._words:
            # columns set by absolute positions stay apart in the text as well
            self._words += " "
        self._line.append(_Placed(self.x, cell, underline))
        self._words += characters
        self.x += cell.width

    def move_to(self, x: int) -> None:
        """Put the head at ``x`` dots from the left edge."""
        self.x = min(max(0, x), self.dots)

    def end_line(self, feed_empty: bool = True) -> None:
        """Print the line; an empty one feeds one line spacing when ``feed_empty``."""
        if not self._line:
            if feed_empty:
                self.feed(self.spacing)
                if self._length <= LONGEST:
                    self._text.append("")
            self.x = 0
            return
        height = max(placed.cell.height for placed in self._line)
        strip = Image.new("1", (self.dots, max(height, self.spacing)), 1)
        shift = self._shift(self._end())
        pen = ImageDraw.Draw(strip)
        for placed in self._line:
            at = (placed.x + shift, height - placed.cell.height)
            strip.paste(0, at, placed.cell)
            if placed.underline:
                bottom = min(height, strip.height - _UNDERLINE)
                pen.rectangle((at[0], bottom, at[0] + placed.cell.width - 1, bottom + _UNDERLINE - 1), fill=0)
        self._add(strip)
        self._text.append(self._words.rstrip())
        self.drop_line()

    def drop_line(self) -> None:
        """Forget the line that is not printed yet."""
        self._line, self._words, self.x = [], "", 0

    def feed(self, dots: int) -> None:
        """Move the paper by ``dots``."""
        if self._length > LONGEST:
            return
        if dots > 0:
            self._add(Image.new("1", (self.dots, dots), 1))

    def feed_lines(self, count: int) -> None:
        """Move the paper by ``count`` empty lines."""
        if count > 0:
            self.feed(count * self.spacing)
            if self._length <= LONGEST:
                self._text += [""] * count

    def image(self, picture: Image.Image, qr_data: bytes | None = None) -> None:
        """Print a picture (mode ``1``, ink set) with the present alignment; what is too wide is cut off."""
        self.end_line(feed_empty=False)
        picture = picture.crop((0, 0, min(picture.width, self.dots), picture.height))
        strip = Image.new("1", (self.dots, picture.height), 1)
        strip.paste(0, (self._shift(picture.width), 0), picture)
        self._add(strip)
        if qr_data is None:
            self._images += 1
        else:
            self._qr_codes.append(qr_data)

    def cut(self) -> Ticket:
        """End the piece and begin the next; formats stay."""
        self.end_line(feed_empty=False)
        sheet = Image.new("1", (self.dots, max(1, sum(strip.height for strip in self._strips))), 1)
        y = 0
        for strip in self._strips:
            sheet.paste(strip, (0, y))
            y += strip.height
        whole = self._length <= LONGEST
        ticket = Ticket(sheet, "\n".join(self._text), tuple(self._qr_codes), self._images, whole)
        self._strips, self._text, self._qr_codes, self._images, self.printed = [], [], [], 0, False
        self._length = 0
        return ticket

    def _add(self, strip: Image.Image) -> None:
        self._length += strip.height
        if self._length <= LONGEST:
            self._strips.append(strip)
        self.printed = True

    def _end(self) -> int:
        return max((placed.x + placed.cell.width for placed in self._line), default=0)

    def _shift(self, width: int) -> int:
        return (0, (self.dots - width) // 2, self.dots - width)[self.align]
