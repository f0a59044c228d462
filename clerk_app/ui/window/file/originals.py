"""Scanned pages and printed papers of a case, whichever window they came from: a list, and the one chosen beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.ports.hall_sync import FileHead, FileKind, StoredFile
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.theme import px
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.case.paper_view import PaperView
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.overlay import Overlay

WIDTH = 1040
LIST_WIDTH = 300
PICTURE_HEIGHT = 720
PICTURE_WIDTH = 680
NOT_SHOWN = "小票是打印机的指令，不能显示。内容和受理通知书一样"
NOTHING = "服务器上还没有这件的扫描件和文书；受理的窗口上传后就能看"
READING = "正在取…"


class OriginalsPanel(Overlay):
    """``wanted`` carries the ``FileHead`` that somebody chose."""

    wanted = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "扫描件和文书原件", WIDTH)
        self.buttons: list[Button] = []
        self.view = PaperView()
        self.view.setMinimumHeight(px(PICTURE_HEIGHT))
        self._list = Column(gap=SPACE.x6)
        self._sentence = Text("", "body", "ink7", wrap=True)
        left = QWidget()
        left.setFixedWidth(px(LIST_WIDTH))
        left.setLayout(Column(self._sentence, self._list, None, gap=SPACE.x8))
        row = Row(left, self.view, gap=SPACE.x16)
        row.setStretch(1, 1)
        self.body.put(row)

    def show_files(self, files: Sequence[StoredFile], names: Mapping[str, str]) -> None:
        """The files in order; ``names`` are the materials'."""
        self._list.empty()
        self.buttons = []
        self.say("" if files else NOTHING)
        for file in files:
            button = Button(title_of(file.head, names), compact=True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _on=False, head=file.head: self.wanted.emit(head))
            self.buttons.append(button)
            self._list.put(button)
        self.view.show_paper(None, "")

    def say(self, sentence: str) -> None:
        """One sentence in place of the list, empty for none."""
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))


def title_of(head: FileHead, names: Mapping[str, str]) -> str:
    """「平面图 第 2 页」「受理通知书（补打 1）」."""
    if head.kind is FileKind.PAGE:
        return f"{names.get(head.material_id, '材料')} 第 {head.position} 页"
    return f"{head.title}（补打 {head.reprint}）" if head.reprint else head.title


class SeeOriginals(QObject):
    """Reads on the network lane; the panel lies over ``host``. ``failed`` carries a ``Failure``."""

    failed = Signal(object)

    def __init__(self, host: QWidget, desk: Desk, lanes: Lanes) -> None:
        super().__init__(host)
        self._host, self._desk, self._network = host, desk, lanes.lane("network")
        self._case_id = ""
        self.panel: OriginalsPanel | None = None

    def open(self, opened: OpenFile) -> None:
        """Show what there is of a case."""
        originals = self._desk.originals
        if originals is None:
            return
        intake = opened.conclusion.intake
        names = {material.id: material.name for material in intake.matter.materials} if intake.matter else {}
        panel = self._opened()
        panel.show_files((), names)
        panel.say(READING)
        panel.popup()
        case_id = self._case_id = opened.file.case_id

        def show(files: tuple[StoredFile, ...]) -> None:
            if self._case_id == case_id:
                panel.show_files(files, names)
                if panel.buttons and panel.isVisible():
                    panel.buttons[0].setFocus()

        self._network.run(originals.of_case, case_id, done=show, failed=lambda failure: panel.say(failure.text))

    def dismiss(self) -> None:
        if self.panel is not None:
            self.panel.dismiss()

    def _opened(self) -> OriginalsPanel:
        if self.panel is None:
            self.panel = OriginalsPanel(self._host)
            self.panel.wanted.connect(self._show)
        return self.panel

    def _show(self, head: FileHead) -> None:
        originals, panel = self._desk.originals, self.panel
        if originals is None or panel is None:
            return
        view, draw = panel.view, self._desk.first_page
        if head.media_type == "application/octet-stream":
            view.show_paper(None, NOT_SHOWN)
            return
        view.show_paper(None, READING)

        def read() -> bytes:
            content = originals.content(head)
            return draw(content, px(PICTURE_WIDTH)) if head.media_type == "application/pdf" else content

        def show(picture: bytes) -> None:
            image = QImage.fromData(picture)
            view.show_paper(None if image.isNull() else image, "这一页显示不了" if image.isNull() else "")

        def failed(failure: Failure) -> None:
            view.show_paper(None, failure.text)

        self._network.run(read, done=show, failed=failed, key="original")
