"""A printed paper is made void: a reason, a second person where it is sealed, and a sheet that stays in the list."""

from __future__ import annotations

import pytest

from clerk_app.domain.papers import PaperKind
from clerk_app.ports.window import PaperState, StoredPaper
from clerk_app.ui.window.case.paper_cards import PaperCard
from clerk_app.ui.window.file.approval import ApprovalPanel
from support.office import OfficeServer, sit, upload
from support.shell import APPLICANT, PASSWORD, Seat


@pytest.fixture
def seat(qtbot) -> Seat:
    return concluded(qtbot, "A")


def concluded(qtbot, *keys: str) -> Seat:
    """A food licence is accepted and printed; ``keys`` are those of its checklist."""
    made = sit(qtbot, OfficeServer(), "wxm")
    made.counter.add_tickets(1)
    made.press("F2")
    made.lay(APPLICANT)
    made.press("Enter")
    made.type("spjy")
    made.press("Enter", "1", "1", *keys, "F9", "F9")
    upload(made)
    return made


def of_kind(seat: Seat, kind: PaperKind) -> StoredPaper:
    return next(paper for paper in seat.window.prints.current(seat.stored[0].case_id) if paper.kind is kind)


def card(seat: Seat, kind: PaperKind) -> PaperCard:
    return seat.case.papers.cards[of_kind(seat, kind).paper_id]


def choose(seat: Seat, of: PaperCard) -> None:
    """Make it void, the first of the usual reasons: all by keys."""
    of.undo.setFocus()
    seat.press("Enter")
    assert seat.focus() is of.voids.chips[0]
    seat.press("Space")


def consent(seat: Seat, panel: ApprovalPanel) -> None:
    assert seat.focus() is panel.name.edit
    seat.type("lg")
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("F9")


def test_a_sealed_paper_is_made_void_by_two_people_and_stays_in_the_list(seat: Seat) -> None:
    number = of_kind(seat, PaperKind.ACCEPTANCE_NOTICE).number
    choose(seat, card(seat, PaperKind.ACCEPTANCE_NOTICE))
    panel = seat.case.voiding.panel
    assert panel.heading.text() == "作废这张受理通知书？"
    assert number in panel.why.text()
    assert "不再使用" in panel.why.text()
    assert "主管授权" in panel.why.text()
    assert panel.reason.value() == "内容有误"
    consent(seat, panel)
    assert not panel.isVisible()
    voided = of_kind(seat, PaperKind.ACCEPTANCE_NOTICE)
    assert (voided.state, voided.number) == (PaperState.VOIDED, number)
    shown = card(seat, PaperKind.ACCEPTANCE_NOTICE)
    assert shown.state.text() == "已作废"
    assert shown.detail.whole_text() == f"{number} · 作废：内容有误"
    assert not shown.again.isVisible(), "no further sheet of a void paper"
    assert not shown.undo.isVisible()
    entries = seat.store.read(lambda unit: unit.journal.after(0, 500))
    trail = [entry for entry in entries if entry.kind == "paper.voided"]
    assert trail[-1].payload["approved_by"].endswith("b4")
    assert trail[-1].payload["reason"] == "内容有误"


def test_nobody_consents_to_himself_and_the_paper_counts_on(seat: Seat) -> None:
    choose(seat, card(seat, PaperKind.ACCEPTANCE_NOTICE))
    panel = seat.case.voiding.panel
    seat.type("wxm")
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("F9")
    assert panel.isVisible()
    assert panel.problem.text()
    seat.press("Esc")
    assert not panel.isVisible()
    assert of_kind(seat, PaperKind.ACCEPTANCE_NOTICE).state is PaperState.PRINTED


def test_the_keys_of_the_page_rest_while_the_question_is_open(seat: Seat) -> None:
    choose(seat, card(seat, PaperKind.ACCEPTANCE_NOTICE))
    seat.press("F12")
    assert seat.work.concluded is not None, "the visit goes on"
    assert seat.case.voiding.panel.isVisible()
    seat.press("Esc", "F12")
    assert seat.work.concluded is None


def test_a_paper_of_the_case_file_is_made_void_there(seat: Seat) -> None:
    number = seat.stored[0].case_number
    seat.press("F9", "F6")
    seat.type(number[-4:])
    seat.press("Enter")
    page = seat.shell.files.file
    paper = of_kind(seat, PaperKind.ACCEPTANCE_NOTICE)
    choose(seat, page.contents.cards[paper.paper_id])
    consent(seat, seat.shell.files.voiding.panel)
    assert of_kind(seat, PaperKind.ACCEPTANCE_NOTICE).state is PaperState.VOIDED
    assert page.contents.cards[paper.paper_id].state.text() == "已作废"
    assert seat.focus() is page.steps


def test_a_paper_without_a_seal_asks_for_the_reason_alone(qtbot) -> None:
    seat = concluded(qtbot, "Enter", "Enter", "4", "2", "Enter", "Enter")
    choose(seat, card(seat, PaperKind.DEFICIENCY_COMMITMENT))
    panel = seat.case.voiding.panel
    assert not panel.name.isVisible()
    assert seat.focus() is panel.reason.edit
    panel.reason.set_value("")
    seat.press("F9")
    assert panel.isVisible(), "no reason, nothing is made void"
    assert "理由" in panel.reason.error.text()
    seat.compose("期限写错")
    seat.press("F9")
    assert of_kind(seat, PaperKind.DEFICIENCY_COMMITMENT).state is PaperState.VOIDED
    assert "期限写错" in card(seat, PaperKind.DEFICIENCY_COMMITMENT).detail.whole_text()
