"""Where archive packages of a window lie until the hall's archive takes them: sealed, one file each.

A package holds everything about a person, so nothing is written in clear (SM4-GCM under the window's own key);
``opened`` gives the zip to whoever hands it on.
"""

from __future__ import annotations

from pathlib import Path

from clerk_app.bootstrap.page_printing import ClearFolder
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.crypto import CryptoProvider

SUFFIX = ".sealed"
_CONTEXT = b"clerk archive package"


class SealedPackages:
    """A ``ports.printing.PaperFolder`` for packages."""

    def __init__(self, folder: Path, crypto: CryptoProvider, key: bytes) -> None:
        """``key``: 16 bytes."""
        self._files = ClearFolder(folder)
        self._crypto = crypto
        self._key = key

    def save(self, name: str, pdf: bytes) -> str:
        return self._files.save(f"{name}{SUFFIX}", self._crypto.seal(self._key, pdf, _CONTEXT))

    def opened(self, path: Path) -> bytes:
        """The zip as it was made. ``StoreFault`` when the file cannot be read, ``Tampered`` when it was changed."""
        try:
            sealed = path.read_bytes()
        except OSError as error:
            raise StoreFault(f"归档包读不出来：{path}，请看文件还在不在") from error
        return self._crypto.open(self._key, sealed, _CONTEXT)
