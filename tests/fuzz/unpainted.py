"""Pictures that have only their size, in place of Pillow's: painting takes ten times as long as carrying out commands.

They refuse what Pillow refuses: negative sizes, too few bytes, rectangles inside out.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import segno
from PIL import Image, ImageChops, ImageDraw

from drivers.printer import glyphs, interpreter, paper

_QR_BYTES = 2953
"""The most that a symbol of the lowest level holds."""


class Picture:
    """``width`` times ``height`` dots, all alike."""

    def __init__(self, width: int, height: int) -> None:
        if width < 0 or height < 0:
            raise ValueError("Width and height must be >= 0")
        self.width = width
        self.height = height

    def paste(self, *what: object) -> None: ...

    def crop(self, box: tuple[int, int, int, int]) -> Picture:
        return Picture(box[2] - box[0], box[3] - box[1])

    def resize(self, size: tuple[int, int], how: object) -> Picture:
        return Picture(*size)

    def convert(self, mode: str) -> Picture:
        return self


class _Image:
    """For ``PIL.Image``."""

    Resampling = Image.Resampling

    @staticmethod
    def new(mode: str, size: tuple[int, int], ink: int = 0) -> Picture:
        return Picture(*size)

    @staticmethod
    def frombytes(mode: str, size: tuple[int, int], data: bytes) -> Picture:
        across = (size[0] + 7) // 8 if mode == "1" else size[0]
        if len(data) < across * size[1]:
            raise ValueError("not enough image data")
        return Picture(*size)


class _Draw:
    """For ``PIL.ImageDraw``."""

    @staticmethod
    def Draw(picture: Picture) -> type[_Draw]:
        return _Draw

    @staticmethod
    def rectangle(box: tuple[int, int, int, int], fill: int) -> None:
        if box[2] < box[0] or box[3] < box[1]:
            raise ValueError("x1 must be greater than or equal to x0")


class _Chops:
    """For ``PIL.ImageChops``."""

    @staticmethod
    def invert(picture: Picture) -> Picture:
        return picture


class _Segno:
    """For ``segno``: any data is the same little symbol."""

    DataOverflowError = segno.DataOverflowError
    matrix = ((1, 0), (0, 1))

    @staticmethod
    def make_qr(data: bytes, error: str, boost_error: bool) -> type[_Segno]:
        if len(data) > _QR_BYTES:
            raise segno.DataOverflowError("too long")
        return _Segno


@cache
def empty_box(full: bool, across: int, down: int) -> Picture:
    """A cell."""
    return Picture((glyphs.FULL_WIDTH if full else glyphs.HALF_WIDTH) * across, glyphs.CELL_HEIGHT * down)


_PAINTED: list[tuple[Any, dict[str, Any]]] = [
    (paper, {"Image": Image, "ImageDraw": ImageDraw}),
    (interpreter, {"Image": Image, "ImageChops": ImageChops, "segno": segno, "empty_box": glyphs.empty_box}),
]
_UNPAINTED: list[tuple[Any, dict[str, Any]]] = [
    (paper, {"Image": _Image, "ImageDraw": _Draw}),
    (interpreter, {"Image": _Image, "ImageChops": _Chops, "segno": _Segno, "empty_box": empty_box}),
]


def paint(painted: bool) -> None:
    """Whether the printer's paper is painted from now on."""
    if (paper.Image is Image) != painted:
        for module, names in _PAINTED if painted else _UNPAINTED:
            vars(module).update(names)
