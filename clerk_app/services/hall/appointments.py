"""Appointments (预约): slots, booking, cancelling, and the check-in that turns one into a ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.appointments import keeps_its_place, make_code, read_code, slots_on
from clerk_app.domain.errors import Conflict, Locked, NotFound, Rejected
from clerk_app.domain.masking import mask_name_public
from clerk_app.domain.queue import PrintState, PriorityClass, lane_of, priority_of
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.hall_queue import CardPerson, TicketTaken
from clerk_app.ports.hall_running import Appointment, AppointmentState, BookSlot, CheckIn, Slot
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import NewTicket
from clerk_app.ports.stores_hall_running import AppointmentRecord
from clerk_app.services.hall import records
from clerk_app.services.hall.attempts import Attempts
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.taking import Taking, check_matters, group_of
from clerk_app.services.hall.tools import Tools

_BOOKERS = (Role.PLATFORM, Role.CLERK, Role.MANAGER)
_RECEIVERS = (Role.KIOSK, Role.CLERK, Role.MANAGER)
_CODE_BYTES = 8
_TRIES = 20


class Appointments:
    """A person is kept by masked name and keyed hash only. Nobody can list appointments or find codes by trying."""

    def __init__(self, tools: Tools, days: Days, taking: Taking) -> None:
        self._tools = tools
        self._days = days
        self._taking = taking
        self._attempts = Attempts(tools.clock)

    # --- booking ----------------------------------------------------------------------------------------------
    def slots(self, unit: HallUnit, actor: Actor, group_id: str, day: date) -> tuple[Slot, ...]:
        """The slots of a day that have not begun, with the places left. ``Rejected`` for a day that is not booked."""
        actor.require(*_BOOKERS, Role.KIOSK)
        group_of(unit, group_id)
        rules = self._days.rules(unit)
        self._check_day(rules, day)
        return self._free(unit, rules, group_id, day)

    def book(self, unit: HallUnit, actor: Actor, wish: BookSlot) -> Appointment:
        """A place in a slot. ``Conflict`` when it is full (the sentence names the next free one) or the person has one
        at that time, ``Rejected`` for a moment at which no slot begins."""
        actor.require(*_BOOKERS)
        group = group_of(unit, wish.group_id)
        check_matters(wish.matters)
        name, digest = self._identified(wish.card)
        if wish.starts_at.tzinfo is None:
            raise Rejected("starts_at", "预约的时间要写明时区，如 2026-11-24T09:00:00+08:00")
        starts_at = records.in_beijing(wish.starts_at)
        rules = self._days.rules(unit)
        self._check_day(rules, starts_at.date())
        slot = next(
            (one for one in self._free(unit, rules, group.group_id, starts_at.date()) if one.starts_at == starts_at),
            None,
        )
        if slot is None:
            raise Rejected("starts_at", f"{_when(starts_at)} 没有可以预约的时段，请换一个时间")
        for _ in range(_TRIES):
            record = AppointmentRecord(
                appointment_id=self._tools.new_id(),
                code=make_code(self._tools.secret(_CODE_BYTES)),
                day=starts_at.date(),
                group_id=group.group_id,
                starts_at=starts_at,
                ends_at=slot.ends_at,
                person=mask_name_public(name),
                person_hash=digest,
                birth=wish.card.birth,
                matters=wish.matters,
                reason=wish.reason,
                state=AppointmentState.BOOKED,
                booked_at=self._tools.now(),
            )
            if unit.appointments.by_code(record.code) is not None:
                continue
            if not unit.appointments.add(record, rules.appointments.per_slot):
                raise Conflict(f"{_when(starts_at)} 已经约满，{self._next_words(unit, rules, slot)}")
            self._record(unit, actor, "appointment.booked", record)
            return self._shown(unit, record)
        raise Conflict("预约的人太多，请再试一次")

    def cancel(self, unit: HallUnit, actor: Actor, code: str) -> Appointment:
        """Give the place back; again is fine. ``NotFound``, ``Locked`` once it was used."""
        actor.require(*_BOOKERS)
        found = self._by_code(unit, actor, code)
        if found.state is AppointmentState.CHECKED_IN:
            raise Locked("这个预约已经取过号，不能再取消；不办了请把号交给工作人员")
        if found.state is AppointmentState.BOOKED:
            unit.appointments.change(found.appointment_id, AppointmentState.BOOKED, AppointmentState.CANCELLED)
            self._record(unit, actor, "appointment.cancelled", found)
            found = self._by_code(unit, actor, code)
        return self._shown(unit, found)

    def find(self, unit: HallUnit, actor: Actor, card: CardPerson) -> Appointment | None:
        """What this card's person booked for today and has not used yet; without its code."""
        actor.require(*_RECEIVERS)
        _, digest = self._identified(card)
        todays = unit.appointments.of_person(digest, self._days.today(unit))
        found = next((one for one in todays if one.state is AppointmentState.BOOKED), None)
        return None if found is None else replace(self._shown(unit, found), code="")

    # --- check-in ---------------------------------------------------------------------------------------------
    def check_in(self, unit: HallUnit, actor: Actor, wish: CheckIn) -> TicketTaken:
        """A ticket at the appointment's place: whoever is early waits for the slot, whoever is later than the rules
        allow takes part from now on like anybody else.

        ``NotFound`` without one today, ``Conflict`` when it was used (the sentence names the number) or the person has
        another open number, ``Locked`` outside the hours.
        """
        actor.require(*_RECEIVERS)
        if bool(wish.code.strip()) == (wish.card is not None):
            raise Rejected("code", "请输入预约码，或者放身份证")
        now = self._tools.now()
        day = self._taking.open_day(unit, now)
        found = self._todays(unit, actor, wish, day)
        rules = self._days.rules(unit)
        earlier = self._taking.open_number(unit, found.person_hash, day)
        if earlier:
            raise Conflict(earlier)
        group = group_of(unit, found.group_id)
        kept = keeps_its_place(found.starts_at, now, rules.appointments)
        priority = PriorityClass.APPOINTMENT if kept else priority_of(PriorityClass.ORDINARY, found.birth, day)
        new = NewTicket(
            ticket_id=self._tools.new_id(),
            day=day,
            prefix=group.prefix,
            start=group.start,
            group_id=group.group_id,
            priority=priority,
            reason=found.reason,
            lane=lane_of(priority, returning=False),
            taken_at=now,
            order_at=found.starts_at if kept else None,
            matters=found.matters,
            person=found.person,
            person_hash=found.person_hash,
            print_state=PrintState.PENDING if wish.paper else PrintState.NOT_WANTED,
        )
        unit.appointments.change(
            found.appointment_id, AppointmentState.BOOKED, AppointmentState.CHECKED_IN, new.ticket_id
        )
        self._record(unit, actor, "appointment.checked_in", found, ticket_id=new.ticket_id, kept=kept)
        return self._taking.issue(unit, actor, new)

    def _todays(self, unit: HallUnit, actor: Actor, wish: CheckIn, day: date) -> AppointmentRecord:
        if wish.card is not None:
            found = self._of_card(unit, wish.card, day)
        else:
            found = self._by_code(unit, actor, wish.code)
        if found.state is AppointmentState.CANCELLED:
            raise Locked("这个预约已经取消，请直接取号")
        if found.state is AppointmentState.CHECKED_IN:
            number = unit.tickets.get(found.ticket_id).number if found.ticket_id else ""
            raise Conflict(f"这个预约已经取过号 {number}，请看大厅屏等叫号")
        if found.day != day:
            raise Locked(f"预约的是 {_when(found.starts_at)}，请那天再来，或者直接取号")
        return found

    def _of_card(self, unit: HallUnit, card: CardPerson, day: date) -> AppointmentRecord:
        """The first one that was not used yet, else the last that was: a second touch names its number."""
        _, digest = self._identified(card)
        found = [
            one
            for one in unit.appointments.of_person(digest, day)
            if one.state in (AppointmentState.BOOKED, AppointmentState.CHECKED_IN)
        ]
        if not found:
            raise NotFound("今天没有用这张身份证预约，请直接取号")
        return next((one for one in found if one.state is AppointmentState.BOOKED), found[-1])

    # --- the parts --------------------------------------------------------------------------------------------
    def _by_code(self, unit: HallUnit, actor: Actor, typed: str) -> AppointmentRecord:
        code = read_code(typed)
        self._attempts.check(actor.device_id, "预约码")
        found = unit.appointments.by_code(code)
        if found is None:
            self._attempts.missed(actor.device_id)
            raise NotFound("没有这个预约码，请再看一遍，或者放身份证")
        return found

    def _identified(self, card: CardPerson) -> tuple[str, str]:
        if not card.id_number.strip() or not card.name.strip():
            raise Rejected("card", "预约要有姓名和证件号码")
        if card.birth is not None and card.birth > self._tools.today():
            raise Rejected("card", "证件上的出生日期在今天以后，请核对")
        return card.name, self._tools.person_digest(card.id_number)

    def _check_day(self, rules: QueueRules, day: date) -> None:
        today = self._tools.today()
        last = today + timedelta(days=rules.appointments.days_ahead)
        if not today <= day <= last:
            raise Rejected("day", f"可以预约今天到 {last.month}月{last.day}日，请换一天")

    def _free(self, unit: HallUnit, rules: QueueRules, group_id: str, day: date) -> tuple[Slot, ...]:
        booked = unit.appointments.booked(group_id, day)
        now = self._tools.now()
        return tuple(
            Slot(group_id, start, end, max(0, rules.appointments.per_slot - booked.get(start, 0)))
            for start, end in slots_on(rules.hours, rules.appointments, day, BEIJING)
            if start > now
        )

    def _next_words(self, unit: HallUnit, rules: QueueRules, full: Slot) -> str:
        last = self._tools.today() + timedelta(days=rules.appointments.days_ahead)
        day = full.starts_at.date()
        while day <= last:
            for slot in self._free(unit, rules, full.group_id, day):
                if slot.left and slot.starts_at > full.starts_at:
                    return f"最近的空位是 {_when(slot.starts_at)}"
            day += timedelta(days=1)
        return "后面几天也约满了，请直接来大厅取号"

    def _record(self, unit: HallUnit, actor: Actor, kind: str, appointment: AppointmentRecord, **more: object) -> None:
        payload = {
            "group_id": appointment.group_id,
            "day": appointment.day.isoformat(),
            "starts_at": appointment.starts_at.isoformat(),
        }
        self._tools.record(unit, actor, kind, appointment.appointment_id, payload | more)

    def _shown(self, unit: HallUnit, found: AppointmentRecord) -> Appointment:
        return Appointment(
            appointment_id=found.appointment_id,
            code=found.code,
            group_id=found.group_id,
            group_name=group_of(unit, found.group_id).name,
            starts_at=found.starts_at,
            ends_at=found.ends_at,
            person=found.person,
            matters=found.matters,
            reason=found.reason,
            state=found.state,
            ticket_id=found.ticket_id,
        )


def _when(at: datetime) -> str:
    return f"{at.month}月{at.day}日 {at:%H:%M}"
