"""The clerk's window as a process of its own, for tests that kill it: ``clerk window`` with hands at its keyboard.

Runs the program itself (``clerk_app.cli``), not a copy of its wiring; only the hands are added. Commands come as lines
of JSON on standard input, each is answered by one line on standard output: ``press`` (key), ``type`` (into, text),
``look`` (what the screen shows), ``stored`` (wait until every key pressed so far is on disk), ``arm`` (moment of a
power cut, see ``MOMENTS``; ``--die-at`` does it from the start), ``shoot`` (path), ``close``.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from clerk_app import cli
from clerk_app.client.hall import HallClient
from clerk_app.ports.feed import ConnectionState
from clerk_app.ports.hall_sync import Batch, BatchAnswer, RecordKind
from clerk_app.ports.window import StoredPaper
from clerk_app.services.window.files import FileDesk
from clerk_app.ui import application
from clerk_app.ui.hands import Hands
from clerk_app.ui.window.case.case_page import CasePage
from clerk_app.ui.window.casesheets import CaseSheets
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.shell import WindowShell
from drivers.base.transport import SerialTransport
from drivers.printer.escpos import EscPosPrinter
from support.e2e_moments import dies_after, dies_before, power_cut, set_ahead


def _dies_writing(command: bytes) -> None:
    whole = SerialTransport.write

    def half(self: SerialTransport, data: bytes, timeout: float) -> None:
        at = data.find(command)
        whole(self, data if at < 0 else data[: at + len(command) + 8], timeout)
        if at >= 0:
            power_cut()

    SerialTransport.write = half  # type: ignore[method-assign]


def _dies_telling(kind: RecordKind, alone: str, *, after: bool) -> None:
    """At a record of this kind, whether it goes ``alone`` or in a batch."""
    (dies_after if after else dies_before)(HallClient, alone)
    send = HallClient.send_batch

    def send_batch(self: HallClient, batch: Batch) -> BatchAnswer:
        meant = any(record.kind == kind for record in batch.records)
        if meant and not after:
            power_cut()
        answer = send(self, batch)
        if meant:
            power_cut()
        return answer

    HallClient.send_batch = send_batch  # type: ignore[method-assign]


MOMENTS: dict[str, Callable[[], None]] = {
    "committed": lambda: dies_before(CaseSheets, "print_all"),
    "sending": lambda: dies_before(EscPosPrinter, "print_job"),
    "acknowledged": lambda: _dies_telling(RecordKind.CASE, "store_case", after=True),
    "finishing": lambda: dies_before(HallClient, "finish"),
    "half a picture": lambda: _dies_writing(b"\x1dv0"),
    "acted": lambda: dies_after(FileDesk, "act_all"),
    "telling": lambda: _dies_telling(RecordKind.ACT, "store_act", after=False),
    "told": lambda: _dies_telling(RecordKind.ACT, "store_act", after=True),
}
"""``committed``: the conclusion or step is committed, no sheet was touched. ``sending``: a sheet is marked as being
sent, no byte has left. ``acknowledged``: the server has the case, the window has not noted it. ``finishing``: F9 was
pressed, the server was not told. ``half a picture``: the printer waits for the rest of an image. After the counter:
``acted``: a step is committed, nothing else is done. ``telling``: the server is about to be told of a step. ``told``:
it has the step, the window has not noted it."""


class HandsAtKeyboard(QObject):
    """Carries out one command after the other on the GUI thread."""

    came = Signal(str)

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app, self._hands = app, Hands(app)
        self.came.connect(self._carry_out, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._listen, name="commands", daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.came.emit(line)

    def _carry_out(self, line: str) -> None:
        command: dict[str, Any] = json.loads(line)
        shell = next((w for w in self._app.topLevelWidgets() if isinstance(w, WindowShell)), None)
        answer: Any = None
        match command["do"]:
            case "press":
                self._hands.press(_there(shell), command["key"])
            case "type":
                self._hands.type(_field(_there(shell), command["into"]), command["text"])
            case "look":
                answer = what_is_shown(shell) if shell is not None else {"ready": False}
            case "stored":
                self._wait_for_store(_there(shell))
            case "arm":
                MOMENTS[command["moment"]]()
            case "shoot":
                self._hands.shoot(_there(shell), Path(command["path"]))
            case "close":
                _there(shell).close()
                self._app.quit()
        print(json.dumps(answer, ensure_ascii=False, default=str), flush=True)

    def _wait_for_store(self, shell: WindowShell) -> None:
        # The lane works in order: when this has had its turn, everything before it is committed.
        behind = threading.Event()
        shell.lanes.lane("store").run(behind.set)
        self._hands.wait("store", behind.is_set)


def _there(shell: WindowShell | None) -> WindowShell:
    assert shell is not None, "the window is not there yet"
    return shell


def _field(shell: WindowShell, name: str) -> Any:
    if name == "query":
        assert shell.case is not None
        return shell.case.matter.query
    if name == "search":
        office = shell.files.office if shell.files is not None else None
        return (shell.idle if office is None or shell.rooms.current is not office else office).search.edit
    return {"name": shell.login_page.name.edit, "password": shell.login_page.password.edit}[name]


def what_is_shown(shell: WindowShell) -> dict[str, Any]:
    """What a clerk could read off the screen, as plain values."""
    control, case = shell.control, shell.case
    seen: dict[str, Any] = {"ready": shell.is_ready, "page": "login"}
    if control is None or case is None or control.session is None:
        return seen
    work = control.work
    on_case = shell.middle.currentWidget() is case
    seen |= {
        "page": work.step.value if on_case else "idle",
        "clerk": control.session.actor.user_name,
        "banner": shell.banner.what.text() if shell.banner.isVisible() else "",
        "said": shell.toast.words.text() if shell.toast.isVisible() else "",
        "matters": control.desk.catalogue.count,
        "online": control.connection is not None and control.connection.state is ConnectionState.ONLINE,
        "ticket": control.ticket.number if control.ticket else None,
        "ticket_state": control.ticket.state.value if control.ticket else None,
        "drafts": len(shell.idle.resumes),
        "last_uploaded": bool(control.overview and control.overview.last and control.overview.last.synced),
        "to_upload": control.sync.waiting if control.sync else None,
        "may_call": shell.idle.call.isVisible() and shell.idle.call.isEnabled(),
    }
    return seen | (_shown_of_case(control, case) if on_case else _shown_of_room(shell, control))


def _shown_of_room(shell: WindowShell, control: DeskControl) -> dict[str, Any]:
    rooms, room = shell.files, shell.rooms.current
    if rooms is None or room is None:
        return {}
    if room is rooms.office:
        lists = rooms.office.lists.items()
        return {"page": "office", **{kind.value: [line.case_number for line in one.lines] for kind, one in lists}}
    if room is not rooms.file:
        return {"page": type(room).__name__}
    page, opened = rooms.file, control.files.opened
    ask = page.contents.ask
    return {
        "page": "file",
        "case_number": opened.file.opening.case_number if opened else "",
        "state": opened.file.state.value if opened else "",
        "acts": [act.act_id for act in opened.file.acts] if opened else [],
        "accepted": opened.file.accepted_at if opened else None,
        "choices": {choice.text(): choice.reason() for choice in page.steps.choices},
        "step": page.steps.step.value if page.steps.step else None,
        "arrival": page.page.value == "arrival",
        "result": page.result.words.whole_text(),
        "verb": page.go.text(),
        "may_go": page.go.isEnabled(),
        "papers": _papers(list(control.files.papers)),
        "asked": ask.accessibleName() if ask is not None and ask.isVisible() and ask.isEnabled() else "",
        "undecided": control.files.undecided,
    }


def _papers(sheets: list[StoredPaper]) -> list[dict[str, Any]]:
    return [{"kind": p.kind.value, "number": p.number, "state": p.state.value, "reprint": p.reprint} for p in sheets]


def _shown_of_case(control: DeskControl, case: CasePage) -> dict[str, Any]:
    work, ask = control.work, case.papers.ask
    intake, concluded = work.intake, work.concluded
    seen: dict[str, Any] = {}
    if intake is not None:
        seen |= {
            "case_id": intake.case_id,
            "applicant": intake.applicant_name,
            "matter": intake.matter.code if intake.matter else None,
            "answers": dict(intake.answers),
            "checks": {material: asdict(check) for material, check in intake.checks.items()},
            "hits": [hit.name for hit in case.matter.hits_shown()],
            "question": case.matter.question_at(),
            "outcome": case.outcome.kind.value if case.outcome.kind else None,
            "preview": case.outcome.view.has_paper(),
        }
    if concluded is not None:
        seen |= {
            "case_number": concluded.case_number,
            "papers": _papers(list(work.papers)),
            "asked": ask.accessibleName() if ask is not None and ask.isVisible() and ask.isEnabled() else "",
            "rating": control.rating.value,
            "may_end": case.papers.isVisible() and case.papers.stay.isEnabled(),
            "stage": case.instant.stage.value if case.instant.active else "",
            "may_issue": case.papers.issue.isVisible() and case.papers.issue.isEnabled(),
            "undecided": work.undecided,
        }
    return seen


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--die-at", choices=sorted(MOMENTS))
    parser.add_argument("--ahead-days", type=int, default=0, help="the clock of this PC is so many days ahead")
    own, rest = parser.parse_known_args()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    set_ahead(own.ahead_days)
    if own.die_at:
        MOMENTS[own.die_at]()
    make = application.make_application
    hands: list[HandsAtKeyboard] = []

    def make_with_hands(*, offscreen: bool = False) -> QApplication:
        app = make(offscreen=offscreen)
        hands.append(HandsAtKeyboard(app))
        return app

    application.make_application = make_with_hands
    return cli.main(["window", *rest])


if __name__ == "__main__":
    sys.exit(main())
