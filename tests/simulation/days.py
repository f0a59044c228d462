"""A day of the simulated hall full of faults, all of it from one seed.

People do what comes next for them; in between the world strikes: crashes at any commit, sheet or message, a network
that drops, delays, doubles, overtakes and garbles, full disks, printers in trouble, a server restored from an older
image, a window's image copied to another PC. In the evening everything is repaired and drained, and then everything
must be right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from random import Random

from clerk_app.domain.errors import Fault, Locked, Refusal
from clerk_app.domain.queue import HoldKind, TicketState
from clerk_app.ports.hall_queue import Hold, Ticket
from simulation.clocks import WorldClock
from simulation.invariants import Invariants, expect
from simulation.moments import Kind, PowerCut, Side
from simulation.nodes import Node, WindowNode
from simulation.people import Citizens, Clerk, Office
from simulation.template import COUNTERS, OFFICE
from simulation.world import World

STEPS = 32
_KINDS = {
    "server": (Kind.COMMIT, Kind.COMMIT, Kind.HANDLING),
    "kiosk": (Kind.PRINT, Kind.REQUEST, Kind.ANSWER),
    "": (Kind.COMMIT, Kind.COMMIT, Kind.COMMIT, Kind.PRINT, Kind.FSYNC, Kind.REQUEST, Kind.ANSWER),
}
"""What may be the last moment of a node."""
_EVENING = 40
"""So many rounds of drain at the most; more means that something is stuck."""


@dataclass(frozen=True)
class Morning:
    """What every day begins with, so that a short one has something to spoil: a case that waits for a supplement, one
    for its decision, one for its seal, one for its hand-over; two tickets wait, one is being served."""

    images: dict[str, bytes]
    clock: WorldClock
    tickets: int
    piles: dict[str, list[str]]


@cache
def morning() -> Morning:
    """Played once in the process, without faults."""
    world = World(-1)
    first, second = (Clerk(world, world.windows[name], f"clerk{name}") for name in COUNTERS)
    office = Office(world, world.windows[OFFICE])
    citizens = Citizens(world, Random(0))
    piles: dict[str, list[str]] = {"supplement": [], "decide": [], "seal": [], "issue": []}
    with world.running():
        for node in world.nodes():
            world.start(node)
        first.log_in("clerk1")
        second.log_in("clerk2")
        for pile in piles:
            citizens.take()
            clerk = second if pile == "seal" else first
            clerk.call()
            clerk.begin()
            clerk.take_up()
            clerk.fill_in(defect=pile == "supplement")
            clerk.conclude(defect=pile == "supplement")
            assert clerk.concluded is not None
            number = clerk.concluded.case_number
            clerk.print_all(clerk.concluded.case_id)
            clerk.end_visit()
            clerk.window.outbox.push_once()
            world.clock.advance(60)
            piles[pile].append(number)
            if pile in ("seal", "issue"):
                office.decide(number)
            if pile == "issue":
                office.seal(number)
        for _ in range(3):
            citizens.take()
        second.call()
        second.begin()
        world.server.sequence()
    return Morning(world.images(), world.clock, len(citizens.numbers), piles)


class SeedFailed(AssertionError):
    """What did not hold, with the seed and what led to it."""

    def __init__(self, seed: int, step: int, trace: list[str], why: BaseException) -> None:
        last = "\n  ".join(trace)
        super().__init__(
            f"seed {seed} failed at step {step}: {type(why).__name__}: {why}\n"
            f"play it again: python -m simulation.days {seed}\n  {last}"
        )
        self.seed = seed
        self.step = step


@dataclass
class Figures:
    """What one day, or many, had in it."""

    days: int = 0
    steps: int = 0
    records: int = 0
    requests: int = 0
    sheets: int = 0
    checks: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, times: int = 1) -> None:
        self.faults[what] = self.faults.get(what, 0) + times

    def add(self, other: Figures) -> None:
        for name in ("days", "steps", "records", "requests", "sheets", "checks"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for what, times in other.faults.items():
            self.count(what, times)


class Day:
    """``run`` plays the day of a seed; ``SeedFailed`` when something did not hold."""

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        begun = morning()
        self.world = World(seed)
        self.world.take_over(begun.images, begun.clock)
        self.steps = steps
        self.random = Random(f"day {seed}")
        self.clerks = [Clerk(self.world, self.world.windows[name], f"clerk{name}") for name in COUNTERS]
        self.office = Office(self.world, self.world.windows[OFFICE])
        self.citizens = Citizens(self.world, self.random)
        self.invariants = Invariants(self.world, (*self.clerks, self.office), begun.tickets)
        self.figures = Figures(days=1)
        self.step = 0
        self.to_supplement, self.to_decide, self.to_seal, self.to_issue = (list(one) for one in begun.piles.values())
        self.gone: set[str] = set()
        """Tickets of citizens who were served and went home."""
        self._armed: tuple[str, Kind, Side, int] | None = None
        self._backup = begun.images["server"]
        self.world.moments.watch = self._is_last

    def run(self) -> Figures:
        try:
            with self.world.running():
                self._repaired()
                self.world.network.trouble = 0.1
                for step in range(self.steps):
                    self.step = step
                    self.world.clock.advance(self.random.choice((0, 1, 3, 10, 30, 60)))
                    self._one()
                    self.invariants.after_step()
                self.step = self.steps
                self._evening()
        except (Exception, PowerCut) as error:
            raise SeedFailed(self.world.seed, self.step, self.world.trace, error) from error
        figures, network = self.figures, self.world.network
        figures.steps, figures.requests, figures.checks = self.step, network.requests, self.invariants.checked
        figures.sheets = sum(self.world.papers.out.values())
        for fate, times in network.fates.items():
            figures.count(f"network: {fate}", times)
        return figures

    # --- one step -------------------------------------------------------------------------------------------------
    def _one(self) -> None:
        if self.random.random() < 0.4:
            self._strike()
        action = self._choose()
        name = getattr(action, "__name__", "")
        try:
            action()
        except PowerCut as cut:
            self.figures.count(f"cut: {cut.moment.kind} {cut.moment.side}")
            self.world.cut(cut)
            self._sits_down(cut.node)
        except Fault as fault:
            self.world.note(f"{name}: {fault}")
        except Refusal as refusal:
            self.world.note(f"{name} was refused: {refusal}")

    def _choose(self) -> Callable[[], None]:
        return self.random.choices(
            (self._citizen, self._at_a_counter, self._in_the_office, self._sync, self._tick, self._late, self._restart),
            (16, 56, 14, 10, 3, 5, 8),
        )[0]

    def _citizen(self) -> None:
        if self.world.kiosk.up:
            issued = self.citizens.take(self.random.randrange(2))
            self.world.note(f"a citizen has {issued}")

    def _sync(self) -> None:
        window = self.random.choice(list(self.world.windows.values()))
        if window.up:
            self.world.note(f"{window.name} syncs")
            window.sync.run_once()

    def _tick(self) -> None:
        if self.world.server.up:
            self.world.server.sequence()
            self.invariants.server_chain()

    def _late(self) -> None:
        if self.world.network.arrive():
            self.world.note("a late request arrives")

    def _restart(self) -> None:
        down = [node for node in self.world.nodes() if not node.up]
        if down:
            self._start(self.random.choice(down))

    def _start(self, node: Node) -> None:
        self.world.start(node)
        self._sits_down(node.name)

    def _sits_down(self, name: str) -> None:
        for clerk in self.clerks:
            if clerk.window.name == name:
                clerk.sits_down()

    # --- people ---------------------------------------------------------------------------------------------------
    def _at_a_counter(self) -> None:
        clerk = self.random.choice(self.clerks)
        if not clerk.window.up:
            self._start(clerk.window)
            return
        session = clerk.window.session.current()
        if session is None or (session.offline and self.random.random() < 0.5):
            self.world.note(f"{clerk.login_name} logs in")
            clerk.log_in(clerk.login_name)
            return
        for _ in range(self.random.choice((1, 2, 4))):
            self.world.note(f"{clerk.login_name} {self._works(clerk)}")

    def _works(self, clerk: Clerk) -> str:
        """One thing at a counter; what it was."""
        if clerk.window.prints.questions():
            clerk.answer_questions()
            return "answers a question about a sheet"
        if clerk.intake is not None or clerk.concluded is not None:
            return self._case(clerk)
        if not clerk.looked:
            clerk.look()
            return f"looks: {clerk.ticket and clerk.ticket.number}"
        if clerk.ticket is not None:
            return self._visit(clerk)
        return self._between_visits(clerk)

    def _between_visits(self, clerk: Clerk) -> str:
        does = self.random.choices(("call", "supplement", "issue", "resume", "walk in"), (12, 3, 3, 2, 1))[0]
        if does == "supplement" and self.to_supplement:
            reference = self.random.choice(self.to_supplement)
            clerk.print_all(clerk.supplement(reference))
            self.to_supplement.remove(reference)
            self.to_decide.append(reference)
            return f"takes the supplement of {reference}"
        if does == "issue" and self.to_issue:
            reference = self.random.choice(self.to_issue)
            clerk.print_all(clerk.hand_out(reference))
            self.to_issue.remove(reference)
            return f"hands out {reference}"
        if does == "resume":
            held = list(clerk.window.client.window_view().held) if self._has_held() else []
            if held:
                clerk.window.queue.resume(held[0].ticket_id)
                clerk.look()
                return "resumes a held ticket"
        if does == "walk in":
            clerk.walk_in()
            return "begins without a ticket"
        ticket = clerk.call()
        if ticket is not None:
            self.invariants.called(clerk.window.window_no, ticket.ticket_id, ticket.called_at)
        return f"calls {ticket and ticket.number}"

    def _has_held(self) -> bool:
        return bool(self.world.server.disk.rows("SELECT 1 FROM ticket WHERE state = 'held'"))

    def _visit(self, clerk: Clerk) -> str:
        assert clerk.ticket is not None
        ticket = clerk.ticket
        if ticket.state is TicketState.CALLED:
            if self._is_elsewhere(ticket.ticket_id, clerk):
                return self._nobody_comes(clerk, ticket)
            if self.random.random() < 0.15:
                clerk.window.queue.recall(ticket.ticket_id)
                return f"calls {ticket.number} again"
            clerk.begin()
            return f"begins with {ticket.number}"
        if self.random.random() < 0.12:
            clerk.looked = False
            clerk.window.queue.hold(ticket.ticket_id, Hold(self.random.choice(list(HoldKind))))
            clerk.ticket = None
            return f"holds {ticket.number}"
        clerk.take_up()
        return f"takes up {ticket.number}"

    def _is_elsewhere(self, ticket_id: str, clerk: Clerk) -> bool:
        """The citizen has gone home or sits at another window: only a restored server calls them again."""
        others = (other for other in self.clerks if other is not clerk and (other.intake or other.concluded))
        return ticket_id in self.gone or any(other.ticket and other.ticket.ticket_id == ticket_id for other in others)

    def _nobody_comes(self, clerk: Clerk, ticket: Ticket) -> str:
        self.world.clock.advance(15)
        try:
            clerk.window.queue.miss(ticket.ticket_id)
        except Locked:
            clerk.window.queue.recall(ticket.ticket_id)
            return f"calls {ticket.number} again, nobody comes"
        clerk.looked = False
        return f"misses {ticket.number}"

    def _case(self, clerk: Clerk) -> str:
        case = clerk.intake or (clerk.concluded and clerk.concluded.conclusion.intake)
        assert case is not None
        # The same case has the same defect, whoever takes it up again.
        defect = Random(f"{self.world.seed} {case.case_id}").random() < 0.35
        if clerk.intake is not None:
            if not clerk.intake.checks:
                clerk.fill_in(defect=defect)
                return "fills in the case"
            clerk.conclude(defect=defect)
            assert clerk.concluded is not None
            return f"concludes {clerk.concluded.case_number}"
        assert clerk.concluded is not None
        number = clerk.concluded.case_number
        if clerk.undecided():
            clerk.print_all(clerk.concluded.case_id)
            return f"prints {number}"
        if self.random.random() < 0.5 and not self._is_rated(clerk):
            clerk.rate(self.random.randint(1, 5))
            return f"is rated for {number}"
        if clerk.ticket is not None:
            self.gone.add(clerk.ticket.ticket_id)
        clerk.end_visit()
        pile = self.to_supplement if defect else self.to_decide
        if number not in pile:
            pile.append(number)
        return f"ends the visit of {number}"

    def _is_rated(self, clerk: Clerk) -> bool:
        assert clerk.concluded is not None
        return clerk.window.rating.is_rated(clerk.ticket.ticket_id if clerk.ticket else clerk.concluded.case_id)

    def _in_the_office(self) -> None:
        office = self.office
        if not office.window.up:
            self._start(office.window)
            return
        if self.to_seal and self.random.random() < 0.5:
            reference = self.random.choice(self.to_seal)
            self.world.note(f"the office seals {reference}")
            if office.seal(reference):
                self.to_seal.remove(reference)
                self.to_issue.append(reference)
        elif self.to_decide:
            reference = self.random.choice(self.to_decide)
            self.world.note(f"the office decides {reference}")
            if office.decide(reference):
                self.to_decide.remove(reference)
                self.to_seal.append(reference)

    # --- the world ------------------------------------------------------------------------------------------------
    def _strike(self) -> None:
        """Something happens, or stops happening."""
        strikes: tuple[tuple[Callable[[], None], int], ...] = (
            (self._arm, 70),
            (self._weather, 45),
            (self._cable, 8),
            (self._fills, 6),
            (self._printers, 8),
            (self._power, 8),
            (self._clock, 3),
            (self._back_up, 8),
            (self._restored, 9),
            (self._cloned, 6),
        )
        self.random.choices([strike for strike, _ in strikes], [weight for _, weight in strikes])[0]()

    def _arm(self) -> None:
        """The n-th moment of a kind from now on will be the last of some node."""
        node = self.random.choice([*self.world.windows, "server", "server", self.world.kiosk.name])
        kinds = _KINDS.get(node, _KINDS[""])
        self._armed = (
            node,
            kind := self.random.choice(kinds),
            Side.BEFORE if kind in (Kind.REQUEST, Kind.ANSWER) else self.random.choice(list(Side)),
            self.random.randrange(2),
        )

    def _is_last(self, node: str, kind: Kind, side: Side, what: str) -> bool:
        if self._armed is None or self._armed[:3] != (node, kind, side):
            return False
        left = self._armed[3]
        self._armed = (node, kind, side, left - 1) if left else None
        return left == 0

    def _weather(self) -> None:
        self.world.network.trouble = self.random.choice((0.0, 0.1, 0.3, 0.5))

    def _cable(self) -> None:
        name = self.random.choice(list(self.world.windows))
        pulled = self.world.network.pulled
        pulled.symmetric_difference_update({name})
        self.figures.count("cable pulled", int(name in pulled))

    def _fills(self) -> None:
        node = self.random.choice([self.world.server, *self.world.windows.values()])
        node.disk.full = not node.disk.full
        self.figures.count("disk full", int(node.disk.full))

    def _printers(self) -> None:
        window = self.random.choice(list(self.world.windows.values()))
        for printer in window.printers():
            printer.trouble = self.random.choice((0.0, 0.3, 0.8))

    def _power(self) -> None:
        node = self.random.choice(self.world.nodes())
        if node.up:
            self.figures.count("power cut between steps")
            self.world.crash(node)

    def _clock(self) -> None:
        node = self.random.choice(self.world.nodes())
        node.clock.offset = timedelta(seconds=self.random.randint(-240, 240))
        self.figures.count("clock set wrong")

    def _back_up(self) -> None:
        """The technician's copy, or the nightly one."""
        self._backup = self.world.server.disk.image()

    def _restored(self) -> None:
        """The server is restored from the copy."""
        if not self._backup:
            return
        self.figures.count("server restored")
        self._armed = None
        self.world.restore_server(self._backup)
        self._backup = b""
        self.invariants.restored()
        for clerk in self.clerks:
            clerk.looked = False

    def _cloned(self) -> None:
        """A window's image runs on a second PC, which must not number, and whose uploads do no harm."""
        window = self.random.choice([self.world.windows[name] for name in COUNTERS])
        if not window.up:
            return
        self.figures.count("window cloned")
        self.world.note(f"{window.name} is cloned")
        clone = self.world.clone(window)
        try:
            self._at_the_clone(clone)
        except (Fault, Refusal) as error:
            self.world.note(f"the clone: {error}")
        except PowerCut as cut:
            self.world.cut(cut)
        finally:
            clone.crash()

    def _at_the_clone(self, clone: WindowNode) -> None:
        before = clone.disk.rows("SELECT count(*) FROM concluded_case")
        clone.start()
        clone.outbox.push_once()
        clerk = Clerk(self.world, clone, f"clerk{clone.window_no}")
        clerk.log_in(clerk.login_name)
        try:
            clerk.walk_in()
            clerk.fill_in(defect=False)
            clerk.conclude(defect=False)
        except Locked:
            pass
        expect(clone.disk.rows("SELECT count(*) FROM concluded_case") == before, "a cloned window gave out a number")

    # --- the evening ----------------------------------------------------------------------------------------------
    def _repaired(self) -> None:
        """Everything is up and well."""
        network = self.world.network
        network.trouble, self._armed = 0.0, None
        network.pulled.clear()
        for node in self.world.nodes():
            node.disk.full = False
            node.clock.offset = timedelta()
            if not node.up:
                self._start(node)
        for window in self.world.windows.values():
            for printer in window.printers():
                printer.trouble = 0.0

    def _evening(self) -> None:
        """The faults are over: what was begun is ended, what waits is told."""
        self.world.note("evening")
        self._repaired()
        while self.world.network.late:
            self.world.network.arrive()
        for _ in range(_EVENING):
            self.world.clock.advance(60)
            busy = [clerk for clerk in self.clerks if self._goes_on(clerk)]
            self._office_tells()
            for window in self.world.windows.values():
                if self._waiting(window) or not self.invariants.trusts_server(window):
                    window.sync.run_once()
            self.world.server.sequence()
            self.invariants.after_step()
            if not busy and not any(self._waiting(window) for window in self.world.windows.values()):
                break
        self.figures.records = self.invariants.at_the_end()

    def _waiting(self, window: WindowNode) -> bool:
        return bool(window.disk.rows("SELECT 1 FROM outbox WHERE state = 'waiting'"))

    def _goes_on(self, clerk: Clerk) -> bool:
        """Whether the clerk still has something on the table."""
        session = clerk.window.session.current()
        try:
            if session is None or session.offline:
                clerk.log_in(clerk.login_name)
            clerk.answer_questions()
            if not clerk.looked:
                clerk.look()
            if clerk.intake or clerk.concluded:
                self.world.note(f"{clerk.login_name} {self._case(clerk)}")
                return True
            if clerk.ticket is None:
                return False
            self.world.note(f"{clerk.login_name} {self._visit(clerk)}")
        except (Fault, Refusal) as error:
            self.world.note(f"{clerk.login_name}: {error}")
            clerk.looked = False
        return True

    def _office_tells(self) -> None:
        """Each person of the office logs in, so that what waits for them is told."""
        for login in ("reviewer", "keeper"):
            if self._waiting(self.office.window):
                self.office.be(login)
                self.office.answer_questions()
                self.office.window.sync.run_once()


def play(first: int, count: int, steps: int = STEPS) -> Figures:
    """The days of so many seeds from ``first`` on."""
    figures = Figures()
    for seed in range(first, first + count):
        figures.add(Day(seed, steps).run())
    return figures


if __name__ == "__main__":
    import sys

    day = Day(int(sys.argv[1]))
    try:
        print(day.run())
    finally:
        print("\n".join(day.world.trace), file=sys.stderr)
