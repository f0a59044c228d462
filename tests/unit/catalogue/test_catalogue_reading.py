"""Reading a record: what comes out, and that every fault of it is named at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from clerk_app.domain.catalogue import CardHolder, CaseType, Necessity
from clerk_app.domain.catalogue_reading import UNIFIED_FIELDS, missing_fields, read_matter
from clerk_app.domain.law import ProcedureLaw
from clerk_app.domain.record_fields import BrokenRecord

RECORD: dict[str, Any] = {
    "id": "food",
    "code": "511A99",
    "name": "食品经营许可（新办）",
    "department": "区市场监督管理局",
    "type": "01",
    "type_name": "行政许可",
    "case_type": "2",
    "audience": ["2"],
    "legal_basis": [{"law": "食品安全法", "article": "第三十五条", "gist": "许可", "certainty": "source"}],
    "statutory_limit": {"value": 10, "unit": "工作日", "text": "10个工作日", "starts_from": "受理之日"},
    "promised_limit": {"value": None, "unit": None, "text": "无法定期限"},
    "fee": {"charged": True, "text": "每证10元"},
    "place": {"text": "示例区中心（示例）", "is_sample": True},
    "phone": {"text": "0000-1234567"},
    "special_procedures": [
        {"name": "现场核查", "excluded_from_limit": False},
        {"name": "听证", "excluded_from_limit": True},
    ],
    "tolerance": {"allowed": True, "materials": ["health"], "due": {"value": 5, "unit": "工作日"}},
    "situations": [
        {
            "id": "q_agent",
            "question": "是否委托他人代办？",
            "options": [
                {"id": "self", "text": "本人", "default": True},
                {"id": "agent", "text": "代办", "add": ["poa"], "remove": ["id"]},
            ],
        },
        {
            "id": "q_kind",
            "question": "准备经营什么？",
            "options": [
                {
                    "id": "none",
                    "text": "食用农产品",
                    "outcome": {"kind": "not_required", "text": "不需要许可", "basis": "食品安全法第三十五条"},
                },
            ],
        },
    ],
    "materials": [
        {"id": "form", "name": "申请书", "acceptance_criterion": "签名。", "form": {"original": 1, "copy": 0}},
        {
            "id": "id",
            "name": "身份证",
            "acceptance_criterion": "有效。",
            "form": {"original": 1, "copy": 1, "original_handling": "核验后退还"},
            "exemption": {
                "reason": "电子证照免实体",
                "check": "读取身份证或调取电子证照，姓名、号码、有效期与经营者一致",
            },
        },
        {"id": "health", "name": "健康证明", "acceptance_criterion": "一年以内。", "necessity": "3"},
        {
            "id": "poa",
            "name": "委托书",
            "acceptance_criterion": "权限写明。",
            "in_situations": ["q_agent.agent"],
            "defect_phrases": ["没有写明委托权限"],
        },
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The record with one value replaced; ``path`` like ``materials.0.name``."""
    record = copy.deepcopy(RECORD)
    place: Any = record
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        place = place[part]
    place[last] = value
    return record


def test_a_sound_record_becomes_a_matter() -> None:
    matter = read_matter(RECORD)
    assert matter.case_type is CaseType.PROMISED
    assert matter.procedure_law is ProcedureLaw.LICENSING
    assert matter.legal_basis[0].citation.endswith("第三十五条")
    assert (matter.statutory_limit.value, matter.statutory_limit.unit) == (10, "工作日")
    assert matter.promised_limit.value is None
    assert matter.promised_limit.text == "无法定期限"
    assert (matter.fee_charged, matter.fee_text) == (True, "每证10元")
    assert matter.excluded_procedures == ("听证",)
    assert matter.counted_procedures == ("现场核查",)
    assert matter.tolerance.materials == ("health",)
    assert matter.tolerance.due.value == 5
    assert [material.necessity for material in matter.materials] == [
        Necessity.REQUIRED,
        Necessity.REQUIRED,
        Necessity.TOLERABLE,
        Necessity.REQUIRED,
    ]
    assert matter.material("poa").defect_phrases == ("没有写明委托权限",)


def test_a_placeholder_is_never_printed() -> None:
    matter = read_matter(RECORD)
    assert matter.place == ""
    assert matter.phone == "0000-1234567"


@pytest.mark.parametrize(
    ("check", "holder"),
    [
        ("读取身份证或调取电子证照，姓名、号码、有效期与申请人一致", CardHolder.APPLICANT),
        ("读取身份证或调取电子证照，姓名、号码、有效期与经营者一致", CardHolder.APPLICANT),
        ("读取身份证或调取电子证照，姓名、号码、有效期与代理人一致", CardHolder.AGENT),
        ("读取身份证或调取电子证照，姓名、号码、有效期与代办人一致", CardHolder.AGENT),
        ("读取身份证或调取电子证照，姓名、号码、有效期与监护人一致", None),
        ("按身份证号查询，与申请人一致", None),
    ],
)
def test_whose_card_answers_a_material(check: str, holder: CardHolder | None) -> None:
    matter = read_matter(changed("materials.1.exemption.check", check))
    assert matter.material("id").card_holder is holder


@pytest.mark.parametrize(
    ("path", "value", "field", "reason"),
    [
        ("code", "", "code", "没有事项编码"),
        ("code", 511, "code", "事项编码应为文字，不能是数字"),
        ("name", "食品\x00", "name", "控制字符"),
        ("name", "食品\ud800", "name", "不完整的字"),
        ("type", "12", "type", "不在 GB/T 39046"),
        ("case_type", "3", "case_type", "应为1、2、9之一"),
        ("procedure_law", "licence", "procedure_law", "程序依据"),
        ("audience", "2", "audience", "应为列表"),
        ("statutory_limit", {"value": 10, "unit": "日"}, "statutory_limit.unit", "时限单位“日”"),
        ("statutory_limit", {"value": -1, "unit": "工作日"}, "statutory_limit.value", "0 或正整数"),
        ("statutory_limit", {"value": 1.5, "unit": "工作日"}, "statutory_limit.value", "0 或正整数"),
        ("statutory_limit", {"value": None}, "statutory_limit.text", "无法定期限"),
        ("fee", "不收费", "fee", "应为一组字段"),
        ("fee", {"charged": "no"}, "fee.charged", "true 或 false"),
        ("materials.0.name", None, "materials[0].name", "第 1 项申请材料：没有材料名称"),
        ("materials.0.acceptance_criterion", "", "materials[0].acceptance_criterion", "没有接件标准"),
        ("materials.0", "申请书", "materials", "第 1 项申请材料应为一组字段"),
        ("materials.0.form.copy", True, "materials[0].form.copy", "复印件份数"),
        ("materials.0.form.original_handling", "带走", "materials[0].form.original_handling", "留存"),
        ("materials.1.form.original", 0, "materials[1].form.original", "至少为 1"),
        ("materials.0.necessity", "4", "materials[0].necessity", "必要性"),
        ("materials.1.exemption.reason", "免", "materials[1].exemption.reason", "免交理由"),
        ("materials.3.defect_phrases", ["没有写明。"], "materials[3].defect_phrases", "句号"),
        ("materials.2.id", "form", "materials", "材料“form”出现了两次"),
        ("materials.3.in_situations", ["q_agent.self"], "materials", "该选项没有增加它"),
        ("materials.3.in_situations", [], "materials", "会变成每次都要"),
        ("situations.0.options.1.add", ["nothing"], "situations", "“nothing”不在材料清单里"),
        ("situations.0.options.1.default", True, "situations[0].options", "只能有一个默认"),
        ("situations.0.options.1.id", "self", "situations[0].options", "选项“self”出现了两次"),
        ("situations.0.options", [], "situations[0].options", "没有选项"),
        ("situations.1.options.0.outcome.kind", "no", "situations[1].options[0].outcome.kind", "结论种类"),
        ("situations.1.options.0.outcome.kind", "redirect", "situations[1].options[0].outcome.matter", "没有改办事项"),
        (
            "situations.1.options.0.outcome.kind",
            "not_our_competence",
            "situations[1].options[0].outcome.competent_body",
            "没有主管机关",
        ),
        ("tolerance.materials", ["x"], "tolerance", "可容缺材料“x”不在材料清单里"),
        ("tolerance.materials", [], "tolerance.materials", "要列出可容缺材料"),
        ("tolerance.due", None, "tolerance.due", "补交期限"),
    ],
)
def test_a_fault_is_named_with_its_place(path: str, value: Any, field: str, reason: str) -> None:
    with pytest.raises(BrokenRecord) as caught:
        read_matter(changed(path, value))
    assert any(problem.field == field and reason in problem.reason for problem in caught.value.problems), (
        caught.value.problems
    )


def test_all_faults_are_named_at_once() -> None:
    record = changed("name", "")
    record["type"] = "xx"
    record["materials"][0]["name"] = ""
    record["materials"][2]["form"] = {"copy": "一"}
    with pytest.raises(BrokenRecord) as caught:
        read_matter(record)
    assert {problem.field for problem in caught.value.problems} == {
        "name",
        "type",
        "materials[0].name",
        "materials[2].form.copy",
    }


def test_a_plain_row_is_a_matter_without_materials_and_misses_fields() -> None:
    record = {"code": "1", "name": "备案", "department": "区林业局", "type": "10", "type_name": "其他"}
    matter = read_matter(record)
    assert matter.materials == ()
    assert matter.procedure_law is ProcedureLaw.OWN
    assert missing_fields(record) == UNIFIED_FIELDS[3:]


def test_a_record_is_complete_when_all_eleven_fields_are_there() -> None:
    record = {**RECORD, "place": {"text": "一楼 A 区"}, "procedure": [{"no": 1, "name": "受理"}]}
    assert missing_fields(record) == ()
    assert missing_fields(RECORD) == ("办理程序", "办理地点")
