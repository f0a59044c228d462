"""网上预审 at the counter: the number that the citizen quotes fills the case."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.errors import NotFound
from clerk_app.ports.hall import PartyRecord
from clerk_app.ports.hall_cases import PreCheck
from clerk_app.ports.window import Step
from support.shell import APPLICANT, HallCounter, Seat
from support.shell_matters import FOOD
from support.window import NOW

NUMBER = "WSYS-2026-000123"
CHECKED = PreCheck(
    number=NUMBER,
    matter_code=FOOD,
    applicant=PartyRecord("person", APPLICANT.name, "111", APPLICANT.id_number),
    checked_at=NOW,
    checked_by="赵敏",
    result="材料齐全",
    passed=True,
    answers={"q_kind": ["catering"], "q_size": ["middle"]},
    checks=(
        MaterialCheck("layout", Verdict.ELECTRONIC, pieces=1, pages=2),
        MaterialCheck("lease", Verdict.ELECTRONIC, pieces=1, pages=3),
    ),
)


class PreChecked(HallCounter):
    """A hall that knows one pre-check."""

    found = CHECKED

    def pre_check(self, number: str) -> PreCheck:
        if number != self.found.number:
            raise NotFound("没有这个编号的网上预审，请再看一遍编号")
        return self.found


def _typed(qtbot, counter: HallCounter, number: str) -> Seat:
    seat = Seat(qtbot, counter=counter)
    seat.called(APPLICANT)
    seat.press("Enter")
    seat.type(number)
    assert "按 Enter 填入" in seat.shown()
    seat.press("Enter")
    return seat


def test_the_number_fills_matter_answers_and_verdicts_and_says_so(qtbot) -> None:
    seat = _typed(qtbot, PreChecked(), NUMBER)
    assert seat.work.step is Step.MATERIALS
    intake = seat.work.intake
    assert intake is not None
    assert intake.pre_check == NUMBER
    assert intake.answers["q_size"] == ("middle",)
    assert {material.id for material, check in intake.rows if check.decided} >= {"layout", "lease", "id"}
    assert f"已按预审 {NUMBER} 填入：张三" in seat.toast


def test_one_key_takes_it_back(qtbot) -> None:
    seat = _typed(qtbot, PreChecked(), NUMBER)
    seat.press("Ctrl+Z")
    assert seat.work.intake is not None
    assert seat.work.intake.pre_check == ""
    assert seat.work.intake.matter is None
    assert seat.work.step is Step.MATTER, "the matter is asked for again"


def test_a_number_that_nobody_knows_says_so_and_the_search_stays(qtbot) -> None:
    seat = _typed(qtbot, PreChecked(), "WSYS-2026-999999")
    assert "没有这个编号的网上预审" in seat.toast
    assert seat.work.step is Step.MATTER
    assert seat.focus() is seat.case.matter.query


def test_somebody_elses_pre_check_is_refused(qtbot) -> None:
    counter = PreChecked()
    other = PartyRecord("person", "李四", "111", "110101199003070038")
    counter.found = replace(CHECKED, applicant=other)
    seat = _typed(qtbot, counter, NUMBER)
    assert "不是同一个" in seat.toast
    assert seat.work.intake is not None
    assert seat.work.intake.matter is None


def test_letters_that_are_no_number_only_find_nothing(qtbot) -> None:
    seat = Seat(qtbot, counter=PreChecked())
    seat.called(APPLICANT)
    seat.press("Enter")
    seat.shell.toast.dismiss()
    seat.type("zzzz")
    seat.press("Enter")
    assert "没有找到这样的事项" in seat.shown()
    assert seat.toast == ""
