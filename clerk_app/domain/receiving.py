"""Who may take a result along: the applicant, who speaks for an organisation by its register, an agent with the power.

民法典第六十一条 (legal representative), 第一百六十一条、第一百六十五条 (agent, power of attorney); a power to apply is
no power to collect, so 领取 has to be written in the paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from clerk_app.domain.intake import Intake
from clerk_app.domain.persons import Agent, Applicant, LegalEntity, NaturalPerson, OtherOrganisation, Party

TO_COLLECT: Final = "领取"

STRANGER: Final = (
    "来人不是申请人，也没有写明“领取”的授权委托书，不能交给他。请带委托书、申请人身份证明和本人身份证再来"
)


@dataclass(frozen=True, slots=True)
class Receiving:
    """Whether a person may take the result of a case. ``relation`` to the applicant as the service receipt writes it,
    empty when they may not; ``why`` the refusal in one sentence; ``checks`` what the clerk still has to look at."""

    may: bool
    relation: str = ""
    why: str = ""
    checks: tuple[str, ...] = ()


def receiving(intake: Intake, person: NaturalPerson, on: date, power: Agent | None = None) -> Receiving:
    """What ``person`` is to the applicant of a case; ``power`` is a power of attorney that was brought for collecting.

    A number that fits tells who it is; a name that differs then asks for a second look, it may have been changed.
    """
    for party in intake.people:
        if _same(party.applicant, person):
            return Receiving(True, "本人", checks=_look(party.applicant, person))
    for party in intake.people:
        found = _speaks_for(party, person)
        if found is not None:
            return found
    for agent in _agents(intake):
        if _same(agent.person, person):
            return _by_agent(agent, power, person, on)
    return _with_power(power, person, on) or Receiving(False, why=STRANGER)


def _speaks_for(party: Party, person: NaturalPerson) -> Receiving | None:
    """The representative of an organisation, known by name alone: the register says so, not this case."""
    applicant, name = party.applicant, person.display_name
    if isinstance(applicant, LegalEntity) and applicant.legal_representative == name:
        return Receiving(True, "法定代表人", checks=(f"看营业执照，法定代表人是不是{name}",))
    if isinstance(applicant, OtherOrganisation) and applicant.responsible == name:
        return Receiving(True, "负责人", checks=(f"看证明文件，负责人是不是{name}",))
    return None


def _by_agent(agent: Agent, power: Agent | None, person: NaturalPerson, on: date) -> Receiving:
    if agent.may(TO_COLLECT, on):
        relation = "法定代理人" if agent.statutory else "代理人"
        return Receiving(True, relation, checks=_look(agent.person, person))
    brought = _with_power(power, person, on)
    if brought is not None:
        return brought
    if agent.expired(on):
        return Receiving(False, why=f"{agent.name}的授权委托书 {agent.valid_to} 到期，已经过期，请带新的委托书")
    return Receiving(False, why=f"{agent.name}的授权委托书只写了“{agent.scope}”，没有写“领取”，请带写明领取的委托书")


def _with_power(power: Agent | None, person: NaturalPerson, on: date) -> Receiving | None:
    if power is None or not _same(power.person, person):
        return None
    if power.expired(on):
        return Receiving(False, why=f"这份授权委托书 {power.valid_to} 到期，已经过期，请带新的委托书")
    if not power.may(TO_COLLECT, on):
        return Receiving(False, why=f"这份授权委托书写的是“{power.scope}”，没有写“领取”，不能交给他")
    return Receiving(True, "代理人", checks=("收下授权委托书原件，看委托人签名和申请人身份证明",))


def _agents(intake: Intake) -> Iterator[Agent]:
    return (party.agent for party in intake.people if party.agent is not None)


def _same(known: Applicant, person: NaturalPerson) -> bool:
    if not isinstance(known, NaturalPerson):
        return False
    return (known.id_type, known.id_number.upper()) == (person.id_type, person.id_number.upper())


def _look(known: Applicant, person: NaturalPerson) -> tuple[str, ...]:
    assert isinstance(known, NaturalPerson)
    if known.display_name == person.display_name:
        return ()
    return (f"号码相同，姓名和受理时的“{known.display_name}”不一样，请看是不是改过名",)
