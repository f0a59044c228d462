"""A machine that plays the queue: what each key may do, and what must hold whatever the order of keys.

No number twice, nobody at two windows, no window with two, nobody lost, nobody stuck, every draw can be recomputed, and
who follows the feed counts what the store counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from clerk_app.domain.actor import Actor
from clerk_app.domain.dispatch import DrawKind, day_key, draw
from clerk_app.domain.errors import Refusal
from clerk_app.domain.queue import ACTIVE, OPEN, QUEUED, AwayReason, HoldKind, PriorityClass, TicketState
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.hall_queue import CardPerson, FreeNow, Hold, TakeTicket, Ticket, TicketTaken, Transfer, WalkIn
from clerk_app.ports.hall_running import Weight
from support.queue_hall import WINDOWS, Network, QueueHall, Work

S = TicketState
LEGAL: dict[str, dict[TicketState, TicketState]] = {
    "start": {S.CALLED: S.SERVING},
    "recall": {S.CALLED: S.CALLED},
    "miss": {S.CALLED: S.MISSED},
    "undo_miss": {S.MISSED: S.CALLED},
    "undo_call": {S.CALLED: S.WAITING},
    "finish": {S.CALLED: S.FINISHED, S.SERVING: S.FINISHED, S.HELD: S.FINISHED},
    "undo_finish": {S.FINISHED: S.SERVING},
    "hold": {S.CALLED: S.HELD, S.SERVING: S.HELD},
    "resume": {S.HELD: S.SERVING},
    "return": {S.HELD: S.WAITING, S.MISSED: S.WAITING},
    "transfer": {S.CALLED: S.TRANSFERRED, S.SERVING: S.TRANSFERRED, S.TRANSFERRED: S.TRANSFERRED},
    "undo_transfer": {S.TRANSFERRED: S.SERVING},
    "cancel": {S.WAITING: S.CANCELLED, S.TRANSFERRED: S.CANCELLED, S.MISSED: S.CANCELLED},
    "release": {S.CALLED: S.WAITING, S.SERVING: S.WAITING},
    "move": {S.WAITING: S.TRANSFERRED, S.TRANSFERRED: S.TRANSFERRED},
}
ENDED_BY_THE_DAY = {S.WAITING: S.CANCELLED, S.TRANSFERRED: S.CANCELLED, S.MISSED: S.CANCELLED, S.HELD: S.FINISHED}
NETWORK = st.sampled_from([*Network, Network.SENT_TWICE, Network.FINE, Network.FINE, Network.FINE])
WINDOW = st.sampled_from(WINDOWS)
PICK = st.integers(0, 10_000)
CARDS = (CardPerson("李晓彤", "110101199003070003"), CardPerson("张晓", "110101195003070011", date(1950, 3, 7)))


class QueueMachine(RuleBasedStateMachine):
    """``known`` is every ticket as the last answer left it, ``free`` the windows that wait free."""

    postgresql = False

    def __init__(self) -> None:
        super().__init__()
        self.world = QueueHall(postgresql=self.postgresql)
        self.known: dict[str, Ticket] = {}
        self.cards: dict[str, int] = {}
        self.free: set[str] = set()
        self.closed: set[date] = set()
        self.heard_day = self.today
        self.whole = False
        self.latest = ""

    @initialize(missed_returns=st.integers(0, 2))
    def open_hall(self, missed_returns: int) -> None:
        rules = QueueRules(per_person=0, recalls_before_missed=0, missed_returns=missed_returns)
        self.world.hall.write(lambda unit: self.world.hall.desk.days.set_rules(unit, self.world.manager(), rules))
        self.groups = [group.group_id for group in self.world.hall.groups()][:3]
        for group in (0, 1, 2, 0, 0):
            self.world.clock.move(seconds=1)
            self.take(group, PriorityClass.ORDINARY, Network.FINE)

    @property
    def today(self) -> date:
        return QueueRules().day_of(self.world.clock.now())

    # --- one step and what it may do --------------------------------------------------------------------------
    def ask(self, actor: Actor, network: Network, kind: Any, work: Work) -> Any:
        """The answer, or None when the hall refused; then nothing may have changed."""
        self.whole = False
        try:
            answer = self.world.ask(actor, network, kind, work)
        except Refusal:
            self.look()
            return None
        return answer

    def look(
        self,
        *,
        pressed: str | None = None,
        moved: dict[str, dict[TicketState, TicketState]] | None = None,
        left: tuple[str, ...] = (),
        waits_free: tuple[str, ...] = (),
    ) -> None:
        """Compare the store with what is known. ``moved`` tickets may have gone as their tables say, windows in
        ``left`` are not free any more; others may only have been called, by a window that was free or ``pressed``."""
        moved, called = moved or {}, set()
        now = self.world.tickets({ticket.day for ticket in self.known.values()} | {self.today})
        assert set(now) == set(self.known), "a ticket was lost, or came from nowhere"
        for ticket_id, ticket in now.items():
            before = self.known[ticket_id].state
            steps = moved.get(ticket_id)
            wanted = before if steps is None else steps.get(before, before)
            if ticket.state is S.CALLED and wanted in QUEUED:
                assert ticket.window_no in self.free | {pressed}, "called to a window that was not free"
                called.add(ticket.window_no)
            else:
                assert ticket.state is wanted, (before, wanted, ticket)
        self.known = now
        self.free = self.free - called - set(left) | set(waits_free)
        self._promises()
        self.whole = True

    def _promises(self) -> None:
        numbers = Counter((ticket.day, ticket.number) for ticket in self.known.values())
        assert set(numbers.values()) <= {1}, "a number was given twice"
        at = Counter(ticket.window_no for ticket in self.known.values() if ticket.state in ACTIVE)
        assert set(at.values()) <= {1}, "a window serves two"
        assert set(at) <= set(WINDOWS), "somebody is served nowhere"
        assert self.world.free() == self.free
        assert not self.free & set(at), "a window with a citizen waits free"
        people = Counter(
            (self.known[one].day, card) for one, card in self.cards.items() if self.known[one].state in OPEN
        )
        assert set(people.values()) <= {1}, "one card waits twice"

    def new(self, ticket: Ticket, state: TicketState) -> None:
        assert ticket.ticket_id not in self.known
        self.known[ticket.ticket_id] = replace(ticket, state=state)

    def some(self, pick: int, *states: TicketState) -> Ticket | None:
        found = sorted((one for one in self.known.values() if one.state in states), key=lambda one: one.ticket_id)
        return found[pick % len(found)] if found else None

    def active(self, window: str) -> Ticket | None:
        return next((one for one in self.known.values() if one.state in ACTIVE and one.window_no == window), None)

    def step(self, name: str, pick: int, network: Network, work: Any, actor: Actor | None = None) -> Ticket | None:
        """A step on a ticket that allows it, asked by its own window; what is taken back was done last."""
        ticket = self.known.get(self.latest) if name.startswith("undo") else None
        if ticket is None or ticket.state not in LEGAL[name]:
            ticket = self.some(pick, *LEGAL[name])
        if ticket is None:
            return None
        asks = actor or self.world.clerk(ticket.window_no or WINDOWS[pick % len(WINDOWS)])
        kind = TicketTaken if name == "return" else Ticket
        answer = self.ask(asks, network, kind, lambda desk, unit, who: work(desk, unit, who, ticket.ticket_id))
        if answer is None:
            return None
        moved = {ticket.ticket_id: LEGAL[name]}
        takes_window = name in {"undo_miss", "resume", "undo_finish", "undo_transfer"}
        after = self.active(ticket.window_no or "")
        if name == "undo_finish" and after is not None:
            moved[after.ticket_id] = LEGAL["undo_call"]
        self.look(moved=moved, left=(ticket.window_no or "",) if takes_window else ())
        self.latest = ticket.ticket_id
        return self.known[ticket.ticket_id]

    # --- taking -----------------------------------------------------------------------------------------------
    @rule(
        group=st.integers(0, 2),
        priority=st.sampled_from([*[PriorityClass.ORDINARY] * 3, PriorityClass.CARE]),
        network=NETWORK,
    )
    def take(self, group: int, priority: PriorityClass, network: Network) -> None:
        wish = TakeTicket(self.groups[group], priority=priority)
        taken = self.ask(self.world.kiosk(), network, TicketTaken, lambda d, unit, who: d.taking.take(unit, who, wish))
        assert (taken is None) == (self.today in self.closed)
        if taken is not None:
            self.new(taken.ticket, S.WAITING)
            self.look()

    @rule(card=st.integers(0, 1), network=NETWORK)
    def take_by_card(self, card: int, network: Network) -> None:
        wish = TakeTicket(self.groups[card], card=CARDS[card])
        mine = [self.known[one] for one, whose in self.cards.items() if whose == card]
        waits = any(one.day == self.today and one.state in OPEN for one in mine)
        taken = self.ask(self.world.kiosk(), network, TicketTaken, lambda d, unit, who: d.taking.take(unit, who, wish))
        assert (taken is None) == (waits or self.today in self.closed)
        if taken is not None:
            self.new(taken.ticket, S.WAITING)
            self.cards[taken.ticket.ticket_id] = card
            self.look()

    @rule(window=WINDOW, group=st.integers(0, 2), network=NETWORK)
    def walk_in(self, window: str, group: int, network: Network) -> None:
        wish, busy = WalkIn(self.groups[group]), self.active(window) is not None
        ticket = self.ask(
            self.world.clerk(window), network, Ticket, lambda d, unit, who: d.taking.walk_in(unit, who, wish)
        )
        assert (ticket is None) == busy
        if ticket is not None:
            self.new(ticket, S.SERVING)
            self.look(left=(window,))

    # --- calling ----------------------------------------------------------------------------------------------
    @rule(window=WINDOW, network=NETWORK)
    def call_next(self, window: str, network: Network) -> None:
        busy = self.active(window) is not None
        answer = self.ask(
            self.world.clerk(window), network, FreeNow, lambda d, unit, who: d.calling.call_next(unit, who)
        )
        assert (answer is None) == busy
        if answer is not None:
            self._called(window, answer, {})

    @precondition(lambda self: self.some(0, *ACTIVE))
    @rule(window=WINDOW, network=NETWORK)
    def finish_and_call(self, window: str, network: Network) -> None:
        ticket = self.active(window)
        if ticket is None:
            return
        answer = self.ask(
            self.world.clerk(window),
            network,
            FreeNow,
            lambda d, unit, who: d.calling.finish_and_call(unit, who, ticket.ticket_id, "accepted"),
        )
        assert answer is not None
        self._called(window, answer, {ticket.ticket_id: LEGAL["finish"]})

    def _called(self, window: str, answer: FreeNow, moved: dict[str, dict[TicketState, TicketState]]) -> None:
        if answer.ticket is None:
            self.look(moved=moved, waits_free=(window,))
            assert self.active(window) is None
            assert not self._may_call(window), "it waits free though somebody waits for it"
            return
        self.look(moved=moved, pressed=window, left=(window,))
        there = self.active(window)
        assert there is not None
        assert there.ticket_id == answer.ticket.ticket_id

    # --- one ticket -------------------------------------------------------------------------------------------
    def do(self, name: str, pick: int, network: Network) -> None:
        """One of the steps of ``LEGAL``, by whom it is for."""
        group, window = self.groups[pick % 3], WINDOWS[pick % 2 + 1]
        boss, kiosk = self.world.manager(), self.world.kiosk()
        hold = Hold(tuple(HoldKind)[pick % 3])
        wish = (Transfer(group), Transfer(window_no=window), Transfer(user_id=f"user-{window}"))[pick % 3]
        match name:
            case "return":
                self.step(name, pick, network, lambda d, unit, who, one: d.taking.return_(unit, who, one), kiosk)
            case "cancel":
                self.step(name, pick, network, lambda d, unit, who, one: d.taking.cancel(unit, who, one), kiosk)
            case "finish":
                done = self.step(
                    name, pick, network, lambda d, unit, who, one: d.calling.finish(unit, who, one, "left")
                )
                assert done is not None, "a window could not finish its own"
            case "hold":
                done = self.step(name, pick, network, lambda d, unit, who, one: d.calling.hold(unit, who, one, hold))
                assert done is not None, "a window could not hold its own"
            case "transfer":
                self.step(name, pick, network, lambda d, unit, who, one: d.calling.transfer(unit, who, one, wish))
            case "release":
                self.world.clock.move(seconds=61)
                self.step(name, pick, network, lambda d, unit, who, one: d.calling.release(unit, who, one), boss)
            case "move":
                self.step(name, pick, network, lambda d, unit, who, one: d.calling.move(unit, who, one, group), boss)
            case _:
                self.world.clock.move(seconds=10 if name == "recall" else 1)
                self.step(name, pick, network, lambda d, unit, who, one: getattr(d.calling, name)(unit, who, one))

    @precondition(lambda self: self.some(0, *ACTIVE))
    @rule(
        name=st.sampled_from(["start", "recall", "miss", "hold", "finish", "transfer", "undo_call", "release"]),
        pick=PICK,
        network=NETWORK,
    )
    def at_a_window(self, name: str, pick: int, network: Network) -> None:
        if self.some(pick, *LEGAL[name]):
            self.do(name, pick, network)

    @precondition(lambda self: self.some(0, S.HELD))
    @rule(name=st.sampled_from(["resume", "return", "finish"]), pick=PICK, network=NETWORK)
    def held(self, name: str, pick: int, network: Network) -> None:
        self.do(name, pick, network)

    @precondition(lambda self: self.some(0, S.MISSED))
    @rule(name=st.sampled_from(["return", "undo_miss", "cancel"]), pick=PICK, network=NETWORK)
    def missed(self, name: str, pick: int, network: Network) -> None:
        self.do(name, pick, network)

    @precondition(lambda self: self.some(0, S.TRANSFERRED))
    @rule(name=st.sampled_from(["undo_transfer", "transfer", "move"]), pick=PICK, network=NETWORK)
    def sent_on(self, name: str, pick: int, network: Network) -> None:
        self.do(name, pick, network)

    @precondition(lambda self: self.some(0, S.WAITING) and len(self.known) > 6)
    @rule(name=st.sampled_from(["move", "cancel"]), pick=PICK, network=NETWORK)
    def waits(self, name: str, pick: int, network: Network) -> None:
        self.do(name, pick, network)

    @precondition(lambda self: self.some(0, S.FINISHED))
    @rule(pick=PICK, network=NETWORK)
    def finished_too_early(self, pick: int, network: Network) -> None:
        self.do("undo_finish", pick, network)

    # --- windows ----------------------------------------------------------------------------------------------
    @rule(window=WINDOW, name=st.sampled_from(["open", "away", "close", "logged_out", "here"]), network=NETWORK)
    def window_state(self, window: str, name: str, network: Network) -> None:
        actor, extra = self.world.clerk(window), (AwayReason.BREAK,) if name == "away" else ()

        def work(desk: Any, unit: Any, who: Actor) -> bool:
            getattr(desk.counters, name)(unit, who, *extra)
            return True

        if self.ask(actor, network, bool, work):
            self.look(left=() if name == "here" else (window,))

    @rule(window=WINDOW, groups=st.sets(st.integers(0, 2), min_size=1), weight=st.sampled_from([0.5, 1.0, 4.0]))
    def regroup(self, window: str, groups: set[int], weight: float) -> None:
        self._regroup(window, tuple(Weight(self.groups[group], weight + group) for group in sorted(groups)))

    def _regroup(self, window: str, served: tuple[Weight, ...]) -> None:
        hall, boss = self.world.hall, self.world.manager()
        hall.write(lambda unit: hall.desk.counters.set_served(unit, boss, window, served))
        self.look()

    # --- the manager ------------------------------------------------------------------------------------------
    @precondition(lambda self: len(self.known) > 12)
    @rule(earlier=st.booleans(), network=NETWORK)
    def end_the_day(self, earlier: bool, network: Network) -> None:
        today, boss = self.today, self.world.manager()

        def work(desk: Any, unit: Any, who: Actor) -> bool:
            if earlier:
                desk.days.end_earlier(unit, who)
            else:
                desk.days.close(unit, who, cancel_waiting=True)
            return True

        if self.ask(boss, network, bool, work):
            days = {one.day for one in self.known.values() if one.day < today} if earlier else {today}
            self.closed |= days
            moved = {one.ticket_id: ENDED_BY_THE_DAY for one in self.known.values() if one.day in days}
            self.look(moved=moved)

    # --- what happens around ----------------------------------------------------------------------------------
    @rule(seconds=st.sampled_from([1, 4, 9, 70, 600, -1, -30, -600, -3600, 86400, -86400]))
    def clock_moves(self, seconds: int) -> None:
        self.world.clock.move(seconds=seconds)

    @rule(hour=st.sampled_from([0, 3]))
    def a_day_is_about_to_turn(self, hour: int) -> None:
        now = self.world.clock.now()
        left = now.replace(hour=hour, minute=0, second=0) - now - timedelta(seconds=2)
        self.world.clock.move(seconds=left.total_seconds() % 86400)

    @rule()
    def server_is_killed(self) -> None:
        self.world.kill()
        self.look()

    @rule()
    def sweep(self) -> None:
        self.world.hall.desk.matcher.sweep(self.world.hall.store, self.world.hall.hall_id)
        self.look()
        for window in self._heard_of():
            assert not self._may_call(window), "after the sweep a window waits free though somebody waits for it"

    @rule()
    def board_listens(self) -> None:
        told = self.world.hear()
        of_today = all(entry.subject not in self.known or self.known[entry.subject].day == self.today for entry in told)
        if self.heard_day != self.today or not of_today:
            # Another day: displays read the snapshot again.
            self.heard_day = self.today
            self.world.resync()
        counts = self.world.hall.read(lambda unit: unit.tickets.waiting(self.today))
        store = {one.group_id: (one.waiting, one.priority_waiting) for one in counts}
        board = {one.group_id: (one.waiting, one.priority_waiting) for one in self.world.board.groups if one.waiting}
        assert board == store

    # --- the end ----------------------------------------------------------------------------------------------
    def _may_call(self, window: str) -> list[str]:
        served = {group.group_id for group in self.world.hall.read(lambda unit: unit.setup.served_by(window))}
        return [
            one.number
            for one in self.known.values()
            if one.state in QUEUED
            and one.day == self.today
            and (
                one.group_id in served
                if not (one.for_window or one.for_user)
                else window == one.for_window or f"user-{window}" == one.for_user
            )
        ]

    def _heard_of(self) -> list[str]:
        since = self.world.clock.now() - timedelta(seconds=60)
        counters = self.world.hall.read(lambda unit: unit.counters.all())
        return [one.window_no for one in counters if one.window_no in self.free and one.seen_at >= since]

    def teardown(self) -> None:
        try:
            if self.whole:
                self._nobody_is_stuck()
                self._every_draw_can_be_recomputed()
                assert self.world.chain_is_whole()
        finally:
            self.world.close()

    def _nobody_is_stuck(self) -> None:
        """Windows that keep pressing call everybody, on each day whose tickets still wait, in whatever order."""
        for window in WINDOWS:
            self._regroup(window, ())
        for day in sorted({one.day for one in self.known.values()} - self.closed, reverse=True):
            now = self.world.clock.now()
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING)
            self.world.clock.move(seconds=(noon - now).total_seconds())
            for press in range(3 * len(self.known)):
                if not any(one.day == day and one.state in QUEUED for one in self.known.values()):
                    break
                window = WINDOWS[press % len(WINDOWS)]
                (self.finish_and_call if self.active(window) else self.call_next)(window, Network.FINE)
            stuck = [one.number for one in self.known.values() if one.day == day and one.state in QUEUED]
            assert not stuck, f"{stuck} wait for ever"

    def _every_draw_can_be_recomputed(self) -> None:
        hall, crypto = self.world.hall, self.world.hall.desk.tools.crypto
        hall.sequence()
        entries = hall.read(lambda unit: unit.journal.of_kinds(["ticket.called"], 0, 10**9))
        assert len(entries) >= len([one for one in self.known.values() if one.called_at and one.source == "queue"])
        for entry in entries:
            if entry.payload.get("pinned"):
                continue
            told, day = entry.payload["draw"], date.fromisoformat(entry.payload["day"])
            row = hall.read(lambda unit, day=day: unit.running.day(day))
            key = day_key(bytes.fromhex(row.secret), row.outside, hall.hall_id, day, crypto.mac)
            again = draw(key, DrawKind(told["kind"]), told["fixed"], told["candidates"], day, crypto.mac)
            assert again.to_json() == told
            assert entry.payload["number" if again.kind is DrawKind.TICKET else "window_no"] == again.winner
