"""Alt+X: every device with its state and what to do, devices that hang here, test print, test read, the line's frames.

A test read takes the next card for itself: it is shown masked and goes into no case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.persons import CheckedPerson
from clerk_app.ports.device_care import CareEntry, DeviceCare, FoundDevice, Trial
from clerk_app.ports.devices import DeviceState
from clerk_app.services.devices import card_words
from clerk_app.ui.keys import Page, bind, key
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import ElidedLabel, KeyHint, SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.devices.rows import LineList, device_line, found_line, frame_line
from clerk_app.ui.window.rooms import Room

LOOK_MS = 1_000
CARD_MS = 30_000
SCAN_S = 20.0
_LANES = {
    "receipt_printer": "printer",
    "page_printer": "printer",
    "code_scanner": "scanner",
    "caller_keypad": "caller",
    "call_board": "board",
    "signature_pad": "pad",
}
_TRY = {"receipt_printer": "试打", "id_reader": "试读", "code_scanner": "试扫码"}
_GOOD = (DeviceState.READY, DeviceState.BUSY)
_OFF = "没有设置。按 D 找设备，再把找到的那一行写进 clerk.toml 的 [devices]"


class DeviceRoom(Room):
    """Three lists in one place: the devices, what was found (D), the frames of the chosen one (L)."""

    page = Page.DEVICES

    def __init__(self, control: DeskControl, lanes: Lanes, care: DeviceCare, folder: Path) -> None:
        super().__init__()
        self._control, self._lanes, self._care, self._folder = control, lanes, care, folder
        self._entries: tuple[CareEntry, ...] = ()
        self._found: tuple[FoundDevice, ...] = ()
        self._told = -1
        self._reading = False
        self._cancel = threading.Event()
        self.list = LineList("设备")
        self.found = LineList("找到的设备")
        self.frames = LineList("线上的数据")
        self.note = ElidedLabel("", "note", "ink7")
        self.about = SectionTitle("")
        self.advice = Text("", "body", wrap=True)
        self.tried = ElidedLabel("", "note", "ink5")
        self.result = Text("", "body", wrap=True)
        self.result.setVisible(False)
        self.look = Button("找设备", key=key("device_find").cap(), large=True)
        self.log = Button("线上数据", key=key("device_log").cap(), large=True)
        self.export = Button("导出", key=key("device_export").cap(), large=True)
        self.go = Button("试这台", ButtonRole.PRIMARY, key=key("device_try").cap())
        self.stack = QStackedWidget()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(CARD_MS)
        self._wait.timeout.connect(partial(self._no_card, "30 秒里没有放证"))
        self._build()
        self._connect()

    def _build(self) -> None:
        head = Surface("paper", edges="bottom", height=SIZE.step_bar)
        row = Row(Text("设备", "title"), self.note, KeyHint(("Esc",), "回去"), gap=SPACE.x12, margins=(0, SPACE.page))
        row.setStretch(1, 1)
        head.setLayout(row)
        for widget in (self.list, self.found, self.frames):
            self.stack.addWidget(widget)
        detail = Surface("paper", edges="top")
        detail.setLayout(
            Column(self.about, self.advice, self.tried, self.result, gap=SPACE.x2, margins=(SPACE.x8, SPACE.page))
        )
        self.legend = Legend()
        self.legend.show_page("设备", Page.DEVICES)
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        bar.setLayout(Row(self.look, self.log, self.export, None, self.go, gap=SPACE.x12, margins=(0, SPACE.page)))
        column = Column(head, self.stack, detail, self.legend, bar)
        column.setStretch(1, 1)
        self.setLayout(column)

    def _connect(self) -> None:
        acts: dict[str, Callable[[], object]] = {
            "device_find": self.search,
            "device_log": self.show_frames,
            "device_export": self.write_export,
            "device_try": self.try_out,
        }
        for widget in (self.list, self.found, self.frames):
            widget.wanted.connect(lambda key_id: acts[key_id]())
            widget.clicked.connect(lambda _index: self._walked())
            widget.walked.connect(self._walked)
        self.look.clicked.connect(self.search)
        self.log.clicked.connect(self.show_frames)
        self.export.clicked.connect(self.write_export)
        self.go.clicked.connect(self.try_out)
        bind(self, "device_try", self.try_out)
        before = self._control.card_taker
        self._control.card_taker = lambda card: self.take(card) or (before is not None and before(card))

    # --- opening and leaving ----------------------------------------------------------------------------------
    def start(self) -> None:
        self.stack.currentWidget().setFocus()  # type: ignore[union-attr]

    def escape(self) -> bool:
        """Esc: from the found ones or the frames back to the devices."""
        if self._reading:
            self._no_card("试读没有做")
            return True
        if self.stack.currentWidget() is not self.list:
            self._show(self.list)
            return True
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._cancel = threading.Event()
        self._look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._cancel.set()
        if self._reading:
            self._no_card("")

    # --- keys -------------------------------------------------------------------------------------------------
    def search(self) -> None:
        """D: look for what hangs on this PC."""
        self.look.busy("正在找")
        self._say("正在找设备，几秒钟")
        self._lanes.lane("devices").run(
            self._care.find, done=self._show_found, failed=self._failed, key="find", owner=self
        )

    def show_frames(self) -> None:
        """L: what goes over the chosen device's line, as it comes."""
        self._told = -1
        self._show(self.frames)
        self._follow()

    def write_export(self) -> None:
        """X: the archive for support."""
        self.export.busy("正在导出")
        self._say("正在导出，约半分钟")

        def done(path: Path) -> None:
            self.export.ready()
            self._say(f"导出好了：{path}。里面没有群众的资料，可以发给技术支持", good=True)

        self._lanes.lane("devices").run(
            self._care.export, self._folder, done=done, failed=self._failed, key="export", owner=self
        )

    def try_out(self) -> None:
        """F9: a test of the chosen device; on a found one, take its line for the settings along."""
        if self.stack.currentWidget() is self.found:
            self._copy()
            return
        entry = self._chosen()
        if entry is None or self._reading:
            return
        if not entry.driver:
            self._say(_OFF, bad=True)
        elif entry.key == "id_reader":
            self._await_card(entry)
        elif entry.key == "code_scanner":
            self._await_code()
        else:
            self._run(entry)

    def take(self, card: CheckedPerson) -> bool:
        """A card was laid down; True when it was the test's."""
        if not self._reading:
            return False
        self._ready()
        self._say(card_words(card), good=True)
        return True

    # --- trials -----------------------------------------------------------------------------------------------
    def _await_card(self, entry: CareEntry) -> None:
        if entry.health.state not in _GOOD:
            self._say(entry.health.advice or "读卡器没有连上", bad=True)
            return
        self._reading = True
        self.go.busy("等放证")
        self._say("请把身份证放到读卡器上。读到的只在这里看，不进办件")
        self._wait.start()

    def _no_card(self, sentence: str) -> None:
        self._ready()
        self._say(sentence, bad=bool(sentence))

    def _ready(self) -> None:
        self._reading = False
        self._wait.stop()
        self.go.ready()

    def _await_code(self) -> None:
        self.go.busy("等扫码")
        self._say("请扫一张我们的凭证，或任意一个二维码")
        self._lanes.lane(_LANES["code_scanner"]).run(
            self._care.wait_for_code, SCAN_S, self._cancel, done=self._scanned, failed=self._failed, owner=self
        )

    def _scanned(self, trial: Trial | None) -> None:
        self._tell(trial or Trial(False, "没有扫到码。请看扫码枪亮不亮、是不是串口模式"))

    def _run(self, entry: CareEntry) -> None:
        self.go.busy("正在试")
        self._say("")
        lane = self._lanes.lane(_LANES.get(entry.key, entry.key))
        lane.run(self._care.try_out, entry.key, done=self._tell, failed=self._failed, owner=self)

    def _tell(self, trial: Trial) -> None:
        self.go.ready()
        self._say(trial.sentence, good=trial.good, bad=not trial.good)
        self._look()

    def _failed(self, failure: Failure) -> None:
        for button in (self.look, self.export, self.go):
            button.ready()
        self._say(failure.text, bad=True)

    def _copy(self) -> None:
        line = self.found.at
        if line is not None:
            QGuiApplication.clipboard().setText(line.detail)
            self._say(f"已复制 {line.detail}，贴进 clerk.toml 的 [devices]，再启动窗口", good=True)

    # --- showing ----------------------------------------------------------------------------------------------
    def _look(self) -> None:
        self._entries = self._care.entries()
        now = self._control.desk.clock.now()
        self.list.show_lines([device_line(entry, now) for entry in self._entries])
        ill = sum(entry.health.state not in (*_GOOD, DeviceState.NOT_CONFIGURED) for entry in self._entries)
        used = sum(bool(entry.driver) for entry in self._entries)
        self.note.setText(f"{used} 台在用，{ill} 台要处理" if ill else f"{used} 台在用，都好")
        self._detail()
        if self.stack.currentWidget() is self.frames:
            self._follow()

    def _follow(self) -> None:
        """Only what is new is drawn anew."""
        told, entry = self._care.told(), self._chosen()
        if told == self._told or entry is None:
            return
        self._told = told
        lines = [frame_line(one) for one in self._care.frames(entry.key)]
        self._say("" if lines else "线上还没有数据，试一下这台就有了")
        last = self.frames.currentIndex().row() >= len(self.frames.model_.lines) - 1
        self.frames.show_lines(lines)
        if last and lines:
            self.frames.setCurrentIndex(self.frames.model_.index(len(lines) - 1))
            self.frames.scrollToBottom()

    def _show_found(self, found: tuple[FoundDevice, ...]) -> None:
        self.look.ready()
        self._found = found
        self.found.show_lines([found_line(one) for one in found])
        if not found:
            self._say("没有找到。网口打印机和这里没有列出的设备，请照说明书写进设置", bad=True)
            return
        certain = sum(one.certain for one in found)
        self._say(f"找到 {certain} 台，另有 {len(found) - certain} 个口可能接着设备。按 F9 复制选中的一行")
        self._show(self.found)

    def _show(self, widget: LineList) -> None:
        self.stack.setCurrentWidget(widget)
        self._detail()
        self.start()

    def _walked(self) -> None:
        if self.stack.currentWidget() is self.list:
            self._say("")

    def _detail(self) -> None:
        entry = self._chosen()
        if entry is None:
            return
        found = self.stack.currentWidget() is self.found
        self.about.setVisible(not found)
        self.advice.setVisible(not found)
        # One line less where a trial has something to say: every device stays in sight.
        self.tried.setVisible(not found and bool(entry.tried) and not self.result.text())
        where = " · 线上的数据（证件内容已遮）" if self.stack.currentWidget() is self.frames else ""
        self.about.label.setText(f"{entry.name}{where}")
        words = entry.health.advice or ("" if entry.driver else _OFF) or "正常，不用做什么"
        self.advice.setText(words)
        self.advice.set_tone("ink9" if entry.health.state in _GOOD or not entry.driver else "bad")
        self.tried.setText(f"这个驱动试过：{entry.tried}" if entry.tried else "")
        if not self._reading and self.go.isEnabled():
            self.go.setText("复制这一行" if found else _TRY.get(entry.key, "试这台"))

    def _say(self, sentence: str, *, good: bool = False, bad: bool = False) -> None:
        self.result.setText(sentence)
        self.result.set_tone("ok" if good else "bad" if bad else "ink9")
        self.result.setVisible(bool(sentence))
        self._detail()

    def _chosen(self) -> CareEntry | None:
        line = self.list.at
        return next((entry for entry in self._entries if line is not None and entry.key == line.key), None)
