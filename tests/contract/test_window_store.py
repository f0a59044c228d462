"""What every store of a window promises: the encrypted one on disk, and the one in memory that other tests run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import toggle_phrase
from clerk_app.domain.errors import Conflict, NotFound, Rejected
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.window import OutboxState, PaperState, Step, WindowStore, WindowUnit
from db.window.store import open_window_store
from support.window import CLERK, HALL_ID, NOW, Window, ticket
from support.window_memory import MemoryWindowStore


@pytest.fixture(params=["memory", "sqlcipher"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WindowStore]:
    made: WindowStore
    if request.param == "memory":
        made = MemoryWindowStore()
    else:
        made = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield made
    made.close()


@pytest.fixture
def window(store: WindowStore) -> Window:
    return Window(store)


class Nothing(Exception):
    """Raised inside a transaction to see it rolled back."""


def test_what_a_failed_transaction_wrote_is_gone(window: Window) -> None:
    def work(unit: WindowUnit) -> None:
        unit.numbers.take("case/12/20261123", 1)
        unit.binding.set_fact("x", "y")
        raise Nothing

    with pytest.raises(Nothing):
        window.store.write(work)
    assert window.store.read(lambda unit: unit.numbers.last("case/12/20261123")) == 0
    assert window.store.read(lambda unit: unit.binding.fact("x")) is None


def test_a_number_is_given_out_once_and_without_gaps(window: Window) -> None:
    def take(value: int) -> Callable[[WindowUnit], None]:
        return lambda unit: unit.numbers.take("s", value)

    window.store.write(take(1))
    with pytest.raises(Conflict):
        window.store.write(take(1))
    with pytest.raises(Conflict):
        window.store.write(take(3))
    window.store.write(take(2))
    assert window.store.read(lambda unit: unit.numbers.last("s")) == 2


def test_a_draft_comes_back_as_it_was_left(window: Window) -> None:
    intake = window.complete(ticket())
    window.clock.advance(seconds=5)
    saved_at = window.cases.save_draft(intake, Step.MATERIALS, CLERK)
    window.restart()
    (draft,) = window.cases.drafts()
    assert (draft.step, draft.ticket_number, draft.saved_at) == (Step.MATERIALS, "A047", saved_at)
    resumed = window.cases.resume(intake.case_id, CLERK)
    assert resumed.intake == intake
    assert resumed.step is Step.MATERIALS


def test_a_concluded_case_comes_back_whole(window: Window) -> None:
    concluded = window.cases.conclude(window.complete(ticket()), OutcomeKind.ACCEPTED, CLERK)
    window.restart()
    assert window.cases.case(concluded.case_id) == concluded


@pytest.mark.parametrize("text", ["230001", "0001", "MH-12-20261123-0001", "A047", "张三", "三", "〔2026〕12-0001 号"])
def test_a_case_is_found_by_what_people_have_at_hand(window: Window, text: str) -> None:
    first = window.cases.conclude(window.complete(ticket()), OutcomeKind.ACCEPTED, CLERK)
    assert [row.case_id for row in window.cases.find(text)] == [first.case_id]


@pytest.mark.parametrize("text", ["", "  ", "999999", "A04", "%", "_三", "李四"])
def test_what_does_not_fit_finds_nothing(window: Window, text: str) -> None:
    window.cases.conclude(window.complete(ticket()), OutcomeKind.ACCEPTED, CLERK)
    assert window.cases.find(text) == ()


def test_papers_keep_their_bytes_and_move_only_from_the_expected_state(window: Window) -> None:
    concluded = window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    receipt, notice = concluded.papers
    assert window.prints.content(receipt.paper_id).startswith(b"thermal")
    assert window.prints.content(notice.paper_id).startswith(b"notice")

    def move(expected: PaperState, state: PaperState) -> None:
        window.store.write(lambda unit: unit.papers.move(receipt.paper_id, expected, state, NOW, "x"))

    move(PaperState.PREPARED, PaperState.SENDING)
    with pytest.raises(Conflict):
        move(PaperState.PREPARED, PaperState.SENDING)
    stored = window.store.read(lambda unit: unit.papers.in_state(PaperState.SENDING))
    assert [(paper.paper_id, paper.sentence) for paper in stored] == [(receipt.paper_id, "x")]


def test_the_outbox_keeps_its_order_and_counts_what_waits(window: Window) -> None:
    made = [window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK) for _ in range(3)]
    entries = window.store.read(lambda unit: unit.outbox.waiting(0, 10))
    assert [entry.stream for entry in entries] == [case.case_id for case in made]
    assert [entry.stream for entry in window.store.read(lambda unit: unit.outbox.waiting(entries[0].position, 1))] == [
        made[1].case_id
    ]
    window.store.write(lambda unit: unit.outbox.mark(entries[0].entry_id, OutboxState.DONE, NOW, ""))
    window.store.write(lambda unit: unit.outbox.mark(entries[1].entry_id, OutboxState.SET_ASIDE, NOW, "不收"))
    assert window.store.read(lambda unit: unit.outbox.counts()) == (1, NOW)
    assert [entry.reason for entry in window.store.read(lambda unit: unit.outbox.set_aside())] == ["不收"]
    assert window.store.write(lambda unit: unit.outbox.reopen_done()) == 1
    assert window.store.read(lambda unit: unit.outbox.counts())[0] == 2


def test_cases_are_listed_by_day_person_and_state(window: Window) -> None:
    other = replace(CLERK, user_id="018f0000-0000-7000-8000-0000000000cc")
    first = window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    window.cases.conclude(window.complete(actor=other), OutcomeKind.ACCEPTED, other)
    defective = window.complete()
    defective = defective.with_check(toggle_phrase(defective.checks["layout"], "未标注面积"))
    asked = window.cases.conclude(defective, OutcomeKind.SUPPLEMENT_REQUESTED, CLERK)
    window.clock.advance(days=1)
    window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    mine = window.store.read(lambda unit: unit.cases.of_day(NOW.date(), CLERK.user_id))
    assert [row.case_id for row in mine] == [first.case_id, asked.case_id]
    open_ones = window.store.read(lambda unit: unit.cases.in_state([CaseState.SUPPLEMENT_REQUESTED], NOW))
    assert [row.case_id for row in open_ones] == [asked.case_id]
    later = NOW + timedelta(seconds=1)
    assert window.store.read(lambda unit: unit.cases.in_state([CaseState.SUPPLEMENT_REQUESTED], later)) == []


def test_a_visits_drafts_and_cases_are_found_by_its_ticket(window: Window) -> None:
    def left(ticket_id: str) -> tuple[list[str], list[str]]:
        drafts = window.store.read(lambda unit: unit.drafts.of_ticket(ticket_id))
        cases = window.store.read(lambda unit: unit.cases.of_ticket(ticket_id))
        return [row.case_id for row in drafts], [row.case_id for row in cases]

    visit, other = ticket("A047"), ticket("A048")
    concluded = window.cases.conclude(window.complete(visit), OutcomeKind.ACCEPTED, CLERK)
    window.clock.advance(minutes=1)
    older, newer = window.complete(visit), window.complete(visit)
    window.cases.abandon(older.case_id, "过号", CLERK)
    window.clock.advance(minutes=1)
    window.cases.save_draft(newer, Step.MATERIALS, CLERK)
    window.complete(other)
    window.complete()
    assert left(visit.ticket_id) == ([newer.case_id, older.case_id], [concluded.case_id])
    assert left(ticket("A049").ticket_id) == ([], [])


MATTERS = [
    {"code": "B", "name": "社会保障卡补领", "department": "区人社局", "pinyin": "she", "initials": "shbzkbl"},
    {"code": "A", "name": "食品经营许可", "materials": [{"id": "form"}], "type_name": "行政许可"},
]


def test_a_catalogue_is_replaced_as_a_whole(store: WindowStore) -> None:
    assert (store.catalogue.version(), store.catalogue.published_at(), store.catalogue.rows()) == (0, None, [])
    assert store.catalogue.replace(417, NOW, MATTERS) == 2
    assert store.catalogue.replace(418, NOW + timedelta(days=1), [{**MATTERS[1], "name": "食品经营许可（新办）"}]) == 1
    assert (store.catalogue.version(), store.catalogue.published_at()) == (418, NOW + timedelta(days=1))
    (row,) = store.catalogue.rows()
    assert (row.code, row.name, row.type_name, row.has_materials) == ("A", "食品经营许可（新办）", "行政许可", True)
    assert store.catalogue.body("A")["materials"] == [{"id": "form"}]
    with pytest.raises(NotFound):
        store.catalogue.body("B")


def test_rows_come_by_code_and_carry_what_the_search_needs(store: WindowStore) -> None:
    store.catalogue.replace(1, NOW, MATTERS)
    first, second = store.catalogue.rows()
    assert (first.code, first.has_materials) == ("A", True)
    assert (second.department, second.pinyin, second.initials, second.has_materials) == (
        "区人社局",
        "she",
        "shbzkbl",
        False,
    )


@pytest.mark.parametrize(
    "broken", [[*MATTERS, {"code": "A", "name": "又一次"}], [{"name": "没有编码"}], [{"code": "C"}]]
)
def test_a_broken_catalogue_changes_nothing(store: WindowStore, broken: list[dict[str, object]]) -> None:
    store.catalogue.replace(1, NOW, MATTERS)
    with pytest.raises(Rejected):
        store.catalogue.replace(2, NOW, broken)
    assert store.catalogue.version() == 1
    assert [row.code for row in store.catalogue.rows()] == ["A", "B"]


def test_uses_are_counted_over_versions(store: WindowStore) -> None:
    store.catalogue.replace(1, NOW, MATTERS)
    for minute, code in enumerate(["A", "A", "B"]):
        store.catalogue.touch(code, NOW + timedelta(minutes=minute))
    store.catalogue.replace(2, NOW, MATTERS)
    assert [use.code for use in store.catalogue.recent(5)] == ["B", "A"]
    assert [(use.code, use.count) for use in store.catalogue.frequent(1)] == [("A", 2)]
