"""How a server tells the one store of a device from a copy of it: a word that is changed each time it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Presence:
    """``shown``: the word that this store gave last time, empty before the first time. ``following``: the one that it
    will show next time; both are random and kept in the store itself, so that a copy of it shows an old one."""

    shown: str = field(repr=False)
    following: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PresenceAnswer:
    """``accepted`` is False for a copy, or for a store that was put back from an image: it must give no numbers."""

    accepted: bool


class PresenceCalls(Protocol):
    """What a device does at each start and whenever the server became another store."""

    def present(self, presence: Presence, *, key: str | None = None) -> PresenceAnswer: ...
