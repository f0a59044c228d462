"""Words and lights that several views of the window share: devices, case states, who came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from clerk_app.domain.cases import CaseState
from clerk_app.domain.identity import IdType
from clerk_app.domain.intake import Intake
from clerk_app.domain.parties import agency_fault
from clerk_app.domain.persons import Agent, LegalEntity, NaturalPerson, OtherOrganisation
from clerk_app.ports.devices import DeviceHealth, DeviceState
from clerk_app.ui.kit.paint import Lamp, State


@dataclass(frozen=True, slots=True)
class DeviceNow:
    """One device as it is now; ``short`` is its name in the status bar (empty: the name), ``icon`` a Lucide name."""

    key: str
    name: str
    icon: str
    health: DeviceHealth
    short: str = ""


_DEVICE: Final[dict[DeviceState, tuple[Lamp, str]]] = {
    DeviceState.READY: (Lamp.OK, ""),
    DeviceState.BUSY: (Lamp.OK, "正在用"),
    DeviceState.NEEDS_PAPER: (Lamp.BAD, "缺纸"),
    DeviceState.ABSENT: (Lamp.BAD, "未连接"),
    DeviceState.FAULTY: (Lamp.BAD, "故障"),
    DeviceState.NOT_CONFIGURED: (Lamp.OFF, "未设置"),
}

CASE_WORDS: Final[dict[CaseState, tuple[str, State]]] = {
    CaseState.DRAFT: ("没办完", State.NEUTRAL),
    CaseState.SUPPLEMENT_REQUESTED: ("待补正", State.WARN),
    CaseState.SUPPLEMENT_RECEIVED: ("已补齐待受理", State.WARN),
    CaseState.ACCEPTED: ("已受理", State.OK),
    CaseState.ACCEPTED_WITH_DEFICIENCY: ("容缺受理", State.WARN),
    CaseState.ACCEPTED_BY_COMMITMENT: ("承诺受理", State.OK),
    CaseState.DEEMED_ACCEPTED: ("视为受理", State.WARN),
    CaseState.NOT_ACCEPTED: ("不予受理", State.NEUTRAL),
    CaseState.NOT_REQUIRED: ("不需要办", State.NEUTRAL),
    CaseState.REDIRECTED: ("改办别的", State.NEUTRAL),
    CaseState.ABANDONED: ("已放弃", State.NEUTRAL),
    CaseState.IN_REVIEW: ("审查中", State.PRI),
    CaseState.SUSPENDED: ("特别程序中", State.WARN),
    CaseState.GRANTED: ("准予", State.OK),
    CaseState.REFUSED: ("已决定不予", State.NEUTRAL),
    CaseState.CERTIFIED: ("已制证", State.OK),
    CaseState.SEALED: ("已用印", State.OK),
    CaseState.READY: ("可领取", State.OK),
    CaseState.POSTED: ("已寄出", State.PRI),
    CaseState.DELIVERED: ("已送达", State.OK),
    CaseState.WITHDRAWN: ("已撤回", State.NEUTRAL),
    CaseState.TERMINATED: ("已终止", State.NEUTRAL),
    CaseState.VOIDED: ("已作废", State.NEUTRAL),
    CaseState.ARCHIVED: ("已归档", State.NEUTRAL),
}
"""Word and colour of every state: cases go on after the counter, and lists follow them."""


def device_light(health: DeviceHealth) -> tuple[Lamp, str]:
    """Lamp and word of a device; the word is empty when it is ready."""
    return _DEVICE[health.state]


def arrived(intake: Intake | None) -> NaturalPerson | None:
    """The person at the counter: the agent if there is one, else the applicant; None while nobody is recorded."""
    if intake is None:
        return None
    if intake.agent is not None:
        return intake.agent.person
    return intake.applicant if isinstance(intake.applicant, NaturalPerson) else None


def arrived_as(intake: Intake) -> str:
    """「到场人（代理人）」 or 「到场人（申请人）」."""
    return "到场人（代理人）" if intake.agent is not None else "到场人（申请人）"


def applicant_kind(intake: Intake) -> str:
    """「申请人（法人）」, 「申请人（个人）」 or 「申请人（其他组织）」; with its role where several apply together."""
    applicant = intake.applicant
    kind = "法人" if isinstance(applicant, LegalEntity) else "个人"
    if isinstance(applicant, OtherOrganisation):
        kind = "其他组织"
    return f"申请人（{'，'.join(one for one in (kind, intake.first_role) if one)}）"


READABLE: Final = frozenset({IdType.RESIDENT, IdType.RESIDENCE_PERMIT, IdType.FOREIGN_PERMANENT})
"""Certificates with a chip: one of these that was typed was not read."""


def person_pills(person: NaturalPerson, today: date) -> list[tuple[str, State, str]]:
    """(word, state, icon): how the person was recorded, and whether the card has run out."""
    if person.entered == "card":
        pills = [("身份证已读", State.OK, "check")]
    elif person.id_type in READABLE:
        why = f"（{person.without_card}）" if person.without_card else ""
        pills = [(f"未读身份证，手工录入{why}", State.WARN, "keyboard")]
    else:
        pills = [("手工录入", State.NEUTRAL, "keyboard")]
    if person.card_valid_to is not None and person.card_valid_to < today:
        pills.append(("证件已过期", State.BAD, "circle-alert"))
    return pills


def agency_pills(agent: Agent | None, today: date) -> list[tuple[str, State, str]]:
    """(word, state, icon) about the power of attorney, where it does not carry the application."""
    if agent is None or not agency_fault(agent, today):
        return []
    return [("委托书已过期" if agent.expired(today) else "委托书没写代为申请", State.BAD, "circle-alert")]
