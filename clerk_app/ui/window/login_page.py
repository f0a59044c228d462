"""Who sits at this window: name and password, nothing else."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.hall import HallProfile
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Card, Surface

WIDTH = 400


class LoginPage(Surface):
    """``login`` carries login name and password. Enter goes from the name to the password and from there logs in."""

    login = Signal(str, str)

    def __init__(self, window_no: str) -> None:
        super().__init__("canvas")
        self.hall = ElidedLabel("", "headline")
        self.window_words = Text(f"{window_no} 号窗口", "item", "ink7")
        self.name = Field("用户名", latin=True, max_length=60)
        self.password = Field("密码", latin=True, max_length=200)
        self.password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.go = Button("登录", ButtonRole.PRIMARY, key="Enter")
        self._notice_words = Text("", "note", "warn", wrap=True)
        self.notice = Surface("notice")
        notice_row = Row(
            IconLabel("cloud-off", "warn", SIZE.icon_large), self._notice_words, gap=SPACE.x8, margins=SPACE.x12
        )
        notice_row.setStretch(1, 1)
        self.notice.setLayout(notice_row)
        self.notice.setVisible(False)
        card = _Panel()
        card.body.put(Column(self.hall, self.window_words, gap=SPACE.x2), self.notice, self.name, self.password)
        card.body.put(SPACE.x4, Row(None, self.go))
        row = Row(None, card, None, margins=SPACE.x16)
        self.setLayout(Column(None, row, None))
        self.name.entered.connect(self._to_password)
        self.password.entered.connect(self._go)
        self.go.clicked.connect(self._go)

    def show_hall(self, hall: HallProfile) -> None:
        """Name of the hall."""
        self.hall.setText(hall.name)

    def show_notice(self, sentence: str) -> None:
        """What to know before logging in (server away, login ended elsewhere); empty takes the notice away."""
        self._notice_words.setText(sentence)
        self.notice.setVisible(bool(sentence))

    def show_busy(self) -> None:
        """The login is on its way."""
        self.go.busy("正在登录…")
        for field in (self.name, self.password):
            field.setEnabled(False)

    def show_error(self, sentence: str) -> None:
        """Why it did not work, below the password; the focus goes there and typing replaces what was typed."""
        self._ready()
        self.password.set_error(sentence)
        self.password.edit.setFocus()
        self.password.edit.selectAll()

    def start(self) -> None:
        """Empty the password (nobody's stays on the screen) and put the focus where typing begins."""
        self._ready()
        self.password.set_value("")
        self.password.set_error("")
        first = self.password if self.name.value() else self.name
        first.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ready(self) -> None:
        self.go.ready()
        for field in (self.name, self.password):
            field.setEnabled(True)

    def _to_password(self) -> None:
        if not self.name.value():
            self.name.set_error("还没有填用户名")
            return
        self.password.edit.setFocus()

    def _go(self) -> None:
        if not self.go.isEnabled():
            return
        if not self.name.value():
            self.name.set_error("还没有填用户名")
            self.name.edit.setFocus()
        elif not self.password.edit.text():
            self.password.set_error("还没有填密码")
            self.password.edit.setFocus()
        else:
            self.login.emit(self.name.value(), self.password.edit.text())


class _Panel(Card):
    def __init__(self) -> None:
        super().__init__(padding=SPACE.x24, gap=SPACE.x12)
        self._width = WIDTH
        self.setSizePolicy(self.sizePolicy().Policy.Fixed, self.sizePolicy().Policy.Maximum)
