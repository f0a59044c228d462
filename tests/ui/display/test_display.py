"""The call screen: what hangs there, from afar, when calls come close together, when the server is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.design.tokens import COLOR
from clerk_app.domain.queue import TicketState
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.ports.hall_queue import CalledNumber
from clerk_app.ui.display import board
from clerk_app.ui.display.board import HEIGHT, WIDTH, BoardPainter, waiting_pages
from clerk_app.ui.display.window import DisplayWindow
from clerk_app.ui.ending import dispose
from clerk_app.ui.kit.theme import theme
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.live import LiveHall
from clerk_app.ui.panel import Scale
from support.halls import CALLS, NOW, HallInMemory, HandClock, entry
from support.look import dressed, grab


@dataclass
class Display:
    window: DisplayWindow
    live: LiveHall
    hall: HallInMemory
    clock: HandClock
    lanes: Lanes
    bot: QtBot

    def tell(self, state: ConnectionState, sentence: str = "") -> None:
        self.live.on_connection(ConnectionChange(state, NOW.replace(minute=17), sentence))
        QApplication.processEvents()

    def call(self, feed_no: int, number: str, window: str, seconds: int) -> None:
        at = NOW + timedelta(seconds=seconds)
        self.live.on_entries((entry(feed_no, "called", number, window_no=window, state=TicketState.CALLED, at=at),))
        QApplication.processEvents()


@pytest.fixture
def display(qtbot: QtBot, qapp: QApplication) -> Iterator[Display]:
    dressed(qapp)
    clock = HandClock()
    hall = HallInMemory(clock)
    lanes = Lanes(lambda: "7Q4K", lambda failure: None)
    live = LiveHall(lanes, hall.snapshot)
    window = DisplayWindow(live, clock)
    window.resize(WIDTH, HEIGHT)
    live.on_reset()
    made = Display(window, live, hall, clock, lanes, qtbot)
    made.tell(ConnectionState.ONLINE)
    yield made
    lanes.shutdown().join()
    QApplication.processEvents()
    dispose(window, live, lanes.mailbox)


class Words:
    """Every text that a drawing puts on the panel, with its size in px and its colour."""

    def __init__(self, display: Display, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.drawn: list[tuple[str, int, str]] = []
        picture = QPixmap(width, height)
        painter = _Recorder(picture, self.drawn)
        BoardPainter(painter, QRectF(0, 0, width, height)).draw(display.window.view())
        painter.end()

    def texts(self) -> list[str]:
        return [text for text, _, _ in self.drawn]

    def color(self, wanted: str) -> str:
        return next(color for text, _, color in self.drawn if text == wanted)


class _Recorder(QPainter):
    def __init__(self, picture: QPixmap, drawn: list[tuple[str, int, str]]) -> None:
        super().__init__(picture)
        self._drawn = drawn

    def drawText(self, *args: object) -> object:
        text = next(one for one in args if isinstance(one, str))
        font: QFont = self.font()
        self._drawn.append((text, font.pixelSize(), self.pen().color().name().upper()))
        return super().drawText(*args)  # type: ignore[call-overload]


def test_the_newest_call_two_before_and_six_older(display: Display, tmp_path: Path) -> None:
    words = Words(display)
    numbers = [text for text in words.texts() if text in {call.number for call in CALLS}]
    assert numbers == [call.number for call in CALLS]
    assert words.color("A047") == COLOR.call
    assert {"过号", "请到", "10:23 叫号", "10:22 叫号 · 优先", "刚才叫过"} <= set(words.texts())
    assert grab(display.window, "display", tmp_path).exists()


def test_nothing_is_smaller_than_thirty_and_the_call_is_read_from_afar(display: Display) -> None:
    words = Words(display)
    assert min(size for _, size, _ in words.drawn) >= 30
    assert next(size for text, size, _ in words.drawn if text == "A047") >= 190
    assert min(size for text, size, _ in words.drawn if text in {"A046", "C020"}) >= 72


def test_no_name_and_no_matter_hangs_in_the_hall(display: Display) -> None:
    allowed = {"请到", "号窗口", "过号", "刚才叫过", "没看到也可以直接去", "10:24", "11月23日 周一", "人"}
    allowed |= {display.hall.profile.name, "一楼 A 区 · 综合窗口"} | {group.name for group in display.live.board.groups}
    allowed |= {call.number for call in CALLS} | {call.window_no for call in CALLS}
    allowed |= {str(group.waiting) for group in display.live.board.groups} | {"10:23 叫号", "10:22 叫号 · 优先"}
    assert set(Words(display).texts()) <= allowed


def test_a_lost_server_leaves_the_last_state_and_its_time(display: Display, tmp_path: Path) -> None:
    display.tell(ConnectionState.OFFLINE, "服务器连不上（10:17 起）")
    words = Words(display)
    assert "A047" in words.texts()
    assert words.color("以下为 10:17 的情况") == COLOR.call
    grab(display.window, "display-lost", tmp_path)
    display.tell(ConnectionState.ONLINE)
    assert "以下为 10:17 的情况" not in Words(display).texts()


def test_before_anything_is_known_the_screen_says_why(qtbot: QtBot, qapp: QApplication) -> None:
    dressed(qapp)
    lanes = Lanes(lambda: "7Q4K", lambda failure: None)
    live = LiveHall(lanes, HallInMemory(HandClock()).snapshot)
    window = DisplayWindow(live, HandClock())
    assert window.view().sentence == "正在连接服务器"
    live.on_connection(ConnectionChange(ConnectionState.OFFLINE, NOW, "这台设备没有登记或已停用，请技术员重新登记"))
    QApplication.processEvents()
    assert window.view().sentence == "这台设备没有登记或已停用，请技术员重新登记"
    lanes.shutdown().join()
    dispose(window, live, lanes.mailbox)


def test_a_new_call_changes_the_fill_twice_and_rests(display: Display) -> None:
    display.call(101, "D010", "4", 5)
    assert display.window.current_number() == "D010"
    lit = [display.window.view().lit]
    for _ in range(4):
        display.window._next_phase()
        lit.append(display.window.view().lit)
    assert lit == [True, False, True, False, False]


def test_calls_close_together_never_flash_faster(display: Display) -> None:
    display.call(101, "D010", "4", 5)
    display.window._next_phase()
    display.call(102, "D011", "6", 6)
    assert not display.window.view().lit
    assert [call.number for call in display.window.view().calls[:3]] == ["D011", "D010", "A047"]


def test_a_call_is_shown_at_once_and_its_group_shrinks(display: Display) -> None:
    assert display.window.waiting_total() == 24
    display.call(101, "A048", "7", 5)
    assert display.window.waiting_total() == 23
    assert display.window.view().calls[0].window_no == "7"


def test_a_recall_says_so(display: Display) -> None:
    recall = entry(
        101, "recalled", "A047", window_no="12", state=TicketState.CALLED, recalls=1, at=NOW + timedelta(seconds=30)
    )
    display.live.on_entries((recall,))
    QApplication.processEvents()
    assert "第 2 次叫号，请到" in Words(display).texts()


def test_long_numbers_and_windows_stay_inside_the_card(display: Display) -> None:
    display.call(101, "A1047", "112", 5)
    words = Words(display)
    parts = ("A1047", "112", "号窗口")
    sizes = {text: size for text, size, _ in words.drawn if text in parts[:2]}
    sizes["号窗口"] = next(size for text, size, _ in words.drawn if text == "号窗口")
    fonts = theme().fonts
    total = sum(QFontMetricsF(fonts.custom(sizes[text], bold=True)).horizontalAdvance(text) for text in parts)
    assert sizes["A1047"] >= 120
    assert total <= WIDTH * board._LEFT_SHARE - 2 * board._MARGIN - 58


@pytest.mark.parametrize("size", [(1366, 768), (3840, 2160), (1280, 1024), (1080, 1920)])
def test_any_panel_shows_everything(display: Display, size: tuple[int, int], tmp_path: Path) -> None:
    words = Words(display, *size)
    assert {call.number for call in CALLS} <= set(words.texts())
    display.window.resize(*size)
    grab(display.window, f"display-{size[0]}x{size[1]}", tmp_path)


def test_many_groups_come_in_turns_and_none_is_left_out(display: Display) -> None:
    scale = Scale(WIDTH, HEIGHT)
    scale.fit(QSizeF(WIDTH, HEIGHT))
    first = display.live.board.groups[0]
    groups = tuple(replace(first, group_id=str(at), name=f"业务类别{at}") for at in range(11))
    pages = waiting_pages(scale, groups, 1808)
    assert len(pages) > 1
    assert [words[0] for page in pages for words in page] == [group.name for group in groups]
    few = waiting_pages(scale, groups[:3], 1808)
    assert few[0][0][2] == "人等 · 约 11 分"
    assert waiting_pages(scale, (), 1808) == []


def test_the_voiceless_are_told_too(display: Display) -> None:
    display.window.grab()
    assert display.window.accessibleName() == "A047 请到 12 号窗口"


def test_expected_waits_come_with_a_later_snapshot(display: Display) -> None:
    group = display.hall.groups_waiting[0]
    display.hall.groups_waiting = (replace(group, expected_wait_s=2_400), *display.hall.groups_waiting[1:])
    display.live.refresh()
    display.bot.waitUntil(lambda: display.live.board.groups[0].expected_wait_s == 2_400)


def test_a_server_that_fails_a_refresh_leaves_the_screen(display: Display) -> None:
    display.hall.down = True
    display.live.refresh()
    after: list[None] = []
    display.lanes.lane("network").run(lambda: None, done=after.append)
    display.bot.waitUntil(lambda: bool(after))
    assert display.window.current_number() == "A047"


def test_a_recall_of_an_older_number_lights_its_card(display: Display) -> None:
    seen: list[CalledNumber] = []
    display.live.called.connect(seen.append)
    recall = entry(
        101, "recalled", "D009", window_no="5", state=TicketState.CALLED, recalls=1, at=NOW + timedelta(seconds=9)
    )
    display.live.on_entries((recall,))
    QApplication.processEvents()
    assert [call.number for call in seen] == ["D009"]
    assert display.window.view().lit


LONG = (
    "因设备检修，14:00 至 15:00 三楼自助区暂停取号，请到一楼 A 区取号；"
    "已经取号的不受影响，听叫号到窗口办理即可，给您添麻烦了"
)


def test_notices_take_turns_with_the_waiting_counts(display: Display, tmp_path: Path) -> None:
    snapshot = display.hall.snapshot()
    display.live.board.show(replace(snapshot, notices=("今天 17:00 以后延时办理到 19:00", LONG)), anew=True)
    seen: list[list[str]] = []
    for _ in range(3):
        seen.append(Words(display).texts())
        grab(display.window, f"display_notice_{len(seen)}", tmp_path)
        display.clock.advance(10)
    assert any("今天 17:00 以后延时办理到 19:00" in texts for texts in seen)
    told = next(texts for texts in seen if any("设备检修" in text for text in texts))
    at = told.index("通知")
    assert "".join(told[at + 1 : at + 3]) == LONG
    assert sum("企业准入" in texts for texts in seen) == 1
    assert all("A047" in texts for texts in seen)
