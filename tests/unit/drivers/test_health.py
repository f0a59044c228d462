"""Lights of the status bar: what, since when, what to do."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
from datetime import timedelta

import pytest

import drivers
from drivers.base import errors
from drivers.base.errors import DeviceError
from drivers.base.health import HealthState, HealthTracker
from support.lines import MOMENT


def every_error() -> list[type[DeviceError]]:
    for module in pkgutil.walk_packages(drivers.__path__, "drivers."):
        if ".contract" not in module.name:
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)
    found, waiting = [], [DeviceError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return found


class Ticking:
    def __init__(self) -> None:
        self.minutes = 0

    def __call__(self):  # type: ignore[no-untyped-def]
        return MOMENT + timedelta(minutes=self.minutes)


def test_since_moves_only_when_the_state_or_its_reason_changes() -> None:
    clock = Ticking()
    tracker = HealthTracker(clock)
    clock.minutes = 1
    tracker.set(HealthState.ABSENT, "not_connected", "请插好")
    clock.minutes = 5
    again = tracker.set(HealthState.ABSENT, "not_connected", "请插好连线")
    assert again.since == MOMENT + timedelta(minutes=1)
    assert again.advice == "请插好连线"
    back = tracker.set(HealthState.READY, "ready")
    assert back.since == MOMENT + timedelta(minutes=5)
    assert back.usable


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (errors.NotConnected(), HealthState.ABSENT),
        (errors.PaperOut(), HealthState.NEEDS_PAPER),
        (errors.CoverOpen(), HealthState.FAULTY),
        (errors.Timeout(), HealthState.FAULTY),
        (errors.ModuleFault(), HealthState.FAULTY),
    ],
)
def test_an_error_becomes_the_light_that_the_clerk_sees(error: DeviceError, state: HealthState) -> None:
    health = HealthTracker(lambda: MOMENT).fail(error)
    assert (health.state, health.word, health.advice) == (state, error.word, error.advice)
    assert not health.usable


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_says_in_chinese_what_to_do(kind: type[DeviceError]) -> None:
    error = kind()
    assert any("\u4e00" <= character <= "\u9fff" for character in error.advice)
    assert "！" not in error.advice
    assert kind.__name__ in errors.__doc__
    assert str(error).isascii()
