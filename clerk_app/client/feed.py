"""The push feed as a device runs it: one thread that reconnects by itself, repairs gaps and says how it stands."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from pydantic import ValidationError
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from clerk_app.client.tls import trusting
from clerk_app.client.transport import adapter
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.feed import (
    ConnectionChange,
    ConnectionState,
    FeedCursor,
    FeedEntry,
    FeedPage,
    OnConnection,
    OnEntries,
    OnReset,
)

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0
_CONNECT_SECONDS = 5.0
_PING_SECONDS = 10.0
_POLL_SECONDS = 0.5
_LARGEST_MESSAGE = 4 * 1024 * 1024


class _Connection(ClientConnection):
    """Can be closed while its reader is inside TLS.

    The library's reader waits until the socket has bytes and then for data; where the bytes were a session ticket, no
    data may ever come, closing the socket does not wake the reader, and the library would wait for it for ever [T].
    """

    def close_socket(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        super().close_socket()


class _Restart(Exception):
    """The connection is given up on purpose and made anew at once."""


@dataclass(frozen=True, slots=True)
class FeedHandlers:
    """What the feed calls, all from its own thread. A handler that raises is logged, and the feed goes on."""

    on_entries: OnEntries
    on_connection: OnConnection
    on_reset: OnReset


class FeedListener:
    """``page`` repairs gaps (``HallClient.feed_page``). Without a ``cursor`` it starts with ``on_reset``.

    Entries are delivered in order, without gaps and without doubles, whatever the connection does.
    """

    def __init__(
        self,
        address: str,
        ca_pem: str,
        device_token: str,
        page: Callable[[FeedCursor], FeedPage],
        handlers: FeedHandlers,
        clock: Clock,
        entropy: Entropy,
        cursor: FeedCursor | None = None,
    ) -> None:
        parts = urlsplit(address)
        self._url = f"wss://{parts.netloc}/v1/feed"
        self._tls: ssl.SSLContext = trusting(ca_pem)
        self._token = device_token
        self._page = page
        self._handlers = handlers
        self._clock = clock
        self._entropy = entropy
        self._cursor = cursor
        self._stopping = threading.Event()
        self._state: ConnectionChange | None = None
        self._thread = threading.Thread(target=self._run, name="hall-feed", daemon=True)

    @property
    def cursor(self) -> FeedCursor | None:
        """How far entries were delivered."""
        return self._cursor

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; no handler is called afterwards."""
        self._stopping.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        self._tell(ConnectionState.CONNECTING, "")
        while not self._stopping.is_set():
            try:
                self._listen()
                pause = _FIRST_PAUSE
            except _Restart:
                continue
            except InvalidStatus:
                self._tell(ConnectionState.OFFLINE, "这台设备没有登记或已停用，请技术员重新登记")
            except (OSError, WebSocketException, Fault, Refusal, ValidationError) as error:
                _LOG.info("feed: %s", error)
                if self._state is not None and self._state.state is ConnectionState.ONLINE:
                    pause = _FIRST_PAUSE
                self._tell(ConnectionState.OFFLINE, "服务器连不上（{since:%H:%M} 起）")
            except Exception:  # noqa: BLE001 - reported; the thread must not die of one bad answer or view
                _LOG.exception("the feed starts over after an error")
                self._tell(ConnectionState.OFFLINE, "服务器连不上（{since:%H:%M} 起）")
            jitter = 0.5 + int.from_bytes(self._entropy.bytes(2), "big") / 65536
            self._stopping.wait(pause * jitter)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _listen(self) -> None:
        cursor = self._cursor or self._reset()
        query = urlencode({"epoch": cursor.epoch, "after": cursor.feed_no, "mark": cursor.mark})
        with connect(
            f"{self._url}?{query}",
            ssl=self._tls,
            server_hostname=SERVER_NAME,
            additional_headers={"Authorization": f"Bearer {self._token}"},
            open_timeout=_CONNECT_SECONDS,
            ping_interval=_PING_SECONDS,
            ping_timeout=_PING_SECONDS,
            max_size=_LARGEST_MESSAGE,
            proxy=None,
            create_connection=_Connection,
        ) as connection:
            self._receive(connection)

    def _receive(self, connection: ClientConnection) -> None:
        while not self._stopping.is_set():
            try:
                text = connection.recv(timeout=_POLL_SECONDS)
            except TimeoutError:
                continue
            except ConnectionClosed:
                if self._stopping.is_set():
                    return
                raise
            page: FeedPage = adapter(FeedPage).validate_json(text)
            cursor = self._cursor
            if cursor is None or not page.known or page.epoch != cursor.epoch:
                self._reset()
                raise _Restart
            self._deliver(page.entries, cursor)
            self._tell(ConnectionState.ONLINE, "")

    def _deliver(self, entries: tuple[FeedEntry, ...], cursor: FeedCursor) -> None:
        fresh = tuple(entry for entry in entries if entry.feed_no > cursor.feed_no)
        if not fresh:
            return
        while fresh[0].feed_no > cursor.feed_no + 1:
            missing = self._page(cursor)
            if not missing.known or not missing.entries:
                self._reset()
                raise _Restart
            cursor = self._hand_over(missing.entries, cursor)
            fresh = tuple(entry for entry in fresh if entry.feed_no > cursor.feed_no)
            if not fresh:
                return
        self._hand_over(fresh, cursor)

    def _hand_over(self, entries: tuple[FeedEntry, ...], cursor: FeedCursor) -> FeedCursor:
        try:
            self._handlers.on_entries(entries)
        except Exception:  # noqa: BLE001 - reported; a broken view must not end the feed
            _LOG.exception("a feed handler failed")
        self._cursor = FeedCursor(cursor.epoch, entries[-1].feed_no, entries[-1].mark)
        return self._cursor

    def _reset(self) -> FeedCursor:
        self._cursor = None
        self._cursor = self._handlers.on_reset()
        return self._cursor

    def _tell(self, state: ConnectionState, sentence: str) -> None:
        now = self._clock.now()
        since: datetime = now
        if self._state is not None and self._state.state is state:
            since = self._state.since
        change = ConnectionChange(state, since, sentence.format(since=since))
        if change == self._state or self._stopping.is_set():
            return
        self._state = change
        try:
            self._handlers.on_connection(change)
        except Exception:  # noqa: BLE001 - reported; a broken view must not end the feed
            _LOG.exception("a feed handler failed")
