"""A hall of real processes that are killed: servers, windows, kiosks, PostgreSQL; and what must hold at the end.

``campaign`` drains a queue while servers, windows and kiosks get SIGKILL at seeded points of the progress, and so does
the database that the hall lies in if it is not a file of SQLite; whatever is killed is started again. Then every ticket
must have been served once: no ticket called by two windows at once, no number given twice, none lost, none stuck;
journal whole, every draw recomputed.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from clerk_app.bootstrap.server import OpenHall, open_hall
from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.queue import TicketState
from clerk_app.ports.hall import EnrolRequest, NewEnrolCode, NewUser
from clerk_app.ports.hall_queue import TakeTicket, Ticket
from clerk_app.services.hall.tools import system_actor
from support import forked
from support.hall_worker import Spec
from support.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "qing-fang-xin-8"
_TICK_S = 0.05
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a campaign. Kills are spread over the progress by the seed."""

    windows: int
    kiosks: int
    waiting: int
    taken: int
    server_kills: int
    window_kills: int
    kiosk_kills: int
    patience_s: float
    service_s: float = 0.02
    servers: int = 1
    database_kills: int = 0


@dataclass
class Outcome:
    """What was found; all three of the middle must be 0. ``wrong`` says each thing in words."""

    points: int = 0
    tickets: int = 0
    doubled: int = 0
    lost: int = 0
    stuck: int = 0
    draws: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Site:
    """A hall's folder with everybody enrolled, and its processes."""

    def __init__(self, folder: Path, plan: Plan, seed: int, database: PostgresServer | None = None) -> None:
        self.database = database
        self.folder, self.plan, self.seed = folder, plan, seed
        self.stop = folder / "stop"
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True)
        self.servers: dict[int, forked.Process] = {}
        self.ports: dict[int, int] = {}
        if database is not None:
            url = database.url(database.new_database())
            (folder / "clerk.toml").write_text(f"[server]\ndatabase = {json.dumps(url)}\n", encoding="utf-8")
        self.workers: dict[str, forked.Process] = {}
        self._specs: dict[str, Path] = {}
        self._ended: set[str] = set()

    # --- before anything runs ---------------------------------------------------------------------------------
    def furnish(self) -> list[Ticket]:
        """Clerks, devices, the tickets that wait already; and a server that says its port."""
        hall = open_hall(self.folder)
        try:
            devices = [("window", str(number)) for number in range(1, self.plan.windows + 1)]
            devices += [("kiosk", str(number)) for number in range(1, self.plan.kiosks + 1)]
            tokens = {f"{kind}-{number}": self._enrolled(hall, kind, number) for kind, number in devices}
            waiting = self._fill(hall)
            ca_pem = hall.identity.ca_pem
        finally:
            hall.close()
        for which in range(self.plan.servers):
            self.start_server(which)
        for name, token in tokens.items():
            self._specify(name, token, ca_pem)
        return waiting

    def _enrolled(self, hall: OpenHall, kind: str, number: str) -> str:
        actor, window_no = system_actor(hall.hall_id), number if kind == "window" else None
        if kind == "window":
            user = hall.desk.people.prepare(NewUser(f"clerk{number}", f"经办{number}", PASSWORD, (Role.CLERK,)))
            hall.desk.store.write(hall.hall_id, "setup", partial(hall.desk.people.create, actor=actor, user=user))
        wish = NewEnrolCode(DeviceKind(kind), window_no)
        code = hall.desk.store.write(
            hall.hall_id, "setup", lambda unit: hall.desk.devices.make_code(unit, actor, wish)
        ).code
        secret = code.replace("-", "")[:10]
        return hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind(kind), f"{kind} {number}", window_no)).token

    def _fill(self, hall: OpenHall) -> list[Ticket]:
        kiosk = Actor(hall.hall_id, "kiosk-0", Role.KIOSK.value, "取号机", frozenset({Role.KIOSK}))
        groups = hall.desk.store.read(hall.hall_id, lambda unit: unit.setup.groups())
        random = Random(self.seed)

        def take(count: int) -> list[Ticket]:
            wishes = [TakeTicket(random.choice(groups).group_id) for _ in range(count)]
            return hall.desk.store.write(
                hall.hall_id, "setup", lambda unit: [hall.desk.taking.take(unit, kiosk, wish).ticket for wish in wishes]
            )

        tickets: list[Ticket] = []
        while len(tickets) < self.plan.waiting:
            tickets += take(min(100, self.plan.waiting - len(tickets)))
        return tickets

    def _specify(self, name: str, token: str, ca_pem: str) -> None:
        kind, _, number = name.partition("-")
        spec = Spec(
            kind=kind,
            address=f"https://127.0.0.1:{self.ports[int(number) % self.plan.servers]}",
            ca_pem=ca_pem,
            token=token,
            number=number,
            login=f"clerk{number}",
            password=PASSWORD,
            log=str(self.logs / f"{name}.log"),
            stop=str(self.stop),
            seed=self.seed,
            take=self.plan.taken // max(self.plan.kiosks, 1),
            service_s=self.plan.service_s,
        )
        self._specs[name] = self.folder / f"{name}.json"
        spec.write(self._specs[name])

    # --- processes --------------------------------------------------------------------------------------------
    def start_server(self, which: int) -> None:
        options = ["--data", str(self.folder), "--port", str(self.ports.get(which, 0))]
        options += ["--instance", str(which)] if which else []
        process = forked.start("clerk_app.bootstrap.server", options, stdout=subprocess.PIPE)
        self.servers[which] = process
        assert process.stdout is not None
        with process.stdout as out:
            line = out.readline()
        if not line:
            raise AssertionError(f"the server did not start again: {process.wait()}")
        self.ports[which] = int(json.loads(line)["port"])

    def kill_server(self, which: int) -> None:
        self.servers[which].send_signal(signal.SIGKILL)
        self.servers[which].wait()

    def start(self, name: str) -> None:
        self.workers[name] = forked.start("support.hall_worker", [str(self._specs[name])])

    def start_all(self) -> None:
        """Kiosks, then windows a few at a time: clerks do not all log in within the same second."""
        for name in self.names("kiosk"):
            self.start(name)
        deadline = time.monotonic() + self.plan.patience_s
        for count, name in enumerate(self.names("window")):
            self.start(name)
            while count - self._logged_in() >= _AT_ONCE and time.monotonic() < deadline:
                time.sleep(_TICK_S)

    def _logged_in(self) -> int:
        return sum(b'"logged in"' in path.read_bytes() for path in self.logs.glob("window-*.log"))

    def kill(self, name: str) -> None:
        self.workers[name].send_signal(signal.SIGKILL)
        self.workers[name].wait()

    def names(self, kind: str) -> list[str]:
        return [name for name in self._specs if name.startswith(kind)]

    def revive(self) -> list[str]:
        """Start again what died by itself (its name is a finding unless it had done its work)."""
        died = []
        for name, process in list(self.workers.items()):
            status = process.poll()
            if status is None or (status == 0 and name.startswith("kiosk")):
                continue
            died.append(f"{name} ended with {status}")
            self.start(name)
        return died

    def finished(self) -> int:
        """Visits that windows know to be over; counted by their logs, which costs the server nothing."""
        return sum(path.read_bytes().count(b'"finished"') for path in self.logs.glob("window-*.log"))

    def lines(self, kind: str) -> Iterator[tuple[str, dict[str, object]]]:
        """(who, line) of all logs of a kind; halves of lines are passed over."""
        for path in sorted(self.logs.glob(f"{kind}-*.log")):
            for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                yield path.stem, line

    def end(self) -> None:
        self.stop.touch()
        for process in self.workers.values():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for server in self.servers.values():
            if server.poll() is None:
                server.terminate()
                server.wait(timeout=30)


@contextmanager
def site(folder: Path, plan: Plan, seed: int, database: PostgresServer | None = None) -> Iterator[Site]:
    """Processes are gone afterwards, whatever happens."""
    made = Site(folder, plan, seed, database)
    try:
        yield made
    finally:
        made.end()


def campaign(folder: Path, plan: Plan, seed: int, database: PostgresServer | None = None) -> Outcome:
    """One campaign from a full queue to an empty one."""
    outcome = Outcome()
    start = time.monotonic()
    with site(folder, plan, seed, database) as hall:
        waiting = hall.furnish()
        hall.start_all()
        _drain(hall, plan, Random(seed), outcome)
    outcome.seconds = time.monotonic() - start
    _judge(folder, hall, waiting, outcome)
    return outcome


def _drain(hall: Site, plan: Plan, random: Random, outcome: Outcome) -> None:
    whole = plan.waiting + plan.taken
    points = [(random.randrange(whole * 9 // 10), "server") for _ in range(plan.server_kills)]
    points += [(random.randrange(whole * 9 // 10), "window") for _ in range(plan.window_kills)]
    points += [(random.randrange(whole // 3), "kiosk") for _ in range(plan.kiosk_kills)]
    points += [(random.randrange(whole * 9 // 10), "database") for _ in range(plan.database_kills)]
    points.sort(reverse=True)
    deadline = time.monotonic() + plan.patience_s
    quiet_since, before = time.monotonic(), -1
    while time.monotonic() < deadline:
        done = hall.finished()
        while points and points[-1][0] <= done:
            _strike(hall, points.pop()[1], random)
            outcome.points += 1
        outcome.wrong += hall.revive()
        if done != before:
            quiet_since, before = time.monotonic(), done
        kiosks_done = all(hall.workers[name].poll() == 0 for name in hall.names("kiosk"))
        if not points and kiosks_done and time.monotonic() - quiet_since > 5 and _open(hall) == 0:
            return
        time.sleep(_TICK_S)


def _strike(hall: Site, what: str, random: Random) -> None:
    time.sleep(random.random() * 0.05)
    if what == "server":
        which = random.randrange(len(hall.servers))
        hall.kill_server(which)
        time.sleep(random.random() * 0.3)
        hall.start_server(which)
        return
    if what == "database":
        assert hall.database is not None
        hall.database.kill()
        time.sleep(random.random() * 0.3)
        hall.database.start()
        return
    alive = [name for name in hall.names(what) if hall.workers[name].poll() is None]
    if alive:
        name = random.choice(alive)
        hall.kill(name)
        hall.start(name)


def _open(hall: Site) -> int:
    """Tickets that are not over yet, asked beside the running server."""
    found = open_hall(hall.folder)
    try:
        return sum(ticket.state is not TicketState.FINISHED for ticket in _tickets(found))
    finally:
        found.close()


def _tickets(found: OpenHall) -> list[Ticket]:
    return found.desk.store.read(found.hall_id, lambda unit: unit.tickets.of_day(found.desk.days.today(unit)))


def _judge(folder: Path, hall: Site, waiting: list[Ticket], outcome: Outcome) -> None:
    found = open_hall(folder)
    try:
        actor = system_actor(found.hall_id)
        found.desk.sequencer.run(found.hall_id)
        tickets = _tickets(found)
        day = found.desk.store.read(found.hall_id, found.desk.days.today)
        verified = found.desk.store.read(found.hall_id, lambda unit: found.desk.dispatch.verify(unit, actor, day))
    finally:
        found.close()
    outcome.tickets = len(tickets)
    outcome.draws = verified.report.draws.draws
    known = {ticket.ticket_id: ticket for ticket in tickets}
    given = [(ticket.ticket_id, ticket.number) for ticket in waiting]
    given += [(str(line["ticket"]), str(line["number"])) for _, line in hall.lines("kiosk") if line["what"] == "taken"]
    for ticket_id, number in given:
        if ticket_id not in known or known[ticket_id].number != number:
            outcome.lost += 1
            outcome.wrong.append(f"{number} was given and is not in the hall")
    for ticket in tickets:
        if ticket.state is not TicketState.FINISHED:
            outcome.stuck += 1
            outcome.wrong.append(f"{ticket.number} is {ticket.state.value} at {ticket.window_no}")
    outcome.doubled += _doubled(hall, verified.log.entries, tickets, outcome.wrong)
    outcome.wrong += [str(one) for one in verified.report.findings]
    if verified.chain.broken_at is not None:
        outcome.wrong.append(f"the journal breaks at {verified.chain.broken_at}: {verified.chain.reason}")


def _doubled(hall: Site, entries: tuple[dict[str, object], ...], tickets: list[Ticket], wrong: list[str]) -> int:
    """Tickets that two windows had, by what the windows saw and by the journal; numbers that exist twice."""
    seen: dict[str, set[str]] = defaultdict(set)
    for who, line in hall.lines("window"):
        if line["what"] == "called":
            seen[str(line["number"])].add(who)
    calls = Counter(str(entry["number"]) for entry in entries if entry["kind"] == "ticket.called")
    numbers = Counter(ticket.number for ticket in tickets)
    trouble = [f"{number} was at {sorted(windows)}" for number, windows in seen.items() if len(windows) > 1]
    trouble += [f"{number} was called {count} times" for number, count in calls.items() if count > 1]
    trouble += [f"{number} exists {count} times" for number, count in numbers.items() if count > 1]
    wrong += trouble
    return len(trouble)
