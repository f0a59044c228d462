"""How a refusal travels: HTTP status and a small record there, the same exception again here. The one place for it."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.errors import Conflict, Fault, Locked, NotAllowed, NotFound, Refusal, Rejected, StoreFault
from clerk_app.ports.hall import DeviceUnknown, LoginNeeded, SessionEnded
from clerk_app.ports.speaking import VersionApart


@dataclass(frozen=True, slots=True)
class Problem:
    """``sentence`` is for the clerk, ``field`` names a wrong input, ``kind`` the exception."""

    kind: str
    sentence: str
    field: str | None = None


# Subclasses stand before their bases: the first that fits names the problem.
_KINDS: tuple[tuple[str, int, type[Exception]], ...] = (
    ("session_ended", 401, SessionEnded),
    ("device_unknown", 401, DeviceUnknown),
    ("login_needed", 403, LoginNeeded),
    ("rejected", 422, Rejected),
    ("locked", 423, Locked),
    ("not_allowed", 403, NotAllowed),
    ("not_found", 404, NotFound),
    ("conflict", 409, Conflict),
    ("version_apart", 426, VersionApart),
    ("store_fault", 503, StoreFault),
    ("fault", 503, Fault),
)
UNEXPECTED = "unexpected"
KINDS = tuple(kind for kind, _, _ in _KINDS)


def to_problem(error: Refusal | Fault) -> tuple[int, Problem]:
    """HTTP status and record of a refusal or fault."""
    for kind, status, family in _KINDS:
        if isinstance(error, family):
            return status, Problem(kind, str(error), error.field if isinstance(error, Rejected) else None)
    return 409, Problem("locked", str(error))


def to_error(problem: Problem) -> Refusal | Fault:
    """The exception of a record; what is not known (a newer server) is a ``Fault`` with the same sentence."""
    if problem.kind == "rejected":
        return Rejected(problem.field or "", problem.sentence)
    for kind, _, family in _KINDS:
        if kind == problem.kind and issubclass(family, Refusal | Fault):
            return family(problem.sentence)
    return Fault(problem.sentence)
