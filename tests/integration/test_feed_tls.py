"""The feed's connection under TLS: a server that falls silent is left again, and ours sends nothing unasked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.client.feed import FeedHandlers, FeedListener
from clerk_app.client.tls import trusting
from clerk_app.crypto.certificates import ServerIdentity, server_identity
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.feed import ConnectionChange, ConnectionState, FeedCursor
from support.server import eventually, server


@pytest.fixture
def identity(tmp_path: Path) -> ServerIdentity:
    return server_identity(tmp_path / "tls", SystemClock().now())


@pytest.fixture
def silent(identity: ServerIdentity) -> Iterator[int]:
    """The port of a server that takes TLS connections and never says a word; like most it sends session tickets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.private_key)
    open_ones: list[socket.socket] = []

    def take(listening: socket.socket) -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):
                open_ones.append(context.wrap_socket(plain, server_side=True))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=take, args=(listening,))
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()
    for connection in open_ones:
        connection.close()


def test_a_server_that_takes_the_connection_and_says_nothing_is_offline(identity: ServerIdentity, silent: int) -> None:
    changes: list[ConnectionChange] = []
    listener = FeedListener(
        f"https://127.0.0.1:{silent}",
        identity.ca_pem,
        "token",
        lambda cursor: pytest.fail("nothing was received that could have a gap"),
        FeedHandlers(lambda entries: None, changes.append, lambda: FeedCursor("e", 0)),
        SystemClock(),
        SystemEntropy(),
        FeedCursor("e", 0),
    )
    listener.start()
    eventually(lambda: changes and changes[-1].state is ConnectionState.OFFLINE)
    stopper = threading.Thread(target=listener.stop, daemon=True)
    stopper.start()
    stopper.join(30)
    assert not stopper.is_alive()


def test_our_server_sends_no_session_ticket(tmp_path: Path) -> None:
    with server(tmp_path / "data") as running:
        enrolment = running.enrol()
        with (
            socket.create_connection(("127.0.0.1", running.port), timeout=30) as plain,
            trusting(enrolment.ca_pem).wrap_socket(plain, server_hostname=SERVER_NAME) as secure,
        ):
            secure.sendall(b"GET /v1/health HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n")
            answer = b""
            while data := secure.recv(4096):
                answer += data
            assert answer.startswith(b"HTTP/1.1 200")
            assert secure.version() == "TLSv1.3"
            assert secure.session is None or not secure.session.has_ticket
