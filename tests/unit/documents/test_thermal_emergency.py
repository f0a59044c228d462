"""应急号 on paper says what it is and whom to listen to, and promises nothing more."""

from __future__ import annotations

from datetime import datetime

import pytest

from clerk_app.documents.thermal.blocks import Text
from clerk_app.documents.thermal.profile import PAPER_58MM, PAPER_80MM, PrinterProfile
from clerk_app.documents.thermal_emergency import emergency_blocks, render_emergency_ticket
from clerk_app.domain.emergency import EmergencyTicket
from clerk_app.ports.clock import BEIJING
from clerk_app.typefaces import find

TICKET = EmergencyTicket(
    hall_name="明河区政务服务中心",
    number="Y1207",
    subject="企业准入",
    taken_at=datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING),
    machine="取号机 2",
    priority="老年人优先",
    reprint=1,
)


def words(profile: PrinterProfile) -> str:
    return "\n".join(str(block.text) for block in emergency_blocks(TICKET, profile) if isinstance(block, Text))


@pytest.mark.parametrize("profile", [PAPER_80MM, PAPER_58MM])
def test_the_paper_says_what_it_is_and_who_calls(profile: PrinterProfile) -> None:
    said = words(profile)
    for part in (
        "应急号",
        "Y1207",
        "请听窗口人员叫号",
        "企业准入",
        "老年人优先",
        "不用重取",
        "2026-11-23 10:24 取号机 2",
    ):
        assert part in said
    assert "前面" not in said
    assert "大约等" not in said


@pytest.mark.parametrize("profile", [PAPER_80MM, PAPER_58MM])
def test_it_is_printed_on_both_widths(profile: PrinterProfile) -> None:
    assert render_emergency_ticket(TICKET, profile, find()).startswith(b"\x1b")
