"""Papers on their way from the window to the back office: what waits, and one sheet for many cases (物料交接单).

Both sides sign on the paper; the act of each case names the sheet and, where somebody is there to take the papers, the
receiver. Called on the store's lane.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import ActFacts, ActPaper, CaseAct, HandOver
from clerk_app.domain.cases import UNDER_DECISION, CaseStep
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.errors import Conflict, Rejected
from clerk_app.domain.handover import HandoverRow, handed_over_name, handover_sheet
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import NewPaper, StoredPaper, WindowStore, WindowUnit
from clerk_app.services.steps.values import OpenFile, Wish
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.filing import notice_paper
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.numbers import take_documents

LOOKED_BACK: Final = timedelta(days=180)
"""No case waits longer for its papers to be handed over."""

LATER: Final = "补交"
_ARRIVALS: Final = (CaseStep.RECEIVE_PART, CaseStep.RECEIVE_ALL)
_ON_PAPER: Final = frozenset({Verdict.ORIGINAL, Verdict.COPY})


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """A case of this window whose papers lie here. ``applicant`` is masked; ``pieces`` and ``pages`` are what was taken
    since the last sheet, ``remark`` 「补交」 when an earlier sheet had the rest; ``since`` when it was accepted."""

    case_id: str
    case_number: str
    matter_name: str
    department: str
    applicant: str
    pieces: int
    pages: int
    since: datetime
    remark: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A sheet: its paper is printed under ``sheet_id``."""

    sheet_id: str
    number: str
    acts: tuple[CaseAct, ...]
    papers: tuple[StoredPaper, ...]


class HandoverDesk:
    """Lists what waits and makes the sheet."""

    def __init__(
        self,
        store: WindowStore,
        renderer: PaperRenderer,
        binding: StoreBinding,
        journal: Journal,
        files: FileDesk,
        wake_outbox: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._renderer = renderer
        self._binding = binding
        self._journal = journal
        self._files = files
        self._wake_outbox = wake_outbox

    def waiting(self) -> tuple[HandoverLine, ...]:
        """Accepted cases of this window with papers that are still here, by department, the oldest first."""
        lines = self._store.read(self._waiting)
        return tuple(sorted(lines.values(), key=lambda line: (line.department, line.since, line.case_number)))

    def hand_over(self, lines: Sequence[HandoverLine], to: str, actor: Actor, receiver: str = "") -> HandedOver:
        """Put these cases on one sheet to the department ``to``; ``receiver`` is who takes the papers, empty when they
        sign later on the paper.

        Raises ``Rejected`` with field ``lines`` or ``to``, ``Conflict`` for a case that is on another sheet already,
        and what ``FileDesk.act`` raises; nothing is handed over then.
        """
        if not lines:
            raise Rejected("lines", "还没有选要交接的办件")
        if not to.strip():
            raise Rejected("to", "请写明交给哪个部门")
        departments = tuple(dict.fromkeys(line.department for line in lines))
        if len(departments) > 1:
            raise Rejected("lines", f"一张交接单只交一个部门，选了{'、'.join(departments)}")
        wanted = tuple(dict.fromkeys(line.case_id for line in lines))
        sheet_id = self._journal.new_id()

        def work(unit: WindowUnit) -> HandedOver:
            still = self._waiting(unit, wanted)
            if gone := [line.case_number for line in lines if line.case_id not in still]:
                raise Conflict(f"{gone[0]} 已经交接过了，请刷新清单")
            made = [
                self._make(unit, still[case_id], sheet_id, to.strip(), receiver.strip(), actor) for case_id in wanted
            ]
            sheet, paper = self._sheet(unit, [still[case_id] for case_id in wanted], sheet_id, to.strip(), actor)
            acts = []
            for number, (before, act) in enumerate(made):
                act = replace(act, papers=(paper,))
                self._files.file_in(unit, before.file, act, (sheet,) if number == 0 else (), actor)
                acts.append(act)
            payload = {"number": paper.number, "cases": list(wanted)}
            self._journal.write(unit, "papers.handed_over", sheet_id, actor, payload)
            return HandedOver(sheet_id, paper.number, tuple(acts), (sheet.paper,))

        handed = self._store.write(work)
        self._wake_outbox()
        return handed

    # --- inside -----------------------------------------------------------------------------------------------
    def _waiting(self, unit: WindowUnit, only: Sequence[str] = ()) -> dict[str, HandoverLine]:
        since = self._journal.now() - LOOKED_BACK
        handed = unit.acts.last_of([CaseStep.HAND_OVER], since)
        came = unit.acts.last_of(_ARRIVALS, since)
        found = {}
        for row in unit.cases.in_state(sorted(UNDER_DECISION), since):
            before = handed.get(row.case_id)
            if (only and row.case_id not in only) or (
                before is not None and not _perhaps_later(came, row.case_id, before)
            ):
                continue
            opened = self._files.read_in(unit, row.case_id)
            line = _line(opened, self._hall_name(opened)) if opened is not None else None
            if line is not None:
                found[row.case_id] = line
        return found

    def _hall_name(self, opened: OpenFile | None) -> str:
        return self._files.hall.agency(opened.file.opening.department) if opened else ""

    def _make(
        self, unit: WindowUnit, line: HandoverLine, sheet_id: str, to: str, receiver: str, actor: Actor
    ) -> tuple[OpenFile, CaseAct]:
        opened = self._files.read_in(unit, line.case_id)
        assert opened is not None
        facts = ActFacts(hand_over=HandOver(sheet_id, to, line.pieces, receiver))
        wish = Wish(CaseStep.HAND_OVER, facts, papers=())
        act, _ = self._files.make_in(unit, opened.conclusion, opened.file, wish, actor)
        return opened, act

    def _sheet(
        self, unit: WindowUnit, lines: Sequence[HandoverLine], sheet_id: str, to: str, actor: Actor
    ) -> tuple[NewPaper, ActPaper]:
        hall, now = self._files.hall, self._journal.now()
        kind = PaperKind.HANDOVER_SHEET
        binding = self._binding.check(unit)
        # The hall's own sheet: no agency decides anything by it.
        number = take_documents(unit, binding, now.date(), hall.default_short, (kind,))[kind]
        rows = [
            HandoverRow(one.case_number, one.matter_name, one.applicant, one.pieces, one.pages, one.remark)
            for one in lines
        ]
        notice = handover_sheet(rows, hall=hall, number=number, actor=actor, to=to, at=now)
        sheet = notice_paper(sheet_id, notice, self._renderer.notice(notice), self._journal)
        return sheet, ActPaper(sheet.paper.paper_id, kind, number, self._renderer.check(notice), notice)


def _perhaps_later(came: Mapping[str, datetime], case_id: str, than: datetime) -> bool:
    """A quick look, so that not every case of half a year is read; ``_line`` goes by the order of the acts."""
    return case_id in came and came[case_id] >= than


def _line(opened: OpenFile, agency: str) -> HandoverLine | None:
    """The line of a case; None when no paper came in since its last sheet (everything exempt, or online)."""
    file, c = opened.file, opened.conclusion
    checks: list[MaterialCheck] = []
    if not file.handed_over:
        checks += [check for _, check in c.intake.rows]
    for act in file.acts:
        if act.step is CaseStep.HAND_OVER:
            checks = []
        elif act.facts.arrival is not None:
            checks += act.facts.arrival.checks
    taken = [check for check in checks if check.verdict in _ON_PAPER]
    pieces, pages = sum(check.pieces for check in taken), sum(check.pages for check in taken)
    if not pieces:
        return None
    return HandoverLine(
        case_id=file.case_id,
        case_number=file.opening.case_number,
        matter_name=file.opening.matter_name,
        department=agency,
        applicant=handed_over_name(c.intake.applicant),
        pieces=pieces,
        pages=pages,
        since=file.accepted_at or file.opening.concluded_at,
        remark=LATER if file.handed_over else "",
    )
