"""What the hall's services need of a store for cases after their conclusion; the other half of ``stores_hall``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.ports.hall_cases import ConsultationRecord, SealUse, SignatureRecord, VisitRecord


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """Where a case stands, as columns that work lists search by; always what the fold of its acts says.

    ``opened`` is False for a record without an opening (made by an older window): no acts can follow it.
    ``applicant`` is masked. ``since`` is when the present state began. ``owes`` says that tolerated or requested
    materials are still to come, ``owed_due_at`` until when the tolerated ones may.
    """

    opened: bool
    state: CaseState
    since: datetime
    applicant: str
    matter_name: str
    department: str = ""
    instant: bool = False
    quantity_limited: bool = False
    owes: bool = False
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    owed_due_at: datetime | None = None
    received_by: str = ""
    decided_by: str = ""
    sealed_by: str = ""


@dataclass(frozen=True, slots=True)
class CaseHead:
    """A case without its content."""

    case_id: str
    case_number: str
    case_no: str
    window_no: str
    matter_code: str
    standing: CaseStanding


@dataclass(frozen=True, slots=True)
class StoredAct:
    """What is asked again of an act that came before; ``state`` is the case's after it."""

    act_id: str
    case_id: str
    position: int
    state: CaseState
    body_hash: str
    synced_at: datetime


@dataclass(frozen=True, slots=True)
class ActWrite:
    """An act as it is stored: its place in its case and its whole content as JSON."""

    act_id: str
    case_id: str
    position: int
    step: CaseStep
    state: CaseState
    at: datetime
    user_id: str
    body: dict[str, Any]
    body_hash: str
    synced_at: datetime


class CaseFileStore(Protocol):
    """Acts and standings of the cases of one hall."""

    def locate(self, reference: str) -> str | None:
        """The case's id, by itself, by the number on paper or by the 办件编号."""
        ...

    def next_number(self, case_number: str) -> tuple[str, str] | None:
        """Number on paper and id of the first case whose number is this one or comes after it; None after the last.

        One search by one index whether the number exists or not.
        """
        ...

    def head(self, case_id: str, *, lock: bool = False) -> CaseHead | None:
        """``lock`` keeps other writers away from this case until the transaction ends."""
        ...

    def set_standing(self, case_id: str, standing: CaseStanding) -> None: ...

    def find_act(self, act_id: str) -> StoredAct | None: ...

    def acts(self, case_id: str) -> list[dict[str, Any]]:
        """The bodies in order of position."""
        ...

    def add_act(self, act: ActWrite) -> None:
        """``Conflict`` when the position is taken."""
        ...

    def listed(
        self, states: Collection[CaseState], limit: int, *, instant: bool | None = None, owing: bool = False
    ) -> list[CaseHead]:
        """Opened cases in these states: instant ones first, then by due date, then by how long they wait.

        ``owing`` lists only those with materials still to come, by the date of the tolerated ones.
        """
        ...

    def set_people(self, case_id: str, digests: Collection[str]) -> None:
        """Whose results these are, by the keyed digests of their numbers; replaces what was kept before."""
        ...

    def of_person(self, digest: str, states: Collection[CaseState], limit: int) -> list[CaseHead]: ...

    def sequence(self, case_id: str) -> int | None:
        """The place in the order of acceptance among the accepted cases of its matter; None before acceptance."""
        ...


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """The digest under which a record was stored, and when."""

    record_id: str
    body_hash: str
    synced_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalRecord:
    """A consent as the server keeps it; ``case_id`` is empty when it was given before the case had a number.

    ``asked_by`` is the person at the window, ``used_by`` the act that it was used for.
    """

    approval_id: str
    user_id: str
    name: str
    step: str
    case_id: str
    reason: str
    at: datetime
    asked_by: str
    window_no: str
    used_by: str = ""


class RegisterStore(Protocol):
    """Seal register, visits, consultations, signatures and approvals of one hall."""

    def find(self, kind: type[Any], record_id: str) -> StoredRecord | None:
        """A record of one of the kinds below by its id."""
        ...

    def add_seal_use(self, use: SealUse, body_hash: str, synced_at: datetime) -> None: ...

    def seal_uses(self, since: datetime, until: datetime) -> list[SealUse]:
        """By time; ``until`` is not included."""
        ...

    def add_visit(self, visit: VisitRecord, body_hash: str, synced_at: datetime) -> None: ...

    def visits_of(self, case_id: str) -> list[VisitRecord]:
        """By their beginning."""
        ...

    def add_consultation(
        self, consultation: ConsultationRecord, page_hash: str | None, body_hash: str, synced_at: datetime
    ) -> None:
        """``page_hash`` is the digest of the public page's token; ``Conflict`` when another page has it."""
        ...

    def consultation_of_page(self, page_hash: str) -> dict[str, Any] | None:
        """The content of the consultation that has this public page."""
        ...

    def add_signature(self, signature: SignatureRecord, body_hash: str, synced_at: datetime) -> None: ...

    def add_approval(self, approval: ApprovalRecord) -> None: ...

    def approval(self, approval_id: str) -> ApprovalRecord | None: ...

    def use_approval(self, approval_id: str, act_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredPreCheck:
    """A pre-check with the digest of its content and the case that used it (empty: none yet)."""

    body: dict[str, Any]
    body_hash: str
    checked_at: datetime
    stored_at: datetime
    used_by: str


@dataclass(frozen=True, slots=True)
class StoredSupplement:
    """An online supplement; ``taken_by`` is empty while it waits."""

    supplement_id: str
    case_id: str
    reference: str
    arrived_at: datetime
    body: dict[str, Any]
    body_hash: str
    stored_at: datetime
    taken_by: str


class OnlineStore(Protocol):
    """What platforms sent to one hall."""

    def pre_check(self, number: str) -> StoredPreCheck | None: ...

    def put_pre_check(
        self,
        number: str,
        matter_code: str,
        checked_at: datetime,
        valid_to: date | None,
        device_id: str,
        body: dict[str, Any],
        body_hash: str,
        stored_at: datetime,
    ) -> None:
        """Store, or replace what was stored under the number."""
        ...

    def use_pre_check(self, number: str, case_id: str) -> None:
        """Mark it used by the first case that says so."""
        ...

    def supplement(self, supplement_id: str) -> StoredSupplement | None: ...

    def supplement_by_reference(self, case_id: str, reference: str) -> StoredSupplement | None: ...

    def add_supplement(self, supplement: StoredSupplement, device_id: str) -> None: ...

    def waiting_supplements(self, limit: int) -> list[StoredSupplement]:
        """Not taken, oldest arrival first."""
        ...

    def take_supplement(self, supplement_id: str, user_id: str, at: datetime) -> None: ...
