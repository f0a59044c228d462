"""The device's end of a simulated line: a pty, a TCP port, or memory. Simulators speak through these.

A pty [T]: any baud is accepted, so a wrong one is seen only by comparing termios; the slave is set raw and kept open
before the first byte, otherwise the first answer is lost or the master reads EIO; 8N1 only.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path

from drivers.base.errors import NotConnected, Timeout
from drivers.base.transport import ByteTransport, SerialTransport, TcpTransport

_WRITE_PATIENCE = 2.0


class SimulatedPort(ABC):
    """What a simulator reads from and writes to. ``port`` is what the host puts in its settings."""

    port: str

    @abstractmethod
    def read(self, timeout: float) -> bytes:
        """Bytes from the host, ``b""`` when none came in ``timeout`` seconds or the line is unplugged."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send to the host; what nobody takes, or an unplugged line, is lost like on a real cable."""

    @abstractmethod
    def baud(self) -> int | None:
        """The baud rate that the host has set, None where a line has none."""

    @abstractmethod
    def transport(self, baud: int = 115200) -> ByteTransport:
        """A transport for the host's end, not yet open."""

    @abstractmethod
    def unplug(self) -> None:
        """Pull the cable: the host's open line breaks and cannot be opened again."""

    @abstractmethod
    def replug(self) -> None:
        """Put the cable back under the same name."""

    @abstractmethod
    def close(self) -> None:
        """Remove the port for good."""


class MemoryPort(SimulatedPort):
    """Both ends in this process; works on every platform. ``capacity`` bounds what the device has not read yet."""

    def __init__(self, name: str = "memory", capacity: int = 1 << 20) -> None:
        self.port = name
        self.capacity = capacity
        self.changed = threading.Condition()
        self.to_device = bytearray()
        self.to_host = bytearray()
        self.plugged = True
        self.session = 0
        self.host_baud: int | None = None

    def read(self, timeout: float) -> bytes:
        with self.changed:
            self.changed.wait_for(lambda: bool(self.to_device), timeout)
            data = bytes(self.to_device)
            self.to_device.clear()
            self.changed.notify_all()
            return data

    def write(self, data: bytes) -> None:
        with self.changed:
            if self.plugged and self.host_baud is not None:
                self.to_host += data
                self.changed.notify_all()

    def baud(self) -> int | None:
        return self.host_baud

    def transport(self, baud: int = 115200) -> ByteTransport:
        return MemoryTransport(self, baud)

    def unplug(self) -> None:
        with self.changed:
            self.plugged = False
            self.host_baud = None
            self.session += 1
            self.to_device.clear()
            self.to_host.clear()
            self.changed.notify_all()

    def replug(self) -> None:
        with self.changed:
            self.plugged = True

    def close(self) -> None:
        self.unplug()


class MemoryTransport(ByteTransport):
    """The host's end of a MemoryPort."""

    def __init__(self, port: MemoryPort, baud: int) -> None:
        super().__init__(port.port)
        self._port = port
        self._baud = baud
        self._session: int | None = None

    @property
    def is_open(self) -> bool:
        return self._session is not None

    def open(self) -> None:
        if self._session is not None:
            return
        with self._port.changed:
            if not self._port.plugged:
                raise NotConnected(f"{self.name} is unplugged")
            self._port.to_host.clear()
            self._port.host_baud = self._baud
            self._session = self._port.session

    def close(self) -> None:
        with self._port.changed:
            if self._session == self._port.session:
                self._port.host_baud = None
            self._session = None

    def read(self, timeout: float) -> bytes:
        port = self._port
        with port.changed:
            port.changed.wait_for(lambda: bool(port.to_host) or self._session != port.session, timeout)
            self._check()
            data = bytes(port.to_host)
            port.to_host.clear()
            return data

    def write(self, data: bytes, timeout: float) -> None:
        port = self._port
        deadline = time.monotonic() + timeout
        with port.changed:
            while data:
                self._check()
                if room := port.capacity - len(port.to_device):
                    port.to_device += data[:room]
                    data = data[room:]
                    port.changed.notify_all()
                elif not port.changed.wait(max(0.0, deadline - time.monotonic())):
                    raise Timeout(f"{self.name} does not take bytes")

    def _check(self) -> None:
        if self._session is None or self._session != self._port.session:
            self._session = None
            raise NotConnected(f"{self.name} is not open")


class PtyPort(SimulatedPort):
    """A pseudo terminal behind a link whose name stays the same when it is unplugged and replugged (POSIX only)."""

    def __init__(self, name: str = "device") -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="virtual-port-"))
        self._link = self._folder / name
        self.port = str(self._link)
        self._lock = threading.RLock()
        self._master: int | None = None
        self._slave: int | None = None
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self.replug()

    def read(self, timeout: float) -> bytes:
        master = self._master
        watched = [self._wake_read] if master is None else [master, self._wake_read]
        try:
            ready, _, _ = select.select(watched, [], [], timeout)
        except (OSError, ValueError):
            # the cable was pulled between two statements
            return b""
        with self._lock:
            if self._wake_read in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_read, 64)
            if master is None or master != self._master or master not in ready:
                return b""
            try:
                return os.read(master, 4096)
            except OSError:
                return b""

    def write(self, data: bytes) -> None:
        deadline = time.monotonic() + _WRITE_PATIENCE
        rest = memoryview(data)
        while rest and time.monotonic() < deadline:
            with self._lock:
                if self._master is None:
                    return
                try:
                    rest = rest[os.write(self._master, rest) :]
                    continue
                except BlockingIOError:
                    pass
                except OSError:
                    return
            time.sleep(0.005)

    def baud(self) -> int | None:
        import termios

        with self._lock:
            if self._master is None:
                return None
            speed = termios.tcgetattr(self._master)[5]
        return next((rate for rate in (115200, 57600, 38400, 19200, 9600) if getattr(termios, f"B{rate}") == speed), 0)

    def transport(self, baud: int = 115200) -> ByteTransport:
        return SerialTransport(self.port, baud)

    def unplug(self) -> None:
        with self._lock:
            self._link.unlink(missing_ok=True)
            for fd in (self._master, self._slave):
                if fd is not None:
                    os.close(fd)
            self._master = self._slave = None
            os.write(self._wake_write, b"x")

    def replug(self) -> None:
        import tty

        with self._lock:
            if self._master is not None:
                return
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(os.ttyname(self._slave))
            os.write(self._wake_write, b"x")

    def close(self) -> None:
        with self._lock:
            self.unplug()
            for fd in (self._wake_read, self._wake_write):
                os.close(fd)
        shutil.rmtree(self._folder, ignore_errors=True)


class TcpPort(SimulatedPort):
    """A listening socket on this PC only; one host at a time, as network printers do."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._listener: socket.socket | None = None
        self._host: socket.socket | None = None
        self._number = 0
        self.replug()
        self.port = f"127.0.0.1:{self._number}"

    def read(self, timeout: float) -> bytes:
        with self._lock:
            watched = [line for line in (self._host, self._listener) if line is not None]
        if not watched:
            time.sleep(min(timeout, 0.02))
            return b""
        try:
            ready, _, _ = select.select(watched, [], [], timeout)
        except (OSError, ValueError):
            # the cable was pulled between two statements
            return b""
        with self._lock:
            if self._host is not None and self._host in ready:
                with contextlib.suppress(OSError):
                    if data := self._host.recv(4096):
                        return data
                self._host.close()
                self._host = None
            if self._host is None and self._listener is not None and self._listener in ready:
                with contextlib.suppress(OSError):
                    self._host, _ = self._listener.accept()
                    self._host.settimeout(_WRITE_PATIENCE)
        return b""

    def write(self, data: bytes) -> None:
        with self._lock:
            if self._host is not None:
                with contextlib.suppress(OSError):
                    self._host.sendall(data)

    def baud(self) -> int | None:
        return None

    def transport(self, baud: int = 115200) -> ByteTransport:
        return TcpTransport("127.0.0.1", self._number)

    def unplug(self) -> None:
        with self._lock:
            for line in (self._host, self._listener):
                if line is not None:
                    # A socket that another thread waits on stays open behind its close for as long as it waits.
                    with contextlib.suppress(OSError):
                        line.shutdown(socket.SHUT_RDWR)
                    line.close()
            self._host = self._listener = None

    def replug(self) -> None:
        with self._lock:
            if self._listener is not None:
                return
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self._number))
            listener.listen(1)
            self._number = listener.getsockname()[1]
            self._listener = listener

    def close(self) -> None:
        self.unplug()
