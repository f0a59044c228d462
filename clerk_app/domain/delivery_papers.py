"""Papers of issue: 取件通知书, 领取凭证, 送达回证.

行政许可法第四十四条 (delivery within ten days of the decision); 送达回证 as 民事诉讼法第八十七条 ff. knows it and
administrative forms use it; post as GB/T 39046-2020 table 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from clerk_app.domain.act_checks import DECISIONS
from clerk_app.domain.acts import CaseAct, Delivery, DeliveryManner, IdentityCheck
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.decisions import decided_word, decision_title
from clerk_app.domain.law import ProcedureLaw
from clerk_app.domain.masking import mask_id_number
from clerk_app.domain.paper_clauses import clause_of
from clerk_app.domain.paper_parts import Issue, paper, short_who
from clerk_app.domain.papers import PAPER_NAMES, Column, Fact, Notice, PaperKind, Span, Spans, plain
from clerk_app.domain.persons import LegalEntity, OtherOrganisation
from clerk_app.domain.wording import paper_moment

Delivered = tuple[Conclusion, CaseFile, CaseAct]
"""A case, as it stood before the act of delivery, and that act (``DELIVER`` or ``POST``)."""

CHECKS: Final = {
    IdentityCheck.CARD: "读取身份证核验",
    IdentityCheck.TYPED: "未读身份证，手工录入核对",
    IdentityCheck.POSTMAN: "寄递人员核验",
}
_SERVED_COLUMNS = (
    Column("序号", 0.08, "centre"),
    Column("送达的文书、证件", 0.40),
    Column("文号、编号", 0.30),
    Column("受理单号", 0.22, "centre"),
)


def collection_notice(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """取件通知书: what lies ready and where, when, and what to bring."""
    pieces = act.facts.pieces
    assert pieces is not None
    hall = issue.hall
    place = f"{hall.name}{hall.area}任一综合窗口（存放：{pieces.place}）" if pieces.place else f"{hall.name}{hall.area}"
    clause = clause_of(issue.kind, issue.matter.procedure_law)
    return paper(
        issue,
        PAPER_NAMES[issue.kind],
        opening=plain(
            f"{issue.you}申请的“{issue.matter.name}”已经办结（{result_word(issue.matter.procedure_law, file)}），"
            "请领取办理结果。"
        ),
        facts=(
            *short_who(issue),
            Fact("办理结果", (Span(result_name(issue.conclusion, file), bold=True),)),
            *_numbers(file),
            Fact("件数", plain("、".join(pieces.names))),
            Fact("领取地点", (Span(place, bold=True),)),
            Fact("领取时间", plain("即日起，大厅对外办公时间内，免取号")),
            Fact("要带的证件", plain(_bring(issue))),
            *((Fact("依据", plain(f"{clause.citation}")),) if clause else ()),
        ),
        closing=(plain("不便到窗口领取的，可以打上面的咨询电话改为邮寄。"),),
    )


def _bring(issue: Issue) -> str:
    applicant, agent = issue.intake.applicant, issue.intake.agent
    entity = isinstance(applicant, LegalEntity | OtherOrganisation)
    own = "法定代表人（负责人）或经办人的身份证" if entity else "本人身份证"
    text = f"本通知书或受理通知书、{own}"
    if agent is not None and agent.may("领取", issue.at.date()):
        return f"{text}；代理人{agent.name}可以凭身份证领取（委托书已授权领取）"
    return f"{text}；委托他人领取的，另带写明“领取”的授权委托书和代理人身份证"


def collection_slip(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """领取凭证: who took what, or by which carrier it was sent."""
    delivery = act.facts.delivery
    assert delivery is not None
    posted = delivery.manner is DeliveryManner.POST
    pieces = delivery.pieces or (file.pieces.names if file.pieces else ())
    facts = [
        *short_who(issue),
        Fact("办理结果", plain(result_name(issue.conclusion, file))),
        *_numbers(file),
        Fact("件数", (Span("、".join(pieces) or "1 件", bold=True),)),
    ]
    if posted:
        facts += _mail(issue, delivery)
    else:
        facts += [
            *_receiver(delivery),
            Fact("领取地点", plain(delivery.place or f"{issue.hall.name}{issue.hall.area}")),
        ]
        facts.append(Fact("领取时间", plain(paper_moment(issue.at))))
        if (
            delivery.relation != "本人"
            and (agent := issue.intake.agent) is not None
            and agent.name == delivery.receiver
        ):
            facts.append(Fact("代领的授权", plain(agent.scope)))
    if delivery.took_back:
        facts.append(Fact("收回", plain("、".join(delivery.took_back))))
    return paper(
        issue,
        PAPER_NAMES[issue.kind],
        opening=plain("下列办理结果已交寄，收件人签收以寄递回单为准。" if posted else "已当面点清并领取下列办理结果。"),
        facts=facts,
        seal="",
        signatures=("交寄经办人",) if posted else ("领取人", "发放人"),
    )


def _receiver(delivery: Delivery) -> list[Fact]:
    return [
        Fact("领取人", plain(f"{delivery.receiver}（与申请人的关系：{delivery.relation}）")),
        Fact("证件号码", plain(mask_id_number(delivery.id_number) or "—"), half=True),
        Fact("核验方式", plain({"card": "读身份证", "typed": "录入核对"}.get(delivery.checked_by, "—")), half=True),
    ]


def _mail(issue: Issue, delivery: Delivery) -> list[Fact]:
    return [
        Fact("寄递公司", plain(delivery.carrier), half=True),
        Fact("交寄日期", plain(f"{issue.at:%Y-%m-%d}"), half=True),
        Fact("寄递单号", (Span(delivery.tracking, bold=True),)),
        Fact("寄件人", plain(f"{issue.agency}（{issue.hall.name}）")),
        Fact("收件人", plain(f"{delivery.receiver}（{delivery.relation}）")),
        Fact("收件地址", plain(delivery.address)),
    ]


def service_receipt(issue: Issue, deliveries: Sequence[Delivered]) -> Notice:
    """送达回证 for one case, or one sheet for several that the same person takes at once (「N 件合一」).

    ``issue`` is that of the first; manner, place, receiver and servers are the same for all.
    """
    _, _, act = deliveries[0]
    delivery = act.facts.delivery
    assert delivery is not None
    served: list[tuple[str, ...]] = []
    for conclusion, file, one in deliveries:
        assert one.facts.delivery is not None
        number = conclusion.numbers.case
        for name, mark in _served(conclusion, file, one.facts.delivery):
            served.append((str(len(served) + 1), name, mark or "—", number))
    names = "、".join(dict.fromkeys(c.intake.applicant_name for c, _, _ in deliveries))
    left = delivery.manner is DeliveryManner.LEFT
    facts = [
        Fact("受送达人", (Span(names, bold=True),)),
        Fact("送达机关", plain("、".join(dict.fromkeys(c.hall.agency(c.matter.department) for c, _, _ in deliveries)))),
        Fact("送达地点", plain(delivery.place or delivery.address or f"{issue.hall.name}{issue.hall.area}")),
        Fact("送达时间", plain(paper_moment(issue.at)), half=True),
        Fact("送达方式", (Span(delivery.manner.label, bold=True),), half=True),
        Fact("签收人", plain(f"{delivery.receiver}（与受送达人的关系：{delivery.relation}）")),
        Fact("证件号码", plain(mask_id_number(delivery.id_number) or "—"), half=True),
        Fact("送达人", plain("、".join(delivery.servers) or issue.clerk), half=True),
        Fact("身份核验", plain(CHECKS[delivery.checked_by])),
    ]
    if delivery.carrier:
        facts.append(Fact("寄递", plain(f"{delivery.carrier} {delivery.tracking}")))
    facts.append(Fact("拒收情况", plain(delivery.refusal or "无")))
    if delivery.witness:
        facts.append(Fact("见证人", plain(delivery.witness)))
    many = f"（{len(deliveries)} 件合一）" if len(deliveries) > 1 else ""
    clause = clause_of(PaperKind.SERVICE_RECEIPT, issue.matter.procedure_law)
    closing: list[Spans] = [plain(f"依据：{clause.citation}。")] if clause else []
    closing.append(plain("受送达人签收的日期为送达日期；代收人签收的，应当写明与受送达人的关系。"))
    return paper(
        issue,
        PAPER_NAMES[PaperKind.SERVICE_RECEIPT] + many,
        addressee="",
        facts=facts,
        list_heading="送达的文书：",
        columns=_SERVED_COLUMNS,
        rows=served,
        closing=closing,
        seal="",
        signatures=("受送达人（代收人）", "送达人一", "送达人二", *(("见证人",) if left else ())),
        holders=("受送达人留存", "存档"),
    )


def service_receipt_for_many(deliveries: Sequence[Delivered], number: str) -> Notice:
    """One 送达回证 for all cases that were handed over at once; ``number`` is the sheet's own document number.

    Raises ``ValueError`` without a delivery.
    """
    if not deliveries:
        raise ValueError("a service receipt needs something that was served")
    conclusion, _, act = deliveries[0]
    return service_receipt(Issue.of_act(conclusion, act, PaperKind.SERVICE_RECEIPT, number), deliveries)


def _served(c: Conclusion, file: CaseFile, delivery: Delivery) -> list[tuple[str, str]]:
    """The decision with its number, then each piece; a certificate with the number it bears."""
    decisions = [one for act in file.acts for one in act.papers if one.kind in DECISIONS]
    granted = file.granted is not False
    title = decision_title(c.matter.procedure_law, granted=granted)
    served = [(title, one.number) for one in decisions[-1:]]
    certificate = file.decision.certificate_number if file.decision else ""
    name = file.decision.certificate_name if file.decision else ""
    for piece in delivery.pieces:
        if piece not in {title, f"{title} 1"}:
            served.append((f"{name} {piece}".strip() if name and name not in piece else piece, certificate))
    return served


def result_name(c: Conclusion, file: CaseFile) -> str:
    """The certificate, or the decision where none is given."""
    if file.granted is False:
        return decision_title(c.matter.procedure_law, granted=False)
    named = file.decision.certificate_name if file.decision else ""
    return named or c.matter.result_name or decision_title(c.matter.procedure_law, granted=True)


def result_word(law: ProcedureLaw, file: CaseFile) -> str:
    """准予 or 不予, in the words of the matter's law."""
    return decided_word(law, granted=file.granted is not False)


def _numbers(file: CaseFile) -> tuple[Fact, ...]:
    number = file.decision.certificate_number if file.decision else ""
    return (Fact("证件编号", plain(number)),) if number else ()
