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
from contextlib import suppress
from typing import Final

from PySide6.QtCore import QSize, QSizeF, QTimer
from PySide6.QtGui import QCloseEvent, QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import COLOR, KIOSK
from clerk_app.design.words import clock_time, joined
from clerk_app.domain.errors import Conflict, Rejected, Unreachable
from clerk_app.domain.masking import mask_name_public
from clerk_app.domain.queue import PriorityClass, priority_of
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import CardFacts, CardReader
from clerk_app.ports.feed import ConnectionState
from clerk_app.ports.hall_queue import CardPerson, GroupWaiting, TakeTicket
from clerk_app.services.kiosk import PRIORITY_WORDS, IssuedTicket, KioskDesk, MatterLine
from clerk_app.ui.kiosk.cards import CardListener
from clerk_app.ui.kiosk.choose import ChoicePage, GroupPage, MatterPage, PriorityPage
from clerk_app.ui.kiosk.home import CardPlace, HomePage
from clerk_app.ui.kiosk.notice import (
    CONNECTING,
    LOST,
    STAFF,
    TAKING,
    Notice,
    NoticePage,
    Offer,
    no_server,
    refused,
    taken_before,
)
from clerk_app.ui.kiosk.paper import TicketPaper
from clerk_app.ui.kiosk.pieces import HEIGHT, WIDTH, HomeBar, Page, Touch, paint_head
from clerk_app.ui.kiosk.ticket import TicketPage
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.live import LiveHall
from clerk_app.ui.panel import Scale

_TICK_MS: Final = 250
_CARD_WORDS_S: Final = 10.0
_LARGE: Final = 1.25
_NUMBER: Final = re.compile(r"[A-Z]\d{3,}")


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
        self._desk, self._live, self._clock, self._lanes = desk, live, clock, lanes
        self._home_after = home_after_s
        self._scale = Scale(WIDTH, HEIGHT)
        self._head = Scale(WIDTH, HEIGHT)
        self._card: CardPerson | None = None
        self._priority = PriorityClass.ORDINARY
        self._group: GroupWaiting | None = None
        self._wish: tuple[TakeTicket, str] | None = None
        self._busy = False
        self._touched = clock.monotonic()
        self._card_words_at = 0.0
        self._known_online = False
        self._stopped = True
        self._build()
        self._paper = TicketPaper(desk, self.ticket, lanes, self)
        self._paper.told.connect(self._was_touched)
        self._cards = CardListener(reader, lanes, self) if reader is not None else None
        if self._cards is not None:
            self._cards.laid.connect(self._card_laid)
            self._cards.unread.connect(self._card_unread)
            self._cards.works.connect(self._reader_works)
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
        self._names: dict[Page, str] = {
            self.home: "first",
            self.priority: "priority",
            self.groups: "choose",
            self.matters: "matter",
            self.ticket: "ticket",
            self.notice: "notice",
        }
        self._pages = tuple(self._names)
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
        self.home.staff.connect(lambda: self._tell(STAFF))
        self.priority.chosen.connect(self._priority_chosen)
        self.groups.chosen.connect(self._group_chosen)
        self.matters.chosen.connect(self._matter_chosen)
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
        self._show(self.page)

    def stop(self) -> None:
        """Stop reading cards; nothing is asked of the lanes any more."""
        self._stopped = True
        self._ticks.stop()
        if self._cards is not None:
            self._cards.want(False)

    # what stands on the screen, for those who watch or drive it
    def page_name(self) -> str:
        """``first``, ``priority``, ``choose``, ``matter``, ``ticket`` or ``notice``."""
        return self._names[self.page]

    def is_ready(self) -> bool:
        """Whether the first page stands and tickets can be taken."""
        return self.page is self.home and self._live.online

    def ticket_number(self) -> str:
        """The number on the ticket page, empty elsewhere."""
        return self._paper.number() if self.page is self.ticket else ""

    def touch_group(self, prefix: str) -> None:
        """Touch the group whose numbers begin with ``prefix``; ``KeyError`` when the page has none."""
        (self.home if self.page is self.home else self.groups).grid.touch(prefix)

    def offered(self, prefix: str) -> int:
        """How many matters that group would offer now; 0 until the catalogue is there."""
        names = [group.name for group in self._live.board.groups if group.prefix == prefix]
        return sum(len(self._desk.matters(name)) for name in names)

    def touch_matter(self, name: str) -> bool:
        """Touch the first matter whose name holds ``name``; without one 「不确定」, and False."""
        return self.matters.touch(name)

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
        if self._busy or (self._paper.printing and self.page is self.ticket):
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
        self._card, self._group, self._wish = None, None, None
        self._paper.forget()
        self._priority = PriorityClass.ORDINARY
        self._set_large(1.0)
        self.home.grid.first()
        self.groups.grid.first()
        self._card_words_at = 0.0
        if self._cards is None:
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
            return CONNECTING
        return no_server(state.sentence or f"服务器连不上（{clock_time(state.since)} 起）")

    # choosing
    def _priority_chosen(self, kind: PriorityClass) -> None:
        self._priority = kind
        self._ask_group()

    def _ask_group(self) -> None:
        self.groups.hello.say(self._hello())
        self.groups.lead.say("没放身份证也可以取号" if self._card is None and self._cards is not None else "")
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
            matters=(line_.code,) if line_ is not None else (),
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
        self._tell(TAKING)
        wish, key = self._wish
        self._lanes.lane("network").run(
            self._desk.take, wish, key, snapshot.hall, done=self._taken, failed=self._not_taken, owner=self
        )

    def _taken(self, issued: IssuedTicket) -> None:
        self._busy = False
        self._paper.show(issued)
        self._show(self.ticket)

    def _not_taken(self, failure: Failure) -> None:
        self._busy = False
        if isinstance(failure.error, Conflict):
            found = _NUMBER.search(failure.text)
            number = found[0] if found else ""
            self._tell(taken_before(failure.text, number, self._desk.knows(number)))
        elif isinstance(failure.error, Unreachable):
            self._tell(LOST)
        else:
            self._tell(refused(failure.text))

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
        self._paper.show(issued, reprint=True)
        self._show(self.ticket)

    # cards
    def _takes_cards(self) -> bool:
        return self._card is None and self.page in (self.home, self.priority, self.groups, self.matters)

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

    def _card_unread(self, words: str) -> None:
        self._card_words_at = self._clock.monotonic()
        self.home.show_card(CardPlace.AGAIN, words)

    def _reader_works(self, works: bool) -> None:
        if works != self.home.panel.works():
            self.home.show_card(CardPlace.READY if works else CardPlace.BROKEN)

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
        if self._cards is not None:
            self._cards.want(not self._stopped and self._takes_cards())

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
        painter.fillRect(self.rect(), QColor(COLOR.kiosk))
        snapshot = self._live.board.snapshot
        name = snapshot.hall.name if snapshot is not None else ""
        paint_head(painter, self._head, self.width(), name, self._clock.now())
        painter.end()
