"""What the people of one application are to each other: powers of attorney, nobody twice, whom a matter is for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from clerk_app.domain.errors import Rejected
from clerk_app.domain.persons import (
    Agent,
    Applicant,
    LegalEntity,
    NaturalPerson,
    OtherOrganisation,
    Party,
    check_name,
)

TO_APPLY: Final = ("申请", "申领", "申办", "办理", "代办")
"""Words with which a power of attorney lets somebody apply."""

AUDIENCES: Final = {
    "1": "自然人",
    "2": "企业法人",
    "3": "事业法人",
    "4": "社会组织法人",
    "5": "行政机关",
    "6": "其他组织",
}
"""GB/T 39046-2020 A.4. Platforms in use write 5 for enterprises without legal personality, 6 for public bodies and 9
for the rest, so these three exclude nobody but natural persons."""

_UNSURE: Final = frozenset({"5", "6", "9"})
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class CheckedAgent:
    """An agent with the power of attorney as typed, and the Chinese sentences that ask for a second look."""

    agent: Agent
    warnings: tuple[str, ...] = ()


def power_of_attorney(
    person: NaturalPerson, *, scope: str, today: date, signed_on: str = "", valid_to: str = ""
) -> CheckedAgent:
    """The agent by the paper that the clerk holds; days as typed (20261123, 2026-11-23), empty where it names none.

    A paper that has run out or does not let the agent apply is a warning here, because it is shown, and locks the
    acceptance later (``agency_fault``). Raises ``Rejected`` with field ``scope``, ``signed_on`` or ``valid_to``.
    """
    powers = check_name(scope, field="scope", what="授权范围，如“代为申请、领取”", longest=200)
    signed = check_day(signed_on, field="signed_on", what="签署日期")
    last = check_day(valid_to, field="valid_to", what="有效期")
    if signed is not None and signed > today:
        raise Rejected("signed_on", f"签署日期 {signed} 还没有到，请再看一遍委托书")
    if last is not None and signed is not None and last < signed:
        raise Rejected("valid_to", "有效期比签署日期还早，请再看一遍委托书")
    agent = Agent(person, powers, valid_to=last, signed_on=signed)
    fault = agency_fault(agent, today)
    return CheckedAgent(agent, (fault,) if fault else ())


def check_day(text: str, *, field: str, what: str) -> date | None:
    """A day as typed: 20261123, 2026-11-23, 2026.11.23 or 2026年11月23日; None when nothing is typed."""
    typed = text.strip()
    if not typed:
        return None
    found = _DAY.fullmatch(typed)
    if found is None:
        raise Rejected(field, f"{what}要写年月日，如 20261231")
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise Rejected(field, f"没有“{typed}”这一天，请再看一遍委托书") from None


def agency_fault(agent: Agent, on: date) -> str:
    """Why this agent cannot apply on that day, in one sentence; empty when they can (民法典第一百六十五条)."""
    if agent.expired(on):
        return f"{agent.name}的授权委托书 {agent.valid_to} 到期，已经过期，请换新的委托书"
    if agent.statutory or any(word in agent.scope for word in TO_APPLY):
        return ""
    return f"{agent.name}的授权范围里没有写代为申请，请委托人补写后再受理"


def check_distinct(applicant: Applicant | None, agent: Agent | None, parties: Iterable[Party]) -> None:
    """Nobody applies twice, and nobody is their own agent.

    Raises ``Rejected("agent", …)`` or ``Rejected("parties", …)``.
    """
    first = [Party("", applicant, agent)] if applicant is not None else []
    seen: set[tuple[str, str]] = set()
    for party in (*first, *parties):
        me = _identity(party.applicant)
        if party.agent is not None and _identity(party.agent.person) == me:
            raise Rejected("agent", f"代理人和申请人都是{party.name}，请选“本人来办”，或换代理人的证件")
        if me in seen:
            raise Rejected("parties", f"{party.name}已经在申请人里了，同一个人不能写两次")
        seen.add(me)


def double_agency(parties: Iterable[Party]) -> tuple[str, ...]:
    """Sentences about those who act for both sides, or for the other side of their own bargain.

    民法典第一百六十八条: either needs the consent of those who are represented.
    """
    everybody = tuple(parties)
    doubts: list[str] = []
    sides: dict[tuple[str, str], str] = {_identity(party.applicant): party.role for party in everybody}
    for party in everybody:
        if party.agent is None:
            continue
        who = _identity(party.agent.person)
        other = sides.setdefault(who, party.role)
        if other != party.role:
            doubts.append(
                f"{party.agent.name}同时代表{other}和{party.role}，要被代理的人同意（民法典第一百六十八条），"
                "请看委托书里有没有写明"
            )
    return tuple(doubts)


def _identity(applicant: Applicant) -> tuple[str, str]:
    if isinstance(applicant, LegalEntity):
        return "uscc", applicant.credit_code
    if isinstance(applicant, OtherOrganisation):
        return applicant.certificate, applicant.certificate_number
    return applicant.id_type.value, applicant.id_number


def audience_fault(matter_name: str, audience: tuple[str, ...], applicant: Applicant | None) -> str:
    """Why a matter is not for this applicant, in one sentence; empty when it is or nobody can tell."""
    if applicant is None or not audience:
        return ""
    if isinstance(applicant, NaturalPerson):
        return "" if "1" in audience else f"「{matter_name}」只对单位办理，请在第 1 步录入单位"
    if set(audience) == {"1"}:
        return f"「{matter_name}」只对个人办理，请换成个人申请"
    kind = audience_of(applicant)
    if not kind or kind in audience or _UNSURE & set(audience):
        return ""
    names = "、".join(AUDIENCES[code] for code in audience if code in AUDIENCES)
    return f"「{matter_name}」的服务对象是{names}，{AUDIENCES[kind]}不能申请，请核对单位或换一个事项"


def audience_of(applicant: LegalEntity | OtherOrganisation) -> str:
    """Kind of an organisation by the first two characters of its credit code (GB 32100); empty where they do not tell:
    a sole trader (92) is no legal person, and a branch looks like its company."""
    if isinstance(applicant, OtherOrganisation):
        return "6"
    code = applicant.credit_code
    if code[:1] == "5":
        return "4"
    return {"11": "5", "12": "3", "91": "2", "93": "2"}.get(code[:2], "")
