"""``make failover``: two servers on PostgreSQL under Patroni; the primary is killed while windows work.

A cluster of its own on the loopback (``failover_cluster.py``), with synchronous mode. Each round waits until it is
whole, strikes at a random moment under load, states the outage (from the last acknowledged write before to the first
after it), and brings back what it killed. Besides the primary, once each: the synchronous standby, the leader of etcd,
and a switchover. In the end everything that was acknowledged must be there once, with the same bytes. The result goes
to ``out/chaos.json`` as ``failover``. The programs are Debian's: ``patroni``, ``etcd-server``, ``postgresql``.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import psycopg

from benchmarks.chaos_record import OUT, ROOT, write
from benchmarks.failover_cluster import DCS, Cluster, Trouble, missing, versions
from benchmarks.failover_load import Furnished, Ledger, Load, Verdict, longest

sys.path.insert(0, str(ROOT / "tests"))
from support.server import server

_POLICY = Path("/usr/sbin/policy-rc.d")
_SERVICES = ("patroni", "etcd")


@dataclass(frozen=True, slots=True)
class Strike:
    """One round. Seconds without an acknowledged write, without an answered read, until the cluster was whole again."""

    kind: str
    outage_s: float
    reads_s: float
    whole_s: float


def main() -> int:
    """0 when nothing was doubled, lost or stuck and nothing else was wrong; 1 otherwise; 2 when it cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.failover", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="in which the primary is killed")
    parser.add_argument("--windows", type=int, default=8)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--install", action="store_true", help="install Debian's packages first, their services off")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    if missing() and not _installed(args.install):
        return 2
    # Requests that fail are expected here, and the client tells each.
    logging.disable(logging.WARNING)
    random = Random(args.seed)
    kinds = ["primary"] * args.rounds + ["standby", "etcd leader", "switchover"]
    random.shuffle(kinds)
    start = time.monotonic()
    folder = _folder(args.out.parent)
    cluster = Cluster(folder)
    strikes: list[Strike] = []
    with ExitStack() as stack:
        stack.callback(cluster.end)
        cluster.start()
        data = folder / "hall"
        _settings(data, cluster)
        people = Furnished(data, args.windows)
        servers = [stack.enter_context(server(data, *instance)) for instance in ((), ("--instance", "b"))]
        load = Load(people, servers, args.seed)
        stack.callback(load.end)
        load.start()
        try:
            for kind in kinds:
                strikes.append(_round(cluster, load.ledger, kind, random))
                print(_line(len(strikes), strikes[-1]), flush=True)
        except Trouble as trouble:
            load.ledger.wrong.append(str(trouble))
        load.drain(data)
        verdict = Verdict(data, load.ledger)
    record = _record(args.seed, args.windows, strikes, verdict, load.ledger, time.monotonic() - start)
    write(args.out, record)
    return _told(record, folder)


def _installed(wanted: bool) -> bool:
    """Whether the packages are here now; says the command when they are not."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing()]
    if not wanted or os.geteuid() != 0:
        print(f"Missing: {', '.join(missing())}. As root: {' '.join(command)}", file=sys.stderr)
        print("(or this script with --install, which lets no service start)", file=sys.stderr)
        return False
    kept = _POLICY.exists()
    if not kept:
        _POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        _POLICY.chmod(0o755)
    try:
        subprocess.run(command, check=True)
    finally:
        if not kept:
            _POLICY.unlink()
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "disable", *_SERVICES], check=False)
    return not missing()


def _folder(beside: Path) -> Path:
    """Beside the results and not in /tmp, which may be memory, unless the account of PostgreSQL cannot go there."""
    beside.mkdir(exist_ok=True)
    open_to_all = all(one.stat().st_mode & 0o001 for one in (beside.resolve(), *beside.resolve().parents))
    return Path(tempfile.mkdtemp(prefix="failover-", dir=beside if open_to_all or os.geteuid() else None))


def _settings(data: Path, cluster: Cluster) -> None:
    data.mkdir(mode=0o700)
    settings = data / "clerk.toml"
    settings.write_text(f'[server]\ndatabase = "{cluster.url()}"\n', encoding="utf-8")
    settings.chmod(0o600)


def _round(cluster: Cluster, ledger: Ledger, kind: str, random: Random) -> Strike:
    cluster.wait_whole()
    if ledger.wrong:
        raise Trouble("it is no use to go on")
    _acknowledged(ledger, time.monotonic())
    time.sleep(random.uniform(3, 8))
    began = time.monotonic()
    killed = _struck(cluster, kind)
    # Over when something is acknowledged that was asked for after the cluster had found itself again.
    _acknowledged(ledger, time.monotonic())
    outage, reads = longest(ledger.writes, began), longest(ledger.reads, began)
    if killed is not None:
        time.sleep(random.uniform(0, 5))
        cluster.start_again(killed)
    cluster.wait_whole()
    return Strike(kind, round(outage, 1), round(reads, 1), round(time.monotonic() - began, 1))


def _struck(cluster: Cluster, kind: str) -> str | None:
    """Who was killed; returns when the cluster has found itself again."""
    if kind == "switchover":
        cluster.wait_other_primary(cluster.switch_over())
        return None
    find = {"primary": cluster.primary, "standby": cluster.synchronous, "etcd leader": cluster.etcd_leader}[kind]
    wait = {
        "primary": cluster.wait_other_primary,
        "standby": cluster.wait_other_synchronous,
        "etcd leader": cluster.wait_other_etcd_leader,
    }[kind]
    found = find()
    if found is None:
        raise Trouble(f"no {kind}")
    cluster.kill(found)
    wait(found)
    return found


def _acknowledged(ledger: Ledger, since: float, patience_s: float = 180.0) -> None:
    deadline = time.monotonic() + patience_s
    while not (ledger.writes and ledger.reads and min(ledger.writes[-1], ledger.reads[-1]) > since):
        if time.monotonic() > deadline:
            raise Trouble("nothing is acknowledged any more")
        time.sleep(0.05)


def _record(
    seed: int, windows: int, strikes: list[Strike], verdict: Verdict, ledger: Ledger, seconds: float
) -> dict[str, Any]:
    outages = [one.outage_s for one in strikes if one.kind == "primary"]
    return {
        "campaign": "failover",
        "rounds": len(strikes),
        "killed": sum(one.kind != "switchover" for one in strikes),
        "doubled": verdict.doubled,
        "lost": verdict.lost,
        "stuck": verdict.stuck,
        "tickets": verdict.tickets,
        "records": verdict.records,
        "acknowledged_writes": len(ledger.writes),
        "draws_recomputed": verdict.draws,
        "outage_s": _spread(outages) if outages else None,
        "strikes": [asdict(one) for one in strikes],
        "seconds": round(seconds),
        "seed": seed,
        "windows": windows,
        "settings": DCS,
        "load_average": [round(one, 1) for one in os.getloadavg()],
        "versions": {**versions(), "libpq": psycopg.pq.version()},
        "troubles": dict(ledger.troubles.most_common(20)),
        "wrong": verdict.wrong,
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    return {"min": min(seconds), "median": round(median(seconds), 1), "max": max(seconds)}


def _line(number: int, strike: Strike) -> str:
    return (
        f"{number}: {strike.kind}: no write for {strike.outage_s} s, no read for {strike.reads_s} s, "
        f"whole after {strike.whole_s} s"
    )


def _told(record: dict[str, Any], folder: Path) -> int:
    print(
        f"{record['tickets']} tickets, {record['records']} records, {record['acknowledged_writes']} answered writes; "
        f"doubled {record['doubled']}, lost {record['lost']}, stuck {record['stuck']}; outage {record['outage_s']}"
    )
    for wrong in record["wrong"][:20]:
        print(f"  {wrong}")
    if record["wrong"]:
        print(f"  kept: {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
