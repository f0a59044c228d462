"""What the people of one application are to each other, and whom a matter is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from clerk_app.domain import outcomes
from clerk_app.domain.catalogue import CardHolder, JointParties, Matter
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import Sex, birthday
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind, ProcedureLaw
from clerk_app.domain.parties import (
    agency_fault,
    audience_fault,
    check_day,
    check_distinct,
    double_agency,
    power_of_attorney,
)
from clerk_app.domain.persons import Agent, OtherOrganisation, Party
from clerk_app.ports.clock import BEIJING
from support.matters import food_licence
from support.people import agent, company, resident

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)
SELLER, BUYER = resident(), resident(name="李四", id_number="11010119900307002X", sex=Sex.FEMALE)
OWNER = resident(name="王五", id_number="110101199003070054")
HELPER = agent().person
BOARD = OtherOrganisation("明河小区业主委员会", "备案证明", "明住建备〔2026〕3号", "周文博")


def sale() -> Matter:
    """A sale of real estate: both sides apply."""
    roles = JointParties(("出卖人", "买受人"), "不动产登记暂行条例第十四条")
    return replace(food_licence(ProcedureLaw.REAL_ESTATE), joint=roles)


def applied(matter: Matter | None = None, *parties: Party, on: datetime = NOW, by: Agent | None = None) -> Intake:
    fresh = Intake("c", NOW).with_applicant(SELLER, by).with_matter(matter or food_licence(), on)
    return fresh.with_parties(parties).mark_all_as_required()


# --- powers of attorney -----------------------------------------------------------------------------------------
def test_a_power_of_attorney_as_it_is_typed() -> None:
    found = power_of_attorney(
        HELPER, scope=" 代为申请、领取 ", signed_on="20261101", valid_to="2026年12月31日", today=TODAY
    )
    assert found.warnings == ()
    assert found.agent == Agent(HELPER, "代为申请、领取", valid_to=date(2026, 12, 31), signed_on=date(2026, 11, 1))


@pytest.mark.parametrize("typed", ["20261123", "2026-11-23", "2026/11/23", "2026.11.23", "2026年11月23日"])
def test_days_are_typed_in_many_ways(typed: str) -> None:
    assert check_day(typed, field="x", what="签署日期") == TODAY


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"scope": ""}, "scope", "还没有填授权范围"),
        ({"signed_on": "去年"}, "signed_on", "签署日期要写年月日，如 20261231"),
        ({"valid_to": "20260231"}, "valid_to", "没有“20260231”这一天"),
        ({"signed_on": "20261124"}, "signed_on", "还没有到"),
        ({"signed_on": "20261101", "valid_to": "20261031"}, "valid_to", "比签署日期还早"),
    ],
)
def test_a_power_of_attorney_that_cannot_be(changes: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(Rejected, match=words) as refusal:
        power_of_attorney(HELPER, **{"scope": "代为申请", "today": TODAY, **changes})  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_one_that_ran_out_warns_on_the_page_and_locks_acceptance() -> None:
    found = power_of_attorney(HELPER, scope="代为申请", valid_to="20261122", today=TODAY)
    assert found.warnings == ("李晓彤的授权委托书 2026-11-22 到期，已经过期，请换新的委托书",)
    late = applied(by=found.agent)
    assert outcomes.lock_reason(late, OutcomeKind.ACCEPTED) == found.warnings[0]
    before = datetime(2026, 11, 22, 16, 0, tzinfo=BEIJING)
    assert outcomes.lock_reason(applied(by=found.agent, on=before), OutcomeKind.ACCEPTED) == "", "its last day counts"


def test_one_without_the_power_to_apply_locks_acceptance_and_no_other_outcome() -> None:
    intake = applied(by=Agent(HELPER, "代为领取"))
    assert "没有写代为申请" in outcomes.lock_reason(intake, OutcomeKind.ACCEPTED)
    assert outcomes.lock_reason(intake, OutcomeKind.NOT_REQUIRED) == ""


@pytest.mark.parametrize("scope", ["代为申请、领取", "全权办理本次登记", "代办", "法定代理（监护人）"])
def test_words_that_let_somebody_apply(scope: str) -> None:
    assert agency_fault(Agent(HELPER, scope), TODAY) == ""


def test_a_guardian_may_collect_too() -> None:
    assert Agent(HELPER, "法定代理").may("领取", TODAY)
    assert not Agent(HELPER, "代为申请").may("领取", TODAY)


# --- nobody twice -----------------------------------------------------------------------------------------------
def test_nobody_is_their_own_agent() -> None:
    with pytest.raises(Rejected, match="代理人和申请人都是张三") as refusal:
        Intake("c", NOW).with_applicant(SELLER, Agent(replace(SELLER, entered="typed"), "代为申请"))
    assert refusal.value.field == "agent"


@pytest.mark.parametrize("twin", [SELLER, company(), BOARD])
def test_nobody_applies_twice(twin) -> None:  # type: ignore[no-untyped-def]
    check_distinct(twin, None, [Party("买受人", BUYER)])
    with pytest.raises(Rejected, match="已经在申请人里了") as refusal:
        check_distinct(twin, None, [Party("买受人", BUYER), Party("买受人", replace(twin, phone=""))])
    assert refusal.value.field == "parties"


def test_a_spouse_may_act_for_the_other_owner_of_the_same_side() -> None:
    both = (Party("出卖人", OWNER, Agent(SELLER, "代为申请")), Party("买受人", BUYER))
    assert applied(sale(), *both).double_agency == ()


def test_acting_for_both_sides_is_said_aloud() -> None:
    sides = [Party("出卖人", SELLER, Agent(HELPER, "代为申请")), Party("买受人", BUYER, Agent(HELPER, "代为申请"))]
    (words,) = double_agency(sides)
    assert words.startswith("李晓彤同时代表出卖人和买受人")
    assert "第一百六十八条" in words
    (own,) = double_agency([Party("出卖人", SELLER, Agent(BUYER, "代为申请")), Party("买受人", BUYER)])
    assert own.startswith("李四同时代表买受人和出卖人")


# --- applying together ------------------------------------------------------------------------------------------
def test_acceptance_waits_for_every_role_and_says_how_to_get_there() -> None:
    alone = applied(sale())
    assert alone.missing_roles == ("买受人",)
    assert outcomes.lock_reason(alone, OutcomeKind.ACCEPTED) == "本事项要共同申请，还缺买受人，按 Alt+1 补上"
    assert outcomes.preselected(alone) is None
    both = applied(sale(), Party("出卖人", OWNER), Party("买受人", BUYER))
    assert outcomes.preselected(both) is OutcomeKind.ACCEPTED
    assert [(party.role, party.name) for party in both.people] == [
        ("出卖人", "张三"),
        ("出卖人", "王五"),
        ("买受人", "李四"),
    ]


def test_those_who_came_before_the_matter_was_known_take_the_free_roles() -> None:
    early = Intake("c", NOW).with_people((Party("", SELLER), Party("", BUYER), Party("", OWNER)))
    assert [party.role for party in early.with_matter(sale(), NOW).people] == ["出卖人", "买受人", "买受人"]
    assert [party.role for party in early.with_matter(food_licence(), NOW).people] == ["", "", ""]


def test_cards_of_both_sides_prove_who_they_are_and_one_does_not() -> None:
    ids = tuple(replace(m, card_holder=CardHolder.PARTIES) if m.id == "id" else m for m in food_licence().materials)
    matter = replace(sale(), materials=ids)
    fresh = Intake("c", NOW).with_applicant(SELLER).with_matter(matter, NOW)
    assert not fresh.checks["id"].decided
    both = fresh.with_parties((Party("买受人", BUYER),))
    assert both.checks["id"].verdict is Verdict.EXEMPT
    typed = both.with_parties((Party("买受人", replace(BUYER, entered="typed")),))
    assert not typed.checks["id"].decided, "the proof is gone with the card"


# --- what the people decide in the matter -----------------------------------------------------------------------
def test_an_agent_who_comes_later_brings_the_power_of_attorney_to_the_list() -> None:
    fresh = Intake("c", NOW).with_applicant(SELLER).with_matter(food_licence(), NOW)
    assert "poa" not in [material.id for material in fresh.materials]
    helped = fresh.with_applicant(SELLER, agent())
    assert "poa" in [material.id for material in helped.materials]
    assert "poa" not in [material.id for material in helped.with_applicant(SELLER).materials]


def test_an_agent_of_the_other_side_counts_as_well() -> None:
    intake = applied(sale(), Party("买受人", BUYER, agent()))
    assert "poa" in [material.id for material in intake.materials]


def test_a_birthday_on_the_leap_day() -> None:
    assert birthday(date(1964, 2, 29), 60) == date(2024, 2, 29)
    assert birthday(date(1968, 2, 29), 59) == date(2027, 3, 1)


# --- for whom ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("audience", "applicant", "words"),
    [
        ((), company(), ""),
        (("1",), company(), "只对个人办理"),
        (("1",), BOARD, "只对个人办理"),
        (("2",), SELLER, "只对单位办理"),
        (("2",), company(), ""),
        (("2",), company(credit_code="12230200100000001X"), "服务对象是企业法人，事业法人不能申请"),
        (("2", "3"), company(credit_code="11230200100000001X"), "服务对象是企业法人、事业法人，行政机关不能申请"),
        (("2",), company(credit_code="52230200100000001X"), "社会组织法人不能申请"),
        (("2",), company(credit_code="92230200100000001X"), ""),
        (("2",), BOARD, "其他组织不能申请"),
        (("2", "6"), BOARD, ""),
        (("2", "5"), company(credit_code="12230200100000001X"), ""),
    ],
)
def test_whom_a_matter_is_for(audience: tuple[str, ...], applicant, words: str) -> None:  # type: ignore[no-untyped-def]
    fault = audience_fault("劳务派遣", audience, applicant)
    assert words in fault
    assert bool(words) == bool(fault)


def test_the_kind_of_applicant_cannot_be_changed_behind_the_matters_back() -> None:
    only = replace(food_licence(), audience=("1",))
    intake = Intake("c", NOW).with_applicant(SELLER).with_matter(only, NOW)
    with pytest.raises(Rejected, match="只对个人办理") as refusal:
        intake.with_applicant(company())
    assert refusal.value.field == "matter"
