"""One request at a time to the hall, kept so that it can be repeated under its own key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from clerk_app.ui.lanes import Failure, Lanes


class Requests(QObject):
    """``ask`` runs on the network lane. While one is under way nothing else is asked; ``again`` repeats the last one,
    whose fate is unknown. An answer to somebody who has gone is kept from the next citizen by ``forget``."""

    def __init__(self, lanes: Lanes, parent: QObject) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._last: tuple[str, Callable[[], Any], Callable[[Any], object], Callable[[Failure], object]] | None = None
        self.busy = False

    def ask(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[Failure], object],
        *,
        lane: str = "network",
    ) -> bool:
        """False when another request is under way: a second touch is the first one's echo."""
        if self.busy:
            return False
        self._last = lane, work, done, failed
        self._run()
        return True

    def again(self) -> bool:
        """Repeat the last request; False when there is none."""
        if self.busy or self._last is None:
            return False
        self._run()
        return True

    def forget(self) -> None:
        """The citizen has gone."""
        self._last = None

    def _run(self) -> None:
        assert self._last is not None
        lane, work, done, failed = self._last
        self.busy = True

        def answered(value: Any) -> None:
            self.busy = False
            done(value)

        def refused(failure: Failure) -> None:
            self.busy = False
            failed(failure)

        self._lanes.lane(lane).run(work, done=answered, failed=refused, owner=self)
