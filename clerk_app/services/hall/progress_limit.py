"""How many wrong answers the citizen's page gives in an hour, so that nobody finds a case by trying.

Counted are answers that said no. A right one costs nothing, and a request that is not looked at (the limit is reached)
costs nothing either: a stranger who goes on trying makes no lock longer. Whether a number exists makes no difference.

===========================  =====  ==========================================================================
whose wrong answers          an h   why
===========================  =====  ==========================================================================
one address for one number       3  a citizen's slips; one stranger alone can never use up the number's own six
one number, all addresses        6  of some 340,000 endings; the number is free again after an hour at most
one address, all numbers        20  a hall's Wi-Fi is one address
the whole hall                 600  many addresses over many numbers; about one case in 500 hours by chance
===========================  =====  ==========================================================================

Each server process counts for itself and forgets when it ends: with two processes it is at most twice as much. Nothing
is written to the store, since strangers must not make it write.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class WrongLimits:
    """How many wrong answers there may be within ``seconds``."""

    pair: int = 3
    number: int = 6
    address: int = 20
    hall: int = 600
    seconds: float = HOUR


class Try:
    """One question that is being looked at; it counts as wrong until it is said to have been right."""

    __slots__ = ("at", "keys")

    def __init__(self, at: float, keys: tuple[tuple[str, str], ...]) -> None:
        self.at = at
        self.keys = keys


class WrongAnswers:
    """Remembers at most ``limits.hall`` tries: its memory is bounded, and nothing that counts is forgotten early.

    ``monotonic`` gives seconds that never go back.
    """

    def __init__(self, monotonic: Callable[[], float], limits: WrongLimits = WrongLimits()) -> None:
        self._monotonic = monotonic
        self._limits = limits
        self._lock = threading.Lock()
        self._tries: deque[Try] = deque()
        self._counts: Counter[tuple[str, str]] = Counter()

    def begin(self, address: str, number: str) -> Try | None:
        """Take a try before anything is looked up, None when one of the limits is reached.

        It is counted at once: of questions that come at the same moment no more are let through than the limit has.
        """
        told = self._limits
        limits = {
            ("pair", f"{address} {number}"): told.pair,
            ("number", number): told.number,
            ("address", address): told.address,
            ("hall", ""): told.hall,
        }
        with self._lock:
            now = self._monotonic()
            while self._tries and self._tries[0].at <= now - told.seconds:
                self._forget(self._tries.popleft())
            if any(self._counts[key] >= most for key, most in limits.items()):
                return None
            found = Try(now, tuple(limits))
            self._tries.append(found)
            self._counts.update(found.keys)
            return found

    def forgive(self, one: Try) -> None:
        """The answer was right, or there was none: the try does not count."""
        with self._lock:
            if one in self._tries:
                self._tries.remove(one)
                self._forget(one)

    def _forget(self, one: Try) -> None:
        self._counts.subtract(one.keys)
        for key in one.keys:
            if self._counts[key] <= 0:
                del self._counts[key]
