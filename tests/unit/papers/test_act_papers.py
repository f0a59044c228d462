"""Which papers an act brings forth, by which law, and what follows from a supplement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clerk_app.domain.act_papers import act_notices, papers_of_step
from clerk_app.domain.acts import Acceptance, ActFacts, CaseAct, Extension, Payment, Pieces, SecondNotice, Suspension
from clerk_app.domain.calendar import Limit
from clerk_app.domain.case_rules import apply
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType, Matter
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.delivery_papers import service_receipt_for_many
from clerk_app.domain.errors import Rejected
from clerk_app.domain.handover import HandoverRow, handed_over_name, handover_sheet
from clerk_app.domain.law import OutcomeKind, ProcedureLaw, SuspensionCause
from clerk_app.domain.papers import Notice, PaperKind
from clerk_app.services.window import records
from support.casefiles import approval
from support.casepapers import (
    BY_AGENT,
    CLERK,
    DOCUMENTS,
    GRANTED,
    HALL,
    NOW,
    OFFICE,
    PIECES,
    REFUSED,
    accepted,
    act,
    all_papers,
    asked,
    at,
    concluded,
    file_of,
    guide,
    intake,
    licence,
    papers_of,
    ready,
)
from support.people import company, resident


def text_of(notice: Notice) -> str:
    parts = [notice.title, notice.addressee, *(span.text for span in notice.opening)]
    parts += [fact.label + "".join(s.text for s in fact.value) for fact in notice.facts]
    parts += [cell for row in notice.rows for cell in row]
    parts += ["".join(s.text for s in line) for line in notice.closing]
    return "\n".join([*parts, notice.handler, notice.agency, notice.footer])


def own_matter(law: ProcedureLaw) -> Matter:
    return licence(procedure_law=law, extension=Limit(5, "工作日", "5个工作日"))


def papers_under(law: ProcedureLaw) -> list[Notice]:
    """All papers of a case whose matter follows that law, act after act, refusal included."""
    c = concluded(intake(own_matter(law)).mark_all_as_required(), OutcomeKind.ACCEPTED)
    file = file_of(c)
    made: list[Notice] = []
    test = Suspension(SuspensionCause.INSPECTION, "检验管理办法第三条", date(2026, 11, 25), "10个工作日")
    more = Extension(3, "情况复杂", "刘卫东", "局长", at(10, 23), at(28, 23))
    for step, facts in (
        (CaseStep.SUSPEND, ActFacts(suspension=test)),
        (CaseStep.EXTEND, ActFacts(extension=more)),
        (CaseStep.REQUEST_PAYMENT, ActFacts(payment=Payment("工本费", "10", "财综〔2012〕97号"))),
        (CaseStep.REFUSE, ActFacts(decision=REFUSED)),
        (CaseStep.WITHDRAW, ActFacts(reason="不办了")),
        (CaseStep.TERMINATE, ActFacts(reason="下落不明", basis="办理规程第九条")),
        (CaseStep.GRANT, ActFacts(decision=GRANTED)),
    ):
        made += papers_of(c, file, step, facts, at(1), OFFICE)[0].values()
    made += papers_of(c, ready(c), CaseStep.DELIVER, ActFacts(delivery=BY_AGENT), at(2))[0].values()
    ready_act = act(c, CaseStep.MAKE_READY, ActFacts(pieces=Pieces(PIECES, "A3 柜")), at(1))
    made += act_notices(c, file, ready_act, DOCUMENTS)
    made.append(guide(own_matter(law)))
    return made


@pytest.mark.parametrize("law", [ProcedureLaw.REAL_ESTATE, ProcedureLaw.OWN])
def test_a_matter_with_a_law_of_its_own_never_cites_the_licensing_law(law: ProcedureLaw) -> None:
    papers = papers_under(law)
    assert len({paper.kind for paper in papers}) == 11
    for paper in papers:
        assert "行政许可法" not in text_of(paper), paper.title
        assert "行政许可决定" not in paper.title


def test_real_estate_cites_its_regulation_in_the_decision() -> None:
    titles = {paper.title: text_of(paper) for paper in papers_under(ProcedureLaw.REAL_ESTATE)}
    assert "《不动产登记暂行条例》第二十一条、《中华人民共和国食品安全法》第三十五条" in titles["准予登记决定书"]
    assert "《不动产登记暂行条例》第二十二条" in titles["不予登记决定书"]


def test_an_extension_by_the_matters_own_rule_does_not_cite_article_42() -> None:
    c = concluded(intake(own_matter(ProcedureLaw.LICENSING)).mark_all_as_required(), OutcomeKind.ACCEPTED)
    more = ActFacts(extension=Extension(3, "情况复杂", "刘卫东", "局长", at(8, 23), at(24, 23)))
    paper = papers_of(c, file_of(c), CaseStep.EXTEND, more, at(1), OFFICE)[0][PaperKind.EXTENSION_NOTICE]
    assert "第四十二条" not in text_of(paper)
    assert "《中华人民共和国食品安全法》第三十五条" in text_of(paper)


def test_a_site_inspection_never_cites_article_45() -> None:
    matter = licence()
    excluded = replace(matter.special_procedures[1], excluded=True)
    c = concluded(intake(replace(matter, special_procedures=(excluded,))).mark_all_as_required(), OutcomeKind.ACCEPTED)
    visit = Suspension(SuspensionCause.SITE_INSPECTION, "本市办事指南", date(2026, 11, 25), "3个工作日")
    step = ActFacts(suspension=visit)
    paper = papers_of(c, file_of(c), CaseStep.SUSPEND, step, at(26, month=11), OFFICE)[0]
    assert "第四十五条" not in text_of(paper[PaperKind.SPECIAL_PROCEDURE_NOTICE])
    assert "本市办事指南" in text_of(paper[PaperKind.SPECIAL_PROCEDURE_NOTICE])


# --- which papers -------------------------------------------------------------------------------------------------
def test_what_only_changes_hands_brings_no_a4_paper() -> None:
    file = file_of(accepted())
    for step in (CaseStep.RECEIVE_PART, CaseStep.RECEIVE_ALL, CaseStep.HAND_OVER, CaseStep.POST_RETURNED):
        assert papers_of_step(step, file) == ()
    for step in (CaseStep.TAKE_UP, CaseStep.RESUME, CaseStep.CERTIFY, CaseStep.SEAL, CaseStep.VOID, CaseStep.ARCHIVE):
        assert papers_of_step(step, file) == ()


def test_nobody_is_told_to_come_for_a_result_that_is_handed_over_in_the_same_visit() -> None:
    promised = file_of(accepted())
    instant = replace(promised, opening=replace(promised.opening, case_type=CaseType.INSTANT))
    assert papers_of_step(CaseStep.MAKE_READY, promised) == (PaperKind.COLLECTION_NOTICE,)
    assert papers_of_step(CaseStep.MAKE_READY, instant) == ()


def test_what_was_posted_has_its_slip_already() -> None:
    posted = replace(ready(accepted()), state=CaseState.POSTED)
    assert papers_of_step(CaseStep.DELIVER, posted) == (PaperKind.SERVICE_RECEIPT,)
    assert papers_of_step(CaseStep.DELIVER, ready(accepted())) == (
        PaperKind.SERVICE_RECEIPT,
        PaperKind.COLLECTION_SLIP,
    )


def test_a_paper_without_a_number_is_an_error_of_the_caller() -> None:
    c = accepted()
    done = act(c, CaseStep.GRANT, ActFacts(decision=GRANTED), at(1), OFFICE)
    with pytest.raises(KeyError):
        act_notices(c, file_of(c), done, {})


# --- after a supplement -------------------------------------------------------------------------------------------
def test_acceptance_after_a_supplement_counts_from_the_day_of_arrival_and_lists_what_came() -> None:
    notice = all_papers()[PaperKind.ACCEPTANCE_NOTICE, "after supplement"]
    text = text_of(notice)
    assert "受理时间2026年12月1日9时15分" in text
    assert "即 2026年12月11日 前作出决定" in text
    assert "法定 20 个工作日（至2026年12月29日）" in text
    rows = {row[1]: row for row in notice.rows}
    assert rows["食品经营许可申请书"][2:] == ("原件", "1", "3", "已收")
    assert notice.issued_on == date(2026, 12, 2)


def test_deemed_acceptance_says_so() -> None:
    c = asked()
    file = replace(file_of(c), state=CaseState.SUPPLEMENT_RECEIVED, missing=())
    facts = ActFacts(acceptance=Acceptance(c.received_at, at(3, 23), at(21, 23)))
    (notice,) = act_notices(c, file, act(c, CaseStep.DEEMED_ACCEPTED, facts, at(1)), DOCUMENTS)
    assert notice.title == "受理通知书（视为受理）"
    assert "第三十二条第一款第四项" in text_of(notice)
    assert "受理时间2026年11月23日10时24分" in text_of(notice)


def test_a_second_notice_lists_all_that_is_missing_and_names_what_is_new() -> None:
    notice = all_papers()[PaperKind.SUPPLEMENT_NOTICE, "again"]
    assert [row[1] for row in notice.rows] == ["食品经营许可申请书", "平面图和操作流程图", "健康证明"]
    assert notice.rows[2][2] == "需要补充提交。应达到：体检日期在一年以内（复印件 3 份）。"
    assert "2026年12月30日" in text_of(notice)


def test_a_second_notice_of_what_was_listed_before_needs_no_word_about_approval() -> None:
    c = asked()
    facts = ActFacts(notice=SecondNotice(("layout",), at(30)), approval=approval())
    made, _ = papers_of(c, file_of(c), CaseStep.SUPPLEMENT_REQUESTED, facts, at(1))
    text = text_of(made[PaperKind.SUPPLEMENT_NOTICE])
    assert "第一次告知没有列出" not in text
    assert "食品经营许可申请书" in text


def test_a_second_notice_says_what_is_wrong_with_what_came() -> None:
    c = asked()
    wrong = MaterialCheck("health", Verdict.DEFECTIVE, pieces=2, phrases=("已过有效期", "份数不足"))
    facts = ActFacts(notice=SecondNotice(("layout", "health"), at(30), (wrong,)), approval=approval())
    made, _ = papers_of(c, file_of(c), CaseStep.SUPPLEMENT_REQUESTED, facts, at(1))
    rows = {row[1]: row[2] for row in made[PaperKind.SUPPLEMENT_NOTICE].rows}
    assert rows["健康证明"].startswith("已过有效期、份数不足（收到 2 份）。应达到：体检日期在一年以内")
    assert "需要补充提交" not in rows["健康证明"]


def test_the_words_of_a_second_notice_are_about_materials_that_it_lists_and_about_defects() -> None:
    c = asked()
    stray = SecondNotice(("layout",), at(30), (MaterialCheck("health", Verdict.DEFECTIVE, phrases=("已过有效期",)),))
    fine = SecondNotice(("layout",), at(30), (MaterialCheck("layout", Verdict.COPY, pieces=1),))
    for notice in (stray, fine):
        with pytest.raises(Rejected) as caught:
            apply(file_of(c), act(c, CaseStep.SUPPLEMENT_REQUESTED, ActFacts(notice=notice), at(1)))
        assert caught.value.field == "notice"


def test_an_act_from_before_there_were_words_still_loads() -> None:
    facts = ActFacts(notice=SecondNotice(("layout",), at(30)))
    body = records.dump(CaseAct, act(asked(), CaseStep.SUPPLEMENT_REQUESTED, facts, at(1)))
    del body["facts"]["notice"]["checks"]
    assert records.load(CaseAct, body).facts.notice == SecondNotice(("layout",), at(30))


def test_what_was_handed_in_goes_back_with_the_return_notice() -> None:
    c = asked()
    made, _ = papers_of(c, file_of(c), CaseStep.NOT_ACCEPTED, ActFacts(reason="逾期没有补正"), at(25))
    assert list(made) == [PaperKind.NON_ACCEPTANCE_NOTICE, PaperKind.RETURN_NOTICE]
    names = [row[1] for row in made[PaperKind.RETURN_NOTICE].rows]
    assert "食品经营许可申请书" not in names
    assert names[:2] == ["申请人身份证", "平面图和操作流程图"]


# --- sheets for many ----------------------------------------------------------------------------------------------
def test_one_service_receipt_for_two_cases_has_the_decision_of_each() -> None:
    notice = all_papers()[PaperKind.SERVICE_RECEIPT, "many"]
    assert [row[3] for row in notice.rows] == ["MH-12-20261123-0032"] * 3 + ["MH-12-20261123-0033"] * 3
    assert [row[1] for row in notice.rows[:3]] == [
        "准予行政许可决定书",
        "食品经营许可证 正本 1",
        "食品经营许可证 副本 1",
    ]
    with pytest.raises(ValueError, match="needs something"):
        service_receipt_for_many((), "x")


def test_a_hand_over_sheet_hides_persons_and_counts_pieces() -> None:
    assert handed_over_name(resident()) == "张*"
    assert handed_over_name(company()) == "明河市禾间餐饮管理有限公司"
    rows = [HandoverRow("MH-12-20261123-0031", "事项", "张*", 3), HandoverRow("MH-12-20261123-0032", "事项", "李*", 2)]
    notice = handover_sheet(rows, hall=HALL, number="交1", actor=CLERK, to="区市场监督管理局", at=NOW)
    assert "合计2 件，材料 5 份" in text_of(notice)
    with pytest.raises(ValueError, match="needs a case"):
        handover_sheet([], hall=HALL, number="交1", actor=CLERK, to="x", at=NOW)
