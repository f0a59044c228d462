"""Codes: the standard's types, what a basic code is made of, and that odd codes are remarked on and no more."""

from __future__ import annotations

import pytest

from clerk_app.domain.identity.credit_code import credit_check_character
from clerk_app.domain.matter_codes import (
    TYPE_NAMES,
    BasicCode,
    MatterType,
    credit_code_fits,
    organisation_code_fits,
    remarks_on_basic_code,
    remarks_on_code,
    remarks_on_department_code,
    type_code,
    type_name,
)


def test_the_types_are_those_of_the_standard() -> None:
    assert [str(kind) for kind in MatterType] == [f"{number:02d}" for number in (*range(11), 20)]
    assert MatterType.LICENCE.label == "行政许可"
    assert MatterType.PUBLIC_SERVICE.label == "公共服务事项"


@pytest.mark.parametrize(
    ("written", "code"),
    [("1", "01"), ("01", "01"), ("10", "10"), (" 5 ", "05"), ("行政许可", "01"), ("公共服务", "20"), ("99", "99")],
)
def test_a_type_is_understood_as_number_or_name(written: str, code: str) -> None:
    assert type_code(written) == code
    assert type_name(code)


@pytest.mark.parametrize("written", ["", "11", "19", "100", "许可", "-1", "1.0", "１"])
def test_what_is_no_type_is_not_guessed(written: str) -> None:
    assert type_code(written) is None


def test_every_name_of_the_standard_leads_back_to_its_code() -> None:
    assert {type_code(name) for name in TYPE_NAMES.values()} == set(TYPE_NAMES)


def test_a_basic_code_has_five_parts() -> None:
    assert BasicCode.parse("210122039001") == BasicCode("21", "01", "22", "039", "001")
    assert BasicCode.parse("21012203900") is None
    assert BasicCode.parse("21012203900A") is None


@pytest.mark.parametrize(
    ("code", "kind", "department", "remark"),
    [
        ("000131035000", "01", "31", ""),
        ("210123018000", "01", "23", ""),
        ("210123018000", "02", "23", "类型是 01，事项类型是 02"),
        ("210123018000", "01", "24", "部门是 23，部门代码是 24"),
        ("990123018000", "", "", "区划“99”"),
        ("211223018000", "", "", "类型“12”"),
        ("210123000000", "", "", "主项是 000"),
        ("2101", "", "", "应为 12 位数字"),
    ],
)
def test_a_basic_code_is_compared_with_its_row(code: str, kind: str, department: str, remark: str) -> None:
    remarks = remarks_on_basic_code(code, kind, department)
    assert (remark in "；".join(remarks)) if remark else not remarks


def test_the_check_letter_of_a_credit_code() -> None:
    # From the published code of a public service of Guangdong (31 characters).
    assert credit_code_fits("12441500196720244T")
    assert not credit_code_fits("12441500196720245T")
    assert not credit_code_fits("12441500196720244I")
    assert not credit_code_fits("1244150019672024")


def test_the_check_letter_of_an_organisation_code() -> None:
    assert organisation_code_fits("68236467-9")
    assert organisation_code_fits("682364679")
    assert not organisation_code_fits("68236467-8")
    assert not organisation_code_fits("2222222222222")


@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("12441500196720244T3992199806003", "区划“99”"),
        ("12441500196720244X3442199806003", "校验位对不上"),
        ("990123018000", "区划“99”"),
        ("511A0014300001-511602000000-000-2222222222222-1-00", "像是占位的"),
        ("511A0014300001-511602000000-000-115113016823646796-1-00", "校验位对不上"),
        ("G-000007-001", "格式不认识"),
        ("511A 0014300001", "空格"),
    ],
)
def test_odd_codes_get_a_remark(code: str, remark: str) -> None:
    assert remark in "；".join(remarks_on_code(code))


def test_a_sound_national_code_gets_none() -> None:
    assert remarks_on_code("12441500196720244T3442199806003") == ()
    assert remarks_on_code("000131035000", matter_type="01") == ()


def test_a_sound_provincial_code_gets_none_but_its_area_is_compared() -> None:
    head = "11239900000000001"
    code = f"511A0074300005-239900000000-000-{head}{credit_check_character(head)}-1-00"
    assert remarks_on_code(code, area="239900000000") == ()
    assert "区划" in remarks_on_code(code, area="230000000000")[0]


def test_department_codes_are_spoken_of_by_their_own_name() -> None:
    assert remarks_on_department_code("") == ()
    assert remarks_on_department_code("11736") == ("部门编码长度不是 18 位或 9 位",)
