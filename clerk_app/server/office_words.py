"""What the office's pages say of a case: how long there is, what an act was about, what became of a material."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from clerk_app.design.words import clock_time, days_left, joined, minutes, screen_day, short_day
from clerk_app.domain.actor import Role
from clerk_app.domain.acts import (
    ActFacts,
    Arrival,
    CaseAct,
    Decision,
    Delivery,
    Extension,
    Payment,
    Resumption,
    Suspension,
)
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import UNDER_DECISION, CaseState
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.deadlines import by_minutes
from clerk_app.domain.masking import mask_address, mask_id_number, mask_name, mask_phone
from clerk_app.domain.persons import Applicant, LegalEntity, NaturalPerson, OtherOrganisation
from clerk_app.domain.routing import OfficeDesk, OfficeList
from clerk_app.ports.stores_hall_cases import CaseHead
from clerk_app.services.hall.office import OfficeCase

SOON_DAYS: Final = 2
ROLE_NAMES: Final = {
    Role.CLERK: "综窗",
    Role.REVIEWER: "审批",
    Role.CHIEF_REPRESENTATIVE: "首席事务代表",
    Role.SEAL_KEEPER: "用印",
    Role.MANAGER: "管理",
    Role.TECHNICIAN: "技术",
    Role.AUDITOR: "审计",
}


@dataclass(frozen=True, slots=True)
class Pill:
    """Words with a tone (``bad``, ``warn``, ``ok``, ``pri``, ``plain``); the words say it all without the colour."""

    words: str
    tone: str = "plain"


_TONES: Final = {
    CaseState.SUPPLEMENT_REQUESTED: "warn",
    CaseState.SUPPLEMENT_RECEIVED: "warn",
    CaseState.ACCEPTED: "ok",
    CaseState.ACCEPTED_WITH_DEFICIENCY: "warn",
    CaseState.ACCEPTED_BY_COMMITMENT: "ok",
    CaseState.DEEMED_ACCEPTED: "warn",
    CaseState.IN_REVIEW: "pri",
    CaseState.SUSPENDED: "warn",
    CaseState.GRANTED: "ok",
    CaseState.CERTIFIED: "ok",
    CaseState.SEALED: "ok",
    CaseState.READY: "ok",
    CaseState.POSTED: "pri",
    CaseState.DELIVERED: "ok",
}


def state_pill(state: CaseState) -> Pill:
    """Where a case stands."""
    return Pill(state.label, _TONES.get(state, "plain"))


def line_pill(head: CaseHead, now: datetime) -> Pill:
    """How long there is for a line of the work list; somebody who stands at the window comes first."""
    stands = head.standing
    if stands.instant:
        waited = now - stands.since
        return Pill(f"即办，人在等{f' {minutes(waited)}' if waited >= timedelta(minutes=1) else ''}", "bad")
    if stands.state is CaseState.SUSPENDED:
        return Pill("暂停计时", "warn")
    if stands.due_at is None:
        return Pill("没有期限")
    return _days(stands.due_at.date(), now.date())


def due_pill(found: OfficeCase) -> Pill:
    """The law's clock of an open case; a special procedure stops it."""
    file, now = found.opened.file, found.now
    running = file.suspended_by
    if running is not None:
        return Pill(f"暂停计时：{running.cause.label}（{short_day(running.starts_on)} 起）", "warn")
    if file.state not in UNDER_DECISION or file.promised is None:
        return Pill("")
    if by_minutes(file.opening.promised_limit) and file.promised.date() == now.date():
        late = now > file.promised
        until = f"承诺 {clock_time(file.promised)} 前"
        return Pill(f"{until}，已过" if late else until, "bad" if late else "warn")
    left = _days(file.promised.date(), now.date())
    unsure = "（暂定）" if file.provisional else ""
    return Pill(joined(f"承诺 {screen_day(file.promised)}{unsure}", left.words), left.tone)


def _days(day: date, today: date) -> Pill:
    left = (day - today).days
    return Pill(days_left(left), "bad" if left <= 0 else "warn" if left <= SOON_DAYS else "plain")


def day(moment: datetime | None) -> str:
    """「12-03（周四）」, with the year where it is another one; a dash without any."""
    if moment is None:
        return "—"
    return screen_day(moment)


def moment(at: datetime, now: datetime) -> str:
    """「今天 10:24」, 「11-23 10:24」, 「2025-11-23 10:24」."""
    if at.date() == now.date():
        return f"今天 {clock_time(at)}"
    return f"{short_day(at) if at.year == now.year else f'{at:%Y-%m-%d}'} {clock_time(at)}"


def why_not_mine(head: CaseHead, kind: OfficeList, user_id: str) -> str:
    """Why a line is not this person's although it is on their desk: 受理、审批、用印 are three people."""
    stands = head.standing
    if kind.desk is OfficeDesk.REVIEW and user_id == stands.received_by:
        return "这件由你受理，决定要换一个人"
    if kind.desk is OfficeDesk.SEAL and user_id in {stands.received_by, stands.decided_by}:
        return "这件由你受理或决定，用印要换一个人"
    return ""


# --- people -----------------------------------------------------------------------------------------------------
def person(applicant: Applicant, phone: str) -> list[tuple[str, str]]:
    """An applicant for the office: the name whole, because the decision names it; numbers and addresses masked."""
    if isinstance(applicant, NaturalPerson):
        rows = [("申请人", applicant.display_name), ("证件号码", mask_id_number(applicant.id_number))]
    elif isinstance(applicant, LegalEntity):
        rows = [("申请单位", applicant.name), ("统一社会信用代码", applicant.credit_code)]
        rows.append(("法定代表人", mask_name(applicant.legal_representative)))
    else:
        assert isinstance(applicant, OtherOrganisation)
        rows = [("申请单位", applicant.name), (applicant.certificate, mask_id_number(applicant.certificate_number))]
    rows += [("电话", mask_phone(phone or applicant.phone)), ("地址", mask_address(applicant.address))]
    return [(label, value) for label, value in rows if value]


# --- materials --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A material with what became of it; ``pages`` are (file id, words) of its scanned pages, ``paper`` says that there
    is something to scan at all."""

    number: int
    name: str
    criterion: str
    pill: Pill
    note: str
    pages: tuple[tuple[str, str], ...]
    paper: bool


_VERDICTS: Final[dict[Verdict, Pill]] = {
    Verdict.PENDING: Pill("没有查"),
    Verdict.ORIGINAL: Pill("已收原件", "ok"),
    Verdict.COPY: Pill("已收复印件", "ok"),
    Verdict.ELECTRONIC: Pill("已收电子件", "ok"),
    Verdict.EXEMPT: Pill("免交", "ok"),
    Verdict.TOLERATED: Pill("容缺", "warn"),
    Verdict.DEFECTIVE: Pill("有问题", "bad"),
    Verdict.NOT_APPLICABLE: Pill("不适用"),
}


_NO_PAPER: Final = frozenset({Verdict.EXEMPT, Verdict.NOT_APPLICABLE})


def materials(found: OfficeCase) -> tuple[MaterialLine, ...]:
    """The whole list of this case, with the pages that the server has."""
    file = found.opened.file
    came = {check.material_id: (arrival, check) for arrival in _arrivals(file) for check in arrival.checks}
    lines = []
    for number, (material, first) in enumerate(found.opened.conclusion.intake.rows, 1):
        arrival, check = came.get(material.id, (None, first))
        waits = material.id in file.missing
        pill = Pill("待补", "warn") if waits else _VERDICTS[check.verdict]
        pages = found.pages_of(material.id)
        numbered = tuple((one.head.file_id, f"第 {at} 页") for at, one in enumerate(pages, 1))
        lines.append(
            MaterialLine(
                number=number,
                name=material.name,
                criterion=material.criterion,
                pill=pill,
                note=_note(check, arrival, waits),
                pages=numbered,
                paper=check.verdict not in _NO_PAPER,
            )
        )
    return tuple(lines)


def _arrivals(file: CaseFile) -> list[Arrival]:
    return [act.facts.arrival for act in file.acts if act.facts.arrival is not None]


def _note(check: MaterialCheck, arrival: Arrival | None, waits: bool) -> str:
    if waits:
        return f"{short_day(check.due)} 前补" if check.due else ""
    sheets = f" {check.pages} 页" if check.pages else ""
    counted = f"{check.pieces} 份{sheets}" if check.pieces else ""
    after = f"{short_day(arrival.arrived_at)} {arrival.channel.label}" if arrival else ""
    words = check.sentence or "、".join(check.phrases)
    return joined(counted, check.source, words if check.verdict is Verdict.DEFECTIVE else "", after)


# --- acts -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TimeLine:
    """One act of the case as the timeline shows it."""

    at: str
    what: str
    who: str
    facts: tuple[tuple[str, str], ...] = ()


def timeline(found: OfficeCase) -> tuple[TimeLine, ...]:
    """Everything that was done, oldest first."""
    opening, now = found.opened.file.opening, found.now
    actor = found.opened.conclusion.actor
    who = f"{actor.user_name}（{actor.window_no} 号窗口）" if actor.window_no else actor.user_name
    lines = [TimeLine(moment(opening.received_at, now), "收件", who)]
    lines.append(TimeLine(moment(opening.concluded_at, now), opening.state.label, who))
    return (*lines, *(_line(act, now) for act in found.opened.file.acts))


def _line(act: CaseAct, now: datetime) -> TimeLine:
    place = f"{act.by.window_no} 号窗口" if act.by.window_no else "后台"
    return TimeLine(moment(act.at, now), act.step.label, f"{act.by.name}（{place}）", tuple(facts_of(act.facts)))


def facts_of(facts: ActFacts) -> list[tuple[str, str]]:
    """What an act says beyond its step, with numbers and addresses masked."""
    rows: list[tuple[str, str]] = []
    for part in _PARTS:
        rows += part(facts)
    return [(label, value) for label, value in rows if value]


def _reason(facts: ActFacts) -> list[tuple[str, str]]:
    # Some facts repeat it with more words.
    own = facts.extension is None and facts.suspension is None
    rows = [("理由", facts.reason), ("依据", facts.basis)] if own else []
    if facts.approval is not None:
        rows.append(("授权", f"{facts.approval.name}：{facts.approval.reason}"))
    return rows


def _arrived(facts: ActFacts) -> list[tuple[str, str]]:
    if facts.arrival is None:
        return []
    return [("收到", f"{len(facts.arrival.checks)} 项，{facts.arrival.channel.label}")]


def _dates(facts: ActFacts) -> list[tuple[str, str]]:
    found = facts.acceptance
    return [] if found is None else [("承诺办结", day(found.promised))]


def _suspended(facts: ActFacts) -> list[tuple[str, str]]:
    one: Suspension | None = facts.suspension
    if one is None:
        return []
    return [
        ("程序", one.cause.label),
        ("依据", one.basis),
        ("开始", screen_day(one.starts_on)),
        ("需要时间", one.expected),
    ]


def _resumed(facts: ActFacts) -> list[tuple[str, str]]:
    one: Resumption | None = facts.resumption
    if one is None:
        return []
    return [("结束", screen_day(one.ends_on)), ("结果", one.result), ("承诺办结", day(one.promised))]


def _extended(facts: ActFacts) -> list[tuple[str, str]]:
    one: Extension | None = facts.extension
    if one is None:
        return []
    return [
        ("延长", f"{one.days} 天"),
        ("理由", one.reason),
        ("批准", joined(one.approver, one.approver_title)),
        ("承诺办结", day(one.promised)),
    ]


def _decided(facts: ActFacts) -> list[tuple[str, str]]:
    one: Decision | None = facts.decision
    if one is None:
        return []
    return [
        ("内容", one.content),
        ("理由", one.reason),
        ("事实", one.facts),
        ("依据", one.basis),
        ("证照", joined(one.certificate_name, one.certificate_number)),
        ("有效期", one.validity),
    ]


def _sealed(facts: ActFacts) -> list[tuple[str, str]]:
    one = facts.sealing
    return [] if one is None else [("登记号", one.register_no), ("份数", str(one.count))]


def _pieces(facts: ActFacts) -> list[tuple[str, str]]:
    one = facts.pieces
    return [] if one is None else [("结果", "、".join(one.names)), ("放在", one.place)]


def _delivered(facts: ActFacts) -> list[tuple[str, str]]:
    one: Delivery | None = facts.delivery
    if one is None:
        return []
    return [
        ("方式", one.manner.label),
        ("领取", joined(mask_name(one.receiver), one.relation)),
        ("寄递", joined(one.carrier, one.tracking)),
    ]


def _handed(facts: ActFacts) -> list[tuple[str, str]]:
    one = facts.hand_over
    return [] if one is None else [("交给", one.to), ("份数", str(one.pieces))]


def _paid(facts: ActFacts) -> list[tuple[str, str]]:
    one: Payment | None = facts.payment
    return [] if one is None else [("项目", one.item), ("金额", f"{one.amount} 元"), ("依据", one.basis)]


_PARTS: Final[tuple[Callable[[ActFacts], list[tuple[str, str]]], ...]] = (
    *(_arrived, _dates, _suspended, _resumed, _extended, _decided, _sealed, _pieces, _delivered, _handed, _paid),
    _reason,
)
