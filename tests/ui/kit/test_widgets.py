"""What the components promise: keys, states, words, and sizes that follow the clerk's factor."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ui.keys import Page
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.buttons import Button, ButtonRole, Chip, Choice
from clerk_app.ui.kit.checks import Check
from clerk_app.ui.kit.field import Field, group_id, plain_id
from clerk_app.ui.kit.labels import ElidedLabel, KeyCap, KeyHint, Light, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.paint import Lamp, State
from clerk_app.ui.kit.stepbar import StepBar
from clerk_app.ui.kit.surfaces import Banner, Card, Surface, Toast
from clerk_app.ui.kit.theme import Theme


@pytest.fixture
def show(qtbot):
    """Shows a widget inside a plain page and gives it back."""

    pages: list[QWidget] = []  # qtbot only holds weak references

    def shown(widget: QWidget) -> QWidget:
        page = QWidget()
        pages.append(page)
        qtbot.addWidget(page)
        QVBoxLayout(page).addWidget(widget)
        page.resize(600, 400)
        page.show()
        page.activateWindow()
        return widget

    return shown


def test_sizes_follow_the_factor_at_once(look: Theme, show) -> None:
    primary, plain = Button("去结论", ButtonRole.PRIMARY, key="F9"), Button("看改动")
    bar, field = Surface("rail", height=SIZE.top_bar), Field("姓名")
    show(primary), show(plain), show(bar), show(field)
    assert (primary.sizeHint().height(), plain.sizeHint().height(), bar.sizeHint().height()) == (44, 36, 44)
    before = primary.sizeHint().width()
    look.set_factor(1.25)
    assert (primary.sizeHint().height(), plain.sizeHint().height(), bar.sizeHint().height()) == (55, 45, 55)
    assert primary.sizeHint().width() > before
    assert field.edit.sizeHint().height() == 45
    assert KeyCap("F9").sizeHint().height() == 25


def test_an_input_keeps_its_height_when_its_border_grows(look: Theme, show, qtbot) -> None:
    field, other = show(Field("姓名")), show(Field("电话"))
    qtbot.waitUntil(field.isVisible)
    other.edit.setFocus()
    rest = field.edit.sizeHint().height()
    assert rest == SIZE.control
    field.set_error("姓名空着，请照证件填")
    assert field.edit.sizeHint().height() == rest


def test_gaps_and_margins_follow_the_factor(look: Theme, qtbot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    row = Row(QWidget(), SPACE.x12, QWidget(), gap=SPACE.x8, margins=(SPACE.x4, SPACE.x16))
    host.setLayout(row)
    look.set_factor(1.5)
    margins = row.contentsMargins()
    assert (row.spacing(), margins.left(), margins.top()) == (12, 24, 6)
    assert row.itemAt(1).sizeHint().width() == 18


def test_a_busy_button_says_so_and_takes_no_press(show, qtbot) -> None:
    button = show(Button("打印并送达", ButtonRole.PRIMARY, key="F9"))
    presses: list[bool] = []
    button.clicked.connect(lambda: presses.append(True))
    button.busy("正在打印…")
    button.busy("还在打印…")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (button.text(), presses) == ("还在打印…", [])
    button.ready()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (button.text(), presses) == ("打印并送达", [True])


def test_a_button_leaves_room_for_its_key(show) -> None:
    assert Button("重叫", key="F3").sizeHint().width() > Button("重叫").sizeHint().width() + 20
    assert Button("重叫", key="F3").accessibleDescription() == "F3"


def test_a_primary_is_blue_and_a_disabled_one_is_not(show, qtbot) -> None:
    button = show(Button("去结论", ButtonRole.PRIMARY))
    other = show(Button("别处"))
    qtbot.waitUntil(other.isVisible)

    def corner() -> str:
        return button.grab().toImage().pixelColor(12, 6).name().upper()

    assert corner() == COLOR.pri
    button.setEnabled(False)
    assert corner() == COLOR.sunk


def test_the_focus_ring_can_be_seen_on_the_blue_button(show, qtbot) -> None:
    button = show(Button("去结论", ButtonRole.PRIMARY))
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert button.grab().toImage().pixelColor(button.width() // 2, 1).name().upper() == COLOR.focus


def test_a_locked_choice_says_why_and_cannot_be_taken(show) -> None:
    choice = show(Choice("受理", "材料齐全", key="1"))
    chosen: list[bool] = []
    choice.clicked.connect(lambda: chosen.append(True))
    choice.lock("材料 5 有问题")
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    assert chosen == []
    assert choice.accessibleName() == "1，受理，不能选：材料 5 有问题"
    choice.lock("")
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    assert chosen == [True]
    assert choice.accessibleName() == "1，受理，材料齐全"


def test_a_chip_toggles(show) -> None:
    chip = show(Chip("未标注面积", key="2", bad=True))
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chip.isChecked()


def test_a_check_is_toggled_anywhere_on_its_line_and_by_space(show, qtbot) -> None:
    check = show(Check("收回容缺承诺书原件"))
    QTest.mouseClick(check, Qt.MouseButton.LeftButton, pos=check.rect().center())
    assert check.isChecked()
    check.setFocus()
    qtbot.waitUntil(check.hasFocus)
    QTest.keyClick(check, Qt.Key.Key_Space)
    assert not check.isChecked()


def test_an_id_number_is_grouped_while_it_is_typed(show, qtbot) -> None:
    field = show(Field("身份证号", id_number=True))
    values: list[str] = []
    field.edited.connect(values.append)
    field.edit.setFocus()
    QTest.keyClicks(field.edit, "23990019900101042x")
    assert field.edit.text() == "239900 19900101 042X"
    assert field.value() == "23990019900101042X"
    assert values[-1] == "23990019900101042X"
    assert not field.edit.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_the_cursor_stays_where_a_digit_was_put_in(show) -> None:
    field = show(Field("身份证号", id_number=True))
    field.set_value("2399001990010104")
    field.edit.setFocus()
    field.edit.setCursorPosition(6)
    QTest.keyClicks(field.edit, "7")
    assert field.edit.text() == "239900 71990010 104"
    assert field.edit.text()[: field.edit.cursorPosition()] == "239900 7"
    QTest.keyClick(field.edit, Qt.Key.Key_Backspace)
    assert field.value() == "2399001990010104"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ""),
        ("239900", "239900"),
        ("2399001", "239900 1"),
        ("239900 19900101 042x", "239900 19900101 042X"),
        ("２３９９００１９９００１０１０４２ｘ", "239900 19900101 042X"),
        ("239900-1990", "239900 1990"),
        ("1" * 30, "111111 11111111 1111"),
    ],
)
def test_groups_of_six_eight_four(typed: str, shown: str) -> None:
    assert group_id(typed) == shown
    assert plain_id(shown) == shown.replace(" ", "")


def test_an_error_stands_below_the_field_and_goes_with_the_next_letter(show, qtbot) -> None:
    field = show(Field("姓名"))
    field.edit.setFocus()
    qtbot.waitUntil(field.edit.hasFocus)
    QTest.keyClicks(field.edit, "Li")
    field.set_error("姓名与证件不同，请照证件填")
    assert field.error.isVisible()
    assert field.error.mapTo(field, field.error.rect().topLeft()).y() > field.edit.geometry().bottom()
    assert field.edit.hasFocus()
    assert field.value() == "Li"
    QTest.keyClicks(field.edit, "u")
    assert not field.has_error()
    assert not field.error.isVisible()


def test_enter_in_a_field_reports_its_value(show) -> None:
    field = show(Field("姓名", value=" 张三 "))
    entered: list[str] = []
    field.entered.connect(entered.append)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert entered == ["张三"]


def _ask() -> AskCard:
    return AskCard(
        "小票打印机缺纸",
        "装好纸后回答一个问题。",
        "看得到“查询码”吗？",
        [("看得到", "不再出纸"), ("看不到", "重打"), ("先不打", "改用 A4")],
    )


@pytest.mark.parametrize(("code", "index"), [(Qt.Key.Key_1, 0), (Qt.Key.Key_3, 2)])
def test_an_ask_card_is_answered_by_digit_once(show, qtbot, code: Qt.Key, index: int) -> None:
    card = show(_ask())
    answers: list[int] = []
    card.answered.connect(answers.append)
    card.setFocus()
    qtbot.waitUntil(card.hasFocus)
    QTest.keyClick(card, Qt.Key.Key_Return)
    QTest.keyClick(card, Qt.Key.Key_Space)
    assert answers == []  # nothing is preselected
    QTest.keyClick(card, code)
    QTest.keyClick(card, Qt.Key.Key_2)
    assert answers == [index]


def test_an_ask_card_can_be_clicked(show) -> None:
    card = show(_ask())
    answers: list[int] = []
    card.answered.connect(answers.append)
    QTest.mouseClick(card.choices[1], Qt.MouseButton.LeftButton)
    assert answers == [1]


def test_a_light_that_is_not_well_says_why(show) -> None:
    light = show(Light("小票打印机", good="就绪"))
    light.set(Lamp.OK)
    assert light.accessibleName() == "小票打印机 就绪"
    light.set(Lamp.BAD, "缺纸")
    assert light.accessibleName() == "小票打印机 缺纸"
    with pytest.raises(ValueError, match="says why"):
        light.set(Lamp.WARN)


def test_the_four_lamps_differ_without_colour(look: Theme, show) -> None:
    light = show(Light("读卡器"))
    shapes = set()
    for state in Lamp:
        light.set(state, "词")
        image = light.lamp.grab().toImage()
        paper = image.pixelColor(image.width() // 2, image.height() // 2)
        corner, middle = image.pixelColor(1, image.height() - 2), paper
        top = image.pixelColor(image.width() - 2, 1)
        shapes.add(tuple(color.lightness() < 150 for color in (corner, middle, top)))
    assert len(shapes) == len(Lamp)


def test_a_long_line_is_cut_and_kept_in_the_tooltip(show, qtbot) -> None:
    label = show(ElidedLabel("明河区市场监督管理局 · 行政许可 · 承诺件", "note"))
    label.parentWidget().resize(150, 60)
    qtbot.waitUntil(label.is_cut)
    assert label.text().endswith("…")
    assert label.toolTip() == label.whole_text() == "明河区市场监督管理局 · 行政许可 · 承诺件"
    label.parentWidget().resize(600, 60)
    qtbot.waitUntil(lambda: not label.is_cut())
    assert label.toolTip() == ""


def test_a_pill_tells_its_text_to_assistive_tools(show) -> None:
    pill = show(Pill("未查", State.OUTLINE))
    pill.set("已收 · 原件", State.OK)
    assert (pill.accessibleName(), pill.state(), pill.sizeHint().height()) == ("已收 · 原件", State.OK, 22)


def test_a_text_changes_its_tone(show, qtbot) -> None:
    text = show(Text("■■■■", "title", "ink9"))
    text.set_tone("bad")
    image = text.grab().toImage()
    seen = {image.pixelColor(x, y).name().upper() for x in range(80) for y in range(image.height())}
    assert COLOR.bad in seen
    assert COLOR.ink9 not in seen


def test_the_toast_goes_by_itself_and_never_takes_the_focus(show, qtbot) -> None:
    edit = show(QLineEdit())
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    toast = Toast(edit.window())
    with qtbot.waitSignal(toast.gone):
        toast.say("已挂起 A047", milliseconds=10)
        assert toast.isVisible()
        assert edit.hasFocus()
        assert edit.window().rect().contains(toast.geometry())
    assert not toast.isVisible()


def test_the_toast_is_clicked_to_undo(show, qtbot) -> None:
    toast = Toast(show(QLineEdit()).window())
    toast.say("已挂起 A047")
    with qtbot.waitSignal(toast.undo):
        QTest.mouseClick(toast, Qt.MouseButton.LeftButton)
    assert not toast.isVisible()


def test_the_banner_shows_one_condition_and_counts_the_rest(show) -> None:
    banner = show(Banner())
    assert not banner.isVisible()
    banner.show_condition("服务器连不上（10:17 起）。", "照常收件，恢复后自动上传。", others=2)
    assert banner.isVisible()
    assert banner.more.text() == "还有 2 条"
    assert banner.accessibleName() == "服务器连不上（10:17 起）。照常收件，恢复后自动上传。"
    banner.clear()
    assert not banner.isVisible()


def test_the_step_bar_names_the_states_and_reports_clicks(show) -> None:
    bar = show(StepBar(("申请人", "事项", "材料", "结论", "文书")))
    bar.show_state(2, {0, 1}, reachable={0, 1, 2, 3})
    chosen: list[int] = []
    bar.chosen.connect(chosen.append)
    QTest.mouseClick(bar.steps[1], Qt.MouseButton.LeftButton)
    QTest.mouseClick(bar.steps[4], Qt.MouseButton.LeftButton)
    assert chosen == [1]
    assert [step.accessibleName() for step in bar.steps[1:4]] == [
        "第 2 步 事项，已完成",
        "第 3 步 材料，正在办",
        "第 4 步 结论，未到",
    ]


def test_the_legend_shows_the_keys_of_the_mode_that_is_on(show, qtbot) -> None:
    legend = show(Legend())
    legend.show_page("核对材料", Page.CHECKLIST)
    legend.show_page("正在选问题", Page.REASONS, tone="bad")
    words = [hint.words.text() for hint in legend.findChildren(KeyHint)]
    assert words == ["可多选", "可当场更正", "改写告知", "确定，下一项"]


def test_a_card_hides_a_count_of_nothing(show) -> None:
    card = show(Card("今天必须处理", count=0))
    assert not card.count.isVisible()
    card.set_count(2)
    assert card.count.isVisible()
    assert card.count.text() == "2"


def test_a_column_can_be_emptied_and_filled_again(show, qtbot) -> None:
    host = QWidget()
    column = Column(Text("一"), SPACE.x8, Row(Text("二"), None))
    host.setLayout(column)
    show(host)
    column.empty()
    column.put(Text("三"))
    assert [label.text() for label in host.findChildren(Text)] == ["三"]
