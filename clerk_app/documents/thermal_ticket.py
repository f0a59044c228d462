"""取号小票: the number, people ahead, expected wait, where to wait and what to bring."""

from __future__ import annotations

from clerk_app.design.fontset import FontSet
from clerk_app.documents.thermal.blocks import Block, Cell, Feed, QrBeside, Row, Rule, Text
from clerk_app.documents.thermal.layout import display_columns
from clerk_app.documents.thermal.parts import headline, is_address, reprint_mark
from clerk_app.documents.thermal.profile import PrinterProfile
from clerk_app.documents.thermal.render import render
from clerk_app.domain.papers import QueueTicket, TicketMatter


def render_ticket(ticket: QueueTicket, profile: PrinterProfile, fonts: FontSet) -> bytes:
    """Return the print job of a queue ticket."""
    return render(ticket_blocks(ticket, profile), profile, fonts)


def ticket_blocks(ticket: QueueTicket, profile: PrinterProfile) -> list[Block]:
    """Lay out a queue ticket for a paper width."""
    blocks: list[Block] = [headline(ticket.hall_name, profile), *reprint_mark(ticket.reprint), Rule()]
    blocks += _number(ticket, profile)
    blocks += [Rule(), *_waiting(ticket, profile), Rule()]
    for matter in ticket.matters:
        blocks += [*_bring(matter, len(ticket.matters) > 1, profile), Rule()] if matter.bring else []
    scan = "扫码看还有几人" if is_address(ticket.query) else "咨询时出示此码"
    beside = (scan, "过号不用重取，", "到取号机上点", "“我有号”就行")
    blocks += [
        QrBeside(ticket.query, tuple(map(Text, beside))),
        Rule(),
        Text(f"{ticket.taken_at:%Y-%m-%d %H:%M} {ticket.machine}".rstrip()),
        Text("到哪个窗口由电脑随机分派，不能挑选；种子当晚公布，可以核对。"),
    ]
    return blocks


def _number(ticket: QueueTicket, profile: PrinterProfile) -> list[Block]:
    largest = max(1, min(6, profile.columns // max(display_columns(ticket.number), 1)))
    yours = f"{ticket.holder}，您的号码" if ticket.holder else "您的号码"
    blocks: list[Block] = [
        Text(yours, align="center"),
        Feed(12),
        Text(ticket.number, align="center", bold=True, width=largest, height=largest),
        Text(ticket.subject, align="center", bold=True),
    ]
    why = f"预约 {ticket.appointment:%H:%M}" if ticket.appointment else ticket.priority
    if why:
        blocks.append(Text(why, align="center", bold=True))
    return blocks


def _waiting(ticket: QueueTicket, profile: PrinterProfile) -> list[Block]:
    if ticket.window:
        return [headline(f"请到 {ticket.window} 号窗口", profile), Text("窗口正空着，现在就过去", align="center")]
    ahead = f"前面 {ticket.ahead} 人" if ticket.ahead else "前面没有人"
    blocks: list[Block] = [headline(ahead, profile)]
    if ticket.wait_minutes is not None and (ticket.ahead or ticket.appointment):
        around = f"（{ticket.call_expected_at:%H:%M} 左右）" if ticket.call_expected_at else ""
        blocks.append(Text(f"大约等 {ticket.wait_minutes} 分{around}", align="center"))
    where = f"请在{ticket.area}等，" if ticket.area else "请"
    blocks.append(Text(f"{where}看屏幕、听叫号", align="center"))
    return blocks


def _bring(matter: TicketMatter, named: bool, profile: PrinterProfile) -> list[Block]:
    """``named``: one of several matters, so each list says whose it is."""
    needed = [item for item in matter.bring if not item.exempt]
    exempt = [item for item in matter.bring if item.exempt]
    blocks: list[Block] = [Text(matter.name, bold=True)] if named else []
    if needed:
        blocks.append(Text("要带" if named else "这件事要带", bold=not named))
        blocks += [_item("□", item.name, item.form, profile) for item in needed]
    if exempt:
        blocks += [Feed(8), Text("不用交", bold=not named)]
        blocks += [_item("√", item.name, item.exempt, profile) for item in exempt]
    return blocks


def _item(mark: str, name: str, remark: str, profile: PrinterProfile) -> Row:
    widest = profile.columns * 9 // 20
    columns = min(max(display_columns(remark), 3), widest)
    return Row((Cell(f"{mark} {name}"), Cell(remark, columns, "right")), indent=3)
