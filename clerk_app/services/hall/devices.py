"""Enrolment of devices by one-time codes, and their revocation."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.enrolment import make_code, write_code
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.domain.numbering import OFFICE_DESK
from clerk_app.ports.hall import EnrolCode, Enrolled, EnrolRequest, NewEnrolCode
from clerk_app.ports.stores_hall import DeviceRecord, HallStore, HallUnit
from clerk_app.services.hall.tools import Tools, system_actor

CODE_LIFE = timedelta(minutes=15)
_HALL_CODE = re.compile(r"[^\x00-\x20\x7f]{1,16}")
_OF_THE_COUNTER = frozenset({DeviceKind.WINDOW, DeviceKind.KIOSK, DeviceKind.PLATFORM})
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Devices:
    """``fingerprint`` is the one of the hall's certificate authority; it is part of every code."""

    def __init__(self, store: HallStore, tools: Tools, fingerprint: bytes) -> None:
        self._store = store
        self._tools = tools
        self._fingerprint = fingerprint

    def make_code(self, unit: HallUnit, actor: Actor, wish: NewEnrolCode, life: timedelta = CODE_LIFE) -> EnrolCode:
        """A code for one device of one kind, good once and for 15 minutes; an installation of many PCs gives more."""
        actor.require(Role.TECHNICIAN, Role.SYSTEM)
        if wish.kind is DeviceKind.SERVER:
            raise Rejected("kind", "服务器不用登记")
        if wish.kind is DeviceKind.HALL:
            # It lets a whole hall in, which is no matter of this hall's technician.
            actor.require(Role.SYSTEM)
            if not wish.window_no or not _HALL_CODE.fullmatch(wish.window_no):
                raise Rejected("window_no", "要写下级大厅的代码（不超过 16 个字），如：clerk enrol hall --number MH")
        if wish.kind in _OF_THE_COUNTER and unit.devices.has(DeviceKind.HALL):
            raise Locked("这个大厅有自己的服务器，窗口、取号机和平台要登记到那一台上；这里只能查看")
        parts = make_code(self._tools.secret(8), self._fingerprint)
        expires_at = self._tools.now() + life
        digest = self._tools.token_digest(parts.secret)
        unit.devices.add_code(digest, wish.kind, wish.window_no, expires_at)
        payload = {"device_kind": wish.kind.value, "window_no": wish.window_no}
        self._tools.record(unit, actor, "enrol_code.made", digest[:16], payload)
        return EnrolCode(write_code(parts), expires_at)

    def enrol(self, wish: EnrolRequest) -> Enrolled:
        """Use up a code and admit the device. ``NotAllowed`` for a code that is unknown, used, late or of another kind.

        The code's window number counts; only a code without one lets the device name its own.
        """
        if not wish.name.strip():
            raise Rejected("name", "给这台设备起个名字，例如“12 号窗口”")
        digest = self._tools.token_digest(wish.secret)
        hall_id = self._store.hall_of_code(digest)
        if hall_id is None:
            raise NotAllowed(_BAD_CODE)
        if wish.kind is DeviceKind.HALL:
            return self._enrol_hall(hall_id, digest, wish)
        return self._store.write(hall_id, "enrolment", lambda unit: self._admit(unit, digest, wish))

    def _enrol_hall(self, own_hall: str, digest: str, wish: EnrolRequest) -> Enrolled:
        """Admit the server of a hall below, and the hall with it when it is new here. The code names the hall's code.

        The hall keeps its own id, so that its records stay what they are. Two transactions, because they belong to two
        halls: a code that was used up without an answer is replaced by another one.
        """
        hall = wish.hall
        if hall is None or not _UUID.fullmatch(hall.hall_id) or not _HALL_CODE.fullmatch(hall.code):
            raise Rejected("hall", "登记里没有写是哪个大厅（程序错误，请报技术员）")
        known = {
            one: self._store.read(one, lambda unit: unit.setup.profile().code) for one in self._store.halls()
        }
        if hall.hall_id == own_hall:
            raise NotAllowed("这台服务器和上级服务器用的是同一份数据（可能是复制的），不能登记")
        if known.get(hall.hall_id, hall.code) != hall.code:
            raise NotAllowed(f"这个大厅在上级服务器上的代码是 {known[hall.hall_id]}，不是 {hall.code}，请技术员核对")
        if hall.hall_id not in known and hall.code in known.values():
            raise NotAllowed(f"上级服务器上代码 {hall.code} 已经是另一个大厅，请技术员核对 [hall] code")

        def use(unit: HallUnit) -> None:
            if unit.devices.use_code(digest, wish.kind, self._tools.now()) != (True, hall.code):
                raise NotAllowed(_BAD_CODE)
            self._tools.record(unit, system_actor(own_hall), "enrol_code.used", digest[:16], {"hall": hall.hall_id})

        def admit(unit: HallUnit) -> Enrolled:
            if hall.hall_id not in known:
                unit.setup.add_hall(hall)
                self._tools.record(unit, system_actor(hall.hall_id), "hall.created", hall.hall_id, {"groups": 0})
            return self._enter(unit, wish, None)

        self._store.write(own_hall, "enrolment", use)
        return self._store.write(hall.hall_id, "enrolment", admit)

    def revoke(self, unit: HallUnit, actor: Actor, device_id: str) -> None:
        """The device's token is worth nothing from now on, and its logins end."""
        actor.require(Role.TECHNICIAN, Role.SYSTEM)
        device = unit.devices.get(device_id)
        now = self._tools.now()
        unit.devices.revoke(device_id, now)
        for session in unit.people.live_at(device_id, None):
            unit.people.end_session(session.session_id, now)
        self._tools.record(unit, actor, "device.revoked", device_id, {"window_no": device.window_no})

    def _admit(self, unit: HallUnit, digest: str, wish: EnrolRequest) -> Enrolled:
        now = self._tools.now()
        found, code_window = unit.devices.use_code(digest, wish.kind, now)
        if not found:
            raise NotAllowed(_BAD_CODE)
        window_no = code_window or wish.window_no
        if wish.kind is DeviceKind.WINDOW and not window_no:
            raise Rejected("window_no", "窗口要有窗口号，例如 12")
        if window_no == OFFICE_DESK:
            raise Rejected("window_no", f"{OFFICE_DESK} 是后台文书编号用的，窗口号请换一个")
        return self._enter(unit, wish, window_no)

    def _enter(self, unit: HallUnit, wish: EnrolRequest, window_no: str | None) -> Enrolled:
        token = f"{unit.hall_id}.{base64.urlsafe_b64encode(self._tools.secret()).decode().rstrip('=')}"
        device = DeviceRecord(
            hall_id=unit.hall_id,
            device_id=self._tools.new_id(),
            kind=wish.kind,
            name=wish.name.strip(),
            window_no=window_no,
            token_hash=self._tools.token_digest(token),
            enrolled_at=self._tools.now(),
        )
        unit.devices.add(device)
        actor = Actor(unit.hall_id, device.device_id, device.kind.value, device.name, frozenset(), device.window_no)
        payload = {"device_kind": device.kind.value, "window_no": window_no}
        self._tools.record(unit, actor, "device.enrolled", device.device_id, payload)
        return Enrolled(
            device_id=device.device_id,
            token=token,
            hall=unit.setup.profile(),
            kind=device.kind,
            window_no=window_no,
            epoch=self._store.epoch,
        )


_BAD_CODE = "登记码不对、用过了或过期了（15 分钟），请技术员重新生成一个"
