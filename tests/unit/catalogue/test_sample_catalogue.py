"""The shipped sample catalogue: complete, sound, and fit for the notice and the window."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clerk_app.design.resources import resource
from clerk_app.domain.catalogue import CardHolder, Matter, needed_materials
from clerk_app.domain.catalogue_reading import missing_fields, read_matter
from clerk_app.domain.checklist import NOT_HANDED_IN, MaterialCheck, notice_sentence, phrases_for
from clerk_app.domain.law import ProcedureLaw

FILE: dict[str, Any] = json.loads(resource("catalogue", "sample.json").read_text(encoding="utf-8"))
RECORDS: dict[str, dict[str, Any]] = {record["id"]: record for record in FILE["matters"]}
MATTERS: dict[str, Matter] = {name: read_matter(record) for name, record in RECORDS.items()}


def test_it_holds_what_it_says() -> None:
    assert len(MATTERS) == 18
    assert sum(len(matter.materials) for matter in MATTERS.values()) == 187
    assert sum(len(matter.situations) for matter in MATTERS.values()) == 62
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
    assert holders == {None, CardHolder.APPLICANT, CardHolder.AGENT}
    assert MATTERS["gtgsh_sl"].material("id").card_holder is CardHolder.APPLICANT
    assert MATTERS["gtgsh_sl"].material("agent_poa_id").card_holder is CardHolder.AGENT


def test_the_three_ways_out_are_there() -> None:
    kinds = {
        option.outcome.kind
        for matter in MATTERS.values()
        for situation in matter.situations
        for option in situation.options
        if option.outcome
    }
    assert kinds == {"redirect", "not_required", "not_our_competence"}
