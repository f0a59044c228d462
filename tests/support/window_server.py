"""The hall's server as a window sees it: idempotent, in memory, over a network that loses and repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain import case_rules, casefile
from clerk_app.domain.actor import Role
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.errors import Conflict, NotAllowed, NotFound, Refusal, Unreachable
from clerk_app.ports.hall import CaseAck, CaseRecord, Login, RatingAck, RatingRecord, ServerTime, Session
from clerk_app.ports.hall_cases import (
    ActAck,
    ConsultationRecord,
    SealUse,
    ServerCase,
    SignatureRecord,
    Stored,
    VisitRecord,
)
from clerk_app.ports.hall_sync import (
    Batch,
    BatchAnswer,
    BatchRecord,
    ByteRange,
    FileHead,
    FileProgress,
    FileSubject,
    RecordAnswer,
    StoredFile,
    Taken,
)
from clerk_app.ports.problems import Problem, to_problem
from clerk_app.services.window import records
from support.window import HALL_ID, NOW, USER_ID, SeededEntropy
from support.window_queue import QueueInMemory

T = TypeVar("T")

OK = "ok"
LOST_REQUEST = "lost request"
LOST_ANSWER = "lost answer"
DUPLICATED = "duplicated"
HELD_BACK = "held back"


@dataclass
class FakeServer:
    """What a server keeps: records by id, answers by key. ``refuse`` names cases that it will not take."""

    epoch: str = "epoch-1"
    cases: dict[str, CaseRecord] = field(default_factory=dict)
    ratings: dict[str, RatingRecord] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    acts: dict[str, list[CaseAct]] = field(default_factory=dict)
    answers: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    refuse: set[str] = field(default_factory=set)
    arrivals: list[str] = field(default_factory=list)
    writes: int = 0
    heads: dict[str, FileHead] = field(default_factory=dict)
    pieces: dict[str, dict[int, bytes]] = field(default_factory=dict)
    whole: dict[str, bytes] = field(default_factory=dict)

    def store_case(self, record: CaseRecord, key: str) -> CaseAck:
        def do() -> CaseAck:
            if record.case_id in self.refuse:
                raise Conflict("服务器不收这一件")
            known = self.cases.get(record.case_id)
            if known is not None and known != record:
                raise Conflict("内容不一样，没有覆盖")
            if known is None:
                self.arrivals.append(record.case_id)
                self.writes += 1
                self.cases[record.case_id] = record
            return CaseAck(f"r-{record.case_id}", f"NO-{record.case_number}", NOW, record.revision, self.epoch)

        return self._once(key, record, do)

    def store_rating(self, rating: RatingRecord, key: str) -> RatingAck:
        def do() -> RatingAck:
            self.ratings[rating.rating_id] = rating
            self.writes += 1
            return RatingAck(rating.rating_id, NOW)

        return self._once(key, rating, do)

    def store_act(self, act: CaseAct, key: str) -> ActAck:
        """Folds as the real server does; roles and logins are the integration tests' business."""

        def do() -> ActAck:
            record = self.cases.get(act.case_id)
            if record is None or record.opening is None:
                raise NotFound("没有这一件")
            acts = self.acts.setdefault(act.case_id, [])
            file = case_rules.apply(casefile.folded(record.opening, tuple(acts)), act)
            acts.append(act)
            self.writes += 1
            return ActAck(act.act_id, act.case_id, len(acts), file.state, NOW, self.epoch)

        return self._once(key, act, do)

    def store_told(self, record_id: str, record: Any, key: str) -> Stored:
        """A seal use, a visit, a consultation or a signature: stored once by its id."""

        def do() -> Stored:
            if self.told.get(record_id, record) != record:
                raise Conflict("这一条已经上传过，内容不一样，没有覆盖")
            if record_id not in self.told:
                self.told[record_id] = record
                self.writes += 1
            return Stored(record_id, NOW)

        return self._once(key, record, do)

    def take_batch(self, batch: Batch) -> BatchAnswer:
        """As the real server: each record its own answer, nothing behind one of its stream that was not taken."""
        blocked: set[str] = set()
        answers = []
        for record in batch.records:
            answer = RecordAnswer(record.key, Taken.HELD) if record.stream in blocked else self._take(record)
            if answer.taken is not Taken.ACCEPTED:
                blocked.add(record.stream)
            answers.append(answer)
        return BatchAnswer(self.epoch, tuple(answers))

    def _take(self, record: BatchRecord) -> RecordAnswer:
        if record.kind not in _TAKERS:
            problem = Problem("rejected", "服务器看不懂这一条，先留在本机", "kind")
            return RecordAnswer(record.key, Taken.UNREADABLE, problem=problem)
        kind, take = _TAKERS[record.kind]
        try:
            ack = take(self, records.load(kind, record.body), record.key)
        except Refusal as refusal:
            taken = Taken.CONFLICT if isinstance(refusal, Conflict) else Taken.REFUSED
            return RecordAnswer(record.key, taken, problem=to_problem(refusal)[1])
        return RecordAnswer(record.key, Taken.ACCEPTED, records.dump(type(ack), ack))

    def begin_file(self, head: FileHead) -> FileProgress:
        if head.subject is FileSubject.CASE and head.subject_id not in self.cases:
            raise NotFound("这份文件所属的记录还没有上传")
        if self.heads.setdefault(head.file_id, head) != head:
            raise Conflict("这份文件已经登记过，内容不一样，没有覆盖")
        return self._progress(head)

    def put_chunk(self, file_id: str, start: int, content: bytes, sha: str) -> FileProgress:
        head = self.heads[file_id]
        assert sha == _sm3(content)
        assert len(content) == min(CHUNK, head.size - start)
        pieces = self.pieces.setdefault(file_id, {})
        pieces.setdefault(start, content)
        whole = b"".join(pieces[at] for at in sorted(pieces))
        if len(whole) == head.size:
            if _sm3(whole) != head.sha:
                pieces.clear()
                raise Conflict("传到服务器的文件和窗口登记的摘要不一样")
            self.whole.setdefault(file_id, whole)
        return self._progress(head)

    def _progress(self, head: FileHead) -> FileProgress:
        pieces = self.pieces.get(head.file_id, {})
        have = tuple(ByteRange(start, start + len(piece)) for start, piece in sorted(pieces.items()))
        synced = NOW if head.file_id in self.whole else None
        return FileProgress(head.file_id, have, CHUNK, synced, self.epoch)

    def forget(self) -> None:
        """Restored from before anything came."""
        epoch, refuse = self.epoch + "+", self.refuse
        self.__init__(epoch=epoch, refuse=refuse)  # type: ignore[misc]

    def server_case(self, reference: str) -> ServerCase:
        record = next((r for r in self.cases.values() if reference in {r.case_id, r.case_number}), None)
        if record is None or record.opening is None:
            raise NotFound("没有这一件")
        acts = tuple(self.acts.get(record.case_id, ()))
        state = casefile.folded(record.opening, acts).state
        return ServerCase(record, f"NO-{record.case_number}", state, acts)

    def _once(self, key: str, body: Any, do: Callable[[], T]) -> T:
        if key in self.answers:
            known, answer = self.answers[key]
            if known != body:
                raise Conflict("同一个请求号，内容不一样")
            return answer  # type: ignore[no-any-return]
        answer = do()
        self.answers[key] = (body, answer)
        return answer


CHUNK = 64
"""Small, so that every file of a test has several pieces."""
_crypto = NationalCrypto(SeededEntropy())


def _sm3(content: bytes) -> str:
    return _crypto.digest(content).hex()


_TAKERS: dict[str, tuple[type[Any], Callable[[FakeServer, Any, str], Any]]] = {
    "case": (CaseRecord, FakeServer.store_case),
    "act": (CaseAct, FakeServer.store_act),
    "rating": (RatingRecord, FakeServer.store_rating),
    "seal_use": (SealUse, lambda server, use, key: server.store_told(use.use_id, use, key)),
    "visit": (VisitRecord, lambda server, visit, key: server.store_told(visit.visit, visit, key)),
    "consultation": (ConsultationRecord, lambda server, one, key: server.store_told(one.consultation_id, one, key)),
    "signature": (SignatureRecord, lambda server, one, key: server.store_told(one.signature_id, one, key)),
}


class FakeCounter(QueueInMemory):
    """``WindowCounter`` of one window over a network with a plan: one mode per request, ``OK`` when the plan is empty.

    ``api`` is the level that the server speaks; it knows neither batches nor files at level 1.
    """

    def __init__(self, server: FakeServer | None = None, api: int = 1) -> None:
        super().__init__()
        self.api = api
        self.oldest_api = max(1, api - 1)
        self.version = "1"
        self.ahead = timedelta()
        self.requests: list[str] = []
        self.server = server or FakeServer()
        self.plan: list[str] = []
        self.late: list[Callable[[], object]] = []
        self.refusal: Refusal | None = None
        self.passwords = {"wxm": "opensesame"}
        self.logged_out = 0

    def _over_the_network(self, request: Callable[[], T]) -> T:
        mode = self.plan.pop(0) if self.plan else OK
        if self.refusal is not None:
            raise self.refusal
        if mode == LOST_REQUEST:
            raise Unreachable("服务器连不上（10:17 起）。照常收件，恢复后自动上传")
        if mode == HELD_BACK:
            self.late.append(request)
            raise Unreachable("服务器没有回答")
        answer = request()
        if mode == LOST_ANSWER:
            raise Unreachable("服务器没有回答")
        if mode == DUPLICATED:
            assert request() == answer
        return answer

    def deliver_late(self) -> None:
        """What the network held back arrives now, after newer requests."""
        for request in self.late:
            try:
                request()
            except Refusal:
                continue
        self.late.clear()

    def store_case(self, record: CaseRecord, *, key: str | None = None) -> CaseAck:
        assert key
        self.keys.append(key)
        return self._over_the_network(lambda: self.server.store_case(record, key))

    def store_rating(self, rating: RatingRecord, *, key: str | None = None) -> RatingAck:
        assert key
        self.keys.append(key)
        return self._over_the_network(lambda: self.server.store_rating(rating, key))

    def store_act(self, act: CaseAct, *, key: str | None = None) -> ActAck:
        assert key
        self.keys.append(key)
        return self._over_the_network(lambda: self.server.store_act(act, key))

    def _told(self, record_id: str, record: Any, key: str | None) -> Stored:
        assert key
        self.keys.append(key)
        return self._over_the_network(lambda: self.server.store_told(record_id, record, key))

    def store_seal_use(self, use: SealUse, *, key: str | None = None) -> Stored:
        return self._told(use.use_id, use, key)

    def store_visit(self, visit: VisitRecord, *, key: str | None = None) -> Stored:
        return self._told(visit.visit, visit, key)

    def store_consultation(self, consultation: ConsultationRecord, *, key: str | None = None) -> Stored:
        return self._told(consultation.consultation_id, consultation, key)

    def store_signature(self, signature: SignatureRecord, *, key: str | None = None) -> Stored:
        return self._told(signature.signature_id, signature, key)

    def server_case(self, reference: str) -> ServerCase:
        return self._over_the_network(lambda: self.server.server_case(reference))

    def server_time(self) -> ServerTime:
        at = NOW - self.ahead
        answer = ServerTime(at, self.version, self.server.epoch, HALL_ID, 0, self.api, self.oldest_api)
        return self._over_the_network(lambda: replace(answer, epoch=self.server.epoch))

    # --- batches and files ------------------------------------------------------------------------------------
    def send_batch(self, batch: Batch) -> BatchAnswer:
        assert self.api >= 2
        self.requests.append(f"batch {len(batch.records)}")
        self.keys.extend(record.key for record in batch.records)
        return self._over_the_network(lambda: self.server.take_batch(batch))

    def begin_file(self, head: FileHead) -> FileProgress:
        assert self.api >= 2
        self.requests.append(f"begin {head.file_id}")
        return self._over_the_network(lambda: self.server.begin_file(head))

    def put_chunk(self, file_id: str, start: int, content: bytes, sha: str) -> FileProgress:
        self.requests.append(f"put {file_id} {start}")
        return self._over_the_network(lambda: self.server.put_chunk(file_id, start, content, sha))

    def files_of(self, subject_id: str) -> tuple[StoredFile, ...]:
        whole = [head for head in self.server.heads.values() if head.file_id in self.server.whole]
        return tuple(StoredFile(head, NOW) for head in whole if head.subject_id == subject_id)

    def file_content(self, file_id: str) -> bytes:
        return self._over_the_network(lambda: self.server.whole[file_id])

    # --- logins -----------------------------------------------------------------------------------------------
    def login(self, login: Login) -> Session:
        def do() -> Session:
            if self.passwords.get(login.login_name) != login.password:
                raise NotAllowed("用户名或密码不对")
            return Session("token", 1, USER_ID, "王晓梅", (Role.CLERK,), login.window_no, NOW)

        return self._over_the_network(do)

    def logout(self) -> None:
        def do() -> None:
            self.logged_out += 1

        self._over_the_network(do)
