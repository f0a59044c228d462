"""Corners, lines and the perspective between a sheet and its picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Upper left, upper right, lower right, lower left, as the sheet lies in the picture. Dots, or fractions of the
picture's width and height where a docstring says so."""

Array = NDArray[np.float64]
WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
"""The whole picture, in fractions."""


def scaled(corners: Corners, across: float, down: float) -> Corners:
    """Each x times ``across``, each y times ``down``."""
    a, b, c, d = ((x * across, y * down) for x, y in corners)
    return (a, b, c, d)


def area(corners: Sequence[Point]) -> float:
    """Area of the polygon; positive when the corners go round clockwise in picture coordinates (y downwards)."""
    total = 0.0
    for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True):
        total += x1 * y2 - x2 * y1
    return total / 2


def is_convex(corners: Corners) -> bool:
    """Whether the four corners go round clockwise without a dent or a crossing."""
    for number in range(4):
        (ax, ay), (bx, by), (cx, cy) = (corners[(number + step) % 4] for step in range(3))
        if (bx - ax) * (cy - by) - (by - ay) * (cx - bx) <= 0:
            return False
    return True


def sides(corners: Corners) -> tuple[float, float, float, float]:
    """Lengths of the upper, right, lower and left side."""
    a, b, c, d = (math.dist(corners[number], corners[(number + 1) % 4]) for number in range(4))
    return (a, b, c, d)


def in_order(points: Sequence[Point]) -> Corners:
    """Four points as corners: clockwise, beginning with the one nearest to the upper left of their middle."""
    x = sum(point[0] for point in points) / 4
    y = sum(point[1] for point in points) / 4
    around = sorted(points, key=lambda point: math.atan2(point[1] - y, point[0] - x))
    first = min(range(4), key=lambda number: around[number][0] + around[number][1])
    a, b, c, d = (around[(first + step) % 4] for step in range(4))
    return (a, b, c, d)


def perspective(target: Corners, source: Corners) -> tuple[float, ...]:
    """The eight coefficients that lead from a dot of ``target`` to its place in ``source``, as Pillow wants them.

    Raises ``ValueError`` for corners that are no quadrilateral.
    """
    rows, right = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    try:
        solved = np.linalg.solve(np.array(rows, dtype=float), np.array(right, dtype=float))
    except np.linalg.LinAlgError as error:
        raise ValueError("these corners are no quadrilateral") from error
    return tuple(float(value) for value in solved)


def through(coefficients: Sequence[float], point: Point) -> Point:
    """Where a point of the target lies in the source."""
    a, b, c, d, e, f, g, h = coefficients
    x, y = point
    under = g * x + h * y + 1
    return ((a * x + b * y + c) / under, (d * x + e * y + f) / under)
