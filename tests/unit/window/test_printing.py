"""Sheets: never printed twice by themselves, never called printed when that is not known."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from clerk_app.domain.acts import Approval
from clerk_app.domain.errors import Locked, NotAllowed, NotFound, Rejected, StoreFault
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.window import Medium, PaperState, StoredPaper
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.printing import TRANSITIONS, Answer
from support.window import CLERK, NOW, REVIEWER, FakePagePrinter, FakeReceiptPrinter, Window
from support.window_files import GRANT, Place
from support.window_memory import MemoryWindowStore

PAPER_OUT = PrintResult(PrintOutcome.UNKNOWN, "小票打印机缺纸。装好纸后接着打")
COVER_OPEN = PrintResult(PrintOutcome.REFUSED, "小票打印机的盖子没有合上，合好后接着打")


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


def accepted(window: Window) -> Concluded:
    return window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)


def unknown_receipt(window: Window) -> StoredPaper:
    window.receipt_printer.results = [PAPER_OUT]
    receipt, _ = window.prints.print_case(accepted(window).case_id, CLERK)
    assert receipt.state is PaperState.UNKNOWN
    return receipt


def states(window: Window, case_id: str) -> list[PaperState]:
    return [paper.state for paper in window.prints.current(case_id)]


def kinds(window: Window, subject: str) -> list[str]:
    return [row.kind for row in window.store.read(lambda unit: unit.journal.of_subject(subject))]


def test_a_case_is_printed_on_both_printers(window: Window) -> None:
    case = accepted(window)
    papers = window.prints.print_case(case.case_id, CLERK)
    assert [paper.state for paper in papers] == [PaperState.PRINTED, PaperState.PRINTED]
    assert len(window.receipt_printer.jobs) == len(window.page_printer.jobs) == 1
    assert kinds(window, papers[0].paper_id) == ["paper.sending", "seal.used", "paper.printed"]
    assert window.prints.undecided(case.case_id) == ()


def test_printing_the_case_again_prints_nothing(window: Window) -> None:
    case = accepted(window)
    window.prints.print_case(case.case_id, CLERK)
    window.prints.print_case(case.case_id, CLERK)
    assert len(window.receipt_printer.jobs) == len(window.page_printer.jobs) == 1
    with pytest.raises(Locked, match="补打"):
        window.prints.print_paper(case.papers[0].paper_id, CLERK)


def test_a_sheet_is_stored_and_marked_before_the_printer_is_asked(window: Window) -> None:
    case = accepted(window)
    seen: list[PaperState] = []
    window.receipt_printer.on_print = lambda: seen.append(states(window, case.case_id)[0])
    window.prints.print_case(case.case_id, CLERK)
    assert seen == [PaperState.SENDING]


def test_what_the_printer_refused_is_tried_again_with_the_same_sheet(window: Window) -> None:
    window.receipt_printer.results = [COVER_OPEN]
    case = accepted(window)
    receipt, _ = window.prints.print_case(case.case_id, CLERK)
    assert (receipt.state, receipt.sentence) == (PaperState.REFUSED, COVER_OPEN.sentence)
    receipt, _ = window.prints.print_case(case.case_id, CLERK)
    assert (receipt.state, receipt.sentence, receipt.reprint) == (PaperState.PRINTED, "", 0)
    assert len(window.receipt_printer.jobs) == 1
    assert len(window.page_printer.jobs) == 1


def test_a_sheet_that_did_not_come_out_can_wait_and_no_longer_holds_up_the_hall(window: Window) -> None:
    window.receipt_printer.results = [COVER_OPEN]
    case = accepted(window)
    receipt, _ = window.prints.print_case(case.case_id, CLERK)
    assert window.prints.undecided(case.case_id)
    kept = window.prints.postpone(receipt.paper_id, CLERK)
    assert kept.state is PaperState.SAVED
    assert not window.prints.undecided(case.case_id)
    assert "paper.saved" in kinds(window, receipt.paper_id)
    with pytest.raises(Locked):
        window.prints.postpone(receipt.paper_id, CLERK)
    assert window.prints.print_paper(receipt.paper_id, CLERK).state is PaperState.PRINTED


def test_half_a_receipt_becomes_a_question_and_waits(window: Window) -> None:
    receipt = unknown_receipt(window)
    window.prints.print_case(receipt.case_id, CLERK)
    assert len(window.receipt_printer.jobs) == 1
    (question,) = window.prints.questions()
    assert question.paper == receipt
    assert [line.key for line in question.answers] == ["1", "2", "3"]
    assert question.look_for == question.last_lines[-1] == "申请人签字"
    assert any(receipt.number in line for line in question.last_lines)
    assert "缺纸" in question.text
    assert any("材料" in line for line in question.last_lines)
    assert window.prints.undecided(receipt.case_id) == (receipt,)
    with pytest.raises(Locked, match="先回答"):
        window.prints.print_paper(receipt.paper_id, CLERK)


def test_answer_1_counts_the_sheet_as_printed_without_printing(window: Window) -> None:
    receipt = unknown_receipt(window)
    answered = window.prints.answer(receipt.paper_id, Answer.USABLE, CLERK)
    assert answered.state is PaperState.PRINTED
    assert len(window.receipt_printer.jobs) == 1
    assert window.prints.questions() == ()
    (*_, last) = window.store.read(lambda unit: unit.journal.of_subject(receipt.paper_id))
    assert (last.kind, last.payload["answer"], last.user_name) == ("paper.printed", "usable", "王晓梅")


def test_answer_2_prints_a_new_sheet_with_the_same_number_marked_as_reprint(window: Window) -> None:
    receipt = unknown_receipt(window)
    again = window.prints.answer(receipt.paper_id, Answer.REPRINT, CLERK)
    assert (again.state, again.reprint, again.number, again.medium) == (
        PaperState.PRINTED,
        1,
        receipt.number,
        Medium.RECEIPT,
    )
    assert b"reprint=1" in window.receipt_printer.jobs[1]
    assert window.prints.content(again.paper_id) == window.receipt_printer.jobs[1]
    old, _, new = window.prints.papers(receipt.case_id)
    assert (old.state, new.paper_id) == (PaperState.WITHDRAWN, again.paper_id)
    assert states(window, receipt.case_id) == [PaperState.PRINTED, PaperState.PRINTED]


def test_answer_3_prints_the_same_content_on_a4(window: Window) -> None:
    receipt = unknown_receipt(window)
    again = window.prints.answer(receipt.paper_id, Answer.PAGE_PRINTER, CLERK)
    assert (again.state, again.medium, again.number) == (PaperState.PRINTED, Medium.PAGE, receipt.number)
    assert window.page_printer.jobs[-1].startswith(b"page")
    assert receipt.number.encode() in window.page_printer.jobs[-1]


def test_an_answer_is_given_once(window: Window) -> None:
    receipt = unknown_receipt(window)
    window.prints.answer(receipt.paper_id, Answer.REPRINT, CLERK)
    for answer in Answer:
        with pytest.raises(Locked, match="已经有答复"):
            window.prints.answer(receipt.paper_id, answer, CLERK)
    assert len(window.receipt_printer.jobs) == 2


def test_a_reprint_that_fails_too_asks_again_and_counts_on(window: Window) -> None:
    receipt = unknown_receipt(window)
    window.receipt_printer.results = [PAPER_OUT]
    again = window.prints.answer(receipt.paper_id, Answer.REPRINT, CLERK)
    assert again.state is PaperState.UNKNOWN
    third = window.prints.answer(again.paper_id, Answer.REPRINT, CLERK)
    assert (third.reprint, third.state) == (2, PaperState.PRINTED)


def test_a_driver_that_crashes_leaves_a_question_never_a_printed_sheet(window: Window) -> None:
    window.receipt_printer.results = [RuntimeError("driver bug")]
    case = accepted(window)
    receipt, notice = window.prints.print_case(case.case_id, CLERK)
    assert receipt.state is PaperState.UNKNOWN
    assert "程序出错" in receipt.sentence
    assert notice.state is PaperState.PRINTED


def test_a_reprint_on_request_needs_a_printed_sheet_and_keeps_the_reason(window: Window) -> None:
    case = accepted(window)
    with pytest.raises(Locked, match="不用补打"):
        window.prints.reprint(case.papers[0].paper_id, "申请人遗失", CLERK)
    receipt, notice = window.prints.print_case(case.case_id, CLERK)
    first = window.prints.reprint(receipt.paper_id, "申请人遗失", CLERK)
    second = window.prints.reprint(receipt.paper_id, "又遗失", CLERK)
    assert (first.reprint, second.reprint, second.number) == (1, 2, receipt.number)
    made = window.store.read(lambda unit: unit.journal.of_subject(first.paper_id))[0]
    assert (made.kind, made.payload["reason"]) == ("paper.again", "申请人遗失")
    page = window.prints.reprint(notice.paper_id, "申请人遗失", CLERK)
    assert (page.kind, page.reprint, page.state) == (PaperKind.ACCEPTANCE_NOTICE, 1, PaperState.PRINTED)


def test_without_a_page_printer_the_notice_is_saved_and_that_is_said(window: Window) -> None:
    window.page_printer = None
    window.restart()
    _, notice = window.prints.print_case(accepted(window).case_id, CLERK)
    assert notice.state is PaperState.SAVED
    ((name, pdf),) = window.folder.saved.items()
    assert name in notice.sentence
    assert "没有设置 A4 打印机" in notice.sentence
    assert pdf == window.prints.content(notice.paper_id)
    window.page_printer = FakePagePrinter()
    window.restart()
    assert window.prints.print_paper(notice.paper_id, CLERK).state is PaperState.PRINTED


def test_without_a_receipt_printer_the_receipt_goes_to_a4(window: Window) -> None:
    window.receipt_printer = None
    window.restart()
    case = accepted(window)
    receipt, _ = window.prints.print_case(case.case_id, CLERK)
    assert (receipt.state, receipt.medium, receipt.reprint) == (PaperState.PRINTED, Medium.PAGE, 0)
    assert window.prints.undecided(case.case_id) == ()


def test_a_folder_that_cannot_be_written_leaves_the_sheet_open(window: Window) -> None:
    window.page_printer = None
    window.restart()

    def full(name: str, pdf: bytes) -> str:
        raise StoreFault("磁盘满了，文件没有存下")

    window.folder.save = full  # type: ignore[method-assign]
    case = accepted(window)
    _, notice = window.prints.print_case(case.case_id, CLERK)
    assert (notice.state, notice.sentence) == (PaperState.REFUSED, "磁盘满了，文件没有存下")


def test_only_a_receipt_that_is_not_on_paper_moves_to_a4(window: Window) -> None:
    case = accepted(window)
    window.prints.print_case(case.case_id, CLERK)
    for paper in case.papers:
        with pytest.raises(Locked):
            window.prints.use_page_printer(paper.paper_id, CLERK)


def test_a_sheet_under_way_is_not_sent_by_a_second_thread(window: Window) -> None:
    case = accepted(window)
    receipt = case.papers[0]
    refusals: list[str] = []

    def second() -> None:
        def press() -> None:
            try:
                window.prints.print_paper(receipt.paper_id, CLERK)
            except Locked as refusal:
                refusals.append(str(refusal))

        other = threading.Thread(target=press)
        other.start()
        other.join()
        assert window.prints.recover() == ()

    window.receipt_printer.on_print = second
    window.prints.print_paper(receipt.paper_id, CLERK)
    assert refusals == ["这张正在打印，请等它打完"]
    assert len(window.receipt_printer.jobs) == 1


def test_a_case_whose_sheets_are_not_decided_is_left_open(window: Window) -> None:
    assert window.prints.left_open() is None
    first = accepted(window)
    window.clock.advance(minutes=1)
    second = unknown_receipt(window)
    assert window.prints.left_open() == first.case_id
    window.prints.print_case(first.case_id, CLERK)
    assert window.prints.left_open() == second.case_id
    window.prints.answer(second.paper_id, Answer.REPRINT, CLERK)
    assert window.prints.left_open() is None


class Crash(BaseException):
    """The process ends here."""


def test_after_a_crash_in_mid_print_the_sheet_is_a_question_and_prints_nothing(window: Window) -> None:
    case = accepted(window)

    def die() -> None:
        raise Crash

    window.receipt_printer.on_print = die
    with pytest.raises(Crash):
        window.prints.print_case(case.case_id, CLERK)
    window.receipt_printer = FakeReceiptPrinter()
    window.restart()
    assert states(window, case.case_id)[0] is PaperState.SENDING
    (left,) = window.prints.recover()
    assert (left.paper_id, left.state) == (case.papers[0].paper_id, PaperState.UNKNOWN)
    assert window.prints.recover() == ()
    assert window.receipt_printer.jobs == []
    assert "中断" in window.prints.questions()[0].text


def test_a_sheet_printed_but_not_marked_is_never_called_printed(window: Window) -> None:
    """The disk fills up while the printer works: the sheet stays open and becomes a question."""
    case = accepted(window)
    store = window.store

    def fill_up() -> None:
        def full() -> None:
            raise StoreFault("本机磁盘满了")

        store.before_commit = full  # type: ignore[attr-defined]

    window.receipt_printer.on_print = fill_up
    with pytest.raises(StoreFault):
        window.prints.print_paper(case.papers[0].paper_id, CLERK)
    store.before_commit = lambda: None  # type: ignore[attr-defined]
    assert states(window, case.case_id)[0] is PaperState.SENDING
    assert window.prints.recover()[0].state is PaperState.UNKNOWN


def test_a_sheet_of_nobody_is_told(window: Window) -> None:
    with pytest.raises(NotFound):
        window.prints.print_paper("018f0000-0000-7000-8000-000000000000", CLERK)


def test_the_table_of_steps_leaves_no_way_back_from_the_end() -> None:
    assert set(TRANSITIONS) == set(PaperState)
    assert TRANSITIONS[PaperState.VOIDED] == TRANSITIONS[PaperState.WITHDRAWN] == frozenset()
    assert TRANSITIONS[PaperState.PRINTED] == {PaperState.VOIDED}
    reachable = {PaperState.PREPARED}.union(*TRANSITIONS.values())
    assert reachable == set(PaperState)
    senders = {state for state, after in TRANSITIONS.items() if PaperState.SENDING in after}
    assert senders == {PaperState.PREPARED, PaperState.REFUSED, PaperState.SAVED}


# --- making void --------------------------------------------------------------------------------------------------
CONSENT = Approval("a-1", "018f0000-0000-7000-8000-0000000000cc", "赵主管", "名字写错", NOW)


def notice_of(window: Window, case: Concluded) -> StoredPaper:
    return next(paper for paper in window.prints.current(case.case_id) if paper.medium is Medium.PAGE)


def test_a_printed_paper_is_made_void_with_all_its_sheets_and_its_number_is_never_used_again(window: Window) -> None:
    case = accepted(window)
    window.prints.print_case(case.case_id, CLERK)
    notice = notice_of(window, case)
    again = window.prints.reprint(notice.paper_id, "申请人丢了", CLERK)
    voided = window.prints.void(again.paper_id, " 名字写错 ", CLERK, CONSENT)
    assert [sheet.state for sheet in voided] == [PaperState.VOIDED, PaperState.VOIDED]
    assert voided[0].sentence == "作废：名字写错"
    assert PaperState.VOIDED.label == "已作废"
    *_, row = window.store.read(lambda unit: unit.journal.of_subject(notice.paper_id))
    assert (row.kind, row.user_id, row.payload["reason"]) == ("paper.voided", CLERK.user_id, "名字写错")
    assert row.payload["approved_by"] == CONSENT.user_id
    later = accepted(window)
    assert notice_of(window, later).number != notice.number
    assert window.prints.undecided(case.case_id) == ()


def test_a_void_paper_is_not_printed_again(window: Window) -> None:
    case = accepted(window)
    window.prints.print_case(case.case_id, CLERK)
    notice = notice_of(window, case)
    window.prints.void(notice.paper_id, "名字写错", CLERK, CONSENT)
    jobs = len(window.page_printer.jobs)
    for again in (
        lambda: window.prints.reprint(notice.paper_id, "再要一张", CLERK),
        lambda: window.prints.print_paper(notice.paper_id, CLERK),
    ):
        with pytest.raises(Locked, match="已作废"):
            again()
    window.prints.print_case(case.case_id, CLERK)
    assert len(window.page_printer.jobs) == jobs


def test_making_void_twice_leaves_one_trace(window: Window) -> None:
    case = accepted(window)
    window.prints.print_case(case.case_id, CLERK)
    notice = notice_of(window, case)
    first = window.prints.void(notice.paper_id, "名字写错", CLERK, CONSENT)
    assert window.prints.void(notice.paper_id, "又按了一次", CLERK, CONSENT) == first
    assert kinds(window, notice.paper_id).count("paper.voided") == 1


def test_making_void_needs_a_reason_and_for_a_sealed_paper_a_second_person(window: Window) -> None:
    case = accepted(window)
    window.prints.print_case(case.case_id, CLERK)
    notice = notice_of(window, case)
    with pytest.raises(Rejected, match="理由"):
        window.prints.void(notice.paper_id, "  ", CLERK, CONSENT)
    with pytest.raises(Locked, match="主管授权"):
        window.prints.void(notice.paper_id, "名字写错", CLERK)
    with pytest.raises(NotAllowed, match="经办人自己"):
        window.prints.void(notice.paper_id, "名字写错", CLERK, replace(CONSENT, user_id=CLERK.user_id))
    assert notice_of(window, case).state is PaperState.PRINTED


def test_a_sheet_whose_fate_is_open_is_decided_before_its_paper_is_made_void(window: Window) -> None:
    receipt = unknown_receipt(window)
    with pytest.raises(Locked, match="先回答"):
        window.prints.void(receipt.paper_id, "打错了", CLERK, CONSENT)


def test_what_was_never_printed_is_not_made_void(window: Window) -> None:
    with pytest.raises(Locked, match="还没有打出来"):
        window.prints.void(accepted(window).papers[0].paper_id, "打错了", CLERK, CONSENT)


def test_a_decision_with_the_approval_seal_needs_a_second_person_as_well() -> None:
    here = Place()
    case_id = here.accepted().case_id
    here.files.decide(here.files.known(case_id), True, GRANT, REVIEWER)  # type: ignore[arg-type]
    here.outbox.push_once()
    prints = here.window.prints
    prints.print_case(case_id, REVIEWER)
    decision = next(paper for paper in prints.current(case_id) if paper.kind is PaperKind.GRANT_DECISION)
    assert decision.state is PaperState.PRINTED
    assert prints.needs_consent(decision.paper_id)
    with pytest.raises(Locked, match="主管授权"):
        prints.void(decision.paper_id, "名字写错", REVIEWER)
    (voided,) = prints.void(decision.paper_id, "名字写错", REVIEWER, CONSENT)
    assert voided.state is PaperState.VOIDED


def test_a_sheet_from_a_printer_that_cannot_say_is_sent_and_never_called_printed(window: Window) -> None:
    window.receipt_printer.results = [PrintResult(PrintOutcome.SENT, "已送到打印机，请看一眼打全没有")]
    case = accepted(window)
    receipt, _ = window.prints.print_case(case.case_id, CLERK)
    assert receipt.state is PaperState.SENT
    assert "看一眼" in receipt.sentence
    assert kinds(window, receipt.paper_id) == ["paper.sending", "seal.used", "paper.sent"]
    assert window.prints.questions() == ()
    assert window.prints.undecided(case.case_id) == ()
    with pytest.raises(Locked):
        window.prints.print_paper(receipt.paper_id, CLERK)
    again = window.prints.reprint(receipt.paper_id, "没打清楚", CLERK)
    assert (again.reprint, again.state) == (1, PaperState.PRINTED)


def test_characters_without_a_glyph_are_told_before_the_paper_comes_out_and_stay_told(window: Window) -> None:
    window.prints._lacking = lambda words: ("\ue863", "\U0002ffff") if case.case_number in words else ()
    told: list[str] = []
    case = accepted(window)
    receipt, _ = window.prints.current(case.case_id)
    window.receipt_printer.on_print = lambda: told.append(window.prints.current(case.case_id)[0].sentence)
    receipt = window.prints.print_paper(receipt.paper_id, CLERK)
    sentence = "有 2 个字本机没有字形，纸上印成带编码的方框（U+E863、U+2FFFF），请在旁边手写"
    assert told == [sentence]
    assert (receipt.state, receipt.sentence) == (PaperState.PRINTED, sentence)
