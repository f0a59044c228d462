"""How far the second copy of a one-PC hall's store is behind while the hall commits some forty times a second, and what
the commits cost beside a store without a copy."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import percentile
from benchmarks.report import Goal, Result
from clerk_app.bootstrap.second_copy import SecondCopy, second_copy
from db.engine import sqlite_engine

_SECONDS = 30.0
_PAUSE = 0.02
_KEY = bytes(range(32))


def run() -> list[Result]:
    lags, with_copy = _worked(copied=True)
    _, without = _worked(copied=False)
    detail = {
        "commits": len(with_copy),
        "lag_p50_s": round(percentile(lags, 50), 3),
        "lag_p99_s": round(percentile(lags, 99), 3),
        "commit_p99_ms": round(percentile(with_copy, 99) * 1000, 1),
        "commit_p99_ms_without": round(percentile(without, 99) * 1000, 1),
        "floor": "one second",
    }
    worst = Result("second_copy_worst_lag", max(lags), "s", 1.0, Goal("value", "<=", 1.0), detail)
    cost = Result("second_copy_commit", percentile(with_copy, 50), "s", percentile(without, 50), None, detail)
    return [worst, cost]


@contextmanager
def _copy(store: Path, folder: Path) -> Iterator[SecondCopy]:
    copy = second_copy(store, _KEY, folder, lambda: b"")
    copy.start()
    try:
        while copy.state().trouble:
            time.sleep(0.05)
        yield copy
    finally:
        copy.stop()


def _worked(*, copied: bool) -> tuple[list[float], list[float]]:
    """(lags seen, seconds of each commit)."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for folder in ("server", "other"):
            (root / folder).mkdir()
        store = root / "server" / "hall.db"
        engine = sqlite_engine(store, _KEY, writer=True)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE line (n INTEGER PRIMARY KEY, words TEXT)")
        if copied:
            with _copy(store, root / "other" / "copy") as copy:
                found = _commits(engine, copy)
            engine.dispose()
            copy.release()
            return found
        found = _commits(engine, None)
        engine.dispose()
        return found


def _commits(engine, copy: SecondCopy | None) -> tuple[list[float], list[float]]:  # type: ignore[no-untyped-def]
    lags: list[float] = []
    commits: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while copy is not None and not done.wait(0.005):
            lags.append(copy.state().lag_s)

    watching = threading.Thread(target=watch)
    watching.start()
    until, number = time.monotonic() + _SECONDS, 0
    while time.monotonic() < until:
        began = time.perf_counter()
        with engine.begin() as connection:
            for _ in range(4):
                connection.exec_driver_sql("INSERT INTO line VALUES (?, ?)", (number, "x" * 700))
                number += 1
        commits.append(time.perf_counter() - began)
        time.sleep(_PAUSE)
    done.set()
    watching.join()
    return lags, commits
