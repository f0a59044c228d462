"""What a clerk does besides taking applications, each in its own room: advice, results, hand-over, work lists.

A room is built when it is first opened: a window that starts has none of them to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.persons import CheckedPerson, NaturalPerson
from clerk_app.domain.signatures import Signature
from clerk_app.ports.window import StoredPaper
from clerk_app.services.window.issue import Result
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.collect.room import CollectRoom
from clerk_app.ui.window.consult.room import ConsultRoom
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.guide.room import GuideRoom
from clerk_app.ui.window.guide.wish import Looked
from clerk_app.ui.window.handover.room import HandoverRoom
from clerk_app.ui.window.left_sheets import LeftSheets
from clerk_app.ui.window.rooms import Room, Rooms
from clerk_app.ui.window.worklist_room import WorkRoom
from clerk_app.ui.window.worklists import WorkLists


class Errands(QObject):
    """Opens the rooms; each key of theirs works from the free page and while a case is open.

    ``file_wanted`` carries a case id; ``offered`` the name and how many results wait for who laid a card down, an
    empty name when nobody does; ``signature_wanted`` and ``visitor_changed`` are the collection's.
    """

    file_wanted = Signal(str)
    offered = Signal(str, int)
    signature_wanted = Signal(str, str, object)
    visitor_changed = Signal(object)

    def __init__(self, control: DeskControl, lanes: Lanes, rooms: Rooms) -> None:
        super().__init__()
        self._control, self._lanes, self._rooms = control, lanes, rooms
        self.has_screen: Callable[[], bool] = lambda: False
        """Whether the citizen has a screen to sign on."""
        self._network, self._store = lanes.lane("network"), lanes.lane("store")
        self._waits: NaturalPerson | None = None
        self.lists = WorkLists(control.desk, lanes)
        self._looked: Looked | None = None
        control.card_taker = self._card
        control.listeners.append(self.lists.on_entries)
        control.session_changed.connect(self.refresh)
        # After the controller has asked the printer what became of the sheets.
        control.session_changed.connect(lambda: QTimer.singleShot(0, self._look_for_sheets))
        control.sync_changed.connect(self.lists.refresh_papers)
        control.ticket_changed.connect(self._forget)

    # --- the rooms --------------------------------------------------------------------------------------------
    @cached_property
    def consult(self) -> ConsultRoom:
        room = self._rooms.add(ConsultRoom(self._control, self._lanes))
        room.advised.connect(self._advised)
        return room

    @cached_property
    def guide(self) -> GuideRoom:
        return self._rooms.add(GuideRoom(self._control, self._lanes))

    @cached_property
    def collect(self) -> CollectRoom:
        room = self._rooms.add(CollectRoom(self._control, self._lanes))
        room.has_screen = lambda: self.has_screen()
        room.signature_wanted.connect(self.signature_wanted)
        room.visitor_changed.connect(self.visitor_changed)
        return room

    @cached_property
    def hand_over(self) -> HandoverRoom:
        room = self._rooms.add(HandoverRoom(self._control, self._lanes))
        room.handed_over.connect(self.lists.refresh_papers)
        return room

    @cached_property
    def work(self) -> WorkRoom:
        room = self._rooms.add(WorkRoom(self.lists))
        room.file_wanted.connect(self.file_wanted)
        room.papers_wanted.connect(self.open_hand_over)
        return room

    @cached_property
    def left(self) -> LeftSheets:
        return self._rooms.add(LeftSheets(self._control, self._lanes))

    def _printing(self) -> list[ConsultRoom | CollectRoom | HandoverRoom | LeftSheets]:
        """Those of the rooms that print, as far as they are built."""
        built = (vars(self).get(name) for name in ("consult", "collect", "hand_over", "left"))
        return [room for room in built if room is not None]

    @property
    def has_visitor(self) -> bool:
        """Whether somebody without a number is in the room that is shown."""
        return isinstance(self._rooms.current, ConsultRoom | CollectRoom)

    def signed(self, signature: Signature) -> None:
        """Somebody signed on the citizen's screen or the pad; told of every paper."""
        if isinstance(room := self._rooms.current, CollectRoom):
            room.signed(signature)

    def refresh(self) -> None:
        """Read the work lists again."""
        if self._control.session is not None and not self._control.session.offline:
            self.lists.refresh()
        self.lists.refresh_papers()

    def _look_for_sheets(self) -> None:
        """What was being printed for no case when the program ended is a question before anything is taken up."""

        def found(papers: tuple[StoredPaper, ...]) -> None:
            busy = any(one.sheets.busy for one in self._printing())
            if papers and not busy and self._control.session is not None and self._rooms.current is None:
                self._rooms.open(self.left)
                self.left.begin(papers)

        self._store.run(self._control.desk.printing.left_open_elsewhere, done=found)

    # --- opening ----------------------------------------------------------------------------------------------
    def open_consultation(self) -> None:
        """Alt+C."""
        if self._may_open(self.consult):
            self.consult.begin()
            self._rooms.open(self.consult)

    def open_guide(self) -> None:
        """Alt+Y: for the card that was laid down and with the advice that was given last."""
        if self._control.desk.guide is None or not self._may_open(self.guide):
            return
        card = self._control.kept_card()
        looked, self._looked = self._looked, None
        self._rooms.open(self.guide)
        self.guide.begin(card.person if card else None, looked)
        self.guide.start()

    def _advised(self, consultation_id: str, number: str, matter_code: str, matter_name: str) -> None:
        self._looked = Looked(consultation_id, number, matter_code, matter_name)

    def open_collection(self, reference: str = "") -> None:
        """Alt+L: for the card that was laid down, for a case's number, or with the search in front."""
        if not self._may_open(self.collect):
            return
        card = self._control.kept_card()
        person = card.person if card else self._waits
        self._forget()
        self._rooms.open(self.collect)
        self.collect.begin(person, reference)
        self.collect.start()

    def open_hand_over(self) -> None:
        """Alt+J."""
        if self._may_open(self.hand_over):
            self.hand_over.begin()
            self._rooms.open(self.hand_over)

    def open_work_lists(self) -> None:
        """Alt+B."""
        if self._may_open(self.work):
            self.work.begin()
            self._rooms.open(self.work)

    def _may_open(self, room: Room) -> bool:
        """Not without a login, and not over a sheet that is on its way or waits for an answer."""
        if self._control.session is None or self._rooms.current is room:
            return False
        if any(one.sheets.busy for one in self._printing()):
            self._control.said.emit("先把这张纸打完")
            return False
        return True

    # --- cards ------------------------------------------------------------------------------------------------
    def _card(self, card: CheckedPerson) -> bool:
        """A card goes to the open collection; elsewhere somebody asks whether results wait for its owner."""
        room = self._rooms.current
        if isinstance(room, GuideRoom):
            room.take(card.person)
            return True
        if isinstance(room, CollectRoom):
            self._control.begin_service()
            room.take(card.person)
            return True
        if self._control.work.intake is None or self._control.work.intake.matter is None:
            self._look(card.person)
        return False

    def _look(self, person: NaturalPerson) -> None:
        session = self._control.session
        if session is None or session.offline or not self._control.online:
            return

        def found(results: tuple[Result, ...]) -> None:
            ready = sum(one.can for one in results)
            self._waits = person if ready else None
            # The free page has a line for it.
            if ready and (self._rooms.current is not None or self._control.work.intake is not None):
                self._control.said.emit(f"{person.display_name}有 {ready} 件结果可以领走，按 Alt+L")
            self.offered.emit(person.display_name if ready else "", ready)

        # The offer is an extra: without an answer the card goes where it belongs all the same.
        self._network.run(
            self._control.desk.issues.results,
            person.id_number,
            session.actor,
            done=found,
            failed=lambda _failure: None,
            key="offer",
        )

    def _forget(self) -> None:
        if self._waits is not None:
            self._waits = None
            self.offered.emit("", 0)
