"""One calm page for what cannot go on by itself: a number taken before, no server, where people help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Signal

from clerk_app.design.tokens import KIOSK
from clerk_app.ui.kiosk.pieces import INNER, HomeBar, Look, Page, Picture, Sheet, Touch, Words, centred_words
from clerk_app.ui.panel import CENTRE, Scale


class Offer(StrEnum):
    """What the second key of a notice does."""

    NOTHING = ""
    RETRY = "再试一次"
    PAPER = "再打一张小票"


@dataclass(frozen=True, slots=True)
class Notice:
    """``number`` is shown large when there is one; ``lasting`` notices stay until their cause is gone."""

    icon: str
    title: str
    text: str
    number: str = ""
    offer: Offer = Offer.NOTHING
    lasting: bool = False


TAKING = Notice("ticket", "正在取号", "请稍等，马上就好", lasting=True)
STAFF = Notice("hand-helping", "请到导办台", "工作人员在那里\n帮您取号、选事项、看材料")
LOST = Notice(
    "wifi-off",
    "没有取到号",
    "服务器没有回答，号可能没取上\n请再试一次，不会取成两个号\n还不行请到导办台取号",
    offer=Offer.RETRY,
)
CONNECTING = Notice("ticket", "正在准备", "正在连接服务器，请稍等", lasting=True)
_TEXT = 330


def taken_before(sentence: str, number: str, printable: bool) -> Notice:
    """The card already waits: its old number, calmly."""
    offer = Offer.PAPER if number and printable else Offer.NOTHING
    return Notice("ticket", "您已经取过号了", f"{sentence}\n不用再取，请看大厅屏等叫号", number, offer)


def refused(sentence: str) -> Notice:
    """No ticket, and why."""
    return Notice("circle-alert", "没有取到号", f"{sentence}\n也可以到导办台取号")


def no_server(sentence: str) -> Notice:
    """Stays until the server is back."""
    return Notice("wifi-off", "请到导办台取号", f"{sentence}\n恢复后这里自动可用", lasting=True)


class NoticePage(Page):
    """``offered`` is the second key, ``done`` leads to the first page."""

    offered = Signal()
    done = Signal()

    def __init__(self, scale: Scale) -> None:
        super().__init__(scale)
        left = KIOSK.margin
        self.sheet = Sheet(scale)
        self.put(self.sheet, left, 412, INNER, 900)
        self.icon = Picture(scale, "info", 120, "pri")
        self.title = Words(scale, "", "page", align=CENTRE)
        self.number = Words(scale, "", "number", "pri", align=CENTRE)
        self.text = centred_words(scale, "button", "ink7")
        self.put(self.icon, left, 462, INNER, 140)
        self.put(self.title, left + 40, 622, INNER - 80, 100)
        self.other = Touch(scale, "", Look.SECONDARY, icon_name="refresh-cw")
        self.home = Touch(scale, "好了，回首页", Look.PRIMARY, icon_name="check", role="card")
        self.bar = HomeBar(scale)
        self.put(self.number, left + 40, 730, INNER - 80, 240)
        self.put(self.bar, left, 1826, INNER, 60)
        self.other.clicked.connect(self.offered)
        self.home.clicked.connect(self.done)
        self.notice = Notice("info", "", "")

    def show_notice(self, notice: Notice) -> None:
        """Change the page."""
        self.notice = notice
        left = KIOSK.margin
        self.icon.show_icon(notice.icon, "pri")
        self.title.say(notice.title)
        self.number.say(notice.number)
        self.number.setVisible(bool(notice.number))
        self.text.say(notice.text)
        top = 1000 if notice.number else 760
        self.put(self.sheet, left, 412, INNER, top + _TEXT - 412)
        self.put(self.text, left + 40, top, INNER - 80, _TEXT - 50)
        self.other.say(notice.offer.value)
        self.other.setVisible(bool(notice.offer))
        self.home.setVisible(not notice.lasting)
        self.bar.setVisible(not notice.lasting)
        self.put(self.other, left, 1666, 436, 140)
        if notice.offer:
            self.put(self.home, left + 460, 1666, INNER - 460, 140)
        else:
            self.put(self.home, left, 1666, INNER, 140)
