"""The citizen's screen on the panels it must serve: nothing is cut, targets are wide enough, letters large enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from clerk_app.design.tokens import CITIZEN, CITIZEN_TYPE, COLOR, contrast
from clerk_app.domain.checklist import Verdict, toggle_phrase
from clerk_app.domain.intake import Intake
from clerk_app.domain.notices import notices_for
from clerk_app.ui.citizen.case_page import Answer
from clerk_app.ui.citizen.end_page import DONE
from clerk_app.ui.citizen.screen import CitizenScreen
from clerk_app.ui.citizen.views import Place, Standing, document_of, guide_of, identity_of
from clerk_app.ui.kit.paint import PILLS
from support import window_views as records
from support.look import clipped_labels, dressed, grab
from support.papers import a_supplement
from support.people import company
from support.window import HALL

SIZES = [(1366, 768), (1024, 600), (1920, 1080), (1280, 1024)]
LEAST_TEXT, LEAST_TARGET = 20, 72
SERVING = Place(HALL.name, "12", Standing.SERVING, "A047")
LONG = "明河市明河区示例街道一百二十八号综合服务大楼附属裙房三层东侧三〇一室至三一五室"


def ticked() -> Intake:
    """One defect, one that is open, the rest received."""
    intake = records.intake()
    bad, still = intake.materials[3], intake.materials[4]
    intake = intake.with_check(toggle_phrase(intake.checks[bad.id], "没有签名或盖章"))
    return intake.with_check(replace(intake.checks[still.id], verdict=Verdict.PENDING, pieces=0))


def crowded() -> Intake:
    """Long names everywhere."""
    intake = records.intake()
    body = company(
        name="明河市明河区示例街道社区居民委员会下属便民综合服务与家政劳务合作联社有限责任公司", address=LONG
    )
    return intake.with_applicant(body, intake.agent)


Show = Callable[[CitizenScreen], object]
STATES: dict[str, Show] = {
    "free": lambda s: s.show_place(Place(HALL.name, "12", Standing.FREE)),
    "calling": lambda s: s.show_place(Place(HALL.name, "12", Standing.CALLING, "A047")),
    "serving": lambda s: s.show_place(SERVING),
    "away": lambda s: s.show_place(Place(HALL.name, "12", Standing.AWAY)),
    "identity": lambda s: s.show_case(SERVING, identity_of(records.intake()), Answer.NONE, None),
    "guide": lambda s: s.show_case(
        SERVING, identity_of(records.intake()), Answer.CONFIRMED, guide_of(records.intake(), ticking=False)
    ),
    "list": lambda s: s.show_case(SERVING, identity_of(ticked()), Answer.DENIED, guide_of(ticked(), ticking=True)),
    "crowded": lambda s: s.show_case(
        SERVING, identity_of(crowded()), Answer.OVERRULED, guide_of(crowded(), ticking=True)
    ),
    "sign": lambda s: s.show_signing(SERVING, document_of(notices_for(records.concluded().conclusion)[0]), "李晓彤", 1),
    "sign_supplement": lambda s: s.show_signing(SERVING, document_of(a_supplement(9)), "李晓彤", 1),
    "rate": lambda s: s.show_rating(SERVING, document_of(a_supplement(2))),
    "end": lambda s: s.show_end(SERVING, DONE, document_of(a_supplement(2))),
}


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request) -> tuple[int, int]:
    return request.param


def shown(qtbot, size: tuple[int, int], show: Show) -> CitizenScreen:
    screen = CitizenScreen()
    qtbot.addWidget(screen)
    screen.resize(*size)
    screen.show()
    show(screen)
    for _ in range(3):
        QApplication.processEvents()
    return screen


def visible(screen: CitizenScreen, kind: type[QWidget]) -> list[QWidget]:
    return [one for one in screen.pages.currentWidget().findChildren(kind) if one.isVisible()]


@pytest.mark.parametrize("state", STATES)
def test_every_state(qtbot, tmp_path: Path, size: tuple[int, int], state: str) -> None:
    screen = shown(qtbot, size, STATES[state])
    if state == "sign":
        screen.sign.pad._lines = [[(0.1 + 0.02 * part, 0.5 + 0.3 * math.sin(part / 2)) for part in range(41)]]
        screen.sign.pad.changed.emit()
        QApplication.processEvents()
    grab(screen, f"citizen_{state}_{size[0]}x{size[1]}", tmp_path)
    assert screen.size().toTuple() == size, "something does not fit and made the window grow"
    assert clipped_labels(screen) == []
    for label in visible(screen, QLabel):
        assert label.font().pixelSize() >= LEAST_TEXT, label.text()
        if label.wordWrap() and label.text():
            assert label.height() >= label.heightForWidth(label.width()), f"cut: {label.text()}"
    for button in visible(screen, QAbstractButton):
        assert min(button.width(), button.height()) >= LEAST_TARGET, button.text()
        assert QFontMetricsF(screen._scale.font(CITIZEN_TYPE["button"])).horizontalAdvance(button.text()) <= (
            button.width()
        ), f"cut: {button.text()}"


@pytest.mark.parametrize("state", STATES)
def test_targets_do_not_lie_on_each_other(qtbot, size: tuple[int, int], state: str) -> None:
    screen = shown(qtbot, size, STATES[state])
    page = screen.pages.currentWidget()
    places = {one: QRect(one.mapTo(page, one.rect().topLeft()), one.size()) for one in visible(screen, QAbstractButton)}
    for one, place in places.items():
        assert page.rect().contains(place), f"{one.text()} is not wholly on the screen"
        for other, there in places.items():
            assert one is other or not place.intersects(there), f"{one.text()} and {other.text()}"


def test_what_is_higher_than_its_place_can_be_read_to_its_end_by_touch(qtbot) -> None:
    screen = shown(qtbot, (1024, 600), STATES["sign_supplement"])
    words = screen.sign.document.words
    assert words.more.isVisible()
    for _ in range(40):
        if words.at_end():
            break
        words.more.click()
    assert words.at_end()
    assert words.more.text() == "回开头"
    words.more.click()
    assert words.verticalScrollBar().value() == 0


def test_the_list_follows_the_row_that_was_ticked(qtbot) -> None:
    screen = shown(qtbot, (1024, 600), STATES["list"])
    before = ticked()
    last = before.materials[-1]
    row = replace(before.checks[last.id], verdict=Verdict.PENDING, pieces=0)
    screen.show_case(SERVING, identity_of(before), Answer.NONE, guide_of(before.with_check(row), ticking=True))
    screen.case.materials.to_start()
    screen.show_case(SERVING, identity_of(before), Answer.NONE, guide_of(before, ticking=True))
    QApplication.processEvents()
    area, top = screen.case.materials, screen.case.materials.verticalScrollBar().value()
    place = screen.case.list.place(len(before.materials) - 1)
    assert top <= place.top()
    assert place.bottom() <= top + area.viewport().height() + 1


def test_the_clerks_large_letters_change_nothing_here(qtbot, qapp) -> None:
    screen = shown(qtbot, (1366, 768), STATES["guide"])
    fonts = [label.font().pixelSize() for label in visible(screen, QLabel)]
    dressed(qapp, 1.5)
    QApplication.processEvents()
    assert [label.font().pixelSize() for label in visible(screen, QLabel)] == fonts


def test_letters_and_targets_keep_their_least_size() -> None:
    assert min(role.px for role in CITIZEN_TYPE.values()) * CITIZEN.least >= LEAST_TEXT
    assert CITIZEN.target * CITIZEN.least >= LEAST_TARGET


def test_colours_can_be_read() -> None:
    pairs = [(look.ink, look.fill) for look in PILLS.values()]
    pairs += [(COLOR.ink7, COLOR.paper), (COLOR.ink7, COLOR.kiosk), (COLOR.pri, COLOR.paper), (COLOR.ink5, COLOR.field)]
    pairs += [
        (COLOR.rail_sub, COLOR.rail),
        (COLOR.paper, COLOR.rail),
        (COLOR.pri, COLOR.kiosk),
        (COLOR.bad, COLOR.paper),
    ]
    for ink, fill in pairs:
        assert contrast(ink, fill) >= 4.5, (ink, fill)
