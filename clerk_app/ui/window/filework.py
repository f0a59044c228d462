"""Cases after their conclusion on the screen: the open file, its papers, and the lists of those who decide and seal.

Everything slow runs on a lane; this object lives on the GUI thread and tells the views by signals without data. News of
the hall comes by push: another person's step shows here without a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.act_papers import papers_of_step
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.acts import Approval
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.checklist import MaterialCheck
from clerk_app.domain.errors import Fault, NotFound, Rejected
from clerk_app.ports.feed import FeedEntry
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.hall_cases import OnlineSupplement, WorkLine
from clerk_app.ports.window import StoredPaper
from clerk_app.services.steps.doing import perform
from clerk_app.services.steps.forms import Values
from clerk_app.services.steps.offers import Offer, offers, step_name
from clerk_app.services.steps.values import Acted, Fate, OpenFile, Settled
from clerk_app.services.window.session import WindowSession
from clerk_app.services.window.unsettled import needs_server
from clerk_app.ui.kit.paint import State
from clerk_app.ui.lanes import Failure, Lane, Lanes
from clerk_app.ui.window.casesheets import FileSheets
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.office.lists import OfficeLists

MOVES: Final = frozenset({"case.stored", "case.updated", "case.acted", "supplement.arrived", "supplement.taken"})
"""News after which a case stands elsewhere; ``case.viewed`` is not among them: our own look would be news to us."""

COUNTS = "已生效"
AGAIN = "有问题的不算收到：按 Esc 回去，选“再次告知补正”写明问题"


def cases_moved(entries: Iterable[FeedEntry]) -> frozenset[str]:
    """The cases that these news move; for any thread."""
    return frozenset(entry.subject for entry in entries if entry.kind in MOVES)


class FileWork(QObject):
    """``shown``: a file was opened; ``changed``: what stands in it, the offers, the result or ``busy``;
    ``papers_changed``: sheets or questions; ``session_over``: why to log in."""

    shown = Signal()
    changed = Signal()
    papers_changed = Signal()
    preview_ready = Signal(object, object)  # CaseStep, PNG bytes or a sentence
    field_wrong = Signal(str, str)
    done = Signal()
    said = Signal(str)
    session_over = Signal(object)  # Failure
    moved = Signal(object)  # ids of cases that stand elsewhere now
    not_found = Signal(str)

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__()
        self._desk, self._lanes = desk, lanes
        self._session: WindowSession | None = None
        self.sheets = FileSheets(desk, lanes, lambda: self.actor)
        self.sheets.changed.connect(self.papers_changed)
        self.sheets.failed.connect(self._failed)
        self.office = OfficeLists(desk, lambda: self._files, self._quiet)
        self._clear()

    def _clear(self) -> None:
        self.opened: OpenFile | None = None
        self.offers: tuple[Offer, ...] = ()
        self.sheets.show_file(None)
        self.online: OnlineSupplement | None = None
        self.wrong: tuple[MaterialCheck, ...] = ()
        """What was found out about materials that came and are not as they should be; a further notice says it."""
        self.busy = False
        self.result: tuple[str, State] = ("", State.NEUTRAL)
        self.finished = False
        """The step of an office desk is done: the next line of the list can be opened."""
        self._unsettled: tuple[CaseStep, Acted] | None = None
        """The last step, while the server has not said whether it counts."""

    def act_as(self, session: WindowSession | None) -> None:
        """Who sits at the window from now on."""
        self._session = session
        self.office.act_as(session)
        if session is not None and self.opened is not None:
            self._take(self.opened)

    @property
    def actor(self) -> Actor:
        """Who acts."""
        assert self._session is not None
        return self._session.actor

    @property
    def roles(self) -> frozenset[Role]:
        """What the person may do; nothing before the first login."""
        return self._session.actor.roles if self._session is not None else frozenset()

    @property
    def now(self) -> datetime:
        return self._desk.clock.now()

    # --- opening and leaving ----------------------------------------------------------------------------------
    def open(self, reference: str, *, print_rest: bool = False) -> None:
        """Open a case by any of its numbers; the server is asked first. ``print_rest`` prints what never was sent."""
        if self._session is None:
            return

        actor = self.actor

        def read() -> tuple[OpenFile, OnlineSupplement | None]:
            opened = self._desk.files.open(reference, actor)
            return opened, self._came_online(opened)

        def ready(found: tuple[OpenFile, OnlineSupplement | None]) -> None:
            self._clear()
            opened, self.online = found
            self._take(opened)
            self.shown.emit()
            if print_rest:
                self.sheets.print_all()
            else:
                self.sheets.read()

        def failed(failure: Failure) -> None:
            if isinstance(failure.error, NotFound | Fault):
                self.not_found.emit(failure.text)
            self._failed(failure)

        self._files.run(read, done=ready, failed=failed, key="open")

    def _came_online(self, opened: OpenFile) -> OnlineSupplement | None:
        """What was sent without a visit for this case and nobody has looked at yet; on the lane."""
        if not opened.file.missing or Role.CLERK not in self.roles:
            return None
        case_id, number = opened.file.case_id, opened.file.opening.case_number
        try:
            waiting = self._desk.prechecks.supplements()
        except Fault:
            return None
        return next((one for one in waiting if case_id == one.case_id or number == one.case_number), None)

    def take_up(self) -> None:
        """After a start: what the server has not heard of this person's steps is told now, and a file with a sheet that
        was left comes up, so that it is printed or asked about."""
        if self._session is None:
            return
        actor = self.actor

        def look() -> str | None:
            self._desk.files.settle_all(actor)
            return self._desk.printing.left_open(later=True)

        def found(case_id: str | None) -> None:
            if case_id is not None and self.opened is None:
                self.open(case_id, print_rest=True)

        self._files.run(look, done=found, failed=self._failed, key="take up")

    def refresh(self) -> None:
        """Read the open file again: somebody else did something with it."""
        if self.opened is None or self._session is None or self.busy:
            return
        case_id = self.opened.file.case_id

        def ready(opened: OpenFile) -> None:
            if self.opened is not None and self.opened.file.case_id == case_id and not self.busy:
                self._take(opened)
                self.sheets.read()

        self._files.run(self._desk.files.open, case_id, self.actor, done=ready, failed=self._quiet, key="refresh")

    def close(self) -> None:
        """The file is put away."""
        self._clear()
        self.changed.emit()

    def _take(self, opened: OpenFile) -> None:
        self.opened = opened
        self.sheets.show_file(opened)
        self.offers = offers(opened.file, self._desk.files.options(opened, self.actor), self.roles)
        self.changed.emit()

    # --- acting -----------------------------------------------------------------------------------------------
    def do(self, step: CaseStep, values: Values, approval: Approval | None = None) -> None:
        """Do a step with what was typed into its form."""
        opened = self.opened
        if opened is None or self.busy:
            return
        self._act(step, lambda: perform(self._desk.files, opened, step, values, self.actor, approval, self.wrong))

    def supplement(self, checks: tuple[MaterialCheck, ...], online: OnlineSupplement | None = None) -> None:
        """Materials that were asked for came, at the window or ``online``; a complete case is accepted at once."""
        opened = self.opened
        if opened is None or self.busy:
            return
        if not checks:
            self.said.emit(AGAIN if self.wrong else "还没有收到可以登记的材料：按要求收的按 Enter，有问题的不算收到")
            return
        actor = self.actor
        if online is not None:
            self._act(CaseStep.RECEIVE_ALL, lambda: self._desk.prechecks.receive(online, checks, actor))
        else:
            self._act(CaseStep.RECEIVE_ALL, lambda: self._desk.files.supplement(opened, checks, actor))

    def archive(self) -> None:
        """Put the ended case into its archive package."""
        opened, actor = self.opened, self.actor
        if opened is None or self.busy:
            return

        def work() -> Acted:
            done = self._desk.archives.archive(opened, actor)
            return Acted(done.opened, (done.act,), ())

        self._act(CaseStep.ARCHIVE, work)

    def _act(self, step: CaseStep, work: Callable[[], Acted]) -> None:
        self.busy = True
        self.result = ("", State.NEUTRAL)
        self._unsettled = None
        self.changed.emit()

        def acted(done: Acted) -> None:
            self.busy = False
            self.online = None
            if step is CaseStep.SUPPLEMENT_REQUESTED:
                self.wrong = ()
            self._take(done.opened)
            self.done.emit()
            if done.papers and not needs_server(step):
                self.sheets.print_all()
            self._settle(step, done)

        self._lanes.lane("store").run(work, done=acted, failed=self._not_done)

    def _settle(self, step: CaseStep, done: Acted) -> None:
        """Have the server say what became of it; only what the office does is told when all is well, and printed."""
        case_id, act_id = done.opened.file.case_id, done.acts[-1].act_id

        def settled(settled: Settled) -> None:
            if settled.fate is Fate.COUNTS and needs_server(step) and done.papers:
                self.print_settled()
            if self.opened is None or self.opened.file.case_id != case_id:
                return
            self._unsettled = (step, done) if settled.fate is Fate.WAITING else None
            if settled.fate is Fate.REFUSED:
                self.result = (f"{step_name(step)}没有生效：{settled.sentence}", State.BAD)
            elif settled.fate is Fate.WAITING and needs_server(step):
                self.result = (f"{step_name(step)}还没有生效：{settled.sentence}", State.WARN)
            elif needs_server(step):
                self.result = (f"{step_name(step)}{COUNTS}", State.OK)
                self.finished = True
            self.changed.emit()
            if settled.fate is not Fate.WAITING:
                self.refresh()
            self.office.refresh()

        self._files.run(self._desk.files.settle, act_id, done=settled, failed=self._failed)

    def _not_done(self, failure: Failure) -> None:
        self.busy = False
        self.changed.emit()
        if isinstance(failure.error, Rejected):
            self.field_wrong.emit(failure.error.field, failure.error.reason)
        else:
            self._failed(failure)

    def approve(
        self,
        login: str,
        password: str,
        step: CaseStep,
        reason: str,
        done: Callable[[Approval], object],
        failed: Callable[[Failure], object],
    ) -> None:
        """A supervisor's consent; the answer comes back to the panel that asked."""
        if self.opened is not None:
            self._files.run(
                self._desk.approvals.approve,
                login,
                password,
                step,
                self.opened.file.case_id,
                reason,
                self.actor,
                done=done,
                failed=failed,
            )

    # --- preview ----------------------------------------------------------------------------------------------
    def want_preview(self, step: CaseStep, values: Values, width: int) -> None:
        """Draw the paper of a step, for a seal the one that is sealed; ``preview_ready`` brings it, or the sentence why
        there is none."""
        opened = self.opened
        if opened is None or not (papers_of_step(step, opened.file) or step is CaseStep.SEAL):
            self.preview_ready.emit(step, "这一步没有要印的文书")
            return
        actor, wrong = self.actor, self.wrong

        def draw() -> bytes | None:
            previews = self._desk.files.previews
            if step is CaseStep.SEAL:
                pdf = previews.decision(opened)
            else:
                pdf = previews.first_page(perform(previews, opened, step, values, actor, None, wrong))
            return self._desk.first_page(pdf, width) if pdf else None

        self._lanes.lane("store").run(
            draw,
            done=lambda png: self.preview_ready.emit(step, png or "这一步没有要印的文书"),
            failed=lambda failure: self.preview_ready.emit(step, failure.text),
            key="file preview",
        )

    # --- papers -----------------------------------------------------------------------------------------------
    @property
    def papers(self) -> tuple[StoredPaper, ...]:
        """The newest sheet of each paper that this window has."""
        return self.sheets.papers

    def synced(self) -> None:
        """The server was told of everything: what waited for its word has it now."""
        self.print_settled()
        if self._unsettled is not None and self._session is not None:
            self._settle(*self._unsettled)

    def print_settled(self) -> None:
        """Print what waited for the server's word, of any case: the server may have been away when it was done."""
        if self._session is not None:
            work = self._desk.printing.print_settled
            self._lanes.lane("printer").run(
                work, self.actor, done=lambda _: self.sheets.read(), failed=self._failed, key="settled"
            )

    @property
    def undecided(self) -> str:
        """Why the file cannot be left for the next citizen yet; empty when it can."""
        return self.sheets.undecided

    # --- the office's lists -----------------------------------------------------------------------------------
    def next_line(self) -> WorkLine | None:
        """The first line of the lists that this person may do, but for the open file."""
        return self.office.next_line(self.opened.file.case_id if self.opened is not None else "")

    def follow(self, moved: frozenset[str]) -> None:
        """These cases stand elsewhere now (``cases_moved``)."""
        self.office.refresh()
        if self.opened is not None and self.opened.file.case_id in moved:
            self.refresh()
        self.moved.emit(moved)

    def refresh_all(self) -> None:
        """The server was away or is another one: the lists and the open file are read again."""
        self.office.refresh()
        self.refresh()

    # --- inside -----------------------------------------------------------------------------------------------
    @property
    def _files(self) -> Lane:
        """A lane of its own: a slow server must not hold up the queue's keys."""
        return self._lanes.lane("files")

    def _failed(self, failure: Failure) -> None:
        if isinstance(failure.error, SessionEnded):
            self.session_over.emit(failure)
        else:
            self.said.emit(failure.text)

    def _quiet(self, failure: Failure) -> None:
        if not isinstance(failure.error, Fault):
            self._failed(failure)
