"""The citizen signs and rates by hand; the clerk sees the signature and never the rating."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QTest

from clerk_app.domain.papers import PaperKind
from clerk_app.domain.rating import RatingLevel
from clerk_app.ui.citizen.pad import SignaturePad
from clerk_app.ui.citizen.pieces import Panel
from clerk_app.ui.window.asking import RatingState
from clerk_app.ui.window.citizen_panel import ASKED
from support.citizen import CitizenSeat


@pytest.fixture
def ended(seat: CitizenSeat) -> CitizenSeat:
    """Accepted and printed; the page of the papers is open."""
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    return seat


def signatures(seat: CitizenSeat) -> list[object]:
    return list(seat.desk.signing.of_case(seat.stored[-1].case_id))


def change_paper(seat: CitizenSeat) -> None:
    papers = seat.store.state.papers
    for paper_id, new in list(papers.items()):
        if new.paper.kind is PaperKind.ACCEPTANCE_NOTICE:
            papers[paper_id] = replace(new, source={**new.source, "addressee": "李四："})


# --- signing ------------------------------------------------------------------------------------------------------
def test_f7_shows_the_paper_and_its_meaning(ended: CitizenSeat) -> None:
    ended.press("F7")
    assert ended.screen.page_name() == "sign"
    text = ended.screen.sign.document.text()
    assert "受理通知书" in text
    assert "您的申请已经受理" in text
    assert "签名人：张三" in ended.seen()
    assert ended.panel.signing.text() == ASKED
    assert not ended.screen.sign.confirm.isEnabled(), "an empty place is no signature"


def test_real_strokes_become_a_signature_of_this_content(ended: CitizenSeat) -> None:
    ended.press("F7")
    ended.write()
    assert signatures(ended) == [], "written is not signed"
    ended.touch(ended.screen.sign.confirm)
    (kept,) = signatures(ended)
    paper = next(p for p in ended.window.prints.papers(kept.signature.case_id) if p.kind is PaperKind.ACCEPTANCE_NOTICE)
    assert (kept.signature.paper_id, kept.signature.signer, kept.valid) == (paper.paper_id, "张三", True)
    (stroke,) = kept.signature.strokes
    assert len(stroke) > 30
    assert stroke[0][0] == pytest.approx(0.1, abs=0.01)
    assert stroke[-1][0] == pytest.approx(0.9, abs=0.01)
    assert ended.panel.signing.text() == "已签字"
    assert ended.panel.signature.strokes() == kept.signature.strokes, "the clerk sees what was signed"
    assert ended.panel.signature.isVisible()
    assert ended.screen.page_name() != "sign"
    assert ended.screen.sign.pad.is_empty() or not ended.screen.sign.pad.isVisible()


def test_a_paper_that_changed_meanwhile_is_not_signed(ended: CitizenSeat) -> None:
    ended.press("F7")
    ended.write()
    change_paper(ended)
    ended.touch(ended.screen.sign.confirm)
    assert signatures(ended) == []
    assert "文书的内容和申请人在屏上看到的不一样了" in ended.toast
    assert ended.panel.signing.text() == "没有签成"
    ended.press("F7")
    assert "李四" in ended.screen.sign.document.text(), "the new content is shown"
    assert ended.screen.sign.pad.is_empty()


def test_a_change_after_the_signature_makes_it_void(ended: CitizenSeat) -> None:
    ended.press("F7")
    ended.write()
    ended.touch(ended.screen.sign.confirm)
    change_paper(ended)
    assert [one.valid for one in signatures(ended)] == [False]


def test_a_bad_try_can_be_written_again(ended: CitizenSeat) -> None:
    ended.press("F7")
    ended.write()
    ended.touch(ended.screen.sign.again)
    assert ended.screen.sign.pad.is_empty()
    assert not ended.screen.sign.confirm.isEnabled()
    ended.write(7.0)
    ended.touch(ended.screen.sign.confirm)
    assert len(signatures(ended)) == 1


def test_a_mere_touch_is_told_to_the_citizen(ended: CitizenSeat) -> None:
    ended.press("F7")
    QTest.mouseClick(ended.screen.sign.pad, Qt.MouseButton.LeftButton)
    ended.touch(ended.screen.sign.confirm)
    assert signatures(ended) == []
    assert "还没有签字，请在框里写上姓名" in ended.seen()
    assert ended.screen.page_name() == "sign"


def test_the_citizen_may_sign_on_paper_instead(ended: CitizenSeat) -> None:
    ended.press("F7")
    ended.touch(ended.screen.sign.paper)
    assert ended.panel.signing.text() == "申请人要签在纸上"
    assert ended.screen.page_name() != "sign"
    ended.press("F9")
    assert ended.work.intake is None


def test_the_clerk_takes_the_asking_back_or_ends_the_visit(ended: CitizenSeat) -> None:
    ended.press("F7", "F7")
    assert ended.screen.page_name() != "sign"
    ended.press("F7")
    ended.write()
    ended.press("F9")
    assert ended.work.intake is None, "the visit ends without a signature"
    assert ended.screen.page_name() == "place"
    assert ended.screen.sign.pad.is_empty()
    assert signatures(ended) == []


def test_what_is_signed_is_not_asked_for_again(ended: CitizenSeat) -> None:
    ended.press("F7")
    ended.write()
    ended.touch(ended.screen.sign.confirm)
    ended.press("F7")
    assert "都签过字了" in ended.toast
    assert ended.screen.page_name() != "sign"


def test_f7_beside_the_outcome_asks_as_soon_as_the_paper_is_there(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F7")
    assert seat.screen.page_name() == "case"
    assert "出文书后" in seat.panel.signing.text()
    seat.press("F9")
    assert len(seat.stored) == 1, "the conclusion does not wait"
    assert seat.screen.page_name() == "sign"


def test_what_was_asked_beside_a_case_is_gone_with_its_visit(ended: CitizenSeat) -> None:
    case_id = ended.stored[-1].case_id
    ended.press("F9")
    ended.facing.ask_signature(case_id, "张三")
    ended.settle()
    assert ended.screen.page_name() == "sign", "asked for from a page beside the case, without a ticket"
    ended.press("F2")
    assert ended.screen.page_name() == "place"
    assert "张三" not in ended.seen()
    assert ended.screen.sign.document.text().strip() == ""


def test_f7_elsewhere_says_why_not(seat: CitizenSeat) -> None:
    seat.at_matter("spjy")
    seat.press("F7")
    assert "结论出来后再按 F7" in seat.toast


def test_strokes_stay_inside_the_place(qtbot) -> None:
    pad = SignaturePad(Panel())
    qtbot.addWidget(pad)
    pad.resize(480, 200)
    pad.show()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(240, 100))
    QTest.mouseMove(pad, QPoint(900, -50))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(900, -50))
    assert pad.strokes() == (((0.5, 0.5), (1.0, 0.0)),)


# --- rating -------------------------------------------------------------------------------------------------------
def keeps_the_level(root: QObject, level: int) -> list[str]:
    """Attributes of the clerk's side that hold the number."""
    return [name for name, value in vars(root).items() if value == level and not isinstance(value, bool)]


@pytest.mark.parametrize("level", list(RatingLevel))
def test_a_touched_level_is_stored_from_the_screen(ended: CitizenSeat, level: RatingLevel) -> None:
    ended.store_rating()
    assert ended.screen.page_name() == "rate"
    assert [touch.text() for touch in ended.screen.rate.levels.values()] == [one.label for one in RatingLevel]
    assert not any(touch.isChecked() or touch.hasFocus() for touch in ended.screen.rate.levels.values())
    assert ended.control.rating is RatingState.ASKING
    ticket = ended.control.ticket.ticket_id
    ended.touch(ended.screen.rate.levels[level])
    ended.store_rating()
    stored = ended.store.read(lambda unit: unit.ratings.of_visit(ticket, "acceptance"))
    assert stored.level == level
    entries = ended.store.read(lambda unit: unit.outbox.waiting(0, 20))
    (sent,) = [entry for entry in entries if entry.payload.get("rating_id")]
    assert sent.payload["source"] == "screen"
    assert ended.control.rating is RatingState.RATED
    assert level.label not in ended.shown(), "the clerk never learns how"
    assert keeps_the_level(ended.control.asking, level.value) == []
    assert keeps_the_level(ended.facing, level.value) == []


def test_no_touch_is_no_rating_and_nobody_waits(ended: CitizenSeat, qtbot) -> None:
    ended.store_rating()
    ticket = ended.control.ticket.ticket_id
    ended.clock.advance(hours=1)
    qtbot.wait(50)
    assert ended.screen.page_name() == "rate"
    ended.press("F9")
    ended.store_rating()
    assert ended.screen.page_name() == "place"
    assert ended.store.read(lambda unit: unit.ratings.of_visit(ticket, "acceptance")) is None


def test_a_visit_is_rated_once(ended: CitizenSeat) -> None:
    ended.store_rating()
    ended.touch(ended.screen.rate.levels[RatingLevel.SATISFIED])
    ended.store_rating()
    ended.control.ask_rating()
    ended.store_rating()
    assert ended.screen.page_name() == "end"
    assert ended.control.rating is RatingState.RATED


def test_a_keypad_comes_before_the_screen(qtbot) -> None:
    seat = CitizenSeat(qtbot, evaluator=True)
    seat.log_in()
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    assert seat.screen.page_name() == "end"
    seat.rate(2)
    assert seat.control.rating is RatingState.RATED


def test_signing_comes_before_rating(ended: CitizenSeat) -> None:
    ended.store_rating()
    ended.press("F7")
    assert ended.screen.page_name() == "sign"
    ended.write()
    ended.touch(ended.screen.sign.confirm)
    assert ended.screen.page_name() == "rate"
