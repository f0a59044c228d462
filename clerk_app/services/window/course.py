"""One run through the outbox: sends pages of records, alone or in batches, and treats every answer by one rule.

answer                                  what follows
──────────────────────────────────────  ─────────────────────────────────────────────────────────────
accepted                                done, once that is durable here
the server does not answer              everything waits, longer each time
the device's right is in question       everything waits
its person has to log in                this case waits, others go on
an act that the law or the state lets   it is over: the case goes on without it, its papers are void
  not count
a conflict                              once more alone, under another key; then set aside
waiting mends it (a clock runs ahead)   this case waits, others go on
anything else                           set aside for a person, this case waits, others go on
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from clerk_app.domain.errors import Conflict, Fault, Locked, NotAllowed, Refusal, Rejected
from clerk_app.ports.hall import DeviceUnknown, LoginNeeded, SessionEnded
from clerk_app.ports.hall_sync import Batch, BatchAnswer, RecordAnswer, Taken, WindowCounter
from clerk_app.ports.problems import UNEXPECTED, to_error
from clerk_app.ports.speaking import API
from clerk_app.ports.window import OutboxEntry, OutboxKind
from clerk_app.services.window import pushing
from clerk_app.services.window.settling import Settler

_log = logging.getLogger(__name__)

CHANGED = "服务器的数据换过（可能从备份恢复），正在重新上传"
_AGAIN = ".again"
"""Behind a key: the same record once more. Records carry their own ids, so that another key does no harm; the first one
may have been used with the same content in another form, by a program that was upgraded meanwhile."""


@dataclass(slots=True)
class Course:
    """How far a run is. ``blocked`` are streams in which something was not taken, with the sentence why."""

    level: int = 1
    pushed: int = 0
    aside: int = 0
    settled: int = 0
    stopped: str = ""
    trouble: str = ""
    blocked: dict[str, str] = field(default_factory=dict)
    again: bool = False
    position: int = 0


class Sender:
    """Sends records; for one thread at a time."""

    def __init__(self, counter: WindowCounter, settler: Settler) -> None:
        self._counter = counter
        self._settler = settler

    def send(self, page: Sequence[OutboxEntry], course: Course, *, many: bool) -> None:
        """Entries in order, except those of blocked streams. Stops where ``course.stopped`` says why."""
        entries = [entry for entry in page if entry.stream not in course.blocked]
        for pack in pushing.packs(entries) if many else [[entry] for entry in entries]:
            left = [entry for entry in pack if entry.stream not in course.blocked]
            if not left:
                continue
            if many and pushing.goes_in_batches(left[0]):
                self._together(left, course)
            else:
                self._alone(left[0], course)
            if course.stopped:
                return

    # --- alone ------------------------------------------------------------------------------------------------
    def _alone(self, entry: OutboxEntry, course: Course) -> None:
        try:
            ack = self._asked(entry)
        except Fault as fault:
            course.stopped = str(fault)
        except Refusal as refusal:
            self._treat(entry, refusal, course)
        except Exception:  # noqa: BLE001  a fault of ours in one entry must not hold up the others
            number = entry.entry_id[-6:].upper()
            _log.exception("outbox entry %s failed, report number %s", entry.entry_id, number)
            self._put_aside(entry, f"这一条没传成，内容都在。报编号 {number} 给技术员", course)
        else:
            self._done([(entry, ack)], None, course)

    def _asked(self, entry: OutboxEntry) -> pushing.Ack:
        try:
            return pushing.send(self._counter, entry)
        except Conflict:
            if entry.key.endswith(_AGAIN):
                raise
            return pushing.send(self._counter, replace(entry, key=entry.key + _AGAIN))

    # --- together ---------------------------------------------------------------------------------------------
    def _together(self, entries: Sequence[OutboxEntry], course: Course) -> None:
        try:
            answer = self._counter.send_batch(Batch(tuple(pushing.record_of(entry) for entry in entries)))
        except (Fault, NotAllowed) as problem:
            course.stopped = str(problem)
            return
        except Refusal:
            # The batch as such was refused: one by one, whatever is wrong is found.
            for entry in entries:
                if entry.stream not in course.blocked and not course.stopped:
                    self._alone(entry, course)
            return
        if [one.key for one in answer.answers] != [entry.key for entry in entries]:
            course.stopped = pushing.OTHER_CASE
            return
        self._settle(entries, answer, course)

    def _settle(self, entries: Sequence[OutboxEntry], answer: BatchAnswer, course: Course) -> None:
        pairs = list(zip(entries, answer.answers, strict=True))
        settled = []
        for entry, one in pairs:
            if one.taken is Taken.ACCEPTED:
                try:
                    settled.append((entry, pushing.ack_of(entry, one.answer)))
                except Fault as fault:
                    course.stopped = str(fault)
        self._done(settled, answer.epoch, course)
        for entry, one in pairs:
            if one.taken not in (Taken.ACCEPTED, Taken.HELD) and not course.stopped:
                self._not_taken(entry, one, course)
        course.again |= any(one.taken is Taken.HELD and entry.stream not in course.blocked for entry, one in pairs)

    def _not_taken(self, entry: OutboxEntry, one: RecordAnswer, course: Course) -> None:
        problem = one.problem
        if problem is None:
            course.stopped = pushing.OTHER_CASE
        elif one.taken is Taken.CONFLICT:
            self._alone(replace(entry, key=entry.key + _AGAIN), course)
        elif one.taken is Taken.UNREADABLE or problem.kind == UNEXPECTED:
            self._put_aside(entry, problem.sentence, course)
        else:
            self._treat(entry, to_error(problem), course)

    # --- what an answer means ---------------------------------------------------------------------------------
    def _treat(self, entry: OutboxEntry, error: Refusal | Fault, course: Course) -> None:
        is_act = entry.kind is OutboxKind.ACT
        # A server of an older level may only not know a field or a value of ours.
        final = Locked | NotAllowed if course.level < API else Locked | NotAllowed | Rejected
        if isinstance(error, DeviceUnknown | SessionEnded):
            # The device's right is in question, not the entry: everything waits.
            course.stopped = str(error)
        elif isinstance(error, LoginNeeded):
            # Waits for its person; what else this window has to tell goes on.
            course.blocked[entry.stream] = str(error)
        elif isinstance(error, Fault):
            course.blocked[entry.stream] = course.trouble = str(error)
        elif is_act and isinstance(error, final):
            self._settler.refused(entry, str(error))
            course.settled += 1
        elif isinstance(error, NotAllowed):
            course.stopped = str(error)
        else:
            self._put_aside(entry, str(error), course)

    def _put_aside(self, entry: OutboxEntry, reason: str, course: Course) -> None:
        self._settler.put_aside(entry, reason)
        course.blocked[entry.stream] = reason
        course.aside += 1
        course.settled += 1

    def _done(self, settled: list[tuple[OutboxEntry, pushing.Ack]], epoch: str | None, course: Course) -> None:
        same = self._settler.done(settled, epoch)
        course.pushed += len(settled)
        course.settled += len(settled)
        if not same and not course.stopped:
            course.stopped = CHANGED
