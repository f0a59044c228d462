"""The published log of a day's dispatch, made from the journal, and its check together with the journal's chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.dispatch_check import check
from clerk_app.domain.dispatch_report import FORMAT, Report, log_digest
from clerk_app.domain.errors import NotFound
from clerk_app.ports.hall_running import DispatchLog, HallDay
from clerk_app.ports.stores_hall import HallUnit, JournalEntry
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.sequencer import ChainReport, Sequencer
from clerk_app.services.hall.tools import Tools

_TICKET = (
    *("number", "group_id", "lane", "state", "was", "from_group", "order_at", "due_at", "called_at"),
    *("window_no", "for_window", "for_user", "hold", "appointment", "draw", "rule", "pinned"),
)
_FIELDS: dict[str, tuple[str, ...]] = {
    "dispatch.committed": ("commitment", "rule", "start"),
    "dispatch.mixed": ("outside", "source"),
    "dispatch.revealed": ("secret", "outside"),
    "rules.changed": ("rules",),
    "group.changed": ("group_id", "prefix", "start"),
    "window.regrouped": ("window_no", "weights"),
    **dict.fromkeys(("window.off", "window.free", "window.busy", "window.away"), ("window_no", "window_state", "sits")),
    **dict.fromkeys(
        (
            *("ticket.taken", "ticket.walk_in", "ticket.merged", "ticket.called", "ticket.call_undone"),
            *("ticket.recalled", "ticket.missed", "ticket.miss_undone", "ticket.started", "ticket.finished"),
            *("ticket.finish_undone", "ticket.held", "ticket.resumed", "ticket.returned", "ticket.transferred"),
            *("ticket.transfer_undone", "ticket.released", "ticket.unbound", "ticket.cancelled", "ticket.printed"),
        ),
        _TICKET,
    ),
}
"""What of an entry is published: all that draws depend on, nothing about a person."""
_OTHER_DAY = ("window_no", "state", "day")


@dataclass(frozen=True, slots=True)
class Verified:
    """``chain`` tells of the journal's stretch that the log was made from."""

    log: DispatchLog
    report: Report
    chain: ChainReport


class DispatchLogs:
    """Reads only; every enrolled device may read a day's log, and so may the public."""

    def __init__(self, tools: Tools, days: Days, sequencer: Sequencer) -> None:
        self._tools = tools
        self._days = days
        self._sequencer = sequencer

    def log(self, unit: HallUnit, actor: Actor, day: date) -> DispatchLog:
        """The day's log; without the secret before the closing. ``NotFound`` for a day without one."""
        public = self._days.public(unit, day)
        first, last = self._stretch(unit, day)
        entries = unit.journal.of_kinds(tuple(_FIELDS), first - 1, last)
        told = _Telling(day, entries).entries()
        made = DispatchLog(public, unit.hall_id, tuple(told), "")
        return DispatchLog(public, unit.hall_id, made.entries, log_digest(as_file(made), self._tools.crypto.digest))

    def verify(self, unit: HallUnit, actor: Actor, day: date) -> Verified:
        """Recompute the day: its log and the journal's chain under it."""
        actor.require(Role.AUDITOR, Role.MANAGER, Role.TECHNICIAN, Role.SYSTEM)
        log = self.log(unit, actor, day)
        first, last = self._stretch(unit, day)
        chain = self._sequencer.verify(unit, actor, first - 1, last)
        return Verified(log, self.check(as_file(log)), chain)

    def check(self, log: dict[str, Any]) -> Report:
        """Check a log in its public form, from wherever it comes."""
        return check(log, self._tools.crypto.mac, self._tools.crypto.digest)

    def _stretch(self, unit: HallUnit, day: date) -> tuple[int, int]:
        """The feed numbers of the day: from its commitment to the entry before the next day's, and its revealing."""
        about = unit.journal.about(day.isoformat())
        first = next((one.feed_no for one in about if one.kind == "dispatch.committed"), None)
        if first is None:
            raise NotFound(f"{day:%Y-%m-%d} 的分派日志还没有写好，过一会儿再看")
        following = unit.running.day_after(day)
        last = unit.journal.head()[0]
        if following is not None:
            begins = (one for one in unit.journal.about(following.isoformat()) if one.kind == "dispatch.committed")
            last = next((one.feed_no - 1 for one in begins if one.feed_no), last)
        revealed = (one.feed_no for one in about if one.kind == "dispatch.revealed" and one.feed_no)
        return first, max(last, next(revealed, last))


class _Telling:
    """Journal entries as they are published: numbers instead of ids, c1, c2 … instead of clerks."""

    def __init__(self, day: date, entries: Iterable[JournalEntry]) -> None:
        self._day = day.isoformat()
        self._journal = [one for one in entries if one.payload.get("day", self._day) == self._day or _occupies(one)]
        tickets = sorted({one.subject for one in self._journal if one.kind.startswith("ticket.")})
        self._ties = {ticket_id: number for number, ticket_id in enumerate(tickets, 1)}
        self._clerks: dict[str, str] = {}
        self._told: set[str] = set()

    def entries(self) -> list[dict[str, Any]]:
        return [self._entry(one) for one in self._journal]

    def _entry(self, entry: JournalEntry) -> dict[str, Any]:
        told: dict[str, Any] = {"feed_no": entry.feed_no, "kind": entry.kind, "at": entry.at.isoformat()}
        payload = entry.payload | ({"group_id": entry.subject} if entry.kind == "group.changed" else {})
        if payload.get("day", self._day) != self._day:
            return told | {name: payload.get(name) for name in _OTHER_DAY}
        told |= {name: payload[name] for name in _FIELDS[entry.kind] if name in payload}
        if entry.kind != "ticket.taken":
            told.pop("appointment", None)
        if entry.kind == "rules.changed":
            told["rules"] = _of_draws(told["rules"])
        elif entry.kind == "dispatch.committed":
            told["start"] = told["start"] | {"rules": _of_draws(told["start"]["rules"])}
        if entry.kind.startswith("ticket.") and entry.subject not in self._told:
            self._told.add(entry.subject)
            told["tie"] = self._ties[entry.subject]
        return self._unnamed(told)

    def _unnamed(self, told: dict[str, Any]) -> dict[str, Any]:
        for name in ("sits", "for_user"):
            if told.get(name):
                told[name] = self._clerk(told[name])
        for part, windows in (("start", "windows"), ("rule", "free")):
            inner = told.get(part)
            if isinstance(inner, dict) and windows in inner:
                named = {no: [one, self._clerk(user_id)] for no, (one, user_id) in inner[windows].items()}
                told[part] = inner | {windows: named}
            elif isinstance(inner, dict) and "sits" in inner:
                told[part] = inner | {"sits": self._clerk(inner["sits"])}
        return told

    def _clerk(self, user_id: str) -> str:
        return self._clerks.setdefault(user_id, f"c{len(self._clerks) + 1}")


def _of_draws(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the hall's rules that draws depend on."""
    kept = {name: rules[name] for name in ("fairness", "turns_at", "seen_seconds", "missed_after")}
    return kept | {"appointments": {"late_minutes": rules["appointments"]["late_minutes"]}}


def _occupies(entry: JournalEntry) -> bool:
    """A ticket of another day that is served on this one: its window is not free."""
    return entry.kind in {"ticket.resumed", "ticket.miss_undone", "ticket.merged", "ticket.transfer_undone"}


def as_file(log: DispatchLog) -> dict[str, Any]:
    """The log in its public form, as JSON values."""
    day: HallDay = log.day
    return {
        "format": FORMAT,
        "hall_id": log.hall_id,
        "day": day.day.isoformat(),
        "commitment": day.commitment,
        "outside": day.outside,
        "source": day.outside_source,
        "secret": day.secret or None,
        "entries": list(log.entries),
        "digest": log.digest,
    }
