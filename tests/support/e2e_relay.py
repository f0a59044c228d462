"""The network cable of one PC: a relay on the loopback that can be pulled out and put in again."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Cable:
    """Passes bytes on to a server's port unchanged (TLS goes through); ``pull`` cuts every connection, and new ones
    are refused until ``plug``. A context manager."""

    def __init__(self, server_port: int) -> None:
        self._to = ("127.0.0.1", server_port)
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._listening: socket.socket | None = None
        self.port = 0

    @property
    def address(self) -> str:
        """What the PC dials."""
        return f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def plug(self) -> None:
        """Put the cable in, at the same port as before."""
        listening = self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(listening,), name="cable", daemon=True).start()

    def pull(self) -> None:
        """Pull the cable out."""
        with self._lock:
            listening, self._listening = self._listening, None
            ends, self._ends = self._ends, set()
        for end in [*ends, *([listening] if listening is not None else [])]:
            _shut(end)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._to)
            except OSError:
                _shut(near)
                continue
            with self._lock:
                if self._listening is not listening:
                    _shut(near)
                    _shut(far)
                    return
                self._ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), name="cable", daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with self._lock:
            self._ends -= {source, sink}
        _shut(source)
        _shut(sink)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
