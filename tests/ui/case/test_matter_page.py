"""Step 2 alone: typing ahead of the answers, the input method, questions by digit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.domain.intake import Intake
from clerk_app.services.window.matter_index import MatterHit
from clerk_app.ui.window.case.matter_page import MatterPage
from support.people import resident
from support.shell_matters import FOOD, food
from support.window import NOW
from support.window_views import shown

FRESH = Intake("c-1", NOW).with_applicant(resident())


def hits(*names: str) -> tuple[MatterHit, ...]:
    return tuple(MatterHit(f"code-{name}", name, "明河区人社局", "公共服务事项", True) for name in names)


class Bench:
    """The page, and an answer to its searches when the test gives one."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.page = MatterPage()
        self.asked: list[str] = []
        self.picked: list[str] = []
        self.finished = 0
        self.page.search_wanted.connect(self.asked.append)
        self.page.picked.connect(self.picked.append)
        self.page.changed.connect(self.page.show_intake)
        self.page.changed.connect(self.keep)
        self.page.finished.connect(self.ended)
        qtbot.addWidget(self.page)
        self.page.resize(846, 560)
        self.page.show()
        self.page.show_intake(FRESH)
        self.page.start()
        qtbot.waitExposed(self.page)

    def keep(self, intake: Intake) -> None:
        self.intake = intake

    def ended(self) -> None:
        self.finished += 1

    def answer(self, query: str, found: Sequence[MatterHit]) -> None:
        self.page.show_hits(query, found)

    def key(self, code: Qt.Key) -> None:
        self.qtbot.keyClick(self.page.focusWidget(), code)

    def choose_food(self, **changes: object) -> None:
        record = {**food(), **changes}
        self.page.show_intake(FRESH.with_matter(read_matter(record), NOW))
        self.page.start()


@pytest.fixture
def bench(qtbot) -> Bench:
    return Bench(qtbot)


# --- finding ----------------------------------------------------------------------------------------------------
def test_the_list_begins_with_what_is_used_most(bench: Bench) -> None:
    assert bench.asked == [""]
    bench.answer("", hits("社会保障卡补领", "失业登记"))
    assert "常办的排在前面" in shown(bench.page)
    bench.key(Qt.Key.Key_Return)
    assert bench.picked == ["code-社会保障卡补领"]


def test_enter_before_the_answer_picks_when_it_is_there(bench: Bench) -> None:
    bench.answer("", hits("社会保障卡补领"))
    bench.qtbot.keyClicks(bench.page.query, "sy")
    bench.key(Qt.Key.Key_Return)
    assert bench.picked == [], "not what the list still shows"
    bench.answer("s", hits("失业登记", "社会保障卡补领"))
    assert bench.picked == [], "an answer to an older query picks nothing"
    bench.answer("sy", hits("失业登记"))
    assert bench.picked == ["code-失业登记"]


def test_typing_on_takes_an_early_enter_back(bench: Bench) -> None:
    bench.qtbot.keyClicks(bench.page.query, "s")
    bench.key(Qt.Key.Key_Return)
    bench.qtbot.keyClicks(bench.page.query, "y")
    bench.answer("sy", hits("失业登记"))
    assert bench.picked == []


def test_arrows_choose_a_line(bench: Bench) -> None:
    bench.answer("", hits("一", "二", "三"))
    for code in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return):
        bench.key(code)
    assert bench.picked == ["code-二"]


def test_a_click_picks(bench: Bench) -> None:
    bench.answer("", hits("一", "二"))
    place = bench.page.hits.visualRect(bench.page.hits.model().index(1, 0)).center()
    bench.qtbot.mouseClick(bench.page.hits.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert bench.picked == ["code-二"]
    assert bench.page.focusWidget() is bench.page.query


def test_letters_in_composition_are_searched_too(bench: Bench) -> None:
    composing = QInputMethodEvent("shi'ye", [])
    QApplication.sendEvent(bench.page.query, composing)
    assert bench.asked[-1] == "shiye"
    done = QInputMethodEvent()
    done.setCommitString("失业")
    QApplication.sendEvent(bench.page.query, done)
    assert bench.asked[-1] == "失业"


def test_nothing_found_says_what_to_try(bench: Bench) -> None:
    bench.qtbot.keyClicks(bench.page.query, "zzz")
    bench.answer("zzz", ())
    assert "没有找到这样的事项" in shown(bench.page)
    bench.key(Qt.Key.Key_Return)
    assert bench.picked == []


def test_the_next_citizen_starts_with_an_empty_line(bench: Bench) -> None:
    bench.qtbot.keyClicks(bench.page.query, "spjy")
    bench.page.show_intake(Intake("c-2", NOW).with_applicant(resident()))
    assert bench.page.query.text() == ""
    assert bench.asked[-1] == "", "and the most used again"


# --- answering --------------------------------------------------------------------------------------------------
def test_digits_answer_one_question_after_the_other(bench: Bench) -> None:
    bench.choose_food()
    assert bench.page.question_at() == 0
    assert "是否委托他人代办" not in shown(bench.page), "step 1 knows who came"
    bench.key(Qt.Key.Key_1)
    assert bench.page.question_at() == 1
    bench.key(Qt.Key.Key_2)
    assert bench.intake.answers["q_size"] == ("middle",)
    assert bench.finished == 1


def test_enter_keeps_what_is_preset(bench: Bench) -> None:
    bench.choose_food()
    bench.key(Qt.Key.Key_Return)
    bench.key(Qt.Key.Key_Return)
    assert bench.finished == 1


def test_arrows_go_back_to_a_question(bench: Bench) -> None:
    bench.choose_food()
    bench.key(Qt.Key.Key_1)
    bench.key(Qt.Key.Key_Up)
    assert bench.page.question_at() == 0
    bench.key(Qt.Key.Key_9)
    assert bench.page.question_at() == 0, "there is no ninth answer"


def test_an_answer_that_ends_it_says_why_and_where_to_go(bench: Bench) -> None:
    bench.choose_food()
    bench.key(Qt.Key.Key_4)
    words = shown(bench.page)
    assert "食品生产由市局受理" in words
    assert "应找明河市市场监督管理局" in words
    assert "食品安全法第三十五条" in words
    assert bench.page.go.text() == "去结论"
    assert bench.page.question_at() == 0, "the clerk reads it before going on"
    bench.key(Qt.Key.Key_1)
    assert bench.page.go.text() == "看材料"


def test_several_answers_are_toggled_and_enter_goes_on(bench: Bench) -> None:
    record = food()
    record["situations"][2]["multiple"] = True
    bench.choose_food(situations=record["situations"])
    bench.key(Qt.Key.Key_1)
    bench.key(Qt.Key.Key_2)
    assert bench.intake.answers["q_size"] == ("small", "middle")
    assert bench.finished == 0
    bench.key(Qt.Key.Key_1)
    assert bench.intake.answers["q_size"] == ("middle",)
    bench.key(Qt.Key.Key_Return)
    assert bench.finished == 1


def test_a_click_answers(bench: Bench) -> None:
    bench.choose_food()
    chip = next(c for c in bench.page.chips() if c.text() == "150 至 500 平方米")
    bench.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert bench.intake.answers["q_size"] == ("middle",)
    assert bench.page.focusWidget() is bench.page.questions


def test_the_matter_that_is_open_is_not_picked_again(bench: Bench) -> None:
    bench.choose_food()
    bench.page.search()
    bench.answer("", (MatterHit(FOOD, "食品经营许可（新办）", "", "", True),))
    bench.key(Qt.Key.Key_Return)
    assert bench.picked == []
    assert bench.page.focusWidget() is bench.page.questions
