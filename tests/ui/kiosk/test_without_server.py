"""The machine goes on while the server is away: numbers of its own, said so, told afterwards, never two for a wish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.queue import PrintState, PriorityClass
from clerk_app.ports.feed import ConnectionState
from clerk_app.services.kiosk.emergency import KioskEmergency
from clerk_app.ui.ending import dispose
from clerk_app.ui.kiosk.notice import Offer
from db.kiosk.store import open_kiosk_store
from support.hall import STORE_KEY
from support.halls import CountingEntropy, HallInMemory
from support.kiosk_window import Kiosk, a_kiosk
from support.kiosks import YOUNG
from support.look import dressed, grab

AWAY = "服务器连不上（10:17 起）"


@pytest.fixture
def lonely(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Kiosk]:
    """A machine with blocks of its own that has been connected once."""
    dressed(qapp)
    store = open_kiosk_store(tmp_path / "kiosk.db", STORE_KEY)

    def emergency(hall: HallInMemory) -> KioskEmergency:
        return KioskEmergency(hall, store, "device-1", hall.clock, CountingEntropy(), machine="取号机", blocks=1)

    made, lanes = a_kiosk(qtbot, emergency=emergency)
    made.connect()
    qtbot.waitUntil(lambda: made.window.is_ready() and made.hall.blocks == 1)
    qtbot.waitUntil(lambda: bool(made.desk.matters.of_group("企业准入")))
    yield made
    made.window.stop()
    lanes.shutdown().join()
    dispose(made.window, made.live, lanes.mailbox)
    store.close()
    assert [failure for failure in made.failures if failure.quotable] == []


def goes_away(kiosk: Kiosk) -> None:
    kiosk.hall.down = True
    kiosk.tell(ConnectionState.OFFLINE, AWAY)
    kiosk.bot.waitUntil(lambda: kiosk.window.pages.home.title.text() == "先取应急号")


def comes_back(kiosk: Kiosk) -> None:
    kiosk.hall.down = False
    kiosk.tell(ConnectionState.ONLINE)
    kiosk.bot.waitUntil(kiosk.window.is_ready)


def test_the_machine_gives_its_own_numbers_and_says_what_they_are(lonely: Kiosk, tmp_path: Path) -> None:
    goes_away(lonely)
    home = lonely.window.pages.home
    assert lonely.window.page_name() == "first"
    assert home.panel.title() == AWAY
    assert home.grid.touches[0].below() == ("开店、办公司",)
    assert not home.booked.isEnabled()
    assert not home.own.isEnabled()
    grab(lonely.window, "kiosk-offline", tmp_path)
    lonely.window.touch_group("F")
    lonely.until("ticket")
    page = lonely.window.pages.ticket
    assert page.number.text() == "Y101"
    assert [value.text() for _, value in page.facts] == ["应急号", "人工叫号", "窗口附近"]
    lonely.bot.waitUntil(lambda: page.state.text() == "请取走小票")
    assert [paper.number for paper in lonely.notes.emergencies] == ["Y101"]
    assert lonely.notes.drawn == []
    grab(lonely.window, "kiosk-emergency", tmp_path)


def test_what_was_given_is_told_when_the_server_is_back(lonely: Kiosk) -> None:
    goes_away(lonely)
    lonely.touch(lonely.window.pages.home.first)
    lonely.touch(lonely.window.pages.priority.touches[PriorityClass.PREGNANT])
    lonely.window.touch_group("F")
    lonely.until("ticket")
    lonely.bot.waitUntil(lambda: lonely.window.pages.ticket.state.text() == "请取走小票")
    lonely.bot.wait(50)
    lonely.touch(lonely.window.pages.ticket.home)
    comes_back(lonely)
    lonely.bot.waitUntil(lambda: len(lonely.hall.merged) == 1)
    visit = lonely.hall.merged[0]
    assert (visit.number, visit.priority, visit.print_state) == ("Y101", PriorityClass.PREGNANT, PrintState.PRINTED)
    assert lonely.window.pages.home.own.isEnabled()
    assert lonely.window.pages.home.title.text() == "请先放身份证"


def test_a_lost_wish_becomes_one_emergency_number(lonely: Kiosk) -> None:
    lonely.hall.lose_answers = 1
    lonely.window.touch_group("F")
    lonely.bot.waitUntil(lambda: lonely.window.pages.notice.notice.offer is Offer.RETRY)
    lonely.hall.down = True
    lonely.tell(ConnectionState.OFFLINE, AWAY)
    lonely.bot.waitUntil(lambda: bool(lonely.window._without))
    lonely.touch(lonely.window.pages.notice.other)
    lonely.until("ticket")
    assert lonely.window.pages.ticket.number.text() == "Y101"
    lonely.bot.waitUntil(lambda: not lonely.window._paper.printing)
    lonely.touch(lonely.window.pages.ticket.home)
    comes_back(lonely)
    lonely.bot.waitUntil(lambda: len(lonely.hall.merged) == 1)
    assert lonely.hall.merged[0].instead_of


def test_the_second_citizen_gets_the_next_number(lonely: Kiosk) -> None:
    goes_away(lonely)
    for number in ("Y101", "Y102"):
        lonely.window.touch_group("F")
        lonely.until("ticket")
        assert lonely.window.pages.ticket.number.text() == number
        lonely.bot.waitUntil(lambda: not lonely.window._paper.printing)
        lonely.touch(lonely.window.pages.ticket.home)
        assert lonely.window.page_name() == "first"


def test_cards_are_not_read_while_nobody_can_use_them(lonely: Kiosk) -> None:
    goes_away(lonely)
    lonely.reader.lay(YOUNG)
    lonely.bot.wait(50)
    assert lonely.window.page_name() == "first"
