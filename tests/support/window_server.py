"""The hall's server as a window sees it: idempotent, in memory, over a network that loses and repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

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
from support.window import HALL_ID, NOW, USER_ID
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


class FakeCounter(QueueInMemory):
    """``Counter`` of one window over a network with a plan: one mode per request, ``OK`` when the plan is empty."""

    def __init__(self, server: FakeServer | None = None) -> None:
        super().__init__()
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
        return self._over_the_network(lambda: ServerTime(NOW, "1", self.server.epoch, HALL_ID, 0))

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
