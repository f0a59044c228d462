"""The lists of those who decide and of those who seal, as the server tells them; read again when cases move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.actor import Role
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from clerk_app.services.window.session import WindowSession
from clerk_app.ui.lanes import Failure, Lane
from clerk_app.ui.window.desk import Desk

DESKS: Final[tuple[tuple[WorkKind, frozenset[Role]], ...]] = (
    (WorkKind.TO_DECIDE, frozenset({Role.REVIEWER, Role.CHIEF_REPRESENTATIVE})),
    (WorkKind.TO_SEAL, frozenset({Role.SEAL_KEEPER})),
    (WorkKind.TO_PREPARE, frozenset({Role.SEAL_KEEPER})),
)
"""Which list belongs to whom, in the order of the page."""


class OfficeLists(QObject):
    """``changed`` follows each answer. ``trouble`` is the sentence why there is none; the lines are then those of
    before."""

    changed = Signal()

    def __init__(self, desk: Desk, lane: Callable[[], Lane], failed: Callable[[Failure], object]) -> None:
        super().__init__()
        self._desk, self._lane, self._failed = desk, lane, failed
        self._session: WindowSession | None = None
        self.lines: dict[WorkKind, tuple[WorkLine, ...]] = {}
        self.at: datetime | None = None
        self.trouble = ""

    def act_as(self, session: WindowSession | None) -> None:
        """Whose lists they are from now on."""
        self._session = session
        self.lines = {}
        self.changed.emit()
        self.refresh()

    @property
    def kinds(self) -> tuple[WorkKind, ...]:
        """The lists of this person; empty for somebody who only sits at the counter."""
        roles = self._session.actor.roles if self._session is not None else frozenset()
        return tuple(kind for kind, wanted in DESKS if wanted & roles)

    def refresh(self) -> None:
        """Read the lists again; many wishes at once are one look."""
        kinds = self.kinds
        if not kinds or self._session is None or self._session.offline:
            return

        def read() -> dict[WorkKind, tuple[WorkLine, ...]]:
            return {kind: self._desk.files.work(kind) for kind in kinds}

        def show(lines: dict[WorkKind, tuple[WorkLine, ...]]) -> None:
            self.lines, self.at, self.trouble = lines, self._desk.clock.now(), ""
            self.changed.emit()

        def failed(failure: Failure) -> None:
            self.trouble = failure.text
            self.changed.emit()
            self._failed(failure)

        self._lane().run(read, done=show, failed=failed, key="works")

    def open_lines(self) -> tuple[WorkLine, ...]:
        """What this person may do, in the order of the lists."""
        return tuple(line for kind in self.kinds for line in self.lines.get(kind, ()) if line.mine)

    def next_line(self, here: str) -> WorkLine | None:
        """The first of them but for the case that is open."""
        return next((line for line in self.open_lines() if line.case_id != here), None)
