"""From an intake record and its acts to the columns that work lists search by."""

from __future__ import annotations

from datetime import datetime

from clerk_app.domain import case_rules, casefile
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile, CaseOpening
from clerk_app.domain.cases import ENDED, UNDER_DECISION, CaseState
from clerk_app.domain.masking import mask_name
from clerk_app.ports.hall import CaseRecord, PartyRecord
from clerk_app.ports.stores_hall_cases import CaseStanding

_WIDTH = 256
_PUBLIC_NAMES = frozenset({"entity", "other"})


def masked(party: PartyRecord) -> str:
    """The applicant's name for lists: people masked, organisations as they are (their names are public)."""
    return _fit(party.name if party.kind in _PUBLIC_NAMES else mask_name(party.name))


def _fit(text: str) -> str:
    """As much as the column of a list holds; the record has the whole."""
    return text[:_WIDTH]


def of_record(record: CaseRecord) -> CaseStanding:
    """Where the counter left the case."""
    if record.opening is None:
        return CaseStanding(
            opened=False,
            state=CaseState(record.outcome),
            since=record.received_at,
            applicant=masked(record.applicant),
            matter_name=_fit(record.matter_name),
            accepted_at=record.accepted_at,
        )
    return after_acts(record, record.opening, ())


def after_acts(record: CaseRecord, opening: CaseOpening, acts: tuple[CaseAct, ...]) -> CaseStanding:
    """Where the case stands after its acts. Raises what ``case_rules.apply`` raises."""
    file, since = casefile.opened(opening), opening.concluded_at
    for act in acts:
        before, file = file.state, case_rules.apply(file, act)
        if file.state is not before:
            since = act.at
    return CaseStanding(
        opened=True,
        state=file.state,
        since=since,
        applicant=masked(record.applicant),
        matter_name=_fit(opening.matter_name),
        department=_fit(opening.department),
        instant=file.instant,
        quantity_limited=opening.quantity_limited,
        owes=bool(file.missing) and file.state in UNDER_DECISION,
        accepted_at=file.accepted_at,
        due_at=_due(file),
        owed_due_at=opening.tolerance_due,
        received_by=opening.received_by,
        decided_by=file.decided_by,
        sealed_by=file.sealed_by,
    )


def _due(file: CaseFile) -> datetime | None:
    """Until when the next step of the applicant or of the office has to come."""
    if file.state is CaseState.SUPPLEMENT_REQUESTED:
        return file.supplement_due
    return None if file.state in ENDED else file.promised
