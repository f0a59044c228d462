"""Texts on displays and kiosks, from–until."""

from __future__ import annotations

from datetime import timedelta

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Rejected
from clerk_app.ports.hall_running import NewNotice, Notice
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall import records
from clerk_app.services.hall.days import WATCHERS
from clerk_app.services.hall.tools import Tools

LONGEST_TEXT = 60
"""What two lines of the hall's display hold at the size that is read from ten metres."""

_LONGEST = timedelta(days=31)


class Notices:
    """Anybody sees them; managers write them."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def all(self, unit: HallUnit, actor: Actor) -> tuple[Notice, ...]:
        """Those that stand and those to come, by their beginning."""
        actor.require(*WATCHERS)
        return tuple(unit.running.notices(self._tools.now()))

    def add(self, unit: HallUnit, actor: Actor, wish: NewNotice) -> Notice:
        """``Rejected`` for an empty or long text and for times that do not fit."""
        actor.require(Role.MANAGER)
        wish = records.in_beijing(wish)
        text = " ".join(wish.text.split())
        if not text:
            raise Rejected("text", "写上要让大家看到的内容，例如「14:00 起 3 号机维护」")
        if len(text) > LONGEST_TEXT:
            raise Rejected("text", f"通知最多 {LONGEST_TEXT} 个字，现在 {len(text)} 个，大厅屏放不下")
        if wish.until_at <= wish.from_at:
            raise Rejected("until_at", "结束要晚于开始，请改时间")
        if wish.until_at <= self._tools.now():
            raise Rejected("until_at", "结束时间已经过了，请改到以后")
        if wish.until_at - wish.from_at > _LONGEST:
            raise Rejected("until_at", "一条通知最多放 31 天，长期的请做成公示牌")
        notice = Notice(self._tools.new_id(), text, wish.from_at, wish.until_at)
        unit.running.add_notice(notice)
        payload = {"text": text, "from": notice.from_at.isoformat(), "until": notice.until_at.isoformat()}
        self._tools.record(unit, actor, "notice.added", notice.notice_id, payload)
        return notice

    def end(self, unit: HallUnit, actor: Actor, notice_id: str) -> None:
        """Take it off now. ``NotFound``."""
        actor.require(Role.MANAGER)
        unit.running.end_notice(notice_id, self._tools.now())
        self._tools.record(unit, actor, "notice.ended", notice_id, {})
