"""One calm page: a number that somebody has already and what becomes of it, no server, where people help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Signal

from clerk_app.design.tokens import KIOSK
from clerk_app.domain.queue import QUEUED, TicketState
from clerk_app.ports.hall_queue import TicketTaken
from clerk_app.ui.kiosk.pieces import INNER, HomeBar, Look, Page, Picture, Sheet, Touch, Words, centred_words
from clerk_app.ui.panel import CENTRE, Scale


class Offer(StrEnum):
    """What the second key of a notice does."""

    NOTHING = ""
    RETRY = "再试一次"
    PAPER = "再打一张小票"
    BACK = "我回来了，接着排"
    EMERGENCY = "取应急号"


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
LOOKING = Notice("ticket", "正在查", "请稍等，马上就好", lasting=True)
STAFF = Notice("hand-helping", "请到导办台", "工作人员在那里\n帮您取号、选事项、看材料")
EMERGENCY = Notice(
    "wifi-off",
    "没有取到号",
    "服务器没有回答\n点下面取一个应急号，不会变成两个号",
    offer=Offer.EMERGENCY,
)
LOST = Notice(
    "wifi-off",
    "没有取到号",
    "服务器没有回答，号可能没取上\n请再试一次，不会取成两个号\n还不行请到导办台取号",
    offer=Offer.RETRY,
)
CONNECTING = Notice("ticket", "正在准备", "正在连接服务器，请稍等", lasting=True)
_OFFER_ICONS = {Offer.RETRY: "refresh-cw", Offer.PAPER: "printer", Offer.BACK: "undo-2", Offer.EMERGENCY: "ticket"}
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


def no_such_number(sentence: str) -> Notice:
    """The number cannot be found or cannot come back, and why."""
    return Notice("circle-alert", "请看一下", f"{sentence}\n也可以到导办台问")


def unanswered() -> Notice:
    """Nothing was changed, or the same may be asked again."""
    text = "服务器没有回答\n请再试一次，还不行请到导办台"
    return Notice("wifi-off", "没有查到", text, offer=Offer.RETRY)


def unreadable(sentence: str) -> Notice:
    """A code that was held before the scanner and says nothing here."""
    return Notice("circle-alert", "这个码用不了", sentence)


def number_found(taken: TicketTaken, printable: bool) -> Notice:
    """How a number stands now: where to go, how many are ahead, or that its holder can come back."""
    ticket = taken.ticket
    window = ticket.window_no or ""
    icon, offer = "ticket", Offer.PAPER if printable else Offer.NOTHING
    if ticket.state in QUEUED:
        return Notice(icon, "正在排队", _waits(taken), ticket.number, offer)
    if ticket.state is TicketState.CALLED:
        return Notice(icon, f"请到 {window} 号窗口", "已经叫到您了，请现在过去", ticket.number)
    if ticket.state is TicketState.SERVING:
        return Notice(icon, f"正在 {window} 号窗口办理", "请到窗口去，不用再取号", ticket.number)
    if ticket.state is TicketState.HELD:
        text = "您的事先放下了，号还留着\n办好手头的事，点下面就接着排"
        return Notice(icon, "欢迎回来", text, ticket.number, Offer.BACK)
    if ticket.state is TicketState.MISSED:
        text = "叫到的时候您不在\n点下面就回到队里，不用从头排"
        return Notice(icon, "这个号过了", text, ticket.number, Offer.BACK)
    ended = "这个号已经办完" if ticket.state is TicketState.FINISHED else "这个号已经作废"
    return Notice("circle-check", ended, "要办别的事，请回首页重新取号", ticket.number)


def back_in_queue(taken: TicketTaken) -> Notice:
    """One who was held or missed waits again, or goes to a window that was free."""
    ticket = taken.ticket
    if ticket.state is TicketState.CALLED:
        return Notice("circle-check", f"请到 {ticket.window_no} 号窗口", "窗口正空着，现在就过去", ticket.number)
    return Notice("circle-check", "已经回到队里", _waits(taken), ticket.number)


def _waits(taken: TicketTaken) -> str:
    ahead = f"前面还有 {taken.people_ahead} 人，大约 {-(-taken.expected_wait_s // 60)} 分"
    bound = taken.ticket.for_window
    where = f"叫到时到 {bound} 号窗口" if bound else f"请在{taken.place or '大厅'}等，看屏幕、听叫号"
    return f"{ahead if taken.people_ahead else '前面没有人了，快到您了'}\n{where}"


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
        back = notice.offer in (Offer.BACK, Offer.EMERGENCY)
        self.other.say(notice.offer.value, (), _OFFER_ICONS.get(notice.offer, ""))
        self.other.paint_as(Look.PRIMARY if back else Look.SECONDARY)
        self.other.setVisible(bool(notice.offer))
        self.home.paint_as(Look.SECONDARY if back else Look.PRIMARY)
        self.home.say("回首页" if back else "好了，回首页")
        self.home.setVisible(not notice.lasting)
        self.bar.setVisible(not notice.lasting)
        narrow, wide = (left, 436), (left + 460, INNER - 460)
        for touch, (x, width) in ((self.other, wide if back else narrow), (self.home, narrow if back else wide)):
            self.put(touch, x, 1666, width, 140)
        if not notice.offer:
            self.put(self.home, left, 1666, INNER, 140)
