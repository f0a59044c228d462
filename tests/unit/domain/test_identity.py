"""Certificate numbers: published vectors, sentences a clerk can act on, and what a slip of the finger does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import (
    ETHNIC_GROUPS,
    PROVINCES,
    IdType,
    Sex,
    age_on,
    check_digit,
    check_id_number,
    check_phone,
    convert_15,
    ethnic_code,
    ethnic_label,
)

TODAY = date(2026, 11, 23)
GOOD = "110101199003070011"

births = st.dates(date(1900, 1, 1), TODAY)
areas = st.sampled_from(sorted(set(PROVINCES) - {"81", "82"})).map(lambda province: province + "0101")


@st.composite
def residents(draw: st.DrawFn) -> str:
    first17 = draw(areas) + f"{draw(births):%Y%m%d}" + f"{draw(st.integers(1, 995)):03d}"
    return first17 + check_digit(first17)


def sentence(text: str, kind: IdType = IdType.RESIDENT) -> str:
    with pytest.raises(Rejected) as refusal:
        check_id_number(text, kind, today=TODAY)
    assert refusal.value.field == "id_number"
    return str(refusal.value)


# --- resident ------------------------------------------------------------------------------------------------------
def test_a_resident_number_tells_birth_sex_and_place() -> None:
    found = check_id_number(GOOD, IdType.RESIDENT, today=TODAY)
    assert found.text == GOOD
    assert (found.birth, found.sex) == (date(1990, 3, 7), Sex.MALE)
    assert (found.area, found.region, found.certificate) == ("110101", "北京市", "居民身份证")
    assert found.warnings == ()


@pytest.mark.parametrize(
    "text", ["110101 19900307 0011", "１１０１０１１９９００３０７００１１", "110101-19900307-0011\u200b"]
)
def test_groups_full_width_digits_and_stray_characters_do_not_matter(text: str) -> None:
    assert check_id_number(text, IdType.RESIDENT, today=TODAY).text == GOOD


@pytest.mark.parametrize("last", ["x", "X", "Ｘ", "×"])
def test_every_way_to_type_the_last_x(last: str) -> None:
    first17 = next(f"11010119900307{n:03d}" for n in range(1, 999) if check_digit(f"11010119900307{n:03d}") == "X")
    assert check_id_number(first17 + last, IdType.RESIDENT, today=TODAY).text == first17 + "X"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("110101199003070012", "身份证号第 18 位对不上，请再看一遍证件（应为 1）"),
        ("11010119900307001", "身份证号应是 18 位，现在是 17 位"),
        ("", "还没有填证件号码"),
        ("  ", "还没有填证件号码"),
        ("1101**********0011", "这是遮盖过的证件号码，请按证件输全"),
        ("1101011990O3070011", "身份证号第 11 位应是数字，现在是“O”，请看是不是数字 0"),
        ("11010119900307001K", "身份证号第 18 位应是数字或 X，现在是“K”，请再看一遍证件"),
        ("110101199013070011", "身份证号第 7 到 14 位“19901307”不是日期，请再看一遍证件"),
        ("110101199002300011", "身份证号第 7 到 14 位“19900230”不是日期，请再看一遍证件"),
        ("110101202611240011", "身份证号里的出生日期 2026-11-24 还没到，请再看一遍证件"),
        ("110101179003070011", "身份证号里的出生年份 1790 太早，请再看一遍证件"),
        ("190101199003070011", "身份证号前两位没有“19”这个省，请再看一遍证件"),
        ("810000199003070015", "这是港澳台居民居住证的号码，请把证件类型换成居住证"),
        ("911398199012310021", "这是外国人永久居留身份证的号码，请把证件类型换成永久居留身份证"),
        ("٠10101199003070011", "身份证号第 1 位应是数字，现在是“٠”，请再看一遍证件"),
    ],
)
def test_sentences_about_resident_numbers(text: str, expected: str) -> None:
    assert sentence(text) == expected


def test_the_field_of_the_refusal_is_the_callers() -> None:
    with pytest.raises(Rejected) as refusal:
        check_id_number("1", IdType.RESIDENT, field="agent_id_number")
    assert refusal.value.field == "agent_id_number"


def test_an_old_number_of_15_digits_becomes_18_and_says_so() -> None:
    found = check_id_number("110101900307001", IdType.RESIDENT, today=TODAY)
    assert found.text == GOOD
    assert "已换成 18 位" in found.warnings[0]


def test_the_old_numbers_of_centenarians_lie_in_the_century_before() -> None:
    assert convert_15("110101950307998")[6:14] == "18950307"


def test_an_age_hardly_possible_asks_for_a_second_look() -> None:
    first17 = "11010119050307001"
    found = check_id_number(first17 + check_digit(first17), IdType.RESIDENT, today=TODAY)
    assert found.warnings == ("按身份证号算是 121 岁，请再看一遍证件",)


def test_without_a_date_of_today_only_the_number_itself_is_checked() -> None:
    first17 = "11010120990101001"
    assert check_id_number(first17 + check_digit(first17), IdType.RESIDENT).birth == date(2099, 1, 1)


@given(residents())
def test_good_numbers_pass_and_keep_their_text(number: str) -> None:
    found = check_id_number(number, IdType.RESIDENT, today=TODAY)
    assert found.text == number
    assert found.birth is not None
    assert f"{found.birth:%Y%m%d}" == number[6:14]
    assert found.sex is (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


@given(residents(), st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(Rejected):
        check_id_number(wrong, IdType.RESIDENT, today=TODAY)


@given(residents(), st.integers(0, 15))
def test_any_two_neighbours_in_the_wrong_order_are_noticed(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(Rejected):
            check_id_number(swapped, IdType.RESIDENT, today=TODAY)


@given(st.text(max_size=24), st.sampled_from(list(IdType)))
def test_whatever_is_typed_gives_a_number_or_a_sentence(text: str, kind: IdType) -> None:
    try:
        answer = check_id_number(text, kind, today=TODAY).text
    except Rejected as refusal:
        answer = refusal.reason
    assert answer


def test_no_number_gets_into_a_log_by_its_repr() -> None:
    shown = repr(check_id_number(GOOD, IdType.RESIDENT, today=TODAY)) + repr(check_phone("13900002716"))
    assert "1990" not in shown
    assert "110101" not in shown
    assert "2716" not in shown


# --- permits -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "certificate", "region", "sex"),
    [
        ("810000199003070015", "港澳居民居住证", "香港", Sex.MALE),
        ("830000198001010026", "台湾居民居住证", "台湾", Sex.FEMALE),
        (GOOD, "居住证", "北京市", Sex.MALE),
    ],
)
def test_residence_permits(text: str, certificate: str, region: str, sex: Sex) -> None:
    found = check_id_number(text, IdType.RESIDENCE_PERMIT, today=TODAY)
    assert (found.certificate, found.region, found.sex) == (certificate, region, sex)


def test_a_macao_permit() -> None:
    first17 = "82000019900307001"
    found = check_id_number(first17 + check_digit(first17), IdType.RESIDENCE_PERMIT, today=TODAY)
    assert (found.certificate, found.region) == ("港澳居民居住证", "澳门")


def test_a_permit_with_a_wrong_check_digit() -> None:
    assert sentence("810000199003070016", IdType.RESIDENCE_PERMIT) == "居住证号第 18 位对不上，请再看一遍证件（应为 5）"


# --- foreigners ----------------------------------------------------------------------------------------------------
def test_a_foreigners_card_of_2023() -> None:
    found = check_id_number("911398199012310021", IdType.FOREIGN_PERMANENT, today=TODAY)
    assert (found.birth, found.region, found.country) == (date(1990, 12, 31), "北京市", "398")
    assert found.sex is None


def test_a_foreigners_card_of_2017() -> None:
    found = check_id_number("kaz110090123105", IdType.FOREIGN_PERMANENT, today=TODAY)
    assert (found.text, found.birth, found.country) == ("KAZ110090123105", date(1990, 12, 31), "KAZ")
    assert found.area == "1100"


def test_two_digit_years_are_the_later_century_that_has_been() -> None:
    def card(birth: str) -> str:
        first14 = f"KAZ1100{birth}0"
        weights = (7, 3, 1)
        return first14 + str(sum(int(c, 36) * weights[n % 3] for n, c in enumerate(first14)) % 10)

    assert check_id_number(card("260101"), IdType.FOREIGN_PERMANENT, today=TODAY).birth == date(2026, 1, 1)
    assert check_id_number(card("270101"), IdType.FOREIGN_PERMANENT, today=TODAY).birth == date(1927, 1, 1)
    assert check_id_number(card("270101"), IdType.FOREIGN_PERMANENT).birth is None
    assert check_id_number(card("000229"), IdType.FOREIGN_PERMANENT, today=TODAY).birth == date(2000, 2, 29)
    assert "不存在" in sentence(card("010229"), IdType.FOREIGN_PERMANENT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KAZ110090123106", "永久居留证号第 15 位对不上，请再看一遍证件（应为 5）"),
        ("KAZ11009012310", "永久居留证号应是 18 位（新证）或 3 个字母加 12 位数字（旧证），现在是 14 位"),
        ("KAZ1100901231O5", "永久居留证号第 14 位应是数字，现在是“O”，请看是不是数字 0"),
        ("911398199012310022", "永久居留证号第 18 位对不上，请再看一遍证件（应为 1）"),
        (GOOD, "新版永久居留证号第 1 位应是 9，请再看一遍证件"),
        ("999398199012310021", "永久居留证号第 2、3 位没有“99”这个省，请再看一遍证件"),
        ("911398199013310021", "永久居留证号第 7 到 14 位“19901331”不是日期，请再看一遍证件"),
    ],
)
def test_sentences_about_foreigners_cards(text: str, expected: str) -> None:
    assert sentence(text, IdType.FOREIGN_PERMANENT) == expected


# --- other certificates --------------------------------------------------------------------------------------------
def test_a_passport_is_taken_as_it_is() -> None:
    found = check_id_number(" e12345678 ", IdType.PASSPORT)
    assert (found.text, found.warnings) == ("E12345678", ())


def test_an_unusual_pass_number_warns_and_does_not_block() -> None:
    found = check_id_number("K12345678", IdType.HK_MACAO_PASS)
    assert found.text == "K12345678"
    assert found.warnings == ("港澳居民来往内地通行证号一般是 H 或 M 加 8 位数字，请再看一遍证件",)
    assert check_id_number("H12345678", IdType.HK_MACAO_PASS).warnings == ()


def test_a_number_that_is_far_too_long() -> None:
    assert sentence("1" * 31, IdType.OTHER) == "证件号码太长（31 位），请再看一遍证件"


def test_a_licence_is_checked_as_a_credit_code() -> None:
    assert check_id_number("91350100M000100Y43", IdType.BUSINESS_LICENCE).area == "350100"
    assert check_id_number("M000100Y-4", IdType.ORGANISATION_CODE).text == "M000100Y4"


def test_every_kind_of_certificate_has_a_name_and_the_codes_of_the_standard() -> None:
    assert all(kind.label for kind in IdType)
    assert {"111", "154", "414", "511", "516", "553", "821"} <= {kind.value for kind in IdType}


# --- tables --------------------------------------------------------------------------------------------------------
def test_56_ethnic_groups_and_two_others() -> None:
    assert sorted(ETHNIC_GROUPS) == [f"{n:02d}" for n in range(1, 57)] + ["97", "98"]
    assert len(set(ETHNIC_GROUPS.values())) == 58


@pytest.mark.parametrize("text", ["11", "满", "满族", " 满 "])
def test_an_ethnic_group_by_code_or_name(text: str) -> None:
    assert ethnic_code(text) == "11"


@pytest.mark.parametrize(("code", "label"), [("01", "汉族"), ("56", "基诺族"), ("97", "其他"), ("", ""), ("77", "")])
def test_the_name_of_an_ethnic_group(code: str, label: str) -> None:
    assert ethnic_label(code) == label


def test_an_unknown_ethnic_group_has_no_code() -> None:
    assert ethnic_code("火星") == ""


def test_sexes_of_the_standard() -> None:
    assert {sex.value: sex.label for sex in Sex} == {"0": "未知", "1": "男", "2": "女", "9": "未说明"}


# --- age -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1990-03-07", "2026-03-06", 35),
        ("1990-03-07", "2026-03-07", 36),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2026-11-23", "2026-11-23", 0),
    ],
)
def test_age_in_completed_years(birth: str, day: str, age: int) -> None:
    assert age_on(date.fromisoformat(birth), date.fromisoformat(day)) == age


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="not born"):
        age_on(date(2026, 11, 23), date(2026, 11, 22))


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 40_000))
def test_age_never_goes_back(birth: date, days: int) -> None:
    day = birth + timedelta(days=days)
    assert 0 <= age_on(birth, day + timedelta(days=1)) - age_on(birth, day) <= 1


# --- phone ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "number", "mobile"),
    [
        ("139 0000 2716", "13900002716", True),
        ("+86 139-0000-2716", "13900002716", True),
        ("008613900002716", "13900002716", True),
        ("0454-1234567", "0454-1234567", False),
        ("（010）12345678", "010-12345678", False),
        ("+852 6123 4567", "+85261234567", False),
    ],
)
def test_phones_that_can_be(text: str, number: str, mobile: bool) -> None:
    found = check_phone(text)
    assert (found.text, found.mobile) == (number, mobile)
    assert bool(found.warnings) is not mobile


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "还没有填电话号码"),
        ("139****2716", "这是遮盖过的电话号码，请按证件输全"),
        ("1390000271", "手机号应是 11 位，现在是 10 位"),
        ("12900002716", "没有 12 开头的手机号，请再问一遍"),
        ("1390000271a", "电话号码只能有数字，请再问一遍"),
        ("2345678", "电话应是 11 位手机号，或区号加固定电话，请再问一遍"),
    ],
)
def test_sentences_about_phones(text: str, expected: str) -> None:
    with pytest.raises(Rejected) as refusal:
        check_phone(text)
    assert (refusal.value.field, str(refusal.value)) == ("phone", expected)
