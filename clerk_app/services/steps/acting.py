"""Each step after the counter with what it needs: dates from the calendar, register numbers, the papers' ids.

``Acting`` is the half of the window's ``FileDesk`` and of the office's ``OfficeActs`` that knows the steps; the other
half knows the store.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from clerk_app.domain.act_facts import acceptance_of, extension_of, resumption_of
from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import (
    ActFacts,
    Approval,
    Arrival,
    Channel,
    Decision,
    Delivery,
    HandOver,
    Payment,
    Pieces,
    Sealing,
    SecondNotice,
    Suspension,
)
from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.checklist import MaterialCheck
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.law import SuspensionCause
from clerk_app.services.steps.values import Acted, OpenFile, Wish


class Acting(ABC):
    """Methods raise what ``act`` raises. At a window the office's steps (decide, seal …) are followed by ``settle``."""

    @property
    @abstractmethod
    def calendar(self) -> WorkingCalendar: ...

    @property
    @abstractmethod
    def hall(self) -> HallProfile: ...

    @abstractmethod
    def now(self) -> datetime: ...

    @abstractmethod
    def act(self, opened: OpenFile, step: CaseStep, facts: ActFacts, actor: Actor) -> Acted: ...

    @abstractmethod
    def act_all(self, opened: OpenFile, wishes: Sequence[Callable[[CaseFile], Wish]], actor: Actor) -> Acted: ...

    # --- supplements and acceptance -----------------------------------------------------------------------------
    def supplement(
        self,
        opened: OpenFile,
        checks: tuple[MaterialCheck, ...],
        actor: Actor,
        *,
        channel: Channel = Channel.WINDOW,
        arrived_at: datetime | None = None,
        reference: str = "",
    ) -> Acted:
        """Materials that were asked for have come, all or part. When everything is there and the case waited for its
        acceptance, the acceptance follows at once with its notice (行政许可法第三十二条第一款第五项: 应当受理)."""
        arrival = Arrival(channel, arrived_at or self.now(), checks, reference)
        came = {check.material_id for check in checks}

        def receive(file: CaseFile) -> Wish:
            complete = set(file.missing) <= came
            step = CaseStep.RECEIVE_ALL if complete else CaseStep.RECEIVE_PART
            return Wish(step, ActFacts(arrival=arrival))

        def accept(file: CaseFile) -> Wish:
            return Wish(CaseStep.ACCEPTED, ActFacts(acceptance=acceptance_of(file, self.calendar)))

        complete = set(opened.file.missing) <= came
        waited = opened.file.state is CaseState.SUPPLEMENT_REQUESTED
        return self.act_all(opened, (receive, accept) if complete and waited else (receive,), actor)

    def accept(self, opened: OpenFile, actor: Actor) -> Acted:
        """Accept a case of which everything was supplied."""
        return self.act(
            opened, CaseStep.ACCEPTED, ActFacts(acceptance=acceptance_of(opened.file, self.calendar)), actor
        )

    def again_notice(
        self,
        opened: OpenFile,
        materials: tuple[str, ...],
        approval: Approval | None,
        actor: Actor,
        checks: tuple[MaterialCheck, ...] = (),
    ) -> Acted:
        """Ask again. What the first notice did not list needs a supervisor's ``approval``; ``checks`` say what is wrong
        with what came, those of materials that are not asked for are left out."""
        due = self.now() + timedelta(days=self.hall.supplement_days)
        due = max(due, opened.file.supplement_due or due)
        found = tuple(one for one in checks if one.material_id in materials)
        facts = ActFacts(notice=SecondNotice(materials, due, found), approval=approval)
        return self.act(opened, CaseStep.SUPPLEMENT_REQUESTED, facts, actor)

    def decline(self, opened: OpenFile, reason: str, actor: Actor) -> Acted:
        """Not accepted: the period of the notice is over, or what came does not meet it."""
        return self.act(opened, CaseStep.NOT_ACCEPTED, ActFacts(reason=reason), actor)

    # --- the office's steps -------------------------------------------------------------------------------------
    def take_up(self, opened: OpenFile, actor: Actor) -> Acted:
        """Begin the examination."""
        return self.act(opened, CaseStep.TAKE_UP, ActFacts(), actor)

    def suspend(self, opened: OpenFile, cause: SuspensionCause, basis: str, expected: str, actor: Actor) -> Acted:
        """A special procedure begins today; time stands still and the applicant is told in writing."""
        suspension = Suspension(cause, basis, self.now().date(), expected)
        return self.act(opened, CaseStep.SUSPEND, ActFacts(suspension=suspension, basis=basis), actor)

    def resume(self, opened: OpenFile, ends_on: date, result: str, actor: Actor) -> Acted:
        """The special procedure has ended; the dates move by the days that do not count."""

        def wish(file: CaseFile) -> Wish:
            return Wish(CaseStep.RESUME, ActFacts(resumption=resumption_of(file, ends_on, result, self.calendar)))

        return self.act_all(opened, (wish,), actor)

    def extend(
        self, opened: OpenFile, days: int, reason: str, approver: str, approver_title: str, actor: Actor
    ) -> Acted:
        """Put the decision off once, with the approval of the head of the agency."""

        def wish(file: CaseFile) -> Wish:
            extension = extension_of(file, days, reason, approver, approver_title, self.calendar)
            return Wish(CaseStep.EXTEND, ActFacts(extension=extension, reason=reason))

        return self.act_all(opened, (wish,), actor)

    def decide(self, opened: OpenFile, granted: bool, decision: Decision, actor: Actor) -> Acted:
        """Grant or refuse, by another person than the one who received the case."""
        step = CaseStep.GRANT if granted else CaseStep.REFUSE
        return self.act(opened, step, ActFacts(decision=decision), actor)

    def seal(self, opened: OpenFile, actor: Actor, count: int = 2) -> Acted:
        """Use the approval seal on the decision's papers, by a third person; ``count`` sheets are sealed.

        The register's number is given in the transaction that stores the act.
        """

        def wish(file: CaseFile) -> Wish:
            decided = [act for act in file.acts if act.step in {CaseStep.GRANT, CaseStep.REFUSE}]
            papers = tuple(paper.paper_id for act in decided for paper in act.papers)
            return Wish(CaseStep.SEAL, ActFacts(sealing=Sealing("", papers, count)))

        return self.act_all(opened, (wish,), actor)

    def certify(self, opened: OpenFile, actor: Actor) -> Acted:
        """The certificate was produced."""
        return self.act(opened, CaseStep.CERTIFY, ActFacts(), actor)

    def ready(self, opened: OpenFile, names: tuple[str, ...], place: str, actor: Actor) -> Acted:
        """The result lies at the window: which pieces, where; the applicant is told to collect it."""
        return self.act(opened, CaseStep.MAKE_READY, ActFacts(pieces=Pieces(names, place)), actor)

    # --- hand-overs and endings -----------------------------------------------------------------------------------
    def deliver(self, opened: OpenFile, delivery: Delivery, actor: Actor) -> Acted:
        """The result was handed over (送达)."""
        return self.act(opened, CaseStep.DELIVER, ActFacts(delivery=delivery), actor)

    def post(self, opened: OpenFile, delivery: Delivery, actor: Actor) -> Acted:
        """The result went off by post; ``deliver`` follows when it was signed for."""
        return self.act(opened, CaseStep.POST, ActFacts(delivery=delivery), actor)

    def hand_over(self, opened: OpenFile, sheet: HandOver, actor: Actor) -> Acted:
        """The papers of the case go to the back office with a sheet."""
        return self.act(opened, CaseStep.HAND_OVER, ActFacts(hand_over=sheet), actor)

    def request_payment(self, opened: OpenFile, payment: Payment, actor: Actor) -> Acted:
        """A payment notice."""
        return self.act(opened, CaseStep.REQUEST_PAYMENT, ActFacts(payment=payment), actor)

    def withdraw(self, opened: OpenFile, reason: str, actor: Actor) -> Acted:
        """The applicant withdraws the application; the papers go back."""
        return self.act(opened, CaseStep.WITHDRAW, ActFacts(reason=reason), actor)

    def terminate(self, opened: OpenFile, reason: str, basis: str, actor: Actor) -> Acted:
        """End the case without a decision, with reason and basis."""
        return self.act(opened, CaseStep.TERMINATE, ActFacts(reason=reason, basis=basis), actor)

    def void(self, opened: OpenFile, reason: str, approval: Approval | None, actor: Actor) -> Acted:
        """The counter's own mistake: the case counts no more, its numbers are never used again."""
        return self.act(opened, CaseStep.VOID, ActFacts(reason=reason, approval=approval), actor)
