"""A window's process that takes cases, prints them and tells the server, for tests that spoil its network and kill it.

The argument is a JSON file with a ``Spec``. It ends when its cases are made and the server has acknowledged everything.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.services import sending
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.printing import Answer
from clerk_app.services.window.sync import SyncRunner
from db.window.store import open_window_store
from support.window import Window
from support.window_worker import KEY, Page, Thermal

PATIENCE_S = 240.0


@dataclass(frozen=True, slots=True)
class Spec:
    """What the window is given. ``papers`` is the paper that comes out, one digest a line."""

    address: str
    ca_pem: str
    token: str
    device_id: str
    hall_id: str
    number: str
    cases: int
    store: str
    papers: str

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


class OwnWindow(Window):
    """A window with its own number and the machine's own time."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.number, self.device_id = spec.number, spec.device_id
        hall = HallProfile(spec.hall_id, "MH", "明河区政务服务中心", district="明河区")
        super().__init__(open_window_store(Path(spec.store), KEY, spec.hall_id), hall=hall)

    def restart(self) -> None:
        self.clock, self.entropy = SystemClock(), SystemEntropy()  # type: ignore[assignment]
        papers = Path(self.spec.papers)
        self.receipt_printer, self.page_printer = Thermal(papers), Page(papers)
        super().restart()


def main(spec: Spec) -> int:
    """0 when everything is told, 1 when that takes too long."""
    sending.FIRST_DELAY_S, sending.LONGEST_DELAY_S = 0.05, 0.3
    window = OwnWindow(spec)
    clerk = Actor(spec.hall_id, spec.device_id, "u-" + spec.number, "王晓梅", frozenset({Role.CLERK}), spec.number)
    client = HallClient(spec.address, spec.ca_pem, spec.token, window.clock, window.entropy)
    outbox = Outbox(window.store, client, window.journal)
    runner = SyncRunner(outbox, window.entropy)
    runner.start()
    for paper in window.prints.recover():
        window.prints.answer(paper.paper_id, _usable(window, paper.paper_id, Path(spec.papers)), clerk)
    deadline = time.monotonic() + PATIENCE_S
    done = window.store.read(lambda unit: len(unit.cases.of_day(window.clock.now().date(), clerk.user_id)))
    for _ in range(spec.cases - done):
        intake = window.complete(actor=clerk)
        case = window.cases.conclude(intake, OutcomeKind.ACCEPTED, clerk)
        window.prints.print_case(case.case_id, clerk)
        runner.wake()
    while time.monotonic() < deadline:
        status = outbox.status()
        if not status.waiting and not status.files_waiting and not _to_offer(window):
            runner.stop()
            return int(bool(status.set_aside))
        runner.wake()
        time.sleep(0.1)
    return 1


def _to_offer(window: Window) -> bool:
    """Whether there are printed sheets that the outbox has not seen yet."""
    return bool(window.store.read(lambda unit: unit.offers.papers(1)))


def _usable(window: Window, paper_id: str, papers: Path) -> Answer:
    """What a clerk who looks says of a sheet whose fate is unknown."""
    digest = hashlib.sha256(window.prints.content(paper_id)).hexdigest()
    out = papers.exists() and digest in papers.read_text(encoding="utf-8")
    return Answer.USABLE if out else Answer.REPRINT


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(main(Spec(**told)))
