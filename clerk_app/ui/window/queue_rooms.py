"""The small pages of the queue: hold, transfer, what the window does, and the group of somebody without a number."""

from __future__ import annotations

from PySide6.QtCore import QObject

from clerk_app.design.tokens import SPACE
from clerk_app.domain.queue import AWAY_WORDS, HOLD_RULES, AwayReason, HoldKind, WindowState
from clerk_app.ports.hall_queue import Hold, Transfer
from clerk_app.ui.keys import Page
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.window.choice_room import DigitRoom, Line
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.queue_words import since_words
from clerk_app.ui.window.rooms import Room, Rooms
from clerk_app.ui.window.transfer_room import TransferRoom

LONGEST_NOTE = 100
_KINDS = tuple(HoldKind)
_AWAY = tuple(AwayReason)


class HoldRoom(DigitRoom):
    """Three kinds, and a sentence for whoever takes the visit up again."""

    def __init__(self) -> None:
        super().__init__(Page.HOLD, "挂起")
        self.words = Field("说明（可不写；不要写姓名和证件号码）", hint="例如：差法人签字", max_length=LONGEST_NOTE)
        self.card.body.put(Column(self.words, Text("写好按 Enter，再选一种", "note", "ink5"), gap=SPACE.x4))
        self.words.entered.connect(lambda _: self.start())

    def begin(self, number: str) -> None:
        """Ask anew."""
        self.words.set_value("")
        lines = [Line(*HOLD_RULES[kind].words.split("，", 1)) for kind in _KINDS]
        self.show_lines(f"挂起 {number}", "选一种就挂起，草稿留着", lines)


class QueueRooms(QObject):
    """Opens each where it may be opened, and carries out what was chosen there."""

    def __init__(self, control: DeskControl, rooms: Rooms) -> None:
        super().__init__()
        self._control, self._rooms = control, rooms
        self.hold = HoldRoom()
        self.transfer = TransferRoom()
        self.standing = DigitRoom(Page.STANDING, "窗口状态")
        self.walk_in = DigitRoom(Page.WALK_IN, "没有号的人")
        self._groups: tuple[str, ...] = ()
        self._away_only = True
        for room in (self.hold, self.transfer, self.standing, self.walk_in):
            rooms.add(room)
            room.refused.connect(control.said)
        self.hold.chosen.connect(self._held)
        self.transfer.sent.connect(self._sent)
        self.standing.chosen.connect(self._stood)
        self.walk_in.chosen.connect(self._walked_in)
        control.group_wanted.connect(self.open_walk_in)
        control.view_changed.connect(self._news)
        control.ticket_changed.connect(self._news)

    # --- opening ----------------------------------------------------------------------------------------------
    def open_hold(self) -> None:
        """F8. A case without a ticket is put down at once: nothing is to be chosen."""
        control = self._control
        if control.ticket is None and control.work.intake is not None:
            control.put_down()
        elif self._may(control.part_locked()):
            assert control.ticket is not None
            self.hold.begin(control.ticket.number)
            self._rooms.open(self.hold)

    def open_transfer(self) -> None:
        """Alt+T."""
        control = self._control
        if self._may(control.part_locked()) and control.view is not None:
            assert control.ticket is not None
            self.transfer.begin(control.view, control.ticket)
            self._rooms.open(self.transfer)

    def open_standing(self) -> None:
        """Alt+W."""
        if self._rooms.current is self.standing:
            return
        if self._may(self._control.standing_locked()):
            self._show_standing()
            self._rooms.open(self.standing)

    def open_walk_in(self) -> None:
        """F5 where the window serves several groups."""
        view = self._control.view
        if view is None:
            self._control.said.emit("还没有排队数据，稍等一两秒再按 F5")
            return
        # Nine have a digit; the window's own order is the hall's.
        mine = [group for group in view.groups if group.group_id in view.serves][:9]
        self._groups = tuple(group.group_id for group in mine)
        lines = [Line(group.name, group.hint or f"{group.waiting} 人在等") for group in mine]
        self.walk_in.show_lines("没有号的人来办什么", "给一个号，马上办", lines)
        self._rooms.open(self.walk_in)

    def _may(self, locked: str) -> bool:
        if locked:
            self._control.said.emit(locked)
        return not locked

    def _show_standing(self) -> None:
        control, state = self._control, self._control.state
        lines = [Line(AWAY_WORDS[reason], "离席，不再分派到本窗口") for reason in _AWAY]
        back = Line("在岗，先不叫号", "回来以后要叫人，按 F2" if state is not WindowState.FREE else "不再等着分派")
        already = "现在就是在岗" if state is WindowState.BUSY else ""
        lines.append(Line(back.words, back.follows, already))
        closed = "窗口已经关了" if state is WindowState.OFF else ""
        lines.append(Line("关窗口", "今天不再办；只等本窗口的号回到原来的组", closed))
        now = since_words(state, control.state_since, control.view.away if control.view else None, serving=False)
        self.standing.show_lines("本窗口现在做什么", f"现在：{now}", lines)

    # --- carrying out -----------------------------------------------------------------------------------------
    def _held(self, index: int) -> None:
        note = self.hold.words.value()
        self._close(self.hold)
        self._control.hold(Hold(_KINDS[index], note))

    def _sent(self, wish: Transfer, where: str) -> None:
        self._close(self.transfer)
        self._control.transfer(wish, where)

    def _stood(self, index: int) -> None:
        self._close(self.standing)
        if index < len(_AWAY):
            self._control.go_away(_AWAY[index])
        elif index == len(_AWAY):
            self._control.come_back()
        else:
            self._control.close_window()

    def _walked_in(self, index: int) -> None:
        self._close(self.walk_in)
        self._control.walk_in(self._groups[index])

    def _close(self, room: Room) -> None:
        self._rooms.close_room(room)

    # --- news while one is open -------------------------------------------------------------------------------
    def _news(self) -> None:
        """A page whose ticket has gone closes; one of the free window closes when somebody was called to it."""
        control, current = self._control, self._rooms.current
        if current in (self.hold, self.transfer) and control.ticket is None:
            self._close(current)
        elif current is self.transfer and control.view is not None and control.ticket is not None:
            self.transfer.show_view(control.view, control.ticket)
        elif current in (self.standing, self.walk_in) and control.ticket is not None:
            self._close(current)
