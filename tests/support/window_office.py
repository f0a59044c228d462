"""What a window asks the hall's server about cases: approvals, results, pre-checks, supplements, the seal register."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from clerk_app.domain.actor import Role
from clerk_app.domain.acts import Approval
from clerk_app.domain.case_rules import SUPERVISORS
from clerk_app.domain.errors import Conflict, NotAllowed, NotFound
from clerk_app.ports.hall_cases import ApprovalRequest, OnlineSupplement, PreCheck, SealUse, WorkLine
from support.window import NOW
from support.window_server import FakeCounter

SUPERVISOR_ID = "018f0000-0000-7000-8000-0000000000cc"


@dataclass
class FakePerson:
    user_id: str
    name: str
    password: str
    roles: frozenset[Role]


@dataclass
class FakeOffice(FakeCounter):
    """The network and its plan are those of ``FakeCounter``."""

    people: dict[str, FakePerson] = field(default_factory=dict)
    results: dict[str, tuple[WorkLine, ...]] = field(default_factory=dict)
    pre_checks: dict[str, PreCheck] = field(default_factory=dict)
    online: list[OnlineSupplement] = field(default_factory=list)
    uses: list[SealUse] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)

    def __post_init__(self) -> None:
        FakeCounter.__init__(self)
        self.people["lead"] = FakePerson(SUPERVISOR_ID, "赵主管", "supersecret", frozenset({Role.MANAGER}))

    def approve(self, request: ApprovalRequest) -> Approval:
        def do() -> Approval:
            person = self.people.get(request.login_name)
            if person is None or person.password != request.password:
                raise NotAllowed("用户名或密码不对")
            if person.roles.isdisjoint(SUPERVISORS):
                raise NotAllowed(f"{person.name} 没有授权的权限，请找值班主管或首席事务代表")
            number = f"018f0000-0000-7000-9000-{len(self.approvals):012d}"
            self.approvals.append(Approval(number, person.user_id, person.name, request.reason, NOW))
            return self.approvals[-1]

        return self._over_the_network(do)

    def results_of(self, id_number: str) -> tuple[WorkLine, ...]:
        return self._over_the_network(lambda: self.results.get(id_number, ()))

    def pre_check(self, number: str) -> PreCheck:
        def do() -> PreCheck:
            found = self.pre_checks.get(number)
            if found is None:
                raise NotFound("没有这个预审编号，请申请人看一下短信")
            if found.used_by:
                raise Conflict("这个预审编号已经办过一件，不能再用")
            return found

        return self._over_the_network(do)

    def supplements(self) -> tuple[OnlineSupplement, ...]:
        return self._over_the_network(lambda: tuple(one for one in self.online if not one.taken))

    def take_supplement(self, supplement_id: str, *, key: str | None = None) -> OnlineSupplement:
        def do() -> OnlineSupplement:
            for place, one in enumerate(self.online):
                if one.supplement_id == supplement_id:
                    if one.taken:
                        raise Conflict("这份网上补件已经有人接了，请看下一份")
                    self.online[place] = replace(one, taken=True)
                    return self.online[place]
            raise NotFound("没有这一份网上补件")

        return self._over_the_network(do)

    def seal_register(self, day: date) -> tuple[SealUse, ...]:
        return self._over_the_network(lambda: tuple(use for use in self.uses if use.at.date() == day))
