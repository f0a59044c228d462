"""The shipped sample catalogue: complete, sound, and fit for the notice and the window."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from clerk_app.design.resources import resource
from clerk_app.domain import outcomes
from clerk_app.domain.catalogue import CardHolder, JointParties, Matter, needed_materials
from clerk_app.domain.catalogue_reading import missing_fields, read_matter
from clerk_app.domain.checklist import NOT_HANDED_IN, TOO_FEW, MaterialCheck, notice_sentence, phrases_for
from clerk_app.domain.conclusion import ending_reason
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind, ProcedureLaw
from clerk_app.domain.persons import Agent
from clerk_app.ports.clock import BEIJING
from support.people import agent, resident

FILE: dict[str, Any] = json.loads(resource("catalogue", "sample.json").read_text(encoding="utf-8"))
RECORDS: dict[str, dict[str, Any]] = {record["id"]: record for record in FILE["matters"]}
MATTERS: dict[str, Matter] = {name: read_matter(record) for name, record in RECORDS.items()}


def test_it_holds_what_it_says() -> None:
    assert len(MATTERS) == 18
    assert sum(len(matter.materials) for matter in MATTERS.values()) == 187
    assert sum(len(matter.situations) for matter in MATTERS.values()) == 64
    assert len(FILE["bundles"]) == 3


def test_provenance_survives() -> None:
    assert FILE["_meta"]["certainty"]
    marked = [m["certainty"] for record in RECORDS.values() for m in record["materials"]]
    assert set(marked) == {"source", "general knowledge"}
    cited = {name for record in RECORDS.values() for law in record["legal_basis"] for name in law.get("sources", ())}
    assert cited <= set(FILE["sources"])
    assert [name for name, record in RECORDS.items() if record.get("code_is_sample")] == ["spjyxk_xb", "bdc_zy"]


def test_each_matter_says_which_law_rules() -> None:
    laws = {name: matter.procedure_law for name, matter in MATTERS.items()}
    assert laws["bdc_zy"] is ProcedureLaw.REAL_ESTATE
    for name, matter in MATTERS.items():
        assert (laws[name] is ProcedureLaw.LICENSING) == (matter.type == "01"), name
    assert sum(law is not ProcedureLaw.LICENSING for law in laws.values()) == 8
    assert all("procedure_law" in record for record in RECORDS.values())


def test_only_the_placeholders_are_missing() -> None:
    assert {missing_fields(record) for record in RECORDS.values()} == {("办理地点", "咨询电话")}
    assert all(matter.place == matter.phone == "" for matter in MATTERS.values())


@pytest.mark.parametrize("matter", MATTERS.values(), ids=MATTERS)
def test_every_material_has_phrases_that_read_well_in_the_notice(matter: Matter) -> None:
    for material in matter.materials:
        phrases = material.defect_phrases
        assert 4 <= len(phrases) <= 8, (material.name, phrases)
        assert len(set(phrases)) == len(phrases)
        assert NOT_HANDED_IN not in phrases, "the checklist offers it already"
        assert len(phrases_for(material)) <= 9
        assert all(2 <= len(phrase) <= 20 for phrase in phrases), (material.name, phrases)
        sentence = notice_sentence(material, MaterialCheck(material.id, phrases=phrases[:2]))
        assert sentence.startswith(f"{phrases[0]}、{phrases[1]}。应达到：")
        assert sentence.count("。") == 2 + material.criterion.rstrip("。").count("。")


def test_phrases_are_made_for_their_material() -> None:
    layout = MATTERS["spjyxk_xb"].material("layout")
    assert layout.defect_phrases[:3] == ("未标注操作流向", "未标注面积", "与实际地址不符")
    whole = {material.defect_phrases for matter in MATTERS.values() for material in matter.materials}
    assert len(whole) > 120


@pytest.mark.parametrize("matter", MATTERS.values(), ids=MATTERS)
def test_an_agent_brings_more_than_the_applicant(matter: Matter) -> None:
    agent = next((s for s in matter.situations if s.is_agency), None)
    if agent is None:
        assert matter.id in {"hkqy", "cjrz"}, "the two that must be asked for in person"
        return
    other = next(option for option in agent.options if not option.default)
    alone = {material.id for material in needed_materials(matter, {})}
    helped = {material.id for material in needed_materials(matter, {agent.id: (other.id,)})}
    assert helped > alone


def test_the_cards_read_at_the_window_answer_the_identity_materials() -> None:
    holders = {m.card_holder for matter in MATTERS.values() for m in matter.materials}
    assert holders == {None, *CardHolder}
    assert MATTERS["gtgsh_sl"].material("id").card_holder is CardHolder.APPLICANT
    assert MATTERS["gtgsh_sl"].material("agent_poa_id").card_holder is CardHolder.AGENT


def test_the_four_ways_out_are_there() -> None:
    kinds = {
        option.outcome.kind
        for matter in MATTERS.values()
        for situation in matter.situations
        for option in situation.options
        if option.outcome
    }
    assert kinds == {"redirect", "not_required", "not_our_competence", "not_yet_due"}


def test_a_sale_is_applied_for_by_both_sides() -> None:
    joint = {name: matter.joint for name, matter in MATTERS.items() if matter.joint.roles}
    assert joint == {"bdc_zy": JointParties(("出卖人", "买受人"), "不动产登记暂行条例第十四条")}
    assert MATTERS["bdc_zy"].material("id").card_holder is CardHolder.PARTIES


def test_how_long_a_decision_can_be_put_off_is_the_matters_own() -> None:
    longest = {
        name: (matter.longest_extension.value, matter.longest_extension.unit)
        for name, matter in MATTERS.items()
        if matter.longest_extension is not None
    }
    assert longest.pop("gtgsh_sl") == longest.pop("gs_sl") == (3, "工作日")
    assert longest.pop("spjyxk_xb") == (5, "工作日")
    assert longest.pop("jzz") == (15, "自然日")
    assert longest.pop("dibao") == (15, "工作日")
    assert set(longest.values()) == {(10, "工作日")}, "行政许可法第四十二条第一款"
    assert all(MATTERS[name].procedure_law is ProcedureLaw.LICENSING for name in longest)
    for name, record in RECORDS.items():
        assert MATTERS[name].extension is None or record["extension"]["basis"]


NOW = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("name", "question", "birth", "chosen"),
    [
        ("lnyd", "q_age", date(1966, 11, 23), "yes"),
        ("lnyd", "q_age", date(1966, 11, 24), "no"),
        ("cjrz", "q_minor", date(2008, 11, 24), "minor"),
        ("sbk", "q_photo", date(2019, 11, 24), "child"),
        ("sbk", "q_photo", date(2019, 11, 23), "adult"),
    ],
)
def test_the_age_on_the_card_answers_what_asks_for_it(name: str, question: str, birth: date, chosen: str) -> None:
    intake = Intake("c", NOW).with_applicant(resident(birth=birth)).with_matter(MATTERS[name], NOW)
    assert intake.answers[question] == (chosen,)


def test_too_early_is_found_before_any_material_and_says_from_when() -> None:
    young = Intake("c", NOW).with_applicant(resident(birth=date(1967, 3, 7))).with_matter(MATTERS["lnyd"], NOW)
    assert young.ending is not None
    assert young.ending.kind == "not_yet_due"
    assert young.earliest == date(2027, 3, 7)
    assert ending_reason(young) == "年满60周岁才能申领老年人优待证，2027年3月7日起可以申请"
    assert outcomes.preselected(young) is OutcomeKind.NOT_REQUIRED
    assert outcomes.outcome_name(young, OutcomeKind.NOT_REQUIRED) == "还不到办理的时候"
    assert young.answer("q_age", ("yes",)).earliest is None


def test_a_guardian_brings_other_papers_than_an_agent() -> None:
    fresh = Intake("c", NOW).with_applicant(resident(), Agent(agent().person, "法定代理"))
    assert fresh.with_matter(MATTERS["sbk"], NOW).answers["q_agent"] == ("guardian",)
    helped = fresh.with_applicant(resident(), agent())
    assert helped.with_matter(MATTERS["sbk"], NOW).answers["q_agent"] == ("agent",)
    assert helped.with_matter(MATTERS["bdc_zy"], NOW).answers["q_agent"] == ("agent",)


@pytest.mark.parametrize("matter", MATTERS.values(), ids=MATTERS)
def test_no_phrase_is_lost_where_pieces_can_be_missing(matter: Matter) -> None:
    for material in matter.materials:
        offered = phrases_for(material)
        assert set(material.defect_phrases) <= set(offered), material.name
        assert (TOO_FEW in offered) == (material.form.needed > 1)
