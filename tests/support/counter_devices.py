"""A clerk's seat with what stands around the counter: a keypad to press, a strip to read, a scanner to hold papers to,
a pad that signs, a voice that is heard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from clerk_app.domain.signatures import Strokes
from clerk_app.ports.counter_devices import CallerKey, PairingOffer
from clerk_app.ports.devices import DeviceFault, DeviceHealth, DeviceState, SpokenWords
from clerk_app.ui.window.desk import Desk, RatingPrompt
from support import window_views
from support.citizen import CitizenSeat
from support.shell import Turns

WAITING = ("caller", "scanner", "pad")


class Around:
    """What all of them share: ``away`` is the fault that the next calls meet."""

    def __init__(self) -> None:
        self.away: DeviceFault | None = None

    def health(self) -> DeviceHealth:
        state = DeviceState.READY if self.away is None else DeviceState.ABSENT
        return DeviceHealth(state, window_views.NOW)

    def _meet(self) -> None:
        if self.away is not None:
            raise self.away


class Keypad(Around):
    """``shown`` is what its digits say."""

    def __init__(self) -> None:
        super().__init__()
        self.next: str | None = None
        self.shown: str | int | None = None

    def wait_for_key(self, timeout_s: float, cancel: threading.Event) -> str | None:
        self._meet()
        key, self.next = self.next, None
        return key

    def show_number(self, number: str) -> None:
        self._meet()
        self.shown = number

    def show_waiting(self, count: int) -> None:
        self._meet()
        self.shown = count


class Board(Around):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def send(self, text: str) -> None:
        self._meet()
        self.lines.append(text)


class Scanner(Around):
    def __init__(self) -> None:
        super().__init__()
        self.next: str | None = None

    def wait_for_code(self, timeout_s: float, cancel: threading.Event) -> str | None:
        self._meet()
        text, self.next = self.next, None
        return text


class Pad(Around):
    """``next`` is what the citizen writes when asked; None: nobody confirms."""

    def __init__(self) -> None:
        super().__init__()
        self.next: Strokes | None = None
        self.asked = 0

    def ask_signature(self, timeout_s: float, cancel: threading.Event) -> Strokes | None:
        self._meet()
        self.asked += 1
        strokes, self.next = self.next, None
        return None if cancel.is_set() else strokes


class Voice(Around):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def say(self, words: SpokenWords, started: Callable[[float], None], cancel: threading.Event) -> bool:
        self._meet()
        self.said.append(words.text)
        return True

    def probe(self) -> DeviceHealth:
        return self.health()


class AroundSeat(CitizenSeat):
    """``tablet``: the evaluator is one, so that there is something to pair; ``types``: a scanner that types."""

    def __init__(
        self,
        qtbot: Any,
        *,
        mode: str = "off",
        tablet: bool = True,
        types: bool = False,
        pad: bool = False,
        **named: Any,
    ) -> None:
        self.caller, self.board, self.scanner, self.voice = Keypad(), Board(), Scanner(), Voice()
        self.pad = Pad()
        self._tablet, self._types, self._has_pad = tablet, types, pad
        self.codes_given = 0
        super().__init__(qtbot, mode=mode, evaluator=named.pop("evaluator", True), **named)

    def _desk(self, evaluator: bool, first_page: Callable[[bytes, int], bytes]) -> Desk:
        return replace(
            super()._desk(evaluator, first_page),
            caller=self.caller,
            board=self.board,
            scanner=self.scanner,
            pad=self.pad if self._has_pad else None,
            keyboard_scanner=self._types,
            prompt=RatingPrompt(self.voice, "请您评价这次服务", 80),
            pair_tablet=self._offer if self._tablet else None,
        )

    def _lane(self, name: str, threads: int) -> Executor:
        if name in WAITING:
            return self.lanes.setdefault(name, Turns(held=True))
        return super()._lane(name, threads)

    def _offer(self) -> PairingOffer:
        self.codes_given += 1
        code = f"4821773{self.codes_given}"
        return PairingOffer("http://192.168.1.5:8460", code, f"http://192.168.1.5:8460/#{code}", 600)

    # --- hands ------------------------------------------------------------------------------------------------
    def key(self, key: CallerKey) -> None:
        """Press a key of the keypad on the desk."""
        self.caller.next = key.value
        self.turn("caller")

    def scan(self, text: str) -> None:
        """Hold a paper before the scanner."""
        self.scanner.next = text
        self.turn("scanner")

    def turn(self, lane: str) -> None:
        """Let a device that is waited for answer, and what follows be done."""
        for _ in range(3):
            self.lanes[lane].go()
            self.settle()
