"""Byte lines to devices: the seam, and serial, TCP and device-file lines behind it.

Every call has a time-out. A lost line raises NotConnected and leaves the transport closed, so that ``open`` can be
tried again at any time. pyserial facts behind the code [T]: ``write_timeout=None`` blocks for ever on an unread port,
``flush`` too; ``read`` waits for its whole count, so one byte is awaited and the rest taken from ``in_waiting``.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from abc import ABC, abstractmethod

import serial

from drivers.base.errors import NotConnected, Timeout

_SLICE = 0.05
_CONNECT_TIMEOUT = 3.0

_LOST: tuple[type[Exception], ...] = (OSError, TypeError)
"""What a vanished port raises; TypeError comes from pyserial when the port is closed under a read."""
with contextlib.suppress(ImportError):
    import termios

    _LOST = (*_LOST, termios.error)
_CANNOT_OPEN: tuple[type[Exception], ...] = (*_LOST, ValueError)


class ByteTransport(ABC):
    """A line that carries bytes both ways; may be opened again after a loss.

    ``answers`` False: a line on which nothing comes back (a USB printer without an input pipe), known once it is open.
    """

    answers = True

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether the line is open as far as is known."""

    @abstractmethod
    def open(self) -> None:
        """Open the line and drop what was waiting in it; raises NotConnected. No effect when open."""

    @abstractmethod
    def close(self) -> None:
        """Close the line; never raises. No effect when closed."""

    @abstractmethod
    def read(self, timeout: float) -> bytes:
        """What has arrived, waiting up to ``timeout`` seconds for a first byte; ``b""`` when none came.

        Raises NotConnected when the line is lost.
        """

    @abstractmethod
    def write(self, data: bytes, timeout: float) -> None:
        """Hand over all of ``data`` within ``timeout`` seconds.

        Raises Timeout when the other side does not take it (an unknown part has gone out), NotConnected when lost.
        """

    def discard_input(self) -> bytes:
        """Take and return everything that is waiting to be read, without waiting."""
        waiting = bytearray()
        while data := self.read(0):
            waiting += data
        return bytes(waiting)

    def _lost(self, exc: Exception) -> NotConnected:
        self.close()
        return NotConnected(f"{self.name} was lost: {type(exc).__name__}")


class SerialTransport(ByteTransport):
    """A serial port by pyserial, 8N1 without flow control; ``port`` is ``COM3`` or ``/dev/ttyUSB0``."""

    def __init__(self, port: str, baud: int = 115200) -> None:
        super().__init__(port)
        self._baud = baud
        self._serial: serial.Serial | None = None

    @property
    def is_open(self) -> bool:
        return self._serial is not None

    def open(self) -> None:
        if self._serial is not None:
            return
        try:
            self._serial = serial.Serial(self.name, self._baud, timeout=_SLICE, write_timeout=1.0)
        except _CANNOT_OPEN as exc:
            raise NotConnected(f"cannot open {self.name}: {type(exc).__name__}") from exc

    def close(self) -> None:
        port, self._serial = self._serial, None
        if port is not None:
            with contextlib.suppress(*_LOST):
                port.close()

    def read(self, timeout: float) -> bytes:
        port = self._opened()
        deadline = time.monotonic() + timeout
        try:
            while True:
                if waiting := port.in_waiting:
                    return port.read(waiting)
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return b""
                if first := port.read(1):
                    return first + port.read(port.in_waiting)
        except _LOST as exc:
            raise self._lost(exc) from exc

    def write(self, data: bytes, timeout: float) -> None:
        port = self._opened()
        try:
            if port.write_timeout != timeout:
                port.write_timeout = timeout
            port.write(data)
        except serial.SerialTimeoutException as exc:
            raise Timeout(f"{self.name} does not take bytes") from exc
        except _LOST as exc:
            raise self._lost(exc) from exc

    def _opened(self) -> serial.Serial:
        if self._serial is None:
            raise NotConnected(f"{self.name} is not open")
        return self._serial


class TcpTransport(ByteTransport):
    """A network printer's raw port (9100 by custom [C])."""

    def __init__(self, host: str, port: int = 9100) -> None:
        super().__init__(f"{host}:{port}")
        self._address = (host, port)
        self._socket: socket.socket | None = None

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    def open(self) -> None:
        if self._socket is not None:
            return
        try:
            self._socket = socket.create_connection(self._address, timeout=_CONNECT_TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as exc:
            raise NotConnected(f"cannot connect to {self.name}: {type(exc).__name__}") from exc

    def close(self) -> None:
        line, self._socket = self._socket, None
        if line is not None:
            line.close()

    def read(self, timeout: float) -> bytes:
        line = self._opened()
        try:
            ready, _, _ = select.select([line], [], [], timeout)
            if not ready:
                return b""
            data = line.recv(4096)
        except (OSError, ValueError) as exc:
            raise self._lost(exc) from exc
        if not data:
            raise self._lost(EOFError())
        return data

    def write(self, data: bytes, timeout: float) -> None:
        line = self._opened()
        try:
            line.settimeout(timeout)
            line.sendall(data)
        except TimeoutError as exc:
            raise Timeout(f"{self.name} does not take bytes") from exc
        except OSError as exc:
            raise self._lost(exc) from exc

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise NotConnected(f"{self.name} is not connected")
        return self._socket


class FileTransport(ByteTransport):
    """A device file such as ``/dev/usb/lp0`` (USB printer class, POSIX only).

    The kernel's usblp gives the printer's status bytes back on read where the printer has an input endpoint [M].
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._fd: int | None = None

    @property
    def is_open(self) -> bool:
        return self._fd is not None

    def open(self) -> None:
        if self._fd is not None:
            return
        if os.name != "posix":
            raise NotConnected("device files are a POSIX matter", advice="这台电脑不能直接用设备文件，请改用串口或网口")
        try:
            self._fd = os.open(self.name, os.O_RDWR | os.O_NOCTTY | getattr(os, "O_NONBLOCK", 0))
        except OSError as exc:
            raise NotConnected(f"cannot open {self.name}: {type(exc).__name__}") from exc

    def close(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            with contextlib.suppress(OSError):
                os.close(fd)

    def read(self, timeout: float) -> bytes:
        fd = self._opened()
        deadline = time.monotonic() + timeout
        try:
            while True:
                remaining = max(0.0, deadline - time.monotonic())
                watch = select.poll()
                watch.register(fd, select.POLLIN)
                events = sum(event for _, event in watch.poll(remaining * 1000))
                if events & (select.POLLHUP | select.POLLERR):
                    raise EOFError
                try:
                    data = os.read(fd, 4096) if events else b""
                except BlockingIOError:
                    data = b""
                if data or remaining == 0:
                    return data
                # usblp and plain files report "readable" at their end, which would spin
                time.sleep(min(_SLICE, remaining))
        except (OSError, EOFError) as exc:
            raise self._lost(exc) from exc

    def write(self, data: bytes, timeout: float) -> None:
        fd = self._opened()
        deadline = time.monotonic() + timeout
        rest = memoryview(data)
        try:
            while rest:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise Timeout(f"{self.name} does not take bytes")
                _, ready, _ = select.select([], [fd], [], remaining)
                if ready:
                    with contextlib.suppress(BlockingIOError):
                        rest = rest[os.write(fd, rest) :]
        except OSError as exc:
            raise self._lost(exc) from exc

    def _opened(self) -> int:
        if self._fd is None:
            raise NotConnected(f"{self.name} is not open")
        return self._fd
