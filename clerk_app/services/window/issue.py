"""Results handed out: everything that waits for one person at once, to the right person, with one service receipt.

行政许可法第四十四条; 一次到窗，全部领走. The acts of all cases and their shared papers are one transaction: either
everything was handed out, or nothing. Called on the network lane (``results``) and the store's lane.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from clerk_app.domain import case_rules
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.acts import (
    ActFacts,
    ActPaper,
    CaseAct,
    Delivery,
    DeliveryManner,
    IdentityCheck,
)
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.delivery_papers import result_name, service_receipt_for_many
from clerk_app.domain.errors import Locked, NotAllowed, NotFound, Rejected, Unreachable
from clerk_app.domain.intake import Intake
from clerk_app.domain.papers import PaperKind, ThermalNote
from clerk_app.domain.persons import Agent, LegalEntity, NaturalPerson, OtherOrganisation, applicant_name
from clerk_app.domain.queue import VisitReason
from clerk_app.domain.receiving import TO_COLLECT, receiving
from clerk_app.domain.thermal_notes import collection_note
from clerk_app.ports.hall_cases import CaseCounter
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import Medium, NewPaper, StoredPaper, WindowStore, WindowUnit
from clerk_app.services.steps.values import OpenFile, Wish
from clerk_app.services.window import records
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.filing import note_paper, notice_paper
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.numbers import take_documents
from clerk_app.services.window.visits import noted

KEPT_READY: Final = timedelta(days=365)
"""How far back this window looks for results of its own while the server is away."""

_HANDED_OVER = frozenset({DeliveryManner.DIRECT, DeliveryManner.ENTRUSTED})
_WITHOUT_RECEIVER = frozenset({DeliveryManner.POST, DeliveryManner.LEFT, DeliveryManner.ANNOUNCED})


@dataclass(frozen=True, slots=True)
class Result:
    """A case of the visitor. ``can`` says whether its result may be handed out now, ``why`` why not.

    ``receiver_relation`` is what the asked number is to the applicant (本人, 代理人 …), empty when it is the number of
    an organisation; ``checks`` what the clerk still has to look at.
    """

    opened: OpenFile
    can: bool
    why: str
    receiver_relation: str
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """What was handed out. ``visit`` names the visit for its second rating (the ticket, else the first case)."""

    opened: tuple[OpenFile, ...]
    acts: tuple[CaseAct, ...]
    papers: tuple[StoredPaper, ...]
    visit: str


@dataclass(frozen=True, slots=True)
class _Made:
    """A case before its act, the act without its shared papers, and the papers that are its own."""

    before: OpenFile
    act: CaseAct
    sheets: tuple[NewPaper, ...]


class IssueDesk:
    """Finds and hands out results."""

    def __init__(
        self,
        store: WindowStore,
        counter: CaseCounter,
        renderer: PaperRenderer,
        binding: StoreBinding,
        journal: Journal,
        files: FileDesk,
        wake_outbox: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._counter = counter
        self._renderer = renderer
        self._binding = binding
        self._journal = journal
        self._files = files
        self._wake_outbox = wake_outbox

    # --- finding ----------------------------------------------------------------------------------------------
    def results(self, id_number: str, actor: Actor) -> tuple[Result, ...]:
        """Everything that waits for the person or organisation with this number, of all windows; while the server is
        away, what this window took itself. ``Rejected("id_number")`` without a number."""
        actor.require(Role.CLERK)
        number = id_number.strip()
        if not number:
            raise Rejected("id_number", "请读卡或输入证件号码")
        try:
            lines = self._counter.results_of(number)
        except Unreachable:
            opened = self._own(number)
        else:
            opened = tuple(self._files.open(line.case_id, actor) for line in lines)
        now = self._journal.now()
        return tuple(_result(one, number, actor, now) for one in opened)

    def look(self, opened: OpenFile, receiver: NaturalPerson, actor: Actor, power: Agent | None = None) -> Result:
        """One case as it stands for this receiver; ``power`` is a power of attorney that was brought along."""
        now = self._journal.now()
        found = receiving(opened.conclusion.intake, receiver, now.date(), power)
        why = found.why or _locked(opened.file, CaseStep.DELIVER, actor, now)
        return Result(opened, not why, why, found.relation, found.checks)

    def _own(self, number: str) -> tuple[OpenFile, ...]:
        since = self._journal.now() - KEPT_READY

        def work(unit: WindowUnit) -> tuple[OpenFile, ...]:
            rows = unit.cases.in_state([CaseState.READY, CaseState.SEALED], since)
            opened = [self._files.read_in(unit, row.case_id) for row in rows]
            return tuple(
                one
                for one in opened
                if one is not None
                and number.upper() in _numbers(one.conclusion.intake)
                and (one.file.state is CaseState.READY or one.file.instant)
            )

        return self._store.read(work)

    # --- handing out ------------------------------------------------------------------------------------------
    def issue(
        self,
        results: Sequence[Result],
        receiver: NaturalPerson,
        relation: str,
        *,
        actor: Actor,
        manner: DeliveryManner = DeliveryManner.DIRECT,
        signature_id: str = "",
        took_back: Sequence[str] = (),
        carrier: str = "",
        tracking: str = "",
        address: str = "",
        refusal: str = "",
        witness: str = "",
        servers: Sequence[str] = (),
        power: Agent | None = None,
        ticket_id: str | None = None,
    ) -> Issued:
        """Hand out these results, all or none. By post the cases are on their way until ``signed_for``.

        Whoever takes a result along is checked again: what ``receiving`` finds is the relation that the papers name,
        ``relation`` stands where nobody takes it (post, 留置送达). ``took_back`` are papers that came back (the slip of
        the acceptance), ``servers`` who served, the clerk where nobody is named.

        Raises ``NotAllowed`` for a person who may not take it, ``Locked`` when a case is not that far, ``Rejected``
        for a missing fact, ``StoreFault``; nothing is handed out then.
        """
        actor.require(Role.CLERK)
        if not results:
            raise Rejected("results", "还没有选要发的结果")
        delivery = Delivery(
            manner=manner,
            receiver=receiver.display_name,
            relation=relation,
            id_number=receiver.id_number,
            checked_by=IdentityCheck.CARD if receiver.entered == "card" else IdentityCheck.TYPED,
            address=address.strip(),
            carrier=carrier.strip(),
            tracking=tracking.strip(),
            place=f"{self._files.hall.name}{self._files.hall.area}" if manner in _HANDED_OVER else "",
            servers=tuple(servers) or (actor.user_name,),
            refusal=refusal.strip(),
            witness=witness.strip(),
            signature_id=signature_id,
            took_back=tuple(took_back),
        )
        step = CaseStep.POST if manner is DeliveryManner.POST else CaseStep.DELIVER
        today = self._journal.now().date()

        def facts(opened: OpenFile) -> Delivery:
            if manner in _WITHOUT_RECEIVER:
                return _to_the_applicant(delivery, opened)
            found = receiving(opened.conclusion.intake, receiver, today, power)
            if not found.may:
                raise NotAllowed(f"{opened.file.opening.case_number}：{found.why}")
            return replace(delivery, relation=found.relation)

        return self._hand_out([one.opened for one in results], step, facts, actor, ticket_id)

    def signed_for(
        self, opened: Sequence[OpenFile], receiver: str, relation: str, actor: Actor, *, refusal: str = ""
    ) -> Issued:
        """What was posted arrived: the carrier's slip names who signed for it. ``Locked`` unless it was posted."""
        actor.require(Role.CLERK)

        def facts(one: OpenFile) -> Delivery:
            posted = [act.facts.delivery for act in one.file.acts if act.step is CaseStep.POST and act.facts.delivery]
            if not posted:
                raise Locked(f"{one.file.opening.case_number} 没有寄出的记录")
            return replace(
                posted[-1],
                receiver=receiver.strip(),
                relation=relation.strip(),
                id_number="",
                checked_by=IdentityCheck.POSTMAN,
                refusal=refusal.strip(),
            )

        return self._hand_out(opened, CaseStep.DELIVER, facts, actor, None, visit=False)

    def came_back(self, opened: OpenFile, reason: str, actor: Actor) -> OpenFile:
        """The post brought it back: it lies at the window again."""
        actor.require(Role.CLERK)
        if not reason.strip():
            raise Rejected("reason", "请写明邮件为什么退回，照退件上写的填")
        return self._files.act(opened, CaseStep.POST_RETURNED, ActFacts(reason=reason.strip()), actor).opened

    # --- inside -----------------------------------------------------------------------------------------------
    def _hand_out(
        self,
        opened: Sequence[OpenFile],
        step: CaseStep,
        facts: Callable[[OpenFile], Delivery],
        actor: Actor,
        ticket_id: str | None,
        *,
        visit: bool = True,
    ) -> Issued:
        def work(unit: WindowUnit) -> Issued:
            made = [self._make(unit, one, step, facts, actor) for one in opened]
            shared, papers = self._shared(unit, step, made)
            after, acts = [], []
            for number, one in enumerate(made):
                act = replace(one.act, papers=(*one.act.papers, *papers))
                sheets = (*one.sheets, *(shared if number == 0 else ()))
                file = self._files.file_in(unit, one.before.file, act, sheets, actor)
                after.append(replace(one.before, file=file, waiting=one.before.waiting + 1))
                acts.append(act)
            case_ids = [act.case_id for act in acts]
            if visit:
                noted(unit, self._journal, ticket_id, VisitReason.COLLECT, case_ids)
            stored = [new.paper for one in made for new in one.sheets] + [new.paper for new in shared]
            return Issued(tuple(after), tuple(acts), tuple(stored), ticket_id or case_ids[0])

        issued = self._store.write(work)
        self._wake_outbox()
        return issued

    def _make(
        self, unit: WindowUnit, opened: OpenFile, step: CaseStep, facts: Callable[[OpenFile], Delivery], actor: Actor
    ) -> _Made:
        current = self._files.read_in(unit, opened.file.case_id)
        if current is None:
            raise NotFound("本机没有这件，请重新打开")
        current = replace(current, case_no=opened.case_no or current.case_no, seen_at=opened.seen_at)
        delivery = replace(facts(current), pieces=_pieces(current.conclusion, current.file))
        # Posted one by one, each parcel slip is its own; what is handed over has one receipt for all.
        papers = None if step is CaseStep.POST else ()
        wish = Wish(step, ActFacts(delivery=delivery), papers)
        act, sheets = self._files.make_in(unit, current.conclusion, current.file, wish, actor)
        return _Made(current, act, tuple(sheets))

    def _shared(
        self, unit: WindowUnit, step: CaseStep, made: Sequence[_Made]
    ) -> tuple[tuple[NewPaper, ...], tuple[ActPaper, ...]]:
        """送达回证 for all, and the slip of who takes them along; they are kept with the first case."""
        if step is CaseStep.POST:
            return (), ()
        first = made[0].before
        delivered = [(one.before.conclusion, one.before.file, one.act) for one in made]
        delivery = made[0].act.facts.delivery
        assert delivery is not None
        slip = delivery.manner in _HANDED_OVER
        kinds = (PaperKind.SERVICE_RECEIPT, *((PaperKind.COLLECTION_SLIP,) if slip else ()))
        short = self._files.hall.short(first.conclusion.matter.department)
        numbers = take_documents(unit, self._binding.check(unit), self._journal.now().date(), short, kinds)
        notice = service_receipt_for_many(delivered, numbers[PaperKind.SERVICE_RECEIPT])
        receipt = notice_paper(first.file.case_id, notice, self._renderer.notice(notice), self._journal)
        check = self._renderer.check(notice)
        papers = [ActPaper(receipt.paper.paper_id, notice.kind, notice.document_number, check, notice)]
        sheets = [receipt]
        if slip:
            note = collection_note(delivered, numbers[PaperKind.COLLECTION_SLIP])
            new = note_paper(first.file.case_id, note, Medium.RECEIPT, self._renderer.note(note), self._journal)
            body = json.dumps(records.dump(ThermalNote, note), ensure_ascii=False, sort_keys=True)
            check = self._journal.sha(body.encode())
            papers.append(ActPaper(new.paper.paper_id, note.kind, note.number, check))
            sheets.append(new)
        return tuple(sheets), tuple(papers)


def _result(opened: OpenFile, number: str, actor: Actor, now: datetime) -> Result:
    relation, why, checks = _by_number(opened.conclusion.intake, number, now.date())
    why = why or _locked(opened.file, CaseStep.DELIVER, actor, now)
    return Result(opened, not why, why, relation, checks)


def _by_number(intake: Intake, number: str, on: date) -> tuple[str, str, tuple[str, ...]]:
    """Relation, refusal and checks of somebody of whom only the number is known yet."""
    for person in _people(intake):
        if person.id_number.upper() == number.upper():
            found = receiving(intake, person, on)
            return found.relation, found.why, found.checks
    return "", "", (f"看领取人是不是法定代表人、负责人，或有写明“{TO_COLLECT}”的委托书",)


def _people(intake: Intake) -> list[NaturalPerson]:
    """Everybody of the case who is a person: applicants first."""
    found = [party.applicant for party in intake.people if isinstance(party.applicant, NaturalPerson)]
    return found + [party.agent.person for party in intake.people if party.agent is not None]


def _numbers(intake: Intake) -> set[str]:
    numbers = {person.id_number.upper() for person in _people(intake)}
    for party in intake.people:
        if isinstance(party.applicant, LegalEntity):
            numbers.add(party.applicant.credit_code.upper())
        elif isinstance(party.applicant, OtherOrganisation):
            numbers.add(party.applicant.certificate_number.upper())
    return numbers


def _locked(file: CaseFile, step: CaseStep, actor: Actor, now: datetime) -> str:
    return case_rules.lock_reason(file, step, actor.user_id, actor.roles, now)


def _pieces(conclusion: Conclusion, file: CaseFile) -> tuple[str, ...]:
    """What is handed over: what the office laid ready; of an instant case its result, straight from the seal."""
    return file.pieces.names if file.pieces is not None else (result_name(conclusion, file),)


def _to_the_applicant(delivery: Delivery, opened: OpenFile) -> Delivery:
    """Nobody takes it at the window: it is addressed to the applicant."""
    applicant = opened.conclusion.intake.applicant
    address = delivery.address or (applicant.address if applicant else "")
    return replace(delivery, receiver=applicant_name(applicant), relation=delivery.relation or "本人", address=address)
