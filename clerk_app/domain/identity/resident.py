"""Eighteen-digit citizen numbers and their relatives (GB 11643), and the foreigner's card of 2017 (ICAO 9303).

Structure of GB 11643: area 6, birth 8, sequence 3 (odd male, even female), check 1. The residence permits of Hong
Kong, Macao and Taiwan residents use the areas 810000, 820000 and 830000 (港澳台居民居住证申领发放办法). The
foreigner's permanent residence card of 2023 has 9, province 2, country 3 (ISO 3166 numeric), birth 8, sequence 3,
check 1; the card of 2017 had country alpha-3, area 4, birth YYMMDD, sequence 1, check 1 by weights 7-3-1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity.tables import PROVINCES, IdType, Sex
from clerk_app.domain.identity.text import expect_digits

NAME = "身份证号"
PERMIT = "居住证号"
FOREIGN = "永久居留证号"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PERMIT_AREAS = {"810000": "香港", "820000": "澳门", "830000": "台湾"}
# Sequences that the number of 15 digits kept for people born before 1900.
_CENTENARIANS = frozenset({"996", "997", "998", "999"})
_OLDEST = 120
# Nobody alive when the numbers were introduced (1984) was born earlier.
_FIRST_BIRTH_YEAR = 1860


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that can be one, in its normal form, and what it tells.

    ``warnings`` are Chinese sentences that ask for a second look and do not stop the clerk; they play no part in
    comparing. ``area`` is the six-digit (foreigner 2023: two, 2017: four) code as written, ``region`` its province or
    place, ``country`` the ISO 3166 code of a foreigner as written. What a number does not tell is None or empty. The
    number and its digits stay out of ``repr``, so that no log holds them.
    """

    text: str = field(repr=False)
    kind: IdType
    certificate: str
    birth: date | None = field(default=None, repr=False)
    sex: Sex | None = None
    area: str = field(default="", repr=False)
    region: str = ""
    country: str = ""
    warnings: tuple[str, ...] = field(default=(), compare=False)


def check_digit(first17: str) -> str:
    """Character 18 of GB 11643 for the first 17 digits (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def convert_15(old: str) -> str:
    """The 18 characters of a 15-digit number: the century put in (18 for the centenarians' sequences), check added."""
    century = "18" if old[12:15] in _CENTENARIANS else "19"
    first17 = old[:6] + century + old[6:]
    return first17 + check_digit(first17)


def check_resident(number: str, kind: IdType, field: str, today: date | None) -> IdNumber:
    """A citizen's number of 15 or 18 characters."""
    warnings: list[str] = []
    if len(number) == 15:
        expect_digits(number, 15, field, NAME)
        number = convert_15(number)
        warnings.append("这是 15 位旧号码，已换成 18 位。第一代身份证 2013 年起停用，请核对新证")
    _expect_shape(number, field, NAME, "应是 18 位")
    if number[0] == "9":
        raise Rejected(field, "这是外国人永久居留身份证的号码，请把证件类型换成永久居留身份证")
    if number[:6] in _PERMIT_AREAS:
        raise Rejected(field, "这是港澳台居民居住证的号码，请把证件类型换成居住证")
    region = PROVINCES.get(number[:2])
    if region is None:
        raise Rejected(field, f"身份证号前两位没有“{number[:2]}”这个省，请再看一遍证件")
    return _finish(number, kind, kind.label, field, NAME, region, today, warnings)


def check_residence_permit(number: str, field: str, today: date | None) -> IdNumber:
    """A residence permit: of a Hong Kong, Macao or Taiwan resident, else of a citizen (the citizen's own number)."""
    place = _PERMIT_AREAS.get(number[:6])
    if place is None:
        return check_resident(number, IdType.RESIDENCE_PERMIT, field, today)
    _expect_shape(number, field, PERMIT, "应是 18 位")
    certificate = "台湾居民居住证" if place == "台湾" else "港澳居民居住证"
    return _finish(number, IdType.RESIDENCE_PERMIT, certificate, field, PERMIT, place, today, [])


def check_foreign_permanent(number: str, field: str, today: date | None) -> IdNumber:
    """The foreigner's permanent residence card: 18 digits (2023) or three letters and 12 digits (2017)."""
    if len(number) == 15 and number[:3].isascii() and number[:3].isalpha():
        return _check_foreign_2017(number, field, today)
    _expect_shape(number, field, FOREIGN, "应是 18 位（新证）或 3 个字母加 12 位数字（旧证）")
    if number[0] != "9":
        raise Rejected(field, "新版永久居留证号第 1 位应是 9，请再看一遍证件")
    region = PROVINCES.get(number[1:3])
    if region is None:
        raise Rejected(field, f"永久居留证号第 2、3 位没有“{number[1:3]}”这个省，请再看一遍证件")
    birth, warnings = _birth(number[6:14], field, FOREIGN, today)
    _expect_check_digit(number, field, FOREIGN)
    return IdNumber(
        number,
        IdType.FOREIGN_PERMANENT,
        IdType.FOREIGN_PERMANENT.label,
        birth=birth,
        area=number[1:3],
        region=region,
        country=number[3:6],
        warnings=warnings,
    )


def _check_foreign_2017(number: str, field: str, today: date | None) -> IdNumber:
    expect_digits("000" + number[3:], 15, field, FOREIGN)
    weights = (7, 3, 1)
    expected = sum(int(char, 36) * weights[place % 3] for place, char in enumerate(number[:14])) % 10
    if int(number[14]) != expected:
        raise Rejected(field, f"{FOREIGN}第 15 位对不上，请再看一遍证件（应为 {expected}）")
    region = PROVINCES.get(number[3:5])
    if region is None:
        raise Rejected(field, f"{FOREIGN}第 4、5 位没有“{number[3:5]}”这个省，请再看一遍证件")
    return IdNumber(
        number,
        IdType.FOREIGN_PERMANENT,
        IdType.FOREIGN_PERMANENT.label,
        birth=_birth_2017(number[7:13], field, today),
        area=number[3:7],
        region=region,
        country=number[:3],
        warnings=("这是 2017 版永久居留证，有效期内可以用，请看一眼有效期",),
    )


def _birth_2017(text: str, field: str, today: date | None) -> date | None:
    """Two-digit years: the later century that is not in the future; without ``today`` the century is not known."""
    dates = [found for century in ("20", "19") if (found := _date(century + text)) is not None]
    if not dates:
        raise Rejected(field, f"{FOREIGN}里的出生日期“{text}”不存在，请再看一遍证件")
    if today is None:
        return None
    past = [day for day in dates if day <= today]
    if not past:
        raise Rejected(field, f"{FOREIGN}里的出生日期“{text}”还没到，请再看一遍证件")
    return past[0]


def _expect_shape(number: str, field: str, name: str, length: str) -> None:
    if len(number) != 18:
        raise Rejected(field, f"{name}{length}，现在是 {len(number)} 位")
    expect_digits(number, 17, field, name)
    if not (number[17].isascii() and (number[17].isdigit() or number[17] == "X")):
        raise Rejected(field, f"{name}第 18 位应是数字或 X，现在是“{number[17]}”，请再看一遍证件")


def _expect_check_digit(number: str, field: str, name: str) -> None:
    expected = check_digit(number[:17])
    if number[17] != expected:
        raise Rejected(field, f"{name}第 18 位对不上，请再看一遍证件（应为 {expected}）")


def _finish(
    number: str,
    kind: IdType,
    certificate: str,
    field: str,
    name: str,
    region: str,
    today: date | None,
    warnings: list[str],
) -> IdNumber:
    birth, about_birth = _birth(number[6:14], field, name, today)
    _expect_check_digit(number, field, name)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdNumber(
        number,
        kind,
        certificate,
        birth=birth,
        sex=sex,
        area=number[:6],
        region=region,
        warnings=(*warnings, *about_birth),
    )


def _birth(text: str, field: str, name: str, today: date | None) -> tuple[date, tuple[str, ...]]:
    birth = _date(text)
    if birth is None:
        raise Rejected(field, f"{name}第 7 到 14 位“{text}”不是日期，请再看一遍证件")
    if birth.year < _FIRST_BIRTH_YEAR:
        raise Rejected(field, f"{name}里的出生年份 {birth.year} 太早，请再看一遍证件")
    if today is None:
        return birth, ()
    if birth > today:
        raise Rejected(field, f"{name}里的出生日期 {birth} 还没到，请再看一遍证件")
    age = age_on(birth, today)
    return birth, ((f"按{name}算是 {age} 岁，请再看一遍证件",) if age > _OLDEST else ())


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def age_on(birth: date, day: date) -> int:
    """Completed years (周岁) on ``day``: one more on each birthday, for 29 February on 1 March of common years.

    Raises ``ValueError`` when ``day`` lies before the birth.
    """
    if day < birth:
        raise ValueError("not born yet")
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def birthday(birth: date, age: int) -> date:
    """The day on which somebody completes ``age`` years; for 29 February in common years 1 March."""
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return date(birth.year + age, 3, 1)
