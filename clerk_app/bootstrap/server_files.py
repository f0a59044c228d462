"""Where a server keeps its things; apart from the server, which takes a second to import and no window needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

RUNTIME_FILE = "runtime.json"
LOCK_FILE = "server.lock"
IDENTITY_FILES = ("tls/ca.key", "tls/ca.pem", "tls/server.key", "tls/server.pem")


def server_folder(folder: Path) -> Path:
    """Where the server keeps its things inside a data folder."""
    return folder / "server"


def instance_folder(folder: Path, instance: str = "") -> Path:
    """Where one of several servers of this data folder keeps what is its own: the lock and the runtime file. Keys and
    certificates are the same for all and lie in ``server_folder``."""
    return folder / f"server-{instance}" if instance else server_folder(folder)


def identity_files(home: Path) -> Iterator[tuple[str, bytes]]:
    """The authority and the server's certificate: with them devices go on to trust a server on another computer."""
    for name in IDENTITY_FILES:
        path = home / name
        if path.exists():
            yield name, path.read_bytes()
