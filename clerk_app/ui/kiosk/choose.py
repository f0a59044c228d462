"""Pages on which the citizen chooses: who goes first, which group."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, SignalInstance

from clerk_app.design.tokens import KIOSK
from clerk_app.domain.queue import PriorityClass
from clerk_app.ports.hall_queue import GroupWaiting
from clerk_app.ui.kiosk.pieces import INNER, HomeBar, Look, Page, Touch, Words
from clerk_app.ui.panel import Scale

PER_PAGE = 6
_LEFT, _GAP = KIOSK.margin, 24
_HALF = (INNER - _GAP) / 2
_ROW = 212
_ICONS = {
    "企业准入": "store",
    "社保医保": "heart-pulse",
    "不动产": "house",
    "公安出入境": "plane",
    "领证、补材料": "package-check",
    "不知道办哪个": "circle-question-mark",
}
_ANY_ICON = "file-text"
PRIORITIES: tuple[tuple[PriorityClass, str, str, str], ...] = (
    (PriorityClass.SOLDIER, "军人", "军人和退役军人", "medal"),
    (PriorityClass.DISABLED, "残疾人", "持残疾人证", "accessibility"),
    (PriorityClass.PREGNANT, "孕妇", "孕期都可以", "baby"),
    (PriorityClass.CARE, "爱心号", "没带证件的老人、带婴儿等", "heart-handshake"),
)
"""Age is not among them: it comes from the card."""


class GroupGrid:
    """Six groups at a time in two columns on a page; ``more`` turns to the next six."""

    def __init__(self, page: Page, top: float, chosen: SignalInstance, more: Touch) -> None:
        self._more = more
        self._groups: tuple[GroupWaiting, ...] = ()
        self._first = 0
        self._open = self._counted = True
        self.touches: list[Touch] = []
        for at in range(PER_PAGE):
            touch = Touch(page.scale, "", Look.CARD, icon_name=_ANY_ICON, side=True, role="card")
            page.put(touch, _LEFT + (at % 2) * (_HALF + _GAP), top + (at // 2) * (_ROW + KIOSK.gap + 2), _HALF, _ROW)
            touch.clicked.connect(lambda _=False, place=at: chosen.emit(self._groups[self._first + place].group_id))
            self.touches.append(touch)
        more.clicked.connect(self.turn)

    def show(self, groups: Sequence[GroupWaiting], *, open_: bool = True, counted: bool = True) -> None:
        """The hall's groups with the people who wait now; one that gives no numbers says why. ``open_`` is False while
        the whole hall gives none, ``counted`` while nobody knows how many wait."""
        self._groups, self._open, self._counted = tuple(groups), open_, counted
        if self._first >= len(self._groups):
            self._first = 0
        for at, touch in enumerate(self.touches):
            place = self._first + at
            touch.setVisible(place < len(self._groups))
            if place < len(self._groups):
                group = self._groups[place]
                people = f"等 {group.waiting} 人" if group.waiting else "没有人在等" if counted else ""
                below = tuple(text for text in (group.hint, group.closed or people) if text)
                touch.say(group.name, below, _ICONS.get(group.name, _ANY_ICON))
                touch.setEnabled(open_ and not group.closed)
        self._more.setVisible(len(self._groups) > PER_PAGE)

    def touch(self, prefix: str) -> None:
        """Touch the group whose numbers begin with ``prefix``; ``KeyError`` when there is none."""
        place = {group.prefix: at for at, group in enumerate(self._groups)}[prefix]
        while not self._first <= place < self._first + PER_PAGE:
            self._more.click()
        self.touches[place - self._first].click()

    def turn(self) -> None:
        """The next six, after the last ones the first."""
        self._first += PER_PAGE
        self.show(self._groups, open_=self._open, counted=self._counted)

    def first(self) -> None:
        """Back to the first six."""
        self._first = 0
        self.show(self._groups, open_=self._open, counted=self._counted)


class ChoicePage(Page):
    """A question with a line below it, a way back and the bar; what is chosen stands between."""

    back = Signal()

    def __init__(self, scale: Scale, title: str, lead: str) -> None:
        super().__init__(scale)
        self.hello = Words(scale, "", "lead", "ink7")
        self.title = Words(scale, title, "page")
        self.lead = Words(scale, lead, "lead", "ink7")
        self.bar = HomeBar(scale)
        self.home = Touch(scale, "返回", Look.PLAIN, icon_name="arrow-left", bold=False)
        self.home.clicked.connect(self.back)
        self.put(self.hello, _LEFT, 290, INNER, 56)
        self.put(self.title, _LEFT, 352, INNER, 92)
        self.put(self.lead, _LEFT, 452, INNER, 56)
        self.put(self.home, _LEFT, 1776, 240, KIOSK.target)
        self.put(self.bar, _LEFT + 240 + 40, 1776, INNER - 280, KIOSK.target)


class PriorityPage(ChoicePage):
    """Who goes first; claimed by a touch, the window looks at papers where there are any."""

    chosen = Signal(object)

    def __init__(self, scale: Scale) -> None:
        super().__init__(scale, "优先取号", "点您符合的一项；60 岁以上放身份证就自动优先")
        self.touches: dict[PriorityClass, Touch] = {}
        for at, (kind, name, hint, icon) in enumerate(PRIORITIES):
            touch = Touch(scale, name, Look.WARM, icon_name=icon, below=(hint,), side=True, role="card")
            touch.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
            self.touches[kind] = touch
            self.put(touch, _LEFT + (at % 2) * (_HALF + _GAP), 660 + (at // 2) * (_ROW + _GAP), _HALF, _ROW)


class GroupPage(ChoicePage):
    """Which group, once it is known who stands here; what they booked for today comes first."""

    chosen = Signal(str)
    booked = Signal()

    def __init__(self, scale: Scale) -> None:
        super().__init__(scale, "请点要办的事", "")
        self.appointment = Touch(scale, "", Look.PRIMARY, icon_name="calendar-check", role="card")
        self.appointment.clicked.connect(self.booked)
        self.put(self.appointment, _LEFT, 1540, INNER, 150)
        self.more = Touch(scale, "更多事项", Look.PLAIN, icon_name="ellipsis")
        self.put(self.more, _LEFT, 664 + 3 * (_ROW + _GAP), INNER, 132)
        self.grid = GroupGrid(self, 664, self.chosen, self.more)
        self.show_appointment("")

    def show_appointment(self, words: str) -> None:
        """「按预约取号 10:30 企业准入」; empty for none."""
        self.appointment.say(words)
        self.appointment.setVisible(bool(words))
