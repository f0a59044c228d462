"""Cases after their conclusion, of this window and of others: opened with all acts, and carried on.

An act is local first: guard, paper, numbers, act, outbox entry and audit trail are one transaction, then the server is
told. The server folds the same acts by the same rules and has the last word; an act that it refuses does not count.
Called on the store's lane (``open`` and ``settle`` talk to the server: on the network's lane).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from clerk_app.domain import case_rules, casefile, cases
from clerk_app.domain.act_papers import act_notices, papers_of_step
from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import ActFacts, ActPaper, CaseAct, Channel, Doer
from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.conclusion import Conclusion, case_opening
from clerk_app.domain.errors import NotAllowed, NotFound, Refusal, Unreachable
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.papers import Notice
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.hall_cases import FullCounter, ServerCase, WorkKind, WorkLine
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import (
    CaseDates,
    CaseRow,
    NewPaper,
    OutboxEntry,
    OutboxKind,
    OutboxState,
    StoredPaper,
    WindowStore,
    WindowUnit,
)
from clerk_app.ports.window_files import ActRow, ActState
from clerk_app.services.steps.acting import Acting
from clerk_app.services.steps.numbers import seal_number
from clerk_app.services.steps.offers import allow, options
from clerk_app.services.steps.values import Acted, Fate, OpenFile, RefusedAct, Settled, StepOption, Wish
from clerk_app.services.window import records
from clerk_app.services.window.adopting import adopt
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.elsewhere import PapersElsewhere
from clerk_app.services.window.filing import notice_paper
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.numbers import next_documents
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.previewing import FilePreviews
from clerk_app.services.window.unsettled import needs_server
from clerk_app.services.window.visits import noted

NOT_HERE = "服务器连不上，本机也没有这一件。恢复后再查，或请申请人报受理的窗口"
NOBODY_HAS_IT = "没有这个编号的办件，请再看一遍编号"


class FileDesk(Acting):
    """Opens cases and carries them on; ``Acting`` has a method for each step that needs dates or registers."""

    def __init__(
        self,
        store: WindowStore,
        counter: FullCounter,
        renderer: PaperRenderer,
        binding: StoreBinding,
        journal: Journal,
        hall: Callable[[], HallProfile],
        calendar: Callable[[], WorkingCalendar],
        outbox: Outbox,
        wake_outbox: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._counter = counter
        self._renderer = renderer
        self._binding = binding
        self._journal = journal
        self._hall = hall
        self._calendar = calendar
        self._outbox = outbox
        self._wake_outbox = wake_outbox
        self.previews = FilePreviews(store, renderer, binding, journal, hall, calendar)
        """The same steps, drawn and not done."""
        self.elsewhere = PapersElsewhere(store, renderer, journal)
        """Papers of the acts that other windows made."""

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days as of now."""
        return self._calendar()

    @property
    def hall(self) -> HallProfile:
        return self._hall()

    def now(self) -> datetime:
        return self._journal.now()

    # --- opening ----------------------------------------------------------------------------------------------
    def open(self, reference: str, actor: Actor) -> OpenFile:
        """A case by its id, number, document number or 办件编号: from the server when it answers, else as this window
        has it. Looking leaves a trace. ``NotFound`` when nobody has it, ``Unreachable`` when only the server may."""
        wanted = reference.strip()
        if not wanted:
            raise NotFound(NOBODY_HAS_IT)
        try:
            return self._take_over(self._counter.server_case(wanted), actor)
        except SessionEnded:
            raise
        except (NotFound, NotAllowed) as refusal:
            return self._local(wanted, actor, refusal)
        except Unreachable:
            return self._local(wanted, actor, Unreachable(NOT_HERE))

    def work(self, kind: WorkKind) -> tuple[WorkLine, ...]:
        """A work list of the hall, the most urgent first."""
        return self._counter.work(kind)

    def known(self, case_id: str) -> OpenFile | None:
        """The case as this window has it, without the server and without a trace; for lists and prints."""
        return self._store.read(lambda unit: self.read_in(unit, case_id))

    def _take_over(self, found: ServerCase, actor: Actor) -> OpenFile:
        now = self._journal.now()

        def work(unit: WindowUnit) -> OpenFile:
            adopt(unit, self._binding.check(unit), found)
            self._journal.write(unit, "case.viewed", found.record.case_id, actor)
            opened = self.read_in(unit, found.record.case_id)
            assert opened is not None
            self._keep_state(unit, opened.file)
            return replace(opened, case_no=found.case_no, sequence=found.sequence, seen_at=now)

        return self._store.write(work)

    def _local(self, wanted: str, actor: Actor, otherwise: Exception) -> OpenFile:
        def work(unit: WindowUnit) -> OpenFile | None:
            row = unit.cases.get(wanted) or _exact(unit, wanted)
            if row is None:
                return None
            self._journal.write(unit, "case.viewed", row.case_id, actor)
            return self.read_in(unit, row.case_id)

        opened = self._store.write(work)
        if opened is None:
            raise otherwise
        return opened

    def read_in(self, unit: WindowUnit, case_id: str) -> OpenFile | None:
        """The case in the caller's transaction, None when this window does not have it."""
        row = unit.cases.get(case_id)
        if row is None:
            return None
        conclusion = records.load_conclusion(unit.cases.body(case_id))
        rows = unit.acts.of_case(case_id)
        file, waiting = _fold(conclusion, rows)
        refused = tuple(RefusedAct(act.step, act.at, act.reason) for act in rows if act.state is ActState.REFUSED)
        return OpenFile(conclusion, file, row.case_no, None, waiting, refused)

    # --- what can be done ---------------------------------------------------------------------------------------
    def options(self, opened: OpenFile, actor: Actor) -> tuple[StepOption, ...]:
        """The steps of the table from here, lawful ones with a hint, the others with their reason. No I/O."""
        return options(opened.file, actor, self._journal.now())

    # --- acting -----------------------------------------------------------------------------------------------
    def act(self, opened: OpenFile, step: CaseStep, facts: ActFacts, actor: Actor) -> Acted:
        """Do one step. Raises ``Locked``, ``NotAllowed`` or ``Rejected`` (nothing is stored then), ``StoreFault``."""
        return self.act_all(opened, (lambda _: Wish(step, facts),), actor)

    def act_all(self, opened: OpenFile, wishes: Sequence[Callable[[CaseFile], Wish]], actor: Actor) -> Acted:
        """Do several steps one after the other, all or none. Each wish is made from the case after the one before.

        The papers are drawn inside the transaction, because their numbers are taken there: a step after the counter is
        rare beside the keys of an intake, and no other writer waits long for one page.
        """

        def work(unit: WindowUnit) -> Acted:
            current = self.read_in(unit, opened.file.case_id)
            if current is None:
                raise NotFound(NOBODY_HAS_IT)
            file = current.file
            acts: list[CaseAct] = []
            papers: list[StoredPaper] = []
            for make in wishes:
                wish = make(file)
                act, sheets = self.make_in(unit, current.conclusion, file, wish, actor)
                file = self.file_in(unit, file, act, sheets, actor)
                acts.append(act)
                papers += [sheet.paper for sheet in sheets]
            after = replace(
                current,
                file=file,
                waiting=current.waiting + len(acts),
                case_no=opened.case_no or current.case_no,
                sequence=opened.sequence,
                seen_at=opened.seen_at,
            )
            return Acted(after, tuple(acts), tuple(papers))

        acted = self._store.write(work)
        self._wake_outbox()
        return acted

    def settle(self, act_id: str) -> Settled:
        """Tell the server now and say what became of the act. What the server refuses stays here as refused."""
        row = self._store.read(lambda unit: unit.acts.get(act_id))
        if row is None:
            raise NotFound("本机没有这一步的记录")
        if row.state is ActState.WAITING:
            push = self._outbox.push_stream(row.case_id)
            row = self._store.read(lambda unit: unit.acts.get(act_id))
            assert row is not None
            if row.state is ActState.WAITING:
                return Settled(Fate.WAITING, push.stopped or "还没有传到服务器，会自动再传")
        if row.state is ActState.REFUSED:
            return Settled(Fate.REFUSED, row.reason)
        return Settled(Fate.COUNTS)

    def settle_all(self, actor: Actor) -> None:
        """Tell the server now of every step of the office that this person did here and the server has not heard of:
        it takes them from that person alone."""
        rows = self._store.read(lambda unit: unit.acts.waiting())
        for row in rows:
            if row.user_id == actor.user_id and needs_server(row.step):
                self.settle(row.act_id)

    # --- in the caller's transaction ----------------------------------------------------------------------------
    def make_in(
        self, unit: WindowUnit, conclusion: Conclusion, file: CaseFile, wish: Wish, actor: Actor
    ) -> tuple[CaseAct, list[NewPaper]]:
        """The act of a wish with its papers numbered and drawn; nothing is stored but the numbers. ``Locked``,
        ``NotAllowed`` where the person or the law forbids it."""
        allow(file, wish.step, actor, self._journal.now())
        return self._made(unit, conclusion, file, wish, actor)

    def file_in(
        self, unit: WindowUnit, file: CaseFile, act: CaseAct, sheets: Sequence[NewPaper], actor: Actor
    ) -> CaseFile:
        """Store an act with its papers, for the server and in the audit trail; returns the case after it. ``Locked``,
        ``Rejected`` when its facts do not hold."""
        after = case_rules.apply(file, act)
        for sheet in sheets:
            unit.papers.add(sheet)
        self._file(unit, act, actor)
        if act.facts.arrival is not None and act.facts.arrival.channel is Channel.WINDOW:
            noted(unit, self._journal, None, VisitReason.SUPPLEMENT, (act.case_id,))
        self._keep_state(unit, after)
        return after

    # --- inside -----------------------------------------------------------------------------------------------
    def _made(
        self, unit: WindowUnit, conclusion: Conclusion, file: CaseFile, wish: Wish, actor: Actor
    ) -> tuple[CaseAct, list[NewPaper]]:
        """The act with its papers, numbered and drawn."""
        now = self._journal.now()
        facts = wish.facts
        if facts.sealing is not None:
            number = _take_seal_number(unit, self._binding.check(unit).window_no, now.year)
            facts = replace(facts, sealing=replace(facts.sealing, register_no=number))
        if facts.arrival is not None and facts.arrival.channel is Channel.WINDOW:
            # What is handed over at the counter arrives with the act itself; nobody types that moment.
            facts = replace(facts, arrival=replace(facts.arrival, arrived_at=now))
        act = CaseAct(self._journal.new_id(), file.case_id, wish.step, now, Doer.of(actor), facts)
        kinds = papers_of_step(wish.step, file) if wish.papers is None else wish.papers
        if not kinds:
            return act, []
        short = self._hall().short(conclusion.matter.department)
        numbers, takes = next_documents(unit, self._binding.check(unit), now.date(), short, kinds)
        for series, value in takes:
            unit.numbers.take(series, value)
        notices = act_notices(conclusion, file, act, numbers)
        sheets = [self._sheet(file.case_id, notice) for notice in notices if notice.kind in kinds]
        papers = tuple(
            ActPaper(new.paper.paper_id, notice.kind, notice.document_number, self._renderer.check(notice), notice)
            for new, notice in sheets
        )
        return replace(act, papers=papers), [new for new, _ in sheets]

    def _sheet(self, case_id: str, notice: Notice) -> tuple[NewPaper, Notice]:
        return notice_paper(case_id, notice, self._renderer.notice(notice), self._journal), notice

    def _file(self, unit: WindowUnit, act: CaseAct, actor: Actor) -> None:
        unit.acts.add(act_row(act, ActState.WAITING))
        row = unit.cases.get(act.case_id)
        assert row is not None
        unit.outbox.add(
            OutboxEntry(
                entry_id=act.act_id,
                position=0,
                stream=act.case_id,
                kind=OutboxKind.ACT,
                key=act.act_id,
                title=f"{act.step.label} {row.matter_name}",
                payload=records.dump(CaseAct, act),
                made_at=act.at,
                state=OutboxState.WAITING,
            )
        )
        payload = {
            "act_id": act.act_id,
            "step": act.step.value,
            "papers": {paper.paper_id: paper.number for paper in act.papers},
        }
        self._journal.write(unit, "case.acted", act.case_id, actor, payload)

    def _keep_state(self, unit: WindowUnit, file: CaseFile) -> None:
        """What the lists of this window show of the case follows the acts."""
        waits = file.state in {CaseState.SUPPLEMENT_REQUESTED, CaseState.SUPPLEMENT_RECEIVED}
        owed = bool(file.missing) and file.state in cases.UNDER_DECISION
        dates = CaseDates(
            promised_at=file.promised,
            tolerance_due=file.opening.tolerance_due if owed else None,
            supplement_due=file.supplement_due if waits else None,
        )
        unit.cases.moved(file.case_id, file.state, dates)


def act_row(act: CaseAct, state: ActState, position: int = 0) -> ActRow:
    """The act as the store keeps it."""
    body = records.dump(CaseAct, act)
    return ActRow(act.act_id, act.case_id, act.step, act.at, act.by.user_id, state, body, position)


def _fold(conclusion: Conclusion, rows: Sequence[ActRow]) -> tuple[CaseFile, int]:
    """The case after all acts that count, and how many of them wait for the server.

    An act of this window that no longer fits behind what the server told is left out: the server will refuse it too.
    """
    file = casefile.opened(case_opening(conclusion))
    waiting = 0
    for row in rows:
        if row.state is ActState.REFUSED:
            continue
        act = records.load(CaseAct, row.body)
        if row.state is ActState.ACKNOWLEDGED:
            file = casefile.carried(file, act)
            continue
        try:
            file = case_rules.apply(file, act)
        except Refusal:
            continue
        waiting += 1
    return file, waiting


def _exact(unit: WindowUnit, wanted: str) -> CaseRow | None:
    """A case of this store by its whole number, document number or 办件编号."""
    found = unit.cases.find(wanted, 5)
    return next((row for row in found if wanted in {row.case_number, row.document_number, row.case_no}), None)


def _take_seal_number(unit: WindowUnit, window_no: str, year: int) -> str:
    """用印登记号 of this window and year, 「印〔2026〕3-0012」."""
    number, (series, value) = seal_number(lambda series: unit.numbers.last(series) + 1, window_no, year)
    unit.numbers.take(series, value)
    return number
