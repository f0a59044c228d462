"""Papers go to the back office: everything chosen at first, one sheet for each department, nothing twice."""

from __future__ import annotations

from typing import Any

from clerk_app.domain.cases import CaseStep
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.services.steps.values import OpenFile
from support.results import Errand
from support.shell_matters import HOUSE


def _room(hall: Errand) -> Any:
    assert hall.seat.shell.errands is not None
    return hall.seat.shell.errands.hand_over


def _handed(hall: Errand, opened: OpenFile) -> bool:
    known = hall.seat.desk.files.known(opened.file.case_id)
    assert known is not None
    return any(act.step is CaseStep.HAND_OVER for act in known.file.acts)


def _sheets(hall: Errand) -> list[str]:
    jobs = [job.decode() for job in hall.seat.window.page_printer.jobs]
    return [job for job in jobs if "handover_sheet" in job]


def test_two_keys_hand_over_everything_by_department(qtbot) -> None:
    hall = Errand(qtbot)
    food, house = hall.accepted(), hall.accepted(code=HOUSE)
    hall.told()
    hall.seat.press("Alt+J")
    assert "交给 明河区市场监督管理局 · 1 件" in _room(hall).list.rows
    assert "打印 2 张交接单" in _room(hall).go.text()
    hall.seat.press("F9")
    assert hall.seat.count() == 2
    sheets = _sheets(hall)
    assert len(sheets) == 2
    assert food.file.opening.case_number in sheets[0] + sheets[1]
    assert _handed(hall, food)
    assert _handed(hall, house)
    assert hall.state_of(food) == "accepted", "the case stays where it is"
    assert "没有要交给后台的纸质材料" in hall.seat.shown()


def test_what_is_not_chosen_stays_here(qtbot) -> None:
    hall = Errand(qtbot)
    first, second = hall.accepted(), hall.accepted()
    hall.told()
    hall.seat.press("Alt+J", "Space", "F9")
    assert not _handed(hall, first)
    assert _handed(hall, second)
    assert [line.case_id for line in _room(hall).list.lines] == [first.file.case_id]


def test_nothing_chosen_prints_nothing(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.accepted()
    hall.told()
    hall.seat.press("Alt+J", "A", "F9")
    assert "还没有选要交接的办件" in hall.seat.shown()
    assert not _handed(hall, opened)
    hall.seat.press("A", "F9")
    assert _handed(hall, opened)


def test_the_arrows_pass_over_the_departments(qtbot) -> None:
    hall = Errand(qtbot)
    hall.accepted()
    hall.accepted(code=HOUSE)
    hall.told()
    hall.seat.press("Alt+J")
    listed = _room(hall).list
    rows = [listed.currentIndex().row()]
    hall.seat.press("Down")
    rows.append(listed.currentIndex().row())
    hall.seat.press("Down")
    rows.append(listed.currentIndex().row())
    assert rows == [1, 3, 3]


def test_a_sheet_that_did_not_come_out_is_printed_again_and_not_made_again(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.accepted()
    hall.told()
    hall.seat.window.page_printer.results = [PrintResult(PrintOutcome.REFUSED, "A4 打印机缺纸")]
    hall.seat.press("Alt+J", "F9")
    assert "已登记交接，单子没有打出来：A4 打印机缺纸" in hall.seat.toast
    hall.seat.press("F9")
    assert len(_sheets(hall)) == 1
    known = hall.seat.desk.files.known(opened.file.case_id)
    assert known is not None
    assert [act.step for act in known.file.acts].count(CaseStep.HAND_OVER) == 1
    hall.seat.press("Esc")
    assert hall.seat.focus() is hall.seat.shell.idle.call


def test_with_nothing_here_esc_leads_back(qtbot) -> None:
    hall = Errand(qtbot)
    hall.seat.press("Alt+J")
    assert "没有要交给后台的纸质材料" in hall.seat.shown()
    hall.seat.press("Esc")
    assert hall.seat.shell.middle.currentWidget() is hall.seat.shell.idle
