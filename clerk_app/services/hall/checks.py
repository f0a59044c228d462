"""What every record that a window pushes is checked for; a failure is the window program's fault, so it says so."""

from __future__ import annotations

import re
from datetime import datetime

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import NotAllowed, NotFound, Rejected
from clerk_app.ports.stores_hall import HallUnit

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SM3 = re.compile(r"[0-9a-f]{64}")


def check(name: str, fine: bool) -> None:
    """``Rejected(name)`` unless fine."""
    if not fine:
        raise Rejected(name, f"上传的记录里 {name} 不对，没有存（程序错误，请报技术员）")


def check_uuid(name: str, text: str) -> None:
    check(name, bool(_UUID.fullmatch(text)))


def check_sm3(name: str, text: str) -> None:
    """64 hex digits."""
    check(name, bool(_SM3.fullmatch(text)))


def check_aware(name: str, moment: datetime) -> None:
    check(name, moment.tzinfo is not None)


def of_hall(actor: Actor) -> bool:
    """Whether this is the server of the hall below, which speaks for all its windows and has checked what they sent."""
    return Role.HALL in actor.roles


def check_window(actor: Actor, window_no: str) -> None:
    """``NotAllowed`` unless the device is the window that the record names, or the server of that window's hall."""
    own = sender_window(actor)
    if own is not None and own != window_no:
        raise NotAllowed(f"这台电脑是 {own} 号窗口，不能上传 {window_no} 号窗口的记录")


def sender_window(actor: Actor) -> str | None:
    """The number of the device's window, None for the server of a hall; ``NotAllowed`` when it is neither."""
    if actor.window_no is None and not of_hall(actor):
        raise NotAllowed("只有窗口电脑能上传办件")
    return actor.window_no


def known_roles(unit: HallUnit, user_id: str) -> frozenset[Role] | None:
    """The roles of a person; None when this store does not know them (it was restored from before they came)."""
    try:
        return unit.people.get_user(user_id).roles
    except NotFound:
        return None
