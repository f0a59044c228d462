"""A hall in memory for kiosks and displays: snapshots and entries as the server makes them, and a server to fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from clerk_app.domain.errors import Conflict, NotFound, Unreachable
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.masking import mask_name_public
from clerk_app.domain.queue import PrintState, PriorityClass, TicketState, VisitReason, priority_of
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.feed import FeedCursor, FeedEntry, FeedPage
from clerk_app.ports.hall import Catalogue, ServerTime
from clerk_app.ports.hall_queue import (
    CalledNumber,
    CardPerson,
    GroupWaiting,
    HallSnapshot,
    ServiceGroup,
    TakeTicket,
    Ticket,
    TicketTaken,
)
from clerk_app.ports.hall_running import (
    Appointment,
    AppointmentState,
    BookSlot,
    CheckIn,
    EmergencyMerged,
    EmergencyVisit,
    NumberBlock,
    Slot,
)

NOW = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)
PROFILE = HallProfile(hall_id="h", code="MH", name="明河区政务服务中心", area="一楼 A 区", phone="0000-1234567")
GROUPS = (
    ("A", "企业准入", "开店、办公司", 9, 11),
    ("B", "社保医保", "养老、医保、社保卡", 6, 8),
    ("C", "不动产", "房屋、过户、抵押", 5, 9),
    ("D", "公安出入境", "户口、护照、通行证", 3, 4),
    ("E", "领证、补材料", "不用再排长队", 1, 2),
    ("F", "不知道办哪个", "工作人员帮您选", 0, 1),
)


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class CountingEntropy:
    """Different bytes every time."""

    def __init__(self) -> None:
        self.drawn = 0

    def bytes(self, count: int) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(count, "big")


def call(
    number: str,
    window: str,
    minute: int,
    *,
    state: TicketState = TicketState.FINISHED,
    second: int = 0,
    priority: bool = False,
) -> CalledNumber:
    at = NOW.replace(minute=minute, second=second)
    return CalledNumber(f"t-{number}", number, f"g-{number[0]}", window, state, priority, 0, at, at)


CALLS = (
    call("A047", "12", 24, state=TicketState.CALLED),
    call("C021", "3", 23, state=TicketState.SERVING),
    call("B016", "9", 22, state=TicketState.SERVING, priority=True),
    call("A046", "12", 20),
    call("D009", "5", 19),
    call("A045", "1", 18, state=TicketState.MISSED),
    call("C020", "6", 17),
    call("B015", "11", 16),
    call("A044", "12", 15),
)


def entry(feed_no: int, kind: str, number: str, **more: Any) -> FeedEntry:
    """An entry of the feed about a ticket; a taken one waits, a called one has waited."""
    fields: dict[str, Any] = {"window_no": None, "at": NOW}
    fields |= {"taken": {"state": TicketState.WAITING}, "called": {"was": TicketState.WAITING}}.get(kind, {})
    fields |= more
    return FeedEntry(
        feed_no=feed_no,
        mark=f"m{feed_no}",
        kind=f"ticket.{kind}",
        subject=f"t-{number}",
        number=number,
        group_id=f"g-{number[0]}",
        **fields,
    )


class HallInMemory:
    """Answers as a hall does; ``down`` makes it silent, ``lose_answers`` carries out and then falls silent."""

    def __init__(self, clock: HandClock, matters: tuple[dict[str, Any], ...] = ()) -> None:
        self.clock = clock
        self.down = False
        self.lose_answers = 0
        self.profile = PROFILE
        self.calls: tuple[CalledNumber, ...] = CALLS
        self.groups_waiting = tuple(
            GroupWaiting(f"g-{prefix}", prefix, name, hint, "", waiting, 0, None, 0, minutes * 60)
            for prefix, name, hint, waiting, minutes in GROUPS
        )
        self.tickets: dict[str, TicketTaken] = {}
        self.wishes: list[TakeTicket] = []
        self.states: list[tuple[str, PrintState]] = []
        self.feed_no = 100
        self._matters = matters
        self.appointments: dict[str, Appointment] = {}
        self.slots_of: dict[date, tuple[Slot, ...]] = {}
        self.booked: list[BookSlot] = []
        self.blocks = 0
        self.merged: list[EmergencyVisit] = []
        self.returned: list[str] = []
        self.waiting_cases: set[str] = set()
        self.closed = ""
        self._answers: dict[str, Any] = {}
        self._cards: dict[str, str] = {}

    def snapshot(self) -> HallSnapshot:
        self._answer()
        waiting = sum(group.waiting for group in self.groups_waiting)
        cursor = FeedCursor("epoch", self.feed_no, f"m{self.feed_no}")
        groups, calls = self.groups_waiting, self.calls
        return HallSnapshot(cursor, self.clock.now(), self.profile, groups, calls, waiting, 0, closed=self.closed)

    def catalogue(self, since: int = 0) -> Catalogue:
        self._answer()
        return Catalogue(1, NOW, None if since == 1 else self._matters)

    def take_ticket(self, wish: TakeTicket, *, key: str | None = None) -> TicketTaken:
        self._answer()
        assert key is not None
        if key not in self._answers:
            self._answers[key] = self._take(wish)
        self._lose()
        taken: TicketTaken = self._answers[key]
        return taken

    def ticket(self, ticket_id: str) -> TicketTaken:
        self._answer()
        return self.tickets[ticket_id]

    def ticket_by_number(self, number: str) -> TicketTaken:
        self._answer()
        found = next((taken for taken in self.tickets.values() if taken.ticket.number == number), None)
        if found is None:
            raise NotFound(f"今天没有 {number} 这个号")
        return found

    def become(self, number: str, state: TicketState, **more: Any) -> None:
        """What happened to a ticket meanwhile."""
        taken = self.ticket_by_number(number)
        changed = replace(taken.ticket, state=state, **more)
        self.tickets[changed.ticket_id] = replace(taken, ticket=changed)

    def return_ticket(self, ticket_id: str, *, key: str | None = None) -> TicketTaken:
        self._answer()
        assert key is not None
        self.returned.append(ticket_id)
        self.become(self.tickets[ticket_id].ticket.number, TicketState.WAITING, window_no=None, hold=None)
        return self.tickets[ticket_id]

    def appoint(self, card: CardPerson, code: str, group: int = 0, minute: int = 30) -> Appointment:
        """An appointment of today; the card and the code find it."""
        found, start = self.groups_waiting[group], NOW.replace(minute=minute)
        made = Appointment(
            appointment_id=f"a-{code}",
            code=code,
            group_id=found.group_id,
            group_name=found.name,
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
            person=mask_name_public(card.name),
            matters=(),
            reason=VisitReason.SUBMIT,
            state=AppointmentState.BOOKED,
        )
        self.appointments[code] = self.appointments[card.id_number] = made
        return made

    def slots(self, group_id: str, day: date) -> tuple[Slot, ...]:
        self._answer()
        return self.slots_of.get(day, ())

    def book(self, wish: BookSlot, *, key: str | None = None) -> Appointment:
        self._answer()
        self.booked.append(wish)
        code = f"8{len(self.booked):07d}"
        made = self.appoint(wish.card, code, minute=wish.starts_at.minute)
        return replace(made, starts_at=wish.starts_at, ends_at=wish.starts_at + timedelta(minutes=30))

    def find_appointment(self, card: CardPerson) -> Appointment | None:
        self._answer()
        return self.appointments.get(card.id_number)

    def check_in(self, wish: CheckIn, *, key: str | None = None) -> TicketTaken:
        self._answer()
        assert key is not None
        made = self.appointments.get(wish.code or (wish.card.id_number if wish.card else ""))
        if made is None:
            raise NotFound("没有这个预约码，请再看一遍，或者放身份证")
        if key not in self._answers:
            taken = self._take(TakeTicket(made.group_id, priority=PriorityClass.APPOINTMENT, paper=wish.paper))
            placed = replace(taken.ticket, order_at=made.starts_at, person=made.person)
            self._answers[key] = self.tickets[placed.ticket_id] = replace(taken, ticket=placed)
        self._lose()
        answer: TicketTaken = self._answers[key]
        return answer

    def set_print_state(self, ticket_id: str, state: PrintState, *, key: str | None = None) -> Ticket:
        self._answer()
        if key not in self._answers:
            self._answers[key or ""] = state
            self.states.append((ticket_id, state))
        self._lose()
        return self.tickets[ticket_id].ticket

    def _take(self, wish: TakeTicket) -> TicketTaken:
        self.wishes.append(wish)
        group = next(group for group in self.groups_waiting if group.group_id == wish.group_id)
        if wish.card is not None:
            earlier = self._cards.get(wish.card.id_number)
            if earlier is not None:
                raise Conflict(f"这张身份证 10:08 已取 {earlier}，前面还有 8 人")
        number = f"{group.prefix}{47 + len(self.tickets):03d}"
        if wish.card is not None:
            self._cards[wish.card.id_number] = number
        ticket = Ticket(
            ticket_id=f"t-{number}",
            day=self.clock.now().date(),
            number=number,
            group_id=group.group_id,
            group_name=group.name,
            state=TicketState.WAITING,
            priority=priority_of(wish.priority, wish.card.birth if wish.card else None, self.clock.now().date()),
            reason=wish.reason,
            matters=wish.matters,
            person=mask_name_public(wish.card.name) if wish.card else "",
            taken_at=self.clock.now(),
            called_at=None,
            last_call_at=None,
            started_at=None,
            ended_at=None,
            window_no=None,
            recalls=0,
            print_state=PrintState.PENDING if wish.paper else PrintState.NOT_WANTED,
            prints=0,
            outcome=None,
            case_number=wish.case_number if wish.case_number in self.waiting_cases else "",
        )
        taken = TicketTaken(ticket, group.waiting, group.expected_wait_s, "一楼 A 区")
        self.tickets[ticket.ticket_id] = taken
        return taken

    def _answer(self) -> None:
        if self.down:
            raise Unreachable("服务器连不上")

    def _lose(self) -> None:
        if self.lose_answers:
            self.lose_answers -= 1
            raise Unreachable("服务器连不上")

    def reserve_block(self, *, key: str | None = None) -> NumberBlock:
        self._answer()
        self.blocks += 1
        return NumberBlock(self.blocks, "Y", self.blocks * 100 + 1, self.blocks * 100 + 99)

    def hold_blocks(self, block_nos: tuple[int, ...], *, key: str | None = None) -> tuple[NumberBlock, ...]:
        self._answer()
        return tuple(NumberBlock(no, "Y", no * 100 + 1, no * 100 + 99) for no in block_nos)

    def merge_visit(self, visit: EmergencyVisit, *, key: str | None = None) -> EmergencyMerged:
        self._answer()
        self.merged.append(visit)
        taken = self._take(TakeTicket(visit.group_id, priority=visit.priority))
        return EmergencyMerged(taken.ticket)

    # not used by kiosks and displays, but part of what they are given
    def server_time(self) -> ServerTime:
        return ServerTime(self.clock.now(), "0", "epoch", "h", self.feed_no)

    def hall(self) -> HallProfile:
        return self.profile

    def groups(self) -> tuple[ServiceGroup, ...]:
        return tuple(
            ServiceGroup(group.group_id, group.prefix, group.name, group.hint, group.place, at)
            for at, group in enumerate(self.groups_waiting)
        )

    def feed_page(self, cursor: FeedCursor, limit: int = 500) -> FeedPage:
        return FeedPage("epoch", self.feed_no, True, ())

    def cancel_ticket(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        taken = self.tickets[ticket_id]
        self.tickets[ticket_id] = replace(taken, ticket=replace(taken.ticket, state=TicketState.CANCELLED))
        return self.tickets[ticket_id].ticket


ORDINARY = PriorityClass.ORDINARY
