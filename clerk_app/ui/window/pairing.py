"""The panel by which a tablet becomes this window's evaluator: a QR code, the address, and the one-time code."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.ports.counter_devices import PairingOffer
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.qr import Modules, QrCode
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.window.overlay import Overlay

WIDTH = 700
QR_SIDE = 220
NO_TABLET = "本窗口的评价器不是平板，不用配对"


class PairingPage(Overlay):
    """``show_offer`` opens it; ``again`` asks for another code. The code is forgotten when the panel closes."""

    again = Signal()

    def __init__(self, host: QWidget, qr: Callable[[str], Modules]) -> None:
        super().__init__(host, "配对评价平板", WIDTH)
        self._qr = qr
        self.picture = QrCode()
        self.address = Text("", "item")
        self.code = Text("", "title")
        self.more = Button("换一个码")
        self.more.clicked.connect(self.again)
        how = Column(
            Text("1. 平板和这台电脑连在同一个网络里", "body"),
            Text("2. 用平板扫左边的码，或打开这个网址：", "body"),
            self.address,
            Text("3. 网页问起时，输入配对码：", "body"),
            self.code,
            Text("码只能用一次，10 分钟内有效；配对后原来的平板停用", "note", "ink5"),
            Row(self.more, None),
            None,
            gap=SPACE.x8,
        )
        row = Row(self.picture, how, gap=SPACE.x24)
        row.setStretch(1, 1)
        self.body.put(row, None)
        self._size()
        theme().changed.connect(self._size)
        self.closed.connect(self._forget)

    def show_offer(self, offer: PairingOffer) -> None:
        """Show an offer, opening the panel."""
        self.picture.show_code(self._qr(offer.link))
        self.picture.setAccessibleName(f"配对二维码，网址 {offer.address}")
        self.address.setText(offer.address)
        self.code.setText(f"{offer.code[:4]} {offer.code[4:]}")
        self.popup()

    def start(self) -> None:
        self.more.setFocus()

    def _forget(self) -> None:
        self.picture.show_code(())
        self.code.setText("")

    def _size(self) -> None:
        self.picture.setFixedSize(px(QR_SIDE), px(QR_SIDE))
