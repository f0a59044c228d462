"""应急号小票: a number given while the server is away. It promises nothing that nobody can know now."""

from __future__ import annotations

from clerk_app.design.fontset import FontSet
from clerk_app.documents.thermal.blocks import Block, Feed, Rule, Text
from clerk_app.documents.thermal.layout import display_columns
from clerk_app.documents.thermal.parts import headline, reprint_mark
from clerk_app.documents.thermal.profile import PrinterProfile
from clerk_app.documents.thermal.render import render
from clerk_app.domain.emergency import EmergencyTicket


def render_emergency_ticket(ticket: EmergencyTicket, profile: PrinterProfile, fonts: FontSet) -> bytes:
    """Return the print job."""
    return render(emergency_blocks(ticket, profile), profile, fonts)


def emergency_blocks(ticket: EmergencyTicket, profile: PrinterProfile) -> list[Block]:
    """Lay the paper out for a width: what it is, the number, what to do."""
    largest = max(1, min(6, profile.columns // max(display_columns(ticket.number), 1)))
    blocks: list[Block] = [
        headline(ticket.hall_name, profile),
        *reprint_mark(ticket.reprint),
        Rule(),
        headline("应急号", profile),
        Feed(12),
        Text(ticket.number, align="center", bold=True, width=largest, height=largest),
        Text(ticket.subject, align="center", bold=True),
    ]
    if ticket.priority:
        blocks.append(Text(ticket.priority, align="center", bold=True))
    return [
        *blocks,
        Rule(),
        headline("请听窗口人员叫号", profile),
        Text("排队系统暂时断开，由窗口按先后叫号。"),
        Text("系统恢复后，这个号自动排回队里，大厅屏会叫到，不用重取。"),
        Rule(),
        Text(f"{ticket.taken_at:%Y-%m-%d %H:%M} {ticket.machine}".rstrip()),
    ]
