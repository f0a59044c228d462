"""One run of an export: collect what the feed has, finish what was begun, offer what waits, keep what is refused.

The batch whose fate is not known goes first, with the same bytes. What was refused before is looked at again as it is
now. A case of which one change is held up sends no later one.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from clerk_app.domain import errors
from clerk_app.domain.errors import Locked, NotFound, Refusal
from clerk_app.domain.platform import Fault, Finding, Rendered
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.platform import (
    Batch,
    BatchRefused,
    Item,
    NotTaken,
    Parcel,
    PlatformAdapter,
    PlatformAway,
)
from clerk_app.ports.stores_hall import HallStore, HallUnit, JournalEntry
from clerk_app.ports.stores_hall_exports import (
    Change,
    ChangeKind,
    Doubt,
    ExportState,
    RefusalLine,
    StoredBatch,
)
from clerk_app.services.hall import records
from clerk_app.services.hall.export_parts import CaseThen, Told
from clerk_app.services.hall.export_record import groups_of
from clerk_app.services.hall.folding import acts_of
from clerk_app.services.hall.tools import Tools, canonical, system_actor

KINDS: Final = ("case.stored", "case.updated", "case.acted")
HELD_FOR: Final = timedelta(minutes=10)
"""How long one process has an adapter to itself; longer than any answer is waited for."""
UNFINISHED: Final = "还没有做完：正在导出，或者程序中断了，会接着导出"
UNREADABLE: Final = "这一件的记录读不出来，没有导出，请技术员查看"
_STRETCH, _PAGE = 1000, 100
_MOST_REFUSED_ALONE: Final = 20
"""So many single changes refused in a row without one that was taken: then it is the platform, not the cases."""
_DOUBTS = 50


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What one run did. ``refused``: changes that stay here with a reason, those of earlier runs included."""

    sent: int = 0
    refused: int = 0
    batches: int = 0


@dataclass(frozen=True, slots=True)
class _Ready:
    """A change that our own rules let out."""

    change: Change
    item: Item
    digest: str
    warnings: tuple[Finding, ...]


class ExportRunning:
    """One run of one adapter."""

    def __init__(
        self,
        store: HallStore,
        tools: Tools,
        hall_id: str,
        name: str,
        adapter: PlatformAdapter,
        told: Told,
        batch: int,
        again: bool,
    ) -> None:
        self._store, self._tools, self._hall = store, tools, hall_id
        self._name, self._adapter, self._told = name, adapter, told
        self._most, self._again = batch, again
        self._holder = tools.new_id()
        self._size = batch
        self._alone = 0
        self._blocked: set[str] = set()
        self._sent = self._refused = self._batches = 0

    def done(self) -> ExportReport:
        trouble = UNFINISHED
        self._write(lambda unit: unit.exports.begin(self._name, self._tools.now(), UNFINISHED))
        try:
            self._collect()
            self._finish_unsent()
            self._offer_open()
            trouble = ""
        except (errors.Fault, Refusal) as known:
            trouble = str(known)
            raise
        finally:
            self._release(trouble)
        return ExportReport(self._sent, self._refused, self._batches)

    # --- the hold on the adapter ----------------------------------------------------------------------------------
    def _write(self, work: Callable[[HallUnit], None]) -> None:
        """In a transaction that has the adapter to itself; ``Locked`` when another process took it."""

        def held(unit: HallUnit) -> None:
            now = self._tools.now()
            if not unit.exports.hold(self._name, self._holder, now, now + HELD_FOR):
                raise Locked("另一个程序正在导出，请等它结束再试")
            work(unit)

        self._store.write(self._hall, "export", held, patient=True)

    def _release(self, trouble: str) -> None:
        def end(unit: HallUnit) -> None:
            if unit.exports.run(self._name).holder == self._holder:
                unit.exports.finish(self._name, self._tools.now(), trouble)
                unit.exports.let_go(self._name, self._holder)

        self._store.write(self._hall, "export", end, patient=True)

    # --- what the feed has ----------------------------------------------------------------------------------------
    def _collect(self) -> None:
        while True:
            cursor, until, entries = self._store.read(self._hall, self._stretch)
            if until <= cursor:
                return
            changes = [change for entry in entries if (change := _change_of(entry)) is not None]
            self._write(lambda unit: unit.exports.collect(self._name, changes, until))  # noqa: B023 - run at once

    def _stretch(self, unit: HallUnit) -> tuple[int, int, list[JournalEntry]]:
        cursor = unit.exports.run(self._name).cursor
        until = min(cursor + _STRETCH, unit.journal.head()[0])
        return cursor, until, unit.journal.of_kinds(KINDS, cursor, until) if until > cursor else []

    # --- what waits -----------------------------------------------------------------------------------------------
    def _offer_open(self) -> None:
        after = 0
        ready: list[_Ready] = []
        while page := self._store.read(self._hall, lambda unit: unit.exports.open_changes(self._name, after, _PAGE)):  # noqa: B023
            after = page[-1].feed_no
            ready += self._looked_at(page)
            while len(ready) >= self._most:
                self._offer(ready[: self._most])
                ready = ready[self._most :]
        self._offer(ready)

    def _looked_at(self, page: Sequence[Change]) -> list[_Ready]:
        """Those of a page that may go out; what our own rules refuse is written down."""
        seen = self._store.read(self._hall, lambda unit: [(one, self._rendered(unit, one)) for one in page])
        ready: list[_Ready] = []
        for change, rendered in seen:
            if rendered is None:
                self._set(change, ExportState.SUPERSEDED)
                continue
            if change.case_id in self._blocked:
                continue
            digest = self._tools.digest(canonical(rendered.groups))
            known = change.digest if change.state is ExportState.REFUSED else ""
            if rendered.refusals:
                self._keep(change)
                self._refuse_by_rule(change, rendered.refusals, known)
            elif known == digest and not self._again:
                self._keep(change)
            else:
                ready.append(_Ready(change, Item(change.change_id, rendered.groups), digest, rendered.warnings))
        return ready

    def _rendered(self, unit: HallUnit, change: Change) -> Rendered | None:
        """None when a later revision of the record stands in its place."""
        try:
            return self._written(unit, change)
        except (ValueError, KeyError, Refusal):
            # One record that no rule was made for must not keep the others here.
            return Rendered({}, (Finding("change", Fault.UNWRITABLE, UNREADABLE, True),))

    def _written(self, unit: HallUnit, change: Change) -> Rendered | None:
        record = records.load(CaseRecord, unit.cases.body(change.case_id))
        if change.kind is ChangeKind.RECORD and record.revision > change.place:
            return None
        head = unit.files.head(change.case_id)
        if head is None:
            raise NotFound("没有这一件，可能还没有上传")
        acts = acts_of(unit, change.case_id)[: change.place] if change.kind is ChangeKind.ACT else ()
        then = CaseThen(change, head.case_no, record, acts, unit.setup.profile())
        return self._adapter.fields.rendered(groups_of(then, self._told))

    def _set(self, change: Change, state: ExportState) -> None:
        self._write(lambda unit: unit.exports.set_state(self._name, change.change_id, state))

    def _keep(self, change: Change) -> None:
        """It stays here, and so do the later ones of its case."""
        self._blocked.add(change.case_id)
        self._refused += 1

    def _refuse_by_rule(self, change: Change, findings: Sequence[Finding], known: str) -> None:
        """Written down once: the list says since when."""
        digest = f"rule {self._tools.digest(canonical([one.sentence for one in findings]))}"[:64]
        if digest == known:
            return
        now = self._tools.now()
        lines = [
            RefusalLine(change.change_id, change.case_id, change.case_number, one.field, one.sentence, "rule", now)
            for one in findings
        ]
        self._write(lambda unit: unit.exports.refuse(self._name, change.change_id, lines, digest))

    # --- sending --------------------------------------------------------------------------------------------------
    def _offer(self, ready: Sequence[_Ready]) -> None:
        """Send; when a platform takes nothing of a batch, send half of it, down to the one change that is at fault."""
        waiting = deque(ready)
        while waiting:
            chunk = self._next(waiting)
            if not chunk:
                return
            try:
                self._pack_and_send(chunk)
            except BatchRefused as refused:
                if len(chunk) > 1:
                    self._size = max(1, len(chunk) // 2)
                    waiting.extendleft(reversed(chunk))
                    continue
                self._refused_alone(chunk[0], refused)
            else:
                self._size = min(self._most, self._size * 2)
                self._alone = 0

    def _next(self, waiting: deque[_Ready]) -> list[_Ready]:
        chunk: list[_Ready] = []
        while waiting and len(chunk) < self._size:
            one = waiting.popleft()
            if one.change.case_id not in self._blocked:
                chunk.append(one)
        return chunk

    def _refused_alone(self, one: _Ready, refused: BatchRefused) -> None:
        self._alone += 1
        if self._alone > _MOST_REFUSED_ALONE:
            raise PlatformAway(f"对方连续退回 {_MOST_REFUSED_ALONE} 件，先不再发。对方说：{refused}") from refused
        lines = [self._line(one.change, NotTaken(one.change.change_id, str(refused)))]
        self._write(lambda unit: unit.exports.refuse(self._name, one.change.change_id, lines, one.digest))
        self._keep(one.change)

    def _line(self, change: Change, said: NotTaken) -> RefusalLine:
        now = self._tools.now()
        return RefusalLine(
            change.change_id, change.case_id, change.case_number, said.field, said.reason, "platform", now
        )

    def _pack_and_send(self, chunk: Sequence[_Ready]) -> None:
        hall, number = self._store.read(
            self._hall, lambda unit: (unit.setup.profile(), unit.exports.run(self._name).number + 1)
        )
        now = self._tools.now()
        batch = Batch(self._tools.new_id(), number, hall.code, hall.name, now, tuple(one.item for one in chunk))
        content = self._adapter.write(batch)
        stored = StoredBatch(
            batch_id=batch.batch_id,
            number=number,
            name=f"{_plain(hall.code)}-{number:06d}-{batch.batch_id}.{self._adapter.suffix}",
            made_at=now,
            change_ids=tuple(one.change.change_id for one in chunk),
            digest=self._tools.crypto.digest(content).hex(),
            content=content,
            doubts=_doubts(chunk),
        )
        self._write(lambda unit: unit.exports.pack(self._name, stored, [one.digest for one in chunk]))
        self._send(stored, {one.change.change_id: one.change.case_id for one in chunk})

    def _finish_unsent(self) -> None:
        """The batch that was made and whose fate nobody knows, before anything else."""
        while (left := self._store.read(self._hall, lambda unit: unit.exports.unsent(self._name))) is not None:
            try:
                self._send(left, {})
            except BatchRefused:
                continue

    def _send(self, batch: StoredBatch, cases: dict[str, str]) -> None:
        assert batch.content is not None
        parcel = Parcel(batch.batch_id, batch.name, batch.content, batch.change_ids)
        try:
            refused = self._adapter.send(parcel)
        except BatchRefused:
            self._write(lambda unit: unit.exports.unpack(self._name, batch.batch_id))
            raise
        told = {one.change_id: one for one in refused}
        if not told.keys() <= set(batch.change_ids):
            raise PlatformAway("对方的回执里有没发过的编号，看不懂；这一批留着，下次再发")
        self._write(lambda unit: self._settle(unit, batch, told))
        self._blocked |= {cases[change_id] for change_id in told if change_id in cases}
        self._batches += 1
        self._refused += len(told)
        self._sent += len(batch.change_ids) - len(told)

    def _settle(self, unit: HallUnit, batch: StoredBatch, refused: dict[str, NotTaken]) -> None:
        now = self._tools.now()
        for change_id, said in refused.items():
            line = RefusalLine(change_id, "", "", said.field, said.reason, "platform", now)
            unit.exports.refuse(self._name, change_id, [line])
        unit.exports.sent(self._name, batch.batch_id, now, len(refused))
        payload = {
            "adapter": self._name,
            "number": batch.number,
            "changes": len(batch.change_ids),
            "refused": len(refused),
            "digest": batch.digest,
        }
        self._tools.record(unit, system_actor(self._hall), "platform.exported", batch.batch_id, payload)


def _change_of(entry: JournalEntry) -> Change | None:
    """None for what says no revision (journals of the first version): its record came with a later entry too."""
    payload = entry.payload
    acted = entry.kind == "case.acted"
    number = payload.get("position" if acted else "revision")
    if number is None or entry.feed_no is None:
        return None
    place = int(number)
    return Change(
        change_id=payload["act_id"] if acted else f"{entry.subject}:{place}",
        feed_no=entry.feed_no,
        case_id=entry.subject,
        case_number=str(payload.get("case_number", "")),
        kind=ChangeKind.ACT if acted else ChangeKind.RECORD,
        place=place,
        at=entry.at,
    )


def _doubts(chunk: Sequence[_Ready]) -> tuple[Doubt, ...]:
    counted: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for one, warning in _warnings(chunk):
        counted[warning.field, warning.sentence] += 1
        example.setdefault((warning.field, warning.sentence), one.change.case_number)
    return tuple(Doubt(*key, count, example[key]) for key, count in counted.most_common(_DOUBTS))


def _warnings(chunk: Sequence[_Ready]) -> Iterator[tuple[_Ready, Finding]]:
    return ((one, warning) for one in chunk for warning in one.warnings)


def _plain(code: str) -> str:
    """A hall's code as part of a file's name."""
    return re.sub(r"[^0-9A-Za-z_-]", "_", code) or "hall"
