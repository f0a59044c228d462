"""A calendar file with faults is refused as a whole, and the sentence names them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.calendar_file import CalendarStatus, parse_calendar
from clerk_app.domain.errors import Rejected


def year(**changes: Any) -> dict[str, Any]:
    values = {
        "status": "official",
        "source": "通知",
        "off": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}],
        "make_up": ["2027-01-09"],
    }
    return {**values, **changes}


def file(entry: Any = None, key: str = "2027") -> str:
    return json.dumps({"format": "cn-working-days/1", "years": {key: year() if entry is None else entry}})


def refusal(text: str) -> str:
    with pytest.raises(Rejected) as caught:
        parse_calendar(text, "a.json")
    assert caught.value.field == "calendar"
    return str(caught.value)


def test_a_good_file_gives_its_days() -> None:
    (found,) = parse_calendar(file(), "a.json")
    assert found.status is CalendarStatus.OFFICIAL
    assert dict(found.off) == {date(2027, 1, day): "元旦" for day in (1, 2, 3)}
    assert found.make_up == {date(2027, 1, 9)}


def test_the_december_before_belongs_to_the_year() -> None:
    entry = year(off=[{"name": "元旦", "from": "2026-12-31", "to": "2027-01-02"}])
    (found,) = parse_calendar(file(entry), "a.json")
    assert min(found.off) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "不是 JSON"),
        ("[]", "format 应为 cn-working-days/1"),
        ('{"format": "other"}', "format 应为 cn-working-days/1"),
        ('{"format": "cn-working-days/1", "years": {}}', "没有年份"),
        (file(key="27"), "年份“27”应写成 2026 这样"),
        (file([]), "2027 年的内容不对"),
        (file(year(status="maybe")), "status 应为 official 或 provisional"),
        (file(year(source=" ")), "没有写来源"),
        (file(year(off=[])), "没有放假日期"),
        (file(year(off=[{"from": "2027-01-01"}])), "第 1 个假期没有名称"),
        (file(year(off=[{"name": "元旦", "from": "2027-02-30"}])), "“2027-02-30”应写成"),
        (file(year(off=[{"name": "元旦", "from": "2027/01/01"}])), "“2027/01/01”应写成"),
        (file(year(off=[{"name": "元旦", "from": "2027-01-03", "to": "2027-01-01"}])), "先后不对或太长"),
        (file(year(off=[{"name": "元旦", "from": "2027-01-01", "to": "2027-03-01"}])), "先后不对或太长"),
        (file(year(off=[{"name": "元旦", "from": "2028-01-01"}])), "不属于 2027 年"),
        (file(year(off=[{"name": "元旦", "from": "2027-01-01"}] * 2)), "2027-01-01 写了两次放假"),
        (file(year(make_up="2027-01-09")), "没有写调休上班日"),
        (file(year(make_up=["2027-01-08"])), "2027-01-08 不是周末"),
        (file(year(make_up=["2027-01-02"])), "2027-01-02 既写放假又写上班"),
        (file(year(make_up=["2027-01-09", "2027-01-09"])), "2027-01-09 写了两次上班"),
        (file(year(make_up=[20270109])), "“20270109”应写成"),
    ],
)
def test_each_fault_has_its_sentence(text: str, sentence: str) -> None:
    found = refusal(text)
    assert sentence in found
    assert found.startswith("日历文件 a.json ")
    assert "没有导入" in found


def test_all_faults_are_named_at_once() -> None:
    found = refusal(file(year(source="", make_up=["2027-01-08", "2027-01-07"])))
    assert "有 3 处不对" in found
    assert "没有写来源" in found
    assert "2027-01-08" in found
    assert "2027-01-07" in found


def test_many_faults_are_counted_but_not_all_told() -> None:
    weekdays = [f"2027-03-{day:02d}" for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16)]
    found = refusal(file(year(make_up=weekdays)))
    assert "有 12 处不对" in found
    assert "还有 2 处" in found


def test_an_official_year_beats_a_provisional_one_wherever_it_stands() -> None:
    guess = file(year(status="provisional", off=[{"name": "猜", "from": "2027-02-01"}], make_up=[]))
    for files in ({"official": file(), "guess": guess}, {"guess": guess, "official": file()}):
        calendar = WorkingCalendar.load(files)
        assert calendar.is_official(date(2027, 2, 1))
        assert calendar.is_working_day(date(2027, 2, 1))
        assert not calendar.is_working_day(date(2027, 1, 1))


def test_a_later_file_corrects_an_earlier_one_of_the_same_standing() -> None:
    corrected = file(year(off=[{"name": "元旦", "from": "2027-01-01"}], make_up=[]))
    calendar = WorkingCalendar.load({"first": file(), "second": corrected})
    assert not calendar.is_working_day(date(2027, 1, 9))
    assert len(calendar.years) == 1


def test_a_provisional_year_is_used_and_marked() -> None:
    guess = WorkingCalendar.load({"guess": file(year(status="provisional"))})
    found = guess.day_of_receipt(date(2027, 1, 1))
    assert (found.day, found.provisional) == (date(2027, 1, 4), True)
    assert guess.official_until is None
