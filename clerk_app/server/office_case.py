"""The work list of the back office, a case, and its steps as forms: no script, everything by links and buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import Response as Plain

from clerk_app.domain.act_papers import papers_of_step
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.errors import Conflict, Fault, Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.routing import OfficeList
from clerk_app.ports.problems import to_problem
from clerk_app.server import office_words as words
from clerk_app.server.office_entry import Called, Form, OfficeCall, OfficeRoute
from clerk_app.server.office_pages import content_headers, page, problem_page, to
from clerk_app.services.hall.office import OfficeCase, StepChoice, WorkFilter, WorkPage
from clerk_app.services.steps.forms import Line, Picks
from clerk_app.services.steps.offers import step_name

router = APIRouter(prefix="/office", include_in_schema=False, route_class=OfficeRoute)

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LONG: Final = frozenset({"reason", "content", "facts", "result", "basis"})
"""Fields that hold sentences."""
_LONGEST: Final = 4000
_NO_PAGE: Final = "没有这一页，请从工作列表进入"
_TEN_MILLION: Final = 10_000_000


# --- the work list --------------------------------------------------------------------------------------------------
@router.get("")
def work(
    call: Called,
    kind: OfficeList | None = None,
    department: Annotated[str, Query(max_length=256)] = "",
    words_: Annotated[str, Query(alias="words", max_length=80)] = "",
    soon: str = "",
    at: Annotated[int, Query(alias="page", ge=1, le=_TEN_MILLION)] = 1,
) -> Response:
    """A list of what lies on this person's desks; without a choice the first one that holds anything."""
    wanted = WorkFilter(kind or OfficeList.TO_REVIEW, department, words_, bool(soon), at)
    found = call.state.office.work(call.caller, wanted)
    if kind is None and not found.total:
        first = next((one for one in OfficeList if found.counts[one]), wanted.kind)
        if first is not wanted.kind:
            found = call.state.office.work(call.caller, replace(wanted, kind=first))
    return page(
        "work.html",
        "办件",
        caller=call.caller,
        here="work",
        found=found,
        lists=tuple(OfficeList),
        lines=[_line(call, found, head) for head in found.lines],
        chosen=_query(found),
    )


def _line(call: OfficeCall, found: WorkPage, head: Any) -> dict[str, Any]:
    return {
        "head": head,
        "pill": words.line_pill(head, found.now),
        "state": words.state_pill(head.standing.state),
        "since": words.moment(head.standing.since, found.now),
        "due": words.day(head.standing.due_at),
        "own": words.why_not_mine(head, found.wanted.kind, call.caller.actor.user_id),
    }


def _query(found: WorkPage) -> dict[str, str]:
    wanted = found.wanted
    return {
        "department": wanted.department,
        "words": wanted.words,
        "soon": "1" if wanted.due_soon else "",
    }


@router.get("/find")
def find(call: Called, reference: Annotated[str, Query(max_length=160)] = "") -> Response:
    """From a scanned or typed number to its case."""
    if not reference.strip():
        return to("/office")
    return to(f"/office/case/{call.state.office.open(call.caller, reference).case_id}")


# --- a case ---------------------------------------------------------------------------------------------------------
@router.get("/case/{case_id}")
def case(call: Called, case_id: str, done: str = "") -> Response:
    """Where the case stands, its materials, papers and acts, and what this person may do."""
    found = call.state.office.open(call.caller, _known(case_id))
    last = found.opened.file.acts[-1] if found.opened.file.acts else None
    mine = last is not None and last.by.user_id == call.caller.actor.user_id
    told = f"已办：{last.step.label}" if done and last is not None and mine else ""
    return page("case.html", found.record.matter_name, caller=call.caller, told=told, **_about(found))


def _about(found: OfficeCase) -> dict[str, Any]:
    intake, file = found.opened.conclusion.intake, found.opened.file
    assert intake.applicant is not None
    people = words.person(intake.applicant, intake.contact_phone)
    if intake.agent is not None:
        people.append(("代理人", intake.agent.name))
    people += [(party.role or "共同申请人", party.name) for party in intake.parties]
    return {
        "case": found,
        "file": file,
        "state": words.state_pill(file.state),
        "due": words.due_pill(found),
        "statutory": words.day(file.statutory),
        "people": people,
        "materials": words.materials(found),
        "missing": len(file.missing),
        "timeline": words.timeline(found),
        "whose": sorted({name for name in found.whose.values() if name}),
    }


@router.get("/case/{case_id}/paper/{paper_id}")
def paper(call: Called, case_id: str, paper_id: str) -> Response:
    """A paper of the case as PDF, drawn from what was printed."""
    _, pdf = call.state.office.paper(call.caller, _known(case_id), _known(paper_id))
    return Plain(pdf, headers=content_headers(f"{paper_id}.pdf"), media_type="application/pdf")


@router.get("/case/{case_id}/file/{file_id}")
def file(call: Called, case_id: str, file_id: str) -> Response:
    """A scanned page, or a sheet as it was printed."""
    found, content = call.state.office.file(call.caller, _known(case_id), _known(file_id))
    ending = "pdf" if found.head.media_type == "application/pdf" else "jpg"
    return Plain(content, headers=content_headers(f"{file_id}.{ending}"), media_type=found.head.media_type)


def _known(text: str) -> str:
    """An id as these pages link it; ``NotFound`` for anything else."""
    if not _UUID.fullmatch(text):
        raise NotFound(_NO_PAGE)
    return text


# --- a step ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Field:
    """A part of a form as the page draws it: a line to type, or answers to choose from."""

    name: str
    label: str
    value: str
    hint: str = ""
    long: bool = False
    half: bool = False
    optional: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    fills: bool = False
    error: str = ""


@router.get("/case/{case_id}/step/{step}")
def step_form(call: Called, case_id: str, step: CaseStep) -> Response:
    """What a step asks for, with what is known already."""
    found = call.state.office.open(call.caller, _known(case_id))
    return _step_page(call, found, step, {})


@router.post("/case/{case_id}/step/{step}")
def do_step(call: Called, form: Form, case_id: str, step: CaseStep) -> Response:
    """``do`` is ``fill`` (bring what follows from a choice), ``look`` (the paper, not done) or nothing: do it."""
    found = call.state.office.open(call.caller, _known(case_id))
    office = call.state.office
    typed = {name: text[:_LONGEST] for name, text in form.items() if name not in {"key", "seen", "do"}}
    if form.get("do") == "fill":
        return _step_page(call, found, step, typed)
    try:
        if form.get("do") == "look":
            pdf = office.preview(call.caller, found, step, typed)
            if pdf is None:
                raise NotFound("这一步没有文书")
            return Plain(pdf, headers=content_headers(f"{step.value}.pdf"), media_type="application/pdf")
        seen = int(form["seen"]) if form.get("seen", "").isdigit() else -1
        if seen < 0 or not _UUID.fullmatch(form.get("key", "")):
            return _step_page(call, found, step, typed, "这一页隔得太久，请看一遍再按一次", "", 409)
        office.act(call.caller, form["key"], found, step, typed, seen)
    except Rejected as refused:
        return _step_page(call, found, step, typed, refused.reason, refused.field, 422)
    except (Conflict, Locked, NotAllowed, Fault) as refused:
        # What others did meanwhile is part of the page that follows.
        status, problem = to_problem(refused)
        again = office.open(call.caller, found.case_id)
        return _step_page(call, again, step, typed, problem.sentence, "", status)
    return to(f"/office/case/{found.case_id}", done="1")


def _step_page(
    call: OfficeCall,
    found: OfficeCase,
    step: CaseStep,
    typed: Mapping[str, str],
    problem: str = "",
    field: str = "",
    status: int = 200,
) -> Response:
    office = call.state.office
    form = office.form(found, step)
    choice = next(one for one in found.steps if one.step is step)
    values = office.preset(found, step, typed) if choice.open else dict(typed)
    fields = [_field(found, part, values, problem if part.name == field else "") for part in form.parts]
    if not choice.open and not typed:
        return problem_page(call.caller, choice.line, 423)
    return page(
        "step.html",
        step_name(step, found.opened.file),
        caller=call.caller,
        status=status,
        step=step,
        choice=choice,
        # Nothing is printed here: the paper comes out at a window.
        verb=form.verb.replace("打印", "出"),
        note=form.note(found.opened),
        fields=fields,
        problem=_above(problem, field, fields, choice),
        key=call.state.desk.tools.new_id(),
        has_paper=_has_paper(step, found),
        **_about(found),
    )


def _field(found: OfficeCase, part: Picks | Line, values: Mapping[str, str], error: str) -> _Field:
    value = values.get(part.name, "")
    if isinstance(part, Picks):
        choices = tuple((one.value, one.words) for one in part.choices(found.opened))
        return _Field(part.name, part.label, value, choices=choices, fills=not part.into, error=error)
    return _Field(
        part.name,
        part.label,
        value,
        hint=part.hint,
        long=part.name in _LONG,
        half=part.half and part.name not in _LONG,
        optional=part.optional,
        error=error,
    )


def _above(problem: str, field: str, fields: list[_Field], choice: StepChoice) -> str:
    """What stands above the form: a sentence that belongs to none of its fields, or why the step is closed."""
    if problem and all(one.name != field for one in fields):
        return problem if choice.open or choice.line in problem else f"{problem}。{choice.line}"
    return ""


def _has_paper(step: CaseStep, found: OfficeCase) -> bool:
    return bool(papers_of_step(step, found.opened.file))
