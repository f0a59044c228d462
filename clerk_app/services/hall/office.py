"""The back office at the server: work lists by department and step, a case with its papers and files, and its steps.

What may be done and by whom is ``domain.case_rules``; what a step asks for is ``services.steps``; this module opens,
shows and does. Called outside a unit of work: looking leaves a trace, so even looking writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from clerk_app.design.words import clock_time, short_day
from clerk_app.domain import case_rules, casefile, cases
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Refusal
from clerk_app.domain.papers import PAPER_NAMES, Notice, PaperKind, Receipt
from clerk_app.domain.routing import DESK_OF_STEP, OfficeDesk, OfficeList, responsible
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.hall_sync import FileKind, StoredFile
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_cases import CaseHead
from clerk_app.ports.stores_hall_office import WorkQuery
from clerk_app.services.hall import records
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.folding import acts_of, opened_case
from clerk_app.services.hall.office_access import OFFICE_ROLES
from clerk_app.services.hall.office_acts import OfficeActs, OfficeDrafts
from clerk_app.services.hall.office_papers import PaperLine, papers_of, value_of
from clerk_app.services.steps.doing import perform
from clerk_app.services.steps.forms import Form, form_of
from clerk_app.services.steps.offers import hint, step_name
from clerk_app.services.steps.values import OpenFile

T = TypeVar("T")
PAGE: Final = 50
_EVERYTHING: Final = frozenset({Role.MANAGER, Role.AUDITOR})
_NO_CASE = "没有这一件，请再看一遍编号"
_TOO_OLD = "这一件是旧版窗口收的，服务器上没有全部内容，请到受理的窗口办"
_NO_PAPER = "这件没有这份文书"


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What of a list is wanted; ``department`` empty for all that this person may see."""

    kind: OfficeList = OfficeList.TO_REVIEW
    department: str = ""
    words: str = ""
    due_soon: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Fifty lines of a list, how many there are on every list, and the departments that can be chosen."""

    wanted: WorkFilter
    lines: tuple[CaseHead, ...]
    total: int
    counts: Mapping[OfficeList, int]
    departments: tuple[str, ...]
    now: datetime

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class StepChoice:
    """One step of the office: open with what it brings, or closed with the reason. ``follows`` says that it is a step
    from the present state at all."""

    step: CaseStep
    name: str
    open: bool
    line: str
    follows: bool = True


@dataclass(frozen=True, slots=True)
class OfficeCase:
    """A case as the office sees it now. ``whose`` is the department that has each desk's step."""

    opened: OpenFile
    record: CaseRecord
    steps: tuple[StepChoice, ...]
    papers: tuple[PaperLine, ...]
    files: tuple[StoredFile, ...]
    whose: Mapping[OfficeDesk, str]
    now: datetime

    @property
    def case_id(self) -> str:
        return self.opened.file.case_id

    @property
    def position(self) -> int:
        """How many acts there are: a form that was filled in over fewer is looked at again."""
        return len(self.opened.file.acts)

    def pages_of(self, material_id: str) -> tuple[StoredFile, ...]:
        """The scanned pages of a material that have come, in order."""
        mine = [one for one in self.files if one.head.kind is FileKind.PAGE and one.head.material_id == material_id]
        return tuple(sorted(mine, key=lambda one: (one.head.position, one.head.made_at)))


class BackOffice:
    """``renderer`` draws papers on this machine; ``calendar`` gives the working days as of now."""

    def __init__(self, desk: HallDesk, renderer: PaperRenderer, calendar: Callable[[], WorkingCalendar]) -> None:
        self._desk = desk
        self._renderer = renderer
        self._calendar = calendar

    # --- lists ------------------------------------------------------------------------------------------------
    def work(self, caller: Caller, wanted: WorkFilter) -> WorkPage:
        """A page of a list; applicants are masked."""
        actor, now = caller.actor, self._desk.tools.now()
        actor.require(*OFFICE_ROLES)

        def look(unit: HallUnit) -> WorkPage:
            own = _departments(unit, actor)
            choice = own if own is not None else {*unit.office.case_departments(), *_receivers(unit)}
            seen = own
            if wanted.department:
                seen = frozenset({wanted.department}) & (own if own is not None else {wanted.department})

            def query(kind: OfficeList) -> WorkQuery:
                soon = _end_of(now + timedelta(days=1)) if wanted.due_soon else None
                return WorkQuery(kind, seen, wanted.words.strip(), soon)

            counts = {kind: unit.office.count(query(kind)) for kind in OfficeList}
            lines = unit.office.work(query(wanted.kind), PAGE, (max(1, wanted.page) - 1) * PAGE)
            return WorkPage(wanted, tuple(lines), counts[wanted.kind], counts, tuple(sorted(choice)), now)

        return self._desk.store.read(actor.hall_id, look)

    # --- one case ---------------------------------------------------------------------------------------------
    def open(self, caller: Caller, reference: str) -> OfficeCase:
        """A case by its id, number or 办件编号; looking leaves a trace. ``NotFound``, ``NotAllowed`` when it is another
        department's at every step."""
        return self._write(caller, lambda unit: self._opened(unit, caller.actor, reference))

    def form(self, found: OfficeCase, step: CaseStep) -> Form:
        """What a step of the office asks for; ``NotFound`` for a step that is not the office's."""
        if step not in DESK_OF_STEP:
            raise NotFound("这一步不在后台办，请到窗口办")
        return form_of(step, found.opened)

    def preset(self, found: OfficeCase, step: CaseStep, values: Mapping[str, str]) -> dict[str, str]:
        """What is known already, for the fields that ``values`` leaves empty."""
        filled, today = dict(values), found.now.date()
        for part in self.form(found, step).parts:
            if not filled.get(part.name):
                filled[part.name] = part.preset(found.opened, filled, today)
        return filled

    def preview(self, caller: Caller, found: OfficeCase, step: CaseStep, values: Mapping[str, str]) -> bytes | None:
        """The paper of a step before it is done, as PDF; None for a step without. Raises what the step would raise."""
        notices = self._drafted(caller.actor, found, step, values)
        return self._renderer.preview(notices[0]) if notices else None

    def act(
        self, caller: Caller, key: str, found: OfficeCase, step: CaseStep, values: Mapping[str, str], seen: int
    ) -> None:
        """Do a step, once per ``key``. ``seen`` is how many acts there were when the form was filled in.

        ``Conflict`` when somebody did something meanwhile (this person too, by the same form with other words);
        ``Locked``, ``NotAllowed``, ``Rejected`` by the form's field, as the step raises them. Nothing is stored then.
        """
        try:
            # Outside the turn for writing: the papers can be drawn at all, and what is slow the first time is loaded.
            for notice in self._drafted(caller.actor, found, step, values):
                self._renderer.notice(notice)
        except Refusal:
            # The request below says so again, unless it is a repetition of one that was carried out.
            pass
        case_id, desk = found.case_id, self._desk
        content = json.dumps([case_id, step.value, sorted(values.items())], ensure_ascii=False).encode()

        def work(unit: HallUnit) -> str:
            unit.files.head(case_id, lock=True)
            opened = _opened_file(unit, case_id)
            _check_unmoved(opened.file, seen)
            self._check_desk(unit, caller.actor, opened.file, step)
            acting = OfficeActs(unit, desk.tools, desk.store.epoch, self._renderer, self._calendar(), desk.files)
            acted = perform(acting, opened, step, _complete(form_of(step, opened), values), caller.actor)
            return json.dumps([act.act_id for act in acted.acts])

        # The same form sent twice is one step; sent again with other words it is a new wish, and meets the moved case.
        digest = desk.tools.crypto.digest(content).hex()[:16]
        desk.requests.once(caller, f"{key}.{digest}", content, work)

    def paper(self, caller: Caller, case_id: str, paper_id: str) -> tuple[str, bytes]:
        """Title and PDF of a paper, drawn from the very value that was printed; looking leaves a trace."""

        def look(unit: HallUnit) -> Notice | Receipt:
            self._check_sees(unit, caller.actor, case_id)
            record, _ = opened_case(unit, case_id)
            value = value_of(_opened_file(unit, case_id), record, paper_id)
            if value is None:
                raise NotFound(_NO_PAPER)
            self._desk.tools.record(unit, caller.actor, "paper.viewed", paper_id, {"case_id": case_id})
            return value

        value = self._write(caller, look)
        if isinstance(value, Receipt):
            return PAPER_NAMES[PaperKind.RECEIPT], self._renderer.receipt_page(value)
        return value.title, self._renderer.notice(value)

    def file(self, caller: Caller, case_id: str, file_id: str) -> tuple[StoredFile, bytes]:
        """A scanned page or a printed sheet as the window sent it; looking leaves a trace."""

        def look(unit: HallUnit) -> StoredFile:
            self._check_sees(unit, caller.actor, case_id)
            found = self._desk.uploads.look(unit, caller.actor, file_id)
            if found.head.subject_id != case_id:
                raise NotFound("这件没有这份文件")
            return found

        found = self._write(caller, look)
        hall_id = caller.actor.hall_id
        return found, self._desk.store.read(hall_id, lambda unit: self._desk.uploads.content(unit, found.head))

    # --- inside -----------------------------------------------------------------------------------------------
    def _write(self, caller: Caller, work: Callable[[HallUnit], T]) -> T:
        hall_id = caller.actor.hall_id

        def live(unit: HallUnit) -> T:
            self._desk.access.check_live(unit, caller)
            return work(unit)

        result = self._desk.store.write(hall_id, caller.device_id, live)
        self._desk.committed(hall_id)
        return result

    def _opened(self, unit: HallUnit, actor: Actor, reference: str) -> OfficeCase:
        actor.require(*OFFICE_ROLES)
        case_id = unit.files.locate(reference.strip())
        if case_id is None:
            raise NotFound(_NO_CASE)
        head = self._check_sees(unit, actor, case_id)
        found = self._desk.files.server_case(unit, actor, case_id)
        opened = _opened_file(unit, case_id, found.case_no, found.sequence)
        files = self._desk.uploads.of_subject(unit, actor, case_id)
        routes = unit.office.routes()
        whose = {desk: responsible(routes, head.matter_code, head.standing.department, desk) for desk in OfficeDesk}
        own, now = _departments(unit, actor), self._desk.tools.now()
        return OfficeCase(
            opened=opened,
            record=found.record,
            steps=tuple(_choice(opened.file, step, actor, whose, own, now) for step in DESK_OF_STEP),
            papers=papers_of(opened, found.record, files),
            files=files,
            whose=whose,
            now=now,
        )

    def _check_sees(self, unit: HallUnit, actor: Actor, case_id: str) -> CaseHead:
        """A case may be looked at by whose desk it is on at any step, and by who did something with it."""
        head = unit.files.head(case_id)
        if head is None:
            raise NotFound(_NO_CASE)
        own = _departments(unit, actor)
        stands = head.standing
        if own is None or actor.user_id in {stands.received_by, stands.decided_by, stands.sealed_by}:
            return head
        routes = unit.office.routes()
        if all(responsible(routes, head.matter_code, stands.department, desk) not in own for desk in OfficeDesk):
            raise NotAllowed(f"这件归{stands.department or '别的部门'}，不在你的部门。要办请管理员调整“环节归属”")
        return head

    def _check_desk(self, unit: HallUnit, actor: Actor, file: CaseFile, step: CaseStep) -> None:
        opening = file.opening
        whose = responsible(unit.office.routes(), opening.matter_code, opening.department, DESK_OF_STEP[step])
        if reason := _elsewhere(step, whose, _departments(unit, actor)):
            raise NotAllowed(reason)

    def _drafted(
        self, actor: Actor, found: OfficeCase, step: CaseStep, values: Mapping[str, str]
    ) -> tuple[Notice, ...]:
        desk = self._desk
        complete = _complete(self.form(found, step), values)

        def draft(unit: HallUnit) -> tuple[Notice, ...]:
            drafts = OfficeDrafts(unit, desk.tools, desk.store.epoch, self._renderer, self._calendar())
            acted = perform(drafts, found.opened, step, complete, actor)
            return tuple(one.notice for act in acted.acts for one in act.papers if one.notice is not None)

        return desk.store.read(actor.hall_id, draft)


def _end_of(day: datetime) -> datetime:
    return day.replace(hour=23, minute=59, second=59, microsecond=0)


def _receivers(unit: HallUnit) -> set[str]:
    """Departments that a route gives cases to."""
    return {route.to for route in unit.office.routes()}


def _departments(unit: HallUnit, actor: Actor) -> frozenset[str] | None:
    """The departments of a person; None for who sees all: managers, auditors, and who was given none."""
    if actor.roles & _EVERYTHING:
        return None
    return unit.office.departments_of(actor.user_id) or None


def _opened_file(unit: HallUnit, case_id: str, case_no: str | None = None, sequence: int | None = None) -> OpenFile:
    record, opening = opened_case(unit, case_id)
    if not record.conclusion:
        raise Locked(_TOO_OLD)
    conclusion = records.load(Conclusion, record.conclusion)
    return OpenFile(conclusion, casefile.folded(opening, acts_of(unit, case_id)), case_no, sequence)


def _check_unmoved(file: CaseFile, seen: int) -> None:
    """``Conflict`` with who did what meanwhile."""
    if len(file.acts) > seen:
        told = "；".join(_told(act) for act in file.acts[seen:])
        raise Conflict(f"你打开以后，{told}。你写的内容还在，没有提交；看过再办")


def _told(act: CaseAct) -> str:
    return f"{act.by.name} {short_day(act.at)} {clock_time(act.at)} 办了“{act.step.label}”"


def _choice(
    file: CaseFile,
    step: CaseStep,
    actor: Actor,
    whose: Mapping[OfficeDesk, str],
    own: frozenset[str] | None,
    now: datetime,
) -> StepChoice:
    reason = case_rules.lock_reason(file, step, actor.user_id, actor.roles, now)
    reason = reason or _elsewhere(step, whose[DESK_OF_STEP[step]], own)
    follows = (file.state, step) in cases.TRANSITIONS
    return StepChoice(step, step_name(step, file), not reason, reason or hint(step, file), follows)


def _elsewhere(step: CaseStep, whose: str, own: frozenset[str] | None) -> str:
    """Why a step is another department's; empty when it is not."""
    if own is None or whose in own:
        return ""
    return f"“{DESK_OF_STEP[step].label}”归{whose or '别的部门'}，不在你的部门"


def _complete(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """Every field of the form; a phrase that was chosen stands in for a field that was left empty."""
    filled = {part.name: values.get(part.name, "").strip() for part in form.parts}
    for part in form.parts:
        into = getattr(part, "into", "")
        if into and not filled.get(into):
            filled[into] = filled[part.name]
    return filled
