"""``make chaos``, second half: real windows and a real server with a bad network between them, killed by SIGKILL.

Each round is a new hall (``tests/support/sync_fire.py``). The result goes to ``out/chaos.json`` as ``sync_under_fire``:
what was printed and compared byte by byte, what the proxy did to requests, kills, and ``wrong``, which must be empty.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from benchmarks.chaos_record import OUT, ROOT, write


def main() -> int:
    """0 when nothing was lost, doubled or changed; 1 otherwise, with the folder kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos_sync", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    from support.sync_fire import Fire, FirePlan

    plan = FirePlan(args.windows, args.cases, 0.3, server_kills=3, window_kills=6, patience_s=600)
    outcomes = []
    OUT.parent.mkdir(exist_ok=True)
    for number in range(args.rounds):
        # Beside the results, not in /tmp, which may be memory: a killed process must have real files to come back to.
        folder = Path(mkdtemp(prefix="chaos-sync-", dir=OUT.parent))
        outcome = Fire(folder / "fire", plan, args.seed + number).run()
        outcomes.append(outcome)
        print(
            f"round {number + 1}: {outcome.records} records, {outcome.sheets} sheets, {outcome.requests} requests, "
            f"{sum(outcome.fates.values())} spoiled, {outcome.kills} kills, {len(outcome.wrong)} wrong, "
            f"{outcome.seconds:.0f} s",
            flush=True,
        )
        for wrong in outcome.wrong[:20]:
            print(f"  {wrong}", flush=True)
        if outcome.wrong:
            print(f"  kept: {folder}", flush=True)
        else:
            rmtree(folder)
    fates = sum((one.fates for one in outcomes), Counter[str]())
    record = {
        "campaign": "sync_under_fire",
        "rounds": len(outcomes),
        "records": sum(one.records for one in outcomes),
        "sheets": sum(one.sheets for one in outcomes),
        "requests": sum(one.requests for one in outcomes),
        "fates": dict(sorted(fates.items())),
        "kills": sum(one.kills for one in outcomes),
        "seconds": round(sum(one.seconds for one in outcomes)),
        "seed": args.seed,
        "plan": asdict(plan),
        "wrong": [wrong for one in outcomes for wrong in one.wrong],
    }
    write(args.out, record)
    return int(bool(record["wrong"]))


if __name__ == "__main__":
    sys.exit(main())
