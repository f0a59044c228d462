"""What the law has accepted meanwhile is concluded at the login and every hour after it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.actor import Actor
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.deemed import DeemedDesk
from clerk_app.ui.lanes import Failure, Lane

EVERY_MS = 3_600_000


class Deeming(QObject):
    """``found`` tells the sentence; the papers wait to be printed like those of a visit that was cut off."""

    found = Signal(str)
    failed = Signal(object)

    def __init__(self, desk: DeemedDesk, store: Lane) -> None:
        super().__init__()
        self._desk, self._store = desk, store
        self._actor: Actor | None = None
        self._hourly = QTimer(self)
        self._hourly.setInterval(EVERY_MS)
        self._hourly.timeout.connect(self._run)

    def act_as(self, actor: Actor) -> None:
        """Somebody has logged in: look now, and every hour from now on."""
        self._actor = actor
        self._hourly.start()
        self._run()

    def stop(self) -> None:
        self._hourly.stop()

    def _run(self) -> None:
        if self._actor is not None:
            self._store.run(self._desk.run, self._actor, done=self._told, failed=self._not_run, key="deemed")

    def _told(self, concluded: tuple[Concluded, ...]) -> None:
        if concluded:
            which = "、".join(one.case_number for one in concluded[:3])
            more = f"等 {len(concluded)} 件" if len(concluded) > 3 else ""
            self.found.emit(f"{which}{more}收件后没有按时告知，依法视为收件之日已受理，通知书待打印")

    def _not_run(self, failure: Failure) -> None:
        self.failed.emit(failure)
