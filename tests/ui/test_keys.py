"""The key table: no doubles, nothing that belongs to others; the input method goes first."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from clerk_app.ui import keys
from clerk_app.ui.keys import KEYS, Hit, InputMethodGuard, Key, Page, bind, doubles, forbidden, key, keys_on, pressed


def test_no_key_does_two_things_on_one_page() -> None:
    assert doubles() == []
    assert len({entry.id for entry in KEYS}) == len(KEYS)


def test_a_double_would_be_found_through_the_pages_around() -> None:
    twice = (*KEYS, Key("other", ("F9",), "别的", Page.CHECKLIST))
    assert (Page.CHECKLIST, "F9", ["other", "primary"]) in doubles(twice)
    assert not [entry for entry in doubles(twice) if entry[0] is Page.OUTCOME]


def test_no_key_belongs_to_the_system_or_the_input_method() -> None:
    assert {sequence: why for entry in KEYS for sequence in entry.sequences if (why := forbidden(sequence))} == {}


@pytest.mark.parametrize(
    "sequence",
    [
        "Ctrl+Space",
        "Ctrl+Shift+F",
        "Shift",
        "Shift+Space",
        "Ctrl+.",
        "Ctrl+;",
        "Ctrl+1",
        "Ctrl+Alt+P",
        "Meta+L",
        "F10",
        "Alt+F4",
        "Alt+Tab",
        "Ctrl",
        "Shift+A",
    ],
)
def test_forbidden_combinations_are_known(sequence: str) -> None:
    assert forbidden(sequence)


def test_every_page_lists_its_own_keys_first_and_the_help_key() -> None:
    for page in Page:
        listed = keys_on(page)
        # The manager's board is a window of its own, with its own F1.
        assert key("run_help" if page is Page.BOARD else "help") in listed
        own = keys.keys_of(page)
        assert listed[: len(own)] == own
    assert key("call_next") not in keys_on(Page.CHECKLIST)  # never while a case is open


def test_caps_show_ranges_and_chinese_names() -> None:
    assert key("step").caps == ("Alt+1", "–", "5")
    assert key("step").cap(2) == "Alt+3"
    assert key("answer").caps == ("1", "–", "3")
    assert key("row_move").caps == ("↑", "↓")
    assert key("hand_over").caps == ("空格",)


def _press(code: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, text: str = "") -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, code, held, text)


def test_plain_keys_are_read_by_page() -> None:
    keypad, shift = Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier
    assert pressed(_press(Qt.Key.Key_5), Page.CHECKLIST) == Hit("defect", 0)
    assert pressed(_press(Qt.Key.Key_5), Page.REASONS) == Hit("pick_reason", 4)
    assert pressed(_press(Qt.Key.Key_5, keypad), Page.CHECKLIST) == Hit("defect", 0)
    assert pressed(_press(Qt.Key.Key_Enter, keypad), Page.CHECKLIST) == Hit("accept_row", 0)
    assert pressed(_press(Qt.Key.Key_Plus, shift), Page.CHECKLIST) == Hit("more_copies", 0)
    assert pressed(_press(Qt.Key.Key_Minus, keypad), Page.CHECKLIST) == Hit("fewer_copies", 0)
    assert pressed(_press(Qt.Key.Key_A), Page.CHECKLIST) == Hit("all_present", 0)
    assert pressed(_press(Qt.Key.Key_7), Page.CHECKLIST) is None
    assert pressed(_press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier), Page.CHECKLIST) is None


class Desk(QWidget):
    """A page with one text field and three shortcuts."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[object] = []
        self.edit = QLineEdit(self)
        QVBoxLayout(self).addWidget(self.edit)
        bind(self, "primary", lambda: self.done.append(("F9", self.edit.text())))
        bind(self, "recall", lambda: self.done.append("F3"))
        bind(self, "step", self.done.append)


@pytest.fixture
def desk(qtbot, qapp: QApplication) -> Desk:
    desk = Desk()
    qtbot.addWidget(desk)
    desk.show()
    desk.activateWindow()
    desk.edit.setFocus()
    qtbot.waitUntil(desk.edit.hasFocus)
    return desk


@pytest.fixture
def guard(qapp: QApplication):
    made = InputMethodGuard(qapp)
    yield made
    made.stop()
    made.deleteLater()


def _compose(target: QWidget, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QCoreApplication.sendEvent(target, event)


def test_shortcuts_act_while_nothing_is_composed(qtbot, desk: Desk, guard: InputMethodGuard) -> None:
    QTest.keyClick(desk.edit, Qt.Key.Key_F3)
    QTest.keyClick(desk.edit, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert desk.done == ["F3", 2]


def test_f9_acts_in_the_next_turn_with_everything_that_was_typed(qtbot, desk: Desk, guard: InputMethodGuard) -> None:
    QTest.keyClicks(desk.edit, "abc")
    QTest.keyClick(desk.edit, Qt.Key.Key_F9)
    assert desk.done == []
    qtbot.waitUntil(lambda: desk.done == [("F9", "abc")])


@pytest.mark.parametrize("code", [Qt.Key.Key_F3, Qt.Key.Key_F9])
def test_no_shortcut_fires_into_a_composition(qtbot, desk: Desk, guard: InputMethodGuard, code: Qt.Key) -> None:
    _compose(desk.edit, "zhang")
    assert guard.composing()
    QTest.keyClick(desk.edit, code)
    QTest.keyClick(desk.edit, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    QCoreApplication.processEvents()
    assert desk.done == []
    _compose(desk.edit, "", "张")
    assert not guard.composing()
    assert desk.edit.text() == "张"
    QTest.keyClick(desk.edit, Qt.Key.Key_F3)
    assert desk.done == ["F3"]


def test_enter_in_a_composition_is_not_the_fields_enter(qtbot, desk: Desk, guard: InputMethodGuard) -> None:
    entered: list[bool] = []
    desk.edit.returnPressed.connect(lambda: entered.append(True))
    _compose(desk.edit, "li")
    QTest.keyClick(desk.edit, Qt.Key.Key_Return)
    assert entered == []
    _compose(desk.edit, "", "李")
    QTest.keyClick(desk.edit, Qt.Key.Key_Return)
    assert entered == [True]


def test_leaving_the_field_ends_the_composition(qtbot, qapp: QApplication, desk: Desk, guard: InputMethodGuard) -> None:
    _compose(desk.edit, "wang")
    desk.setFocus()
    qtbot.waitUntil(lambda: not guard.composing())


def test_alt_with_the_keypad_types_characters_and_jumps_nowhere(qtbot, desk: Desk, guard: InputMethodGuard) -> None:
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.KeypadModifier
    QTest.keyClick(desk.edit, Qt.Key.Key_3, both)
    assert desk.done == []
    assert pressed(_press(Qt.Key.Key_3, both), Page.CASE) is None


def test_one_member_of_a_range_can_be_bound(qtbot, desk: Desk, guard: InputMethodGuard) -> None:
    other = Desk()
    qtbot.addWidget(other)
    (shortcut,) = bind(other, "pick_hold", lambda: other.done.append("second"), index=1)
    assert shortcut.key().toString() == "2"
    assert not shortcut.autoRepeat()


def test_an_unknown_key_is_refused(qtbot) -> None:
    with pytest.raises(KeyError):
        keys.key("no_such_key")
