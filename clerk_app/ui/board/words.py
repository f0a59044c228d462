"""What the board says: figures and states as words."""

from __future__ import annotations

from typing import Final

from clerk_app.design.words import average, joined
from clerk_app.domain.queue import AWAY_WORDS, WindowState
from clerk_app.ports.hall_board import CounterBoard, HallBoard
from clerk_app.ports.hall_queue import CounterStatus
from clerk_app.ui.kit.paint import Lamp

NOTHING: Final = "—"

STATE_WORDS: Final[dict[WindowState, str]] = {
    WindowState.OFF: "没开",
    WindowState.FREE: "空闲",
    WindowState.CALLING: "等人来",
    WindowState.BUSY: "办理",
    WindowState.AWAY: "暂停",
}
LAMPS: Final[dict[WindowState, Lamp]] = {
    WindowState.OFF: Lamp.OFF,
    WindowState.FREE: Lamp.OFF,
    WindowState.CALLING: Lamp.OK,
    WindowState.BUSY: Lamp.OK,
    WindowState.AWAY: Lamp.WARN,
}
OUTCOME_WORDS: Final[dict[str, str]] = {
    "accepted": "受理",
    "supplement": "补正",
    "not_accepted": "不受理",
    "consulted": "咨询",
    "left": "离开",
    "day_ended": "到关门",
    "issued": "领证",
}


def time_of(seconds: int | None) -> str:
    """「4:12」, or a dash."""
    return NOTHING if seconds is None else average(seconds)


def percent(share: float) -> str:
    """「48%」."""
    return f"{round(share * 100)}%"


def outcomes(board: HallBoard, most: int = 3) -> str:
    """「受理 171 · 补正 12」; what has no word of its own is 「其他」."""
    named = [(OUTCOME_WORDS[name], count) for name, count in board.outcomes if name in OUTCOME_WORDS]
    shown = named[:most]
    rest = sum(count for _, count in board.outcomes) - sum(count for _, count in shown)
    parts = [f"{words} {count}" for words, count in shown]
    return joined(*parts, f"其他 {rest}" if rest and shown else "")


def against_last_week(board: HallBoard, weekday: str) -> str:
    """「比上周一同时 −9」."""
    if board.waiting_last_week is None:
        return f"上{weekday}没有开门"
    difference = board.waiting - board.waiting_last_week
    sign = "多" if difference > 0 else "少"
    return f"和上{weekday}同时一样多" if not difference else f"比上{weekday}同时{sign} {abs(difference)}"


def state_of(status: CounterStatus) -> str:
    """「暂停 · 开会」."""
    away = AWAY_WORDS[status.away] if status.state is WindowState.AWAY and status.away is not None else ""
    return joined(STATE_WORDS[status.state], away)


def windows_line(windows: tuple[CounterBoard, ...]) -> str:
    """「忙 6 · 空 1 · 暂停 1 · 没开 2」."""
    counts = {state: sum(one.status.state is state for one in windows) for state in WindowState}
    busy = counts[WindowState.BUSY] + counts[WindowState.CALLING]
    return joined(
        f"忙 {busy}",
        f"空 {counts[WindowState.FREE]}",
        f"暂停 {counts[WindowState.AWAY]}" if counts[WindowState.AWAY] else "",
        f"没开 {counts[WindowState.OFF]}" if counts[WindowState.OFF] else "",
    )
