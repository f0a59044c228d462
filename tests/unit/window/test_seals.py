"""The acceptance seal: a line for every sealed sheet that is known to be on paper, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.acts import SealKind
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.hall_cases import SealUse
from clerk_app.ports.window import OutboxEntry, OutboxKind, PaperState, WindowStore
from clerk_app.services.window import records
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.printing import Answer
from clerk_app.services.window.seals import SealDesk
from db.window.store import open_window_store
from support.window import CLERK, HALL_ID, NOW, Window
from support.window_memory import MemoryWindowStore
from support.window_office import FakeOffice
from support.window_server import LOST_REQUEST

PAPER_OUT = PrintResult(PrintOutcome.UNKNOWN, "小票打印机缺纸。装好纸后接着打")
COVER_OPEN = PrintResult(PrintOutcome.REFUSED, "小票打印机的盖子没有合上，合好后接着打")


@pytest.fixture(params=["memory", "sqlcipher"])
def window(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Window]:
    store: WindowStore = MemoryWindowStore()
    if request.param == "sqlcipher":
        store = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield Window(store)
    store.close()


@pytest.fixture
def office() -> FakeOffice:
    return FakeOffice()


@pytest.fixture
def desk(window: Window, office: FakeOffice) -> SealDesk:
    return SealDesk(window.store, office, lambda: "12")  # type: ignore[arg-type]


def accepted(window: Window) -> Concluded:
    return window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)


def waiting(window: Window) -> list[OutboxEntry]:
    entries = window.store.read(lambda unit: unit.outbox.waiting(0, 100))
    return [entry for entry in entries if entry.kind is OutboxKind.SEAL_USE]


def test_every_sealed_paper_has_its_line_who_when_which_paper(window: Window, desk: SealDesk) -> None:
    case = accepted(window)
    receipt, notice = window.prints.print_case(case.case_id, CLERK)
    first, second = sorted(desk.own(NOW.date()), key=lambda use: use.paper_kind is not PaperKind.RECEIPT)
    assert (first.paper_id, first.paper_kind, first.count) == (receipt.paper_id, PaperKind.RECEIPT, 1)
    assert (second.paper_number, second.count) == (case.conclusion.numbers.document, 2)
    for use in (first, second):
        assert (use.seal, use.user_name, use.window_no, use.at) == (SealKind.ACCEPTANCE, "王晓梅", "12", NOW)
        assert use.case_id == case.case_id
    assert notice.state is PaperState.PRINTED


def test_the_line_and_the_printed_state_are_one_transaction_and_the_server_is_told(window: Window) -> None:
    case = accepted(window)
    woken = window.woken
    window.prints.print_case(case.case_id, CLERK)
    assert window.woken > woken
    uses = [records.load(SealUse, entry.payload) for entry in waiting(window)]
    assert [use.paper_number for use in uses] == [case.case_number, case.conclusion.numbers.document]
    assert {entry.stream for entry in waiting(window)} == {case.case_id}
    for use in uses:
        kinds = [row.kind for row in window.store.read(lambda unit, use=use: unit.journal.of_subject(use.paper_id))]
        assert kinds == ["paper.sending", "seal.used", "paper.printed"]


def test_a_sheet_that_may_not_be_on_paper_has_no_line_until_somebody_looked(window: Window, desk: SealDesk) -> None:
    window.receipt_printer.results = [PAPER_OUT]
    case = accepted(window)
    receipt = window.prints.print_paper(case.papers[0].paper_id, CLERK)
    assert desk.own(NOW.date()) == ()
    window.prints.answer(receipt.paper_id, Answer.USABLE, CLERK)
    (use,) = desk.own(NOW.date())
    assert use.paper_id == receipt.paper_id


def test_half_a_sheet_that_was_taken_back_has_no_line_the_whole_one_has(window: Window, desk: SealDesk) -> None:
    window.receipt_printer.results = [PAPER_OUT]
    case = accepted(window)
    half = window.prints.print_paper(case.papers[0].paper_id, CLERK)
    whole = window.prints.answer(half.paper_id, Answer.REPRINT, CLERK)
    assert [use.paper_id for use in desk.own(NOW.date())] == [whole.paper_id]


def test_a_reprint_is_sealed_again(window: Window, desk: SealDesk) -> None:
    case = accepted(window)
    receipt, _ = window.prints.print_case(case.case_id, CLERK)
    again = window.prints.reprint(receipt.paper_id, "申请人丢了", CLERK)
    uses = [use for use in desk.own(NOW.date()) if use.paper_kind is PaperKind.RECEIPT]
    assert {use.paper_id for use in uses} == {receipt.paper_id, again.paper_id}
    assert {use.paper_number for use in uses} == {case.case_number}


def test_what_did_not_come_out_or_lies_in_a_file_is_not_sealed(window: Window, desk: SealDesk) -> None:
    window.receipt_printer.results = [COVER_OPEN]
    window.page_printer = None
    window.restart()
    case = accepted(window)
    states = [paper.state for paper in window.prints.print_case(case.case_id, CLERK)]
    assert states == [PaperState.REFUSED, PaperState.SAVED]
    assert desk.own(NOW.date()) == ()
    assert waiting(window) == []


def test_the_register_has_both_seals_and_what_is_not_reported_yet(
    window: Window, desk: SealDesk, office: FakeOffice
) -> None:
    case = accepted(window)
    window.prints.print_case(case.case_id, CLERK)
    reported, late = desk.own(NOW.date())
    approval = SealUse(
        "u-1", SealKind.APPROVAL, case.case_id, "p-1", PaperKind.GRANT_DECISION, "明市监准〔2026〕12-0001 号",
        "seal-keeper", "钱印", "", NOW, 2, "印〔2026〕12-0001",
    )  # fmt: skip
    office.uses = [reported, approval]
    register = desk.register(NOW.date())
    assert register.sentence == ""
    assert {use.use_id for use in register.uses} == {reported.use_id, late.use_id, "u-1"}


def test_without_the_server_the_register_says_that_it_is_this_window_s_alone(
    window: Window, desk: SealDesk, office: FakeOffice
) -> None:
    window.prints.print_case(accepted(window).case_id, CLERK)
    office.plan = [LOST_REQUEST]
    register = desk.register(NOW.date())
    assert register.uses == desk.own(NOW.date())
    assert "服务器连不上" in register.sentence
