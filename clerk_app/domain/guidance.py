"""一次性告知单: what one matter needs in the situation that somebody describes, on A4 and on thermal paper.

Advice without a case and without a person. 行政许可法第三十条 (what is published, explained on request) for licences.
It is another paper than the supplement notice, which answers an application.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from clerk_app.domain.actor import Actor
from clerk_app.domain.catalogue import (
    Answers,
    CardHolder,
    Material,
    Matter,
    Necessity,
    OptionOutcome,
    ending_option,
    needed_materials,
)
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.law import ProcedureLaw
from clerk_app.domain.paper_clauses import ARTICLE_31, clause_of
from clerk_app.domain.paper_parts import footer, handler, local
from clerk_app.domain.papers import (
    PAPER_NAMES,
    Column,
    Fact,
    NoteRow,
    Notice,
    PaperKind,
    Span,
    Spans,
    ThermalNote,
    plain,
)

_KIND = PaperKind.GUIDANCE_NOTICE
_COLUMNS = (
    Column("序号", 0.07, "centre"),
    Column("要带的材料", 0.24),
    Column("形式、份数", 0.20),
    Column("接件标准", 0.31),
    Column("说明", 0.18),
)
_ENDINGS = {
    "not_required": "不需要办理",
    "not_our_competence": "不归本机关办理",
    "redirect": "应当办理另一事项",
    "not_yet_due": "现在还不能办理",
}
READ_AT_WINDOW = "窗口读身份证"
MISSING = "还缺"


def guidance_notice(
    matter: Matter,
    answers: Answers,
    *,
    hall: HallProfile,
    actor: Actor,
    number: str,
    at: datetime,
    query: str = "",
    present: Collection[str] | None = None,
) -> Notice:
    """The list for these answers. ``query`` is the address of its public page, empty when only paper is given.

    ``present`` are the ids of what somebody has with them, by a look before the number is taken; None: nobody looked.
    """
    ending = _ending(matter, answers)
    materials = () if ending else needed_materials(matter, answers)
    window = actor.window_no or ""
    phone = matter.phone or hall.phone
    return Notice(
        kind=_KIND,
        title=f"{PAPER_NAMES[_KIND]}（咨询）",
        document_number=number,
        case_number="",
        addressee="",
        opening=plain(_opening(matter, ending)),
        facts=_facts(matter, answers, hall, phone, ending),
        list_heading="按这种情形要带的材料：",
        columns=_COLUMNS,
        rows=tuple(_row(n, matter, material, present) for n, material in enumerate(materials, 1)),
        closing=(*_looked(materials, present), *_closing(matter, ending)),
        handler=handler(hall, actor.user_name, window, phone),
        query_hint="扫右上角二维码，可以在手机上看这张单子。" if query else "",
        query=query or number,
        agency=hall.agency(matter.department),
        seal="",
        issued_on=local(at).date(),
        footer=footer(matter),
        signatures=(),
        holders=("咨询人留存",),
    )


def guidance_note(
    matter: Matter,
    answers: Answers,
    *,
    hall: HallProfile,
    actor: Actor,
    number: str,
    at: datetime,
    query: str = "",
    present: Collection[str] | None = None,
) -> ThermalNote:
    """The same on thermal paper: names and forms, without the criteria."""
    ending = _ending(matter, answers)
    materials = () if ending else needed_materials(matter, answers)
    facts = [Fact("事项", (Span(matter.name, bold=True),)), Fact("情形", plain(situation_text(matter, answers)))]
    if not ending:
        facts += [Fact("办理期限", plain(_limits(matter))), Fact("收费", plain(_fee(matter)))]
        facts.append(Fact("在哪里办", plain(_place(matter, hall))))
    return ThermalNote(
        kind=_KIND,
        title=PAPER_NAMES[_KIND],
        hall_name=hall.name,
        number=number,
        made_at=local(at),
        facts=tuple(facts),
        list_heading="要带的材料" if materials else "",
        rows=tuple(_note_row(n, material, present) for n, material in enumerate(materials, 1)),
        statement=_ENDINGS[ending.kind] if ending else "",
        paragraphs=(
            *((_ending_text(ending),) if ending else ()),
            *("".join(span.text for span in spans) for spans in _looked(materials, present)),
            *(f"办理条件 {n}：{text.rstrip('。')}。" for n, text in enumerate(() if ending else matter.conditions, 1)),
            *(() if ending else ("接件标准见办事指南。",)),
            "本单是咨询答复，不是受理凭证。",
        ),
        query=query or number,
        phone=matter.phone or hall.phone,
        window=actor.window_no or "",
        clerk=actor.user_name,
        footer=f"目录第 {matter.version} 版",
    )


def situation_text(matter: Matter, answers: Answers) -> str:
    """The answers in words: 「是否委托他人代办？本人办理；…」."""
    said = []
    for situation in matter.situations:
        chosen = answers.get(situation.id, situation.default_answer())
        words = "、".join(option.text for option in situation.options if option.id in chosen)
        if words:
            said.append(f"{situation.question}{words}")
    return "；".join(said) or "一般情形"


def _opening(matter: Matter, ending: OptionOutcome | None) -> str:
    clause = clause_of(_KIND, matter.procedure_law)
    by = f"根据{clause.citation}，" if clause else "根据公布的办事指南，"
    what = "现按您说明的情形一次告知所需的全部材料和办理要求。" if not ending else "现按您说明的情形答复如下："
    return f"您咨询办理“{matter.name}”。{by}{what}"


def _facts(
    matter: Matter, answers: Answers, hall: HallProfile, phone: str, ending: OptionOutcome | None
) -> tuple[Fact, ...]:
    facts = [
        Fact("事项", (Span(matter.name, bold=True),)),
        Fact("实施机关", plain(hall.agency(matter.department))),
        Fact("您的情形", plain(situation_text(matter, answers))),
    ]
    if ending:
        return (*facts, *_answer(ending))
    facts += [Fact("设立依据", plain("；".join(one.citation for one in matter.legal_basis[:2]) or "见办事指南"))]
    facts += [Fact("办理期限", plain(_limits(matter))), Fact("收费", plain(_fee(matter)))]
    if matter.result_name:
        validity = f"（有效期：{matter.result_validity}）" if matter.result_validity else ""
        facts.append(Fact("办理结果", plain(f"{matter.result_name}{validity}")))
    if matter.quantity_limited:
        facts.append(Fact("数量限制", plain(matter.quantity_text or "有数量限制，按受理先后办理")))
    facts.append(Fact("办理地点", plain(_place(matter, hall))))
    facts.append(Fact("办理时间", plain(f"工作日，大厅对外办公时间，出发前可以打 {phone} 问清")))
    return tuple(facts)


def _answer(ending: OptionOutcome) -> tuple[Fact, ...]:
    """Why nothing is applied for here, and where to go instead."""
    facts = [Fact("答复", (Span(f"{_ENDINGS[ending.kind]}。", bold=True), Span(f"{ending.text.rstrip('。')}。")))]
    if ending.basis:
        facts.append(Fact("依据", plain(ending.basis)))
    if ending.competent_body:
        facts.append(Fact("请到", (Span(ending.competent_body, bold=True),)))
    return tuple(facts)


def _limits(matter: Matter) -> str:
    parts = []
    if matter.statutory_limit is not None:
        parts.append(f"法定 {matter.statutory_limit.text}")
    if matter.promised_limit is not None:
        start = matter.promised_limit.starts_from
        parts.append(f"承诺 {matter.promised_limit.text}" + (f"（自{start}起）" if start else ""))
    if matter.excluded_procedures:
        parts.append(f"{'、'.join(matter.excluded_procedures)}所需时间另计")
    if matter.counted_procedures:
        parts.append(f"{'、'.join(matter.counted_procedures)}计入期限")
    return "；".join(parts) or "目录未载明"


def _fee(matter: Matter) -> str:
    return (matter.fee_text or "按规定收费") if matter.fee_charged else "不收费，表格免费"


def _place(matter: Matter, hall: HallProfile) -> str:
    here = f"{hall.name}{hall.area}"
    return f"{here}任一综合窗口" if not matter.place else matter.place


def _row(number: int, matter: Matter, material: Material, present: Collection[str] | None) -> tuple[str, ...]:
    remark = _remark(matter, material)
    if present is not None:
        remark = _mark(material, present) + (f"；{remark}" if remark != "—" else "")
    return (str(number), material.name, material.form.text, material.criterion.rstrip("。"), remark)


def _mark(material: Material, present: Collection[str]) -> str:
    if material.id in present:
        return "已带"
    if material.card_holder is CardHolder.APPLICANT:
        return "不用带"
    return "可不带" if material.necessity is Necessity.OPTIONAL else MISSING


def _looked(materials: Sequence[Material], present: Collection[str] | None) -> tuple[Spans, ...]:
    """What the look before the number found: how many are there, and by name what is missing."""
    if present is None or not materials:
        return ()
    missing = [material.name for material in materials if _mark(material, present) == MISSING]
    if not missing:
        return ((Span("材料都带齐了，可以取号。", bold=True),),)
    return ((Span(f"还缺 {len(missing)} 件：{'、'.join(missing)}。", bold=True),),)


def _remark(matter: Matter, material: Material) -> str:
    remarks = []
    if material.card_holder is CardHolder.APPLICANT:
        remarks.append(f"{READ_AT_WINDOW}，不用交")
    elif material.exemption is not None:
        remarks.append(f"能查到{material.exemption.replaceable_by}的，可以免交")
    if matter.tolerates(material):
        remarks.append("可以容缺后补")
    if material.note:
        remarks.append(material.note.rstrip("。"))
    return "；".join(remarks) or "—"


def _note_row(number: int, material: Material, present: Collection[str] | None) -> NoteRow:
    remark = READ_AT_WINDOW if material.card_holder is CardHolder.APPLICANT else material.form.text
    if present is not None and _mark(material, present) != "不用带":
        remark = f"{_mark(material, present)} {remark}"
    return NoteRow(f"{number} {material.name}", remark)


def _ending(matter: Matter, answers: Answers) -> OptionOutcome | None:
    option = ending_option(matter, answers)
    return option.outcome if option else None


def _ending_text(ending: OptionOutcome) -> str:
    text = f"{ending.text.rstrip('。')}（{ending.basis}）。" if ending.basis else f"{ending.text.rstrip('。')}。"
    return f"{text}请到{ending.competent_body}办理。" if ending.competent_body else text


def _closing(matter: Matter, ending: OptionOutcome | None) -> tuple[Spans, ...]:
    closing: list[Spans] = []
    if not ending:
        closing += _numbered("办理条件：", matter.conditions)
        if matter.tolerance.materials:
            closing.append(plain("可以容缺的材料，在窗口签承诺书后可以后补；也可以不选容缺，等材料齐全再来。"))
        if matter.commitment.allowed:
            closing.append(plain("本事项可以选择告知承诺，签告知承诺书代替部分证明。"))
        if matter.procedure_law is ProcedureLaw.LICENSING:
            closing.append(plain(f"不要求提交与申请无关的其他材料（{ARTICLE_31.citation}）。"))
    closing.append(plain(f"本单按目录第 {matter.version} 版和您说明的情形列出，情形有变请再问；本单不是受理凭证。"))
    return tuple(closing)


def _numbered(heading: str, texts: Sequence[str]) -> list[Spans]:
    if not texts:
        return []
    return [plain(heading), *(plain(f"{n}. {text.rstrip('。')}。") for n, text in enumerate(texts, 1))]
