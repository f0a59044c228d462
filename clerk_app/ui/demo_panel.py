"""The hands of the people in the demo: a citizen lays a card down and rates, somebody takes the printer's paper away.

Those who decide and seal have windows of their own, opened from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.ui.kit.buttons import Button, Chip
from clerk_app.ui.kit.labels import SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface

RATINGS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
PLACES = {"kiosk": "取号机", "window": "窗口"}


@dataclass(frozen=True, slots=True)
class OtherWindow:
    """Another desk of the hall: its number, what it does, who logs in with which name; ``open`` shows it."""

    number: str
    duty: str
    login: str
    open: Callable[[], object]


class DemoPanel(QWidget):
    """Buttons only; each calls what it is given: ``place`` with ``kiosk`` or ``window`` and the name of the citizen,
    ``lift`` with the place."""

    def __init__(
        self,
        *,
        citizens: Sequence[str],
        place: Callable[[str, str], None],
        lift: Callable[[str], None],
        press: Callable[[int], None],
        paper_out: Callable[[], object],
        load_paper: Callable[[], object],
        login: str,
        others: Sequence[OtherWindow],
    ) -> None:
        super().__init__()
        self.setWindowTitle("虚拟设备")
        self.citizens = [Chip(name) for name in citizens]
        for chip in self.citizens:
            chip.setAutoExclusive(True)
        self.citizens[0].setChecked(True)
        cards = Column(Row(*self.citizens, None, gap=SPACE.x8), gap=SPACE.x8)
        for key, name in PLACES.items():
            down, up = Button(f"身份证放到{name}", icon="id-card"), Button("拿走")
            down.clicked.connect(lambda _on=False, where=key: place(where, self.citizen))
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
        offices = Column(gap=SPACE.x8)
        self.offices = [Button(f"打开{other.duty}窗口", icon="monitor") for other in others]
        for other, button in zip(others, self.offices, strict=True):
            button.clicked.connect(lambda _on=False, chosen=other: chosen.open())
            offices.put(Row(button, Text(f"{other.number} 号窗口，登录 {other.login}", "body"), None, gap=SPACE.x12))
        surface = Surface("paper")
        left = Column(
            SectionTitle("审批和用印（收件、决定、用印是三个人）"),
            offices,
            SectionTitle("窗口小票打印机"),
            Row(out, load, None, gap=SPACE.x8),
            None,
            gap=SPACE.x12,
        )
        right = Column(
            SectionTitle("群众的身份证（样本，虚构）"), cards, SectionTitle("评价器"), ratings, None, gap=SPACE.x12
        )
        surface.setLayout(
            Column(
                Text("一台电脑上的整个大厅。窗口登录名和密码：" + login, "body"),
                Row(left, right, None, gap=SPACE.x32),
                None,
                gap=SPACE.x12,
                margins=SPACE.x16,
            )
        )
        self.setLayout(Column(surface))

    @property
    def citizen(self) -> str:
        """Whose card is in the hand."""
        return next(chip.text() for chip in self.citizens if chip.isChecked())
