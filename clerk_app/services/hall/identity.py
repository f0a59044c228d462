"""One device, one store: a copy of a device's store is noticed when it shows a word that is not the newest any more.

The store shows the word it holds and hands over the next one. An image that was put on two computers, or put back on
the same one, shows a word that another store has changed meanwhile. Nothing is taken from it: what it has to tell is
still accepted, but it must give no numbers until a technician enrols it anew.
"""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Rejected
from clerk_app.ports.hall_presence import Presence, PresenceAnswer
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_operations import DeviceInstance
from clerk_app.services.hall.tools import Tools

_SHORTEST, _LONGEST = 16, 64


class Identity:
    """Words are kept as digests; which copy came first is what counts, not which computer it is."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def show(self, unit: HallUnit, actor: Actor, presence: Presence) -> PresenceAnswer:
        """Take the word that is due and keep the next one. A word shown again with the same next one is the repetition
        of a lost answer. Anything else is a copy: kept in the journal (``device.doubled``) and told."""
        if not _SHORTEST <= len(presence.following) <= _LONGEST or len(presence.shown) > _LONGEST:
            raise Rejected("following", "请求的格式不对（程序错误，请报技术员）")
        device_id, now = actor.device_id, self._tools.now()
        shown, following = self._tools.token_digest(presence.shown), self._tools.token_digest(presence.following)
        known = unit.instances.get(device_id)
        if known is None or known.sign == shown:
            earlier = known or DeviceInstance(device_id, following, now)
            unit.instances.put(replace(earlier, sign=following, shown_at=now))
            return PresenceAnswer(True)
        if known.sign == following:
            return PresenceAnswer(True)
        unit.instances.put(replace(known, doubles=known.doubles + 1, doubled_at=now))
        self._tools.record(unit, actor, "device.doubled", device_id, {"window_no": actor.window_no})
        return PresenceAnswer(False)
