"""Dates, lengths and the sentence an error becomes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from clerk_app.design import words
from clerk_app.domain.errors import Conflict, Locked, Rejected, Unreachable

MONDAY = date(2026, 11, 30)
MOMENT = datetime(2026, 11, 23, 9, 4, 7)


def test_dates_on_screen_and_on_paper() -> None:
    assert words.screen_day(MONDAY) == "11-30（周一）"
    assert words.short_day(date(2026, 3, 5)) == "03-05"
    assert words.paper_day(date(2026, 3, 5)) == "2026年3月5日"
    assert words.paper_moment(MOMENT) == "2026年11月23日9时04分"
    assert words.bar_day(date(2026, 11, 23)) == "11月23日 周一"


def test_a_week_has_seven_names() -> None:
    week = [words.weekday(MONDAY + timedelta(days=number)) for number in range(7)]
    assert week == ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]


def test_times_have_24_hours() -> None:
    assert words.clock_time(MOMENT) == "09:04"
    assert words.exact_time(MOMENT) == "09:04:07"
    assert words.clock_time(datetime(2026, 11, 23, 16, 30)) == "16:30"


@pytest.mark.parametrize(
    ("seconds", "wait", "running", "mean"),
    [
        (0, "0 分", "00:00", "0:00"),
        (192, "3 分", "03:12", "3:12"),
        (779.9, "12 分", "12:59", "12:59"),
        (3600, "1 小时", "1:00:00", "60:00"),
        (3900, "1 小时 5 分", "1:05:00", "65:00"),
        (-5, "0 分", "00:00", "0:00"),
    ],
)
def test_lengths(seconds: float, wait: str, running: str, mean: str) -> None:
    assert words.minutes(seconds) == wait
    assert words.minutes(timedelta(seconds=seconds)) == wait
    assert words.stopwatch(seconds) == running
    assert words.average(seconds) == mean


def test_days_left() -> None:
    assert [words.days_left(count) for count in (2, 0, -1)] == ["剩 2 天", "今天到期", "过期 1 天"]


def test_parts_are_joined_without_gaps() -> None:
    assert words.joined("A032", "", "卫生许可") == "A032 · 卫生许可"
    assert words.joined("", "") == ""


@pytest.mark.parametrize(
    "error",
    [
        Rejected("number", "身份证号第 18 位对不上，请再看一遍证件（应为 X）"),
        Locked("材料 5 有问题，不能受理"),
        Conflict("这张身份证 10:08 已取 A047，前面还有 8 人"),
        Unreachable("服务器连不上（10:17 起）。照常收件，恢复后自动上传"),
    ],
)
def test_refusals_and_faults_speak_for_themselves(error: Exception) -> None:
    assert words.sentence(error, "7Q4K") == str(error)


@pytest.mark.parametrize("error", [ValueError("secret 239900199001010426"), KeyError("x"), Locked("")])
def test_our_own_mistake_gets_an_id_and_shows_nothing_of_itself(error: Exception) -> None:
    assert words.sentence(error, "7Q4K") == "这一步没做成，内容都在。报编号 7Q4K 给技术员"
