"""A request key works once, whatever the network does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.errors import Conflict, Locked, Rejected
from clerk_app.ports.hall import Login, SessionEnded
from clerk_app.ports.stores_hall import HallUnit
from support.hall import PASSWORD, HallInHand, hall_in_hand

KEY = "0198f0a0-0000-7000-8000-000000000001"


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        found.user()
        found.in_order()
        yield found


def _work(hall: HallInHand):  # type: ignore[no-untyped-def]
    def work(unit: HallUnit) -> str:
        ticket = hall.desk.calling.call_next(unit, hall.actor()).ticket
        return "null" if ticket is None else ticket.number

    return work


def test_the_same_request_again_gets_the_same_ticket(hall: HallInHand) -> None:
    caller, _ = hall.enrolled()
    hall.take()
    hall.take()
    first = hall.desk.requests.once(caller, KEY, b"call", _work(hall))
    again = hall.desk.requests.once(caller, KEY, b"call", _work(hall))
    assert first == again == "A001"
    assert hall.read(lambda unit: unit.tickets.waiting(hall.clock.now().date()))[0].waiting == 1


def test_the_same_key_with_other_content_is_refused(hall: HallInHand) -> None:
    caller, _ = hall.enrolled()
    hall.take()
    hall.desk.requests.once(caller, KEY, b"call", _work(hall))
    with pytest.raises(Conflict, match="不同的内容"):
        hall.desk.requests.once(caller, KEY, b"something else", _work(hall))


def test_another_devices_key_gives_nothing_away(hall: HallInHand) -> None:
    caller, _ = hall.enrolled()
    other, _ = hall.enrolled(window_no="13")
    hall.take()
    hall.desk.requests.once(caller, KEY, b"call", _work(hall))
    with pytest.raises(Conflict):
        hall.desk.requests.once(other, KEY, b"call", _work(hall))


def test_what_was_refused_may_be_tried_again(hall: HallInHand) -> None:
    caller, _ = hall.enrolled()
    hall.take()
    hall.take()
    called = hall.call()
    assert called is not None
    with pytest.raises(Locked):
        hall.desk.requests.once(caller, KEY, b"call", _work(hall))
    hall.finish(called)
    assert hall.desk.requests.once(caller, KEY, b"call", _work(hall)) == "A002"


def test_an_old_login_changes_nothing(hall: HallInHand) -> None:
    machine, token = hall.enrolled()
    session = hall.desk.people.login(machine, Login("wangxm", PASSWORD))
    caller = hall.desk.access.caller(token, session.token)
    hall.desk.people.login(machine, Login("wangxm", PASSWORD))
    hall.take()
    with pytest.raises(SessionEnded):
        hall.desk.requests.once(caller, KEY, b"call", _work(hall))
    assert hall.read(lambda unit: unit.tickets.active("12")) is None


def test_a_malformed_key_is_rejected(hall: HallInHand) -> None:
    caller, _ = hall.enrolled()
    with pytest.raises(Rejected):
        hall.desk.requests.once(caller, "x", b"call", _work(hall))


def test_old_keys_are_forgotten(hall: HallInHand) -> None:
    caller, _ = hall.enrolled()
    hall.desk.requests.once(caller, KEY, b"call", _work(hall))
    assert hall.desk.requests.forget_old(hall.hall_id) == 0
    hall.clock.move(days=31)
    assert hall.desk.requests.forget_old(hall.hall_id) == 1
