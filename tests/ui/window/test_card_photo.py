"""The photo of a card beside the person: shown when somebody can decode it, gone with the visit, kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

from clerk_app.ui.window.face import Face
from support.look import grab
from support.shell import AGENT, APPLICANT, Seat, facts

PHOTO = b"\x57" * 1024
"""What a reader hands over; only the maker's codec knows what it shows."""


def bmp(colour: str) -> bytes:
    """A picture in the size of a card's photo."""
    image = QImage(102, 126, QImage.Format.Format_RGB888)
    image.fill(QColor("#d9dee3"))
    painter = QPainter(image)
    light = QLinearGradient(20, 20, 82, 126)
    light.setColorAt(0, QColor(colour).lighter(140))
    light.setColorAt(1, QColor(colour))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(light)
    painter.drawEllipse(30, 18, 42, 54)
    painter.drawEllipse(8, 78, 86, 90)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "BMP")
    return bytes(buffer.data().data())


@pytest.fixture
def seat(qtbot: Any) -> Seat:
    return Seat(qtbot)


def face(seat: Seat) -> Face:
    return seat.shell.side.person.face


def middle(seat: Seat) -> QColor:
    """The colour of the face's chin as it stands on the screen."""
    return face(seat).grab().toImage().pixelColor(face(seat).width() // 2, face(seat).height() - 8)


def test_without_a_codec_a_sign_stands_there_and_everything_goes_on(seat: Seat) -> None:
    seat.called()
    seat.lay(replace(facts(APPLICANT), photo=PHOTO))
    assert not face(seat).has_picture
    assert face(seat).sign.isVisibleTo(face(seat))
    seat.press("Enter")
    assert seat.work.intake.applicant_name == "张三"


def test_the_codecs_picture_is_shown_beside_the_person(seat: Seat) -> None:
    seat.slot.pictures[PHOTO] = bmp("#7a5230")
    seat.called()
    seat.lay(replace(facts(APPLICANT), photo=PHOTO))
    assert face(seat).has_picture
    assert not face(seat).sign.isVisibleTo(face(seat))
    assert middle(seat).red() > middle(seat).blue() + 30, "the picture itself is on the screen"
    assert face(seat).accessibleName() == "身份证上的照片"


def test_a_picture_of_the_makers_library_needs_no_codec(seat: Seat) -> None:
    seat.called()
    seat.lay(replace(facts(APPLICANT), picture=bmp("#305a7a")))
    assert middle(seat).blue() > middle(seat).red() + 30


def test_each_of_two_people_has_their_own(seat: Seat) -> None:
    seat.called()
    seat.lay(replace(facts(APPLICANT), picture=bmp("#305a7a")))
    seat.lay(facts(AGENT))
    assert seat.shell.side.person.name.whole_text() == AGENT.name
    assert not face(seat).has_picture, "nobody is shown with the face of somebody else"


def test_the_picture_ends_with_the_visit(seat: Seat) -> None:
    seat.called()
    seat.lay(replace(facts(APPLICANT), picture=bmp("#305a7a")))
    seat.control.finish_without_case("consulted", then_call=False)
    seat.settle()
    assert not seat.control.pictures
    seat.press("F2")
    seat.lay(APPLICANT)
    assert not face(seat).has_picture


def test_a_picture_that_comes_after_the_visit_is_dropped(seat: Seat) -> None:
    seat.slot.pictures[PHOTO] = bmp("#7a5230")
    seat.hold("photos")
    seat.called()
    seat.lay(replace(facts(APPLICANT), photo=PHOTO))
    seat.control.finish_without_case("consulted", then_call=False)
    seat.release("photos")
    assert not seat.control.pictures


def test_no_store_holds_the_picture(seat: Seat) -> None:
    picture = bmp("#305a7a")
    seat.called()
    seat.lay(replace(facts(APPLICANT), picture=picture, photo=PHOTO))
    seat.press("Enter")
    text = repr(seat.work.intake)
    assert repr(picture)[2:40] not in text
    assert repr(PHOTO)[2:40] not in text


@pytest.mark.parametrize("size", [QSize(1366, 768), QSize(1920, 1080)])
def test_it_stands_where_the_sign_was(seat: Seat, tmp_path: Path, size: QSize) -> None:
    seat.shell.resize(size)
    seat.called()
    seat.lay(APPLICANT)
    place = face(seat).geometry()
    seat.lay(replace(facts(APPLICANT), picture=bmp("#7a5230")))
    assert face(seat).has_picture
    assert face(seat).geometry() == place
    grab(seat.shell, f"card-photo-{size.width()}", tmp_path)
