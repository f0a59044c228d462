"""The checklist alone: what each key and click does to a row, what the legend says, what a screen reader hears."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit

from clerk_app.domain.catalogue import Matter, Tolerance
from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.domain.checklist import MaterialCheck, Verdict, notice_sentence
from clerk_app.domain.intake import Intake
from clerk_app.ui.window.case import checklist_rows as rows
from clerk_app.ui.window.case.checklist_page import ChecklistPage
from clerk_app.ui.window.case.checklist_rows import Mode
from support.people import agent, resident
from support.shell_matters import food
from support.window import NOW
from support.window_views import shown

KEYS = {"Enter": Qt.Key.Key_Return, "+": Qt.Key.Key_Plus, "-": Qt.Key.Key_Minus, "Up": Qt.Key.Key_Up}


class Bench:
    """The page with somebody behind it who keeps the intake, as the case does."""

    def __init__(self, qtbot, matter: Matter | None = None) -> None:
        self.qtbot = qtbot
        self.page = ChecklistPage()
        self.said: list[str] = []
        self.finished = 0
        fresh = Intake("c-1", NOW).with_applicant(resident(), agent())
        self.intake = fresh.with_matter(matter or read_matter(food()), NOW)
        self.page.changed.connect(self.take)
        self.page.refused.connect(self.said.append)
        self.page.finished.connect(self.ended)
        qtbot.addWidget(self.page)
        self.page.resize(846, 560)
        self.page.show()
        self.page.show_intake(self.intake)
        self.page.start()
        qtbot.waitExposed(self.page)

    def take(self, intake: Intake) -> None:
        self.intake = intake
        self.page.show_intake(intake)

    def ended(self) -> None:
        self.finished += 1

    def press(self, *names: str) -> None:
        for name in names:
            code = KEYS.get(name) or Qt.Key[f"Key_{name}"]
            self.qtbot.keyClick(self.page.focusWidget(), code)

    def check(self, material_id: str) -> MaterialCheck:
        return self.intake.checks[material_id]

    @property
    def row(self) -> str:
        """The material under the cursor."""
        return self.page.list.row(self.page.list.current_row())[0].id


@pytest.fixture
def bench(qtbot) -> Bench:
    return Bench(qtbot)


# --- verdicts ---------------------------------------------------------------------------------------------------
def test_enter_takes_what_is_asked_for_and_goes_to_the_next_open_row(bench: Bench) -> None:
    assert bench.row == "form"
    bench.press("Enter")
    assert bench.check("form") == MaterialCheck("form", Verdict.ORIGINAL, pieces=1)
    assert bench.row == "poa", "what the card proved is passed over"


@pytest.mark.parametrize(
    ("key", "verdict", "pieces"),
    [("1", Verdict.ORIGINAL, 3), ("2", Verdict.COPY, 3)],
)
def test_a_digit_says_in_which_form_it_came(bench: Bench, key: str, verdict: Verdict, pieces: int) -> None:
    to_health(bench)
    bench.press(key)
    assert (bench.check("health").verdict, bench.check("health").pieces) == (verdict, pieces)
    assert bench.row == "lease"


def test_a_copy_is_not_taken_for_the_original_that_is_asked(bench: Bench) -> None:
    bench.press("2")
    assert not bench.check("form").decided
    assert bench.said == ["「食品经营许可申请书」要原件 1 份，复印件不能代替；没带原件按 5 记下来"]


def test_the_numeric_keypad_counts_too(bench: Bench) -> None:
    bench.qtbot.keyClick(bench.page.list, Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier)
    assert bench.check("form").verdict is Verdict.ORIGINAL


def test_zero_clears_and_plus_and_minus_count_pieces(bench: Bench) -> None:
    bench.press("Enter", "Up", "Up", "+", "+", "-")
    assert bench.check("form").pieces == 2
    bench.press("0")
    assert bench.check("form") == MaterialCheck("form")


def test_one_piece_too_few_is_never_simply_received(bench: Bench) -> None:
    bench.press("Enter", "Up", "Up", "-")
    assert (bench.check("form").verdict, bench.check("form").phrases) == (Verdict.DEFECTIVE, ("没有提交",))
    bench.press("+")
    assert (bench.check("form").verdict, bench.check("form").pieces) == (Verdict.ORIGINAL, 1)
    bench.page.list.go_to(5)
    bench.press("2")
    bench.page.list.go_to(5)
    bench.press("-")
    assert (bench.check("health").verdict, bench.check("health").pieces) == (Verdict.TOLERATED, 2)
    bench.press("+")
    assert (bench.check("health").verdict, bench.check("health").pieces) == (Verdict.COPY, 3)


def test_too_few_pieces_is_one_of_the_reasons(qtbot) -> None:
    strict = Bench(qtbot, replace(read_matter(food()), tolerance=Tolerance()))
    strict.page.list.go_to(5)
    strict.press("5", "7")
    assert (strict.check("health").phrases, strict.check("health").pieces) == (("份数不足",), 2)
    material, check = strict.page.list.row(5)
    assert "份数不足（收到 2 份）" in rows.spoken_sentence(material, check)
    strict.press("7")
    assert strict.check("health").received, "all three are there after all"
    assert strict.page.list.mode is Mode.VERDICTS


# --- pages ------------------------------------------------------------------------------------------------------
def test_p_counts_pages_and_receives_an_open_row_on_the_way(bench: Bench) -> None:
    bench.press("P")
    assert "正在数页数" in shown(bench.page.legend)
    bench.press("1", "2", "Backspace", "4", "Enter")
    assert (bench.check("form").verdict, bench.check("form").pages) == (Verdict.ORIGINAL, 14)
    assert bench.row == "poa"
    material, check = bench.page.list.row(0)
    assert rows.words(bench.intake.matter, material, check).received == "1 份 14 页"  # type: ignore[arg-type]
    bench.page.list.go_to(0)
    bench.press("P", "3", "Enter")
    assert bench.check("form").pages == 3, "a new number replaces the old one"


def test_esc_gives_up_counting(bench: Bench) -> None:
    bench.press("P", "9")
    assert bench.page.escape()
    assert bench.check("form") == MaterialCheck("form")
    assert bench.page.list.mode is Mode.VERDICTS


def test_there_are_no_pages_of_what_was_not_handed_in(bench: Bench) -> None:
    bench.page.list.go_to(1)
    bench.press("P")
    assert bench.said == ["这一项没有收纸质材料，不用数页数"]
    assert bench.page.list.mode is Mode.VERDICTS


def test_a_takes_all_that_is_open(bench: Bench) -> None:
    bench.press("5", "2", "Enter", "A")
    assert bench.check("form").verdict is Verdict.DEFECTIVE, "what was decided stays"
    assert not [check for _, check in bench.intake.rows if not check.decided]
    assert bench.row == "form", "the row with the defect is what is left to look at"


def test_after_the_last_row_the_way_on_has_the_focus(bench: Bench) -> None:
    bench.press(*["Enter"] * 5)
    assert bench.page.focusWidget() is bench.page.go
    bench.press("Enter")
    assert bench.finished == 1


# --- defects ----------------------------------------------------------------------------------------------------
def test_digits_choose_defects_while_the_row_is_open(bench: Bench) -> None:
    bench.press("Enter", "Enter", "5")
    assert bench.page.list.mode is Mode.DEFECTS
    bench.press("2", "3")
    assert bench.check("layout").phrases == ("未标注操作流向", "未标注面积")
    bench.press("2")
    assert bench.check("layout").phrases == ("未标注面积",)
    bench.press("C")
    assert bench.check("layout").on_site
    bench.press("Enter")
    assert bench.page.list.mode is Mode.VERDICTS
    assert bench.row == "health"


def test_the_sentence_of_the_notice_stands_in_the_row(bench: Bench) -> None:
    bench.press("Enter", "Enter", "5", "2")
    material, check = bench.page.list.row(bench.page.list.current_row())
    assert rows.spoken_sentence(material, check) == f"告知书将写：{notice_sentence(material, check)}"
    closed, opened = (rows.open_height(846, material, check, mode) for mode in (Mode.VERDICTS, Mode.DEFECTS))
    assert opened > closed
    assert bench.page.list.visualRect(bench.page.list.currentIndex()).height() == opened


def test_not_handed_in_stands_alone(bench: Bench) -> None:
    bench.press("Enter", "Enter", "5", "2", "1")
    assert bench.check("layout").phrases == ("没有提交",)
    assert bench.check("layout").pieces == 0


def test_a_defect_needs_a_reason(bench: Bench) -> None:
    bench.press("5", "Enter")
    assert bench.said == ["先选哪里不对（按数字），或按 E 自己写"]
    assert bench.page.list.mode is Mode.DEFECTS


@pytest.mark.parametrize("leaving", ["escape", "Up", "F9"])
def test_an_opened_row_without_a_reason_is_again_what_it_was(bench: Bench, leaving: str) -> None:
    bench.press("Enter", "5")
    before = MaterialCheck("poa")
    if leaving == "escape":
        assert bench.page.escape()
    elif leaving == "F9":
        bench.qtbot.keyClick(bench.page.list, Qt.Key.Key_F9)
        bench.qtbot.waitUntil(lambda: bench.finished == 1)
    else:
        bench.press(leaving)
    assert bench.check("poa") == before
    assert bench.page.list.mode is Mode.VERDICTS
    assert not bench.page.escape(), "nothing is open any more"


def test_esc_keeps_the_reasons_that_were_chosen(bench: Bench) -> None:
    bench.press("5", "2")
    assert bench.page.escape()
    assert bench.check("form").phrases == ("没有签名或盖章",)


def test_undo_closes_the_row(bench: Bench) -> None:
    before = bench.intake
    bench.press("5")
    bench.take(before)
    assert bench.page.list.mode is Mode.VERDICTS
    bench.press("1")
    assert bench.check("form").verdict is Verdict.ORIGINAL, "digits are verdicts again"


def test_the_clerk_writes_the_sentence(bench: Bench) -> None:
    bench.press("5", "2", "E")
    line = bench.page.focusWidget()
    assert isinstance(line, QLineEdit)
    assert line.text() == notice_sentence(*bench.page.list.row(0))
    line.setText("请法定代表人在第 2 页签名")
    bench.press("Enter")
    assert bench.check("form").sentence == "请法定代表人在第 2 页签名"
    assert bench.page.focusWidget() is bench.page.list
    bench.press("E")
    bench.page.focusWidget().setText("别的")  # type: ignore[union-attr]
    assert bench.page.escape()
    assert bench.check("form").sentence == "请法定代表人在第 2 页签名"
    assert bench.page.focusWidget() is bench.page.list


# --- owed -------------------------------------------------------------------------------------------------------
def to_health(bench: Bench) -> None:
    bench.press("Enter", "Enter", "Enter")
    assert bench.row == "health"


def test_how_many_are_owed(bench: Bench) -> None:
    to_health(bench)
    bench.press("4", "2")
    assert (bench.check("health").verdict, bench.check("health").pieces) == (Verdict.TOLERATED, 1)
    bench.press("+")
    assert bench.check("health").pieces == 0
    bench.press("+", "-", "-", "-")
    assert bench.check("health").pieces == 2, "at least one is owed"
    bench.press("Enter")
    assert bench.row == "lease"


def test_esc_takes_a_tolerance_back(bench: Bench) -> None:
    to_health(bench)
    bench.press("2", "Up", "4")
    assert bench.check("health").verdict is Verdict.TOLERATED
    assert bench.page.escape()
    assert bench.check("health").verdict is Verdict.COPY


# --- mouse ------------------------------------------------------------------------------------------------------
def test_clicks_choose_rows_marks_and_chips(bench: Bench) -> None:
    view = bench.page.list
    lease = view.visualRect(view.model().index(6, 0))
    bench.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=lease.center())
    assert bench.row == "lease"
    assert not bench.check("lease").decided, "a click into the row decides nothing"
    mark = rows.geometry(lease).mark.center()
    bench.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert bench.check("lease").verdict is Verdict.COPY
    layout = view.visualRect(view.model().index(4, 0))
    bench.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=layout.center())
    bench.press("5")
    bench.page.grab()
    material, _ = view.row(4)
    chip = rows.chips(view.visualRect(view.currentIndex()), material)[2]
    bench.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=chip.rect.center())
    assert bench.check("layout").phrases == (chip.phrase,)
    bench.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, view.height() - 5))
    assert bench.row == "layout", "below the rows is nothing to choose"


# --- words ------------------------------------------------------------------------------------------------------
def test_the_legend_shows_the_keys_of_the_mode_that_is_on(bench: Bench) -> None:
    assert "按要求收" in shown(bench.page.legend)
    bench.press("5")
    assert "正在选问题" in shown(bench.page.legend)
    assert "可当场更正" in shown(bench.page.legend)
    assert "按要求收" not in shown(bench.page.legend)
    bench.page.escape()
    bench.press("A", "0")
    to_last = bench.page.list
    to_last.go_to(5)
    bench.press("4")
    assert "正在选欠几份" in shown(bench.page.legend)


def test_what_blocks_stands_beside_the_way_on(bench: Bench) -> None:
    assert bench.page.blocking.text() == "还有 5 项未查，查完才能受理"
    bench.press("5", "2", "Enter")
    assert "1 处问题" in bench.page.blocking.text()
    assert "一次告知" in bench.page.blocking.text()
    bench.press("A")
    assert "未查" not in bench.page.blocking.text()
    bench.press("Enter")
    bench.page.list.go_to(0)
    bench.page.list.setFocus()
    bench.press("0", "Enter")
    assert bench.page.blocking.text() == ""


def test_a_screen_reader_hears_the_row(bench: Bench) -> None:
    bench.press("Enter", "Enter", "5", "2", "C", "Enter")
    view = QAccessible.queryAccessibleInterface(bench.page.list)
    heard = [view.child(row).text(QAccessible.Text.Name) for row in range(view.childCount())]
    assert heard == [
        "材料 1，食品经营许可申请书，已收 · 原件",
        "材料 2，申请人身份证，免交 · 身份证已读",
        "材料 3，授权委托书，已收 · 原件",
        "材料 4，代理人身份证，免交 · 身份证已读",
        "材料 5，经营场所平面图和操作流程图，有问题，1 处 · 可当场更正",
        "材料 6，从业人员健康证明，未查",
        "材料 7，经营场所使用证明，未查",
    ]


def test_a_long_list_says_how_much_is_out_of_sight(qtbot) -> None:
    matter = read_matter(food())
    base = matter.material("form")
    many = tuple(replace(base, id=f"m{n}", name=f"材料之{n}") for n in range(40))
    bench = Bench(qtbot, replace(matter, materials=many))
    above, below = bench.page.list.out_of_sight()
    assert above == 0
    assert below > 20
    assert f"下面还有 {below} 项" in shown(bench.page)
    bench.press(*["Enter"] * 20)
    above, below = bench.page.list.out_of_sight()
    assert above > 0
    assert f"上面还有 {above} 项，下面还有 {below} 项" in shown(bench.page)
    viewport = bench.page.list.viewport().rect()
    assert viewport.contains(bench.page.list.visualRect(bench.page.list.currentIndex())), "the row at hand is seen"
