"""A window with its case files at a hall's server, and cases brought as far as a test needs them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clerk_app.domain.acts import Decision
from clerk_app.domain.catalogue import CaseType, Matter
from clerk_app.domain.intake import Intake, TicketRef
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.persons import Agent, Applicant
from clerk_app.ports.hall_cases import WorkLine
from clerk_app.ports.window import WindowStore
from clerk_app.services.steps.values import OpenFile
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.outbox import Outbox
from support.matters import food_licence
from support.people import resident
from support.window import CLERK, KEEPER, REVIEWER, Window, calendar
from support.window_memory import MemoryWindowStore
from support.window_office import FakeOffice
from support.window_server import FakeServer

GRANT = Decision("材料齐全", "食品安全法第三十五条", content="准予食品经营", certificate_name="食品经营许可证")
INSTANT = replace(food_licence(), case_type=CaseType.INSTANT)


class Place:
    """One window; ``office`` is its view of the server."""

    def __init__(self, server: FakeServer | None = None, store: WindowStore | None = None, seed: int = 1) -> None:
        self.window = Window(store or MemoryWindowStore(), seed=seed)
        self.office = FakeOffice()
        self.office.server = server or self.office.server
        self.outbox = Outbox(self.window.store, self.office, self.window.journal)  # type: ignore[arg-type]
        self.files = FileDesk(
            self.window.store,
            self.office,  # type: ignore[arg-type]
            self.window.renderer,
            self.window.binding,
            self.window.journal,
            lambda: self.window.hall,
            calendar,
            self.outbox,
        )

    def parts(self) -> dict[str, Any]:
        """What most desks are made of."""
        return {"store": self.window.store, "counter": self.office, "journal": self.window.journal}

    def intake(
        self,
        applicant: Applicant | None = None,
        agent: Agent | None = None,
        matter: Matter | None = None,
        ticket: TicketRef | None = None,
    ) -> Intake:
        opened = self.window.cases.open_case(CLERK, ticket).with_applicant(applicant or resident(), agent)
        return opened.with_matter(matter or food_licence(), self.window.clock.now()).mark_all_as_required()

    def accepted(self, intake: Intake | None = None, **people: Any) -> Concluded:
        return self.window.cases.conclude(intake or self.intake(**people), OutcomeKind.ACCEPTED, CLERK)

    def sealed(self, concluded: Concluded) -> OpenFile:
        opened = self.files.decide(self.files.open(concluded.case_id, REVIEWER), True, GRANT, REVIEWER).opened
        return self.files.seal(self.files.certify(opened, KEEPER).opened, KEEPER).opened

    def ready(self, **people: Any) -> OpenFile:
        """A promised case whose certificate lies at the window, known to the server."""
        opened = self.sealed(self.accepted(**people))
        opened = self.files.ready(opened, ("正本 1", "副本 1"), "一楼 A 区", KEEPER).opened
        self.outbox.push_once()
        return opened

    def instant(self, **people: Any) -> OpenFile:
        """An instant case right after its seal."""
        opened = self.sealed(self.accepted(matter=INSTANT, **people))
        self.outbox.push_once()
        return opened

    def announce(self, number: str, *opened: OpenFile) -> None:
        """Let the server know what waits for the person with this number."""
        self.office.results[number] = tuple(
            WorkLine(
                case_id=one.file.case_id,
                case_number=one.file.opening.case_number,
                matter_name=one.file.opening.matter_name,
                department=one.file.opening.department,
                applicant="张*",
                state=one.file.state,
                instant=one.file.instant,
                window_no="12",
                since=one.file.opening.concluded_at,
                due=None,
            )
            for one in opened
        )
