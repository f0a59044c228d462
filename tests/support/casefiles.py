"""Cases after the counter, for tests: an opening for every start, and acts with facts that the law accepts.

Times are in Beijing; the case is received on Monday, 23 November 2026 at 10:24 and concluded four minutes later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any

from clerk_app.domain.act_checks import suspension_causes
from clerk_app.domain.acts import (
    Acceptance,
    ActFacts,
    ActPaper,
    Approval,
    Arrival,
    CaseAct,
    Channel,
    Decision,
    Delivery,
    DeliveryManner,
    Doer,
    Extension,
    HandOver,
    Payment,
    Pieces,
    Resumption,
    Sealing,
    SecondNotice,
    Suspension,
)
from clerk_app.domain.calendar import BEIJING, Limit
from clerk_app.domain.case_rules import apply
from clerk_app.domain.casefile import CaseFile, CaseOpening, opened
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.law import ProcedureLaw, SuspensionCause
from clerk_app.domain.papers import PaperKind

RECEIVED = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)
CONCLUDED = datetime(2026, 11, 23, 10, 28, tzinfo=BEIJING)

CLERK, OTHER_CLERK, REVIEWER, SEALER, CHIEF = "clerk", "other_clerk", "reviewer", "sealer", "chief"
PEOPLE = MappingProxyType({CLERK: "王晓梅", OTHER_CLERK: "李建国", REVIEWER: "赵敏", SEALER: "孙立", CHIEF: "周文博"})

NAMES = MappingProxyType({"form": "申请书", "layout": "平面图", "health": "健康证明", "lease": "租赁合同"})
LISTED = ("form", "layout")
OWED = ("health",)
COPIES = ("正本 1", "副本 1")

_numbers = count(1)


def opening(state: CaseState = CaseState.ACCEPTED, **changes: Any) -> CaseOpening:
    """A licence as the counter left it in that state: dates, listed and owed materials as the state has them."""
    waits = state is CaseState.SUPPLEMENT_REQUESTED
    accepted = state.value.startswith("accepted") or state is CaseState.DEEMED_ACCEPTED
    values: dict[str, Any] = {
        "case_id": "case-1",
        "case_number": "MH-12-20261123-0032",
        "matter_code": "11230001",
        "matter_name": "食品经营许可（新办）",
        "department": "区市场监督管理局",
        "law": ProcedureLaw.LICENSING,
        "case_type": CaseType.PROMISED,
        "state": state,
        "received_at": RECEIVED,
        "concluded_at": CONCLUDED,
        "received_by": CLERK,
        "accepted_at": CONCLUDED if accepted else None,
        "promised": end_of(2026, 12, 3) if accepted else None,
        "statutory": end_of(2026, 12, 21) if accepted else None,
        "promised_limit": Limit(8, "工作日", "8 个工作日", "受理之日"),
        "statutory_limit": Limit(20, "工作日", "20 个工作日", "受理之日"),
        "extension": Limit(10, "工作日", "10 个工作日"),
        "names": dict(NAMES),
        "listed": LISTED if waits else (),
        "owed": OWED if state is CaseState.ACCEPTED_WITH_DEFICIENCY else (),
        "supplement_due": CONCLUDED + timedelta(days=30) if waits else None,
        "tolerance_due": end_of(2026, 11, 30) if state is CaseState.ACCEPTED_WITH_DEFICIENCY else None,
    }
    return CaseOpening(**{**values, **changes})


def end_of(year: int, month: int, day: int) -> datetime:
    """The last second of a day."""
    return datetime(year, month, day, 23, 59, 59, tzinfo=BEIJING)


def later(**amount: float) -> datetime:
    """So long after the conclusion: ``later(days=3)``."""
    return CONCLUDED + timedelta(**amount)


def came(*materials: str, verdict: Verdict = Verdict.ORIGINAL) -> tuple[MaterialCheck, ...]:
    return tuple(MaterialCheck(one, verdict, pieces=1, pages=2) for one in materials)


def arrival(*materials: str, at: datetime, channel: Channel = Channel.WINDOW) -> ActFacts:
    return ActFacts(arrival=Arrival(channel, at, came(*materials)))


def approval(by: str = CHIEF, reason: str = "首次告知漏列，主管同意再告知一次", at: datetime = CONCLUDED) -> Approval:
    return Approval("approval-1", by, PEOPLE.get(by, by), reason, at)


def decision_paper(kind: PaperKind = PaperKind.GRANT_DECISION, paper_id: str = "decision") -> ActPaper:
    return ActPaper(paper_id, kind, "明市监准〔2026〕12-0001 号", "0" * 64)


def act(step: CaseStep, by: str, at: datetime, facts: ActFacts | None = None, *papers: ActPaper) -> CaseAct:
    """An act of the case that ``opening`` makes."""
    doer = Doer(by, PEOPLE.get(by, by), "12", f"device-{by}")
    return CaseAct(f"act-{next(_numbers)}", "case-1", step, at, doer, facts or ActFacts(), papers)


# --- one lawful act of each step ----------------------------------------------------------------------------------
def _everything_missing(file: CaseFile, at: datetime) -> ActFacts:
    return _came_in(file, at, file.missing)


def _first_missing(file: CaseFile, at: datetime) -> ActFacts:
    return _came_in(file, at, file.missing[:1])


def _came_in(file: CaseFile, at: datetime, materials: tuple[str, ...]) -> ActFacts:
    """At the window, or in odd hours by a post that lay there since yesterday."""
    if at.hour % 2 == 0:
        return arrival(*materials, at=at)
    return arrival(*materials, at=max(file.opening.received_at, at - timedelta(days=1)), channel=Channel.POST)


def _acceptance(file: CaseFile, at: datetime) -> ActFacts:
    day = file.complete_at or file.opening.received_at
    return ActFacts(acceptance=Acceptance(day, day + timedelta(days=10), day + timedelta(days=28)))


def _notice_again(file: CaseFile, at: datetime) -> ActFacts:
    due = max(at, file.supplement_due or at) + timedelta(days=10)
    return ActFacts(notice=SecondNotice(file.opening.listed, due))


def _suspension(file: CaseFile, at: datetime) -> ActFacts:
    causes = suspension_causes(file.opening) or tuple(SuspensionCause)
    return ActFacts(suspension=Suspension(causes[0], "行政许可法第四十五条、第四十六条", at.date(), "10个工作日"))


def _resumption(file: CaseFile, at: datetime) -> ActFacts:
    return ActFacts(
        resumption=Resumption(at.date(), "听证笔录已制作", at + timedelta(days=10), at + timedelta(days=28))
    )


def _extension(file: CaseFile, at: datetime) -> ActFacts:
    end = (file.promised or at) + timedelta(days=7)
    days = min(5, (file.opening.extension and file.opening.extension.value) or 5)
    return ActFacts(extension=Extension(days, "情况复杂", "刘局长", "局长", end, end + timedelta(days=18)))


GRANTED = Decision(
    facts="申请材料齐全，现场符合要求",
    basis="行政许可法第三十八条第一款",
    content="准予食品经营许可",
    valid_from=date(2026, 12, 1),
    valid_to=date(2031, 11, 30),
    certificate_name="食品经营许可证",
    certificate_number="JY22399000000001",
)
REFUSED = Decision(facts="场所不符合要求", basis="行政许可法第三十八条第二款", reason="经营场所与污染源距离不足")
HANDED_OVER = Delivery(DeliveryManner.DIRECT, "张三", "本人", "110101199003070011", pieces=COPIES, place="12号窗口")
POSTED = Delivery(
    DeliveryManner.POST,
    "张三",
    "本人",
    carrier="邮政速递",
    tracking="EX123456789CN",
    address="示例街道1号",
    pieces=COPIES,
)


def _delivery(file: CaseFile, at: datetime) -> ActFacts:
    delivery = POSTED if file.state is CaseState.POSTED else HANDED_OVER
    return ActFacts(delivery=replace(delivery, pieces=file.pieces.names if file.pieces else ()))


def _grant(file: CaseFile, at: datetime) -> ActFacts:
    return ActFacts(decision=GRANTED if at.hour % 2 == 0 else replace(GRANTED, certificate_name=""))


def _sealing(file: CaseFile, at: datetime) -> ActFacts:
    papers = tuple(paper.paper_id for one in file.acts for paper in one.papers if "decision" in paper.kind)
    return ActFacts(sealing=Sealing("用印-1", papers, 2))


def _void(file: CaseFile, at: datetime) -> ActFacts:
    return ActFacts(reason="重复收件", approval=approval(reason="确系重复收件", at=at))


LAWFUL_FACTS: Mapping[CaseStep, Callable[[CaseFile, datetime], ActFacts]] = MappingProxyType(
    {
        CaseStep.RECEIVE_PART: _first_missing,
        CaseStep.RECEIVE_ALL: _everything_missing,
        CaseStep.SUPPLEMENT_REQUESTED: _notice_again,
        CaseStep.ACCEPTED: _acceptance,
        CaseStep.DEEMED_ACCEPTED: _acceptance,
        CaseStep.NOT_ACCEPTED: lambda file, at: ActFacts(reason="逾期未补正"),
        CaseStep.SUSPEND: _suspension,
        CaseStep.RESUME: _resumption,
        CaseStep.EXTEND: _extension,
        CaseStep.REQUEST_PAYMENT: lambda file, at: ActFacts(payment=Payment("证照工本费", "10.00", "省物价局文件")),
        CaseStep.HAND_OVER: lambda file, at: ActFacts(hand_over=HandOver("sheet-1", "区市场监督管理局", 5)),
        CaseStep.GRANT: _grant,
        CaseStep.REFUSE: lambda file, at: ActFacts(decision=REFUSED),
        CaseStep.SEAL: _sealing,
        CaseStep.MAKE_READY: lambda file, at: ActFacts(pieces=Pieces(COPIES, "A3 柜")),
        CaseStep.POST: lambda file, at: ActFacts(delivery=POSTED),
        CaseStep.DELIVER: _delivery,
        CaseStep.WITHDRAW: lambda file, at: ActFacts(reason="不再经营"),
        CaseStep.TERMINATE: lambda file, at: ActFacts(reason="容缺材料逾期未补", basis="容缺受理承诺书"),
        CaseStep.VOID: _void,
    }
)
"""step → facts that the law accepts for the case as it stands, as far as the step is open at all."""

OFFICE = MappingProxyType(
    {
        **dict.fromkeys(
            (CaseStep.TAKE_UP, CaseStep.SUSPEND, CaseStep.RESUME, CaseStep.EXTEND, CaseStep.GRANT, CaseStep.REFUSE),
            REVIEWER,
        ),
        CaseStep.CERTIFY: REVIEWER,
        CaseStep.SEAL: SEALER,
        CaseStep.MAKE_READY: SEALER,
    }
)
"""step → who does it in a hall; what is not named here the clerk does."""


def lawful(file: CaseFile, step: CaseStep, at: datetime, by: str = "") -> CaseAct:
    """A lawful act of that step on the case as it stands."""
    kind = {CaseStep.GRANT: PaperKind.GRANT_DECISION, CaseStep.REFUSE: PaperKind.REFUSAL_DECISION}.get(step)
    papers = (decision_paper(kind), decision_paper(PaperKind.COLLECTION_SLIP, "slip")) if kind else ()
    facts = LAWFUL_FACTS[step](file, at) if step in LAWFUL_FACTS else None
    return act(step, by or OFFICE.get(step, CLERK), at, facts, *papers)


def walked(start: CaseOpening | CaseFile, *steps: CaseStep, hours: int = 1) -> CaseFile:
    """The case after lawful acts of these steps, each ``hours`` after the one before."""
    file = start if isinstance(start, CaseFile) else opened(start)
    for step in steps:
        last = file.acts[-1].at if file.acts else CONCLUDED
        file = apply(file, lawful(file, step, last + timedelta(hours=hours)))
    return file
