"""Thermal short forms of what is handed over after the counter: arrival of a supplement, collection, payment."""

from __future__ import annotations

from collections.abc import Sequence

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.delivery_papers import Delivered, result_name
from clerk_app.domain.masking import mask_id_number
from clerk_app.domain.paper_parts import ACCEPTANCE_SEAL, FORMS, local, query_text
from clerk_app.domain.papers import Fact, NoteRow, PaperKind, Span, ThermalNote, plain
from clerk_app.domain.wording import paper_day, paper_moment


def supplement_receipt(c: Conclusion, file: CaseFile, act: CaseAct) -> ThermalNote:
    """补正材料收件凭证 for ``RECEIVE_PART`` and ``RECEIVE_ALL``: what came, what is still missing, from when it counts.

    ``file`` is the case before the act. The list is in the words of the supplement notice or the commitment.
    """
    arrival = act.facts.arrival
    assert arrival is not None
    came = {check.material_id for check in arrival.checks}
    missing = [one for one in file.missing if one not in came]
    accepted = file.accepted_at is not None
    if missing:
        statement = "还没有补齐"
        names = "、".join(file.opening.names.get(one, one) for one in missing)
        due = file.opening.tolerance_due if accepted else file.supplement_due
        until = f"请于{paper_day(local(due))}前补齐，" if due else "请尽快补齐，"
        after = "" if accepted else "补齐当日受理，"
        text = f"还缺 {len(missing)} 项：{names}。{until}{after}到任一综合窗口，不用再取号。"
    elif accepted:
        statement, text = "容缺材料已补齐", "受理时间和办理期限不变。"
    else:
        statement = "收件不等于受理"
        text = f"已经补齐，符合要求的从{paper_moment(local(arrival.arrived_at))}起受理并发给受理通知书。"
        if file.opening.promised_limit is not None:
            text += f"办理期限从{file.opening.promised_limit.starts_from or '受理之日'}起算。"
    return _note(
        c,
        act,
        PaperKind.RECEIPT,
        "补正材料收件凭证",
        facts=[
            Fact("事项", plain(c.matter.name)),
            Fact("申请人", plain(c.intake.applicant_name)),
            Fact("收到时间", plain(f"{local(arrival.arrived_at):%Y-%m-%d %H:%M}")),
            Fact("方式", plain(" ".join(part for part in (arrival.channel.label, arrival.reference) if part))),
        ],
        list_heading="收到的材料",
        rows=[NoteRow(file.opening.names.get(one.material_id, one.material_id), _form(one)) for one in arrival.checks],
        statement=statement,
        paragraphs=(text,),
        seal=ACCEPTANCE_SEAL,
        signs=("申请人签字",),
    )


def collection_note(deliveries: Sequence[Delivered], number: str) -> ThermalNote:
    """领取凭证 in short, for one case or for all that were taken at once.

    Raises ``ValueError`` without a delivery.
    """
    if not deliveries:
        raise ValueError("a collection slip needs a result")
    conclusion, _, act = deliveries[0]
    delivery = act.facts.delivery
    assert delivery is not None
    rows: list[NoteRow] = []
    for c, file, one in deliveries:
        assert one.facts.delivery is not None
        pieces = one.facts.delivery.pieces or (file.pieces.names if file.pieces else ())
        rows += [NoteRow(result_name(c, file), "、".join(pieces) or "1 件"), NoteRow(c.numbers.case)]
    facts = [
        Fact("领取人", (Span(delivery.receiver, bold=True),)),
        Fact("关系", plain(delivery.relation)),
        Fact("证件号码", plain(mask_id_number(delivery.id_number) or "—")),
        Fact("领取时间", plain(f"{local(act.at):%Y-%m-%d %H:%M}")),
    ]
    if delivery.tracking:
        facts.append(Fact("寄递", plain(f"{delivery.carrier} {delivery.tracking}")))
    return _note(
        conclusion,
        act,
        PaperKind.COLLECTION_SLIP,
        "领取凭证",
        number=number,
        facts=facts,
        list_heading="领取的结果",
        rows=rows,
        statement=f"{len(deliveries)} 件已领" if len(deliveries) > 1 else "",
        paragraphs=("请当面点清。证照上的内容有误的，请当场提出更正。",),
        signs=("领取人签字",),
    )


def payment_note(c: Conclusion, act: CaseAct, number: str) -> ThermalNote:
    """缴费通知 in short: to be shown at the cashier's."""
    fee = act.facts.payment
    assert fee is not None
    return _note(
        c,
        act,
        PaperKind.PAYMENT_NOTICE,
        "缴费通知单",
        number=number,
        facts=[
            Fact("受理单号", plain(c.numbers.case)),
            Fact("事项", plain(c.matter.name)),
            Fact("缴费人", plain(c.intake.applicant_name)),
            Fact("项目", plain(fee.item)),
            Fact("依据", plain(fee.basis)),
            Fact("地点", plain(fee.place or f"{c.hall.name}{c.hall.area}收费窗口")),
        ],
        statement=f"{fee.amount.removesuffix('元').strip()} 元",
        paragraphs=("缴费后请索取财政票据，凭票回窗口。",),
    )


def _note(
    c: Conclusion,
    act: CaseAct,
    kind: PaperKind,
    title: str,
    *,
    facts: Sequence[Fact],
    statement: str,
    paragraphs: tuple[str, ...],
    number: str = "",
    list_heading: str = "",
    rows: Sequence[NoteRow] = (),
    seal: str = "",
    signs: tuple[str, ...] = (),
) -> ThermalNote:
    return ThermalNote(
        kind=kind,
        title=title,
        hall_name=c.hall.name,
        number=number or c.numbers.case,
        made_at=local(act.at),
        facts=tuple(facts),
        list_heading=list_heading,
        rows=tuple(rows),
        statement=statement,
        paragraphs=paragraphs,
        query=query_text(c),
        phone=c.matter.phone or c.hall.phone,
        window=act.by.window_no,
        clerk=act.by.name,
        seal=seal,
        signs=signs,
    )


def _form(check: MaterialCheck) -> str:
    if check.verdict is Verdict.EXEMPT:
        return "免交"
    pages = f" {check.pages} 页" if check.pages else ""
    return f"{FORMS.get(check.verdict, '')} {check.pieces} 份{pages}".strip()
