"""The citizen's page: how a case stands. ``/q/<case number>`` is the address in the QR code of the papers, ``/q/`` the
same form without a number; the form is sent to ``/q/``.

Plain HTML without a script. The characters of the identity number come in the body of the form, never in an address,
are not written back into the page and stand in no log. Off unless ``[server] progress_page`` is set: until then a case
number is to the phone page what any other unknown id is.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from clerk_app.design.words import paper_day
from clerk_app.domain.errors import Fault, Rejected
from clerk_app.domain.numbering import parse_case_number
from clerk_app.domain.progress_access import TAIL, parse_tail
from clerk_app.server.web import RateLimit, WebFiles, asker, page_headers, page_templates, phone_css
from clerk_app.services.hall.progress import ProgressPage, ShownProgress
from clerk_app.services.hall.progress_limit import HOUR, WrongAnswers

router = APIRouter(include_in_schema=False)

_POLICY: Final = "style-src 'self'; form-action 'self'"
_STYLE: Final = "progress/progress.css"
_FORM_BYTES: Final = 2048
_FIELDS: Final = 10
_AT_ONCE: Final = 4
"""Cases read at the same time: the hall's own devices share the server with phones."""
_PATIENCE_S: Final = 0.2
_SOON: Final = 60
_WRONG: Final = "没有查到。编号或证件号码后几位不对，请对着单子再填一遍；今天刚收的件可能还要等一会儿。"
_LOCKED: Final = "填错的次数多了，先不能查。过一小时再试；急着知道请打咨询电话或到大厅问。"
_BUSY: Final = "现在查的人多，请过一会儿再试。"
_AWAY: Final = "现在查不了，请过一会儿再试，或打咨询电话问。"


@dataclass
class ProgressDoor:
    """``app.state.progress`` where the hall has the page: what it reads, and who may ask how often."""

    page: ProgressPage
    wrong: WrongAnswers
    reads: RateLimit = field(default_factory=lambda: RateLimit(burst=120, per_second=4))
    room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE))


def _door(request: Request) -> ProgressDoor | None:
    found: ProgressDoor | None = getattr(request.app.state, "progress", None)
    return found


def _open(request: Request) -> ProgressDoor:
    door = _door(request)
    if door is None:
        raise HTTPException(404)
    return door


Door = Annotated[ProgressDoor, Depends(_open)]


async def _form(request: Request) -> dict[str, str]:
    """The fields; none of a body that is no such form."""
    body = await request.body()
    if len(body) > _FORM_BYTES:
        return {}
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=_FIELDS))
    except ValueError:
        return {}


@router.get("/q/progress/{version}/{name:path}")
def web_file(version: str, name: str) -> Response:
    return progress_files().answer(version, name)


@router.get("/q/", response_class=HTMLResponse)
def form(request: Request, door: Door) -> Response:
    """The empty form."""
    return _asked(request, door, "")


def prefilled(request: Request, text: str) -> Response | None:
    """The form with the case number that stands in an address; None when it is none or the page is off. Nothing is
    looked up: a number that does not exist gets the same form."""
    door = _door(request)
    if door is None:
        return None
    try:
        number = parse_case_number(text)
    except Rejected:
        return None
    return _asked(request, door, str(number))


def _asked(request: Request, door: ProgressDoor, number: str) -> Response:
    if not door.reads.allows(asker(request)):
        return _again(door, number, 429, _BUSY, wait_s=_SOON)
    return _again(door, number, 200, "")


@router.post("/q/", response_class=HTMLResponse)
def look(request: Request, door: Door, sent: Annotated[dict[str, str], Depends(_form)]) -> Response:
    """The case. 422 for what cannot be a number or its digits, 404 with one page for whatever does not fit, 429 with
    one page after too many wrong answers (right digits are not looked at then either), 503 when nobody can answer."""
    typed = sent.get("number", "").strip()[:60]
    who = asker(request)
    if not door.reads.allows(who):
        return _again(door, typed, 429, _BUSY, wait_s=_SOON)
    problems: dict[str, str] = {}
    try:
        number = parse_case_number(typed, field="number")
    except Rejected:
        problems["number"] = "请照单子上的填，像 MH-12-20261123-0031"
    try:
        tail = parse_tail(sent.get("tail", ""))
    except Rejected as wrong:
        problems["tail"] = str(wrong)
    if problems:
        return _again(door, typed, 422, "", problems)
    if not door.room.acquire(timeout=_PATIENCE_S):
        return _again(door, typed, 503, _BUSY, wait_s=_SOON)
    try:
        attempt = door.wrong.begin(who, str(number))
        if attempt is None:
            return _again(door, typed, 429, _LOCKED, wait_s=int(HOUR))
        found: ShownProgress | None = None
        told_no = False
        try:
            found = door.page.find(number, tail)
            told_no = found is None
        finally:
            if not told_no:
                door.wrong.forgive(attempt)
    except Fault:
        return _again(door, typed, 503, _AWAY, wait_s=_SOON)
    finally:
        door.room.release()
    if found is None:
        return _again(door, typed, 404, _WRONG)
    return progress_page(found)


# --- pages ----------------------------------------------------------------------------------------------------------
@cache
def progress_files() -> WebFiles:
    """The style sheet and the tokens, read once."""
    return WebFiles(_STYLE, tokens=phone_css())


@cache
def _templates() -> Environment:
    found = page_templates("progress")
    # Relative, so that the page works under whatever address a proxy gives it.
    base = f"progress/{progress_files().version}"
    found.globals.update(tokens_url=f"{base}/tokens.css", style_url=f"{base}/{_STYLE}", tail=TAIL)
    found.filters["day"] = paper_day
    return found


def _rendered(template: str, status: int, more: Mapping[str, str], **values: Any) -> HTMLResponse:
    text = _templates().get_template(template).render(**values)
    return HTMLResponse(text, status, page_headers(_POLICY) | more)


def _again(
    door: ProgressDoor,
    number: str,
    status: int,
    sentence: str,
    problems: Mapping[str, str] | None = None,
    wait_s: int = 0,
) -> Response:
    """The form, with what was typed as the number and never with the digits."""
    hall, phone = door.page.hall_face()
    more = {"Retry-After": str(wait_s)} if wait_s else {}
    return _rendered(
        "ask.html",
        status,
        more,
        hall=hall,
        phone=phone,
        number=number,
        sentence=sentence,
        problems={"number": "", "tail": ""} | dict(problems or {}),
    )


def progress_page(found: ShownProgress) -> Response:
    """The page of one case."""
    return _rendered("shown.html", 200, {}, hall=found.hall, phone=found.phone, found=found, case=found.progress)
