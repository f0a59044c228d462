"""Alt+X by keyboard: every device, what was found, trials, the frames as they come, the export."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from clerk_app.domain.errors import StoreFault
from clerk_app.ports.device_care import CareEntry, FoundDevice, FrameLine, Trial
from clerk_app.ports.devices import DeviceHealth, DeviceState
from clerk_app.ui.window.devices.room import DeviceRoom
from support.look import clipped_labels, dressed, grab
from support.shell import APPLICANT, Seat
from support.window import NOW

SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 1920, 1000, id="1920x1000"),
    pytest.param(1.0, 911, 460, id="911x460"),
]


def health(state: DeviceState, advice: str = "") -> DeviceHealth:
    return DeviceHealth(state, NOW, state.value, advice)


def entry(key: str, name: str, icon: str, setting: str = "", title: str = "", **more: object) -> CareEntry:
    driver, _, address = setting.partition(":")
    state = more.get("health") or health(DeviceState.READY if setting else DeviceState.NOT_CONFIGURED)
    assert isinstance(state, DeviceHealth)
    return CareEntry(key, name, icon, driver, address, title, str(more.get("tried", "")), state)


class Care:
    """The devices of a PC, as a test wants them."""

    def __init__(self) -> None:
        out = health(DeviceState.NEEDS_PAPER, "小票打印机缺纸。装好纸后接着打")
        self.listed = [
            entry("id_reader", "身份证读卡器", "id-card", "ga467-serial:COM3", "串口身份证读卡器", tried="模拟器"),
            entry("receipt_printer", "小票打印机", "receipt-text", "escpos-serial:COM4", "串口小票打印机", health=out),
            entry("page_printer", "A4 打印机", "printer", "ipp:HP-LaserJet", "系统打印机（IPP）"),
            entry("evaluator", "评价器", "smile", "ff68-evaluator:COM5", "串口评价器（FF 68）"),
            entry("caller_keypad", "叫号键盘", "keyboard"),
            entry("call_board", "窗口屏", "monitor", "led-sum:COM6#3", "窗口条屏（和校验）"),
            entry("code_scanner", "扫码枪", "scan-line", "scan-serial:COM7", "串口扫码枪"),
            entry("document_camera", "高拍仪", "camera"),
            entry("signature_pad", "签字板", "signature"),
        ]
        self.hanging: tuple[FoundDevice, ...] = (
            FoundDevice("receipt_printer", "小票打印机", "爱普生 TM-T82", "escpos-usb:04B8:0E15", True, False),
            FoundDevice("id_reader", "身份证读卡器", "COM3（CH340 转串口线）", "ga467-serial:COM3", False, True),
        )
        self.tried: list[str] = []
        self.trial = Trial(True, "打好了。请看：一行数字不换行，生僻字没有方框，右边对齐，码扫得出")
        self.code: Trial | None = Trial(True, "扫到 18 个字符：MH-12-20261123-003")
        self.lines: list[FrameLine] = []
        self.full = False

    def entries(self) -> tuple[CareEntry, ...]:
        return tuple(self.listed)

    def find(self) -> tuple[FoundDevice, ...]:
        return self.hanging

    def try_out(self, key: str) -> Trial:
        self.tried.append(key)
        return self.trial

    def wait_for_code(self, timeout_s: float, cancel: threading.Event) -> Trial | None:
        return self.code

    def told(self) -> int:
        return len(self.lines)

    def frames(self, key: str) -> tuple[FrameLine, ...]:
        return tuple(self.lines) if key == "id_reader" else ()

    def export(self, folder: Path) -> Path:
        if self.full:
            raise StoreFault("导出写不进文件夹，请看磁盘是不是满了")
        return folder / "设备记录-20261123-102400.zip"


class CareSeat(Seat):
    """A seat at a window with a device page."""

    def _desk(self, evaluator, first_page):  # type: ignore[no-untyped-def]
        self.care = Care()
        return replace(super()._desk(evaluator, first_page), care=self.care, support_folder=Path("/data/support"))

    @property
    def room(self) -> DeviceRoom:
        room = self.shell.screens.devices
        assert room is not None
        return room


@pytest.fixture
def seat(qtbot) -> CareSeat:  # type: ignore[no-untyped-def]
    seat = CareSeat(qtbot)
    seat.log_in()
    seat.press("Alt+X")
    return seat


def at(seat: CareSeat, key: str) -> None:
    """Walk to a device by the arrows."""
    for _ in range(20):
        line = seat.room.list.at
        assert line is not None
        if line.key == key:
            return
        seat.press("Down")
    raise AssertionError(key)


def test_every_device_is_listed_with_its_state_and_the_ill_one_says_what_to_do(seat: CareSeat) -> None:
    room = seat.room
    assert seat.shell.rooms.current is room
    shown = {line.key: line for line in room.list.model_.lines}
    assert len(shown) == 9
    assert (shown["id_reader"].pill, shown["id_reader"].when) == ("就绪", "10:24 起")
    assert shown["receipt_printer"].pill == "缺纸"
    assert "escpos-serial:COM4" in shown["receipt_printer"].detail
    assert shown["signature_pad"].pill == "未设置"
    assert room.note.whole_text() == "6 台在用，1 台要处理"
    at(seat, "receipt_printer")
    assert room.advice.text() == "小票打印机缺纸。装好纸后接着打"
    at(seat, "signature_pad")
    assert "按 D 找设备" in room.advice.text()


def test_a_device_that_comes_back_is_seen_without_a_key(seat: CareSeat) -> None:
    seat.care.listed[1] = replace(seat.care.listed[1], health=health(DeviceState.READY))
    seat.room._timer.timeout.emit()
    assert seat.room.note.whole_text() == "6 台在用，都好"
    assert seat.room.list.model_.lines[1].pill == "就绪"


def test_f9_prints_a_test_and_says_what_to_look_at(seat: CareSeat) -> None:
    at(seat, "receipt_printer")
    assert seat.room.go.text() == "试打"
    seat.press("F9")
    assert seat.care.tried == ["receipt_printer"]
    assert "生僻字没有方框" in seat.room.result.text()


def test_a_trial_that_fails_says_what_to_do(seat: CareSeat) -> None:
    seat.care.trial = Trial(False, "小票打印机缺纸。装好纸后接着打")
    at(seat, "receipt_printer")
    seat.press("F9")
    assert seat.room.result.text() == "小票打印机缺纸。装好纸后接着打"
    assert seat.room.go.isEnabled()


def test_what_is_not_set_up_is_not_tried(seat: CareSeat) -> None:
    at(seat, "signature_pad")
    seat.press("F9")
    assert seat.care.tried == []
    assert "没有设置" in seat.room.result.text()


def test_a_test_read_shows_the_card_masked_and_takes_it_into_no_case(seat: CareSeat) -> None:
    at(seat, "id_reader")
    seat.press("F9")
    assert "读到的只在这里看" in seat.room.result.text()
    seat.lay(APPLICANT)
    shown = seat.room.result.text()
    assert APPLICANT.id_number not in shown
    assert APPLICANT.name not in shown
    assert shown.startswith("读到居民身份证：")
    assert seat.control.kept_card() is None
    seat.lay(APPLICANT)
    assert seat.control.kept_card() is not None


def test_esc_ends_a_test_read_first_and_then_leaves(seat: CareSeat) -> None:
    at(seat, "id_reader")
    seat.press("F9", "Esc")
    assert seat.shell.rooms.current is seat.room
    assert seat.room.go.isEnabled()
    seat.lay(APPLICANT)
    assert seat.control.kept_card() is not None
    seat.press("Esc")
    assert seat.shell.rooms.current is None


def test_leaving_the_page_ends_a_test_read(seat: CareSeat) -> None:
    at(seat, "id_reader")
    seat.press("F9", "Alt+B")
    seat.lay(APPLICANT)
    assert seat.control.kept_card() is not None


def test_a_reader_that_is_away_is_not_waited_for(seat: CareSeat) -> None:
    seat.care.listed[0] = replace(seat.care.listed[0], health=health(DeviceState.ABSENT, "读卡器没有连上，请检查连线"))
    seat.room._timer.timeout.emit()
    at(seat, "id_reader")
    seat.press("F9")
    assert seat.room.result.text() == "读卡器没有连上，请检查连线"
    assert seat.room.go.isEnabled()


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (Trial(True, "扫到 18 个字符：MH-12"), "扫到 18 个字符：MH-12"),
        (None, "没有扫到码。请看扫码枪亮不亮、是不是串口模式"),
    ],
)
def test_a_test_scan(seat: CareSeat, code: Trial | None, shown: str) -> None:
    seat.care.code = code
    at(seat, "code_scanner")
    assert seat.room.go.text() == "试扫码"
    seat.press("F9")
    assert seat.room.result.text() == shown


def test_d_finds_devices_and_f9_takes_the_line_for_the_settings(seat: CareSeat) -> None:
    seat.press("D")
    room = seat.room
    assert [line.pill for line in room.found.model_.lines] == ["找到了", "在用"]
    assert "找到 1 台，另有 1 个口可能接着设备" in room.result.text()
    seat.press("F9")
    assert QGuiApplication.clipboard().text() == 'receipt_printer = "escpos-usb:04B8:0E15"'
    seat.press("Esc")
    assert room.stack.currentWidget() is room.list


def test_nothing_found_says_what_else_there_is(seat: CareSeat) -> None:
    seat.care.hanging = ()
    seat.press("D")
    assert "没有找到" in seat.room.result.text()
    assert seat.room.stack.currentWidget() is seat.room.list


def test_l_follows_the_line_of_the_chosen_device(seat: CareSeat) -> None:
    at(seat, "id_reader")
    seat.press("L")
    assert "还没有数据" in seat.room.result.text()
    when = datetime(2026, 11, 23, 10, 24, 7, tzinfo=NOW.tzinfo)
    seat.care.lines.append(FrameLine(when, "sent", "AA AA AA 96 69 00 03 30 01 32"))
    seat.care.lines.append(FrameLine(when, "received", "AA AA AA 96 69 05 08 [1288 字节已遮]"))
    seat.room._timer.timeout.emit()
    shown = [line.title for line in seat.room.frames.model_.lines]
    assert shown[0] == "10:24:07 发 AA AA AA 96 69 00 03 30 01 32"
    assert shown[1].endswith("[1288 字节已遮]")
    assert "线上的数据（证件内容已遮）" in seat.room.about.label.text()


def test_x_exports_and_says_where_it_lies(seat: CareSeat) -> None:
    seat.press("X")
    assert "/data/support/设备记录-20261123-102400.zip" in seat.room.result.text()
    assert "没有群众的资料" in seat.room.result.text()
    seat.care.full = True
    seat.press("X")
    assert seat.room.result.text() == "导出写不进文件夹，请看磁盘是不是满了"
    assert seat.room.export.isEnabled()


def test_the_lights_and_the_side_lead_here(seat: CareSeat) -> None:
    seat.press("Esc")
    QTest.mouseClick(seat.shell.statusbar.devices["receipt_printer"], Qt.MouseButton.LeftButton)
    assert seat.shell.rooms.current is seat.room
    seat.press("Esc")
    seat.shell.side.devices.all.click()
    assert seat.shell.rooms.current is seat.room


def test_the_page_opens_over_a_case_and_gives_it_back(qtbot) -> None:  # type: ignore[no-untyped-def]
    seat = CareSeat(qtbot)
    seat.log_in()
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.press("Alt+X", "Down", "Esc")
    assert seat.control.work.intake is not None
    assert seat.shell.rooms.current is None


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_it_fits_every_size(qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int) -> None:  # type: ignore[no-untyped-def]
    dressed(qapp, factor)
    seat = CareSeat(qtbot, size=(width, height))
    seat.log_in()
    when = datetime(2026, 11, 23, 10, 24, 7, tzinfo=NOW.tzinfo)
    seat.care.lines += [FrameLine(when, "sent", "AA AA AA 96 69 00 03 20 01 22")] * 30

    def looked_at(name: str) -> None:
        seat.settle()
        grab(seat.shell, f"devices_{width}x{height}_{factor}_{name}", tmp_path)
        assert clipped_labels(seat.shell) == [], name
        assert seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"

    seat.press("Alt+X")
    looked_at("list")
    at(seat, "receipt_printer")
    seat.press("F9")
    looked_at("printed")
    seat.press("D")
    looked_at("found")
    seat.press("Esc")
    for _ in range(3):
        seat.press("Up")
    seat.press("L")
    looked_at("frames")
    if (width, factor) == (1366, 1.0):
        bar = seat.room.list.verticalScrollBar()
        assert bar.maximum() == 0, "all devices are seen without scrolling"
