"""Pictures of sheets on a desk, made up: turned, seen from the side, half in shadow, noisy. For the virtual camera and
for tests, which know from ``View`` where the corners truly lie. No person and no real paper is in them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from drivers.camera.geometry import Corners, Point, perspective, scaled
from drivers.camera.pictures import jpeg

SHEET = (1_240, 1_754)
"""A4 at 150 dots an inch."""
FRAME = (2_592, 1_944)
"""Five megapixels, as common document cameras have."""


@dataclass(frozen=True, slots=True)
class View:
    """How a sheet lies under the camera. ``turn`` in degrees clockwise; ``tilt`` 0 to 1: how much smaller the far edge
    is; ``size``: the sheet's height as a share of the frame's; ``shadow`` 0 to 1: how much of the light it takes;
    ``noise``: standard deviation of each dot, of 255; ``blur``: radius in dots; ``light``: 1 is right, 0.3 is dusk.
    ``desk`` and ``paper`` are grey levels."""

    turn: float = 0.0
    tilt: float = 0.0
    lean: float = 0.0
    size: float = 0.86
    shift: Point = (0.0, 0.0)
    shadow: float = 0.0
    noise: float = 3.0
    blur: float = 0.0
    light: float = 1.0
    desk: tuple[int, int, int] = (96, 74, 56)
    paper: int = 243
    grain: float = 6.0
    frame: tuple[int, int] = FRAME
    seed: int = 1

    @property
    def corners(self) -> Corners:
        """Where the corners truly lie, in fractions of the frame."""
        width, height = self.frame
        half_h = self.size * height / 2
        half_w = half_h * SHEET[0] / SHEET[1]
        turned = math.radians(self.turn)
        points = []
        for across, along in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            # The far edge (above) is seen smaller, and so is one side when the arm leans.
            x = across * half_w * (1 + self.tilt * along / 2) * (1 + self.lean * across / 2)
            y = along * half_h * (1 + self.lean * across / 2)
            rx = x * math.cos(turned) - y * math.sin(turned)
            ry = x * math.sin(turned) + y * math.cos(turned)
            points.append((width / 2 + rx + self.shift[0] * width, height / 2 + ry + self.shift[1] * height))
        a, b, c, d = points
        return scaled((a, b, c, d), 1 / width, 1 / height)


def page(seed: int = 1, *, paper: int = 243, table: bool = True) -> Image.Image:
    """A sheet with a title, lines of words as bars, a table and a round stamp."""
    random = np.random.default_rng(seed)
    width, height = SHEET
    sheet = Image.new("RGB", SHEET, (paper, paper, paper))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((width // 2 - 260, 130, width // 2 + 260, 176), fill=(40, 40, 44))
    y = 260
    while y < height - 480:
        x, end = 150 + (56 if random.random() < 0.25 else 0), width - 150 - int(random.integers(0, 320))
        while x < end:
            word = int(random.integers(20, 120))
            _word(draw, random, x, y, min(word, end - x))
            x += word + 16
        y += 46
    if table:
        for row in range(5):
            draw.line((150, height - 440 + 60 * row, width - 150, height - 440 + 60 * row), fill=(50, 50, 50), width=3)
        for column in range(4):
            x = 150 + column * (width - 300) // 3
            draw.line((x, height - 440, x, height - 200), fill=(50, 50, 50), width=3)
    draw.ellipse((width - 420, height - 380, width - 180, height - 140), outline=(190, 40, 40), width=9)
    return sheet


def _word(draw: ImageDraw.ImageDraw, random: np.random.Generator, x: int, y: int, width: int) -> None:
    """Strokes of about the weight of printed characters."""
    for left in range(x, x + width - 12, 26):
        for _ in range(5):
            if random.random() < 0.5:
                top = y + int(random.integers(0, 22))
                draw.line((left, top, left + 20, top), fill=(45, 45, 48), width=3)
            else:
                side = left + int(random.integers(0, 20))
                draw.line((side, y, side, y + 24), fill=(45, 45, 48), width=3)


def picture(view: View, sheet: Image.Image | None = None) -> Image.Image:
    """The frame that the camera would give."""
    random = np.random.default_rng(view.seed)
    width, height = view.frame
    sheet = sheet or page(view.seed, paper=view.paper)
    corners = scaled(view.corners, width, height)
    w, h = sheet.size
    coefficients = perspective(corners, ((0, 0), (w, 0), (w, h), (0, h)))
    desk = Image.new("RGB", view.frame, view.desk)
    rough = random.normal(0, view.grain, (height // 8, width // 8))
    grain = Image.fromarray(np.clip(128 + rough, 0, 255).astype(np.uint8)).resize(view.frame, Image.Resampling.BICUBIC)
    ground = np.asarray(desk, dtype=float) + (np.asarray(grain, dtype=float)[:, :, None] - 128)
    laid = sheet.transform(view.frame, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    mask = Image.new("L", view.frame, 0)
    ImageDraw.Draw(mask).polygon([(x, y) for x, y in corners], fill=255)
    soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(1.0)), dtype=float)[:, :, None] / 255
    seen = ground * (1 - soft) + np.asarray(laid, dtype=float) * soft
    seen *= view.light * _light(view)[:, :, None]
    shot = Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))
    if view.blur:
        shot = shot.filter(ImageFilter.GaussianBlur(view.blur))
    noisy = np.asarray(shot, dtype=float) + random.normal(0, view.noise, (height, width, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


@lru_cache(maxsize=16)
def frame(view: View) -> bytes:
    """The same as JPEG, as a camera sends it; drawn once."""
    return jpeg(picture(view), quality=88)


def _light(view: View) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The light that falls on each dot: an arm's shadow across the frame, and the lamp nearer to one side."""
    width, height = view.frame
    even = np.linspace(1.04, 0.92, width)[None, :] * np.ones((height, 1))
    if not view.shadow:
        return even
    cast = Image.new("L", (width // 8, height // 8), 255)
    w, h = cast.size
    ImageDraw.Draw(cast).polygon([(0, h * 0.35), (w * 0.62, h * 0.1), (w * 0.7, h * 0.3), (0, h * 0.72)], fill=0)
    fall = cast.filter(ImageFilter.GaussianBlur(w / 60)).resize(view.frame, Image.Resampling.BICUBIC)
    result: np.ndarray[tuple[int, int], np.dtype[np.float64]] = even * (
        1 - view.shadow * (1 - np.asarray(fall, dtype=float) / 255)
    )
    return result


VIEWS: tuple[View, ...] = (
    View(turn=1.5, tilt=0.03, seed=11),
    View(turn=-7, tilt=0.08, shift=(0.03, -0.01), size=0.8, shadow=0.25, seed=12),
    View(turn=11, tilt=0.05, lean=0.04, size=0.74, noise=5, seed=13),
    replace(View(turn=3, size=0.82, seed=14), desk=(60, 72, 80)),
)
"""What the virtual camera shows, one after the other, when it has no folder of its own."""
