"""What exporting to a platform needs of the hall's store: how far it is, what waits, what was refused and sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class ChangeKind(StrEnum):
    """What a case changed by."""

    RECORD = "record"
    ACT = "act"


class ExportState(StrEnum):
    """Where a change stands. ``SUPERSEDED``: a later revision of the record came before this one went out."""

    WAITING = "waiting"
    PACKED = "packed"
    SENT = "sent"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one case, by its journal entry. ``place`` is the revision of the record or the act's position.

    ``digest`` is of what was refused: the content that a platform refused is not offered again, what our own rules
    refused is not written down again.
    """

    change_id: str
    feed_no: int
    case_id: str
    case_number: str
    kind: ChangeKind
    place: int
    at: datetime
    state: ExportState = ExportState.WAITING
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ExportRun:
    """An adapter's state. ``cursor``: the feed number up to which changes were collected; ``trouble``: why the latest
    run did not get through, empty when it did."""

    cursor: int = 0
    number: int = 0
    began_at: datetime | None = None
    done_at: datetime | None = None
    trouble: str = ""
    holder: str = ""
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A warning about what went out, and about how many changes; ``case_number`` is one of them."""

    field: str
    sentence: str
    count: int
    case_number: str


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch; ``content`` is kept until the platform has it, then dropped."""

    batch_id: str
    number: int
    name: str
    made_at: datetime
    change_ids: tuple[str, ...]
    digest: str
    content: bytes | None = field(default=None, repr=False)
    sent_at: datetime | None = None
    refused: int = 0
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """Why a change did not go out; ``by`` is ``rule`` (our own check) or ``platform``."""

    change_id: str
    case_id: str
    case_number: str
    field: str
    sentence: str
    by: str
    at: datetime


class ExportStore(Protocol):
    """Exports of one hall; each adapter has its own."""

    def adapters(self) -> list[str]:
        """The names of all that ever ran, in order."""
        ...

    def run(self, adapter: str) -> ExportRun:
        """An empty one before the first run."""
        ...

    def hold(self, adapter: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew the adapter for one process; False while another has it."""
        ...

    def let_go(self, adapter: str, holder: str) -> None: ...

    def begin(self, adapter: str, at: datetime, trouble: str) -> None:
        """``trouble`` stands until ``finish``, so that a run that was killed is known as such."""
        ...

    def finish(self, adapter: str, at: datetime, trouble: str) -> None: ...

    def collect(self, adapter: str, changes: Iterable[Change], cursor: int) -> None:
        """Enter changes, those that are known already left out, and go on from ``cursor`` next time."""
        ...

    def open_changes(self, adapter: str, after: int, limit: int) -> list[Change]:
        """Waiting and refused ones with a feed number above ``after``, in order."""
        ...

    def counts(self, adapter: str) -> dict[ExportState, int]: ...

    def pack(self, adapter: str, batch: StoredBatch, digests: Sequence[str]) -> None:
        """Keep a batch before it is sent; its changes are packed, each with the digest of its content."""
        ...

    def unsent(self, adapter: str) -> StoredBatch | None:
        """The batch whose fate is not known, with its content."""
        ...

    def sent(self, adapter: str, batch_id: str, at: datetime, refused: int) -> None:
        """The platform has it: its packed changes are sent, the content is dropped."""
        ...

    def unpack(self, adapter: str, batch_id: str) -> None:
        """The platform took nothing of it: its changes wait again, the batch is dropped."""
        ...

    def refuse(self, adapter: str, change_id: str, lines: Sequence[RefusalLine], digest: str | None = None) -> None:
        """A change stays here; ``lines`` replace what was said of it before. Without ``digest`` the one that it was
        packed with stays."""
        ...

    def set_state(self, adapter: str, change_id: str, state: ExportState) -> None:
        """Besides, forget what was said of it."""
        ...

    def refusals(self, adapter: str, limit: int) -> list[RefusalLine]:
        """By the order of the changes."""
        ...

    def batches(self, adapter: str, limit: int) -> list[StoredBatch]:
        """The newest first, without content."""
        ...
