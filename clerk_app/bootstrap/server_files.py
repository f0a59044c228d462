"""Where a server keeps its things; apart from the server, which takes a second to import and no window needs."""

from __future__ import annotations

from pathlib import Path

RUNTIME_FILE = "runtime.json"
LOCK_FILE = "server.lock"


def server_folder(folder: Path) -> Path:
    """Where the server keeps its things inside a data folder."""
    return folder / "server"
