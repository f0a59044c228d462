"""One door for all certificates: ``check_id_number``; and phone numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity.credit_code import check_credit_code, check_organisation_code
from clerk_app.domain.identity.resident import (
    IdNumber,
    check_foreign_permanent,
    check_residence_permit,
    check_resident,
)
from clerk_app.domain.identity.tables import IdType
from clerk_app.domain.identity.text import normalised, refuse_masked_or_empty

_LONGEST = 30
# Usual shapes only: older booklets and reissues differ, so a misfit is a warning.
_USUAL: dict[IdType, tuple[re.Pattern[str], str]] = {
    IdType.PASSPORT: (re.compile(r"[A-Z0-9]{5,12}"), "护照号一般是 5 到 12 位字母和数字"),
    IdType.HK_MACAO_PASS: (re.compile(r"[HM]\d{8}(\d{2})?"), "港澳居民来往内地通行证号一般是 H 或 M 加 8 位数字"),
    IdType.TAIWAN_PASS: (re.compile(r"\d{8}|\d{10}[A-Z]?"), "台湾居民来往大陆通行证号一般是 8 位数字"),
    IdType.HK_MACAO_EXIT_PASS: (re.compile(r"[CW][A-Z0-9]\d{7}"), "往来港澳通行证号一般是 C 或 W 开头共 9 位"),
    IdType.BIRTH_CERTIFICATE: (re.compile(r"[A-Z]\d{9}"), "出生医学证明编号一般是 1 个字母加 9 位数字"),
}
_RESIDENT_KINDS = frozenset({IdType.RESIDENT, IdType.TEMPORARY_RESIDENT, IdType.HOUSEHOLD_REGISTER})
_LICENCES = frozenset({IdType.BUSINESS_LICENCE, IdType.BUSINESS_LICENCE_COPY})


def check_id_number(text: str, kind: IdType, *, field: str = "id_number", today: date | None = None) -> IdNumber:
    """Check a certificate's number, typed or read; the same rules for both.

    ``kind`` is the certificate (GA/T 2000.156). ``today`` makes the birth date's plausibility part of the check; a
    foreigner's card of 2017 needs it to tell the century. Returns the number in its normal form (18 characters for
    an old one of 15) with ``warnings``.

    Raises ``Rejected(field, sentence)`` for what cannot be a number of that kind: wrong length, wrong characters,
    impossible birth date, no such province, wrong check digit (GB 11643; a credit code's is a warning only).
    """
    number = normalised(text)
    refuse_masked_or_empty(number, field, "证件号码")
    if kind in _RESIDENT_KINDS:
        return check_resident(number, kind, field, today)
    if kind is IdType.RESIDENCE_PERMIT:
        return check_residence_permit(number, field, today)
    if kind is IdType.FOREIGN_PERMANENT:
        return check_foreign_permanent(number, field, today)
    if kind in _LICENCES:
        licence = check_credit_code(number, field=field)
        return IdNumber(licence.text, kind, kind.label, area=licence.area, warnings=licence.warnings)
    if kind is IdType.ORGANISATION_CODE:
        organisation = check_organisation_code(number, field=field)
        return IdNumber(organisation.text, kind, kind.label, warnings=organisation.warnings)
    if len(number) > _LONGEST:
        raise Rejected(field, f"证件号码太长（{len(number)} 位），请再看一遍证件")
    usual = _USUAL.get(kind)
    warnings = (f"{usual[1]}，请再看一遍证件",) if usual and not usual[0].fullmatch(number) else ()
    return IdNumber(number, kind, kind.label, warnings=warnings)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number without blanks and dashes but for the one after an area code; ``mobile`` can get a text."""

    text: str = field(repr=False)
    mobile: bool
    warnings: tuple[str, ...] = field(default=(), compare=False)


_MOBILE = re.compile(r"1[3-9]\d{9}")
_FIXED = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})")
_FOREIGN = re.compile(r"\+\d{6,15}")


def check_phone(text: str, *, field: str = "phone") -> Phone:
    """A Chinese mobile (11 digits, second digit 3 to 9), a fixed line with area code, or a foreign number with +.

    Raises ``Rejected(field, sentence)`` for anything else.
    """
    number = re.sub(r"[()（）\s]", "", normalised(text))
    refuse_masked_or_empty(number, field, "电话号码")
    number = re.sub(r"^(\+|00)86(?=1|0)", "", number)
    if _MOBILE.fullmatch(number):
        return Phone(number, mobile=True)
    if found := _FIXED.fullmatch(number):
        return Phone(f"{found[1]}-{found[2]}", mobile=False, warnings=("这是固定电话，收不到短信",))
    if _FOREIGN.fullmatch(number):
        return Phone(number, mobile=False, warnings=("这是境外号码，可能收不到短信",))
    if not number.isdigit():
        raise Rejected(field, "电话号码只能有数字，请再问一遍")
    if number[0] == "1" and len(number) != 11:
        raise Rejected(field, f"手机号应是 11 位，现在是 {len(number)} 位")
    if number[0] == "1":
        raise Rejected(field, f"没有 {number[:2]} 开头的手机号，请再问一遍")
    raise Rejected(field, "电话应是 11 位手机号，或区号加固定电话，请再问一遍")
