"""Which tablet may rate for this window: one, told apart by a token that it got for a one-time code.

The code is shown in the window and typed, or scanned as a QR code, on the tablet. It is good for ten minutes and once,
and void after five wrong ones. Of the token only a hash is kept, in a file where one is named, so that the tablet is
still known after a restart of the window.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

DIGITS = 8
GOOD_FOR_S = 600.0
MOST_WRONG = 5


class Pairing:
    """``file`` keeps the hash of the token; None: in memory only."""

    def __init__(self, file: Path | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._code = ""
        self._until = 0.0
        self._wrong = 0
        self._known = _read(file)

    @property
    def is_paired(self) -> bool:
        """Whether a tablet was paired."""
        return bool(self._known)

    def new_code(self) -> str:
        """Eight digits; the code before is void."""
        with self._lock:
            self._code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
            self._until, self._wrong = self._monotonic() + GOOD_FOR_S, 0
            return self._code

    def redeem(self, code: str) -> str | None:
        """The new tablet's token, None for a wrong, used or old code; the tablet before is unknown from then on."""
        with self._lock:
            if not self._code or self._monotonic() > self._until:
                self._code = ""
                return None
            if not hmac.compare_digest(self._code.encode(), code.encode()):
                self._wrong += 1
                if self._wrong >= MOST_WRONG:
                    self._code = ""
                return None
            self._code = ""
            token = secrets.token_urlsafe(32)
            self._known = _hash(token)
            self._write()
            return token

    def knows(self, token: str) -> bool:
        """Whether this is the paired tablet's token."""
        with self._lock:
            return bool(self._known) and hmac.compare_digest(self._known, _hash(token))

    def _write(self) -> None:
        if self._file is None:
            return
        # A file that cannot be written costs a new pairing after a restart, nothing else.
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial = self._file.with_suffix(".partial")
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(self._known)
            partial.replace(self._file)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _read(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        known = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return known if len(known) == 64 else ""
