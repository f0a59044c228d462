"""Everybody who applies, at the sizes that a counter has: nothing is cut, and the usual cases do not scroll."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.domain.identity import Sex
from support.look import clipped_labels, dressed, grab
from support.people import resident
from support.shell import AGENT, APPLICANT, Seat
from support.shell_matters import PUBLISHED, food, sale, stocked

BUYER = resident(name="李四", id_number="11010119900307002X", sex=Sex.FEMALE)
SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 1093, 552, id="1093x552"),
    pytest.param(1.0, 911, 460, id="911x460"),
]


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_everybody_fits(qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int) -> None:
    dressed(qapp, factor)
    store = stocked()
    store.catalogue.replace(418, PUBLISHED, [food(), sale()])
    seat = Seat(qtbot, store, size=(width, height))
    seat.log_in()
    seat.counter.add_tickets(3)
    bar = seat.case.applicant._scroll.verticalScrollBar()

    def looked_at(name: str, *, whole: bool = True) -> None:
        seat.settle()
        grab(seat.shell, f"parties_{width}x{height}_{factor}_{name}", tmp_path)
        assert seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"
        assert clipped_labels(seat.shell) == [], name
        if whole and width == 1366:
            assert bar.maximum() == 0, f"{name}: everything is seen without scrolling"

    seat.press("F2")
    looked_at("nobody")
    seat.lay(APPLICANT)
    looked_at("one")
    seat.lay(AGENT)
    looked_at("agent")
    seat.case.applicant.form.valid_to.edit.setFocus()
    seat.type("20261101")
    seat.press("Alt+K")
    looked_at("contacts", whole=factor == 1.0)
    seat.press("Enter")
    looked_at("expired_matter", whole=False)
    seat.control.finish_without_case("consulted", then_call=True)
    seat.compose("张三")
    seat.press("Enter")
    seat.type(APPLICANT.id_number)
    looked_at("typed")
    seat.case.applicant.form.kind_person.setFocus()
    seat.press("Right")
    looked_at("entity")
    seat.case.applicant.form.kind_entity.setFocus()
    seat.press("Right")
    looked_at("organisation")
    seat.control.finish_without_case("consulted", then_call=True)
    seat.lay(replace(APPLICANT, phone=""))
    seat.press("Enter")
    seat.type("bdczy")
    seat.press("Enter")
    looked_at("missing")
    seat.press("Alt+1")
    looked_at("other_side")
    seat.lay(BUYER)
    looked_at("both_sides")
    seat.press("Alt+G")
    looked_at("list", whole=factor == 1.0)
    seat.press("Alt+3", "P", "1", "4")
    looked_at("pages", whole=False)
