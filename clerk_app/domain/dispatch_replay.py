"""A day's queue told again from its published log: tickets, windows, rules, and whom the rule lets be drawn. Pure.

It trusts nothing that it can work out: what a step may not change is compared, what it changes is taken over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clerk_app.domain.queue import ACTIVE, QUEUED, HoldKind, Lane, TicketState, WindowState
from clerk_app.domain.queue_order import Candidate, Fairness, in_a_row_after

_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_LARGEST = 10**9
_LONGEST_SECONDS, _LONGEST_MINUTES, _LAST_HOUR = 10**6, 10**5, 24


class Unreadable(Exception):
    """A log entry lacks a field or holds one of another kind; str() names it in Chinese."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Typed reading of JSON; ``Unreadable`` names the field."""

    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            raise Unreadable(f"「{name}」缺失或不对")
        return value

    def maybe(self, name: str) -> str | None:
        return None if self.values.get(name) is None else self.text(name)

    def whole(self, name: str, most: int = _LARGEST) -> int:
        """From 0 to ``most``: beyond it lie no counts and no times, only the end of what can be reckoned with."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise Unreadable(f"「{name}」缺失或不对")
        return value

    def moment(self, name: str) -> datetime:
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise Unreadable(f"「{name}」不是时间") from None
        if value.tzinfo is None:
            raise Unreadable(f"「{name}」没有时区")
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise Unreadable(f"「{name}」的年份不对")
        return value

    def maybe_moment(self, name: str) -> datetime | None:
        return None if self.values.get(name) is None else self.moment(name)

    def part(self, name: str) -> Fields:
        value = self.values.get(name)
        if not isinstance(value, Mapping):
            raise Unreadable(f"「{name}」缺失或不对")
        return Fields(value)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Unreadable(f"「{name}」缺失或不对")
        return tuple(value)

    def pair(self, name: str) -> tuple[Any, Any]:
        value = self.values.get(name)
        if not isinstance(value, list) or len(value) != 2:
            raise Unreadable(f"「{name}」缺失或不对")
        return value[0], value[1]

    def weights(self, name: str) -> dict[str, float]:
        values = self.part(name).values
        if not all(_is_weight(one) for one in values.values()):
            raise Unreadable(f"「{name}」不是权重")
        return {group: float(weight) for group, weight in values.items()}


def _is_weight(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


@dataclass(frozen=True, slots=True)
class DrawRules:
    """The part of ``QueueRules`` that draws depend on."""

    fairness: Fairness
    turns_at: int
    seen: timedelta
    missed_after: int
    late: timedelta

    @classmethod
    def read(cls, body: Fields) -> DrawRules:
        """From the rules as they stand in the journal."""
        fair = body.part("fairness")
        bounds = Fairness(fair.whole("draw_among"), fair.whole("most_passes"), fair.whole("preferred_in_a_row"))
        return cls(
            bounds,
            body.whole("turns_at", _LAST_HOUR),
            timedelta(seconds=body.whole("seen_seconds", _LONGEST_SECONDS)),
            body.whole("missed_after"),
            timedelta(minutes=body.part("appointments").whole("late_minutes", _LONGEST_MINUTES)),
        )


@dataclass(slots=True)
class Told:
    """One ticket as the log told it so far. ``tie`` orders tickets of the same moment."""

    number: str
    tie: int
    group_id: str
    lane: Lane
    state: TicketState
    order_at: datetime
    due_at: datetime | None = None
    called_at: datetime | None = None
    window_no: str | None = None
    for_window: str | None = None
    for_user: str | None = None
    hold: HoldKind | None = None
    pinned_to: str | None = None
    passed: int = 0

    @property
    def order(self) -> tuple[datetime, int]:
        return self.order_at, self.tie

    def candidate(self) -> Candidate:
        return Candidate(f"{self.tie:09d}", self.group_id, self.lane, self.order_at, self.passed, self.number)


@dataclass(slots=True)
class ToldWindow:
    """One window; ``free_since`` is when it last said that it is free."""

    state: WindowState
    sits: str
    free_since: datetime | None = None


@dataclass(slots=True)
class Replay:
    """The hall between two entries of the log."""

    rules: DrawRules
    groups: set[str]
    served: dict[str, dict[str, float]]
    windows: dict[str, ToldWindow]
    tickets: dict[str, Told] = field(default_factory=dict)
    queued: dict[str, Told] = field(default_factory=dict)
    active: dict[str, Told] = field(default_factory=dict)
    _in_a_row: dict[str, int] = field(default_factory=dict)

    def put(self, ticket: Told) -> None:
        """A ticket as it is now."""
        self.tickets[ticket.number] = ticket
        for states, kept in ((QUEUED, self.queued), (ACTIVE, self.active)):
            if ticket.state in states:
                kept[ticket.number] = ticket
            else:
                kept.pop(ticket.number, None)

    def drawn(self, window_no: str, lane: Lane) -> None:
        """Its call counts for the turns of the window."""
        self._in_a_row[window_no] = in_a_row_after(self.in_a_row(window_no), lane)

    def in_a_row(self, window_no: str) -> int:
        """Preferred calls of the window since its last ordinary one."""
        return self._in_a_row.get(window_no, 0)

    def groups_of(self, window_no: str) -> set[str]:
        """What a window serves: its own groups or all."""
        own = self.served.get(window_no)
        return {group for group in self.groups if group in own} if own else set(self.groups)

    def may_call(self, window_no: str, sits: str, groups: Collection[str], now: datetime) -> list[Told]:
        """The tickets that a window may call."""
        return [
            one
            for one in self.queued.values()
            if (one.due_at is None or one.due_at <= now)
            and (
                one.group_id in groups
                if one.for_window is None and one.for_user is None
                else one.for_window == window_no or (one.for_window is None and one.for_user == sits)
            )
        ]

    def free(self) -> set[str]:
        """Windows that wait free."""
        return {number for number, one in self.windows.items() if one.state is WindowState.FREE}

    def free_for(self, ticket: Told, seen: Mapping[str, datetime], now: datetime) -> list[str]:
        """The free windows that may call the ticket, of those heard of in time, in the order of their numbers."""
        since = now - self.rules.seen
        bound = ticket.for_window is not None or ticket.for_user is not None
        found = [
            number
            for number, at in seen.items()
            if at >= since
            and number in self.windows
            and (
                (ticket.for_window in (None, number) and ticket.for_user in (None, self.windows[number].sits))
                if bound
                else ticket.group_id in self.groups_of(number)
            )
        ]
        return sorted(found, key=lambda number: (len(number), number))

    def latest(self) -> datetime:
        """The greatest place in the order, without appointments that came early."""
        places = (one.order_at for one in self.tickets.values() if one.due_at is None)
        return max(places, default=datetime.min.replace(tzinfo=UTC))

    def places(self, group_id: str, now: datetime) -> list[datetime]:
        """Places of those who wait in a group, oldest first, without those not due yet."""
        waiting = (one for one in self.queued.values() if one.group_id == group_id)
        return sorted(one.order_at for one in waiting if one.due_at is None or one.due_at <= now)
