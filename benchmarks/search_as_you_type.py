"""From a key in the search field to the hits, at 1,135 and 50,000 matters, beside one plain scan of the same texts.

The catalogue lies in the window's encrypted store and is searched as the window does it (``CatalogueDesk.search``,
30 hits with the places to be shown bold). Queries are typed letter by letter, as clerks type them: initials, pinyin,
characters, two words, codes, slips. The floor looks for the same words with ``bytes.count`` once over all names,
readings, codes and departments: no ranking, no hits, no pinyin rules.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import percentile
from benchmarks.report import Goal, Result
from clerk_app.documents.catalogue_files import read_catalogue_file
from clerk_app.domain.spelling import folded, split_sounds
from clerk_app.domain.synthetic import synthetic_catalogue
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.window import MatterRow
from clerk_app.services.hall.catalogue_import import check_catalogue
from clerk_app.services.window.catalogue import CatalogueDesk
from db.window.store import open_window_store

_REAL_FILE = "matters_guangan_511602.csv"
_DISTRICT, _CITY = 1_135, 50_000
_PASSES = 3
_FRAME_MS = 16.0
_SEED = 20261123
_HALL = "018f0000-0000-7000-8000-000000000001"


def run() -> list[Result]:
    district, source = _district()
    return [
        _measure("search_1135", district, source, Goal("value", "<=", _FRAME_MS)),
        _measure("search_50000", _made_up(_CITY), "synthetic", Goal("value", "<=", _FRAME_MS)),
    ]


def _district() -> tuple[list[dict[str, Any]], str]:
    folder = os.environ.get("CLERK_REAL_DATA")
    if folder and (Path(folder) / _REAL_FILE).is_file():
        report = check_catalogue([read_catalogue_file(Path(folder) / _REAL_FILE)])
        return list(report.matters), "real"
    print("search_1135: CLERK_REAL_DATA names no folder with the real catalogue, a made-up one of the size is searched")
    return _made_up(_DISTRICT), "synthetic"


def _made_up(count: int) -> list[dict[str, Any]]:
    return list(synthetic_catalogue(count, Random(_SEED)))


def _measure(name: str, matters: Sequence[dict[str, Any]], source: str, goal: Goal) -> Result:
    with TemporaryDirectory(prefix="bench-search-") as folder:
        store = open_window_store(Path(folder) / "window.db", bytes(range(32)), _HALL)
        try:
            clock = SystemClock()
            store.catalogue.replace(1, clock.now(), matters)
            desk = CatalogueDesk(store.catalogue, clock)
            start = time.perf_counter()
            desk.load()
            loading = time.perf_counter() - start
            rows = store.catalogue.rows()
        finally:
            store.close()
    keys = [key for query in _queries(rows, Random(_SEED)) for key in query]
    times, floors = _typed(keys, desk.search, _scan(rows))
    p95 = percentile(times, 95)
    detail = {
        "matters": len(rows),
        "catalogue": source,
        "keys": len(keys),
        "p50": round(percentile(times, 50), 3),
        "max": round(max(times), 3),
        "slowest": keys[times.index(max(times))],
        "floor_p50": round(percentile(floors, 50), 3),
        "without_hits": round(sum(not desk.search(key) for key in keys) / len(keys), 3),
        "load_s": round(loading, 2),
        "floor": "bytes.count, p95",
    }
    return Result(name, p95, "ms p95", percentile(floors, 95), goal, detail)


def _typed(
    keys: Sequence[str], search: Callable[[str], object], scan: Callable[[str], object]
) -> tuple[list[float], list[float]]:
    """For each key the median of all passes in milliseconds, search and floor in turns."""
    searches: list[list[float]] = [[] for _ in keys]
    scans: list[list[float]] = [[] for _ in keys]
    for number in range(_PASSES):
        for place, key in enumerate(keys):
            turns = [(search, searches), (scan, scans)]
            for work, column in turns if number % 2 else reversed(turns):
                start = time.perf_counter()
                work(key)
                column[place].append((time.perf_counter() - start) * 1000)
    return [median(each) for each in searches], [median(each) for each in scans]


def _scan(rows: Sequence[MatterRow]) -> Callable[[str], object]:
    lines = (f"{folded(row.name)}\n{row.initials}\n{row.pinyin.lower()}\n{row.code}\n{row.department}" for row in rows)
    haystack = "\n".join(lines).lower().encode()
    return lambda query: [haystack.count(word.encode()) for word in query.split()]


def _queries(rows: Sequence[MatterRow], random: Random) -> Iterator[list[str]]:
    """What is in the field after each key; characters come in pairs, as an input method commits them."""
    yield ["", *_letters("qqzzvv"), "没有的事"]
    for row in random.choices(rows, k=20):
        yield _letters(_initials(row)[:8])
    for row in random.choices(rows, k=8):
        start = random.randrange(max(len(_initials(row)) - 5, 1))
        yield _letters(_initials(row)[start : start + 6])
    for row in random.choices(rows, k=12):
        yield _letters(split_sounds(row.pinyin)[0][0].lower()[:14])
    for row in random.choices(rows, k=15):
        yield _pairs(row.name[:10])
    for row in random.choices(rows, k=10):
        start = random.randrange(max(len(row.name) - 4, 1))
        first = row.name[start : start + 2]
        yield [*_pairs(row.department[-5:]), *(f"{row.department[-5:]} {typed}" for typed in _pairs(first))]
    for row in random.choices(rows, k=10):
        letters = _initials(row)
        yield _letters(f"{letters[:3]} {letters[-3:]}")
    for row in random.choices(rows, k=5):
        yield _letters(row.code[:14])
    for row in random.choices(rows, k=8):
        letters = list(_initials(row)[:7])
        letters[random.randrange(len(letters))] = random.choice("abcdefghjklmnpqrstwxyz")
        yield _letters("".join(letters))


def _initials(row: MatterRow) -> str:
    return split_sounds(row.initials)[0][0]


def _letters(text: str) -> list[str]:
    return [text[:end] for end in range(1, len(text) + 1)]


def _pairs(text: str) -> list[str]:
    return [text[:end] for end in range(2, len(text) + 2, 2)]
