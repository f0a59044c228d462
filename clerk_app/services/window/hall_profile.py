"""The hall's names, telephone and addresses at the window: as it was enrolled, and as the server has them since."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from clerk_app.domain.errors import NotAllowed
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall import Counter
from clerk_app.ports.window import WindowStore
from clerk_app.services.window import records

_FACT = "hall_profile"
_AGAIN_S = 600


class HallProfiles:
    """``now`` is for any thread; the object itself is a chore of the sync thread. What came last is kept, so that
    papers printed without the server carry it too."""

    def __init__(
        self, store: WindowStore, counter: Counter, enrolled: HallProfile, monotonic: Callable[[], float]
    ) -> None:
        self._store, self._counter, self._monotonic = store, counter, monotonic
        self._asked_at: float | None = None
        kept = store.read(lambda unit: unit.binding.fact(_FACT))
        self._now = self._of_hall(enrolled, records.load(HallProfile, json.loads(kept))) if kept else enrolled

    def now(self) -> HallProfile:
        """The hall for what is printed or shown from here on."""
        return self._now

    def __call__(self) -> bool:
        """Ask at the start and then every ten minutes; True when something changed. Raises ``Unreachable``."""
        moment = self._monotonic()
        if self._asked_at is not None and moment < self._asked_at + _AGAIN_S:
            return False
        try:
            told = self._counter.hall()
        except NotAllowed:
            return False
        self._asked_at = moment
        fresh = self._of_hall(self._now, told)
        if fresh == self._now:
            return False
        body = json.dumps(records.dump(HallProfile, fresh), ensure_ascii=False)
        self._store.write(lambda unit: unit.binding.set_fact(_FACT, body))
        self._now = fresh
        return True

    @staticmethod
    def _of_hall(enrolled: HallProfile, told: HallProfile) -> HallProfile:
        """The code begins every number of this window and stays as it was enrolled."""
        return replace(told, hall_id=enrolled.hall_id, code=enrolled.code)
