"""Which element stands on which paper, by which rule, and how sure that rule is.

docs/papers.md shows this table, and a test looks for every cell on the printed paper. ``Certainty`` as in the project's
survey of the law: A the text itself was read, B inferred from forms in use, C general knowledge that a hall may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from clerk_app.domain.papers import PaperKind


class Certainty(StrEnum):
    """How sure it is that the element is due."""

    READ = "A"
    INFERRED = "B"
    COMMON = "C"


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that a paper has to say. ``key`` is unique on its paper, ``source`` the clause, standard or form."""

    key: str
    name: str
    source: str
    certainty: Certainty


A, B, C = Certainty.READ, Certainty.INFERRED, Certainty.COMMON
_ART_32_2 = "行政许可法第三十二条第二款"
_CUSTOMS = "海关行政许可受理通知书表样"
_NUMBER_RULE = "文书编号规则（机关代字＋文种＋〔年〕＋顺序号）"
_RECEIPT_SAMPLE = "上海收件凭证样张"
_REVIEW = "行政许可案卷评查标准"
_FORM = "各地文书表样"
_COMMITMENT = "国办发〔2020〕42号"
_TOLERANCE = "民政部门容缺受理文书"
_SERVICE = "送达回证表样（民事诉讼法第八十七条）"
_MAIL = "GB/T 39046-2020 表15"


def _e(key: str, name: str, source: str, certainty: Certainty) -> Element:
    return Element(key, name, source, certainty)


_TITLE = (_e("title", "标题", _FORM, C), _e("number", "文书编号", _NUMBER_RULE, A))
_CASE = (
    _e("case", "受理单号或收件编号", _CUSTOMS, A),
    _e("qr", "二维码", _RECEIPT_SAMPLE, A),
    _e("barcode", "条形码", _RECEIPT_SAMPLE, A),
)
_COPIES = (_e("copies", "联次和保存人", _FORM, C),)
_FOOT = (
    _e("agency", "机关名称", _ART_32_2, A),
    _e("date", "日期", _ART_32_2, A),
    _e("clerk", "经办人", _CUSTOMS, A),
    _e("window", "窗口号", _FORM, C),
    _e("phone", "咨询和监督电话", _CUSTOMS, A),
    _e("query", "进度查询方式", _CUSTOMS, A),
)
_SIGN = (
    _e("signature", "申请人签名处", _REVIEW, A),
    _e("sign_time", "签收时间", _REVIEW, A),
)
_MATTER = (_e("matter", "事项", _CUSTOMS, A),)
_APPLICANT = (_e("applicant", "申请人", _CUSTOMS, A),)
_RECEIVED = (_e("received", "收到材料的时间", _CUSTOMS, A),)


def _sealed(source: str = _ART_32_2, certainty: Certainty = A) -> tuple[Element, ...]:
    return (_e("seal", "专用章的位置", source, certainty),)


def _acceptance(law: str) -> tuple[Element, ...]:
    return (
        *_MATTER,
        *_APPLICANT,
        _e("identity", "身份号码（遮盖）或信用代码、法定代表人", _CUSTOMS, A),
        _e("address", "住所", _CUSTOMS, A),
        _e("contact", "联系人、联系电话", _CUSTOMS, A),
        _e("agent", "代理人和授权委托", "行政许可法第二十九条；民法典第一百六十五条", A),
        _e("parties", "共同申请人", "不动产登记暂行条例第十四条", A),
        _e("typed", "未读身份证的标明", "身份核验要求", C),
        _e("law", "受理的依据", law, A),
        _e("body", "受理机关", _CUSTOMS, A),
        _e("acceptor", "受理人", _CUSTOMS, A),
        _e("fee", "是否收费", _CUSTOMS, A),
        *_RECEIVED,
        _e("accepted", "受理时间", _CUSTOMS, A),
        _e("order", "数量有限的事项受理时间记到秒", "行政许可法第五十七条", A),
        _e("statutory", "法定期限和到期日", "行政许可法第四十二条", A),
        _e("promised", "承诺期限和决定到期日", _REVIEW, A),
        _e("excluded", "不计入期限的程序和一般所需时间", "行政许可法第四十五条", A),
        _e("counted", "计入期限的程序", "行政许可法第四十五条（反面）", B),
        _e("delivery", "领取或邮寄方式", _CUSTOMS, A),
        _e("collect", "凭本通知书和身份证领取", _CUSTOMS, A),
        _e("materials", "材料清单（形式、份数、页数、结果）", _CUSTOMS, A),
        _e("outage", "离线受理的说明", "一律不得线下受理（鸡西 2018 第55号）", A),
    )


def _a4(*own: Element, seal: tuple[Element, ...] = (), sign: tuple[Element, ...] = _SIGN) -> tuple[Element, ...]:
    return (*_TITLE, *_CASE, *_COPIES, *own, *_FOOT, *seal, *sign)


_ACCEPTANCE_LAW = "行政许可法第三十二条第一款第五项；其他事项从其规定"
_RETURNED = (_e("materials", "退还的材料清单", _FORM, C),)

PAPER_ELEMENTS: Final[Mapping[PaperKind, tuple[Element, ...]]] = {
    PaperKind.RECEIPT: (
        _e("title", "标题", _RECEIPT_SAMPLE, A),
        _e("case", "编号", _RECEIPT_SAMPLE, A),
        _e("qr", "二维码", _RECEIPT_SAMPLE, A),
        *_RECEIVED,
        *_MATTER,
        _e("body", "受理机关", _FORM, C),
        *_APPLICANT,
        _e("agent", "代理人和身份号码（遮盖）", _FORM, C),
        _e("materials", "材料清单（形式、份数、页数）", _RECEIPT_SAMPLE, A),
        _e("total", "合计份数、页数", _FORM, C),
        _e("not_acceptance", "收件不等于受理", "收件凭证通行用语", A),
        _e("next", "接下来怎样、期限", "行政许可法第三十二条第一款第四项", A),
        _e("query", "进度查询方式", _CUSTOMS, A),
        _e("phone", "电话", _FORM, C),
        _e("window", "窗口和经办人", _FORM, C),
        _e("seal", "受理专用章的位置", _FORM, C),
        _e("signature", "申请人签字处", _FORM, C),
    ),
    PaperKind.ACCEPTANCE_NOTICE: _a4(*_acceptance(_ACCEPTANCE_LAW), seal=_sealed()),
    PaperKind.DEFICIENCY_NOTICE: _a4(
        *_acceptance(_ACCEPTANCE_LAW),
        _e("lacking", "欠交的材料", _TOLERANCE, A),
        _e("due", "补交的最后一天", _TOLERANCE, A),
        _e("how", "补交的方式，以到达日为准", _TOLERANCE, A),
        _e("consequence", "逾期终止办理，损失自负", _TOLERANCE, A),
        seal=_sealed(),
    ),
    PaperKind.DEFICIENCY_COMMITMENT: _a4(
        *_MATTER,
        *_APPLICANT,
        _e("lacking", "欠交的材料，限于可容缺清单", _TOLERANCE, A),
        _e("form", "形式、份数和标准", _TOLERANCE, A),
        _e("due", "补交的最后一天", _TOLERANCE, A),
        _e("how", "窗口、邮寄、网上，以到达日为准", _TOLERANCE, A),
        _e("decline", "可以不选容缺", _TOLERANCE, A),
        _e("consequence", "逾期终止办理", _TOLERANCE, A),
        _e("losses", "损失由承诺人承担", _TOLERANCE, A),
        _e("credit", "失信的不适用", _TOLERANCE, A),
    ),
    PaperKind.COMMITMENT_LETTER: _a4(
        *_MATTER,
        *_APPLICANT,
        _e("basis", "设立依据", _COMMITMENT, A),
        _e("conditions", "证明内容、条件", _COMMITMENT, A),
        _e("way", "承诺方式", _COMMITMENT, A),
        _e("liability", "违诺责任", _COMMITMENT, A),
        _e("checking", "监督核查", _COMMITMENT, A),
        _e("publicity", "承诺书公开", _COMMITMENT, C),
        _e("informed", "已知晓告知内容", _COMMITMENT, A),
        _e("met", "已达到条件", _COMMITMENT, A),
        _e("accepts", "愿意承担责任", _COMMITMENT, A),
        _e("true_will", "真实意思表示", _COMMITMENT, A),
        _e("withdraw", "决定前可以撤回", _COMMITMENT, C),
    ),
    PaperKind.SUPPLEMENT_NOTICE: _a4(
        *_MATTER,
        *_APPLICANT,
        *_RECEIVED,
        _e("law", "告知的依据", "行政许可法第三十二条第一款第四项；其他事项从其规定", A),
        _e("defects", "每份材料的问题", "行政许可法第三十二条第一款第四项", A),
        _e("standard", "应达到的标准", "行政许可法第三十二条第一款第四项", A),
        _e("form", "原件、复印件和份数", _REVIEW, A),
        _e("how", "补正的方式和地点", _REVIEW, A),
        _e("due", "补正的最后一天", "深圳光明办事指南（当地惯例）", A),
        _e("consequence", "补齐和逾期的后果", _REVIEW, A),
        _e("once", "没有列出的以后不再要求", "行政许可法第三十二条第一款第四项", A),
        _e("deemed", "逾期不告知即视为受理", "行政许可法第三十二条第一款第四项", A),
        _e("approval", "第二次告知的批准和原因", "行政许可法第七十二条第四项", B),
        seal=_sealed(),
    ),
    PaperKind.NON_ACCEPTANCE_NOTICE: _a4(
        *_MATTER,
        *_APPLICANT,
        *_RECEIVED,
        _e("law", "不予受理的条款", "行政许可法第三十二条第一款第一、二项", A),
        _e("reason", "事实和理由", "行政许可法第三十二条", A),
        _e("body", "应当申请的机关", "行政许可法第三十二条第一款第二项", A),
        _e("remedies", "复议、诉讼的途径和期限", "行政复议法第二十条、行政诉讼法第四十六条", C),
        _e("missing", "没有补齐的材料", _FORM, C),
        seal=_sealed(),
    ),
    PaperKind.SPECIAL_PROCEDURE_NOTICE: _a4(
        *_MATTER,
        *_APPLICANT,
        _e("kind", "特别程序的种类", "行政许可法第四十五条", A),
        _e("law", "依据", "行政许可法第四十五条；其他事项从其规定", A),
        _e("start", "开始日期", "行政许可法第四十五条", A),
        _e("expected", "所需时间", "行政许可法第四十五条", A),
        _e("effect", "不计算在期限内", "行政许可法第四十五条", A),
        _e("accepted", "受理时间", _FORM, C),
        _e("old_due", "原定期限", _FORM, C),
        seal=_sealed(_FORM, C),
    ),
    PaperKind.EXTENSION_NOTICE: _a4(
        *_MATTER,
        *_APPLICANT,
        _e("law", "依据", "行政许可法第四十二条第一款；其他事项从其规定", A),
        _e("reason", "延长的理由", "行政许可法第四十二条第一款", A),
        _e("approver", "批准人", "行政许可法第四十二条第一款", A),
        _e("days", "延长多少天", "行政许可法第四十二条第一款", A),
        _e("old_due", "原定期限", _FORM, C),
        _e("new_due", "新的期限", "行政许可法第四十二条第一款", A),
        _e("once", "以一次为限", _FORM, C),
        seal=_sealed(_FORM, C),
    ),
    PaperKind.GRANT_DECISION: _a4(
        *_MATTER,
        *_APPLICANT,
        *_RECEIVED,
        _e("accepted", "受理时间", _REVIEW, B),
        _e("facts", "认定的事实", _REVIEW, B),
        _e("law", "依据", "行政许可法第三十八条第一款；其他事项从其规定", A),
        _e("content", "准予的内容", _REVIEW, B),
        _e("certificate", "证件名称和编号", "行政许可法第三十九条", A),
        _e("validity", "有效期", _REVIEW, B),
        _e("deliver", "十个工作日内送达", "行政许可法第四十四条", A),
        seal=_sealed("审批、用印分离（长春）；行政审批专用章", A),
    ),
    PaperKind.REFUSAL_DECISION: _a4(
        *_MATTER,
        *_APPLICANT,
        *_RECEIVED,
        _e("accepted", "受理时间", _REVIEW, B),
        _e("facts", "认定的事实", _REVIEW, B),
        _e("law", "依据", "行政许可法第三十八条第二款；其他事项从其规定", A),
        _e("reason", "不予的理由", "行政许可法第三十八条第二款", A),
        _e("remedies", "复议、诉讼的途径和期限", "行政许可法第三十八条第二款", A),
        seal=_sealed("审批、用印分离（长春）；行政审批专用章", A),
    ),
    PaperKind.SERVICE_RECEIPT: _a4(
        _e("recipient", "受送达人", _SERVICE, C),
        _e("documents", "送达的文书和文号", _SERVICE, C),
        _e("place", "送达地点", _SERVICE, C),
        _e("manner", "送达方式", _SERVICE, C),
        _e("time", "送达时间", _SERVICE, C),
        _e("receiver", "签收人和与受送达人的关系", _SERVICE, C),
        _e("id_number", "签收人身份号码（遮盖）和核验方式", _SERVICE, C),
        _e("servers", "两名送达人", _SERVICE, C),
        _e("refusal", "拒收情况", _SERVICE, C),
        _e("witness", "见证人", _SERVICE, C),
        _e("law", "依据", "行政许可法第四十四条；其他事项从其规定", A),
        _e("many", "几件合一", "一窗出件", B),
    ),
    PaperKind.COLLECTION_NOTICE: _a4(
        *_MATTER,
        *_APPLICANT,
        _e("result", "结果名称和编号", _FORM, C),
        _e("pieces", "件数", _FORM, C),
        _e("place", "领取地点", _FORM, C),
        _e("time", "领取时间", _FORM, C),
        _e("id_needed", "要带的证件", _FORM, C),
        _e("authority", "代领的授权", "民法典第一百六十五条", A),
        _e("post", "可以邮寄", _FORM, C),
        _e("law", "依据", "行政许可法第四十四条；其他事项从其规定", A),
        seal=_sealed(_FORM, C),
    ),
    PaperKind.COLLECTION_SLIP: _a4(
        *_MATTER,
        *_APPLICANT,
        _e("result", "结果名称和编号", _FORM, C),
        _e("pieces", "件数", _FORM, C),
        _e("receiver", "领取人、关系、身份号码（遮盖）、核验方式", _FORM, C),
        _e("authority", "代领的授权", "民法典第一百六十五条", A),
        _e("place", "领取地点", _FORM, C),
        _e("time", "领取时间", _FORM, C),
        _e("carrier", "寄递公司和单号", _MAIL, A),
        _e("sender", "寄件人", _MAIL, A),
        _e("mailed_to", "收件人和地址", _MAIL, A),
        _e("mailed_on", "交寄日期", _MAIL, A),
    ),
    PaperKind.HANDOVER_SHEET: (
        *_TITLE,
        _e("qr", "二维码", _FORM, C),
        *_COPIES,
        _e("from", "移交方", "综窗系统物料转移单", A),
        _e("to", "接收方", "综窗系统物料转移单", A),
        _e("cases", "办件清单", "综窗系统物料转移单", A),
        _e("pieces", "份数、页数和合计", "综窗系统物料转移单", A),
        _e("time", "移交时间", "综窗系统物料转移单", A),
        *(one for one in _FOOT if one.key != "query"),
        _e("signature", "移交人签名处", "综窗系统物料转移单", A),
        _e("second_signature", "接收人签名处", "综窗系统物料转移单", A),
        _e("sign_time", "签收时间", _REVIEW, A),
    ),
    PaperKind.RETURN_NOTICE: _a4(
        *_MATTER, *_APPLICANT, *_RECEIVED, _e("reason", "退件的理由", _FORM, C), *_RETURNED, seal=_sealed(_FORM, C)
    ),
    PaperKind.WITHDRAWAL_NOTICE: _a4(
        *_MATTER,
        *_APPLICANT,
        *_RECEIVED,
        _e("withdrawn", "申请撤回的时间", _FORM, C),
        _e("reason", "撤回的理由", _FORM, C),
        _e("again", "可以重新申请", _FORM, C),
        *_RETURNED,
        seal=_sealed(_FORM, C),
    ),
    PaperKind.TERMINATION_NOTICE: _a4(
        *_MATTER,
        *_APPLICANT,
        *_RECEIVED,
        _e("reason", "终止的事实和理由", _FORM, C),
        _e("law", "终止的依据", _FORM, C),
        _e("remedies", "复议、诉讼的途径和期限", "行政复议法第二十条、行政诉讼法第四十六条", C),
        *_RETURNED,
        seal=_sealed(_FORM, C),
    ),
    PaperKind.PAYMENT_NOTICE: _a4(
        *_MATTER,
        *_APPLICANT,
        _e("item", "缴费项目", "行政许可法第五十九条", A),
        _e("amount", "金额", "行政许可法第五十九条", A),
        _e("basis", "收费依据", "行政许可法第五十九条", A),
        _e("place", "缴费地点", _FORM, C),
        _e("receipt", "索取财政票据", "行政许可法第五十九条", B),
        seal=_sealed(_FORM, C),
    ),
    PaperKind.GUIDANCE_NOTICE: (
        *_TITLE,
        _e("qr", "二维码", _FORM, C),
        *_COPIES,
        *_MATTER,
        _e("body", "实施机关", "行政许可法第三十条第一款", A),
        _e("situation", "说明的情形", _FORM, C),
        _e("law", "告知的依据", "行政许可法第三十条；其他事项从其规定", A),
        _e("basis", "设立依据", "行政许可法第三十条第一款", A),
        _e("materials", "全部材料、形式和份数", "行政许可法第三十条第一款", A),
        _e("criterion", "每份材料的接件标准", "同一标准（长春）", A),
        _e("exempt", "免交、容缺的说明", "免交免验清单（长春）", A),
        _e("conditions", "办理条件", "行政许可法第三十条第一款", A),
        _e("limits", "法定和承诺期限", "行政许可法第三十条第一款", A),
        _e("fee", "收费", "行政许可法第五十八条", A),
        _e("result", "办理结果", _FORM, C),
        _e("quantity", "数量限制", "行政许可法第三十条第一款", A),
        _e("place", "办理地点", _FORM, C),
        _e("time", "办理时间", _FORM, C),
        _e("nothing_else", "不要求无关材料", "行政许可法第三十一条", A),
        _e("not_acceptance", "不是受理凭证", _FORM, C),
        _e("ending", "不用办、不归本机关的答复", "行政许可法第三十二条第一款第一、二项", A),
        *(one for one in _FOOT if one.key != "query"),
    ),
}
"""The queue ticket is no paper of a case and is not here."""
