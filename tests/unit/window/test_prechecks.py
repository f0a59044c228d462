"""What came online: a pre-check fills a case as far as the catalogue allows, a supplement counts from its arrival."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import Matter
from clerk_app.domain.checklist import MaterialCheck, Verdict, toggle_phrase
from clerk_app.domain.errors import Conflict, Locked, NotFound, Rejected
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.persons import LegalEntity, NaturalPerson
from clerk_app.ports.hall import PartyRecord
from clerk_app.ports.hall_cases import OnlineSupplement, PreCheck, SuppliedMaterial
from clerk_app.ports.window import OutboxKind
from clerk_app.services.window import records
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.prechecks import PreCheckDesk
from support.matters import food_licence
from support.people import agent, company, resident
from support.window import CLERK, NOW, Window, calendar
from support.window_memory import MemoryWindowStore
from support.window_office import FakeOffice

ZHANG = PartyRecord("person", "张三", "111", "110101199003070011", "13900002716", "北京市东城区示例街道1号")
LI = PartyRecord("person", "李晓彤", "111", "110101199003070038")
NUMBER = "YS20261120-0077"
SEEN = (
    MaterialCheck("form", Verdict.ELECTRONIC, pieces=1, pages=4),
    MaterialCheck("id", Verdict.EXEMPT, source="电子证照，11-20 调取"),
    MaterialCheck("health", Verdict.ELECTRONIC, pieces=3, pages=3),
    MaterialCheck("lease", Verdict.NOT_APPLICABLE),
)


class Place:
    def __init__(self) -> None:
        self.window = Window(MemoryWindowStore())
        self.office = FakeOffice()
        self.matters: dict[str, Matter] = {food_licence().code: replace(food_licence(), version=418)}
        outbox = Outbox(self.window.store, self.office, self.window.journal)  # type: ignore[arg-type]
        self.files = FileDesk(
            self.window.store,
            self.office,  # type: ignore[arg-type]
            self.window.renderer,
            self.window.binding,
            self.window.journal,
            lambda: self.window.hall,
            calendar,
            outbox,
        )
        self.desk = PreCheckDesk(
            self.window.store,
            self.office,
            self.window.journal,
            self.matter,
            self.files,  # type: ignore[arg-type]
        )

    def matter(self, code: str) -> Matter:
        if code not in self.matters:
            raise NotFound("目录里已经没有这个事项，请重新搜索")
        return self.matters[code]

    def put(self, **changes: Any) -> PreCheck:
        values: dict[str, Any] = {
            "number": NUMBER,
            "matter_code": food_licence().code,
            "applicant": ZHANG,
            "checked_at": NOW - timedelta(days=3),
            "checked_by": "一网通办平台",
            "result": "材料齐全",
            "passed": True,
            "answers": {"q_kind": ["catering"]},
            "checks": SEEN,
        }
        found = PreCheck(**{**values, **changes})
        self.office.pre_checks[found.number] = found
        return found

    def opened(self) -> Intake:
        return self.window.cases.open_case(CLERK)

    def fill(self, intake: Intake | None = None, number: str = NUMBER) -> tuple[Intake, tuple[str, ...]]:
        filled = self.desk.fill(number, intake or self.opened(), CLERK)
        return filled.intake, filled.sentences


@pytest.fixture
def place() -> Place:
    return Place()


def verdict(intake: Intake, material_id: str) -> Verdict:
    return intake.checks[material_id].verdict


def test_a_pre_check_fills_people_matter_answers_and_verdicts(place: Place) -> None:
    place.put()
    intake, sentences = place.fill(number=f" {NUMBER} ")
    assert isinstance(intake.applicant, NaturalPerson)
    assert (intake.applicant.name, intake.applicant.entered) == ("张三", "typed")
    assert intake.contact_phone == "13900002716"
    assert intake.matter is not None
    assert (intake.matter.version, intake.received_at) == (418, NOW)
    assert intake.answers["q_kind"] == ("catering",)
    assert intake.checks["health"] == MaterialCheck("health", Verdict.ELECTRONIC, pieces=3, pages=3)
    assert intake.checks["id"].source == "电子证照，11-20 调取"
    assert verdict(intake, "lease") is Verdict.NOT_APPLICABLE
    assert intake.pre_check == NUMBER
    assert verdict(intake, "layout") is Verdict.PENDING
    assert sentences == ("预审看的是电子件，原件还要当面核：食品经营许可申请书",)
    assert verdict(intake, "form") is Verdict.PENDING


def test_the_case_carries_the_number_to_the_server(place: Place) -> None:
    place.put()
    intake, _ = place.fill()
    place.window.cases.conclude(intake.mark_all_as_required(), OutcomeKind.ACCEPTED, CLERK)
    (entry,) = [
        entry
        for entry in place.window.store.read(lambda unit: unit.outbox.waiting(0, 10))
        if entry.kind is OutboxKind.CASE
    ]
    record = records.load_case_record(entry.payload)
    assert records.load_conclusion(record.conclusion).intake.pre_check == NUMBER


def test_a_card_that_was_read_stays_and_somebody_else_s_is_noticed(place: Place) -> None:
    place.put()
    card = resident()
    intake, _ = place.fill(place.opened().with_applicant(card))
    assert intake.applicant == card
    assert verdict(intake, "id") is Verdict.EXEMPT
    with pytest.raises(Rejected, match="不是同一个") as refused:
        place.fill(place.opened().with_applicant(resident(name="王五", id_number="11010119900307002X")))
    assert refused.value.field == "pre_check"


def test_a_company_and_its_agent_come_with_what_is_still_to_be_seen(place: Place) -> None:
    place.put(applicant=PartyRecord("entity", company().name, "uscc", company().credit_code), agent=LI)
    intake, sentences = place.fill()
    assert isinstance(intake.applicant, LegalEntity)
    assert intake.agent is not None
    assert intake.agent.name == "李晓彤"
    assert intake.answers["q_agent"] == ("agent",)
    assert any("法定代表人" in one for one in sentences)
    assert any("授权委托书" in one for one in sentences)


def test_another_agent_than_online_is_said(place: Place) -> None:
    place.put(agent=replace(LI, document_no="110101199003070054"))
    _, sentences = place.fill(place.opened().with_applicant(resident(), agent()))
    assert "来的代理人和预审时的不是同一个，请看授权委托书" in sentences


def test_what_the_catalogue_no_longer_knows_stays_open_and_is_said(place: Place) -> None:
    place.put(
        answers={"q_kind": ["catering", "tiny"], "q_gone": ["x"], "q_agent": ["agent"]},
        checks=(
            MaterialCheck("gone", Verdict.ELECTRONIC, pieces=1),
            MaterialCheck("poa", Verdict.ELECTRONIC, pieces=1),
            MaterialCheck("layout", Verdict.EXEMPT),
            MaterialCheck("lease", Verdict.TOLERATED),
        ),
    )
    intake, sentences = place.fill()
    assert intake.answers["q_kind"] == ("catering",)
    assert intake.answers["q_agent"] == ("self",)
    text = "。".join(sentences)
    for part in ("已经没有", "准备经营什么？", "授权委托书", "平面图和操作流程图", "租赁合同"):
        assert part in text
    assert all(not row.decided for _, row in intake.rows if row.material_id != "id")


def test_defects_found_online_are_shown_with_their_words(place: Place) -> None:
    seen = MaterialCheck("layout", Verdict.DEFECTIVE, phrases=("未标注面积",))
    place.put(passed=False, result="平面图不合格。", checks=(seen, MaterialCheck("health", Verdict.COPY, pieces=3)))
    intake, sentences = place.fill()
    assert intake.checks["layout"] == seen
    assert verdict(intake, "health") is Verdict.PENDING
    assert sentences[0] == "网上预审没有通过：平面图不合格。材料要重新核对"


@pytest.mark.parametrize(("last", "fits"), [(date(2026, 11, 23), True), (date(2026, 11, 22), False)])
def test_a_pre_check_is_good_until_its_last_day(place: Place, last: date, fits: bool) -> None:
    place.put(valid_to=last)
    if fits:
        assert place.fill()[0].pre_check == NUMBER
    else:
        with pytest.raises(Locked, match="2026-11-22，已经过期"):
            place.fill()


def test_a_used_number_is_refused_by_the_hall_and_before_that_by_this_window(place: Place) -> None:
    place.put()
    intake, _ = place.fill()
    again, _ = place.fill(intake)
    place.window.cases.conclude(again.mark_all_as_required(), OutcomeKind.ACCEPTED, CLERK)
    with pytest.raises(Conflict, match="在本窗口办过一件"):
        place.fill()
    place.put(number="YS-2", used_by="018f0000-0000-7000-8000-00000000c0de")
    with pytest.raises(Conflict):
        place.fill(number="YS-2")


@pytest.mark.parametrize(
    ("changes", "refusal", "words"),
    [
        ({"matter_code": "gone"}, NotFound, "目录里已经没有"),
        ({"applicant": replace(ZHANG, document_no="110101199003070012")}, Rejected, "第 18 位"),
        ({"applicant": replace(ZHANG, document_type="passport")}, Rejected, "证件种类"),
    ],
)
def test_a_pre_check_that_cannot_be_right_fills_nothing(
    place: Place, changes: dict[str, Any], refusal: type[Exception], words: str
) -> None:
    place.put(**changes)
    with pytest.raises(refusal, match=words):
        place.fill()


def test_a_number_that_nobody_has_or_typed_is_said(place: Place) -> None:
    with pytest.raises(NotFound):
        place.fill()
    with pytest.raises(Rejected, match="预审编号"):
        place.fill(number="  ")


# --- supplements ------------------------------------------------------------------------------------------------
def asked(place: Place) -> str:
    intake = place.window.complete()
    for _, material, row in intake.numbered(*Verdict):
        if material.id in {"layout", "health"}:
            intake = intake.with_check(toggle_phrase(row, "没有签名或盖章"))
    case = place.window.cases.conclude(intake, OutcomeKind.SUPPLEMENT_REQUESTED, CLERK)
    place.window.clock.advance(days=4)
    return case.case_id


def arrived(place: Place, case_id: str, *materials: str) -> OnlineSupplement:
    row = place.window.store.read(lambda unit: unit.cases.get(case_id))
    assert row is not None
    supplied = tuple(SuppliedMaterial(one, one, 2, "0" * 64) for one in materials)
    found = OnlineSupplement(
        "018f0000-0000-7000-8000-00000000bbbb", row.case_number, "BJ-1", NOW + timedelta(days=2), supplied, case_id
    )
    place.office.online = [found]
    return found


def test_an_online_supplement_counts_from_its_arrival_not_from_the_look(place: Place) -> None:
    case_id = asked(place)
    arrived(place, case_id, "layout", "health")
    (waiting,) = place.desk.supplements()
    acted = place.desk.receive(waiting, place.desk.checks_of(waiting), CLERK)
    assert [act.step for act in acted.acts] == [CaseStep.RECEIVE_ALL, CaseStep.ACCEPTED]
    assert acted.opened.file.accepted_at == NOW + timedelta(days=2)
    arrival = acted.acts[0].facts.arrival
    assert arrival is not None
    assert (arrival.channel.label, arrival.reference) == ("网上补件", "BJ-1")
    assert [check.verdict for check in arrival.checks] == [Verdict.ELECTRONIC, Verdict.ELECTRONIC]
    assert place.desk.supplements() == ()


def test_what_the_clerk_does_not_find_in_order_is_still_awaited(place: Place) -> None:
    waiting = arrived(place, asked(place), "layout", "health")
    acted = place.desk.receive(waiting, place.desk.checks_of(waiting)[:1], CLERK)
    assert acted.opened.file.state is CaseState.SUPPLEMENT_REQUESTED
    assert acted.opened.file.missing == ("health",)


def test_a_supplement_that_somebody_else_took_is_not_recorded_twice(place: Place) -> None:
    case_id = asked(place)
    waiting = arrived(place, case_id, "layout", "health")
    place.office.online = [replace(waiting, taken=True)]
    with pytest.raises(Conflict, match="已经有人接了"):
        place.desk.receive(waiting, place.desk.checks_of(waiting), CLERK)
    assert place.window.store.read(lambda unit: unit.acts.of_case(case_id)) == []


def test_nothing_is_recorded_that_did_not_come(place: Place) -> None:
    waiting = arrived(place, asked(place), "layout")
    with pytest.raises(Rejected, match="health"):
        place.desk.receive(waiting, (MaterialCheck("health", Verdict.ELECTRONIC, pieces=1),), CLERK)
    assert len(place.desk.supplements()) == 1
