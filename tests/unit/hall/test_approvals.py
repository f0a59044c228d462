"""A supervisor consents with a second login: checked, kept, used once, for what it was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.acts import Approval, CaseAct, SecondNotice
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.ports.hall import Login
from clerk_app.ports.hall_cases import ApprovalRequest
from support.case_flow import AtWork, act, at_work, record, supplement_opening, uuid
from support.hall import MORNING, PASSWORD, HallInHand

SOON = MORNING + timedelta(minutes=5)
WHY = "第一次告知时材料被水浸，没有看出缺页"
STEP = CaseStep.SUPPLEMENT_REQUESTED.value


@pytest.fixture
def clerk(hall: HallInHand) -> AtWork:
    at_work(hall, "30", "周主管", Role.MANAGER)
    at_work(hall, "31", "沈明", Role.REVIEWER)
    return at_work(hall, "12", "王晓梅")


@pytest.fixture
def case_id(hall: HallInHand, clerk: AtWork) -> str:
    start = supplement_opening(1, clerk.user_id)
    clerk.stores(record(start, hall.hall_id))
    return start.case_id


def _asks(clerk: AtWork, **change: str) -> Approval:
    wish = ApprovalRequest("user-30", PASSWORD, STEP, uuid(1), WHY)
    return clerk.hall.desk.approvals.approve(clerk.caller, replace(wish, **change))


def _second(number: int, case_id: str, clerk: AtWork, approval: Approval | None) -> CaseAct:
    notice = SecondNotice(("m3",), MORNING + timedelta(days=30))
    return act(number, case_id, CaseStep.SUPPLEMENT_REQUESTED, clerk.doer, SOON, notice=notice, approval=approval)


def _journal(hall: HallInHand, kind: str) -> list[dict[str, object]]:
    hall.sequence()
    return [e.payload for e in hall.read(lambda unit: unit.journal.after(0, 500)) if e.kind == kind]


def test_a_second_notice_with_new_defects_needs_a_supervisor(hall: HallInHand, clerk: AtWork, case_id: str) -> None:
    with pytest.raises(Locked, match="第一次告知书没有列"):
        clerk.pushes(_second(1, case_id, clerk, None))
    approval = _asks(clerk)
    assert (approval.name, approval.reason, approval.offline) == ("周主管", WHY, False)
    assert clerk.pushes(_second(1, case_id, clerk, approval)).state is CaseState.SUPPLEMENT_REQUESTED
    assert _journal(hall, "override.approved") == [
        {"window_no": "12", "step": STEP, "case_id": case_id, "by": approval.user_id}
    ]
    assert _journal(hall, "case.acted")[0]["approval"] == "online"


def test_a_consent_is_for_one_act_of_one_case(hall: HallInHand, clerk: AtWork, case_id: str) -> None:
    other = supplement_opening(2, clerk.user_id)
    clerk.stores(record(other, hall.hall_id))
    approval = _asks(clerk)
    with pytest.raises(Locked, match="没有这一步的授权"):
        clerk.pushes(_second(1, other.case_id, clerk, approval))
    clerk.pushes(_second(2, case_id, clerk, approval))
    clerk.pushes(_second(2, case_id, clerk, approval))  # the same act again
    void = act(3, case_id, CaseStep.VOID, clerk.doer, SOON, reason="录错", approval=approval)
    with pytest.raises(Locked, match="没有这一步的授权"):
        clerk.pushes(void)
    anything = _asks(clerk, step="", case_id="")
    clerk.pushes(replace(void, facts=replace(void.facts, approval=anything)))
    again = act(4, other.case_id, CaseStep.VOID, clerk.doer, SOON, reason="录错", approval=anything)
    with pytest.raises(Locked, match="已经用在另一步上"):
        clerk.pushes(again)


def test_an_invented_consent_is_refused(clerk: AtWork, case_id: str) -> None:
    kept = _asks(clerk)
    invented = replace(kept, approval_id=uuid(99, 500))
    borrowed = replace(kept, user_id="somebody-else")
    for false in (invented, borrowed):
        with pytest.raises(Locked, match="没有这一步的授权"):
            clerk.pushes(_second(1, case_id, clerk, false))


def test_a_consent_that_only_the_window_checked_is_taken_and_marked(
    hall: HallInHand, clerk: AtWork, case_id: str
) -> None:
    manager = hall.read(lambda unit: unit.people.by_login("user-30"))
    reviewer = hall.read(lambda unit: unit.people.by_login("user-31"))
    offline = Approval(uuid(1, 500), manager.user_id, manager.name, WHY, SOON, offline=True)
    with pytest.raises(Locked, match="沈明 没有授权的权限"):
        clerk.pushes(_second(1, case_id, clerk, replace(offline, user_id=reviewer.user_id, name="沈明")))
    clerk.pushes(_second(2, case_id, clerk, offline))
    assert _journal(hall, "case.acted")[0]["approval"] == "offline"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "wrong"}, "登录名或密码不对"),
        ({"login_name": "nobody"}, "登录名或密码不对"),
        ({"login_name": "user-31"}, "没有授权的权限"),
        ({"login_name": "user-12"}, "不能是经办人自己"),
    ],
)
def test_only_a_supervisor_who_is_somebody_else_consents(clerk: AtWork, change: dict[str, str], sentence: str) -> None:
    with pytest.raises(NotAllowed, match=sentence):
        _asks(clerk, **change)


def test_a_consent_has_a_reason_and_somebody_who_asks(hall: HallInHand, clerk: AtWork) -> None:
    for reason in (" ", "长" * 501):
        with pytest.raises(Rejected) as caught:
            _asks(clerk, reason=reason)
        assert caught.value.field == "reason"
    machine = replace(clerk, caller=hall.enrolled(window_no="13")[0])
    with pytest.raises(NotAllowed, match="先登录"):
        _asks(machine)


def test_guessing_at_a_consent_locks_the_account_as_a_login_does(hall: HallInHand, clerk: AtWork) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed, match="密码不对"):
            _asks(clerk, password="wrong")
    with pytest.raises(NotAllowed, match="以后再试"):
        _asks(clerk)
    machine, _ = hall.enrolled(window_no="30")
    with pytest.raises(NotAllowed, match="以后再试"):
        hall.desk.people.login(machine, Login("user-30", PASSWORD))
    hall.clock.move(minutes=2)
    assert _asks(clerk).name == "周主管"
    assert len(_journal(hall, "login.refused")) == 5
    with pytest.raises(NotAllowed, match="密码不对"):
        _asks(clerk, password="wrong")  # counted from one again
