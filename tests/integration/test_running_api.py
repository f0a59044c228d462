"""Running the hall over HTTP: a manager's PC of its own, everything it asks and changes, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.domain.queue import TicketState, WindowState
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.hall import Login, NewUser
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.ports.hall_running import NewNotice, NewRosterEntry, OpenHall, Weight
from support.server import PASSWORD, ServerProcess, clerk_at, client_of, start_server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = start_server(tmp_path_factory.mktemp("hall"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def clerk(running: ServerProcess) -> Iterator[HallClient]:
    client, _ = clerk_at(running)
    yield client
    client.close()


@pytest.fixture(scope="module")
def manager(running: ServerProcess, clerk: HallClient) -> Iterator[HallClient]:
    clerk.create_user(NewUser("boss", "赵主任", PASSWORD, (Role.MANAGER, Role.CLERK)))
    client = client_of(running.enrol(DeviceKind.BOARD, None))
    session = client.login(Login("boss", PASSWORD))
    assert session.window_no is None
    yield client
    client.close()


def test_a_managers_login_opens_no_window(manager: HallClient) -> None:
    assert [window.status.window_no for window in manager.board().windows] == ["12"]


def test_the_board_travels_whole(manager: HallClient, clerk: HallClient) -> None:
    group = clerk.groups()[0]
    clerk.take_ticket(TakeTicket(group.group_id))
    board = manager.board()
    assert board.waiting == 1
    assert board.groups[0].waiting.waiting == 1
    assert board.windows[0].status.state is WindowState.BUSY
    assert board.rules == manager.rules()
    assert board.day is not None
    assert board.day.secret == ""


def test_the_same_request_twice_is_one_notice(manager: HallClient) -> None:
    now = SystemClock().now()
    wish = NewNotice("下午三点停电", now, now + timedelta(hours=1))
    first = manager.add_notice(wish, key="notice-once-1")
    assert manager.add_notice(wish, key="notice-once-1") == first
    assert manager.notices() == (first,)
    manager.end_notice(first.notice_id)
    assert manager.notices() == ()


def test_windows_groups_and_tickets_are_changed_from_afar(manager: HallClient, clerk: HallClient) -> None:
    groups = manager.groups()
    manager.set_served("12", (Weight(groups[1].group_id, 2.0),))
    assert manager.served("12") == (Weight(groups[1].group_id, 2.0),)
    stored = manager.set_group(replace(groups[2], daily_limit=30))
    assert manager.groups()[2] == stored
    ticket = clerk.take_ticket(TakeTicket(groups[0].group_id)).ticket
    moved = manager.transfer_ticket(ticket.ticket_id, groups[1].group_id)
    assert (moved.group_id, moved.order_at) == (groups[1].group_id, ticket.order_at)
    called = clerk.call_next().ticket
    assert called is not None
    with pytest.raises(Locked, match="一分钟内还在办"):
        manager.release_ticket(called.ticket_id)
    with pytest.raises(Locked, match="还没办完"):
        manager.set_counter("12", False)
    clerk.finish(called.ticket_id, "accepted")
    assert manager.set_counter("12", False).state is WindowState.OFF
    assert manager.set_counter("12", True).state is WindowState.BUSY
    manager.set_served("12", ())


def test_refusals_name_their_field(manager: HallClient) -> None:
    with pytest.raises(Rejected) as refused:
        manager.set_rules(replace(manager.rules(), alarm_minutes=0))
    assert refused.value.field == "alarm_minutes"
    with pytest.raises(Rejected) as refused:
        manager.set_group(replace(manager.groups()[0], prefix="Y"))
    assert refused.value.field == "prefix"


def test_the_roster_is_kept_and_dropped(manager: HallClient) -> None:
    person = next(one for one in manager.people() if one.login_name == "boss")
    day = date(2030, 1, 7)
    entry = manager.add_roster(NewRosterEntry(day, "8", person.user_id, time(8, 30), time(17)))
    assert manager.roster(day) == (entry,)
    manager.drop_roster(entry.entry_id)
    assert manager.roster(day) == ()


def test_a_clerk_reads_no_board_and_changes_nothing(clerk: HallClient, running: ServerProcess) -> None:
    clerk.create_user(NewUser("plain", "李思", PASSWORD, (Role.CLERK,)))
    other = client_of(running.enrol(DeviceKind.WINDOW, "7"))
    other.login(Login("plain", PASSWORD))
    for ask in (other.board, other.closing, other.people, other.notices):
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(NotAllowed):
        other.close_hall(True)
    other.close()


def test_opening_and_closing_publish_the_promise_and_the_key(tmp_path: Path) -> None:
    server = start_server(tmp_path)
    try:
        clerk, _ = clerk_at(server)
        clerk.create_user(NewUser("boss", "赵主任", PASSWORD, (Role.MANAGER,)))
        board = client_of(server.enrol(DeviceKind.BOARD, None))
        board.login(Login("boss", PASSWORD))
        opened = board.open_hall(OpenHall("3876.34", "上证指数 收盘"))
        assert len(opened.commitment) == 64
        assert opened.secret == ""
        ticket = clerk.take_ticket(TakeTicket(clerk.groups()[0].group_id)).ticket
        with pytest.raises(Locked, match="还有 1 人在等"):
            board.close_hall(False)
        assert [one.ticket_id for one in board.closing().waiting] == [ticket.ticket_id]
        closed = board.close_hall(True)
        assert len(closed.secret) == 64
        assert board.hall_day() == closed
        assert clerk.ticket(ticket.ticket_id).ticket.state is TicketState.CANCELLED
        assert board.end_earlier() == 0
        clerk.close()
        board.close()
    finally:
        server.stop()
