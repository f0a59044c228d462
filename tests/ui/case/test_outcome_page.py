"""Step 4 alone: lawful outcomes by digit and arrow, the sheet beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind
from clerk_app.ui.window.case.outcome_page import OutcomePage
from clerk_app.ui.window.case.paper_view import A4_RATIO
from support.people import agent, resident
from support.shell_matters import food, house
from support.window import NOW
from support.window_views import shown

COMPLETE = Intake("c-1", NOW).with_applicant(resident(), agent()).with_matter(read_matter(food()), NOW)
COMPLETE = COMPLETE.mark_all_as_required()


def defective(*material_ids: str, on_site: bool = False) -> Intake:
    intake = COMPLETE
    for material_id in material_ids:
        intake = intake.mark(intake.matter.material(material_id), Verdict.DEFECTIVE)
        intake = intake.with_check(replace(intake.checks[material_id], phrases=("不清晰",), on_site=on_site))
    return intake


def sheet() -> QImage:
    image = QImage(600, round(600 * A4_RATIO), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    return image


@pytest.fixture
def page(qtbot) -> OutcomePage:
    made = OutcomePage()
    qtbot.addWidget(made)
    made.resize(846, 520)
    made.show()
    made.show_intake(COMPLETE)
    made.start()
    qtbot.waitExposed(made)
    return made


def test_everything_there_means_accepted(page: OutcomePage) -> None:
    assert page.kind is OutcomeKind.ACCEPTED
    assert "材料齐全，符合法定形式" in page.choices[0].accessibleName()
    assert "A4 受理通知书 2 份 · 小票收件凭证 1 份" in shown(page)


def test_one_defect_locks_acceptance_and_leads_to_the_notice(page: OutcomePage) -> None:
    page.show_intake(defective("layout"))
    assert page.kind is OutcomeKind.SUPPLEMENT_REQUESTED
    assert page.choices[0].reason() == "材料 5 有问题"
    assert "只能告知一次，没写的以后不能再要" in shown(page)


def test_a_choice_stays_while_it_is_lawful(page: OutcomePage, qtbot) -> None:
    page.show_intake(defective("layout", on_site=True))
    qtbot.keyClick(page, Qt.Key.Key_4)
    assert page.kind is OutcomeKind.ON_SITE_CORRECTION
    page.show_intake(defective("layout", "lease", on_site=True))
    assert page.kind is OutcomeKind.ON_SITE_CORRECTION
    page.show_intake(COMPLETE)
    assert page.kind is OutcomeKind.ACCEPTED


def test_arrows_pass_over_what_is_locked(page: OutcomePage, qtbot) -> None:
    for _ in range(3):
        qtbot.keyClick(page, Qt.Key.Key_Down)
    assert page.kind is OutcomeKind.NOT_REQUIRED
    qtbot.keyClick(page, Qt.Key.Key_Up)
    qtbot.keyClick(page, Qt.Key.Key_Up)
    assert page.kind is OutcomeKind.ACCEPTED


def test_a_locked_digit_says_why(page: OutcomePage, qtbot) -> None:
    with qtbot.waitSignal(page.refused) as caught:
        qtbot.keyClick(page, Qt.Key.Key_5)
    assert caught.args == ["没有要补的材料"]
    assert page.kind is OutcomeKind.ACCEPTED


def test_the_button_says_what_it_does(page: OutcomePage, qtbot) -> None:
    assert page.go.text() == "打印并送达"
    page.show_intake(defective("layout", on_site=True))
    qtbot.keyClick(page, Qt.Key.Key_4)
    assert page.go.text() == "改好了，记为已收"
    with qtbot.waitSignal(page.corrected):
        qtbot.keyClick(page, Qt.Key.Key_F9)


def test_the_field_gives_the_digits_back(page: OutcomePage, qtbot) -> None:
    page.show_intake(replace(COMPLETE, checks={}))
    qtbot.keyClick(page, Qt.Key.Key_6)
    assert page.focusWidget() is page.competent_body.edit
    qtbot.keyClicks(page.competent_body.edit, "5")
    assert page.kind is OutcomeKind.NOT_ACCEPTED, "where text is typed a digit is text"
    assert page.escape()
    assert not page.escape()
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_7)
    assert page.kind is OutcomeKind.NOT_REQUIRED


def test_the_preview_of_another_outcome_is_not_shown(page: OutcomePage) -> None:
    page.show_preview(OutcomeKind.SUPPLEMENT_REQUESTED, sheet())
    assert not page.view.has_paper()
    page.show_preview(OutcomeKind.ACCEPTED, sheet())
    assert page.view.has_paper()


def test_without_a_paper_the_reason_stands_in_its_place(page: OutcomePage, qtbot) -> None:
    page.show_preview(OutcomeKind.ACCEPTED, None, "请写明应当找哪个机关")
    assert page.view.accessibleName() == "请写明应当找哪个机关"
    page.show_intake(defective("layout", on_site=True))
    qtbot.keyClick(page, Qt.Key.Key_4)
    assert page.view.accessibleName() == "这个结论没有要印的文书"


def test_the_whole_sheet_is_seen_where_there_is_room_else_it_can_be_turned(page: OutcomePage, qtbot) -> None:
    page.resize(1360, 980)
    qtbot.waitUntil(lambda: page.height() == 980)
    page.show_preview(OutcomeKind.ACCEPTED, sheet())
    qtbot.waitUntil(lambda: page.view.page_width() * A4_RATIO < page.view.height())
    bar = page.paper_bar()
    assert bar.maximum() == 0
    page.resize(846, 520)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.keyClick(page, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    qtbot.keyClick(page, Qt.Key.Key_PageUp)
    assert bar.value() == 0


def test_the_law_of_the_matter_is_named(page: OutcomePage) -> None:
    assert "行政许可法第 32 条" in shown(page)
    estate = Intake("c-2", NOW).with_applicant(resident()).with_matter(read_matter(house()), NOW)
    page.show_intake(estate.mark_all_as_required())
    assert "不动产登记暂行条例" in shown(page)
    assert "不需要办理" in {choice.text() for choice in page.choices}, "only a licence can be 不需要许可"


def test_what_the_law_deems_accepted_can_only_be_accepted(page: OutcomePage) -> None:
    late = "11-16 收件，五个工作日内没有告知，从收件之日起视为受理，只能受理"
    page.show_intake(COMPLETE, late)
    assert page.kind is OutcomeKind.ACCEPTED
    assert f"{late}，期限从收件之日起算。" in shown(page)
    reasons = {choice.text(): choice.reason() for choice in page.choices}
    assert reasons["不予受理：不归本机关管"] == reasons["不需要许可"] == late
    said: list[str] = []
    page.refused.connect(said.append)
    page.choose(OutcomeKind.SUPPLEMENT_REQUESTED)
    assert said == [late]
    assert page.kind is OutcomeKind.ACCEPTED
