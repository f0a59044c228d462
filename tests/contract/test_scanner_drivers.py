"""The scanner's contract in memory and over a serial device (pty), and what only a serial line can do to a code."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.devices import CodeScanner
from drivers.base.errors import ProtocolError
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort
from drivers.base.trace import TraceLog
from drivers.contract.scanner import CHINESE, PATIENCE, CodeScannerContract, ScannerBench
from drivers.scanner.codes import LONGEST
from drivers.scanner.serial_scanner import SerialScanner
from drivers.scanner.simulator import ScannerSimulator
from support.lines import now


class TestScannerInMemory(CodeScannerContract):
    suffix, encoding, ends_with_quiet = b"\r", "utf-8", False

    def make_port(self) -> SimulatedPort:
        return MemoryPort("scanner")

    def make_bench(self, folder: Path) -> ScannerSimulator:
        return ScannerSimulator(self.make_port(), suffix=self.suffix, encoding=self.encoding)

    def make_scanner(self, bench: ScannerBench, trace: TraceLog) -> CodeScanner:
        assert isinstance(bench, ScannerSimulator)
        return SerialScanner(
            lambda: bench.line.transport(9600),
            now=now,
            ends_with_quiet=self.ends_with_quiet,
            reconnect_interval=0.05,
            trace=trace,
        )

    @pytest.fixture(autouse=True)
    def _well(self, bench: ScannerSimulator) -> Iterator[None]:
        yield
        assert list(bench.errors) == []

    def test_byte_by_byte_is_one_code(self, bench: ScannerSimulator, scanner: CodeScanner) -> None:
        def slowly() -> None:
            for value in CHINESE.encode(self.encoding) + self.suffix:
                bench.send(bytes([value]))
                time.sleep(0.002)

        sending = threading.Thread(target=slowly)
        sending.start()
        assert self.code(scanner) == CHINESE
        sending.join()


class TestScannerWithGbkAndBothEnds(TestScannerInMemory):
    suffix, encoding = b"\r\n", "gbk"


if os.name == "posix":

    class TestScannerOverSerial(TestScannerInMemory):
        """The same contract with pyserial in between."""

        def make_port(self) -> SimulatedPort:
            return PtyPort("scanner")


@pytest.fixture
def bench() -> Iterator[ScannerSimulator]:
    with ScannerSimulator(MemoryPort()) as bench:
        yield bench


@pytest.fixture
def scanner(bench: ScannerSimulator) -> Iterator[SerialScanner]:
    scanner = SerialScanner(lambda: bench.line.transport(9600), now=now)
    scanner.probe()
    yield scanner
    scanner.close()


def code(scanner: CodeScanner) -> str | None:
    return scanner.wait_for_code(PATIENCE, threading.Event())


def test_a_code_without_its_end_is_not_taken_for_a_shorter_one(bench: ScannerSimulator, scanner: SerialScanner) -> None:
    bench.send(b"A03")
    with pytest.raises(ProtocolError) as caught:
        code(scanner)
    assert caught.value.word == "no_end"
    assert "加回车" in caught.value.advice
    bench.hold("A035")
    assert code(scanner) == "A035"


def test_a_scanner_that_cannot_end_its_codes_is_understood_when_it_is_told(bench: ScannerSimulator) -> None:
    scanner = SerialScanner(lambda: bench.line.transport(9600), now=now, ends_with_quiet=True)
    scanner.probe()
    bench.send(b"A035")
    assert code(scanner) == "A035"
    scanner.close()


@pytest.mark.parametrize("noise", [b"\xff\xfe\x80\x81\r", b"\x01\x02\x7f\x1b[A\r", bytes(range(0x80, 0x90)) + b"\r"])
def test_noise_is_no_code(bench: ScannerSimulator, scanner: SerialScanner, noise: bytes) -> None:
    bench.send(noise)
    with pytest.raises(ProtocolError) as caught:
        code(scanner)
    assert "请再扫一次" in caught.value.advice
    bench.hold("A035")
    assert code(scanner) == "A035"


def test_a_code_longer_than_any_code_is_refused_whole(bench: ScannerSimulator, scanner: SerialScanner) -> None:
    bench.send(b"9" * (3 * LONGEST) + b"\r")
    with pytest.raises(ProtocolError) as caught:
        code(scanner)
    assert caught.value.word == "too_long"
    bench.hold("A035")
    assert code(scanner) == "A035"


def test_what_scanners_add_is_taken_off(bench: ScannerSimulator, scanner: SerialScanner) -> None:
    bench.send(b"\x02]Q1A035\x03\r\n\r\n")
    assert code(scanner) == "A035"
