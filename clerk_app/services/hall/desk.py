"""All services of the hall on one store, wired once; the server and the tests use this."""

from __future__ import annotations

from collections.abc import Callable

from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.crypto import CryptoProvider, Keyring, PasswordHasher
from clerk_app.ports.stores_hall import HallStore
from clerk_app.services.hall.access import Access
from clerk_app.services.hall.appointments import Appointments
from clerk_app.services.hall.approvals import Approvals
from clerk_app.services.hall.batches import Batches
from clerk_app.services.hall.board import Board
from clerk_app.services.hall.calling import Calling
from clerk_app.services.hall.casefiles import CaseFiles
from clerk_app.services.hall.cases import Cases
from clerk_app.services.hall.catalogue import Catalogues
from clerk_app.services.hall.counters import Counters
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.devices import Devices
from clerk_app.services.hall.dispatch_log import DispatchLogs
from clerk_app.services.hall.emergency import Emergency
from clerk_app.services.hall.exports import Exports
from clerk_app.services.hall.hall_groups import HallGroups
from clerk_app.services.hall.identity import Identity
from clerk_app.services.hall.matching import Matcher
from clerk_app.services.hall.notices import Notices
from clerk_app.services.hall.people import People
from clerk_app.services.hall.pre_checks import PreChecks
from clerk_app.services.hall.requests import Requests
from clerk_app.services.hall.roster import Roster
from clerk_app.services.hall.seals import Seals
from clerk_app.services.hall.sequencer import FeedReading, Sequencer
from clerk_app.services.hall.setup import Setup
from clerk_app.services.hall.supplements import Supplements
from clerk_app.services.hall.taking import Taking
from clerk_app.services.hall.tools import Tools
from clerk_app.services.hall.trips import TripCounts
from clerk_app.services.hall.uploads import Uploads
from clerk_app.services.hall.upward import Upward
from clerk_app.services.hall.visits import Visits
from clerk_app.services.hall.waiting import Waiting
from clerk_app.services.hall.worklists import WorkLists


class HallDesk:
    """``fingerprint`` is the certificate authority's; ``committed`` is told the hall after every commit."""

    def __init__(
        self,
        store: HallStore,
        clock: Clock,
        entropy: Entropy,
        crypto: CryptoProvider,
        keys: Keyring,
        passwords: PasswordHasher,
        fingerprint: bytes,
        committed: Callable[[str], None],
    ) -> None:
        self.store = store
        self.tools = Tools(clock, entropy, crypto, keys)
        for hall_id in store.halls():
            self.tools.go_on_from(store.read(hall_id, lambda unit: unit.journal.newest()))
        self.committed = committed
        self.access = Access(store, self.tools)
        self.requests = Requests(store, self.tools, self.access, committed)
        self.days = Days(self.tools)
        self.counters = Counters(self.tools, self.days)
        self.matcher = Matcher(self.tools, self.days)
        self.waiting = Waiting(self.tools, store.epoch, self.days, self.counters)
        self.board = Board(self.tools, self.days, self.waiting)
        self.notices = Notices(self.tools)
        self.roster = Roster(self.tools)
        self.hall_groups = HallGroups(self.tools, self.days)
        self.taking = Taking(self.tools, self.days, self.matcher, self.waiting)
        self.appointments = Appointments(self.tools, self.days, self.taking)
        self.calling = Calling(self.tools, self.days, self.matcher, self.counters)
        self.emergency = Emergency(self.tools, self.days, self.matcher)
        self.people = People(store, self.tools, passwords, self.counters)
        self.devices = Devices(store, self.tools, fingerprint)
        self.identity = Identity(self.tools)
        self.cases = Cases(self.tools, store.epoch)
        self.files = CaseFiles(self.tools, store.epoch)
        self.lists = WorkLists(self.tools)
        self.approvals = Approvals(store, self.tools, self.access, self.people)
        self.seals = Seals(self.tools)
        self.visits = Visits(self.tools)
        self.uploads = Uploads(store, self.tools)
        self.batches = Batches(
            store, self.tools, self.access, committed, self.cases, self.files, self.seals, self.visits
        )
        self.trips = TripCounts()
        self.pre_checks = PreChecks(self.tools)
        self.supplements = Supplements(self.tools)
        self.catalogues = Catalogues(self.tools)
        self.feed = FeedReading(store.epoch)
        self.sequencer = Sequencer(store, self.tools)
        self.dispatch = DispatchLogs(self.tools, self.days, self.sequencer)
        self.setup = Setup(store, self.tools)
        self.exports = Exports(store, self.tools)

    def upward(self, hall_id: str) -> Upward:
        """Sending on of one hall to the server of its city."""
        return Upward(self.store, self.tools, self.uploads, hall_id)
