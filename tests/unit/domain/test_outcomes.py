"""What the law allows at each state of the checklist, and the sentence that says why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from clerk_app.domain import outcomes
from clerk_app.domain.catalogue import Tolerance
from clerk_app.domain.checklist import (
    NOT_HANDED_IN,
    TOO_FEW,
    Verdict,
    notice_sentence,
    set_verdict,
    toggle_phrase,
)
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind, ProcedureLaw
from clerk_app.ports.clock import BEIJING
from support.matters import food_licence
from support.people import agent, company, resident

NOW = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)


def start(**kwargs: object) -> Intake:
    intake = Intake("case-1", NOW).with_applicant(kwargs.pop("applicant", resident(entered="typed")))  # type: ignore[arg-type]
    return intake.with_matter(food_licence(**kwargs), NOW)  # type: ignore[arg-type]


def allowed(intake: Intake) -> set[OutcomeKind]:
    return {option.kind for option in outcomes.options(intake) if not option.locked}


def row(intake: Intake, material_id: str):
    assert intake.matter is not None
    return intake.matter.material(material_id), intake.checks[material_id]


def with_defect(intake: Intake, material_id: str, phrase: str, on_site: bool = False) -> Intake:
    _, check = row(intake, material_id)
    return intake.with_check(replace(toggle_phrase(check, phrase), on_site=on_site))


FREE = {OutcomeKind.NOT_ACCEPTED, OutcomeKind.NOT_REQUIRED}


def test_nothing_is_open_without_applicant_or_matter() -> None:
    assert allowed(Intake("c", NOW)) == set()
    assert "申请人" in outcomes.lock_reason(Intake("c", NOW), OutcomeKind.ACCEPTED)
    only_person = Intake("c", NOW).with_applicant(resident())
    assert "事项" in outcomes.lock_reason(only_person, OutcomeKind.ACCEPTED)


def test_unchecked_rows_lock_acceptance_and_the_one_time_notice() -> None:
    intake = with_defect(start(), "layout", "未标注面积")
    assert allowed(intake) == FREE
    assert outcomes.lock_reason(intake, OutcomeKind.ACCEPTED).startswith("还有 4 项未查：材料 1")
    assert "只能告知一次" in outcomes.lock_reason(intake, OutcomeKind.SUPPLEMENT_REQUESTED)


def test_all_present_opens_acceptance_and_preselects_it() -> None:
    intake = start().mark_all_as_required()
    assert allowed(intake) == {OutcomeKind.ACCEPTED, *FREE}
    assert outcomes.preselected(intake) is OutcomeKind.ACCEPTED
    assert intake.checks["health"].pieces == 3


def test_one_defect_leaves_only_the_notice_and_names_the_row() -> None:
    intake = with_defect(start(), "layout", "未标注面积").mark_all_as_required()
    assert allowed(intake) == {OutcomeKind.SUPPLEMENT_REQUESTED, *FREE}
    assert outcomes.preselected(intake) is OutcomeKind.SUPPLEMENT_REQUESTED
    assert outcomes.lock_reason(intake, OutcomeKind.ACCEPTED) == "材料 3 有问题"
    assert "不在可容缺清单里" in outcomes.lock_reason(intake, OutcomeKind.ACCEPTED_WITH_DEFICIENCY)


def test_a_defect_corrected_on_the_spot_becomes_received_with_its_trace() -> None:
    intake = with_defect(start(), "layout", "未标注面积", on_site=True).mark_all_as_required()
    assert OutcomeKind.ON_SITE_CORRECTION in allowed(intake)
    corrected = intake.correct_on_site()
    assert corrected.checks["layout"].received
    assert corrected.checks["layout"].corrected
    assert outcomes.preselected(corrected) is OutcomeKind.ACCEPTED


def test_tolerance_only_for_the_listed_material() -> None:
    intake = start()
    assert intake.matter is not None
    tolerated = intake.mark(intake.matter.material("health"), Verdict.TOLERATED).mark_all_as_required()
    assert allowed(tolerated) == {OutcomeKind.ACCEPTED_WITH_DEFICIENCY, *FREE}
    with pytest.raises(Locked, match="不在可容缺清单里"):
        intake.mark(intake.matter.material("layout"), Verdict.TOLERATED)


def test_the_one_notice_lists_what_was_to_be_tolerated_too() -> None:
    intake = with_defect(start(), "layout", "未标注面积").mark_all_as_required()
    assert intake.matter is not None
    tolerated = intake.mark(intake.matter.material("health"), Verdict.TOLERATED)
    reason = outcomes.lock_reason(tolerated, OutcomeKind.SUPPLEMENT_REQUESTED)
    assert reason == "材料 4 容缺；补正要一次告知全部，请改为有问题"
    assert allowed(with_defect(tolerated, "health", NOT_HANDED_IN)) == {OutcomeKind.SUPPLEMENT_REQUESTED, *FREE}


def test_required_material_cannot_be_waved_through_as_not_applicable() -> None:
    intake = start()
    assert intake.matter is not None
    with pytest.raises(Locked, match="必要材料"):
        intake.mark(intake.matter.material("form"), Verdict.NOT_APPLICABLE)
    with pytest.raises(Locked, match="不在免交清单里"):
        intake.mark(intake.matter.material("form"), Verdict.EXEMPT)
    assert intake.mark(intake.matter.material("lease"), Verdict.NOT_APPLICABLE).checks["lease"].decided


def test_commitment_needs_the_catalogue_and_the_applicants_choice() -> None:
    intake = start(commitment=True).answer("q_kind", ("promise",)).mark_all_as_required()
    assert OutcomeKind.ACCEPTED_BY_COMMITMENT in allowed(intake)
    assert OutcomeKind.ACCEPTED not in allowed(intake)
    assert "未列入告知承诺" in outcomes.lock_reason(start().mark_all_as_required(), OutcomeKind.ACCEPTED_BY_COMMITMENT)


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("prepack", OutcomeKind.REDIRECTED),
        ("tiny", OutcomeKind.NOT_REQUIRED),
        ("produce", OutcomeKind.NOT_ACCEPTED),
    ],
)
def test_a_situation_that_ends_the_intake_leaves_only_its_outcome(option: str, kind: OutcomeKind) -> None:
    intake = start().answer("q_kind", (option,))
    assert allowed(intake) == {kind}
    assert outcomes.preselected(intake) is kind


def test_only_a_licence_can_be_a_licence_not_required() -> None:
    names = {o.kind: o.name for o in outcomes.options(start(law=ProcedureLaw.OWN))}
    assert names[OutcomeKind.NOT_REQUIRED] == "不需要办理"
    assert outcomes.outcome_name(start(), OutcomeKind.NOT_REQUIRED) == "不需要许可"


def test_a_card_that_was_read_spares_the_paper_card_and_a_typed_one_does_not() -> None:
    assert start(applicant=resident(entered="card")).checks["id"].verdict is Verdict.EXEMPT
    assert start(applicant=resident(entered="typed")).checks["id"].verdict is Verdict.PENDING


def test_an_agent_answers_the_agency_question_and_brings_the_power_of_attorney() -> None:
    intake = Intake("c", NOW).with_applicant(resident(), agent()).with_matter(food_licence(), NOW)
    assert [m.id for m in intake.materials][-1] == "poa"


def test_answers_keep_what_was_already_checked() -> None:
    intake = start()
    assert intake.matter is not None
    intake = intake.mark_as_required(intake.matter.material("form"))
    changed = intake.answer("q_agent", ("agent",))
    assert changed.checks["form"].received
    assert not changed.checks["poa"].decided


def test_a_matter_for_persons_refuses_a_company() -> None:
    only_persons = replace(food_licence(), audience=("1",))
    with pytest.raises(Rejected, match="只对个人办理"):
        Intake("c", NOW).with_applicant(company()).with_matter(only_persons, NOW)


def test_not_handed_in_stands_alone() -> None:
    intake = start()
    material, check = row(intake, "layout")
    check = toggle_phrase(toggle_phrase(check, "未标注面积"), NOT_HANDED_IN)
    assert check.phrases == (NOT_HANDED_IN,)
    assert check.pieces == 0
    assert toggle_phrase(check, "未标注面积").phrases == ("未标注面积",)
    assert set_verdict(intake.matter, material, check, Verdict.PENDING).phrases == ()


# --- pieces -----------------------------------------------------------------------------------------------------
def test_fewer_pieces_than_asked_are_a_defect_or_owed_never_received() -> None:
    intake = start().mark_all_as_required()
    assert intake.matter is not None
    short = intake.with_pieces(intake.matter.material("lease"), 0)
    assert short.checks["lease"].phrases == (NOT_HANDED_IN,)
    owed = intake.with_pieces(intake.matter.material("health"), 2)
    assert (owed.checks["health"].verdict, owed.checks["health"].pieces) == (Verdict.TOLERATED, 2)
    assert allowed(owed) == {OutcomeKind.ACCEPTED_WITH_DEFICIENCY, *FREE}
    strict = replace(intake, matter=replace(intake.matter, tolerance=Tolerance()))
    lacking = strict.with_pieces(intake.matter.material("health"), 2)
    check = lacking.checks["health"]
    assert (check.verdict, check.phrases) == (Verdict.DEFECTIVE, (TOO_FEW,))
    assert notice_sentence(intake.matter.material("health"), check) == (
        "份数不足（收到 2 份）。应达到：体检日期在一年以内（复印件 3 份）。"
    )
    assert allowed(lacking) == {OutcomeKind.SUPPLEMENT_REQUESTED, *FREE}
    assert lacking.with_pieces(intake.matter.material("health"), 3).checks["health"].received


def test_missing_pieces_do_not_hide_another_defect() -> None:
    intake = with_defect(start(), "health", "已过有效期")
    assert intake.matter is not None
    health = intake.matter.material("health")
    both = intake.with_pieces(health, 1)
    assert both.checks["health"].phrases == ("已过有效期", TOO_FEW)
    full = both.with_pieces(health, 3)
    assert (full.checks["health"].verdict, full.checks["health"].phrases) == (Verdict.DEFECTIVE, ("已过有效期",))


def test_a_verdict_of_receipt_means_all_pieces() -> None:
    intake = start()
    assert intake.matter is not None
    health = intake.matter.material("health")
    assert intake.with_pieces(health, 1).mark(health, Verdict.COPY).checks["health"].pieces == 3


def test_a_copy_does_not_stand_for_the_original_that_is_asked() -> None:
    intake = start()
    assert intake.matter is not None
    with pytest.raises(Locked, match="复印件不能代替"):
        intake.mark(intake.matter.material("form"), Verdict.COPY)
    assert intake.mark(intake.matter.material("lease"), Verdict.ORIGINAL).checks["lease"].received
