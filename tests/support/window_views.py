"""Records as the services give them, for the views of the window: a synthetic Monday morning at window 12."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel, QWidget

from clerk_app.bootstrap.calendar_files import load
from clerk_app.domain.cases import CaseState
from clerk_app.domain.conclusion import Numbers, conclude
from clerk_app.domain.intake import Intake, TicketRef
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.papers import PAPER_NAMES, PaperKind
from clerk_app.domain.queue import PrintState, PriorityClass, TicketState, VisitReason
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.devices import DeviceHealth, DeviceState
from clerk_app.ports.feed import FeedCursor
from clerk_app.ports.hall_queue import GroupWaiting, Ticket, WindowView
from clerk_app.ports.window import CaseRow, Medium, OutboxKind, PaperState, StoredPaper
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.outbox import OutboxLine, SyncStatus
from clerk_app.services.window.overview import (
    CaseCount,
    Deadline,
    DeadlineKind,
    LastVisit,
    MyDay,
    Overview,
    Urgency,
)
from clerk_app.services.window.printing import Answer, AnswerLine, Question
from clerk_app.ui.kit.labels import ElidedLabel, Pill
from clerk_app.ui.window.wording import DeviceNow
from support.matters import food_licence
from support.people import agent, company
from support.window import CLERK, HALL

NOW = datetime(2026, 11, 23, 10, 24, 7, tzinfo=BEIJING)


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute, second=second)


def ticket(number: str = "A047", state: TicketState = TicketState.SERVING, **changes: Any) -> Ticket:
    values: dict[str, Any] = {
        "ticket_id": f"t-{number}",
        "day": NOW.date(),
        "number": number,
        "group_id": "g-A",
        "group_name": "企业准入",
        "state": state,
        "priority": PriorityClass.ORDINARY,
        "reason": VisitReason.SUBMIT,
        "matters": (),
        "person": "李*",
        "taken_at": at(10, 8),
        "called_at": at(10, 20, 50),
        "last_call_at": at(10, 20, 50),
        "started_at": at(10, 20, 55) if state is TicketState.SERVING else None,
        "ended_at": None,
        "window_no": "12",
        "recalls": 0,
        "print_state": PrintState.PRINTED,
        "prints": 1,
        "outcome": None,
    }
    return Ticket(**{**values, **changes})


GROUPS = (
    ("A", "企业准入", 9, 11),
    ("B", "社保医保", 6, 8),
    ("C", "不动产", 5, 9),
    ("D", "公安出入境", 3, 4),
    ("E", "民政", 0, 0),
    ("F", "农业农村", 0, 0),
)


def view(**changes: Any) -> WindowView:
    groups = tuple(
        GroupWaiting(
            group_id=f"g-{prefix}",
            prefix=prefix,
            name=name,
            hint="",
            place="一楼 A 区",
            waiting=count,
            priority_waiting=0,
            oldest_taken_at=NOW - timedelta(minutes=longest) if count else None,
            longest_wait_s=longest * 60,
            expected_wait_s=480,
        )
        for prefix, name, count, longest in GROUPS
    )
    values: dict[str, Any] = {
        "cursor": FeedCursor("epoch", 812),
        "at": NOW,
        "window_no": "12",
        "groups": groups,
        "serves": tuple(group.group_id for group in groups),
        "waiting": 23,
        "eligible": 18,
        "priority_waiting": 2,
        "longest_wait_s": 11 * 60,
        "active": None,
        "last": ticket("A046", TicketState.FINISHED, ended_at=at(10, 19)),
        "missed": (),
        "served": 31,
        "mean_wait_s": 252,
        "mean_service_s": 400,
    }
    return WindowView(**{**values, **changes})


DAY = MyDay(served=31, mean_seconds=400, accepted=24, supplements=2)
LAST = LastVisit("c-46", "A046", "社会保障卡 · 补领", CaseState.ACCEPTED, at(10, 19), rated=True, synced=True)


def overview(**changes: Any) -> Overview:
    deadlines = (
        Deadline(
            DeadlineKind.NOTICE,
            Urgency.TODAY,
            "收件第 3 个工作日，还没告知或受理",
            "A011 · 刘*梅 · 特种设备使用登记 · 11-25（周三） 后算 11-18（周三） 受理",
            "剩 2 天",
            at(17, 30),
            "c-1",
        ),
        Deadline(
            DeadlineKind.TOLERANCE,
            Urgency.SOON,
            "容缺材料明天到期",
            "陈*国 · 食品经营许可（新办） · MH-12-20261109-0007",
            "11-24（周二）",
            at(17, 30) + timedelta(days=1),
            "c-2",
        ),
        Deadline(
            DeadlineKind.DRAFT,
            Urgency.LATER,
            "上次没办完，草稿还在",
            "A032 · 孙*洋 · 公共场所卫生许可 · 停在材料",
            "继续",
            None,
            "c-3",
        ),
    )
    counts = (
        CaseCount(CaseState.SUPPLEMENT_REQUESTED, "待补正", 5, "1 件剩 3 天"),
        CaseCount(CaseState.ACCEPTED_WITH_DEFICIENCY, "待容缺补齐", 3, "1 件明天"),
    )
    values: dict[str, Any] = {
        "at": NOW,
        "day": DAY,
        "cases": counts,
        "deadlines": deadlines,
        "drafts": (),
        "last": LAST,
    }
    return Overview(**{**values, **changes})


def devices(**states: DeviceState) -> list[DeviceNow]:
    """All ready, but those named by key."""
    known = (
        ("reader", "身份证读卡器", "id-card", "读卡器"),
        ("receipt", "小票打印机", "receipt-text", ""),
        ("page", "A4 打印机", "printer", ""),
        ("evaluator", "评价器", "smile", ""),
    )
    return [
        DeviceNow(
            key, name, icon, DeviceHealth(states.get(key, DeviceState.READY), NOW, "", _advice(states.get(key))), short
        )
        for key, name, icon, short in known
    ]


def _advice(state: DeviceState | None) -> str:
    return "装好纸后按 F9 接着打" if state is DeviceState.NEEDS_PAPER else ""


def outbox_lines(count: int = 4) -> tuple[OutboxLine, ...]:
    names = ("就业登记 · 受理", "企业变更登记 · 受理", "社会保障卡 · 补领", "食品经营许可 · 容缺受理")
    return tuple(
        OutboxLine(f"o-{n}", f"c-{n}", OutboxKind.CASE, f"A04{3 + n} {names[n % 4]}", at(10, 17) + timedelta(minutes=n))
        for n in range(count)
    )


def file_lines(count: int = 4) -> tuple[OutboxLine, ...]:
    names = ("A043 文书 受理通知书", "A043 文书 小票", "A043 扫描件 第 1 页", "A043 扫描件 第 2 页")
    return tuple(
        OutboxLine(f"f-{n}", "c-0", OutboxKind.FILE, names[n % 4], at(10, 18) + timedelta(minutes=n))
        for n in range(count)
    )


def sync(**changes: Any) -> SyncStatus:
    values: dict[str, Any] = {
        "waiting": 0,
        "oldest_since": None,
        "set_aside": (),
        "last_synced": at(10, 16),
        "error": "",
        "error_since": None,
        "next_try_s": 60.0,
    }
    return SyncStatus(**{**values, **changes})


def set_aside(entry_id: str = "o-9") -> OutboxLine:
    reason = "同一编号的办件内容对不上，请技术员核对两边的记录"
    return replace(outbox_lines(1)[0], entry_id=entry_id, title="A039 社会保障卡 · 补领", reason=reason)


def case_row(**changes: Any) -> CaseRow:
    values: dict[str, Any] = {
        "case_id": "c-46",
        "case_number": "MH-12-20261123-0030",
        "document_number": "",
        "day": NOW.date(),
        "user_id": "u",
        "user_name": "王晓梅",
        "state": CaseState.ACCEPTED,
        "applicant_name": "孙洋洋",
        "matter_code": "m",
        "matter_name": "社会保障卡补领",
        "ticket_id": "t-A046",
        "ticket_number": "A046",
        "called_at": at(10, 10),
        "received_at": at(10, 12),
        "concluded_at": at(10, 19),
        "promised_at": None,
        "tolerance_due": None,
        "supplement_due": None,
        "revision": 1,
        "request_sha": "",
    }
    return CaseRow(**{**values, **changes})


def intake() -> Intake:
    """A company's application brought by an agent, every material handed in."""
    fresh = Intake("c-47", at(10, 21), TicketRef("t-A047", "A047", "企业准入", at(10, 8), at(10, 20, 50)))
    return fresh.with_applicant(company(), agent()).with_matter(food_licence(), at(10, 22)).mark_all_as_required()


def concluded(kind: OutcomeKind = OutcomeKind.ACCEPTED, **changes: Any) -> Concluded:
    numbers = Numbers("MH-12-20261123-0031", dict.fromkeys(PaperKind, "明市监受〔2026〕12-0032 号"))
    facts = conclude(intake(), kind, now=at(10, 28, 41), actor=CLERK, hall=HALL, calendar=load(), numbers=numbers)
    return replace(Concluded("c-47", numbers.case, facts, (), None, None), **changes)


def paper(
    kind: PaperKind = PaperKind.ACCEPTANCE_NOTICE, state: PaperState = PaperState.PRINTED, **changes: Any
) -> StoredPaper:
    receipt = kind is PaperKind.RECEIPT
    values: dict[str, Any] = {
        "paper_id": f"p-{kind}",
        "case_id": "c-47",
        "original_id": f"p-{kind}",
        "kind": kind,
        "medium": Medium.RECEIPT if receipt else Medium.PAGE,
        "title": PAPER_NAMES[kind],
        "number": "MH-12-20261123-0031" if receipt else "明市监受〔2026〕12-0032 号",
        "copies": 1 if receipt else 2,
        "reprint": 0,
        "sha": "0" * 64,
        "state": state,
        "state_at": at(10, 28, 50),
        "made_at": at(10, 28, 41),
        "sentence": "",
    }
    return StoredPaper(**{**values, **changes})


def receipt(state: PaperState = PaperState.UNKNOWN, **changes: Any) -> StoredPaper:
    sentence = "小票打印机缺纸，装好纸再回答" if state is PaperState.UNKNOWN else ""
    return paper(PaperKind.RECEIPT, state, **{"sentence": sentence, **changes})


def question() -> Question:
    """As the service words it for a receipt whose fate is unknown."""
    sheet = receipt()
    look_for = f"单号 {sheet.number}"
    return Question(
        paper=sheet,
        title="收件凭证可能没打完",
        text=f"{sheet.sentence}。吐出来的纸上，看得到“{look_for}”这一行吗？",
        look_for=look_for,
        last_lines=(
            "材料 5 经营场所平面图 复印件 1",
            "材料 6 从业人员健康证明 复印件 2",
            "共 6 份 12 页",
            "收件不等于受理",
            sheet.number,
        ),
        answers=(
            AnswerLine(Answer.USABLE, "1", "看得到，这张能用", "记为已打印，不再出纸"),
            AnswerLine(Answer.REPRINT, "2", "看不到，收回半张，重打", "新的一张同一编号，印“补打 1”"),
            AnswerLine(Answer.PAGE_PRINTER, "3", "先不打，改用 A4 打印机", "A4 打印机出纸，内容相同"),
        ),
    )


def shown(root: QWidget) -> str:
    """Everything on it that can be read at the moment, cut or not, labels first and pills after them."""
    QApplication.processEvents()
    labels = [label for label in root.findChildren(QLabel) if label.isVisible()]
    words = [label.whole_text() if isinstance(label, ElidedLabel) else label.text() for label in labels]
    return "\n".join([*words, *(pill.text() for pill in root.findChildren(Pill) if pill.isVisible())])
