"""How a window tells the hall's server what it has: records in batches, and files in pieces (docs/sync.md).

The same conventions as ``ports.hall``. A record of a batch keeps its own key and gets its own answer; a file is the
content of a printed paper or of a scanned page, cut into pieces of ``CHUNK_BYTES``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from clerk_app.ports.hall_cases import FullCounter
from clerk_app.ports.problems import Problem

MOST_RECORDS = 100
"""Of one batch."""
BATCH_BYTES = 1024 * 1024
"""A window begins another batch before it exceeds this, as JSON before compression; one record may be larger."""
CHUNK_BYTES = 256 * 1024
"""Every piece of a file but the last has this size."""
MOST_FILE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OfficialNumber:
    """What the server of a hall gave a case: its record id and its 办件编号, which is the matter's code, the day and a
    serial. They stay the same at the server above."""

    record_id: str
    case_no: str


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One record on its way. ``kind`` is a value of ``RecordKind`` (or one that only a newer window knows), ``stream``
    the case or visit within which the order counts, ``body`` the record as JSON. ``official`` comes with a case that
    the server of a hall sends on; from a window it is ignored."""

    kind: str
    key: str
    stream: str
    body: dict[str, Any] = field(repr=False)
    official: OfficialNumber | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to ``MOST_RECORDS`` records in the order in which they were made."""

    records: tuple[BatchRecord, ...]


class RecordKind(StrEnum):
    """What a record of a batch is; the body is that of the endpoint for one alone. What was done at the queue without
    the server is none: it waits for the hall's turn and goes alone."""

    CASE = "case"
    ACT = "act"
    RATING = "rating"
    SEAL_USE = "seal_use"
    VISIT = "visit"
    CONSULTATION = "consultation"
    SIGNATURE = "signature"


class Taken(StrEnum):
    """What became of a record."""

    ACCEPTED = "accepted"
    CONFLICT = "conflict"  # its key or its id came before with another content
    REFUSED = "refused"
    UNREADABLE = "unreadable"  # this server does not know the kind or a value of it
    HELD = "held"  # not looked at: one before it in its stream was not taken
    FAILED = "failed"  # the server's fault, or one that waiting mends


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """``answer`` is what the endpoint for one alone would have said, ``problem`` why not."""

    key: str
    taken: Taken
    answer: dict[str, Any] | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """One answer for each record, in the same order."""

    epoch: str
    answers: tuple[RecordAnswer, ...]


class FileKind(StrEnum):
    """What a file is."""

    PAPER = "paper"  # a sheet as it was printed
    PAGE = "page"  # a page of a material, scanned or dropped


class FileSubject(StrEnum):
    """To what a file belongs."""

    CASE = "case"
    CONSULTATION = "consultation"
    SHEET = "sheet"  # a hand-over sheet, which stands for itself


@dataclass(frozen=True, slots=True)
class FileHead:
    """A file without its content; it never changes. ``sha`` is the SM3 of the content, 64 hex digits, ``size`` in
    bytes. ``title`` and ``number`` name a paper; ``material_id``, ``position`` (from 1) and ``sheets`` a page.

    ``media_type``: ``application/pdf``, ``image/jpeg``, or ``application/octet-stream`` for a thermal printer's bytes.
    """

    file_id: str
    subject: FileSubject
    subject_id: str
    kind: FileKind
    media_type: str
    size: int
    sha: str
    made_at: datetime
    window_no: str
    title: str = ""
    number: str = ""
    reprint: int = 0
    material_id: str = ""
    position: int = 0
    sheets: int = 1


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from ``start`` up to ``end``, which is not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FileProgress:
    """What the server has of a file. ``synced_at`` is set when all of it is there, is what was announced, and is
    durable; only then may the window rely on it."""

    file_id: str
    have: tuple[ByteRange, ...]
    chunk_bytes: int
    synced_at: datetime | None
    epoch: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A whole file at the server."""

    head: FileHead
    synced_at: datetime


class RecordSending(Protocol):
    """Pushing records many at a time."""

    def send_batch(self, batch: Batch) -> BatchAnswer:
        """Each record is taken at most once, whatever is repeated. ``Rejected("body")`` for a batch that is too large
        or no batch; what is wrong with one record stands in its answer."""
        ...


class FileSending(Protocol):
    """Pushing files; every step may be repeated."""

    def begin_file(self, head: FileHead) -> FileProgress:
        """Announce a file, or ask what the server has of it. ``NotFound`` while what it belongs to is not there,
        ``Conflict`` when another file was announced under its id."""
        ...

    def put_chunk(self, file_id: str, start: int, content: bytes, sha: str) -> FileProgress:
        """One piece; the last one missing makes the server check the whole. ``Conflict`` when the whole is not what
        was announced: the server has forgotten its pieces then."""
        ...


class FileReading(Protocol):
    """Reading files that any window of the hall sent; every look leaves a trace."""

    def files_of(self, subject_id: str) -> tuple[StoredFile, ...]: ...

    def file_content(self, file_id: str) -> bytes:
        """``NotFound`` for a file that is not whole yet."""
        ...


class SyncCounter(RecordSending, FileSending, FileReading, Protocol):
    """All of it; ``clerk_app.client.hall.HallClient`` is the one that talks to a server."""


class WindowCounter(FullCounter, SyncCounter, Protocol):
    """Everything that a window tells the server and asks of it."""
