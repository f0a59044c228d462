"""A concluded case becomes rows: drawn papers before the transaction, everything else inside it."""

from __future__ import annotations

from collections.abc import Sequence

from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import PAPER_NAMES, Notice, PaperKind, Receipt, ThermalNote
from clerk_app.domain.receipts import receipt_for
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import (
    CaseRow,
    Medium,
    NewPaper,
    OutboxEntry,
    OutboxKind,
    PaperState,
    StoredPaper,
    WindowUnit,
)
from clerk_app.services.window import records
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.numbers import NextNumbers
from clerk_app.services.window.visits import noted


def prepare_papers(conclusion: Conclusion, renderer: PaperRenderer, journal: Journal) -> tuple[NewPaper, ...]:
    """Draw every paper of the conclusion, the receipt first because the citizen takes it."""
    made: list[NewPaper] = []
    case_id = conclusion.intake.case_id
    receipt = receipt_for(conclusion)
    if receipt is not None:
        made.append(receipt_paper(case_id, receipt, Medium.RECEIPT, renderer.receipt(receipt), journal))
    for notice in notices_for(conclusion):
        made.append(notice_paper(case_id, notice, renderer.notice(notice), journal))
    return tuple(made)


def notice_paper(
    subject: str, notice: Notice, content: bytes, journal: Journal, original_id: str = "", reprint: int = 0
) -> NewPaper:
    """A sheet of an A4 paper; ``subject`` is the case, consultation or hand-over that it belongs to.

    ``content`` holds every copy; ``original_id`` and ``reprint`` for a further sheet.
    """
    number, copies = notice.document_number, len(notice.holders)
    paper = _sheet(
        subject, notice.kind, Medium.PAGE, notice.title, number, content, journal, original_id, reprint, copies
    )
    return NewPaper(paper, content, records.dump_notice(notice))


def note_paper(
    subject: str, note: ThermalNote, medium: Medium, content: bytes, journal: Journal, original_id: str = ""
) -> NewPaper:
    """A sheet of a thermal short form, for the thermal or the page printer; ``original_id`` for a further sheet."""
    paper = _sheet(subject, note.kind, medium, note.title, note.number, content, journal, original_id, note.reprint)
    return NewPaper(paper, content, records.dump(ThermalNote, note))


def receipt_paper(
    case_id: str, receipt: Receipt, medium: Medium, content: bytes, journal: Journal, original_id: str = ""
) -> NewPaper:
    """A sheet of the receipt, for the thermal or the page printer; ``original_id`` for a reprint."""
    title = PAPER_NAMES[PaperKind.RECEIPT]
    number = receipt.case_number
    paper = _sheet(case_id, PaperKind.RECEIPT, medium, title, number, content, journal, original_id, receipt.reprint)
    return NewPaper(paper, content, records.dump_receipt(receipt))


def _sheet(
    case_id: str,
    kind: PaperKind,
    medium: Medium,
    title: str,
    number: str,
    content: bytes,
    journal: Journal,
    original_id: str = "",
    reprint: int = 0,
    copies: int = 1,
) -> StoredPaper:
    paper_id = journal.new_id()
    now = journal.now()
    return StoredPaper(
        paper_id=paper_id,
        case_id=case_id,
        original_id=original_id or paper_id,
        kind=kind,
        medium=medium,
        title=title,
        number=number,
        copies=copies,
        reprint=reprint,
        sha=journal.sha(content),
        state=PaperState.PREPARED,
        state_at=now,
        made_at=now,
    )


def case_row(c: Conclusion, request_sha: str) -> CaseRow:
    """The head of a conclusion, as the lists of the window read it."""
    ticket = c.intake.ticket
    return CaseRow(
        case_id=c.intake.case_id,
        case_number=c.numbers.case,
        document_number=c.numbers.document,
        day=c.concluded_at.date(),
        user_id=c.actor.user_id,
        user_name=c.actor.user_name,
        state=c.state,
        applicant_name=c.intake.applicant_name,
        matter_code=c.matter.code,
        matter_name=c.matter.name,
        ticket_id=ticket.ticket_id if ticket else None,
        ticket_number=ticket.number if ticket else "",
        called_at=(ticket.called_at if ticket else None) or c.intake.opened_at,
        received_at=c.received_at,
        concluded_at=c.concluded_at,
        promised_at=c.promised.at if c.promised else None,
        tolerance_due=c.tolerance_due.at if c.tolerance_due else None,
        supplement_due=c.supplement_due,
        revision=1,
        request_sha=request_sha,
    )


def file_case(
    unit: WindowUnit,
    journal: Journal,
    conclusion: Conclusion,
    numbers: NextNumbers,
    papers: Sequence[NewPaper],
    request_sha: str,
) -> CaseRow:
    """Everything that a conclusion leaves in the store, in the caller's transaction."""
    c = conclusion
    for series, value in numbers.takes:
        unit.numbers.take(series, value)
    row = case_row(c, request_sha)
    unit.cases.add(row, records.dump_conclusion(c))
    for new in papers:
        unit.papers.add(new)
    record = records.case_record(c, [new.paper for new in papers])
    entry_id = journal.new_id()
    unit.outbox.add(
        OutboxEntry(
            entry_id=entry_id,
            position=0,
            stream=row.case_id,
            kind=OutboxKind.CASE,
            key=entry_id,
            title=f"{row.ticket_number} {row.matter_name}".strip(),
            payload=records.dump_case_record(record),
            made_at=c.concluded_at,
        )
    )
    unit.drafts.delete(row.case_id)
    if c.outcome is not OutcomeKind.DEEMED_ACCEPTED:
        # Silence brings nobody to the window.
        noted(unit, journal, row.ticket_id, c.intake.visit, (row.case_id,), row.called_at)
    payload = {
        "outcome": c.outcome.value,
        "case_number": row.case_number,
        "document_number": row.document_number,
        "matter": row.matter_code,
        "matter_version": c.matter.version,
        "papers": {new.paper.paper_id: new.paper.sha for new in papers},
    }
    journal.write(unit, "case.concluded", row.case_id, c.actor, payload)
    return row
