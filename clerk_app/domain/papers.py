"""What stands on each paper, by law; how it looks is the renderers' business.

Elements: 行政许可法第三十二条 (written proof with dedicated seal and date) and the forms in use. A ``Notice`` is one
A4 paper; ``Receipt`` and ``QueueTicket`` are thermal papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PaperKind(StrEnum):
    """Papers that window and kiosk hand out, sign or send to the back office."""

    TICKET = "ticket"
    RECEIPT = "receipt"
    ACCEPTANCE_NOTICE = "acceptance_notice"
    NON_ACCEPTANCE_NOTICE = "non_acceptance_notice"
    SUPPLEMENT_NOTICE = "supplement_notice"
    DEFICIENCY_NOTICE = "deficiency_notice"
    DEFICIENCY_COMMITMENT = "deficiency_commitment"
    COMMITMENT_LETTER = "commitment_letter"
    SPECIAL_PROCEDURE_NOTICE = "special_procedure_notice"
    EXTENSION_NOTICE = "extension_notice"
    GRANT_DECISION = "grant_decision"
    REFUSAL_DECISION = "refusal_decision"
    SERVICE_RECEIPT = "service_receipt"
    COLLECTION_NOTICE = "collection_notice"
    COLLECTION_SLIP = "collection_slip"
    HANDOVER_SHEET = "handover_sheet"
    RETURN_NOTICE = "return_notice"
    WITHDRAWAL_NOTICE = "withdrawal_notice"
    TERMINATION_NOTICE = "termination_notice"
    PAYMENT_NOTICE = "payment_notice"
    GUIDANCE_NOTICE = "guidance_notice"


PAPER_NAMES: dict[PaperKind, str] = {
    PaperKind.TICKET: "取号小票",
    PaperKind.RECEIPT: "收件凭证",
    PaperKind.ACCEPTANCE_NOTICE: "受理通知书",
    PaperKind.NON_ACCEPTANCE_NOTICE: "不予受理通知书",
    PaperKind.SUPPLEMENT_NOTICE: "补正材料一次性告知书",
    PaperKind.DEFICIENCY_NOTICE: "容缺受理通知书",
    PaperKind.DEFICIENCY_COMMITMENT: "容缺受理承诺书",
    PaperKind.COMMITMENT_LETTER: "告知承诺书",
    PaperKind.SPECIAL_PROCEDURE_NOTICE: "特别程序告知书",
    PaperKind.EXTENSION_NOTICE: "延长办理期限告知书",
    PaperKind.GRANT_DECISION: "准予决定书",
    PaperKind.REFUSAL_DECISION: "不予决定书",
    PaperKind.SERVICE_RECEIPT: "送达回证",
    PaperKind.COLLECTION_NOTICE: "取件通知书",
    PaperKind.COLLECTION_SLIP: "领取凭证",
    PaperKind.HANDOVER_SHEET: "物料交接单",
    PaperKind.RETURN_NOTICE: "退件通知书",
    PaperKind.WITHDRAWAL_NOTICE: "撤回申请通知书",
    PaperKind.TERMINATION_NOTICE: "终止办理通知书",
    PaperKind.PAYMENT_NOTICE: "缴费通知书",
    PaperKind.GUIDANCE_NOTICE: "一次性告知单",
}

DOCUMENT_WORDS: dict[PaperKind, str] = {
    PaperKind.ACCEPTANCE_NOTICE: "受",
    PaperKind.NON_ACCEPTANCE_NOTICE: "不受",
    PaperKind.SUPPLEMENT_NOTICE: "补",
    PaperKind.DEFICIENCY_NOTICE: "容受",
    PaperKind.DEFICIENCY_COMMITMENT: "容诺",
    PaperKind.COMMITMENT_LETTER: "诺",
    PaperKind.SPECIAL_PROCEDURE_NOTICE: "特",
    PaperKind.EXTENSION_NOTICE: "延",
    PaperKind.GRANT_DECISION: "准",
    PaperKind.REFUSAL_DECISION: "不准",
    PaperKind.SERVICE_RECEIPT: "送",
    PaperKind.COLLECTION_NOTICE: "取",
    PaperKind.COLLECTION_SLIP: "领",
    PaperKind.HANDOVER_SHEET: "交",
    PaperKind.RETURN_NOTICE: "退",
    PaperKind.WITHDRAWAL_NOTICE: "撤",
    PaperKind.TERMINATION_NOTICE: "终",
    PaperKind.PAYMENT_NOTICE: "费",
    PaperKind.GUIDANCE_NOTICE: "告",
}
"""The word of the document number's series (明市监受〔2026〕12-0032 号), a series per window, word and year."""


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


APPLICANT_SIGNS = "申请人（代理人）签收"
TWO_COPIES = ("申请人留存", "存档")


@dataclass(frozen=True, slots=True)
class Notice:
    """One A4 paper. Every text is final; nothing is computed while drawing.

    ``query`` is the content of the QR code: an address when the hall has one, else the case number alone.
    ``case_number`` is also the barcode; it is empty on papers that are not of one case, as are ``addressee`` and
    ``opening`` on forms. ``seal`` is empty where none is due. ``signatures`` are the places to sign, each with a place
    for the time; a signature from the citizen's screen goes into the first. ``holders`` names who keeps each copy.
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
    footer: str
    signatures: tuple[str, ...] = (APPLICANT_SIGNS,)
    holders: tuple[str, ...] = TWO_COPIES


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One line of a thermal list: what, and at the right how many or in which form."""

    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ThermalNote:
    """The short form of a paper that is handed over, on thermal paper.

    ``number`` is the document's or the case's, ``statement`` the large line under the list, ``signs`` the places to
    sign. ``query`` is the content of the QR code, empty for none. ``footer`` is the last small line.
    """

    kind: PaperKind
    title: str
    hall_name: str
    number: str
    made_at: datetime
    facts: tuple[Fact, ...]
    list_heading: str
    rows: tuple[NoteRow, ...]
    statement: str
    paragraphs: tuple[str, ...]
    query: str
    phone: str
    window: str
    clerk: str
    seal: str = ""
    signs: tuple[str, ...] = ()
    footer: str = ""
    reprint: int = 0


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
class TicketMatter:
    """One of the matters that a ticket was taken for; ``bring`` is empty when the catalogue does not say."""

    name: str
    bring: tuple[BringItem, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueTicket:
    """取号小票: number, people ahead, expected wait in minutes (None: not known), what to bring for each matter.

    ``subject`` stands under the number, ``priority`` says why somebody goes first (empty: nobody asks). ``appointment``
    is the beginning of a booked slot that was kept, ``window`` where to go at once because it waited free.
    """

    hall_name: str
    number: str
    subject: str
    holder: str
    ahead: int
    wait_minutes: int | None
    call_expected_at: datetime | None
    area: str
    matters: tuple[TicketMatter, ...]
    query: str
    taken_at: datetime
    machine: str
    priority: str = ""
    appointment: datetime | None = None
    window: str = ""
    reprint: int = 0
