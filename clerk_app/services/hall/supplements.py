"""网上补件: supplements that arrive without a visit, matched to what the case waits for, taken by a clerk."""

from __future__ import annotations

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.acts import CaseAct, Channel
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import TRANSITIONS, CaseStep
from clerk_app.domain.errors import Conflict, Locked, NotFound, Rejected
from clerk_app.ports.hall_cases import OnlineSupplement, Stored
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_cases import StoredSupplement
from clerk_app.services.hall import records
from clerk_app.services.hall.checks import check, check_sm3, check_uuid
from clerk_app.services.hall.folding import fold_of
from clerk_app.services.hall.tools import Tools, canonical, plain

LIMIT = 200
_MOST_MATERIALS = 200


class Supplements:
    """The platform's side and the clerk's side of one supplement."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def put(self, unit: HallUnit, actor: Actor, supplement: OnlineSupplement) -> Stored:
        """Keep a supplement for the clerks; the same again gets the same answer.

        ``NotFound`` for an unknown case; ``Locked`` when it waits for nothing or a material is not among those it
        waits for; ``Conflict`` when the id or the reference came with another content.
        """
        actor.require(Role.PLATFORM)
        self._check(supplement)
        case_id = unit.files.locate(supplement.case_number)
        if case_id is None:
            raise NotFound("没有这个编号的办件，请核对告知书上的编号")
        supplement = records.in_beijing(supplement)
        content = [case_id, supplement.reference, supplement.arrived_at, supplement.materials]
        body_hash = self._tools.digest(canonical(content))
        known = unit.online.supplement(supplement.supplement_id)
        known = known or unit.online.supplement_by_reference(case_id, supplement.reference)
        if known is not None:
            if known.body_hash != body_hash or known.case_id != case_id:
                raise Conflict(f"补件 {supplement.reference} 已经收到过，内容不一样，没有覆盖")
            return Stored(known.supplement_id, known.stored_at)
        head = unit.files.head(case_id, lock=True)
        assert head is not None
        _check_awaited(fold_of(unit, case_id), supplement)
        now = self._tools.now()
        body = plain(supplement) | {"case_id": case_id, "case_number": head.case_number, "taken": False}
        stored = StoredSupplement(
            supplement_id=supplement.supplement_id,
            case_id=case_id,
            reference=supplement.reference,
            arrived_at=supplement.arrived_at,
            body=body,
            body_hash=body_hash,
            stored_at=now,
            taken_by="",
        )
        unit.online.add_supplement(stored, actor.device_id)
        payload = {
            "case_id": case_id,
            "case_number": head.case_number,
            "case_state": head.standing.state.value,
            "materials": len(supplement.materials),
        }
        self._tools.record(unit, actor, "supplement.arrived", supplement.supplement_id, payload)
        return Stored(supplement.supplement_id, now)

    def waiting(self, unit: HallUnit, actor: Actor) -> tuple[OnlineSupplement, ...]:
        """Not taken yet, oldest arrival first, at most ``LIMIT``."""
        actor.require(Role.CLERK, Role.MANAGER)
        return tuple(_shown(found) for found in unit.online.waiting_supplements(LIMIT))

    def take(self, unit: HallUnit, actor: Actor, supplement_id: str) -> OnlineSupplement:
        """A clerk takes it off the list; ``Conflict`` when somebody else was faster."""
        actor.require(Role.CLERK)
        found = unit.online.supplement(supplement_id)
        if found is None:
            raise NotFound("没有这一份网上补件")
        if found.taken_by and found.taken_by != actor.user_id:
            raise Conflict("这份网上补件已经有人接了，请看下一份")
        if not found.taken_by:
            unit.online.take_supplement(supplement_id, actor.user_id, self._tools.now())
            payload = {"window_no": actor.window_no, "case_id": found.case_id}
            self._tools.record(unit, actor, "supplement.taken", supplement_id, payload)
        taken = unit.online.supplement(supplement_id)
        assert taken is not None
        if taken.taken_by != actor.user_id:
            raise Conflict("这份网上补件已经有人接了，请看下一份")
        return _shown(taken)

    def _check(self, supplement: OnlineSupplement) -> None:
        check_uuid("supplement_id", supplement.supplement_id)
        check("case_number", 0 < len(supplement.case_number.strip()) <= 64)
        check("reference", 0 < len(supplement.reference.strip()) <= 128)
        check("materials", 0 < len(supplement.materials) <= _MOST_MATERIALS)
        ids = [material.material_id for material in supplement.materials]
        check("materials", len(set(ids)) == len(ids) and all(ids))
        for material in supplement.materials:
            check("name", bool(material.name.strip()))
            check("pages", 1 <= material.pages <= 10000)
            check_sm3("sha", material.sha)
        if supplement.arrived_at.tzinfo is None:
            raise Rejected("arrived_at", "收到的时间要写明时区，如 2026-11-23T10:24:00+08:00")
        if supplement.arrived_at > self._tools.now():
            raise Rejected("arrived_at", "收到的时间不能晚于现在，请校准发送方的时间")


def _check_awaited(file: CaseFile, supplement: OnlineSupplement) -> None:
    waits = file.missing and (file.state, CaseStep.RECEIVE_PART) in TRANSITIONS
    if not waits:
        raise Locked(f"{file.opening.case_number} 现在是“{file.state.label}”，不等补件，没有收下")
    strange = [one.name for one in supplement.materials if one.material_id not in file.missing]
    if strange:
        raise Locked(f"告知书和容缺清单里没有这些材料：{'、'.join(strange)}，没有收下")
    if supplement.arrived_at < file.opening.concluded_at:
        raise Rejected("arrived_at", "收到的时间早于告知的时间，请核对")


def take_what_arrived(unit: HallUnit, tools: Tools, actor: Actor, act: CaseAct) -> None:
    """An act that records an online arrival takes its supplement; the day of arrival is the platform's, not typed.

    ``Rejected("arrived_at")`` when the act names another time than the supplement.
    """
    arrival = act.facts.arrival
    if arrival is None or arrival.channel is not Channel.ONLINE or not arrival.reference:
        return
    found = unit.online.supplement_by_reference(act.case_id, arrival.reference)
    if found is None:
        return
    if found.arrived_at != arrival.arrived_at:
        raise Rejected("arrived_at", f"网上补件是 {found.arrived_at:%Y-%m-%d %H:%M} 收到的，以这个时间为准")
    if not found.taken_by:
        unit.online.take_supplement(found.supplement_id, act.by.user_id, tools.now())
        payload = {"window_no": actor.window_no, "case_id": found.case_id}
        tools.record(unit, actor, "supplement.taken", found.supplement_id, payload)


def _shown(found: StoredSupplement) -> OnlineSupplement:
    return records.load(OnlineSupplement, found.body | {"taken": bool(found.taken_by)})
