"""The free window: one key calls, deadlines and drafts stand below, the search finds concluded cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clerk_app.domain.queue import AwayReason, WindowState
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.services.window.overview import Deadline, DeadlineKind, Urgency
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.window.idle_page import IdlePage
from support import window_views as records
from support.window_views import NOW, at, shown


@pytest.fixture
def page(qtbot) -> IdlePage:
    made = IdlePage()
    qtbot.addWidget(made)
    made.resize(846, 616)
    made.show_view(records.view(), NOW)
    made.show_overview(records.overview())
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.start()
    return made


def test_the_focus_is_on_calling_and_f2_calls(page: IdlePage, qtbot) -> None:
    assert QApplication.focusWidget() is page.call
    with qtbot.waitSignal(page.call_next):
        qtbot.keyClick(page.call, Qt.Key.Key_F2)


def test_f5_opens_a_case_without_a_ticket(page: IdlePage, qtbot) -> None:
    with qtbot.waitSignal(page.walk_in):
        qtbot.keyClick(page.search.edit, Qt.Key.Key_F5)


def test_the_figures_are_the_views(page: IdlePage) -> None:
    hero = page.hero
    assert (hero.people.number.text(), hero.longest.number.text(), hero.mean.number.text()) == ("18", "11", "4:12")
    page.tick(NOW + timedelta(minutes=2))
    assert page.hero.longest.number.text() == "13"


def test_a_mean_that_is_not_known_is_not_shown_as_a_number(page: IdlePage) -> None:
    page.show_view(records.view(mean_wait_s=None, eligible=0, longest_wait_s=0), NOW)
    assert page.hero.mean.number.text() == "—"
    assert page.hero.longest.number.text() == "—"
    assert page.hero.title.whole_text() == "现在没有人等候"


def test_what_the_server_did_not_accept_is_opened_from_its_line(page: IdlePage, qtbot) -> None:
    refused = Deadline(
        DeadlineKind.REFUSED,
        Urgency.OVERDUE,
        "服务器没有接受：撤回申请",
        "张* · 食品经营许可（新办） · 这件现在是“已撤回”，不能撤回申请",
        "没有生效",
        NOW,
        "case-7",
    )
    page.show_overview(replace(records.overview(), deadlines=(refused,)))
    assert "服务器没有接受：撤回申请" in shown(page.todo)
    assert "不能撤回申请" in shown(page.todo)
    (look,) = [one for one in page.todo.findChildren(Button) if one.text() == "打开"]
    with qtbot.waitSignal(page.open_wanted) as caught:
        qtbot.keyClick(look, Qt.Key.Key_Return)
    assert caught.args == ["case-7"]


def test_advice_without_a_case_is_counted_where_there_was_some(page: IdlePage) -> None:
    assert "今天咨询" not in shown(page.cases)
    overview = records.overview()
    page.show_overview(replace(overview, day=replace(overview.day, consulted=3)))
    assert "今天咨询\n3" in shown(page.cases)


def test_while_it_calls_a_second_press_calls_nobody(page: IdlePage, qtbot) -> None:
    page.show_calling()
    assert page.call.text() == "正在叫号…"
    with qtbot.assertNotEmitted(page.call_next):
        qtbot.keyClick(page, Qt.Key.Key_F2)
    page.show_called()
    assert page.call.isEnabled()


def test_nobody_waits_is_said_calmly_and_f2_stays_free(page: IdlePage) -> None:
    page.show_view(records.view(eligible=0), NOW)
    assert page.hero.title.whole_text() == "现在没有人等候"
    assert "自动叫到本窗口" in page.hero.note.text()
    assert page.call.isEnabled()


def test_a_free_window_says_that_a_ticket_comes_by_itself_and_since_when(page: IdlePage) -> None:
    page.show_view(records.view(state=WindowState.FREE, state_since=at(10, 20), eligible=0), NOW)
    assert page.hero.title.whole_text() == "空闲，有人取号会自动叫到本窗口"
    assert "10:20 起空闲" in page.hero.note.text()
    assert page.call.text() == "正在等人"


def test_an_absent_window_says_why_and_how_to_come_back(page: IdlePage) -> None:
    page.show_view(records.view(state=WindowState.AWAY, away=AwayReason.MEETING, state_since=at(10, 5)), NOW)
    assert page.hero.title.whole_text() == "离席：开会"
    assert "10:05 起" in page.hero.note.text()
    assert page.call.text() == "回来叫号"
    page.show_view(records.view(state=WindowState.OFF, state_since=at(17, 2)), NOW)
    assert page.hero.title.whole_text() == "本窗口关了"
    assert page.call.text() == "开窗叫号"


def test_the_longest_wait_is_judged_by_the_halls_target_and_alarm(page: IdlePage) -> None:
    rules = QueueRules(target_minutes=5, alarm_minutes=20)
    for seconds, words in ((240, "最久已等"), (600, "已过 5 分目标"), (1500, "已过 20 分警戒")):
        page.show_view(records.view(longest_wait_s=seconds, rules=rules), NOW)
        assert page.hero.longest.words.text() == words


def test_the_halls_notices_stand_on_the_free_page(page: IdlePage) -> None:
    assert not page.notices.isVisible()
    page.show_view(records.view(notices=("下午 3 号机维护", "14:00 起医保系统升级")), NOW)
    assert "14:00 起医保系统升级" in shown(page.notices)
    assert "还有 1 条" in shown(page.notices)


def test_without_the_server_the_reason_stands_there_and_old_figures_do_not(page: IdlePage, qtbot) -> None:
    page.lock_call("服务器连不上（10:17 起），叫不了号")
    assert not page.call.isEnabled()
    assert page.hero.note.text() == "服务器连不上（10:17 起），叫不了号"
    assert not page.hero.people.isVisible()
    with qtbot.waitSignal(page.refused) as caught, qtbot.assertNotEmitted(page.call_next):
        qtbot.keyClick(page, Qt.Key.Key_F2)
    assert caught.args == ["服务器连不上（10:17 起），叫不了号"]
    page.lock_call("")
    assert page.call.isEnabled()
    assert page.hero.people.isVisible()


def test_deadlines_stand_in_order_with_what_is_left(page: IdlePage) -> None:
    text = shown(page.todo)
    assert text.index("还没告知或受理") < text.index("容缺材料明天到期") < text.index("草稿还在")
    assert "剩 2 天" in text
    assert page.todo.count.text() == "2"
    assert "待补正" in shown(page.cases)


def test_no_deadline_is_a_normal_day(page: IdlePage) -> None:
    page.show_overview(records.overview(deadlines=()))
    assert "今天没有要赶的期限" in shown(page.todo)
    assert not page.todo.count.isVisible()
    assert page.resume_first() is False


def test_alt_d_takes_the_draft_that_was_left_not_the_one_with_a_deadline(page: IdlePage, qtbot) -> None:
    with qtbot.waitSignal(page.resume) as caught:
        assert page.resume_first()
    assert caught.args == ["c-3"]
    assert page.resumes["c-3"].key() == "Alt+D"
    with qtbot.waitSignal(page.resume) as caught:
        qtbot.mouseClick(page.resumes["c-1"], Qt.MouseButton.LeftButton)
    assert caught.args == ["c-1"]


def test_a_draft_with_a_deadline_is_taken_when_it_is_the_only_one(page: IdlePage, qtbot) -> None:
    only = tuple(line for line in records.overview().deadlines if line.kind is DeadlineKind.NOTICE)
    assert only[0].urgency is Urgency.TODAY
    page.show_overview(records.overview(deadlines=only))
    with qtbot.waitSignal(page.resume) as caught:
        page.resume_first()
    assert caught.args == ["c-1"]


def test_a_scan_ends_with_enter_and_the_list_shows_masked_names(page: IdlePage, qtbot) -> None:
    page.start_find()
    assert QApplication.focusWidget() is page.search.edit
    with qtbot.waitSignal(page.find_wanted) as caught:
        qtbot.keyClicks(page.search.edit, "A046")
        qtbot.keyClick(page.search.edit, Qt.Key.Key_Return)
    assert caught.args == ["A046"]
    page.show_found("A046", [records.case_row()])
    text = shown(page.found)
    assert "社会保障卡补领" in text
    assert "孙*洋" in text
    assert "孙洋洋" not in text
    assert "已受理" in text


def test_typing_searches_after_a_short_pause(page: IdlePage, qtbot) -> None:
    with qtbot.waitSignal(page.find_wanted) as caught:
        qtbot.keyClicks(page.search.edit, "0030")
    assert caught.args == ["0030"]


def test_an_answer_to_an_older_text_is_ignored(page: IdlePage, qtbot) -> None:
    qtbot.keyClicks(page.search.edit, "A04")
    page.show_found("A0", [records.case_row()])
    assert page.todo.isVisible()


def test_nothing_found_names_what_was_looked_for(page: IdlePage, qtbot) -> None:
    qtbot.keyClicks(page.search.edit, "zzz")
    page.show_found("zzz", [])
    assert "本窗口没有和「zzz」对得上的办件" in shown(page.found)


def test_esc_empties_the_search_and_shows_the_lists_again(page: IdlePage, qtbot) -> None:
    qtbot.keyClicks(page.search.edit, "A046")
    page.show_found("A046", [records.case_row()])
    qtbot.keyClick(page.search.edit, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    assert page.todo.isVisible()
