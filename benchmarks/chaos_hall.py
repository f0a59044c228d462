"""``make chaos-hall``: 64 window processes on one PC's SQLite server, 2,000 waiting, SIGKILL at points of a seed.

With ``--database``: two servers on a PostgreSQL of its own (from the wheel, fsync on), which is killed too. Each round
drains the queue of a new hall while servers, windows and kiosks are killed and started again. The result goes to
``out/chaos.json``: campaign, rounds, points (kills), and doubled, lost, stuck, which must be 0; ``wrong`` says what was
found besides (a draw that cannot be recomputed, a broken journal, a process that died by itself).
"""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from benchmarks.chaos_record import OUT, ROOT, write

if TYPE_CHECKING:
    from support.hall_chaos import Outcome, Plan

_CAMPAIGN = "hall_sigkill"
_ON_POSTGRES = "hall_sigkill_postgresql"


def main() -> int:
    """0 when nothing was doubled, lost or stuck and nothing else was wrong; 1 otherwise, with the folder kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos_hall", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--windows", type=int, default=64)
    parser.add_argument("--waiting", type=int, default=2000)
    parser.add_argument("--database", action="store_true", help="a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--servers", type=int, default=None, help="server processes (2 with --database, else 1)")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    from support.hall_chaos import Plan, campaign
    from support.postgres import PostgresServer

    plan = Plan(
        windows=args.windows,
        kiosks=4,
        waiting=args.waiting,
        taken=args.waiting // 5,
        server_kills=8,
        window_kills=args.windows,
        kiosk_kills=4,
        patience_s=1800,
        servers=args.servers or (2 if args.database else 1),
        database_kills=4 if args.database else 0,
    )
    outcomes: list[Outcome] = []
    OUT.parent.mkdir(exist_ok=True)
    for number in range(args.rounds):
        # Beside the results and not in /tmp, which may be memory: a killed server must have real files to come back to.
        folder = Path(mkdtemp(prefix="chaos-hall-", dir=OUT.parent))
        with PostgresServer(durable=True, parent=folder) if args.database else nullcontext() as database:
            outcome = campaign(folder / "hall", plan, args.seed + number, database)
        outcomes.append(outcome)
        print(_line(number, outcome), flush=True)
        for wrong in outcome.wrong[:20]:
            print(f"  {wrong}", flush=True)
        if _sound(outcome):
            rmtree(folder)
        else:
            print(f"  kept: {folder}", flush=True)
    write(args.out, _record(_ON_POSTGRES if args.database else _CAMPAIGN, plan, args.seed, outcomes))
    return 0 if all(map(_sound, outcomes)) else 1


def _sound(outcome: Outcome) -> bool:
    return not (outcome.doubled or outcome.lost or outcome.stuck or outcome.wrong)


def _line(number: int, outcome: Outcome) -> str:
    found = f"doubled {outcome.doubled}, lost {outcome.lost}, stuck {outcome.stuck}"
    return f"round {number + 1}: {outcome.tickets} tickets, {outcome.points} kills, {found}, {outcome.seconds:.0f} s"


def _record(name: str, plan: Plan, seed: int, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "campaign": name,
        "rounds": len(outcomes),
        "points": sum(one.points for one in outcomes),
        "doubled": sum(one.doubled for one in outcomes),
        "lost": sum(one.lost for one in outcomes),
        "stuck": sum(one.stuck for one in outcomes),
        "tickets": sum(one.tickets for one in outcomes),
        "draws_recomputed": sum(one.draws for one in outcomes),
        "seconds": round(sum(one.seconds for one in outcomes)),
        "seed": seed,
        "plan": asdict(plan),
        "wrong": [wrong for one in outcomes for wrong in one.wrong],
    }


if __name__ == "__main__":
    sys.exit(main())
