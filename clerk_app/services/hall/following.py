"""One ticket as its holder follows it on a phone: how it stands, where, what to bring. Nothing about a person."""

from __future__ import annotations

import gzip
import json
import logging
import threading
from dataclasses import dataclass
from typing import Any

from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.domain.errors import NotFound
from clerk_app.domain.papers import BringItem
from clerk_app.domain.queue import ACTIVE, HoldKind, TicketState
from clerk_app.domain.receipts import bring_list
from clerk_app.domain.record_fields import BrokenRecord
from clerk_app.ports.hall_queue import CalledNumber, Ticket
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.tools import system_actor

_LOG = logging.getLogger(__name__)
_RECENT = 6


@dataclass(frozen=True, slots=True)
class BroughtMatter:
    """A matter that the ticket was taken for, with what to bring for it (empty where the catalogue does not say)."""

    name: str
    bring: tuple[BringItem, ...]


@dataclass(frozen=True, slots=True)
class FollowedTicket:
    """What the page says. ``window_no`` is where the ticket is, was, or alone may be called; ``matters`` those
    that were chosen and are published; ``recent`` is newest first."""

    hall: str
    phone: str
    number: str
    group: str
    state: TicketState
    window_no: str
    recalls: int
    people_ahead: int
    expected_wait_s: int
    place: str
    hold: HoldKind | None
    matters: tuple[BroughtMatter, ...]
    recent: tuple[CalledNumber, ...]


class Following:
    """Reads for everybody who has a ticket's id: 74 random bits, which nobody finds by trying."""

    def __init__(self, desk: HallDesk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._catalogues: dict[str, tuple[int, dict[str, dict[str, Any]]]] = {}

    def find(self, ticket_id: str) -> FollowedTicket:
        """``NotFound`` for an id that no hall of this store has, and for a ticket of another day.

        One that is being served past midnight stays to be followed until it ends.
        """
        store = self._desk.store
        for hall_id in store.halls():
            found = store.read(hall_id, lambda unit: self._in_hall(unit, ticket_id))
            if found is not None:
                return found
        raise NotFound("没有这个号")

    def _in_hall(self, unit: HallUnit, ticket_id: str) -> FollowedTicket | None:
        try:
            ticket = unit.tickets.get(ticket_id)
        except NotFound:
            return None
        today = self._desk.days.today(unit)
        if ticket.day != today and ticket.state not in ACTIVE:
            return None
        taken = self._desk.waiting.taken(unit, ticket)
        hall = unit.setup.profile()
        return FollowedTicket(
            hall=hall.name,
            phone=hall.phone,
            number=ticket.number,
            group=ticket.group_name,
            state=ticket.state,
            window_no=ticket.window_no or ticket.for_window or "",
            recalls=ticket.recalls,
            people_ahead=taken.people_ahead,
            expected_wait_s=taken.expected_wait_s,
            place=taken.place,
            hold=ticket.hold,
            matters=self._matters(unit, ticket),
            recent=tuple(unit.tickets.recent(today, _RECENT)),
        )

    def _matters(self, unit: HallUnit, ticket: Ticket) -> tuple[BroughtMatter, ...]:
        if not ticket.matters:
            return ()
        published = self._published(unit)
        records = (published.get(code) for code in ticket.matters)
        return tuple(BroughtMatter(str(record["name"]), _bring(record)) for record in records if record is not None)

    def _published(self, unit: HallUnit) -> dict[str, dict[str, Any]]:
        version = unit.catalogue.current().version
        with self._lock:
            known, records = self._catalogues.get(unit.hall_id, (0, {}))
            if known != version:
                packed = self._desk.catalogues.packed(unit, system_actor(unit.hall_id), 0)
                matters = json.loads(gzip.decompress(packed))["matters"] or ()
                records = {matter["code"]: matter for matter in matters}
                self._catalogues[unit.hall_id] = (version, records)
        return records


def _bring(record: dict[str, Any]) -> tuple[BringItem, ...]:
    try:
        return bring_list(read_matter(record))
    except BrokenRecord as broken:
        _LOG.warning("matter %s says nothing that can be shown: %s", record.get("code"), broken)
        return ()
