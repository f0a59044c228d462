"""Enrolment codes: once, in time, for the kind they were made for; a revoked device is out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import NotAllowed, Rejected
from clerk_app.ports.hall import DeviceUnknown, EnrolRequest, NewEnrolCode
from clerk_app.services.hall.tools import system_actor
from support.hall import HallInHand, hall_in_hand


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


def _secret(hall: HallInHand, kind: DeviceKind = DeviceKind.WINDOW, window_no: str | None = None) -> str:
    wish = NewEnrolCode(kind, window_no)
    code = hall.write(lambda unit: hall.desk.devices.make_code(unit, system_actor(hall.hall_id), wish))
    return code.code.replace("-", "")[:10]


def test_a_code_is_good_once(hall: HallInHand) -> None:
    secret = _secret(hall)
    made = hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind.WINDOW, "12 号窗口", "12"))
    assert (made.window_no, made.hall.name) == ("12", "明河区政务服务中心")
    with pytest.raises(NotAllowed, match="用过了"):
        hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind.WINDOW, "12 号窗口", "12"))


def test_a_code_ends_after_fifteen_minutes(hall: HallInHand) -> None:
    secret = _secret(hall)
    hall.clock.move(minutes=15)
    with pytest.raises(NotAllowed, match="过期"):
        hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind.WINDOW, "12 号窗口", "12"))


def test_a_display_code_makes_no_window_and_stays_usable(hall: HallInHand) -> None:
    secret = _secret(hall, DeviceKind.DISPLAY)
    with pytest.raises(NotAllowed):
        hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind.WINDOW, "12 号窗口", "12"))
    assert hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind.DISPLAY, "大厅屏")).window_no is None


def test_the_codes_window_number_counts(hall: HallInHand) -> None:
    secret = _secret(hall, window_no="7")
    assert hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind.WINDOW, "窗口", "12")).window_no == "7"


def test_a_window_without_a_number_does_not_use_up_the_code(hall: HallInHand) -> None:
    secret = _secret(hall)
    with pytest.raises(Rejected) as caught:
        hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind.WINDOW, "窗口"))
    assert caught.value.field == "window_no"
    assert hall.desk.devices.enrol(EnrolRequest(secret, DeviceKind.WINDOW, "窗口", "3")).window_no == "3"


def test_a_revoked_device_is_out(hall: HallInHand) -> None:
    caller, token = hall.enrolled()
    technician = hall.actor("1", Role.TECHNICIAN)
    hall.write(lambda unit: hall.desk.devices.revoke(unit, technician, caller.device_id))
    with pytest.raises(DeviceUnknown, match="已停用"):
        hall.desk.access.caller(token, None)


@pytest.mark.parametrize("token", ["", "nothing", "no-hall.no-secret", "."])
def test_a_made_up_token_is_nobody(hall: HallInHand, token: str) -> None:
    with pytest.raises(DeviceUnknown):
        hall.desk.access.caller(token, None)


def test_clerks_make_no_codes(hall: HallInHand) -> None:
    with pytest.raises(NotAllowed):
        hall.write(lambda unit: hall.desk.devices.make_code(unit, hall.actor(), NewEnrolCode(DeviceKind.KIOSK)))
