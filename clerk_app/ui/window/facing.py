"""Between the clerk's case and the citizen's screen: what is shown there, and what comes back from it.

The clerk's path never waits for it. The screen shows a case only while its visit goes on at this window, so that
nobody reads what belongs to somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.errors import Rejected
from clerk_app.domain.intake import Intake
from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.queue import TicketState
from clerk_app.domain.signatures import Signature, Strokes
from clerk_app.ports.window import Step
from clerk_app.services.window.confirming import Word
from clerk_app.services.window.signing import ToSign
from clerk_app.ui.citizen.case_page import Answer
from clerk_app.ui.citizen.end_page import DONE
from clerk_app.ui.citizen.placing import CitizenPlace
from clerk_app.ui.citizen.screen import CitizenScreen
from clerk_app.ui.citizen.views import Document, Identity, Place, Standing, document_of, guide_of, identity_of
from clerk_app.ui.kit.paint import State
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.asking import RatingState
from clerk_app.ui.window.citizen_panel import ASKED, NO_SCREEN, CitizenPanel
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.pad_signing import PadSigning
from clerk_app.ui.window.wording import arrived

HELD = "申请人在屏上说信息有误。改好后会请他再看；当面核对没有错，按 Alt+V"
DENIED = "申请人在屏上按了“有误”，请问清哪里不对"
_TICKING = frozenset({Step.MATERIALS, Step.OUTCOME, Step.PAPERS})
_WORDS = {Answer.CONFIRMED: Word.CONFIRMED, Answer.DENIED: Word.DENIED, Answer.OVERRULED: Word.OVERRULED}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One asking for a signature; ``number`` tells it from the ones before."""

    number: int
    wanted: ToSign
    signer: str
    ticket_id: str


class Facing(QObject):
    """``signed`` carries the stored ``Signature``, whoever asked for it."""

    signed = Signal(object)  # Signature

    def __init__(self, control: DeskControl, lanes: Lanes, panel: CitizenPanel, place: CitizenPlace | None) -> None:
        super().__init__()
        self._control, self._work = control, control.work
        self._store = lanes.lane("store")
        self._panel, self.place = panel, place
        self._case_id = ""
        self._hidden_case = ""
        self._identity: Identity = ()
        self._answer = Answer.NONE
        self._asked: _Asked | None = None
        self._askings = 0
        self._wish = False
        self._rating = False
        self._document: tuple[str, Document | None] = ("", None)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._show)
        work = self._work
        work.held = self.held
        work.changed.connect(self._changed)
        for news in (work.step_changed, control.session_changed):
            news.connect(self._later)
        control.ticket_changed.connect(self._ticket)
        control.session_ended.connect(self._session_ended)
        work.closed.connect(self._closed)
        work.card_shown.connect(self._card)
        work.papers_changed.connect(self._papers)
        control.asking.on_screen.connect(self._ask_rating)
        control.asking.has_screen = lambda: self.present
        control.rating_changed.connect(self._later)
        pad = control.desk.pad
        self._pad = PadSigning(pad, lanes.lane("pad")) if pad is not None else None
        if self._pad is not None:
            self._pad.written.connect(self._written)
            self._pad.not_written.connect(self._pad_left)
        if place is not None:
            screen = place.screen
            screen.confirmed.connect(lambda: self._say(Answer.CONFIRMED))
            screen.denied.connect(lambda: self._say(Answer.DENIED))
            screen.signed.connect(self._written)
            screen.on_paper.connect(self._on_paper)
            screen.rated.connect(control.asking.take)
            place.changed.connect(self._screen_changed)
            place.open()
        self._show()

    @property
    def present(self) -> bool:
        """Whether a citizen sees a screen now."""
        return self.place is not None and self.place.present

    @property
    def can_sign(self) -> bool:
        """Whether there is a place to sign: the citizen's screen, else a pad."""
        return self.present or self._pad is not None

    @property
    def screen(self) -> CitizenScreen | None:
        """What the citizen looks at; None when the setting is ``off``."""
        return self.place.screen if self.place is not None else None

    @property
    def answer(self) -> Answer:
        """What was said about the data as they are now."""
        return self._answer

    @property
    def asked(self) -> bool:
        """Whether a signature is being asked for."""
        return self._asked is not None

    def close(self) -> None:
        """The program ends."""
        self._soon.stop()
        if self._pad is not None:
            self._pad.follow(0)
        if self.place is not None:
            self.place.close()

    # --- the clerk's keys -------------------------------------------------------------------------------------
    def held(self) -> str:
        """Why nothing may be concluded now; empty when it may."""
        return HELD if self.present and self._answer is Answer.DENIED else ""

    def vouch(self) -> None:
        """Alt+V: the clerk compared the data with the paper, or shows a case that was taken up again."""
        intake = self._work.intake
        if intake is None:
            return
        if self._hidden_case == intake.case_id:
            self._hidden_case = ""
            self._later()
        elif self._work.concluded is not None:
            return
        elif self._answer is Answer.CONFIRMED:
            self._control.said.emit("申请人已经在屏上核对过")
        elif self.present and identity_of(intake):
            self._say(Answer.OVERRULED)

    def capture(self) -> None:
        """F7: ask for the signature of the next paper, or take the asking back."""
        concluded = self._work.concluded
        if self._work.intake is None:
            return
        if not self.can_sign or self._control.desk.signing is None:
            self._control.said.emit(f"{NO_SCREEN}，请申请人在打印的文书上签字")
        elif self._asked is not None:
            self.withdraw()
            self._control.said.emit("不再请申请人签字")
        elif concluded is not None:
            self.ask_signature(concluded.case_id, _signer(self._work.intake))
        elif self._work.step is Step.OUTCOME:
            self._wish = not self._wish
            self._later()
        else:
            self._control.said.emit("这一步没有要签字的文书，结论出来后再按 F7")

    def ask_signature(self, case_id: str, signer: str, kind: PaperKind | None = None) -> None:
        """Ask on the screen or the pad for the signature of the case's first paper that has none, or of the first of
        that kind; ``signed`` tells of it."""
        desk = self._control.desk.signing
        if desk is None or not self.can_sign:
            self._control.said.emit(f"{NO_SCREEN}，请申请人在打印的文书上签字")
            return

        def found(unsigned: tuple[ToSign, ...]) -> None:
            waiting = [one for one in unsigned if kind in (None, one.notice.kind)]
            if not waiting:
                self._control.said.emit("这一件的文书都签过字了")
                return
            self._askings += 1
            self._asked = _Asked(self._askings, waiting[0], signer, self._ticket_id())
            self._later()

        self._store.run(desk.to_sign, case_id, done=found, failed=self._failed)

    def withdraw(self) -> None:
        """Ask for no signature any more."""
        self._asked, self._wish = None, False
        self._later()

    # --- what comes from the citizen --------------------------------------------------------------------------
    def _say(self, answer: Answer) -> None:
        intake, session = self._work.intake, self._control.session
        if intake is None or session is None or self._work.concluded is not None:
            return
        self._answer, self._identity = answer, identity_of(intake)
        if answer is Answer.DENIED:
            self._control.said.emit(DENIED)
        desk = self._control.desk.confirming
        if desk is not None:
            self._store.run(desk.record, intake.case_id, _WORDS[answer], session.actor, failed=self._failed)
        self._show()

    def _written(self, strokes: Strokes) -> None:
        asked, desk, session = self._asked, self._control.desk.signing, self._control.session
        if asked is None or desk is None or session is None:
            return

        def stored(signature: Signature) -> None:
            if self._asked == asked:
                self._asked = None
                self._panel.show_signing("已签字", State.OK, paper=asked.wanted.notice.title, strokes=signature.strokes)
            self._later()
            self.signed.emit(signature)

        def failed(failure: Failure) -> None:
            if self._asked != asked:
                return
            if isinstance(failure.error, Rejected) and failure.error.field == "signature":
                self._again(asked, failure.text)
                return
            self._asked = None
            self._panel.show_signing("没有签成", State.BAD, paper=asked.wanted.notice.title)
            self._later()
            self._failed(failure)

        self._store.run(desk.sign, asked.wanted, strokes, asked.signer, session.actor, done=stored, failed=failed)

    def _again(self, asked: _Asked, why: str) -> None:
        """What was written is no signature: the place is clean and asks once more."""
        if self.present and self.place is not None:
            self.place.screen.sign.start_again(why)
            return
        self._askings += 1
        self._asked = replace(asked, number=self._askings)
        self._control.said.emit(why)
        self._later()

    def _pad_left(self, why: str) -> None:
        self._asked = None
        self._control.said.emit(why)
        self._later()

    def _on_paper(self) -> None:
        if self._asked is not None:
            title, self._asked = self._asked.wanted.notice.title, None
            self._panel.show_signing("申请人要签在纸上", State.NEUTRAL, paper=title)
            self._later()

    # --- what comes from the clerk's side ---------------------------------------------------------------------
    def _later(self, *_news: object) -> None:
        # The clerk's own screen comes first; many changes at once are one picture here.
        self._soon.start(0)

    def _changed(self) -> None:
        intake = self._work.intake
        if intake is not None and intake.case_id != self._case_id:
            self._begin(intake)
        self._later()

    def _ticket_id(self) -> str:
        return self._control.ticket.ticket_id if self._control.ticket is not None else ""

    def _ticket(self) -> None:
        """The next one must not read what the one before was asked to sign beside an open case (领证)."""
        asked = self._asked
        same = bool(self._ticket_id()) and asked is not None and asked.ticket_id == self._ticket_id()
        if self._work.intake is None and not same:
            self._asked = None
        self._later()

    def _papers(self) -> None:
        concluded = self._work.concluded
        if concluded is not None and self._document[0] != concluded.case_id:
            first = next(iter(notices_for(concluded.conclusion)), None)
            self._document = (concluded.case_id, document_of(first) if first else None)
            if self._wish and self._work.intake is not None:
                self._wish = False
                self.ask_signature(concluded.case_id, _signer(self._work.intake))
        self._later()

    def _ask_rating(self, wanted: bool) -> None:
        self._rating = wanted
        self._later()

    def _card(self, _card: object) -> None:
        # Whoever laid a card down sits here.
        self._hidden_case = ""
        self._later()

    def _session_ended(self, _sentence: str) -> None:
        self.withdraw()
        self._show()

    def _closed(self) -> None:
        self._asked, self._wish, self._rating = None, False, False
        self._case_id, self._hidden_case = "", ""
        self._identity, self._answer = (), Answer.NONE
        self._document = ("", None)
        self._show()

    def _screen_changed(self) -> None:
        if not self.present:
            self._asked = None
            self._control.asking.screen_lost()
        self._show()

    def _failed(self, failure: Failure) -> None:
        self._control.said.emit(failure.text)

    # --- showing ----------------------------------------------------------------------------------------------
    def _show(self) -> None:
        self._soon.stop()
        intake = self._work.intake
        if intake is not None and identity_of(intake) != self._identity:
            self._identity, self._answer = identity_of(intake), Answer.NONE
        self._show_panel(intake)
        if self._pad is not None:
            self._pad.follow(self._asked.number if self._asked is not None and not self.present else 0)
        if self.place is not None:
            self._show_screen(intake)

    def _begin(self, intake: Intake) -> None:
        """Another case: a signature of the one before is not asked for any more."""
        taken_up = self._work.saved_at is not None or self._work.concluded is not None
        elsewhere = taken_up and not self._case_id and not self._visit_goes_on(intake)
        self._hidden_case = intake.case_id if elsewhere else ""
        self._case_id = intake.case_id
        self._asked, self._wish = None, False
        self._panel.show_signing("", State.NEUTRAL)

    def _visit_goes_on(self, intake: Intake) -> bool:
        ticket = self._control.ticket
        return ticket is not None and intake.ticket is not None and intake.ticket.ticket_id == ticket.ticket_id

    def _show_panel(self, intake: Intake | None) -> None:
        there = intake is not None and bool(self._identity)
        self._panel.show_answer(self._answer if self.present else None)
        if self._asked is not None:
            self._panel.show_signing(ASKED, State.PRI, paper=self._asked.wanted.notice.title)
        elif self._wish:
            self._panel.show_signing("出文书后请他在屏上签字", State.PRI)
        self._panel.setVisible(there or self._asked is not None)

    def _show_screen(self, intake: Intake | None) -> None:
        assert self.place is not None
        screen, session = self.place.screen, self._control.session
        place = self._where(intake)
        if session is None:
            screen.show_place(place)
        elif self._asked is not None:
            screen.show_signing(place, document_of(self._asked.wanted.notice), self._asked.signer, self._asked.number)
        elif intake is None or intake.case_id == self._hidden_case or not self._identity:
            screen.show_place(place)
        elif self._work.concluded is None:
            ticking = self._work.step in _TICKING
            screen.show_case(place, self._identity, self._answer, guide_of(intake, ticking=ticking))
        elif self._rating:
            screen.show_rating(place, self._document[1])
        else:
            rated = self._control.rating is RatingState.RATED
            screen.show_end(place, f"{'谢谢您的评价。' if rated else ''}{DONE}", self._document[1])

    def _where(self, intake: Intake | None) -> Place:
        desk, ticket = self._control.desk, self._control.ticket
        number = ticket.number if ticket else ""
        standing = Standing.SERVING
        if self._control.session is None:
            standing, number = Standing.AWAY, ""
        elif intake is None and ticket is None and self._asked is None:
            standing = Standing.FREE
        elif ticket is not None and ticket.state is TicketState.CALLED:
            standing = Standing.CALLING
        return Place(desk.hall().name, desk.window_no, standing, number)


def _signer(intake: Intake) -> str:
    """Who sits here: the agent, else the applicant; for a body without an agent its representative."""
    person = arrived(intake)
    if person is not None:
        return person.display_name
    body = intake.applicant
    return getattr(body, "legal_representative", "") or getattr(body, "responsible", "") or intake.applicant_name
