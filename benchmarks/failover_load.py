"""Windows, kiosks and a display that ask two servers without pause, and what these acknowledged.

Each is a thread with a ``HallClient`` of its own over HTTPS. What is not acknowledged is asked again under the same
key, as the real ones do; what is, is kept here and compared with the hall in the end.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeVar, cast

from benchmarks.chaos_record import ROOT
from clerk_app.bootstrap.server import OpenHall, open_hall
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.domain.queue import TicketState
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import CaseRecord, EnrolRequest, Login, NewEnrolCode, NewUser, SessionEnded
from clerk_app.ports.hall_queue import FreeNow, TakeTicket, Ticket
from clerk_app.ports.hall_sync import BatchRecord, Taken
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall import records
from clerk_app.services.hall.tools import canonical, system_actor
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.queue import HERE_EVERY, QueueDesk

sys.path.insert(0, str(ROOT / "tests"))
from support.batches import batch, on_its_way
from support.case_flow import opening, record
from support.server import PASSWORD, ServerProcess

T = TypeVar("T")
_KIOSK_PAUSE_S = 0.6
_SERVICE_S = 0.1
_LOOK_S = 0.2
_BATCH = 5
_CLOCK, _ENTROPY = SystemClock(), SystemEntropy()


def new_id() -> str:
    return uuid7(_CLOCK.now(), _ENTROPY.bytes(RANDOM_BYTES))


class _Ids:
    """The one thing of the window's journal that the ticket keys need."""

    def new_id(self) -> str:
        return new_id()


class Ledger:
    """What was acknowledged. ``writes`` and ``reads`` are the moments of answers, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.writes: list[float] = []
        self.reads: list[float] = []
        self.taken: dict[str, str] = {}
        self.called: dict[str, set[str]] = defaultdict(set)
        self.finished: set[str] = set()
        self.records: dict[str, CaseRecord] = {}
        self.troubles: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._lock = threading.Lock()

    def note(self, work: Callable[[], object], *, read: bool = False) -> None:
        """Something was acknowledged just now."""
        with self._lock:
            (self.reads if read else self.writes).append(time.monotonic())
            work()

    def trouble(self, error: Exception) -> None:
        with self._lock:
            self.troubles[f"{type(error).__name__}: {error}"] += 1


def longest(moments: list[float], since: float) -> float:
    """The longest time without an answer that ended after ``since``; seconds."""
    ordered = sorted(moments)
    return max((after - before for before, after in pairwise(ordered) if after > since), default=0)


class _Worker(threading.Thread):
    def __init__(self, load: Load, name: str, client: HallClient) -> None:
        super().__init__(name=name)
        self.load, self.ledger, self.client = load, load.ledger, client
        self.random = Random(f"{load.seed}/{name}")

    def run(self) -> None:
        try:
            self.work()
        except Exception as error:  # noqa: BLE001  a thread that dies by itself is a finding, not silence
            self.ledger.wrong.append(f"{self.name} died: {error!r}")
        finally:
            self.client.close()

    def work(self) -> None:
        raise NotImplementedError

    def patiently(self, ask: Callable[[], T]) -> T | None:
        """Until it is through, or refused (None)."""
        while not self.load.over.is_set():
            try:
                return ask()
            except SessionEnded:
                self.login()
            except Refusal as refused:
                self.ledger.trouble(refused)
                return None
            except Fault as fault:
                self.ledger.trouble(fault)
                time.sleep(0.05 + 0.2 * self.random.random())
        return None

    def login(self) -> None:
        raise Fault("only windows log in")


class _Kiosk(_Worker):
    def work(self) -> None:
        groups = self.patiently(self.client.groups)
        while groups and not self.load.closing.is_set():
            wish, key = TakeTicket(self.random.choice(groups).group_id), new_id()
            answer = self.patiently(partial(self.client.take_ticket, wish, key=key))
            if answer is not None:
                ticket = answer.ticket
                self.ledger.note(partial(self.ledger.taken.__setitem__, ticket.ticket_id, ticket.number))
            time.sleep(_KIOSK_PAUSE_S * self.random.random())


class _Display(_Worker):
    def work(self) -> None:
        while not self.load.over.is_set():
            if self.patiently(self.client.snapshot) is not None:
                self.ledger.note(lambda: None, read=True)
            time.sleep(_LOOK_S / 2)


class _Window(_Worker):
    """Calls, serves, finishes; a record after each visit, five of them in a batch."""

    def __init__(self, load: Load, number: int, client: HallClient, hall_id: str) -> None:
        super().__init__(load, f"window-{number}", client)
        self.number, self.hall_id = number, hall_id
        self.desk = QueueDesk(client, cast(Journal, _Ids()))
        self._cases = 0
        self._waiting: list[tuple[BatchRecord, CaseRecord]] = []

    def login(self) -> None:
        self.patiently(lambda: self.client.login(Login(f"clerk{self.number}", PASSWORD)))

    def work(self) -> None:
        self.login()
        here = time.monotonic()
        while not self.load.over.is_set():
            ticket = self._next()
            while ticket is not None:
                ticket = self._serve(ticket)
            if self.load.closing.is_set():
                self._push()
            time.sleep(_LOOK_S)
            if time.monotonic() - here > HERE_EVERY / 2:
                here = time.monotonic()
                self.patiently(self.desk.here)

    def _next(self) -> Ticket | None:
        view = self.patiently(self.desk.view)
        if view is None or view.active is not None or view.state.value == "free":
            return None if view is None else view.active
        return self._answered(self.patiently(self.desk.call_next))

    def _answered(self, answer: FreeNow | None) -> Ticket | None:
        if answer is not None:
            self.ledger.note(lambda: None)
        return None if answer is None else answer.ticket

    def _serve(self, ticket: Ticket) -> Ticket | None:
        self.ledger.called[ticket.ticket_id].add(self.name)
        time.sleep(_SERVICE_S * self.random.random())
        if ticket.state is TicketState.CALLED and self.random.random() < 0.3:
            self.patiently(partial(self.desk.start, ticket.ticket_id))
        answer = self.patiently(lambda: self.desk.finish_and_call(ticket.ticket_id, "accepted"))
        if answer is not None:
            self.ledger.finished.add(ticket.ticket_id)
        self._intake()
        return self._answered(answer)

    def _intake(self) -> None:
        self._cases += 1
        now, session = _CLOCK.now(), self.client.session()
        number = f"MH-{self.number:02d}-{now:%Y%m%d}-{self._cases:04d}"
        by = session.user_id if session else f"clerk{self.number}"
        made = record(opening(0, by, now, case_id=new_id(), case_number=number), self.hall_id, str(self.number))
        self._waiting.append((on_its_way(made, new_id()), made))
        if len(self._waiting) >= _BATCH:
            self._push()

    def _push(self) -> None:
        """All that waits, until the server has it."""
        if not self._waiting:
            return
        answer = self.patiently(lambda: self.client.send_batch(batch(*(sent for sent, _ in self._waiting))))
        if answer is None:
            return
        stays = []
        for (sent, made), one in zip(self._waiting, answer.answers, strict=True):
            if one.taken is Taken.ACCEPTED:
                self.ledger.note(partial(self.ledger.records.__setitem__, made.case_id, made))
            elif one.taken is Taken.FAILED:
                stays.append((sent, made))
            else:
                self.ledger.wrong.append(f"{made.case_number} is {one.taken.value}: {one.problem}")
        self._waiting = stays


class Furnished:
    """A new hall with its clerks and devices, made before any server runs."""

    def __init__(self, folder: Path, windows: int) -> None:
        hall = open_hall(folder)
        try:
            self.hall_id, self.ca_pem = hall.hall_id, hall.identity.ca_pem
            self._actor = system_actor(hall.hall_id)
            places = [(DeviceKind.WINDOW, number) for number in range(1, windows + 1)]
            places += [(kind, number) for kind in (DeviceKind.KIOSK, DeviceKind.DISPLAY) for number in (1, 2)]
            self.tokens = {place: self._enrolled(hall, *place) for place in places}
        finally:
            hall.close()

    def _enrolled(self, hall: OpenHall, kind: DeviceKind, number: int) -> str:
        window_no = str(number) if kind is DeviceKind.WINDOW else None
        if window_no:
            user = hall.desk.people.prepare(NewUser(f"clerk{number}", f"经办{number}", PASSWORD, (Role.CLERK,)))
            hall.desk.store.write(hall.hall_id, "setup", partial(hall.desk.people.create, actor=self._actor, user=user))
        wish = NewEnrolCode(kind, window_no)
        code = hall.desk.store.write(
            hall.hall_id, "setup", lambda unit: hall.desk.devices.make_code(unit, self._actor, wish)
        ).code
        secret = code.replace("-", "")[:10]
        return hall.desk.devices.enrol(EnrolRequest(secret, kind, f"{kind.value} {number}", window_no)).token


class Load:
    """Everybody who asks. ``start``, then ``drain``: nobody takes numbers any more, the queue is served to its end."""

    def __init__(self, people: Furnished, servers: list[ServerProcess], seed: int) -> None:
        self.ledger, self.seed = Ledger(), seed
        self.closing, self.over = threading.Event(), threading.Event()
        self._workers: list[_Worker] = []
        for place, ((kind, number), token) in enumerate(people.tokens.items()):
            address = servers[place % len(servers)].address
            client = HallClient(address, people.ca_pem, token, _CLOCK, _ENTROPY)
            if kind is DeviceKind.WINDOW:
                self._workers.append(_Window(self, number, client, people.hall_id))
            else:
                made = _Kiosk if kind is DeviceKind.KIOSK else _Display
                self._workers.append(made(self, f"{kind.value}-{number}", client))

    def start(self, patience_s: float = 300.0) -> None:
        """Returns when every window has called somebody: that all log in at once is not what is measured."""
        for worker in self._workers:
            worker.start()
        windows = {worker.name for worker in self._workers if isinstance(worker, _Window)}
        deadline = time.monotonic() + patience_s
        while set().union(*list(self.ledger.called.values())) != windows and time.monotonic() < deadline:
            time.sleep(_LOOK_S)

    def drain(self, folder: Path, patience_s: float = 300.0) -> None:
        self.closing.set()
        for worker in self._workers:
            if isinstance(worker, _Kiosk):
                worker.join(patience_s)
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline and _still_open(folder):
            time.sleep(1)
        # What windows have still to send goes with their next look.
        until = time.monotonic() + patience_s
        while time.monotonic() < until and any(isinstance(one, _Window) and one._waiting for one in self._workers):
            time.sleep(0.2)
        self.end()

    def end(self) -> None:
        self.closing.set()
        self.over.set()
        for worker in self._workers:
            if worker.ident is not None:
                worker.join(60)


def _tickets(found: OpenHall) -> list[Ticket]:
    return found.desk.store.read(found.hall_id, lambda unit: unit.tickets.of_day(found.desk.days.today(unit)))


def _still_open(folder: Path) -> int:
    found = open_hall(folder)
    try:
        return sum(ticket.state is not TicketState.FINISHED for ticket in _tickets(found))
    finally:
        found.close()


class Verdict:
    """What the hall has beside what was acknowledged. The first three must be 0, ``wrong`` says each in words."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.doubled = self.lost = self.stuck = 0
        self.wrong = list(ledger.wrong)
        found = open_hall(folder)
        try:
            self._judge(found, ledger)
        finally:
            found.close()

    def _judge(self, found: OpenHall, ledger: Ledger) -> None:
        actor, desk = system_actor(found.hall_id), found.desk
        desk.sequencer.run(found.hall_id)
        tickets = _tickets(found)
        self.tickets, self.records = len(tickets), len(ledger.records)
        day = desk.store.read(found.hall_id, desk.days.today)
        verified = desk.store.read(found.hall_id, lambda unit: desk.dispatch.verify(unit, actor, day))
        self.draws = verified.report.draws.draws
        self.wrong += [str(one) for one in verified.report.findings]
        chain = desk.store.read(found.hall_id, lambda unit: desk.sequencer.verify(unit, actor))
        for one in (verified.chain, chain):
            if one.broken_at is not None:
                self.wrong.append(f"the journal breaks at {one.broken_at}: {one.reason}")
        self._queue(ledger, tickets, Counter(str(one["number"]) for one in verified.log.entries if _is_call(one)))
        stored = desk.store.read(found.hall_id, _stored)
        for case_id, mine in ledger.records.items():
            # To find a case is to lock it, so this is no reading.
            theirs = desk.store.write(found.hall_id, "look", partial(_body, case_id=case_id), patient=True)
            if theirs is None or canonical(theirs) != canonical(mine):
                self._lose(f"{mine.case_number} is {'missing' if theirs is None else 'another one'}")
            if stored[case_id] > 1:
                self._double(f"{mine.case_number} was stored {stored[case_id]} times")

    def _queue(self, ledger: Ledger, tickets: list[Ticket], calls: Counter[str]) -> None:
        known = {ticket.ticket_id: ticket for ticket in tickets}
        for ticket_id, number in ledger.taken.items():
            if ticket_id not in known or known[ticket_id].number != number:
                self._lose(f"{number} was given and is not in the hall")
        for ticket_id in ledger.finished:
            if ticket_id not in known or known[ticket_id].state is not TicketState.FINISHED:
                self._lose(f"the end of {ticket_id} was acknowledged and is not in the hall")
        for ticket in tickets:
            if ticket.ticket_id not in ledger.taken:
                self._double(f"{ticket.number} is in the hall and nobody was given it")
            if ticket.state is not TicketState.FINISHED:
                self.stuck += 1
                self.wrong.append(f"{ticket.number} is {ticket.state.value} at {ticket.window_no}")
        for ticket_id, windows in ledger.called.items():
            if len(windows) > 1:
                self._double(f"{ticket_id} was at {sorted(windows)}")
        for number, count in calls.items():
            if count > 1:
                self._double(f"{number} was called {count} times")
        for number, count in Counter(ticket.number for ticket in tickets).items():
            if count > 1:
                self._double(f"{number} exists {count} times")

    def _lose(self, what: str) -> None:
        self.lost += 1
        self.wrong.append(what)

    def _double(self, what: str) -> None:
        self.doubled += 1
        self.wrong.append(what)


def _is_call(entry: dict[str, object]) -> bool:
    return entry["kind"] == "ticket.called"


def _stored(unit: HallUnit) -> Counter[str]:
    """How often the journal says of each case that it was stored."""
    found: Counter[str] = Counter()
    after = 0
    while entries := unit.journal.after(after, 500):
        found.update(entry.subject for entry in entries if entry.kind == "case.stored")
        after = entries[-1].feed_no or after
    return found


def _body(unit: HallUnit, case_id: str) -> CaseRecord | None:
    return None if unit.cases.find(case_id) is None else records.load(CaseRecord, unit.cases.body(case_id))
