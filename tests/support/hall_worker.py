"""A window or a kiosk as a process of its own, without a screen: the real client, the real keys. Killed at any moment.

``python -m support.hall_worker SPEC`` runs until the stop file appears. What happened is appended to a log, a JSON line
each, written at once: a killed process leaves at most half a line.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar, cast

from clerk_app.client.hall import HallClient
from clerk_app.domain.errors import Fault, Refusal, Unreachable
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.domain.queue import TicketState
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import Login, SessionEnded
from clerk_app.ports.hall_queue import FreeNow, TakeTicket, Ticket
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.queue import HERE_EVERY, QueueDesk

T = TypeVar("T")
_PAUSE_S = 0.25
_LOOK_S = 0.2
_HALF_LINE = "\n"


@dataclass(frozen=True, slots=True)
class Spec:
    """What a worker is told. ``take``: so many numbers a kiosk takes; ``service_s``: the longest visit of a window."""

    kind: str
    address: str
    ca_pem: str
    token: str
    number: str
    login: str
    password: str
    log: str
    stop: str
    seed: int
    take: int = 0
    service_s: float = 0.02

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


class _Ids:
    """The one thing of the window's journal that the ticket keys need."""

    def new_id(self) -> str:
        return uuid7(SystemClock().now(), os.urandom(RANDOM_BYTES))


class Worker:
    """Runs until it is told to stop; trouble of the environment is waited for, as a clerk does."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.random = Random(f"{spec.seed}/{os.getpid()}")
        self.hall = HallClient(spec.address, spec.ca_pem, spec.token, SystemClock(), SystemEntropy())
        self._stop = Path(spec.stop)
        self._log = os.open(spec.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # The last process may have been killed within its line.
        os.write(self._log, _HALF_LINE.encode())

    def stopped(self) -> bool:
        return self._stop.exists()

    def told(self, what: str, **more: Any) -> None:
        os.write(self._log, (json.dumps({"what": what, "at": time.time(), **more}) + "\n").encode())

    def patiently(self, work: Callable[[], T]) -> T | None:
        """Until it is through or refused (None); a lost answer is asked for again."""
        while not self.stopped():
            try:
                return work()
            except Unreachable:
                time.sleep(_PAUSE_S * self.random.random())
            except SessionEnded:
                self.login()
            except Refusal as refused:
                self.told("refused", sentence=str(refused))
                return None
            except Fault as fault:
                self.told("fault", sentence=str(fault))
                time.sleep(_PAUSE_S + self.random.random())
        return None

    def login(self) -> None:
        self.patiently(lambda: self.hall.login(Login(self.spec.login, self.spec.password)))


class WindowWorker(Worker):
    """Calls, serves, finishes; goes on with the ticket that a killed process left at this window."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.desk = QueueDesk(self.hall, cast(Journal, _Ids()))

    def run(self) -> None:
        self.login()
        self.told("logged in")
        here = time.monotonic()
        while not self.stopped():
            ticket = self._next()
            if ticket is not None:
                self._serve(ticket)
                continue
            time.sleep(_LOOK_S)
            if time.monotonic() - here > HERE_EVERY / 2:
                here = time.monotonic()
                self.patiently(self.desk.here)

    def _next(self) -> Ticket | None:
        view = self.patiently(self.desk.view)
        if view is None or view.active is not None:
            return None if view is None else view.active
        if view.state.value == "free":
            return None
        answer: FreeNow | None = self.patiently(self.desk.call_next)
        return None if answer is None else answer.ticket

    def _serve(self, ticket: Ticket) -> None:
        current: Ticket | None = ticket
        while current is not None and not self.stopped():
            self.told("called", ticket=current.ticket_id, number=current.number)
            time.sleep(self.spec.service_s * self.random.random())
            if current.state is TicketState.CALLED and self.random.random() < 0.3:
                self.patiently(partial(self.desk.start, current.ticket_id))
            current = self._finish_and_call(current)

    def _finish_and_call(self, ticket: Ticket) -> Ticket | None:
        answer = self.patiently(lambda: self.desk.finish_and_call(ticket.ticket_id, "accepted"))
        self.told("finished", ticket=ticket.ticket_id)
        return None if answer is None else answer.ticket


class KioskWorker(Worker):
    """Takes numbers, each under a key that outlives lost answers."""

    def run(self) -> None:
        groups = None
        while groups is None and not self.stopped():
            groups = self.patiently(self.hall.groups)
        taken = sum(1 for line in Path(self.spec.log).read_text(encoding="utf-8").splitlines() if '"taken"' in line)
        while groups and taken < self.spec.take and not self.stopped():
            wish, key = TakeTicket(self.random.choice(groups).group_id), _Ids().new_id()
            self.told("wished", key=key)
            answer = self.patiently(partial(self.hall.take_ticket, wish, key=key))
            if answer is not None:
                self.told("taken", ticket=answer.ticket.ticket_id, number=answer.ticket.number)
                taken += 1
            time.sleep(0.05 * self.random.random())
        self.told("done")


def main() -> int:
    # A server that was killed is expected here, and the client says each try that fails.
    logging.disable(logging.WARNING)
    spec = Spec(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    (WindowWorker if spec.kind == "window" else KioskWorker)(spec).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
