"""A window with a citizen's screen: the clerk's keys on one side, the citizen's touches on the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from clerk_app.services.window.confirming import ConfirmingDesk
from clerk_app.services.window.signing import SigningDesk
from clerk_app.ui.citizen.screen import CitizenScreen
from clerk_app.ui.window.citizen_panel import CitizenPanel
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.facing import Facing
from support.shell import Seat
from support.window_views import shown


class CitizenSeat(Seat):
    """``mode`` as the setting; the citizen's screen is a window in these tests."""

    def __init__(self, qtbot: Any, *given: Any, mode: str = "window", evaluator: bool = False, **named: Any) -> None:
        self._mode = mode
        self._woken: list[str] = []
        super().__init__(qtbot, *given, evaluator=evaluator, **named)

    def _desk(self, evaluator: bool, first_page: Callable[[bytes, int], bytes]) -> Desk:
        window = self.window
        return replace(
            super()._desk(evaluator, first_page),
            signing=SigningDesk(self.store, window.journal, window.renderer.check, lambda: self._woken.append("now")),
            confirming=ConfirmingDesk(self.store, window.journal),
            citizen_screen=self._mode,
        )

    # --- the citizen ------------------------------------------------------------------------------------------
    def touch(self, target: QAbstractButton) -> None:
        """A finger on a target; one that cannot be seen fails here."""
        assert target.isVisible(), f"{target.text()} is not on the screen"
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)
        self.settle()

    def write(self, waves: float = 4.0) -> None:
        """A signature by real mouse events; another number of waves is another hand."""
        pad = self.screen.sign.pad
        wide, high = pad.width(), pad.height()
        points = [
            QPoint(round(wide * (0.1 + 0.8 * part / 40)), round(high * (0.5 + 0.3 * math.sin(part * waves / 10))))
            for part in range(41)
        ]
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[0])
        for point in points[1:]:
            QTest.mouseMove(pad, point)
            QApplication.processEvents()
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[-1])
        self.settle()

    def store_rating(self) -> None:
        """The lane of the evaluator goes on."""
        for _ in range(3):
            self.lanes["evaluator"].go()
            self.settle()

    # --- eyes -------------------------------------------------------------------------------------------------
    @property
    def facing(self) -> Facing:
        assert self.shell.facing is not None
        return self.shell.facing

    @property
    def screen(self) -> CitizenScreen:
        """What the citizen looks at."""
        assert self.facing.screen is not None
        return self.facing.screen

    @property
    def panel(self) -> CitizenPanel:
        """What the clerk knows of it."""
        return self.shell.side.citizen

    def seen(self) -> str:
        """All words that the citizen can read on the page, and what the drawn pieces tell a screen reader."""
        page = self.screen.pages.currentWidget()
        drawn = [self.screen.accessibleName(), self.screen.case.list.accessibleName()]
        buttons = [one.text() for one in page.findChildren(QAbstractButton) if one.isVisible()]
        rich = [one.accessibleName() for one in page.findChildren(type(self.screen.place.state)) if one.isVisible()]
        return "\n".join([shown(page), *buttons, *drawn, *rich])

    def journal(self, case_id: str) -> list[str]:
        """Kinds of the entries of a case."""
        return [row.kind for row in self.store.read(lambda unit: unit.journal.of_subject(case_id))]
