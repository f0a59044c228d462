"""Batches of records: each has its own key and its own answer, the order within a case is kept, and what is wrong with
one holds up only what comes after it in its own case.

What can be looked at without the store is looked at first. New intake records, which are most of what windows send, are
stored together in few statements; everything else one by one, each in a savepoint of its own.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.errors import Conflict, Fault, Refusal, Rejected, StoreFault, shown
from clerk_app.ports.hall import CaseRecord, RatingRecord
from clerk_app.ports.hall_cases import ConsultationRecord, SealUse, SignatureRecord, VisitRecord
from clerk_app.ports.hall_sync import MOST_RECORDS, Batch, BatchAnswer, BatchRecord, RecordAnswer, RecordKind, Taken
from clerk_app.ports.problems import UNEXPECTED, Problem, to_problem
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.ports.stores_hall_sync import Collided, KeyAnswer
from clerk_app.services.hall import records
from clerk_app.services.hall.access import Access, Caller
from clerk_app.services.hall.casefiles import CaseFiles
from clerk_app.services.hall.cases import Cases, ReadyCase
from clerk_app.services.hall.seals import Seals
from clerk_app.services.hall.tools import Tools
from clerk_app.services.hall.visits import Visits

_LOG = logging.getLogger(__name__)
_KEY = re.compile(r"[0-9A-Za-z._:-]{8,64}")
_LONGEST_KEY = 64
_NUL = b"\\u0000"
"""As JSON writes what PostgreSQL does not store."""
_TURN_SECONDS = 0.025
"""A transaction ends after so long, and the rest of the batch takes another turn: others wait to call a number."""
_COLLISIONS = 3
_WORTHWHILE = 2
"""Fewer records cost no more one by one."""
_AGAIN = "同一批里有相同的请求编号，没有存（程序错误，请报技术员）"

Taker = Callable[[HallUnit, Actor, Any, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class _Looked:
    """A record after the look that needs no store: what it is, or why it cannot be taken."""

    record: BatchRecord
    body_hash: str = ""
    value: Any = field(default=None, repr=False)
    ready: ReadyCase | None = None
    refusal: RecordAnswer | None = None


@dataclass(slots=True)
class _Course:
    """How far a batch is. ``blocked`` are streams of which one record was not taken, ``made`` the answers of this turn
    that have to be kept under their keys."""

    answers: dict[int, RecordAnswer] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    made: list[KeyAnswer] = field(default_factory=list)

    def copy(self) -> _Course:
        return _Course(dict(self.answers), set(self.blocked))

    def note(self, place: int, one: _Looked, answer: RecordAnswer) -> None:
        self.answers[place] = answer
        if answer.taken is Taken.ACCEPTED:
            text = json.dumps(answer.answer, ensure_ascii=False, separators=(",", ":"))
            self.made.append(KeyAnswer(one.record.key, one.body_hash, text))
        else:
            self.blocked.add(one.record.stream)


class Batches:
    """Records come from a window's machine; those of the office need their person's login, as they do one by one."""

    def __init__(
        self,
        store: HallStore,
        tools: Tools,
        access: Access,
        committed: Callable[[str], None],
        cases: Cases,
        files: CaseFiles,
        seals: Seals,
        visits: Visits,
    ) -> None:
        self._store = store
        self._tools = tools
        self._access = access
        self._committed = committed
        self._cases = cases
        self._clock = tools.clock.monotonic
        # What touches the queue (numbers given without a server) needs the hall's turn and comes alone.
        self._kinds: dict[str, tuple[type[Any], Taker]] = {
            RecordKind.CASE: (CaseRecord, cases.store),
            RecordKind.ACT: (CaseAct, files.store_act),
            RecordKind.RATING: (RatingRecord, _plainly(cases.rate)),
            RecordKind.SEAL_USE: (SealUse, _plainly(seals.store)),
            RecordKind.VISIT: (VisitRecord, _plainly(visits.store_visit)),
            RecordKind.CONSULTATION: (ConsultationRecord, _plainly(visits.store_consultation)),
            RecordKind.SIGNATURE: (SignatureRecord, _plainly(visits.store_signature)),
        }

    def take(self, caller: Caller, batch: Batch) -> BatchAnswer:
        """An answer for each record. ``Rejected("records")`` for more than ``MOST_RECORDS`` or a key that comes
        twice."""
        if len(batch.records) > MOST_RECORDS:
            raise Rejected("records", f"一批最多 {MOST_RECORDS} 条，没有存（程序错误，请报技术员）")
        if len({record.key for record in batch.records}) != len(batch.records):
            raise Rejected("records", _AGAIN)
        looked = [self._look(caller, record) for record in batch.records]
        course = _Course()
        while len(course.answers) < len(looked):
            course = self._turn(caller, looked, course)
        return BatchAnswer(self._store.epoch, tuple(course.answers[place] for place in range(len(looked))))

    # --- without the store ------------------------------------------------------------------------------------
    def _look(self, caller: Caller, record: BatchRecord) -> _Looked:
        if not _KEY.fullmatch(record.key):
            problem = Rejected("key", "请求编号的格式不对（程序错误，请报技术员）")
            return _Looked(record, refusal=_refused(record, problem))
        known = self._kinds.get(record.kind)
        if known is None:
            return _Looked(record, refusal=_unreadable(record, "kind"))
        try:
            value = records.read(known[0], record.body)
            body = to_json(record.body)
            if _NUL in body:
                return _Looked(record, refusal=_unreadable(record, "body"))
            digest = self._tools.crypto.digest(f"{caller.device_id}\0{record.kind}\0".encode() + body).hex()
        except ValidationError as error:
            return _Looked(record, refusal=_unreadable(record, ".".join(map(str, error.errors()[0]["loc"]))))
        except (ValueError, RecursionError):
            # A number that is none, half a character, nesting without end.
            return _Looked(record, refusal=_unreadable(record, "body"))
        try:
            ready = None
            if known[0] is CaseRecord:
                ready = self._cases.ready(caller.actor, value, record.body, record.official)
        except (Refusal, Fault) as problem:
            return _Looked(record, refusal=_refused(record, problem))
        except Exception as error:  # noqa: BLE001  one record that we cannot take must not hold up the others
            return _Looked(record, refusal=self._failed(record, error))
        return _Looked(record, digest, value, ready)

    # --- in a turn --------------------------------------------------------------------------------------------
    def _turn(self, caller: Caller, looked: Sequence[_Looked], before: _Course) -> _Course:
        """One transaction with as much of the batch as a turn has time for."""

        def job(unit: HallUnit) -> _Course:
            self._access.check_live(unit, caller)
            course = before.copy()
            self._take(unit, caller.actor, looked, course)
            unit.many.keep_keys(course.made, self._tools.now())
            return course

        hall_id = caller.actor.hall_id
        for _ in range(_COLLISIONS):
            try:
                course = self._store.write(hall_id, caller.device_id, job, patient=True)
            except Collided:
                # The same batch came twice at once: the next look finds what the other one stored.
                continue
            self._committed(hall_id)
            return course
        raise Fault("同一批正在另一个请求里处理，会自动再传")

    def _take(self, unit: HallUnit, actor: Actor, looked: Sequence[_Looked], course: _Course) -> None:
        until = self._clock() + _TURN_SECONDS
        self._answer_known(unit, looked, course)
        self._take_fresh(unit, actor, looked, course)
        alone = 0
        for place, one in enumerate(looked):
            if place in course.answers:
                continue
            if one.record.stream in course.blocked:
                answer = RecordAnswer(one.record.key, Taken.HELD)
            elif one.refusal is not None:
                answer = one.refusal
            elif alone and self._clock() > until:
                return
            else:
                answer = self._take_one(unit, actor, one)
                alone += 1
            course.note(place, one, answer)

    def _answer_known(self, unit: HallUnit, looked: Sequence[_Looked], course: _Course) -> None:
        """Keys that came before: the stored answer, or a refusal when the content is another."""
        open_places = {place: one for place, one in enumerate(looked) if place not in course.answers and one.body_hash}
        if not open_places:
            return
        known = unit.many.keys([one.record.key for one in open_places.values()])
        for place, one in open_places.items():
            kept = known.get(one.record.key)
            if kept is None:
                continue
            if kept.body_hash != one.body_hash:
                same = Conflict("同一个请求编号带了不同的内容，没有执行（程序错误，请报技术员）")
                course.note(place, one, _refused(one.record, same))
            else:
                course.answers[place] = RecordAnswer(one.record.key, Taken.ACCEPTED, json.loads(kept.answer))

    def _take_fresh(self, unit: HallUnit, actor: Actor, looked: Sequence[_Looked], course: _Course) -> None:
        """New intake records, all at once. What cannot go this way is left for one by one."""
        begun: set[str] = set()
        fresh: dict[int, ReadyCase] = {}
        for place, one in enumerate(looked):
            first = one.record.stream not in begun and one.record.stream not in course.blocked
            begun.add(one.record.stream)
            if place not in course.answers and first and one.ready is not None:
                fresh[place] = one.ready
        if len(fresh) < _WORTHWHILE:
            return
        known = unit.many.known_cases([ready.record.case_id for ready in fresh.values()])
        seen: set[str] = set()
        for place, ready in list(fresh.items()):
            case_id = ready.record.case_id
            if case_id in known or case_id in seen:
                del fresh[place]
            seen.add(case_id)
        if not fresh:
            return
        try:
            acks = unit.attempt(lambda: self._cases.store_fresh(unit, actor, list(fresh.values())))
        except (Refusal, Fault, Collided):
            return
        if acks is None:
            return
        for place, ack in zip(fresh, acks, strict=True):
            one = looked[place]
            course.note(place, one, RecordAnswer(one.record.key, Taken.ACCEPTED, records.dump(ack)))

    def _take_one(self, unit: HallUnit, actor: Actor, one: _Looked) -> RecordAnswer:
        try:
            ack = unit.attempt(lambda: self._stored(unit, actor, one))
        except (Collided, StoreFault):
            # The disk is full, the database is gone: that is not this record's matter.
            raise
        except (Refusal, Fault) as problem:
            return _refused(one.record, problem)
        except Exception as error:  # noqa: BLE001  one record that we cannot take must not hold up the others
            return self._failed(one.record, error)
        return RecordAnswer(one.record.key, Taken.ACCEPTED, records.dump(ack))

    def _stored(self, unit: HallUnit, actor: Actor, one: _Looked) -> Any:
        if one.ready is not None:
            return self._cases.store_ready(unit, actor, one.ready)
        return self._kinds[one.record.kind][1](unit, actor, one.value, one.record.body)

    def _failed(self, record: BatchRecord, error: Exception) -> RecordAnswer:
        number = self._tools.new_id()[-6:].upper()
        _LOG.error("unexpected %s in a record of kind %s", number, record.kind, exc_info=error)
        return RecordAnswer(
            record.key, Taken.FAILED, problem=Problem(UNEXPECTED, f"这一条没传成，内容都在。报编号 {number} 给技术员")
        )


def _plainly(store: Callable[[HallUnit, Actor, Any], Any]) -> Taker:
    """Of records whose unknown fields are not kept."""
    return lambda unit, actor, value, sent: store(unit, actor, value)


def _refused(record: BatchRecord, error: Refusal | Fault) -> RecordAnswer:
    problem = to_problem(error)[1]
    if isinstance(error, Conflict):
        taken = Taken.CONFLICT
    else:
        taken = Taken.FAILED if isinstance(error, Fault) else Taken.REFUSED
    return RecordAnswer(_shown_key(record), taken, problem=problem)


def _unreadable(record: BatchRecord, place: str) -> RecordAnswer:
    place = shown(place, 80)
    sentence = f"服务器看不懂这一条（{place}），可能服务器的版本旧，先留在本机；升级服务器后自动再传"
    return RecordAnswer(_shown_key(record), Taken.UNREADABLE, problem=Problem("rejected", sentence, place))


def _shown_key(record: BatchRecord) -> str:
    """A key as any answer can carry it: what is no key may hold anything."""
    return shown(record.key, _LONGEST_KEY)
