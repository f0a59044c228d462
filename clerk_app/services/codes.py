"""What a scanned code is: one of the hall's own papers, an appointment, or a citizen code that a connector knows.

Citizen codes (龙江码 and the like) are opaque to everybody but the platform that issued them: whoever connects a hall
to one gives a ``CitizenCodes``. Without one the sentence says so and what works instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from clerk_app.domain.appointments import CODE_LENGTH
from clerk_app.domain.errors import Rejected
from clerk_app.domain.numbering import parse_case_number
from clerk_app.ports.hall_queue import CardPerson

_LONGEST = 2_000
_TICKET_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TICKET = re.compile(r"[A-Z][0-9]{3,6}")
_APPOINTMENT = re.compile(rf"[0-9]{{{CODE_LENGTH}}}")
NOT_OURS = "认不出这个码。小票、回执、告知书上的码和预约码可以扫"
NO_CONNECTOR = f"{NOT_OURS}；龙江码等电子身份码这里还没有接通，请放身份证"


class CodeKind(StrEnum):
    """What a code names: a case by its number, a ticket by its number or id, an appointment, a person."""

    CASE = "case"
    TICKET = "ticket"
    APPOINTMENT = "appointment"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """``value`` is the number, id or code; ``person`` only with ``PERSON``."""

    kind: CodeKind
    value: str = ""
    person: CardPerson | None = None


class CitizenCodes(Protocol):
    """A connector to the platform that issues codes which stand for a person; the call blocks and may need the
    network."""

    def person(self, text: str) -> CardPerson | None:
        """Who showed the code; None when it is none of this platform's. ``Rejected`` for one that has run out,
        ``Fault`` when the platform does not answer."""
        ...


class CodeReading:
    """``connectors`` are asked in their order, after the hall's own codes were tried."""

    def __init__(self, connectors: Sequence[CitizenCodes] = ()) -> None:
        self._connectors = tuple(connectors)

    def read(self, text: str) -> ScannedCode:
        """``Rejected("code")`` with what can be scanned when nobody knows the code."""
        own = own_code(text)
        if own is not None:
            return own
        for connector in self._connectors:
            person = connector.person(text[:_LONGEST].strip())
            if person is not None:
                return ScannedCode(CodeKind.PERSON, person=person)
        raise Rejected("code", NOT_OURS if self._connectors else NO_CONNECTOR)


def own_code(text: str) -> ScannedCode | None:
    """A code of this hall's papers: a number alone, or the address of its page; None for others."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).strip()
    last = plain.rstrip("/").rpartition("/")[2]
    if _TICKET_ID.fullmatch(last.lower()):
        return ScannedCode(CodeKind.TICKET, last.lower())
    if _TICKET.fullmatch(plain.upper()):
        return ScannedCode(CodeKind.TICKET, plain.upper())
    if _APPOINTMENT.fullmatch("".join(plain.split())):
        return ScannedCode(CodeKind.APPOINTMENT, "".join(plain.split()))
    try:
        return ScannedCode(CodeKind.CASE, str(parse_case_number(plain)))
    except Rejected:
        return None
