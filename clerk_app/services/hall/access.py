"""Who is calling: a device's token and, when somebody is logged in there, the session's."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.ports.hall import DeviceUnknown, SessionEnded
from clerk_app.ports.stores_hall import DeviceRecord, HallStore, HallUnit, SessionRecord
from clerk_app.services.hall.tools import Tools

_MACHINE_ROLES = {
    DeviceKind.KIOSK: frozenset({Role.KIOSK}),
    DeviceKind.DISPLAY: frozenset({Role.DISPLAY}),
    DeviceKind.PLATFORM: frozenset({Role.PLATFORM}),
    DeviceKind.SERVER: frozenset({Role.SYSTEM}),
    DeviceKind.WINDOW: frozenset[Role](),
    DeviceKind.BOARD: frozenset[Role](),
    DeviceKind.OFFICE: frozenset[Role](),
    DeviceKind.HALL: frozenset({Role.HALL}),
}
_UNKNOWN = "这台设备没有登记或已停用，请技术员重新登记"
_ENDED = "这个登录已经结束（别处登录了本窗口或已退出），请重新登录"


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated request. Without a session the actor is the machine itself, with the machine's roles."""

    actor: Actor
    device_id: str
    kind: DeviceKind
    session_id: str | None = None
    session_digest: str | None = None


class Access:
    """Turns tokens into callers. A device's token starts with its hall's id, so that a shard finds it by its key."""

    def __init__(self, store: HallStore, tools: Tools) -> None:
        self._store = store
        self._tools = tools

    def caller(self, device_token: str, session_token: str | None) -> Caller:
        """``DeviceUnknown`` for an unknown or revoked device, ``SessionEnded`` for a login that is over."""
        hall_id, _, secret = device_token.partition(".")
        device_digest = self._tools.token_digest(device_token)
        session_digest = None if session_token is None else self._tools.token_digest(session_token)
        if not secret:
            raise DeviceUnknown(_UNKNOWN)
        return self._store.read(hall_id, lambda unit: _identified(unit, device_digest, session_digest))

    def check_live(self, unit: HallUnit, caller: Caller) -> None:
        """Inside the writing transaction: the session still lives, so that an old login changes nothing."""
        if caller.session_digest is not None:
            _live(unit, caller.session_digest, caller.device_id)


def _machine(device: DeviceRecord) -> Caller:
    actor = Actor(
        hall_id=device.hall_id,
        device_id=device.device_id,
        user_id=device.kind.value,
        user_name=device.name,
        roles=_MACHINE_ROLES[device.kind],
        window_no=device.window_no,
    )
    return Caller(actor, device.device_id, device.kind)


def _live(unit: HallUnit, digest: str, device_id: str) -> SessionRecord:
    session = unit.people.session_by_token(digest)
    if session is None or session.ended_at is not None or session.device_id != device_id:
        raise SessionEnded(_ENDED)
    return session


def _identified(unit: HallUnit, device_digest: str, session_digest: str | None) -> Caller:
    device = unit.devices.by_token(device_digest)
    if device is None or device.revoked_at is not None:
        raise DeviceUnknown(_UNKNOWN)
    if session_digest is None:
        return _machine(device)
    session = _live(unit, session_digest, device.device_id)
    user = unit.people.get_user(session.user_id)
    actor = Actor(device.hall_id, device.device_id, user.user_id, user.name, user.roles, session.window_no)
    return Caller(actor, device.device_id, device.kind, session.session_id, session_digest)
