"""The hall's day: its rules, its opening and closing, and the seed of its draws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from clerk_app.domain import dispatch
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Locked, NotFound, Rejected
from clerk_app.domain.queue import QUEUED, TicketState, TicketStep, step
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.hall_running import Closing, HallDay, OpenHall
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import TicketChange
from clerk_app.services.hall import records
from clerk_app.services.hall.tickets import TicketLog
from clerk_app.services.hall.tools import Tools, canonical, system_actor

_RULES = "queue"
WATCHERS = (Role.MANAGER, Role.CHIEF_REPRESENTATIVE, Role.AUDITOR, Role.TECHNICIAN, Role.SYSTEM)
_LONGEST_WORD = 200


class Days:
    """``rules`` and ``today`` are asked by every step of the queue; the day opens by itself with its first ticket."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._log = TicketLog(tools)
        self._read: tuple[str, QueueRules] = ("", QueueRules())

    # --- rules ------------------------------------------------------------------------------------------------
    def rules(self, unit: HallUnit) -> QueueRules:
        """The hall's rules; the defaults where it never set any."""
        stored = unit.running.setting(_RULES)
        if stored is None:
            return QueueRules()
        text = canonical(stored)
        known, rules = self._read
        if text != known:
            rules = records.load(QueueRules, stored)
            self._read = (text, rules)
        return rules

    def read_rules(self, unit: HallUnit, actor: Actor) -> QueueRules:
        """For every enrolled device."""
        return self.rules(unit)

    def set_rules(self, unit: HallUnit, actor: Actor, rules: QueueRules) -> QueueRules:
        """Change them; in force with the next step. ``Rejected`` names what cannot work."""
        actor.require(Role.MANAGER, Role.TECHNICIAN)
        rules.check()
        body = records.dump(rules)
        unit.running.set_setting(_RULES, body)
        self._tools.record(unit, actor, "rules.changed", unit.hall_id, {"rules": body})
        return rules

    def today(self, unit: HallUnit) -> date:
        """The hall's day of this moment."""
        return self.rules(unit).day_of(self._tools.now())

    def check_of_today(self, unit: HallUnit, ticket: Ticket) -> None:
        """``Locked`` for a ticket of another day that is to wait again: nobody would call it."""
        if ticket.day != self.today(unit):
            day = f"{ticket.day.month}月{ticket.day.day}日"
            raise Locked(f"{ticket.number} 是 {day} 的号，不能再回到队里。在窗口的请办结，要再办请重新取号")

    # --- opening ----------------------------------------------------------------------------------------------
    def ensure(self, unit: HallUnit, day: date) -> HallDay:
        """The day's row; the first ticket opens a day that nobody opened by hand."""
        found = unit.running.day(day)
        if found is None:
            self._open(unit, system_actor(unit.hall_id), day)
            found = unit.running.day(day)
        if found is None:
            raise NotFound("今天的开门记录没有写成，请再做一次")
        return found

    def open(self, unit: HallUnit, actor: Actor, wish: OpenHall) -> HallDay:
        """The opening routine: publish the day's commitment, then mix in the word from outside.

        ``Locked`` once a draw has used the seed: whoever knows draws must not choose it.
        """
        actor.require(Role.MANAGER)
        outside, source = wish.outside.strip(), wish.source.strip()
        if len(outside) > _LONGEST_WORD or len(source) > _LONGEST_WORD:
            raise Rejected("outside", f"外部数值和出处各不超过 {_LONGEST_WORD} 个字")
        if outside and not source:
            raise Rejected("source", "写上外部数值的出处，例如「上证指数 11月25日 收盘」，别人才能核对")
        day = self.ensure(unit, self.today(unit))
        if day.closed_at is not None:
            raise Locked("今天已经关门，不能再开")
        self._close_earlier(unit, actor, day.day)
        if outside and outside != day.outside:
            if day.mixed_at is not None:
                raise Locked("今天已经叫过号，分派的外部数值不能再改")
            unit.running.change_day(day.day, outside=outside, outside_source=source, mixed_at=self._tools.now())
            payload = {"day": day.day.isoformat(), "outside": outside, "source": source}
            self._tools.record(unit, actor, "dispatch.mixed", day.day.isoformat(), payload)
        if day.opened_by == system_actor(unit.hall_id).user_name:
            unit.running.change_day(day.day, opened_by=actor.user_name)
            self._tools.record(unit, actor, "hall.opened", day.day.isoformat(), {"commitment": day.commitment})
        return self.public(unit, day.day)

    def _open(self, unit: HallUnit, actor: Actor, day: date) -> None:
        secret = self._tools.secret()
        word = dispatch.commitment(secret, unit.hall_id, day, self._tools.crypto.digest)
        fresh = HallDay(day, self._tools.now(), actor.user_name, word, secret=secret.hex())
        if unit.running.add_day(fresh):
            payload = {"day": day.isoformat(), "commitment": word, "rule": dispatch.RULE, "start": self._start(unit)}
            self._tools.record(unit, actor, "dispatch.committed", day.isoformat(), payload)

    def _close_earlier(self, unit: HallUnit, actor: Actor, today: date) -> None:
        """Reveal what earlier days kept. Never by the clock alone: one that runs a day ahead for a minute must not end
        the day that it is, nor tell the seed of its draws."""
        for earlier in unit.running.days_open(today):
            self._close(unit, actor, earlier)

    def _start(self, unit: HallUnit) -> dict[str, object]:
        """How the hall stands when its day begins: what the day's draws start from, so that its log is whole."""
        return {
            "rules": records.dump(self.rules(unit)),
            "groups": {group.group_id: [group.prefix, group.start] for group in unit.setup.groups()},
            "served": unit.setup.all_served(),
            "windows": {one.window_no: [one.state.value, one.user_id] for one in unit.counters.all()},
        }

    def key(self, unit: HallUnit, day: HallDay) -> bytes:
        """The key of the day's draws. The first use fixes the word from outside, given or not."""
        if day.mixed_at is None:
            unit.running.change_day(day.day, mixed_at=self._tools.now())
        return dispatch.day_key(bytes.fromhex(day.secret), day.outside, unit.hall_id, day.day, self._tools.crypto.mac)

    # --- closing ----------------------------------------------------------------------------------------------
    def closing(self, unit: HallUnit, actor: Actor) -> Closing:
        """What stands open now."""
        actor.require(*WATCHERS)
        day = self.today(unit)
        open_now = unit.tickets.of_day(day, [*QUEUED, TicketState.CALLED, TicketState.SERVING, TicketState.HELD])
        return Closing(
            waiting=tuple(ticket for ticket in open_now if ticket.state in QUEUED),
            active=tuple(ticket for ticket in open_now if ticket.state in {TicketState.CALLED, TicketState.SERVING}),
            held=tuple(ticket for ticket in open_now if ticket.state is TicketState.HELD),
            missed=len(unit.tickets.of_day(day, [TicketState.MISSED])),
        )

    def close(self, unit: HallUnit, actor: Actor, cancel_waiting: bool) -> HallDay:
        """The closing routine: no more numbers, the seed is published. ``Locked`` while people wait, unless they are
        cancelled on purpose; who is being served is finished afterwards in peace, held visits end as left."""
        actor.require(Role.MANAGER, Role.SYSTEM)
        day = self.ensure(unit, self.today(unit))
        if day.closed_at is not None:
            raise Locked("今天已经关过门")
        waiting = unit.tickets.of_day(day.day, sorted(QUEUED))
        if waiting and not cancel_waiting:
            raise Locked(f"还有 {len(waiting)} 人在等，叫完或作废后再关门")
        self._end_open(unit, actor, day.day)
        self._close(unit, actor, day.day)
        self._close_earlier(unit, actor, day.day)
        return self.public(unit, day.day)

    def end_earlier(self, unit: HallUnit, actor: Actor) -> int:
        """End what earlier days left waiting, held or missed; how many. Who is being served is left alone: the window
        finishes them. Not done by the clock alone, which may be wrong by a day, but by a manager or by the closing."""
        actor.require(Role.MANAGER, Role.SYSTEM)
        today = self.today(unit)
        self._close_earlier(unit, actor, today)
        return sum(self._end_open(unit, actor, day) for day in {one.day for one in unit.tickets.open_before(today)})

    def _end_open(self, unit: HallUnit, actor: Actor, day: date) -> int:
        ended = 0
        for ticket in unit.tickets.of_day(day, [*QUEUED, TicketState.HELD, TicketState.MISSED]):
            held = ticket.state is TicketState.HELD
            state = step(ticket.state, TicketStep.FINISH if held else TicketStep.CANCEL)
            change = TicketChange(state=state, ended_at=self._tools.now(), outcome="day_ended")
            self._log.change(unit, actor, "ticket.finished" if held else "ticket.cancelled", ticket, change)
            ended += 1
        return ended

    def _close(self, unit: HallUnit, actor: Actor, day: date) -> None:
        unit.running.change_day(day, closed_at=self._tools.now(), closed_by=actor.user_name)
        closed = unit.running.day(day)
        if closed is None:
            return
        payload = {"day": day.isoformat(), "secret": closed.secret, "outside": closed.outside}
        self._tools.record(unit, actor, "dispatch.revealed", day.isoformat(), payload)

    # --- what may be told -------------------------------------------------------------------------------------
    def public(self, unit: HallUnit, day: date) -> HallDay:
        """The day as anybody may see it: the secret only after the closing. ``NotFound``."""
        found = unit.running.day(day)
        if found is None:
            raise NotFound(f"{day:%Y-%m-%d} 大厅没有开门记录")
        return found if found.closed_at is not None else replace(found, secret="")

    def read_day(self, unit: HallUnit, actor: Actor, day: date | None) -> HallDay | None:
        """Today or another day, without its secret while it runs."""
        wanted = day or self.today(unit)
        return None if unit.running.day(wanted) is None else self.public(unit, wanted)
