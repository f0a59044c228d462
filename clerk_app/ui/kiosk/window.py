"""The ticket machine as a window: leads one citizen at a time from the card or a word to the ticket.

::

    home ─card─▶ group ─┐
     ├──group──────────┬┴▶ matters ─▶ (taking) ─▶ ticket ─▶ home
     ├──priority─▶ group                 └──▶ notice ─▶ home
     ├──appointment (code or card) ─▶ (check-in) ─▶ ticket
     ├──own number ─▶ notice ─「我回来了」─▶ notice
     ├──group of supplements ─▶ return (card, code, number) ─▶ (taking)
     └──no server──▶ notice, which stays until the server is back

A card may also be laid down on every page before the ticket is asked for, and a code held before the scanner. Network,
reader, scanner, printer and speaker work on their lanes; a page never waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from clerk_app.design.tokens import KIOSK
from clerk_app.design.words import clock_time, joined
from clerk_app.domain.errors import Conflict, Rejected, Unreachable
from clerk_app.domain.queue import PriorityClass
from clerk_app.domain.queue_rules import EMERGENCY_PREFIX
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import CardFacts, CardReader, CodeScanner, Speaker
from clerk_app.ports.feed import ConnectionState
from clerk_app.ports.hall_queue import CardPerson, GroupWaiting, TakeTicket
from clerk_app.ports.hall_running import Appointment, CheckIn
from clerk_app.services.codes import CodeKind, CodeReading, ScannedCode
from clerk_app.services.kiosk.desk import IssuedTicket, KioskDesk
from clerk_app.services.kiosk.matters import MatterLine
from clerk_app.ui.kiosk import notice as told
from clerk_app.ui.kiosk.cards import card_listener, code_listener
from clerk_app.ui.kiosk.choose import ChoicePage
from clerk_app.ui.kiosk.frame import KioskFrame
from clerk_app.ui.kiosk.home import CardPlace
from clerk_app.ui.kiosk.notice import Notice, Offer
from clerk_app.ui.kiosk.own_number import OwnNumber
from clerk_app.ui.kiosk.paper import TicketPaper
from clerk_app.ui.kiosk.requests import Requests
from clerk_app.ui.kiosk.returning import case_of_digits
from clerk_app.ui.kiosk.visit import Visit
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.live import LiveHall

_CARD_WORDS_S: Final = 10.0
_NUMBER: Final = re.compile(r"[A-Z]\d{3,}")


class KioskWindow(KioskFrame):
    """``reader``, ``scanner`` and ``speaker`` are None where the machine has none. ``return_group`` names the group of
    those who supply or collect. Call ``start`` once it may read cards, ``stop`` at the end."""

    def __init__(
        self,
        desk: KioskDesk,
        live: LiveHall,
        reader: CardReader | None,
        clock: Clock,
        lanes: Lanes,
        *,
        scanner: CodeScanner | None = None,
        codes: CodeReading | None = None,
        speaker: Speaker | None = None,
        return_group: str = "",
        home_after_s: float = KIOSK.home_after_s,
    ) -> None:
        super().__init__(live, clock, lanes, speaker, home_after_s)
        self._desk, self._lanes = desk, lanes
        self._codes = codes or CodeReading()
        self._return_group = return_group
        self._visit = Visit()
        self._wish: tuple[TakeTicket, str] | None = None
        self._without: tuple[GroupWaiting, ...] = ()
        self._requests = Requests(lanes, self)
        self._own = OwnNumber(desk, self._requests, lambda: self._hall, self._tell)
        self._card_words_at = 0.0
        self._reads = True
        self._place = CardPlace.READY
        self._known_online = False
        self._stopped = True
        self._connect()
        self._paper = TicketPaper(desk, self.pages.ticket, lanes, self)
        self._paper.told.connect(self._was_touched)
        self._cards = card_listener(reader, lanes, self) if reader is not None else None
        self._scans = code_listener(scanner, lanes, self) if scanner is not None else None
        if self._cards is not None:
            self._cards.read.connect(self._card_laid)
            self._cards.unread.connect(self._card_unread)
            self._cards.works.connect(self._reader_works)
        if self._scans is not None:
            self._scans.read.connect(self._scanned)
        self.pages.returning.show_ways(card=reader is not None, scanner=scanner is not None)
        live.changed.connect(self._hall_changed)
        live.connection.connect(self._hall_changed)
        live.catalogue_published.connect(self._load_matters)
        self.go_home()

    def _connect(self) -> None:
        pages = self.pages
        for page in pages.names:
            if isinstance(page, ChoicePage):
                page.back.connect(self.go_home)
        home = pages.home
        home.chosen.connect(self._group_chosen)
        home.priority.connect(lambda: self._show(pages.priority))
        home.appointment.connect(lambda: self._show(pages.appointment))
        home.mine.connect(self._ask_number)
        home.paperless.connect(self._toggle_paper)
        home.staff.connect(lambda: self._tell(told.STAFF))
        pages.priority.chosen.connect(self._priority_chosen)
        pages.groups.chosen.connect(self._group_chosen)
        pages.groups.booked.connect(self._check_in_booked)
        pages.matters.chosen.connect(self._matters_chosen)
        pages.appointment.entered.connect(lambda code: self._check_in(CheckIn(code=code)))
        pages.mine.entered.connect(self._own.find)
        pages.returning.typing.connect(lambda: self._show(pages.case))
        pages.returning.plain.connect(self._returns)
        pages.case.entered.connect(self._case_typed)
        pages.ticket.done.connect(self.go_home)
        pages.notice.offered.connect(self._offered)
        pages.notice.done.connect(self.go_home)

    # --- the machine's life -----------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin to read cards and to count down."""
        self._stopped = False
        self._ticks.start()
        if self._aloud is not None:
            self._aloud.start()
        self._hall_changed()
        self._show(self.page)

    def stop(self) -> None:
        """Stop reading cards; nothing is asked of the lanes any more."""
        self._stopped = True
        self._ticks.stop()
        for device in (self._cards, self._scans):
            if device is not None:
                device.want(False)
        if self._aloud is not None:
            self._aloud.hush()

    # --- what stands on the screen, for those who watch or drive it -------------------------------------------
    def is_ready(self) -> bool:
        """Whether the first page stands and tickets can be taken."""
        return self.page is self.pages.home and self._live.online

    def ticket_number(self) -> str:
        """The number on the ticket page, empty elsewhere."""
        return self._paper.number() if self.page is self.pages.ticket else ""

    def touch_group(self, prefix: str) -> None:
        """Touch the group whose numbers begin with ``prefix``; ``KeyError`` when the page has none."""
        (self.pages.home if self.page is self.pages.home else self.pages.groups).grid.touch(prefix)

    def offered(self, prefix: str) -> int:
        """How many matters that group would offer now; 0 until the catalogue is there."""
        names = [group.name for group in self._live.board.groups if group.prefix == prefix]
        return sum(len(self._desk.matters.of_group(name)) for name in names)

    def touch_matter(self, *names: str) -> bool:
        """Pick the first matter that holds each name and ask for the ticket; False when a name found none."""
        found = [self.pages.matters.touch(name) for name in names]
        self.pages.matters.go.click()
        return all(found)

    def tick(self) -> None:
        if self._card_words_at and self._clock.monotonic() - self._card_words_at > _CARD_WORDS_S:
            self._card_words_at = 0.0
            self._show_card(CardPlace.READY)
        super().tick()

    def _under_way(self) -> bool:
        return self._requests.busy or (self._paper.printing and self.page is self.pages.ticket)

    def _left_changed(self) -> bool:
        return super()._left_changed() or not self._visit.paper

    def go_home(self) -> None:
        """Forget the citizen; the first page, or why there is none."""
        self._visit, self._wish = Visit(), None
        self._own.forget()
        self._requests.forget()
        self._paper.forget()
        self.pages.clear()
        self._set_large(1.0)
        self._set_voice(False)
        self.pages.home.show_paper(True, prints=self._desk.prints)
        self._card_words_at = 0.0
        if self._cards is None:
            self._show_card(CardPlace.NONE)
        else:
            self._show_card(CardPlace.READY if self._reads else CardPlace.BROKEN)
        if self._live.online or self._without:
            self._show(self.pages.home)
        else:
            self._tell(self._no_server())

    # --- the hall ---------------------------------------------------------------------------------------------
    @property
    def _closed(self) -> str:
        snapshot = self._live.board.snapshot
        return "" if snapshot is None else snapshot.closed

    @property
    def _groups(self) -> tuple[GroupWaiting, ...]:
        return self._without or self._live.board.groups

    def _hall_changed(self) -> None:
        if self._live.online:
            self._without = ()
        groups, closed = self._groups, self._closed
        self.pages.home.show_groups(groups, closed, online=not self._without)
        self.pages.groups.grid.show(groups, open_=not closed, counted=not self._without)
        self.pages.mine.show_letters([*(group.prefix for group in groups), EMERGENCY_PREFIX])
        self._show_card(CardPlace.NONE if self._cards is None else self._place)
        online = self._live.online
        if online and not self._known_online:
            self._load_matters()
        elif not online and not self._without and not self._stopped:
            self._lanes.lane("store").run(
                self._desk.without_server, done=self._goes_on, failed=self._later, key="without", owner=self
            )
        self._known_online = online
        waits = self.page is self.pages.notice and self._lasting() and not self._requests.busy
        if not online and not self._without and (self.page is self.pages.home or waits):
            self._tell(self._no_server())
        elif (online or self._without) and waits:
            self.go_home()
        elif self.page is self.pages.home:
            self._listen()
        self.update()

    def _goes_on(self, groups: tuple[GroupWaiting, ...]) -> None:
        """The machine has numbers of its own while the server is away."""
        if groups and not self._live.online:
            self._without = groups
            self._hall_changed()

    def _load_matters(self) -> None:
        hall = self._hall
        if self._live.online and not self._stopped:
            lane = self._lanes.lane("network")
            if hall is not None:
                lane.run(self._desk.connected, self._live.board.groups, hall, failed=self._later, owner=self)
            lane.run(self._desk.matters.load, failed=self._later, key="matters", owner=self)
            lane.run(self._desk.settle, failed=self._later, owner=self)

    def _later(self, failure: Failure) -> None:
        """The next connection or publication asks again; the lane has logged what was our mistake."""

    def _no_server(self) -> Notice:
        state = self._live.state
        if state is None or state.state is not ConnectionState.OFFLINE:
            return told.CONNECTING
        return told.no_server(self._away_words())

    def _away_words(self) -> str:
        state = self._live.state
        if state is None:
            return "服务器连不上"
        return state.sentence or f"服务器连不上（{clock_time(state.since)} 起）"

    # --- choosing ---------------------------------------------------------------------------------------------
    def _priority_chosen(self, kind: PriorityClass) -> None:
        self._visit.priority = kind
        self._ask_group()

    def _ask_group(self) -> None:
        page, card = self.pages.groups, self._visit.card
        page.hello.say(self._hello())
        page.lead.say("没放身份证也可以取号" if card is None and self._cards is not None else "")
        self._show(page)

    def _hello(self) -> str:
        return self._visit.hello(self._clock.now().date())

    def _group_chosen(self, group_id: str) -> None:
        group = next((group for group in self._groups if group.group_id == group_id), None)
        self._visit.group = group
        if group is None:
            self.go_home()
        elif self._visit.returning:
            self._matters_chosen(())
        elif group.name == self._return_group and not self._without:
            self._visit.returning = True
            if self._visit.card is None:
                self.pages.returning.hello.say(self._hello())
                self._show(self.pages.returning)
            else:
                self._matters_chosen(())
        elif lines := self._desk.matters.of_group(group.name):
            self.pages.matters.hello.say(joined(self._hello(), group.name))
            self.pages.matters.show_lines(lines)
            self._show(self.pages.matters)
        else:
            self._matters_chosen(())

    def _matters_chosen(self, lines: tuple[MatterLine, ...]) -> None:
        hall = self._hall
        if self._visit.group is None or (hall is None and not self._without):
            self.go_home()
            return
        wish = self._visit.wish(self._visit.group, lines, prints=self._desk.prints)
        self._wish = wish, self._desk.new_key()
        if self._without:
            self._take_emergency()
        elif hall is not None:
            self._take(partial(self._desk.take, *self._wish, hall))

    def _take_emergency(self) -> None:
        """A number of the machine's own; under the key of a lost wish it never becomes a second number."""
        if self._wish is not None:
            work = partial(self._desk.give, *self._wish, self._hall)
            if self._requests.ask(work, self._taken, self._not_taken, lane="store"):
                self._tell(told.TAKING)

    def _returns(self) -> None:
        """A ticket for who supplies or collects, in the group that is for them, else in the one they choose."""
        self._visit.returning = True
        if self._visit.group is None:
            names = {group.name: group for group in self._live.board.groups}
            self._visit.group = names.get(self._return_group)
        if self._visit.group is None:
            self._ask_group()
        else:
            self._matters_chosen(())

    def _case_typed(self, digits: str) -> None:
        hall = self._hall
        try:
            self._visit.case_number = case_of_digits(hall.code if hall is not None else "", digits)
        except Rejected as wrong:
            self.pages.case.refuse(str(wrong))
            return
        self._returns()

    # --- taking -----------------------------------------------------------------------------------------------
    def _take(self, work: Callable[[], IssuedTicket]) -> None:
        if self._requests.ask(work, self._taken, self._not_taken):
            self._tell(told.TAKING)

    def _taken(self, issued: IssuedTicket) -> None:
        strange = self._visit.returning and not issued.taken.ticket.case_number
        self._paper.show(issued)
        if strange and (self._visit.card is not None or self._visit.case_number):
            self.pages.ticket.note.say("没查到等您补材料或来领的办件，按先后排队；可以先问导办台", "warn")
        self._show(self.pages.ticket)

    def _not_taken(self, failure: Failure) -> None:
        if isinstance(failure.error, Conflict):
            found = _NUMBER.search(failure.text)
            number = found[0] if found else ""
            self._tell(told.taken_before(failure.text, number, self._desk.knows(number)))
        elif isinstance(failure.error, Unreachable):
            self._tell(told.EMERGENCY if self._without and self._wish is not None else told.LOST)
        else:
            self._tell(told.refused(failure.text))

    def _check_in(self, wish: CheckIn) -> None:
        hall = self._hall
        if hall is not None:
            asked = CheckIn(wish.code, wish.card, self._visit.paper and self._desk.prints)
            self._take(partial(self._desk.check_in, asked, self._desk.new_key(), hall))

    def _check_in_booked(self) -> None:
        if self._visit.card is not None:
            self._check_in(CheckIn(card=self._visit.card))

    def _appointment_known(self, appointment: Appointment | None) -> None:
        if appointment is not None and self._visit.card is not None:
            words = f"按预约取号：{clock_time(appointment.starts_at)} {appointment.group_name}"
            self.pages.groups.show_appointment(words)

    # --- a number that somebody has already -------------------------------------------------------------------
    def _ask_number(self) -> None:
        scan = "，或者扫小票上的码" if self._scans is not None else ""
        self.pages.mine.explain(f"输入小票上的号码，例如 A047{scan}")
        self._show(self.pages.mine)

    def _offered(self) -> None:
        offer, hall = self.pages.notice.notice.offer, self._hall
        if offer is Offer.EMERGENCY or (offer is Offer.RETRY and self._without and self._wish is not None):
            self._take_emergency()
        elif offer is Offer.RETRY:
            if self._requests.again():
                self._tell(told.TAKING)
        elif offer is Offer.BACK:
            self._own.come_back()
        elif offer is Offer.PAPER and hall is not None:
            number = self.pages.notice.notice.number
            self._requests.ask(partial(self._desk.again, number, hall), self._found_again, self._not_taken)

    def _found_again(self, issued: IssuedTicket) -> None:
        self._paper.show(issued, reprint=True)
        self._show(self.pages.ticket)

    # --- cards and codes --------------------------------------------------------------------------------------
    def _listen(self) -> None:
        pages = self.pages
        entering = {pages.home, pages.priority, pages.groups, pages.matters, pages.appointment, pages.returning}
        open_ = not self._stopped and not self._closed and not self._without
        if self._cards is not None:
            self._cards.want(open_ and self._visit.card is None and self.page in entering)
        if self._scans is not None:
            scans = entering | {pages.mine, pages.case}
            self._scans.want(not self._stopped and not self._without and self.page in scans)

    def _card_laid(self, facts: CardFacts) -> None:
        self._person(CardPerson(facts.name or facts.english_name, facts.id_number, facts.birth))

    def _person(self, card: CardPerson) -> None:
        self._was_touched()
        pages, page = self.pages, self.page
        self._visit.card = card
        if page is pages.appointment:
            self._check_in(CheckIn(card=card))
        elif page is pages.returning:
            self._returns()
        else:
            self._lanes.lane("network").run(
                self._desk.appointment_of, card, done=self._appointment_known, failed=self._later, owner=self
            )
            if page is pages.home:
                self._ask_group()
            hello = self._hello()
            pages.priority.hello.say(hello)
            pages.groups.hello.say(hello)
            pages.groups.lead.say("")
            pages.matters.hello.say(joined(hello, self._visit.group.name if self._visit.group else ""))
            self._listen()

    def _card_unread(self, words: str) -> None:
        self._card_words_at = self._clock.monotonic()
        self._show_card(CardPlace.AGAIN, words)

    def _reader_works(self, works: bool) -> None:
        if works != self._reads:
            self._reads = works
            self._show_card(CardPlace.READY if works else CardPlace.BROKEN)

    def _show_card(self, place: CardPlace, words: str = "") -> None:
        self._place = place
        if self._closed:
            self.pages.home.show_closed(self._closed)
        elif self._without:
            self.pages.home.show_emergency(self._away_words())
        else:
            self.pages.home.show_card(place, words)

    def _scanned(self, text: str) -> None:
        """A connector to citizen codes may ask its platform, so codes are read on the network lane."""
        self._was_touched()
        self._requests.ask(partial(self._codes.read, text), self._code_read, self._code_unread)

    def _code_read(self, code: ScannedCode) -> None:
        if code.kind is CodeKind.TICKET:
            self._own.find(code.value)
        elif code.kind is CodeKind.PERSON and code.person is not None:
            if not self._closed:
                self._person(code.person)
        elif code.kind is CodeKind.APPOINTMENT:
            self._check_in(CheckIn(code=code.value))
        else:
            self._visit.case_number = code.value
            self._returns()

    def _code_unread(self, failure: Failure) -> None:
        self._tell(told.unreadable(failure.text))

    def _toggle_paper(self) -> None:
        self._visit.paper = not self._visit.paper
        self.pages.home.show_paper(self._visit.paper, prints=self._desk.prints)
