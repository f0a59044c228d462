"""Synthetic papers of the size that a window prints all day; ``number`` makes each one different."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from clerk_app.domain.papers import Column, Fact, Notice, PaperKind, Receipt, ReceiptRow, Span, plain
from clerk_app.ports.clock import BEIJING

_MATERIALS = (
    "食品经营许可申请书",
    "营业执照",
    "法定代表人身份证明",
    "经营场所平面图和操作流程图（标明设备布局）",
    "从业人员健康证明",
    "食品安全管理制度",
    "授权委托书",
)


def receipt(number: int) -> Receipt:
    """A receipt of seven materials, one of which is exempt."""
    case = f"MH-12-20261123-{number % 10_000:04d}"
    rows = [ReceiptRow(place, name, "复印件", "1", "4") for place, name in enumerate(_MATERIALS, 1)]
    rows[1] = replace(rows[1], form="免交", pieces="-", pages="-")
    return Receipt(
        hall_name="明河区政务服务中心",
        case_number=case,
        received_at=datetime(2026, 11, 23, 10, 26, tzinfo=BEIJING),
        matter="食品经营许可 · 新办（餐饮服务）",
        agency="明河区市场监督管理局",
        applicant="明河市禾间餐饮管理有限公司",
        agent="李晓彤",
        agent_number="2399**********042X",
        rows=tuple(rows),
        total_pieces=6,
        total_pages=24,
        statement="已受理",
        explanation=f"已当场送达《受理通知书》明市监受〔2026〕12-{number % 10_000:04d} 号。2026年12月7日前办结。",
        query=f"https://hall.example/q/{case}",
        phone="0000-1234567",
        window="12",
        clerk="王晓梅",
        seal="受理专用章",
    )


def notice(number: int) -> Notice:
    """An acceptance notice of seven materials, which fits one page a copy."""
    case = f"MH-12-20261123-{number % 10_000:04d}"
    return Notice(
        kind=PaperKind.ACCEPTANCE_NOTICE,
        title="受理通知书",
        document_number=f"明市监受〔2026〕12-{number % 10_000:04d} 号",
        case_number=case,
        addressee="明河市禾间餐饮管理有限公司：",
        opening=plain(
            "你单位于2026年11月23日10时24分提出的下列申请，材料齐全、符合法定形式。"
            "根据《中华人民共和国行政许可法》第三十二条第一款第五项，本机关决定予以受理。"
        ),
        facts=(
            Fact("事项", plain("食品经营许可 · 新办（餐饮服务）")),
            Fact("信用代码", plain("91239900MA0000L43D"), half=True),
            Fact("法定代表人", plain("周文博"), half=True),
            Fact("住所", plain("明河市明河区示例街道 12 号一层")),
            Fact("代理人", plain("李晓彤 2399**********042X"), half=True),
            Fact("代理人电话", plain("139****2716"), half=True),
            Fact("受理时间", (Span("2026年11月23日10时28分", bold=True),), half=True),
            Fact("是否收费", plain("不收费"), half=True),
            Fact(
                "办理期限",
                (
                    Span("法定 20 个工作日；承诺 "),
                    Span("10 个工作日", bold=True),
                    Span("，即 "),
                    Span("2026年12月7日", bold=True),
                    Span(" 前作出决定。检验、检测所需时间不计入期限，另行书面告知。"),
                ),
            ),
            Fact("领取方式", plain("窗口自取：一楼 A 区任一综合窗口，凭本通知书和身份证，免取号")),
        ),
        list_heading="收到的材料：",
        columns=(
            Column("序号", 0.08, "centre"),
            Column("材料名称", 0.42),
            Column("形式", 0.13, "centre"),
            Column("份数", 0.08, "centre"),
            Column("页数", 0.08, "centre"),
            Column("结果", 0.21, "centre"),
        ),
        rows=tuple(
            (str(place), name, "复印件", "1", "4", "已收，原件已核") for place, name in enumerate(_MATERIALS, 1)
        ),
        closing=(),
        handler="经办：王晓梅（12号窗口）  咨询：0000-1234567  监督投诉：12345",
        query_hint=f"进度查询：扫右上角二维码，或在任一政务大厅报编号 {case}。",
        query=f"https://hall.example/q/{case}",
        agency="明河区市场监督管理局",
        seal="受理专用章",
        issued_on=date(2026, 11, 23),
        footer="目录第 418 版 · 事项编码 000131009000",
    )
