"""The contract of a code scanner: each code once, whole, for whoever waits now."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import pytest

from drivers.base.devices import CodeScanner
from drivers.base.errors import DeviceError, NotConnected
from drivers.base.health import HealthState
from drivers.base.trace import TraceLog
from drivers.contract.benches import often

SHORT = 0.6
PATIENCE = 20.0
RECEIPT = "https://mh.example/t/0198c5b0-7d1e-7b3a-9c11-3f2a6b7c8d9e"
CHINESE = "明河区政务服务中心 张三 A035"


class ScannerBench(Protocol):
    """The hand with the paper."""

    def hold(self, text: str) -> None: ...

    def unplug(self) -> None: ...

    def replug(self) -> None: ...


class CodeScannerContract:
    """overrun: seconds that a call may take beyond its time-out."""

    overrun: ClassVar[float] = 3.0

    def make_bench(self, folder: Path) -> ScannerBench | AbstractContextManager[ScannerBench]:
        raise NotImplementedError

    def make_scanner(self, bench: ScannerBench, trace: TraceLog) -> CodeScanner:
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[ScannerBench]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            yield bench

    @pytest.fixture
    def trace(self) -> TraceLog:
        return TraceLog(lambda: datetime.now().astimezone())

    @pytest.fixture
    def scanner(self, bench: ScannerBench, trace: TraceLog) -> Iterator[CodeScanner]:
        scanner = self.make_scanner(bench, trace)
        assert scanner.probe().state is HealthState.READY
        yield scanner
        scanner.close()

    def code(self, scanner: CodeScanner, timeout: float = PATIENCE) -> str | None:
        return scanner.wait_for_code(timeout, threading.Event())

    @pytest.mark.parametrize(
        "text", [RECEIPT, CHINESE, "A035", "9" * 2_900], ids=["address", "words", "short", "long"]
    )
    def test_a_code_arrives_as_it_is(self, bench: ScannerBench, scanner: CodeScanner, text: str) -> None:
        bench.hold(text)
        assert self.code(scanner) == text

    def test_codes_in_a_burst_come_one_by_one_in_their_order(self, bench: ScannerBench, scanner: CodeScanner) -> None:
        held = [f"A{number:03d}" for number in range(1, 21)]
        for text in held:
            bench.hold(text)
        assert [self.code(scanner) for _ in held] == held

    def test_no_code_is_none_after_the_time(self, scanner: CodeScanner) -> None:
        start = time.monotonic()
        assert self.code(scanner, SHORT) is None
        assert SHORT * 0.9 < time.monotonic() - start < SHORT + self.overrun

    def test_a_code_that_is_held_on_is_one_code(self, bench: ScannerBench, scanner: CodeScanner) -> None:
        bench.hold("A035")
        bench.hold("A035")
        assert self.code(scanner) == "A035"
        assert self.code(scanner, SHORT) is None
        bench.hold("A035")
        assert self.code(scanner) == "A035"

    def test_what_was_scanned_while_nobody_waited_is_nobodys(self, bench: ScannerBench, scanner: CodeScanner) -> None:
        assert self.code(scanner, 0.1) is None
        bench.hold("A001")
        time.sleep(1.5)
        assert self.code(scanner, SHORT) is None
        bench.hold("A002")
        assert self.code(scanner) == "A002"

    def test_cancelling_ends_the_wait(self, scanner: CodeScanner) -> None:
        cancel = threading.Event()
        stopping = threading.Timer(0.2, cancel.set)
        stopping.start()
        start = time.monotonic()
        assert scanner.wait_for_code(PATIENCE, cancel) is None
        assert time.monotonic() - start < self.overrun
        stopping.join()

    def test_a_pulled_plug_is_told_in_time_and_heals_by_itself(self, bench: ScannerBench, scanner: CodeScanner) -> None:
        bench.unplug()
        start = time.monotonic()
        with pytest.raises(NotConnected) as caught:
            often(lambda: self.code(scanner, SHORT))
        assert time.monotonic() - start < 5 * SHORT + self.overrun
        assert "请" in caught.value.advice
        assert scanner.health().state is HealthState.ABSENT
        bench.replug()
        assert any(scanner.probe().usable for _ in range(5))
        bench.hold("A035")
        assert self.code(scanner) == "A035"

    def test_nothing_of_a_code_stands_in_the_trace(
        self, bench: ScannerBench, scanner: CodeScanner, trace: TraceLog
    ) -> None:
        bench.hold("110101199003070011")
        assert self.code(scanner) == "110101199003070011"
        told = "\n".join(line.text for line in trace.lines())
        assert told, "the driver tells its trace nothing"
        assert b"19900307".hex(" ").upper() not in told
        assert "19900307" not in told

    def test_closing_and_waiting_again_opens_it_again(self, bench: ScannerBench, scanner: CodeScanner) -> None:
        scanner.close()
        scanner.close()
        assert scanner.health().state is HealthState.ABSENT
        assert scanner.probe().state is HealthState.READY
        bench.hold("A035")
        assert self._in_the_end(scanner) == "A035"

    def _in_the_end(self, scanner: CodeScanner) -> str | None:
        for _ in range(3):
            try:
                return self.code(scanner)
            except DeviceError:
                continue
        return None
