"""Advice without a case: the personalised list, on paper or on the phone, numbered, stored, reported, nobody named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.hall_cases import ConsultationRecord, GuidancePage
from clerk_app.ports.window import Medium, OutboxKind, PaperState, WindowStore
from clerk_app.services.window import records
from clerk_app.services.window.consultation import ConsultationDesk
from clerk_app.services.window.visits import VisitDesk
from db.window.store import open_window_store
from support.matters import food_licence
from support.window import CLERK, HALL, HALL_ID, NOW, REVIEWER, ticket
from support.window_files import Place
from support.window_memory import MemoryWindowStore
from support.window_server import LOST_REQUEST

MATTER = replace(food_licence(), version=418)
BY_AGENT = {"q_agent": ("agent",), "q_kind": ("catering",)}


@pytest.fixture(params=["memory", "sqlcipher"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    store: WindowStore = MemoryWindowStore()
    if request.param == "sqlcipher":
        store = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield Place(store=store)
    store.close()


@pytest.fixture
def desk(place: Place) -> ConsultationDesk:
    window = place.window
    return ConsultationDesk(
        window.store,
        window.renderer,
        window.binding,
        window.journal,
        window.entropy,
        lambda: window.hall,
        place.outbox,
        window._wake,
    )


def reported(place: Place) -> list[ConsultationRecord]:
    entries = place.window.store.read(lambda unit: unit.outbox.waiting(0, 100))
    return [records.load(ConsultationRecord, one.payload) for one in entries if one.kind is OutboxKind.CONSULTATION]


def said(place: Place, paper_id: str) -> str:
    return place.window.prints.content(paper_id).decode()


def test_a_thermal_list_for_the_situation_is_numbered_printed_and_reported(
    place: Place, desk: ConsultationDesk
) -> None:
    given = desk.give(MATTER, BY_AGENT, CLERK)
    assert (given.number, given.url) == ("明市监告〔2026〕12-0001 号", "")
    (paper,) = given.papers
    assert (paper.kind, paper.medium, paper.copies) == (PaperKind.GUIDANCE_NOTICE, Medium.RECEIPT, 1)
    assert "授权委托书" in said(place, paper.paper_id)
    (printed,) = place.window.prints.print_case(given.consultation_id, CLERK)
    assert printed.state is PaperState.PRINTED
    (record,) = reported(place)
    assert (record.consultation_id, record.number, record.window_no) == (given.consultation_id, given.number, "12")
    assert record.answers == {"q_agent": ["agent"], "q_kind": ["catering"]}
    assert (record.matter_code, record.matter_version, record.given_at) == (MATTER.code, 418, NOW)
    (row,) = place.window.store.read(lambda unit: unit.consultations.of_day(NOW.date()))
    assert records.load(ConsultationRecord, row.body) == record
    assert place.window.woken > 0


def test_each_list_has_a_number_of_its_own_in_the_year_s_series(place: Place, desk: ConsultationDesk) -> None:
    numbers = [desk.give(MATTER, {}, CLERK, paper=paper).number for paper in ("thermal", "page", "page")]
    assert numbers == [f"明市监告〔2026〕12-000{n} 号" for n in (1, 2, 3)]
    assert len(place.window.store.read(lambda unit: unit.consultations.of_day(NOW.date()))) == 3


def test_the_page_of_the_phone_says_what_the_paper_says(place: Place, desk: ConsultationDesk) -> None:
    given = desk.give(MATTER, BY_AGENT, CLERK, paper="page")
    (record,) = reported(place)
    page = records.load(GuidancePage, record.content)
    text = said(place, given.papers[0].paper_id)
    assert (page.title, page.matter) == ("一次性告知单", MATTER.name)
    assert [one.name for one in page.materials][:2] == ["食品经营许可申请书", "申请人身份证"]
    for one in page.materials:
        assert one.name in text
        assert one.criterion in text
    assert all(section.heading in text for section in page.sections)
    assert "按目录第 418 版" in page.sections[-1].lines[-1]
    assert page == replace(desk.list_for(MATTER, BY_AGENT, CLERK), footer=page.footer)


def test_on_the_phone_nothing_is_printed_and_the_address_cannot_be_guessed(
    place: Place, desk: ConsultationDesk
) -> None:
    first = desk.give(MATTER, {}, CLERK, paper=None, phone=True)
    second = desk.give(MATTER, {}, CLERK, paper=None, phone=True)
    assert first.papers == ()
    found = re.fullmatch(r"https://hall\.example/p/([0-9A-Za-z_-]{32})", first.url)
    assert found is not None
    assert first.url != second.url
    assert reported(place)[0].token == found[1]


def test_the_phone_finds_the_page_as_soon_as_the_server_was_told(place: Place, desk: ConsultationDesk) -> None:
    given = desk.give(MATTER, {}, CLERK, paper=None, phone=True)
    place.office.plan = [LOST_REQUEST]
    assert "连不上" in desk.publish(given.consultation_id)
    assert desk.publish(given.consultation_id) == ""
    assert given.consultation_id in place.office.server.told


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://hall.example/q/", "https://hall.example/p/"),
        ("https://city.example/hall/q/", "https://city.example/hall/p/"),
        ("https://hall.example/", "https://hall.example/p/"),
        ("https://hall.example/q?no=", "https://hall.example/p/"),
    ],
)
def test_the_page_lies_beside_the_address_for_case_numbers(
    place: Place, desk: ConsultationDesk, base: str, address: str
) -> None:
    place.window.hall = replace(HALL, query_url=base)
    assert desk.give(MATTER, {}, CLERK, paper=None, phone=True).url.startswith(address)


def test_without_an_address_there_is_paper_without_a_page_and_no_phone(place: Place, desk: ConsultationDesk) -> None:
    place.window.hall = replace(HALL, query_url="")
    with pytest.raises(Locked, match="请打印"):
        desk.give(MATTER, {}, CLERK, paper=None, phone=True)
    given = desk.give(MATTER, {}, CLERK)
    assert reported(place)[0].token == ""
    assert f"query='{given.number}'" in said(place, given.papers[0].paper_id)
    assert given.number.startswith("明市监告〔2026〕12-0001")


def test_paper_carries_the_page_s_address(place: Place, desk: ConsultationDesk) -> None:
    given = desk.give(MATTER, {}, CLERK, paper="page")
    assert f"https://hall.example/p/{reported(place)[0].token}" in said(place, given.papers[0].paper_id)


@pytest.mark.parametrize(
    ("option", "words"),
    [("tiny", "不需要办理"), ("produce", "市市场监督管理局"), ("prepack", "应当办理另一事项")],
)
def test_where_else_to_go_is_said_before_any_material(
    place: Place, desk: ConsultationDesk, option: str, words: str
) -> None:
    answers = {"q_kind": (option,)}
    page = desk.list_for(MATTER, answers, CLERK)
    assert page.materials == ()
    assert any(words in line for section in page.sections for line in section.lines)
    given = desk.give(MATTER, answers, CLERK, paper="page")
    text = said(place, given.papers[0].paper_id)
    assert words in text
    assert "食品经营许可申请书" not in text


def test_a_look_before_the_number_marks_what_is_there_and_what_is_missing(place: Place, desk: ConsultationDesk) -> None:
    page = desk.list_for(MATTER, {}, CLERK, present={"form", "health"})
    notes = {one.name: one.note for one in page.materials}
    assert notes["食品经营许可申请书"].startswith("已带")
    assert notes["健康证明"].startswith("已带")
    assert notes["平面图和操作流程图"].startswith("还缺")
    assert notes["申请人身份证"].startswith("不用带")
    assert notes["租赁合同"].startswith("可不带")
    assert "还缺 1 件：平面图和操作流程图。" in page.sections[-1].lines
    for paper in ("thermal", "page"):
        given = desk.give(MATTER, {}, CLERK, paper=paper, present={"form", "health"})  # type: ignore[arg-type]
        assert "还缺 1 件：平面图和操作流程图。" in said(place, given.papers[0].paper_id)
    complete = desk.list_for(MATTER, {}, CLERK, present={"form", "health", "layout"})
    assert "材料都带齐了，可以取号。" in complete.sections[-1].lines


def test_advice_is_a_reason_of_the_visit(place: Place, desk: ConsultationDesk) -> None:
    a047 = ticket()
    desk.give(MATTER, {}, CLERK, ticket_id=a047.ticket_id)
    visit = VisitDesk(place.window.store, place.window.journal).end(a047.ticket_id, CLERK)
    assert visit is not None
    assert (visit.reasons, visit.case_ids) == ((VisitReason.CONSULT,), ())


def test_without_the_server_advice_goes_on(place: Place, desk: ConsultationDesk) -> None:
    place.office.plan = [LOST_REQUEST] * 3
    given = desk.give(MATTER, {}, CLERK)
    place.outbox.push_once()
    assert place.window.prints.print_case(given.consultation_id, CLERK)[0].state is PaperState.PRINTED
    place.office.plan = []
    place.outbox.push_once()
    assert given.consultation_id in place.office.server.told


def test_a_list_that_may_not_have_come_out_is_asked_about_and_belongs_to_no_case(
    place: Place, desk: ConsultationDesk
) -> None:
    place.window.receipt_printer.results = [PrintResult(PrintOutcome.UNKNOWN, "小票打印机缺纸。装好纸后接着打")]
    given = desk.give(MATTER, {}, CLERK)
    (paper,) = place.window.prints.print_case(given.consultation_id, CLERK)
    (question,) = place.window.prints.questions()
    assert question.paper == paper
    assert question.look_for in question.last_lines
    assert place.window.prints.left_open() is None
    assert place.window.prints.left_open_elsewhere() == (paper,)


def test_the_audit_trail_names_the_number_and_nobody(place: Place, desk: ConsultationDesk) -> None:
    given = desk.give(MATTER, {}, CLERK)
    (row,) = place.window.store.read(lambda unit: unit.journal.of_subject(given.consultation_id))
    assert (row.kind, row.user_id, row.payload["number"]) == ("consultation.given", CLERK.user_id, given.number)


@pytest.mark.parametrize(("changes", "refusal"), [({"paper": None}, Rejected), ({"actor": REVIEWER}, NotAllowed)])
def test_what_cannot_be_given_takes_no_number(
    place: Place, desk: ConsultationDesk, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    wish: dict[str, Any] = {"actor": CLERK, **changes}
    with pytest.raises(refusal):
        desk.give(MATTER, {}, **wish)
    assert place.window.store.read(lambda unit: unit.numbers.last("document/12/2026/告")) == 0
