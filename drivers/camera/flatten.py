"""The sheet cut out and laid flat, and writing that still runs askew turned level, by up to 15 degrees."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from drivers.camera.geometry import Array, Corners, is_convex, perspective, scaled, sides
from drivers.camera.pictures import within

LONGEST = 2_480
"""Dots along the longer side of a page: A4 at 210 dots an inch."""
MOST_TILT = 15.0
_A4 = math.sqrt(2)
_NEARLY = 0.06
_TRIM = 0.0025
"""So much is cut off all around: the edge itself belongs half to the desk."""
_INK_SIDE = 700
_LEAST_INK = 400


def flattened(picture: Image.Image, corners: Corners) -> Image.Image:
    """The quadrilateral ``corners`` (fractions of the picture) as an upright rectangle.

    Its proportions are those of the sides; what is nearly A4 becomes A4. ``ValueError`` for corners with a dent.
    """
    place = scaled(corners, *picture.size)
    if not is_convex(place):
        raise ValueError("these corners have a dent")
    top, right, bottom, left = sides(place)
    width, height = _proportioned(max(top, bottom), max(left, right))
    scale = min(1.0, LONGEST / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    cut_x, cut_y = _TRIM * size[0], _TRIM * size[1]
    x, y = size[0] + cut_x, size[1] + cut_y
    target = ((-cut_x, -cut_y), (x, -cut_y), (x, y), (-cut_x, y))
    source = picture
    if scale < 0.7:
        # Dots that are left out would make thin strokes break.
        source = within(picture, round(max(picture.size) * scale))
        place = scaled(corners, *source.size)
    return source.transform(
        size, Image.Transform.PERSPECTIVE, perspective(target, place), Image.Resampling.BICUBIC, fillcolor="white"
    )


def _proportioned(width: float, height: float) -> tuple[float, float]:
    long, short = max(width, height), min(width, height)
    if abs(long / short / _A4 - 1) > _NEARLY:
        return width, height
    return (width, width * _A4) if height >= width else (height * _A4, height)


def tilt(page: Image.Image) -> float:
    """By how many degrees the writing runs down to the right, -15 to 15; 0 when there is too little writing to say.

    Lines of writing leave the clearest stripes of ink and white when they are looked along.
    """
    rows, columns, reach = _ink(page)
    if len(rows) < _LEAST_INK:
        return 0.0
    coarse = np.arange(-MOST_TILT, MOST_TILT + 0.5, 0.5)
    scores = np.array([_stripes(rows, columns, angle, reach) for angle in coarse])
    at = float(coarse[int(np.argmax(scores))])
    if float(scores.max()) < 1.35 * float(np.median(scores)):
        return 0.0
    fine = np.arange(at - 0.5, at + 0.55, 0.1)
    finer = np.array([_stripes(rows, columns, angle, reach) for angle in fine])
    return float(np.clip(fine[int(np.argmax(finer))], -MOST_TILT, MOST_TILT))


def levelled(page: Image.Image, angle: float) -> Image.Image:
    """The page turned back by ``angle`` degrees; what comes in at the corners is white."""
    if abs(angle) < 0.15:
        return page
    return page.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white")


def _ink(page: Image.Image) -> tuple[Array, Array, int]:
    """Places of what is clearly darker than its surroundings, and the page's diagonal in dots."""
    grey = within(page.convert("L"), _INK_SIDE)
    light = grey.filter(ImageFilter.BoxBlur(12))
    dark = np.asarray(light, dtype=float) - np.asarray(grey, dtype=float)
    edge = max(4, round(0.02 * min(grey.size)))
    dark[:edge], dark[-edge:], dark[:, :edge], dark[:, -edge:] = 0, 0, 0, 0
    rows, columns = np.nonzero(dark > max(12.0, 0.5 * float(np.percentile(dark, 99))))
    return rows.astype(float), columns.astype(float), int(math.hypot(*grey.size)) + 2


def _stripes(rows: Array, columns: Array, angle: float, reach: int) -> float:
    """How unevenly the ink is spread over lines at this angle."""
    turned = math.radians(angle)
    line = np.round(rows * math.cos(turned) - columns * math.sin(turned)).astype(int) + reach
    counts = np.bincount(line, minlength=2 * reach + 2).astype(float)
    return float(np.sum(counts * counts))
