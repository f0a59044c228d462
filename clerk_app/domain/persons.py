"""Who applies: a natural person, a legal entity, an agent with a power of attorney.

Fields follow GB/T 39046-2020, group 办事申请 (name, certificate type and number, contact, legal representative).
Personal fields stay out of ``repr``, so that no log and no traceback holds them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import (
    IdType,
    Sex,
    check_credit_code,
    check_id_number,
    check_phone,
    ethnic_code,
)
from clerk_app.domain.masking import letters

Entered = Literal["card", "typed"]
WITHOUT_CARD = ("忘带", "读不出", "遗失")
"""Why an identity card was not read, as the window offers it."""
STATUTORY = "法定代理"
NO_END = date.max
"""Valid-to date of a card that is valid 长期 (without end)."""

_LONGEST_NAME = 60
# Not "unprintable": Python's tables may be older than the character in the name.
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class NaturalPerson:
    """A person as the certificate tells.

    ``name`` keeps every character of the card, private-use and supplementary ones included; it is empty for a
    foreigner without a Chinese name (``display_name``). ``ethnic`` is the GB/T 3304 code, empty where there is none.
    ``entered`` says whether a card was read or somebody typed; ``without_card`` why none was read (忘带 …), empty
    when one was or nobody said. ``card_valid_to``: ``NO_END`` for 长期, None when not known.
    """

    name: str = field(repr=False)
    id_type: IdType
    id_number: str = field(repr=False)
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    ethnic: str = field(default="", repr=False)
    birth: date | None = field(default=None, repr=False)
    address: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    english_name: str = field(default="", repr=False)
    entered: Entered = "typed"
    card_valid_to: date | None = field(default=None, repr=False)
    without_card: str = ""

    @property
    def display_name(self) -> str:
        """The name to show: the Chinese one, or the one in Latin letters where there is none."""
        return self.name or self.english_name


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """A company or another organisation; ``address`` is its registered one (住所)."""

    name: str
    credit_code: str
    legal_representative: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OtherOrganisation:
    """Neither a person nor a legal entity with a credit code: an unregistered group, a foreign body, an owners' board.

    ``certificate`` names the paper that proves it (批准文件, 境外登记证 …), ``certificate_number`` what stands on it;
    ``responsible`` is the person who speaks for it (GB/T 39046-2020 A.4: 6 其他).
    """

    name: str
    certificate: str
    certificate_number: str = field(repr=False)
    responsible: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person to call about the case (联系人; GB/T 39046-2020 has room for three)."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """The person who came instead, and the power of attorney that allows it.

    授权委托书 (民法典第一百六十五条) names agent, matter, powers and period and is signed. ``scope`` is the text of the
    powers (代为申请、领取), ``signed_on`` the day of the paper, ``valid_to`` the last day, None when it names no end.
    """

    person: NaturalPerson
    scope: str = ""
    valid_to: date | None = None
    signed_on: date | None = None

    @property
    def name(self) -> str:
        return self.person.display_name

    @property
    def statutory(self) -> bool:
        """A guardian acts by law and shows the kinship, not a power of attorney (民法典第二十三条)."""
        return STATUTORY in self.scope

    def expired(self, on: date) -> bool:
        """Whether the paper's last day is over on that day."""
        return self.valid_to is not None and on > self.valid_to

    def may(self, power: str, on: date) -> bool:
        """Whether the power (申请, 领取 …) is written in the scope and the period has not ended on that day."""
        return bool(power) and (power in self.scope or self.statutory) and not self.expired(on)


Applicant = NaturalPerson | LegalEntity | OtherOrganisation


@dataclass(frozen=True, slots=True)
class Party:
    """One of several parties that apply together, in its role (出卖人, 买受人), with its own agent."""

    role: str
    applicant: Applicant
    agent: Agent | None = None

    @property
    def name(self) -> str:
        return applicant_name(self.applicant)


def applicant_name(applicant: Applicant | None) -> str:
    """The name to show and print; empty for nobody."""
    if isinstance(applicant, NaturalPerson):
        return applicant.display_name
    return applicant.name if applicant else ""


@dataclass(frozen=True, slots=True)
class CheckedPerson:
    """A person and the Chinese sentences that ask for a second look; they do not stop the clerk."""

    person: NaturalPerson
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedEntity:
    """A legal entity and the Chinese sentences that ask for a second look."""

    entity: LegalEntity
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedOrganisation:
    """An organisation without a credit code and the Chinese sentences that ask for a second look."""

    organisation: OtherOrganisation
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedContact:
    """A person to call and the Chinese sentences that ask for a second look."""

    contact: Contact
    warnings: tuple[str, ...] = ()


def from_card(
    *,
    id_type: IdType,
    name: str,
    id_number: str,
    sex_code: str,
    birth: date,
    valid_to: date | None,
    today: date,
    valid_from: date | None = None,
    ethnic: str = "",
    address: str = "",
    english_name: str = "",
) -> CheckedPerson:
    """The person on a card that was read.

    ``sex_code`` is GB/T 2261.1, ``ethnic`` GB/T 3304, ``valid_to`` None for 长期. What the card says is kept even
    where its number would fail the typed rules (the chip is the proof, 居民身份证法第十四条): doubts become warnings,
    as do an expired card and one that is not valid yet.

    Raises ``Rejected("name", …)`` when the card holds neither a Chinese nor a Latin name.
    """
    name, english_name = name.strip(), english_name.strip()
    if not name and not english_name:
        raise Rejected("name", "卡里没有读到姓名，请再放一次，还是没有就手工录入")
    warnings = list(_validity(valid_from, valid_to, today))
    number = id_number.strip()
    sex = next((sex for sex in Sex if sex.value == sex_code), Sex.UNKNOWN)
    try:
        checked = check_id_number(number, id_type, today=today)
    except Rejected as doubt:
        warnings.append(f"卡里的号码有疑问：{doubt.reason}")
    else:
        number = checked.text
        warnings += checked.warnings
        if checked.birth not in {None, birth}:
            warnings.append("卡里的出生日期和号码里的不一样，请再看一遍证件")
        if checked.sex not in {None, sex} and sex in {Sex.MALE, Sex.FEMALE}:
            warnings.append("卡里的性别和号码里的不一样，请再看一遍证件")
    person = NaturalPerson(
        name=name,
        id_type=id_type,
        id_number=number,
        sex=sex,
        ethnic=ethnic,
        birth=birth,
        address=address.strip(),
        english_name=english_name,
        entered="card",
        card_valid_to=NO_END if valid_to is None else valid_to,
    )
    return CheckedPerson(person, tuple(warnings))


def _validity(valid_from: date | None, valid_to: date | None, today: date) -> tuple[str, ...]:
    if valid_to is not None and valid_to < today:
        return (f"证件 {valid_to} 到期，已经过期，请换有效证件或先办补换领",)
    if valid_from is not None and valid_from > today:
        return (f"证件 {valid_from} 起才有效，请看一眼证件和电脑的日期",)
    return ()


def from_typing(
    *,
    name: str,
    id_type: IdType,
    id_number: str,
    today: date,
    address: str = "",
    phone: str = "",
    ethnic: str = "",
    english_name: str = "",
    birth: date | None = None,
    sex: Sex = Sex.UNKNOWN,
    without_card: str = "",
) -> CheckedPerson:
    """A person typed by the clerk, checked by the rules of the card's number.

    Birth date and sex are taken from the number where it tells them, else from the arguments. ``ethnic`` is a code
    or a name (汉, 汉族), ``without_card`` why no card was read. Raises ``Rejected`` with field ``name``,
    ``id_number``, ``phone`` or ``ethnic``.
    """
    checked_name = check_name(name)
    number = check_id_number(id_number, id_type, today=today)
    contact, doubts = _phone(phone)
    warnings = [*number.warnings, *doubts]
    ethnic_group = ethnic_code(ethnic)
    if ethnic.strip() and not ethnic_group:
        raise Rejected("ethnic", f"没有“{ethnic.strip()}”这个民族，请照证件填，如“汉”")
    person = NaturalPerson(
        name=checked_name,
        id_type=id_type,
        id_number=number.text,
        sex=number.sex or sex,
        ethnic=ethnic_group,
        birth=number.birth or birth,
        address=address.strip(),
        phone=contact,
        english_name=english_name.strip(),
        entered="typed",
        without_card=without_card.strip(),
    )
    return CheckedPerson(person, tuple(warnings))


def legal_entity(
    *, name: str, credit_code: str, legal_representative: str = "", address: str = "", phone: str = ""
) -> CheckedEntity:
    """A legal entity typed by the clerk.

    Raises ``Rejected`` with field ``entity_name``, ``credit_code``, ``legal_representative`` or ``phone``.
    """
    code = check_credit_code(credit_code)
    contact, doubts = _phone(phone)
    representative = legal_representative.strip()
    entity = LegalEntity(
        name=check_name(name, field="entity_name", what="单位名称", longest=200),
        credit_code=code.text,
        legal_representative=(
            check_name(representative, field="legal_representative", what="法定代表人") if representative else ""
        ),
        address=address.strip(),
        phone=contact,
    )
    return CheckedEntity(entity, (*code.warnings, *doubts))


def other_organisation(
    *, name: str, certificate: str, certificate_number: str, responsible: str, address: str = "", phone: str = ""
) -> CheckedOrganisation:
    """An organisation without a credit code, typed by the clerk.

    There is no rule for the number of an approval or of a foreign register, so it is only asked to be whole. Raises
    ``Rejected`` with field ``organisation_name``, ``certificate``, ``certificate_number``, ``responsible`` or
    ``phone``.
    """
    number = check_name(certificate_number, field="certificate_number", what="证明文件的编号")
    if not any(char.isalnum() for char in number):
        raise Rejected("certificate_number", "证明文件的编号里没有字母或数字，请照原件填")
    contact, doubts = _phone(phone)
    organisation = OtherOrganisation(
        name=check_name(name, field="organisation_name", what="组织名称", longest=200),
        certificate=check_name(certificate, field="certificate", what="证明文件的名称，如“批准文件”“境外登记证”"),
        certificate_number=number,
        responsible=check_name(responsible, field="responsible", what="负责人"),
        address=address.strip(),
        phone=contact,
    )
    return CheckedOrganisation(organisation, doubts)


def contact(*, name: str, phone: str, relation: str = "") -> CheckedContact:
    """Somebody to call: both name and telephone. Raises ``Rejected`` with field ``name`` or ``phone``."""
    checked = check_name(name, what="联系人姓名")
    if not phone.strip():
        raise Rejected("phone", f"还没有填{checked}的电话")
    found = check_phone(phone)
    return CheckedContact(Contact(checked, found.text, relation.strip()), found.warnings)


def _phone(text: str) -> tuple[str, tuple[str, ...]]:
    """A telephone that may be left out, and the doubts about it."""
    if not text.strip():
        return "", ()
    found = check_phone(text)
    return found.text, found.warnings


def check_name(text: str, *, field: str = "name", what: str = "姓名", longest: int = _LONGEST_NAME) -> str:
    """A name without blanks at its ends and control characters, surrogates paired; nothing else is touched.

    Private-use and supplementary characters stay. Raises ``Rejected(field, …)`` for an empty or masked name, for one
    that is too long and for a broken character, of which the second half got lost.
    """
    cut = letters(text.strip())
    name = "".join(char for char in "".join(cut) if unicodedata.category(char) not in _INVISIBLE)
    if not name.strip():
        raise Rejected(field, f"还没有填{what}")
    if "*" in name:
        raise Rejected(field, f"这是遮盖过的{what}，请按证件输全")
    if len(name) > longest:
        raise Rejected(field, f"{what}太长（{len(name)} 字），请再看一遍证件")
    if any(unicodedata.category(char) == "Cs" for char in name):
        raise Rejected(field, f"{what}里有一个字没有收全，请删掉再输一遍")
    return name
