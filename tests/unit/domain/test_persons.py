"""People as cards and clerks give them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import IdType, Sex
from clerk_app.domain.persons import (
    NO_END,
    Agent,
    CheckedPerson,
    LegalEntity,
    NaturalPerson,
    OtherOrganisation,
    check_name,
    contact,
    from_card,
    from_typing,
    legal_entity,
    other_organisation,
)

TODAY = date(2026, 11, 23)
RARE = "王\U00020bb7\ue863"


def card(**changes: Any) -> CheckedPerson:
    values: dict[str, Any] = {
        "id_type": IdType.RESIDENT,
        "name": "张三",
        "id_number": "110101199003070011",
        "sex_code": "1",
        "birth": date(1990, 3, 7),
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
        "today": TODAY,
        "ethnic": "01",
        "address": "北京市东城区示例街道1号",
    }
    return from_card(**{**values, **changes})


def typed(**changes: Any) -> CheckedPerson:
    values: dict[str, Any] = {
        "name": "张三",
        "id_type": IdType.RESIDENT,
        "id_number": "110101 19900307 0011",
        "today": TODAY,
    }
    return from_typing(**{**values, **changes})


def test_the_person_on_a_card() -> None:
    assert card() == CheckedPerson(
        NaturalPerson(
            name="张三",
            id_type=IdType.RESIDENT,
            id_number="110101199003070011",
            sex=Sex.MALE,
            ethnic="01",
            birth=date(1990, 3, 7),
            address="北京市东城区示例街道1号",
            entered="card",
            card_valid_to=NO_END,
        )
    )


def test_a_rare_name_is_kept_character_by_character() -> None:
    assert card(name=RARE).person.name == RARE
    assert typed(name=RARE).person.name == RARE


def test_a_foreigner_without_a_chinese_name_has_one_to_show() -> None:
    found = card(
        id_type=IdType.FOREIGN_PERMANENT,
        id_number="911398199012310021",
        birth=date(1990, 12, 31),
        name="",
        english_name="ALIYEV, TIMUR",
    )
    assert found.warnings == ()
    assert (found.person.name, found.person.display_name) == ("", "ALIYEV, TIMUR")


def test_a_card_without_any_name_has_to_be_read_again() -> None:
    with pytest.raises(Rejected) as refusal:
        card(name=" ", english_name="")
    assert refusal.value.field == "name"


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({"valid_to": date(2026, 11, 23)}, ()),
        ({"valid_to": date(2026, 11, 22)}, ("证件 2026-11-22 到期，已经过期，请换有效证件或先办补换领",)),
        ({"valid_from": date(2026, 11, 24)}, ("证件 2026-11-24 起才有效，请看一眼证件和电脑的日期",)),
        ({"birth": date(1990, 3, 8)}, ("卡里的出生日期和号码里的不一样，请再看一遍证件",)),
        ({"sex_code": "2"}, ("卡里的性别和号码里的不一样，请再看一遍证件",)),
        (
            {"id_number": "110101199003070012"},
            ("卡里的号码有疑问：身份证号第 18 位对不上，请再看一遍证件（应为 1）",),
        ),
    ],
)
def test_doubts_about_a_card_are_warnings(changes: dict[str, Any], warnings: tuple[str, ...]) -> None:
    found = card(**changes)
    assert found.warnings == warnings
    assert found.person.name == "张三"


def test_a_number_that_fails_the_rules_is_kept_as_the_card_has_it() -> None:
    assert card(id_number="110101199003070012").person.id_number == "110101199003070012"


def test_a_sex_outside_the_standard_is_unknown() -> None:
    assert card(sex_code="7").person.sex is Sex.UNKNOWN


def test_a_typed_person_gets_birth_and_sex_from_the_number() -> None:
    person = typed(phone="139 0000 2716", ethnic="满族").person
    assert (person.id_number, person.birth, person.sex) == ("110101199003070011", date(1990, 3, 7), Sex.MALE)
    assert (person.phone, person.ethnic, person.entered, person.card_valid_to) == ("13900002716", "11", "typed", None)


def test_what_the_number_does_not_tell_is_typed() -> None:
    person = typed(id_type=IdType.PASSPORT, id_number="e12345678", birth=date(1988, 5, 6), sex=Sex.FEMALE).person
    assert (person.id_number, person.birth, person.sex) == ("E12345678", date(1988, 5, 6), Sex.FEMALE)


def test_warnings_of_number_and_phone_come_along() -> None:
    assert len(typed(id_number="110101900307001", phone="0454-1234567").warnings) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "张*"}, "name"),
        ({"id_number": "110101199003070012"}, "id_number"),
        ({"phone": "139"}, "phone"),
        ({"ethnic": "火星"}, "ethnic"),
    ],
)
def test_the_refusal_names_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as refusal:
        typed(**changes)
    assert refusal.value.field == field


def test_a_legal_entity() -> None:
    found = legal_entity(
        name="明河市禾间餐饮管理有限公司",
        credit_code="91350100m000100y43",
        legal_representative="周文博",
        address=" 明河市明河区示例街道12号一层 ",
        phone="13900002716",
    )
    assert found.warnings == ()
    assert found.entity == LegalEntity(
        "明河市禾间餐饮管理有限公司", "91350100M000100Y43", "周文博", "明河市明河区示例街道12号一层", "13900002716"
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "entity_name"),
        ({"credit_code": "9135"}, "credit_code"),
        ({"legal_representative": "周*"}, "legal_representative"),
        ({"phone": "1"}, "phone"),
    ],
)
def test_the_refusal_of_an_entity_names_the_field(changes: dict[str, str], field: str) -> None:
    values = {"name": "明河市禾间餐饮管理有限公司", "credit_code": "91350100M000100Y43", **changes}
    with pytest.raises(Rejected) as refusal:
        legal_entity(**values)
    assert refusal.value.field == field


def test_a_legacy_credit_code_warns() -> None:
    found = legal_entity(name="明河市旧代码厂", credit_code="91350100M000100Y44")
    assert found.entity.credit_code == "91350100M000100Y44"
    assert len(found.warnings) == 1


def organisation(**changes: str):  # type: ignore[no-untyped-def]
    values = {
        "name": "明河小区业主委员会",
        "certificate": "备案证明",
        "certificate_number": "明住建备〔2026〕3号",
        "responsible": "周文博",
    }
    return other_organisation(**{**values, **changes})


def test_an_organisation_without_a_credit_code() -> None:
    found = organisation(phone="0454-1234567", address=" 示例街道 ")
    assert found.organisation == OtherOrganisation(
        "明河小区业主委员会", "备案证明", "明住建备〔2026〕3号", "周文博", "示例街道", "0454-1234567"
    )
    assert found.warnings == ("这是固定电话，收不到短信",)
    assert "3号" not in repr(found)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "organisation_name"),
        ({"certificate": ""}, "certificate"),
        ({"certificate_number": ""}, "certificate_number"),
        ({"certificate_number": "——"}, "certificate_number"),
        ({"responsible": ""}, "responsible"),
        ({"phone": "139"}, "phone"),
    ],
)
def test_the_refusal_of_an_organisation_names_the_field(changes: dict[str, str], field: str) -> None:
    with pytest.raises(Rejected) as refusal:
        organisation(**changes)
    assert refusal.value.field == field


def test_a_contact_has_a_name_and_a_telephone() -> None:
    found = contact(name="李晓彤", phone="139 0000 2716", relation="女儿")
    assert (found.contact.name, found.contact.phone, found.contact.relation) == ("李晓彤", "13900002716", "女儿")
    for values, field in (({"name": "", "phone": "13900002716"}, "name"), ({"name": "李晓彤", "phone": ""}, "phone")):
        with pytest.raises(Rejected) as refusal:
            contact(**values)
        assert refusal.value.field == field


def test_why_no_card_was_read_is_kept() -> None:
    assert typed(without_card=" 忘带 ").person.without_card == "忘带"
    assert card().person.without_card == ""


def test_an_agent_may_do_what_the_paper_says_while_it_is_valid() -> None:
    agent = Agent(card().person, "代为申请、领取", valid_to=date(2026, 11, 23))
    assert agent.name == "张三"
    assert agent.may("领取", TODAY)
    assert not agent.may("变更", TODAY)
    assert not agent.may("领取", date(2026, 11, 24))
    assert not agent.may("", TODAY)
    assert Agent(card().person, "代为领取").may("领取", date(2036, 1, 1))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" 张三 ", "张三"),
        ("王\ud842\udfb7", "王\U00020bb7"),
        ("张\u200b三\n", "张三"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("王\U00031350", "王\U00031350"),
        ("JOHN SMITH", "JOHN SMITH"),
    ],
)
def test_names_are_cleaned_without_losing_a_character(text: str, name: str) -> None:
    assert check_name(text) == name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("王\ud842", "姓名里有一个字没有收全，请删掉再输一遍"),
        ("\u200b", "还没有填姓名"),
        ("王" * 61, "姓名太长（61 字），请再看一遍证件"),
    ],
)
def test_names_that_cannot_be(text: str, sentence: str) -> None:
    with pytest.raises(Rejected) as refusal:
        check_name(text)
    assert str(refusal.value) == sentence


def test_people_survive_the_way_to_json_and_back() -> None:
    adapter = TypeAdapter(list[NaturalPerson | LegalEntity | OtherOrganisation | Agent])
    people = [card(name=RARE).person, legal_entity(name="明河厂", credit_code="91350100M000100Y43").entity]
    both = [*people, organisation().organisation, Agent(card().person, "代为领取", date(2027, 1, 1), TODAY)]
    assert adapter.validate_json(adapter.dump_json(both)) == both


def test_no_person_gets_into_a_log_by_its_repr() -> None:
    shown = repr(Agent(card(name="张三").person, "代为领取"))
    assert "张三" not in shown
    assert "19900307" not in shown
    assert "示例街道" not in shown
