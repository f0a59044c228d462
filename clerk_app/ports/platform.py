"""Another system that gets the hall's cases: what an adapter for it is, and what it is given (docs/platforms.md).

A case changes by its intake record and by acts; each change is one ``Item`` and goes out once, in a ``Batch`` that is
written to bytes before anything is sent. Until the platform has answered, the same bytes are sent again under the same
id, so an adapter may be killed at any instant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from clerk_app.domain.errors import Fault
from clerk_app.domain.platform import FieldMap

Rows = tuple[Mapping[str, str], ...]


class BatchRefused(Fault):
    """The platform took nothing of a batch and does not say which case is at fault. It gets smaller batches then,
    until the one case is found."""


class PlatformAway(Fault):
    """The platform does not answer, or what it answers is nonsense: the batch stays and is sent again later."""


@dataclass(frozen=True, slots=True)
class Item:
    """One change of one case in the platform's words: group → rows → names → text, all by the adapter's field map.

    ``change_id`` is made from ids of the window that made the change: the same for ever, also after a restore.
    """

    change_id: str
    groups: Mapping[str, Rows] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent in one go. ``number`` counts the batches of an adapter from 1."""

    batch_id: str
    number: int
    hall_code: str
    hall_name: str
    made_at: datetime
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A batch as it was written. ``name`` suits as a file's name; ``change_ids`` in the batch's order."""

    batch_id: str
    name: str
    content: bytes = field(repr=False)
    change_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A change that the platform did not take: which field, and why in its own words. Never a person's data."""

    change_id: str
    reason: str
    field: str = ""


class PlatformAdapter(Protocol):
    """One platform. ``write`` is pure; ``send`` is called by one thread at a time, over all servers of the hall."""

    @property
    def fields(self) -> FieldMap:
        """The platform's fields; a hall's own map file stands in their place."""
        ...

    @property
    def suffix(self) -> str:
        """How a file of it is called: ``json``, ``xml``."""
        ...

    def write(self, batch: Batch) -> bytes:
        """The batch as the platform reads it; the same bytes for the same batch."""
        ...

    def send(self, parcel: Parcel) -> tuple[NotTaken, ...]:
        """Hand it over; what came back without an error is durable there but for those not taken.

        May get the same parcel again after a crash or a lost answer: the platform must have its changes once.
        Raises ``BatchRefused``, or ``PlatformAway`` (any ``Fault``) when the fate is unknown.
        """
        ...

    def close(self) -> None:
        """Let go of connections; may be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """What the settings say to an adapter: ``fields`` of the hall's own map (None: the adapter's), the data folder that
    relative paths start from, the token, and ``more``, the adapter's own keys as text."""

    home: Path
    form: str = "json"
    folder: str = ""
    url: str = ""
    token: str = field(default="", repr=False)
    ca: str = ""
    fields: FieldMap | None = None
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Platform:
    """An adapter by name. ``make`` does no I/O but reading certificates, and refuses what it cannot read with
    ``Rejected("platform", sentence)``. ``fields`` are those of the platform, before the hall's own map."""

    name: str
    title: str
    fields: FieldMap
    make: Callable[[Options], PlatformAdapter]
    tried: str = ""
