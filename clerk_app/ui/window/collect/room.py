"""Handing out results: found by card or number, taken by the right person, one receipt, rated a second time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import DeliveryManner
from clerk_app.domain.errors import Rejected
from clerk_app.domain.intake import Intake
from clerk_app.domain.masking import mask_id_number
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.parties import check_day, power_of_attorney
from clerk_app.domain.persons import Agent, NaturalPerson, applicant_name
from clerk_app.domain.receiving import TO_COLLECT
from clerk_app.domain.signatures import Signature
from clerk_app.services.window.issue import Issued, Result
from clerk_app.services.window.printing import Answer, Question
from clerk_app.ui.keys import Page
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.asking import RatingState
from clerk_app.ui.window.collect.page import CollectPage
from clerk_app.ui.window.collect.people import addressee, agent_lock, is_another, number_of, visitor
from clerk_app.ui.window.collect.who import Taker
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.rooms import Room
from clerk_app.ui.window.sheets import AskPlace, Sheets
from clerk_app.ui.window.wording import arrived

SELF, BY_AGENT = "本人", "代理人"
AGENTS = frozenset({BY_AGENT, "法定代理人"})
NO_CARD = "没有读身份证，请核对证件后再发"
NO_SCREEN = "没有接手写屏，请来领的人在打出来的回证上签字"
NOT_HIS = "{}不是申请人，这件也没有他能用的授权；带了委托书的按 2"
NOBODY = "还不知道交给谁，请放来领的人的身份证"
RATINGS = {
    RatingState.ASKING: "评价器已亮，请申请人评价",
    RatingState.RATED: "申请人已评价",
    RatingState.UNRATED: "申请人没有评价",
}


class CollectRoom(Room):
    """``signature_wanted`` carries the case id, the receiver's name and the kind of paper: the citizen's screen asks;
    ``visitor_changed`` who is here and for whom, as an ``Intake``, None while nobody is known."""

    page = Page.COLLECTION
    signature_wanted = Signal(str, str, object)  # the last one is a PaperKind
    visitor_changed = Signal(object)  # Intake or None

    def __init__(self, control: DeskControl, lanes: Lanes) -> None:
        super().__init__()
        self._control = control
        self._network, self._store = lanes.lane("network"), lanes.lane("store")
        self._person: NaturalPerson | None = None
        self._power: Agent | None = None
        """The power of attorney that was brought along, as the clerk read it."""
        self._results: tuple[Result, ...] = ()
        self._issued: Issued | None = None
        self._wish = False
        self.has_screen: Callable[[], bool] = lambda: False
        """Whether the citizen has a screen to sign on."""
        self.view = CollectPage()
        self._ask_place = AskPlace()
        column = Column(self._ask_place, self.view)
        column.setStretch(1, 1)
        self.setLayout(column)
        self.sheets = Sheets(control.desk.printing, lanes.lane("printer"))
        self.view.search_wanted.connect(self.look_for)
        self.view.taker_wanted.connect(self._wanted)
        self.view.who.power_changed.connect(self._bring_power)
        self.view.issue_wanted.connect(self._issue)
        self.view.end_wanted.connect(self._end)
        self.view.sign_wanted.connect(self._sign)
        self.view.refused.connect(control.said)
        self.sheets.done.connect(self._printed)
        self.sheets.asked.connect(self._ask)
        self.sheets.refused.connect(self._not_printed)
        control.rating_changed.connect(self._show_rating)

    @property
    def _actor(self) -> Actor:
        assert self._control.session is not None
        return self._control.session.actor

    # --- beginning --------------------------------------------------------------------------------------------
    def begin(self, person: NaturalPerson | None = None, reference: str = "") -> None:
        """Open for the person whose card was read, for a case's number, or empty with the search in front."""
        self._results, self._issued, self._wish, self._power = (), None, False, None
        self._person = person or arrived(self._control.work.intake)
        self._ask_place.clear()
        self.view.lock_sign("" if self.has_screen() else NO_SCREEN)
        self.view.search.setText(reference)
        self.view.who.clear()
        self.view.show_results((), "", self._control.desk.clock.now())
        if reference:
            self.look_for(reference)
        elif self._person is not None:
            self.take(self._person)

    def take(self, person: NaturalPerson) -> None:
        """A card was laid down, or the person is known: everything that waits for them, and what is shown already as it
        stands for them."""
        if self._issued is not None or self.sheets.busy:
            return
        self._person, self._power = person, None
        shown = [one.opened for one in self._results]
        issues, actor = self._control.desk.issues, self._actor

        def find() -> tuple[Result, ...]:
            found = {one.opened.file.case_id: one for one in issues.results(person.id_number, actor)}
            for opened in shown:
                found.setdefault(opened.file.case_id, issues.look(opened, person, actor))
            return tuple(found.values())

        self._look_up(find)

    def look_for(self, reference: str) -> None:
        """A receipt was scanned, or a number typed: that case, and all else that waits for the same applicant."""
        if self._issued is not None or self.sheets.busy:
            return
        desk, actor, person = self._control.desk, self._actor, self._person
        self._power = None

        def find() -> tuple[Result, ...]:
            opened = desk.files.open(reference, actor)
            number = number_of(opened.conclusion.intake.applicant)
            found = {one.opened.file.case_id: one for one in desk.issues.results(number, actor)} if number else {}
            if person is not None:
                found = {key: desk.issues.look(one.opened, person, actor) for key, one in found.items()}
            mine = found.pop(opened.file.case_id, None)
            if mine is None:
                mine = Result(opened, False, f"现在是“{opened.file.state.label}”", "")
            return (mine, *found.values())

        self._look_up(find)

    def _look_up(self, find: Callable[[], tuple[Result, ...]]) -> None:
        self._network.run(find, done=self._show, failed=self._failed, key="collect")

    def _show(self, results: tuple[Result, ...]) -> None:
        self._results = results
        name = self._person.display_name if self._person else ""
        owner = applicant_name(results[0].opened.conclusion.intake.applicant) if results else name
        who = f"{owner}（{name}来领）" if name and owner != name else owner
        self.view.show_results(results, who, self._control.desk.clock.now())
        self._show_locks()
        self.visitor_changed.emit(self._visitor())
        self._choose(self._preset() if self._power is None else Taker.AGENT)

    def _visitor(self) -> Intake | None:
        """The first case, with the person who is here."""
        if not self._results:
            return None
        return visitor(self._results[0].opened.conclusion.intake, self._person, self._power)

    def _preset(self) -> Taker:
        """Who is here, as far as it is known."""
        relations = {one.receiver_relation for one in self._results if one.can}
        return Taker.AGENT if relations and relations <= AGENTS else Taker.APPLICANT

    # --- a power of attorney ----------------------------------------------------------------------------------
    def _wanted(self, taker: Taker) -> None:
        """A digit: who takes it. 代理人 of whom this case knows no power asks for the one that was brought along."""
        if taker is Taker.AGENT and self._agent_lock():
            if self._power is None:
                self._bring_power()
            else:
                self.view.who.scope.setFocus()
        else:
            self._choose(taker)

    def _bring_power(self) -> None:
        """Look at all results again as they stand with this paper."""
        person, who = self._person, self.view.who
        assert person is not None
        today = self._control.desk.clock.now().date()
        try:
            read = power_of_attorney(person, scope=who.scope.value(), today=today, valid_to=who.until.value())
        except Rejected as wrong:
            field = who.scope if wrong.field == "scope" else who.until
            field.set_error(wrong.reason)
            field.setFocus()
            return
        power = self._power = read.agent
        results, issues, actor = self._results, self._control.desk.issues, self._actor
        self._look_up(lambda: tuple(issues.look(one.opened, person, actor, power) for one in results))

    def _power_changed(self) -> bool:
        """Whether something else is written by now than the results were looked at with."""
        who, power = self.view.who, self._power
        if power is None:
            return False
        try:
            until = check_day(who.until.value(), field="valid_to", what="有效期")
        except Rejected:
            return True
        return (power.scope, power.valid_to) != (who.scope.value(), until)

    def _agent_lock(self) -> str:
        """Why nobody is known who may collect for the applicant of this case; empty when somebody is."""
        if not self._results:
            return ""
        return agent_lock(self._results[0].opened.conclusion.intake, self._control.desk.clock.now().date())

    # --- who --------------------------------------------------------------------------------------------------
    def _choose(self, taker: Taker) -> None:
        if not self._results:
            self.view.show_taker(taker, "", ok=True)
            return
        if taker is Taker.POST:
            applicant = self._results[0].opened.conclusion.intake.applicant
            if applicant is not None and not self.view.who.address.value():
                self.view.who.address.set_value(applicant.address)
            self.view.show_taker(taker, "", ok=True)
            return
        person, read = self._receiver(taker)
        looks = list(dict.fromkeys(look for one in self._results if one.can for look in one.checks))
        if taker is Taker.AGENT and self._power is not None:
            refused = "" if looks else next((one.why for one in self._results), "")
            self.view.show_taker(taker, refused or "；".join(looks), ok=False, power=True)
            if refused:
                self.view.who.scope.setFocus()
        elif person is None:
            self.view.show_taker(taker, "；".join([NOBODY, *looks]), ok=False)
        elif not read:
            self.view.show_taker(
                taker, f"{NO_CARD}：{person.display_name} {mask_id_number(person.id_number)}", ok=False
            )
        elif looks:
            self.view.show_taker(taker, "；".join(looks), ok=False)
        elif self._is_stranger(person):
            self.view.show_taker(taker, NOT_HIS.format(person.display_name), ok=False)
        else:
            self.view.show_taker(taker, self._matched(taker, person), ok=True)

    def _is_stranger(self, person: NaturalPerson) -> bool:
        """Whether none of these results has anything to do with this person."""
        nothing = not any(one.can or one.receiver_relation for one in self._results)
        return nothing and is_another(self._results[0].opened.conclusion.intake, person)

    def _matched(self, taker: Taker, person: NaturalPerson) -> str:
        if taker is Taker.AGENT:
            return f"身份证与授权书一致：{person.display_name}，权限含“{TO_COLLECT}”"
        relation = next((one.receiver_relation for one in self._results if one.can), "")
        return f"身份证与申请人一致：{person.display_name}{'' if relation in ('', SELF) else f'（{relation}）'}"

    def _receiver(self, taker: Taker) -> tuple[NaturalPerson | None, bool]:
        """Who receives it, and whether their card was read here; None while nobody is known."""
        card, intake = self._person, self._results[0].opened.conclusion.intake
        relations = {one.receiver_relation for one in self._results if one.can}
        fits = bool(relations & AGENTS) == (taker is Taker.AGENT)
        if card is not None and card.entered == "card" and (fits or not relations):
            return card, True
        if taker is Taker.AGENT:
            return (intake.agent.person if intake.agent else None), False
        return (intake.applicant if isinstance(intake.applicant, NaturalPerson) else None), False

    def _show_locks(self) -> None:
        intake = self._results[0].opened.conclusion.intake if self._results else None
        lock = self._agent_lock()
        if intake is not None and is_another(intake, self._person):
            lock = ""
        elif lock:
            lock = f"{lock}；别人带委托书来领的，先放他的身份证"
        self.view.who.lock(Taker.AGENT, lock)
        of_company = intake is not None and not isinstance(intake.applicant, NaturalPerson)
        self.view.who.name_applicant("单位负责人" if of_company else "申请人本人")

    # --- handing out ------------------------------------------------------------------------------------------
    def _issue(self) -> None:
        if self.sheets.busy:
            self.sheets.again()
            return
        if self._power_changed():
            self._bring_power()
            return
        taker, who, ticket = self.view.who.taker, self.view.who, self._control.ticket
        post = taker is Taker.POST
        person, read = self._receiver(Taker.APPLICANT if post else taker)
        if person is None and post:
            person = addressee(self._results[0].opened.conclusion.intake)
        if person is None:
            self._control.said.emit(NOBODY)
            return
        chosen = {card.opened.file.case_id for card in self.view.chosen}
        self.view.show_busy(True)
        self._store.run(
            self._control.desk.issues.issue,
            tuple(one for one in self._results if one.opened.file.case_id in chosen),
            # Without a card on the reader it was the clerk who compared the certificate.
            person if read else replace(person, entered="typed"),
            BY_AGENT if taker is Taker.AGENT else SELF,
            actor=self._actor,
            manner=DeliveryManner.POST if post else DeliveryManner.DIRECT,
            took_back=tuple(name for card in self.view.chosen for name in card.took_back),
            carrier=who.carrier.value() if post else "",
            tracking=who.tracking.value() if post else "",
            address=who.address.value() if post else "",
            power=self._power if taker is Taker.AGENT else None,
            ticket_id=ticket.ticket_id if ticket else None,
            done=self._handed_out,
            failed=self._not_issued,
        )

    def _handed_out(self, issued: Issued) -> None:
        self._issued = issued
        self.sheets.print(issued.papers, self._actor)
        self._control.ask_issue_rating(issued.acts[0].case_id)
        if self._wish:
            self._sign()

    def _printed(self) -> None:
        assert self._issued is not None
        self.view.show_issued(len(self._issued.acts), rating=self._rating())

    def _not_printed(self, sentence: str) -> None:
        self.view.show_busy(False)
        self._control.said.emit(f"已经发了，回证没有打出来：{sentence}。按 F9 再打，按 Esc 先不打")

    def _sign(self) -> None:
        """F7 before: the screen asks as soon as the receipt is there; F7 after: it asks at once."""
        if self._issued is None:
            self._wish = not self._wish
            self.view.show_wish(self._wish)
        else:
            person, _ = self._receiver(self.view.who.taker)
            name = person.display_name if person else ""
            self.signature_wanted.emit(self._issued.acts[0].case_id, name, PaperKind.SERVICE_RECEIPT)

    def signed(self, signature: Signature) -> None:
        """Somebody signed on the citizen's screen; told of every paper."""
        if self._issued is not None and signature.case_id == self._issued.acts[0].case_id:
            self.view.show_signed()

    def _rating(self) -> str:
        return RATINGS.get(self._control.rating, "") or self._control.rating_trouble

    def _show_rating(self) -> None:
        self.view.show_rating(self._rating())

    @property
    def ask(self) -> AskCard | None:
        """The question about a half sheet that is open."""
        return self._ask_place.card

    def _ask(self, question: Question) -> None:
        def answered(answer: Answer) -> None:
            self.view.start()
            self.sheets.answer(question, answer)

        self._ask_place.ask(question, answered)

    def _end(self, then_call: bool) -> None:
        self.left.emit()
        self._control.finish_without_case("issued", then_call=then_call)

    def _not_issued(self, failure: Failure) -> None:
        self.view.show_busy(False)
        self._failed(failure)

    def _failed(self, failure: Failure) -> None:
        self._control.said.emit(failure.text)

    # --- as a room --------------------------------------------------------------------------------------------
    def start(self) -> None:
        if self.ask is not None:
            self.ask.setFocus()
        else:
            self.view.start()

    def seek(self) -> bool:
        self.view.seek()
        return True

    def escape(self) -> bool:
        if self.ask is not None:
            return True
        if self.sheets.busy:
            # Handed out is handed out; the sheet can be printed later.
            self.sheets.postpone()
            return True
        if self._issued is not None:
            self._end(False)
            return True
        if self.view.search.hasFocus() and self.view.cards:
            self.view.start()
            return True
        if self.view.who.taker is Taker.POST:
            self._choose(self._preset())
            return True
        return False
