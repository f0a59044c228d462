"""Who stands at the window, and what they are to the case whose result they want."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from clerk_app.domain.identity import IdType
from clerk_app.domain.intake import Intake
from clerk_app.domain.persons import (
    Agent,
    Applicant,
    LegalEntity,
    NaturalPerson,
    OtherOrganisation,
    applicant_name,
)
from clerk_app.domain.receiving import TO_COLLECT


def number_of(applicant: Applicant | None) -> str:
    """The number under which the results of an applicant are kept."""
    if isinstance(applicant, NaturalPerson):
        return applicant.id_number
    if isinstance(applicant, LegalEntity):
        return applicant.credit_code
    return applicant.certificate_number if isinstance(applicant, OtherOrganisation) else ""


def is_another(intake: Intake, person: NaturalPerson | None) -> bool:
    """Whether somebody is here who is not the applicant: they may have a power of attorney with them."""
    return person is not None and number_of(intake.applicant) != person.id_number


def agent_lock(intake: Intake, today: date) -> str:
    """Why this case knows nobody who may collect for the applicant; empty when it does."""
    if intake.agent is None:
        return "这件没有代理人"
    return "" if intake.agent.may(TO_COLLECT, today) else f"授权书没有写“{TO_COLLECT}”"


def visitor(intake: Intake, person: NaturalPerson | None, power: Agent | None = None) -> Intake:
    """The case with the person who is here in the place of the one who applied; ``power`` is what they brought."""
    if person is None:
        return intake
    if not is_another(intake, person):
        return replace(intake, applicant=person, agent=None)
    known = replace(intake.agent, person=person) if intake.agent else Agent(person)
    return replace(intake, agent=power or known)


def addressee(intake: Intake) -> NaturalPerson:
    """By post it goes to the applicant; the service writes the organisation's name."""
    applicant = intake.applicant
    return NaturalPerson(name=applicant_name(applicant), id_type=IdType.OTHER, id_number=number_of(applicant))
