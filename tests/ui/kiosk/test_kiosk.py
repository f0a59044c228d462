"""A citizen at the ticket machine: with a card, without one, when something fails; never two tickets, never a lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from clerk_app.design.tokens import KIOSK
from clerk_app.domain.queue import PrintState, PriorityClass
from clerk_app.ports.devices import DeviceFault, PrintOutcome, PrintResult
from clerk_app.ports.feed import ConnectionState
from clerk_app.ui.kiosk.choose import PER_PAGE
from clerk_app.ui.kiosk.notice import Offer
from clerk_app.ui.kiosk.pieces import HEIGHT, WIDTH, HomeBar, Touch
from support.halls import entry
from support.kiosk_window import Kiosk
from support.kiosks import OLD, YOUNG
from support.look import grab


def group(kiosk: Kiosk, at: int) -> Touch:
    page = kiosk.window.pages.home if kiosk.window.page_name() == "first" else kiosk.window.pages.groups
    return page.grid.touches[at]


def take_without_card(kiosk: Kiosk, at: int = 4) -> None:
    kiosk.touch(group(kiosk, at))
    kiosk.until("ticket")


def printed(kiosk: Kiosk) -> None:
    kiosk.bot.waitUntil(lambda: not kiosk.window._paper.printing)


def test_without_a_card_one_touch_takes_a_ticket(kiosk: Kiosk) -> None:
    take_without_card(kiosk)
    assert kiosk.window.ticket_number() == "E047"
    page = kiosk.window.pages.ticket
    assert page.number.text() == "E047"
    assert [value.text() for _, value in page.facts] == ["1 人", "2 分", "一楼 A 区"]
    printed(kiosk)
    assert page.state.text() == "请取走小票"
    kiosk.bot.waitUntil(lambda: kiosk.hall.states == [("t-E047", PrintState.PRINTED)])


def test_a_card_greets_by_the_masked_name_and_goes_on_with_the_group(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.reader.lay(YOUNG)
    kiosk.until("choose")
    assert kiosk.window.pages.groups.hello.text() == "李* 您好"
    kiosk.touch(group(kiosk, 0))
    kiosk.until("matter")
    food = next(touch for touch in kiosk.window.pages.matters.touches if touch.text().startswith("食品经营许可"))
    kiosk.touch(food)
    kiosk.touch(kiosk.window.pages.matters.go)
    kiosk.until("ticket")
    wish = kiosk.hall.wishes[-1]
    assert wish.card is not None
    assert wish.card.id_number == YOUNG.id_number
    assert len(wish.matters) == 1
    page = kiosk.window.pages.ticket
    assert page.hello.text() == "李* 您好，您的号码"
    assert page.subject.text() == "食品经营许可（新办），要带"
    printed(kiosk)
    assert kiosk.notes.drawn[-1].matters[0].bring
    assert grab(kiosk.window, "kiosk-ticket", tmp_path).exists()


def test_sixty_years_go_first_without_a_touch(kiosk: Kiosk) -> None:
    kiosk.reader.lay(OLD)
    kiosk.until("choose")
    assert kiosk.window.pages.groups.hello.text() == "张* 您好 · 老年人优先"
    kiosk.touch(group(kiosk, 5))
    kiosk.until("ticket")
    assert kiosk.window.pages.ticket.hello.text() == "张* 您好，您的号码 · 老年人优先"


def test_priority_is_claimed_by_touch(kiosk: Kiosk) -> None:
    kiosk.touch(kiosk.window.pages.home.first)
    kiosk.until("priority")
    kiosk.touch(kiosk.window.pages.priority.touches[PriorityClass.PREGNANT])
    kiosk.until("choose")
    assert kiosk.window.pages.groups.hello.text() == "孕妇优先"
    kiosk.touch(group(kiosk, 4))
    kiosk.until("ticket")
    assert kiosk.hall.wishes[-1].priority is PriorityClass.PREGNANT


def test_a_card_laid_down_later_still_counts(kiosk: Kiosk) -> None:
    kiosk.touch(group(kiosk, 0))
    kiosk.until("matter")
    kiosk.reader.lay(YOUNG)
    kiosk.bot.waitUntil(lambda: kiosk.window.pages.matters.hello.text().startswith("李*"))
    kiosk.touch(kiosk.window.pages.matters.go)
    kiosk.until("ticket")
    wish = kiosk.hall.wishes[-1]
    assert wish.card is not None
    assert wish.matters == ()


def test_the_next_citizen_finds_nothing_of_the_one_before(kiosk: Kiosk) -> None:
    kiosk.touch(kiosk.window.pages.home.first)
    kiosk.touch(kiosk.window.pages.priority.touches[PriorityClass.DISABLED])
    kiosk.reader.lay(YOUNG)
    kiosk.bot.waitUntil(lambda: kiosk.window.pages.groups.hello.text().startswith("李*"))
    kiosk.touch(kiosk.window.pages.groups.home)
    assert kiosk.window.page_name() == "first"
    take_without_card(kiosk)
    wish = kiosk.hall.wishes[-1]
    assert (wish.card, wish.priority) == (None, PriorityClass.ORDINARY)
    assert kiosk.window.pages.ticket.hello.text() == "您的号码"


def test_the_page_goes_home_after_25_seconds_and_shows_it_coming(kiosk: Kiosk) -> None:
    take_without_card(kiosk)
    printed(kiosk)
    bar = kiosk.window.pages.ticket.findChild(HomeBar)
    kiosk.wait(9)
    assert bar.text() == "16 秒后自动返回首页"
    kiosk.touch(kiosk.window.pages.ticket)
    kiosk.wait(24)
    assert kiosk.window.page_name() == "ticket"
    kiosk.wait(2)
    assert kiosk.window.page_name() == "first"


def test_a_page_does_not_go_home_while_its_paper_is_printed(kiosk: Kiosk) -> None:
    kiosk.printer.open.clear()
    take_without_card(kiosk)
    kiosk.wait(60)
    assert kiosk.window.page_name() == "ticket"
    assert not kiosk.window.pages.ticket.missing.isEnabled()
    kiosk.printer.open.set()
    printed(kiosk)


def test_a_ticket_without_paper_is_one_touch_and_marked(kiosk: Kiosk) -> None:
    take_without_card(kiosk)
    printed(kiosk)
    kiosk.touch(kiosk.window.pages.ticket.missing)
    printed(kiosk)
    assert [paper.reprint for paper in kiosk.notes.drawn] == [0, 1]
    kiosk.touch(kiosk.window.pages.ticket.missing)
    printed(kiosk)
    assert not kiosk.window.pages.ticket.missing.isEnabled()
    assert kiosk.window.pages.ticket.missing.text() == "请到导办台补小票"
    assert len(kiosk.hall.tickets) == 1


def test_refused_paper_is_said_and_not_marked_as_printed_again(kiosk: Kiosk) -> None:
    kiosk.printer.results = [PrintResult(PrintOutcome.REFUSED, "小票打印机缺纸")]
    take_without_card(kiosk)
    printed(kiosk)
    assert kiosk.window.pages.ticket.state.text() == "小票打不出来，请记住号码 E047，一样有效"
    kiosk.touch(kiosk.window.pages.ticket.missing)
    printed(kiosk)
    assert [paper.reprint for paper in kiosk.notes.drawn] == [0, 0]
    kiosk.bot.waitUntil(lambda: [state for _, state in kiosk.hall.states] == [PrintState.FAILED, PrintState.PRINTED])


def test_half_a_paper_is_never_called_printed(kiosk: Kiosk) -> None:
    kiosk.printer.results = [PrintResult(PrintOutcome.UNKNOWN, "可能没打完")]
    take_without_card(kiosk)
    printed(kiosk)
    assert "可能没打完" in kiosk.window.pages.ticket.state.text()
    kiosk.bot.waitUntil(lambda: kiosk.hall.states == [("t-E047", PrintState.UNKNOWN)])


def test_a_slow_paper_of_the_one_before_leaves_the_next_page_alone(kiosk: Kiosk) -> None:
    kiosk.printer.open.clear()
    kiosk.printer.results = [PrintResult(PrintOutcome.REFUSED, "缺纸")]
    take_without_card(kiosk)
    kiosk.touch(kiosk.window.pages.ticket.home)
    take_without_card(kiosk, 5)
    kiosk.printer.open.set()
    printed(kiosk)
    assert kiosk.window.pages.ticket.state.text() == "请取走小票"
    kiosk.bot.waitUntil(lambda: kiosk.hall.states == [("t-E047", PrintState.FAILED), ("t-F048", PrintState.PRINTED)])


def test_the_same_card_is_told_its_number_calmly(kiosk: Kiosk) -> None:
    kiosk.reader.lay(YOUNG)
    kiosk.until("choose")
    kiosk.touch(group(kiosk, 4))
    kiosk.until("ticket")
    printed(kiosk)
    kiosk.touch(kiosk.window.pages.ticket.home)
    kiosk.reader.lay(YOUNG)
    kiosk.until("choose")
    kiosk.touch(group(kiosk, 5))
    kiosk.bot.waitUntil(lambda: kiosk.window.pages.notice.title.text() == "您已经取过号了")
    assert kiosk.window.pages.notice.number.text() == "E047"
    assert "前面还有 8 人" in kiosk.window.pages.notice.text.text()
    kiosk.touch(kiosk.window.pages.notice.other)
    kiosk.until("ticket")
    printed(kiosk)
    assert kiosk.window.ticket_number() == "E047"
    assert kiosk.notes.drawn[-1].reprint == 1
    assert len(kiosk.hall.tickets) == 1


def test_a_lost_answer_can_be_asked_for_again_without_a_second_ticket(kiosk: Kiosk) -> None:
    kiosk.hall.lose_answers = 1
    kiosk.touch(group(kiosk, 4))
    kiosk.bot.waitUntil(lambda: kiosk.window.pages.notice.notice.offer is Offer.RETRY)
    kiosk.touch(kiosk.window.pages.notice.other)
    kiosk.until("ticket")
    assert list(kiosk.hall.tickets) == ["t-E047"]


def test_without_a_server_the_machine_says_so_and_comes_back_by_itself(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.tell(ConnectionState.OFFLINE, "服务器连不上（10:17 起）")
    assert kiosk.window.page_name() == "notice"
    assert kiosk.window.pages.notice.title.text() == "请到导办台取号"
    assert "10:17" in kiosk.window.pages.notice.text.text()
    assert not kiosk.window.pages.notice.home.isVisible()
    kiosk.wait(600)
    assert kiosk.window.page_name() == "notice"
    grab(kiosk.window, "kiosk-offline", tmp_path)
    kiosk.tell(ConnectionState.ONLINE)
    assert kiosk.window.page_name() == "first"


def test_a_lost_server_does_not_take_the_ticket_from_the_screen(kiosk: Kiosk) -> None:
    take_without_card(kiosk)
    kiosk.tell(ConnectionState.OFFLINE, "服务器连不上（10:17 起）")
    assert kiosk.window.ticket_number() == "E047"
    printed(kiosk)
    kiosk.touch(kiosk.window.pages.ticket.home)
    assert kiosk.window.pages.notice.title.text() == "请到导办台取号"


def test_before_the_first_answer_nothing_can_be_touched_wrongly(cold: Kiosk) -> None:
    assert cold.window.pages.notice.title.text() == "正在准备"
    assert [touch.text() for touch in cold.window.pages.notice.findChildren(Touch) if touch.isVisible()] == []


def test_a_card_lifted_too_early_is_told_on_the_panel(kiosk: Kiosk) -> None:
    kiosk.reader.lay(DeviceFault("卡拿早了，请再放一次，停 1 秒", "card_gone"))
    kiosk.bot.waitUntil(lambda: kiosk.window.pages.home.panel.title() == "卡拿早了，请再放一次，停 1 秒")
    kiosk.reader.lay(YOUNG)
    kiosk.until("choose")


def test_a_broken_reader_leaves_the_words_to_touch(kiosk: Kiosk) -> None:
    kiosk.reader.ill = DeviceFault("读卡器没有连上", "not_connected")
    kiosk.bot.waitUntil(lambda: not kiosk.window.pages.home.panel.works())
    assert kiosk.window.pages.home.title.text() == "请点要办的事"
    take_without_card(kiosk)
    assert kiosk.window.ticket_number() == "E047"


def test_a_machine_without_devices_asks_for_no_card_and_promises_no_paper(bare: Kiosk) -> None:
    assert bare.window.pages.home.panel.title() == "这台机器不读证件"
    take_without_card(bare)
    bare.bot.waitUntil(lambda: "请记住号码 E047" in bare.window.pages.ticket.state.text())
    assert not bare.window.pages.ticket.missing.isEnabled()


def test_waiting_people_follow_the_feed(kiosk: Kiosk) -> None:
    assert group(kiosk, 0).below() == ("开店、办公司", "等 9 人")
    kiosk.live.on_entries((entry(101, "taken", "A060"),))
    kiosk.bot.waitUntil(lambda: group(kiosk, 0).below()[1] == "等 10 人")


def test_more_than_six_groups_are_paged(kiosk: Kiosk) -> None:
    first = kiosk.hall.groups_waiting[0]
    more = tuple(replace(first, group_id=f"g-{letter}", prefix=letter, name=f"第{letter}类") for letter in "GH")
    kiosk.hall.groups_waiting = (*kiosk.hall.groups_waiting, *more)
    kiosk.live.on_reset()
    QApplication.processEvents()
    kiosk.touch(kiosk.window.pages.home.more)
    shown = [touch.text() for touch in kiosk.window.pages.home.grid.touches if touch.isVisible()]
    assert shown == ["第G类", "第H类"]
    kiosk.touch(group(kiosk, 1))
    kiosk.until("ticket")
    assert kiosk.window.ticket_number() == "H047"
    kiosk.window.go_home()
    assert sum(touch.isVisible() for touch in kiosk.window.pages.home.grid.touches) == PER_PAGE


def test_long_lists_of_matters_are_paged(kiosk: Kiosk) -> None:
    kiosk.touch(group(kiosk, 0))
    kiosk.until("matter")
    page = kiosk.window.pages.matters
    first = page.touches[0].text()
    assert not page.before.isEnabled()
    kiosk.touch(page.after)
    assert page.touches[0].text() != first
    assert page.where.text() == "2 / 2"
    assert not page.after.isEnabled()
    kiosk.touch(page.before)
    assert page.touches[0].text() == first


def test_large_letters_end_with_the_visit(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.touch(kiosk.window.pages.home.letters)
    assert kiosk.window.pages.home.letters.text() == "标准字"
    grab(kiosk.window, "kiosk-large", tmp_path)
    kiosk.touch(kiosk.window.pages.home.letters)
    assert kiosk.window.pages.home.letters.text() == "大字"
    kiosk.touch(kiosk.window.pages.home.letters)
    kiosk.wait(26)
    assert kiosk.window.pages.home.letters.text() == "大字"


def test_help_is_a_place_and_no_promise(kiosk: Kiosk) -> None:
    kiosk.touch(kiosk.window.pages.home.people)
    assert kiosk.window.pages.notice.title.text() == "请到导办台"
    kiosk.touch(kiosk.window.pages.notice.home)
    assert kiosk.window.page_name() == "first"


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (540, 960), (1080, 1080), (1920, 1080)])
def test_targets_are_large_low_enough_and_apart_on_any_panel(kiosk: Kiosk, size: tuple[int, int]) -> None:
    kiosk.window.resize(*size)
    scale = min(size[0] / WIDTH, size[1] / HEIGHT)
    for page in kiosk.window.pages.names:
        kiosk.window._show(page)
        targets = [touch for touch in page.findChildren(Touch) if touch.isVisible()]
        for touch in targets:
            place = touch.geometry().translated(page.pos())
            assert kiosk.window.rect().contains(place), touch.text()
            assert min(place.width(), place.height()) >= KIOSK.target * scale - 1, touch.text()
            assert place.top() >= HEIGHT * scale / 3, touch.text()
            for other in targets:
                if other is not touch:
                    grown = touch.geometry().adjusted(-2, -2, 2, 2)
                    assert not grown.intersects(other.geometry()), (touch.text(), other.text())


def test_a_card_is_not_read_where_nobody_asks_for_one(kiosk: Kiosk) -> None:
    take_without_card(kiosk)
    printed(kiosk)
    kiosk.reader.lay(OLD)
    kiosk.bot.wait(50)
    assert kiosk.window.page_name() == "ticket"
    kiosk.touch(kiosk.window.pages.ticket.home)
    kiosk.until("choose")
    assert kiosk.window.pages.groups.hello.text() == "张* 您好 · 老年人优先"
