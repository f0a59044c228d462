"""At the machine with something already: an appointment, a number, a case that waits, a code to scan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.queue import HoldKind, PrintState, PriorityClass, TicketState, VisitReason
from clerk_app.ports.devices import DeviceState
from clerk_app.ports.hall_queue import CardPerson
from clerk_app.ui.ending import dispose
from clerk_app.ui.kiosk.matters import MOST
from support.kiosk_window import Kiosk, a_kiosk
from support.kiosks import YOUNG
from support.look import dressed

CARD = CardPerson(YOUNG.name, YOUNG.id_number, YOUNG.birth)
RETURNS = "领证、补材料"


@pytest.fixture
def hall(qtbot: QtBot, qapp: QApplication) -> Iterator[Kiosk]:
    """A kiosk whose hall has a group for those who supply and collect."""
    dressed(qapp)
    made, lanes = a_kiosk(qtbot, return_group=RETURNS)
    made.connect()
    qtbot.waitUntil(lambda: made.window.is_ready() and bool(made.desk.matters.of_group("企业准入")))
    yield made
    made.window.stop()
    lanes.shutdown().join()
    dispose(made.window, made.live, lanes.mailbox)
    assert [failure for failure in made.failures if failure.quotable] == []


def told(kiosk: Kiosk, title: str) -> None:
    kiosk.bot.waitUntil(lambda: kiosk.window.pages.notice.title.text() == title)


# --- several matters --------------------------------------------------------------------------------------------
def test_several_matters_go_on_one_ticket_and_each_can_be_taken_off(kiosk: Kiosk) -> None:
    kiosk.window.touch_group("A")
    kiosk.until("matter")
    page = kiosk.window.pages.matters
    names = [touch.text() for touch in page.touches if touch.isVisible()]
    for touch in page.touches[:MOST]:
        kiosk.touch(touch)
    assert page.go.text() == f"取号，办 {MOST} 件事"
    assert not page.touches[MOST].isEnabled()
    kiosk.touch(page.removers[0])
    assert [line.name for line in page.picked] == names[1:MOST]
    assert page.touches[MOST].isEnabled()
    kiosk.touch(page.go)
    kiosk.until("ticket")
    assert len(kiosk.hall.wishes[-1].matters) == MOST - 1
    paper = kiosk.window.pages.ticket
    assert paper.subject.text() == f"企业准入，{MOST - 1} 件事，要带"
    kiosk.bot.waitUntil(lambda: bool(kiosk.notes.drawn))
    assert [matter.name for matter in kiosk.notes.drawn[-1].matters] == names[1:MOST]


# --- appointments -----------------------------------------------------------------------------------------------
def test_a_code_checks_in(kiosk: Kiosk) -> None:
    kiosk.hall.appoint(CARD, "12345678")
    kiosk.touch(kiosk.window.pages.home.booked)
    kiosk.until("appointment")
    pad = kiosk.window.pages.appointment
    for digit in "1234567":
        kiosk.touch(pad.keys[digit])
    assert not pad.go.isEnabled()
    kiosk.touch(pad.keys["8"])
    kiosk.touch(pad.keys["9"])
    assert pad.text == "12345678"
    kiosk.touch(pad.go)
    kiosk.until("ticket")
    assert [value.text() for _, value in kiosk.window.pages.ticket.facts][1] == "10:30"
    assert kiosk.hall.wishes[-1].priority is PriorityClass.APPOINTMENT


def test_a_card_on_the_page_of_appointments_checks_in(kiosk: Kiosk) -> None:
    kiosk.hall.appoint(CARD, "12345678")
    kiosk.touch(kiosk.window.pages.home.booked)
    kiosk.reader.lay(YOUNG)
    kiosk.until("ticket")
    assert kiosk.window.pages.ticket.hello.text() == "李* 您好，您的号码 · 预约"


def test_a_card_on_the_first_page_finds_the_appointment_and_leaves_the_choice(kiosk: Kiosk) -> None:
    kiosk.hall.appoint(CARD, "12345678")
    kiosk.reader.lay(YOUNG)
    kiosk.until("choose")
    page = kiosk.window.pages.groups
    kiosk.bot.waitUntil(lambda: page.appointment.text() == "按预约取号：10:30 企业准入")
    assert len([touch for touch in page.grid.touches if touch.isEnabled()]) == 6
    kiosk.touch(page.appointment)
    kiosk.until("ticket")
    kiosk.touch(kiosk.window.pages.ticket.home)
    assert page.appointment.isHidden()


def test_a_wrong_code_is_said_calmly(kiosk: Kiosk) -> None:
    kiosk.touch(kiosk.window.pages.home.booked)
    kiosk.window.pages.appointment.type_all("00000000")
    told(kiosk, "没有取到号")
    assert "没有这个预约码" in kiosk.window.pages.notice.text.text()
    kiosk.touch(kiosk.window.pages.notice.home)
    kiosk.touch(kiosk.window.pages.home.booked)
    assert kiosk.window.pages.appointment.text == ""


# --- a number that somebody has ---------------------------------------------------------------------------------
def taken(kiosk: Kiosk) -> str:
    kiosk.window.touch_group("F")
    kiosk.until("ticket")
    number = kiosk.window.ticket_number()
    kiosk.bot.waitUntil(lambda: not kiosk.window._paper.printing)
    kiosk.touch(kiosk.window.pages.ticket.home)
    return number


def asks(kiosk: Kiosk, number: str) -> None:
    kiosk.touch(kiosk.window.pages.home.own)
    kiosk.until("mine")
    kiosk.window.pages.mine.type_all(number)


def test_a_waiting_number_shows_who_is_ahead_and_can_be_printed_again(kiosk: Kiosk) -> None:
    number = taken(kiosk)
    asks(kiosk, number)
    told(kiosk, "正在排队")
    assert kiosk.window.pages.notice.number.text() == number
    kiosk.touch(kiosk.window.pages.notice.other)
    kiosk.until("ticket")
    kiosk.bot.waitUntil(lambda: kiosk.notes.drawn[-1].reprint == 1)
    assert len(kiosk.hall.tickets) == 1


@pytest.mark.parametrize(
    ("state", "more", "title"),
    [
        (TicketState.MISSED, {}, "这个号过了"),
        (TicketState.HELD, {"hold": HoldKind.TAKEN_AWAY, "window_no": "7"}, "欢迎回来"),
    ],
)
def test_one_who_comes_back_waits_again_by_one_touch(
    kiosk: Kiosk, state: TicketState, more: dict[str, object], title: str
) -> None:
    number = taken(kiosk)
    kiosk.hall.become(number, state, **more)
    asks(kiosk, number)
    told(kiosk, title)
    assert kiosk.hall.returned == []
    kiosk.touch(kiosk.window.pages.notice.other)
    told(kiosk, "已经回到队里")
    assert "请在一楼 A 区等" in kiosk.window.pages.notice.text.text()
    assert kiosk.hall.returned == [f"t-{number}"]


def test_a_called_number_says_where_to_go(kiosk: Kiosk) -> None:
    number = taken(kiosk)
    kiosk.hall.become(number, TicketState.CALLED, window_no="7")
    asks(kiosk, number)
    told(kiosk, "请到 7 号窗口")
    assert not kiosk.window.pages.notice.other.isVisible()


def test_an_unknown_number_and_a_lost_server_are_told_apart(kiosk: Kiosk) -> None:
    asks(kiosk, "B999")
    told(kiosk, "请看一下")
    assert "今天没有 B999" in kiosk.window.pages.notice.text.text()
    kiosk.touch(kiosk.window.pages.notice.home)
    number = taken(kiosk)
    kiosk.hall.down = True
    asks(kiosk, number)
    told(kiosk, "没有查到")
    kiosk.hall.down = False
    kiosk.touch(kiosk.window.pages.notice.other)
    told(kiosk, "正在排队")


# --- supplements and collections --------------------------------------------------------------------------------
def test_a_card_is_enough_to_come_back_with_papers(hall: Kiosk) -> None:
    hall.window.touch_group("E")
    hall.until("return")
    hall.reader.lay(YOUNG)
    hall.until("ticket")
    wish = hall.hall.wishes[-1]
    assert (wish.reason, wish.card, wish.group_id) == (VisitReason.SUPPLEMENT, CARD, "g-E")


def test_the_code_of_a_paper_leads_straight_to_the_number(hall: Kiosk) -> None:
    hall.hall.waiting_cases = {"MH-12-20261123-0031"}
    hall.scanner.hold("https://hall.example/q/MH-12-20261123-0031")
    hall.until("ticket")
    wish = hall.hall.wishes[-1]
    assert (wish.case_number, wish.group_id) == ("MH-12-20261123-0031", "g-E")
    assert hall.window.pages.ticket.note.text() == ""
    assert "不用再排长队" in hall.window.pages.ticket.hello.text()


def test_a_typed_case_that_waits_for_nobody_is_said_and_still_gets_a_number(hall: Kiosk) -> None:
    hall.window.touch_group("E")
    hall.touch(hall.window.pages.returning.number)
    hall.window.pages.case.type_all("12202611230031")
    hall.until("ticket")
    assert hall.hall.wishes[-1].case_number == "MH-12-20261123-0031"
    assert "没查到等您补材料" in hall.window.pages.ticket.note.text()


def test_a_case_number_that_cannot_be_one_is_not_sent(hall: Kiosk) -> None:
    hall.window.touch_group("E")
    hall.touch(hall.window.pages.returning.number)
    hall.window.pages.case.type_all("12202699990031")
    assert hall.window.page_name() == "case"
    assert "日期或序号不对" in hall.window.pages.case.lead.text()
    hall.window.go_home()
    hall.window.touch_group("E")
    hall.touch(hall.window.pages.returning.number)
    assert "日期或序号不对" not in hall.window.pages.case.lead.text()


def test_without_card_and_paper_a_plain_number_is_one_touch_more(hall: Kiosk) -> None:
    hall.window.touch_group("E")
    hall.touch(hall.window.pages.returning.without)
    hall.until("ticket")
    assert hall.window.pages.ticket.note.text() == ""


# --- codes ------------------------------------------------------------------------------------------------------
def test_the_code_of_a_ticket_finds_it(kiosk: Kiosk) -> None:
    number = taken(kiosk)
    kiosk.scanner.hold(number)
    told(kiosk, "正在排队")


def test_a_citizen_code_without_a_connector_is_said_with_what_works(kiosk: Kiosk) -> None:
    kiosk.scanner.hold("LJM:9f2c6e0b")
    told(kiosk, "这个码用不了")
    assert "龙江码等电子身份码这里还没有接通，请放身份证" in kiosk.window.pages.notice.text.text()


# --- without paper, aloud, closed -------------------------------------------------------------------------------
def test_a_number_without_paper_stays_on_the_screen_and_can_still_be_printed(kiosk: Kiosk) -> None:
    kiosk.touch(kiosk.window.pages.home.paper)
    kiosk.window.touch_group("F")
    kiosk.until("ticket")
    page = kiosk.window.pages.ticket
    assert page.state.text() == "号已取好，请记住号码 F047，或者拍下来"
    assert kiosk.notes.drawn == []
    assert kiosk.hall.tickets["t-F047"].ticket.print_state is PrintState.NOT_WANTED
    kiosk.touch(page.missing)
    kiosk.bot.waitUntil(lambda: page.state.text() == "请取走小票")
    assert kiosk.notes.drawn[-1].reprint == 0
    kiosk.touch(page.home)
    kiosk.window.touch_group("F")
    kiosk.until("ticket")
    assert kiosk.hall.wishes[-1].paper


def test_a_public_address_lets_the_phone_follow(kiosk: Kiosk) -> None:
    kiosk.hall.profile = replace(kiosk.hall.profile, query_url="https://hall.example/q/")
    kiosk.live.on_reset()
    QApplication.processEvents()
    kiosk.touch(kiosk.window.pages.home.paper)
    kiosk.window.touch_group("F")
    kiosk.until("ticket")
    assert kiosk.window.pages.ticket.state.text() == "号已取好，手机扫下面的码看进度"
    assert kiosk.window._paper._issued is not None
    assert kiosk.window._paper._issued.paper.query == "https://hall.example/q/t-F047"


def test_pages_are_read_only_while_it_is_on(kiosk: Kiosk) -> None:
    home = kiosk.window.pages.home
    kiosk.bot.waitUntil(lambda: home.voice.isVisible())
    kiosk.window.touch_group("A")
    kiosk.until("matter")
    kiosk.window.go_home()
    assert kiosk.speaker.said == []
    kiosk.touch(home.voice)
    kiosk.bot.waitUntil(lambda: len(kiosk.speaker.said) == 1)
    assert kiosk.speaker.said[0].startswith("请先放身份证")
    assert "企业准入，开店、办公司，等 9 人" in kiosk.speaker.said[0]
    kiosk.touch(home.first)
    kiosk.bot.waitUntil(lambda: "优先取号" in kiosk.speaker.said[-1])
    kiosk.window.go_home()
    count = len(kiosk.speaker.said)
    kiosk.window.touch_group("A")
    kiosk.until("matter")
    assert len(kiosk.speaker.said) == count


def test_a_machine_that_cannot_be_heard_does_not_offer_to_read(cold: Kiosk) -> None:
    cold.speaker.state = DeviceState.ABSENT
    cold.window._aloud.start()
    cold.connect()
    cold.bot.waitUntil(cold.window.is_ready)
    cold.bot.waitUntil(lambda: cold.window.pages.home.voice.isHidden())


def test_a_closed_hall_gives_no_numbers_but_answers_who_has_one(kiosk: Kiosk) -> None:
    number = taken(kiosk)
    kiosk.hall.closed = "今天的取号结束了，11月24日 08:00 开始取号"
    kiosk.live.on_reset()
    QApplication.processEvents()
    home = kiosk.window.pages.home
    assert (home.title.text(), home.panel.title()) == ("现在不取号", kiosk.hall.closed)
    assert not any(touch.isEnabled() for touch in [*home.grid.touches, home.first, home.booked])
    kiosk.reader.lay(YOUNG)
    kiosk.bot.wait(50)
    assert kiosk.window.page_name() == "first"
    asks(kiosk, number)
    told(kiosk, "正在排队")


def test_a_full_group_says_so_on_its_place(kiosk: Kiosk) -> None:
    full = replace(kiosk.hall.groups_waiting[0], closed="今天的 200 个号已经取完")
    kiosk.hall.groups_waiting = (full, *kiosk.hall.groups_waiting[1:])
    kiosk.live.on_reset()
    QApplication.processEvents()
    touch = kiosk.window.pages.home.grid.touches[0]
    assert touch.below()[-1] == "今天的 200 个号已经取完"
    assert not touch.isEnabled()
    assert kiosk.window.pages.home.grid.touches[1].isEnabled()
