"""The matters that a kiosk offers: those of the published catalogue that say what to bring, by service group."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from clerk_app.domain.papers import TicketMatter
from clerk_app.ports.hall import Catalogue
from clerk_app.services.tickets import ticket_matter


class CatalogueReading(Protocol):
    """Where the catalogue comes from."""

    def catalogue(self, since: int = 0) -> Catalogue: ...


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter to choose from."""

    code: str
    name: str


class KioskMatters:
    """``themes`` maps a group's name to catalogue themes. ``load`` runs on the network lane, the rest anywhere."""

    def __init__(self, hall: CatalogueReading, themes: Mapping[str, tuple[str, ...]]) -> None:
        self._hall = hall
        self._themes = themes
        self._lock = threading.Lock()
        self._version = 0
        self._records: dict[str, dict[str, Any]] = {}
        self._lines: dict[str, tuple[MatterLine, ...]] = {}

    def load(self) -> None:
        """Read the published catalogue if it has changed; ``Unreachable`` when the server does not answer."""
        catalogue = self._hall.catalogue(self._version)
        if catalogue.matters is None:
            return
        detailed = [record for record in catalogue.matters if record.get("materials")]
        lines = {
            group: tuple(MatterLine(one["code"], one["name"]) for one in detailed if _themes_of(one) & set(themes))
            for group, themes in self._themes.items()
        }
        with self._lock:
            self._version = catalogue.version
            self._records = {record["code"]: record for record in detailed}
            self._lines = lines

    def of_group(self, group_name: str) -> tuple[MatterLine, ...]:
        """Matters of a group, in the catalogue's order."""
        with self._lock:
            return self._lines.get(group_name, ())

    def on_ticket(self, codes: Sequence[str]) -> tuple[TicketMatter, ...]:
        """What the paper says of the chosen ones; what the catalogue no longer has is left out."""
        with self._lock:
            records = [self._records[code] for code in codes if code in self._records]
        return tuple(ticket_matter(record) for record in records)


def _themes_of(record: Mapping[str, Any]) -> set[str]:
    """Themes are given by audience (自然人, 法人); a plain text stands for both."""
    theme = record.get("theme")
    if isinstance(theme, Mapping):
        return {str(value) for value in theme.values()}
    return {theme} if isinstance(theme, str) else set()
