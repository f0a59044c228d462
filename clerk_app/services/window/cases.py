"""From the first key to the stored conclusion: drafts, preview, conclusion, the window's own cases.

Called on the database lane. What is concluded is durable before anything is printed: the numbers, the case, its papers
as bytes, the entry for the server and the audit trail are one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.conclusion import Conclusion, Numbers, Outage, conclude, document_kinds
from clerk_app.domain.errors import Conflict, Locked, NotFound
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.intake import Intake, TicketRef
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import Notice, Receipt
from clerk_app.domain.receipts import receipt_for
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import CaseRow, DraftRow, Step, StoredPaper, WindowStore, WindowUnit
from clerk_app.services.window import records
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.filing import file_case, prepare_papers
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.numbers import NextNumbers, next_numbers

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """A case that was not concluded: whose, how far, since when. Names are full, mask them for lists in public view."""

    case_id: str
    user_id: str
    user_name: str
    step: Step
    opened_at: datetime
    saved_at: datetime
    received_at: datetime | None
    ticket_number: str
    applicant_name: str
    matter_name: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """A draft taken up again."""

    intake: Intake
    step: Step
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """The papers of an outcome before it is fixed. ``numbers`` are the next ones, given out only by ``conclude``.

    ``notice_pdf`` is the sheet with the seal's circle drawn; ``receipt_page`` the receipt as A4 PDF for the screen.
    """

    conclusion: Conclusion
    numbers: Numbers
    notice: Notice | None
    notice_pdf: bytes | None
    receipt: Receipt | None
    receipt_page: bytes | None


@dataclass(frozen=True, slots=True)
class Concluded:
    """A stored conclusion. ``case_no`` is the official 办件编号, ``record_id`` the server's row; both None until the
    server acknowledged the case."""

    case_id: str
    case_number: str
    conclusion: Conclusion
    papers: tuple[StoredPaper, ...]
    case_no: str | None
    synced_at: datetime | None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """Where a visit was left: a draft to go on with, else the case concluded last; both None at its beginning."""

    draft: str | None = None
    concluded: Concluded | None = None


class CaseDesk:
    """The cases of this window."""

    def __init__(
        self,
        store: WindowStore,
        renderer: PaperRenderer,
        binding: StoreBinding,
        journal: Journal,
        hall: Callable[[], HallProfile],
        calendar: Callable[[], WorkingCalendar],
        wake_outbox: Callable[[], None] = lambda: None,
        outage: Callable[[], Outage | None] = lambda: None,
    ) -> None:
        """``hall`` and ``calendar`` are asked each time, because the server may send newer ones during the day.
        ``outage`` tells since when the server is away, None while it answers."""
        self._store = store
        self._renderer = renderer
        self._binding = binding
        self._journal = journal
        self._hall = hall
        self._calendar = calendar
        self._wake_outbox = wake_outbox
        self._outage = outage

    # --- drafts -----------------------------------------------------------------------------------------------
    def open_case(self, actor: Actor, ticket: TicketRef | None = None) -> Intake:
        """A new intake, stored as a draft at once. ``NotAllowed`` unless the actor is a clerk."""
        actor.require(Role.CLERK)
        intake = Intake(case_id=self._journal.new_id(), opened_at=self._journal.now(), ticket=ticket)

        def work(unit: WindowUnit) -> None:
            unit.drafts.put(self._draft(intake, Step.APPLICANT, actor))
            payload = {"ticket_id": ticket.ticket_id if ticket else None}
            self._journal.write(unit, "case.opened", intake.case_id, actor, payload)

        self._store.write(work)
        return intake

    def save_draft(self, intake: Intake, step: Step, actor: Actor) -> datetime:
        """Store the intake as it is; returns when (「已存 10:28:41」). ``Locked`` once the case is concluded."""
        draft = self._draft(intake, step, actor)

        def work(unit: WindowUnit) -> None:
            if unit.cases.get(intake.case_id) is not None:
                raise Locked("这件已经有结论，不能再改；要改请作废后重办")
            unit.drafts.put(draft)

        self._store.write(work)
        return draft.saved_at

    def drafts(self) -> tuple[Draft, ...]:
        """What was begun and not concluded, last saved first."""
        rows = self._store.read(lambda unit: unit.drafts.open())
        return tuple(draft_line(row) for row in rows)

    def left_at(self, ticket_id: str) -> Left:
        """What this window has of a visit, after a restart or a withdrawn no-show. By the ticket's id: its number is
        given out again every day."""

        def work(unit: WindowUnit) -> Left:
            drafts, cases = unit.drafts.of_ticket(ticket_id), unit.cases.of_ticket(ticket_id)
            going_on = [draft for draft in drafts if draft.abandoned_at is None]
            if going_on or (drafts and not cases):
                return Left(draft=(going_on or drafts)[0].case_id)
            stored = _stored(unit, cases[-1].case_id) if cases else None
            return Left(concluded=stored[1]) if stored else Left()

        return self._store.read(work)

    def resume(self, case_id: str, actor: Actor) -> Resumed:
        """Take up a draft, an abandoned one too. The matter stays the one it was taken under.

        ``Locked`` when it was concluded meanwhile, ``NotFound`` when there is none.
        """
        actor.require(Role.CLERK)

        def work(unit: WindowUnit) -> DraftRow:
            if unit.cases.get(case_id) is not None:
                raise Locked("这件已经有结论，请从办件清单打开")
            row = unit.drafts.get(case_id)
            if row is None:
                raise NotFound("草稿不在了，请刷新清单")
            intake = records.load_intake(row.body)
            unit.drafts.put(self._draft(intake, row.step, actor))
            self._journal.write(unit, "case.resumed", case_id, actor, {"from": row.user_id})
            return row

        row = self._store.write(work)
        return Resumed(records.load_intake(row.body), row.step, row.saved_at)

    def abandon(self, case_id: str, reason: str, actor: Actor) -> None:
        """Put a draft away with a reason; ``resume`` takes it back. ``NotFound`` when there is no such draft."""

        def work(unit: WindowUnit) -> None:
            row = unit.drafts.get(case_id)
            if row is None:
                raise NotFound("草稿不在了，请刷新清单")
            now = self._journal.now()
            unit.drafts.put(replace(row, abandoned_at=now, abandon_reason=reason))
            self._journal.write(unit, "case.abandoned", case_id, actor, {"reason": reason})

        self._store.write(work)

    # --- conclusion -------------------------------------------------------------------------------------------
    def preview(self, intake: Intake, outcome: OutcomeKind, actor: Actor) -> Preview:
        """The papers that ``conclude`` would make now; changes nothing.

        Raises what ``conclude`` raises: ``Locked`` with the sentence of the button, ``Rejected`` for a missing field.
        """
        conclusion = self._conclusion(intake, outcome, actor, self._store.read(self._peek(intake, outcome)))
        notice, receipt = next(iter(notices_for(conclusion)), None), receipt_for(conclusion)
        return Preview(
            conclusion=conclusion,
            numbers=conclusion.numbers,
            notice=notice,
            notice_pdf=self._renderer.preview(notice) if notice else None,
            receipt=receipt,
            receipt_page=self._renderer.receipt_page(receipt) if receipt else None,
        )

    def conclude(self, intake: Intake, outcome: OutcomeKind, actor: Actor) -> Concluded:
        """Fix the outcome: papers drawn, then one transaction for numbers, case, papers, outbox and audit.

        Repeated with the same intake and outcome it returns what is stored; with others it raises ``Locked``.
        Raises ``Locked`` (law, state, cloned store), ``Rejected`` (missing field), ``StoreFault`` (nothing is stored
        then, the draft is still there).
        """
        actor.require(Role.CLERK, Role.SYSTEM)
        request = self._request(intake, outcome)
        for _ in range(_TRIES):
            stored = self._store.read(lambda unit: _stored(unit, intake.case_id))
            if stored is not None and stored[0].request_sha != request:
                raise Locked("这件已经有结论，不能再改；要改请作废后重办")
            if stored is not None:
                return stored[1]
            concluded = self._attempt(intake, outcome, actor, request)
            if concluded is not None:
                self._wake_outbox()
                return concluded
        raise Conflict("编号被别的办件占用，请再按一次")

    def _attempt(self, intake: Intake, outcome: OutcomeKind, actor: Actor, request: str) -> Concluded | None:
        """None when another thread took the numbers, or concluded the case, while the papers were drawn."""
        expected = self._store.read(self._peek(intake, outcome))
        conclusion = self._conclusion(intake, outcome, actor, expected)
        papers = prepare_papers(conclusion, self._renderer, self._journal)

        def work(unit: WindowUnit) -> CaseRow | None:
            if unit.cases.get(intake.case_id) is not None or self._peek(intake, outcome)(unit) != expected:
                return None
            return file_case(unit, self._journal, conclusion, expected, papers, request)

        row = self._store.write(work)
        return _concluded(row, conclusion, tuple(new.paper for new in papers)) if row else None

    def case(self, case_id: str) -> Concluded:
        """A concluded case as stored; ``NotFound`` when there is none."""
        stored = self._store.read(lambda unit: _stored(unit, case_id))
        if stored is None:
            raise NotFound("本机没有这件，请在服务器上查")
        return stored[1]

    def view(self, case_id: str, actor: Actor) -> Concluded:
        """The same for a person who looks at it; every look at somebody's data leaves a trace."""
        found = self.case(case_id)
        self._store.write(lambda unit: self._journal.write(unit, "case.viewed", case_id, actor))
        return found

    def find(self, text: str, limit: int = 20) -> tuple[CaseRow, ...]:
        """Concluded cases of this window by the end of a number, a ticket number or a name, newest first."""
        wanted = text.strip()
        if not wanted:
            return ()
        return tuple(self._store.read(lambda unit: unit.cases.find(wanted, limit)))

    # --- inside -----------------------------------------------------------------------------------------------
    def _peek(self, intake: Intake, outcome: OutcomeKind) -> Callable[[WindowUnit], NextNumbers]:
        kinds = document_kinds(outcome)
        matter = intake.matter
        short = self._hall().short(matter.department) if matter else ""
        day = self._journal.now().date()
        return lambda unit: next_numbers(unit, self._binding.check(unit), day, short, kinds)

    def _conclusion(self, intake: Intake, outcome: OutcomeKind, actor: Actor, expected: NextNumbers) -> Conclusion:
        return conclude(
            intake,
            outcome,
            now=self._journal.now(),
            actor=actor,
            hall=self._hall(),
            calendar=self._calendar(),
            numbers=expected.numbers,
            outage=self._outage(),
        )

    def _request(self, intake: Intake, outcome: OutcomeKind) -> str:
        body = [outcome.value, records.dump_intake(intake)]
        return self._journal.sha(json.dumps(body, ensure_ascii=False, sort_keys=True).encode())

    def _draft(self, intake: Intake, step: Step, actor: Actor) -> DraftRow:
        ticket, matter = intake.ticket, intake.matter
        return DraftRow(
            case_id=intake.case_id,
            user_id=actor.user_id,
            user_name=actor.user_name,
            step=step,
            opened_at=intake.opened_at,
            saved_at=self._journal.now(),
            received_at=intake.received_at,
            ticket_id=ticket.ticket_id if ticket else None,
            ticket_number=ticket.number if ticket else "",
            applicant_name=intake.applicant_name,
            matter_code=matter.code if matter else "",
            matter_name=matter.name if matter else "",
            matter_version=matter.version if matter else 0,
            body=records.dump_intake(intake),
        )


def _stored(unit: WindowUnit, case_id: str) -> tuple[CaseRow, Concluded] | None:
    row = unit.cases.get(case_id)
    if row is None:
        return None
    conclusion = records.load_conclusion(unit.cases.body(case_id))
    return row, _concluded(row, conclusion, tuple(unit.papers.of_case(case_id)))


def _concluded(row: CaseRow, conclusion: Conclusion, papers: tuple[StoredPaper, ...]) -> Concluded:
    return Concluded(row.case_id, row.case_number, conclusion, papers, row.case_no, row.synced_at, row.record_id)


def draft_line(row: DraftRow) -> Draft:
    """The row as the screens list it."""
    return Draft(
        case_id=row.case_id,
        user_id=row.user_id,
        user_name=row.user_name,
        step=row.step,
        opened_at=row.opened_at,
        saved_at=row.saved_at,
        received_at=row.received_at,
        ticket_number=row.ticket_number,
        applicant_name=row.applicant_name,
        matter_name=row.matter_name,
    )
