"""A window with a real store over a real connection: concludes, prints, scans and pushes, for tests of sync.

As a program: serves citizens as fast as it can until it is killed. Argument: a JSON file with ``folder``, ``address``,
``ca_pem``, ``token`` and ``hall`` (the profile). Each line on standard output was promised: ``<case id> <number>``.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Fault
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.capture import PageKind, PageOrigin, Scanned
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import Enrolled
from clerk_app.ports.hall_sync import CHUNK_BYTES
from clerk_app.ports.window import Step
from clerk_app.services.window.attachments import AttachmentDesk
from clerk_app.services.window.outbox import Outbox
from db.window.store import open_window_store
from support.window import CLERK, Window

KEY = b"k" * 32
PAGE = b"\xff\xd8\xff" + Random(7).randbytes(CHUNK_BYTES)
"""Two pieces."""


class SyncWindow:
    """Window 12 on its own store in ``folder``."""

    def __init__(self, folder: Path, client: HallClient, hall: HallProfile) -> None:
        self.client = client
        store = open_window_store(folder / "window.db", KEY, hall.hall_id)
        self.window = Window(store, clock=SystemClock(), hall=hall)  # type: ignore[arg-type]
        self.window.entropy = SystemEntropy()  # type: ignore[assignment]
        self.window.restart()
        self.window.prints.recover()
        self.clerk: Actor = replace(CLERK, hall_id=hall.hall_id)
        self.pages = AttachmentDesk(store, self.window.journal)
        self.restart()

    def restart(self) -> None:
        """New services over the same store, as after a start of the program."""
        self.outbox = Outbox(self.window.store, self.client, self.window.journal, self.window.clock)

    def serve(self, pages: int = 0) -> tuple[str, str]:
        """One citizen: (case id, case number); on paper, not pushed."""
        intake = self.window.complete(actor=self.clerk)
        self.window.cases.save_draft(intake, Step.MATERIALS, self.clerk)
        for number in range(pages):
            page = Scanned(PAGE + bytes([number]), PageKind.JPEG, 100, 141)
            self.pages.add(intake.case_id, "layout", page, PageOrigin.CAMERA, self.clerk)
        case = self.window.cases.conclude(intake, OutcomeKind.ACCEPTED, self.clerk)
        self.window.prints.print_case(case.case_id, self.clerk)
        return case.case_id, case.case_number

    def close(self) -> None:
        self.window.store.close()
        self.client.close()


def window_of(enrolled: Enrolled, folder: Path, client: HallClient) -> SyncWindow:
    return SyncWindow(folder, client, enrolled.hall)


def described(enrolled: Enrolled, address: str, ca_pem: str, folder: Path) -> dict[str, Any]:
    """What the program's argument holds."""
    return {
        "folder": str(folder),
        "address": address,
        "ca_pem": ca_pem,
        "token": enrolled.token,
        "hall": asdict(enrolled.hall),
    }


def main(told: dict[str, Any]) -> None:
    client = HallClient(told["address"], told["ca_pem"], told["token"], SystemClock(), SystemEntropy())
    window = SyncWindow(Path(told["folder"]), client, HallProfile(**told["hall"]))
    while True:
        print(*window.serve(pages=1), flush=True)
        with suppress(Fault):
            window.outbox.push_once()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
