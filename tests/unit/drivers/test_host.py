"""A host keeps a device in use, whatever its driver does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from drivers.base.devices import CodeScanner
from drivers.base.errors import NotConnected, Timeout
from drivers.base.health import Health, HealthState
from drivers.base.host import DriverCrashed, Host

START = datetime(2026, 11, 23, 9, 0)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class Scanner(CodeScanner):
    """Does what ``act`` does; ``away`` plays a pulled cable."""

    def __init__(self, setting: str, clock: Clock, act: Callable[[], str | None] = lambda: "code") -> None:
        super().__init__(clock)
        self.setting, self.act = setting, act
        self.away = self.closed = False

    def wait_for_code(self, timeout: float, cancel: threading.Event) -> str | None:
        if self.away:
            error = NotConnected("pulled")
            self._tracker.fail(error)
            raise error
        code = self.act()
        self._tracker.set(HealthState.READY, "ready")
        return code

    def probe(self) -> Health:
        if self.away:
            return self._tracker.fail(NotConnected("pulled"))
        self.act()
        return self._tracker.set(HealthState.READY, "ready")

    def close(self) -> None:
        self.closed = True


class Hall:
    """What hangs here, and every device that was made."""

    def __init__(self, *candidates: str) -> None:
        self.candidates = list(candidates)
        self.clock = Clock()
        self.made: list[Scanner] = []
        self.act: Callable[[], str | None] = lambda: "code"
        self.away: set[str] = set()
        self.host: Host[Scanner] = Host(self.make, lambda: self.candidates, now=self.clock, absent="没有找到扫码枪")

    def make(self, setting: str) -> Scanner:
        one = Scanner(setting, self.clock, lambda: self.act())
        one.away = setting in self.away
        self.made.append(one)
        return one

    def scan(self) -> str | None:
        return self.host.call(lambda device: device.wait_for_code(1, threading.Event()))


def test_a_device_is_made_once_and_used_again() -> None:
    hall = Hall("a")
    assert [hall.scan(), hall.scan()] == ["code", "code"]
    assert len(hall.made) == 1
    assert hall.host.health().state is HealthState.READY


def test_an_exception_of_the_driver_becomes_a_fault_and_the_next_call_has_a_new_device(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hall = Hall("a")

    def crash() -> str:
        raise KeyError("张三 110101199003070011")

    hall.act = crash
    for _ in range(3):
        with pytest.raises(DriverCrashed) as failure:
            hall.scan()
        assert "驱动程序出了错" in failure.value.advice
    assert hall.host.health().state is HealthState.FAULTY
    assert all(one.closed for one in hall.made)
    assert len(caplog.records) == 1
    assert "张三" not in caplog.text
    hall.act = lambda: "again"
    assert hall.scan() == "again"
    assert hall.host.health().state is HealthState.READY


def test_a_driver_that_cannot_be_made_is_a_fault_and_is_made_again_later() -> None:
    clock = Clock()
    broken = [True]

    def make(setting: str) -> Scanner:
        if broken[0]:
            raise RuntimeError("no library")
        return Scanner(setting, clock)

    host: Host[Scanner] = Host(make, lambda: ("a",), now=clock, absent="")
    assert host.probe().state is HealthState.FAULTY
    broken[0] = False
    assert host.probe().state is HealthState.READY


def test_known_errors_pass_and_leave_the_device_alone() -> None:
    hall = Hall("a")

    def silent() -> str:
        raise Timeout("nothing came")

    hall.act = silent
    with pytest.raises(Timeout):
        hall.scan()
    hall.act = lambda: "code"
    assert hall.scan() == "code"
    assert len(hall.made) == 1


def test_with_nothing_found_the_clerk_is_told_and_what_is_plugged_in_later_is_used() -> None:
    hall = Hall()
    with pytest.raises(NotConnected) as absence:
        hall.scan()
    assert absence.value.advice == "没有找到扫码枪"
    assert hall.host.health().state is HealthState.ABSENT
    hall.candidates.append("usb")
    assert hall.scan() == "code"
    assert hall.host.setting == "usb"


def test_when_the_one_in_use_is_pulled_the_next_candidate_is_used() -> None:
    hall = Hall("usb", "serial")
    assert hall.scan() == "code"
    hall.made[0].away = True
    with pytest.raises(NotConnected):
        hall.scan()
    assert hall.scan() == "code"
    assert hall.host.setting == "serial"
    hall.candidates.remove("serial")
    hall.made[0].away = False
    assert hall.scan() == "code"
    assert hall.host.setting == "usb"
    assert hall.made[1].closed


def test_a_look_asks_every_candidate_until_one_is_there() -> None:
    hall = Hall("usb", "serial")
    hall.away = {"usb"}
    assert hall.host.probe().state is HealthState.READY
    assert hall.host.setting == "serial"


def test_a_look_that_fails_keeps_what_was_known() -> None:
    hall = Hall("usb")
    hall.scan()

    def broken() -> list[str]:
        raise OSError("usb is busy")

    host: Host[Scanner] = Host(hall.make, broken, now=hall.clock, absent="没有找到")
    assert host.probe().word == "not_found"


def test_since_outlives_a_device_that_was_made_anew() -> None:
    hall = Hall("a", "b")
    hall.away = {"a", "b"}
    first = hall.host.probe()
    later = hall.host.probe()
    assert first.state is HealthState.ABSENT
    assert later.since == first.since


def test_a_host_that_is_busy_is_not_waited_for_for_ever_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.base.host._CLOSING_PATIENCE", 0.05)
    hall, inside, leave = Hall("a"), threading.Event(), threading.Event()

    def hang() -> str:
        inside.set()
        leave.wait(10)
        return "code"

    hall.act = hang
    thread = threading.Thread(target=hall.scan)
    thread.start()
    assert inside.wait(5)
    hall.host.close()
    assert not hall.made[0].closed
    leave.set()
    thread.join()
    hall.host.close()
    assert hall.made[0].closed
