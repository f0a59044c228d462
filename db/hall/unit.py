"""One transaction over all stores of a hall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from db.errors import Again
from db.hall.appointments import SqlAppointments
from db.hall.casefiles import SqlCaseFiles
from db.hall.cases import SqlCases, SqlCatalogue
from db.hall.counters import SqlCounters, SqlRunning
from db.hall.emergency import SqlEmergency
from db.hall.exports import SqlExports
from db.hall.housekeeping import SqlHousekeeping, SqlInstances
from db.hall.journal import SqlJournal
from db.hall.known import Known
from db.hall.many import SqlMany
from db.hall.office import SqlOffice
from db.hall.online import SqlOnline
from db.hall.people import SqlPeople
from db.hall.registers import SqlRegisters
from db.hall.setup import SqlDevices, SqlRequests, SqlSetup
from db.hall.tickets import SqlTickets
from db.hall.uploads import SqlUploads
from db.hall.upward import SqlUpward

T = TypeVar("T")


class SqlUnit:
    """``HallUnit`` on one connection."""

    def __init__(
        self,
        connection: Connection,
        hall_id: str,
        newest: str = "",
        find: Callable[[], dict[Any, Any] | None] | None = None,
    ) -> None:
        """``find``: see ``Known``; without it every setting is asked for."""
        self._remembered = remembered = Known(find)
        self.hall_id = hall_id
        self.newest = newest
        self.tickets = SqlTickets(connection, hall_id, remembered)
        self.counters = SqlCounters(connection, hall_id)
        self.running = SqlRunning(connection, hall_id, remembered)
        self.appointments = SqlAppointments(connection, hall_id)
        self.emergency = SqlEmergency(connection, hall_id)
        self.journal = SqlJournal(connection, hall_id)
        self.people = SqlPeople(connection, hall_id)
        self.devices = SqlDevices(connection, hall_id)
        self.setup = SqlSetup(connection, hall_id, remembered)
        self.requests = SqlRequests(connection, hall_id)
        self.cases = SqlCases(connection, hall_id)
        self.files = SqlCaseFiles(connection, hall_id)
        self.registers = SqlRegisters(connection, hall_id)
        self.online = SqlOnline(connection, hall_id)
        self.catalogue = SqlCatalogue(connection, hall_id)
        self.many = SqlMany(connection, hall_id)
        self.uploads = SqlUploads(connection, hall_id)
        self.office = SqlOffice(connection, hall_id)
        self.instances = SqlInstances(connection, hall_id)
        self.housekeeping = SqlHousekeeping(connection, hall_id)
        self.exports = SqlExports(connection, hall_id)
        self.upward = SqlUpward(connection, hall_id)
        self._connection = connection

    @property
    def settings_changed(self) -> bool:
        """Whether this transaction changed what others may remember of the hall's settings."""
        return self._remembered.was_changed

    def attempt(self, work: Callable[[], T]) -> T:
        """Run a part of the transaction that may fail alone: what it raises undoes this part only."""
        try:
            with self._connection.begin_nested():
                return work()
        except OperationalError as error:
            # Not this part's doing: the disk, the connection, another transaction in the way.
            raise Again(error) from error
