"""A supervisor's consent: a second login at the clerk's window, with a reason that stays in the record.

Where nobody else has to agree, the same panel asks for the reason alone.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.ui.keys import commit_input
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.lanes import Failure
from clerk_app.ui.window.overlay import Overlay

WIDTH = 460
AGREE = "授权并办理"
WHY_AGREED = "为什么同意（留在记录里）"
_OWN_KEYS = (Qt.Key.Key_F9, Qt.Key.Key_F12)
"""The page below binds them too: while the panel is open they are the panel's."""


class ApprovalPanel(Overlay):
    """``wanted`` carries login name, password and reason; answer with ``show_failure`` or ``dismiss``."""

    wanted = Signal(str, str, str)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "请主管授权", WIDTH)
        self.why = Text("", "note", "bad", wrap=True)
        self.name = Field("主管的用户名", latin=True)
        self.password = Field("密码", latin=True)
        self.password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.reason = Field(WHY_AGREED)
        self.problem = Text("", "note", "bad", wrap=True)
        self.go = Button(AGREE, ButtonRole.PRIMARY, key="F9")
        self.body.put(
            Column(self.why, self.name, self.password, self.reason, self.problem, Row(None, self.go), gap=SPACE.x12)
        )
        self.fields: tuple[Field, ...] = (self.name, self.password, self.reason)
        for field in self.fields:
            field.entered.connect(lambda _text: self._next())
        self.go.clicked.connect(self.submit)

    def ask(
        self,
        title: str,
        why: str,
        reason: str = "",
        *,
        consent: bool = True,
        verb: str = AGREE,
        because: str = WHY_AGREED,
    ) -> None:
        """Ask for consent to what ``why`` says is locked; ``reason`` is a proposal, ``because`` asks for it. Without
        ``consent`` nobody logs in; ``verb`` stands on the button."""
        self.heading.setText(title)
        self.fields = (self.name, self.password, self.reason) if consent else (self.reason,)
        for field in (self.name, self.password):
            field.setVisible(consent)
        self.reason.label.setText(because)
        self.go.setText(verb)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        for field in self.fields:
            field.set_value("")
            field.set_error("")
        self.reason.set_value(reason)
        self._say("")
        self.popup()

    def start(self) -> None:
        self.fields[0].edit.setFocus()

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F9:
            # The last syllables are part of what is sent.
            commit_input()
            QTimer.singleShot(0, self.submit)
        elif event.key() not in _OWN_KEYS:
            super().keyPressEvent(event)

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
            last = self.password if self.password in self.fields else self.reason
            last.edit.setFocus()
            last.edit.selectAll()

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
