"""One change of a case in the groups of GB/T 39046-2020: what the record or the act says, under our field names.

Everything comes from the record, its acts and the settings; nothing is made up. What the standard asks for and a hall
does not keep (postcode, number of an investment project) is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from clerk_app.domain import casefile, cases
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseState
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.errors import Locked
from clerk_app.domain.identity import IdType
from clerk_app.domain.law import OUTCOME_NAMES, OutcomeKind
from clerk_app.domain.parties import audience_of
from clerk_app.domain.persons import LegalEntity, OtherOrganisation
from clerk_app.domain.platform import Groups, Row, Value
from clerk_app.domain.platform_standard import MOST_CONTACTS, ActionKind
from clerk_app.ports.hall import CaseRecord, PartyRecord
from clerk_app.ports.stores_hall_exports import ChangeKind
from clerk_app.services.hall.export_act import act_groups
from clerk_app.services.hall.export_parts import (
    ACCEPTANCE_PAPERS,
    CaseThen,
    Told,
    body_of,
    dates_of,
    inner,
    material_row,
    moment_of,
    rows_of,
    text_of,
)

_AT_THE_WINDOW: Final = "1"
"""GB/T 39046-2020 A.5."""
_MARKET_BODIES: Final = ("91", "92", "93")
"""First characters of credit codes that a 营业执照 carries (GB 32100)."""


def groups_of(then: CaseThen, told: Told) -> Groups:
    """What this change brought: the whole application with a record, one step with an act."""
    file = _file(then)
    made = _of_record(then, told, file) if then.change.kind is ChangeKind.RECORD else act_groups(then, told, file)
    return {"change": (_change(then, _state(then, file)),)} | made


def _file(then: CaseThen) -> CaseFile | None:
    opening = then.record.opening
    return None if opening is None else casefile.folded(opening, then.acts)


def _state(then: CaseThen, file: CaseFile | None) -> CaseState:
    if file is not None:
        return file.state
    try:
        return cases.after(CaseState.DRAFT, OutcomeKind(then.record.outcome))
    except (Locked, ValueError):
        return CaseState.ACCEPTED


def _change(then: CaseThen, state: CaseState) -> Row:
    change = then.change
    return {
        "change_id": change.change_id,
        "change_no": change.feed_no,
        "kind": change.kind.value,
        "case_no": then.case_no,
        "case_number": change.case_number,
        "hall_code": then.hall.code,
        "changed_at": change.at,
        "state": state.value,
        "state_label": state.label,
    }


# --- the record -------------------------------------------------------------------------------------------------------
def _of_record(then: CaseThen, told: Told, file: CaseFile | None) -> dict[str, tuple[Row, ...]]:
    record = then.record
    outcome = OutcomeKind(record.outcome)
    concluded = moment_of(record.detail.get("concluded_at")) or record.received_at
    made: dict[str, tuple[Row, ...]] = {
        "application": (_application(then, told),),
        "co_applicants": tuple(_party(one) for one in record.parties),
        "materials": tuple(_listed_material(record, row) for row in rows_of(record.detail, "materials")),
        "process": (_counter_step(record, outcome, concluded),),
    }
    if outcome is not OutcomeKind.SUPPLEMENT_REQUESTED:
        made["acceptance"] = (_acceptance(then, told, outcome, concluded),)
    if file is not None and file.state in cases.ENDED:
        made["completion"] = (
            {
                "handler": record.clerk,
                "at": concluded,
                "result": file.state.label,
                "description": text_of(record.detail, "reason"),
                "fee_charged": False,
            },
        )
    return made


def _application(then: CaseThen, told: Told) -> Row:
    record = then.record
    intake = inner(record.conclusion, "intake")
    row: dict[str, Value] = {
        "case_no": then.case_no,
        "task_code": record.matter_code,
        "matter_name": record.matter_name,
        "matter_version": record.matter_version,
        "case_type": record.opening.case_type.value if record.opening else CaseType.OTHER.value,
        "legal_representative": text_of(inner(intake, "applicant"), "legal_representative"),
        "source": _AT_THE_WINDOW,
        "applied_at": record.received_at,
        "area_code": told.area_code,
        "pre_check_no": text_of(intake, "pre_check"),
    }
    row |= {f"applicant_{name}": value for name, value in _party(record.applicant).items()}
    for number, one in enumerate(rows_of(intake, "contacts")[:MOST_CONTACTS], 1):
        row |= {f"contact{number}_name": text_of(one, "name"), f"contact{number}_phone": text_of(one, "phone")}
    for number, agent in enumerate(_agents(record, intake)[:MOST_CONTACTS], 1):
        row |= {f"agent{number}_{name}": value for name, value in agent.items()}
    return row


def _party(party: PartyRecord) -> Row:
    row: dict[str, Value] = {"name": party.name, "document_no": party.document_no}
    row |= {"phone": party.phone, "address": party.address}
    if party.kind == "person":
        return row | {"audience": "1", "document_type": party.document_type}
    if party.document_type == "uscc":
        market = party.document_no[:2] in _MARKET_BODIES
        row["document_type"] = (IdType.BUSINESS_LICENCE if market else IdType.OTHER).value
        row["document_name"] = "统一社会信用代码"
        return row | {"audience": audience_of(LegalEntity(party.name, party.document_no))}
    row |= {"document_type": IdType.OTHER.value, "document_name": party.document_type}
    return row | {"audience": audience_of(OtherOrganisation(party.name, party.document_type, party.document_no))}


def _agents(record: CaseRecord, intake: Mapping[str, Any]) -> Sequence[Row]:
    """The applicant's agent, then those of the others who apply."""
    found: list[Row] = []
    if record.agent is not None:
        one = record.agent
        found.append({"name": one.name, "document_type": one.document_type, "document_no": one.document_no})
        found[-1] = {**found[-1], "phone": one.phone}
    for party in rows_of(intake, "parties"):
        person = inner(inner(party, "agent"), "person")
        name = text_of(person, "name") or text_of(person, "english_name")
        if name:
            found.append(
                {
                    "name": name,
                    "document_type": text_of(person, "id_type"),
                    "document_no": text_of(person, "id_number"),
                    "phone": text_of(person, "phone"),
                }
            )
    return found


def _listed_material(record: CaseRecord, row: Mapping[str, Any]) -> Row:
    try:
        verdict = Verdict(text_of(row, "verdict"))
    except ValueError:
        verdict = Verdict.PENDING
    defects = "、".join(one for one in row.get("defects", ()) if isinstance(one, str))
    remark = text_of(row, "sentence") or defects or text_of(row, "source")
    pieces = row.get("pieces")
    count = pieces if isinstance(pieces, int) and not isinstance(pieces, bool) else 0
    return material_row(text_of(row, "id"), text_of(row, "name"), verdict, count, record.received_at, remark)


def _counter_step(record: CaseRecord, outcome: OutcomeKind, concluded: datetime) -> Row:
    if outcome.value.startswith("accepted") or outcome is OutcomeKind.DEEMED_ACCEPTED:
        action = ActionKind.PASSED
    else:
        action = ActionKind.RETURNED
    return {
        "step_id": f"{record.case_id}:{record.revision}",
        "step": OUTCOME_NAMES[outcome],
        "flow": "受理",
        "action": action.value,
        "handler": record.clerk,
        "opinion": text_of(record.detail, "reason"),
        "started_at": record.received_at,
        "ended_at": concluded,
        "status": "已办",
    }


def _acceptance(then: CaseThen, told: Told, outcome: OutcomeKind, concluded: datetime) -> Row:
    record = then.record
    opening = record.opening
    number = next((one.number for one in record.documents if one.kind in ACCEPTANCE_PAPERS), "")
    row: dict[str, Value] = {
        **body_of(record, told),
        "handler": record.clerk,
        "at": record.accepted_at or concluded,
        "result": OUTCOME_NAMES[outcome],
        "document_no": number,
        "reason": text_of(record.detail, "reason"),
        "competent_body": text_of(record.detail, "competent_body"),
    }
    if opening is not None:
        row |= dates_of(opening.promised, opening.statutory)
    return row
