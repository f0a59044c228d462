"""Where the sheet lies in a picture: four straight edges, each brighter on the same side, found by votes for lines.

A shadow, the writing and a pattern of the desk have edges too, but not four that close around an area with the paper's
side inwards. Every dot with a clear edge votes for the line that runs through it across its gradient (a Hough
transform that keeps the gradient's direction); four lines are judged by how much of each side really is an edge; the
best four are measured again in the larger picture by fitting a line to the steepest dot of many cuts across each side.

Method in short: blur, close the writing (a bright closing takes out what is thin and dark), gradient, votes, quads.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from drivers.camera.geometry import Array, Corners, Point, area, in_order, is_convex, scaled, sides
from drivers.camera.pictures import within

SMALL = 400
FINE = 1_600
LEAST_AREA = 0.02
"""Share of the picture; an identity card under a camera for A4 has 0.04."""
LEAST_SUPPORT = 0.62
_WORST_SIDE = 0.35
_OUTSIDE = 0.03
_ANGLES = 180
_PEAKS = 18
_CUTS = 64


@dataclass(frozen=True, slots=True)
class Sheet:
    """``corners`` in fractions of the picture; ``support`` is how much of its four sides is really seen, 0 to 1."""

    corners: Corners
    support: float


@dataclass(frozen=True, slots=True)
class _Line:
    """Dots where ``x * cos + y * sin == rho``; the normal points to the brighter side."""

    angle: float
    rho: float

    @property
    def normal(self) -> Point:
        return math.cos(self.angle), math.sin(self.angle)


def find_sheet(picture: Image.Image, *, fine: bool = True) -> Sheet | None:
    """The sheet, None when no four edges close around one. ``fine`` False is quick and good to a hundredth of the
    picture, for a preview."""
    small = _levels(within(picture, SMALL))
    across, down = _gradient(small)
    for inwards in (1.0, -1.0):
        # Paper is nearly always brighter than the desk; a dark folder on a white one is tried after.
        found = _best(across * inwards, down * inwards)
        if found is None:
            continue
        corners, support = found
        height, width = small.shape
        # Dots are counted in their middles.
        share = scaled(_shifted(corners, 0.5), 1 / width, 1 / height)
        if fine:
            share = _measured(picture, share, inwards)
        return Sheet(share, support)
    return None


def _levels(picture: Image.Image) -> Array:
    """Brightness without writing, on a scale on which a shadow takes the same from paper and desk."""
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(1.0))
    closed = grey.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.MinFilter(9))
    smooth = closed.filter(ImageFilter.GaussianBlur(1.0))
    return 64.0 * np.log2(np.asarray(smooth, dtype=float) / 24.0 + 1.0)


def _gradient(levels: Array) -> tuple[Array, Array]:
    """Slopes to the right and downwards, smoothed across their own direction (Sobel)."""
    padded = np.pad(levels, 1, mode="edge")
    flat = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    tall = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    return (tall[:, 2:] - tall[:, :-2]) / 8, (flat[2:] - flat[:-2]) / 8


def _best(across: Array, down: Array) -> tuple[Corners, float] | None:
    strength = np.hypot(across, down)
    clear = max(2.0, min(6.0, 0.2 * float(np.percentile(strength, 99))))
    lines = _lines(across, down, strength, clear)
    best: tuple[Corners, float] | None = None
    most = 0.0
    height, width = strength.shape
    for corners in _quads(lines, width, height):
        support, strength_along = _support(corners, across, down, clear)
        if min(support) < _WORST_SIDE or sum(support) / 4 < LEAST_SUPPORT:
            continue
        worth = sum(support) / 4 * strength_along * (area(corners) / (width * height)) ** 0.25
        if worth > most:
            best, most = (corners, sum(support) / 4), worth
    return best


def _lines(across: Array, down: Array, strength: Array, clear: float) -> list[_Line]:
    """The lines with most votes, no two of them nearly the same."""
    rows, columns = np.nonzero(strength > clear)
    if len(rows) < 40:
        return []
    weight = np.minimum(strength[rows, columns], 2 * clear)
    turn = np.arctan2(down[rows, columns], across[rows, columns])
    reach = math.hypot(*strength.shape)
    slots = int(2 * reach) + 2
    votes = np.zeros(2 * _ANGLES * slots)
    step = math.pi / _ANGLES
    centre = np.round(turn / step).astype(int)
    for offset in range(-4, 5):
        angle = (centre + offset) % (2 * _ANGLES)
        rho = columns * np.cos(angle * step) + rows * np.sin(angle * step)
        slot = np.round(rho + reach).astype(int)
        votes += np.bincount(angle * slots + slot, weights=weight, minlength=len(votes))
    table = votes.reshape(2 * _ANGLES, slots)
    # A line of the real world is spread over neighbouring places.
    table[:, 1:-1] = table[:, 1:-1] + 0.5 * (table[:, :-2] + table[:, 2:])
    found = []
    enough = 0.12 * min(strength.shape) * clear
    for _ in range(_PEAKS):
        place = int(np.argmax(table))
        angle_slot, rho_slot = divmod(place, slots)
        if table[angle_slot, rho_slot] < enough:
            break
        found.append(_Line(angle_slot * step, rho_slot - reach))
        near = [(angle_slot + offset) % (2 * _ANGLES) for offset in range(-8, 9)]
        table[near, max(0, rho_slot - 9) : rho_slot + 10] = 0
    return found


def _quads(lines: list[_Line], width: int, height: int) -> list[Corners]:
    """Corners of every four lines that close around an area with their bright sides inwards."""
    found = []
    pairs = [
        (one, other)
        for one, other in itertools.combinations(lines, 2)
        if _between(one.angle, other.angle) > math.radians(140)
    ]
    for (a, b), (c, d) in itertools.combinations(pairs, 2):
        if any(not math.radians(50) < _between(p.angle, q.angle) < math.radians(130) for p in (a, b) for q in (c, d)):
            continue
        points = [_crossing(p, q) for p in (a, b) for q in (c, d)]
        if any(point is None for point in points):
            continue
        corners = in_order([point for point in points if point is not None])
        if _is_sheet(corners, (a, b, c, d), width, height):
            found.append(corners)
    return found


def _is_sheet(corners: Corners, lines: tuple[_Line, ...], width: int, height: int) -> bool:
    x = sum(point[0] for point in corners) / 4
    y = sum(point[1] for point in corners) / 4
    inside = all(x * line.normal[0] + y * line.normal[1] > line.rho for line in lines)
    edge_x, edge_y = _OUTSIDE * width, _OUTSIDE * height
    seen = all(-edge_x <= px <= width + edge_x and -edge_y <= py <= height + edge_y for px, py in corners)
    if not inside or not seen or not is_convex(corners):
        return False
    top, right, bottom, left = sides(corners)
    even = max(top, bottom) < 2 * min(top, bottom) and max(left, right) < 2 * min(left, right)
    long, short = max(top + bottom, left + right), min(top + bottom, left + right)
    return even and long < 5 * short and area(corners) > LEAST_AREA * width * height


def _between(one: float, other: float) -> float:
    """The angle between two directions, 0 to pi."""
    return abs((one - other + math.pi) % (2 * math.pi) - math.pi)


def _crossing(one: _Line, other: _Line) -> Point | None:
    (a, b), (c, d) = one.normal, other.normal
    under = a * d - b * c
    if abs(under) < 0.2:
        return None
    return ((one.rho * d - other.rho * b) / under, (a * other.rho - c * one.rho) / under)


def _support(corners: Corners, across: Array, down: Array, clear: float) -> tuple[list[float], float]:
    """For each side, which share of it lies on an edge with the bright side inwards, a dot or two beside counts; and
    how steep the edges are exactly along the sides, 0 to 1."""
    height, width = across.shape
    shares = []
    steepness = 0.0
    steps = np.linspace(0.03, 0.97, 48)
    for number in range(4):
        (ax, ay), (bx, by) = corners[number], corners[(number + 1) % 4]
        length = math.hypot(bx - ax, by - ay)
        # Clockwise with y downwards: the inside is on the right of the way.
        nx, ny = -(by - ay) / length, (bx - ax) / length
        best = np.zeros(len(steps))
        for beside in (-2.0, -1.0, 0.0, 1.0, 2.0):
            x = np.clip(np.round(ax + (bx - ax) * steps + nx * beside).astype(int), 0, width - 1)
            y = np.clip(np.round(ay + (by - ay) * steps + ny * beside).astype(int), 0, height - 1)
            rise = across[y, x] * nx + down[y, x] * ny
            best = np.maximum(best, rise)
            if beside == 0:
                steepness += float(np.mean(np.clip(rise, 0, 2 * clear))) / (2 * clear) / 4
        shares.append(float(np.mean(best > 0.6 * clear)))
    return shares, steepness


# --- measuring again -------------------------------------------------------------------------------------------
def _measured(picture: Image.Image, share: Corners, inwards: float) -> Corners:
    """The corners to a fraction of a dot: a line through the steepest place of many cuts across each side."""
    fine = within(picture, FINE)
    grey = fine.convert("L").filter(ImageFilter.GaussianBlur(1.2))
    levels = inwards * 64.0 * np.log2(np.asarray(grey, dtype=float) / 24.0 + 1.0)
    height, width = levels.shape
    corners = scaled(share, width, height)
    reach = max(6.0, 2.5 * max(width, height) / SMALL)
    lines = [_fitted(levels, corners[n], corners[(n + 1) % 4], reach) for n in range(4)]
    points = [_crossing(lines[n - 1], lines[n]) for n in range(4)]
    if any(point is None for point in points):
        return share
    a, b, c, d = (point for point in points if point is not None)
    better: Corners = (a, b, c, d)
    far = max(math.dist(one, other) for one, other in zip(better, corners, strict=True))
    if far > 2.5 * reach or not is_convex(better):
        return share
    return scaled(better, 1 / width, 1 / height)


def _fitted(levels: Array, start: Point, end: Point, reach: float) -> _Line:
    """The line along the steepest rise within ``reach`` of the given side; places that lie elsewhere do not count."""
    (ax, ay), (bx, by) = start, end
    length = math.hypot(bx - ax, by - ay)
    nx, ny = -(by - ay) / length, (bx - ax) / length
    steps = np.linspace(0.04, 0.96, _CUTS)
    offsets = np.arange(-reach, reach + 0.25, 0.5)
    x = ax + (bx - ax) * steps[:, None] + nx * offsets[None, :]
    y = ay + (by - ay) * steps[:, None] + ny * offsets[None, :]
    profile = _at(levels, x - 0.5, y - 0.5)
    rise = profile[:, 4:] - profile[:, :-4]
    at = np.argmax(rise, axis=1)
    peak = rise[np.arange(_CUTS), at]
    offset = offsets[at + 2] + 0.5 * _vertex(rise, at)
    good = peak > max(2.0, 0.35 * float(np.median(peak)))
    along = steps * length
    a, b = 0.0, 0.0
    for allowed in (math.inf, 3.0, 1.5, 0.8):
        keep = good & (np.abs(offset - (a + b * along)) <= allowed)
        if int(keep.sum()) < 8:
            break
        b, a = (float(value) for value in np.polyfit(along[keep], offset[keep], 1))
    (px, py), (qx, qy) = (ax + nx * a, ay + ny * a), (bx + nx * (a + b * length), by + ny * (a + b * length))
    angle = math.atan2(qx - px, -(qy - py))
    return _Line(angle, px * math.cos(angle) + py * math.sin(angle))


def _vertex(rise: Array, at: Array) -> Array:
    """How far the vertex of the parabola through three neighbours lies from the middle one, -0.5 to 0.5."""
    rows = np.arange(len(rise))
    index = np.asarray(at, dtype=int)
    left = rise[rows, np.maximum(index - 1, 0)]
    right = rise[rows, np.minimum(index + 1, rise.shape[1] - 1)]
    bend = left - 2 * rise[rows, index] + right
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend < 0, 0.5 * (left - right) / bend, 0.0)
    found: Array = np.clip(np.nan_to_num(shift), -0.5, 0.5)
    return found


def _at(levels: Array, x: Array, y: Array) -> Array:
    """Levels between the dots; beyond the edge those of the edge."""
    height, width = levels.shape
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    fx, fy = x - left, y - top
    upper = levels[top, left] * (1 - fx) + levels[top, left + 1] * fx
    lower = levels[top + 1, left] * (1 - fx) + levels[top + 1, left + 1] * fx
    found: Array = upper * (1 - fy) + lower * fy
    return found


def _shifted(corners: Corners, by: float) -> Corners:
    a, b, c, d = ((x + by, y + by) for x, y in corners)
    return (a, b, c, d)
