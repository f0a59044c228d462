"""What stands around the counter does what the keyboard does: keypad, strip, scanner, voice, the tablet's pairing."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from clerk_app.domain.queue import AwayReason, HoldKind, TicketState, WindowState
from clerk_app.ports.counter_devices import CallerKey
from clerk_app.ports.devices import DeviceFault
from clerk_app.ports.hall_queue import Hold
from clerk_app.services.window.strip import strip_line
from clerk_app.ui.window.scanning import APPOINTMENT, NOT_HERE
from support.counter_devices import AroundSeat

AWAY = DeviceFault("叫号键盘没有连上，请检查连线；先用电脑键盘叫号", "not_connected")


@pytest.fixture
def seat(qtbot: Any) -> AroundSeat:
    made = AroundSeat(qtbot)
    made.log_in()
    return made


def called(seat: AroundSeat, count: int = 2) -> None:
    seat.counter.add_tickets(count)
    seat.key(CallerKey.CALL)


# --- the keypad on the desk ---------------------------------------------------------------------------------------
def test_calling_by_the_keypad_is_f2_and_its_digits_say_who(seat: AroundSeat) -> None:
    seat.counter.add_tickets(2)
    seat.control.refresh_view()
    seat.turn("caller")
    assert seat.caller.shown == 2
    seat.key(CallerKey.CALL)
    assert seat.control.ticket is not None
    seat.turn("caller")
    assert seat.caller.shown == seat.control.ticket.number


def test_nobody_else_is_called_while_somebody_is_served(seat: AroundSeat) -> None:
    called(seat)
    served = seat.control.ticket
    seat.key(CallerKey.CALL)
    assert seat.control.ticket is served
    assert "再按“呼叫”" in seat.toast


def test_recall_miss_hold_take_back_transfer_and_pause_do_what_the_keyboard_does(seat: AroundSeat) -> None:
    called(seat)
    ticket = seat.control.ticket
    assert ticket is not None
    seat.key(CallerKey.RECALL)
    assert seat.control.ticket is not None
    assert seat.control.ticket.recalls == ticket.recalls + 1
    seat.key(CallerKey.TRANSFER)
    assert seat.shell.rooms.current is seat.shell.screens.queue.transfer
    seat.press("Esc")
    seat.key(CallerKey.HOLD)
    assert seat.shell.rooms.current is seat.shell.screens.queue.hold
    seat.press("1")
    assert seat.control.ticket is None
    assert seat.counter.tickets[0].state is TicketState.HELD
    seat.key(CallerKey.TAKE_BACK)
    assert seat.control.ticket is not None
    assert seat.control.ticket.ticket_id == ticket.ticket_id
    seat.press("F8", "1")
    called(seat)
    seat.key(CallerKey.MISS)
    assert seat.counter.tickets[1].state is TicketState.MISSED
    seat.key(CallerKey.PAUSE)
    assert seat.shell.rooms.current is seat.shell.screens.queue.standing
    seat.press("1")
    assert seat.control.state is WindowState.AWAY
    seat.key(CallerKey.PAUSE)
    assert seat.control.state is not WindowState.AWAY


def test_without_a_login_no_key_does_anything(qtbot: Any) -> None:
    seat = AroundSeat(qtbot)
    seat.counter.add_tickets(1)
    seat.key(CallerKey.CALL)
    assert seat.control.ticket is None
    assert seat.counter.tickets[0].state is TicketState.WAITING


def test_a_keypad_that_is_away_stops_nothing_and_is_told_again_when_it_is_back(seat: AroundSeat) -> None:
    seat.caller.away = AWAY
    seat.turn("caller")
    seat.counter.add_tickets(1)
    seat.press("F2")
    assert seat.control.ticket is not None
    assert seat.toast == "" or "叫号键盘" not in seat.toast
    seat.caller.away = None
    seat.shell.screens.around.caller.start()
    seat.turn("caller")
    assert seat.caller.shown == seat.control.ticket.number


def test_a_key_of_somebody_elses_driver_that_is_unknown_does_nothing(seat: AroundSeat) -> None:
    seat.caller.next = "self_destruct"
    seat.turn("caller")
    assert seat.control.ticket is None


# --- the strip ----------------------------------------------------------------------------------------------------
def test_the_strip_says_whom_the_window_calls_and_stops_saying_it(seat: AroundSeat) -> None:
    assert seat.board.lines[-1] == "12号窗口"
    called(seat)
    assert seat.control.ticket is not None
    number = seat.control.ticket.number
    assert seat.board.lines[-1] == f"请{number}到12号窗口"
    seat.control.begin_service()
    seat.settle()
    assert seat.board.lines[-1] == f"请{number}到12号窗口"
    seat.press("F8", "1")
    assert seat.board.lines[-1] == "12号窗口"
    assert not [line for line in seat.board.lines if "张" in line]


def test_the_strip_says_when_the_window_pauses_and_goes_quiet_with_the_program(seat: AroundSeat) -> None:
    seat.control.go_away(AwayReason.MEETING)
    seat.settle()
    assert seat.board.lines[-1] == "12号窗口暂停"
    seat.control.come_back()
    seat.settle()
    called(seat)
    seat.shell.close()
    assert seat.board.lines[-1] == "12号窗口暂停"


def test_what_could_not_be_sent_is_sent_again(seat: AroundSeat) -> None:
    seat.board.away = DeviceFault("窗口屏没有连上", "not_connected")
    called(seat)
    assert seat.control.ticket is not None
    assert seat.board.lines[-1] == "12号窗口"
    seat.board.away = None
    seat.shell.screens.around.strip._again.timeout.emit()
    seat.settle()
    assert seat.board.lines[-1] == f"请{seat.control.ticket.number}到12号窗口"


@pytest.mark.parametrize(
    ("state", "number", "line"),
    [
        (WindowState.CALLING, "A035", "请A035到3号窗口"),
        (WindowState.FREE, "", "3号窗口"),
        (WindowState.AWAY, "", "3号窗口暂停"),
        (WindowState.OFF, "", "3号窗口停办"),
    ],
)
def test_the_words_of_the_strip(state: WindowState, number: str, line: str) -> None:
    assert strip_line("3", state, number) == line


# --- the scanner --------------------------------------------------------------------------------------------------
def test_a_receipts_code_opens_the_case(seat: AroundSeat) -> None:
    opened: list[str] = []
    seat.control.files.open = lambda reference, **_: opened.append(reference)  # type: ignore[method-assign]
    seat.scan("https://hall.example/q/MH-12-20261123-0031")
    seat.scan("ＭＨ—12—20261123—0032")
    assert opened == ["MH-12-20261123-0031", "MH-12-20261123-0032"]


def test_the_paper_of_a_held_or_missed_ticket_brings_it_back(seat: AroundSeat) -> None:
    called(seat)
    ticket = seat.control.ticket
    assert ticket is not None
    seat.control.hold(Hold(next(iter(HoldKind))))
    seat.settle()
    assert seat.control.ticket is None
    seat.scan(ticket.number)
    assert seat.control.ticket is not None
    assert seat.control.ticket.ticket_id == ticket.ticket_id
    seat.scan(ticket.number)
    assert "正在本窗口办理" in seat.toast
    seat.press("F4")
    seat.scan(ticket.number)
    assert seat.control.ticket is not None


def test_another_windows_ticket_is_not_called_out_of_turn(seat: AroundSeat) -> None:
    called(seat)
    seat.scan("A999")
    assert seat.toast == NOT_HERE
    assert seat.counter.tickets[1].state is TicketState.WAITING


def test_an_appointment_says_where_it_goes(seat: AroundSeat) -> None:
    seat.scan("1234 5678")
    assert seat.toast == APPOINTMENT


def test_a_code_that_is_none_of_ours_goes_where_the_clerk_is_typing(seat: AroundSeat) -> None:
    seat.press("F6")
    field = seat.focus()
    assert isinstance(field, QLineEdit)
    seat.scan("SF-courier/778")
    assert field.text() == "SF-courier/778"


def test_without_a_login_nothing_is_opened(qtbot: Any) -> None:
    seat = AroundSeat(qtbot)
    opened: list[str] = []
    seat.control.files.open = lambda reference, **_: opened.append(reference)  # type: ignore[method-assign]
    seat.scan("MH-12-20261123-0031")
    assert opened == []


# --- a scanner that types -----------------------------------------------------------------------------------------
class Keys:
    """Keys with the keyboard's own clock."""

    def __init__(self, seat: AroundSeat) -> None:
        self._seat, self._at = seat, 1_000

    def type(self, text: str, gap: int) -> None:
        for letter in text:
            self._at += gap
            self._send(0 if letter != "\r" else Qt.Key.Key_Return, letter)

    def _send(self, code: int, letter: str) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, code or ord(letter.upper()), Qt.KeyboardModifier.NoModifier, letter)
        event.setTimestamp(self._at)
        QApplication.sendEvent(self._seat.focus(), event)


@pytest.fixture
def typed(qtbot: Any) -> AroundSeat:
    made = AroundSeat(qtbot, types=True)
    made.log_in()
    yield made
    made.shell.screens.around.stop()


def test_a_burst_is_a_code_and_no_letter_of_it_reaches_the_field(typed: AroundSeat) -> None:
    opened: list[str] = []
    typed.control.files.open = lambda reference, **_: opened.append(reference)  # type: ignore[method-assign]
    typed.press("F6")
    Keys(typed).type("MH-12-20261123-0031\r", 5)
    typed.settle()
    assert opened == ["MH-12-20261123-0031"]
    field = typed.focus()
    assert isinstance(field, QLineEdit)
    assert field.text() == ""


def test_fingers_type_as_ever(typed: AroundSeat, qtbot: Any) -> None:
    typed.press("F6")
    field = typed.focus()
    assert isinstance(field, QLineEdit)
    Keys(typed).type("zhangsan", 90)
    qtbot.waitUntil(lambda: field.text() == "zhangsan")


def test_three_quick_letters_and_enter_are_a_fast_clerk(typed: AroundSeat, qtbot: Any) -> None:
    typed.press("F6")
    field = typed.focus()
    assert isinstance(field, QLineEdit)
    Keys(typed).type("031\r", 10)
    qtbot.waitUntil(lambda: field.text() == "031")


def test_letters_before_a_slow_enter_are_all_there_in_their_order(typed: AroundSeat, qtbot: Any) -> None:
    typed.press("F6")
    field = typed.focus()
    assert isinstance(field, QLineEdit)
    keys = Keys(typed)
    keys.type("20261123", 10)
    keys.type("\r", 200)
    qtbot.waitUntil(lambda: field.text() == "20261123")


# --- voice and tablet ---------------------------------------------------------------------------------------------
def test_a_rating_is_asked_for_aloud_once_and_never_answered_aloud(seat: AroundSeat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    assert seat.voice.said == ["请您评价这次服务"]
    seat.keypad.level = 5
    seat.store_rating()
    assert seat.voice.said == ["请您评价这次服务"]


def test_alt_e_gives_a_tablet_a_code_and_another_one_on_demand(seat: AroundSeat) -> None:
    seat.press("Alt+E")
    seat.lanes["evaluator"].go()
    seat.settle()
    page = seat.shell.screens.around.pairing
    assert page.isVisible()
    assert "http://192.168.1.5:8460" in seat.shown()
    assert page.code.text() == "4821 7731"
    seat.touch(page.more)
    seat.lanes["evaluator"].go()
    seat.settle()
    assert page.code.text() == "4821 7732"
    seat.press("Esc")
    assert not page.isVisible()
    assert page.code.text() == ""


def test_where_the_evaluator_is_no_tablet_alt_e_says_so(qtbot: Any) -> None:
    seat = AroundSeat(qtbot, tablet=False)
    seat.log_in()
    seat.press("Alt+E")
    assert "不用配对" in seat.toast
