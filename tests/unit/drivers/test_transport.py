"""Lines have time-outs and say when they are gone."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.errors import NotConnected, Timeout
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort, TcpPort
from drivers.base.transport import ByteTransport, FileTransport, SerialTransport, TcpTransport

MUCH = bytes(8 << 20)


def make_memory() -> SimulatedPort:
    return MemoryPort(capacity=4096)


KINDS = [make_memory, TcpPort, *([PtyPort] if os.name == "posix" else [])]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def port(request: pytest.FixtureRequest) -> Iterator[SimulatedPort]:
    port = request.param()
    yield port
    port.close()


@pytest.fixture
def line(port: SimulatedPort) -> Iterator[ByteTransport]:
    line = port.transport()
    line.open()
    yield line
    line.close()


def read_from_host(port: SimulatedPort, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += port.read(0.2)
    return data


def read_until_lost(line: ByteTransport) -> None:
    for _ in range(20):
        line.read(0.1)


def test_bytes_go_both_ways(port: SimulatedPort, line: ByteTransport) -> None:
    line.write(b"\x00\xffping\r\n", 1.0)
    assert read_from_host(port, 8) == b"\x00\xffping\r\n"
    port.write(b"\x11\x13\r\npong")
    data = line.read(5.0)
    while len(data) < 8:
        data += line.read(5.0)
    assert data == b"\x11\x13\r\npong"


def test_silence_is_nothing_and_no_error(line: ByteTransport) -> None:
    assert line.read(0.05) == b""


def test_a_device_that_takes_nothing_does_not_hold_the_program(line: ByteTransport) -> None:
    with pytest.raises(Timeout):
        line.write(MUCH, 0.2)


def test_an_unplugged_line_is_told_and_can_be_opened_again(port: SimulatedPort, line: ByteTransport) -> None:
    line.write(b"a", 1.0)
    assert read_from_host(port, 1) == b"a"
    port.unplug()
    with pytest.raises(NotConnected):
        read_until_lost(line)
    assert not line.is_open
    with pytest.raises(NotConnected):
        line.open()
    port.replug()
    line.open()
    line.write(b"b", 1.0)
    assert read_from_host(port, 1) == b"b"


def test_a_closed_line_is_told(line: ByteTransport) -> None:
    line.close()
    line.close()
    with pytest.raises(NotConnected):
        line.read(0.01)
    with pytest.raises(NotConnected):
        line.write(b"x", 0.01)


def test_what_waits_can_be_dropped(port: SimulatedPort, line: ByteTransport) -> None:
    line.write(b"?", 1.0)
    read_from_host(port, 1)
    port.write(b"late")
    waiting = line.read(5.0)
    while len(waiting) < 4:
        waiting += line.read(5.0)
    assert line.discard_input() == b""


def test_closing_under_a_waiting_read_ends_it(line: ByteTransport) -> None:
    ended = threading.Event()

    def wait() -> None:
        try:
            while True:
                line.read(0.1)
        except NotConnected:
            ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    line.close()
    waiting.join(20)
    assert ended.is_set()


@pytest.mark.parametrize("make", [SerialTransport, FileTransport])
def test_a_port_that_is_not_there_is_told(make: type[SerialTransport | FileTransport], tmp_path: Path) -> None:
    with pytest.raises(NotConnected):
        make(str(tmp_path / "ttyUSB9")).open()


def test_a_printer_that_refuses_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    with pytest.raises(NotConnected):
        TcpTransport("127.0.0.1", number).open()


def test_a_device_file_takes_all_bytes(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    path.write_bytes(b"")
    line = FileTransport(str(path))
    line.open()
    line.write(b"receipt", 1.0)
    assert line.read(0.0) == b""
    line.close()
    assert path.read_bytes() == b"receipt"


if os.name == "posix":

    def test_a_device_file_speaks_both_ways() -> None:
        port = PtyPort("lp0")
        line = FileTransport(port.port)
        line.open()
        line.write(b"status?", 1.0)
        assert read_from_host(port, 7) == b"status?"
        port.write(b"\x12")
        assert line.read(5.0) == b"\x12"
        with pytest.raises(Timeout):
            line.write(MUCH, 0.2)
        port.unplug()
        with pytest.raises(NotConnected):
            read_until_lost(line)
        port.close()
