"""Short forms on thermal paper: arrival of a supplement, consultation list, collection slip, payment."""

from __future__ import annotations

from clerk_app.design.fontset import FontSet
from clerk_app.documents.thermal.blocks import Block, Cell, QrBeside, Row, Rule, SealBox, Text
from clerk_app.documents.thermal.layout import display_columns
from clerk_app.documents.thermal.parts import desk_line, fact_rows, headline, is_address, reprint_mark, seal_label
from clerk_app.documents.thermal.profile import PrinterProfile
from clerk_app.documents.thermal.render import render
from clerk_app.domain.papers import NoteRow, ThermalNote

_WIDE_PAPER = 42


def render_note(note: ThermalNote, profile: PrinterProfile, fonts: FontSet) -> bytes:
    """Return the print job of a short form."""
    return render(note_blocks(note, profile), profile, fonts)


def note_blocks(note: ThermalNote, profile: PrinterProfile) -> list[Block]:
    """Lay out a short form for a paper width."""
    facts = [("编号", note.number, True)]
    facts += [(fact.label, "".join(s.text for s in fact.value), any(s.bold for s in fact.value)) for fact in note.facts]
    blocks: list[Block] = [
        headline(note.title, profile),
        Text(note.hall_name, align="center"),
        *reprint_mark(note.reprint),
        Rule(),
        *fact_rows(facts),
    ]
    if note.rows:
        blocks += [Rule(), Text(note.list_heading, bold=True), *(_row(row, profile) for row in note.rows)]
    if note.statement or note.paragraphs:
        blocks.append(Rule())
    if note.statement:
        blocks.append(headline(note.statement, profile))
    blocks += [Text(paragraph) for paragraph in note.paragraphs]
    blocks += [Rule(), *_query(note), Rule(), *_foot(note, profile)]
    return blocks


def _row(row: NoteRow, profile: PrinterProfile) -> Row:
    widest = profile.columns * 9 // 20
    columns = min(max(display_columns(row.remark), 3), widest)
    number = row.name.split(" ")[0]
    indent = len(number) + 1 if number.isdigit() else 0
    return Row((Cell(row.name), Cell(row.remark, columns, "right")), indent)


def _query(note: ThermalNote) -> list[Block]:
    if not note.query:
        return []
    lines = [Text("扫码查看" if is_address(note.query) else "查询时出示此码"), Text(note.number, bold=True)]
    if note.phone:
        lines.append(Text(f"电话 {note.phone}"))
    return [QrBeside(note.query, tuple(lines))]


def _foot(note: ThermalNote, profile: PrinterProfile) -> list[Block]:
    made = Text(f"{note.made_at:%Y-%m-%d %H:%M}")
    desk = Text(desk_line(note.window, note.clerk))
    signs = [line for sign in note.signs for line in (Text(f"{sign}："), Text(""), Text("_" * 14))]
    last = [Text(note.footer)] if note.footer else []
    if note.seal:
        columns = 17 if profile.columns >= _WIDE_PAPER else 14
        return [SealBox(seal_label(note.seal), (desk, made, *signs), columns=columns), *last]
    return [desk, made, *signs, *last]
