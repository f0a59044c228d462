"""What clerks, office and citizens do. They know what people know: what their screen said, what lies on the table.

Each method is one thing that a person does; it leaves refusals and faults to whoever asked for it. After a crash
somebody ``sits_down`` again and looks: nothing is remembered that would only have been in the program.
"""

from __future__ import annotations

from random import Random

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import Decision, Delivery, DeliveryManner
from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import MaterialCheck, Verdict, toggle_phrase
from clerk_app.domain.intake import Intake, TicketRef
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.queue import TicketState, VisitReason
from clerk_app.ports.hall_queue import TakeTicket, Ticket
from clerk_app.ports.window import PaperState, Step, StoredPaper
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.printing import Answer
from simulation.nodes import WindowNode
from simulation.template import PASSWORD
from simulation.world import World
from support.matters import food_licence
from support.people import resident

GRANT = Decision("材料齐全", "食品安全法第三十五条", content="准予食品经营", certificate_name="食品经营许可证")
PIECES = ("正本 1", "副本 1")


class Desk:
    """Somebody at a PC with printers."""

    def __init__(self, world: World, window: WindowNode) -> None:
        self.world = world
        self.window = window
        self.words: dict[str, int] = {}
        """How often somebody said of a paper (its first sheet's id): print that once more."""

    @property
    def actor(self) -> Actor:
        session = self.window.session.current()
        assert session is not None
        return session.actor

    def log_in(self, login_name: str) -> None:
        self.window.session.login(login_name, PASSWORD)

    def print_all(self, case_id: str) -> None:
        """Every sheet of the case, and an answer to every question that comes of it."""
        self.window.prints.print_case(case_id, self.actor)
        self.answer_questions()

    def answer_questions(self) -> None:
        """Look at the printer and say what lies there: a sheet that lies there counts, else it is printed again."""
        for question in self.window.prints.questions():
            self._answer(question.paper)

    def undecided(self) -> list[StoredPaper]:
        """Sheets that are not printed and were not asked about."""
        states = (PaperState.PREPARED, PaperState.REFUSED, PaperState.SENDING)
        return self.window.store.read(lambda unit: [paper for state in states for paper in unit.papers.in_state(state)])

    def _answer(self, paper: StoredPaper) -> None:
        sheet = self.window.prints.content(paper.paper_id)
        if self.window.is_out(sheet):
            self.window.prints.answer(paper.paper_id, Answer.USABLE, self.actor)
            return
        self.words[paper.original_id] = self.words.get(paper.original_id, 0) + 1
        self.window.prints.answer(paper.paper_id, Answer.REPRINT, self.actor)


class Clerk(Desk):
    """A clerk at a counter, with the visit that goes on."""

    def __init__(self, world: World, window: WindowNode, login_name: str) -> None:
        super().__init__(world, window)
        self.login_name = login_name
        self.sits_down()

    def sits_down(self) -> None:
        """The program has just been started."""
        self.ticket: Ticket | None = None
        self.intake: Intake | None = None
        self.concluded: Concluded | None = None
        self.looked = False

    # --- the queue ----------------------------------------------------------------------------------------------
    def look(self) -> Ticket | None:
        """Which ticket the server says is at this window."""
        self._holds(self.window.queue.view().active)
        self.looked = True
        return self.ticket

    def call(self) -> Ticket | None:
        """F2."""
        self._holds(self.window.queue.call_next().ticket)
        return self.ticket

    def begin(self) -> None:
        """The citizen sits down."""
        assert self.ticket is not None
        self.ticket = self.window.queue.start(self.ticket.ticket_id)

    def _holds(self, ticket: Ticket | None) -> None:
        if (ticket and ticket.ticket_id) != (self.ticket and self.ticket.ticket_id):
            self.intake = self.concluded = None
        self.ticket = ticket

    @property
    def serving(self) -> bool:
        return self.ticket is not None and self.ticket.state is TicketState.SERVING

    # --- the case -----------------------------------------------------------------------------------------------
    def take_up(self) -> None:
        """Go on with what the window has of this visit, or begin it."""
        assert self.ticket is not None
        left = self.window.cases.left_at(self.ticket.ticket_id)
        if left.concluded is not None:
            self.concluded = left.concluded
        elif left.draft is not None:
            self.intake = self.window.cases.resume(left.draft, self.actor).intake
        else:
            ticket = self.ticket
            ref = TicketRef(ticket.ticket_id, ticket.number, ticket.group_name, ticket.taken_at, ticket.called_at)
            self.intake = self.window.cases.open_case(self.actor, ref)

    def walk_in(self) -> None:
        """Somebody without a ticket."""
        self.intake = self.window.cases.open_case(self.actor)

    def fill_in(self, *, defect: bool) -> None:
        """Card, matter and materials; one of these has a defect."""
        assert self.intake is not None
        intake = self.intake.with_applicant(resident())
        if intake.matter is None:
            intake = intake.with_matter(food_licence(), self.window.clock.now())
        intake = intake.mark_all_as_required()
        if defect:
            for _, material, row in intake.numbered(*Verdict):
                if material.id == "layout":
                    intake = intake.with_check(toggle_phrase(row, "没有签名或盖章"))
        self.window.cases.save_draft(intake, Step.MATERIALS, self.actor)
        self.intake = intake

    def conclude(self, *, defect: bool) -> None:
        """The outcome is fixed."""
        assert self.intake is not None
        outcome = OutcomeKind.SUPPLEMENT_REQUESTED if defect else OutcomeKind.ACCEPTED
        self.concluded = self.window.cases.conclude(self.intake, outcome, self.actor)
        self.intake = None

    def rate(self, level: int) -> None:
        """The citizen presses a key."""
        assert self.concluded is not None
        ticket_id = self.ticket.ticket_id if self.ticket else None
        self.window.rating.store(self.actor, level, ticket_id=ticket_id, case_id=self.concluded.case_id)

    def end_visit(self) -> None:
        """The visit is written, then the ticket is over."""
        ticket = self.ticket
        self.window.visits.end(ticket.ticket_id if ticket else None, self.actor, VisitReason.SUBMIT)
        if ticket is not None:
            self.window.queue.finish(ticket.ticket_id, "accepted")
        self.ticket = self.intake = self.concluded = None

    # --- cases of before ----------------------------------------------------------------------------------------
    def supplement(self, reference: str) -> str:
        """Somebody brings what was missing; the case's id."""
        opened = self.window.files.open(reference, self.actor)
        if opened.file.missing:
            came = tuple(MaterialCheck(one, Verdict.COPY, pieces=1) for one in opened.file.missing)
            self.window.files.supplement(opened, came, self.actor)
        return opened.file.case_id

    def hand_out(self, reference: str) -> str:
        """The result is handed over; the case's id."""
        opened = self.window.files.open(reference, self.actor)
        if opened.file.state is CaseState.READY:
            delivery = Delivery(
                DeliveryManner.DIRECT, "张三", "本人", "110101199003070011", pieces=PIECES, place="窗口"
            )
            self.window.files.deliver(opened, delivery, self.actor)
        return opened.file.case_id


class Office(Desk):
    """Reviewer and seal keeper at one PC of the office, one after the other."""

    def be(self, login_name: str) -> None:
        """Sit down as that person."""
        session = self.window.session.current()
        if session is None or session.login_name != login_name or session.offline:
            self.log_in(login_name)

    def decide(self, reference: str) -> bool:
        """Grant; whether that stands with the server now."""
        self.be("reviewer")
        opened = self.window.files.open(reference, self.actor)
        if opened.file.state in (CaseState.ACCEPTED, CaseState.IN_REVIEW):
            opened = self.window.files.decide(opened, True, GRANT, self.actor).opened
        return self._stands(opened.file.case_id)

    def seal(self, reference: str) -> bool:
        """Certificate, seal, ready for issue; whether that stands with the server now."""
        self.be("keeper")
        opened = self.window.files.open(reference, self.actor)
        for state, act in (
            (CaseState.GRANTED, self.window.files.certify),
            (CaseState.CERTIFIED, self.window.files.seal),
        ):
            if opened.file.state is state:
                opened = act(opened, self.actor).opened
        if opened.file.state is CaseState.SEALED:
            opened = self.window.files.ready(opened, PIECES, "一楼 A 区", self.actor).opened
        return self._stands(opened.file.case_id)

    def _stands(self, case_id: str) -> bool:
        self.window.files.settle_all(self.actor)
        self.window.outbox.push_once()
        known = self.window.files.known(case_id)
        return known is not None and known.waiting == 0


class Citizens:
    """Take numbers at the ticket machine."""

    def __init__(self, world: World, random: Random) -> None:
        self.world = world
        self.random = random
        self.numbers: list[str] = []

    def take(self, group: int = 0) -> str:
        """Press a group, take the paper; the number."""
        kiosk = self.world.kiosk
        groups = kiosk.client.groups()
        wish = TakeTicket(groups[group % len(groups)].group_id)
        issued = kiosk.desk.take(wish, kiosk.desk.new_key(), kiosk.enrolled.hall)
        self.numbers.append(issued.number)
        result = kiosk.desk.print(issued)
        kiosk.desk.keep(issued.ticket_id, result.outcome)
        return issued.number
