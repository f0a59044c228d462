"""The window's controller: who sits here, the card, the rating, and the lights.

Everything slow runs on a lane; this object lives on the GUI thread and tells the views by signals without data. What it
hears from other threads is in ``hallnews``, the window's own state in ``standing``, the queue's keys in ``visiting``
and ``pausing``.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from clerk_app.domain.persons import CheckedPerson
from clerk_app.domain.rating import RatingStage
from clerk_app.ports.devices import DeviceHealth
from clerk_app.ports.window import CaseRow
from clerk_app.services.window.session import WindowSession
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.asking import RatingAsk, RatingState
from clerk_app.ui.window.deeming import Deeming
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.devicewatch import DeviceWatch
from clerk_app.ui.window.pausing import Pausing

CARD_KEPT = "身份证已读。叫到的就是这位会自动填上，没有取号按 F5"


class DeskControl(Pausing):
    """Signals tell that something changed; the views read the properties."""

    session_changed = Signal()
    login_refused = Signal(str)
    devices_changed = Signal()
    rating_changed = Signal()
    found = Signal(str, object)  # what was looked for, tuple[CaseRow, ...]

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__(desk, lanes)
        self.card_taker: Callable[[CheckedPerson], bool] | None = None
        """Another page that is open may take a card; True when it did."""
        self._deeming = Deeming(desk.deemed, lanes.lane("store"))
        self._deeming.found.connect(self.said)
        self._deeming.found.connect(self.refresh_overview)
        self._deeming.failed.connect(self._failed)
        self._cards.read.connect(self.take_card)
        self._cards.trouble.connect(self._card_trouble)
        self._asking.changed.connect(self.rating_changed)
        self.work.papers_changed.connect(self._after_papers)
        self._watch = DeviceWatch(desk.devices, lanes)
        self._watch.changed.connect(self.devices_changed)

    # --- start and end ----------------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin to look at devices and to wait for cards."""
        self._watch.start()
        self._cards.start()
        self._lanes.lane("store").run(self.desk.catalogue.load, failed=self._failed)

    def stop(self) -> None:
        """Stop the producers; the lanes are drained by whoever owns them."""
        self._cards.stop()
        self._asking.end()
        self._deeming.stop()
        self._watch.stop()

    @property
    def devices(self) -> dict[str, DeviceHealth]:
        """Every device by its key, as it was seen last."""
        return self._watch.seen

    def on_plugged(self) -> None:
        """From the watch's thread: something was plugged in or pulled."""
        self._lanes.post(self._watch.ask_now, key="plugged")

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
        self.emergency.refresh()
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

    # --- card and rating --------------------------------------------------------------------------------------
    def take_card(self, card: CheckedPerson) -> None:
        """Somebody is known: from a card, or from a code that stands for one."""
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

    # --- search, uploads --------------------------------------------------------------------------------------
    def find(self, text: str) -> None:
        """Look for a concluded case of this window by number, ticket or name."""

        def show(rows: tuple[CaseRow, ...]) -> None:
            self.found.emit(text, rows)

        self._lanes.lane("papers").run(self.desk.cases.find, text, done=show, failed=self._failed, key="find")

    def retry_upload(self, entry_id: str) -> None:
        """Let a refused record wait again, and try at once."""
        self._retry(self.desk.outbox.retry, entry_id)

    def retry_all_uploads(self) -> None:
        """The same for everything that was refused."""
        self._retry(self.desk.outbox.retry_all)

    def _retry(self, act: Callable[..., object], *what: str) -> None:
        if self.session is not None:
            actor, wake = self.session.actor, self.desk.wake_sync
            self._lanes.lane("papers").run(act, *what, actor, done=lambda _: wake(), failed=self._failed)

    def upload_now(self) -> None:
        """Do not wait for the next try."""
        self.desk.wake_sync()

    def export_uploads(self, done: Callable[[str], object]) -> None:
        """Write the record of sync for support; ``done`` gets where it lies, or why not."""
        report = self.desk.sync_report
        if report is not None:
            self._lanes.lane("papers").run(
                report.write,
                done=lambda place: done(f"已存成 {place}，不含个人信息，可以发给技术支持"),
                failed=lambda failure: done(failure.text),
            )
