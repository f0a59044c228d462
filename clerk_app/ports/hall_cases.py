"""The hall's API for cases after their conclusion: acts, work lists, approvals, seals, visits, online pre-checks.

The same conventions as ``ports.hall``: plain records, one Protocol, idempotency keys, errors of the domain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from clerk_app.domain.acts import Approval, CaseAct, SealKind
from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import MaterialCheck
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall import CaseRecord, Counter, PartyRecord
from clerk_app.ports.hall_running import Emergency


@dataclass(frozen=True, slots=True)
class ActAck:
    """The server has the act durably as number ``position`` (from 1) of its case, which is now in ``state``."""

    act_id: str
    case_id: str
    position: int
    state: CaseState
    synced_at: datetime
    epoch: str


@dataclass(frozen=True, slots=True)
class ServerCase:
    """A case as the server holds it: what the counter concluded, and every act in order.

    ``case_no`` is the official 办件编号. ``sequence`` is the place in the order of acceptance of a matter with limited
    quantity (行政许可法第五十七条), None for others and before acceptance.
    """

    record: CaseRecord
    case_no: str
    state: CaseState
    acts: tuple[CaseAct, ...]
    sequence: int | None = None


class WorkKind(StrEnum):
    """The work lists. ``TO_DECIDE`` and ``TO_SEAL`` are the office's, the others the counter's."""

    TO_DECIDE = "to_decide"
    TO_SEAL = "to_seal"
    TO_PREPARE = "to_prepare"  # sealed, not registered as ready
    TO_ISSUE = "to_issue"
    TO_SUPPLEMENT = "to_supplement"
    OWED = "owed"
    TO_ACCEPT = "to_accept"  # everything supplied, not accepted yet
    SUSPENDED = "suspended"  # in a special procedure: time stands still until somebody says that it is over
    POSTED = "posted"  # sent by post, not confirmed as delivered


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One case in a work list; ``applicant`` is masked. ``due`` is the promised date (or the one to supplement by).

    ``mine`` is False when this person already has another duty on the case and may not do the step.
    """

    case_id: str
    case_number: str
    matter_name: str
    department: str
    applicant: str
    state: CaseState
    instant: bool
    window_no: str
    since: datetime
    due: datetime | None
    mine: bool = True


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A supervisor consents with a second login; the server checks the password and the role and keeps the consent."""

    login_name: str
    password: str = field(repr=False)
    step: str = ""
    case_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PreCheck:
    """网上预审: what another system checked before the visit. ``number`` is what the applicant quotes.

    ``answers`` and ``checks`` use the ids of the catalogue; ``result`` is one sentence; ``valid_to`` the last day.
    """

    number: str
    matter_code: str
    applicant: PartyRecord
    checked_at: datetime
    checked_by: str
    result: str
    passed: bool
    answers: dict[str, list[str]] = field(default_factory=dict)
    checks: tuple[MaterialCheck, ...] = ()
    agent: PartyRecord | None = None
    valid_to: date | None = None
    used_by: str = ""


@dataclass(frozen=True, slots=True)
class SuppliedMaterial:
    """One material that came online: its id in the notice, name, pages, and the SM3 of the file (64 hex digits)."""

    material_id: str
    name: str
    pages: int
    sha: str


@dataclass(frozen=True, slots=True)
class OnlineSupplement:
    """网上补件: a supplement that arrived without a visit, matched to its notice by the case's number.

    ``reference`` is the sending system's own number. A clerk looks at it and records its arrival as an act; until
    then it waits (``taken`` False). The day of arrival counts, not the day of the look.
    """

    supplement_id: str
    case_number: str
    reference: str
    arrived_at: datetime
    materials: tuple[SuppliedMaterial, ...]
    case_id: str = ""
    taken: bool = False


@dataclass(frozen=True, slots=True)
class SealUse:
    """One line of the seal register (用印登记): which seal on which paper of which case, by whom, when, how often.

    ``register_no`` is the number in the seal keeper's own book, empty for the acceptance seal.
    """

    use_id: str
    seal: SealKind
    case_id: str
    paper_id: str
    paper_kind: PaperKind
    paper_number: str
    user_id: str
    user_name: str
    window_no: str
    at: datetime
    count: int
    register_no: str = ""


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """One visit with its reasons, so that trips can be counted by any rule. ``visit`` is the ticket's id or, without a
    ticket, an id of its own; ``case_ids`` are the cases that were touched."""

    visit: str
    reasons: tuple[VisitReason, ...]
    window_no: str
    began_at: datetime
    ended_at: datetime
    ticket_id: str | None = None
    case_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuidanceMaterial:
    """A line of the list: what to bring, in which form, and the criterion it is accepted by.

    ``note`` says where it comes from or why it is not needed (免交) or not due yet.
    """

    name: str
    form: str = ""
    criterion: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GuidanceSection:
    """A heading with its lines (where to go, time limit, fees …)."""

    heading: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuidancePage:
    """What a phone shows of a personalised list (一次性告知单). No person is named in it."""

    title: str
    matter: str
    sections: tuple[GuidanceSection, ...] = ()
    materials: tuple[GuidanceMaterial, ...] = ()
    footer: str = ""


@dataclass(frozen=True, slots=True)
class ConsultationRecord:
    """Advice without a case: the matter, the answers, what the personalised list said. No person is named.

    ``token`` names the public page of the list (at least 128 random bits as URL-safe base 64), empty when only paper
    was given. ``content`` is a ``GuidancePage`` as JSON.
    """

    consultation_id: str
    matter_code: str
    matter_name: str
    matter_version: int
    answers: dict[str, list[str]]
    given_at: datetime
    window_no: str
    number: str
    token: str = ""
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """A signature on the citizen's screen, bound to the content that was signed (``check``, SM3, 64 hex digits)."""

    signature_id: str
    case_id: str
    paper_id: str
    check: str
    signer: str = field(repr=False)
    signed_at: datetime
    strokes_sha: str = ""


@dataclass(frozen=True, slots=True)
class TripCount:
    """How often somebody came to the hall for a case, by both rules (domain ``visits.Trips``)."""

    case_id: str
    every: int
    counted: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A record is durable at the server."""

    record_id: str
    synced_at: datetime


class CaseCounter(Protocol):
    """What a window does with cases after their conclusion. Acts of the office need a live login of the doer."""

    def store_act(self, act: CaseAct, *, key: str | None = None) -> ActAck:
        """Append an act. ``Locked``, ``NotAllowed``, ``Rejected`` as in ``domain.case_rules``; the same act again gets
        the same answer, another content under its id is refused (``Conflict``)."""
        ...

    def server_case(self, reference: str) -> ServerCase:
        """By case id, case number or 办件编号; looking leaves a trace. ``NotFound``."""
        ...

    def work(self, kind: WorkKind) -> tuple[WorkLine, ...]:
        """A work list, the most urgent first, at most 200."""
        ...

    def results_of(self, id_number: str) -> tuple[WorkLine, ...]:
        """Cases with a decision for the applicant or agent with this number (一次到窗，全部领走).

        What lies ready comes first; of the others the window says who holds the result.
        """
        ...

    def approve(self, request: ApprovalRequest) -> Approval:
        """``NotAllowed`` for a wrong password or a person without the right to approve."""
        ...

    def pre_check(self, number: str) -> PreCheck:
        """``NotFound``, ``Conflict`` when another case used it."""
        ...

    def supplements(self) -> tuple[OnlineSupplement, ...]:
        """Online supplements that nobody has taken yet, oldest first."""
        ...

    def take_supplement(self, supplement_id: str, *, key: str | None = None) -> OnlineSupplement: ...

    def store_seal_use(self, use: SealUse, *, key: str | None = None) -> Stored: ...

    def seal_register(self, day: date) -> tuple[SealUse, ...]:
        """Both seals, of one day, in order."""
        ...

    def store_visit(self, visit: VisitRecord, *, key: str | None = None) -> Stored: ...

    def store_consultation(self, consultation: ConsultationRecord, *, key: str | None = None) -> Stored: ...

    def store_signature(self, signature: SignatureRecord, *, key: str | None = None) -> Stored: ...


class CaseStatistics(Protocol):
    """Figures of single cases."""

    def trips(self, reference: str) -> TripCount:
        """By case id, case number or 办件编号; ``NotFound``."""
        ...


class FullCounter(Counter, CaseCounter, Emergency, Protocol):
    """The whole counter: queue, intake, and what follows; ``clerk_app.client.hall.HallClient`` is the real one."""


class Platform(Protocol):
    """What another system sends (documented in docs/online-api.md)."""

    def put_pre_check(self, check: PreCheck, *, key: str | None = None) -> Stored: ...

    def put_supplement(self, supplement: OnlineSupplement, *, key: str | None = None) -> Stored:
        """``NotFound`` for an unknown case, ``Locked`` when it does not wait for a supplement or the materials are not
        those of its notice."""
        ...
