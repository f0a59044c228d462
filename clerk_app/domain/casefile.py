"""A case as it stands: its opening at the counter with all acts folded in, and the guards of the law.

Window and server use the same fold. Every refusal is the sentence that stands beside the locked button.

Sources: 行政许可法第二十六、三十二、三十四、四十二、四十四、四十五条; 不动产登记暂行条例第十七条. Receiving, deciding
and sealing of one case are three people (接件、审批、用印三个环节完全分离).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from clerk_app.domain import cases
from clerk_app.domain.actor import Role
from clerk_app.domain.acts import (
    CaseAct,
    Channel,
    Decision,
    DeliveryManner,
    Extension,
    Pieces,
    Suspension,
)
from clerk_app.domain.calendar import BEIJING, Limit
from clerk_app.domain.cases import ACCEPTED_STATES, UNDER_DECISION, CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType, SpecialProcedure
from clerk_app.domain.checklist import RECEIVED, Verdict
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.domain.law import ARTICLE_45, ProcedureLaw, SuspensionCause
from clerk_app.domain.papers import PAPER_NAMES, PaperKind

OFFICE_STEPS: Final = frozenset(
    {CaseStep.TAKE_UP, CaseStep.SUSPEND, CaseStep.RESUME, CaseStep.EXTEND, CaseStep.GRANT, CaseStep.REFUSE}
)
"""Steps of the person who decides (首席事务代表 or reviewer)."""

ROLES: Final[Mapping[CaseStep, frozenset[Role]]] = MappingProxyType(
    {
        **{step: frozenset({Role.REVIEWER, Role.CHIEF_REPRESENTATIVE}) for step in OFFICE_STEPS},
        CaseStep.CERTIFY: frozenset({Role.REVIEWER, Role.CHIEF_REPRESENTATIVE, Role.SEAL_KEEPER}),
        CaseStep.SEAL: frozenset({Role.SEAL_KEEPER}),
        CaseStep.MAKE_READY: frozenset({Role.SEAL_KEEPER, Role.REVIEWER, Role.CLERK}),
        CaseStep.REQUEST_PAYMENT: frozenset({Role.CLERK, Role.REVIEWER}),
        CaseStep.ARCHIVE: frozenset({Role.CLERK, Role.REVIEWER, Role.MANAGER}),
        CaseStep.TERMINATE: frozenset({Role.CLERK, Role.REVIEWER, Role.CHIEF_REPRESENTATIVE}),
        CaseStep.DEEMED_ACCEPTED: frozenset({Role.CLERK, Role.SYSTEM}),
    }
)
"""Who may; a step that is not named here is the clerk's."""

RECEIVING: Final = frozenset(
    {
        CaseStep.RECEIVE_PART,
        CaseStep.RECEIVE_ALL,
        CaseStep.SUPPLEMENT_REQUESTED,
        CaseStep.ACCEPTED,
        CaseStep.DEEMED_ACCEPTED,
    }
)
"""Acts that are part of receiving: whoever did one of them neither decides nor seals this case."""

DECISIONS: Final = frozenset({PaperKind.GRANT_DECISION, PaperKind.REFUSAL_DECISION})
"""The only papers for the approval seal."""

SUPERVISORS: Final = frozenset({Role.MANAGER, Role.CHIEF_REPRESENTATIVE})
"""Whose second login lifts a lock."""


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """What the counter fixed, as far as later acts depend on it. Dates as in ``Conclusion``.

    ``names`` maps the id of each material on the checklist to its name, ``listed`` are the ids that the supplement
    notice lists, ``owed`` the tolerated ones that are still to come. ``extension`` is by how much the decision may be
    put off once, None where the matter's law knows no extension.
    """

    case_id: str
    case_number: str
    matter_code: str
    matter_name: str
    department: str
    law: ProcedureLaw
    case_type: CaseType
    state: CaseState
    received_at: datetime
    concluded_at: datetime
    received_by: str
    accepted_at: datetime | None = None
    promised: datetime | None = None
    statutory: datetime | None = None
    provisional: bool = False
    promised_limit: Limit | None = None
    statutory_limit: Limit | None = None
    special_procedures: tuple[SpecialProcedure, ...] = ()
    extension: Limit | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    supplement_due: datetime | None = None
    tolerance_due: datetime | None = None
    quantity_limited: bool = False


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The fold. ``missing`` are materials still to come (of the notice or tolerated), ``listed`` all that any notice
    listed. ``promised`` and ``statutory`` are None while time stands still or when the law sets none."""

    opening: CaseOpening
    state: CaseState
    acts: tuple[CaseAct, ...] = ()
    accepted_at: datetime | None = None
    promised: datetime | None = None
    statutory: datetime | None = None
    provisional: bool = False
    listed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    supplement_due: datetime | None = None
    complete_at: datetime | None = None
    suspensions: tuple[Suspension, ...] = ()
    extension: Extension | None = None
    decision: Decision | None = None
    granted: bool | None = None
    decided_by: str = ""
    sealed_by: str = ""
    pieces: Pieces | None = None
    handed_over: int = 0
    ended_at: datetime | None = None

    @property
    def case_id(self) -> str:
        return self.opening.case_id

    @property
    def instant(self) -> bool:
        """即办件: decided, sealed and issued in the same visit."""
        return self.opening.case_type is CaseType.INSTANT

    @property
    def suspended_by(self) -> Suspension | None:
        """The special procedure that is going on."""
        return self.suspensions[-1] if self.state is CaseState.SUSPENDED and self.suspensions else None

    @property
    def duties(self) -> dict[str, str]:
        """user id → the duty that the person has on this case (受理, 审批, 用印)."""
        people = dict.fromkeys((act.by.user_id for act in self.acts if act.step in RECEIVING), "受理")
        people |= {self.opening.received_by: "受理", self.decided_by: "审批", self.sealed_by: "用印"}
        return {user: duty for user, duty in people.items() if user}


def roles_for(step: CaseStep) -> frozenset[Role]:
    """Who may do a step; the clerk where nobody else is named."""
    return ROLES.get(step, frozenset({Role.CLERK}))


def opened(opening: CaseOpening) -> CaseFile:
    """The case as the counter left it."""
    waits = opening.listed if opening.state is CaseState.SUPPLEMENT_REQUESTED else opening.owed
    return CaseFile(
        opening=opening,
        state=opening.state,
        accepted_at=opening.accepted_at,
        promised=opening.promised,
        statutory=opening.statutory,
        provisional=opening.provisional,
        listed=opening.listed,
        missing=waits,
        supplement_due=opening.supplement_due,
    )


def folded(opening: CaseOpening, acts: tuple[CaseAct, ...]) -> CaseFile:
    """The case after all acts, in their order. Raises what ``apply`` raises."""
    file = opened(opening)
    for act in acts:
        file = apply(file, act)
    return file


def lock_reason(file: CaseFile, step: CaseStep, user_id: str, roles: frozenset[Role], now: datetime) -> str:
    """Why this person cannot do this step now; empty when they can. Facts are checked by ``apply``."""
    if (file.state, step) not in cases.TRANSITIONS:
        return cases.why_not(file.state, step)
    if roles.isdisjoint(roles_for(step)):
        return _WHO.get(step, "这一步要由窗口人员来做")
    return _separate(file, step, user_id) or _GUARDS.get(step, _free)(file, now)


def apply(file: CaseFile, act: CaseAct) -> CaseFile:
    """The case after one more act.

    Raises ``Locked`` (state or law forbids it), ``NotAllowed`` (this person already has another duty on the case) or
    ``Rejected`` by field (a fact that the step needs is missing or wrong). Roles are the caller's to check
    (``lock_reason``): an act does not carry them.
    """
    if act.case_id != file.case_id:
        raise ValueError("an act of another case")
    state = cases.after(file.state, act.step)
    if reason := _separate(file, act.step, act.by.user_id):
        raise NotAllowed(reason)
    if reason := _GUARDS.get(act.step, _free)(file, act.at):
        raise Locked(reason)
    taken = _TAKES.get(act.step, _as_it_is)(file, act)
    return replace(taken, state=state, acts=(*file.acts, act))


# --- who ------------------------------------------------------------------------------------------------------
_WHO: Final = {
    **dict.fromkeys(OFFICE_STEPS, "这一步由有审批权的人来做（首席事务代表或审批人员）"),
    CaseStep.SEAL: "盖行政审批专用章要由用印人来做",
    CaseStep.CERTIFY: "制证由后台人员来做",
    CaseStep.MAKE_READY: "出件登记由后台人员来做",
}


def _separate(file: CaseFile, step: CaseStep, user_id: str) -> str:
    """受理、审批、用印 are three people."""
    duty = {CaseStep.GRANT: "审批", CaseStep.REFUSE: "审批", CaseStep.SEAL: "用印"}.get(step)
    if duty is None:
        return ""
    other = file.duties.get(user_id)
    if other is None:
        return ""
    done = {"受理": "受理", "审批": "决定", "用印": "盖章"}[other]
    return f"这件由你{done}，{duty}要换一个人"


# --- guards that need no facts ------------------------------------------------------------------------------------
def _free(file: CaseFile, now: datetime) -> str:
    return ""


def _licensing(file: CaseFile, article: str) -> str:
    """The article in brackets where the licensing law rules; other matters have laws of their own."""
    return f"（行政许可法{article}）" if file.opening.law is ProcedureLaw.LICENSING else ""


def _names(file: CaseFile, ids: tuple[str, ...]) -> str:
    return "、".join(file.opening.names.get(one, one) for one in ids)


def _awaiting(file: CaseFile, now: datetime) -> str:
    return "" if file.missing else "没有要补的材料"


def _accept(file: CaseFile, now: datetime) -> str:
    return f"还没有补齐：{_names(file, file.missing)}" if file.missing else ""


def _decline(file: CaseFile, now: datetime) -> str:
    if file.state is CaseState.SUPPLEMENT_REQUESTED and file.supplement_due and now <= file.supplement_due:
        return f"补正期限到 {file.supplement_due:%Y-%m-%d}，没有过期不能不予受理"
    if file.state is CaseState.SUPPLEMENT_RECEIVED and not file.missing:
        return f"告知书列的都补齐了，应当受理{_licensing(file, '第三十二条第一款第五项')}"
    return ""


def _deem(file: CaseFile, now: datetime) -> str:
    if file.opening.law is ProcedureLaw.OWN:
        return "本事项的法律没有规定逾期视为受理"
    return _accept(file, now)


def _grant(file: CaseFile, now: datetime) -> str:
    return f"容缺的材料还没补齐：{_names(file, file.missing)}" if file.missing else ""


def _extend(file: CaseFile, now: datetime) -> str:
    if file.extension is not None:
        return "已经延长过一次，不能再延长"
    if file.opening.extension is None:
        return "本事项的法律没有规定可以延长"
    limit = file.statutory or file.promised
    if limit is not None and now > limit:
        return "期限已经过了，延长要在到期前批准"
    return ""


def _deliver(file: CaseFile, now: datetime) -> str:
    if file.state is CaseState.SEALED and not file.instant:
        return "还没有登记出件，等后台送到窗口"
    return ""


def _void(file: CaseFile, now: datetime) -> str:
    return "已经交接材料，不能作废；请走撤回或终止" if file.handed_over else ""


_GUARDS: Final[Mapping[CaseStep, Callable[[CaseFile, datetime], str]]] = {
    CaseStep.RECEIVE_PART: _awaiting,
    CaseStep.RECEIVE_ALL: _awaiting,
    CaseStep.ACCEPTED: _accept,
    CaseStep.DEEMED_ACCEPTED: _deem,
    CaseStep.NOT_ACCEPTED: _decline,
    CaseStep.GRANT: _grant,
    CaseStep.EXTEND: _extend,
    CaseStep.DELIVER: _deliver,
    CaseStep.POST: _deliver,
    CaseStep.VOID: _void,
}


def suspension_causes(opening: CaseOpening) -> tuple[SuspensionCause, ...]:
    """The enumerated causes for which the time of this case may stand still.

    A licence has those of Art. 45 and what its catalogue excludes; any other matter only what its catalogue excludes.
    A procedure that the catalogue counts is never a cause.
    """
    counted = {one.kind for one in opening.special_procedures if not one.excluded}
    own = {one.kind for one in opening.special_procedures if one.excluded}
    allowed = own | (ARTICLE_45 if opening.law is ProcedureLaw.LICENSING else frozenset())
    return tuple(cause for cause in SuspensionCause if cause in allowed - counted)


# --- what each step takes from the facts ------------------------------------------------------------------------
def _as_it_is(file: CaseFile, act: CaseAct) -> CaseFile:
    return file


def _receive(file: CaseFile, act: CaseAct) -> CaseFile:
    arrival = act.facts.arrival
    if arrival is None or not arrival.checks:
        raise Rejected("arrival", "请写明收到了哪些材料")
    if arrival.arrived_at > act.at:
        raise Rejected("arrived_at", "收到的时间不能晚于现在")
    if arrival.arrived_at < file.opening.received_at:
        raise Rejected("arrived_at", "收到的时间不能早于收件")
    if arrival.channel is Channel.WINDOW and arrival.arrived_at != act.at:
        raise Rejected("arrived_at", "窗口收到的时间由系统记录，不能另填")
    came = {check.material_id for check in arrival.checks}
    strange = tuple(sorted(came - set(file.missing)))
    if strange:
        raise Locked(f"告知书和容缺清单里没有这些材料：{_names(file, strange)}")
    wrong = [c.material_id for c in arrival.checks if c.verdict not in RECEIVED | {Verdict.EXEMPT}]
    if wrong:
        raise Rejected("arrival", f"这些材料还不能算收到：{_names(file, tuple(wrong))}")
    missing = tuple(one for one in file.missing if one not in came)
    if act.step is CaseStep.RECEIVE_ALL and missing:
        raise Locked(f"还没有补齐：{_names(file, missing)}")
    if act.step is CaseStep.RECEIVE_PART and not missing:
        raise Locked("都补齐了，请按收齐登记")
    arrivals = [one.facts.arrival.arrived_at for one in (*file.acts, act) if one.facts.arrival]
    return replace(file, missing=missing, complete_at=None if missing else max(arrivals))


def _second_notice(file: CaseFile, act: CaseAct) -> CaseFile:
    notice = act.facts.notice
    if notice is None or not notice.materials:
        raise Rejected("notice", "请写明还要补哪些材料")
    if unknown := tuple(one for one in notice.materials if one not in file.opening.names):
        raise Locked(f"本事项的清单里没有“{_names(file, unknown)}”，不能要求提交{_licensing(file, '第三十一条')}")
    if notice.due <= act.at:
        raise Rejected("due", "补正期限要在今天以后")
    if file.supplement_due is not None and notice.due < file.supplement_due:
        raise Rejected("due", f"补正期限不能早于已经告知的 {file.supplement_due:%Y-%m-%d}")
    if new := tuple(one for one in notice.materials if one not in file.listed):
        if act.facts.approval is None:
            article = _licensing(file, "第三十二条")
            raise Locked(
                f"第一次告知书没有列“{_names(file, new)}”，要一次告知全部，不能再要求补正{article}。确要告知须主管授权"
            )
        _check_approval(act)
    return replace(
        file,
        listed=tuple(dict.fromkeys((*file.listed, *notice.materials))),
        missing=tuple(dict.fromkeys((*file.missing, *notice.materials))),
        complete_at=None,
        supplement_due=notice.due,
    )


def _check_approval(act: CaseAct) -> None:
    approval = act.facts.approval
    if approval is None:
        raise Locked("这一步要主管授权")
    if approval.user_id == act.by.user_id:
        raise NotAllowed("授权的人不能是经办人自己")
    if not approval.reason.strip():
        raise Rejected("reason", "请写明授权的理由，会留在记录里")


def _accepted(file: CaseFile, act: CaseAct) -> CaseFile:
    acceptance = act.facts.acceptance
    if acceptance is None:
        raise Rejected("acceptance", "请写明受理的日期")
    day = file.complete_at or file.opening.received_at
    if acceptance.accepted_at != day:
        raise Rejected("accepted_at", f"受理日期应当是材料补齐的 {day:%Y-%m-%d %H:%M}")
    return replace(
        file,
        accepted_at=acceptance.accepted_at,
        promised=acceptance.promised,
        statutory=acceptance.statutory,
        provisional=acceptance.provisional,
    )


def _declined(file: CaseFile, act: CaseAct) -> CaseFile:
    if not act.facts.reason.strip():
        raise Rejected("reason", "请写明不予受理的理由")
    return replace(file, ended_at=act.at)


def _day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


def _suspend(file: CaseFile, act: CaseAct) -> CaseFile:
    suspension = act.facts.suspension
    if suspension is None:
        raise Rejected("suspension", "请选特别程序的种类")
    if suspension.cause not in suspension_causes(file.opening):
        raise Locked(f"“{suspension.cause.label}”不在本事项不计时的程序里，时间照算")
    if not suspension.basis.strip():
        raise Rejected("basis", "请写明特别程序的依据")
    if not suspension.expected.strip():
        raise Rejected("expected", f"请写明需要多少时间，要书面告知申请人{_licensing(file, '第四十五条')}")
    if suspension.ends_on is not None:
        raise Rejected("ends_on", "结束日期在程序结束时再登记")
    if file.accepted_at is not None and suspension.starts_on < _day(file.accepted_at):
        raise Rejected("starts_on", "特别程序不能早于受理")
    if suspension.starts_on > _day(act.at):
        raise Rejected("starts_on", "特别程序的开始日期不能是以后的日子")
    return replace(file, suspensions=(*file.suspensions, suspension), promised=None, statutory=None)


def _resume(file: CaseFile, act: CaseAct) -> CaseFile:
    resumption = act.facts.resumption
    if resumption is None:
        raise Rejected("resumption", "请写明特别程序的结束日期和结果")
    running = file.suspensions[-1]
    if not running.starts_on <= resumption.ends_on <= _day(act.at):
        raise Rejected("ends_on", "结束日期要在开始日期和今天之间")
    if not resumption.result.strip():
        raise Rejected("result", "请写明特别程序的结果")
    closed = replace(running, ends_on=resumption.ends_on)
    return replace(
        file,
        suspensions=(*file.suspensions[:-1], closed),
        promised=resumption.promised,
        statutory=resumption.statutory,
        provisional=resumption.provisional,
    )


def _extended(file: CaseFile, act: CaseAct) -> CaseFile:
    extension = act.facts.extension
    limit = file.opening.extension
    if extension is None or limit is None or limit.value is None:
        raise Rejected("extension", "请写明延长多少天和理由")
    if not 1 <= extension.days <= limit.value:
        raise Rejected("days", f"最多延长 {limit.text or limit.value}")
    if not extension.reason.strip():
        raise Rejected("reason", "请写明延长的理由，要告知申请人")
    if not extension.approver.strip():
        raise Rejected("approver", "延长要经机关负责人批准，请写明批准人")
    return replace(
        file,
        extension=extension,
        promised=extension.promised,
        statutory=extension.statutory,
        provisional=extension.provisional,
    )


def _decided(file: CaseFile, act: CaseAct) -> CaseFile:
    decision = act.facts.decision
    granted = act.step is CaseStep.GRANT
    if decision is None or not decision.basis.strip():
        raise Rejected("basis", "请写明决定的依据")
    if not granted and not decision.reason.strip():
        raise Rejected("reason", f"不予的决定要写明理由{_licensing(file, '第三十八条第二款')}")
    if granted and not (decision.content.strip() or decision.certificate_name.strip()):
        raise Rejected("content", "请写明准予的内容")
    written = PaperKind.GRANT_DECISION if granted else PaperKind.REFUSAL_DECISION
    if all(paper.kind is not written for paper in act.papers):
        raise Rejected("papers", f"决定要写成{PAPER_NAMES[written]}")
    return replace(file, decision=decision, granted=granted, decided_by=act.by.user_id)


def _sealed(file: CaseFile, act: CaseAct) -> CaseFile:
    sealing = act.facts.sealing
    if sealing is None or not sealing.register_no.strip() or sealing.count < 1:
        raise Rejected("sealing", "用印要登记编号和份数")
    decisions = {paper.paper_id for one in file.acts for paper in one.papers if paper.kind in DECISIONS}
    if not sealing.paper_ids or not set(sealing.paper_ids) <= decisions:
        raise Locked("行政审批专用章只盖在决定上，请选这件的决定书")
    return replace(file, sealed_by=act.by.user_id)


def _ready(file: CaseFile, act: CaseAct) -> CaseFile:
    if act.facts.pieces is None or not act.facts.pieces.names:
        raise Rejected("pieces", "请写明有几件结果、放在哪里")
    return replace(file, pieces=act.facts.pieces)


def _posted(file: CaseFile, act: CaseAct) -> CaseFile:
    delivery = act.facts.delivery
    if delivery is None or not delivery.carrier.strip() or not delivery.tracking.strip():
        raise Rejected("tracking", "请写明寄递公司和单号")
    if not delivery.address.strip():
        raise Rejected("address", "请写明收件地址")
    return file


def _delivered(file: CaseFile, act: CaseAct) -> CaseFile:
    delivery = act.facts.delivery
    if delivery is None or not delivery.receiver.strip():
        raise Rejected("receiver", "请写明谁领走了结果")
    if not delivery.relation.strip():
        raise Rejected("relation", "请写明领取人和申请人的关系")
    if delivery.manner is DeliveryManner.POST and file.state is not CaseState.POSTED:
        raise Rejected("manner", "邮寄送达要先登记寄出")
    if delivery.manner is DeliveryManner.DIRECT and not delivery.id_number.strip():
        raise Rejected("id_number", "领取人要核验身份证")
    if delivery.manner is DeliveryManner.LEFT and not (delivery.refusal.strip() and delivery.witness.strip()):
        raise Rejected("witness", "留置送达要写明拒收的情况和见证人")
    if file.pieces is not None and sorted(delivery.pieces) != sorted(file.pieces.names):
        raise Rejected("pieces", "还有没交出去的结果，要一次交清")
    return replace(file, ended_at=act.at)


def _ended(file: CaseFile, act: CaseAct) -> CaseFile:
    if act.step is CaseStep.TERMINATE:
        if not act.facts.reason.strip():
            raise Rejected("reason", "请写明终止的理由")
        if not act.facts.basis.strip():
            raise Rejected("basis", "请写明终止的依据")
    return replace(file, ended_at=act.at, promised=None, statutory=None)


def _voided(file: CaseFile, act: CaseAct) -> CaseFile:
    if not act.facts.reason.strip():
        raise Rejected("reason", "请写明作废的理由")
    _check_approval(act)
    return replace(file, ended_at=act.at, promised=None, statutory=None)


def _handed_over(file: CaseFile, act: CaseAct) -> CaseFile:
    hand_over = act.facts.hand_over
    if hand_over is None or not hand_over.to.strip():
        raise Rejected("to", "请写明交给哪个部门")
    return replace(file, handed_over=file.handed_over + 1)


def _payment(file: CaseFile, act: CaseAct) -> CaseFile:
    payment = act.facts.payment
    if payment is None or not payment.amount.strip() or not payment.basis.strip():
        raise Rejected("payment", "缴费通知要写明项目、金额和收费依据")
    return file


_TAKES: Final[Mapping[CaseStep, Callable[[CaseFile, CaseAct], CaseFile]]] = {
    CaseStep.RECEIVE_PART: _receive,
    CaseStep.RECEIVE_ALL: _receive,
    CaseStep.SUPPLEMENT_REQUESTED: _second_notice,
    CaseStep.ACCEPTED: _accepted,
    CaseStep.DEEMED_ACCEPTED: _accepted,
    CaseStep.NOT_ACCEPTED: _declined,
    CaseStep.SUSPEND: _suspend,
    CaseStep.RESUME: _resume,
    CaseStep.EXTEND: _extended,
    CaseStep.GRANT: _decided,
    CaseStep.REFUSE: _decided,
    CaseStep.SEAL: _sealed,
    CaseStep.MAKE_READY: _ready,
    CaseStep.POST: _posted,
    CaseStep.DELIVER: _delivered,
    CaseStep.WITHDRAW: _ended,
    CaseStep.TERMINATE: _ended,
    CaseStep.VOID: _voided,
    CaseStep.HAND_OVER: _handed_over,
    CaseStep.REQUEST_PAYMENT: _payment,
}


def overdue(file: CaseFile, now: datetime) -> bool:
    """Whether the promised date of the decision has passed without one."""
    return file.state in UNDER_DECISION and file.promised is not None and now > file.promised


def waits_for_decision(file: CaseFile) -> bool:
    """Whether somebody has to decide now."""
    return file.state in ACCEPTED_STATES | {CaseState.IN_REVIEW}
