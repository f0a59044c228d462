"""How a case stands in the citizen's words: every state that a case can reach has them, and none names a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.casefile import CaseFile, opened
from clerk_app.domain.cases import CaseState, CaseStep, steps_from
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.errors import Refusal, Rejected
from clerk_app.domain.progress import Mood, Progress, progress_of
from clerk_app.domain.progress_access import TAIL, parse_tail, tail_of
from clerk_app.domain.progress_hours import hours_lines
from clerk_app.domain.queue_rules import WORKDAY_HOURS, Hours, Session
from support.casefiles import CONCLUDED, OWED, PEOPLE, opening, walked

TODAY = CONCLUDED.date()
_NOT_AT_THE_SERVER = {CaseState.DRAFT, CaseState.ABANDONED}


def _starts() -> Iterator[CaseFile]:
    for state in CaseState:
        if state in _NOT_AT_THE_SERVER:
            continue
        if state.value.startswith("accepted") or state in (
            CaseState.SUPPLEMENT_REQUESTED,
            CaseState.DEEMED_ACCEPTED,
            CaseState.NOT_ACCEPTED,
            CaseState.NOT_REQUIRED,
            CaseState.REDIRECTED,
        ):
            owed = OWED if state is CaseState.ACCEPTED_WITH_DEFICIENCY else ()
            yield opened(opening(state, owed=owed, tolerance_due=CONCLUDED + timedelta(days=9) if owed else None))


def _reachable() -> dict[CaseState, CaseFile]:
    """A case in each state, by lawful acts."""
    found: dict[CaseState, CaseFile] = {}
    waiting = list(_starts())
    while waiting:
        file = waiting.pop(0)
        if file.state in found:
            continue
        found[file.state] = file
        for step in steps_from(file.state):
            try:
                waiting.append(walked(file, step))
            except (Refusal, KeyError):
                continue
    return found


REACHED = _reachable()


def test_every_state_at_the_server_is_reached() -> None:
    assert set(REACHED) == set(CaseState) - _NOT_AT_THE_SERVER


@pytest.mark.parametrize("state", sorted(REACHED))
def test_every_state_has_words_of_its_own_and_names_nobody(state: CaseState) -> None:
    file = REACHED[state]
    told = progress_of(file, TODAY)
    assert told.state
    assert told.happened[0].words == "收到申请"
    assert len(told.happened) >= 2
    text = json.dumps(asdict(told), ensure_ascii=False, default=str)
    assert [name for name in (*PEOPLE, *PEOPLE.values(), "case-1") if name in text] == []
    typed = [words for act in file.acts for words in _typed(act)]
    assert [words for words in typed if words in text] == []


def _typed(act: CaseAct) -> Iterator[str]:
    """The sentences and places that somebody wrote into an act."""
    facts = act.facts
    yield from (words for words in (facts.reason, facts.basis, facts.competent_body) if words)
    for part in (facts.decision, facts.suspension, facts.extension, facts.pieces, facts.delivery, facts.payment):
        for value in asdict(part).values() if part is not None else ():
            if isinstance(value, str) and len(value) > 2:
                yield value


def _told(start: CaseState, *steps: CaseStep, today: date = TODAY, **changes: object) -> Progress:
    return progress_of(walked(opening(start, **changes), *steps), today)


def test_who_has_to_do_something_is_told_so() -> None:
    waits = _told(CaseState.SUPPLEMENT_REQUESTED)
    assert (waits.mood, waits.bring) == (Mood.YOUR_TURN, ("申请书", "平面图"))
    assert waits.collect
    fetch = _told(CaseState.ACCEPTED, CaseStep.GRANT, CaseStep.SEAL, CaseStep.MAKE_READY)
    assert (fetch.mood, fetch.state) == (Mood.COLLECT, "可以领取")
    assert "身份证" in fetch.todo[0]
    assert _told(CaseState.ACCEPTED).todo == ()
    assert "缴费通知书" in _told(CaseState.ACCEPTED, CaseStep.REQUEST_PAYMENT).todo[0]


def test_what_is_owed_of_a_tolerated_case_stays_on_the_page_until_it_came() -> None:
    owes = {"owed": OWED, "tolerance_due": datetime.combine(date(2026, 12, 7), time(23, 59), BEIJING)}
    told = _told(CaseState.ACCEPTED_WITH_DEFICIENCY, CaseStep.TAKE_UP, **owes)
    assert (told.mood, told.state, told.bring) == (Mood.YOUR_TURN, "审查中", ("健康证明",))
    assert "2026年12月7日前（含当天）" in told.todo[0]
    last_day = _told(CaseState.ACCEPTED_WITH_DEFICIENCY, today=date(2026, 12, 7), **owes)
    assert "已经过了" not in last_day.todo[0]
    late = _told(CaseState.ACCEPTED_WITH_DEFICIENCY, today=date(2026, 12, 8), **owes)
    assert "已经过了" in late.todo[0]
    came = _told(CaseState.ACCEPTED_WITH_DEFICIENCY, CaseStep.RECEIVE_ALL, **owes)
    assert (came.todo, came.bring) == ((), ())


def test_dates_stand_still_while_time_does() -> None:
    assert [day for _, day in _told(CaseState.ACCEPTED).dates] == ["2026年12月3日", "2026年12月21日"]
    assert "暂定" in _told(CaseState.ACCEPTED, provisional=True).dates[0][1]
    assert _told(CaseState.ACCEPTED, CaseStep.SUSPEND).dates == ()
    assert len(_told(CaseState.ACCEPTED, CaseStep.SUSPEND, CaseStep.RESUME).dates) == 2
    assert _told(CaseState.ACCEPTED, CaseStep.GRANT).dates == ()


def test_what_happened_is_in_the_order_of_days() -> None:
    told = _told(CaseState.ACCEPTED, CaseStep.TAKE_UP, CaseStep.SUSPEND, CaseStep.RESUME, CaseStep.GRANT, CaseStep.SEAL)
    words = [line.words for line in told.happened]
    assert words[:3] == ["收到申请", "受理", "开始审查"]
    assert words[3].endswith("办理期限暂停计算")
    assert words[4:] == ["恢复计算办理期限", "决定准予", "决定盖章"]
    assert [line.day for line in told.happened] == sorted(line.day for line in told.happened)


def test_a_refusal_is_told_without_its_reason() -> None:
    for steps in (
        (),
        (CaseStep.SEAL,),
        (CaseStep.SEAL, CaseStep.MAKE_READY),
        (CaseStep.SEAL, CaseStep.MAKE_READY, CaseStep.DELIVER),
    ):
        told = _told(CaseState.ACCEPTED, CaseStep.REFUSE, *steps)
        assert "不予" in told.state + told.hint
        assert "污染源" not in json.dumps(asdict(told), ensure_ascii=False, default=str)


def test_an_instant_case_can_be_fetched_when_it_is_sealed() -> None:
    steps = (CaseStep.GRANT, CaseStep.SEAL)
    assert _told(CaseState.ACCEPTED, *steps, case_type=CaseType.INSTANT).mood is Mood.COLLECT
    assert _told(CaseState.ACCEPTED, *steps).mood is Mood.GOES_ON


def test_the_archive_does_not_change_how_it_ended() -> None:
    for step, words in ((CaseStep.DELIVER, "已办结"), (CaseStep.WITHDRAW, "已撤回")):
        way = (CaseStep.GRANT, CaseStep.SEAL, CaseStep.MAKE_READY) if step is CaseStep.DELIVER else ()
        assert _told(CaseState.ACCEPTED, *way, step, CaseStep.ARCHIVE).state == words


# --- what opens the page -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("document", "tail"),
    [
        ("11010119900307003X", "07003X"),
        ("11010119900307003x", "07003X"),
        ("H1234567(8)", "345678"),
        ("91230100MA1234AB5X", "34AB5X"),
        ("E12345678", "345678"),
        ("12345", ""),
        ("", ""),
    ],
)
def test_the_end_of_any_document_opens_the_page(document: str, tail: str) -> None:
    assert tail_of(document) == tail
    if tail:
        assert parse_tail(f" {tail.lower()[:3]}－{tail[3:]} ") == tail


@given(st.text(max_size=200))
def test_whatever_is_typed_is_six_letters_or_digits_or_a_sentence(text: str) -> None:
    try:
        found = parse_tail(text)
    except Rejected as refused:
        sentence = str(refused)
    else:
        sentence = ""
        assert len(found) == TAIL
        assert found.isascii()
        assert found.isalnum()
        assert tail_of(found) == found
    assert sentence in ("", "请填证件号码的最后 6 位，字母也算一位，如 04123X")


def test_hours_are_told_in_few_lines() -> None:
    monday = date(2026, 11, 23)
    assert hours_lines(Hours(), monday) == ()
    assert hours_lines(WORKDAY_HOURS, monday) == ("周一至周五 08:30-12:00、13:30-17:00",)
    short = (Session(time(9), time(12)),)
    week = {**WORKDAY_HOURS.week, 3: short, 6: short}
    assert hours_lines(Hours(week, {monday: (), date(2026, 11, 28): short, date(2027, 1, 1): ()}), monday) == (
        "周一至周二 08:30-12:00、13:30-17:00",
        "周三 09:00-12:00",
        "周四至周五 08:30-12:00、13:30-17:00",
        "周六 09:00-12:00",
        "11月23日 不办公",
    )
