"""The groups of GB/T 39046-2020 政务服务平台基础数据规范 as one field map: what a case has of 申请, 受理, 过程, 办结.

The standard names its data elements in Chinese; the English names are ours, and a platform gets its own by a map. Only
the length of the case number (an..50) was read in the standard's text; the other lengths are wide guesses that warn
and refuse nobody. Code sets: appendix A of the standard, GA/T 2000.156 for certificates, and for how a material was
collected one vendor's list, as no other was found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.identity import IdType
from clerk_app.domain.platform import Field, FieldMap, Group

STANDARD: Final = "GB/T 39046-2020"
MOST_CONTACTS: Final = 3
"""Contacts and agents: three each."""


class Collected(StrEnum):
    """收取方式, as vendors of counter systems code it."""

    PAPER = "1"
    ELECTRONIC = "2"
    SCANNED = "3"
    LATER = "4"
    LICENCE_LIBRARY = "5"
    COMMITTED = "7"


class ActionKind(StrEnum):
    """业务动作, in the standard's words."""

    PASSED = "通过"
    RETURNED = "退回"
    OTHER = "其他"


class SpecialKind(StrEnum):
    """GB/T 39046-2020 A.7."""

    EXTENSION = "1"
    OTHER = "2"


def _codes(values: Iterable[str]) -> dict[str, str]:
    return {value: value for value in values}


def _field(source: str, label: str, most: int = 0, *, required: bool = False, codes: Iterable[str] = ()) -> Field:
    return Field(source, source, label, most, required, _codes(codes) or None)


_FLAG: Final = ("0", "1")
_NUMBERS: Final = ("一", "二", "三")


def _people(source: str, label: str) -> tuple[Field, ...]:
    """Up to three contacts or agents."""
    made = []
    for number, word in enumerate(_NUMBERS, 1):
        made += [
            _field(f"{source}{number}_name", f"{label}{word}姓名", 100),
            _field(f"{source}{number}_document_type", f"{label}{word}证件类型", 3, codes=IdType),
            _field(f"{source}{number}_document_no", f"{label}{word}证件号码", 50),
            _field(f"{source}{number}_phone", f"{label}{word}电话", 50),
        ]
    return tuple(made)


_PERSON: Final = (
    _field("name", "名称", 200, required=True),
    _field("audience", "类型", 1, codes=("1", "2", "3", "4", "5", "6")),
    _field("document_type", "证件类型", 3, required=True, codes=IdType),
    _field("document_name", "证件名称", 100),
    _field("document_no", "证件号码", 50, required=True),
    _field("phone", "手机", 50),
    _field("address", "地址", 500),
)


def _applicant() -> tuple[Field, ...]:
    return tuple(
        replace(one, source=f"applicant_{one.source}", name=f"applicant_{one.name}", label=f"申请者{one.label}")
        for one in _PERSON
    )


CHANGE: Final = Group(
    "change",
    "change",
    "变更",
    (
        _field("change_id", "变更标识", 64, required=True),
        _field("change_no", "变更序号", 20, required=True),
        _field("kind", "变更种类", 10, required=True),
        _field("case_no", "办件编号", 50, required=True),
        _field("case_number", "大厅编号", 64, required=True),
        _field("hall_code", "大厅代码", 16, required=True),
        _field("changed_at", "变更时间", required=True),
        _field("state", "办件状态", 32, required=True),
        _field("state_label", "办件状态名称", 32),
    ),
)
APPLICATION: Final = Group(
    "application",
    "application",
    "申请",
    (
        _field("case_no", "办件编号", 50, required=True),
        _field("task_code", "实施编码", 50, required=True),
        _field("matter_name", "事项名称", 300, required=True),
        _field("matter_version", "事项版本", 10),
        _field("case_type", "办件类型", 1, required=True, codes=CaseType),
        *_applicant(),
        _field("legal_representative", "法定代表人", 100),
        *_people("contact", "联系人"),
        *_people("agent", "代理人"),
        _field("source", "申报来源", 1, codes=("1", "2", "3", "4", "9")),
        _field("applied_at", "申请时间", required=True),
        _field("area_code", "区划", 12),
        _field("pre_check_no", "网上预审编号", 64),
    ),
)
CO_APPLICANTS: Final = Group("co_applicants", "co_applicants", "共同申请人", _PERSON, True, "co_applicant")
MATERIALS: Final = Group(
    "materials",
    "materials",
    "申请材料",
    (
        _field("material_id", "材料标识", 128),
        _field("name", "材料名称", 500, required=True),
        _field("collected", "是否收取", 1, required=True, codes=_FLAG),
        _field("manner", "收取方式", 1, codes=Collected),
        _field("count", "收取数量", 5),
        _field("collected_at", "收取时间"),
        _field("remark", "说明", 1000),
    ),
    True,
    "material",
)
ACCEPTANCE: Final = Group(
    "acceptance",
    "acceptance",
    "受理",
    (
        _field("body", "受理单位", 200, required=True),
        _field("body_code", "受理单位统一社会信用代码", 18),
        _field("handler", "受理人员", 100, required=True),
        _field("at", "受理时间", required=True),
        _field("result", "受理结果", 32, required=True),
        _field("document_no", "受理文书编号", 100),
        _field("promised_at", "承诺办结时间"),
        _field("statutory_at", "法定办结时间"),
        _field("reason", "不予受理原因", 1000),
        _field("competent_body", "应当找的机关", 200),
    ),
)
PROCESS: Final = Group(
    "process",
    "process",
    "办理过程",
    (
        _field("step_id", "环节标识", 64, required=True),
        _field("step", "办理环节", 100, required=True),
        _field("flow", "所属环节", 10),
        _field("action", "业务动作", 10, required=True, codes=ActionKind),
        _field("handler", "处理人", 100, required=True),
        _field("opinion", "处理意见", 2000),
        _field("started_at", "开始时间"),
        _field("ended_at", "结束时间", required=True),
        _field("status", "办理状态", 10, codes=("待办", "已办")),
    ),
    True,
    "step",
)
SPECIAL: Final = Group(
    "special",
    "special",
    "特别程序",
    (
        _field("kind", "特别程序种类", 1, required=True, codes=SpecialKind),
        _field("name", "特别程序名称", 100, required=True),
        _field("reason", "理由", 1000),
        _field("basis", "依据", 1000),
        _field("started_on", "开始日期"),
        _field("ended_on", "结束日期"),
        _field("expected", "需要的时间", 100),
        _field("result", "结果", 1000),
        _field("approver", "批准人", 100),
        _field("promised_at", "新的承诺办结时间"),
    ),
    True,
    "procedure",
)
COMPLETION: Final = Group(
    "completion",
    "completion",
    "办结",
    (
        _field("handler", "办结人", 100, required=True),
        _field("at", "办结时间", required=True),
        _field("result", "办结结果", 32, required=True),
        _field("description", "结果描述", 2000),
        _field("certificate_name", "证照名称", 200),
        _field("certificate_no", "证照编号", 100),
        _field("valid_from", "有效期起"),
        _field("valid_to", "有效期止"),
        _field("issuer", "发证单位", 200),
        _field("by_post", "是否快递", 1, codes=_FLAG),
        _field("fee_charged", "是否收费", 1, codes=_FLAG),
    ),
)
DELIVERY: Final = Group(
    "delivery",
    "delivery",
    "送达",
    (
        _field("manner", "送达方式", 20, required=True),
        _field("at", "送达时间", required=True),
        _field("receiver", "收件人", 100, required=True),
        _field("relation", "与申请者关系", 50),
        _field("carrier", "快递公司", 100),
        _field("tracking_no", "快递单号", 50),
        _field("address", "收件地址", 500),
    ),
)

GB_T_39046: Final = FieldMap(
    STANDARD, (CHANGE, APPLICATION, CO_APPLICANTS, MATERIALS, ACCEPTANCE, PROCESS, SPECIAL, COMPLETION, DELIVERY)
)
"""What our own adapters send unless the hall has a map of its own."""
