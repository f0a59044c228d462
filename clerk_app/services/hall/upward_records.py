"""What of a hall's journal goes up to the city's server, and in which words: the stored records as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from clerk_app.ports.hall_sync import BatchRecord, OfficialNumber, RecordKind
from clerk_app.ports.stores_hall import HallUnit, JournalEntry
from clerk_app.ports.stores_hall_upward import UpwardLine
from clerk_app.services.hall.tools import Tools, canonical_json

_KINDS: Final = {
    "case.stored": RecordKind.CASE,
    "case.updated": RecordKind.CASE,
    "case.acted": RecordKind.ACT,
    "rating.stored": RecordKind.RATING,
    "seal.used": RecordKind.SEAL_USE,
    "visit.stored": RecordKind.VISIT,
    "consultation.stored": RecordKind.CONSULTATION,
    "signature.stored": RecordKind.SIGNATURE,
}
RECORDS: Final = tuple(_KINDS)
"""Kinds of journal entries that stand for a record."""
FILES: Final = ("file.stored",)
FILE: Final = "file"
_KEY_LENGTH = 48


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record on its way; ``feed_no`` is its journal entry's, ``text`` its body as canonical JSON."""

    feed_no: int
    kind: RecordKind
    record_id: str
    stream: str
    number: str
    body: dict[str, object] = field(repr=False)
    text: str = field(repr=False)
    official: OfficialNumber | None = None

    def sent(self, tools: Tools, device_id: str) -> BatchRecord:
        """As part of a batch. The key follows from the content and the sender, so that the same record has the same key
        for ever, whatever this server forgot."""
        key = tools.digest(f"{device_id}\0{self.kind}\0{self.text}")[:_KEY_LENGTH]
        return BatchRecord(self.kind.value, key, self.stream, self.body, self.official)


def outgoing(unit: HallUnit, entry: JournalEntry) -> Outgoing | None:
    """The record of a journal entry as it is stored now; None for a revision that a later one replaced, which has an
    entry of its own, and for an entry of another kind."""
    kind = _KINDS.get(entry.kind)
    if kind is None:
        return None
    payload = entry.payload
    record_id = str(payload.get("act_id", "")) if kind is RecordKind.ACT else entry.subject
    return _stored(unit, int(entry.feed_no or 0), kind, record_id, payload.get("revision"))


def outgoing_again(unit: HallUnit, line: UpwardLine) -> Outgoing | None:
    """The record of a line that waits."""
    return _stored(unit, line.feed_no, RecordKind(line.kind), line.record_id, None)


def _stored(unit: HallUnit, feed_no: int, kind: RecordKind, record_id: str, revision: int | None) -> Outgoing | None:
    found = unit.upward.record(kind, record_id)
    if found is None or (revision is not None and found.revision > revision):
        return None
    body = found.body
    # Sorted by name as the digest of it is, whatever the store did with it.
    return Outgoing(
        feed_no=feed_no,
        kind=kind,
        record_id=record_id,
        stream=_stream(kind, record_id, body),
        number=str(body.get("case_number") or body.get("paper_number") or body.get("number") or ""),
        body={name: body[name] for name in sorted(body)},
        text=canonical_json(body),
        official=found.official,
    )


def _stream(kind: RecordKind, record_id: str, body: dict[str, object]) -> str:
    """Within which the order counts: a case, else the visit or the advice."""
    if kind is RecordKind.RATING:
        return str(body.get("ticket_id") or body.get("case_id") or record_id)
    if kind in {RecordKind.VISIT, RecordKind.CONSULTATION}:
        return record_id
    return str(body.get("case_id") or record_id)
