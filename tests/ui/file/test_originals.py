"""Scanned pages and papers of a case on the screen of any window: a list, one beside it, and back with Esc."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from clerk_app.domain.errors import Unreachable
from clerk_app.ports.hall_sync import FileHead, FileKind, FileSubject, StoredFile
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.window.file.originals import NOT_SHOWN, NOTHING, OriginalsPanel
from support.look import clipped_labels, dressed, grab
from support.office import OfficeServer, sit, upload
from support.shell import APPLICANT, Seat
from support.window import NOW
from support.window_views import shown

HEAD = FileHead("f-1", FileSubject.CASE, "c-1", FileKind.PAGE, "image/jpeg", 9, "ab" * 32, NOW, "12")
PAGE = replace(HEAD, material_id="layout", position=1)
FILES = tuple(
    StoredFile(head, NOW)
    for head in (
        PAGE,
        replace(PAGE, file_id="f-2", position=2),
        replace(HEAD, file_id="f-3", kind=FileKind.PAPER, media_type="application/pdf", title="受理通知书"),
        replace(HEAD, file_id="f-4", kind=FileKind.PAPER, media_type="application/octet-stream", title="受理回执"),
    )
)


def picture() -> bytes:
    image = QImage(1240, 1754, QImage.Format.Format_RGB32)
    image.fill(QColor("#f4f1e8"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG")
    return bytes(buffer.data().data())


class FakeOriginals:
    """Has the files, or no server behind it."""

    def __init__(self) -> None:
        self.away = False

    def of_case(self, case_id: str) -> tuple[StoredFile, ...]:
        if self.away:
            raise Unreachable("服务器连不上，稍后再看")
        return FILES

    def content(self, head: FileHead) -> bytes:
        return picture()


@pytest.fixture
def seat(qtbot) -> Seat:
    return sit(qtbot, OfficeServer(), "wxm")


@pytest.fixture
def originals(seat: Seat) -> FakeOriginals:
    made = FakeOriginals()
    see = seat.shell.files.originals
    see._desk = replace(see._desk, originals=made, first_page=lambda pdf, width: pdf)
    return made


def accepted(seat: Seat) -> str:
    """A food licence taken at this window and uploaded; returns its number."""
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", "1", "1", "A", "F9", "F9")
    upload(seat)
    seat.press("F9")
    return max(row.case_number for row in seat.stored)


def opened(seat: Seat, number: str) -> None:
    seat.press("F6")
    seat.type(number[-4:])
    seat.press("Enter")


def test_s_lists_pages_and_papers_and_a_press_shows_one(seat: Seat, originals: FakeOriginals) -> None:
    opened(seat, accepted(seat))
    seat.press("S")
    panel = seat.shell.files.originals.panel
    assert panel is not None
    names = [button.text() for button in panel.buttons]
    assert names[1].endswith("第 2 页")
    assert names[2:] == ["受理通知书", "受理回执"]
    assert seat.focus() is panel.buttons[0]
    seat.press("Enter")
    assert panel.view.has_paper()
    panel.buttons[3].click()
    seat.settle()
    assert (panel.view.has_paper(), panel.view.accessibleName()) == (False, NOT_SHOWN)
    seat.press("Esc")
    assert not panel.isVisible()


def test_without_the_server_it_says_so(seat: Seat, originals: FakeOriginals) -> None:
    originals.away = True
    opened(seat, accepted(seat))
    seat.press("S")
    panel = seat.shell.files.originals.panel
    assert panel is not None
    assert "服务器连不上" in shown(panel)


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (911, 460)])
def test_it_fits_the_screen(qtbot, qapp, tmp_path: Path, size: tuple[int, int]) -> None:
    dressed(qapp, 1.0)
    host = QWidget()
    host.setLayout(Column())
    qtbot.addWidget(host)
    host.resize(*size)
    host.show()
    panel = OriginalsPanel(host)
    panel.show_files(FILES, {"layout": "经营场所平面图"})
    panel.popup()
    panel.view.show_paper(QImage.fromData(picture()))
    for _ in range(3):
        qapp.processEvents()
    grab(host, f"originals_{size[0]}x{size[1]}", tmp_path)
    assert host.size().toTuple() == size
    assert clipped_labels(host) == []
    panel.show_files((), {})
    assert NOTHING in shown(panel)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
