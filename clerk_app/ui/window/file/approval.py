"""A supervisor's consent: a second login at the clerk's window, with a reason that stays in the record.

The same panel asks for a reason alone, where nobody else has to agree.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.ui.keys import commit_input
from clerk_app.ui.kit.buttons import Button, ButtonRole, Chip
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.flow import Flow
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.lanes import Failure
from clerk_app.ui.window.overlay import Overlay

WIDTH = 460
AGREE = "授权并办理"
WHY_AGREED = "为什么同意（留在记录里）"


class ApprovalPanel(Overlay):
    """``wanted`` carries login name, password and reason; answer with ``show_failure`` or ``dismiss``.

    While the panel is open F9 and F12 are its keys, whatever the page below binds.
    """

    wanted = Signal(str, str, str)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "请主管授权", WIDTH)
        self.why = Text("", "note", "bad", wrap=True)
        self.name = Field("主管的用户名", latin=True)
        self.password = Field("密码", latin=True)
        self.password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.reason = Field(WHY_AGREED)
        self.chips: list[Chip] = []
        self._phrases = Flow(gap=SPACE.x6)
        self._said = QWidget()
        self._said.setLayout(self._phrases)
        self.problem = Text("", "note", "bad", wrap=True)
        self.go = Button(AGREE, ButtonRole.PRIMARY, key="F9")
        asked = (self.why, self._said, self.reason, self.name, self.password, self.problem)
        self.body.put(Column(*asked, Row(None, self.go), gap=SPACE.x12))
        self._consent = True
        for field in (self.name, self.password, self.reason):
            field.entered.connect(lambda _text: self._next())
        self.go.clicked.connect(self.submit)

    def ask(self, title: str, why: str, reason: str = "") -> None:
        """Ask for consent to what ``why`` says is locked; ``reason`` is a proposal."""
        self.heading.setText(title)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        for field in self.fields:
            field.set_value("")
            field.set_error("")
        self.reason.set_value(reason)
        self._say("")
        self.popup()

    def start(self) -> None:
        self.name.edit.setFocus()

    def show_failure(self, failure: Failure) -> None:
        """The consent was not given: say why; the text stays."""
        self.go.ready()
        wrong = {"login_name": self.name, "reason": self.reason, "password": self.password}
        field = wrong.get(failure.error.field) if isinstance(failure.error, Rejected) else None
        if field is not None:
            field.set_error(failure.text)
            field.edit.setFocus()
        else:
            self._say(failure.text)
            self.password.edit.setFocus()
            self.password.edit.selectAll()

    def dismiss(self) -> None:
        self.password.set_value("")
        self.go.ready()
        super().dismiss()

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self._place()

    def _next(self) -> None:
        empty = next((field for field in self.fields if not field.value()), None)
        if empty is None:
            self.submit()
        else:
            empty.edit.setFocus()

    def submit(self) -> None:
        """F9: ask for the consent; what is missing is told by the service."""
        if self.isHidden() or not self.go.isEnabled():
            return
        self._say("")
        self.go.busy("正在核对…")
        self.wanted.emit(self.name.value(), self.password.edit.text(), self.reason.value())
