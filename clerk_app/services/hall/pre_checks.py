"""网上预审: what another system checked before the visit, kept by its number until a case is filled from it."""

from __future__ import annotations

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, Locked, NotFound, Rejected
from clerk_app.ports.hall_cases import PreCheck, Stored
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall import records
from clerk_app.services.hall.checks import check
from clerk_app.services.hall.tools import Tools, canonical, plain


class PreChecks:
    """A platform puts them, a clerk asks for one by the number that the applicant quotes."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def put(self, unit: HallUnit, actor: Actor, found: PreCheck) -> Stored:
        """Keep a result; the same again gets the same answer, a later check of the same number replaces it.

        ``Conflict`` when an older check comes with another content; ``Locked`` when a case was filled from it already.
        """
        actor.require(Role.PLATFORM)
        found = self._checked(found)
        body_hash = self._tools.digest(canonical(found))
        known = unit.online.pre_check(found.number)
        if known is not None:
            if known.body_hash == body_hash:
                return Stored(found.number, known.stored_at)
            if known.used_by:
                raise Locked(f"预审 {found.number} 已经用来办件，不能再改")
            if found.checked_at <= known.checked_at:
                raise Conflict(f"预审 {found.number} 已经收到过，内容不一样，检查时间也没有更晚，没有覆盖")
        now = self._tools.now()
        unit.online.put_pre_check(
            number=found.number,
            matter_code=found.matter_code,
            checked_at=found.checked_at,
            valid_to=found.valid_to,
            device_id=actor.device_id,
            body=plain(found),
            body_hash=body_hash,
            stored_at=now,
        )
        payload = {"matter_code": found.matter_code, "passed": found.passed, "body_hash": body_hash}
        self._tools.record(unit, actor, "pre_check.stored", found.number, payload)
        return Stored(found.number, now)

    def get(self, unit: HallUnit, actor: Actor, number: str) -> PreCheck:
        """The result under a number; looking leaves a trace. ``Conflict`` when a case was filled from it already."""
        actor.require(Role.CLERK)
        number = number.strip()
        known = unit.online.pre_check(number)
        if known is None:
            raise NotFound(f"没有编号 {number} 的网上预审，请核对编号，或按没有预审来办")
        if known.used_by:
            head = unit.files.head(known.used_by)
            where = f"（{head.case_number}）" if head else ""
            raise Conflict(f"预审 {number} 已经用来办过一件{where}，不能再用")
        self._tools.record(unit, actor, "pre_check.viewed", number, {"window_no": actor.window_no})
        return records.load(PreCheck, known.body)

    def _checked(self, found: PreCheck) -> PreCheck:
        check("number", 0 < len(found.number) <= 64 and found.number == found.number.strip())
        check("matter_code", 0 < len(found.matter_code.strip()) <= 128)
        check("applicant", bool(found.applicant.name.strip()) and bool(found.applicant.document_no.strip()))
        check("checked_by", bool(found.checked_by.strip()))
        check("result", 0 < len(found.result.strip()) <= 1000)
        check("used_by", found.used_by == "")
        ids = [one.material_id for one in found.checks]
        check("checks", len(set(ids)) == len(ids) and all(ids))
        if found.checked_at.tzinfo is None:
            raise Rejected("checked_at", "检查的时间要写明时区，如 2026-11-23T10:24:00+08:00")
        if found.checked_at > self._tools.now():
            raise Rejected("checked_at", "检查的时间不能晚于现在，请校准发送方的时间")
        return records.in_beijing(found)
