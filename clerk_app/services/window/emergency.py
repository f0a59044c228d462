"""Numbers while the server is away: given from this window's own blocks, or called by hand from the citizen's paper.

Everything is durable here before a number is said or printed, and reaches the server through the outbox: each visit is
told when the number is given, when it is served and when it is over. ``keep_blocks`` is a chore of the sync thread,
printing belongs on the printer's lane, the rest on the store's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from clerk_app.domain.actor import Actor
from clerk_app.domain.emergency import BlockUse, EmergencyTicket, Number, next_number, read_number
from clerk_app.domain.errors import Locked, NotFound, Refusal
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import PrintState, PriorityClass, VisitReason
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.devices import PrintOutcome, PrintResult, ReceiptPrinter
from clerk_app.ports.hall_queue import ServiceGroup, Ticket
from clerk_app.ports.hall_running import Emergency, EmergencyVisit
from clerk_app.ports.window import OutboxEntry, OutboxKind, WindowStore, WindowUnit
from clerk_app.ports.window_emergency import EmergencyRow, WindowBlock
from clerk_app.services.window import records
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.journal import Journal

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
_GROUPS = "queue_groups"
_ASKED = "block_request"
_EPOCH = "server_epoch"
BLOCKS = 1
"""Blocks that a window keeps: 99 numbers a day."""

NO_PRINTER = "没有接小票打印机，请把号码写给申请人"
STATES = {
    PrintOutcome.PRINTED: PrintState.PRINTED,
    PrintOutcome.SENT: PrintState.UNKNOWN,
    PrintOutcome.UNKNOWN: PrintState.UNKNOWN,
    PrintOutcome.REFUSED: PrintState.FAILED,
}


class EmergencyCounter(Emergency, Protocol):
    """What a window asks of the hall beforehand and afterwards."""

    def groups(self) -> tuple[ServiceGroup, ...]: ...


class EmergencyRenderer(Protocol):
    """Draws the paper of an emergency number."""

    def emergency_ticket(self, ticket: EmergencyTicket) -> bytes:
        """The thermal job (ESC/POS)."""
        ...


@dataclass(frozen=True, slots=True)
class Group:
    """A queue as the window remembers it."""

    group_id: str
    prefix: str
    name: str


@dataclass(frozen=True, slots=True)
class EmergencyBook:
    """Today's ``rows``: who waits with a number of this window, who is served (``open``, of whatever day), and those of
    which the server says that something did not fit. ``left`` numbers can be given, ``groups`` may be chosen."""

    rows: tuple[EmergencyRow, ...] = ()
    open: EmergencyRow | None = None
    left: int = 0
    groups: tuple[Group, ...] = ()

    @property
    def waiting(self) -> tuple[EmergencyRow, ...]:
        return tuple(row for row in self.rows if row.given and row.called_at is None)

    @property
    def conflicts(self) -> tuple[EmergencyRow, ...]:
        return tuple(row for row in self.rows if row.conflict)


class EmergencyDesk:
    """``blocks`` is how many this window keeps."""

    def __init__(
        self,
        store: WindowStore,
        counter: EmergencyCounter,
        binding: StoreBinding,
        journal: Journal,
        renderer: EmergencyRenderer,
        printer: ReceiptPrinter | None,
        hall: Callable[[], HallProfile],
        wake_outbox: Callable[[], None] = lambda: None,
        *,
        blocks: int = BLOCKS,
    ) -> None:
        self._store = store
        self._counter = counter
        self._binding = binding
        self._journal = journal
        self._renderer = renderer
        self._printer = printer
        self._hall = hall
        self._wake_outbox = wake_outbox
        self._blocks = blocks
        self._confirmed = ""

    # --- beforehand -------------------------------------------------------------------------------------------
    def keep_blocks(self) -> None:
        """While the server answers: see that this window has its blocks and knows the groups.

        Asked once for each life of the server's store. The key of a reservation is durable before it is sent, so that a
        lost answer brings the same block again and none is forgotten.
        """
        epoch = self._store.read(lambda unit: unit.binding.fact(_EPOCH)) or "?"
        if epoch == self._confirmed:
            return
        groups = [Group(one.group_id, one.prefix, one.name) for one in self._counter.groups()]
        text = json.dumps([records.dump(Group, one) for one in groups], ensure_ascii=False)
        self._store.write(lambda unit: unit.binding.set_fact(_GROUPS, text))
        try:
            self._confirm_held()
            while len(self._own()) < self._blocks:
                self._reserve()
        except Refusal as refusal:
            _LOG.warning("no emergency numbers: %s", refusal)
        self._confirmed = epoch

    def _own(self) -> list[WindowBlock]:
        def work(unit: WindowUnit) -> list[WindowBlock]:
            bound = unit.binding.binding()
            return [] if bound is None else unit.emergency.blocks(bound.device_id)

        return self._store.read(work)

    def _confirm_held(self) -> None:
        held = tuple(block.block_no for block in self._own())
        if not held:
            return
        kept = {block.block_no for block in self._counter.hold_blocks(held)}

        def drop(unit: WindowUnit) -> None:
            for block_no in held:
                if block_no not in kept:
                    unit.emergency.drop_block(block_no)

        self._store.write(drop)

    def _reserve(self) -> None:
        def asked(unit: WindowUnit) -> tuple[str, str]:
            device_id = self._binding.check(unit).device_id
            before, _, key = (unit.binding.fact(_ASKED) or "").partition("/")
            if before != device_id:
                key = self._journal.new_id()
                unit.binding.set_fact(_ASKED, f"{device_id}/{key}")
            return key, device_id

        key, device_id = self._store.write(asked)
        block = self._counter.reserve_block(key=key)

        def keep(unit: WindowUnit) -> None:
            unit.emergency.add_block(WindowBlock(block.block_no, device_id, self._journal.now()))
            unit.binding.set_fact(_ASKED, "")

        self._store.write(keep)

    # --- while the server is away -----------------------------------------------------------------------------
    def book(self) -> EmergencyBook:
        """For the screens."""

        def work(unit: WindowUnit) -> EmergencyBook:
            day = self._day()
            bound = unit.binding.binding()
            uses = [] if bound is None else _uses(unit, bound.device_id, day)
            return EmergencyBook(
                rows=tuple(unit.emergency.of_day(day)),
                open=unit.emergency.served_now(),
                left=sum(use.left for use in uses),
                groups=_groups(unit),
            )

        return self._store.read(work)

    def give(
        self,
        actor: Actor,
        group_id: str = "",
        *,
        serve: bool = False,
        priority: PriorityClass = PriorityClass.ORDINARY,
        reason: VisitReason = VisitReason.SUBMIT,
    ) -> EmergencyRow:
        """A number from an own block; with ``serve`` its citizen stands here and is served at once.

        ``Locked`` when there is none left, when the store was copied from another machine, or while somebody else is
        served.
        """

        def work(unit: WindowUnit) -> EmergencyRow:
            bound, now, day = self._binding.check(unit), self._journal.now(), self._day()
            if serve:
                _check_idle(unit)
            number, use = next_number(_uses(unit, bound.device_id, day))
            unit.numbers.take(_series(use.block_no, day), use.used + 1)
            group = _group(unit, group_id, number)
            row = EmergencyRow(
                ticket_id=self._journal.new_id(),
                day=day,
                number=str(number),
                given=True,
                group_id=group.group_id,
                group_name=group.name,
                priority=priority,
                reason=reason,
                taken_at=now,
                called_at=now if serve else None,
                print_state=PrintState.NOT_WANTED if serve else PrintState.PENDING,
            )
            self._keep(unit, row, actor, "emergency.given")
            return row

        return self._written(work)

    def paper(self, row: EmergencyRow) -> EmergencyTicket:
        """What the paper of a number given here says."""
        window = self._store.read(lambda unit: unit.binding.binding())
        return EmergencyTicket(
            hall_name=self._hall().name,
            number=row.number,
            subject=row.group_name,
            taken_at=row.taken_at,
            machine=f"{window.window_no} 号窗口" if window else "",
        )

    def print(self, row: EmergencyRow) -> PrintResult:
        """Print the paper; what became of it is kept and told. The number counts without it."""
        if self._printer is None:
            result = PrintResult(PrintOutcome.REFUSED, NO_PRINTER)
        else:
            result = self._printer.print(self._renderer.emergency_ticket(self.paper(row)))

        def keep(unit: WindowUnit) -> None:
            known = unit.emergency.get(row.ticket_id)
            if known is not None and known.print_state is not STATES[result.outcome]:
                changed = replace(known, print_state=STATES[result.outcome])
                unit.emergency.put(changed)
                self._tell(unit, changed)

        self._written(keep)
        return result

    def call(self, actor: Actor, text: str) -> EmergencyRow:
        """Serve the citizen who holds this number. ``Rejected`` for what is no number, ``Locked`` when it was served
        here today or somebody else is served."""
        number = read_number(text)

        def work(unit: WindowUnit) -> EmergencyRow:
            now, day = self._journal.now(), self._day()
            known = unit.emergency.latest(day, str(number))
            if known is not None and known.called_at is not None and known.ended_at is None:
                return known
            _check_idle(unit)
            if known is not None and known.ended_at is not None:
                raise Locked(f"{number} 今天 {known.ended_at:%H:%M} 在本窗口办过了，请看清小票上的号；还要办就按 F5")
            if known is not None:
                row = replace(known, called_at=now)
            else:
                group = _group(unit, "", number)
                row = EmergencyRow(
                    ticket_id=self._journal.new_id(),
                    day=day,
                    number=str(number),
                    given=False,
                    group_id=group.group_id,
                    group_name=group.name,
                    priority=PriorityClass.ORDINARY,
                    reason=VisitReason.SUBMIT,
                    taken_at=now,
                    called_at=now,
                )
            self._keep(unit, row, actor, "emergency.called")
            return row

        return self._written(work)

    def end(self, actor: Actor, ticket_id: str, outcome: str) -> EmergencyRow:
        """The visit is over; once. ``NotFound`` for a ticket that is not from here."""

        def work(unit: WindowUnit) -> EmergencyRow:
            known = unit.emergency.get(ticket_id)
            if known is None:
                raise NotFound("本窗口没有这个应急号")
            if known.ended_at is not None:
                return known
            now = self._journal.now()
            row = replace(known, called_at=known.called_at or now, ended_at=now, outcome=outcome)
            self._keep(unit, row, actor, "emergency.ended")
            return row

        return self._written(work)

    def end_called(self, actor: Actor, ticket: Ticket, outcome: str) -> EmergencyRow:
        """The end of a visit that the server had called before it went away, kept for it beyond a restart; once."""

        def work(unit: WindowUnit) -> EmergencyRow:
            known = unit.emergency.get(ticket.ticket_id)
            if known is not None:
                return known
            now = self._journal.now()
            row = EmergencyRow(
                ticket_id=ticket.ticket_id,
                day=ticket.day,
                number=ticket.number,
                given=False,
                group_id=ticket.group_id,
                group_name=ticket.group_name,
                priority=ticket.priority,
                reason=ticket.reason,
                taken_at=ticket.taken_at,
                called_at=ticket.called_at or now,
                ended_at=now,
                outcome=outcome,
            )
            self._keep(unit, row, actor, "emergency.ended")
            return row

        return self._written(work)

    def merged_id(self, ticket_id: str) -> str:
        """The server's id of the ticket; empty before it was told."""
        row = self._store.read(lambda unit: unit.emergency.get(ticket_id))
        return (row.merged_id or "") if row is not None else ""

    # --- inside -----------------------------------------------------------------------------------------------
    def _day(self) -> date:
        return QueueRules().day_of(self._journal.now())

    def _written(self, work: Callable[[WindowUnit], T]) -> T:
        result = self._store.write(work)
        self._wake_outbox()
        return result

    def _keep(self, unit: WindowUnit, row: EmergencyRow, actor: Actor, kind: str) -> None:
        unit.emergency.put(row)
        self._tell(unit, row)
        self._journal.write(unit, kind, row.ticket_id, actor, {"number": row.number})

    def _tell(self, unit: WindowUnit, row: EmergencyRow) -> None:
        bound = unit.binding.binding()
        visit = EmergencyVisit(
            ticket_id=row.ticket_id,
            number=row.number,
            group_id=row.group_id,
            taken_at=row.taken_at,
            window_no=bound.window_no if bound is not None and row.called_at is not None else "",
            called_at=row.called_at,
            ended_at=row.ended_at,
            outcome=row.outcome,
            priority=row.priority,
            reason=row.reason,
            print_state=row.print_state,
        )
        unit.outbox.add(
            OutboxEntry(
                entry_id=self._journal.new_id(),
                position=0,
                stream=row.ticket_id,
                kind=OutboxKind.EMERGENCY,
                key=self._journal.new_id(),
                title=f"应急号 {row.number}",
                payload=records.dump(EmergencyVisit, visit),
                made_at=self._journal.now(),
            )
        )


def _series(block_no: int, day: date) -> str:
    return f"emergency/{block_no}/{day:%Y%m%d}"


def _uses(unit: WindowUnit, device_id: str, day: date) -> list[BlockUse]:
    blocks = unit.emergency.blocks(device_id)
    return [BlockUse(one.block_no, unit.numbers.last(_series(one.block_no, day))) for one in blocks]


def _groups(unit: WindowUnit) -> tuple[Group, ...]:
    text = unit.binding.fact(_GROUPS)
    return tuple(records.load(Group, body) for body in json.loads(text)) if text else ()


def _group(unit: WindowUnit, group_id: str, number: Number) -> Group:
    """The group that was chosen, else that of the number's letter, else the first."""
    groups = _groups(unit)
    if not groups:
        raise Locked("本窗口还没有连上过服务器，不知道有哪些排队组，请按 F5 无号办理")
    for group in groups:
        if group.group_id == group_id or (not group_id and group.prefix == number.prefix):
            return group
    if group_id:
        raise NotFound("没有这个排队组，请重新选")
    return groups[0]


def _check_idle(unit: WindowUnit) -> None:
    busy = unit.emergency.served_now()
    if busy is not None:
        raise Locked(f"{busy.number} 还没办完，先办结这一位")
