"""What sync needs of the hall's store: many new records at once, and files in pieces; a part of ``stores_hall``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from clerk_app.ports.hall_sync import FileHead
from clerk_app.ports.stores_hall_cases import CaseStanding


class Collided(Exception):
    """Another transaction stored the same meanwhile: look again."""


@dataclass(frozen=True, slots=True)
class FreshCase:
    """A case that the store does not have yet, ready to be stored. ``values`` are its own columns without its
    standing and its ``body``, which is JSON text already; ``base`` and ``day`` are what its official number counts
    within; ``people`` are keyed digests. ``case_no`` is the number that the hall below gave it, empty for a new one."""

    case_id: str
    record_id: str
    revision: int
    values: Mapping[str, Any] = field(repr=False)
    body: str = field(repr=False)
    standing: CaseStanding
    base: str
    day: date
    body_hash: str
    synced_at: datetime
    people: tuple[str, ...]
    case_no: str = ""


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """An idempotency key with what was asked under it and answered."""

    key: str
    body_hash: str
    answer: str


class ManyStore(Protocol):
    """Many rows in few statements."""

    def known_cases(self, case_ids: Collection[str]) -> set[str]:
        """Which of these cases are stored."""
        ...

    def add_cases(self, cases: Sequence[FreshCase]) -> dict[str, str] | None:
        """Store them all and give back their official numbers by case id; None when one of them collides with what is
        there (then nothing is stored, and they have to come one by one)."""
        ...

    def keys(self, keys: Collection[str]) -> dict[str, KeyAnswer]:
        """Which of these keys were used."""
        ...

    def keep_keys(self, answers: Sequence[KeyAnswer], at: datetime) -> None:
        """Keep the answers of keys that ``keys`` did not know; ``Collided``."""
        ...


@dataclass(frozen=True, slots=True)
class FileState:
    """A file that was announced. ``body_hash`` is the digest of the announcement; ``synced_at`` None until all of it
    is there and checked."""

    head: FileHead
    body_hash: str
    begun_at: datetime
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece as stored: its number from 0, its size before sealing, its sealed bytes."""

    number: int
    size: int
    sealed: bytes = field(repr=False)


class UploadStore(Protocol):
    """Files of one hall, whole or on their way."""

    def get(self, file_id: str) -> FileState | None: ...

    def add(self, file: FileState) -> None: ...

    def numbers(self, file_id: str) -> list[int]:
        """Which pieces are there, in order."""
        ...

    def add_chunk(self, file_id: str, chunk: Chunk) -> None:
        """Keep a piece; one that is there already stays as it is."""
        ...

    def chunk(self, file_id: str, number: int) -> Chunk | None: ...

    def forget_chunks(self, file_id: str) -> None: ...

    def finish(self, file_id: str, at: datetime) -> None:
        """All of it is there and checked."""
        ...

    def of_subject(self, subject_id: str) -> list[FileState]:
        """Whole files, by when they were made."""
        ...

    def known_subject(self, kind: str, subject_id: str) -> bool:
        """Whether what a file belongs to is stored: a case or a consultation."""
        ...
