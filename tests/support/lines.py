"""What every driver test needs: a moment, the two kinds of line, a font that draws Chinese."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import justmytype_intl_cjk

MOMENT = datetime(2026, 11, 23, 2, 26, tzinfo=UTC)
FONT = Path(justmytype_intl_cjk.__file__).parent / "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"


def now() -> datetime:
    """A clock that stands still."""
    return MOMENT


class FakeTime:
    """Seconds that pass only when somebody waits for ``cancel``."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.cancel = _WaitingEvent(self)

    def monotonic(self) -> float:
        return self.seconds


class _WaitingEvent(threading.Event):
    def __init__(self, time: FakeTime) -> None:
        super().__init__()
        self._time = time

    def wait(self, timeout: float | None = None) -> bool:
        self._time.seconds += timeout or 0.0
        return self.is_set()
