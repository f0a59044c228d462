"""The window's controller: who sits here, the ticket keys, the card, the rating, and the lights.

Everything slow runs on a lane; this object lives on the GUI thread and tells the views by signals without data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.errors import Unreachable
from clerk_app.domain.intake import TicketRef
from clerk_app.domain.persons import CheckedPerson
from clerk_app.domain.queue import TicketState
from clerk_app.domain.rating import RatingStage
from clerk_app.ports.devices import DeviceHealth
from clerk_app.ports.hall import ConnectionChange, ConnectionState, FeedEntry, SessionEnded, Ticket, WindowView
from clerk_app.ports.window import CaseRow
from clerk_app.services.window.cases import Concluded, Left
from clerk_app.services.window.outbox import OutboxLine, SyncStatus
from clerk_app.services.window.overview import Overview
from clerk_app.services.window.session import WindowSession
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.asking import RatingAsk, RatingState
from clerk_app.ui.window.casework import CaseWork
from clerk_app.ui.window.deeming import Deeming
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.endings import Endings
from clerk_app.ui.window.filework import FileWork, cases_moved
from clerk_app.ui.window.reading import CardReading

DEVICE_LOOK_MS = 1_000
PROBE_MS = 5_000
CARD_KEPT = "身份证已读。叫到的就是这位会自动填上，没有取号按 F5"
SERVER_IS_BACK = "服务器恢复了，请再登录一次，登录后才能叫号"


class DeskControl(QObject):
    """Signals tell that something changed; the views read the properties."""

    session_changed = Signal()
    session_ended = Signal(str)  # why the clerk has to log in again
    login_refused = Signal(str)
    view_changed = Signal()
    ticket_changed = Signal()
    overview_changed = Signal()
    connection_changed = Signal()
    sync_changed = Signal()
    uploads_changed = Signal()
    devices_changed = Signal()
    rating_changed = Signal()
    found = Signal(str, object)  # what was looked for, tuple[CaseRow, ...]
    said = Signal(str)
    calling = Signal()
    call_answered = Signal()
    nobody_waits = Signal()
    undo_offered = Signal(str)

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__()
        self.desk, self._lanes = desk, lanes
        self.work = CaseWork(desk, lanes)
        self.files = FileWork(desk, lanes)
        self.session: WindowSession | None = None
        self.view: WindowView | None = None
        self.ticket: Ticket | None = None
        self.overview: Overview | None = None
        self.connection: ConnectionChange | None = None
        self.sync: SyncStatus | None = None
        self.uploads: tuple[OutboxLine, ...] = ()
        self.catalogue_version = 0
        self.catalogue_at: datetime | None = None
        self.devices: dict[str, DeviceHealth] = {}
        self._missed: Ticket | None = None
        self.listeners: list[Callable[[tuple[FeedEntry, ...]], object]] = []
        """Who else wants the news of the feed, told from its thread."""
        self.card_taker: Callable[[CheckedPerson], bool] | None = None
        """Another page that is open may take a card; True when it did."""
        self._network = lanes.lane("network")
        self._cards = CardReading(desk.reader, lanes.lane("reader"), desk.clock)
        self._asking = RatingAsk(desk.rating, lanes.lane("evaluator"), has_keypad=desk.has_evaluator)
        self._endings = Endings(desk.queue, self._network, self.refresh_view, self.said.emit, self._failed)
        self._looked_for_sheets = False
        self._deeming = Deeming(desk.deemed, lanes.lane("store"))
        self._deeming.found.connect(self.said)
        self._deeming.found.connect(self.refresh_overview)
        self._deeming.failed.connect(self._failed)
        self._cards.read.connect(self._take_card)
        self._cards.trouble.connect(self._card_trouble)
        self._asking.changed.connect(self.rating_changed)
        self.work.said.connect(self.said)
        self.files.session_over.connect(self._failed)
        self.files.done.connect(self.refresh_overview)
        self.work.papers_changed.connect(self._after_papers)
        self.work.closed.connect(self.refresh_overview)
        self.work.closed.connect(self._log_in_again)
        self._lights = QTimer(self)
        self._lights.setInterval(DEVICE_LOOK_MS)
        self._lights.timeout.connect(self._look_at_devices)
        self._probes = QTimer(self)
        self._probes.setInterval(PROBE_MS)
        self._probes.timeout.connect(self._probe_devices)

    # --- start and end ----------------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin to look at devices and to wait for cards."""
        self._look_at_devices()
        self._lights.start()
        self._probe_devices()
        self._probes.start()
        self._cards.start()
        self._lanes.lane("store").run(self.desk.catalogue.load, failed=self._failed)

    def stop(self) -> None:
        """Stop the producers; the lanes are drained by whoever owns them."""
        self._cards.stop()
        self._asking.end()
        self._deeming.stop()
        self._lights.stop()
        self._probes.stop()

    # --- session ----------------------------------------------------------------------------------------------
    def login(self, name: str, password: str) -> None:
        """Log the clerk in; ``login_refused`` carries the sentence if not."""
        self._network.run(
            self.desk.session.login,
            name,
            password,
            done=self._logged_in,
            failed=lambda failure: self.login_refused.emit(failure.text),
        )

    def _logged_in(self, session: WindowSession) -> None:
        before = self.work.user_id
        self.session = session
        self.work.act_as(session)
        self.files.act_as(session)
        self.session_changed.emit()
        if session.sentence:
            self.said.emit(session.sentence)
        self._deeming.act_as(session.actor)
        intake = self.work.intake
        if intake is not None and self.work.concluded is None and before != session.actor.user_id:
            # Somebody else goes on with the case: in their own name, from what is stored.
            self.work.resume(intake.case_id)
        self.refresh_overview()
        self._looked_for_sheets = False

        def not_recovered(failure: Failure) -> None:
            self._failed(failure)
            self._look_round()

        # What was being printed when the program ended is a question before anything is taken up.
        self._lanes.lane("store").run(
            self.desk.printing.recover, done=lambda _: self._look_round(), failed=not_recovered
        )

    def _look_round(self) -> None:
        def without_server(failure: Failure) -> None:
            self._quiet(failure)
            self._look_for_sheets()

        self._network.run(self.desk.queue.view, done=self._show_view, failed=without_server)

    @property
    def _free(self) -> bool:
        return self.session is not None and self.ticket is None and self.work.intake is None

    def _take_up(self, active: Ticket | None) -> None:
        """What the server holds at this window while nobody is served here: after a start or a lost answer."""
        if active is None:
            if self._free and not self._looked_for_sheets:
                self._look_for_sheets()
        elif active.ticket_id in self._endings:
            self._endings.repeat()
        elif self._free:
            self._serve(active)
        elif self.ticket is None and self._is_of(active):
            self.ticket = active
            self.ticket_changed.emit()

    def _is_of(self, ticket: Ticket) -> bool:
        intake = self.work.intake
        return intake is not None and intake.ticket is not None and intake.ticket.ticket_id == ticket.ticket_id

    def _look_for_sheets(self) -> None:
        """A visit without a ticket can have been cut off as well: its papers come first."""
        self._looked_for_sheets = True

        def read() -> Concluded | None:
            case_id = self.desk.printing.left_open()
            return self.desk.cases.case(case_id) if case_id else None

        def found(concluded: Concluded | None) -> None:
            if concluded is None:
                self.files.take_up()
            elif self._free:
                self._asking.begin()
                self.work.reopen(concluded)

        self._lanes.lane("store").run(read, done=found, failed=self._failed)

    def _serve(self, ticket: Ticket) -> None:
        """The ticket is at this window: go on where its visit was left, or begin."""
        self.ticket = ticket
        card = self._cards.take(ticket)
        self._asking.begin()
        self.ticket_changed.emit()

        def found(left: Left) -> None:
            if self.ticket is None or self.ticket.ticket_id != ticket.ticket_id or self.work.intake is not None:
                return
            if left.draft is not None:
                self.work.resume(left.draft, card)
            elif left.concluded is not None:
                self.work.reopen(left.concluded)
            else:
                self.work.open(_ref(ticket), card)

        self._lanes.lane("store").run(self.desk.cases.left_at, ticket.ticket_id, done=found, failed=self._failed)

    # --- queue ------------------------------------------------------------------------------------------------
    def call_next(self) -> None:
        """F2: the server gives the next ticket to this window."""
        if self.session is None or self.work.intake is not None:
            return
        self.calling.emit()
        self._endings.repeat()
        self._network.run(self.desk.queue.call_next, done=self._called, failed=self._not_called, key="call")

    def _not_called(self, failure: Failure) -> None:
        self.call_answered.emit()
        self._failed(failure)

    def _called(self, ticket: Ticket | None) -> None:
        self.call_answered.emit()
        self.refresh_view()
        if ticket is None:
            self.nobody_waits.emit()
            return
        self._serve(ticket)

    def walk_in(self) -> None:
        """F5 on the free page: a case without a ticket (taken up without the queue, e.g. by hand)."""
        if self.session is not None and self.work.intake is None:
            self.ticket = None
            self._asking.begin()
            self.ticket_changed.emit()
            self.work.open(None, self._cards.take())

    def resume(self, case_id: str) -> None:
        """Continue a draft."""
        if self.session is not None and self.work.intake is None:
            self.work.resume(case_id)

    def recall(self) -> None:
        """F3."""
        if self.ticket is not None:
            self._network.run(
                self.desk.queue.recall, self.ticket.ticket_id, done=self._ticket_moved, failed=self._failed
            )

    def miss(self) -> None:
        """F4: nobody came; the draft is put away and the window is free. Ctrl+Z takes it back."""
        if self.ticket is None:
            return
        ticket = self.ticket

        def missed(_: Ticket) -> None:
            self._missed, self.ticket = ticket, None
            self.work.abandon("过号")
            self.ticket_changed.emit()
            self.refresh_view()
            self.undo_offered.emit(f"已过号 {ticket.number}")

        self._network.run(self.desk.queue.miss, ticket.ticket_id, done=missed, failed=self._failed)

    def undo(self) -> None:
        """Ctrl+Z: the last change of the case, or the no-show."""
        if self.work.intake is not None:
            if not self.work.undo():
                self.said.emit("没有可以撤销的了")
            return
        if self._missed is not None:
            ticket, self._missed = self._missed, None

            def back(returned: Ticket) -> None:
                self._called(returned)

            self._network.run(self.desk.queue.undo_miss, ticket.ticket_id, done=back, failed=self._failed)

    def came_back(self, ticket_id: str) -> None:
        """A missed citizen is here after all: the ticket is called again at this window."""
        if self.work.intake is not None:
            self.said.emit("先办结这一位，再请过号的人回来")
            return
        self._network.run(self.desk.queue.undo_miss, ticket_id, done=self._called, failed=self._failed)

    def begin_service(self) -> None:
        """The citizen sat down: the first thing done in the case."""
        if self.ticket is not None and self.ticket.state is TicketState.CALLED:
            self._network.run(
                self.desk.queue.start, self.ticket.ticket_id, done=self._ticket_moved, failed=self._failed, key="start"
            )

    def _ticket_moved(self, ticket: Ticket) -> None:
        if self.ticket is not None and self.ticket.ticket_id == ticket.ticket_id:
            self.ticket = ticket
            self.ticket_changed.emit()

    def finish(self, *, then_call: bool) -> None:
        """F9 on the last page, or F12: the visit is over, and with ``then_call`` the next one is called."""
        if reason := self.work.undecided:
            self.said.emit(reason)
            return
        self._end_visit(self.work.outcome.value if self.work.outcome else "left", then_call)

    def finish_without_case(self, outcome: str, *, then_call: bool) -> None:
        """The visit is over without an application (``consulted``, ``issued``). Where a matter was chosen already, the
        clerk goes on with that case."""
        intake = self.work.intake
        if intake is not None and intake.matter is not None:
            return
        if intake is not None:
            self.work.abandon("没有申请")
        self._end_visit(outcome, then_call)

    def _end_visit(self, outcome: str, then_call: bool) -> None:
        ticket = self.ticket
        self._asking.end()
        self.ticket = None
        self._cards.forget()
        if self.work.intake is not None:
            self.work.close()
        self.ticket_changed.emit()
        if self.session is not None:
            self._lanes.lane("store").run(
                self.desk.visits.end,
                ticket.ticket_id if ticket else None,
                self.session.actor,
                declared=ticket.reason if ticket else None,
                began_at=ticket.called_at if ticket else None,
                failed=self._failed,
            )
        then = self.call_next if then_call else None
        if ticket is not None:
            self._endings.end(ticket.ticket_id, outcome, then)
        elif then is not None:
            then()
        else:
            self.refresh_view()

    def refresh_view(self) -> None:
        """Read this window's view of the queue again."""
        if self.session is not None and not self.session.offline:
            self._network.run(self.desk.queue.view, done=self._show_view, failed=self._quiet, key="view")

    def _show_view(self, view: WindowView) -> None:
        self.view = view
        active = view.active
        if active is not None and self.ticket is not None and active.ticket_id == self.ticket.ticket_id:
            self.ticket = active
        self.view_changed.emit()
        self._take_up(view.active)

    def refresh_overview(self) -> None:
        """Read the figures of the free page again."""
        if self.session is None:
            return
        self._lanes.lane("papers").run(
            self.desk.overview.overview,
            self.session.actor,
            done=self._show_overview,
            failed=self._failed,
            key="overview",
        )

    def _show_overview(self, overview: Overview) -> None:
        self.overview = overview
        self.overview_changed.emit()

    # --- what comes from other threads ------------------------------------------------------------------------
    def on_entries(self, entries: tuple[FeedEntry, ...]) -> None:
        """News of the queue, from the feed's thread; many at once are one look."""
        if any(entry.kind.startswith("ticket.") for entry in entries):
            self._lanes.post(self.refresh_view, key="view")
        if moved := cases_moved(entries):
            self._lanes.post(self.files.follow, moved)
        for tell in self.listeners:
            tell(entries)

    def on_reset(self) -> None:
        """The feed starts anew: everything is read again. From the feed's thread."""
        self._lanes.post(self.refresh_view, key="view")
        self._lanes.post(self.files.refresh_all, key="files")

    def on_connection(self, change: ConnectionChange) -> None:
        """The server came or went, from the feed's thread."""
        self._lanes.post(self._show_connection, change, key="connection")

    def _show_connection(self, change: ConnectionChange) -> None:
        self.connection = change
        self.connection_changed.emit()
        if change.state is ConnectionState.ONLINE:
            self.refresh_view()
            self.files.refresh_all()
            self._log_in_again()

    def on_sync(self, status: SyncStatus) -> None:
        """The outbox ran, from its own thread."""
        self._lanes.post(self._show_sync, status, key="sync")

    def _show_sync(self, status: SyncStatus) -> None:
        self.sync = status
        self.sync_changed.emit()
        self.files.print_settled()
        self._lanes.lane("papers").run(self._read_uploads, done=self._show_uploads, failed=self._failed, key="uploads")
        self.refresh_overview()

    def _read_uploads(self) -> tuple[tuple[OutboxLine, ...], int, datetime | None]:
        store_version, published_at = self.desk.catalogue_state()
        return self.desk.outbox.waiting(), store_version, published_at

    def _show_uploads(self, read: tuple[tuple[OutboxLine, ...], int, datetime | None]) -> None:
        self.uploads, self.catalogue_version, self.catalogue_at = read
        self.uploads_changed.emit()

    @property
    def online(self) -> bool:
        """Whether the server answered last."""
        return self.connection is None or self.connection.state is not ConnectionState.OFFLINE

    @property
    def stale_since(self) -> datetime | None:
        """Since when the queue's figures are old; None while the server answers."""
        return None if self.online or self.connection is None else self.connection.since

    # --- card and rating --------------------------------------------------------------------------------------
    def _take_card(self, card: CheckedPerson) -> None:
        if self.card_taker is not None and self.session is not None and self.card_taker(card):
            return
        if self.work.intake is None:
            self._cards.keep(card)
            if self.session is not None:
                self.said.emit(CARD_KEPT)
        else:
            self.begin_service()
            self.work.show_card(card)

    def kept_card(self) -> CheckedPerson | None:
        """The card that was laid down while nobody was served; it waits no longer."""
        return self._cards.take()

    def _card_trouble(self, sentence: str) -> None:
        if self.session is not None and (self.work.intake is not None or self.ticket is not None):
            self.said.emit(sentence)

    @property
    def asking(self) -> RatingAsk:
        """How the citizen is asked for a rating."""
        return self._asking

    @property
    def rating(self) -> RatingState:
        """Whether this visit was rated."""
        return self._asking.state

    @property
    def rating_trouble(self) -> str:
        """What ails the keypad; empty when nothing does."""
        return self._asking.trouble

    def _after_papers(self) -> None:
        if self.rating is RatingState.NONE:
            self.ask_rating()

    def ask_rating(self) -> None:
        """Ask the citizen at the keypad; the case goes on meanwhile."""
        if self.session is not None and self.work.concluded is not None:
            ticket_id = self.ticket.ticket_id if self.ticket else None
            self._asking.ask(self.session.actor, ticket_id, self.work.concluded.case_id)

    def ask_issue_rating(self, case_id: str) -> None:
        """The second rating, when the result is handed out."""
        if self.session is not None:
            ticket_id = self.ticket.ticket_id if self.ticket else None
            self._asking.ask(self.session.actor, ticket_id, case_id, RatingStage.ISSUE)

    # --- devices, search --------------------------------------------------------------------------------------
    def _look_at_devices(self) -> None:
        now = {line.key: line.health() for line in self.desk.devices}
        if now != self.devices:
            self.devices = now
            self.devices_changed.emit()

    def _probe_devices(self) -> None:
        """Ask those devices that nobody talks to at the moment; the reader is asked by waiting for a card."""
        for line in self.desk.devices:
            if line.probe is not None and line.lane != "reader":
                self._lanes.lane(line.lane).run(line.probe, key=("probe", line.key))

    def find(self, text: str) -> None:
        """Look for a concluded case of this window by number, ticket or name."""

        def show(rows: tuple[CaseRow, ...]) -> None:
            self.found.emit(text, rows)

        self._lanes.lane("papers").run(self.desk.cases.find, text, done=show, failed=self._failed, key="find")

    def reprint(self, paper_id: str, reason: str) -> None:
        """补打: a further sheet with the same number."""
        if self.session is not None:
            self._lanes.lane("printer").run(
                self.desk.printing.reprint,
                paper_id,
                reason,
                self.session.actor,
                done=lambda _: self.work.print_all(),
                failed=self._failed,
            )

    def retry_upload(self, entry_id: str) -> None:
        """Let a refused record wait again."""
        if self.session is not None:
            self._lanes.lane("papers").run(self.desk.outbox.retry, entry_id, self.session.actor, failed=self._failed)

    def _failed(self, failure: Failure) -> None:
        if isinstance(failure.error, SessionEnded):
            self._end_session(failure.text)
        else:
            self.said.emit(failure.text)

    def _quiet(self, failure: Failure) -> None:
        if not isinstance(failure.error, Unreachable):
            self._failed(failure)

    def _end_session(self, sentence: str) -> None:
        """The login is over; the case, its page and what is typed there stay as they are."""
        if self.session is not None:
            self.session = None
            self.session_ended.emit(sentence)

    def _log_in_again(self) -> None:
        """A login without the server is enough for the case at hand, not for the queue."""
        if self.session is not None and self.session.offline and self.online and self.work.intake is None:
            self._end_session(SERVER_IS_BACK)


def _ref(ticket: Ticket) -> TicketRef:
    return TicketRef(ticket.ticket_id, ticket.number, ticket.group_name, ticket.taken_at, ticket.called_at)
