"""What the hall's services need for running the hall: days, settings, notices, roster, blocks, appointments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall_running import AppointmentState, HallDay, Notice, RosterEntry


class RunningStore(Protocol):
    """Of one hall. ``HallDay.secret`` is always filled here; who reads it out decides whether it may be told."""

    def day(self, day: date) -> HallDay | None: ...

    def add_day(self, day: HallDay) -> bool:
        """False when the day exists already."""
        ...

    def change_day(self, day: date, **values: Any) -> None:
        """Set columns of ``HallDay``."""
        ...

    def days_open(self, before: date) -> list[date]:
        """Earlier days that were never closed."""
        ...

    def day_after(self, day: date) -> date | None:
        """The next day that was opened."""
        ...

    def setting(self, name: str) -> dict[str, Any] | None: ...

    def set_setting(self, name: str, value: dict[str, Any]) -> None: ...

    def notices(self, at: datetime) -> list[Notice]:
        """Those that have not ended, by their beginning."""
        ...

    def add_notice(self, notice: Notice) -> None: ...

    def end_notice(self, notice_id: str, at: datetime) -> None: ...

    def roster(self, day: date) -> list[RosterEntry]: ...

    def add_roster(self, entry: RosterEntry) -> None: ...

    def drop_roster(self, entry_id: str) -> None: ...

    def blocks_of(self, device_id: str) -> list[int]: ...

    def block_owner(self, block_no: int) -> str | None: ...

    def add_block(self, device_id: str, at: datetime) -> int:
        """The next block of the hall, for this device."""
        ...


@dataclass(frozen=True, slots=True)
class AppointmentRecord:
    """An appointment as it is stored."""

    appointment_id: str
    code: str
    day: date
    group_id: str
    starts_at: datetime
    ends_at: datetime
    person: str
    person_hash: str
    birth: date | None
    matters: tuple[str, ...]
    reason: VisitReason
    state: AppointmentState
    booked_at: datetime
    ticket_id: str | None = None


class AppointmentStore(Protocol):
    """Appointments of one hall."""

    def add(self, appointment: AppointmentRecord, places: int) -> bool:
        """Take one of the slot's ``places``; False when all are taken. ``Conflict`` when the person has an appointment
        at that time, or the code is somebody else's."""
        ...

    def booked(self, group_id: str, day: date) -> dict[datetime, int]:
        """How many per slot."""
        ...

    def by_code(self, code: str) -> AppointmentRecord | None: ...

    def of_person(self, person_hash: str, day: date) -> list[AppointmentRecord]: ...

    def change(
        self, appointment_id: str, expected: AppointmentState, state: AppointmentState, ticket_id: str | None = None
    ) -> None:
        """``Conflict`` when the state is another by now."""
        ...
