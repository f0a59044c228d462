"""Exactly one visible focus at every step of a visit, where the next key belongs."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from clerk_app.ui.kit.buttons import Chip
from support.shell import AGENT, APPLICANT, LOGIN, PASSWORD, Seat

RING = 150  # pixels that a ring of 2 px around the smallest button has at least


def picture(widget: QWidget) -> Image.Image:
    grabbed = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size = (grabbed.width(), grabbed.height())
    return Image.frombytes("RGB", size, bytes(grabbed.constBits()), "raw", "RGB", grabbed.bytesPerLine())


def seen(seat: Seat) -> int:
    """How many pixels of the screen tell where the focus is."""
    widget = seat.focus()
    focused = picture(seat.shell)
    widget.clearFocus()
    bare = picture(seat.shell)
    widget.setFocus()
    changed = ImageChops.difference(focused, bare).convert("L")
    return sum(changed.histogram()[1:])


def test_the_focus_is_seen_at_every_step(qtbot) -> None:
    seat = Seat(qtbot)

    def look(name: str, expected: QWidget) -> None:
        assert seat.focus() is expected, name
        assert seen(seat) >= RING, f"{name}: nobody sees where the next key goes"

    login, idle = seat.shell.login_page, seat.shell.idle
    look("login", login.name.edit)
    seat.type(LOGIN)
    seat.press("Enter")
    look("password", login.password.edit)
    seat.type(PASSWORD)
    seat.press("Enter")
    look("free", idle.call)
    seat.press("F6")
    look("find", idle.search.edit)
    seat.press("Esc")
    look("free again", idle.call)
    seat.counter.add_tickets(2)
    seat.press("F2")
    case = seat.case
    look("called", case.applicant.person.name.edit)
    seat.lay(APPLICANT)
    look("card", case.applicant.go)
    seat.lay(AGENT)
    look("second card", case.applicant.go)
    seat.press("Enter")
    look("search", case.matter.query)
    seat.type("spjy")
    seat.press("Enter")
    look("questions", case.matter.questions)
    seat.press("1", "1")
    look("materials", case.checklist.list)
    seat.press("5")
    look("a defect", case.checklist.list)
    seat.press("1", "Enter", "A", "F9")
    assert seat.focus() is case.outcome, "the digits choose"
    assert [choice.isChecked() for choice in case.outcome.choices].count(True) == 1, "the choice carries the frame"
    seat.press("F9")
    look("papers", case.papers.go)


def test_the_checklist_gives_its_frame_away_with_the_focus(qtbot) -> None:
    seat = Seat(qtbot)
    seat.at_checklist("shb")
    seat.press("Enter", "Enter", "Enter")
    page = seat.case.checklist
    assert seat.focus() is page.go, "after the last row the next key is the way on"
    with_focus_on_go = picture(page.list)
    page.list.setFocus()
    seat.settle()
    assert ImageChops.difference(with_focus_on_go, picture(page.list)).getbbox() is not None
    page.go.setFocus()
    seat.press("Enter")
    assert seat.focus() is seat.case.outcome


def test_panels_give_the_focus_back(qtbot) -> None:
    seat = Seat(qtbot)
    seat.at_checklist()
    at = seat.focus()
    for key in ("F1", "Alt+N"):
        seat.press(key)
        assert seat.focus() is not at
        seat.press("Esc")
        assert seat.focus() is at


def test_f6_looks_for_another_matter_and_esc_keeps_the_one_there_is(qtbot) -> None:
    seat = Seat(qtbot)
    seat.at_checklist()
    seat.press("Enter")
    before = seat.work.intake
    seat.press("F6")
    assert seat.focus() is seat.case.matter.query
    seat.type("sh")
    assert seat.case.matter.hits.isVisible(), "a draft that is saved meanwhile closes no search"
    seat.press("Esc")
    assert seat.focus() is seat.case.matter.questions
    seat.press("F9")
    assert seat.work.intake == before
    seat.press("F6")
    seat.type("spjy")
    seat.press("Enter")
    assert seat.work.intake == before, "the same matter picked again loses no mark"
    seat.press("F6")
    seat.type("shb")
    seat.press("Enter")
    assert seat.work.intake.matter.name == "社会保障卡补领"
    seat.press("Ctrl+Z")
    assert seat.work.intake == before


def test_esc_goes_back_a_step_at_a_time_and_loses_nothing(qtbot) -> None:
    seat = Seat(qtbot)
    seat.at_checklist("spjy", APPLICANT, AGENT)
    seat.press("Enter", "Enter", "5", "2")
    seat.press("Esc")
    assert seat.work.step.value == "materials", "first the open row closes"
    before = seat.work.intake
    seat.press("F9")
    for step in ("materials", "matter", "applicant", "applicant"):
        seat.press("Esc")
        assert seat.work.step.value == step
    assert seat.work.intake == before
    seat.press("Alt+3")
    assert seat.work.intake == before


@pytest.mark.parametrize("key", ["Tab", "Backtab"])
def test_tab_meets_every_stop_of_a_page_and_nothing_hidden(qtbot, key: str) -> None:
    seat = Seat(qtbot)
    seat.at_checklist()
    start, met = seat.focus(), []
    for _ in range(40):
        seat.press(key)
        met.append(seat.focus())
        if met[-1] is start:
            break
    assert met[-1] is start, "Tab comes round"
    assert all(widget.isVisible() and widget.isEnabled() for widget in met)
    assert seat.case.checklist.go in met
    assert not [widget for widget in met if isinstance(widget, Chip)]
