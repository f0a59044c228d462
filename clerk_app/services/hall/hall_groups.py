"""Service groups while the hall runs: a new one, another name, letter, start number or daily limit."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Locked, NotFound, Rejected
from clerk_app.domain.queue_rules import check_prefix
from clerk_app.ports.hall_queue import ServiceGroup
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.tools import Tools

_LONGEST_NAME, _LONGEST_HINT, _LONGEST_PLACE = 12, 20, 20
_MOST_GROUPS = 12
_MOST_START = 9_000
_MOST_LIMIT = 9_999


class HallGroups:
    """Groups are never removed: their tickets stay. What nobody may take any more is limited to windows elsewhere."""

    def __init__(self, tools: Tools, days: Days) -> None:
        self._tools = tools
        self._days = days

    def set(self, unit: HallUnit, actor: Actor, group: ServiceGroup) -> ServiceGroup:
        """Change a group, or add one when ``group_id`` is empty; in force with the next ticket.

        ``Rejected`` by field; ``Locked`` for another letter while numbers of the old one are out today: two people
        would have to be called by letters that the screen no longer explains. ``Conflict`` when the letter is taken.
        """
        actor.require(Role.MANAGER, Role.TECHNICIAN)
        _check(group)
        groups = unit.setup.groups()
        if group.group_id:
            before = next((one for one in groups if one.group_id == group.group_id), None)
            if before is None:
                raise NotFound("没有这个排队组，请刷新后再改")
            day = self._days.today(unit)
            if before.prefix != group.prefix and unit.tickets.taken_in_group(day, group.group_id):
                raise Locked(f"今天已经发过 {before.prefix} 字头的号，字母明天开门前再改")
            unit.setup.change_group(group)
        else:
            if len(groups) >= _MOST_GROUPS:
                raise Locked(f"最多 {_MOST_GROUPS} 个排队组，取号机放不下更多")
            group = replace(group, group_id=self._tools.new_id(), position=_next(groups, group.position))
            unit.setup.add_group(group)
        payload = {"prefix": group.prefix, "name": group.name, "start": group.start, "daily_limit": group.daily_limit}
        self._tools.record(unit, actor, "group.changed", group.group_id, payload)
        return group


def _next(groups: list[ServiceGroup], wanted: int) -> int:
    return wanted or max((group.position for group in groups), default=-1) + 1


def _check(group: ServiceGroup) -> None:
    check_prefix(group.prefix)
    if not group.name.strip():
        raise Rejected("name", "排队组要有名字，取号机和大厅屏上都用它")
    for field, value, most, words in (
        ("name", group.name, _LONGEST_NAME, "名字"),
        ("hint", group.hint, _LONGEST_HINT, "说明"),
        ("place", group.place, _LONGEST_PLACE, "等候区"),
    ):
        if len(value) > most:
            raise Rejected(field, f"{words}最多 {most} 个字，屏上放不下更多")
    if not 1 <= group.start <= _MOST_START:
        raise Rejected("start", f"起始号要在 1 到 {_MOST_START} 之间")
    if not 0 <= group.daily_limit <= _MOST_LIMIT:
        raise Rejected("daily_limit", f"每天的号数要在 0（不限）到 {_MOST_LIMIT} 之间")
