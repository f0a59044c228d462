"""Step 5: each sheet tells its fate, the question is asked once, the visit ends only when all is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from clerk_app.design.tokens import SIZE
from clerk_app.domain.calendar import Due
from clerk_app.ports.window import PaperState
from clerk_app.services.window.printing import Answer
from clerk_app.services.window.rating import Rated
from clerk_app.ui.kit.paint import State
from clerk_app.ui.window.case.papers_page import PapersPage
from support import window_views as records
from support.window_views import at, shown

LOCKED = "先回答打印的问题"


@pytest.fixture
def page(qtbot) -> PapersPage:
    made = PapersPage()
    qtbot.addWidget(made)
    made.resize(846, 530)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def ask(page: PapersPage) -> None:
    page.show_papers(records.concluded(), [records.paper(), records.receipt()], [records.question()], LOCKED)
    page.start()


def printed(page: PapersPage) -> None:
    sheets = [records.paper(), records.receipt(PaperState.PRINTED)]
    page.show_papers(records.concluded(), sheets, [], "")
    page.start()


def test_the_summary_names_number_document_and_promised_day(page: PapersPage) -> None:
    printed(page)
    text = shown(page.summary)
    assert "MH-12-20261123-0031" in text
    assert "明市监受〔2026〕12-0032 号" in text
    assert "承诺 12-03（周四）前办结" in text
    assert "暂定" not in text


def test_a_date_past_the_calendar_is_called_provisional(page: PapersPage) -> None:
    fixed = records.concluded()
    promised = Due(at(17, 30), provisional=True)
    page.show_papers(replace(fixed, conclusion=replace(fixed.conclusion, promised=promised)), [records.paper()], [], "")
    assert "暂定" in shown(page.summary)


def test_the_number_on_the_paper_stays_beside_the_official_one(page: PapersPage) -> None:
    fixed = replace(records.concluded(), case_no="511A9900030001", synced_at=at(10, 29))
    page.show_papers(fixed, [records.paper()], [], "")
    text = shown(page)
    assert "编号 MH-12-20261123-0031" in text
    assert "办件编号 511A9900030001" in text
    assert "本件已存在本机（加密）10:28:41 · 10:29 已上传" in text


@pytest.mark.parametrize(
    ("state", "pill", "look"),
    [
        (PaperState.PREPARED, "待打印", State.NEUTRAL),
        (PaperState.SENDING, "正在打印", State.PRI),
        (PaperState.PRINTED, "已打印", State.OK),
        (PaperState.UNKNOWN, "可能没打完", State.BAD),
        (PaperState.REFUSED, "没有打出", State.BAD),
        (PaperState.SAVED, "已存文件", State.NEUTRAL),
    ],
)
def test_each_sheet_says_what_is_known_of_it(page: PapersPage, state: PaperState, pill: str, look: State) -> None:
    sheet = records.paper(state=state)
    page.show_papers(records.concluded(), [sheet], [], "")
    card = page.cards[sheet.paper_id]
    assert (card.state.text(), card.state.state()) == (pill, look)
    assert ("10:28 已打印" in shown(card)) is (state is PaperState.PRINTED)
    assert card.again.isVisible() is (state in {PaperState.PRINTED, PaperState.SAVED})
    assert card.print_now.isVisible() is (state is PaperState.REFUSED)


def test_a_receipt_that_did_not_come_out_may_go_to_a4(page: PapersPage, qtbot) -> None:
    sheet = records.receipt(PaperState.REFUSED, sentence="小票打印机缺纸。装好纸再打")
    page.show_papers(records.concluded(), [sheet], [], sheet.sentence)
    card = page.cards[sheet.paper_id]
    assert card.detail.whole_text() == "小票打印机缺纸。装好纸再打"
    with qtbot.waitSignal(page.print_wanted) as caught:
        qtbot.mouseClick(card.print_now, Qt.MouseButton.LeftButton)
    assert caught.args == [sheet.paper_id]
    with qtbot.waitSignal(page.a4_wanted) as caught:
        qtbot.mouseClick(card.to_a4, Qt.MouseButton.LeftButton)
    assert caught.args == [sheet.paper_id]


def test_a_reprint_needs_a_reason(page: PapersPage, qtbot) -> None:
    printed(page)
    card = page.cards["p-acceptance_notice"]
    with qtbot.assertNotEmitted(page.reprint_wanted):
        qtbot.mouseClick(card.again, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert QApplication.focusWidget() is card.chips[0]
    with qtbot.waitSignal(page.reprint_wanted) as caught:
        qtbot.keyClick(card.chips[0], Qt.Key.Key_Space)
    assert caught.args == ["p-acceptance_notice", "没打清楚"]
    assert not card.reasons.isVisible()


def test_the_question_has_the_focus_and_nothing_is_preselected(page: PapersPage, qtbot) -> None:
    ask(page)
    assert page.ask is not None
    assert QApplication.focusWidget() is page.ask
    assert "看得到“单号 MH-12-20261123-0031”这一行吗" in shown(page.ask)
    assert "小票打印机缺纸，装好纸再回答。回答之前不会再打" in shown(page.ask)
    with qtbot.assertNotEmitted(page.answered):
        qtbot.keyClick(page.ask, Qt.Key.Key_Return)
    assert not any(choice.isChecked() for choice in page.ask.choices)


@pytest.mark.parametrize(
    ("digit", "answer"),
    [
        (Qt.Key.Key_1, Answer.USABLE),
        (Qt.Key.Key_2, Answer.REPRINT),
        (Qt.Key.Key_3, Answer.PAGE_PRINTER),
    ],
)
def test_digits_answer_wherever_the_focus_is_on_the_page(
    page: PapersPage, qtbot, digit: Qt.Key, answer: Answer
) -> None:
    ask(page)
    page.cards["p-acceptance_notice"].again.setFocus()
    with qtbot.waitSignal(page.answered) as caught:
        qtbot.keyClick(page.cards["p-acceptance_notice"].again, digit)
    assert caught.args[0].paper.paper_id == "p-receipt"
    assert caught.args[1] is answer
    with qtbot.assertNotEmitted(page.answered):
        qtbot.keyClick(page, Qt.Key.Key_1)


def test_a_question_on_the_screen_stays_as_it_is_when_the_same_comes_again(page: PapersPage) -> None:
    ask(page)
    before = page.ask
    ask(page)
    assert page.ask is before


def test_more_questions_are_announced(page: PapersPage) -> None:
    other = replace(records.question(), paper=records.receipt(paper_id="p-2"))
    page.show_papers(records.concluded(), [records.receipt()], [records.question(), other], LOCKED)
    assert "还有 1 张要看" in page.more.text()


def test_the_slip_marks_the_line_to_look_for_once() -> None:
    from clerk_app.ui.window.case.paper_cards import Slip

    asked = records.question()
    slip = Slip(asked.last_lines, asked.look_for)
    assert slip.lines()[-1] == "单号 MH-12-20261123-0031"
    assert len(slip.lines()) == len(asked.last_lines)
    page_slip = Slip(("受理通知书", "明市监受〔2026〕12-0032 号"), "第二联的落款日期")
    assert page_slip.lines()[-1] == "第二联的落款日期"


@pytest.mark.parametrize("key", [Qt.Key.Key_F12, Qt.Key.Key_F9])
def test_the_visit_does_not_end_while_a_sheet_is_undecided(page: PapersPage, qtbot, key: Qt.Key) -> None:
    ask(page)
    assert not page.go.isEnabled()
    assert page.reason.text() == LOCKED
    with (
        qtbot.waitSignal(page.refused) as caught,
        qtbot.assertNotEmitted(page.finish_next),
        qtbot.assertNotEmitted(page.finish),
    ):
        qtbot.keyClick(page, key)
    assert caught.args == [LOCKED]


def test_a_long_reason_is_readable_and_leaves_the_bar_its_height(page: PapersPage) -> None:
    long = "小票打印机盖子没有盖好。盖好后按“再打一次”，还是不行就改用 A4 打印机"
    page.show_papers(records.concluded(), [records.paper()], [], long)
    QApplication.processEvents()
    assert page.bar.height() == SIZE.action_bar
    assert page.reason.heightForWidth(page.reason.width()) <= page.bar.height()


def test_decided_sheets_free_the_end_and_the_focus_goes_there(page: PapersPage, qtbot) -> None:
    ask(page)
    printed(page)
    assert page.ask is None
    assert QApplication.focusWidget() is page.go
    assert not page.reason.isVisible()
    for key, signal in ((Qt.Key.Key_F12, page.finish_next), (Qt.Key.Key_F9, page.finish)):
        with qtbot.waitSignal(signal):
            qtbot.keyClick(page, key)
    with qtbot.waitSignal(page.next_matter):
        qtbot.keyClick(page, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)


def test_news_from_the_printer_leaves_the_focus_where_the_clerk_put_it(page: PapersPage) -> None:
    printed(page)
    page.stay.setFocus()
    printed_again = [records.paper(), records.receipt(PaperState.PRINTED, reprint=1, paper_id="p-r2")]
    page.show_papers(records.concluded(), printed_again, [], "")
    assert QApplication.focusWidget() is page.stay


def test_the_rating_is_told_but_never_its_level(page: PapersPage, qtbot) -> None:
    printed(page)
    assert not page.rating.isVisible()
    page.show_rating(None, asking=True)
    assert "等待评价" in shown(page.rating)
    assert not page.rating.again.isVisible()
    page.show_rating(Rated.RATED)
    text = shown(page.rating)
    assert "已评价" in text
    assert "满意" not in text
    assert not page.rating.again.isVisible()
    page.show_rating(Rated.NOT_RATED)
    assert "没有评价" in shown(page.rating)
    with qtbot.waitSignal(page.rating_wanted):
        qtbot.mouseClick(page.rating.again, Qt.MouseButton.LeftButton)


def test_a_keypad_that_is_away_says_what_to_do(page: PapersPage) -> None:
    printed(page)
    page.show_rating(None, sentence="没有设置评价器，请申请人在别的渠道评价")
    assert "没有设置评价器，请申请人在别的渠道评价" in shown(page.rating)


def test_the_next_case_starts_without_the_rating_of_the_last(page: PapersPage) -> None:
    printed(page)
    page.show_rating(Rated.RATED)
    page.show_papers(replace(records.concluded(), case_id="c-48"), [records.paper()], [], "")
    assert not page.rating.isVisible()


def test_on_a_low_screen_all_answers_are_in_sight(page: PapersPage) -> None:
    page.resize(807, 300)
    ask(page)
    QApplication.processEvents()
    assert page.ask is not None
    last = page.ask.choices[-1]
    bottom = last.mapTo(page, QPoint(0, last.height())).y()
    assert bottom <= page.height()
