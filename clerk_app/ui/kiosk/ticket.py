"""The page after taking: which number, how many, how long, where, what to bring; and what became of the paper."""

from __future__ import annotations

from PySide6.QtCore import Signal

from clerk_app.design.tokens import KIOSK, KIOSK_TYPE
from clerk_app.design.words import joined
from clerk_app.domain.papers import BringItem, QueueTicket
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.services.kiosk.desk import IssuedTicket
from clerk_app.ui.kiosk.pieces import INNER, HomeBar, Look, Page, Picture, Rule, Sheet, Touch, Words
from clerk_app.ui.kit.qr import QrCode
from clerk_app.ui.panel import CENTRE, RIGHT, Scale

ROWS = 7
_LEFT = KIOSK.margin
_ROWS_TOP, _ROWS_HIGH, _ROW, _ROW_HIGHEST = 1112, 448, 64, 88
_FOLLOW = "扫一扫看进度"
_NEXT_WITHOUT = (
    "服务器连不上，由工作人员在窗口旁叫号",
    "服务器恢复后，这个号照样有效，不用重取",
    "要带什么，可以先问导办台",
)
_WITHOUT_SERVER = ("这是", "应急号"), ("怎么叫", "人工叫号"), ("在哪里等", "窗口附近")
_NEXT = (
    "看大厅屏，叫到号再去窗口",
    "过号不用重新取，在这里点“我有号”就回到队里",
    "要带什么，可以先问导办台",
)


class TicketPage(Page):
    """``again`` asks for the paper once more, ``done`` for the first page."""

    again = Signal()
    done = Signal()

    def __init__(self, scale: Scale) -> None:
        super().__init__(scale)
        self.strip = Sheet(scale, "ok_soft", "")
        self.mark = Picture(scale, "circle-check", 60, "ok_solid")
        self.state = Words(scale, "", "button", "ok")
        self.put(self.strip, _LEFT, 260, INNER, 116)
        self.put(self.mark, _LEFT + 32, 260, 72, 116)
        self.put(self.state, _LEFT + 124, 260, INNER - 148, 116)
        self.put(Sheet(scale), _LEFT, 412, INNER, 570)
        self.hello = Words(scale, "", "lead", "ink7")
        self.number = Words(scale, "", "number", "pri")
        self.qr = QrCode()
        self.qr_hint = Words(scale, "", "least", "ink7", align=CENTRE)
        self.put(self.hello, _LEFT + 50, 460, 540, 70)
        self.put(self.number, _LEFT + 46, 530, 550, 230)
        self.put(self.qr, 680, 438, 270, 270)
        self.put(self.qr_hint, 650, 716, 330, 50)
        self.put(Rule(scale), _LEFT + 3, 790, INNER - 6, 8)
        self.facts: list[tuple[Words, Words]] = []
        for x, width in ((_LEFT + 50, 250), (_LEFT + 310, 260), (_LEFT + 580, 350)):
            label, value = Words(scale, "", "body", "ink7"), Words(scale, "", "page")
            self.put(label, x, 818, width, 50)
            self.put(value, x, 866, width, 92)
            self.facts.append((label, value))
        self.put(Sheet(scale), _LEFT, 1012, INNER, 626)
        self.subject = Words(scale, "", "button")
        self.put(self.subject, _LEFT + 46, 1034, INNER - 92, 76)
        self._rows: list[tuple[Picture, Words, Words]] = []
        for at in range(ROWS):
            remark = Words(scale, "", "body", "ink7", align=RIGHT)
            row = Picture(scale, "circle", 40, "edge"), Words(scale, "", "lead"), remark
            self._rows.append(row)
            self._place_row(at, ROWS)
        self._left = ""
        self._next = _NEXT
        self.note = Words(scale, "", "least", "ink7")
        self.put(self.note, _LEFT + 46, 1566, INNER - 92, 56)
        self.missing = Touch(scale, "小票没出来", Look.SECONDARY, icon_name="hand-helping")
        self.home = Touch(scale, "好了，回首页", Look.PRIMARY, icon_name="check", role="card")
        self.bar = HomeBar(scale)
        self.put(self.missing, _LEFT, 1666, 412, 140)
        self.put(self.home, _LEFT + 436, 1666, INNER - 436, 140)
        self.put(self.bar, _LEFT, 1826, INNER, 60)
        self.missing.clicked.connect(self.again)
        self.home.clicked.connect(self.done)

    def show_ticket(self, issued: IssuedTicket) -> None:
        """The committed ticket; its paper is on its way."""
        paper = issued.paper
        who = f"{paper.holder} 您好，您的号码" if paper.holder else "您的号码"
        self.hello.say(joined(who, paper.priority))
        self.number.say(issued.number)
        self.qr.show_code(issued.qr)
        self.qr_hint.say(_FOLLOW if "://" in paper.query else "咨询时出示此码")
        facts = _WITHOUT_SERVER if issued.emergency is not None else _facts(paper)
        for (label, value), (name, text) in zip(self.facts, facts, strict=True):
            label.say(name)
            value.say(text)
        self._next = _NEXT if issued.emergency is None else _NEXT_WITHOUT
        self._left = "小票上都写着" if issued.wants_paper else "窗口会告诉您"
        self._bring(paper.subject, _items(paper))

    def show_paperless(self, prints: bool) -> None:
        """Nobody asked for paper: the number stands here and, where the code carries an address, on the phone."""
        phone = self.qr_hint.text() == _FOLLOW
        follow = "手机扫下面的码看进度" if phone else f"请记住号码 {self.number.text()}，或者拍下来"
        self._tell(f"号已取好，{follow}", "ok_soft", "ok", "circle-check", "ok_solid")
        self.missing.say("要一张小票")
        self.missing.setVisible(prints)
        self.missing.setEnabled(prints)

    def show_printing(self) -> None:
        """The paper is on its way; nobody can ask for another one meanwhile."""
        self.missing.say("小票没出来")
        self._tell("正在打印小票，请稍等", "ok_soft", "ok", "printer", "ok_solid")
        self.missing.setEnabled(False)

    def show_printed(self, result: PrintResult, more: bool) -> None:
        """What is known about the paper; ``more`` whether it may be asked for again."""
        number = self.number.text()
        if result.outcome in (PrintOutcome.PRINTED, PrintOutcome.SENT):
            self._tell("请取走小票", "ok_soft", "ok", "circle-check", "ok_solid")
        elif result.outcome is PrintOutcome.UNKNOWN:
            self._tell("小票可能没打完，号已取好，请核对", "warn_soft", "warn", "circle-alert", "warn_solid")
        else:
            words = f"小票打不出来，请记住号码 {number}，一样有效"
            self._tell(words, "warn_soft", "warn", "circle-alert", "warn_solid")
        self.missing.setEnabled(more)
        if not more:
            self.missing.say("请到导办台补小票")

    def start_over(self) -> None:
        """For the next citizen."""
        self.missing.say("小票没出来")
        self.missing.setVisible(True)
        self.missing.setEnabled(True)

    def _tell(self, words: str, fill: str, tone: str, icon: str, icon_tone: str) -> None:
        self.strip.paint_as(fill)
        self.mark.show_icon(icon, icon_tone)
        self.state.say(words, tone)

    def _place_row(self, at: int, count: int) -> None:
        """Few rows get more height, and then a long name takes two lines; a name has all that its remark leaves."""
        mark, name, remark = self._rows[at]
        high = min(_ROW_HIGHEST, max(_ROW, _ROWS_HIGH // max(count, 1)))
        top = _ROWS_TOP + at * high
        words, factor = KIOSK_TYPE["lead"], self.scale.factor
        beside = self.scale.width(KIOSK_TYPE["body"], remark.text()) / factor + 24 if remark.text() else 0
        wide = INNER - 106 - 46 - beside
        long = high == _ROW_HIGHEST and self.scale.width(words, name.text()) / factor > wide
        name.break_lines(long)
        self.put(mark, _LEFT + 42, top, 52, high)
        self.put(name, _LEFT + 106, top + (6 if long else 0), wide, high)
        self.put(remark, _LEFT + 520, top, INNER - 520 - 46, high)

    def _bring(self, subject: str, items: tuple[BringItem, ...]) -> None:
        self.subject.say(f"{subject}，要带" if items else joined(subject, "接下来"))
        needed = [item for item in items if not item.exempt]
        ordered = (needed + [item for item in items if item.exempt])[:ROWS]
        for at, (mark, name, remark) in enumerate(self._rows):
            if at < len(ordered):
                item = ordered[at]
                mark.show_icon(*(("circle-check", "ok_solid") if item.exempt else ("circle", "edge")))
                name.say(item.name)
                remark.say(f"{item.exempt}，不用交" if item.exempt else item.form)
            elif not items and at < len(self._next):
                mark.show_icon("chevron-right", "edge")
                name.say(self._next[at])
                remark.say("")
            else:
                name.say("")
                remark.say("")
            shown = bool(name.text())
            for piece in (mark, name, remark):
                piece.setVisible(shown)
            self._place_row(at, len(ordered))
        left = len(items) - len(ordered)
        self.note.say(f"还有 {left} 样，{self._left}" if left > 0 else "")


def _facts(paper: QueueTicket) -> tuple[tuple[str, str], ...]:
    """Three pairs: how many, how long, where; a window that waits free replaces them."""
    if paper.window:
        return ("现在请到", f"{paper.window} 号窗口"), ("要等", "不用等"), ("在哪里", paper.area or "大厅")
    people = f"{paper.ahead} 人" if paper.ahead else "没有人"
    early = paper.appointment is not None and (paper.wait_minutes or 0) > 0
    wait = f"{paper.wait_minutes} 分" if (paper.ahead or early) and paper.wait_minutes else "很快"
    second = ("预约的时间", f"{paper.appointment:%H:%M}") if paper.appointment else ("大约等", wait)
    return ("前面还有", people), second, ("在哪里等", paper.area or "大厅")


def _items(paper: QueueTicket) -> tuple[BringItem, ...]:
    """Of all matters; what two of them ask for in the same form stands once, the paper has each list whole."""
    return tuple(dict.fromkeys(item for matter in paper.matters for item in matter.bring))
