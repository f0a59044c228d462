"""The steps of tickets in a dispatch log: each may change only what its kind changes, and as the rule says. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from clerk_app.domain.dispatch_replay import Fields, Replay, Told, Unreadable
from clerk_app.domain.errors import Locked
from clerk_app.domain.queue import HOLD_RULES, QUEUED, HoldKind, Lane, TicketState, TicketStep, step
from clerk_app.domain.queue_order import place_after
from clerk_app.domain.queue_rules import EMERGENCY_PREFIX

CALLED = "ticket.called"
OCCUPYING = frozenset({CALLED, "ticket.walk_in", "ticket.miss_undone", "ticket.resumed", "ticket.transfer_undone"})
"""After these the window is not free any more, without an entry of its own."""

_NEW = {"ticket.taken": TicketState.WAITING, "ticket.walk_in": TicketState.SERVING}
MERGED = "ticket.merged"
"""What windows and kiosks did while the server was away, taken in as they tell it."""
_STEPS = {
    CALLED: TicketStep.CALL,
    "ticket.call_undone": TicketStep.UNDO_CALL,
    "ticket.recalled": TicketStep.RECALL,
    "ticket.missed": TicketStep.MISS,
    "ticket.miss_undone": TicketStep.UNDO_MISS,
    "ticket.started": TicketStep.START,
    "ticket.finished": TicketStep.FINISH,
    "ticket.finish_undone": TicketStep.UNDO_FINISH,
    "ticket.held": TicketStep.HOLD,
    "ticket.resumed": TicketStep.RESUME,
    "ticket.returned": TicketStep.RETURN,
    "ticket.transferred": TicketStep.TRANSFER,
    "ticket.transfer_undone": TicketStep.UNDO_TRANSFER,
    "ticket.released": TicketStep.RELEASE,
    "ticket.cancelled": TicketStep.CANCEL,
}
_LEAVES_STATE = frozenset({"ticket.printed", "ticket.unbound"})
_LEAVES_WINDOW = frozenset({"ticket.call_undone", "ticket.returned", "ticket.released"})
_MOVES = {
    "ticket.returned": frozenset({"lane", "order_at", "for_window", "for_user", "called_at"}),
    "ticket.transferred": frozenset({"group_id", "for_window", "for_user"}),
    "ticket.transfer_undone": frozenset({"group_id", "for_window", "for_user"}),
    "ticket.unbound": frozenset({"for_window", "for_user"}),
    CALLED: frozenset({"called_at"}),
    "ticket.call_undone": frozenset({"called_at"}),
    "ticket.released": frozenset({"called_at", "for_window", "for_user"}),
}
_WORDS = {
    "group_id": "排队组",
    "lane": "队列",
    "order_at": "排队次序",
    "due_at": "预约时刻",
    "for_window": "指定窗口",
    "for_user": "指定的人",
    "called_at": "叫号时刻",
}
_NUMBER = re.compile(r"([A-Z])(\d{3,6})")


@dataclass(slots=True)
class Steps:
    """Takes the ticket entries in order; ``wrong`` is told what does not fit."""

    hall: Replay
    slack: timedelta
    wrong: Callable[[str], None]
    _starts: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _serials: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def begins(self, prefix: str, first: int) -> None:
        """A group's numbers may begin here."""
        self._starts[prefix].add(first)

    def gaps(self) -> list[str]:
        """What must be there and is not: numbers below others that were given, and the ties in a row."""
        found: list[str] = []
        for prefix, serials in sorted(self._serials.items()):
            starts = self._starts.get(prefix, set())
            for serial in sorted(serials):
                if serial not in starts and serial - 1 not in serials:
                    found.append(f"{prefix}{serial - 1:03d}")
        ties = sorted(one.tie for one in self.hall.tickets.values())
        if ties != list(range(1, len(ties) + 1)):
            found.append("连续的先后次序（tie）")
        return found

    def step(self, kind: str, entry: Fields) -> None:
        """One entry about a ticket of this day."""
        number = entry.text("number")
        known = self.hall.tickets.get(number)
        told = _told(entry, number, known)
        if kind in _NEW:
            self._new(kind, entry, told, known)
        elif kind == MERGED:
            self._merged(told, known)
        elif known is None:
            self.wrong("这个号没有取号记录")
        else:
            self._changed(kind, entry, told, known)
        self.hall.put(told)

    # --- a new one --------------------------------------------------------------------------------------------
    def _entered(self, number: str) -> None:
        found = _NUMBER.fullmatch(number)
        if found is None:
            self.wrong("号码的样子不对")
        elif found[1] != EMERGENCY_PREFIX:
            self._serials[found[1]].add(int(found[2]))

    def _merged(self, told: Told, known: Told | None) -> None:
        if known is None:
            self._entered(told.number)
            return
        told.passed = known.passed
        told.pinned_to = known.pinned_to if told.state in QUEUED else None

    def _new(self, kind: str, entry: Fields, told: Told, known: Told | None) -> None:
        if known is not None:
            self.wrong("同一个号取了两次")
        self._entered(told.number)
        if told.state is not _NEW[kind] or told.for_window is not None or told.for_user is not None:
            self.wrong("新取的号状态不对")
        at, late = entry.moment("at"), self.hall.rules.late if entry.values.get("appointment") is True else timedelta(0)
        if told.order_at < at - late - self.slack:
            self.wrong("新取的号排到了以前")
        latest = max(at, self.hall.latest())
        if told.due_at not in (None, told.order_at):
            self.wrong("预约时刻和排队次序对不上")
        if not late and told.order_at > latest + self.slack:
            self.wrong("新取的号排到了以后")
        if entry.values.get("appointment") is True and told.lane is not Lane.PRIORITY:
            self.wrong("预约的号不在优先队列")
        if kind == "ticket.taken" and (told.window_no is not None or told.called_at is not None):
            self.wrong("新取的号已经有窗口")

    # --- a change ---------------------------------------------------------------------------------------------
    def _changed(self, kind: str, entry: Fields, told: Told, known: Told) -> None:
        was = _state(entry.text("was"))
        if was is not known.state:
            self.wrong("前一步的状态和日志里的对不上，中间少了记录")
        self._check_state(kind, told, was)
        moves = _MOVES.get(kind, frozenset())
        for name, words in _WORDS.items():
            if name not in moves and getattr(told, name) != getattr(known, name):
                self.wrong(f"这一步不能改{words}")
        if kind in {"ticket.transferred", "ticket.transfer_undone"} and told.group_id != known.group_id:
            if entry.maybe("from_group") != known.group_id or told.group_id not in self.hall.groups:
                self.wrong("转出的排队组对不上")
        elif entry.maybe("from_group") is not None:
            self.wrong("转出的排队组对不上")
        self._check_window(kind, told, known)
        if kind == "ticket.returned":
            self._check_return(entry, told, known)
        told.passed = 0 if kind == "ticket.returned" and known.state is TicketState.MISSED else known.passed
        told.pinned_to = known.pinned_to
        if kind == "ticket.call_undone":
            told.pinned_to = known.window_no
        elif kind in {CALLED, "ticket.transferred"}:
            told.pinned_to = None
        if kind != "ticket.held":
            told.hold = known.hold if told.state is TicketState.HELD else None

    def _check_state(self, kind: str, told: Told, was: TicketState) -> None:
        if kind in _LEAVES_STATE:
            if told.state is not was:
                self.wrong("这一步不改状态")
            return
        wanted = _STEPS.get(kind)
        if wanted is None:
            raise Unreadable(f"不认识的记录 {kind}")
        try:
            if step(was, wanted) is not told.state:
                self.wrong("这一步以后的状态不对")
        except Locked as locked:
            self.wrong(str(locked))

    def _check_window(self, kind: str, told: Told, known: Told) -> None:
        if kind in _LEAVES_WINDOW:
            if told.window_no is not None or told.called_at is not None:
                self.wrong("回到队里的号还写着窗口")
        elif kind != CALLED and told.window_no != known.window_no:
            self.wrong("这一步不能换窗口")
        if kind == "ticket.transfer_undone" and (told.for_window is not None or told.for_user is not None):
            self.wrong("撤销转出以后还写着指定的窗口或人")
        if kind == "ticket.unbound" and told.for_window is not None:
            self.wrong("解除指定以后还写着指定窗口")

    def _check_return(self, entry: Fields, told: Told, known: Told) -> None:
        at = entry.moment("at")
        if known.hold is not None:
            rule = HOLD_RULES[known.hold]
            behind = max(at, self.hall.latest())
            fits = told.order_at == known.order_at if rule.keeps_place else abs(told.order_at - behind) <= self.slack
            if told.lane is not Lane.RETURN:
                self.wrong("挂起回来的号要走返回队列")
            if told.for_window not in (known.window_no if rule.same_if_open else None, None):
                self.wrong("挂起回来的号指定的窗口不对")
        else:
            after = self.hall.rules.missed_after
            place = place_after(self.hall.places(known.group_id, at)[: max(after, 1)], after, at)
            fits = told.order_at == place or (place == at and abs(told.order_at - at) <= self.slack)
            bound, before = (told.for_window, told.for_user), (known.for_window, known.for_user)
            if told.lane is not known.lane or bound not in {before, (None, None)}:
                self.wrong("过号回来不能换队列")
        if not fits:
            self.wrong("回来以后的排队次序不对")


def _told(entry: Fields, number: str, known: Told | None) -> Told:
    try:
        lane, state = Lane(entry.text("lane")), _state(entry.text("state"))
        hold = HoldKind(entry.text("hold")) if entry.values.get("hold") is not None else None
    except ValueError:
        raise Unreadable("队列、状态或挂起的写法不对") from None
    return Told(
        number=number,
        tie=entry.whole("tie") if known is None else known.tie,
        group_id=entry.text("group_id"),
        lane=lane,
        state=state,
        order_at=entry.moment("order_at"),
        due_at=entry.maybe_moment("due_at"),
        called_at=entry.maybe_moment("called_at"),
        window_no=entry.maybe("window_no"),
        for_window=entry.maybe("for_window"),
        for_user=entry.maybe("for_user"),
        hold=hold,
    )


def _state(value: str) -> TicketState:
    try:
        return TicketState(value)
    except ValueError:
        raise Unreadable(f"不认识的状态 {value}") from None
