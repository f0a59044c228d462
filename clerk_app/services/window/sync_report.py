"""The record of sync for whoever helps from afar: what waits, since when and why, clocks and versions.

No personal data: of an entry only ids, kinds, states and moments; sentences of the server without the names and numbers
of the people that the entry speaks of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from clerk_app import __version__
from clerk_app.domain.masking import mask_id_number, mask_name, mask_phone
from clerk_app.ports.printing import PaperFolder
from clerk_app.ports.speaking import API, OLDEST_API
from clerk_app.ports.window import OutboxEntry, WindowStore, WindowUnit
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.outbox import Outbox, OutboxLine

_MOST: Final = 500
_NAMES: Final = frozenset({"name", "clerk", "receiver", "signer", "user_name", "witness", "approver"})
_ID_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_PHONE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


class SyncReport:
    """Called on the store's lane."""

    def __init__(self, store: WindowStore, outbox: Outbox, journal: Journal, folder: PaperFolder) -> None:
        self._store = store
        self._outbox = outbox
        self._journal = journal
        self._folder = folder

    def write(self) -> str:
        """Write the report; returns where it lies. ``StoreFault`` when the folder takes nothing."""
        name = f"上传记录-{self._journal.now():%Y%m%d-%H%M%S}.json"
        return self._folder.save(name, json.dumps(self.content(), ensure_ascii=False, indent=1).encode())

    def content(self) -> dict[str, Any]:
        """As JSON values."""
        status = self._outbox.status()
        lines = (*self._outbox.waiting(_MOST), *self._outbox.waiting(_MOST, files=True), *status.set_aside)
        aside = {line.entry_id for line in status.set_aside}
        skew = status.skew

        def work(unit: WindowUnit) -> dict[str, OutboxEntry | None]:
            return {line.entry_id: unit.outbox.get(line.entry_id) for line in lines}

        entries = self._store.read(work)
        return {
            "made_at": self._journal.now().isoformat(),
            "window": {"version": __version__, "api": API, "oldest_api": OLDEST_API},
            "server": {"version": status.server_version, "api": status.api},
            "clock": None
            if skew is None
            else {"ahead_s": round(skew.seconds, 3), "within_s": round(skew.within, 3), "at": skew.at.isoformat()},
            "waiting": status.waiting,
            "files_waiting": status.files_waiting,
            "oldest_since": status.oldest_since.isoformat() if status.oldest_since else None,
            "last_synced": status.last_synced.isoformat() if status.last_synced else None,
            "error": status.error,
            "error_since": status.error_since.isoformat() if status.error_since else None,
            "entries": [_told(line, entries[line.entry_id], line.entry_id in aside) for line in lines],
        }


def _told(line: OutboxLine, entry: OutboxEntry | None, aside: bool) -> dict[str, Any]:
    return {
        "entry_id": line.entry_id,
        "stream": line.stream,
        "kind": line.kind.value,
        "state": "set_aside" if aside else "waiting",
        "position": entry.position if entry else None,
        "made_at": line.made_at.isoformat(),
        "reason": without_people(line.reason, entry.payload if entry else {}),
    }


def without_people(sentence: str, payload: dict[str, Any]) -> str:
    """A sentence about an entry without the names in it, and without numbers of persons and phones."""
    for name in sorted(set(_names(payload)), key=len, reverse=True):
        sentence = sentence.replace(name, mask_name(name))
    sentence = _ID_NUMBER.sub(lambda found: mask_id_number(found.group()), sentence)
    return _PHONE.sub(lambda found: mask_phone(found.group()), sentence)


def _names(value: Any, field: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _names(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _names(one, field)
    elif isinstance(value, str) and field in _NAMES and len(value) > 1:
        yield value
