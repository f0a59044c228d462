"""The ticket machine without its server: numbers from its own blocks, durable before they are printed, told afterwards.

``keep_blocks`` and ``tell`` ask the hall and belong on the network lane; ``give`` writes to the disk only.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

from clerk_app.domain.emergency import EmergencyTicket, Number, next_number
from clerk_app.domain.errors import Fault, Locked, NotAllowed, Refusal, Rejected
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.domain.queue import PrintState, TicketSource, TicketState, priority_of
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.hall import ServerTime
from clerk_app.ports.hall_queue import GroupWaiting, TakeTicket, Ticket
from clerk_app.ports.hall_running import Emergency, EmergencyVisit
from clerk_app.ports.kiosk import KioskGroup, KioskNumber, KioskStore

_LOG = logging.getLogger(__name__)
_ASKED, _GROUPS, _HALL_NAME = "block_request", "groups", "hall_name"
_KEPT = timedelta(days=31)
BLOCKS = 3
"""Blocks that a machine keeps: 297 numbers a day."""


class EmergencyHall(Emergency, Protocol):
    """What the machine asks of the hall for it."""

    def server_time(self) -> ServerTime: ...


class KioskEmergency:
    """``device_id`` is the machine's enrolment, ``machine`` is printed."""

    def __init__(
        self,
        hall: EmergencyHall,
        store: KioskStore,
        device_id: str,
        clock: Clock,
        entropy: Entropy,
        *,
        machine: str,
        blocks: int = BLOCKS,
    ) -> None:
        self._hall = hall
        self._store = store
        self._device = device_id
        self._clock = clock
        self._entropy = entropy
        self._machine = machine
        self._blocks = blocks
        self._confirmed = ""
        self._turn = threading.Lock()

    # --- while the server answers -----------------------------------------------------------------------------
    def keep_blocks(self) -> None:
        """See that the machine has its blocks; asked once for each life of the server's store. ``Unreachable``.

        The key of a reservation is durable before it is sent: a lost answer brings the same block again.
        """
        epoch = self._hall.server_time().epoch
        if epoch == self._confirmed:
            return
        try:
            held = tuple(self._store.blocks(self._device))
            if held:
                kept = {block.block_no for block in self._hall.hold_blocks(held)}
                for block_no in set(held) - kept:
                    self._store.drop_block(block_no)
            while len(self._store.blocks(self._device)) < self._blocks:
                self._reserve()
        except Refusal as refusal:
            _LOG.warning("no emergency numbers: %s", refusal)
        self._confirmed = epoch
        self._store.forget_before(QueueRules().day_of(self._clock.now()) - _KEPT)

    def _reserve(self) -> None:
        device, _, key = self._store.fact(_ASKED).partition("/")
        if device != self._device:
            key = self._new_id()
            self._store.set_fact(_ASKED, f"{self._device}/{key}")
        block = self._hall.reserve_block(key=key)
        self._store.add_block(block.block_no, self._device)
        self._store.set_fact(_ASKED, "")

    def remember(self, groups: Sequence[GroupWaiting], hall: HallProfile) -> None:
        """Keep the groups and the hall's name for a start without a server."""
        lines = [[one.group_id, one.prefix, one.name, one.hint, one.place] for one in groups]
        text = json.dumps(lines, ensure_ascii=False)
        if text != self._store.fact(_GROUPS):
            self._store.set_fact(_GROUPS, text)
        if hall.name != self._store.fact(_HALL_NAME):
            self._store.set_fact(_HALL_NAME, hall.name)

    # --- while it does not ------------------------------------------------------------------------------------
    def groups(self) -> tuple[KioskGroup, ...]:
        """The groups as they were last known; () before the first connection."""
        text = self._store.fact(_GROUPS)
        return tuple(KioskGroup(*line) for line in json.loads(text)) if text else ()

    def left(self) -> int:
        """How many numbers the machine can still give today."""
        return sum(use.left for use in self._store.uses(self._device, QueueRules().day_of(self._clock.now())))

    def give(self, wish: TakeTicket, key: str) -> KioskNumber:
        """A number instead of the wish with that key, stored durably; the same wish again gives the same number.

        The card counts for the priority only: it is not kept here. ``Locked`` when no number is left, ``NotAllowed``
        for a group that the machine does not know.
        """
        with self._turn:
            known = self._store.of_wish(key)
            if known is not None:
                return known
            group = next((one for one in self.groups() if one.group_id == wish.group_id), None)
            if group is None:
                raise NotAllowed("这台机器还没有连上过服务器，不能发应急号。请到导办台取号")
            now = self._clock.now()
            day = QueueRules().day_of(now)
            priority = wish.priority
            with suppress(Rejected):  # a clock that is years off must not keep anybody from a number
                priority = priority_of(priority, wish.card.birth if wish.card is not None else None, day)

            def made(number: Number) -> KioskNumber:
                return KioskNumber(
                    ticket_id=self._new_id(),
                    day=day,
                    number=str(number),
                    group_id=group.group_id,
                    group_name=group.name,
                    priority=priority,
                    reason=wish.reason,
                    matters=wish.matters,
                    taken_at=now,
                    instead_of=key,
                )

            try:
                return self._store.give(self._device, day, next_number, made)
            except Locked:
                raise Locked("这台机器的应急号发完了。请到导办台或窗口取号") from None

    def paper(self, given: KioskNumber, priority_words: str = "") -> EmergencyTicket:
        """What the paper says."""
        return EmergencyTicket(
            hall_name=self._store.fact(_HALL_NAME),
            number=given.number,
            subject=given.group_name,
            taken_at=given.taken_at,
            machine=self._machine,
            priority=priority_words,
        )

    def is_own(self, ticket_id: str) -> bool:
        """Whether the ticket is an emergency number of this machine."""
        return self._store.get(ticket_id) is not None

    def printed(self, ticket_id: str, state: PrintState) -> None:
        """Keep what became of the paper; told with the next ``tell``."""
        self._store.printed(ticket_id, state)

    # --- afterwards -------------------------------------------------------------------------------------------
    def tell(self) -> int:
        """Tell the server every number that it does not know, oldest first; how many are left because it is away.

        What it refuses is kept with its reason and does not hold up the others.
        """
        untold = self._store.untold()
        for at, given in enumerate(untold):
            try:
                merged = self._hall.merge_visit(_visit(given), key=self._new_id())
            except Refusal as refusal:
                _LOG.warning("%s was refused: %s", given.number, refusal)
                self._store.refuse(given.ticket_id, str(refusal))
            except Fault as fault:
                _LOG.info("%s waits: %s", given.number, fault)
                return len(untold) - at
            else:
                self._store.told(given.ticket_id, merged.ticket.ticket_id, given.print_state)
        return 0

    def _new_id(self) -> str:
        return uuid7(self._clock.now(), self._entropy.bytes(RANDOM_BYTES))


def _visit(given: KioskNumber) -> EmergencyVisit:
    return EmergencyVisit(
        ticket_id=given.ticket_id,
        number=given.number,
        group_id=given.group_id,
        taken_at=given.taken_at,
        priority=given.priority,
        reason=given.reason,
        matters=given.matters,
        print_state=given.print_state,
        instead_of=given.instead_of,
    )


def as_ticket(given: KioskNumber) -> Ticket:
    """The number as the machine's screens know a ticket."""
    return Ticket(
        ticket_id=given.ticket_id,
        day=given.day,
        number=given.number,
        group_id=given.group_id,
        group_name=given.group_name,
        state=TicketState.WAITING,
        priority=given.priority,
        reason=given.reason,
        matters=given.matters,
        person="",
        taken_at=given.taken_at,
        called_at=None,
        last_call_at=None,
        started_at=None,
        ended_at=None,
        window_no=None,
        recalls=0,
        print_state=given.print_state,
        prints=0,
        outcome=None,
        source=TicketSource.EMERGENCY,
    )
