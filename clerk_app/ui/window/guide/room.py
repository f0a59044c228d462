"""Alt+Y: a number or a slot for somebody who stands at the guide desk; the window's own queue is not touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time, joined
from clerk_app.domain.persons import NaturalPerson
from clerk_app.domain.queue import PriorityClass
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.hall_queue import GroupWaiting
from clerk_app.ports.hall_running import Appointment, CheckIn, Slot
from clerk_app.services.window.guide import GuideDesk, GuideTicket
from clerk_app.ui.keys import Key, Page, bind, key, keys_of, pressed
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import ElidedLabel, KeyHint, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.frames import Scroll
from clerk_app.ui.window.guide.form import GuideForm
from clerk_app.ui.window.guide.wish import Looked, Wish
from clerk_app.ui.window.rooms import Room


class GuideRoom(Room):
    """F9 takes the number, then begins with the next citizen. Esc leaves; what was typed stays until F9."""

    page = Page.GUIDE

    def __init__(self, control: DeskControl, lanes: Lanes) -> None:
        super().__init__()
        self._control = control
        self._network, self._printer = lanes.lane("network"), lanes.lane("printer")
        self._search_lane = lanes.lane("search")
        self._groups: tuple[GroupWaiting, ...] = ()
        self._closed = ""
        self._wish = Wish()
        self._day = control.desk.clock.now().date()
        self._ticket: GuideTicket | None = None
        self._prints = 0
        self._looked: Looked | None = None
        self.form = GuideForm()
        self.done = _Done()
        self.stack = QStackedWidget()
        self.legend = Legend()
        self.sum = ElidedLabel("", "note", "ink7")
        self.again = Button("再打一张", key=key("guide_again").cap(), large=True)
        self.go = Button("", ButtonRole.PRIMARY, key=key("guide_go").cap())
        self._build()
        self._connect()

    def _build(self) -> None:
        head = Surface("paper", edges="bottom", height=SIZE.step_bar)
        note = ElidedLabel("号进大厅的队，由电脑随机分派，不会分给取号的人", "note", "ink7")
        row = Row(Text("导办取号", "title"), note, KeyHint(("Esc",), "回去"), gap=SPACE.x12, margins=(0, SPACE.page))
        row.setStretch(1, 1)
        head.setLayout(row)
        self.stack.addWidget(Scroll(Column(self.form), (0, 0, 0, 0)))
        self.stack.addWidget(self.done)
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        low = Row(self.sum, self.again, self.go, gap=SPACE.x12, margins=(0, SPACE.page))
        low.setStretch(0, 1)
        bar.setLayout(low)
        column = Column(head, self.stack, self.legend, bar)
        column.setStretch(1, 1)
        self.setLayout(column)

    def _connect(self) -> None:
        form = self.form
        form.group_picked.connect(self._pick_group)
        form.priority_picked.connect(lambda kind: self._change(priority=kind))
        form.search_wanted.connect(self._search)
        form.matter_picked.connect(lambda code, name: self._show(self._wish.with_matter(code, name)))
        form.pre_check_typed.connect(lambda text: self._change(pre_check=text))
        form.looked_toggled.connect(self._toggle_looked)
        form.paper_toggled.connect(lambda: self._change(paper=not self._wish.paper))
        form.booking_toggled.connect(self._toggle_booking)
        form.slot_moved.connect(lambda by: self._show(self._wish.moved(by)))
        form.slot_picked.connect(self._pick_slot)
        form.day_moved.connect(self._move_day)
        self.go.clicked.connect(self._go)
        self.again.clicked.connect(self._print_again)
        bind(self, "guide_go", self._go)

    @property
    def _desk(self) -> GuideDesk:
        found = self._control.desk.guide
        assert found is not None
        return found

    # --- beginning --------------------------------------------------------------------------------------------
    def begin(self, person: NaturalPerson | None, looked: Looked | None) -> None:
        """Somebody new, with the card that was laid down and the advice that was given just now."""
        self._looked = looked
        self._ticket, self._prints = None, 0
        wish = Wish(person=person, looked=looked)
        if looked is not None:
            wish = wish.with_matter(looked.matter_code, looked.matter_name)
        self._day = self._control.desk.clock.now().date()
        self.form.query.clear()
        self.form.show_hits(())
        self.go.ready()
        self.stack.setCurrentIndex(0)
        self._show(wish)
        self._network.run(self._desk.groups, done=self._show_groups, failed=self._failed, key="guide")
        self._look_for_booking()

    def take(self, person: NaturalPerson) -> None:
        """A card was laid down while the page is open."""
        if self._ticket is not None:
            self.begin(person, None)
        else:
            self._change(person=person, booked=None)
            self._look_for_booking()

    def start(self) -> None:
        (self.form if self.stack.currentIndex() == 0 else self.done).setFocus()

    def seek(self) -> bool:
        if self.stack.currentIndex() == 0:
            self.form.search()
            return True
        return False

    def escape(self) -> bool:
        if self.stack.currentIndex() == 0 and not self.form.hasFocus():
            self.form.setFocus()
            return True
        return False

    def keys(self) -> tuple[Key, ...]:
        done = self.stack.currentIndex() == 1
        booking = self._wish.booking
        if done:
            return tuple(one for one in keys_of(Page.GUIDE) if one.id in {"guide_again", "guide_go"})
        off = {"guide_again"} | ({"guide_priority", "guide_paperless"} if booking else {"guide_slot"})
        return tuple(one for one in keys_of(Page.GUIDE) if one.id not in off)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.GUIDE)
        if hit is not None and hit.id == "guide_again" and self.stack.currentIndex() == 1:
            self._print_again()
        else:
            event.ignore()

    # --- the wish ---------------------------------------------------------------------------------------------
    def _show(self, wish: Wish) -> None:
        self._wish = wish
        today = self._control.desk.clock.now().date()
        self.form.show_wish(wish, self._groups, today)
        if wish.booking:
            self.form.show_slots(wish, self._day, today)
        self._show_bar()

    def _change(self, **values: object) -> None:
        self._show(replace(self._wish, **values))  # type: ignore[arg-type]

    def _show_groups(self, found: tuple[tuple[GroupWaiting, ...], str]) -> None:
        self._groups, self._closed = found
        self.form.show_groups(self._groups, self._closed)
        self._show(self._wish)

    def _pick_group(self, at: int) -> None:
        group = self._groups[at]
        if group.closed or (self._closed and not self._wish.booking):
            self._control.said.emit(group.closed or self._closed)
            return
        self._change(group=group)
        if self._wish.booking:
            self._read_slots()

    def _search(self, query: str) -> None:
        if not query:
            self.form.show_hits(())
            return
        catalogue = self._control.desk.catalogue
        self._search_lane.run(catalogue.search, query, done=self.form.show_hits, key="guide", owner=self)

    def _toggle_looked(self) -> None:
        self._change(looked=None if self._wish.looked is not None else self._looked)

    def _look_for_booking(self) -> None:
        card = self._wish.card
        if card is None:
            return

        def found(appointment: Appointment | None) -> None:
            if self._wish.card == card:
                self._change(booked=appointment)

        self._network.run(self._desk.appointment_of, card, done=found, failed=self._failed, key="guide booking")

    # --- slots ------------------------------------------------------------------------------------------------
    def _toggle_booking(self) -> None:
        booking = not self._wish.booking
        self._change(booking=booking, priority=PriorityClass.ORDINARY, slots=(), slot=None)
        if booking:
            self._read_slots()

    def _move_day(self, by: int) -> None:
        self._day = max(self._control.desk.clock.now().date(), self._day + timedelta(days=by))
        self._read_slots()

    def _read_slots(self) -> None:
        group = self._wish.group
        if group is None:
            return

        def found(slots: tuple[Slot, ...]) -> None:
            if self._wish.booking and self._wish.group is group:
                self._show(self._wish.with_slots(slots))

        def refused(failure: Failure) -> None:
            self._day -= timedelta(days=1)
            self._failed(failure)

        self._network.run(self._desk.slots, group.group_id, self._day, done=found, failed=refused, key="guide slots")

    def _pick_slot(self, slot: Slot) -> None:
        self._change(slot=slot)

    # --- taking -----------------------------------------------------------------------------------------------
    def _go(self) -> None:
        if self.stack.currentIndex() == 1:
            self.begin(None, None)
            self.start()
            return
        wish = self._wish
        if wish.booking:
            self._book(wish)
            return
        if wish.booked is not None and wish.card is not None:
            asked = CheckIn(card=wish.card, paper=wish.paper and self._desk.prints)
            self._ask("正在取号…", partial(self._desk.check_in, asked))
            return
        ticket = wish.ticket(prints=self._desk.prints)
        if ticket is None:
            self._control.said.emit("先选办什么，按数字")
            return
        self._ask("正在取号…", partial(self._desk.take, ticket))

    def _ask(self, words: str, work: partial[GuideTicket]) -> None:
        self.go.busy(words)
        self._network.run(work, done=self._taken, failed=self._failed)

    def _taken(self, ticket: GuideTicket) -> None:
        self.go.ready()
        self._ticket, self._prints = ticket, 0
        self.done.show_ticket(ticket)
        self._show_done()
        if ticket.wants_paper:
            self._print()

    def _book(self, wish: Wish) -> None:
        slot = wish.appointment()
        if slot is None:
            missing = (
                "先选办什么，按数字" if wish.group is None else "预约要放身份证" if wish.card is None else "先选时段"
            )
            self._control.said.emit(missing)
            return
        self.go.busy("正在预约…")
        self._network.run(partial(self._desk.book, slot), done=self._booked, failed=self._failed)

    def _booked(self, made: Appointment) -> None:
        self.go.ready()
        self.done.show_appointment(made)
        self._show_done()

    def _show_done(self) -> None:
        self.stack.setCurrentIndex(1)
        self._show_bar()
        self.done.setFocus()

    def _show_bar(self) -> None:
        done, wish = self.stack.currentIndex() == 1, self._wish
        self.again.setVisible(done and self._ticket is not None and self._desk.prints)
        # The chips carry the keys of the classes.
        self.legend.show_keys("导办", [one for one in self.keys() if one.id != "guide_priority"])
        if done:
            self.go.setText("下一位")
            self.sum.setText("")
            return
        name = "按预约取号" if wish.booked is not None and not wish.booking else "取号"
        paper = "" if wish.booking or not (wish.paper and self._desk.prints) else "并打印"
        self.go.setText("预约" if wish.booking else f"{name}{paper}")
        group = wish.group.name if wish.group is not None else "还没选办什么"
        self.sum.setText(joined(group, f"{len(wish.matters)} 件事" if wish.matters else ""))

    # --- paper ------------------------------------------------------------------------------------------------
    def _print(self) -> None:
        ticket = self._ticket
        if ticket is None:
            return
        self.done.show_paper("正在打印小票…", "ink7")
        self._printer.run(
            self._desk.print,
            ticket,
            self._prints,
            done=lambda result: self._printed(ticket, result),
            failed=lambda failure: self._printed(ticket, PrintResult(PrintOutcome.UNKNOWN, failure.text)),
        )

    def _print_again(self) -> None:
        if self._ticket is not None and self._desk.prints:
            self._print()

    def _printed(self, ticket: GuideTicket, result: PrintResult) -> None:
        self._network.run(self._desk.keep, ticket, result.outcome, failed=lambda _failure: None)
        if self._ticket is not ticket:
            return
        self._prints += result.outcome is not PrintOutcome.REFUSED
        if result.outcome is PrintOutcome.PRINTED:
            self.done.show_paper("小票打好了", "ok")
        elif result.outcome is PrintOutcome.SENT:
            self.done.show_paper("小票已送打印机，请看一眼打全没有", "ink7")
        elif result.outcome is PrintOutcome.UNKNOWN:
            self.done.show_paper("小票可能没打完，请看一眼；号已取好", "warn")
        else:
            self.done.show_paper(f"小票没有打出来：{result.sentence}。号已取好，把号码告诉群众", "warn")

    def _failed(self, failure: Failure) -> None:
        self.go.ready()
        self._control.said.emit(failure.text)


class _Done(Surface):
    """The number or the code, large enough to be read across the desk."""

    def __init__(self) -> None:
        super().__init__("canvas")
        self.title = Text("", "title", "ink7", centre=True)
        self.number = Text("", "ticket", "pri", centre=True)
        self.line = Text("", "person", centre=True)
        self.more = Text("", "item", "ink7", centre=True)
        self.paper = Text("", "item", "ink7", centre=True)
        card = Surface("card")
        words = Column(self.title, self.number, self.line, self.more, self.paper, gap=SPACE.x8, margins=SPACE.x16)
        card.setLayout(words)
        self.setLayout(Column(Scroll(Column(card, None), (SPACE.x16, SPACE.page, SPACE.x16, SPACE.page))))

    def show_ticket(self, ticket: GuideTicket) -> None:
        """Where to go, or how long and where to wait."""
        paper = ticket.paper
        self.title.setText(joined(paper.holder, paper.subject, paper.priority))
        self.number.setText(paper.number)
        if paper.window:
            self.line.setText(f"请到 {paper.window} 号窗口，现在就过去")
        else:
            ahead = f"前面 {paper.ahead} 人，大约等 {paper.wait_minutes} 分" if paper.ahead else "前面没有人，很快就到"
            booked = f"预约 {clock_time(paper.appointment)}，" if paper.appointment else ""
            self.line.setText(f"{booked}{ahead}")
        self.more.setText(f"请在{paper.area}等，看屏幕、听叫号" if paper.area and not paper.window else "")
        self.show_paper("没有打小票，请群众记住号码", "ink7")

    def show_appointment(self, made: Appointment) -> None:
        """When, and the code that checks in."""
        at = made.starts_at
        self.title.setText(joined(made.person, made.group_name, "已经约好"))
        self.number.setText(f"{made.code[:4]} {made.code[4:]}")
        self.line.setText(f"{at.month}月{at.day}日 {clock_time(at)}–{clock_time(made.ends_at)}")
        self.more.setText("预约码请群众记下；到时放身份证或输这个码就取号，迟到太久按先后排队")
        self.show_paper("", "ink7")

    def show_paper(self, words: str, tone: str) -> None:
        """What became of the paper."""
        self.paper.setText(words)
        self.paper.set_tone(tone)
