"""The small family of refusals that the rules raise.

    Refusal
    ├── Rejected     a value is wrong            the check digit does not fit
    ├── Locked       the law or the state forbids it    accept with a defect open
    ├── NotAllowed   this person or device may not      a reviewer calls a ticket
    ├── NotFound     there is no such thing      an unknown matter code
    └── Conflict     somebody was faster, or the same key came with another body

``str(error)`` is the Chinese sentence that the clerk reads (what is the matter, then what to do).
What is the environment's fault (no server, full disk) is a ``Fault``: nothing is lost, and the sentence says what
to do about it.
"""

from __future__ import annotations

import re

LONGEST_SENTENCE = 1000
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, what turns the direction of writing, half a character: a quoted input may hold any of them."""


def shown(text: str, most: int = LONGEST_SENTENCE) -> str:
    """``text`` as every screen, log and JSON answer can carry it: at most ``most`` characters, and the code point in
    place of what cannot be shown."""
    plain = _UNSHOWN.sub(lambda found: f"U+{ord(found[0]):04X}", text[: most + 1])
    return plain if len(plain) <= most else plain[: most - 1] + "…"


class Refusal(Exception):
    """Base of everything that the rules refuse; ``str()`` is one Chinese sentence for the clerk, and bounded whatever
    it quotes."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(shown(sentence))


class Rejected(Refusal):
    """A value is wrong. ``field`` names the input that the sentence stands under."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = str(self)


class Locked(Refusal):
    """The law or the present state forbids the step."""


class NotAllowed(Refusal):
    """This person or this device may not do it."""


class NotFound(Refusal):
    """There is no such ticket, case, matter or person."""


class Conflict(Refusal):
    """Somebody was faster, or a request key was used again with another body."""


class Fault(Exception):
    """The environment's fault, not the clerk's and not ours; ``str()`` says what still works and what to do."""


class Unreachable(Fault):
    """The server or a device does not answer. Whether the request was carried out is unknown."""


class StoreFault(Fault):
    """The disk is full, the store is locked or cannot be opened."""
