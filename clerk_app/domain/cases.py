"""States of a case and the one table of lawful steps between them, as far as the window takes it."""

from __future__ import annotations

from enum import StrEnum

from clerk_app.domain.errors import Locked
from clerk_app.domain.law import OutcomeKind


class CaseState(StrEnum):
    """A case from the first key to the end of the intake."""

    DRAFT = "draft"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_DEFICIENCY = "accepted_with_deficiency"
    ACCEPTED_BY_COMMITMENT = "accepted_by_commitment"
    NOT_ACCEPTED = "not_accepted"
    NOT_REQUIRED = "not_required"
    REDIRECTED = "redirected"
    ABANDONED = "abandoned"


TRANSITIONS: dict[tuple[CaseState, OutcomeKind], CaseState] = {
    (CaseState.DRAFT, OutcomeKind.ON_SITE_CORRECTION): CaseState.DRAFT,
    **{
        (CaseState.DRAFT, kind): CaseState(kind.value)
        for kind in OutcomeKind
        if kind is not OutcomeKind.ON_SITE_CORRECTION
    },
}


def after(state: CaseState, outcome: OutcomeKind) -> CaseState:
    """The state that an outcome leads to; ``Locked`` when the table has no such step."""
    try:
        return TRANSITIONS[state, outcome]
    except KeyError:
        raise Locked("这件已经有结论，不能再改；要改请作废后重办") from None
