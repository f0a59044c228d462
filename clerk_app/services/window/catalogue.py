"""The clerk's catalogue: find a matter while typing, open it, remember what is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from threading import Lock

from clerk_app.domain.catalogue import Matter
from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.ports.clock import Clock
from clerk_app.ports.window import CatalogueStore
from clerk_app.services.window.matter_index import MatterHit, MatterIndex

_REMEMBERED = 50
_LATEST_FIRST = 5


class CatalogueDesk:
    """Search and reading over the catalogue in the window's store.

    ``load`` and ``touch`` go to the store: call them in its lane. ``search`` reads memory only and may be called from
    any thread, the screen's too.
    """

    def __init__(self, store: CatalogueStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = Lock()
        self._index = MatterIndex(())
        self._favourites: tuple[str, ...] = ()
        self._version = 0

    @property
    def version(self) -> int:
        """The catalogue version that the search knows; 0 before the first ``load``."""
        return self._version

    @property
    def count(self) -> int:
        """How many matters the search knows."""
        return len(self._index)

    def load(self) -> int:
        """Read the version in use from the store; returns the number of matters. Searches go on meanwhile."""
        version = self._store.version()
        index = MatterIndex(self._store.rows())
        favourites = self._read_favourites()
        with self._lock:
            self._index, self._favourites, self._version = index, favourites, version
        return len(index)

    def search(self, query: str, limit: int = 30) -> tuple[MatterHit, ...]:
        """Matters that fit every word (initials, pinyin, characters, code, department), best first.

        An empty query lists what this window used last and most.
        """
        with self._lock:
            index, favourites = self._index, self._favourites
        return index.search(query, limit, favourites)

    def matter(self, code: str) -> Matter:
        """The whole matter, also for the target of a redirect; ``NotFound``.

        Its ``version`` is the catalogue's, which the case pins: 「目录第 418 版」 on the screen and in the record.
        """
        while True:
            version = self._store.version()
            body = self._store.body(code)
            # A new catalogue may have come in between the two looks.
            if self._store.version() == version:
                return replace(read_matter(body), version=version)

    def touch(self, code: str) -> None:
        """The clerk took this matter: count it, and list it among the first from now on."""
        self._store.touch(code, self._clock.now())
        favourites = self._read_favourites()
        with self._lock:
            self._favourites = favourites

    def _read_favourites(self) -> tuple[str, ...]:
        """The few used last, then the most used: a burst of one matter must not drive out the daily ones."""
        recent = [use.code for use in self._store.recent(_REMEMBERED)]
        frequent = [use.code for use in self._store.frequent(_REMEMBERED)]
        return _once((*recent[:_LATEST_FIRST], *frequent, *recent))


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
