"""Which department has a case on its desk, by matter, department and step.

A case belongs to the department of its matter (承办部门) until a route says otherwise: a hall with an approval bureau
reviews many departments' matters in one place, or seals for all of them in one. Names are those of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from clerk_app.domain.cases import ACCEPTED_STATES, CaseState, CaseStep

ANY: Final = ""
"""In a route: every matter, or every department."""


class OfficeDesk(StrEnum):
    """The steps of the back office that are routed."""

    REVIEW = "review"
    SEAL = "seal"
    PREPARE = "prepare"

    @property
    def label(self) -> str:
        """As lists and forms name it."""
        return {"review": "审查决定", "seal": "制证用印", "prepare": "送出件窗口"}[self.value]


DESK_OF_STEP: Final[Mapping[CaseStep, OfficeDesk]] = {
    CaseStep.TAKE_UP: OfficeDesk.REVIEW,
    CaseStep.GRANT: OfficeDesk.REVIEW,
    CaseStep.REFUSE: OfficeDesk.REVIEW,
    CaseStep.SUSPEND: OfficeDesk.REVIEW,
    CaseStep.RESUME: OfficeDesk.REVIEW,
    CaseStep.EXTEND: OfficeDesk.REVIEW,
    CaseStep.REQUEST_PAYMENT: OfficeDesk.REVIEW,
    CaseStep.TERMINATE: OfficeDesk.REVIEW,
    CaseStep.CERTIFY: OfficeDesk.SEAL,
    CaseStep.SEAL: OfficeDesk.SEAL,
    CaseStep.MAKE_READY: OfficeDesk.PREPARE,
}
"""The steps of the office's pages in the order in which they are shown, each with the desk that it belongs to."""


class OfficeList(StrEnum):
    """What lies on a desk, as the work list names it."""

    TO_REVIEW = "to-review"
    IN_REVIEW = "in-review"
    SUSPENDED = "suspended"
    TO_SEAL = "to-seal"
    TO_PREPARE = "to-prepare"

    @property
    def label(self) -> str:
        """As the tabs of the work list name it."""
        return _LISTS[self][0]

    @property
    def desk(self) -> OfficeDesk:
        return _LISTS[self][1]

    @property
    def states(self) -> frozenset[CaseState]:
        """The states of its cases. An instant case is issued straight from the seal: it is on no desk then."""
        return _LISTS[self][2]


_LISTS: Final[Mapping[OfficeList, tuple[str, OfficeDesk, frozenset[CaseState]]]] = {
    OfficeList.TO_REVIEW: ("待审查", OfficeDesk.REVIEW, ACCEPTED_STATES),
    OfficeList.IN_REVIEW: ("审查中", OfficeDesk.REVIEW, frozenset({CaseState.IN_REVIEW})),
    OfficeList.SUSPENDED: ("特别程序中", OfficeDesk.REVIEW, frozenset({CaseState.SUSPENDED})),
    OfficeList.TO_SEAL: (
        "待制证用印",
        OfficeDesk.SEAL,
        frozenset({CaseState.GRANTED, CaseState.REFUSED, CaseState.CERTIFIED}),
    ),
    OfficeList.TO_PREPARE: ("待送出件窗口", OfficeDesk.PREPARE, frozenset({CaseState.SEALED})),
}


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """Cases of this matter and of this department (``ANY``: of all) are ``to``'s at this desk."""

    desk: OfficeDesk
    department: str
    matter_code: str
    to: str


def responsible(routes: Iterable[Route], matter_code: str, department: str, desk: OfficeDesk) -> str:
    """The department that has such a case at this desk: the narrowest route counts, a matter before a department;
    without any it is the matter's own."""
    known = {(one.matter_code, one.department): one.to for one in routes if one.desk is desk}
    for key in ((matter_code, department), (matter_code, ANY), (ANY, department), (ANY, ANY)):
        if key in known:
            return known[key]
    return department
