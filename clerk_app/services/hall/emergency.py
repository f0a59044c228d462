"""What devices did while the server was away, merged into the queue.

A device tells each visit under an id of its own and again as it goes on; the server keeps every word (``ToldVisit``)
and moves the ticket accordingly. Words that do not fit are kept too and written down as a conflict for the manager.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from clerk_app.domain.actor import Actor, DeviceKind
from clerk_app.domain.emergency import Number, Times, plausible, read_number
from clerk_app.domain.errors import Conflict, Rejected
from clerk_app.domain.queue import (
    ACTIVE,
    QUEUED,
    PrintState,
    TicketSource,
    TicketState,
    TicketStep,
    lane_of,
    step,
)
from clerk_app.domain.queue_rules import BLOCK_SIZE, EMERGENCY_PREFIX
from clerk_app.ports.hall_queue import ServiceGroup, Ticket, TicketTaken
from clerk_app.ports.hall_running import EmergencyMerged, EmergencyVisit
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_emergency import Stage, ToldVisit
from clerk_app.ports.stores_hall_queue import NewTicket, TicketChange
from clerk_app.services.hall import records
from clerk_app.services.hall.blocks import Blocks
from clerk_app.services.hall.checks import check, check_aware, check_uuid, check_window
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.matching import Matcher
from clerk_app.services.hall.tickets import TicketLog, seconds
from clerk_app.services.hall.tools import Tools, canonical

_OUTCOME = re.compile(r"[a-z][a-z_]{1,63}")
_DAY_ENDED = "day_ended"
_GIVERS = frozenset({DeviceKind.WINDOW, DeviceKind.KIOSK})
_INSTEAD = "emergency: this wish was given up, its number came from a reserved block"


@dataclass(frozen=True, slots=True)
class _Word:
    """One visit as it was told, checked: ``own`` says whether the number is from the device's block."""

    visit: EmergencyVisit
    number: Number
    times: Times
    day: date
    stage: Stage
    own: bool


class Emergency:
    """Remembers and merges; every change with its event, in the transaction of the request."""

    def __init__(self, tools: Tools, days: Days, matcher: Matcher) -> None:
        self._tools = tools
        self._days = days
        self._matcher = matcher
        self.blocks = Blocks(tools)
        self._log = TicketLog(tools)

    # --- merging ----------------------------------------------------------------------------------------------
    def merge(self, unit: HallUnit, actor: Actor, visit: EmergencyVisit) -> EmergencyMerged:
        """Take in how far a visit has got; what was told before, or out of order, changes nothing.

        ``Rejected`` for a number that is not from the device's block and was not called by hand, and for times that
        nobody can believe.
        """
        self.blocks.check_device(unit, actor)
        word = self._checked(unit, actor, records.in_beijing(visit))
        known = unit.emergency.get(visit.ticket_id)
        if known is not None:
            return self._again(unit, actor, known, word)
        self._give_up(unit, actor, visit.instead_of)
        ticket, conflict = self._first(unit, actor, word)
        return self._kept(unit, actor, word, ticket, conflict)

    def _checked(self, unit: HallUnit, actor: Actor, visit: EmergencyVisit) -> _Word:
        check_uuid("ticket_id", visit.ticket_id)
        for name in ("taken_at", "called_at", "ended_at"):
            if (moment := getattr(visit, name)) is not None:
                check_aware(name, moment)
        check("ended_at", visit.ended_at is None or visit.called_at is not None)
        check("window_no", bool(visit.window_no) == (visit.called_at is not None))
        check("outcome", visit.ended_at is None or bool(_OUTCOME.fullmatch(visit.outcome)))
        if visit.window_no:
            check_window(actor, visit.window_no)
        self._group(unit, visit.group_id)
        number = read_number(visit.number)
        rules, now = self._days.rules(unit), self._tools.now()
        times = plausible(visit.taken_at, visit.called_at, visit.ended_at, now)
        stage = Stage.WAITS
        if visit.called_at is not None:
            stage = Stage.SERVED if visit.ended_at is None else Stage.ENDED
        own = self.blocks.owns(unit, actor, number.block_no)
        if stage is Stage.WAITS and not own and number.block_no is not None:
            # Reserved before this store was restored from an older copy.
            unit.emergency.take_block(number.block_no, actor.device_id, now)
            own = self.blocks.owns(unit, actor, number.block_no)
        if stage is Stage.WAITS and not own:
            raise Rejected("number", f"{number} 不在这台设备的应急号段里，没有收。请技术员核对这台设备的登记")
        return _Word(visit, number, times, rules.day_of(times.taken_at), stage, own)

    def _again(self, unit: HallUnit, actor: Actor, known: ToldVisit, word: _Word) -> EmergencyMerged:
        same_place = known.device_id == actor.device_id or known.window_no == word.visit.window_no != ""
        if known.number != str(word.number) or not same_place:
            raise Conflict("这一次应急办理已经传过，号码或设备不一样，没有覆盖")
        ticket, conflict = unit.tickets.get(known.ticket_id), known.conflict
        ticket = self._printed(unit, actor, ticket, word)
        if word.stage <= known.stage:
            return EmergencyMerged(ticket, conflict)
        word = replace(word, day=known.day)
        if not conflict or ticket.ticket_id == known.told_id:
            ticket, trouble = self._served(unit, actor, ticket, word)
            conflict = trouble or conflict
        return self._kept(unit, actor, word, ticket, conflict)

    def _printed(self, unit: HallUnit, actor: Actor, ticket: Ticket, word: _Word) -> Ticket:
        """What became of the paper, where the device that gave the number tells it afterwards."""
        told = word.visit.print_state
        late = {PrintState.NOT_WANTED, PrintState.PENDING, ticket.print_state}
        if told in late or not word.own or ticket.source is not TicketSource.EMERGENCY:
            return ticket
        change = TicketChange(print_state=told, prints=ticket.prints + (told is PrintState.PRINTED))
        return self._log.change(unit, actor, "ticket.printed", ticket, change)

    def _kept(self, unit: HallUnit, actor: Actor, word: _Word, ticket: Ticket, conflict: str) -> EmergencyMerged:
        visit, times = word.visit, word.times
        before = unit.emergency.get(visit.ticket_id)
        unit.emergency.put(
            ToldVisit(
                told_id=visit.ticket_id,
                ticket_id=ticket.ticket_id,
                device_id=actor.device_id,
                day=word.day,
                number=str(word.number),
                window_no=visit.window_no,
                stage=word.stage,
                taken_at=times.taken_at,
                called_at=times.called_at,
                ended_at=times.ended_at,
                outcome=visit.outcome,
                conflict=conflict,
                merged_at=before.merged_at if before is not None else self._tools.now(),
            )
        )
        if conflict and (before is None or before.conflict != conflict):
            payload = {
                "number": ticket.number,
                "told_number": str(word.number),
                "told": visit.ticket_id,
                "window_no": visit.window_no or None,
                "other_window": ticket.window_no,
                "day": word.day.isoformat(),
                "sentence": conflict,
            }
            self._tools.record(unit, actor, "emergency.conflict", ticket.ticket_id, payload)
        return EmergencyMerged(ticket, conflict)

    # --- the first word about a number ------------------------------------------------------------------------
    def _first(self, unit: HallUnit, actor: Actor, word: _Word) -> tuple[Ticket, str]:
        ticket = unit.tickets.by_number(word.day, word.number.prefix, word.number.serial)
        if ticket is None:
            if word.number.block_no is None:
                return self._unknown(unit, actor, word)
            known = word.own or unit.running.block_owner(word.number.block_no) is not None
            conflict = "" if known else f"{word.number} 的号段没有登记过，可能输错了"
            return self._inserted(unit, actor, word, word.number.serial), conflict
        if word.own and any(told.device_id == actor.device_id for told in unit.emergency.of_ticket(ticket.ticket_id)):
            # The device's own number under another id: its clock went back a day and the series began again.
            return self._renumbered(unit, actor, word)
        if word.stage is Stage.WAITS:
            return self._given_late(unit, actor, ticket, word), ""
        return self._served(unit, actor, ticket, word)

    def _inserted(self, unit: HallUnit, actor: Actor, word: _Word, serial: int | None) -> Ticket:
        """A ticket as the device tells it. ``serial`` None: the group's next number, as for a walk-in."""
        visit, times, now = word.visit, word.times, self._tools.now()
        group = self._group(unit, visit.group_id)
        state = _STATES[word.stage]
        if word.day == self._days.today(unit):
            self._days.ensure(unit, word.day)
        elif state is TicketState.WAITING:
            state = TicketState.CANCELLED
        busy = state is TicketState.SERVING and unit.tickets.active(visit.window_no) is not None
        if busy:
            state = TicketState.WAITING
        over = state in {TicketState.FINISHED, TicketState.CANCELLED}
        called = None if busy else times.called_at
        ticket = unit.tickets.add(
            NewTicket(
                ticket_id=visit.ticket_id,
                day=word.day,
                prefix=word.number.prefix if serial is not None else group.prefix,
                serial=serial,
                start=group.start,
                group_id=group.group_id,
                priority=visit.priority,
                reason=visit.reason,
                lane=lane_of(visit.priority, returning=False),
                taken_at=times.taken_at,
                order_at=times.taken_at,
                state=state,
                source=TicketSource.EMERGENCY,
                matters=visit.matters,
                print_state=visit.print_state,
                window_no=visit.window_no if called else None,
                called_at=called,
                started_at=called,
                ended_at=(times.ended_at or now) if over else None,
                outcome=(visit.outcome or _DAY_ENDED) if over else None,
                wait_s=seconds(times.taken_at, called) if called else 0,
                service_s=seconds(called, times.ended_at) if called and times.ended_at else 0,
            )
        )
        if busy:
            ticket = self._bound(unit, ticket, visit.window_no)
        if state is TicketState.SERVING:
            unit.counters.occupy(visit.window_no)
        self._record(unit, actor, ticket, word, before=None)
        return self._matcher.for_ticket(unit, ticket) if word.stage is Stage.WAITS else ticket

    def _unknown(self, unit: HallUnit, actor: Actor, word: _Word) -> tuple[Ticket, str]:
        """A number that nobody gave out: mistyped, or lost with the server's store. The visit counts under a number
        of its group."""
        ticket = self._inserted(unit, actor, word, None)
        return ticket, f"{word.number} 没有人取过，可能输错了；这一位按 {ticket.number} 记"

    def _given_late(self, unit: HallUnit, actor: Actor, ticket: Ticket, word: _Word) -> Ticket:
        """The device that gave the number tells of it after a window that called it by hand."""
        taken = min(word.times.taken_at, ticket.called_at or word.times.taken_at)
        change = TicketChange(
            taken_at=taken,
            order_at=taken if ticket.state in QUEUED else None,
            group_id=word.visit.group_id,
            wait_s=seconds(taken, ticket.called_at) if ticket.called_at else None,
            print_state=word.visit.print_state,
        )
        changed = unit.tickets.change(ticket.ticket_id, ticket.state, change)
        self._record(unit, actor, changed, word, before=ticket)
        return changed

    def _renumbered(self, unit: HallUnit, actor: Actor, word: _Word) -> tuple[Ticket, str]:
        """The device gave one number twice on a day (its clock jumped): nobody is lost, the later gets another."""
        block_no = word.number.block_no
        assert block_no is not None
        last = block_no * BLOCK_SIZE + BLOCK_SIZE - 1
        serials = range(last, block_no * BLOCK_SIZE, -1)
        free = (one for one in serials if unit.tickets.by_number(word.day, EMERGENCY_PREFIX, one) is None)
        fresh = self._inserted(unit, actor, word, next(free, None))
        told = word.number
        return fresh, f"{told} 一天发了两次（设备时钟跳过），后一位的纸上也是 {told}，现在改叫 {fresh.number}"

    # --- a window served it -----------------------------------------------------------------------------------
    def _served(self, unit: HallUnit, actor: Actor, ticket: Ticket, word: _Word) -> tuple[Ticket, str]:
        """Move the ticket to where the window's word says it is; who was faster is kept, the other is a conflict."""
        window_no = word.visit.window_no
        own_ticket = word.visit.ticket_id == ticket.ticket_id and ticket.window_no == window_no
        if own_ticket and ticket.state is TicketState.FINISHED:
            # The window's own ending had arrived after all.
            return ticket, ""
        ended_by_day = ticket.outcome == _DAY_ENDED
        if ticket.state in ACTIVE and ticket.window_no != window_no:
            return ticket, _twice(ticket, window_no, "正在")
        if ticket.state in _OVER and not ended_by_day:
            return ticket, _twice(ticket, window_no, "已经在")
        if word.stage is Stage.ENDED:
            return self._ended(unit, actor, ticket, word), ""
        if ticket.state in _OVER or ticket.state is TicketState.MISSED:
            # The end of the visit will tell; until then nobody is called by this ticket.
            return ticket, ""
        return self._serving(unit, actor, ticket, word), ""

    def _serving(self, unit: HallUnit, actor: Actor, ticket: Ticket, word: _Word) -> Ticket:
        window_no, called = word.visit.window_no, word.times.called_at
        assert called is not None
        busy = unit.tickets.active(window_no)
        if busy is not None and busy.ticket_id != ticket.ticket_id:
            if ticket.state not in QUEUED:
                return ticket
            changed = self._bound(unit, ticket, window_no)
        else:
            change = TicketChange(
                state=step(ticket.state, TicketStep.BY_HAND),
                window_no=window_no,
                called_at=ticket.called_at or called,
                last_call_at=ticket.last_call_at or called,
                started_at=ticket.started_at or called,
                wait_s=_waited(ticket, called),
                clear=_UNBOUND,
            )
            changed = unit.tickets.change(ticket.ticket_id, ticket.state, change)
            unit.counters.occupy(window_no)
        self._record(unit, actor, changed, word, before=ticket)
        return changed

    def _ended(self, unit: HallUnit, actor: Actor, ticket: Ticket, word: _Word) -> Ticket:
        called, ended = word.times.called_at, word.times.ended_at
        assert called is not None
        assert ended is not None
        state = ticket.state if ticket.state in _OVER else step(ticket.state, TicketStep.BY_HAND)
        change = TicketChange(
            state=TicketState.FINISHED if state in _OVER else step(state, TicketStep.FINISH),
            window_no=word.visit.window_no,
            called_at=ticket.called_at or called,
            last_call_at=ticket.last_call_at or called,
            started_at=ticket.started_at or called,
            ended_at=ended,
            outcome=word.visit.outcome,
            wait_s=_waited(ticket, called),
            service_s=ticket.service_s + seconds(ticket.started_at or called, ended),
            clear=_UNBOUND,
        )
        changed = unit.tickets.change(ticket.ticket_id, ticket.state, change)
        self._record(unit, actor, changed, word, before=ticket)
        return changed

    def _bound(self, unit: HallUnit, ticket: Ticket, window_no: str) -> Ticket:
        """The window's earlier visit is still open here: this ticket waits for that window alone, so that nobody else
        calls who is being served."""
        return unit.tickets.change(ticket.ticket_id, ticket.state, TicketChange(for_window=window_no))

    # --- the parts --------------------------------------------------------------------------------------------
    def _give_up(self, unit: HallUnit, actor: Actor, key: str) -> None:
        """The wish whose answer was lost: void its ticket if it came to be, and let it never come to be later."""
        if not key:
            return
        body_hash = self._tools.digest(canonical([_INSTEAD, actor.device_id]))
        before = unit.requests.reserve(key, body_hash, self._tools.now())
        if before is None:
            unit.requests.answer(key, 200, "{}")
            return
        if before[0] == body_hash:
            return
        try:
            taken = records.load(TicketTaken, json.loads(before[1]))
        except ValueError:
            return
        ticket = unit.tickets.get(taken.ticket.ticket_id)
        if ticket.state in QUEUED:
            change = TicketChange(state=step(ticket.state, TicketStep.CANCEL), ended_at=self._tools.now())
            self._log.change(unit, actor, "ticket.cancelled", ticket, change, instead=True)

    def _record(self, unit: HallUnit, actor: Actor, ticket: Ticket, word: _Word, *, before: Ticket | None) -> None:
        more: dict[str, Any] = {"told": word.visit.ticket_id, "stage": word.stage.name.lower()}
        if word.times.corrected:
            more["corrected"] = list(word.times.corrected)
        self._log.record(unit, actor, "ticket.merged", ticket, before=before, **more)

    def _group(self, unit: HallUnit, group_id: str) -> ServiceGroup:
        group = next((group for group in unit.setup.groups() if group.group_id == group_id), None)
        if group is None:
            raise Rejected("group_id", "没有这个排队组，请技术员核对后再传")
        return group


_STATES = {Stage.WAITS: TicketState.WAITING, Stage.SERVED: TicketState.SERVING, Stage.ENDED: TicketState.FINISHED}
_OVER = frozenset({TicketState.FINISHED, TicketState.CANCELLED})
_UNBOUND = frozenset({"hold", "held_at", "for_window", "for_user", "pinned_to"})


def _waited(ticket: Ticket, called: datetime) -> int:
    """Seconds of waiting until the call by hand; a call that the server knows of has counted already."""
    return ticket.wait_s if ticket.called_at else ticket.wait_s + seconds(ticket.queued_at, called)


def _twice(ticket: Ticket, window_no: str, how: str) -> str:
    if ticket.state is TicketState.CANCELLED:
        return f"{ticket.number} 已经作废，{window_no} 号窗口又手工办了一次"
    return f"{ticket.number} {how} {ticket.window_no} 号窗口办理，{window_no} 号窗口又手工办了一次"
