"""A day at a hall, played by seed over the real services: everything that a draw depends on happens in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Refusal
from clerk_app.domain.queue import HoldKind, PrintState, PriorityClass, TicketState
from clerk_app.domain.queue_order import Fairness
from clerk_app.ports.hall_queue import Hold, TakeTicket, Ticket, Transfer, WalkIn
from clerk_app.ports.hall_running import OpenHall, Weight
from support.hall import HallInHand

WINDOWS = ("1", "2", "3", "12")
_CLASSES = (PriorityClass.ORDINARY,) * 6 + (PriorityClass.ELDERLY, PriorityClass.CARE)
_STEPS = {
    "take": 8,
    "call": 7,
    "finish": 6,
    "finish_and_call": 4,
    "undo": 2,
    "miss": 2,
    "hold": 2,
    "transfer": 2,
    "back": 3,
    "walk_in": 1,
    "cancel": 1,
    "release": 1,
    "window": 2,
    "regroup": 1,
    "rules": 1,
    "print": 1,
    "wait": 5,
}


@dataclass
class QueueDay:
    """Plays steps; what the hall refuses is refused, as at any hall."""

    hall: HallInHand
    random: Random
    refused: int = 0
    done: dict[str, int] = field(default_factory=dict)

    def play(self, steps: int) -> None:
        """So many random steps, with the word from outside mixed in first."""
        names, weights = list(_STEPS), list(_STEPS.values())
        self._manage(lambda unit, actor: self.hall.desk.days.open(unit, actor, OpenHall("3398.62", "上证指数 收盘")))
        for _ in range(steps):
            name = self.random.choices(names, weights)[0]
            self.hall.clock.move(milliseconds=self.random.randint(0, 1500))
            try:
                getattr(self, f"_{name}")()
                self.done[name] = self.done.get(name, 0) + 1
            except Refusal:
                self.refused += 1

    def close(self) -> None:
        """The closing routine, which publishes the secret; and the sequencer."""
        self._manage(lambda unit, actor: self.hall.desk.days.close(unit, actor, True))
        self.hall.sequence()

    # --- who ----------------------------------------------------------------------------------------------------
    def _manage(self, work):  # type: ignore[no-untyped-def]
        actor = self.hall.actor(None, Role.MANAGER)
        return self.hall.write(lambda unit: work(unit, actor))

    def clerk(self, window_no: str) -> Actor:
        return replace(self.hall.actor(window_no), user_id=f"user-{window_no}")

    def _tickets(self, *states: TicketState) -> list[Ticket]:
        day = self.hall.read(self.hall.desk.days.today)
        return self.hall.read(lambda unit: unit.tickets.of_day(day, states))

    def _some(self, *states: TicketState) -> Ticket | None:
        found = self._tickets(*states)
        return self.random.choice(found) if found else None

    def _at(self, *states: TicketState) -> tuple[Ticket, Actor] | None:
        ticket = self._some(*states)
        return None if ticket is None or ticket.window_no is None else (ticket, self.clerk(ticket.window_no))

    # --- steps ---------------------------------------------------------------------------------------------------
    def _take(self) -> None:
        group = self.random.choice(self.hall.groups()[:3]).group_id
        wish = TakeTicket(group, priority=self.random.choice(_CLASSES))
        self.hall.write(lambda unit: self.hall.desk.taking.take(unit, self.hall.kiosk(), wish))

    def _call(self) -> None:
        actor = self.clerk(self.random.choice(WINDOWS))
        self.hall.write(lambda unit: self.hall.desk.calling.call_next(unit, actor))

    def _finish(self) -> None:
        if found := self._at(TicketState.CALLED, TicketState.SERVING):
            ticket, actor = found
            self.hall.write(lambda unit: self.hall.desk.calling.finish(unit, actor, ticket.ticket_id, "accepted"))

    def _finish_and_call(self) -> None:
        if found := self._at(TicketState.CALLED, TicketState.SERVING):
            ticket, actor = found
            self.hall.write(
                lambda unit: self.hall.desk.calling.finish_and_call(unit, actor, ticket.ticket_id, "accepted")
            )

    def _undo(self) -> None:
        calling = self.hall.desk.calling
        steps = [
            (TicketState.CALLED, calling.undo_call),
            (TicketState.FINISHED, calling.undo_finish),
            (TicketState.TRANSFERRED, calling.undo_transfer),
            (TicketState.MISSED, calling.undo_miss),
        ]
        state, step = self.random.choice(steps)
        if found := self._at(state):
            ticket, actor = found
            self.hall.write(lambda unit: step(unit, actor, ticket.ticket_id))

    def _miss(self) -> None:
        if found := self._at(TicketState.CALLED):
            ticket, actor = found
            calling = self.hall.desk.calling
            for _ in range(2):
                self.hall.clock.move(seconds=11)
                self.hall.write(lambda unit: calling.recall(unit, actor, ticket.ticket_id))
            self.hall.write(lambda unit: calling.miss(unit, actor, ticket.ticket_id))

    def _hold(self) -> None:
        if found := self._at(TicketState.CALLED, TicketState.SERVING):
            ticket, actor = found
            wish = Hold(self.random.choice(list(HoldKind)))
            self.hall.write(lambda unit: self.hall.desk.calling.hold(unit, actor, ticket.ticket_id, wish))

    def _transfer(self) -> None:
        if found := self._at(TicketState.CALLED, TicketState.SERVING):
            ticket, actor = found
            window = self.random.choice(WINDOWS)
            groups = self.hall.groups()[:3]
            wish = self.random.choice(
                [
                    Transfer(group_id=self.random.choice(groups).group_id),
                    Transfer(window_no=window),
                    Transfer(user_id=f"user-{window}"),
                ]
            )
            self.hall.write(lambda unit: self.hall.desk.calling.transfer(unit, actor, ticket.ticket_id, wish))

    def _back(self) -> None:
        ticket = self._some(TicketState.HELD, TicketState.MISSED)
        if ticket is None:
            return
        if ticket.state is TicketState.HELD and ticket.window_no and self.random.random() < 0.3:
            actor = self.clerk(ticket.window_no)
            self.hall.write(lambda unit: self.hall.desk.calling.resume(unit, actor, ticket.ticket_id))
            return
        self.hall.write(lambda unit: self.hall.desk.taking.return_(unit, self.hall.kiosk(), ticket.ticket_id))

    def _walk_in(self) -> None:
        actor = self.clerk(self.random.choice(WINDOWS))
        wish = WalkIn(self.random.choice(self.hall.groups()[:3]).group_id)
        self.hall.write(lambda unit: self.hall.desk.taking.walk_in(unit, actor, wish))

    def _cancel(self) -> None:
        if ticket := self._some(TicketState.WAITING, TicketState.TRANSFERRED):
            self.hall.write(lambda unit: self.hall.desk.taking.cancel(unit, self.hall.kiosk(), ticket.ticket_id))

    def _release(self) -> None:
        if ticket := self._some(TicketState.CALLED, TicketState.SERVING):
            self.hall.clock.move(seconds=61)
            self._manage(lambda unit, actor: self.hall.desk.calling.release(unit, actor, ticket.ticket_id))

    def _window(self) -> None:
        actor = self.clerk(self.random.choice(WINDOWS))
        counters = self.hall.desk.counters
        self.hall.write(lambda unit: self.random.choice([counters.open, counters.close, counters.here])(unit, actor))

    def _regroup(self) -> None:
        window = self.random.choice(WINDOWS)
        groups = self.random.sample(self.hall.groups()[:3], self.random.randint(0, 2))
        served = tuple(Weight(group.group_id, self.random.choice([0.5, 1.0, 2.5])) for group in groups)
        self._manage(lambda unit, actor: self.hall.desk.counters.set_served(unit, actor, window, served))

    def _rules(self) -> None:
        rules = self.hall.read(self.hall.desk.days.rules)
        fairness = Fairness(self.random.randint(2, 4), self.random.randint(1, 3), self.random.randint(1, 2))
        self._manage(lambda unit, actor: self.hall.desk.days.set_rules(unit, actor, replace(rules, fairness=fairness)))

    def _print(self) -> None:
        if ticket := self._some(TicketState.WAITING):
            taking, kiosk = self.hall.desk.taking, self.hall.kiosk()
            self.hall.write(lambda unit: taking.set_print_state(unit, kiosk, ticket.ticket_id, PrintState.PRINTED))

    def _wait(self) -> None:
        self.hall.clock.move(seconds=self.random.choice([1, 5, 20, 70]))


def played_day(hall: HallInHand, seed: int, steps: int) -> QueueDay:
    """A day played with a seed."""
    day = QueueDay(hall, Random(seed))
    day.play(steps)
    hall.sequence()
    return day
