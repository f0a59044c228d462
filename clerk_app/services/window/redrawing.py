"""A stored paper as the value that it was drawn from: drawn again for a further sheet, and the words near its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from clerk_app.domain.papers import Notice, Receipt, ThermalNote
from clerk_app.domain.signatures import Signature
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import Medium, NewPaper, StoredPaper
from clerk_app.services.window import records
from clerk_app.services.window.filing import note_paper, notice_paper, receipt_paper
from clerk_app.services.window.journal import Journal

SignatureUnder = Callable[[str, Notice], Signature | None]
"""The signature that was given for exactly this notice, by what the paper belongs to."""

PaperValue = Receipt | ThermalNote | Notice
_SIGNATURE = "申请人签字"
"""The last words on a receipt. Its number stands at the head as well, where half a sheet has it too."""


def value_of(source: Mapping[str, Any]) -> PaperValue:
    """The value of a stored paper, told by the moment that only its form has."""
    if "received_at" in source:
        return records.load_receipt(dict(source))
    if "made_at" in source:
        return records.load(ThermalNote, dict(source))
    return records.load_notice(dict(source))


def words_of(source: object) -> str:
    """Everything that is written in a stored paper."""
    if isinstance(source, str):
        return source
    if isinstance(source, Mapping):
        return "".join(map(words_of, source.values()))
    return "".join(map(words_of, source)) if isinstance(source, (list, tuple)) else ""


def draw_again(
    paper: StoredPaper,
    value: PaperValue,
    medium: Medium,
    reprint: int,
    renderer: PaperRenderer,
    journal: Journal,
    signature_under: SignatureUnder,
) -> NewPaper:
    """A further sheet with the same number, marked 「补打 n」; signed as the paper was signed meanwhile."""
    subject, original = paper.case_id, paper.original_id
    if isinstance(value, Receipt):
        receipt = replace(value, reprint=reprint)
        content = renderer.receipt(receipt) if medium is Medium.RECEIPT else renderer.receipt_page(receipt)
        return receipt_paper(subject, receipt, medium, content, journal, original)
    if isinstance(value, ThermalNote):
        note = replace(value, reprint=reprint)
        content = renderer.note(note) if medium is Medium.RECEIPT else renderer.note_page(note)
        return note_paper(subject, note, medium, content, journal, original)
    signature = signature_under(subject, value)
    content = renderer.notice(value, signature=signature, reprint=reprint)
    return notice_paper(subject, value, content, journal, original, reprint)


def last_words(value: PaperValue) -> tuple[str, tuple[str, ...]]:
    """What to look for near the end of a sheet, and what should stand there."""
    if isinstance(value, Receipt):
        rows = [f"材料 {row.number} {row.name} {row.form} {row.pieces}" for row in value.rows[-2:]]
        totals = f"共 {value.total_pieces} 份 {value.total_pages} 页"
        return _SIGNATURE, (*rows, totals, value.statement, f"查询码 {value.case_number}", _SIGNATURE)
    if isinstance(value, ThermalNote):
        end = (*value.signs, value.footer) if value.footer else value.signs
        last = end[-1] if end else f"{value.made_at:%Y-%m-%d %H:%M}"
        lines = [f"{row.name} {row.remark}".strip() for row in value.rows[-2:]]
        return last, tuple(line for line in (*lines, value.statement, value.number, last) if line)
    copies = len(value.holders)
    return ("落款日期" if copies < 2 else "第二联的落款日期"), (value.title, value.document_number)
