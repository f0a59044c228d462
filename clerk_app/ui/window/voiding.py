"""作废 of a printed paper, one of the few dialogs of the counter: a reason, and a second person for a sealed one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import Approval
from clerk_app.ports.window import StoredPaper
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.file.approval import ApprovalPanel

WHAT_FOLLOWS = "编号 {} 不再使用，已经给出的要收回。作废的这一张留在清单里"
SEALED = "；盖章的文书要主管授权"
WHY_VOID = "为什么作废（留在记录里）"


class Voiding(QObject):
    """``done`` when a paper counts no more; the panel lies over ``host``. ``actor`` is who sits here, None before the
    login."""

    done = Signal()
    failed = Signal(object)  # Failure

    def __init__(self, host: QWidget, desk: Desk, lanes: Lanes, actor: Callable[[], Actor | None]) -> None:
        super().__init__(host)
        self._host, self._desk, self._lanes, self._actor = host, desk, lanes, actor
        self._paper: StoredPaper | None = None
        self._consent = False
        self.panel: ApprovalPanel | None = None

    def ask(self, paper: StoredPaper, reason: str = "") -> None:
        """Ask whether this paper is to be made void, with a proposal for the reason."""

        def show(consent: bool) -> None:
            self._paper, self._consent = paper, consent
            follows = WHAT_FOLLOWS.format(paper.number) + (SEALED if consent else "")
            title = f"作废这张{paper.title}？"
            self._opened().ask(title, follows, reason, consent=consent, verb="作废", because=WHY_VOID)

        needs = self._desk.printing.needs_consent
        self._lanes.lane("papers").run(needs, paper.paper_id, done=show, failed=self.failed.emit)

    def dismiss(self) -> None:
        """The question is taken away unanswered: the page below shows something else."""
        if self.panel is not None:
            self.panel.dismiss()

    def _opened(self) -> ApprovalPanel:
        if self.panel is None:
            self.panel = ApprovalPanel(self._host)
            self.panel.wanted.connect(self._wanted)
        return self.panel

    def _wanted(self, login: str, password: str, reason: str) -> None:
        paper, actor = self._paper, self._actor()
        if paper is None or actor is None:
            return
        if not self._consent:
            self._void(paper, reason, actor, None)
            return
        self._lanes.lane("files").run(
            self._desk.approvals.approve,
            login,
            password,
            None,
            paper.case_id,
            reason,
            actor,
            done=lambda approval: self._void(paper, reason, actor, approval),
            failed=self._not_done,
        )

    def _void(self, paper: StoredPaper, reason: str, actor: Actor, approval: Approval | None) -> None:
        def done(_: object) -> None:
            self.dismiss()
            self.done.emit()

        void = self._desk.printing.void
        self._lanes.lane("printer").run(void, paper.paper_id, reason, actor, approval, done=done, failed=self._not_done)

    def _not_done(self, failure: Failure) -> None:
        if self.panel is not None and not self.panel.isHidden():
            self.panel.show_failure(failure)
        else:
            self.failed.emit(failure)
