"""Reads one catalogue record (docs/catalogue.md) into a ``Matter``, strictly: every fault of it is named.

What a matter has to say is 行政许可法第三十条 and the eleven unified fields (``UNIFIED_FIELDS``); what it may ask for
ends with its materials (第三十一条). Keys that the format does not know are left alone: provenance lives in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clerk_app.domain.calendar import UNITS, Limit
from clerk_app.domain.catalogue import (
    CardHolder,
    CaseType,
    Commitment,
    Exemption,
    JointParties,
    Material,
    MaterialForm,
    Matter,
    Necessity,
    Option,
    OptionOutcome,
    Situation,
    SpecialProcedure,
    Tolerance,
)
from clerk_app.domain.law import Clause, ProcedureLaw, SuspensionCause
from clerk_app.domain.matter_codes import type_name
from clerk_app.domain.record_fields import BrokenRecord, Fields, Problem

RETURNED = "核验后退还"
_HANDLINGS = frozenset({"留存", RETURNED})
_EXEMPTION_REASONS = ("政府核发免交", "共享核验免证明", "电子证照免实体")
_ENDINGS = ("not_required", "not_our_competence", "redirect", "not_yet_due")
_APPLICANTS = ("申请人", "经营者")
_AGENTS = ("代理人", "代办人")
_PARTIES = ("双方", "各方")

UNIFIED_FIELDS = (
    *("项目名称", "实施机关", "项目类别", "设立依据", "申报材料", "办理程序", "收费标准"),
    *("法定期限", "承诺期限", "办理地点", "咨询电话"),
)


def read_matter(record: Mapping[str, Any]) -> Matter:
    """The matter of a record. ``BrokenRecord`` with all problems when the record is not sound."""
    problems: list[Problem] = []
    fields = Fields(record, "", problems)
    materials = tuple(_material(item) for item in fields.items("materials", "申请材料"))
    situations = tuple(_situation(item) for item in fields.items("situations", "情形"))
    kind = fields.text("type", "事项类型", required=True)
    if kind and not type_name(kind):
        fields.blame("type", f"事项类型“{kind}”不在 GB/T 39046-2020 附录 A.1 里")
    matter = Matter(
        code=fields.text("code", "事项编码", required=True),
        name=fields.text("name", "事项名称", required=True),
        department=fields.text("department", "实施机关", required=True),
        type=kind,
        type_name=fields.text("type_name", "项目类别") or type_name(kind),
        version=fields.count("version", "版本", default=1),
        id=fields.text("id", "简称"),
        main_item=fields.text("main_item", "主项"),
        audience=fields.texts("audience", "服务对象"),
        case_type=CaseType(fields.choice("case_type", "办件类型", tuple(CaseType), CaseType.OTHER)),
        procedure_law=_procedure_law(fields, kind),
        legal_basis=tuple(_clause(item) for item in fields.items("legal_basis", "设立依据")),
        statutory_limit=_limit(fields.part("statutory_limit", "法定期限")),
        promised_limit=_limit(fields.part("promised_limit", "承诺期限")),
        fee_charged=_charged(fields.part("fee", "收费标准")),
        fee_text=_text_of(fields.part("fee", "收费标准")),
        result_name=_text_of(fields.part("result", "办理结果"), "name"),
        place=_text_of(fields.part("place", "办理地点")),
        phone=_text_of(fields.part("phone", "咨询电话")),
        result_validity=_text_of(fields.part("result", "办理结果"), "validity"),
        conditions=tuple(
            item.text("text", "受理条件", required=True) for item in fields.items("conditions", "受理条件")
        ),
        special_procedures=tuple(_procedure(item) for item in fields.items("special_procedures", "特别程序")),
        quantity_limited=_limited(fields.part("quantity_limit", "数量限制")),
        quantity_text=_text_of(fields.part("quantity_limit", "数量限制")),
        extension=_limit(fields.part("extension", "延长期限")),
        joint=_joint(fields.part("joint_parties", "共同申请")),
        situations=situations,
        materials=materials,
        tolerance=_tolerance(fields.part("tolerance", "容缺受理")),
        commitment=_commitment(fields.part("commitment", "告知承诺")),
    )
    _check_references(matter, fields)
    if problems:
        raise BrokenRecord(tuple(dict.fromkeys(problems)))
    return matter


def missing_fields(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of the eleven unified fields a sound record lacks, in their usual order; empty when it is complete.

    A place or telephone marked ``is_sample`` is a placeholder and counts as missing. A limit without a value is there
    when its text says that the law sets none (无法定期限).
    """
    texts = ("name", "department", "type_name")
    given = [bool(record.get(key)) for key in texts]
    given += [bool(record.get(key)) for key in ("legal_basis", "materials", "procedure")]
    for key in ("fee", "statutory_limit", "promised_limit", "place", "phone"):
        part = record.get(key) or {}
        given.append(bool(part.get("text")) and not part.get("is_sample"))
    return tuple(name for name, there in zip(UNIFIED_FIELDS, given, strict=True) if not there)


def _procedure_law(fields: Fields, kind: str) -> ProcedureLaw:
    default = ProcedureLaw.LICENSING if kind == "01" else ProcedureLaw.OWN
    return ProcedureLaw(fields.choice("procedure_law", "程序依据", tuple(ProcedureLaw), default))


def _clause(fields: Fields) -> Clause:
    return Clause(
        fields.text("law", "法律名称", required=True), fields.text("article", "条款"), fields.text("gist", "要点")
    )


def _limit(fields: Fields | None) -> Limit | None:
    if fields is None:
        return None
    text = fields.text("text", "时限说明")
    starts_from = fields.text("starts_from", "起算")
    if not fields.has("value"):
        if not text:
            fields.blame("text", "没有数值的时限要用文字写明（如“无法定期限”）")
        return Limit(None, None, text, starts_from)
    value = fields.count("value", "时限")
    unit = fields.choice("unit", "时限单位", UNITS, UNITS[2])
    return Limit(value, unit, text or f"{value}个{unit}", starts_from)


def _charged(fields: Fields | None) -> bool:
    return fields is not None and fields.flag("charged", "是否收费")


def _text_of(fields: Fields | None, key: str = "text") -> str:
    """A printable text; samples and placeholders must never get onto a paper."""
    if fields is None or fields.flag("is_sample", "示例标记"):
        return ""
    return fields.text(key, "内容")


def _procedure(fields: Fields) -> SpecialProcedure:
    """A special procedure; ``expected`` without a value is one whose time nobody can tell beforehand."""
    expected = fields.part("expected", "所需时间")
    has_value = expected is not None and expected.has("value")
    return SpecialProcedure(
        fields.text("name", "特别程序名称", required=True),
        SuspensionCause(fields.choice("kind", "特别程序种类", tuple(SuspensionCause), SuspensionCause.SITE_INSPECTION)),
        fields.flag("excluded_from_limit", "是否不计时限"),
        _limit(expected) if has_value else None,
        fields.text("basis", "特别程序依据"),
    )


def _limited(fields: Fields | None) -> bool:
    return fields is not None and fields.flag("limited", "是否有数量限制")


def _joint(fields: Fields | None) -> JointParties:
    if fields is None:
        return JointParties()
    roles = fields.texts("roles", "共同申请的各方")
    if len(roles) < 2:
        fields.blame("roles", "共同申请至少有两方")
    return JointParties(roles, fields.text("basis", "共同申请的依据"))


def _material(fields: Fields) -> Material:
    name = fields.text("name", "材料名称", required=True)
    form = fields.part("form", "份数要求")
    exemption = fields.part("exemption", "免交")
    return Material(
        id=fields.text("id", "材料简称", required=True),
        name=name,
        form=_form(form) if form else MaterialForm(),
        necessity=Necessity(fields.choice("necessity", "必要性", tuple(Necessity), Necessity.REQUIRED)),
        criterion=fields.text("acceptance_criterion", "接件标准", required=True),
        legal_basis=fields.text("legal_basis", "依据"),
        exemption=_exemption(exemption) if exemption else None,
        in_situations=fields.texts("in_situations", "适用情形"),
        note=fields.text("note", "说明"),
        defect_phrases=_phrases(fields),
        card_holder=_card_holder(exemption.text("check", "核验办法")) if exemption else None,
    )


def _phrases(fields: Fields) -> tuple[str, ...]:
    phrases = fields.texts("defect_phrases", "问题短语")
    for phrase in phrases:
        if "。" in phrase:
            fields.blame("defect_phrases", f"问题短语“{phrase}”里不要用句号，告知书会把几条连成一句")
    return phrases


def _form(fields: Fields) -> MaterialForm:
    handling = fields.text("original_handling", "原件处理")
    originals = fields.count("original", "原件份数")
    if handling and handling not in _HANDLINGS:
        fields.blame("original_handling", f"原件处理“{handling}”应为“留存”或“{RETURNED}”")
    if handling == RETURNED and not originals:
        fields.blame("original", f"原件{RETURNED}，原件份数应至少为 1")
    return MaterialForm(originals, fields.count("copy", "复印件份数"), handling or None)


def _exemption(fields: Fields) -> Exemption:
    return Exemption(
        fields.text("replaceable_by", "替代凭证"),
        fields.choice("reason", "免交理由", _EXEMPTION_REASONS, ""),
        fields.text("check", "核验办法", required=True),
        fields.text("basis", "免交依据"),
    )


def _card_holder(check: str) -> CardHolder | None:
    """Whose card, read at the window, is this check: 「读取身份证…与申请人一致」."""
    if not check.startswith("读取身份证"):
        return None
    if check.endswith(tuple(f"与{who}一致" for who in _APPLICANTS)):
        return CardHolder.APPLICANT
    if check.endswith(tuple(f"与{who}一致" for who in _PARTIES)):
        return CardHolder.PARTIES
    return CardHolder.AGENT if check.endswith(tuple(f"与{who}一致" for who in _AGENTS)) else None


def _situation(fields: Fields) -> Situation:
    options = tuple(_option(item) for item in fields.items("options", "选项"))
    multiple = fields.flag("multiple", "是否多选")
    if not options:
        fields.blame("options", "没有选项")
    if not multiple and sum(option.default for option in options) > 1:
        fields.blame("options", "单选题只能有一个默认选项")
    _blame_twice(fields, "options", "选项", [option.id for option in options])
    return Situation(
        fields.text("id", "情形简称", required=True), fields.text("question", "问题", required=True), options, multiple
    )


def _option(fields: Fields) -> Option:
    outcome = fields.part("outcome", "结论")
    return Option(
        fields.text("id", "选项简称", required=True),
        fields.text("text", "选项文字", required=True),
        fields.flag("default", "是否默认"),
        fields.texts("add", "增加的材料"),
        fields.texts("remove", "减去的材料"),
        _outcome(outcome) if outcome else None,
        fields.text("note", "说明"),
        fields.count("below_age", "不满多少周岁"),
    )


def _outcome(fields: Fields) -> OptionOutcome:
    kind = fields.choice("kind", "结论种类", _ENDINGS, "")
    return OptionOutcome(
        kind,
        fields.text("text", "结论说明", required=True),
        fields.text("basis", "结论依据", required=True),
        fields.text("competent_body", "主管机关", required=kind == "not_our_competence"),
        fields.text("matter", "改办事项", required=kind == "redirect"),
    )


def _tolerance(fields: Fields | None) -> Tolerance:
    if fields is None or not fields.flag("allowed", "是否可容缺"):
        return Tolerance()
    due = _limit(fields.part("due", "补交期限"))
    materials = fields.texts("materials", "可容缺材料")
    if not materials:
        fields.blame("materials", "可容缺的事项要列出可容缺材料")
    if due is None or due.value is None:
        fields.blame("due", "可容缺的事项要写明补交期限")
    gate = fields.flag("credit_gate", "是否查信用")
    return Tolerance(materials, due, fields.text("max_due_rule", "补交期限规则"), gate)


def _commitment(fields: Fields | None) -> Commitment:
    if fields is None or not fields.flag("allowed", "是否可告知承诺"):
        return Commitment()
    return Commitment(True, fields.texts("declaration", "承诺内容"), fields.text("failure", "不实承诺的后果"))


def _blame_twice(fields: Fields, key: str, label: str, names: list[str]) -> None:
    for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
        fields.blame(key, f"{label}“{name}”出现了两次")


def _check_references(matter: Matter, fields: Fields) -> None:
    materials = [material.id for material in matter.materials]
    _blame_twice(fields, "materials", "材料", materials)
    _blame_twice(fields, "situations", "情形", [situation.id for situation in matter.situations])
    known = set(materials)
    added: set[tuple[str, str]] = set()
    for situation in matter.situations:
        for option in situation.options:
            place = f"{situation.id}.{option.id}"
            added.update((material, place) for material in option.adds)
            for name in (*option.adds, *option.removes):
                if name not in known:
                    fields.blame("situations", f"选项“{place}”提到的材料“{name}”不在材料清单里")
    for material in matter.materials:
        for place in material.in_situations:
            if (material.id, place) not in added:
                fields.blame("materials", f"材料“{material.id}”写着适用情形“{place}”，但该选项没有增加它")
    for name in {material for material, _ in added} & known:
        if not matter.material(name).in_situations:
            fields.blame("materials", f"材料“{name}”由选项增加，却没有写适用情形（会变成每次都要）")
    for name in matter.tolerance.materials:
        if name not in known:
            fields.blame("tolerance", f"可容缺材料“{name}”不在材料清单里")
