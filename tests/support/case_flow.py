"""Cases after their conclusion for tests of the hall: records with an opening, and the acts that follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from clerk_app.domain.actor import Role
from clerk_app.domain.acts import (
    Acceptance,
    ActFacts,
    ActPaper,
    Arrival,
    CaseAct,
    Channel,
    Decision,
    Delivery,
    DeliveryManner,
    Doer,
    Pieces,
    Sealing,
)
from clerk_app.domain.calendar import Limit
from clerk_app.domain.casefile import CaseOpening
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.law import ProcedureLaw
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.hall import CaseRecord, Login, NewUser, PartyRecord
from clerk_app.ports.hall_cases import ActAck, ServerCase, WorkKind, WorkLine
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.tools import system_actor
from support.hall import MORNING, PASSWORD, HallInHand

TASK = "12441500196720244T3442199806003"
APPLICANT = PartyRecord("person", "李晓彤", "111", "110101199003070003", "13900002716")
AGENT = PartyRecord("person", "张晓明", "111", "110101199003070011")
SM3 = "ab" * 32
NAMES = {"m1": "营业执照", "m2": "经营场所证明", "m3": "健康证明"}


def uuid(number: int, family: int = 0) -> str:
    """An id that reads well: the family tells cases from acts."""
    return f"0198f0a0-0000-7000-8{family:03d}-{number:012d}"


def opening(number: int, received_by: str, at: datetime = MORNING, **more: Any) -> CaseOpening:
    """An accepted licence case; ``more`` replaces fields."""
    made = CaseOpening(
        case_id=uuid(number),
        case_number=f"MH-12-20261123-{number:04d}",
        matter_code=TASK,
        matter_name="食品经营许可",
        department="区市场监督管理局",
        law=ProcedureLaw.LICENSING,
        case_type=CaseType.PROMISED,
        state=CaseState.ACCEPTED,
        received_at=at,
        concluded_at=at,
        received_by=received_by,
        accepted_at=at,
        promised=at + timedelta(days=14),
        statutory=at + timedelta(days=28),
        extension=Limit(10, "工作日", "10 个工作日"),
        names=NAMES,
    )
    return replace(made, **more)


def supplement_opening(number: int, received_by: str, at: datetime = MORNING, **more: Any) -> CaseOpening:
    """A case that waits for two materials of its notice."""
    waits: dict[str, Any] = {
        "state": CaseState.SUPPLEMENT_REQUESTED,
        "accepted_at": None,
        "promised": None,
        "statutory": None,
        "listed": ("m1", "m2"),
        "supplement_due": at + timedelta(days=30),
    }
    return opening(number, received_by, at, **(waits | more))


def record(start: CaseOpening, hall_id: str, window_no: str = "12", **more: Any) -> CaseRecord:
    """The intake record that a window pushes for an opening."""
    made = CaseRecord(
        case_id=start.case_id,
        case_number=start.case_number,
        hall_id=hall_id,
        window_no=window_no,
        matter_code=start.matter_code,
        matter_name=start.matter_name,
        matter_version=1,
        applicant=APPLICANT,
        outcome=start.state.value,
        received_at=start.received_at,
        clerk="王晓梅",
        accepted_at=start.accepted_at,
        opening=start,
        conclusion={"intake": {"case_id": start.case_id, "pre_check": ""}},
    )
    return replace(made, **more)


def act(number: int, case_id: str, step: CaseStep, by: Doer, at: datetime = MORNING, **facts: Any) -> CaseAct:
    """An act with its facts; ``papers`` are taken out of them."""
    papers = facts.pop("papers", ())
    return CaseAct(uuid(number, 100), case_id, step, at, by, ActFacts(**facts), papers)


def decision_paper(number: int, kind: PaperKind = PaperKind.GRANT_DECISION) -> ActPaper:
    return ActPaper(uuid(number, 200), kind, f"明市监准〔2026〕12-{number:04d} 号", SM3)


def granted(number: int, case_id: str, by: Doer, at: datetime = MORNING) -> CaseAct:
    facts = Decision(facts="材料齐全", basis="《食品经营许可和备案管理办法》第十五条", content="准予食品经营")
    return act(number, case_id, CaseStep.GRANT, by, at, decision=facts, papers=(decision_paper(number),))


def sealed(number: int, grant: CaseAct, by: Doer, at: datetime = MORNING) -> CaseAct:
    papers = tuple(paper.paper_id for paper in grant.papers)
    return act(number, grant.case_id, CaseStep.SEAL, by, at, sealing=Sealing(f"YZ-{number}", papers, 2))


def ready(number: int, case_id: str, by: Doer, at: datetime = MORNING) -> CaseAct:
    return act(number, case_id, CaseStep.MAKE_READY, by, at, pieces=Pieces(("正本 1",), "3 号柜"))


def delivered(number: int, case_id: str, by: Doer, at: datetime = MORNING, pieces: tuple[str, ...] = ()) -> CaseAct:
    facts = Delivery(
        manner=DeliveryManner.DIRECT,
        receiver=APPLICANT.name,
        relation="本人",
        id_number=APPLICANT.document_no,
        pieces=pieces,
    )
    return act(number, case_id, CaseStep.DELIVER, by, at, delivery=facts)


def arrived(
    number: int, case_id: str, by: Doer, at: datetime, materials: tuple[str, ...], *, whole: bool, **more: Any
) -> CaseAct:
    """Materials of a notice that came; ``more`` goes into the arrival."""
    checks = tuple(MaterialCheck(one, Verdict.ORIGINAL, pieces=1, pages=1) for one in materials)
    facts = replace(Arrival(Channel.WINDOW, at, checks), **more)
    return act(number, case_id, CaseStep.RECEIVE_ALL if whole else CaseStep.RECEIVE_PART, by, at, arrival=facts)


def accepted(number: int, case_id: str, by: Doer, at: datetime, counted: datetime) -> CaseAct:
    """Accepted after a supplement, counted from the day that the last material came."""
    facts = Acceptance(counted, counted + timedelta(days=14), counted + timedelta(days=28))
    return act(number, case_id, CaseStep.ACCEPTED, by, at, acceptance=facts)


@dataclass(frozen=True, slots=True)
class AtWork:
    """A person who is logged in at a window of the hall."""

    hall: HallInHand
    caller: Caller

    @property
    def doer(self) -> Doer:
        return Doer.of(self.caller.actor)

    @property
    def user_id(self) -> str:
        return self.caller.actor.user_id

    def pushes(self, act: CaseAct) -> ActAck:
        """The act goes through this person's PC, under this login."""
        ack: ActAck = self.hall.write(lambda unit: self.hall.desk.files.store_act(unit, self.caller.actor, act))
        return ack

    def stores(self, intake: CaseRecord) -> None:
        self.hall.write(lambda unit: self.hall.desk.cases.store(unit, self.caller.actor, intake))

    def looks_at(self, reference: str) -> ServerCase:
        found: ServerCase = self.hall.write(
            lambda unit: self.hall.desk.files.server_case(unit, self.caller.actor, reference)
        )
        return found

    def work(self, kind: WorkKind) -> tuple[WorkLine, ...]:
        found: tuple[WorkLine, ...] = self.hall.read(
            lambda unit: self.hall.desk.lists.work(unit, self.caller.actor, kind)
        )
        return found


def at_work(hall: HallInHand, window_no: str, name: str, *roles: Role) -> AtWork:
    """A new person, logged in at an enrolled window."""
    machine, token = hall.enrolled(window_no=window_no)
    login = f"user-{window_no}"
    user = hall.desk.people.prepare(NewUser(login, name, PASSWORD, roles or (Role.CLERK,)))
    hall.write(lambda unit: hall.desk.people.create(unit, system_actor(hall.hall_id), user))
    session = hall.desk.people.login(machine, Login(login, PASSWORD))
    return AtWork(hall, hall.desk.access.caller(token, session.token))


@dataclass(frozen=True, slots=True)
class Staff:
    """The three people that a case needs."""

    clerk: AtWork
    reviewer: AtWork
    keeper: AtWork


def staff(hall: HallInHand) -> Staff:
    return Staff(
        at_work(hall, "12", "王晓梅"),
        at_work(hall, "21", "沈明", Role.REVIEWER),
        at_work(hall, "22", "印红", Role.SEAL_KEEPER),
    )
