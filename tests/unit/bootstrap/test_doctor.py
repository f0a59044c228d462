"""What the doctor says about what it found, without looking at this computer."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clerk_app.bootstrap import doctor, doctor_hall, doctor_pc
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.doctor import Finding, Mark, Patient, bad, examine, exit_status, good, lacking, verdict
from clerk_app.bootstrap.settings import Settings
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.clock import BEIJING
from support.window import FakeClock, SeededEntropy


def patient(folder: Path, now: datetime | None = None) -> Patient:
    clock = FakeClock() if now is None else FakeClock(now)
    return Patient(Settings(folder), clock, SeededEntropy(), lambda text: None)


def test_a_line_that_lacks_something_says_what_to_do() -> None:
    assert good("磁盘", "还有 70 GB").lines() == ["✓ 磁盘：还有 70 GB"]
    assert lacking("磁盘", "还有 1 GB", "请清出空间").lines() == ["! 磁盘：还有 1 GB", "    请清出空间"]
    assert bad("Qt", "没有装", "请重新安装本程序").lines() == ["✗ Qt：没有装", "    请重新安装本程序"]


def test_only_what_keeps_the_program_from_working_is_an_error() -> None:
    fine = [good("a", "b"), lacking("c", "d", "e")]
    assert exit_status(fine) == 0
    assert verdict(fine) == "可以用；1 项可以更好（!）"
    ill = [*fine, bad("f", "g", "h")]
    assert exit_status(ill) == 1
    assert "有 1 项要先处理" in verdict(ill)
    assert verdict(fine[:1]) == "都好，可以用"


def test_one_broken_check_neither_crashes_nor_hides_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def first(who: Patient) -> Iterator[Finding]:
        yield good("一", "好")
        raise RuntimeError("a bug of ours")

    def second(who: Patient) -> Iterator[Finding]:
        raise StoreFault("数据文件打不开，请联系技术员")
        yield

    def third(who: Patient) -> Iterator[Finding]:
        yield good("三", "好")

    with caplog.at_level(logging.ERROR):
        found = list(examine(patient(tmp_path), [("一", first), ("二", second), ("三", third)]))
    assert [finding.mark for finding in found] == [Mark.GOOD, Mark.LACKING, Mark.BAD, Mark.GOOD]
    assert found[2].advice == "数据文件打不开，请联系技术员"
    number = found[1].advice.split()[1]
    assert f"[{number}]" in caplog.text
    assert "a bug of ours" in caplog.text
    assert "a bug of ours" not in "".join(line for finding in found for line in finding.lines())


@pytest.mark.parametrize(
    ("version", "python", "mark"),
    [
        ("6.11.3", (3, 11), Mark.GOOD),
        ("6.8.0.2", (3, 11), Mark.GOOD),
        ("6.12.0", (3, 11), Mark.BAD),
        ("6.12.0", (3, 12), Mark.LACKING),
        ("6.7.3", (3, 12), Mark.BAD),
    ],
)
def test_the_qt_that_crashes_on_this_python_is_named(version: str, python: tuple[int, int], mark: Mark) -> None:
    found = doctor_pc.judge_qt(version, python)
    assert found.mark is mark
    assert version in found.found
    assert bool(found.advice) == (mark is not Mark.GOOD)


@pytest.mark.parametrize(
    ("environment", "plugins", "mark", "word"),
    [
        ({}, ("ibus",), Mark.GOOD, "没有屏幕"),
        ({"DISPLAY": ":0"}, ("ibus",), Mark.LACKING, "QT_IM_MODULE"),
        ({"DISPLAY": ":0", "QT_IM_MODULE": "ibus"}, ("ibus",), Mark.GOOD, "ibus"),
        ({"DISPLAY": ":0", "QT_IM_MODULE": "fcitx"}, ("ibus",), Mark.LACKING, "没有它的插件"),
        ({"DISPLAY": ":0", "QT_IM_MODULE": "fcitx"}, ("fcitx5", "ibus"), Mark.GOOD, "fcitx"),
        ({"DISPLAY": ":0", "QT_IM_MODULE": "uim"}, ("ibus",), Mark.LACKING, "没有它的插件"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ("ibus",), Mark.GOOD, "Wayland"),
    ],
)
def test_an_input_method_that_cannot_reach_qt_is_told(
    environment: dict[str, str], plugins: tuple[str, ...], mark: Mark, word: str
) -> None:
    found = doctor_pc.judge_input(environment, plugins)
    assert found.mark is mark
    assert word in found.found
    assert ("QT_IM_MODULE=ibus" in found.advice) == (mark is Mark.LACKING)


def test_level_3_of_gb_18030_is_counted_right() -> None:
    points = [point for first, last in doctor_pc.LEVEL_3 for point in range(first, last + 1)]
    assert len(points) == len(set(points)) == 87_887


@pytest.mark.parametrize(
    ("now", "mark", "words"),
    [
        (datetime(2026, 11, 30, 9, tzinfo=BEIJING), Mark.GOOD, ""),
        (datetime(2026, 12, 1, 9, tzinfo=BEIJING), Mark.LACKING, "2027 年放假安排还没有导入"),
        (datetime(2027, 1, 4, 9, tzinfo=BEIJING), Mark.LACKING, "2027 年放假安排还没有导入"),
        (datetime(2025, 12, 31, 9, tzinfo=BEIJING), Mark.GOOD, ""),
    ],
)
def test_the_next_years_holidays_are_missed_from_december(
    now: datetime, mark: Mark, words: str, tmp_path: Path
) -> None:
    (found,) = doctor_pc.calendar(patient(tmp_path, now))
    assert found.mark is mark
    assert words in found.advice


@pytest.mark.parametrize(
    ("ahead", "mark", "words"),
    [
        (timedelta(seconds=59), Mark.GOOD, "一致"),
        (timedelta(minutes=5), Mark.LACKING, "快 5 分"),
        (timedelta(hours=-8), Mark.LACKING, "慢 480 分"),
    ],
)
def test_a_wrong_clock_is_told_with_its_direction(ahead: timedelta, mark: Mark, words: str) -> None:
    found = doctor_hall.judge_skew(ahead)
    assert found.mark is mark
    assert words in found.found


def test_a_slip_in_the_device_settings_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text('[devices]\nreceipt_printer = "COM4"\n', encoding="utf-8")
    who = Patient(doctor.settings.load(tmp_path), FakeClock(), SeededEntropy(), lambda text: None)
    (found,) = examine(who, [("小票打印机", doctor_hall.receipt_printer)])
    assert found.mark is Mark.BAD
    assert "“COM4”" in found.advice


def test_an_unencrypted_store_is_seen(tmp_path: Path) -> None:
    home = tmp_path / "server"
    home.mkdir()
    (home / "hall.db").write_bytes(b"SQLite format 3\0" + bytes(100))
    (found,) = doctor_hall.server_store(patient(tmp_path))
    assert found.mark is Mark.BAD
    assert "没有加密" in found.found


def test_a_store_without_its_key_is_seen(tmp_path: Path) -> None:
    home = tmp_path / "server"
    home.mkdir()
    (home / "hall.db").write_bytes(bytes(range(100)))
    (found,) = doctor_hall.server_store(patient(tmp_path))
    assert found.mark is Mark.BAD
    assert "密钥不在" in found.found


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "✓ 𠮷：好"), ("gbk", "√ \\U00020bb7：好"), ("ascii", "\\u221a")]
)
def test_every_console_shows_every_line(encoding: str, shown: str) -> None:
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding=encoding)
    say("✓ 𠮷：好", console)
    assert shown in raw.getvalue().decode(encoding)
