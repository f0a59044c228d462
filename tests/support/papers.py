"""Synthetic papers and the means to look at them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from clerk_app.domain.papers import (
    BringItem,
    Column,
    Fact,
    Notice,
    PaperKind,
    QueueTicket,
    Receipt,
    ReceiptRow,
    Span,
    TicketMatter,
    plain,
)
from drivers.base.simports import MemoryPort
from drivers.printer.paper import Ticket
from drivers.printer.virtual import VirtualPrinter

RARE = "𠮷㐂䶮\ue000"
"""Ext B, Ext A twice (none of the three in GBK), and a private-use character that no font has."""


def printed(job: bytes, font: Path, dots: int = 576) -> Ticket:
    """Print a whole job on the virtual printer; fails if the printer could not make out any of it."""
    printer = VirtualPrinter(MemoryPort(), font, dots=dots)
    printer.receive(job)
    printer.tick()
    assert printer.complaints == []
    assert printer.ignored == []
    (ticket,) = printer.tickets
    return ticket


def a_ticket(**changes: object) -> QueueTicket:
    fields: dict[str, object] = {
        "hall_name": "明河区政务服务中心",
        "number": "A047",
        "subject": "食品经营许可 · 新办",
        "holder": "李*",
        "ahead": 8,
        "wait_minutes": 11,
        "call_expected_at": datetime(2026, 11, 23, 10, 19),
        "area": "一楼 A 区",
        "matters": (
            TicketMatter(
                "食品经营许可 · 新办",
                (
                    BringItem("申请书（签字、盖公章）", "原件 1"),
                    BringItem("从业人员健康证明", "每人 1"),
                    BringItem("营业执照", "", "电子证照"),
                ),
            ),
        ),
        "query": "https://hall.example/t/MH-A047",
        "taken_at": datetime(2026, 11, 23, 10, 8),
        "machine": "取号机 2",
    }
    return QueueTicket(**(fields | changes))  # type: ignore[arg-type]


def a_receipt(**changes: object) -> Receipt:
    fields: dict[str, object] = {
        "hall_name": "明河区政务服务中心",
        "case_number": "MH-12-20261123-0031",
        "received_at": datetime(2026, 11, 23, 10, 26),
        "matter": "食品经营许可 · 新办（餐饮服务）",
        "agency": "明河区市场监督管理局",
        "applicant": "明河市禾间餐饮管理有限公司",
        "agent": "李晓彤",
        "agent_number": "2399**********042X",
        "rows": (
            ReceiptRow(1, "申请书", "原件", "1", "4"),
            ReceiptRow(2, "营业执照", "免交", "-", "-"),
            ReceiptRow(12, "经营场所平面图和操作流程图（标明设备布局）", "复印件", "1", "12"),
        ),
        "total_pieces": 2,
        "total_pages": 16,
        "statement": "收件不等于受理",
        "explanation": "已当场送达《补正材料一次性告知书》，要补 2 项：材料 5、材料 6。补齐当日受理，不用再取号。",
        "query": "https://hall.example/q/MH-12-20261123-0031",
        "phone": "0000-1234567",
        "window": "12",
        "clerk": "王晓梅",
        "seal": "受理专用章",
    }
    return Receipt(**(fields | changes))  # type: ignore[arg-type]


_MATERIALS = ("食品经营许可申请书", "营业执照", "法定代表人身份证明", "经营场所平面图和操作流程图", "从业人员健康证明")


def an_acceptance(materials: int = 7, **changes: object) -> Notice:
    rows = tuple(
        (str(n), _MATERIALS[n % 5], "复印件", "1", "2", "免交（电子证照核验）" if n % 3 else "已收，原件已核")
        for n in range(1, materials + 1)
    )
    fields: dict[str, object] = {
        "kind": PaperKind.ACCEPTANCE_NOTICE,
        "title": "受理通知书",
        "document_number": "明市监受〔2026〕12-0032 号",
        "case_number": "MH-12-20261123-0032",
        "addressee": "明河市禾间餐饮管理有限公司：",
        "opening": plain(
            "你单位于2026年11月23日10时24分提出的下列申请，材料齐全、符合法定形式。"
            "根据《中华人民共和国行政许可法》第三十二条第一款第五项，本机关决定予以受理。"
        ),
        "facts": (
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
        "list_heading": "收到的材料：",
        "columns": (
            Column("序号", 0.08, "centre"),
            Column("材料名称", 0.42),
            Column("形式", 0.13, "centre"),
            Column("份数", 0.08, "centre"),
            Column("页数", 0.08, "centre"),
            Column("结果", 0.21, "centre"),
        ),
        "rows": rows,
        "closing": (),
        "handler": "经办：王晓梅（12号窗口）  咨询：0000-1234567  监督投诉：12345",
        "query_hint": "进度查询：扫右上角二维码，或在任一政务大厅报受理单号。",
        "query": "https://hall.example/q/MH-12-20261123-0032",
        "agency": "明河区市场监督管理局",
        "seal": "受理专用章",
        "issued_on": date(2026, 11, 23),
        "footer": "目录第 418 版 · 事项编码 000131009000",
    }
    return Notice(**(fields | changes))  # type: ignore[arg-type]


def a_supplement(defects: int = 2, sentence: str = "平面图未标注食品加工操作流向，请补标后重新提交。") -> Notice:
    return an_acceptance(
        kind=PaperKind.SUPPLEMENT_NOTICE,
        title="补正材料一次性告知书",
        document_number="明市监补〔2026〕12-0318 号",
        list_heading="需要补正的材料：",
        columns=(
            Column("序号", 0.08, "centre"),
            Column("材料", 0.27),
            Column("需要补正的内容与标准", 0.48),
            Column("份数", 0.17, "centre"),
        ),
        rows=tuple(
            (str(n), "经营场所平面图和操作流程图", f"{sentence}（第{n}项）", "复印件1份") for n in range(1, defects + 1)
        ),
        closing=(
            (Span("请于"), Span("2026年12月23日", bold=True), Span("前任选一种方式提交：窗口（免取号）、邮寄。")),
            plain("本告知书没有列出的材料，以后不再要求补正。"),
        ),
    )
