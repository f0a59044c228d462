"""What an act has to say before it counts, step by step: the facts that the law asks for.

行政许可法第三十一、三十二、三十八、四十二、四十五条, the forms in use, and GB/T 39046-2020 (办理, 办结, 快递).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from clerk_app.domain.acts import CaseAct, Channel, DeliveryManner
from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.casefile import CaseFile, CaseOpening
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.checklist import RECEIVED, Verdict
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.domain.law import ARTICLE_45, ProcedureLaw, SuspensionCause
from clerk_app.domain.papers import PAPER_NAMES, PaperKind

DECISIONS: Final = frozenset({PaperKind.GRANT_DECISION, PaperKind.REFUSAL_DECISION})
"""The only papers for the approval seal."""


def check_facts(file: CaseFile, act: CaseAct) -> None:
    """Raise ``Rejected`` by field for what is missing or wrong, ``Locked`` for what the law does not let be said."""
    check = _CHECKS.get(act.step)
    if check is not None:
        check(file, act)


def licensing(file: CaseFile, article: str) -> str:
    """The article in brackets where the licensing law rules; other matters have laws of their own."""
    return f"（行政许可法{article}）" if file.opening.law is ProcedureLaw.LICENSING else ""


def names_of(file: CaseFile, ids: tuple[str, ...]) -> str:
    """The names of materials by their ids."""
    return "、".join(file.opening.names.get(one, one) for one in ids)


def suspension_causes(opening: CaseOpening) -> tuple[SuspensionCause, ...]:
    """The enumerated causes for which the time of this case may stand still.

    A licence has those of Art. 45 and what its catalogue excludes; any other matter only what its catalogue excludes.
    A procedure that the catalogue counts is never a cause.
    """
    counted = {one.kind for one in opening.special_procedures if not one.excluded}
    own = {one.kind for one in opening.special_procedures if one.excluded}
    allowed = own | (ARTICLE_45 if opening.law is ProcedureLaw.LICENSING else frozenset())
    return tuple(cause for cause in SuspensionCause if cause in allowed - counted)


def _receive(file: CaseFile, act: CaseAct) -> None:
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
        raise Locked(f"告知书和容缺清单里没有这些材料：{names_of(file, strange)}")
    wrong = [c.material_id for c in arrival.checks if c.verdict not in RECEIVED | {Verdict.EXEMPT}]
    if wrong:
        raise Rejected("arrival", f"这些材料还不能算收到：{names_of(file, tuple(wrong))}")
    missing = tuple(one for one in file.missing if one not in came)
    if act.step is CaseStep.RECEIVE_ALL and missing:
        raise Locked(f"还没有补齐：{names_of(file, missing)}")
    if act.step is CaseStep.RECEIVE_PART and not missing:
        raise Locked("都补齐了，请按收齐登记")


def _second_notice(file: CaseFile, act: CaseAct) -> None:
    notice = act.facts.notice
    if notice is None or not notice.materials:
        raise Rejected("notice", "请写明还要补哪些材料")
    if unknown := tuple(one for one in notice.materials if one not in file.opening.names):
        raise Locked(f"本事项的清单里没有“{names_of(file, unknown)}”，不能要求提交{licensing(file, '第三十一条')}")
    if stray := tuple(one.material_id for one in notice.checks if one.material_id not in notice.materials):
        raise Rejected("notice", f"告知书没有列“{names_of(file, stray)}”，不能写它的问题")
    if any(one.verdict is not Verdict.DEFECTIVE for one in notice.checks):
        raise Rejected("notice", "告知书只写有问题的材料")
    if notice.due <= act.at:
        raise Rejected("due", "补正期限要在今天以后")
    if file.supplement_due is not None and notice.due < file.supplement_due:
        raise Rejected("due", f"补正期限不能早于已经告知的 {file.supplement_due:%Y-%m-%d}")
    if new := tuple(one for one in notice.materials if one not in file.listed):
        if act.facts.approval is None:
            article = licensing(file, "第三十二条")
            unlisted = f"第一次告知书没有列“{names_of(file, new)}”，要一次告知全部，不能再要求补正{article}"
            raise Locked(f"{unlisted}。确要告知须主管授权")
        _check_approval(act)


def _check_approval(act: CaseAct) -> None:
    approval = act.facts.approval
    if approval is None:
        raise Locked("这一步要主管授权")
    if approval.user_id == act.by.user_id:
        raise NotAllowed("授权的人不能是经办人自己")
    if not approval.reason.strip():
        raise Rejected("reason", "请写明授权的理由，会留在记录里")


def _accepted(file: CaseFile, act: CaseAct) -> None:
    acceptance = act.facts.acceptance
    if acceptance is None:
        raise Rejected("acceptance", "请写明受理的日期")
    day = file.complete_at or file.opening.received_at
    if acceptance.accepted_at != day:
        raise Rejected("accepted_at", f"受理日期应当是材料补齐的 {day:%Y-%m-%d %H:%M}")


def _declined(file: CaseFile, act: CaseAct) -> None:
    if not act.facts.reason.strip():
        raise Rejected("reason", "请写明不予受理的理由")


def _day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


def _suspend(file: CaseFile, act: CaseAct) -> None:
    suspension = act.facts.suspension
    if suspension is None:
        raise Rejected("suspension", "请选特别程序的种类")
    if suspension.cause not in suspension_causes(file.opening):
        raise Locked(f"“{suspension.cause.label}”不在本事项不计时的程序里，时间照算")
    if not suspension.basis.strip():
        raise Rejected("basis", "请写明特别程序的依据")
    if not suspension.expected.strip():
        raise Rejected("expected", f"请写明需要多少时间，要书面告知申请人{licensing(file, '第四十五条')}")
    if suspension.ends_on is not None:
        raise Rejected("ends_on", "结束日期在程序结束时再登记")
    if file.accepted_at is not None and suspension.starts_on < _day(file.accepted_at):
        raise Rejected("starts_on", "特别程序不能早于受理")
    if suspension.starts_on > _day(act.at):
        raise Rejected("starts_on", "特别程序的开始日期不能是以后的日子")


def _resume(file: CaseFile, act: CaseAct) -> None:
    resumption = act.facts.resumption
    if resumption is None:
        raise Rejected("resumption", "请写明特别程序的结束日期和结果")
    running = file.suspensions[-1]
    if not running.starts_on <= resumption.ends_on <= _day(act.at):
        raise Rejected("ends_on", "结束日期要在开始日期和今天之间")
    if not resumption.result.strip():
        raise Rejected("result", "请写明特别程序的结果")


def _extended(file: CaseFile, act: CaseAct) -> None:
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


def _decided(file: CaseFile, act: CaseAct) -> None:
    decision = act.facts.decision
    granted = act.step is CaseStep.GRANT
    if decision is None or not decision.basis.strip():
        raise Rejected("basis", "请写明决定的依据")
    if not granted and not decision.reason.strip():
        raise Rejected("reason", f"不予的决定要写明理由{licensing(file, '第三十八条第二款')}")
    if granted and not (decision.content.strip() or decision.certificate_name.strip()):
        raise Rejected("content", "请写明准予的内容")
    written = PaperKind.GRANT_DECISION if granted else PaperKind.REFUSAL_DECISION
    if all(paper.kind is not written for paper in act.papers):
        raise Rejected("papers", f"决定要写成{PAPER_NAMES[written]}")


def _sealed(file: CaseFile, act: CaseAct) -> None:
    sealing = act.facts.sealing
    if sealing is None or not sealing.register_no.strip() or sealing.count < 1:
        raise Rejected("sealing", "用印要登记编号和份数")
    decisions = {paper.paper_id for one in file.acts for paper in one.papers if paper.kind in DECISIONS}
    if not sealing.paper_ids or not set(sealing.paper_ids) <= decisions:
        raise Locked("行政审批专用章只盖在决定上，请选这件的决定书")


def _ready(file: CaseFile, act: CaseAct) -> None:
    if act.facts.pieces is None or not act.facts.pieces.names:
        raise Rejected("pieces", "请写明有几件结果、放在哪里")


def _posted(file: CaseFile, act: CaseAct) -> None:
    delivery = act.facts.delivery
    if delivery is None or not delivery.carrier.strip() or not delivery.tracking.strip():
        raise Rejected("tracking", "请写明寄递公司和单号")
    if not delivery.address.strip():
        raise Rejected("address", "请写明收件地址")


def _delivered(file: CaseFile, act: CaseAct) -> None:
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


def _ended(file: CaseFile, act: CaseAct) -> None:
    if act.step is CaseStep.TERMINATE:
        if not act.facts.reason.strip():
            raise Rejected("reason", "请写明终止的理由")
        if not act.facts.basis.strip():
            raise Rejected("basis", "请写明终止的依据")


def _voided(file: CaseFile, act: CaseAct) -> None:
    if not act.facts.reason.strip():
        raise Rejected("reason", "请写明作废的理由")
    _check_approval(act)


def _handed_over(file: CaseFile, act: CaseAct) -> None:
    hand_over = act.facts.hand_over
    if hand_over is None or not hand_over.to.strip():
        raise Rejected("to", "请写明交给哪个部门")


def _payment(file: CaseFile, act: CaseAct) -> None:
    payment = act.facts.payment
    if payment is None or not payment.amount.strip() or not payment.basis.strip():
        raise Rejected("payment", "缴费通知要写明项目、金额和收费依据")


_CHECKS: Final[Mapping[CaseStep, Callable[[CaseFile, CaseAct], None]]] = {
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
