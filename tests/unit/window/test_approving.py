"""A second person's consent: by the server, or by this window's memory while it is away; never one's own."""

from __future__ import annotations

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.acts import Approval
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.errors import NotAllowed, Rejected, Unreachable
from clerk_app.ports.window import KnownUser
from clerk_app.services.window.approving import ApprovalDesk
from clerk_app.services.window.known import LOCKED_FOR, TRIES_BEFORE_LOCK
from clerk_app.services.window.session import SessionDesk
from support.window import CLERK, NOW, QuickPasswords, Window
from support.window_memory import MemoryWindowStore
from support.window_office import SUPERVISOR_ID, FakeOffice
from support.window_server import LOST_REQUEST

CASE = "018f0000-0000-7000-8000-00000000c0de"
WHY = "申请人带来的平面图和第一次不是同一张"


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


@pytest.fixture
def office() -> FakeOffice:
    return FakeOffice()


@pytest.fixture
def desk(window: Window, office: FakeOffice) -> ApprovalDesk:
    return ApprovalDesk(window.store, office, QuickPasswords(), window.journal)  # type: ignore[arg-type]


def known(window: Window, *roles: Role, user_id: str = SUPERVISOR_ID, login: str = "lead") -> None:
    person = KnownUser(login, user_id, "赵主管", frozenset(roles), QuickPasswords().hash("supersecret"), NOW)
    window.store.write(lambda unit: unit.people.remember(person))


def ask(desk: ApprovalDesk, password: str = "supersecret", *, login: str = " lead ", why: str = WHY) -> Approval:
    return desk.approve(login, password, CaseStep.SUPPLEMENT_REQUESTED, CASE, why, CLERK)


def test_the_server_s_consent_names_the_person_and_the_reason(desk: ApprovalDesk, window: Window) -> None:
    approval = ask(desk)
    assert (approval.user_id, approval.name, approval.reason) == (SUPERVISOR_ID, "赵主管", WHY)
    assert not approval.offline
    (row,) = window.store.read(lambda unit: unit.journal.of_subject(CASE))
    assert (row.kind, row.user_id) == ("approval.given", CLERK.user_id)
    assert row.payload["by"] == SUPERVISOR_ID
    assert WHY not in repr(row.payload)


def test_without_the_server_a_known_supervisor_consents_and_it_is_marked(
    desk: ApprovalDesk, window: Window, office: FakeOffice
) -> None:
    known(window, Role.CHIEF_REPRESENTATIVE)
    office.plan = [LOST_REQUEST]
    approval = ask(desk)
    assert approval.offline
    assert (approval.user_id, approval.at) == (SUPERVISOR_ID, NOW)
    (row,) = window.store.read(lambda unit: unit.journal.of_subject(CASE))
    assert row.payload["offline"] is True


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER, Role.SEAL_KEEPER, Role.TECHNICIAN])
def test_without_the_server_nobody_below_a_supervisor_consents(
    desk: ApprovalDesk, window: Window, office: FakeOffice, role: Role
) -> None:
    known(window, role)
    office.plan = [LOST_REQUEST]
    with pytest.raises(NotAllowed, match="没有授权的权限"):
        ask(desk)
    assert window.store.read(lambda unit: unit.journal.of_subject(CASE)) == []


def test_nobody_consents_to_their_own_step(desk: ApprovalDesk, window: Window, office: FakeOffice) -> None:
    known(window, Role.CLERK, Role.MANAGER, user_id=CLERK.user_id)
    office.plan = [LOST_REQUEST]
    with pytest.raises(NotAllowed, match="经办人自己"):
        ask(desk)
    office.people["lead"].user_id = CLERK.user_id
    with pytest.raises(NotAllowed, match="经办人自己"):
        ask(desk)
    assert window.store.read(lambda unit: unit.journal.of_subject(CASE)) == []


def test_without_the_server_a_stranger_cannot_consent(desk: ApprovalDesk, office: FakeOffice) -> None:
    office.plan = [LOST_REQUEST]
    with pytest.raises(Unreachable, match="没有你的登录记录"):
        ask(desk)


def test_wrong_passwords_lock_consents_and_logins_alike(desk: ApprovalDesk, window: Window, office: FakeOffice) -> None:
    known(window, Role.MANAGER)
    office.plan = [LOST_REQUEST] * (TRIES_BEFORE_LOCK + 3)
    for _ in range(TRIES_BEFORE_LOCK):
        with pytest.raises(NotAllowed, match="不对"):
            ask(desk, "guess")
    with pytest.raises(NotAllowed, match="10:39"):
        ask(desk)
    logins = SessionDesk(window.store, office, QuickPasswords(), window.journal)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="10:39"):
        logins.login("lead", "supersecret")
    window.clock.moment += LOCKED_FOR
    assert ask(desk).offline


def test_a_wrong_password_at_the_server_is_refused_whatever_is_remembered_here(
    desk: ApprovalDesk, window: Window, office: FakeOffice
) -> None:
    known(window, Role.MANAGER)
    office.people["lead"].password = "changed"
    with pytest.raises(NotAllowed, match="不对"):
        ask(desk)


@pytest.mark.parametrize(("field", "changes"), [("login_name", {"login": "  "}), ("reason", {"why": " "})])
def test_a_consent_needs_a_name_and_a_reason(
    desk: ApprovalDesk, office: FakeOffice, field: str, changes: dict[str, str]
) -> None:
    with pytest.raises(Rejected) as refused:
        ask(desk, **changes)
    assert refused.value.field == field
    assert office.approvals == []


def test_the_password_is_stored_nowhere(desk: ApprovalDesk, window: Window) -> None:
    ask(desk)
    assert "supersecret" not in repr(vars(window.store.state))  # type: ignore[attr-defined]
