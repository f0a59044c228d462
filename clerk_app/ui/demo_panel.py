"""The hands of a citizen in the demo: lay the card down, lift it, rate, take the printer's paper away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface

RATINGS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
PLACES = {"kiosk": "取号机", "window": "窗口"}


class DemoPanel(QWidget):
    """Buttons only; each calls what it is given: ``place`` and ``lift`` with ``kiosk`` or ``window``."""

    def __init__(
        self,
        *,
        place: Callable[[str], None],
        lift: Callable[[str], None],
        press: Callable[[int], None],
        paper_out: Callable[[], object],
        load_paper: Callable[[], object],
        login: str,
    ) -> None:
        super().__init__()
        self.setWindowTitle("虚拟设备")
        cards = Column(gap=SPACE.x8)
        for key, name in PLACES.items():
            down, up = Button(f"身份证放到{name}", icon="id-card"), Button("拿走")
            down.clicked.connect(lambda _on=False, where=key: place(where))
            up.clicked.connect(lambda _on=False, where=key: lift(where))
            cards.put(Row(down, up, None, gap=SPACE.x8))
        ratings = Row(gap=SPACE.x8)
        for level, word in enumerate(RATINGS, 1):
            button = Button(word)
            button.clicked.connect(lambda _on=False, chosen=level: press(chosen))
            ratings.put(button)
        ratings.put(None)
        out, load = Button("拿走小票纸", icon="scroll-text"), Button("装上纸")
        out.clicked.connect(lambda: paper_out())
        load.clicked.connect(lambda: load_paper())
        surface = Surface("paper")
        surface.setLayout(
            Column(
                Text("一台电脑上的整个大厅。窗口登录名和密码：" + login, "body"),
                SectionTitle("群众的身份证（样本，虚构）"),
                cards,
                SectionTitle("评价器"),
                ratings,
                SectionTitle("窗口小票打印机"),
                Row(out, load, None, gap=SPACE.x8),
                None,
                gap=SPACE.x12,
                margins=SPACE.x16,
            )
        )
        self.setLayout(Column(surface))
