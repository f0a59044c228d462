"""Real windows and a real server, killed at random, a bad network between them: what paper says is at the server.

Each window is a process with an encrypted store of its own, which takes cases, prints them and pushes them over HTTPS
through a ``FaultProxy``; the server is ``clerk server``. Both are killed by SIGKILL meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from clerk_app.bootstrap.server import OpenHall, open_hall
from clerk_app.bootstrap.server_files import server_folder
from clerk_app.crypto.certificates import server_identity
from clerk_app.domain.actor import DeviceKind
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.window import OutboxKind
from clerk_app.services.hall import records
from clerk_app.services.hall.tools import canonical, system_actor
from db.engine import sqlite_engine
from support import forked
from support.fault_proxy import FaultProxy
from support.server import ServerProcess, close_pipes, start_server
from support.sync_worker import Spec
from support.window_worker import KEY


@dataclass(frozen=True, slots=True)
class FirePlan:
    """How much of everything."""

    windows: int = 2
    cases: int = 3
    trouble: float = 0.3
    server_kills: int = 1
    window_kills: int = 2
    patience_s: float = 240.0


@dataclass
class FireOutcome:
    """``records`` and ``sheets`` were printed and compared byte by byte; ``wrong`` has to be empty."""

    records: int = 0
    sheets: int = 0
    requests: int = 0
    kills: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Fire:
    """One campaign in a folder."""

    def __init__(self, folder: Path, plan: FirePlan, seed: int) -> None:
        self.folder = folder
        self.plan = plan
        self.seed = seed
        self.outcome = FireOutcome()
        self._random = Random(seed)
        self._specs: dict[str, Path] = {}
        self._processes: dict[str, forked.Process] = {}

    def run(self) -> FireOutcome:
        start = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.server: ServerProcess = start_server(self.folder / "server")
        identity = server_identity(server_folder(self.folder / "server") / "tls", SystemClock().now())
        proxy = FaultProxy(self.server.port, identity.certificate, identity.private_key, self.seed, self.plan.trouble)
        try:
            with proxy:
                for number in range(1, self.plan.windows + 1):
                    self._enrol(str(number), proxy.address)
                self._burn()
        finally:
            for process in self._processes.values():
                if process.poll() is None:
                    process.kill()
                process.wait()
            if self.server.process.poll() is None:
                self.server.stop()
            close_pipes(self.server)
        self.outcome.fates, self.outcome.requests = proxy.fates, proxy.requests
        self._judge()
        self.outcome.seconds = round(time.monotonic() - start, 1)
        return self.outcome

    def _enrol(self, number: str, address: str) -> None:
        enrolment = self.server.enrol(DeviceKind.WINDOW, number)
        spec = Spec(
            address=address,
            ca_pem=enrolment.ca_pem,
            token=enrolment.enrolled.token,
            device_id=enrolment.enrolled.device_id,
            hall_id=enrolment.enrolled.hall.hall_id,
            number=number,
            cases=self.plan.cases,
            store=str(self.folder / f"window-{number}.db"),
            papers=str(self.folder / f"papers-{number}.txt"),
        )
        self._specs[number] = self.folder / f"window-{number}.json"
        spec.write(self._specs[number])

    def _start(self, number: str) -> None:
        self._processes[number] = forked.start("support.sync_worker", [str(self._specs[number])])

    def _burn(self) -> None:
        for number in self._specs:
            self._start(number)
        strikes = ["window"] * self.plan.window_kills + ["server"] * self.plan.server_kills
        self._random.shuffle(strikes)
        deadline = time.monotonic() + self.plan.patience_s
        while time.monotonic() < deadline and (strikes or self._running()):
            if strikes and self._papers():
                time.sleep(self._random.uniform(0.2, 1.5))
                self._strike(strikes.pop())
            time.sleep(0.1)
            for number, process in self._processes.items():
                if process.poll() not in (None, 0):
                    self.outcome.wrong.append(f"window {number} ended with {process.poll()}")
                    return
        if self._running():
            self.outcome.wrong.append("the windows could not tell the server everything in time")

    def _strike(self, what: str) -> None:
        self.outcome.kills += 1
        if what == "server":
            port = self.server.port
            self.server.kill()
            close_pipes(self.server)
            time.sleep(self._random.uniform(0.0, 1.0))
            self.server = start_server(self.folder / "server", port)
            return
        number = self._random.choice(list(self._processes))
        self._processes[number].kill()
        self._processes[number].wait()
        self._start(number)

    def _running(self) -> bool:
        return any(process.poll() is None for process in self._processes.values())

    def _papers(self) -> bool:
        return any((self.folder / f"papers-{number}.txt").exists() for number in self._specs)

    # --- afterwards -----------------------------------------------------------------------------------------------
    def _judge(self) -> None:
        hall = open_hall(self.folder / "server")
        try:
            for number in self._specs:
                self._compare(hall, number)
            actor = system_actor(hall.hall_id)
            hall.desk.sequencer.run(hall.hall_id)
            report = hall.desk.store.read(hall.hall_id, lambda unit: hall.desk.sequencer.verify(unit, actor))
            if report.broken_at is not None:
                self.outcome.wrong.append(f"the server's journal breaks at {report.broken_at}: {report.reason}")
        finally:
            hall.close()

    def _compare(self, hall: OpenHall, number: str) -> None:
        """Each printed sheet is in the window's store and at the server; each record is there once, the same bytes."""
        paper = (self.folder / f"papers-{number}.txt").read_text(encoding="utf-8").split()
        wrong = self.outcome.wrong
        wrong += [f"window {number} printed {one} {count} times" for one, count in Counter(paper).items() if count > 1]
        engine = sqlite_engine(self.folder / f"window-{number}.db", KEY, writer=False)
        with engine.connect() as store:
            entries = store.exec_driver_sql("SELECT kind, state, stream, title, payload FROM outbox").fetchall()
            sheets = store.exec_driver_sql("SELECT paper_id, content FROM paper").fetchall()
        engine.dispose()
        wrong += [f"{title} of window {number} is {state}" for _, state, _, title, _ in entries if state != "done"]
        bodies = {case_id: json.loads(body) for kind, _, case_id, _, body in entries if kind == OutboxKind.CASE.value}
        if len(bodies) != self.plan.cases:
            wrong.append(f"window {number} has {len(bodies)} cases instead of {self.plan.cases}")
        for case_id, body in bodies.items():
            self._record(hall, case_id, records.load(CaseRecord, body))
        by_digest = {hashlib.sha256(content).hexdigest(): (paper_id, content) for paper_id, content in sheets}
        for digest in set(paper):
            if digest not in by_digest:
                wrong.append(f"window {number} printed {digest}, which it does not have")
                continue
            self._sheet(hall, *by_digest[digest])

    def _record(self, hall: OpenHall, case_id: str, mine: CaseRecord) -> None:
        def look(unit: HallUnit) -> CaseRecord | None:
            known = unit.cases.find(case_id)
            return None if known is None else records.load(CaseRecord, unit.cases.body(case_id))

        theirs = hall.desk.store.read(hall.hall_id, look)
        if theirs is None or canonical(theirs) != canonical(mine):
            self.outcome.wrong.append(f"{mine.case_number} is {'missing' if theirs is None else 'another one'}")
        self.outcome.records += 1

    def _sheet(self, hall: OpenHall, paper_id: str, content: bytes) -> None:
        def look(unit: HallUnit) -> bytes:
            state = unit.uploads.get(paper_id)
            return hall.desk.uploads.content(unit, state.head) if state and state.synced_at else b""

        if hall.desk.store.read(hall.hall_id, look) != content:
            self.outcome.wrong.append(f"the sheet {paper_id} is not at the server as it was printed")
        self.outcome.sheets += 1
