"""What the window's store keeps of cases after their conclusion: acts, seal uses, signatures, visits, consultations.

The conventions are those of ``ports.window``: typed rows, one transaction, ids are UUIDv7 strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from clerk_app.domain.acts import SealKind
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.queue import VisitReason


class ActState(StrEnum):
    """What the server said of an act: nothing yet, it counts, or it was refused and does not count."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act as this window knows it; ``body`` is the whole ``CaseAct``.

    ``position`` is the server's place in the case (0 while it is not known), ``reason`` the sentence of a refusal.
    """

    act_id: str
    case_id: str
    step: CaseStep
    at: datetime
    user_id: str
    state: ActState
    body: dict[str, Any] = field(repr=False)
    position: int = 0
    reason: str = ""


class ActStore(Protocol):
    """Acts of cases that this window made or looked at; none is ever deleted."""

    def add(self, act: ActRow) -> None: ...

    def get(self, act_id: str) -> ActRow | None: ...

    def of_case(self, case_id: str) -> list[ActRow]:
        """In the order that counts: acknowledged ones by position, then those that wait as stored. Refused last."""
        ...

    def waiting(self) -> list[ActRow]:
        """Acts that the server has not answered, in the order in which they were stored."""
        ...

    def refused_since(self, since: datetime) -> list[ActRow]:
        """Acts done since then that the server refused, as stored."""
        ...

    def last_of(self, steps: Sequence[CaseStep], since: datetime) -> dict[str, datetime]:
        """Case id → when the last act with one of these steps was done since then, refused ones left out."""
        ...

    def acknowledged(self, act_id: str, position: int) -> None: ...

    def refused(self, act_id: str, reason: str) -> None: ...

    def merge(self, acts: Sequence[ActRow]) -> None:
        """Take over the server's acts of a case: new ones are added, known ones get state and position."""
        ...


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature on the citizen's screen. ``digest`` is the SM3 of the content that was signed, 64 hex digits;
    ``strokes`` are lines of points in 0 … 1 of the signature's place."""

    signature_id: str
    case_id: str
    paper_id: str
    digest: str
    signer: str = field(repr=False)
    signed_at: datetime
    strokes: list[list[list[float]]] = field(repr=False)


class SignatureStore(Protocol):
    """Signatures; they never change."""

    def add(self, signature: SignatureRow) -> None: ...

    def get(self, signature_id: str) -> SignatureRow | None: ...

    def of_case(self, case_id: str) -> list[SignatureRow]:
        """Oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class SealRow:
    """One line of this window's seal register."""

    use_id: str
    seal: SealKind
    case_id: str
    paper_id: str
    paper_kind: PaperKind
    paper_number: str
    user_id: str
    user_name: str
    at: datetime
    count: int


class SealStore(Protocol):
    """The seal register; append-only."""

    def add(self, use: SealRow) -> None: ...

    def of_paper(self, paper_id: str) -> list[SealRow]: ...

    def of_day(self, day: date) -> list[SealRow]:
        """In order."""
        ...


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit that ended here, with its reasons and the cases that were touched."""

    visit: str
    ticket_id: str | None
    reasons: tuple[VisitReason, ...]
    case_ids: tuple[str, ...]
    began_at: datetime
    ended_at: datetime


class VisitStore(Protocol):
    """Visits of this window."""

    def add(self, visit: VisitRow) -> None:
        """A visit that is there already stays as it is."""
        ...

    def of_day(self, day: date) -> list[VisitRow]:
        """By their end."""
        ...


@dataclass(frozen=True, slots=True)
class ConsultationRow:
    """Advice without a case; ``body`` is the ``ConsultationRecord``."""

    consultation_id: str
    number: str
    matter_code: str
    matter_name: str
    given_at: datetime
    user_id: str
    body: dict[str, Any]


class ConsultationStore(Protocol):
    """Consultations of this window."""

    def add(self, consultation: ConsultationRow) -> None: ...

    def of_day(self, day: date) -> list[ConsultationRow]:
        """In order."""
        ...


class FileUnit(Protocol):
    """The part of one transaction that knows what follows a conclusion."""

    @property
    def acts(self) -> ActStore: ...
    @property
    def signatures(self) -> SignatureStore: ...
    @property
    def seals(self) -> SealStore: ...
    @property
    def visits(self) -> VisitStore: ...
    @property
    def consultations(self) -> ConsultationStore: ...
