"""What stands on each paper, by law; how it looks is the renderers' business.

Elements: 行政许可法第三十二条 (written proof with dedicated seal and date) and the forms in use. A ``Notice`` is one
A4 paper; ``Receipt`` and ``QueueTicket`` are thermal papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PaperKind(StrEnum):
    """Papers that the window or the kiosk hands out."""

    TICKET = "ticket"
    RECEIPT = "receipt"
    ACCEPTANCE_NOTICE = "acceptance_notice"
    SUPPLEMENT_NOTICE = "supplement_notice"
    NON_ACCEPTANCE_NOTICE = "non_acceptance_notice"


PAPER_NAMES: dict[PaperKind, str] = {
    PaperKind.TICKET: "取号小票",
    PaperKind.RECEIPT: "收件凭证",
    PaperKind.ACCEPTANCE_NOTICE: "受理通知书",
    PaperKind.SUPPLEMENT_NOTICE: "补正材料一次性告知书",
    PaperKind.NON_ACCEPTANCE_NOTICE: "不予受理通知书",
}

DOCUMENT_WORDS: dict[PaperKind, str] = {
    PaperKind.ACCEPTANCE_NOTICE: "受",
    PaperKind.SUPPLEMENT_NOTICE: "补",
    PaperKind.NON_ACCEPTANCE_NOTICE: "不受",
}
"""The word of the document number's series (明市监受〔2026〕12-0032 号)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of running text; ``bold`` for the dates that people look for."""

    text: str
    bold: bool = False


Spans = tuple[Span, ...]


def plain(text: str) -> Spans:
    """Running text without emphasis."""
    return (Span(text),)


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell pair of the fact table; two neighbouring ``half`` facts share a line."""

    label: str
    value: Spans
    half: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list of materials; ``share`` is its part of the width, ``align`` left or centre."""

    title: str
    share: float
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Notice:
    """One A4 paper. Every text is final; nothing is computed while drawing.

    ``query`` is the content of the QR code: an address when the hall has one, else the case number alone.
    """

    kind: PaperKind
    title: str
    document_number: str
    case_number: str
    addressee: str
    opening: Spans
    facts: tuple[Fact, ...]
    list_heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    closing: tuple[Spans, ...]
    handler: str
    query_hint: str
    query: str
    agency: str
    seal: str
    issued_on: date
    sign_label: str
    footer: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A material on the receipt: how it came, how many pieces and pages; dashes where nothing was taken."""

    number: int
    name: str
    form: str
    pieces: str
    pages: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """收件凭证 on thermal paper.

    ``statement`` is the large line 「收件不等于受理」, ``explanation`` what follows from it.
    """

    hall_name: str
    case_number: str
    received_at: datetime
    matter: str
    agency: str
    applicant: str
    agent: str
    agent_number: str
    rows: tuple[ReceiptRow, ...]
    total_pieces: int
    total_pages: int
    statement: str
    explanation: str
    query: str
    phone: str
    window: str
    clerk: str
    seal: str
    reprint: int = 0


@dataclass(frozen=True, slots=True)
class BringItem:
    """A material on the queue ticket: to bring (``exempt`` empty) or not needed because of ``exempt``."""

    name: str
    form: str
    exempt: str = ""


@dataclass(frozen=True, slots=True)
class QueueTicket:
    """取号小票: number, people ahead, expected wait in minutes (None: not known), what to bring."""

    hall_name: str
    number: str
    subject: str
    holder: str
    ahead: int
    wait_minutes: int | None
    call_expected_at: datetime | None
    area: str
    bring: tuple[BringItem, ...]
    query: str
    taken_at: datetime
    machine: str
    priority: str = ""
    reprint: int = 0
