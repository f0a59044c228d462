"""The first page: a card, else one of six plain words; who goes first is as large as any matter."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Signal

from clerk_app.design.tokens import KIOSK
from clerk_app.ports.hall_queue import GroupWaiting
from clerk_app.ui.kiosk.choose import GroupGrid
from clerk_app.ui.kiosk.pieces import INNER, CardPanel, Look, Page, Touch, Words
from clerk_app.ui.panel import Scale

_ROW = 1480
_LOW = 1648
_FOOT = 1776
_GAP = 24


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
    appointment = Signal()
    mine = Signal()
    large = Signal()
    aloud = Signal()
    paperless = Signal()
    staff = Signal()

    def __init__(self, scale: Scale) -> None:
        super().__init__(scale)
        left = KIOSK.margin
        self.title = Words(scale, "", "page")
        self.panel = CardPanel(scale)
        self.or_else = Words(scale, "", "lead", "ink7")
        self.first = Touch(scale, "优先取号", Look.WARM, icon_name="accessibility", side=True, role="card")
        self.booked = Touch(scale, "我有预约", Look.PLAIN, icon_name="calendar-check", side=True, role="card")
        self.more = Touch(scale, "更多事项", Look.PLAIN, icon_name="ellipsis")
        self.own = Touch(scale, "我有号：过号回来、查前面几人、补小票", Look.PLAIN, icon_name="undo-2", role="lead")
        self.letters = Touch(scale, "大字", Look.PLAIN, icon_name="a-large-small", role="lead", bold=False)
        self.voice = Touch(scale, "读出来", Look.PLAIN, icon_name="volume-2", role="lead", bold=False)
        self.paper = Touch(scale, "不要纸", Look.PLAIN, icon_name="smartphone", role="lead", bold=False)
        self.people = Touch(scale, "找人帮忙", Look.SECONDARY, icon_name="hand-helping", role="lead", bold=False)
        self._feet = self.letters, self.voice, self.paper, self.people
        self.put(self.title, left, 264, INNER, 90)
        self.put(self.panel, left, 366, INNER, 300)
        self.put(self.or_else, left, 688, INNER, 56)
        self.grid = GroupGrid(self, 758, self.chosen, self.more)
        self.put(self.own, left, _LOW, INNER, KIOSK.target)
        for touch in (self.first, self.booked, self.more):
            self.put(touch, left, _ROW, INNER, 144)
        for touch in self._feet:
            self.put(touch, left, _FOOT, INNER, KIOSK.target)
        for touch, signal in (
            (self.first, self.priority),
            (self.booked, self.appointment),
            (self.own, self.mine),
            (self.letters, self.large),
            (self.voice, self.aloud),
            (self.paper, self.paperless),
            (self.people, self.staff),
        ):
            touch.clicked.connect(signal)
        self.show_speaker(False)
        self.show_paper(True, prints=True)
        self.show_card(CardPlace.READY)

    def show_groups(self, groups: Sequence[GroupWaiting], closed: str = "", *, online: bool = True) -> None:
        """The groups with their people; with more than six 「更多事项」 stands beside 「优先取号」. ``closed`` says why
        the hall gives no numbers now; without the server nothing can be looked up."""
        self.grid.show(groups, open_=not closed, counted=online)
        left, crowded = KIOSK.margin, not self.more.isHidden()
        self.first.setEnabled(not closed)
        self.booked.setEnabled(online and not closed)
        self.own.setEnabled(online)
        self.first.say("优先取号", () if crowded else ("老人、残疾人、孕妇、军人",))
        self.booked.say("我有预约", () if crowded else ("放身份证或输预约码",))
        if crowded:
            third = (INNER - 2 * _GAP) / 3
            for at, touch in enumerate((self.first, self.booked, self.more)):
                self.put(touch, left + at * (third + _GAP), _ROW, third, 144)
        else:
            self.put(self.first, left, _ROW, 528, 144)
            self.put(self.booked, left + 528 + _GAP, _ROW, INNER - 528 - _GAP, 144)

    def show_card(self, place: CardPlace, words: str = "") -> None:
        """``words`` say what to do after a card that was not read."""
        if place in (CardPlace.READY, CardPlace.AGAIN):
            self.title.say("请先放身份证")
            self.or_else.say("没带身份证，点要办的事")
            if place is CardPlace.AGAIN:
                self.panel.say(words, "还不行就直接点下面要办的事")
            else:
                self.panel.say("放在下方感应区", "预约自动认出，60 岁以上自动优先")
            return
        self.title.say("请点要办的事")
        self.or_else.say("点一下就取号")
        words = "读卡器暂时用不了" if place is CardPlace.BROKEN else "这台机器不读证件"
        self.panel.say(words, "不用身份证，直接点下面要办的事", works=False)

    def show_closed(self, sentence: str) -> None:
        """The hall gives no numbers; who has one can still ask for it."""
        self.title.say("现在不取号")
        self.panel.say(sentence, "有号的可以点下面“我有号”", works=False)
        self.or_else.say("")

    def show_emergency(self, sentence: str) -> None:
        """The server is away, and the machine gives numbers of its own."""
        self.title.say("先取应急号")
        self.panel.say(sentence, "点要办的事就取应急号，由工作人员叫号", works=False)
        self.or_else.say("不用放身份证")

    def show_large(self, large: bool) -> None:
        """The key says what a touch would bring."""
        self.letters.say("标准字" if large else "大字")

    def show_voice(self, on: bool) -> None:
        """Whether pages are read aloud."""
        self.voice.say("不读了" if on else "读出来")
        self.voice.paint_as(Look.CHOSEN if on else Look.PLAIN)

    def show_speaker(self, usable: bool) -> None:
        """Nobody is offered what cannot be heard."""
        self.voice.setVisible(usable)
        self._foot()

    def show_paper(self, wanted: bool, *, prints: bool) -> None:
        """Whether the next ticket is printed; without a printer nothing is asked."""
        self.paper.setVisible(prints)
        self.paper.say("不要纸", (), "smartphone" if wanted else "circle-check")
        self.paper.paint_as(Look.PLAIN if wanted else Look.CHOSEN)
        self._foot()

    def _foot(self) -> None:
        shown = [one for one in self._feet if not one.isHidden()]
        wide = (INNER - _GAP * (len(shown) - 1)) / max(len(shown), 1)
        for at, one in enumerate(shown):
            self.put(one, KIOSK.margin + at * (wide + _GAP), _FOOT, wide, KIOSK.target)
