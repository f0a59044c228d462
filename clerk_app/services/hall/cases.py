"""Intake records and ratings as windows push them: stored once, answered the same way ever after."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, NotAllowed, Rejected
from clerk_app.ports.hall import CaseAck, CaseRecord, RatingAck, RatingRecord
from clerk_app.ports.stores_hall import CaseWrite, HallUnit
from clerk_app.services.hall.tools import Tools, canonical, plain

_BEIJING = ZoneInfo("Asia/Shanghai")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SM3 = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z][a-z_]{1,63}")
_TASK_CODE = re.compile(r"([0-9A-Z]{18}[1-7][0-9A-Z]{12})(\d{2})?")
_STAGES = frozenset({"acceptance", "issue"})


def case_base(matter_code: str) -> str:
    """What an official number starts with: the 31 characters of the 实施编码 (also out of a 33-character
    业务办理项编码), else the matter's code as it is. Forms seen in real codes; the standard says only an..50."""
    found = _TASK_CODE.fullmatch(matter_code)
    return found.group(1) if found else matter_code


class Cases:
    """Records come from a window's machine, whoever is logged in there by now: the clerk stands in the record."""

    def __init__(self, tools: Tools, epoch: str) -> None:
        self._tools = tools
        self._epoch = epoch

    def store(self, unit: HallUnit, actor: Actor, record: CaseRecord) -> CaseAck:
        """Store a new case or a higher revision; the same content again gets the same acknowledgement.

        ``Conflict`` when a known revision comes with other content, when a revision is lower than the newest but was
        never seen, or when the paper number belongs to another case. ``Rejected`` by field.
        """
        self._check_case(actor, record)
        body_hash = self._tools.digest(canonical(record))
        known = unit.cases.find(record.case_id)
        seen = unit.cases.revision(record.case_id, record.revision)
        if known is not None and seen is not None:
            if seen[0] != body_hash:
                raise Conflict(f"{record.case_number} 第 {record.revision} 稿已经上传过，内容不一样，没有覆盖")
            return CaseAck(known.record_id, known.case_no, seen[1], record.revision, self._epoch)
        if known is not None and record.revision < known.revision:
            raise Conflict(f"{record.case_number} 服务器上已有更新的第 {known.revision} 稿，没有覆盖")
        now = self._tools.now()
        write = CaseWrite(
            case_id=record.case_id,
            case_number=record.case_number,
            ticket_id=record.ticket_id,
            window_no=record.window_no,
            matter_code=record.matter_code,
            outcome=record.outcome,
            received_at=record.received_at,
            promised_on=record.promised_on,
            revision=record.revision,
            body=plain(record),
        )
        if known is None:
            day = record.received_at.astimezone(_BEIJING).date()
            known = unit.cases.add(write, self._tools.new_id(), case_base(record.matter_code), day)
            kind = "case.stored"
        else:
            unit.cases.update(write)
            kind = "case.updated"
        unit.cases.add_revision(record.case_id, record.revision, body_hash, now)
        payload = {"window_no": record.window_no, "revision": record.revision, "outcome": record.outcome}
        self._tools.record(unit, actor, kind, record.case_id, {**payload, "body_hash": body_hash})
        return CaseAck(known.record_id, known.case_no, now, record.revision, self._epoch)

    def rate(self, unit: HallUnit, actor: Actor, rating: RatingRecord) -> RatingAck:
        """One visit, one rating per stage (GB/T 39734-2020 一次一评); the same rating again gets the same answer."""
        visit = self._check_rating(actor, rating)
        body_hash = self._tools.digest(canonical(rating))
        before = unit.cases.rating_of_visit(visit, rating.stage)
        if before is not None:
            if before[1] != body_hash:
                raise Conflict("这次来访已经评价过，一次来访只评一次")
            return RatingAck(before[0], before[2])
        now = self._tools.now()
        unit.cases.add_rating(visit, body_hash, now, plain(rating))
        payload = {"window_no": rating.window_no, "stage": rating.stage}
        self._tools.record(unit, actor, "rating.stored", rating.rating_id, payload)
        return RatingAck(rating.rating_id, now)

    def body(self, unit: HallUnit, actor: Actor, case_id: str) -> dict[str, object]:
        """The stored record; looking at it leaves a trace in the journal."""
        actor.require(Role.CLERK, Role.REVIEWER, Role.MANAGER, Role.AUDITOR)
        body = unit.cases.body(case_id)
        self._tools.record(unit, actor, "case.viewed", case_id, {"window_no": actor.window_no})
        return body

    def _check_case(self, actor: Actor, record: CaseRecord) -> None:
        _check_window(actor, record.window_no)
        if record.hall_id != actor.hall_id:
            raise Rejected("hall_id", "这一件是别的大厅的，没有上传；请技术员检查这台电脑的登记")
        _check("case_id", bool(_UUID.fullmatch(record.case_id)))
        _check("case_number", bool(record.case_number.strip()) and len(record.case_number) <= 64)
        _check("matter_code", bool(record.matter_code.strip()) and len(record.matter_code) <= 128)
        _check("matter_name", bool(record.matter_name.strip()))
        _check("applicant", bool(record.applicant.name.strip()))
        _check("outcome", bool(_WORD.fullmatch(record.outcome)))
        _check("clerk", bool(record.clerk.strip()))
        _check("revision", record.revision >= 1)
        _check_aware("received_at", record.received_at)
        if record.accepted_at is not None:
            _check_aware("accepted_at", record.accepted_at)
        for paper in record.documents:
            _check("documents", bool(paper.number.strip()) and bool(_SM3.fullmatch(paper.sha)))

    def _check_rating(self, actor: Actor, rating: RatingRecord) -> str:
        _check_window(actor, rating.window_no)
        _check("rating_id", bool(_UUID.fullmatch(rating.rating_id)))
        _check("level", 1 <= rating.level <= 5)
        _check("stage", rating.stage in _STAGES)
        _check_aware("rated_at", rating.rated_at)
        visit = rating.ticket_id or rating.case_id
        if visit is None:
            raise Rejected("ticket_id", "评价要写明是哪一次来访")
        return visit


def _check(name: str, fine: bool) -> None:
    if not fine:
        raise Rejected(name, f"上传的记录里 {name} 不对，没有存（程序错误，请报技术员）")


def _check_aware(name: str, moment: datetime) -> None:
    _check(name, moment.tzinfo is not None)


def _check_window(actor: Actor, window_no: str) -> None:
    if actor.window_no is None:
        raise NotAllowed("只有窗口电脑能上传办件")
    if actor.window_no != window_no:
        raise NotAllowed(f"这台电脑是 {actor.window_no} 号窗口，不能上传 {window_no} 号窗口的记录")
