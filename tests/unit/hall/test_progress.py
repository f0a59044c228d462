"""The citizen's page as a service: who is let in, what is read meanwhile, and what the store is asked."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import time, timedelta

from sqlalchemy import Engine, event

from clerk_app.domain.acts import Suspension
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.law import SuspensionCause
from clerk_app.domain.numbering import parse_case_number
from clerk_app.domain.progress import Mood
from clerk_app.domain.queue_rules import WORKDAY_HOURS, QueueRules, Session
from clerk_app.ports.hall import PartyRecord
from clerk_app.services.hall.progress import ProgressPage, ShownProgress
from support.case_flow import (
    AGENT,
    APPLICANT,
    Staff,
    act,
    delivered,
    granted,
    opening,
    ready,
    record,
    sealed,
    supplement_opening,
)
from support.hall import MORNING, PROFILE, HallInHand

SOON = MORNING + timedelta(minutes=5)
TAIL = APPLICANT.document_no[-6:]
COMPANY = PartyRecord("entity", "明河食品有限公司", "uscc", "91230100MA1234AB5X")


def _number(number: int = 1) -> str:
    return f"MH-12-20261123-{number:04d}"


def _ask(hall: HallInHand, number: str, tail: str) -> ShownProgress | None:
    return ProgressPage(hall.desk).find(parse_case_number(number), tail)


def _told(hall: HallInHand, number: int = 1) -> ShownProgress:
    found = _ask(hall, _number(number), TAIL)
    assert found is not None
    return found


def test_the_digits_of_applicant_joint_applicant_and_agent_open_the_page(hall: HallInHand, people: Staff) -> None:
    third = replace(AGENT, name="王强", document_no="11010119900307123x")
    start = opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id, agent=AGENT, parties=(third,)))
    for tail in (TAIL, AGENT.document_no[-6:], "07123X"):
        assert _ask(hall, _number(), tail) is not None, tail
    for tail in ("000000", TAIL[::-1], AGENT.document_no[:6], "------"):
        assert _ask(hall, _number(), tail) is None, tail


def test_an_organisation_is_asked_for_the_end_of_its_credit_code(hall: HallInHand, people: Staff) -> None:
    people.clerk.stores(record(opening(1, people.clerk.user_id), hall.hall_id, applicant=COMPANY))
    assert _ask(hall, _number(), "34AB5X") is not None
    assert _ask(hall, _number(), "34AB50") is None


def test_nobody_without_a_number_opens_a_case(hall: HallInHand, people: Staff) -> None:
    """A short or empty document number opens nothing, whatever is typed."""
    for number, document in ((1, ""), (2, "12345"), (3, "------")):
        nobody = replace(APPLICANT, document_no=document)
        people.clerk.stores(record(opening(number, people.clerk.user_id), hall.hall_id, applicant=nobody))
        for tail in ("------", "012345", "12345", ""):
            assert _ask(hall, _number(number), tail) is None


def test_a_case_is_followed_from_receipt_to_delivery(hall: HallInHand, people: Staff) -> None:
    start = opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id))
    found = _told(hall)
    assert (found.progress.matter, found.progress.state) == ("食品经营许可", "已受理")
    assert [line.words for line in found.progress.happened] == ["收到申请", "受理"]
    assert found.progress.dates[0][1] == "2026年12月7日"
    pause = Suspension(SuspensionCause.INSPECTION, "《行政许可法》第四十五条", SOON.date(), "10个工作日")
    people.reviewer.pushes(act(1, start.case_id, CaseStep.SUSPEND, people.reviewer.doer, SOON, suspension=pause))
    standing = _told(hall).progress
    assert standing.state == "正在检验"
    assert standing.dates == ()
    people.clerk.stores(record(opening(2, people.clerk.user_id), hall.hall_id))
    other = opening(2, people.clerk.user_id).case_id
    grant = granted(2, other, people.reviewer.doer, SOON)
    people.reviewer.pushes(grant)
    assert _told(hall, 2).progress.state == "已准予，正在做结果"
    people.keeper.pushes(sealed(3, grant, people.keeper.doer, SOON))
    people.keeper.pushes(ready(4, other, people.keeper.doer, SOON))
    fetch = _told(hall, 2)
    assert fetch.progress.mood is Mood.COLLECT
    assert fetch.progress.collect
    assert (fetch.hall, fetch.phone) == (PROFILE.name, PROFILE.phone)
    people.clerk.pushes(delivered(5, other, people.clerk.doer, SOON, pieces=("正本 1",)))
    assert (_told(hall, 2).progress.mood, _told(hall, 2).progress.state) == (Mood.OVER, "已办结")


def test_what_is_to_be_supplied_is_named_with_its_day(hall: HallInHand, people: Staff) -> None:
    people.clerk.stores(record(supplement_opening(1, people.clerk.user_id), hall.hall_id))
    told = _told(hall).progress
    assert told.mood is Mood.YOUR_TURN
    assert told.bring == ("营业执照", "经营场所证明")
    assert "2026年12月23日前（含当天）" in told.todo[0]
    hall.clock.move(days=31)
    assert "已经过了" in _told(hall).progress.todo[0]


def test_the_opening_hours_come_with_the_days_that_differ(hall: HallInHand, people: Staff) -> None:
    people.clerk.stores(record(supplement_opening(1, people.clerk.user_id), hall.hall_id))
    assert _told(hall).hours == ()
    today = hall.clock.now().date()
    days = {today + timedelta(days=2): (), today + timedelta(days=5): (Session(time(9), time(11)),)}
    hall.rules(QueueRules(hours=replace(WORKDAY_HOURS, days=days)))
    assert _told(hall).hours == (
        "周一至周五 08:30-12:00、13:30-17:00",
        f"{today.month}月{today.day + 2}日 不办公",
        f"{today.month}月{today.day + 5}日 09:00-11:00",
    )


def test_a_case_of_an_older_window_tells_what_is_known(hall: HallInHand, people: Staff) -> None:
    made = record(opening(1, people.clerk.user_id), hall.hall_id)
    people.clerk.stores(replace(made, opening=None))
    told = _told(hall).progress
    assert (told.state, [line.words for line in told.happened]) == ("已受理", ["收到申请", "受理"])
    assert "这里看不到" in told.hint


def test_nothing_told_of_a_case_names_anybody(hall: HallInHand, people: Staff) -> None:
    start = opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id, agent=AGENT))
    refused = granted(1, start.case_id, people.reviewer.doer, SOON)
    reason = f"{APPLICANT.name}的场所不合格，电话 {APPLICANT.phone}"
    assert refused.facts.decision is not None
    people.reviewer.pushes(
        replace(refused, facts=replace(refused.facts, decision=replace(refused.facts.decision, content=reason)))
    )
    told = json.dumps(asdict(_told(hall)), ensure_ascii=False, default=str)
    secrets = [APPLICANT.name, APPLICANT.document_no, APPLICANT.phone, AGENT.name, AGENT.document_no, TAIL]
    secrets += ["王晓梅", "沈明", people.clerk.user_id, start.case_id, "不合格"]
    assert [one for one in secrets if one in told] == []


def _statements(hall: HallInHand, number: str, tail: str) -> list[tuple[str, int]]:
    """What the store is asked for a question: each statement with how many values it has."""
    seen: list[tuple[str, int]] = []

    def told(connection: object, cursor: object, statement: str, values: object, *rest: object) -> None:
        seen.append((statement, len(values) if isinstance(values, tuple | dict | list) else 0))

    event.listen(Engine, "before_cursor_execute", told)
    try:
        assert _ask(hall, number, tail) is None
    finally:
        event.remove(Engine, "before_cursor_execute", told)
    return [one for one in seen if "SELECT" in one[0]]


def test_an_unknown_number_costs_the_store_what_wrong_digits_cost(hall: HallInHand, people: Staff) -> None:
    for number in (1, 2, 3):
        people.clerk.stores(record(opening(number, people.clerk.user_id), hall.hall_id))
    wrong = _statements(hall, _number(2), "000000")
    assert len([one for one in wrong if "intake_case" in one[0]]) == 3
    unknown = ("MH-12-20261123-9999", "MH-12-20200101-0001", "MH-99-20261123-0001", "AA-1-20261123-0001")
    for number in (*unknown, "ZZ-1-20261123-0001"):
        assert _statements(hall, number, "000000") == wrong, number
        # Digits that open another case, perhaps the one that is read in its place, do not open this number.
        assert _statements(hall, number, TAIL) == wrong, number


def test_a_hall_without_cases_answers_too(hall: HallInHand) -> None:
    assert _ask(hall, _number(), TAIL) is None
