"""One run of sending on: what the city is asked, and what becomes of its answers (``upward`` says when)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

from clerk_app.domain.errors import Fault, NotAllowed, Refusal
from clerk_app.ports.hall import DeviceUnknown, ServerTime, SessionEnded
from clerk_app.ports.hall_sync import Batch, FileSending, RecordAnswer, RecordSending, Taken
from clerk_app.ports.problems import UNEXPECTED, to_problem
from clerk_app.ports.speaking import Speech, VersionApart, common
from clerk_app.ports.stores_hall import HallStore, HallUnit, JournalEntry
from clerk_app.ports.stores_hall_upward import UpwardLine
from clerk_app.services.hall.tools import Tools, system_actor
from clerk_app.services.hall.uploads import Uploads
from clerk_app.services.hall.upward_records import FILE, FILES, RECORDS, Outgoing, outgoing, outgoing_again
from clerk_app.services.sending import Left, packs, send_file

HELD_FOR: Final = timedelta(minutes=2)
"""How long one process has the run to itself; renewed with every checkpoint, longer than any answer is waited for."""
BEHIND: Final = "排在同一件里要处理的那一条后面"
_SINCE_BATCHES = 2
_STRETCH, _PAGE = 500, 100
_OTHER_HALL = "上级服务器把这台服务器当成了别的大厅，没有上传。请技术员重新登记（--upstream-code）"
_OLDER = "上级服务器的版本旧，还不能接收，内容都在本机；请技术员升级上级服务器，升级后自动上传"
_CHANGED = "上级服务器的数据换过（可能从备份恢复），正在重新上传"
_NONSENSE = "上级服务器的回答对不上，先不算上传。请技术员看上级服务器的版本"
_APART = "上级服务器和这台服务器的版本差得太远，暂时不能上传，内容都在本机；请技术员升级旧的那一台，升级后自动上传"


class UpwardCounter(RecordSending, FileSending, Protocol):
    """What is asked of the city's server."""

    def server_time(self) -> ServerTime: ...


@dataclass(frozen=True, slots=True)
class UpwardPush:
    """What one run did. ``stopped`` is the sentence why it ended early, empty when it went through; ``mine`` is False
    while another process has the run."""

    records: int = 0
    files: int = 0
    set_aside: int = 0
    stopped: str = ""
    mine: bool = True


@dataclass(slots=True)
class _Course:
    """How far a run is. ``blocked``: streams of which something was not taken."""

    blocked: set[str] = field(default_factory=set)
    records: int = 0
    files: int = 0
    aside: int = 0


class _Stop(Exception):
    """The run ends here, for a reason that a technician can read."""


class _NotMine(Exception):
    """Another process has the run."""


class Pushing:
    """One run."""

    def __init__(
        self,
        store: HallStore,
        tools: Tools,
        uploads: Uploads,
        hall_id: str,
        counter: UpwardCounter,
        device_id: str,
        holder: str,
    ) -> None:
        self._store, self._tools, self._uploads, self._hall = store, tools, uploads, hall_id
        self._counter, self._device, self._holder = counter, device_id, holder
        self._epoch = ""
        self._course = _Course()

    def done(self) -> UpwardPush:
        course, stopped = self._course, ""
        try:
            self._meet(self._greeted())
            aside = self._read(lambda unit: unit.upward.set_aside())
            course.blocked = {line.stream for line in aside if not line.is_file}
            self._left_behind()
            self._journal()
            self._files()
            self._write(lambda unit: unit.upward.keep(done_at=self._tools.now()))
        except _NotMine:
            return UpwardPush(mine=False)
        except VersionApart:
            stopped = _APART
        except (_Stop, Fault, Refusal) as problem:
            stopped = str(problem)
        return UpwardPush(course.records, course.files, course.aside, stopped)

    # --- the store ------------------------------------------------------------------------------------------------
    def _read(self, work: Callable[[HallUnit], Any]) -> Any:
        return self._store.read(self._hall, work)

    def _write(self, work: Callable[[HallUnit], None]) -> None:
        """In a transaction that has the run to itself; ``_NotMine`` when another process took it."""

        def held(unit: HallUnit) -> None:
            now = self._tools.now()
            if not unit.upward.hold(self._holder, now, now + HELD_FOR):
                raise _NotMine
            work(unit)

        self._store.write(self._hall, "upward", held, patient=True)

    def _record(self, unit: HallUnit, kind: str, payload: dict[str, Any]) -> None:
        self._tools.record(unit, system_actor(self._hall), kind, self._hall, payload)

    # --- the city -------------------------------------------------------------------------------------------------
    def _greeted(self) -> ServerTime:
        """What the city's server says of itself, when it may be told something."""
        server = self._counter.server_time()
        level = common(Speech(server.oldest_api, server.api, server.version))
        if level is None:
            raise _Stop(_APART)
        if level < _SINCE_BATCHES:
            raise _Stop(_OLDER)
        if server.hall_id != self._hall:
            raise _Stop(_OTHER_HALL)
        return server

    def _meet(self, server: ServerTime) -> None:
        """A city that lost its memory gets everything again; what another version of it did not take is tried again."""
        self._epoch = server.epoch
        speech = f"{server.version} {server.api}"[:64]

        def work(unit: HallUnit) -> None:
            run = unit.upward.run()
            if run.epoch != server.epoch:
                if run.epoch:
                    unit.upward.clear()
                    self._record(unit, "upward.again", {"server_epoch": server.epoch})
                unit.upward.keep(cursor=0, file_cursor=0, epoch=server.epoch)
            if run.speech != speech:
                unit.upward.keep(speech=speech)
                unit.upward.reopen()

        self._write(work)

    # --- records --------------------------------------------------------------------------------------------------
    def _left_behind(self) -> None:
        """What was not taken before and does not wait for a person."""
        after = 0
        while lines := self._read(lambda unit: unit.upward.lines(files=False, after=after, limit=_PAGE)):  # noqa: B023
            after = lines[-1].feed_no
            again = self._read(lambda unit: [(one, outgoing_again(unit, one)) for one in lines])
            self._send([one for _, one in again if one is not None], None)
            if gone := [line.feed_no for line, one in again if one is None]:
                self._write(lambda unit: unit.upward.drop_lines(gone))

    def _journal(self) -> None:
        while True:
            until, entries = self._read(self._stretch)
            if not until:
                return
            self._send([one for one in entries if one is not None], until)

    def _stretch(self, unit: HallUnit) -> tuple[int, list[Outgoing | None]]:
        """The next stretch of the journal and its records; 0 at the end."""
        cursor = unit.upward.run().cursor
        until = min(cursor + _STRETCH, unit.journal.head()[0])
        if until <= cursor:
            return 0, []
        return until, [outgoing(unit, entry) for entry in unit.journal.of_kinds(RECORDS, cursor, until)]

    def _send(self, records: Sequence[Outgoing], until: int | None) -> None:
        """In batches, in order; ``until`` is the feed number that the last checkpoint of them reaches, None for lines
        that waited."""
        for pack in packs(records, lambda one: len(one.text.encode())):
            last = pack[-1] is records[-1]
            self._send_pack(pack, until if last or until is None else pack[-1].feed_no)
        if not records and until is not None:
            self._write(lambda unit: unit.upward.keep(cursor=until))

    def _send_pack(self, pack: Sequence[Outgoing], cursor: int | None) -> None:
        left = [one for one in pack if one.stream not in self._course.blocked]
        held = [one for one in pack if one.stream in self._course.blocked]
        answers = self._asked(left)
        lines = [self._line(one, answer) for one, answer in zip(left, answers, strict=True) if _is_left(answer)]
        self._course.blocked |= {line.stream for line in lines}
        lines += [self._line(one, RecordAnswer("", Taken.HELD)) for one in held]
        taken = len(left) - sum(map(_is_left, answers))

        def settle(unit: HallUnit) -> None:
            unit.upward.drop_lines([one.feed_no for one in pack])
            unit.upward.put_lines(lines)
            if cursor is not None:
                unit.upward.keep(cursor=cursor)
            if taken:
                told = {"records": taken, "feed_no": pack[-1].feed_no, "server_epoch": self._epoch}
                self._record(unit, "upward.sent", told)

        self._write(settle)
        self._course.records += taken
        self._course.aside += sum(line.aside for line in lines)

    def _asked(self, records: Sequence[Outgoing]) -> Sequence[RecordAnswer]:
        if not records:
            return ()
        batch = Batch(tuple(one.sent(self._tools, self._device) for one in records))
        try:
            answer = self._counter.send_batch(batch)
        except NotAllowed:
            # The right of this server is in question, not a record: everything waits.
            raise
        except Refusal as refusal:
            if len(records) == 1:
                return (RecordAnswer(batch.records[0].key, Taken.REFUSED, problem=to_problem(refusal)[1]),)
            # The batch as such was refused: one by one, whatever is wrong is found.
            return self._asked_alone(records)
        if answer.epoch != self._epoch:
            raise _Stop(_CHANGED)
        if [one.key for one in answer.answers] != [one.key for one in batch.records]:
            raise _Stop(_NONSENSE)
        return answer.answers

    def _asked_alone(self, records: Sequence[Outgoing]) -> Sequence[RecordAnswer]:
        answers: list[RecordAnswer] = []
        blocked: set[str] = set()
        for one in records:
            answer = RecordAnswer("", Taken.HELD) if one.stream in blocked else self._asked([one])[0]
            if _is_left(answer):
                blocked.add(one.stream)
            answers.append(answer)
        return answers

    def _line(self, one: Outgoing, answer: RecordAnswer) -> UpwardLine:
        """Why a record is still here. What waiting mends waits; everything else is for a person."""
        problem = answer.problem
        if answer.taken is Taken.HELD:
            aside, reason = False, BEHIND
        elif problem is None:
            raise _Stop(_NONSENSE)
        else:
            aside, reason = answer.taken is not Taken.FAILED or problem.kind == UNEXPECTED, problem.sentence
        now = self._tools.now()
        return UpwardLine(
            one.feed_no, False, one.kind.value, one.record_id, one.stream, one.number[:64], aside, reason, now
        )

    # --- files ----------------------------------------------------------------------------------------------------
    def _files(self) -> None:
        """One after the other; a record that comes meanwhile goes first."""
        after = 0
        while lines := self._read(lambda unit: unit.upward.lines(files=True, after=after, limit=1)):  # noqa: B023
            after = lines[-1].feed_no
            self._send_file(after, lines[0].record_id, lines[0].stream, None)
        while True:
            until, entries = self._read(self._file_stretch)
            if not until:
                return
            for entry in entries:
                self._send_file(entry.feed_no, entry.subject, str(entry.payload["subject_id"]), entry.feed_no)
                self._journal()
            self._write(lambda unit: unit.upward.keep(file_cursor=until))  # noqa: B023

    def _file_stretch(self, unit: HallUnit) -> tuple[int, list[JournalEntry]]:
        run = unit.upward.run()
        until = min(run.file_cursor + _STRETCH, run.cursor)
        if until <= run.file_cursor:
            return 0, []
        return until, unit.journal.of_kinds(FILES, run.file_cursor, until)

    def _send_file(self, feed_no: int, file_id: str, stream: str, cursor: int | None) -> None:
        try:
            reason, aside = self._sent_file(file_id), False
        except Left as left:
            reason, aside = str(left), False
        except (DeviceUnknown, SessionEnded):
            raise
        except Refusal as refusal:
            reason, aside = str(refusal), True
        line = UpwardLine(feed_no, True, FILE, file_id, stream, "", aside, reason, self._tools.now())

        def settle(unit: HallUnit) -> None:
            unit.upward.drop_lines([feed_no])
            unit.upward.put_lines([line] if reason else [])
            if cursor is not None:
                unit.upward.keep(file_cursor=cursor)

        self._write(settle)
        self._course.files += not reason
        self._course.aside += aside

    def _sent_file(self, file_id: str) -> str:
        """Empty when the city has the whole file. What this store has no longer (past its time) needs no sending."""
        state = self._read(lambda unit: unit.uploads.get(file_id))
        if state is None or state.synced_at is None:
            return ""
        head = state.head
        progress = send_file(
            self._counter,
            head,
            lambda: self._read(lambda unit: self._uploads.content(unit, head)),
            lambda piece: self._tools.crypto.digest(piece).hex(),
        )
        if progress.epoch != self._epoch:
            raise _Stop(_CHANGED)
        return ""


def _is_left(answer: RecordAnswer) -> bool:
    return answer.taken is not Taken.ACCEPTED
