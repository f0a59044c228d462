"""A case in a platform's words: any case is valid JSON and XML that read back, and what is wrong is said or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.errors import Rejected
from clerk_app.domain.platform import ALWAYS_REFUSED, Fault, Field, FieldMap, Group, Groups, Value
from clerk_app.domain.platform_schedule import Schedule
from clerk_app.domain.platform_standard import GB_T_39046
from clerk_app.domain.platform_table import map_of
from clerk_app.platforms.contract import AT, BATCH_ID, as_read, read_back, sample
from clerk_app.platforms.forms import FORMS
from clerk_app.ports.platform import Batch, Item

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(tzinfo=UTC))
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(categories=("Cc", "Cs", "Co", "Lo", "So", "Zs")), max_size=12),
    st.integers(0, 10**12),
    st.booleans(),
    st.dates(),
    MOMENTS,
)


def _rows(group: Group) -> st.SearchStrategy[tuple[dict[str, Value], ...]]:
    row = st.dictionaries(st.sampled_from([one.source for one in group.fields]), VALUES, max_size=6)
    return st.lists(row, max_size=3 if group.many else 1).map(tuple)


CASES: st.SearchStrategy[Groups] = st.fixed_dictionaries(
    {}, optional={group.source: _rows(group) for group in GB_T_39046.groups}
)


def batch_of(*cases: Any) -> Batch:
    items = tuple(Item(str(number), groups) for number, groups in enumerate(cases))
    return Batch(BATCH_ID.format(1), 1, "M\x00H", "大厅<\ud800>&", AT, items)


# --- any case ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=150)
@given(cases=st.lists(CASES, max_size=3))
def test_any_case_that_is_not_refused_reads_back_to_the_same_fields(form: str, cases: list[Groups]) -> None:
    fields = GB_T_39046.refusing(frozenset())
    rendered = [fields.rendered(case) for case in cases]
    fit = [one.groups for one in rendered if not one.refusals]
    write, _ = FORMS[form]
    batch = batch_of(*fit)
    assert read_back(write(batch, fields), form, fields) == as_read(batch, fields)


@given(case=CASES)
def test_only_what_no_file_can_hold_is_refused_when_nothing_else_shall_be(case: Groups) -> None:
    for finding in GB_T_39046.refusing(frozenset()).rendered(case).refusals:
        assert finding.fault in ALWAYS_REFUSED


@given(case=CASES)
def test_no_sentence_holds_a_value(case: Groups) -> None:
    values = {value for rows in case.values() for row in rows for value in row.values() if isinstance(value, str)}
    for finding in GB_T_39046.rendered(case).findings:
        for value in values:
            assert len(value) < 3 or value not in finding.sentence


# --- forms ------------------------------------------------------------------------------------------------------------
def test_days_moments_and_flags_as_the_standard_writes_them() -> None:
    at = datetime(2026, 11, 23, 2, 24, 7, tzinfo=UTC)
    groups = GB_T_39046.rendered(
        {
            "completion": ({"handler": "赵敏", "at": at, "result": "已准予", "valid_to": date(31, 1, 2)},),
            "materials": ({"name": "申请书", "collected": True, "count": 0},),
        }
    ).groups
    assert groups["completion"][0]["at"] == "20261123T102407"
    assert groups["completion"][0]["valid_to"] == "00310102"
    assert groups["materials"][0] == {"name": "申请书", "collected": "1", "count": "0"}


def test_a_sample_in_all_groups_has_nothing_wrong() -> None:
    assert GB_T_39046.rendered(sample(1)).findings == ()


@pytest.mark.parametrize(
    ("row", "fault", "sentence"),
    [
        ({"body": ""}, Fault.MISSING, "受理的受理单位没有内容，对方要求必填"),
        ({"body": "局" * 201}, Fault.TOO_LONG, "受理的受理单位有 201 个字符，对方最多收 200 个"),
        ({"body": "局\x00"}, Fault.UNWRITABLE, "受理的受理单位里有控制字符或不完整的字，写不进文件"),
    ],
)
def test_what_is_wrong_with_a_field_is_said(row: dict[str, str], fault: Fault, sentence: str) -> None:
    whole = {**sample(1)["acceptance"][0], **row}
    (finding,) = GB_T_39046.rendered({"acceptance": (whole,)}).findings
    assert (finding.field, finding.fault, finding.sentence) == ("acceptance.body", fault, sentence)
    assert finding.refuses is (fault is not Fault.TOO_LONG)


def test_of_many_rows_the_sentence_says_which() -> None:
    rows = ({"name": "申请书", "collected": True}, {"name": "平面图", "collected": True, "manner": "9"})
    (finding,) = GB_T_39046.rendered({"materials": rows}).findings
    assert finding.sentence == "申请材料第 2 条的收取方式不在对方的代码表里，请核对字段对照"
    assert not finding.refuses


def test_two_fields_of_one_name_and_names_that_are_none_are_refused() -> None:
    one = Field("a", "A", "甲")
    with pytest.raises(Rejected, match="都叫"):
        Group("g", "g", "组", (one, replace(one, source="b")))
    for name in ("", "1st", "a b", "a<b", "-x", "名 字"):
        with pytest.raises(Rejected, match="字段名"):
            replace(one, name=name)
    with pytest.raises(Rejected, match="同名"):
        FieldMap("m", (Group("g", "g", "组", ()), Group("h", "g", "组", ())))


# --- a map out of a file ----------------------------------------------------------------------------------------------
TABLE: dict[str, Any] = {
    "title": "市一体化平台",
    "day": "%Y-%m-%d",
    "moment": "%Y-%m-%d %H:%M:%S",
    "refuse": ["missing", "length"],
    "application": {
        "group": "up_pro_accept",
        "only_named": True,
        "case_no": "PROJID",
        "case_type": {"name": "TYPE", "codes": {"1": "JBJ", "2": "CNJ"}},
        "applicant_name": {"name": "申请人", "length": 3, "required": True},
        "applied_at": "APPLYTIME",
    },
    "co_applicants": {"leave_out": True},
}


def test_a_file_renames_recodes_and_restricts() -> None:
    fields = map_of(TABLE, GB_T_39046)
    rendered = fields.rendered(sample(1))
    (row,) = rendered.groups["up_pro_accept"]
    assert row == {
        "PROJID": sample(1)["application"][0]["case_no"],
        "TYPE": "CNJ",
        "申请人": sample(1)["application"][0]["applicant_name"],
        "APPLYTIME": "2026-11-23 10:24:07",
    }
    assert [one.fault for one in rendered.refusals] == [Fault.TOO_LONG]
    assert "acceptance" in rendered.groups
    assert "co_applicants" not in [group.name for group in fields.groups]
    instant = {**sample(1)["application"][0], "case_type": "9", "applicant_name": "王"}
    (finding,) = fields.rendered({"application": (instant,)}).findings
    assert (finding.fault, finding.refuses) == (Fault.CODE, False)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"colour": "red"}, "colour"),
        ({"application": "PROJID"}, r"\[application\]"),
        ({"application": {"number": "X"}}, "number"),
        ({"application": {"case_no": 7}}, "case_no"),
        ({"application": {"case_no": {"size": 7}}}, "size"),
        ({"application": {"case_no": {"length": -1}}}, "length"),
        ({"application": {"case_no": {"length": True}}}, "length"),
        ({"application": {"case_no": {"codes": {"1": 2}}}}, "codes"),
        ({"application": {"case_no": {"required": "yes"}}}, "required"),
        ({"application": {"case_no": "a b"}}, "a b"),
        ({"application": {"case_no": "task_code"}}, "都叫"),
        ({"application": {"only_named": 1}}, "only_named"),
        ({"refuse": ["everything"]}, "everything"),
        ({"refuse": "missing"}, "列表"),
        ({"day": "today"}, "day"),
        ({"moment": 7}, "moment"),
        ({"title": ""}, "title"),
    ],
)
def test_a_slip_in_the_file_is_named(change: dict[str, Any], word: str) -> None:
    with pytest.raises(Rejected, match=word) as caught:
        map_of(change, GB_T_39046)
    assert caught.value.field == "map"


# --- when -------------------------------------------------------------------------------------------------------------
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)


def test_at_times_of_the_day_each_once_and_what_was_missed_is_made_up() -> None:
    schedule = Schedule.read("18:00，9:30", "")
    assert schedule.at == (time(9, 30), time(18, 0))
    assert schedule.due(None, NOON)
    assert schedule.due(NOON.replace(hour=9, minute=29), NOON)
    assert not schedule.due(NOON.replace(hour=9, minute=30), NOON)
    night = NOON.replace(hour=2)
    assert not schedule.due(night - timedelta(hours=7), night)
    assert schedule.due(night - timedelta(hours=9), night)
    assert not schedule.due(NOON.replace(hour=18).astimezone(UTC), NOON.replace(hour=23).astimezone(UTC))


def test_so_often() -> None:
    schedule = Schedule.read("", "15m")
    assert schedule.due(None, NOON)
    assert not schedule.due(NOON - timedelta(minutes=14), NOON)
    assert schedule.due(NOON - timedelta(minutes=15), NOON)
    assert Schedule.read("", "2h").every == timedelta(hours=2)


def test_neither_is_never() -> None:
    assert Schedule.read("", "") == Schedule()
    assert not Schedule().due(None, NOON)


@pytest.mark.parametrize(
    ("at", "every"),
    [("24:00", ""), ("18", ""), ("18:00,", ""), ("", "15"), ("", "0m"), ("", "25h"), ("18:00", "15m"), ("", "1d")],
)
def test_what_is_no_schedule_is_refused(at: str, every: str) -> None:
    with pytest.raises(Rejected):
        Schedule.read(at, every)


@given(last=st.datetimes(), minutes=st.integers(0, 3000), at=st.lists(st.times(), min_size=1, max_size=3))
def test_after_a_run_the_next_is_due_exactly_when_one_of_its_times_has_passed(
    last: datetime, minutes: int, at: list[time]
) -> None:
    began = last.replace(year=2026, tzinfo=BEIJING)
    now = began + timedelta(minutes=minutes)
    schedule = Schedule(tuple(one.replace(microsecond=0) for one in at))
    days = [began.date() + timedelta(days=day) for day in range(4)]
    passed = any(began < datetime.combine(day, one, BEIJING) <= now for day in days for one in schedule.at)
    assert schedule.due(began, now) is passed
