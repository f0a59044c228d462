"""The Qt application of our programs."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from clerk_app.ui.application import speak_chinese


def test_the_menu_of_an_input_field_is_chinese(qtbot: QtBot, qapp: QApplication) -> None:
    words = speak_chinese(qapp)
    try:
        field = QLineEdit()
        qtbot.addWidget(field)
        shown = [action.text() for action in field.createStandardContextMenu().actions()]
        assert any(text.startswith("复制") for text in shown)
        assert any(text.startswith("粘贴") for text in shown)
    finally:
        qapp.removeTranslator(words)
