"""One fixed day of few people, written so that it can be carried on after a crash at any moment.

A stage is begun again from its first line after a crash; every line looks first whether it was done already, as people
do who come back to a PC that was started again.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from clerk_app.domain.errors import Fault, Refusal
from clerk_app.domain.queue import HoldKind, TicketState
from clerk_app.ports.hall_queue import Hold, Ticket
from simulation.invariants import Invariants
from simulation.moments import PowerCut
from simulation.nodes import WindowNode
from simulation.people import Citizens, Clerk, Office
from simulation.world import World

_PATIENCE = 30


class Scenario:
    """A visit with its record, a held ticket, a supplement at another window, decision, seal and hand-over.

    ``run`` plays it with whatever crashes ``world.moments`` brings, and checks everything after each stage.
    """

    def __init__(self, world: World, enough: Callable[[], bool] = lambda: False) -> None:
        """``enough`` is asked after each stage whether the day may end here; what waits is told to the server then."""
        self.world = world
        self.enough = enough
        self.first = Clerk(world, world.windows["1"], "clerk1")
        self.second = Clerk(world, world.windows["2"], "clerk2")
        self.office = Office(world, world.windows["21"])
        self.citizens = Citizens(world, Random(0))
        self.invariants = Invariants(world, (self.first, self.second, self.office))
        self.numbers: dict[str, str] = {}
        """The number that each citizen holds, and the case number of each."""
        self.over: set[str] = set()

    def run(self) -> int:
        """Returns how many records were compared at the end."""
        stages: tuple[Callable[[], None], ...] = (
            lambda: self.takes("Zhang"),
            lambda: self.is_served("Zhang", self.first, defect=False),
            lambda: self.syncs(self.first.window),
            lambda: self.takes("Li"),
            lambda: self.is_held("Li"),
            lambda: self.is_served("Li", self.first, defect=True),
            lambda: self.syncs(self.first.window),
            self.supplement,
            lambda: self.syncs(self.second.window),
            self.decision,
            self.sealing,
            self.hand_out,
        )
        for stage in stages:
            self._stage(stage)
            self.invariants.after_step()
            if self.enough():
                break
        for window in self.world.windows.values():
            self._stage(lambda window=window: self.syncs(window))
        return self.invariants.at_the_end()

    def _stage(self, stage: Callable[[], None]) -> None:
        for _ in range(_PATIENCE):
            try:
                self._all_up()
                stage()
            except PowerCut as cut:
                self.world.cut(cut)
            except Fault as fault:
                # Nobody knows whether it was done: people wait a little and look again.
                self.world.note(f"a fault: {fault}")
                self.world.clock.advance(5)
                for clerk in (self.first, self.second):
                    clerk.looked = False
            else:
                return
        raise AssertionError(f"the scenario does not get on:\n{chr(10).join(self.world.trace)}")

    def _all_up(self) -> None:
        for node in self.world.nodes():
            if node.up:
                continue
            self.world.start(node)
            for desk in (self.first, self.second):
                if desk.window is node:
                    desk.sits_down()

    # --- stages ---------------------------------------------------------------------------------------------------
    def takes(self, who: str) -> None:
        """A citizen takes a number and keeps the paper."""
        if who not in self.numbers:
            self.world.clock.advance(20)
            self.numbers[who] = self.citizens.take()

    def is_held(self, who: str) -> None:
        """Called, held because a paper has to be fetched, and resumed."""
        clerk = self.first
        self._is_at(who, clerk)
        assert clerk.ticket is not None
        ticket_id = clerk.ticket.ticket_id
        if "held" not in self.over:
            self.world.clock.advance(30)
            clerk.window.queue.hold(ticket_id, Hold(HoldKind.PAPERS_KEPT))
            self.over.add("held")
        self.world.clock.advance(60)
        self._resumed(clerk, ticket_id)

    def _resumed(self, clerk: Clerk, ticket_id: str) -> None:
        if clerk.window.client.ticket(ticket_id).ticket.state is TicketState.HELD:
            clerk.window.queue.resume(ticket_id)
        clerk.look()

    def is_served(self, who: str, clerk: Clerk, *, defect: bool) -> None:
        """From the call to the end of the visit."""
        if self._left(clerk, who):
            return
        self._is_at(who, clerk)
        self.world.clock.advance(30)
        if clerk.concluded is None:
            clerk.take_up()
        if clerk.concluded is None:
            clerk.fill_in(defect=defect)
            self.world.clock.advance(90)
            clerk.conclude(defect=defect)
        assert clerk.concluded is not None
        self.numbers[f"{who}'s case"] = clerk.concluded.case_number
        clerk.print_all(clerk.concluded.case_id)
        clerk.rate(5)
        clerk.end_visit()
        self.over.add(who)

    def supplement(self) -> None:
        """The missing paper comes to another window, without a ticket."""
        self._at_work(self.second)
        self.world.clock.advance(600)
        case_id = self.second.supplement(self.numbers["Li's case"])
        self.second.print_all(case_id)
        self.second.end_visit()

    def decision(self) -> None:
        """The office decides both cases."""
        self.world.clock.advance(600)
        for who in ("Zhang", "Li"):
            if not self.office.decide(self.numbers[f"{who}'s case"]):
                raise Fault("the server has not heard of the decision")

    def sealing(self) -> None:
        """Certificate, seal, ready; the decision's papers are printed."""
        self.world.clock.advance(600)
        if not self.office.seal(self.numbers["Zhang's case"]):
            raise Fault("the server has not heard of the seal")
        self.office.window.prints.print_settled(self.office.actor)
        self.office.answer_questions()

    def hand_out(self) -> None:
        """The applicant comes for the result, at the other window."""
        self._at_work(self.second)
        self.world.clock.advance(600)
        case_id = self.second.hand_out(self.numbers["Zhang's case"])
        self.second.print_all(case_id)
        self.second.end_visit()

    def syncs(self, window: WindowNode) -> None:
        """The window's outbox goes to the server."""
        push = window.outbox.push_once()
        if push.stopped:
            raise Fault(push.stopped)
        self.tick()

    def tick(self) -> None:
        """The server's timer."""
        try:
            self.world.server.sequence()
        except PowerCut as cut:
            self.world.cut(cut)
            raise Fault("the server is gone") from cut

    # --- looking --------------------------------------------------------------------------------------------------
    def _at_work(self, clerk: Clerk) -> None:
        session = clerk.window.session.current()
        if session is None or session.offline:
            clerk.log_in(clerk.login_name)
        clerk.answer_questions()

    def _is_at(self, who: str, clerk: Clerk) -> None:
        """The citizen sits at the window; whoever is called and has never got a paper is missed."""
        self._at_work(clerk)
        for _ in range(_PATIENCE):
            if not clerk.looked or clerk.ticket is None:
                clerk.look()
            ticket = clerk.ticket or self._resumable(clerk) or clerk.call()
            if ticket is None:
                raise Fault("nobody waits")
            self.invariants.called(clerk.window.window_no, ticket.ticket_id, ticket.called_at)
            if ticket.number != self.numbers[who]:
                self._nobody_comes(clerk)
                continue
            if not clerk.serving:
                clerk.begin()
            return
        raise AssertionError("the citizen is never called")

    def _resumable(self, clerk: Clerk) -> Ticket | None:
        """A crash in the middle of a hold: the clerk sees it in the list of held tickets and takes it up again."""
        held = self.world.server.disk.rows("SELECT ticket_id FROM ticket WHERE state = 'held'")
        if held:
            self._resumed(clerk, held[0][0])
        return clerk.ticket

    def _nobody_comes(self, clerk: Clerk) -> None:
        assert clerk.ticket is not None
        ticket_id = clerk.ticket.ticket_id
        while True:
            self.world.clock.advance(15)
            try:
                clerk.window.queue.miss(ticket_id)
            except Refusal:
                clerk.window.queue.recall(ticket_id)
            else:
                break
        clerk.look()

    def _left(self, clerk: Clerk, who: str) -> bool:
        """Whether the visit is over: the ticket is finished, as the server knows."""
        if who in self.over:
            return True
        number = self.numbers[who]
        query = "SELECT state FROM ticket WHERE prefix || printf('%03d', serial) = ?"
        if self.world.server.disk.rows(query, number) == [("finished",)]:
            self.over.add(who)
        return who in self.over
