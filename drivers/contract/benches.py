"""What the contracts share."""

from __future__ import annotations

from collections.abc import Callable


def often(call: Callable[[], object], times: int = 5) -> None:
    """Call again and again: the first call after a plug was pulled may still be the one that finds out."""
    for _ in range(times):
        call()
