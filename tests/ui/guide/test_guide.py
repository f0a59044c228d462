"""The guide desk: a number or a slot for a citizen by a few keys, the advice travels, the own queue stays as it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clerk_app.domain.queue import PrintState, PriorityClass
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.hall_queue import CardPerson
from clerk_app.ports.hall_running import Slot
from support.guide_seat import GuideSeat
from support.halls import NOW
from support.look import clipped_labels, grab
from support.shell import APPLICANT

CARD = CardPerson(APPLICANT.display_name, APPLICANT.id_number, APPLICANT.birth)


@pytest.fixture
def desk(qtbot: Any) -> GuideSeat:
    return GuideSeat(qtbot)


def test_a_number_takes_three_keys_and_is_printed(desk: GuideSeat, tmp_path: Path) -> None:
    desk.press("Alt+Y", "1", "F9")
    (wish,) = desk.hall.wishes
    assert (wish.group_id, wish.priority, wish.card) == ("g-A", PriorityClass.ORDINARY, None)
    assert desk.room.done.number.text() == "A047"
    assert desk.room.done.line.text() == "前面 9 人，大约等 11 分"
    assert desk.notes.drawn[-1].machine == "导办台"
    assert desk.hall.states == [("t-A047", PrintState.PRINTED)]
    assert desk.room.done.paper.text() == "小票打好了"
    assert clipped_labels(desk.seat.shell) == []
    grab(desk.seat.shell, "guide-done", tmp_path)
    desk.press("F9")
    assert desk.room.stack.currentIndex() == 0
    assert desk.room._wish.group is None


def test_priority_and_matters_go_with_the_number(desk: GuideSeat, tmp_path: Path) -> None:
    desk.press("Alt+Y", "1", "A", "M")
    desk.seat.type("spjy")
    desk.press("Enter")
    assert len(desk.room._wish.matters) == 1
    assert clipped_labels(desk.seat.shell) == []
    grab(desk.seat.shell, "guide-form", tmp_path)
    desk.press("F9")
    (wish,) = desk.hall.wishes
    assert wish.priority is PriorityClass.CARE
    assert len(wish.matters) == 1
    paper = desk.notes.drawn[-1]
    assert paper.priority == "爱心号"
    assert "食品经营许可申请书" in [item.name for item in paper.matters[0].bring]


def test_the_advice_that_was_given_travels_to_the_window(desk: GuideSeat) -> None:
    desk.press("Alt+C")
    desk.seat.type("spjy")
    desk.press("Enter", "1", "1", "F9", "Alt+Y", "1", "F9")
    (wish,) = desk.hall.wishes
    assert wish.guidance
    assert len(wish.matters) == 1
    desk.press("F9", "1", "F9")
    assert desk.hall.wishes[-1].guidance == ""


def test_a_card_is_bound_and_its_appointment_comes_first(desk: GuideSeat) -> None:
    made = desk.hall.appoint(CARD, "12345678")
    desk.press("Alt+Y")
    desk.seat.lay(APPLICANT)
    assert "10:30 有预约" in desk.room.form.person.text()
    assert desk.room.go.text() == "按预约取号并打印"
    desk.press("F9")
    assert desk.room.done.line.text() == "预约 10:30，前面 9 人，大约等 11 分"
    assert desk.notes.drawn[-1].appointment == made.starts_at


def test_a_slot_is_booked_for_the_card_and_its_code_is_shown(desk: GuideSeat, tmp_path: Path) -> None:
    start = NOW.replace(minute=30)
    desk.hall.slots_of = {
        NOW.date(): tuple(
            Slot("g-A", start + timedelta(minutes=30 * at), start + timedelta(minutes=30 * at + 30), left)
            for at, left in enumerate((0, 2, 4))
        )
    }
    desk.press("Alt+Y", "1", "B")
    desk.press("F9")
    assert desk.hall.booked == []
    desk.seat.lay(APPLICANT)
    desk.press("Down")
    grab(desk.seat.shell, "guide-booking", tmp_path)
    desk.press("F9")
    (wish,) = desk.hall.booked
    assert (wish.card, wish.starts_at) == (CARD, start + timedelta(minutes=60))
    assert desk.room.done.number.text() == "8000 0001"
    assert desk.room.done.line.text() == "11月23日 11:30–12:00"
    assert desk.hall.wishes == []
    grab(desk.seat.shell, "guide-booked", tmp_path)


def test_a_lost_answer_never_makes_a_second_number(desk: GuideSeat) -> None:
    desk.hall.lose_answers = 1
    desk.press("Alt+Y", "1", "F9")
    assert desk.room.stack.currentIndex() == 0
    desk.press("F9")
    assert list(desk.hall.tickets) == ["t-A047"]
    assert desk.room.done.number.text() == "A047"


def test_a_paper_that_did_not_come_is_said_and_can_be_printed_again(desk: GuideSeat) -> None:
    desk.printer.results = [PrintResult(PrintOutcome.REFUSED, "缺纸")]
    desk.press("Alt+Y", "1", "F9")
    assert "没有打出来：缺纸" in desk.room.done.paper.text()
    desk.press("P")
    desk.press("P")
    assert [paper.reprint for paper in desk.notes.drawn] == [0, 0, 1]
    assert [state for _, state in desk.hall.states] == [PrintState.FAILED, PrintState.PRINTED, PrintState.PRINTED]


def test_a_number_without_paper_is_told_by_mouth(desk: GuideSeat) -> None:
    desk.press("Alt+Y", "1", "N", "F9")
    assert desk.notes.drawn == []
    assert desk.room.done.paper.text() == "没有打小票，请群众记住号码"
    assert not desk.hall.wishes[-1].paper


def test_a_window_without_a_printer_asks_for_no_paper(qtbot: Any) -> None:
    desk = GuideSeat(qtbot, printer=False)
    desk.press("Alt+Y", "2", "F9")
    assert not desk.hall.wishes[-1].paper
    assert not desk.room.again.isVisible()


def test_a_closed_hall_says_so_and_takes_nothing(desk: GuideSeat) -> None:
    desk.hall.closed = "今天的取号结束了"
    desk.press("Alt+Y", "1", "F9")
    assert desk.hall.wishes == []
    assert not any(chip.isEnabled() for chip in desk.room.form.groups)


def test_taking_a_number_leaves_the_windows_own_queue_alone(desk: GuideSeat) -> None:
    before = list(desk.seat.counter.tickets)
    desk.press("Alt+Y", "1", "F9", "Esc")
    assert desk.seat.counter.tickets == before
    assert desk.seat.shell.middle.currentWidget() is desk.seat.shell.idle
