"""Numbers of PostgreSQL's advisory locks."""

from __future__ import annotations

import hashlib


def lock_number(*names: str) -> int:
    """The 64-bit number of an advisory lock, the same in every process."""
    digest = hashlib.sha256("\0".join(("clerk", *names)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
