"""Whether a page can be read: too dark, in shadow, blurred, too small, empty. Each finding is a sentence that says what
to do; a finding never keeps a page from being taken, because only a person knows what the paper looks like.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image, ImageFilter

from drivers.camera.geometry import Array
from drivers.camera.pictures import within


class Flaw(StrEnum):
    """What may be wrong with a page, the worst first."""

    DARK = "dark"
    BLURRED = "blurred"
    SHADOW = "shadow"
    SMALL = "small"
    EMPTY = "empty"


WORDS = {
    Flaw.DARK: "太暗，字看不清。请打开灯再拍",
    Flaw.BLURRED: "拍糊了。请按住纸，等画面清楚再拍",
    Flaw.SHADOW: "一部分在阴影里。请移开手或挡光的东西再拍",
    Flaw.SMALL: "纸在画面里太小，放大会看不清字。请把纸放近些再拍",
    Flaw.EMPTY: "这一页几乎没有字，请看是不是背面",
}

DARKEST_PAPER = 95
UNEVEN = 0.55
SHARPEST = 0.17
SMALLEST = 900
LEAST_INK = 0.0015
_SIDE = 1_200


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured: the paper's brightness (0-255), the darkest part of it as a share of the brightest, how
    abruptly ink begins (0-1), the share of ink, the longer side in dots."""

    paper: float
    evenness: float
    sharpness: float
    ink: float
    longest: int

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What a person should look at before the page is taken, the worst first."""
        found = []
        if self.paper < DARKEST_PAPER:
            found.append(Flaw.DARK)
        if self.ink >= LEAST_INK and self.sharpness < SHARPEST:
            found.append(Flaw.BLURRED)
        if self.evenness < UNEVEN:
            found.append(Flaw.SHADOW)
        if self.longest < SMALLEST:
            found.append(Flaw.SMALL)
        if self.ink < LEAST_INK:
            found.append(Flaw.EMPTY)
        return tuple(found)


def measured(page: Image.Image) -> Quality:
    """The measures of a page that lies flat."""
    grey = within(page.convert("L"), _SIDE)
    levels = np.asarray(grey, dtype=float)
    paper = _paper(grey)
    height, width = levels.shape
    inner = (slice(height // 30, -(height // 30) or None), slice(width // 30, -(width // 30) or None))
    bright = float(np.percentile(paper[inner], 95))
    dim = float(np.percentile(paper[inner], 4))
    depth = (paper - levels)[inner] / np.maximum(paper[inner], 1.0)
    ink = float(np.mean(depth > 0.25))
    return Quality(bright, dim / max(bright, 1.0), _sharpness(levels[inner], depth), ink, max(page.size))


def _paper(grey: Image.Image) -> Array:
    """The paper without its writing: the brightest of each neighbourhood, smoothed."""
    small = within(grey, 300)
    closed = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.MinFilter(5)).filter(ImageFilter.GaussianBlur(4))
    back = closed.resize(grey.size, Image.Resampling.BILINEAR)
    return np.asarray(back, dtype=float)


def _sharpness(levels: Array, depth: Array) -> float:
    """The steepest steps from dot to dot as a share of how much darker than the paper ink is; 0 without ink."""
    dark = depth[depth > 0.12]
    if dark.size < 50:
        return 0.0
    contrast = float(np.percentile(dark, 95)) * float(np.percentile(levels, 90))
    steps = np.maximum(np.abs(np.diff(levels, axis=0))[:, :-1], np.abs(np.diff(levels, axis=1))[:-1])
    # Measured where ink begins: what the blank paper does says nothing.
    near = steps[(depth > 0.08)[:-1, :-1]]
    return float(np.percentile(near, 90)) / max(contrast, 1.0) if near.size else 0.0
