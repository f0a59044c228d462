"""Every paper for a realistic case, by kind and by the situation that it shows. People and numbers are of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from clerk_app.bootstrap.calendar_files import load
from clerk_app.domain import case_rules, casefile
from clerk_app.domain.act_papers import act_notices
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.acts import (
    Acceptance,
    ActFacts,
    ActPaper,
    Arrival,
    CaseAct,
    Channel,
    Decision,
    Delivery,
    DeliveryManner,
    Doer,
    Extension,
    IdentityCheck,
    Payment,
    Pieces,
    Sealing,
    SecondNotice,
    Suspension,
)
from clerk_app.domain.calendar import BEIJING, Limit
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.catalogue import JointParties, Matter, SpecialProcedure
from clerk_app.domain.checklist import MaterialCheck, Verdict, toggle_phrase
from clerk_app.domain.conclusion import Conclusion, Numbers, Outage, case_opening, conclude
from clerk_app.domain.delivery_papers import service_receipt_for_many
from clerk_app.domain.guidance import guidance_notice
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.handover import HandoverRow, handover_sheet
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind, ProcedureLaw, SuspensionCause
from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import DOCUMENT_WORDS, Notice, PaperKind
from clerk_app.domain.persons import Applicant, Contact, Party
from support.casefiles import approval
from support.matters import food_licence
from support.people import agent, company, resident

HALL = HallProfile("h", "MH", "明河区政务服务中心", "一楼 A 区", "明河区", "0000-1234567")
CLERK = Actor("h", "d", "clerk", "王晓梅", frozenset({Role.CLERK}), "12")
RECEIVED = datetime(2026, 11, 23, 10, 24, 31, tzinfo=BEIJING)
NOW = datetime(2026, 11, 23, 10, 28, 5, tzinfo=BEIJING)
NUMBER = "MH-12-20261123-0032"

OFFICE = Doer("reviewer", "赵敏", "", "device-2")
WINDOW = Doer("clerk", "王晓梅", "12", "device-1")


def document(kind: PaperKind) -> str:
    return f"明市监{DOCUMENT_WORDS[kind]}〔2026〕12-0032 号"


DOCUMENTS = {kind: document(kind) for kind in DOCUMENT_WORDS}


def licence(**changes: object) -> Matter:
    """The food licence with everything that a guide can say."""
    full = replace(
        food_licence(commitment=True),
        special_procedures=(
            SpecialProcedure("检验", SuspensionCause.INSPECTION, True, Limit(10, "工作日", "10个工作日"), "食品安全法"),
            SpecialProcedure("现场核查", SuspensionCause.SITE_INSPECTION, False, Limit(5, "工作日", "5个工作日")),
        ),
        conditions=("有固定的经营场所。", "有专职或者兼职的食品安全管理人员。"),
        result_name="食品经营许可证",
        result_validity="5年",
        place="明河区政务服务中心一楼 A 区综合窗口",
        quantity_text="无数量限制",
    )
    full = replace(full, tolerance=replace(full.tolerance, credit_gate=True, rule="不超过承诺期限"))
    return replace(full, **changes)  # type: ignore[arg-type]


def intake(
    matter: Matter | None = None, applicant: Applicant | None = None, *, with_agent: bool = True, case: str = "case-1"
) -> Intake:
    """A company with an agent and a contact applies for the licence; the identity cards were read."""
    chosen = matter or licence()
    people = Intake(case, RECEIVED).with_applicant(applicant or company(), agent() if with_agent else None)
    return people.with_contacts((Contact("赵会计", "13900002717", "会计"),)).with_matter(chosen, RECEIVED)


def concluded(
    taken: Intake, kind: OutcomeKind, *, now: datetime = NOW, number: str = NUMBER, outage: Outage | None = None
) -> Conclusion:
    return conclude(
        taken,
        kind,
        now=now,
        actor=CLERK,
        hall=HALL,
        calendar=load(),
        numbers=Numbers(number, DOCUMENTS),
        outage=outage,
    )


@cache
def accepted(number: str = NUMBER) -> Conclusion:
    return concluded(intake().mark_all_as_required(), OutcomeKind.ACCEPTED, number=number)


def defective(taken: Intake) -> Intake:
    """Form not handed in, drawing without areas."""
    for material, phrase in (("form", "没有提交"), ("layout", "未标注面积")):
        row = replace(taken.checks[material], pieces=0 if material == "form" else 1)
        taken = taken.with_check(toggle_phrase(row, phrase))
    return taken.mark_all_as_required()


@cache
def asked() -> Conclusion:
    return concluded(defective(intake()), OutcomeKind.SUPPLEMENT_REQUESTED)


@cache
def tolerated() -> Conclusion:
    taken = intake()
    assert taken.matter is not None
    taken = taken.mark(taken.matter.material("health"), Verdict.TOLERATED).mark_all_as_required()
    return concluded(taken, OutcomeKind.ACCEPTED_WITH_DEFICIENCY)


# --- after the counter --------------------------------------------------------------------------------------------
def file_of(c: Conclusion) -> CaseFile:
    return casefile.opened(case_opening(c))


def act(c: Conclusion, step: CaseStep, facts: ActFacts, at: datetime, by: Doer = WINDOW) -> CaseAct:
    return CaseAct(f"act-{step.value}", c.intake.case_id, step, at, by, facts)


def papers_of(c: Conclusion, file: CaseFile, step: CaseStep, facts: ActFacts, at: datetime, by: Doer = WINDOW):  # type: ignore[no-untyped-def]
    """The act's papers by kind, and the case after it; the act is one that the law accepts."""
    done = act(c, step, facts, at, by)
    made = act_notices(c, file, done, DOCUMENTS)
    sheets = tuple(ActPaper(f"p-{one.kind.value}", one.kind, one.document_number, "0" * 64) for one in made)
    return {one.kind: one for one in made}, case_rules.apply(file, replace(done, papers=sheets))


def at(day: int, hour: int = 9, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, 15, tzinfo=BEIJING)


GRANTED = Decision(
    facts="申请人有固定的经营场所，设备布局和操作流程符合要求",
    basis="《中华人民共和国食品安全法》第三十五条",
    content="准予从事餐饮服务（热食类食品制售）",
    valid_from=date(2026, 12, 1),
    valid_to=date(2031, 11, 30),
    certificate_name="食品经营许可证",
    certificate_number="JY22399000000001",
)
REFUSED = Decision(
    facts="经营场所距污染源不足二十五米",
    basis="《中华人民共和国食品安全法》第三十三条",
    reason="经营场所与有毒、有害场所的距离不符合规定",
)
PIECES = ("正本 1", "副本 1")
BY_AGENT = Delivery(
    DeliveryManner.DIRECT,
    "李晓彤",
    "代理人",
    "110101199003070038",
    IdentityCheck.CARD,
    PIECES,
    "12号窗口",
    servers=("王晓梅", "孙立"),
    took_back=("受理通知书",),
)
LEFT = replace(
    BY_AGENT,
    manner=DeliveryManner.LEFT,
    refusal="收件人拒绝签字，文书留置在住所",
    witness="社区干部 陈国强",
)
MAILED = Delivery(
    DeliveryManner.POST,
    "张会计",
    "单位收件",
    carrier="邮政速递",
    tracking="EX123456789CN",
    address="明河市明河区示例街道12号一层",
    pieces=PIECES,
)


def ready(c: Conclusion) -> CaseFile:
    """Granted, sealed and registered as ready."""
    file = file_of(c)
    _, file = papers_of(c, file, CaseStep.GRANT, ActFacts(decision=GRANTED), at(1), OFFICE)
    sealing = ActFacts(sealing=Sealing("印-1", ("p-grant_decision",), 2))
    _, file = papers_of(c, file, CaseStep.SEAL, sealing, at(1, 10), Doer("sealer", "孙立"))
    _, file = papers_of(c, file, CaseStep.MAKE_READY, ActFacts(pieces=Pieces(PIECES, "A3 柜")), at(1, 11))
    return file


def _usual() -> dict[PaperKind, Notice]:
    made: dict[PaperKind, Notice] = {}
    c = accepted()
    made |= {one.kind: one for one in notices_for(c)}
    made |= {one.kind: one for one in notices_for(tolerated())}
    made |= {one.kind: one for one in notices_for(asked())}
    promised = concluded(
        intake().answer("q_kind", ("catering", "promise")).mark_all_as_required(), OutcomeKind.ACCEPTED_BY_COMMITMENT
    )
    made[PaperKind.COMMITMENT_LETTER] = notices_for(promised)[1]
    foreign = concluded(intake().answer("q_kind", ("produce",)), OutcomeKind.NOT_ACCEPTED)
    made |= {one.kind: one for one in notices_for(foreign)}

    file = file_of(c)
    hearing = Suspension(SuspensionCause.HEARING, "食品安全法实施条例", date(2026, 11, 25), "10个工作日")
    made |= papers_of(c, file, CaseStep.SUSPEND, ActFacts(suspension=hearing), at(25, month=11), OFFICE)[0]
    more = Extension(5, "需要向外地核实原料来源", "刘卫东", "局长", at(10, 23), at(28, 23))
    made |= papers_of(c, file, CaseStep.EXTEND, ActFacts(extension=more), at(1), OFFICE)[0]
    fee = Payment("检验费", "120.00", "发改价格〔2003〕82号", "一楼 B 区 3 号收费窗口")
    made |= papers_of(c, file, CaseStep.REQUEST_PAYMENT, ActFacts(payment=fee), at(1))[0]
    made |= papers_of(c, file, CaseStep.GRANT, ActFacts(decision=GRANTED), at(1), OFFICE)[0]
    made |= papers_of(c, file, CaseStep.REFUSE, ActFacts(decision=REFUSED), at(1), OFFICE)[0]
    made |= papers_of(c, file, CaseStep.WITHDRAW, ActFacts(reason="改在外地经营"), at(1))[0]
    end = ActFacts(reason="逾期没有配合现场核查", basis="食品经营许可和备案管理办法第二十条")
    made |= papers_of(c, file, CaseStep.TERMINATE, end, at(1))[0]
    _, granted = papers_of(c, file, CaseStep.GRANT, ActFacts(decision=GRANTED), at(1), OFFICE)
    sealing = ActFacts(sealing=Sealing("印-1", ("p-grant_decision",), 2))
    _, sealed = papers_of(c, granted, CaseStep.SEAL, sealing, at(1, 10), Doer("sealer", "孙立"))
    made |= papers_of(c, sealed, CaseStep.MAKE_READY, ActFacts(pieces=Pieces(PIECES, "A3 柜")), at(1, 11))[0]
    made |= papers_of(c, ready(c), CaseStep.DELIVER, ActFacts(delivery=BY_AGENT), at(2))[0]
    late = papers_of(
        asked(), file_of(asked()), CaseStep.NOT_ACCEPTED, ActFacts(reason="逾期三十日没有补正"), at(25, month=12)
    )[0]
    made[PaperKind.RETURN_NOTICE] = late[PaperKind.RETURN_NOTICE]
    made[PaperKind.HANDOVER_SHEET] = sheet()
    made[PaperKind.GUIDANCE_NOTICE] = guide()
    return made


def sheet(cases: int = 3) -> Notice:
    rows = [
        HandoverRow(f"MH-12-20261123-{n:04d}", "食品经营许可（新办）", "明河市禾间餐饮管理有限公司", 5, 12)
        for n in range(31, 31 + cases)
    ]
    return handover_sheet(
        rows, hall=HALL, number=document(PaperKind.HANDOVER_SHEET), actor=CLERK, to="明河区市场监督管理局", at=NOW
    )


def guide(matter: Matter | None = None, answers: Mapping[str, tuple[str, ...]] | None = None) -> Notice:
    return guidance_notice(
        matter or licence(quantity_limited=True, quantity_text="按零售点合理布局控制数量"),
        answers if answers is not None else {"q_agent": ("agent",), "q_kind": ("catering",)},
        hall=HALL,
        actor=CLERK,
        number=document(PaperKind.GUIDANCE_NOTICE),
        at=NOW,
    )


def _accepted_as(taken: Intake, outcome: OutcomeKind, outage: Outage | None = None) -> Notice:
    """The notice of an acceptance, for which the health certificates are still to come where deficiency is allowed."""
    assert taken.matter is not None
    if outcome is OutcomeKind.ACCEPTED_WITH_DEFICIENCY:
        taken = taken.mark(taken.matter.material("health"), Verdict.TOLERATED)
    return notices_for(concluded(taken.mark_all_as_required(), outcome, outage=outage))[0]


def _typed(outcome: OutcomeKind) -> Notice:
    """A person whose card was forgotten, a quantity-limited matter, an acceptance while the server was away."""
    person = resident(entered="typed", without_card="忘带")
    taken = intake(licence(quantity_limited=True), person, with_agent=False)
    outage = Outage(datetime(2026, 11, 23, 9, 58, tzinfo=BEIJING), "网络中断")
    return _accepted_as(taken, outcome, outage)


def _joint(outcome: OutcomeKind) -> Notice:
    """Seller and buyer apply together."""
    sale = licence(
        name="不动产转移登记",
        procedure_law=ProcedureLaw.REAL_ESTATE,
        joint=JointParties(("出卖人", "买受人"), "不动产登记暂行条例第十四条"),
        special_procedures=(),
    )
    taken = Intake("case-1", RECEIVED).with_applicant(resident())
    taken = taken.with_parties((Party("买受人", resident(name="李四", id_number="110101199003070038")),))
    taken = replace(taken.with_matter(sale, RECEIVED), delivery="post")
    return _accepted_as(taken, outcome)


def _again() -> Notice:
    """A second supplement notice that lists what the first had forgotten."""
    c = asked()
    facts = ActFacts(notice=SecondNotice(("form", "layout", "health"), at(30)), approval=approval())
    return papers_of(c, file_of(c), CaseStep.SUPPLEMENT_REQUESTED, facts, at(1))[0][PaperKind.SUPPLEMENT_NOTICE]


def _after_supplement() -> Notice:
    """Accepted on the day on which everything had arrived by post."""
    c = asked()
    came = at(1)
    checks = tuple(MaterialCheck(one, Verdict.ORIGINAL, pieces=1, pages=3) for one in ("form", "layout"))
    file = file_of(c)
    arrival = ActFacts(arrival=Arrival(Channel.POST, came, checks, "EX1CN"))
    _, file = papers_of(c, file, CaseStep.RECEIVE_ALL, arrival, came + timedelta(hours=1))
    facts = ActFacts(acceptance=Acceptance(came, at(11, 23), at(29, 23)))
    return papers_of(c, file, CaseStep.ACCEPTED, facts, at(2))[0][PaperKind.ACCEPTANCE_NOTICE]


def _late() -> Notice:
    c = asked()
    facts = ActFacts(reason="逾期三十日没有补正")
    return papers_of(c, file_of(c), CaseStep.NOT_ACCEPTED, facts, at(25))[0][PaperKind.NON_ACCEPTANCE_NOTICE]


def _delivered(delivery: Delivery) -> dict[PaperKind, Notice]:
    c = accepted()
    return papers_of(c, ready(c), CaseStep.DELIVER, ActFacts(delivery=delivery), at(2))[0]  # type: ignore[no-any-return]


def _mailed() -> Notice:
    c = accepted()
    made, _ = papers_of(c, ready(c), CaseStep.POST, ActFacts(delivery=MAILED), at(2))
    return made[PaperKind.COLLECTION_SLIP]  # type: ignore[no-any-return]


def _many() -> Notice:
    cases = [accepted(), accepted("MH-12-20261123-0033")]
    taken = [(c, ready(c), act(c, CaseStep.DELIVER, ActFacts(delivery=BY_AGENT), at(2))) for c in cases]
    return service_receipt_for_many(taken, document(PaperKind.SERVICE_RECEIPT))


@cache
def all_papers() -> dict[tuple[PaperKind, str], Notice]:
    """(kind, situation) → paper; every A4 kind has 「usual」."""
    papers = {(kind, "usual"): notice for kind, notice in _usual().items()}
    papers |= {
        (PaperKind.ACCEPTANCE_NOTICE, "typed"): _typed(OutcomeKind.ACCEPTED),
        (PaperKind.ACCEPTANCE_NOTICE, "joint"): _joint(OutcomeKind.ACCEPTED),
        (PaperKind.DEFICIENCY_NOTICE, "typed"): _typed(OutcomeKind.ACCEPTED_WITH_DEFICIENCY),
        (PaperKind.DEFICIENCY_NOTICE, "joint"): _joint(OutcomeKind.ACCEPTED_WITH_DEFICIENCY),
        (PaperKind.ACCEPTANCE_NOTICE, "after supplement"): _after_supplement(),
        (PaperKind.SUPPLEMENT_NOTICE, "again"): _again(),
        (PaperKind.NON_ACCEPTANCE_NOTICE, "late"): _late(),
        (PaperKind.SERVICE_RECEIPT, "left"): _delivered(LEFT)[PaperKind.SERVICE_RECEIPT],
        (PaperKind.SERVICE_RECEIPT, "many"): _many(),
        (PaperKind.COLLECTION_SLIP, "mailed"): _mailed(),
        (PaperKind.GUIDANCE_NOTICE, "ending"): guide(None, {"q_kind": ("produce",)}),
    }
    return papers
