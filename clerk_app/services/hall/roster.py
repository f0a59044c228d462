"""The day's roster: who sits at which window, from when to when."""

from __future__ import annotations

import re
from datetime import date

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, NotFound, Rejected
from clerk_app.ports.hall import UserInfo
from clerk_app.ports.hall_running import NewRosterEntry, RosterEntry
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.days import WATCHERS
from clerk_app.services.hall.tools import Tools

_WINDOW = re.compile(r"[0-9A-Za-z]{1,8}")


class Roster:
    """Managers write it; the board compares it with who is at work."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def of(self, unit: HallUnit, actor: Actor, day: date) -> tuple[RosterEntry, ...]:
        """The entries of a day by their beginning, then by window."""
        actor.require(*WATCHERS)
        return tuple(sorted(unit.running.roster(day), key=_order))

    def people(self, unit: HallUnit, actor: Actor) -> tuple[UserInfo, ...]:
        """Everybody with an account, by name."""
        actor.require(*WATCHERS)
        return tuple(
            UserInfo(user.user_id, user.login_name, user.name, tuple(sorted(user.roles)))
            for user in unit.people.users()
        )

    def add(self, unit: HallUnit, actor: Actor, wish: NewRosterEntry) -> RosterEntry:
        """``Rejected`` for the window or the times, ``NotFound`` without such a person, ``Conflict`` when the person or
        the window is taken at that time."""
        actor.require(Role.MANAGER)
        if not _WINDOW.fullmatch(wish.window_no):
            raise Rejected("window_no", "窗口号用数字或字母，例如 8")
        if wish.from_time.tzinfo or wish.to_time.tzinfo:
            raise Rejected("from_time", "上下班的钟点不写时区，例如 09:00")
        if wish.to_time <= wish.from_time:
            raise Rejected("to_time", "下班要晚于上班，请改时间")
        user = next((one for one in unit.people.users() if one.user_id == wish.user_id), None)
        if user is None:
            raise NotFound("没有这个人的账号，请技术员先建账号")
        if Role.CLERK not in user.roles:
            raise Rejected("user_id", f"{user.name}不是综窗人员，不能排到窗口")
        for other in unit.running.roster(wish.day):
            if wish.from_time >= other.to_time or wish.to_time <= other.from_time:
                continue
            span = f"{other.from_time:%H:%M}–{other.to_time:%H:%M}"
            if other.user_id == wish.user_id:
                raise Conflict(f"{other.user_name} {span} 已经排在 {other.window_no} 号窗口，先去掉那一行")
            if other.window_no == wish.window_no:
                raise Conflict(f"{other.window_no} 号窗口 {span} 已经排了{other.user_name}，先去掉那一行")
        entry = RosterEntry(
            self._tools.new_id(), wish.day, wish.window_no, user.user_id, user.name, wish.from_time, wish.to_time
        )
        unit.running.add_roster(entry)
        self._record(unit, actor, entry.entry_id, {"day": wish.day.isoformat(), "window_no": wish.window_no})
        return entry

    def drop(self, unit: HallUnit, actor: Actor, entry_id: str) -> None:
        """Take a row off. ``NotFound``."""
        actor.require(Role.MANAGER)
        unit.running.drop_roster(entry_id)
        self._record(unit, actor, entry_id, {"dropped": True})

    def _record(self, unit: HallUnit, actor: Actor, entry_id: str, payload: dict[str, object]) -> None:
        self._tools.record(unit, actor, "roster.changed", entry_id, payload)


def _order(entry: RosterEntry) -> tuple[object, ...]:
    return entry.from_time, len(entry.window_no), entry.window_no
