"""Intake records and ratings as windows push them: stored once, answered the same way ever after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clerk_app.domain import cases
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Conflict, Locked, Rejected
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.numbering import official_serial
from clerk_app.ports.hall import CaseAck, CaseRecord, PartyRecord, RatingAck, RatingRecord
from clerk_app.ports.hall_sync import OfficialNumber
from clerk_app.ports.stores_hall import CaseWrite, HallUnit
from clerk_app.ports.stores_hall_cases import CaseStanding
from clerk_app.ports.stores_hall_sync import FreshCase
from clerk_app.services.hall import records, standing
from clerk_app.services.hall.checks import check, check_aware, check_sm3, check_uuid, check_window, of_hall
from clerk_app.services.hall.kept_fields import with_unknown
from clerk_app.services.hall.tools import Tools, canonical, canonical_fields, field_names, joined, plain

_TASK_CODE = re.compile(r"([0-9A-Z]{18}[1-7][0-9A-Z]{12})(\d{2})?")
_STAGES = frozenset({"acceptance", "issue"})
_OUTCOMES = frozenset(outcome.value for outcome in OutcomeKind) - {OutcomeKind.ON_SITE_CORRECTION.value}
_OPAQUE = frozenset({"detail", "conclusion"})
_LATER_FIELDS: dict[str, Any] = {"opening": None, "conclusion": {}, "parties": [], "outage_since": None}
"""Fields that records did not have at first, with what they hold when an older window left them out."""


def case_base(matter_code: str) -> str:
    """What an official number starts with: the 31 characters of the 实施编码 (also out of a 33-character
    业务办理项编码), else the matter's code as it is. Forms seen in real codes; the standard says only an..50."""
    found = _TASK_CODE.fullmatch(matter_code)
    return found.group(1) if found else matter_code


@dataclass(frozen=True, slots=True)
class ReadyCase:
    """A checked record with everything that can be said of it without the store. ``body`` also holds what this server
    does not know of it, ``text`` is the same as it is stored; ``body_hash`` does not cover the unknown."""

    record: CaseRecord
    body: dict[str, Any] = field(repr=False)
    text: str = field(repr=False)
    body_hash: str
    standing: CaseStanding
    day: date
    base: str
    people: tuple[str, ...]
    official: OfficialNumber | None = None

    def columns(self) -> dict[str, Any]:
        """The case's own columns, without its body and its standing."""
        record = self.record
        return {
            "case_id": record.case_id,
            "case_number": record.case_number,
            "ticket_id": record.ticket_id,
            "window_no": record.window_no,
            "matter_code": record.matter_code,
            "outcome": record.outcome,
            "received_at": record.received_at,
            "promised_on": record.promised_on,
            "revision": record.revision,
        }

    def write(self) -> CaseWrite:
        return CaseWrite(**self.columns(), body=self.body, standing=self.standing)

    def told(self) -> dict[str, Any]:
        """What the journal says of it; nothing personal."""
        return {
            "window_no": self.record.window_no,
            "revision": self.record.revision,
            "outcome": self.record.outcome,
            "case_number": self.record.case_number,
            "case_state": self.standing.state.value,
            "instant": self.standing.instant,
            "body_hash": self.body_hash,
        }


class Cases:
    """Records come from a window's machine, whoever is logged in there by now: the clerk stands in the record."""

    def __init__(self, tools: Tools, epoch: str) -> None:
        self._tools = tools
        self._epoch = epoch

    def store(self, unit: HallUnit, actor: Actor, record: CaseRecord, sent: Mapping[str, Any] | None = None) -> CaseAck:
        """Store a new case or a higher revision; the same content again gets the same acknowledgement.

        ``sent`` is the record as it came, with what this server does not know of it.
        ``Conflict`` when a known revision comes with other content, when a revision is lower than the newest but was
        never seen, or when the paper number belongs to another case. ``Rejected`` by field.
        """
        return self.store_ready(unit, actor, self.ready(actor, record, sent))

    def ready(
        self,
        actor: Actor,
        record: CaseRecord,
        sent: Mapping[str, Any] | None = None,
        official: OfficialNumber | None = None,
    ) -> ReadyCase:
        """All that needs no store, so that it can be done before the turn for writing. ``Rejected``, ``NotAllowed``.

        ``official`` is what the hall's own server gave the case; it counts only when that server sends it.
        """
        self._check_case(actor, record)
        base, day = case_base(record.matter_code), record.received_at.astimezone(records.BEIJING).date()
        if official is not None and not of_hall(actor):
            official = None
        if official is not None:
            check_uuid("record_id", official.record_id)
            check("case_no", official_serial(official.case_no, base, day) is not None)
        body: dict[str, Any] = plain(record) if sent is None else _plain_beside(record, sent)
        told = canonical_fields(body)
        whole = body if sent is None else with_unknown(body, sent)
        return ReadyCase(
            record=record,
            body=whole,
            text=joined((told if whole is body else canonical_fields(whole)).values()),
            body_hash=self._tools.digest(joined(told[name] for name in _covered(body))),
            standing=standing.of_record(records.in_beijing(record)),
            day=day,
            base=base,
            people=tuple(self._tools.person_digest(one.document_no) for one in _people(record)),
            official=official,
        )

    def store_ready(self, unit: HallUnit, actor: Actor, ready: ReadyCase) -> CaseAck:
        """What ``store`` does, for a record that was made ready."""
        record = ready.record
        known = unit.cases.find(record.case_id)
        seen = unit.cases.revision(record.case_id, record.revision)
        if known is not None and seen is not None:
            if seen[0] != ready.body_hash and not self._same_today(unit, known.revision, ready):
                raise Conflict(f"{record.case_number} 第 {record.revision} 稿已经上传过，内容不一样，没有覆盖")
            return CaseAck(known.record_id, known.case_no, seen[1], record.revision, self._epoch)
        if known is not None and record.revision < known.revision:
            raise Conflict(f"{record.case_number} 服务器上已有更新的第 {known.revision} 稿，没有覆盖")
        if known is not None and unit.files.acts(record.case_id):
            raise Conflict(f"{record.case_number} 后面的环节已经开始，受理时的记录不能再改")
        now = self._tools.now()
        if known is None:
            given = ready.official
            record_id = given.record_id if given else self._tools.new_id()
            known = unit.cases.add(ready.write(), record_id, ready.base, ready.day, given.case_no if given else "")
            kind = "case.stored"
        else:
            unit.cases.update(ready.write())
            kind = "case.updated"
        unit.cases.add_revision(record.case_id, record.revision, ready.body_hash, now)
        unit.files.set_people(record.case_id, ready.people)
        if pre_check := _pre_check(record):
            unit.online.use_pre_check(pre_check, record.case_id)
        self._tools.record(unit, actor, kind, record.case_id, ready.told())
        return CaseAck(known.record_id, known.case_no, now, record.revision, self._epoch)

    def store_fresh(self, unit: HallUnit, actor: Actor, fresh: Sequence[ReadyCase]) -> list[CaseAck] | None:
        """Store cases that the store does not know, all at once, in few statements; the acknowledgements in order.

        None when one of them collides with what is there: nothing is stored then, and they come one by one.
        """
        now = self._tools.now()
        rows = [
            FreshCase(
                case_id=ready.record.case_id,
                record_id=ready.official.record_id if ready.official else self._tools.new_id(),
                revision=ready.record.revision,
                values=ready.columns(),
                body=ready.text,
                standing=ready.standing,
                base=ready.base,
                day=ready.day,
                body_hash=ready.body_hash,
                synced_at=now,
                people=ready.people,
                case_no=ready.official.case_no if ready.official else "",
            )
            for ready in fresh
        ]
        numbers = unit.many.add_cases(rows)
        if numbers is None:
            return None
        unit.journal.append_all(
            [self._tools.entry(unit, actor, "case.stored", one.record.case_id, one.told()) for one in fresh]
        )
        for ready in fresh:
            if pre_check := _pre_check(ready.record):
                unit.online.use_pre_check(pre_check, ready.record.case_id)
        return [CaseAck(row.record_id, numbers[row.case_id], now, row.revision, self._epoch) for row in rows]

    def _same_today(self, unit: HallUnit, newest: int, ready: ReadyCase) -> bool:
        """Whether the stored record, read with what this program knows, is the one that comes again: an older server
        kept fields of it that it did not know, so its digest did not cover them."""
        if ready.record.revision != newest:
            return False
        stored = records.load(CaseRecord, unit.cases.body(ready.record.case_id))
        body = plain(stored)
        told = canonical_fields(body)
        return self._tools.digest(joined(told[name] for name in _covered(body))) == ready.body_hash

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
        actor.require(Role.CLERK, Role.REVIEWER, Role.CHIEF_REPRESENTATIVE, Role.MANAGER, Role.AUDITOR)
        body = unit.cases.body(case_id)
        self._tools.record(unit, actor, "case.viewed", case_id, {"window_no": actor.window_no})
        return body

    def _check_case(self, actor: Actor, record: CaseRecord) -> None:
        check_window(actor, record.window_no)
        if record.hall_id != actor.hall_id:
            raise Rejected("hall_id", "这一件是别的大厅的，没有上传；请技术员检查这台电脑的登记")
        check_uuid("case_id", record.case_id)
        check("case_number", bool(record.case_number.strip()) and len(record.case_number) <= 64)
        check("matter_code", bool(record.matter_code.strip()) and len(record.matter_code) <= 128)
        check("matter_name", bool(record.matter_name.strip()))
        check("applicant", bool(record.applicant.name.strip()))
        check("outcome", record.outcome in _OUTCOMES)
        check("clerk", bool(record.clerk.strip()))
        check("revision", record.revision >= 1)
        check_aware("received_at", record.received_at)
        if record.accepted_at is not None:
            check_aware("accepted_at", record.accepted_at)
        for paper in record.documents:
            check("documents", bool(paper.number.strip()))
            check_sm3("documents", paper.sha)
        _check_opening(record)

    def _check_rating(self, actor: Actor, rating: RatingRecord) -> str:
        check_window(actor, rating.window_no)
        check_uuid("rating_id", rating.rating_id)
        check("level", 1 <= rating.level <= 5)
        check("stage", rating.stage in _STAGES)
        check_aware("rated_at", rating.rated_at)
        visit = rating.ticket_id or rating.case_id
        if visit is None:
            raise Rejected("ticket_id", "评价要写明是哪一次来访")
        return visit


def _covered(body: dict[str, Any]) -> list[str]:
    """Which fields the digest of a record covers, in order: a record without the later fields keeps the digest it had
    before them."""
    return [name for name in sorted(body) if name not in _LATER_FIELDS or body[name] != _LATER_FIELDS[name]]


def _plain_beside(record: CaseRecord, sent: Mapping[str, Any]) -> dict[str, Any]:
    """``plain`` of a record that came as JSON: its opaque parts, which are most of it, are JSON already."""
    return {
        name: sent[name] if name in _OPAQUE and name in sent else plain(getattr(record, name))
        for name in field_names(CaseRecord)
    }


def _check_opening(record: CaseRecord) -> None:
    """The opening is what all later guards stand on: it must be the same case, in the state of its outcome."""
    opening = record.opening
    if opening is None:
        return
    fits = (
        opening.case_id == record.case_id
        and opening.case_number == record.case_number
        and opening.matter_code == record.matter_code
        and opening.received_at == record.received_at
        and opening.accepted_at == record.accepted_at
        and bool(opening.received_by.strip())
    )
    check("opening", fits)
    try:
        state = cases.after(CaseState.DRAFT, OutcomeKind(record.outcome))
    except Locked:
        raise Rejected("opening", "上传的记录里结论和状态对不上，没有存（程序错误，请报技术员）") from None
    check("opening", opening.state is state)


def _people(record: CaseRecord) -> list[PartyRecord]:
    """Who may collect the result: applicant, agent, and those who applied together."""
    people = [record.applicant, *record.parties, *([record.agent] if record.agent else [])]
    return [one for one in people if one.document_no.strip()]


def _pre_check(record: CaseRecord) -> str:
    """The number of the online pre-check that the intake was filled from, empty when there was none."""
    intake = record.conclusion.get("intake")
    number = intake.get("pre_check") if isinstance(intake, dict) else None
    return number if isinstance(number, str) else ""
