"""The last step of the queue, as long as Ctrl+Z takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from clerk_app.domain.queue import UNDO_WITHIN
from clerk_app.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class _Step:
    take_back: Callable[[], object]
    until: float | None


class LastStep:
    """One step at a time: the next one forgets it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._step: _Step | None = None

    def keep(self, take_back: Callable[[], object], within: timedelta | None = UNDO_WITHIN) -> None:
        """``take_back`` undoes the step that was just done; with ``within`` None until the next step."""
        until = None if within is None else self._clock.monotonic() + within.total_seconds()
        self._step = _Step(take_back, until)

    def forget(self) -> None:
        """Something was done that cannot be undone together with it."""
        self._step = None

    @property
    def is_fresh(self) -> bool:
        """Whether Ctrl+Z would take something back."""
        step = self._step
        return step is not None and (step.until is None or self._clock.monotonic() <= step.until)

    def take_back(self) -> bool:
        """Undo it, once; False when there is nothing, or too long ago."""
        if not self.is_fresh:
            return False
        step, self._step = self._step, None
        assert step is not None
        step.take_back()
        return True
