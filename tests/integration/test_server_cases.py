"""Cases after their conclusion over real HTTPS: three people at three PCs, hand-overs by push, refusals as raised."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clerk_app.bootstrap.server import open_hall
from clerk_app.client.enrol import Enrolment
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.acts import Doer, SealKind, SecondNotice
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.feed import FeedEntry
from clerk_app.ports.hall import Login, NewUser, RatingRecord, Session
from clerk_app.ports.hall_cases import (
    ApprovalRequest,
    CaseStatistics,
    FullCounter,
    Platform,
    SealUse,
    SignatureRecord,
    TripCount,
    VisitRecord,
    WorkKind,
)
from clerk_app.services.hall.tools import system_actor
from support.case_flow import (
    AGENT,
    APPLICANT,
    SM3,
    act,
    delivered,
    granted,
    opening,
    ready,
    record,
    sealed,
    supplement_opening,
    uuid,
)
from support.server import PASSWORD, FeedRecorder, ServerProcess, clerk_at, client_of, eventually, feed_of, server


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at one PC, with what its feed told."""

    client: HallClient
    enrolment: Enrolment
    session: Session
    told: FeedRecorder

    @property
    def doer(self) -> Doer:
        return Doer(
            self.session.user_id,
            self.session.user_name,
            self.session.window_no or "",
            self.enrolment.enrolled.device_id,
        )

    def hears(self, kind: str, case_id: str, state: str) -> FeedEntry:
        """Wait for a push about a case; nobody asks the server meanwhile."""
        found = eventually(
            lambda: [
                entry
                for entry in list(self.told.entries)
                if (entry.kind, entry.subject, entry.case_state) == (kind, case_id, state)
            ]
        )
        return found[0]


@dataclass(frozen=True, slots=True)
class Hall:
    hall_id: str
    clerk: Desk
    reviewer: Desk
    keeper: Desk


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def hall(running: ServerProcess) -> Iterator[Hall]:
    with ExitStack() as stack:

        def desk(client: HallClient, enrolment: Enrolment) -> Desk:
            stack.callback(client.close)
            session = client.session()
            assert session is not None
            told = FeedRecorder(lambda: client.snapshot().cursor)
            stack.enter_context(feed_of(enrolment, told, client.feed_page))
            return Desk(client, enrolment, session, told)

        def somebody(window_no: str, login: str, name: str, *roles: Role) -> Desk:
            clerk.client.create_user(NewUser(login, name, PASSWORD, roles))
            enrolment = running.enrol(window_no=window_no)
            client = client_of(enrolment)
            client.login(Login(login, PASSWORD))
            return desk(client, enrolment)

        clerk = desk(*clerk_at(running))
        reviewer = somebody("21", "shenming", "沈明", Role.REVIEWER)
        keeper = somebody("22", "yinhong", "印红", Role.SEAL_KEEPER)
        clerk.client.create_user(NewUser("zhou", "周主管", PASSWORD, (Role.MANAGER,)))
        for one in (clerk, reviewer, keeper):
            eventually(lambda told=one.told: told.changes and told.state())
        yield Hall(clerk.client.hall().hall_id, clerk, reviewer, keeper)


def _now() -> datetime:
    return SystemClock().now()


def test_the_client_is_what_windows_and_platforms_are_promised(hall: Hall) -> None:
    counter: FullCounter = hall.clerk.client
    platform: Platform = hall.clerk.client
    statistics: CaseStatistics = hall.clerk.client
    promised = {name for kind in (FullCounter, Platform, CaseStatistics) for name in dir(kind) if name[0] != "_"}
    assert all(callable(getattr(one, name, None)) for one in (counter, platform, statistics) for name in promised)


def test_an_instant_case_in_one_visit_by_three_people_and_push_alone(hall: Hall) -> None:
    clerk, reviewer, keeper = hall.clerk, hall.reviewer, hall.keeper
    start = opening(1, clerk.session.user_id, _now(), case_type=CaseType.INSTANT)
    clerk.client.store_case(record(start, hall.hall_id, agent=AGENT))
    case_id = start.case_id

    heard = reviewer.hears("case.stored", case_id, "accepted")
    assert (heard.case_number, heard.instant, heard.window_no) == (start.case_number, True, "12")
    line = reviewer.client.work(WorkKind.TO_DECIDE)[0]
    assert (line.case_id, line.applicant, line.mine) == (case_id, "李*彤", True)
    seen = reviewer.client.server_case(line.case_number)
    assert seen.record.applicant == APPLICANT
    grant = granted(1, case_id, reviewer.doer, _now())
    ack = reviewer.client.store_act(grant)
    assert (ack.position, ack.state) == (1, CaseState.GRANTED)

    assert keeper.hears("case.acted", case_id, "granted").instant
    found = keeper.client.server_case(case_id)
    assert found.acts == (grant,)
    assert keeper.client.store_act(sealed(2, found.acts[0], keeper.doer, _now())).state is CaseState.SEALED

    assert clerk.hears("case.acted", case_id, "sealed").case_number == start.case_number
    assert [one.case_id for one in clerk.client.work(WorkKind.TO_ISSUE)] == [case_id]
    assert [one.case_id for one in clerk.client.results_of(AGENT.document_no)] == [case_id]
    done = clerk.client.store_act(delivered(3, case_id, clerk.doer, _now()))
    assert (done.position, done.state) == (3, CaseState.DELIVERED)
    for number, stage in enumerate(("acceptance", "issue"), 1):
        clerk.client.store_rating(RatingRecord(uuid(number, 900), 1, _now(), "12", case_id=case_id, stage=stage))
    assert clerk.client.results_of(AGENT.document_no) == ()
    lines = keeper.client.seal_register(_now().date())
    assert [(one.seal, one.user_name) for one in lines if one.case_id == case_id] == [(SealKind.APPROVAL, "印红")]


def test_the_same_person_never_has_two_duties(hall: Hall, running: ServerProcess) -> None:
    all_roles = (Role.CLERK, Role.REVIEWER, Role.SEAL_KEEPER)
    hall.clerk.client.create_user(NewUser("alone", "独一人", PASSWORD, all_roles))
    enrolment = running.enrol(window_no="31")
    client = client_of(enrolment)
    session = client.login(Login("alone", PASSWORD))
    me = Doer(session.user_id, session.user_name, "31")
    start = opening(2, me.user_id, _now())
    client.store_case(record(start, hall.hall_id, "31"))
    assert [line.mine for line in client.work(WorkKind.TO_DECIDE) if line.case_id == start.case_id] == [False]
    with pytest.raises(NotAllowed, match="这件由你受理，审批要换一个人"):
        client.store_act(granted(21, start.case_id, me, _now()))
    grant = granted(22, start.case_id, hall.reviewer.doer, _now())
    with pytest.raises(NotAllowed, match="31 号窗口，不能上传 21 号"):
        client.store_act(grant)  # signing with somebody else's name
    with pytest.raises(NotAllowed, match="要由 沈明 本人登录"):
        client.store_act(replace(grant, by=replace(grant.by, window_no="31")))
    hall.reviewer.client.store_act(grant)
    with pytest.raises(NotAllowed, match="用印要换一个人"):
        client.store_act(sealed(23, grant, me, _now()))
    assert client.server_case(start.case_id).state is CaseState.GRANTED
    client.close()


def test_repeats_over_the_wire_change_nothing(hall: Hall) -> None:
    start = opening(3, hall.clerk.session.user_id, _now())
    hall.clerk.client.store_case(record(start, hall.hall_id))
    grant = granted(31, start.case_id, hall.reviewer.doer, _now())
    key = uuid(31, 950)
    ack = hall.reviewer.client.store_act(grant, key=key)
    assert hall.reviewer.client.store_act(grant, key=key) == ack
    assert hall.reviewer.client.store_act(grant) == ack
    changed = replace(grant, facts=replace(grant.facts, reason="别的"))
    for under in (key, None):
        with pytest.raises(Conflict):
            hall.reviewer.client.store_act(changed, key=under)
    hall.reviewer.hears("case.acted", start.case_id, "granted")
    time.sleep(0.2)
    heard = [e for e in hall.reviewer.told.entries if (e.kind, e.subject) == ("case.acted", start.case_id)]
    assert len(heard) == 1


def test_a_promised_case_comes_back_for_issue(hall: Hall) -> None:
    start = opening(4, hall.clerk.session.user_id, _now(), quantity_limited=True)
    hall.clerk.client.store_case(record(start, hall.hall_id))
    assert hall.clerk.client.server_case(start.case_number).sequence == 1
    grant = granted(41, start.case_id, hall.reviewer.doer, _now())
    hall.reviewer.client.store_act(grant)
    hall.keeper.client.store_act(sealed(42, grant, hall.keeper.doer, _now()))
    with pytest.raises(Locked, match="还没有登记出件"):
        hall.clerk.client.store_act(delivered(43, start.case_id, hall.clerk.doer, _now()))
    hall.keeper.client.store_act(ready(44, start.case_id, hall.keeper.doer, _now()))
    assert hall.clerk.hears("case.acted", start.case_id, "ready").window_no == "22"
    done = hall.clerk.client.store_act(delivered(45, start.case_id, hall.clerk.doer, _now(), ("正本 1",)))
    assert done.state is CaseState.DELIVERED
    visit = VisitRecord(uuid(1, 600), (VisitReason.COLLECT,), "12", _now(), _now(), case_ids=(start.case_id,))
    assert hall.clerk.client.store_visit(visit) == hall.clerk.client.store_visit(visit)
    assert hall.clerk.client.trips(start.case_number) == TripCount(start.case_id, 1, 1)


def test_a_supervisor_lifts_the_lock_of_a_second_notice(hall: Hall) -> None:
    start = supplement_opening(5, hall.clerk.session.user_id, _now())
    hall.clerk.client.store_case(record(start, hall.hall_id))
    notice = SecondNotice(("m3",), _now() + timedelta(days=30))
    second = act(51, start.case_id, CaseStep.SUPPLEMENT_REQUESTED, hall.clerk.doer, _now(), notice=notice)
    with pytest.raises(Locked, match="第一次告知书没有列"):
        hall.clerk.client.store_act(second)
    wish = ApprovalRequest("zhou", PASSWORD, "supplement_requested", start.case_id, "首次告知时漏看了背面")
    for wrong, error in (
        (replace(wish, password="wrong"), NotAllowed),
        (replace(wish, login_name="wangxm"), NotAllowed),
        (replace(wish, reason=" "), Rejected),
    ):
        with pytest.raises(error):
            hall.clerk.client.approve(wrong)
    approval = hall.clerk.client.approve(wish)
    assert (approval.name, approval.offline) == ("周主管", False)
    with_consent = replace(second, facts=replace(second.facts, approval=approval))
    assert hall.clerk.client.store_act(with_consent).state is CaseState.SUPPLEMENT_REQUESTED


def test_what_a_window_reports_beside_its_cases(hall: Hall) -> None:
    use = SealUse(
        use_id=uuid(1, 300),
        seal=SealKind.ACCEPTANCE,
        case_id=uuid(1),
        paper_id=uuid(1, 200),
        paper_kind=PaperKind.ACCEPTANCE_NOTICE,
        paper_number="明市监受〔2026〕12-0031 号",
        user_id=hall.clerk.session.user_id,
        user_name="王晓梅",
        window_no="12",
        at=_now(),
        count=2,
    )
    assert hall.clerk.client.store_seal_use(use) == hall.clerk.client.store_seal_use(use)
    assert use in hall.clerk.client.seal_register(use.at.date())
    with pytest.raises(Locked, match="由用印这一步登记"):
        hall.clerk.client.store_seal_use(replace(use, use_id=uuid(2, 300), seal=SealKind.APPROVAL))
    signature = SignatureRecord(uuid(1, 800), uuid(1), uuid(1, 200), SM3, "李晓彤", _now())
    assert hall.clerk.client.store_signature(signature).record_id == signature.signature_id


def test_nothing_personal_goes_out_by_push_and_displays_see_no_cases(hall: Hall, running: ServerProcess) -> None:
    start = opening(6, hall.clerk.session.user_id, _now())
    hall.clerk.client.store_case(record(start, hall.hall_id))
    hall.clerk.hears("case.stored", start.case_id, "accepted")
    everything = str(list(hall.clerk.told.entries))
    for personal in (APPLICANT.name, APPLICANT.document_no, APPLICANT.phone, AGENT.name, AGENT.document_no):
        assert personal not in everything
    display = client_of(running.enrol(DeviceKind.DISPLAY, None))
    for ask in (
        lambda: display.work(WorkKind.TO_DECIDE),
        lambda: display.server_case(start.case_id),
        lambda: display.results_of(APPLICANT.document_no),
        lambda: display.seal_register(_now().date()),
        lambda: display.store_act(granted(61, start.case_id, hall.reviewer.doer, _now())),
    ):
        with pytest.raises(NotAllowed):
            ask()
    display.close()
    with pytest.raises(NotFound):
        hall.clerk.client.server_case("MH-12-20261123-9999")


def test_acts_survive_the_server(hall: Hall, running: ServerProcess) -> None:
    """Last in this file: the store is looked at beside the running server."""
    beside = open_hall(Path(running.folder))
    try:
        acts = beside.desk.store.read(beside.hall_id, lambda unit: unit.files.acts(uuid(1)))
        report = beside.desk.store.read(
            beside.hall_id,
            lambda unit: beside.desk.sequencer.verify(unit, system_actor(beside.hall_id)),
        )
    finally:
        beside.close()
    assert [one["step"] for one in acts] == ["grant", "seal", "deliver"]
    assert report.broken_at is None
    assert report.checked > 20
