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


class Refusal(Exception):
    """Base of everything that the rules refuse; ``str()`` is one Chinese sentence for the clerk."""


class Rejected(Refusal):
    """A value is wrong. ``field`` names the input that the sentence stands under."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


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
