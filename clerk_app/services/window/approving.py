"""A supervisor's consent to what is locked for the clerk, by a second login at the clerk's window.

The server checks it; while it is away, this window does, against the people it remembers, and marks the consent as its
own. Called on the network lane.
"""

from __future__ import annotations

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import Approval
from clerk_app.domain.case_rules import SUPERVISORS
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.errors import NotAllowed, Rejected, Unreachable
from clerk_app.ports.crypto import PasswordHasher
from clerk_app.ports.hall_cases import ApprovalRequest, CaseCounter
from clerk_app.ports.window import Binding, WindowStore, WindowUnit
from clerk_app.services.window.binding import NOT_BOUND
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.known import KnownPeople

OWN = "授权的人不能是经办人自己，请主管来登录"
NO_SUPERVISOR = "{} 没有授权的权限，请找值班主管或首席事务代表"


class ApprovalDesk:
    """Asks for consents. Nothing is lifted here: the consent goes into the act that needs it."""

    def __init__(self, store: WindowStore, counter: CaseCounter, passwords: PasswordHasher, journal: Journal) -> None:
        self._store = store
        self._counter = counter
        self._journal = journal
        self._known = KnownPeople(store, passwords, journal)

    def approve(
        self, login_name: str, password: str, step: CaseStep | None, case_id: str, reason: str, actor: Actor
    ) -> Approval:
        """The consent to ``step`` on a case; ``step`` is None for what is no step (a printed paper made void).

        Raises ``Rejected`` with field ``login_name`` or ``reason``, ``NotAllowed`` for a wrong password (it counts to
        the lock-out), for one's own consent and for a person without the right, ``Unreachable`` when the server is
        away and this window does not know the person.
        """
        name, why = login_name.strip(), reason.strip()
        if not name:
            raise Rejected("login_name", "请主管输入自己的用户名")
        if not why:
            raise Rejected("reason", "请写明授权的理由，会留在记录里")
        request = ApprovalRequest(name, password, step.value if step else "", case_id, why)
        try:
            approval = self._counter.approve(request)
        except Unreachable as fault:
            approval = self._offline(request, actor, fault)
        if approval.user_id == actor.user_id:
            raise NotAllowed(OWN)
        payload = {
            "approval_id": approval.approval_id,
            "by": approval.user_id,
            "step": request.step,
            "offline": approval.offline,
        }
        self._store.write(lambda unit: self._journal.write(unit, "approval.given", case_id, actor, payload))
        return approval

    def _offline(self, request: ApprovalRequest, actor: Actor, fault: Unreachable) -> Approval:
        binding = self._store.read(_bound)
        if binding is None:
            raise NotAllowed(NOT_BOUND)
        known = self._known.check(request.login_name, request.password, binding, fault)
        if known.user_id == actor.user_id:
            raise NotAllowed(OWN)
        if known.roles.isdisjoint(SUPERVISORS):
            raise NotAllowed(NO_SUPERVISOR.format(known.name))
        return Approval(
            approval_id=self._journal.new_id(),
            user_id=known.user_id,
            name=known.name,
            reason=request.reason,
            at=self._journal.now(),
            offline=True,
        )


def _bound(unit: WindowUnit) -> Binding | None:
    return unit.binding.binding()
