"""收件凭证: who handed in what, when and to whom, and what follows from it."""

from __future__ import annotations

from clerk_app.design.fontset import FontSet
from clerk_app.documents.thermal.blocks import Block, Cell, QrBeside, Row, Rule, SealBox, Text
from clerk_app.documents.thermal.parts import desk_line, fact_rows, headline, is_address, reprint_mark, seal_label
from clerk_app.documents.thermal.profile import PrinterProfile
from clerk_app.documents.thermal.render import render
from clerk_app.domain.papers import Receipt, ReceiptRow

_WIDE_PAPER = 42
"""Columns from which the list has room for wide figures."""


def render_receipt(receipt: Receipt, profile: PrinterProfile, fonts: FontSet) -> bytes:
    """Return the print job of a receipt."""
    return render(receipt_blocks(receipt, profile), profile, fonts)


def receipt_blocks(receipt: Receipt, profile: PrinterProfile) -> list[Block]:
    """Lay out a receipt for a paper width."""
    blocks: list[Block] = [
        headline("收件凭证", profile),
        Text(receipt.hall_name, align="center"),
        *reprint_mark(receipt.reprint),
        Rule(),
        *_facts(receipt),
        Rule(),
        *_materials(receipt, profile),
        Rule(),
        Row((Cell("合计", bold=True), Cell(_total(receipt), 20, "right", bold=True))),
        Rule(),
        headline(receipt.statement, profile),
        Text(receipt.explanation),
        Rule(),
        _query(receipt),
        Rule(),
        _seal(receipt, profile),
    ]
    return blocks


def _facts(receipt: Receipt) -> list[Block]:
    agent, number = receipt.agent, receipt.agent_number
    facts = [
        ("编号", receipt.case_number, True),
        ("收件时间", f"{receipt.received_at:%Y-%m-%d %H:%M}", False),
        ("事项", receipt.matter, False),
        ("受理机关", receipt.agency, False),
        ("申请人", receipt.applicant, False),
    ]
    if agent:
        facts.append(("代理人", agent, False))
    if number:
        facts.append(("", number, False))
    return list(fact_rows(facts))


def _materials(receipt: Receipt, profile: PrinterProfile) -> list[Block]:
    form, pieces, pages = (8, 6, 4) if profile.columns >= _WIDE_PAPER else (7, 4, 3)

    def row(name: str, how: str, count: str, sheets: str, indent: int = 0, *, bold: bool = False) -> Row:
        cells = (
            Cell(name, bold=bold),
            Cell(how, form, bold=bold),
            Cell(count, pieces, "right", bold),
            Cell(sheets, pages, "right", bold),
        )
        return Row(cells, indent)

    def material(item: ReceiptRow) -> Row:
        number = str(item.number)
        return row(f"{number} {item.name}", item.form, item.pieces, item.pages, len(number) + 1)

    return [row("收到的材料", "形式", "份", "页", bold=True), *map(material, receipt.rows)]


def _total(receipt: Receipt) -> str:
    pages = f" {receipt.total_pages} 页" if receipt.total_pages else ""  # pages are not counted everywhere
    return f"{receipt.total_pieces} 份{pages}"


def _query(receipt: Receipt) -> QrBeside:
    scan = "扫码查进度" if is_address(receipt.query) else "查进度时出示此码"
    lines = [Text(scan), Text("查询码"), Text(receipt.case_number, bold=True)]
    if receipt.phone:
        lines.append(Text(f"电话 {receipt.phone}"))
    return QrBeside(receipt.query, tuple(lines))


def _seal(receipt: Receipt, profile: PrinterProfile) -> SealBox:
    wide = profile.columns >= _WIDE_PAPER
    lines = (
        Text(desk_line(receipt.window, receipt.clerk)),
        Text(""),
        Text("申请人签字："),
        Text(""),
        Text("_" * 14),
    )
    return SealBox(seal_label(receipt.seal), lines, columns=17 if wide else 14)
