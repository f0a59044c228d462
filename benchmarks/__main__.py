"""``python -m benchmarks``: run all or one, print a line for each number, put them into ``out/bench.json``."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from pathlib import Path

from benchmarks.report import write

NAMES = (
    "clerk_seconds",
    "window_start",
    "call_next",
    "call_next_postgres",
    "search_as_you_type",
    "receipt",
    "notice",
    "intake_records",
    "card_read",
    "hall_month",
    "call_to_display",
    "device_faults_gui",
    "second_copy",
    "restore",
    "memory",
)
"""One module each, with ``run() -> list[Result]``."""
OUT = Path(__file__).resolve().parents[1] / "out" / "bench.json"


def main() -> int:
    """0 when every chosen benchmark came to its end, whatever it found; 1 when one crashed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=NAMES, help="run one and keep the other entries of the file")
    parser.add_argument("--out", type=Path, default=OUT, help="where the results go (default: %(default)s)")
    args = parser.parse_args()
    crashed = []
    results = []
    for name in (args.only,) if args.only else NAMES:
        start = time.monotonic()
        try:
            found = importlib.import_module(f"benchmarks.{name}").run()
        except Exception:  # noqa: BLE001 - the others still run; the exit status tells
            traceback.print_exc()
            crashed.append(name)
            continue
        for result in found:
            print(result.line(), flush=True)
        print(f"  ({name}: {time.monotonic() - start:.0f} s)", flush=True)
        results += found
    write(args.out, results, merge=bool(args.only))
    missed = [result.name for result in results if result.holds is False]
    print(f"{args.out}: {len(results)} results, missed: {', '.join(missed) or 'none'}")
    if crashed:
        print(f"crashed: {', '.join(crashed)}", file=sys.stderr)
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
