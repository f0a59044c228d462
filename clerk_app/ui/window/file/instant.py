"""An instant case in its own visit: sent, decided, sealed by others while the citizen waits, then handed over.

News comes by push; nothing waits on the GUI thread. Who does not want to wait ends the visit: the result then lies in
the list of what is to be issued.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.cases import CaseState
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.law import ACCEPTING
from clerk_app.domain.persons import NaturalPerson
from clerk_app.services.steps.values import OpenFile
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.issue import Issued, Result
from clerk_app.ui.lanes import Failure, Lane, Lanes
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.wording import arrived

WAIT_SHOWN_MS = 20_000
"""How often the wait in the card grows."""


class Stage(StrEnum):
    """Where the result is on its way to the citizen."""

    SENDING = "sending"  # the server does not have the case yet
    DECIDING = "deciding"
    SEALING = "sealing"
    READY = "ready"
    ISSUING = "issuing"
    ISSUED = "issued"
    STOPPED = "stopped"  # a special procedure, or an end without a result: no longer a matter of this visit


_STAGES = {
    CaseState.GRANTED: Stage.SEALING,
    CaseState.REFUSED: Stage.SEALING,
    CaseState.CERTIFIED: Stage.SEALING,
    CaseState.SEALED: Stage.READY,
    CaseState.READY: Stage.READY,
    CaseState.DELIVERED: Stage.ISSUED,
    CaseState.ACCEPTED: Stage.DECIDING,
    CaseState.ACCEPTED_WITH_DEFICIENCY: Stage.DECIDING,
    CaseState.ACCEPTED_BY_COMMITMENT: Stage.DECIDING,
    CaseState.DEEMED_ACCEPTED: Stage.DECIDING,
    CaseState.IN_REVIEW: Stage.DECIDING,
}


class Instant(QObject):
    """Follows the case whose papers are shown, while it is an instant one. ``changed`` follows each news."""

    changed = Signal()
    said = Signal(str)

    def __init__(self, control: DeskControl, lanes: Lanes) -> None:
        super().__init__()
        self._control, self._lanes = control, lanes
        self._desk, self._work = control.desk, control.work
        self._clear()
        self._work.papers_changed.connect(self._look)
        self._work.closed.connect(self._stop)
        control.files.moved.connect(self._moved)
        control.sync_changed.connect(self._uploaded)
        self._grow = QTimer(self)
        self._grow.setInterval(WAIT_SHOWN_MS)
        self._grow.timeout.connect(self.changed)

    def _clear(self) -> None:
        self._case_id = ""
        self.opened: OpenFile | None = None
        self.issuing = False
        self.why = ""
        """Why it cannot be handed over here although it is sealed."""

    # --- following --------------------------------------------------------------------------------------------
    @property
    def active(self) -> bool:
        """Whether the shown case is an instant one that was accepted."""
        return bool(self._case_id)

    @property
    def stage(self) -> Stage:
        """Where the result is."""
        if self.issuing:
            return Stage.ISSUING
        if self.opened is None:
            return Stage.SENDING
        stage = _STAGES.get(self.opened.file.state, Stage.STOPPED)
        return Stage.SENDING if stage is Stage.DECIDING and self.opened.case_no is None else stage

    def _look(self) -> None:
        concluded = self._work.concluded
        if concluded is None or concluded.case_id == self._case_id:
            return
        self._clear()
        if _is_instant(concluded):
            self._case_id = concluded.case_id
            self._grow.start()
            self._read()
        self.changed.emit()

    def _moved(self, moved: frozenset[str]) -> None:
        if self._case_id in moved:
            self._read()

    def _uploaded(self) -> None:
        if self.active and self.stage is Stage.SENDING:
            self._read()

    def _stop(self) -> None:
        self._grow.stop()
        self._clear()
        self.changed.emit()

    def _read(self) -> None:
        session, case_id = self._control.session, self._case_id
        if session is None or not case_id:
            return
        actor, receiver = session.actor, self._receiver

        def read() -> tuple[OpenFile, str]:
            opened = self._desk.files.open(case_id, actor)
            if _STAGES.get(opened.file.state) is not Stage.READY:
                return opened, ""
            if receiver is None:
                return opened, "来人的身份证没有读过，到出件页核对领取人"
            result = self._desk.issues.look(opened, receiver, actor)
            return opened, result.why

        def show(found: tuple[OpenFile, str]) -> None:
            if case_id == self._case_id:
                first = self.opened is None
                self.opened, self.why = found
                self.changed.emit()
                if first and self.stage is Stage.ISSUED:
                    # The program ended between the hand-over and its rating.
                    self._control.ask_issue_rating(case_id)

        # Without an answer the next news asks again.
        self._files.run(read, done=show, failed=lambda _failure: None, key="instant")

    # --- handing over -----------------------------------------------------------------------------------------
    @property
    def _receiver(self) -> NaturalPerson | None:
        """Who stands at the window, known since the first card of the visit."""
        return arrived(self._work.intake)

    @property
    def can_issue(self) -> bool:
        """Whether F9 hands the result over now."""
        return self.stage is Stage.READY and not self.why

    def issue(self) -> None:
        """Hand over: decision and service receipt are printed, and the citizen is asked a second time."""
        session, opened, receiver = self._control.session, self.opened, self._receiver
        if not self.can_issue or session is None or opened is None or receiver is None:
            return
        actor, ticket = session.actor, self._control.ticket
        ticket_id = ticket.ticket_id if ticket else None
        self.issuing = True
        self.changed.emit()

        def work() -> Issued:
            self._desk.files.elsewhere.bring_decision(opened, actor)
            result: Result = self._desk.issues.look(opened, receiver, actor)
            return self._desk.issues.issue(
                (result,), receiver, result.receiver_relation, actor=actor, ticket_id=ticket_id
            )

        def issued(done: Issued) -> None:
            self.issuing = False
            if opened.file.case_id != self._case_id:
                return
            self.opened = done.opened[0]
            self.changed.emit()
            self._work.sheets.print_all()
            self._control.ask_issue_rating(opened.file.case_id)

        def failed(failure: Failure) -> None:
            self.issuing = False
            self.changed.emit()
            self.said.emit(failure.text)

        self._lanes.lane("store").run(work, done=issued, failed=failed)

    @property
    def _files(self) -> Lane:
        return self._lanes.lane("files")


def _is_instant(concluded: Concluded) -> bool:
    conclusion = concluded.conclusion
    return conclusion.matter.case_type is CaseType.INSTANT and conclusion.outcome in ACCEPTING
