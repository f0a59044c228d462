"""The server's past days of logs: packed once they are over, kept as long as the settings say."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

_DAY = re.compile(r".+-(\d{4})(\d\d)(\d\d)(?:-\d+)?\.log(?:\.gz)?")


def tidy_logs(folder: Path, today: date, days: int) -> None:
    """Pack what ``logs.DailyFile`` put away, and delete what is older than ``days``."""
    for path in sorted(folder.glob("*.log*")):
        found = _DAY.fullmatch(path.name)
        if found is None:
            continue
        year, month, day = map(int, found.groups())
        if today - date(year, month, day) > timedelta(days=days):
            path.unlink(missing_ok=True)
        elif path.suffix == ".log":
            _pack(path)


def _pack(path: Path) -> None:
    # Another server of the same folder may be packing it too: each under a name of its own, whoever is last counts.
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with suppress(FileNotFoundError), path.open("rb") as plain:
        with gzip.open(fresh, "wb") as packed:
            shutil.copyfileobj(plain, packed)
        os.replace(fresh, path.with_name(path.name + ".gz"))
    path.unlink(missing_ok=True)
