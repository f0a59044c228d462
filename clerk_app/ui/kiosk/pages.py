"""All pages of the machine, one of them shown; and what watches or drives the machine from outside."""

from __future__ import annotations

from clerk_app.domain.appointments import CODE_LENGTH
from clerk_app.ui.kiosk.choose import GroupPage, PriorityPage
from clerk_app.ui.kiosk.home import HomePage
from clerk_app.ui.kiosk.matters import MatterPage
from clerk_app.ui.kiosk.notice import NoticePage
from clerk_app.ui.kiosk.pad import PadPage, in_fours
from clerk_app.ui.kiosk.pieces import Page
from clerk_app.ui.kiosk.returning import CASE_DIGITS, ReturnPage, typed_case
from clerk_app.ui.kiosk.ticket import TicketPage
from clerk_app.ui.panel import Scale

_NUMBER_LEAST, _NUMBER_MOST = 4, 7
_CASE_MOST = 18


class Pages:
    """Made once; ``names`` says what each is called."""

    def __init__(self, scale: Scale) -> None:
        self.home = HomePage(scale)
        self.priority = PriorityPage(scale)
        self.groups = GroupPage(scale)
        self.matters = MatterPage(scale)
        self.appointment = PadPage(
            scale,
            "我有预约",
            "放身份证，或者输入 8 位预约码",
            "取号",
            "预约码",
            least=CODE_LENGTH,
            most=CODE_LENGTH,
            shown=in_fours,
        )
        self.mine = PadPage(
            scale,
            "我有号",
            "输入小票上的号码，例如 A047",
            "查这个号",
            "号码",
            least=_NUMBER_LEAST,
            most=_NUMBER_MOST,
            letters=True,
        )
        self.returning = ReturnPage(scale)
        self.case = PadPage(
            scale,
            "输入办件编号",
            "只输数字：窗口、年月日、最后四位",
            "取号",
            "12-20261123-0031",
            least=CASE_DIGITS,
            most=_CASE_MOST,
            shown=typed_case,
        )
        self.ticket = TicketPage(scale)
        self.notice = NoticePage(scale)
        self.names: dict[Page, str] = {
            self.home: "first",
            self.priority: "priority",
            self.groups: "choose",
            self.matters: "matter",
            self.appointment: "appointment",
            self.mine: "mine",
            self.returning: "return",
            self.case: "case",
            self.ticket: "ticket",
            self.notice: "notice",
        }

    def clear(self) -> None:
        """Nothing of the citizen who was here stays on any page."""
        for pad in (self.appointment, self.mine, self.case):
            pad.clear()
        self.home.grid.first()
        self.groups.grid.first()
        self.groups.show_appointment("")
