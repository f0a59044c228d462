"""The server's power is cut; a ticket machine and two windows go on with their own numbers, and all is merged after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clerk_app.bootstrap.server import open_hall
from clerk_app.client.hall import HallClient
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.errors import Unreachable
from clerk_app.domain.queue import TicketSource, TicketState
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall_queue import TakeTicket, Ticket
from clerk_app.ports.window import OutboxState
from clerk_app.services.kiosk.emergency import KioskEmergency
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.emergency import EmergencyDesk
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.outbox import Outbox
from db.kiosk.store import open_kiosk_store
from db.window.store import SqlWindowStore, open_window_store
from drivers.idcard import samples
from support.e2e_clerk import PATIENCE_S
from support.e2e_hall import E2eHall
from support.emergency import Papers
from support.server import ServerProcess, client_of, close_pipes, eventually, start_server
from support.window import FakeMachine, FakeReceiptPrinter

KEY = bytes(range(32))


@dataclass
class WindowPc:
    """The services of one window over its own encrypted store and real HTTPS."""

    client: HallClient
    store: SqlWindowStore
    desk: EmergencyDesk
    outbox: Outbox
    actor: Actor

    def sync(self) -> None:
        assert self.outbox.push_once().stopped == ""
        self.desk.keep_blocks()

    def serve(self, number: str) -> str:
        row = self.desk.call(self.actor, number)
        self.desk.end(self.actor, row.ticket_id, "accepted")
        return row.number


class Hall:
    """One server process that can be killed, with its machines."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        self.server: ServerProcess = start_server(folder / "server")
        stack.callback(self._end)

    def _end(self) -> None:
        if self.server.process.poll() is None:
            self.server.kill()
        close_pipes(self.server)

    def back(self) -> None:
        """At the same address, as a service manager would start it."""
        close_pipes(self.server)
        self.server = start_server(self.folder / "server", self.server.port)

    def window(self, number: str) -> WindowPc:
        enrolment = self.server.enrol(DeviceKind.WINDOW, number)
        client = client_of(enrolment)
        enrolled = enrolment.enrolled
        store = open_window_store(self.folder / f"window-{number}" / "window.db", KEY, enrolled.hall.hall_id)
        self._stack.callback(store.close)
        self._stack.callback(client.close)
        clock, entropy = SystemClock(), SystemEntropy()
        journal = Journal(NationalCrypto(entropy), b"j" * 32, clock, entropy)
        binding = StoreBinding(store, FakeMachine(), journal)
        binding.ensure(enrolled.hall, number, enrolled.device_id)
        desk = EmergencyDesk(
            store, client, binding, journal, Papers(), FakeReceiptPrinter(), lambda: enrolled.hall, lambda: None
        )
        clerk = frozenset({Role.CLERK})
        actor = Actor(enrolled.hall.hall_id, enrolled.device_id, f"user-{number}", "王晓梅", clerk, number)
        return WindowPc(client, store, desk, Outbox(store, client, journal), actor)

    def kiosk(self) -> tuple[HallClient, KioskEmergency, Any]:
        enrolment = self.server.enrol(DeviceKind.KIOSK, None)
        client = client_of(enrolment)
        store = open_kiosk_store(self.folder / "kiosk" / "kiosk.db", KEY)
        self._stack.callback(store.close)
        self._stack.callback(client.close)
        machine = KioskEmergency(
            client, store, enrolment.enrolled.device_id, SystemClock(), SystemEntropy(), machine="取号机 1"
        )
        snapshot = client.snapshot()
        machine.remember(snapshot.groups, snapshot.hall)
        machine.keep_blocks()
        return client, machine, store

    def read(self, work: Any) -> Any:
        """Beside the running server."""
        hall = open_hall(self.folder / "server")
        try:
            return hall.desk.store.read(hall.hall_id, work)
        finally:
            hall.close()

    def tickets(self) -> list[Ticket]:
        day = QueueRules().day_of(SystemClock().now())
        found: list[Ticket] = self.read(lambda unit: unit.tickets.of_day(day))
        return found


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Hall]:
    with ExitStack() as stack:
        yield Hall(tmp_path, stack)


def test_numbers_go_on_without_the_server_and_all_is_merged(machines: Hall) -> None:
    one, two = machines.window("1"), machines.window("2")
    for window in (one, two):
        window.sync()
    client, machine, kept = machines.kiosk()
    group = client.groups()[0].group_id
    before = [client.take_ticket(TakeTicket(group)).ticket for _ in range(4)]

    machines.server.kill()

    # The machine notices, says so and goes on; the windows call what the citizens hold.
    with pytest.raises(Unreachable):
        client.take_ticket(TakeTicket(group), key="018f0000-0000-7000-8000-000000000001")
    given = [machine.give(TakeTicket(group), f"018f0000-0000-7000-8000-{at:012d}") for at in range(1, 6)]
    paper = two.desk.give(two.actor, group)
    walked_in = one.desk.give(one.actor, serve=True)
    one.desk.end(one.actor, walked_in.ticket_id, "accepted")
    assert one.serve(before[0].number) == before[0].number
    assert two.serve(before[1].number) == before[1].number
    assert one.serve(given[0].number) == given[0].number
    # By mistake the same paper at two windows.
    assert one.serve(before[2].number) == two.serve(before[2].number)
    still_served = two.desk.call(two.actor, given[1].number)
    assert one.outbox.push_once().stopped

    machines.back()
    for window in (two, one):
        window.sync()
    assert machine.tell() == 0
    tickets = {ticket.number: ticket for ticket in machines.tickets()}
    numbers = [ticket.number for ticket in before] + [one_.number for one_ in given] + [paper.number, walked_in.number]
    assert len(set(numbers)) == len(numbers)
    assert set(tickets) == set(numbers)
    states = {number: tickets[number].state for number in numbers}
    finished = {before[0].number, before[1].number, before[2].number, given[0].number, walked_in.number}
    assert {number for number, state in states.items() if state is TicketState.FINISHED} == finished
    assert states[still_served.number] is TicketState.SERVING
    assert tickets[still_served.number].window_no == "2"
    waiting = {number for number, state in states.items() if state is TicketState.WAITING}
    assert waiting == set(numbers) - finished - {still_served.number}
    assert client.snapshot().waiting == len(waiting)
    sources = {tickets[one_.number].source for one_ in given}
    assert sources == {TicketSource.EMERGENCY}

    conflicts = machines.read(lambda unit: unit.emergency.conflicts(before[2].day))
    assert [(word.number, word.window_no) for word in conflicts] == [(before[2].number, "1")]
    assert [row.number for row in one.desk.book().conflicts] == [before[2].number]

    two.desk.end(two.actor, still_served.ticket_id, "accepted")
    two.sync()
    assert {ticket.number for ticket in machines.tickets() if ticket.state is TicketState.SERVING} == set()
    for window in (one, two):
        left = window.store.read(lambda unit: unit.outbox.waiting(0, 50))
        assert [entry for entry in left if entry.state is not OutboxState.DONE] == []
    assert kept.untold() == []


def test_a_clerks_window_that_is_killed_in_a_visit_by_hand_goes_on_and_ends_it(hall: E2eHall) -> None:
    window = hall.window()
    window.log_in()
    number, following = hall.take_ticket(), hall.take_ticket()
    eventually(lambda: "block.reserved" in hall.server_facts().kinds, PATIENCE_S)

    hall.server.kill()
    window.wait("calling by hand", lambda seen: "服务器连不上" in seen["banner"] and seen["may_call"])
    window.press("F2", *number, "Return")
    window.wait("the case", lambda seen: seen["page"] == "applicant")
    window.press("F1")
    window.kill()

    again = hall.window()
    again.log_in()
    again.wait("the same visit", lambda seen: seen["page"] == "applicant")
    hall.station.place_card(samples.RESIDENT)
    again.to_checklist()
    hall.station.lift_card()
    hall.restart_server()
    hall.wait_for_news("ticket.merged")
    again.accept()
    again.wait_for_papers()
    again.press("F9")
    # The login without the server ends with the visit: the queue needs one that the server knows.
    again.wait("the login page", lambda seen: seen["page"] == "login")
    hall.wait_for_news("case.stored")

    def served() -> bool:
        return hall.server_facts().tickets[number].state is TicketState.FINISHED

    eventually(served, PATIENCE_S)
    again.close()
    here, there = hall.window_facts(), hall.server_facts()
    (case,) = here.cases
    assert case.ticket_number == number
    assert there.cases == [case.case_id]
    assert (there.tickets[number].window_no, there.tickets[number].outcome) == ("12", "accepted")
    assert there.tickets[following].state is TicketState.WAITING
    assert "emergency.conflict" not in there.kinds
    assert here.journal_sound
    assert there.chain_sound
