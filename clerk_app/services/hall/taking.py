"""Taking a number: hours, limits, lanes; and what kiosks and guide desks do with a ticket afterwards."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.masking import mask_name_public
from clerk_app.domain.queue import (
    HOLD_RULES,
    Counted,
    Lane,
    PrintState,
    PriorityClass,
    TicketSource,
    TicketState,
    TicketStep,
    VisitReason,
    WindowState,
    lane_of,
    priority_of,
    step,
)
from clerk_app.domain.queue_order import place_after
from clerk_app.ports.hall_queue import CardPerson, ServiceGroup, TakeTicket, Ticket, TicketTaken, WalkIn
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import NewTicket, TicketChange
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.matching import Matcher
from clerk_app.services.hall.tickets import BACK_IN_QUEUE, TicketLog, seconds
from clerk_app.services.hall.tools import Tools
from clerk_app.services.hall.waiting import Waiting

_GIVERS = (Role.KIOSK, Role.CLERK, Role.MANAGER)
MOST_MATTERS = 9
_NUMBER = re.compile(r"([A-Z])(\d{1,6})")
_WAITS_FOR_CITIZEN = frozenset(
    {CaseState.SUPPLEMENT_REQUESTED, CaseState.ACCEPTED_WITH_DEFICIENCY, CaseState.READY}
)
"""States of a case whose citizen comes back to supply or to collect: they do not queue again."""
_RETURN_REASONS = (VisitReason.SUPPLEMENT, VisitReason.COLLECT)


class Taking:
    """A ticket counts as issued from the commit, whatever becomes of its paper."""

    def __init__(self, tools: Tools, days: Days, matcher: Matcher, waiting: Waiting) -> None:
        self._tools = tools
        self._days = days
        self._matcher = matcher
        self._waiting = waiting
        self._log = TicketLog(tools)

    def take(self, unit: HallUnit, actor: Actor, wish: TakeTicket) -> TicketTaken:
        """A new ticket; called at once when a window waits free for it.

        ``NotFound`` for an unknown group, ``Conflict`` when the card has an open number today, ``Locked`` outside the
        hours or over a limit, ``Rejected`` for the card or too many matters.
        """
        actor.require(*_GIVERS)
        group = group_of(unit, wish.group_id)
        now = self._tools.now()
        day = self.open_day(unit, now)
        self._check_limit(unit, group, day)
        check_matters(wish.matters)
        if wish.priority is PriorityClass.APPOINTMENT:
            raise Rejected("priority", "预约的号用身份证或预约码签到来取")
        person, person_hash, birth = self._person(unit, wish.card, day)
        case_number = self._case_of_citizen(unit, wish, person_hash)
        priority = priority_of(wish.priority, birth, day)
        new = NewTicket(
            ticket_id=self._tools.new_id(),
            day=day,
            prefix=group.prefix,
            start=group.start,
            group_id=group.group_id,
            priority=priority,
            reason=wish.reason,
            lane=lane_of(priority, returning=bool(case_number)),
            taken_at=now,
            matters=wish.matters,
            person=person,
            person_hash=person_hash,
            print_state=PrintState.PENDING if wish.paper else PrintState.NOT_WANTED,
            case_number=case_number,
            pre_check=wish.pre_check,
            guidance=wish.guidance,
        )
        return self.issue(unit, actor, new)

    def issue(self, unit: HallUnit, actor: Actor, new: NewTicket) -> TicketTaken:
        """Store a ticket that may be given, and call it at once when a window waits free for it."""
        ticket = unit.tickets.add(new)
        self._log.record(unit, actor, "ticket.taken", ticket)
        return self._waiting.taken(unit, self._matcher.for_ticket(unit, ticket))

    def walk_in(self, unit: HallUnit, actor: Actor, wish: WalkIn) -> Ticket:
        """Somebody without a number at the window: they get one, served at once, and are counted like all others.

        Recorded as walk-in, because it goes past the draw: the manager's board counts them per window.
        """
        actor.require(Role.CLERK)
        if actor.window_no is None:
            raise NotAllowed("先登录到一个窗口")
        busy = unit.tickets.active(actor.window_no)
        if busy is not None:
            raise Locked(f"{busy.number} 还没办完，先办结这一位")
        group = group_of(unit, wish.group_id)
        now = self._tools.now()
        day = self._days.today(unit)
        self._days.ensure(unit, day)
        ticket = unit.tickets.add(
            NewTicket(
                ticket_id=self._tools.new_id(),
                day=day,
                prefix=group.prefix,
                start=group.start,
                group_id=group.group_id,
                priority=PriorityClass.ORDINARY,
                reason=wish.reason,
                lane=Lane.ORDINARY,
                taken_at=now,
                state=TicketState.SERVING,
                source=TicketSource.WALK_IN,
                print_state=PrintState.NOT_WANTED,
                window_no=actor.window_no,
                called_at=now,
                started_at=now,
            )
        )
        unit.counters.occupy(actor.window_no)
        self._log.record(unit, actor, "ticket.walk_in", ticket)
        return ticket

    def return_(self, unit: HallUnit, actor: Actor, ticket_id: str) -> TicketTaken:
        """One who was held or missed is back: waits again, without a new number, at the place that the rule gives.

        Held: ``HOLD_RULES``. Missed: behind the first ``missed_after``, ``Locked`` after ``missed_returns`` times.
        """
        actor.require(*_GIVERS)
        ticket = unit.tickets.get(ticket_id)
        state = step(ticket.state, TicketStep.RETURN)
        self._days.check_of_today(unit, ticket)
        change = self._after_hold(unit, ticket) if ticket.hold is not None else self._after_miss(unit, ticket)
        changed = self._log.change(
            unit, actor, "ticket.returned", ticket, replace(change, state=state, queued_at=self._tools.now())
        )
        return self._waiting.taken(unit, self._matcher.for_ticket(unit, changed))

    def cancel(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """Void a ticket that waits or was missed."""
        actor.require(*_GIVERS)
        ticket = unit.tickets.get(ticket_id)
        change = TicketChange(state=step(ticket.state, TicketStep.CANCEL), ended_at=self._tools.now())
        return self._log.change(unit, actor, "ticket.cancelled", ticket, change)

    def set_print_state(self, unit: HallUnit, actor: Actor, ticket_id: str, state: PrintState) -> Ticket:
        """Keep what is known of the paper; each ``PRINTED`` counts one print (the first and every reprint)."""
        actor.require(*_GIVERS)
        ticket = unit.tickets.get(ticket_id)
        prints = ticket.prints + (state is PrintState.PRINTED)
        return self._log.change(unit, actor, "ticket.printed", ticket, TicketChange(print_state=state, prints=prints))

    def by_number(self, unit: HallUnit, actor: Actor, number: str) -> TicketTaken:
        """Today's ticket of that number, for who comes back with their paper. ``Rejected``, ``NotFound``."""
        actor.require(*_GIVERS)
        found = _NUMBER.fullmatch(number.strip().upper())
        if found is None:
            raise Rejected("number", "号码是一个字母加数字，例如 A047")
        ticket = unit.tickets.by_number(self._days.today(unit), found[1], int(found[2]))
        if ticket is None:
            raise NotFound(f"今天没有 {number.strip().upper()} 这个号")
        return self._waiting.taken(unit, ticket)

    # --- the parts --------------------------------------------------------------------------------------------
    def open_day(self, unit: HallUnit, now: datetime) -> date:
        """The hall's day on which numbers are given now; ``Locked`` outside the hours and after the closing."""
        rules = self._days.rules(unit)
        rules.hours.check_taking(now)
        day = self._days.ensure(unit, rules.day_of(now))
        if day.closed_at is not None:
            raise Locked("大厅今天已经关门，请明天再来")
        return day.day

    def _check_limit(self, unit: HallUnit, group: ServiceGroup, day: date) -> None:
        if group.daily_limit and unit.tickets.taken_in_group(day, group.group_id) >= group.daily_limit:
            raise Locked(f"{group.name}今天的 {group.daily_limit} 个号已经取完，请到咨询台问明天的安排")

    def _person(self, unit: HallUnit, card: CardPerson | None, day: date) -> tuple[str, str | None, date | None]:
        """(masked name, digest, birth) of the card that was laid down; the limits per person are checked."""
        if card is None:
            return "", None, None
        if not card.id_number.strip():
            raise Rejected("card", "证件号码没有读到，请再放一次证件")
        digest = self._tools.person_digest(card.id_number)
        earlier = self.open_number(unit, digest, day)
        if earlier:
            raise Conflict(earlier)
        limit = self._days.rules(unit).per_person
        if limit and unit.tickets.taken_by_person(day, digest) >= limit:
            raise Locked(f"这张身份证今天已经取过 {limit} 个号，请到咨询台帮您看看")
        return mask_name_public(card.name), digest, card.birth

    def open_number(self, unit: HallUnit, person_hash: str, day: date) -> str:
        """The sentence about the number that this person holds already; empty without one."""
        earlier = unit.tickets.open_of_person(day, person_hash)
        return "" if earlier is None else _already(earlier, unit.tickets.ahead(earlier))

    def _case_of_citizen(self, unit: HallUnit, wish: TakeTicket, person_hash: str | None) -> str:
        """The number of the case that gives the return lane: the one whose paper was shown, else the one that waits
        longest for the card's person. Empty when none waits for the citizen."""
        if wish.case_number:
            case_id = unit.files.locate(wish.case_number)
            head = None if case_id is None else unit.files.head(case_id)
            waits = head is not None and head.standing.state in _WAITS_FOR_CITIZEN
            return head.case_number if head is not None and waits else ""
        if person_hash is None or wish.reason not in _RETURN_REASONS:
            return ""
        found = unit.files.of_person(person_hash, _WAITS_FOR_CITIZEN, 1)
        return found[0].case_number if found else ""

    def _after_hold(self, unit: HallUnit, ticket: Ticket) -> TicketChange:
        assert ticket.hold is not None
        rule = HOLD_RULES[ticket.hold]
        now = self._tools.now()
        away = seconds(ticket.held_at, now)
        record = unit.counters.get(ticket.window_no or "")
        window_is_open = record is not None and record.state is not WindowState.OFF
        bound = ticket.window_no if rule.same_if_open and window_is_open else None
        return TicketChange(
            lane=Lane.RETURN,
            order_at=ticket.order_at if rule.keeps_place else self._behind_all(unit, ticket.day),
            for_window=bound,
            from_window=ticket.window_no,
            wait_s=ticket.wait_s + (away if rule.counted is Counted.WAITING else 0),
            service_s=ticket.service_s + (away if rule.counted is Counted.SERVICE else 0),
            clear=BACK_IN_QUEUE | {"hold", "held_at", "for_user"} | (frozenset() if bound else {"for_window"}),
        )

    def _behind_all(self, unit: HallUnit, day: date) -> datetime:
        """Now, but behind everybody on the day also when the clock was set back."""
        latest, now = unit.tickets.latest_place(day), self._tools.now()
        return now if latest is None else max(now, latest + timedelta(microseconds=1))

    def _after_miss(self, unit: HallUnit, ticket: Ticket) -> TicketChange:
        rules = self._days.rules(unit)
        if ticket.missed_returns >= rules.missed_returns:
            raise Locked(f"{ticket.number} 已经过号 {ticket.missed_returns + 1} 次，请重新取号")
        now = self._tools.now()
        places = unit.tickets.places(ticket.group_id, ticket.day, now, max(rules.missed_after, 1))
        open_now = [one for one in unit.counters.all() if one.state is not WindowState.OFF]
        reached = ticket.for_window in {None, *(one.window_no for one in open_now)}
        reached = reached and ticket.for_user in {None, *(one.user_id for one in open_now)}
        return TicketChange(
            order_at=place_after(places, rules.missed_after, now),
            missed_returns=ticket.missed_returns + 1,
            passed=0,
            clear=BACK_IN_QUEUE | (frozenset() if reached else {"for_window", "for_user"}),
        )


def group_of(unit: HallUnit, group_id: str) -> ServiceGroup:
    """``NotFound`` for a group that the hall does not have."""
    group = next((group for group in unit.setup.groups() if group.group_id == group_id), None)
    if group is None:
        raise NotFound("没有这一类业务，请回首页再选")
    return group


def check_matters(matters: tuple[str, ...]) -> None:
    """``Rejected("matters")`` for more than one visit can hold."""
    if len(matters) > MOST_MATTERS:
        raise Rejected("matters", f"一个号最多办 {MOST_MATTERS} 件事，再多请另取一个号")


def _already(earlier: Ticket, ahead: int) -> str:
    taken = f"这张身份证 {earlier.taken_at:%H:%M} 已取 {earlier.number}，"
    if earlier.state is TicketState.HELD:
        return taken + "还没有办完，把这个号给工作人员看就行，不用再取"
    if earlier.window_no and earlier.state in {TicketState.CALLED, TicketState.SERVING}:
        return taken + f"请到 {earlier.window_no} 号窗口"
    return taken + f"前面还有 {ahead} 人"
