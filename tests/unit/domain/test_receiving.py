"""Who may take a result along, and what the clerk says to whoever may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clerk_app.domain.intake import Intake
from clerk_app.domain.persons import Agent, OtherOrganisation, Party
from clerk_app.domain.receiving import receiving
from support.matters import food_licence
from support.people import agent, company, resident
from support.window import NOW

TODAY = date(2026, 12, 3)
ZHANG = resident()
LI = agent().person
STRANGER = resident(name="王五", id_number="11010119900307002X")


def intake(applicant: object = ZHANG, by: Agent | None = None, *parties: Party) -> Intake:
    fresh = Intake("c", NOW).with_applicant(applicant, by)  # type: ignore[arg-type]
    return replace(fresh, matter=food_licence(), parties=parties)


def test_the_applicant_in_person() -> None:
    found = receiving(intake(), ZHANG, TODAY)
    assert (found.may, found.relation, found.why, found.checks) == (True, "本人", "", ())


def test_a_changed_name_under_the_same_number_asks_for_a_second_look() -> None:
    found = receiving(intake(), replace(ZHANG, name="张叁"), TODAY)
    assert found.may
    assert "改过名" in found.checks[0]


def test_one_of_several_parties() -> None:
    found = receiving(intake(ZHANG, None, Party("买受人", STRANGER)), STRANGER, TODAY)
    assert (found.may, found.relation) == (True, "本人")


def test_an_agent_whose_paper_says_collect() -> None:
    found = receiving(intake(ZHANG, agent()), LI, TODAY)
    assert (found.may, found.relation) == (True, "代理人")


@pytest.mark.parametrize(
    ("scope", "valid_to", "words"),
    [
        ("代为申请", None, "没有写“领取”"),
        ("代为申请、领取", date(2026, 12, 2), "2026-12-02 到期，已经过期"),
    ],
)
def test_an_agent_who_may_only_apply_or_whose_paper_ran_out(scope: str, valid_to: date | None, words: str) -> None:
    found = receiving(intake(ZHANG, Agent(LI, scope, valid_to)), LI, TODAY)
    assert (found.may, found.relation) == (False, "")
    assert words in found.why


def test_a_guardian_needs_no_paper() -> None:
    found = receiving(intake(ZHANG, Agent(LI, "法定代理：父母")), LI, TODAY)
    assert (found.may, found.relation) == (True, "法定代理人")


def test_a_new_paper_lets_somebody_else_collect_and_is_kept() -> None:
    power = Agent(STRANGER, "代为领取食品经营许可证", date(2026, 12, 31))
    found = receiving(intake(ZHANG, Agent(LI, "代为申请")), STRANGER, TODAY, power)
    assert (found.may, found.relation) == (True, "代理人")
    assert "原件" in found.checks[0]
    assert receiving(intake(ZHANG, Agent(LI, "代为申请")), LI, TODAY, replace(power, person=LI)).may


@pytest.mark.parametrize(
    ("power", "words"),
    [
        (Agent(STRANGER, "代为申请"), "没有写“领取”"),
        (Agent(STRANGER, "领取", date(2026, 12, 1)), "已经过期"),
        (Agent(LI, "领取"), "不是申请人"),
    ],
)
def test_a_paper_that_does_not_help(power: Agent, words: str) -> None:
    found = receiving(intake(), STRANGER, TODAY, power)
    assert not found.may
    assert words in found.why


def test_a_stranger_is_told_what_to_bring() -> None:
    found = receiving(intake(), STRANGER, TODAY)
    assert not found.may
    assert "委托书" in found.why


def test_who_speaks_for_an_organisation_is_compared_with_its_register() -> None:
    zhou = resident(name="周文博", id_number="110101199003070054")
    found = receiving(intake(company()), zhou, TODAY)
    assert (found.may, found.relation) == (True, "法定代表人")
    assert "营业执照" in found.checks[0]
    board = OtherOrganisation("示例小区业主委员会", "备案证明", "备 12", "周文博")
    assert receiving(intake(board), zhou, TODAY).relation == "负责人"
    assert not receiving(intake(company()), STRANGER, TODAY).may
