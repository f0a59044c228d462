"""Values to JSON and back: drafts, conclusions, papers, and what the server gets of a concluded case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter

from clerk_app.domain.conclusion import Conclusion, case_opening, competent_body
from clerk_app.domain.intake import Intake
from clerk_app.domain.papers import Notice, Receipt
from clerk_app.domain.persons import Applicant, LegalEntity, NaturalPerson, OtherOrganisation
from clerk_app.ports.hall import CaseRecord, PaperRecord, PartyRecord, RatingRecord
from clerk_app.ports.window import StoredPaper

T = TypeVar("T")
_made: dict[type[Any], TypeAdapter[Any]] = {}


def _as(kind: type[T]) -> TypeAdapter[T]:
    """The JSON form of a type. Made at first use: all of them take 0.1 s, which the first call of the day would pay."""
    if kind not in _made:
        _made[kind] = TypeAdapter(kind)
    return _made[kind]


def dump_intake(intake: Intake) -> dict[str, Any]:
    """The whole intake with the matter inside, so that a draft keeps the version it was taken under."""
    return _dict(_as(Intake).dump_python(_open(intake), mode="json"))


def load_intake(body: dict[str, Any]) -> Intake:
    """The intake of ``dump_intake``."""
    return _sealed(_as(Intake).validate_python(body))


def dump_conclusion(conclusion: Conclusion) -> dict[str, Any]:
    """Everything that the papers were made from."""
    hall = replace(conclusion.hall, agency_short=dict(conclusion.hall.agency_short))
    opened = replace(conclusion, intake=_open(conclusion.intake), hall=hall)
    return _dict(_as(Conclusion).dump_python(opened, mode="json"))


def load_conclusion(body: dict[str, Any]) -> Conclusion:
    """The conclusion of ``dump_conclusion``."""
    found = _as(Conclusion).validate_python(body)
    return replace(found, intake=_sealed(found.intake))


def dump_receipt(receipt: Receipt) -> dict[str, Any]:
    return _dict(_as(Receipt).dump_python(receipt, mode="json"))


def load_receipt(body: dict[str, Any]) -> Receipt:
    return _as(Receipt).validate_python(body)


def dump_notice(notice: Notice) -> dict[str, Any]:
    return _dict(_as(Notice).dump_python(notice, mode="json"))


def load_notice(body: dict[str, Any]) -> Notice:
    return _as(Notice).validate_python(body)


def dump_case_record(record: CaseRecord) -> dict[str, Any]:
    return _dict(_as(CaseRecord).dump_python(record, mode="json"))


def load_case_record(body: dict[str, Any]) -> CaseRecord:
    return _as(CaseRecord).validate_python(body)


def dump_rating_record(record: RatingRecord) -> dict[str, Any]:
    return _dict(_as(RatingRecord).dump_python(record, mode="json"))


def load_rating_record(body: dict[str, Any]) -> RatingRecord:
    return _as(RatingRecord).validate_python(body)


def dump(kind: type[T], value: T) -> dict[str, Any]:
    """Any record of ours as JSON values."""
    return _dict(_as(kind).dump_python(value, mode="json"))


def load(kind: type[T], body: dict[str, Any]) -> T:
    """The record of ``dump``."""
    return _as(kind).validate_python(body)


def _dict(value: Any) -> dict[str, Any]:
    assert isinstance(value, dict)
    return value


def _open(intake: Intake) -> Intake:
    return replace(intake, answers=dict(intake.answers), checks=dict(intake.checks))


def _sealed(intake: Intake) -> Intake:
    return replace(intake, answers=MappingProxyType(dict(intake.answers)), checks=MappingProxyType(dict(intake.checks)))


def case_record(conclusion: Conclusion, papers: Sequence[StoredPaper]) -> CaseRecord:
    """What the server gets of a concluded case: the legal facts, the parties, the numbers and hashes of the papers."""
    c = conclusion
    assert c.intake.applicant is not None
    agent = _person(c.intake.agent.person) if c.intake.agent else None
    return CaseRecord(
        case_id=c.intake.case_id,
        case_number=c.numbers.case,
        hall_id=c.hall.hall_id,
        window_no=c.actor.window_no or "",
        matter_code=c.matter.code,
        matter_name=c.matter.name,
        matter_version=c.matter.version,
        applicant=party(c.intake.applicant, c.intake.contact_phone),
        outcome=c.outcome.value,
        received_at=c.received_at,
        clerk=c.actor.user_name,
        ticket_id=c.intake.ticket.ticket_id if c.intake.ticket else None,
        agent=agent,
        accepted_at=c.accepted_at,
        promised_on=c.promised.at.date() if c.promised else None,
        provisional=c.promised.provisional if c.promised else False,
        documents=tuple(PaperRecord(p.paper_id, p.kind.value, p.number, p.sha) for p in papers),
        detail=_detail(c),
        opening=case_opening(c),
        conclusion=dump_conclusion(_pinned(c)),
        parties=tuple(party(one.applicant) for one in c.intake.parties),
        outage_since=c.outage.since if c.outage else None,
    )


def _pinned(c: Conclusion) -> Conclusion:
    """The conclusion with as much of its matter as the case needs: what was not asked for need not travel."""
    matter = c.matter
    slim = replace(matter, materials=c.intake.materials, legal_basis=matter.legal_basis[:3])
    return replace(c, intake=replace(c.intake, matter=slim))


def party(applicant: Applicant, phone: str = "") -> PartyRecord:
    """Applicant as the server keeps it; ``phone`` is the contact number given at the window."""
    if isinstance(applicant, LegalEntity):
        return PartyRecord(
            kind="entity",
            name=applicant.name,
            document_type="uscc",
            document_no=applicant.credit_code,
            phone=phone or applicant.phone,
            address=applicant.address,
        )
    if isinstance(applicant, OtherOrganisation):
        return PartyRecord(
            kind="other",
            name=applicant.name,
            document_type=applicant.certificate,
            document_no=applicant.certificate_number,
            phone=phone or applicant.phone,
            address=applicant.address,
        )
    return _person(applicant, phone)


def _person(person: NaturalPerson, phone: str = "") -> PartyRecord:
    return PartyRecord(
        kind="person",
        name=person.display_name,
        document_type=person.id_type.value,
        document_no=person.id_number,
        phone=phone or person.phone,
        address=person.address,
    )


def _detail(c: Conclusion) -> dict[str, Any]:
    rows = [
        {
            "no": number,
            "id": material.id,
            "name": material.name,
            "verdict": row.verdict.value,
            "pieces": row.pieces,
            "pages": row.pages,
            "defects": list(row.phrases),
            "sentence": row.sentence,
            "corrected": row.corrected,
            "source": row.source,
            "due": row.due.isoformat() if row.due else None,
        }
        for number, (material, row) in enumerate(c.intake.rows, 1)
    ]
    return {
        "clerk_id": c.actor.user_id,
        "document_number": c.numbers.document,
        "concluded_at": c.concluded_at.isoformat(),
        "notice_due": c.notice_due.at.isoformat(),
        "tolerance_due": c.tolerance_due.at.isoformat() if c.tolerance_due else None,
        "supplement_due": c.supplement_due.isoformat() if c.supplement_due else None,
        "answers": {key: list(value) for key, value in c.intake.answers.items()},
        "materials": rows,
        "delivery": c.intake.delivery,
        "competent_body": competent_body(c.intake),
        "reason": c.intake.reason,
    }
