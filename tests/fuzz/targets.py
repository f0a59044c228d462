"""All fuzz targets by name."""

from __future__ import annotations

from fuzz import cards, counter, files, numbers, printers, workbooks
from fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *cards.TARGETS,
        *counter.TARGETS,
        *printers.TARGETS,
        *numbers.TARGETS,
        *files.TARGETS,
        *workbooks.TARGETS,
    )
}
