"""Advice without a case: matter, situation, and at once the list or where else to go."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.domain.actor import Actor
from clerk_app.domain.catalogue import Matter
from clerk_app.domain.intake import Intake
from clerk_app.ports.hall_cases import GuidancePage
from clerk_app.services.window.consultation import NO_ADDRESS, Given
from clerk_app.services.window.printing import Answer, Question
from clerk_app.ui.keys import Page
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.labels import ElidedLabel, KeyHint, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.qr import Modules
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.case.matter_page import MatterPage
from clerk_app.ui.window.consult.list_page import ListPage, Medium
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.rooms import Room
from clerk_app.ui.window.sheets import AskPlace, Sheets


class ConsultRoom(Room):
    """Nobody is named and nothing is kept but the record of the advice. Esc goes back a step, then leaves."""

    page = Page.MATTER
    advised = Signal(str, str, str, str)
    """A list was given: the consultation's id and number, the matter's code and name; a number taken now carries it."""

    def __init__(self, control: DeskControl, lanes: Lanes) -> None:
        super().__init__()
        self._control, self._lanes = control, lanes
        self._store = lanes.lane("store")
        self._count = 0
        self._intake: Intake | None = None
        self._then_call = False
        self._over = False
        self.matter = MatterPage()
        self.list = ListPage()
        self._ask_place = AskPlace()
        self.stack = QStackedWidget()
        self.title = ElidedLabel("", "title")
        head = Surface("paper", edges="bottom")
        words = Column(self.title, Text("不建办件，不登记姓名", "note", "ink7"))
        head.setLayout(Row(words, KeyHint(("Esc",), "回去"), gap=SPACE.x16, margins=(SPACE.x8, SPACE.page)))
        asking = QWidget()
        column = Column(head, self.matter)
        column.setStretch(1, 1)
        asking.setLayout(column)
        self._asking = asking
        self.stack.addWidget(asking)
        self.stack.addWidget(self.list)
        self.setLayout(Column(self._ask_place, self.stack))
        self.sheets = Sheets(control.desk.printing, lanes.lane("printer"))
        self._connect()

    def _connect(self) -> None:
        self.matter.search_wanted.connect(self._search)
        self.matter.picked.connect(self._load)
        self.matter.changed.connect(self._answered)
        self.matter.finished.connect(self._show_list)
        self.list.give.connect(self._give)
        self.list.other_wanted.connect(self._load)
        self.list.agency_changed.connect(self._agency)
        self.list.refused.connect(self._control.said)
        self.sheets.done.connect(self._finish)
        self.sheets.asked.connect(self._ask)
        self.sheets.refused.connect(self._not_printed)

    @property
    def _actor(self) -> Actor:
        assert self._control.session is not None
        return self._control.session.actor

    # --- beginning --------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """A new consultation, with the search in front."""
        self._count += 1
        self._over = False
        self._intake = Intake(f"consultation-{self._count}", self._control.desk.clock.now())
        self._ask_place.clear()
        self.list.show_busy(False)
        self.list.lock_phone("" if self._control.desk.hall().query_url else NO_ADDRESS)
        self.stack.setCurrentWidget(self._asking)
        self.page = Page.MATTER
        self.title.setText("咨询")
        self.matter.show_intake(self._intake)

    def start(self) -> None:
        if self.ask is not None:
            self.ask.setFocus()
        else:
            page = self.stack.currentWidget()
            (self.list if page is self.list else self.matter).start()

    def escape(self) -> bool:
        if self.ask is not None:
            return True
        if self.sheets.busy:
            # What did not come out can be printed later; the citizen does not wait for a printer.
            self.sheets.postpone()
            return True
        if self._over:
            # The advice is given; another sheet of it can be printed from the list.
            self._over = False
            self._show_list()
            return True
        if self.stack.currentWidget() is self.list:
            self._show_questions()
            return True
        return self.matter.escape()

    def seek(self) -> bool:
        if self.sheets.busy or self._over:
            return False
        self.stack.setCurrentWidget(self._asking)
        self.page = Page.MATTER
        self.matter.search()
        return True

    # --- the matter -------------------------------------------------------------------------------------------
    def _search(self, query: str) -> None:
        self._lanes.lane("search").run(
            self._control.desk.catalogue.search,
            query,
            done=lambda hits: self.matter.show_hits(query, hits),
            key="consult",
            owner=self.matter,
        )

    def _load(self, code: str) -> None:
        self._store.run(self._control.desk.catalogue.matter, code, done=self._take, failed=self._failed)

    def _take(self, matter: Matter) -> None:
        assert self._intake is not None
        self._control.begin_service()
        self._count += 1
        fresh = Intake(f"consultation-{self._count}", self._intake.opened_at)
        self._intake = fresh.with_matter(matter, self._control.desk.clock.now())
        self.title.setText(f"咨询 · {matter.name}")
        self.matter.show_intake(self._intake)
        self.list.show_intake(self._intake, fresh=True)
        if all(situation.is_agency for situation in matter.situations) or self._intake.ending:
            self._show_list()
        else:
            self._show_questions()

    def _show_questions(self) -> None:
        """The search while no matter is chosen; a matter without questions leads back to it."""
        assert self._intake is not None
        matter = self._intake.matter
        if matter is None or all(situation.is_agency for situation in matter.situations):
            self.seek()
            return
        self.stack.setCurrentWidget(self._asking)
        self.page = Page.SITUATION
        self.matter.show_intake(self._intake)
        self.matter.start()

    def _answered(self, intake: Intake) -> None:
        self._intake = intake
        self.matter.show_intake(intake)
        self.list.show_intake(intake, fresh=False)
        if intake.ending is not None:
            # Where else to go is said before any material is asked for.
            QTimer.singleShot(0, self._show_list)

    def _agency(self, by_agent: bool) -> None:
        assert self._intake is not None
        assert self._intake.matter is not None
        for situation in self._intake.matter.situations:
            if situation.is_agency:
                wanted = tuple(o.id for o in situation.options if (o.id == "self") is not by_agent)[:1]
                self._intake = self._intake.answer(situation.id, wanted)
        self.matter.show_intake(self._intake)
        self.list.show_intake(self._intake, fresh=False)
        self._describe(self._intake)

    def _show_list(self) -> None:
        if self._intake is None or self._intake.matter is None:
            return
        self.list.show_intake(self._intake, fresh=False)
        self.stack.setCurrentWidget(self.list)
        self.page = Page.CONSULT
        self.list.start()
        self._describe(self._intake)

    def _describe(self, intake: Intake) -> None:
        """What the paper says beside the materials, in its own words."""
        assert intake.matter is not None

        def show(page: GuidancePage) -> None:
            if self._intake is intake:
                self.list.show_guidance(page)

        self._store.run(
            self._control.desk.consultations.list_for,
            intake.matter,
            intake.answers,
            self._actor,
            done=show,
            failed=self._failed,
            key="guidance",
        )

    # --- giving -----------------------------------------------------------------------------------------------
    def _give(self, medium: Medium, then_call: bool) -> None:
        assert self._intake is not None
        assert self._intake.matter is not None
        self._then_call = then_call
        if self._over:
            self._finish()
            return
        if self.sheets.busy:
            self.sheets.again()
            return
        self.list.show_busy(True)
        ticket = self._control.ticket
        self._store.run(
            self._control.desk.consultations.give,
            self._intake.matter,
            self._intake.answers,
            self._actor,
            paper=None if medium is Medium.PHONE else medium.value,
            ticket_id=ticket.ticket_id if ticket else None,
            phone=medium is Medium.PHONE,
            present=self.list.list.brought if self.list.list.checked else None,
            done=self._given,
            failed=self._failed,
        )

    def _given(self, given: Given) -> None:
        desk = self._control.desk
        matter = self._intake.matter if self._intake is not None else None
        if matter is not None:
            self.advised.emit(given.consultation_id, given.number, matter.code, matter.name)
        if given.url:

            def publish() -> tuple[str, Modules]:
                return desk.consultations.publish(given.consultation_id), desk.qr(given.url)

            def published(done: tuple[str, Modules]) -> None:
                trouble, code = done
                if trouble:
                    self._control.said.emit(f"{trouble}。清单传上去以后，手机才打得开")
                self._show_code(given.url, code)

            self._lanes.lane("network").run(publish, done=published, failed=self._failed)
        else:
            self.sheets.print(given.papers, self._actor)

    def _show_code(self, url: str, modules: Modules) -> None:
        self._over = True
        self.list.show_busy(False)
        self.list.show_url(url, modules)
        self.list.start()

    @property
    def ask(self) -> AskCard | None:
        """The question about a half sheet that is open."""
        return self._ask_place.card

    def _ask(self, question: Question) -> None:
        def answered(answer: Answer) -> None:
            self.sheets.answer(question, answer)
            self.list.start()

        self._ask_place.ask(question, answered)

    def _not_printed(self, sentence: str) -> None:
        self.list.show_busy(False)
        self._control.said.emit(f"{sentence}。按 F9 再打，按 Esc 先不打")

    def _finish(self) -> None:
        """The advice is given: back to the free page, and with a ticket its visit is over."""
        self.list.show_busy(False)
        self._over = False
        self.left.emit()
        self._control.finish_without_case("consulted", then_call=self._then_call)

    def _failed(self, failure: Failure) -> None:
        self.list.show_busy(False)
        self._control.said.emit(failure.text)
