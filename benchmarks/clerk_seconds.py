"""A clerk's seconds and keys for whole visits, by the keystroke-level model (Card, Moran, Newell 1983).

Real key presses drive the real window over the real services, on a store in memory; the walks are written down once as
the events that a person makes and are replayed here. K 0.28 s a key, P 1.10 s pointing, B 0.20 s a click, H 0.40 s
from keyboard to mouse, M 1.35 s for each decision. What the machine takes is not in the model: a clerk's time is the
clerk's. A card is laid down by the citizen. A walk that needs a dialog, or leaves another state than it should, fails.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.report import Goal, Result

if TYPE_CHECKING:
    from support.shell import Seat

K, P, B, H, M = 0.28, 1.10, 0.20, 0.40, 1.35

_TESTS = Path(__file__).resolve().parents[1] / "tests"


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys pressed after one decision; ``why`` names it, an empty one is no decision (the hand goes on by itself)."""

    why: str
    presses: tuple[str, ...] = ()
    letters: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The citizen lays a card down."""

    whose: str


@dataclass(frozen=True, slots=True)
class Others:
    """What other people do meanwhile, at their own places: ``decide`` or ``seal``."""

    what: str


Event = Keys | Card | Others


@dataclass(frozen=True, slots=True)
class Walk:
    """One visit: its events, the budget in seconds, the most keys (None: no bound), and the state it has to leave.

    ``from_card`` counts from the card on; without ``bound`` the budget is another walk's and the number information.
    """

    name: str
    matter: str
    events: tuple[Event, ...]
    seconds: float
    keys: int | None
    leaves: str
    from_card: bool = False
    bound: bool = True


@dataclass(slots=True)
class Count:
    """What a walk cost."""

    keys: int = 0
    decisions: int = 0
    mouse: int = 0

    @property
    def seconds(self) -> float:
        return self.keys * K + self.decisions * M + self.mouse * (P + B + H)


def press(why: str, *presses: str) -> Keys:
    return Keys(why, presses)


def letters(why: str, typed: str, *presses: str) -> Keys:
    return Keys(why, presses, typed)


class Replayer:
    """Plays walks at one seat."""

    def __init__(self, seat: Seat, cards: dict[str, Any], others: Callable[[str], None]) -> None:
        self._seat, self._cards, self._others = seat, cards, others
        self._mouse = _MouseCounter()

    def play(self, walk: Walk) -> Count:
        """Replay and count. ``AssertionError`` when the walk does not lead where it should."""
        count = Count()
        self._seat.count()
        self._mouse.clicks = 0
        for event in walk.events:
            if isinstance(event, Card):
                self._seat.lay(self._cards[event.whose])
                if walk.from_card:
                    count = Count()
                    self._seat.count()
            elif isinstance(event, Others):
                self._others(event.what)
            else:
                count.decisions += bool(event.why)
                self._seat.type(event.letters)
                self._seat.press(*event.presses)
        count.keys = self._seat.count()
        count.mouse = self._mouse.clicks
        self._seat.one_window()
        return count


class _MouseCounter:
    """Every press of a mouse button in the whole program; a walk by keyboard makes none."""

    def __init__(self) -> None:
        from PySide6.QtCore import QEvent, QObject
        from PySide6.QtWidgets import QApplication

        counter = self

        class Filter(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:
                if event.type() == QEvent.Type.MouseButtonPress:
                    counter.clicks += 1
                return False

        self.clicks = 0
        self._filter = Filter()
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self._filter)


def run() -> list[Result]:
    """All budgets, each for its matters."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(_TESTS))
    try:
        from benchmarks.clerk_walks import WALKS, played

        return [_result(walk, played(walk)) for walk in WALKS]
    finally:
        sys.path.remove(str(_TESTS))


def _result(walk: Walk, count: Count) -> Result:
    detail = {
        "matter": walk.matter,
        "keys": count.keys,
        "most_keys": walk.keys,
        "decisions": count.decisions,
        "mouse": count.mouse,
        "seconds": walk.seconds,
    }
    within = count.mouse == 0 and (walk.keys is None or count.keys <= walk.keys)
    # Too many keys, or a mouse, is a miss whatever the seconds are.
    goal = Goal("value", "<=", walk.seconds if within else 0.0) if walk.bound else None
    return Result(f"clerk_{walk.name}: {walk.matter}", count.seconds, "s", walk.seconds, goal, detail)
