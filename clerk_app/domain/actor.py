"""Who acts, from which device: every service call carries an ``Actor``, every audit entry keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.errors import NotAllowed


class Role(StrEnum):
    """Roles of a hall; receiving, deciding and sealing one case are three people."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    CHIEF_REPRESENTATIVE = "chief_representative"  # 首席事务代表: decides at the hall, lifts locks
    SEAL_KEEPER = "seal_keeper"
    MANAGER = "manager"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    PLATFORM = "platform"  # another system that sends pre-checks and supplements
    KIOSK = "kiosk"  # the ticket machine itself: nobody is logged in there
    DISPLAY = "display"
    HALL = "hall"  # a hall's server that sends on what its own windows sent
    SYSTEM = "system"  # the server's own timers


class DeviceKind(StrEnum):
    """What an enrolled device is."""

    WINDOW = "window"
    KIOSK = "kiosk"
    DISPLAY = "display"
    SERVER = "server"
    PLATFORM = "platform"
    BOARD = "board"
    OFFICE = "office"  # a browser that opens the pages of the back office
    HALL = "hall"  # the server of a hall, at the server of its city


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or a machine standing for itself) at a device of one hall.

    ``hall_id`` and ``device_id`` are UUID strings, ``user_id`` too (or the role's name for machines);
    ``user_name`` is the name printed on papers; ``window_no`` is the counter's number, e.g. ``"12"``.
    """

    hall_id: str
    device_id: str
    user_id: str
    user_name: str
    roles: frozenset[Role]
    window_no: str | None = None

    def require(self, *wanted: Role) -> None:
        """Raise ``NotAllowed`` unless the actor has one of the roles."""
        if self.roles.isdisjoint(wanted):
            raise NotAllowed("这一步要由有权限的人来做，请换人登录")
