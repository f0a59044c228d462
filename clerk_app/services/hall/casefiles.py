"""What is done with a case after its conclusion, as the server keeps it: acts folded, refused or acknowledged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from clerk_app.domain import case_rules
from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.errors import Conflict, Fault, Locked, NotAllowed, NotFound
from clerk_app.ports.hall import CaseRecord, LoginNeeded
from clerk_app.ports.hall_cases import ActAck, ServerCase
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_cases import ActWrite, StoredAct
from clerk_app.services.hall import records, standing
from clerk_app.services.hall.approvals import check_used
from clerk_app.services.hall.checks import check, check_uuid, check_window, known_roles, of_hall
from clerk_app.services.hall.folding import acts_of, opened_case
from clerk_app.services.hall.kept_fields import with_unknown
from clerk_app.services.hall.seals import enter_approval_seal
from clerk_app.services.hall.supplements import take_what_arrived
from clerk_app.services.hall.tools import Tools, canonical, plain

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a window's clock may run ahead of the server's before its acts have to wait: guards count in days."""

_READERS = (
    Role.CLERK,
    Role.REVIEWER,
    Role.CHIEF_REPRESENTATIVE,
    Role.SEAL_KEEPER,
    Role.MANAGER,
    Role.AUDITOR,
)
_CLERKS = frozenset({Role.CLERK})
_UNKNOWN = "服务器上没有这一件，可能还没有上传"


class CaseFiles:
    """Acts are pushed by windows. What the office does needs its login; what clerks do comes like an intake record,
    whoever is logged in by now."""

    def __init__(self, tools: Tools, epoch: str) -> None:
        self._tools = tools
        self._epoch = epoch

    def store_act(
        self, unit: HallUnit, actor: Actor, act: CaseAct, sent: Mapping[str, Any] | None = None
    ) -> ActAck:
        """Append an act to its case; ``sent`` is the act as it came, with what this server does not know of it.

        Raises what ``case_rules.apply`` raises, besides: ``NotFound`` when the case has not come, ``Conflict`` when
        another content came under this id, ``NotAllowed`` at a wrong window or without the role, ``LoginNeeded``
        for an office step whose person is not logged in, ``Locked`` for a case without opening or an approval that
        the server does not know, ``Fault`` for an act from the future: it is nobody's mistake, and waiting mends it.
        """
        check_window(actor, act.by.window_no)
        return self.append(unit, actor, act, sent)

    def append(self, unit: HallUnit, actor: Actor, act: CaseAct, sent: Mapping[str, Any] | None = None) -> ActAck:
        """``store_act`` for an act that no window brings: the office's pages make theirs at the server."""
        act = self._checked(actor, act)
        body_hash = self._tools.digest(canonical(act))
        known = unit.files.find_act(act.act_id)
        if known is not None:
            if known.case_id != act.case_id or not self._same(unit, known, body_hash):
                raise Conflict("这一步已经上传过，内容不一样，没有覆盖")
            return ActAck(known.act_id, known.case_id, known.position, known.state, known.synced_at, self._epoch)
        head = unit.files.head(act.case_id, lock=True)
        if head is None:
            raise NotFound(_UNKNOWN)
        # Who may do a step and what was consented to stands in the store of the hall where it was done.
        at_its_hall = of_hall(actor)
        if not at_its_hall:
            if unit.devices.has(DeviceKind.HALL):
                raise Locked("这个大厅的办件在大厅自己的服务器上办，这里只能查看")
            self._check_doer(unit, actor, act)
        record, opening = opened_case(unit, act.case_id)
        before = acts_of(unit, act.case_id)
        now_stands = standing.after_acts(record, opening, (*before, act))
        approval = "" if at_its_hall else check_used(unit, act)
        take_what_arrived(unit, self._tools, actor, act)
        now = self._tools.now()
        write = ActWrite(
            act_id=act.act_id,
            case_id=act.case_id,
            position=len(before) + 1,
            step=act.step,
            state=now_stands.state,
            at=act.at,
            user_id=act.by.user_id,
            body=plain(act) if sent is None else with_unknown(plain(act), sent),
            body_hash=body_hash,
            synced_at=now,
        )
        unit.files.add_act(write)
        unit.files.set_standing(act.case_id, now_stands)
        enter_approval_seal(unit, self._tools, actor, act, before)
        payload = {
            "window_no": act.by.window_no,
            "act_id": act.act_id,
            "position": write.position,
            "step": act.step.value,
            "case_state": now_stands.state.value,
            "case_number": head.case_number,
            "instant": now_stands.instant,
            "by": act.by.user_id,
            "body_hash": body_hash,
        }
        if approval:
            payload["approval"] = approval
        self._tools.record(unit, actor, "case.acted", act.case_id, payload)
        return ActAck(act.act_id, act.case_id, write.position, write.state, now, self._epoch)

    def _same(self, unit: HallUnit, known: StoredAct, body_hash: str) -> bool:
        """Whether the stored act is the one that comes again, read with what this program knows (``kept_fields``)."""
        if known.body_hash == body_hash:
            return True
        stored = records.load(CaseAct, unit.files.acts(known.case_id)[known.position - 1])
        return self._tools.digest(canonical(stored)) == body_hash

    def server_case(self, unit: HallUnit, actor: Actor, reference: str) -> ServerCase:
        """The whole case with its acts, by id, case number or 办件编号; looking leaves a trace."""
        actor.require(*_READERS)
        case_id = unit.files.locate(reference.strip())
        head = None if case_id is None else unit.files.head(case_id)
        if case_id is None or head is None:
            raise NotFound(_UNKNOWN)
        record = records.load(CaseRecord, unit.cases.body(case_id))
        limited = head.standing.quantity_limited
        found = ServerCase(
            record=record,
            case_no=head.case_no,
            state=head.standing.state,
            acts=acts_of(unit, case_id),
            sequence=unit.files.sequence(case_id) if limited else None,
        )
        payload = {"window_no": actor.window_no, "case_number": head.case_number, "acts": len(found.acts)}
        self._tools.record(unit, actor, "case.viewed", case_id, payload)
        return found

    def _checked(self, actor: Actor, act: CaseAct) -> CaseAct:
        """The act in Beijing time, once its form is right."""
        check_uuid("act_id", act.act_id)
        check_uuid("case_id", act.case_id)
        check("by", bool(act.by.user_id.strip()) and bool(act.by.name.strip()))
        act = records.in_beijing(act)
        if act.at > self._tools.now() + CLOCK_TOLERANCE:
            raise Fault("这台电脑的时间比服务器快，这一步先留在这里；请技术员校准时间，时间到了会自动上传")
        return act

    def _check_doer(self, unit: HallUnit, actor: Actor, act: CaseAct) -> None:
        wanted = case_rules.ROLES.get(act.step, _CLERKS)
        live = actor.user_id == act.by.user_id
        if not live and Role.CLERK not in wanted:
            raise LoginNeeded(f"“{act.step.label}”要由 {act.by.name} 本人登录来做，不能由别人代传")
        roles = actor.roles if live else known_roles(unit, act.by.user_id)
        if roles is not None and roles.isdisjoint(wanted):
            raise NotAllowed(f"{act.by.name} 没有“{act.step.label}”的权限，请换有权限的人来做")
