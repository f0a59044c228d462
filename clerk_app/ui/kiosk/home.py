"""The first page: a card, else one of six plain words; who goes first is as large as any matter."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Signal

from clerk_app.design.tokens import KIOSK
from clerk_app.ports.hall_queue import GroupWaiting
from clerk_app.ui.kiosk.choose import GroupGrid
from clerk_app.ui.kiosk.pieces import INNER, WIDTH, CardPanel, Look, Page, Touch, Words
from clerk_app.ui.panel import Scale


class CardPlace(StrEnum):
    """What can be said about reading cards."""

    READY = "ready"
    AGAIN = "again"
    BROKEN = "broken"
    NONE = "none"


class HomePage(Page):
    """``chosen`` gives a group's id."""

    chosen = Signal(str)
    priority = Signal()
    large = Signal()
    staff = Signal()

    def __init__(self, scale: Scale) -> None:
        super().__init__(scale)
        left = KIOSK.margin
        half = (INNER - 24) / 2
        self.title = Words(scale, "", "page")
        self.panel = CardPanel(scale)
        self.or_else = Words(scale, "没带身份证，点要办的事", "lead", "ink7")
        self.first = Touch(scale, "优先取号", Look.WARM, icon_name="accessibility", side=True, role="card")
        self.more = Touch(scale, "更多事项", Look.PLAIN, icon_name="ellipsis")
        self.letters = Touch(scale, "大字", Look.PLAIN, icon_name="a-large-small", role="lead", bold=False)
        self.people = Touch(scale, "找工作人员", Look.SECONDARY, icon_name="hand-helping", role="lead", bold=False)
        self.put(self.title, left, 272, INNER, 90)
        self.put(self.panel, left, 380, INNER, 300)
        self.put(self.or_else, left, 704, INNER, 56)
        self.grid = GroupGrid(self, 776, self.chosen, self.more)
        self._half = half
        self.put(self.more, left + half + 24, 1486, half, 162)
        self.put(self.first, left, 1486, INNER, 162)
        self.put(self.letters, left, 1776, 230, KIOSK.target)
        self.put(self.people, WIDTH - left - 330, 1776, 330, KIOSK.target)
        self.first.clicked.connect(self.priority)
        self.letters.clicked.connect(self.large)
        self.people.clicked.connect(self.staff)
        self.first.say("优先取号", ("老人、残疾人、孕妇、军人",))
        self.show_card(CardPlace.READY)

    def show_groups(self, groups: Sequence[GroupWaiting]) -> None:
        """The groups with their people; with more than six 「更多事项」 stands beside 「优先取号」."""
        self.grid.show(groups)
        crowded = not self.more.isHidden()
        self.put(self.first, KIOSK.margin, 1486, self._half if crowded else INNER, 162)

    def show_card(self, place: CardPlace, words: str = "") -> None:
        """``words`` say what to do after a card that was not read."""
        if place in (CardPlace.READY, CardPlace.AGAIN):
            self.title.say("请先放身份证")
            self.or_else.say("没带身份证，点要办的事")
            if place is CardPlace.AGAIN:
                self.panel.say(words, "还不行就直接点下面要办的事")
            else:
                self.panel.say("放在下方感应区", "60 岁以上自动优先")
            return
        self.title.say("请点要办的事")
        self.or_else.say("点一下就取号")
        words = "读卡器暂时用不了" if place is CardPlace.BROKEN else "这台机器不读证件"
        self.panel.say(words, "不用身份证，直接点下面要办的事", works=False)

    def show_large(self, large: bool) -> None:
        """The key says what a touch would bring."""
        self.letters.say("标准字" if large else "大字")
