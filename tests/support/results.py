"""Cases of one hall brought as far as a counter's errand needs them, by the same services as the screens use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clerk_app.domain.acts import Decision
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.persons import Agent, Applicant
from clerk_app.services.steps.values import OpenFile
from clerk_app.services.window.cases import Concluded
from support.office import OfficeServer, sit, upload
from support.people import resident
from support.shell import Seat
from support.shell_matters import CARD, FOOD
from support.window import CLERK, KEEPER, REVIEWER

LICENCE = Decision(
    "材料齐全",
    "食品安全法第三十五条",
    content="准予食品经营",
    certificate_name="食品经营许可证",
    certificate_number="JY22399000012345",
)
COPIES = ("正本 1", "副本 1")


class Errand:
    """A clerk at window 12 of a hall with an office, and what the office did in the meantime."""

    def __init__(self, qtbot: Any, **named: Any) -> None:
        self.server = OfficeServer()
        self.seat: Seat = sit(qtbot, self.server, "wxm", **named)

    # --- what was taken ---------------------------------------------------------------------------------------
    def intake(self, applicant: Applicant | None = None, agent: Agent | None = None, code: str = FOOD) -> Intake:
        desk = self.seat.desk
        opened = desk.cases.open_case(CLERK, None).with_applicant(applicant or resident(), agent)
        taken = opened.with_matter(desk.catalogue.matter(code), self.seat.clock.now())
        return taken.mark_all_as_required()

    def accepted(self, intake: Intake | None = None, **people: Any) -> OpenFile:
        return self._filed(self._conclude(intake or self.intake(**people), OutcomeKind.ACCEPTED))

    def tolerated(self, **people: Any) -> OpenFile:
        """Accepted with the health certificates still to come."""
        intake = self.intake(**people)
        health = next(one for one in intake.materials if one.id == "health")
        return self._filed(self._conclude(intake.mark(health, Verdict.TOLERATED), OutcomeKind.ACCEPTED_WITH_DEFICIENCY))

    def filled(self, opened: OpenFile) -> OpenFile:
        """What was tolerated has come."""
        checks = tuple(MaterialCheck(one, Verdict.COPY, pieces=3) for one in opened.file.missing)
        return self.seat.desk.files.supplement(opened, checks, CLERK).opened

    def asked_back(self, **people: Any) -> OpenFile:
        """A supplement notice was served."""
        intake = self.intake(**people)
        layout = next(one for one in intake.materials if one.id == "layout")
        marked = intake.mark(layout, Verdict.DEFECTIVE)
        marked = marked.with_check(replace(marked.checks["layout"], phrases=("未标注操作流向",)))
        return self._filed(self._conclude(marked, OutcomeKind.SUPPLEMENT_REQUESTED))

    # --- what the office did ----------------------------------------------------------------------------------
    def granted(self, opened: OpenFile | None = None, **people: Any) -> OpenFile:
        files = self.seat.desk.files
        return files.decide(opened or self.accepted(**people), True, LICENCE, REVIEWER).opened

    def sealed(self, opened: OpenFile | None = None, **people: Any) -> OpenFile:
        files = self.seat.desk.files
        return files.seal(files.certify(self.granted(opened, **people), KEEPER).opened, KEEPER).opened

    def ready(self, opened: OpenFile | None = None, copies: tuple[str, ...] = COPIES, **people: Any) -> OpenFile:
        """A promised case whose certificate lies at the window."""
        return self.seat.desk.files.ready(self.sealed(opened, **people), copies, "一楼 A 区", KEEPER).opened

    def instant(self, **people: Any) -> OpenFile:
        """An instant case right after its seal."""
        return self.sealed(code=CARD, **people)

    def told(self) -> None:
        """Everything is at the server and the window knows of it; the visits of before are over."""
        self.seat.desk.visits.end(None, CLERK)
        upload(self.seat)
        assert self.seat.shell.errands is not None
        if self.seat.shell.errands.lists.soon.isActive():
            # What a clerk waits a quarter of a minute for.
            self.seat.shell.errands.lists.refresh()
        self.seat.settle()

    def state_of(self, opened: OpenFile) -> str:
        """As the server has it."""
        upload(self.seat)
        return self.server.server_case(opened.file.case_id).state.value

    def _conclude(self, intake: Intake, kind: OutcomeKind) -> Concluded:
        return self.seat.desk.cases.conclude(intake, kind, CLERK)

    def _filed(self, concluded: Concluded) -> OpenFile:
        opened = self.seat.desk.files.known(concluded.case_id)
        assert opened is not None
        return opened
