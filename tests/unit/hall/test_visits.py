"""Visits, consultations and signatures: stored once; trips are counted from them; a list has its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall_cases import (
    ConsultationRecord,
    GuidanceMaterial,
    GuidancePage,
    GuidanceSection,
    SignatureRecord,
    Stored,
    TripCount,
    VisitRecord,
)
from support.case_flow import SM3, TASK, AtWork, at_work, opening, record, uuid
from support.hall import MORNING, HallInHand, hall_in_hand

TOKEN = "Zk3v9QwTz0aXl7Rb2Yc5Ng"
PAGE = GuidancePage(
    "一次性告知单",
    "食品经营许可",
    (GuidanceSection("到哪里办", ("一楼 A 区综合窗口",)),),
    (GuidanceMaterial("营业执照", "复印件 1 份", "在有效期内"),),
)


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


@pytest.fixture
def clerk(hall: HallInHand) -> AtWork:
    return at_work(hall, "12", "王晓梅")


def _visit(number: int, *reasons: VisitReason, case: int = 1) -> VisitRecord:
    began = MORNING + timedelta(days=number)
    ids = (uuid(case),) if case else ()
    return VisitRecord(uuid(number, 600), reasons, "12", began, began + timedelta(minutes=9), case_ids=ids)


def _came(clerk: AtWork, visit: VisitRecord) -> Stored:
    stored: Stored = clerk.hall.write(lambda unit: clerk.hall.desk.visits.store_visit(unit, clerk.caller.actor, visit))
    return stored


def _trips(clerk: AtWork, reference: str) -> TripCount:
    found: TripCount = clerk.hall.read(lambda unit: clerk.hall.desk.trips.of_case(unit, clerk.caller.actor, reference))
    return found


def _advice(number: int = 1, **change: object) -> ConsultationRecord:
    given = ConsultationRecord(
        consultation_id=uuid(number, 700),
        matter_code=TASK,
        matter_name="食品经营许可",
        matter_version=1,
        answers={"place": ["shop"]},
        given_at=MORNING,
        window_no="12",
        number="明市监告〔2026〕12-0001 号",
        token=TOKEN,
        content=asdict(PAGE),
    )
    return replace(given, **change)


def _gives(clerk: AtWork, given: ConsultationRecord) -> Stored:
    stored: Stored = clerk.hall.write(
        lambda unit: clerk.hall.desk.visits.store_consultation(unit, clerk.caller.actor, given)
    )
    return stored


def test_trips_of_a_case_are_counted_both_ways(hall: HallInHand, clerk: AtWork) -> None:
    start = opening(1, clerk.user_id)
    clerk.stores(record(start, hall.hall_id))
    _came(clerk, _visit(1, VisitReason.SUBMIT))
    _came(clerk, _visit(2, VisitReason.SUPPLEMENT))
    _came(clerk, _visit(3, VisitReason.CONSULT, VisitReason.COLLECT))
    _came(clerk, _visit(4, VisitReason.SUBMIT, case=2))
    _came(clerk, _visit(5, VisitReason.CONSULT, case=0))
    assert _trips(clerk, start.case_number) == TripCount(start.case_id, 3, 2)
    with pytest.raises(NotFound):
        _trips(clerk, "MH-12-20261123-0099")


def test_a_visit_is_stored_once(hall: HallInHand, clerk: AtWork) -> None:
    first = _came(clerk, _visit(1, VisitReason.SUBMIT))
    hall.clock.move(minutes=1)
    assert _came(clerk, _visit(1, VisitReason.SUBMIT)) == first
    with pytest.raises(Conflict, match="内容不一样"):
        _came(clerk, _visit(1, VisitReason.COLLECT))
    with pytest.raises(NotAllowed, match="不能上传 13 号"):
        _came(clerk, replace(_visit(2, VisitReason.SUBMIT), window_no="13"))
    early = MORNING - timedelta(days=9)
    for broken in ({"reasons": ()}, {"ended_at": early}, {"visit": "x"}, {"case_ids": ("x",)}):
        with pytest.raises(Rejected):
            _came(clerk, replace(_visit(3, VisitReason.SUBMIT), **broken))


def test_a_list_has_its_page_for_who_has_the_token(hall: HallInHand, clerk: AtWork) -> None:
    _gives(clerk, _advice())
    shown = hall.desk.visits.page(hall.store, TOKEN)
    assert shown.page == PAGE
    assert (shown.hall_name, shown.number) == ("明河区政务服务中心", "明市监告〔2026〕12-0001 号")
    for other in (TOKEN[:-1] + "h", TOKEN[:-1], "", "../" + TOKEN, TOKEN * 9):
        with pytest.raises(NotFound):
            hall.desk.visits.page(hall.store, other)


def test_the_token_itself_is_stored_nowhere(hall: HallInHand, clerk: AtWork) -> None:
    _gives(clerk, _advice())
    hall.sequence()
    body = hall.read(lambda unit: unit.registers.consultation_of_page(hall.desk.tools.token_digest(TOKEN)))
    assert body["token"] == ""
    assert TOKEN not in str(hall.read(lambda unit: unit.journal.after(0, 500)))


def test_a_page_that_could_be_guessed_or_names_somebody_is_refused(clerk: AtWork) -> None:
    with pytest.raises(Rejected) as caught:
        _gives(clerk, _advice(token="12345678"))
    assert caught.value.field == "token"
    named = replace(PAGE, sections=(GuidanceSection("申请人", ("李晓彤 110101199003070003",)),))
    for content in (asdict(named), {"title": 3}, {}):
        with pytest.raises(Rejected) as caught:
            _gives(clerk, _advice(content=content))
        assert caught.value.field == "content"
    # on paper alone nothing is public
    _gives(clerk, _advice(2, token="", content={}))


def test_two_lists_never_share_a_page(hall: HallInHand, clerk: AtWork) -> None:
    first = _gives(clerk, _advice())
    assert _gives(clerk, _advice()) == first
    with pytest.raises(Conflict, match="已经用过"):
        _gives(clerk, _advice(2))
    with pytest.raises(Conflict, match="内容不一样"):
        _gives(clerk, _advice(matter_name="别的事项"))
    _gives(clerk, _advice(3, token=""))
    _gives(clerk, _advice(4, token=""))


def test_a_signature_is_bound_to_what_was_signed(hall: HallInHand, clerk: AtWork) -> None:
    def store(signature: SignatureRecord, actor: object = None) -> Stored:
        who = actor or clerk.caller.actor
        stored: Stored = hall.write(lambda unit: hall.desk.visits.store_signature(unit, who, signature))
        return stored

    signature = SignatureRecord(uuid(1, 800), uuid(1), uuid(1, 200), SM3, "李晓彤", MORNING, SM3)
    first = store(signature)
    assert store(signature) == first
    with pytest.raises(Conflict):
        store(replace(signature, check="cd" * 32))
    for broken in ({"check": ""}, {"signer": " "}, {"strokes_sha": "x"}, {"paper_id": ""}):
        with pytest.raises(Rejected):
            store(replace(signature, signature_id=uuid(2, 800), **broken))
    with pytest.raises(NotAllowed, match="只有窗口电脑"):
        store(replace(signature, signature_id=uuid(3, 800)), hall.kiosk())
    hall.sequence()
    told = [e for e in hall.read(lambda unit: unit.journal.after(0, 99)) if e.kind == "signature.stored"]
    assert len(told) == 1
    assert "李晓彤" not in str(told[0].payload)
