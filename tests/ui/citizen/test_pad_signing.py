"""Signing on a pad with a pen keeps what signing on the citizen's screen keeps: the same tests at both places."""

from __future__ import annotations

import math
from typing import Any

import pytest

from clerk_app.domain.signatures import Strokes
from clerk_app.ports.devices import DeviceFault
from clerk_app.ui.window.pad_signing import NOT_SIGNED
from support.counter_devices import AroundSeat


def hand(waves: float = 4.0) -> Strokes:
    return (tuple((0.1 + 0.02 * part, 0.5 + 0.3 * math.sin(part * waves / 10)) for part in range(41)),)


class Place:
    """One place to sign, whichever it is."""

    def __init__(self, qtbot: Any, on_pad: bool) -> None:
        self.on_pad = on_pad
        self.seat = AroundSeat(qtbot, mode="off" if on_pad else "window", pad=True, evaluator=True)
        self.seat.log_in()
        self.seat.at_checklist()
        self.seat.press("A", "F9", "F9")

    def sign(self) -> None:
        if self.on_pad:
            self.seat.pad.next = hand()
            self.seat.turn("pad")
        else:
            self.seat.write()
            self.seat.touch(self.seat.screen.sign.confirm)

    def touch_only(self) -> None:
        """Something that is no signature."""
        if self.on_pad:
            self.seat.pad.next = (((0.5, 0.5),),)
            self.seat.lanes["pad"].go()
            self.seat.settle()
        else:
            pad = self.seat.screen.sign.pad
            pad._lines = [[(0.5, 0.5)]]
            pad.changed.emit()
            self.seat.touch(self.seat.screen.sign.confirm)

    def kept(self) -> list[Any]:
        return list(self.seat.desk.signing.of_case(self.seat.stored[-1].case_id))


@pytest.fixture(params=[False, True], ids=["screen", "pad"])
def place(request: pytest.FixtureRequest, qtbot: Any) -> Place:
    return Place(qtbot, request.param)


def test_f7_asks_and_what_was_written_becomes_a_signature(place: Place) -> None:
    place.seat.press("F7")
    assert place.seat.facing.asked
    assert place.kept() == []
    place.sign()
    (kept,) = place.kept()
    assert (kept.signature.signer, kept.valid) == ("张三", True)
    assert not place.seat.facing.asked
    assert place.seat.panel.signing.text() == "已签字"


def test_a_touch_is_no_signature_and_the_place_asks_again(place: Place) -> None:
    place.seat.press("F7")
    place.touch_only()
    assert place.kept() == []
    assert place.seat.facing.asked
    place.sign()
    assert len(place.kept()) == 1


def test_f7_again_takes_the_asking_back(place: Place) -> None:
    place.seat.press("F7")
    place.seat.press("F7")
    assert not place.seat.facing.asked
    assert "不再请申请人签字" in place.seat.toast
    if place.on_pad:
        place.seat.pad.next = hand()
        place.seat.turn("pad")
    assert place.kept() == []


def test_the_next_visit_does_not_sign_what_the_last_was_asked(place: Place) -> None:
    place.seat.press("F7")
    place.seat.counter.add_tickets(1)
    place.seat.press("F12")
    assert not place.seat.facing.asked
    if place.on_pad:
        place.seat.pad.next = hand()
        place.seat.turn("pad")
    assert place.kept() == []


def test_who_does_not_sign_on_the_pad_signs_on_paper(qtbot: Any) -> None:
    place = Place(qtbot, True)
    place.seat.press("F7")
    place.seat.turn("pad")
    assert place.seat.toast == NOT_SIGNED
    assert not place.seat.facing.asked


def test_a_pad_that_is_away_says_so_and_stops_nothing(qtbot: Any) -> None:
    place = Place(qtbot, True)
    place.seat.pad.away = DeviceFault("签字板没有连上，请检查连线；可以请办事人在打印的文书上签字", "not_connected")
    place.seat.press("F7")
    place.seat.turn("pad")
    assert "签字板没有连上" in place.seat.toast
    assert not place.seat.facing.asked
    place.seat.pad.away = None
    place.seat.press("F7")
    place.sign()
    assert len(place.kept()) == 1
