"""The legal facts of an outcome and what its papers say; each element is one the law or the form asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from clerk_app.bootstrap.calendar_files import load
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.calendar import Limit
from clerk_app.domain.cases import CaseState
from clerk_app.domain.catalogue import Matter
from clerk_app.domain.checklist import Verdict, toggle_phrase
from clerk_app.domain.conclusion import Conclusion, Numbers, conclude
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind, ProcedureLaw
from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import Notice, PaperKind
from clerk_app.domain.receipts import bring_list, receipt_for
from clerk_app.ports.clock import BEIJING
from support.matters import food_licence
from support.people import agent, company, resident

HALL = HallProfile("h", "MH", "明河区政务服务中心", "一楼 A 区", "明河区", "0000-1234567")
CLERK = Actor("h", "d", "u", "王晓梅", frozenset({Role.CLERK}), "12")
MONDAY = datetime(2026, 11, 23, 10, 28, tzinfo=BEIJING)
RECEIVED = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)


def intake_of(matter: Matter, **people: object) -> Intake:
    return Intake("c", RECEIVED).with_applicant(resident(entered="typed"), **people).with_matter(matter, RECEIVED)  # type: ignore[arg-type]


def concluded(intake: Intake, kind: OutcomeKind, now: datetime = MONDAY) -> Conclusion:
    numbers = Numbers("MH-12-20261123-0032", dict.fromkeys(PaperKind, "明市监受〔2026〕12-0032 号"))
    return conclude(intake, kind, now=now, actor=CLERK, hall=HALL, calendar=load(), numbers=numbers)


def notice_of(case: Conclusion) -> Notice:
    return notices_for(case)[0]


def text_of(notice: Notice | None) -> str:
    assert notice is not None
    parts = [notice.title, notice.addressee, *(s.text for s in notice.opening)]
    parts += [fact.label + "".join(s.text for s in fact.value) for fact in notice.facts]
    parts += [cell for row in notice.rows for cell in row]
    parts += ["".join(s.text for s in line) for line in notice.closing]
    parts += [notice.handler, notice.query_hint, notice.agency, notice.seal, notice.footer, *notice.signatures]
    return "\n".join(parts)


def with_defects(intake: Intake, *ids: str) -> Intake:
    assert intake.matter is not None
    for material_id in ids:
        phrase = "未标注面积" if material_id == "layout" else "没有提交"
        handed_in = replace(intake.checks[material_id], pieces=1)
        intake = intake.with_check(toggle_phrase(handed_in, phrase))
    return intake.mark_all_as_required()


def test_acceptance_promises_eight_working_days_from_the_day_after() -> None:
    case = concluded(intake_of(food_licence()).mark_all_as_required(), OutcomeKind.ACCEPTED)
    assert case.state is CaseState.ACCEPTED
    assert case.accepted_at == MONDAY
    assert case.promised is not None
    assert case.promised.day == date(2026, 12, 3)
    assert not case.promised.provisional


def test_acceptance_notice_has_every_element() -> None:
    text = text_of(notice_of(concluded(intake_of(food_licence()).mark_all_as_required(), OutcomeKind.ACCEPTED)))
    for element in (
        "受理通知书",
        "张三：",
        "《中华人民共和国行政许可法》第三十二条第一款第五项",
        "2026年11月23日10时24分",
        "受理时间2026年11月23日10时28分",
        "法定 20 个工作日",
        "承诺 8 个工作日，即 2026年12月3日 前作出决定",
        "不收费",
        "1101**********0011",
        "139****2716",
        "王晓梅（12号窗口）",
        "0000-7654321",
        "12345",
        "明河区市场监督管理局",
        "受理专用章",
        "窗口自取",
        "申请人（代理人）签收",
        "MH-12-20261123-0032",
    ):
        assert element in text, element
    assert "110101199003070011" not in text


def test_a_promise_beyond_the_published_calendar_is_marked_on_both_papers() -> None:
    late = datetime(2026, 12, 28, 9, 0, tzinfo=BEIJING)
    papers_then = replace(intake_of(food_licence()), received_at=late).mark_all_as_required()
    case = concluded(papers_then, OutcomeKind.ACCEPTED, late)
    assert case.promised is not None
    assert case.promised.provisional
    assert "暂定" in text_of(notice_of(case))
    receipt = receipt_for(case)
    assert receipt is not None
    assert "暂定" in receipt.explanation


def test_supplement_notice_lists_every_defect_with_standard_copies_and_last_day() -> None:
    intake = with_defects(intake_of(food_licence()), "layout", "form")
    case = concluded(intake, OutcomeKind.SUPPLEMENT_REQUESTED)
    notice = notice_of(case)
    text = text_of(notice)
    assert notice is not None
    assert [row[1] for row in notice.rows] == ["食品经营许可申请书", "平面图和操作流程图"]
    for element in (
        "第三十二条第一款第四项",
        "未标注面积。应达到：标明各功能间名称和面积（原件 1 份）",
        "没有提交",
        "2026年12月23日",
        "免取号",
        "五个工作日内没有送达告知书，视为收件之日已受理",
        "以后不再要求补正",
    ):
        assert element in text, element
    assert case.accepted_at is None
    assert case.promised is None
    receipt = receipt_for(case)
    assert receipt is not None
    assert receipt.statement == "收件不等于受理"
    assert "材料 1、材料 3" in receipt.explanation
    assert [row.form for row in receipt.rows] == ["未交", "复印件", "待补正", "复印件", "复印件"]


def test_not_accepted_names_the_competent_body_and_the_remedies() -> None:
    intake = intake_of(food_licence())
    with pytest.raises(Rejected, match="应当找哪个机关"):
        concluded(intake, OutcomeKind.NOT_ACCEPTED)
    case = concluded(replace(intake, competent_body="市市场监督管理局"), OutcomeKind.NOT_ACCEPTED)
    text = text_of(notice_of(case))
    clause = "第三十二条第一款第二项"
    for element in ("不予受理通知书", clause, "市市场监督管理局", "六十日内依法申请行政复议", "六个月内"):
        assert element in text, element
    assert receipt_for(case) is None


def test_the_situation_gives_body_and_reason() -> None:
    ours = intake_of(food_licence()).answer("q_kind", ("produce",))
    assert "市市场监督管理局" in text_of(notice_of(concluded(ours, OutcomeKind.NOT_ACCEPTED)))
    free = intake_of(food_licence()).answer("q_kind", ("tiny",))
    text = text_of(notice_of(concluded(free, OutcomeKind.NOT_REQUIRED)))
    assert "第三十二条第一款第一项" in text
    assert "不需要取得许可" in text


def test_other_procedure_laws_never_cite_the_licensing_law() -> None:
    own = concluded(intake_of(food_licence(ProcedureLaw.OWN)).mark_all_as_required(), OutcomeKind.ACCEPTED)
    assert "行政许可法" not in text_of(notice_of(own))
    assert "《中华人民共和国食品安全法》第三十五条" in text_of(notice_of(own))
    estate = with_defects(intake_of(food_licence(ProcedureLaw.REAL_ESTATE)), "form")
    text = text_of(notice_of(concluded(estate, OutcomeKind.SUPPLEMENT_REQUESTED)))
    assert "不动产登记暂行条例》第十七条第一款第三项" in text
    assert text.startswith("不予受理（一次性补正）告知书")
    assert "当场书面告知不予受理" in text


def test_tolerance_is_due_before_the_promise_and_stands_on_the_notice() -> None:
    intake = intake_of(food_licence())
    assert intake.matter is not None
    intake = intake.mark(intake.matter.material("health"), Verdict.TOLERATED).mark_all_as_required()
    case = concluded(intake, OutcomeKind.ACCEPTED_WITH_DEFICIENCY)
    assert case.tolerance_due is not None
    assert case.tolerance_due.day == date(2026, 11, 30)
    text = text_of(notice_of(case))
    assert "容缺受理通知书" in text
    assert "2026年11月30日" in text
    assert "逾期未补的终止办理" in text
    short = replace(food_licence(), promised_limit=Limit(2, "工作日", "2 个工作日", "受理之日"))
    quick = intake_of(short)
    quick = quick.mark(short.material("health"), Verdict.TOLERATED).mark_all_as_required()
    assert concluded(quick, OutcomeKind.ACCEPTED_WITH_DEFICIENCY).tolerance_due.day == date(2026, 11, 25)  # type: ignore[union-attr]


def test_a_limit_that_starts_later_promises_no_date() -> None:
    later = replace(food_licence(), promised_limit=Limit(3, "工作日", "3个工作日", "缴税完成之日"))
    case = concluded(intake_of(later).mark_all_as_required(), OutcomeKind.ACCEPTED)
    assert case.promised is None
    assert "自缴税完成之日起算" in text_of(notice_of(case))


def test_papers_of_a_company_with_an_agent() -> None:
    intake = Intake("c", RECEIVED).with_applicant(company(), agent()).with_matter(food_licence(), RECEIVED)
    case = concluded(intake.mark_all_as_required(), OutcomeKind.ACCEPTED)
    text = text_of(notice_of(case))
    assert "你单位" in text
    assert "91350100M000100Y43" in text
    assert "法定代表人周文博" in text
    assert "李晓彤 1101**********0038" in text
    receipt = receipt_for(case)
    assert receipt is not None
    assert (receipt.agent, receipt.agent_number) == ("李晓彤", "1101**********0038")


def test_what_the_law_locks_cannot_be_concluded() -> None:
    with pytest.raises(Locked, match="未查"):
        concluded(intake_of(food_licence()), OutcomeKind.ACCEPTED)
    with pytest.raises(Locked):
        concluded(with_defects(intake_of(food_licence()), "form"), OutcomeKind.ACCEPTED)


def test_only_the_card_that_the_window_reads_is_promised_as_spared() -> None:
    licence = food_licence()
    other = replace(licence.material("layout"), exemption=licence.material("id").exemption)
    with_other = replace(licence, materials=(*licence.materials[:2], other, *licence.materials[3:]))
    items = {item.name: item.exempt for item in bring_list(with_other)}
    assert items["食品经营许可申请书"] == ""
    assert items["申请人身份证"] == "窗口读身份证"
    assert items["平面图和操作流程图"] == ""
    assert "授权委托书" not in items
