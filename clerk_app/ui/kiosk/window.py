"""The ticket machine as a window: leads one citizen at a time from the card or a word to the ticket.

::

    home ─card─▶ group ─┐
     ├──group──────────┬┴▶ matter ─▶ (taking) ─▶ ticket ─▶ home
     ├──priority─▶ group                └──▶ notice ─▶ home
     └──no server──▶ notice, which stays until the server is back

A card may also be laid down on every page before the ticket is asked for. Network, reader and printer work on their
lanes; a page never waits.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from typing import Final

from PySide6.QtCore import QRectF, QSize, QSizeF, QTimer
from PySide6.QtGui import QCloseEvent, QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import COLOR, KIOSK, KIOSK_TYPE
from clerk_app.design.words import clock_time, joined
from clerk_app.domain.errors import Conflict, Rejected, Unreachable
from clerk_app.domain.masking import mask_name_public
from clerk_app.domain.queue import PriorityClass, priority_of
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import CardFacts, CardReader, DeviceFault, PrintOutcome, PrintResult
from clerk_app.ports.hall import CardPerson, ConnectionState, GroupWaiting, TakeTicket
from clerk_app.services.kiosk import PRIORITY_WORDS, IssuedTicket, KioskDesk, MatterLine
from clerk_app.ui.kiosk.choose import ChoicePage, GroupPage, MatterPage, PriorityPage
from clerk_app.ui.kiosk.home import CardPlace, HomePage
from clerk_app.ui.kiosk.notice import Notice, NoticePage, Offer
from clerk_app.ui.kiosk.pieces import HEIGHT, WIDTH, HomeBar, Page, Touch
from clerk_app.ui.kiosk.ticket import TicketPage
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.live import LiveHall
from clerk_app.ui.panel import RIGHT, Scale, line

_TICK_MS: Final = 250
_CARD_SECONDS: Final = 2.0
_READER_PAUSE_MS: Final = 5_000
_CARD_WORDS_S: Final = 10.0
_PRINTS: Final = 3
_LARGE: Final = 1.25
_SLOGAN: Final = "取一个号，到一个窗口，办完所有事"
_NUMBER: Final = re.compile(r"[A-Z]\d{3,}")
_CARD_ADVICE: Final = {
    "card_gone": "卡拿早了，请再放一次，停 1 秒",
    "card_unreadable": "这张证没读出来，请再放一次",
    "card_error": "这张证没读出来，请再放一次",
}
_TAKING: Final = Notice("ticket", "正在取号", "请稍等，马上就好", lasting=True)
_STAFF: Final = Notice("hand-helping", "请到导办台", "工作人员在那里，帮您取号、选事项、看材料")
_LOST: Final = Notice(
    "wifi-off",
    "没有取到号",
    "服务器没有回答，号可能没取上\n请再试一次，不会取成两个号\n还不行请到导办台取号",
    offer=Offer.RETRY,
)


class KioskWindow(QWidget):
    """``reader`` is None where the machine has none. Call ``start`` once it may read cards, ``stop`` at the end."""

    def __init__(
        self,
        desk: KioskDesk,
        live: LiveHall,
        reader: CardReader | None,
        clock: Clock,
        lanes: Lanes,
        *,
        home_after_s: float = KIOSK.home_after_s,
    ) -> None:
        super().__init__()
        self.setWindowTitle("取号机")
        self._desk, self._live, self._reader, self._clock, self._lanes = desk, live, reader, clock, lanes
        self._home_after = home_after_s
        self._scale = Scale(WIDTH, HEIGHT)
        self._head = Scale(WIDTH, HEIGHT)
        self._card: CardPerson | None = None
        self._priority = PriorityClass.ORDINARY
        self._group: GroupWaiting | None = None
        self._wish: tuple[TakeTicket, str] | None = None
        self._issued: IssuedTicket | None = None
        self._reprint = self._attempts = 0
        self._last = PrintOutcome.REFUSED
        self._busy = self._printing = False
        self._touched = clock.monotonic()
        self._card_words_at = 0.0
        self._known_online = False
        self._stopped = True
        self._cancel: threading.Event | None = None
        self._build()
        live.changed.connect(self._hall_changed)
        live.connection.connect(self._hall_changed)
        live.catalogue_published.connect(self._load_matters)
        self._ticks = QTimer(self, interval=_TICK_MS)
        self._ticks.timeout.connect(self.tick)
        self.go_home()

    def _build(self) -> None:
        self.home = HomePage(self._scale)
        self.priority = PriorityPage(self._scale)
        self.groups = GroupPage(self._scale)
        self.matters = MatterPage(self._scale)
        self.ticket = TicketPage(self._scale)
        self.notice = NoticePage(self._scale)
        self._pages: tuple[Page, ...] = (
            self.home,
            self.priority,
            self.groups,
            self.matters,
            self.ticket,
            self.notice,
        )
        for page in self._pages:
            page.setParent(self)
            page.hide()
            if isinstance(page, ChoicePage):
                page.back.connect(self.go_home)
            for touch in page.findChildren(Touch):
                touch.pressed.connect(self._was_touched)
        self.home.chosen.connect(self._group_chosen)
        self.home.priority.connect(lambda: self._show(self.priority))
        self.home.large.connect(self._toggle_large)
        self.home.staff.connect(lambda: self._tell(_STAFF))
        self.priority.chosen.connect(self._priority_chosen)
        self.groups.chosen.connect(self._group_chosen)
        self.matters.chosen.connect(self._matter_chosen)
        self.ticket.again.connect(self._print_again)
        self.ticket.done.connect(self.go_home)
        self.notice.offered.connect(self._offered)
        self.notice.done.connect(self.go_home)
        self.page: Page = self.home

    # the machine's life
    def start(self) -> None:
        """Begin to read cards and to count down."""
        self._stopped = False
        self._ticks.start()
        self._hall_changed()
        self._listen()

    def stop(self) -> None:
        """Stop reading cards; nothing is asked of the lanes any more."""
        self._stopped = True
        self._ticks.stop()
        if self._cancel is not None:
            self._cancel.set()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH // 2, HEIGHT // 2)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stop()
        super().closeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._was_touched()

    def tick(self) -> None:
        """Clock, bar and the way back to the first page; called four times a second."""
        now = self._clock.monotonic()
        if self._busy or (self._printing and self.page is self.ticket):
            self._touched = now
        left = self._home_after - (now - self._touched)
        for bar in self.page.findChildren(HomeBar):
            bar.show_left(max(0.0, left), self._home_after)
        if self._card_words_at and now - self._card_words_at > _CARD_WORDS_S:
            self._card_words_at = 0.0
            self.home.show_card(CardPlace.READY)
        if left <= 0 and (self.page is not self.home or self._scale.words != 1.0) and not self._lasting():
            self.go_home()
        self.update(0, 0, self.width(), round(self._scale.px(KIOSK.head)))

    def go_home(self) -> None:
        """Forget the citizen; the first page, or why there is none."""
        self._card, self._group, self._wish, self._issued = None, None, None, None
        self._priority = PriorityClass.ORDINARY
        self._set_large(1.0)
        self.home.grid.first()
        self.groups.grid.first()
        self._card_words_at = 0.0
        if self._reader is None:
            self.home.show_card(CardPlace.NONE)
        elif self.home.panel.works():
            self.home.show_card(CardPlace.READY)
        if self._live.online:
            self._show(self.home)
        else:
            self._tell(self._no_server())

    # the hall
    def _hall_changed(self) -> None:
        groups = self._live.board.groups
        self.home.show_groups(groups)
        self.groups.grid.show(groups)
        online = self._live.online
        if online and not self._known_online:
            self._load_matters()
        self._known_online = online
        if not online and (self.page is self.home or (self.page is self.notice and self._lasting() and not self._busy)):
            self._tell(self._no_server())
        elif online and self.page is self.notice and self._lasting() and not self._busy:
            self.go_home()
        self.update()

    def _load_matters(self) -> None:
        if self._live.online and not self._stopped:
            lane = self._lanes.lane("network")
            lane.run(self._desk.load_matters, failed=self._later, key="matters", owner=self)
            lane.run(self._desk.settle, failed=self._later, owner=self)

    def _later(self, failure: Failure) -> None:
        """The next connection or publication asks again; the lane has logged what was our mistake."""

    def _no_server(self) -> Notice:
        state = self._live.state
        if state is None or state.state is not ConnectionState.OFFLINE:
            return Notice("ticket", "正在准备", "正在连接服务器，请稍等", lasting=True)
        why = state.sentence or f"服务器连不上（{clock_time(state.since)} 起）"
        return Notice("wifi-off", "请到导办台取号", f"{why}\n恢复后这里自动可用", lasting=True)

    # choosing
    def _priority_chosen(self, kind: PriorityClass) -> None:
        self._priority = kind
        self._ask_group()

    def _ask_group(self) -> None:
        self.groups.hello.say(self._hello())
        self.groups.lead.say("没放身份证也可以取号" if self._card is None and self._reader is not None else "")
        self._show(self.groups)

    def _hello(self) -> str:
        card = self._card
        first = self._priority
        with suppress(Rejected):  # the server refuses the ticket with its sentence
            first = priority_of(first, card.birth if card else None, self._clock.now().date())
        who = f"{mask_name_public(card.name)} 您好" if card is not None else ""
        return joined(who, PRIORITY_WORDS.get(first, ""))

    def _group_chosen(self, group_id: str) -> None:
        self._group = next((group for group in self._live.board.groups if group.group_id == group_id), None)
        if self._group is None:
            self.go_home()
            return
        lines = self._desk.matters(self._group.name)
        if not lines:
            self._matter_chosen(None)
            return
        self.matters.hello.say(joined(self._hello(), self._group.name))
        self.matters.show_lines(lines)
        self._show(self.matters)

    def _matter_chosen(self, line_: MatterLine | None) -> None:
        if self._group is None:
            self.go_home()
            return
        wish = TakeTicket(
            group_id=self._group.group_id,
            priority=self._priority,
            matter_code=line_.code if line_ is not None else None,
            card=self._card,
        )
        self._wish = wish, self._desk.new_key()
        self._take()

    # taking
    def _take(self) -> None:
        snapshot = self._live.board.snapshot
        if self._wish is None or snapshot is None or self._busy:
            return
        self._busy = True
        self._tell(_TAKING)
        wish, key = self._wish
        self._lanes.lane("network").run(
            self._desk.take, wish, key, snapshot.hall, done=self._taken, failed=self._not_taken, owner=self
        )

    def _taken(self, issued: IssuedTicket) -> None:
        self._busy = False
        self._reprint = self._attempts = 0
        self._show_ticket(issued)

    def _show_ticket(self, issued: IssuedTicket) -> None:
        self._issued = issued
        self.ticket.start_over()
        self.ticket.show_ticket(issued)
        self._show(self.ticket)
        self._print()

    def _not_taken(self, failure: Failure) -> None:
        self._busy = False
        if isinstance(failure.error, Conflict):
            found = _NUMBER.search(failure.text)
            number = found[0] if found else ""
            offer = Offer.PAPER if number and self._desk.knows(number) else Offer.NOTHING
            text = f"{failure.text}\n不用再取，请看大厅屏等叫号"
            self._tell(Notice("ticket", "您已经取过号了", text, number=number, offer=offer))
        elif isinstance(failure.error, Unreachable):
            self._tell(_LOST)
        else:
            self._tell(Notice("circle-alert", "没有取到号", f"{failure.text}\n也可以到导办台取号"))

    def _offered(self) -> None:
        if self.notice.notice.offer is Offer.RETRY:
            self._take()
        elif self.notice.notice.offer is Offer.PAPER and not self._busy:
            snapshot = self._live.board.snapshot
            if snapshot is None:
                return
            number = self.notice.notice.number
            self._busy = True
            self._lanes.lane("network").run(
                self._desk.again, number, snapshot.hall, done=self._found_again, failed=self._not_taken, owner=self
            )

    def _found_again(self, issued: IssuedTicket) -> None:
        self._busy = False
        self._reprint, self._attempts = 1, 0
        self._show_ticket(issued)

    # the paper
    def _print(self) -> None:
        issued = self._issued
        if issued is None:
            return
        self._attempts += 1
        self._printing = True
        self.ticket.show_printing()
        self._lanes.lane("printer").run(
            self._desk.print,
            issued,
            self._reprint,
            done=lambda result: self._printed(issued, result),
            failed=lambda failure: self._printed(issued, PrintResult(PrintOutcome.UNKNOWN, failure.text)),
            owner=self,
        )

    def _printed(self, issued: IssuedTicket, result: PrintResult) -> None:
        """The state is kept whoever stands here by now; the page changes only for the same ticket."""
        self._lanes.lane("network").run(
            self._desk.keep, issued.ticket_id, result.outcome, failed=self._later, owner=self
        )
        if self._issued is issued and self.page is self.ticket:
            self._printing = False
            self._last = result.outcome
            self.ticket.show_printed(result, self._desk.prints and self._attempts < _PRINTS)
            self._was_touched()

    def _print_again(self) -> None:
        if self._last is not PrintOutcome.REFUSED:
            self._reprint += 1
        self._print()

    # cards
    def _listen(self) -> None:
        """Wait for a card while one may be laid down; the device's lane ends by itself otherwise."""
        if self._stopped or self._reader is None or self._cancel is not None or not self._takes_cards():
            return
        self._cancel = threading.Event()
        self._lanes.lane("reader").run(
            self._reader.wait_for_card,
            _CARD_SECONDS,
            self._cancel,
            done=self._card_answer,
            failed=self._card_failed,
            owner=self,
        )

    def _takes_cards(self) -> bool:
        return self._card is None and self.page in (self.home, self.priority, self.groups, self.matters)

    def _card_answer(self, facts: CardFacts | None) -> None:
        self._cancel = None
        if not self.home.panel.works():
            self.home.show_card(CardPlace.READY)
        if facts is not None and self._takes_cards():
            self._card_laid(facts)
        self._listen()

    def _card_laid(self, facts: CardFacts) -> None:
        self._card = CardPerson(facts.name or facts.english_name, facts.id_number, facts.birth)
        self._was_touched()
        if self.page is self.home:
            self._ask_group()
            return
        hello = self._hello()
        self.priority.hello.say(hello)
        self.groups.hello.say(hello)
        self.groups.lead.say("")
        self.matters.hello.say(joined(hello, self._group.name if self._group else ""))

    def _card_failed(self, failure: Failure) -> None:
        self._cancel = None
        word = failure.error.word if isinstance(failure.error, DeviceFault) else ""
        if word in _CARD_ADVICE:
            self._card_words_at = self._clock.monotonic()
            self.home.show_card(CardPlace.AGAIN, _CARD_ADVICE[word])
            self._listen()
            return
        self.home.show_card(CardPlace.BROKEN)
        QTimer.singleShot(_READER_PAUSE_MS, self, self._listen)

    # the look
    def _tell(self, notice: Notice) -> None:
        self.notice.show_notice(notice)
        self._show(self.notice)

    def _lasting(self) -> bool:
        return self.page is self.notice and self.notice.notice.lasting

    def _show(self, page: Page) -> None:
        self._was_touched()
        self.page = page
        for one in self._pages:
            one.setVisible(one is page)
        page.arrange()
        self.tick()
        if self._takes_cards():
            self._listen()
        elif self._cancel is not None:
            self._cancel.set()

    def _was_touched(self) -> None:
        self._touched = self._clock.monotonic()

    def _toggle_large(self) -> None:
        self._set_large(1.0 if self._scale.words != 1.0 else _LARGE)

    def _set_large(self, words: float) -> None:
        self._scale.words = words
        self.home.show_large(words != 1.0)
        for page in self._pages:
            page.arrange()
        self.update()

    def _arrange(self) -> None:
        for scale in (self._scale, self._head):
            scale.fit(QSizeF(self.size()))
        px = self._scale.px
        width, height = round(px(WIDTH)), round(px(HEIGHT))
        for page in self._pages:
            page.setGeometry((self.width() - width) // 2, 0, width, max(height, self.height()))
            page.arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._scale.px
        painter.fillRect(self.rect(), QColor(COLOR.kiosk))
        painter.fillRect(QRectF(0, 0, self.width(), px(KIOSK.head)), QColor(COLOR.rail))
        left = (self.width() - px(WIDTH)) / 2 + px(KIOSK.margin)
        inner = QRectF(left, px(56), px(WIDTH - 2 * KIOSK.margin), px(74))
        snapshot = self._live.board.snapshot
        least = KIOSK_TYPE["least"].px
        name = snapshot.hall.name if snapshot is not None else ""
        line(painter, self._head, inner, name, KIOSK_TYPE["hall"], COLOR.paper, least=least)
        inner.translate(0, px(74))
        lead = KIOSK_TYPE["lead"]
        inner.setHeight(px(lead.line))
        now = clock_time(self._clock.now())
        clock = line(painter, self._head, inner, now, lead, COLOR.rail_sub, align=RIGHT)
        inner.setRight(inner.right() - clock - px(24))
        line(painter, self._head, inner, _SLOGAN, lead, COLOR.rail_sub, least=least)
        painter.end()
