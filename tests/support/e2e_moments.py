"""Power cuts at named moments and clocks that are ahead, for programs that run as processes of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from clerk_app.ports.clock import SystemClock


def power_cut() -> None:
    """SIGKILL of this process by itself."""
    os.kill(os.getpid(), signal.SIGKILL)


def dies_before(kind: Any, method: str) -> None:
    """The process ends where the method of a class (the function of a module) would begin."""
    assert callable(getattr(kind, method))
    setattr(kind, method, lambda *args, **named: power_cut())


def dies_after(kind: Any, method: str) -> None:
    """The process ends when the method is done, before anybody hears of it."""
    whole: Callable[..., object] = getattr(kind, method)

    def last(*args: object, **named: object) -> None:
        whole(*args, **named)
        power_cut()

    setattr(kind, method, last)


def set_ahead(days: int) -> None:
    """Let the machine's clock run some days ahead, as if so much time had passed."""
    now = SystemClock.now
    by = timedelta(days=days)

    def later(clock: SystemClock) -> datetime:
        return now(clock) + by

    if days:
        SystemClock.now = later  # type: ignore[method-assign]
