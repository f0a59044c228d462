"""The papers of a case as the office sees them: drawn from the record, and as sheets that windows uploaded."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import PAPER_NAMES, Notice, PaperKind, Receipt
from clerk_app.domain.receipts import receipt_for
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.hall_sync import FileKind, StoredFile
from clerk_app.services.steps.values import OpenFile


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper of the case; ``printed_id`` names the file of the sheet as it came out of a printer, empty while none was
    uploaded; ``drawable`` says that it can be drawn from the record."""

    paper_id: str
    title: str
    number: str
    drawable: bool
    printed_id: str = ""


def papers_of(opened: OpenFile, record: CaseRecord, files: tuple[StoredFile, ...]) -> tuple[PaperLine, ...]:
    """The counter's papers, then those of the acts, each with its printed sheet where one has come."""
    printed = {one.head.number: one.head.file_id for one in files if one.head.kind is FileKind.PAPER and _seen(one)}
    lines = []
    for one in record.documents:
        drawable = value_of(opened, record, one.paper_id) is not None
        lines.append(PaperLine(one.paper_id, _name(one.kind), one.number, drawable, printed.get(one.number, "")))
    for act in opened.file.acts:
        for paper in act.papers:
            has = paper.notice is not None
            printed_id = printed.get(paper.number, "")
            lines.append(PaperLine(paper.paper_id, PAPER_NAMES[paper.kind], paper.number, has, printed_id))
    return tuple(lines)


def _seen(file: StoredFile) -> bool:
    """Whether a browser can show it: a thermal job is bytes for a printer."""
    return file.head.media_type != "application/octet-stream"


def _name(kind: str) -> str:
    try:
        return PAPER_NAMES[PaperKind(kind)]
    except ValueError:
        return "文书"


def value_of(opened: OpenFile, record: CaseRecord, paper_id: str) -> Notice | Receipt | None:
    """What a paper of the case is drawn from; None when the record does not carry it."""
    for act in opened.file.acts:
        for paper in act.papers:
            if paper.paper_id == paper_id:
                return paper.notice
    kind = next((one.kind for one in record.documents if one.paper_id == paper_id), "")
    if kind == PaperKind.RECEIPT:
        return receipt_for(opened.conclusion)
    return next((one for one in notices_for(opened.conclusion) if one.kind == kind), None)
