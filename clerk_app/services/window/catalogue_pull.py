"""Brings a newly published catalogue to the window, all at once, while the clerk goes on working."""

from __future__ import annotations

from clerk_app.ports.hall import Counter
from clerk_app.ports.window import CatalogueStore
from clerk_app.services.window.catalogue import CatalogueDesk


class CataloguePull:
    """A chore of the sync thread: each case keeps the version that it was taken under."""

    def __init__(self, store: CatalogueStore, counter: Counter, desk: CatalogueDesk) -> None:
        self._store, self._counter, self._desk = store, counter, desk

    def __call__(self) -> bool:
        """Fetch the catalogue if the server has another version; True when there is a new one.

        Raises ``Unreachable``; then the present version stays in use.
        """
        have = self._store.version()
        offered = self._counter.catalogue_info()
        if offered.version in (0, have):
            return False
        fetched = self._counter.catalogue(since=have)
        if fetched.matters is None or fetched.published_at is None:
            return False
        self._store.replace(fetched.version, fetched.published_at, fetched.matters)
        self._desk.load()
        return True
