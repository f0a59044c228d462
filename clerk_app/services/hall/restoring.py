"""What a hall does when its store was restored: its chain is checked, its numbers jump, and the journal says so.

The store that was restored does not know what was given out since the backup was made. Numbers on paper must not be
given twice, so the day's series of every group go on above a gap; what windows did since then they send again by
themselves, because the store has another epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import StoreFault
from clerk_app.domain.queue import ticket_number
from clerk_app.ports.hall_queue import ServiceGroup
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.sequencer import verify_chain
from clerk_app.services.hall.tools import Tools

GAP = 500
"""More than any group gives in a day: so far above the highest known number the series go on after a restore."""
SMALL_GAP = 100
"""The same after a restore from the second copy, which is a second behind."""
_SETTING = "jumped"
_ROUND = 100


@dataclass(frozen=True, slots=True)
class Restored:
    """What to tell the technician. ``first_numbers``: where each group goes on today."""

    hall_id: str
    chained: int
    unsequenced: int
    first_numbers: tuple[str, ...]


def after_restore(unit: HallUnit, tools: Tools, actor: Actor, gap: int, story: dict[str, Any]) -> Restored:
    """Check and mend one hall of a store that was just restored, in the transaction that restores it.

    ``StoreFault`` when the chain of the journal is broken: then nothing is restored.
    """
    report = verify_chain(tools, unit)
    if report.broken_at is not None:
        raise StoreFault(f"备份里的日志链在第 {report.broken_at} 条断了（{report.reason}），没有恢复。请用另一份备份")
    tools.go_on_from(unit.journal.newest())
    waiting = _unsequenced(unit)
    first = _jump(unit, tools, actor, gap)
    tools.record(unit, actor, "store.restored", unit.hall_id, {**story, "gap": gap, "feed_no": report.checked})
    return Restored(unit.hall_id, report.checked, waiting, first)


def _unsequenced(unit: HallUnit) -> int:
    return len(unit.journal.unsequenced(100_000))


def _jump(unit: HallUnit, tools: Tools, actor: Actor, gap: int) -> tuple[str, ...]:
    today = Days(tools).today(unit)
    highest = _highest(unit, today)
    jumps, first = {}, []
    for group in unit.setup.groups():
        known = max(highest.get(group.prefix, 0), group.start - 1)
        start = -(-(known + gap) // _ROUND) * _ROUND + 1
        jumps[group.group_id] = [group.start, start]
        _start(unit, tools, actor, group, start)
        first.append(ticket_number(group.prefix, start))
    unit.running.set_setting(_SETTING, {"day": today.isoformat(), "groups": jumps})
    return tuple(first)


def _highest(unit: HallUnit, today: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for ticket in unit.tickets.of_day(today):
        letter, serial = ticket.number[0], int(ticket.number[1:])
        found[letter] = max(found.get(letter, 0), serial)
    return found


def end_jump(unit: HallUnit, tools: Tools, actor: Actor) -> int:
    """On a later day the series begin where they used to; how many groups. What a manager set meanwhile stands."""
    jumped = unit.running.setting(_SETTING)
    if not jumped or not jumped.get("groups") or date.fromisoformat(jumped["day"]) >= Days(tools).today(unit):
        return 0
    ended = 0
    for group in unit.setup.groups():
        before, start = jumped["groups"].get(group.group_id, (0, 0))
        if start and group.start == start:
            _start(unit, tools, actor, group, before)
            ended += 1
    unit.running.set_setting(_SETTING, {"day": jumped["day"], "groups": {}})
    return ended


def _start(unit: HallUnit, tools: Tools, actor: Actor, group: ServiceGroup, start: int) -> None:
    changed = replace(group, start=start)
    unit.setup.change_group(changed)
    payload = {"prefix": group.prefix, "name": group.name, "start": start, "daily_limit": group.daily_limit}
    tools.record(unit, actor, "group.changed", group.group_id, payload)
