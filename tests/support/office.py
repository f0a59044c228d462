"""A hall with a counter and an office: one server in memory, several windows at it, and a feed between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from clerk_app.domain import casefile
from clerk_app.domain.actor import Role
from clerk_app.domain.acts import Approval, CaseAct
from clerk_app.domain.case_rules import SUPERVISORS
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import ACCEPTED_STATES, UNDER_DECISION, CaseState
from clerk_app.domain.errors import NotAllowed
from clerk_app.domain.masking import mask_name
from clerk_app.ports.feed import FeedEntry
from clerk_app.ports.hall import CaseAck, CaseRecord, Login, Session
from clerk_app.ports.hall_cases import ActAck, ApprovalRequest, OnlineSupplement, WorkKind, WorkLine
from support.shell import PASSWORD, HallCounter, Seat
from support.shell_matters import PUBLISHED, bare, card, food, house, prepacked
from support.window import NOW
from support.window_memory import MemoryWindowStore
from support.window_server import FakeServer

CLERK_ID = "018f0000-0000-7000-8000-0000000000aa"
PEOPLE: dict[str, tuple[str, str, tuple[Role, ...]]] = {
    "wxm": (CLERK_ID, "王晓梅", (Role.CLERK,)),
    "zm": ("018f0000-0000-7000-8000-0000000000b1", "赵敏", (Role.REVIEWER,)),
    "sl": ("018f0000-0000-7000-8000-0000000000b2", "孙立", (Role.SEAL_KEEPER,)),
    "zwb": ("018f0000-0000-7000-8000-0000000000b3", "周文博", (Role.CHIEF_REPRESENTATIVE, Role.CLERK)),
    "lg": ("018f0000-0000-7000-8000-0000000000b4", "李刚", (Role.MANAGER,)),
}
_STATES = {
    WorkKind.TO_DECIDE: ACCEPTED_STATES | {CaseState.IN_REVIEW},
    WorkKind.TO_SEAL: {CaseState.GRANTED, CaseState.CERTIFIED, CaseState.REFUSED},
    WorkKind.TO_PREPARE: {CaseState.SEALED},
    WorkKind.TO_ISSUE: {CaseState.READY, CaseState.SEALED},
    WorkKind.TO_SUPPLEMENT: {CaseState.SUPPLEMENT_REQUESTED},
    WorkKind.OWED: UNDER_DECISION,
    WorkKind.TO_ACCEPT: {CaseState.SUPPLEMENT_RECEIVED},
    WorkKind.SUSPENDED: {CaseState.SUSPENDED},
    WorkKind.POSTED: {CaseState.POSTED},
}


@dataclass
class OfficeServer(FakeServer):
    """Tells its listeners of every case and act, as the real one's feed does."""

    listeners: list[Callable[[tuple[FeedEntry, ...]], None]] = field(default_factory=list)
    feed_no: int = 0
    approvals: list[Approval] = field(default_factory=list)
    online: list[OnlineSupplement] = field(default_factory=list)

    def store_case(self, record: CaseRecord, key: str) -> CaseAck:
        before = self.writes
        ack = super().store_case(record, key)
        if self.writes != before:
            self.tell("case.stored", record.case_id)
        return ack

    def store_act(self, act: CaseAct, key: str) -> ActAck:
        before = self.writes
        ack = super().store_act(act, key)
        if self.writes != before:
            self.tell("case.acted", act.case_id)
        return ack

    def tell(self, kind: str, case_id: str) -> None:
        self.feed_no += 1
        entry = FeedEntry(self.feed_no, f"m{self.feed_no}", kind, case_id, NOW)
        for listener in self.listeners:
            listener((entry,))

    def files(self) -> list[tuple[CaseRecord, CaseFile]]:
        return [
            (record, casefile.folded(record.opening, tuple(self.acts.get(record.case_id, ()))))
            for record in self.cases.values()
            if record.opening is not None
        ]

    def work(self, kind: WorkKind, user_id: str) -> tuple[WorkLine, ...]:
        """As the real server lists it: instant cases first, then by due date."""
        lines = [
            _line(record, file, kind, user_id)
            for record, file in self.files()
            if file.state in _STATES[kind]
            and (kind is not WorkKind.TO_PREPARE or not file.instant)
            and (kind is not WorkKind.TO_ISSUE or file.instant or file.state is CaseState.READY)
            and (kind is not WorkKind.OWED or file.missing)
        ]
        return tuple(sorted(lines, key=lambda line: (not line.instant, line.due or line.since)))


def _line(record: CaseRecord, file: CaseFile, kind: WorkKind, user_id: str) -> WorkLine:
    opening = file.opening
    others = {
        WorkKind.TO_DECIDE: {opening.received_by, file.sealed_by},
        WorkKind.TO_SEAL: {opening.received_by, file.decided_by},
    }
    return WorkLine(
        case_id=record.case_id,
        case_number=record.case_number,
        matter_name=record.matter_name,
        department=opening.department,
        applicant=mask_name(record.applicant.name),
        state=file.state,
        instant=file.instant,
        window_no=record.window_no,
        since=file.acts[-1].at if file.acts else opening.concluded_at,
        due=file.promised or file.supplement_due,
        mine=user_id not in others.get(kind, set()),
    )


class OfficeCounter(HallCounter):
    """The connection of one window to that server; people log in by their names, all with one password."""

    def __init__(self, server: OfficeServer) -> None:
        super().__init__(server)
        self.user_id = ""

    def login(self, login: Login) -> Session:
        def do() -> Session:
            if login.login_name not in PEOPLE or login.password != PASSWORD:
                raise NotAllowed("用户名或密码不对")
            self.user_id, name, roles = PEOPLE[login.login_name]
            return Session("token", 1, self.user_id, name, roles, login.window_no, NOW)

        return self._over_the_network(do)

    def work(self, kind: WorkKind) -> tuple[WorkLine, ...]:
        server: Any = self.server
        return self._over_the_network(lambda: server.work(kind, self.user_id))

    def results_of(self, id_number: str) -> tuple[WorkLine, ...]:
        """What is decided for the applicant or agent, what lies ready first."""
        server: Any = self.server
        wanted = {
            record.case_id
            for record, _ in server.files()
            if id_number in {record.applicant.document_no, record.agent.document_no if record.agent else ""}
        }
        kinds = (WorkKind.TO_ISSUE, WorkKind.TO_SEAL, WorkKind.TO_PREPARE)
        lines = {line.case_id: line for kind in reversed(kinds) for line in self.work(kind)}
        return tuple(line for line in lines.values() if line.case_id in wanted)[::-1]

    def supplements(self) -> tuple[OnlineSupplement, ...]:
        server: Any = self.server
        return self._over_the_network(lambda: tuple(one for one in server.online if not one.taken))

    def take_supplement(self, supplement_id: str, *, key: str | None = None) -> OnlineSupplement:
        server: Any = self.server

        def do() -> OnlineSupplement:
            at = next(n for n, one in enumerate(server.online) if one.supplement_id == supplement_id)
            server.online[at] = replace(server.online[at], taken=True)
            return server.online[at]  # type: ignore[no-any-return]

        return self._over_the_network(do)

    def approve(self, request: ApprovalRequest) -> Approval:
        def do() -> Approval:
            found = PEOPLE.get(request.login_name)
            if found is None or request.password != PASSWORD:
                raise NotAllowed("用户名或密码不对")
            user_id, name, roles = found
            if SUPERVISORS.isdisjoint(roles):
                raise NotAllowed(f"{name} 没有授权的权限，请找值班主管或首席事务代表")
            server: Any = self.server
            server.approvals.append(Approval(f"a-{len(server.approvals)}", user_id, name, request.reason, NOW))
            return server.approvals[-1]  # type: ignore[no-any-return]

        return self._over_the_network(do)


def sit(qtbot: Any, server: OfficeServer, who: str, **named: Any) -> Seat:
    """Somebody at a window of this hall, logged in; the feed reaches the window."""
    number = len(server.listeners) + 1
    seat = Seat(qtbot, named.pop("store", None) or instant_store(), counter=OfficeCounter(server), seed=number, **named)
    server.listeners.append(lambda entries: seat.shell.control and seat.shell.control.on_entries(entries))
    seat.type(who)
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("Enter")
    seat.count()
    return seat


def turn_to(seat: Seat) -> Seat:
    """Several windows stand on one screen here: keys reach the one in front."""
    seat.shell.activateWindow()
    seat.settle()
    return seat


def upload(seat: Seat) -> None:
    """What the sync thread does: push, then tell the window."""
    seat.desk.outbox.push_once()
    seat.control.on_sync(seat.desk.outbox.status())
    seat.settle()


def instant_store() -> MemoryWindowStore:
    """The food licence, and a social security card as an instant case that yields a card."""
    store = MemoryWindowStore()
    result = {"name": "社会保障卡", "validity": "10 年"}
    instant = {**card(), "promised_limit": _HALF_AN_HOUR, "statutory_limit": _HALF_AN_HOUR, "result": result}
    licence = {**food(), "result": {"name": "食品经营许可证", "validity": "5 年"}}
    matters = [licence, prepacked(), instant, house(), bare()]
    store.catalogue.replace(418, PUBLISHED, matters)
    return store


_HALF_AN_HOUR = {"value": 30, "unit": "分钟", "text": "30 分钟", "starts_from": "受理之日"}
