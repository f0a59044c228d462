"""What the contracts share."""

from __future__ import annotations

import time
from collections.abc import Callable


def often(call: Callable[[], object], seconds: float = 10.0) -> None:
    """Call again and again until it raises: a pulled plug shows when the system has taken the line down, and the first
    call after that may still be the one that finds out."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        call()
        time.sleep(0.01)
