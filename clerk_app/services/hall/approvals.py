"""A supervisor's consent by a second login at the clerk's window, and its use in an act."""

from __future__ import annotations

from clerk_app.domain.acts import Approval, CaseAct
from clerk_app.domain.case_rules import SUPERVISORS
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.ports.hall_cases import ApprovalRequest
from clerk_app.ports.stores_hall import HallStore, HallUnit, UserRecord
from clerk_app.ports.stores_hall_cases import ApprovalRecord
from clerk_app.services.hall.access import Access, Caller
from clerk_app.services.hall.checks import known_roles
from clerk_app.services.hall.people import People
from clerk_app.services.hall.tools import Tools

_LONGEST_REASON = 500
_NOT_SUPERVISOR = "{} 没有授权的权限，请找值班主管或首席事务代表"


class Approvals:
    """Like logging in, approving works outside a caller's unit of work: hashing is slow."""

    def __init__(self, store: HallStore, tools: Tools, access: Access, people: People) -> None:
        self._store = store
        self._tools = tools
        self._access = access
        self._people = people

    def approve(self, caller: Caller, wish: ApprovalRequest) -> Approval:
        """The kept consent.

        ``Rejected("reason")`` without a reason; ``NotAllowed`` when nobody is logged in, for a wrong password (the
        lock-out counts as for a login), for one's own consent, and for a person without the right to consent.
        """
        if caller.session_id is None:
            raise NotAllowed("先登录再请主管授权")
        reason = wish.reason.strip()
        if not reason:
            raise Rejected("reason", "请写明授权的理由，会留在记录里")
        if len(reason) > _LONGEST_REASON:
            raise Rejected("reason", f"理由太长（{len(reason)} 字），请写在 {_LONGEST_REASON} 字以内")
        user = self._people.verify(caller, wish.login_name, wish.password)

        def keep(unit: HallUnit) -> Approval:
            self._access.check_live(unit, caller)
            return self._keep(unit, caller, wish, reason, self._people.admit(unit, user.user_id))

        return self._store.write(caller.actor.hall_id, caller.device_id, keep)

    def _keep(self, unit: HallUnit, caller: Caller, wish: ApprovalRequest, reason: str, user: UserRecord) -> Approval:
        if user.user_id == caller.actor.user_id:
            raise NotAllowed("授权的人不能是经办人自己，请主管来登录")
        if user.roles.isdisjoint(SUPERVISORS):
            raise NotAllowed(_NOT_SUPERVISOR.format(user.name))
        record = ApprovalRecord(
            approval_id=self._tools.new_id(),
            user_id=user.user_id,
            name=user.name,
            step=wish.step,
            case_id=wish.case_id,
            reason=reason,
            at=self._tools.now(),
            asked_by=caller.actor.user_id,
            window_no=caller.actor.window_no or "",
        )
        unit.registers.add_approval(record)
        payload = {
            "window_no": caller.actor.window_no,
            "step": record.step,
            "case_id": record.case_id,
            "by": record.user_id,
        }
        self._tools.record(unit, caller.actor, "override.approved", record.approval_id, payload)
        return Approval(record.approval_id, record.user_id, record.name, record.reason, record.at)


def check_used(unit: HallUnit, act: CaseAct) -> str:
    """Check the approval that an act brings and mark it used; its kind for the journal, empty when there is none.

    ``Locked`` when the server does not know it, when it was given for something else or used before. One that only
    the window checked (``offline``) is taken as it is, as long as the person may consent at all.
    """
    approval = act.facts.approval
    if approval is None:
        return ""
    if approval.offline:
        roles = known_roles(unit, approval.user_id)
        if roles is not None and roles.isdisjoint(SUPERVISORS):
            raise Locked(_NOT_SUPERVISOR.format(approval.name))
        return "offline"
    kept = unit.registers.approval(approval.approval_id)
    fits = (
        kept is not None
        and kept.user_id == approval.user_id
        and kept.step in {"", act.step.value}
        and kept.case_id in {"", act.case_id}
    )
    if kept is None or not fits:
        raise Locked("服务器上没有这一步的授权，请主管重新授权")
    if kept.used_by not in {"", act.act_id}:
        raise Locked("这次授权已经用在另一步上，请主管重新授权")
    unit.registers.use_approval(approval.approval_id, act.act_id)
    return "online"
