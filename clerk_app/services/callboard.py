"""What displays and kiosks know of the hall: a snapshot, brought up to date by the feed. Pure, one thread at a time."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.queue import QUEUED, TicketState
from clerk_app.ports.feed import FeedEntry
from clerk_app.ports.hall_queue import CalledNumber, GroupWaiting, HallSnapshot

_KEPT = 12
_CALLS = frozenset({"ticket.called", "ticket.recalled"})
_SHOWN = frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.FINISHED, TicketState.MISSED})


class CallBoard:
    """``show`` takes a snapshot, ``apply`` the entries after it; entries that a snapshot already holds are skipped."""

    def __init__(self) -> None:
        self.snapshot: HallSnapshot | None = None
        self._calls: dict[str, CalledNumber] = {}
        self._groups: dict[str, GroupWaiting] = {}
        self._applied = 0

    @property
    def calls(self) -> tuple[CalledNumber, ...]:
        """The calls of today, the latest first, at most 12; cancelled tickets are not among them."""
        shown = [line for line in self._calls.values() if line.state in _SHOWN]
        shown.sort(key=lambda line: line.last_call_at, reverse=True)
        return tuple(shown[:_KEPT])

    @property
    def groups(self) -> tuple[GroupWaiting, ...]:
        """The groups in the hall's order with the waiting counts of this moment."""
        return tuple(self._groups.values())

    def show(self, snapshot: HallSnapshot, *, anew: bool = False) -> bool:
        """Take a snapshot; False for one that is older than what the feed has told. ``anew`` takes it in any case:
        the store's life began again."""
        known = self.snapshot
        same_life = known is not None and known.cursor.epoch == snapshot.cursor.epoch
        if not anew and same_life and snapshot.cursor.feed_no < self._applied:
            return False
        self.snapshot = snapshot
        self._applied = snapshot.cursor.feed_no
        self._calls = {line.ticket_id: line for line in snapshot.recent}
        self._groups = {group.group_id: group for group in snapshot.groups}
        return True

    def apply(self, entries: tuple[FeedEntry, ...]) -> tuple[CalledNumber, ...]:
        """Follow the feed; returns the calls and recalls among the entries, oldest first."""
        called: list[CalledNumber] = []
        for entry in entries:
            if entry.feed_no <= self._applied:
                continue
            self._applied = entry.feed_no
            if not entry.kind.startswith("ticket."):
                continue
            self._count(entry)
            line = self._follow(entry)
            if line is not None and entry.kind in _CALLS:
                called.append(line)
        return tuple(called)

    def _follow(self, entry: FeedEntry) -> CalledNumber | None:
        known = self._calls.get(entry.subject)
        if entry.state is None:
            return known
        if entry.kind in _CALLS:
            line = CalledNumber(
                ticket_id=entry.subject,
                number=entry.number or "",
                group_id=entry.group_id or "",
                window_no=entry.window_no or "",
                state=entry.state,
                is_priority=entry.is_priority,
                recalls=entry.recalls,
                called_at=known.called_at if known is not None else entry.at,
                last_call_at=entry.at,
            )
        elif known is not None:
            line = replace(known, state=entry.state)
        else:
            return None
        self._calls[entry.subject] = line
        if len(self._calls) > 2 * _KEPT:
            self._calls = {one.ticket_id: one for one in self.calls}
        return line

    def _count(self, entry: FeedEntry) -> None:
        """Who waits is who came into a queued state and has not left it; a transfer changes the group."""
        if entry.was in QUEUED:
            self._add(entry.from_group or entry.group_id, -1, entry.is_priority)
        if entry.state in QUEUED:
            self._add(entry.group_id, 1, entry.is_priority)

    def _add(self, group_id: str | None, step: int, is_priority: bool) -> None:
        group = self._groups.get(group_id or "")
        if group is None:
            return
        self._groups[group.group_id] = replace(
            group,
            waiting=max(0, group.waiting + step),
            priority_waiting=max(0, group.priority_waiting + (step if is_priority else 0)),
        )
