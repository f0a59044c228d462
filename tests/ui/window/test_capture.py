"""F7 in the checklist: pages by the camera and from files, kept, counted, taken back, all by keyboard."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from clerk_app.bootstrap.picture_work import Pictures
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.capture import PageOrigin
from clerk_app.ports.devices import DeviceFault, DeviceHealth, DeviceState
from clerk_app.services.window.attachments import AttachmentDesk
from clerk_app.ui.keys import Page
from clerk_app.ui.window.capture.preview import NO_CAMERA
from clerk_app.ui.window.capture.room import CaptureRoom
from drivers.camera.samples import VIEWS, frame
from support import window_views
from support.look import clipped_labels, grab
from support.shell import Seat
from support.window_memory import MemoryWindowStore

SIZE = (1_280, 960)
SHEETS = tuple(frame(replace(view, frame=SIZE)) for view in VIEWS[:2])


class Camera:
    """What lies under it; frames come when ``look`` is called."""

    def __init__(self) -> None:
        self.under = SHEETS[0]
        self.preview: Callable[[bytes], None] | None = None
        self.trouble: DeviceFault | None = None
        self.state = DeviceState.READY

    def start(self, preview: Callable[[bytes], None]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.preview = preview

    def stop(self) -> None:
        self.preview = None

    def capture(self, timeout_s: float) -> bytes:
        if self.trouble is not None:
            raise self.trouble
        return self.under

    def look(self) -> None:
        if self.preview is not None:
            small = io.BytesIO()
            Image.open(io.BytesIO(self.under)).resize((960, 720)).save(small, "JPEG")
            self.preview(small.getvalue())

    def health(self) -> DeviceHealth:
        advice = str(self.trouble) if self.trouble is not None else ""
        return DeviceHealth(self.state, window_views.NOW, "", advice)


class ScanSeat(Seat):
    """A counter with a document camera; ``camera`` None: only files."""

    def __init__(self, qtbot: Any, camera: Camera | None, store: MemoryWindowStore | None = None, **more: Any) -> None:
        self.camera = camera
        super().__init__(qtbot, store, **more)

    def _desk(self, *given: Any) -> Any:
        desk = super()._desk(*given)
        self.pages = AttachmentDesk(self.window.store, self.window.journal)
        return replace(desk, camera=self.camera, pictures=Pictures(), attachments=self.pages)

    @property
    def room(self) -> CaptureRoom:
        room = self.shell.screens.capturing.room
        assert room is not None
        return room

    @property
    def is_open(self) -> bool:
        return self.shell.rooms.current is self.room

    def kept(self) -> list[Any]:
        return list(self.pages.of_case(self.work.intake.case_id))

    def drop(self, *paths: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        action, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        event = QDropEvent(QPointF(50, 50), action, data, buttons, Qt.KeyboardModifier.NoModifier)
        # Without a drag that began outside Qt delivers no drop.
        self.room.dropEvent(event)
        self.settle()


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def seat(qtbot: Any, camera: Camera) -> ScanSeat:
    made = ScanSeat(qtbot, camera)
    made.at_checklist()
    made.count()
    return made


def row_words(seat: ScanSeat, row: int) -> str:
    index = seat.case.checklist.list.model().index(row, 0)
    return str(index.data())


def test_three_keys_scan_a_page_and_two_more_each_further_page(seat: ScanSeat, camera: Camera) -> None:
    seat.press("F7")
    assert seat.is_open
    camera.look()
    seat.settle()
    assert seat.room.view.has_image
    assert seat.room.view.corners is not None
    seat.press("F7", "Enter")
    assert seat.count() == 3
    camera.under = SHEETS[1]
    seat.press("F7", "Enter")
    assert seat.count() == 2
    pages = seat.kept()
    assert [(page.position, page.origin) for page in pages] == [(1, PageOrigin.CAMERA), (2, PageOrigin.CAMERA)]
    assert Image.open(io.BytesIO(seat.pages.content(pages[0].page_id))).size == (pages[0].width, pages[0].height)
    assert pages[0].height > pages[0].width, "the sheet alone, not the desk around it"
    seat.press("Esc")
    assert not seat.is_open
    assert "已扫 2 页" in row_words(seat, 0)
    assert "已扫" not in row_words(seat, 1)


def test_the_row_that_was_scanned_has_the_cursor_again(seat: ScanSeat) -> None:
    seat.press("Enter", "Up", "F7", "F7", "Enter", "Esc")
    assert seat.case.checklist.list.current_row() == 1, "the first undecided row is another"
    assert seat.case.checklist.list.hasFocus()
    seat.press("Down", "F7")
    assert seat.room.title.whole_text().startswith("3. ")


def test_f7_elsewhere_asks_for_a_signature_as_before(seat: ScanSeat) -> None:
    seat.press("A", "F9", "F7")
    assert not seat.is_open
    assert "签字" in seat.toast


def test_escape_drops_a_shot_and_then_leaves(seat: ScanSeat, camera: Camera) -> None:
    seat.press("F7", "F7")
    assert seat.room.page is Page.CAPTURE_SHOT
    assert "拍糊" not in seat.room.sentence.whole_text()
    seat.press("Esc")
    assert seat.is_open
    assert seat.room.page is Page.CAPTURE
    seat.press("Esc")
    assert not seat.is_open
    assert camera.preview is None, "nobody looks through a camera that is not shown"
    assert seat.kept() == []


def test_deleting_and_undoing(seat: ScanSeat) -> None:
    seat.press("F7", "F7", "Enter", "F7", "Enter")
    first, second = seat.kept()
    seat.press("Del")
    assert "选一页" in seat.room.sentence.whole_text()
    seat.press("Left", "Left", "Del")
    assert seat.kept() == [second]
    seat.press("Ctrl+Z")
    assert seat.kept() == [first, second]
    seat.press("Ctrl+Z")
    assert seat.kept() == [first], "the keeping of the second page is taken back as well"
    seat.press("Esc")
    assert "已扫 1 页" in row_words(seat, 0)


def test_a_page_is_turned_and_so_are_the_next_ones(seat: ScanSeat) -> None:
    seat.press("F7", "F7", "R", "Enter", "F7", "Enter")
    assert all(page.width > page.height for page in seat.kept())


def test_corners_by_keyboard_and_by_mouse(seat: ScanSeat) -> None:
    seat.press("F7", "F7")
    before = seat.room.view.corners
    seat.press("Right")
    assert "选一个角" in seat.room.sentence.whole_text()
    seat.press("1", "Right", "Right", "Down")
    after = seat.room.view.corners
    assert after[0][0] == pytest.approx(before[0][0] + 0.008, abs=1e-6)
    assert after[0][1] == pytest.approx(before[0][1] + 0.004, abs=1e-6)
    assert after[1:] == before[1:]
    view = seat.room.view
    handle = view._points(view._place())[2].toPoint()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=handle)
    QTest.mouseMove(view, handle - QPoint(40, 40))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=handle - QPoint(40, 40))
    seat.settle()
    assert seat.room.view.corners[2][0] < after[2][0]
    seat.press("0")
    assert seat.room.view.corners == before
    seat.press("Enter")
    assert len(seat.kept()) == 1


def test_a_camera_that_is_away_says_so_and_files_still_work(qtbot: Any, camera: Camera, tmp_path: Path) -> None:
    camera.trouble = DeviceFault("高拍仪没有连上，请检查连线；先把图片或 PDF 拖进来")
    seat = ScanSeat(qtbot, camera)
    seat.at_checklist()
    seat.press("F7")
    assert "没有连上" in seat.room.view.words
    path = tmp_path / "page.jpg"
    path.write_bytes(SHEETS[0])
    seat.drop(path)
    seat.press("Enter")
    assert [page.origin for page in seat.kept()] == [PageOrigin.FILE]
    camera.trouble = None
    seat.room.preview.look()
    seat.settle()
    camera.look()
    seat.settle()
    assert seat.room.view.has_image, "it comes back by itself"


def test_a_camera_that_is_lost_while_it_is_looked_through_says_so(seat: ScanSeat, camera: Camera) -> None:
    seat.press("F7")
    camera.look()
    seat.settle()
    camera.state, camera.trouble = DeviceState.ABSENT, DeviceFault("高拍仪没有连上，请检查连线")
    seat.room.preview.look()
    assert "没有连上" in seat.room.view.words
    seat.press("F7")
    assert "没有连上" in seat.room.sentence.whole_text()
    assert seat.room.page is Page.CAPTURE


def test_files_one_after_the_other_and_bad_ones_said_by_name(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = ScanSeat(qtbot, None)
    seat.at_checklist()
    seat.press("F7")
    assert seat.room.view.words == NO_CAMERA
    seat.press("F7")
    assert NO_CAMERA in seat.room.sentence.whole_text()
    pdf = tmp_path / "three.pdf"
    sheet = Image.open(io.BytesIO(SHEETS[0])).convert("RGB").resize((400, 560))
    sheet.save(pdf, "PDF", save_all=True, append_images=[sheet, sheet])
    picture, text = tmp_path / "one.png", tmp_path / "readme.docx"
    Image.open(io.BytesIO(SHEETS[1])).save(picture)
    text.write_bytes(b"PK\x03\x04 not a picture")
    names = [str(text), str(pdf), str(tmp_path / "gone.jpg"), str(picture)]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: (names, ""))
    seat.press("O")
    assert seat.room.page is Page.CAPTURE_SHOT
    assert "PDF 共 3 页" in seat.room.sentence.whole_text()
    seat.press("Enter", "Enter")
    assert [(page.kind.value, page.sheets) for page in seat.kept()] == [("application/pdf", 3), ("image/jpeg", 1)]
    seat.press("Esc")
    assert "已扫 4 页" in row_words(seat, 0)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", b"PK\x03\x04", "不是 JPEG 或 PNG"),
        ("a.jpg", SHEETS[0][:2_000], "请重拍"),
        ("a.pdf", b"%PDF-1.7 nothing follows", "PDF 打不开"),
        ("a.jpg", b"\xff\xd8\xff" + bytes(21 * 1024 * 1024), "20 MB"),
        ("a.jpg", None, "读不了"),
    ],
    ids=["word", "cut off", "broken pdf", "too large", "gone"],
)
def test_a_bad_file_is_refused_with_a_sentence(
    seat: ScanSeat, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    seat.press("F7")
    seat.drop(path)
    assert words in seat.room.sentence.whole_text()
    assert seat.room.page is Page.CAPTURE
    assert seat.kept() == []
    seat.press("F7", "Enter")
    assert len(seat.kept()) == 1, "the camera goes on"


def test_pages_are_there_after_the_window_was_killed(qtbot: Any, camera: Camera) -> None:
    first = ScanSeat(qtbot, camera)
    first.at_checklist()
    first.press("F7", "F7", "Enter")
    case_id = first.work.intake.case_id
    first.shell.close()
    again = ScanSeat(qtbot, Camera(), first.store)  # type: ignore[arg-type]
    again.log_in()
    again.control.resume(case_id)
    again.settle()
    assert "已扫 1 页" in row_words(again, 0)


def test_a_full_disk_keeps_the_shot_on_the_screen(seat: ScanSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    seat.press("F7", "F7")

    def full(*_: object) -> None:
        raise StoreFault("本机磁盘满了，这一步没有存下，内容还在屏幕上。请技术员清出空间后再按一次")

    with monkeypatch.context() as patched:
        patched.setattr(seat.store, "write", full)
        seat.press("Enter")
    assert "磁盘满了" in seat.room.sentence.whole_text()
    assert seat.room.page is Page.CAPTURE_SHOT
    seat.press("Enter")
    assert len(seat.kept()) == 1


@pytest.mark.parametrize("size", [(1366, 690), (1093, 552), (911, 460)])
def test_nothing_is_cut_at_any_size(qtbot: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    camera = Camera()
    seat = ScanSeat(qtbot, camera, size=size)
    seat.at_checklist()
    seat.press("F7")
    camera.look()
    seat.settle()
    assert clipped_labels(seat.room) == []
    grab(seat.shell, f"capture-live-{size[0]}", tmp_path)
    seat.press("F7")
    assert clipped_labels(seat.room) == []
    grab(seat.shell, f"capture-shot-{size[0]}", tmp_path)
    seat.press("Enter")
    camera.under = SHEETS[1]
    seat.press("F7", "Enter")
    camera.look()
    seat.settle()
    grab(seat.shell, f"capture-two-{size[0]}", tmp_path)
    seat.press("Esc")
    grab(seat.shell, f"capture-list-{size[0]}", tmp_path)
