"""A false server on the way never sees the secret part of a code."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clerk_app.client.enrol import enrol
from clerk_app.crypto.certificates import ServerIdentity, fingerprint, server_identity
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import make_code, write_code
from clerk_app.domain.errors import NotAllowed, Unreachable
from clerk_app.ports.clock import SystemClock
from support.hall import SeededEntropy
from support.server import server


class _Rogue(ThreadingHTTPServer):
    daemon_threads = True
    shown_ca: str = ""
    seen: list[str]

    def handle_error(self, request: object, client_address: object) -> None:
        """A refused handshake is what this test wants."""


class _Handler(BaseHTTPRequestHandler):
    server: _Rogue

    def do_GET(self) -> None:
        self.server.seen.append(f"GET {self.path}")
        body = self.server.shown_ca.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self.server.seen.append(f"POST {self.path} {self.rfile.read(length).decode()}")
        self.send_error(500)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def _rogue(identity: ServerIdentity, shown_ca: str) -> Iterator[tuple[str, list[str]]]:
    rogue = _Rogue(("127.0.0.1", 0), _Handler)
    rogue.seen, rogue.shown_ca = [], shown_ca
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.private_key)
    rogue.socket = context.wrap_socket(rogue.socket, server_side=True)
    thread = threading.Thread(target=rogue.serve_forever)
    thread.start()
    try:
        yield f"https://127.0.0.1:{rogue.server_address[1]}", rogue.seen
    finally:
        rogue.shutdown()
        thread.join()
        rogue.server_close()


@pytest.fixture
def code_and_ours(tmp_path: Path) -> tuple[str, ServerIdentity]:
    ours = server_identity(tmp_path / "ours", SystemClock().now())
    return write_code(make_code(SeededEntropy().bytes(8), fingerprint(ours.ca_pem))), ours


def test_another_authority_is_refused_before_the_secret_is_sent(
    tmp_path: Path, code_and_ours: tuple[str, ServerIdentity]
) -> None:
    code, _ = code_and_ours
    theirs = server_identity(tmp_path / "theirs", SystemClock().now())
    with _rogue(theirs, theirs.ca_pem) as (address, seen):
        with pytest.raises(NotAllowed, match="没有发送登记码"):
            enrol(address, code, DeviceKind.WINDOW, "12 号窗口", "12")
        assert seen == ["GET /v1/enrol/ca"]


def test_showing_our_authority_without_its_key_does_not_help(
    tmp_path: Path, code_and_ours: tuple[str, ServerIdentity]
) -> None:
    code, ours = code_and_ours
    theirs = server_identity(tmp_path / "theirs", SystemClock().now())
    with _rogue(theirs, ours.ca_pem) as (address, seen):
        with pytest.raises(Unreachable):
            enrol(address, code, DeviceKind.WINDOW, "12 号窗口", "12")
        assert seen == ["GET /v1/enrol/ca"]


@pytest.mark.parametrize("shown", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_nonsense_instead_of_a_certificate_is_refused(
    tmp_path: Path, code_and_ours: tuple[str, ServerIdentity], shown: str
) -> None:
    code, _ = code_and_ours
    theirs = server_identity(tmp_path / "theirs", SystemClock().now())
    with _rogue(theirs, shown) as (address, seen):
        with pytest.raises(NotAllowed, match="没有发送登记码"):
            enrol(address, code, DeviceKind.WINDOW, "12 号窗口", "12")
        assert seen == ["GET /v1/enrol/ca"]


def test_the_printed_code_enrols_once(tmp_path: Path) -> None:
    with server(tmp_path / "data") as running:
        made = enrol(running.address, running.code, DeviceKind.WINDOW, "12 号窗口", "12")
        assert made.enrolled.window_no == "12"
        with pytest.raises(NotAllowed, match="用过了"):
            enrol(running.address, running.code, DeviceKind.WINDOW, "12 号窗口", "12")
