"""The first start of a PC that is its own server: nobody can log in yet, so the first account is made here."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from clerk_app.design.tokens import SPACE
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Card, Surface

WIDTH = 440


class FirstAccount(Surface):
    """``wanted`` carries login name, name and password. Enter goes from field to field and at the end makes it."""

    wanted = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__("canvas")
        self.name = Field("姓名（印在文书上）", max_length=60)
        self.login = Field("用户名", latin=True, max_length=60)
        self.password = Field("密码，至少 8 位", latin=True, max_length=200)
        self.again = Field("再输一遍密码", latin=True, max_length=200)
        for secret in (self.password, self.again):
            secret.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.go = Button("建账号并登录", ButtonRole.PRIMARY, key="Enter")
        self._order = (self.name, self.login, self.password, self.again)
        self._fields = {"name": self.name, "login_name": self.login, "password": self.password}
        card = Card(padding=SPACE.x24, gap=SPACE.x12)
        card.body.put(
            Text("第一次使用", "headline"),
            Text("这台电脑还没有账号。先给自己建一个，以后再加同事。", "body", "ink7", wrap=True),
            *self._order,
            Row(None, self.go),
        )
        holder = Surface("canvas", width=WIDTH)
        holder.setLayout(Column(card))
        self.setLayout(Column(None, Row(None, holder, None), None))
        for field in self._order:
            field.entered.connect(self._on)
        self.go.clicked.connect(self._go)

    def start(self) -> None:
        """The focus goes to the first field."""
        self.name.edit.setFocus()

    def show_error(self, field: str, sentence: str) -> None:
        """What is wrong stands below its field, and the focus goes there."""
        self.go.ready()
        wrong = self._fields.get(field, self.login)
        wrong.set_error(sentence)
        wrong.edit.setFocus()

    def _on(self) -> None:
        empty = next((field for field in self._order if not field.edit.text()), None)
        if empty is not None:
            empty.edit.setFocus()
        else:
            self._go()

    def _go(self) -> None:
        for field in self._order:
            field.set_error("")
        if self.password.edit.text() != self.again.edit.text():
            self.again.set_error("和上面的密码不一样，请再输一遍")
            self.again.edit.setFocus()
            return
        self.go.busy("正在建账号…")
        self.wanted.emit(self.login.value(), self.name.value(), self.password.edit.text())
