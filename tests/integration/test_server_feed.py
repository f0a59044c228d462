"""The push feed: every entry once and in order, whatever the connection does; and it says how it stands."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter
from websockets.sync.server import ServerConnection, serve

from clerk_app.client.enrol import Enrolment
from clerk_app.crypto.certificates import server_identity
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.feed import ConnectionState, FeedCursor, FeedEntry, FeedPage
from clerk_app.ports.hall import Enrolled
from clerk_app.ports.hall_queue import TakeTicket
from support.server import (
    FeedRecorder,
    clerk_at,
    client_of,
    close_pipes,
    eventually,
    feed_of,
    server,
    start_server,
)

EPOCH = "the-epoch"


def test_a_call_reaches_display_and_window(tmp_path: Path) -> None:
    with server(tmp_path / "data") as running:
        clerk, _ = clerk_at(running)
        made = running.enrol(DeviceKind.DISPLAY, None)
        display = client_of(made)
        recorder = FeedRecorder(lambda: display.snapshot().cursor)
        with feed_of(made, recorder, display.feed_page):
            eventually(lambda: recorder.state() is ConnectionState.ONLINE)
            clerk.take_ticket(TakeTicket(clerk.groups()[0].group_id))
            called = clerk.call_next().ticket
            assert called is not None
            entry = eventually(lambda: [entry for entry in recorder.entries if entry.kind == "ticket.called"])[0]
            assert (entry.number, entry.window_no, entry.subject) == (called.number, "12", called.ticket_id)
        numbers = recorder.numbers()
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        display.close()
        clerk.close()


def test_the_feed_survives_a_killed_server_without_losing_an_entry(tmp_path: Path) -> None:
    first = start_server(tmp_path / "data")
    clerk, enrolment = clerk_at(first)
    group = clerk.groups()[0].group_id
    recorder = FeedRecorder(lambda: clerk.snapshot().cursor)
    with feed_of(enrolment, recorder, clerk.feed_page):
        eventually(lambda: recorder.state() is ConnectionState.ONLINE)
        clerk.take_ticket(TakeTicket(group))
        eventually(recorder.numbers)
        first.kill()
        close_pipes(first)
        offline = eventually(
            lambda: [change for change in recorder.changes if change.state is ConnectionState.OFFLINE]
        )[0]
        assert f"{offline.since:%H:%M} 起" in offline.sentence
        second = start_server(tmp_path / "data", first.port)
        clerk.take_ticket(TakeTicket(group))
        eventually(lambda: [entry.number for entry in recorder.entries if entry.number] == ["A001", "A002"])
        assert recorder.state() is ConnectionState.ONLINE
    numbers = recorder.numbers()
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert recorder.resets == 1
    clerk.close()
    second.stop()
    close_pipes(second)


def test_a_revoked_device_is_cut_off(tmp_path: Path) -> None:
    with server(tmp_path / "data") as running:
        clerk, _ = clerk_at(running)
        made = running.enrol(DeviceKind.DISPLAY, None)
        display = client_of(made)
        recorder = FeedRecorder(lambda: display.snapshot().cursor)
        with feed_of(made, recorder, display.feed_page):
            eventually(lambda: recorder.state() is ConnectionState.ONLINE)
            clerk.revoke_device(made.enrolled.device_id)
            eventually(lambda: recorder.state() is ConnectionState.OFFLINE)
            eventually(lambda: "已停用" in recorder.changes[-1].sentence)
        display.close()
        clerk.close()


def _entry(feed_no: int) -> FeedEntry:
    return FeedEntry(feed_no, f"mark-{feed_no}", "ticket.taken", "t", datetime(2026, 11, 23, tzinfo=UTC))


def _page(*numbers: int, known: bool = True) -> FeedPage:
    return FeedPage(EPOCH, max(numbers, default=0), known, tuple(_entry(number) for number in numbers))


@contextmanager
def _scripted(tmp_path: Path, script: Callable[[str], list[FeedPage]]) -> Iterator[Enrolment]:
    """A server that pushes what the script says for a request, then keeps the connection open."""
    identity = server_identity(tmp_path / "tls", SystemClock().now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.private_key)
    done = threading.Event()

    def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        for page in script(connection.request.path):
            connection.send(TypeAdapter(FeedPage).dump_json(page).decode())
        done.wait()

    with serve(handle, "127.0.0.1", 0, ssl=context) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        port = listening.socket.getsockname()[1]
        enrolled = Enrolled("d", "h.t", HallProfile("h", "MH", "厅"), DeviceKind.DISPLAY, None, EPOCH)
        try:
            yield Enrolment(f"https://127.0.0.1:{port}", identity.ca_pem, enrolled)
        finally:
            done.set()
            listening.shutdown()
            thread.join()


def test_a_gap_is_repaired_in_order_and_doubles_are_dropped(tmp_path: Path) -> None:
    asked: list[int] = []

    def missing(cursor: FeedCursor) -> FeedPage:
        asked.append(cursor.feed_no)
        return _page(*range(cursor.feed_no + 1, cursor.feed_no + 3))

    recorder = FeedRecorder(lambda: FeedCursor(EPOCH, 0))
    pushed = [_page(), _page(1, 2), _page(2), _page(6, 7), _page(7), _page(8)]
    with (
        _scripted(tmp_path, lambda path: pushed) as enrolment,
        feed_of(enrolment, recorder, missing, FeedCursor(EPOCH, 0)),
    ):
        eventually(lambda: 8 in recorder.numbers())
    assert recorder.numbers() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert asked == [2, 4]
    assert recorder.resets == 0


def test_a_store_that_does_not_know_the_cursor_makes_the_reader_start_over(tmp_path: Path) -> None:
    paths: list[str] = []

    def script(path: str) -> list[FeedPage]:
        paths.append(path)
        return [_page(known=False)] if "after=500" in path else [_page(), _page(4)]

    recorder = FeedRecorder(lambda: FeedCursor(EPOCH, 3, "mark-3"))
    with (
        _scripted(tmp_path, script) as enrolment,
        feed_of(enrolment, recorder, lambda cursor: _page(known=False), FeedCursor(EPOCH, 500, "mark-of-old")),
    ):
        eventually(lambda: recorder.numbers() == [4])
    assert recorder.resets == 1
    assert ["after=500" in path for path in paths] == [True, False]


def test_a_view_that_fails_does_not_end_the_feed(tmp_path: Path) -> None:
    class Failing(FeedRecorder):
        def on_entries(self, entries: tuple[FeedEntry, ...]) -> None:
            super().on_entries(entries)
            if entries[0].feed_no == 1:
                raise ValueError("a broken view")

    recorder = Failing(lambda: FeedCursor(EPOCH, 0))
    with (
        _scripted(tmp_path, lambda path: [_page(1), _page(2)]) as enrolment,
        feed_of(enrolment, recorder, lambda cursor: _page(), FeedCursor(EPOCH, 0)),
    ):
        eventually(lambda: recorder.numbers() == [1, 2])
