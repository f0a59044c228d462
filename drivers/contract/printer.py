"""The contract of a receipt printer. A driver's own tests subclass it and say where the paper comes out::

    class TestAcme(ReceiptPrinterContract):
        def make_bench(self, folder):          # a simulator, or somebody at the real printer
            return VirtualPrinter(port, font)
        def make_printer(self, bench, trace):
            return AcmePrinter(bench.port, now=..., trace=trace)

What a clerk relies on: "printed" is said only when the paper is complete, nothing is sent to a printer that says it
cannot print, nothing is printed twice, and no call takes longer than it may.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import pytest

from drivers.base.devices import ReceiptPrinter
from drivers.base.health import Health, HealthState
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.base.trace import TraceLog
from drivers.printer.samples import NAME, receipt, words_of

PATIENCE = 20.0
_MANY = 40


class Piece(Protocol):
    """One cut-off piece of paper."""

    @property
    def text(self) -> str: ...


class PaperBench(Protocol):
    """Who looks at the paper, takes the roll out, opens the cover and pulls the plug. ``VirtualPrinter`` is one."""

    @property
    def tickets(self) -> Sequence[Piece]:
        """Everything that was cut off, oldest first."""

    def wait_for_tickets(self, count: int, timeout: float) -> Sequence[Piece]:
        """The pieces as soon as there are ``count``."""

    def run_out_of_paper(self, after_bytes: int = 0) -> None: ...

    def load_paper(self) -> None: ...

    def set_cover(self, open_: bool) -> None: ...

    def set_near_end(self, near: bool) -> None: ...

    def when_carried_out(self, count: int, action: Callable[[], None]) -> None:
        """Call ``action`` once ``count`` more bytes of the job have been printed."""

    def unplug(self) -> None: ...

    def replug(self) -> None: ...

    def power_cycle(self) -> None:
        """Switch off and on: what was not printed is lost."""


def advice_helps(health: Health) -> bool:
    """Whether the clerk is told what to do, in Chinese and without shouting."""
    asks = any(word in health.advice for word in ("请", "装好纸", "合好"))
    return asks and not any(sign in health.advice for sign in "！!")


class ReceiptPrinterContract:
    """answers: whether status and fence come back on this line; without it the best that is said is SENT.
    longest: seconds that one job may take. can_unplug: whether the bench can pull the plug."""

    answers: ClassVar[bool] = True
    longest: ClassVar[float] = 45.0
    can_unplug: ClassVar[bool] = True

    def make_bench(self, folder: Path) -> PaperBench | AbstractContextManager[PaperBench]:
        """Where the paper comes out, or a context manager that gives it. ``folder`` is empty and the test's own."""
        raise NotImplementedError

    def make_printer(self, bench: PaperBench, trace: TraceLog) -> ReceiptPrinter:
        """The driver under test, on the bench's printer, telling its bytes to ``trace``."""
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[PaperBench]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            yield bench

    @pytest.fixture
    def trace(self) -> TraceLog:
        return TraceLog(lambda: datetime.now().astimezone())

    @pytest.fixture
    def printer(self, bench: PaperBench, trace: TraceLog) -> Iterator[ReceiptPrinter]:
        printer = self.make_printer(bench, trace)
        yield printer
        printer.close()

    @pytest.fixture
    def answering(self) -> None:
        if not self.answers:
            pytest.skip("nothing comes back on this line")

    @pytest.fixture
    def pluggable(self, bench: PaperBench) -> PaperBench:
        if not self.can_unplug:
            pytest.skip("this bench cannot pull the plug")
        return bench

    def send(self, printer: ReceiptPrinter, job: bytes) -> PrintReport:
        """One job within the time that it may take."""
        start = time.monotonic()
        report = printer.print_job(job)
        assert time.monotonic() - start < self.longest
        return report

    @property
    def best(self) -> PrintOutcome:
        """What is said of a job that went well."""
        return PrintOutcome.PRINTED if self.answers else PrintOutcome.SENT

    def test_a_job_comes_out_once_and_whole(self, bench: PaperBench, printer: ReceiptPrinter) -> None:
        job = receipt()
        report = self.send(printer, job)
        assert (report.outcome, report.bytes_accepted) == (self.best, len(job))
        assert [piece.text for piece in bench.wait_for_tickets(1, PATIENCE)] == [words_of()]
        assert printer.health().state is HealthState.READY

    def test_a_long_job_with_a_picture_comes_out_whole(self, bench: PaperBench, printer: ReceiptPrinter) -> None:
        assert self.send(printer, receipt(_MANY, image_rows=300)).outcome is self.best
        assert [piece.text for piece in bench.wait_for_tickets(1, PATIENCE)] == [words_of(_MANY)]

    def test_two_jobs_in_a_row_keep_their_order(self, bench: PaperBench, printer: ReceiptPrinter) -> None:
        lasts = ["编号 1", "编号 2", "编号 3"]
        assert [self.send(printer, receipt(last_line=last)).outcome for last in lasts] == [self.best] * 3
        pieces = bench.wait_for_tickets(3, PATIENCE)
        assert [piece.text.splitlines()[-1] for piece in pieces] == lasts

    def test_a_printer_that_only_sends_never_says_printed(self, bench: PaperBench, printer: ReceiptPrinter) -> None:
        report = self.send(printer, receipt())
        assert (report.outcome is PrintOutcome.PRINTED) is self.answers
        if not self.answers:
            assert "看一眼" in report.advice

    @pytest.mark.usefixtures("answering")
    @pytest.mark.parametrize(
        ("what", "state"), [("paper", HealthState.NEEDS_PAPER), ("cover", HealthState.FAULTY)], ids=["paper", "cover"]
    )
    def test_a_printer_that_cannot_print_is_sent_nothing(
        self, bench: PaperBench, printer: ReceiptPrinter, what: str, state: HealthState
    ) -> None:
        if what == "paper":
            bench.run_out_of_paper()
        else:
            bench.set_cover(True)
        report = self.send(printer, receipt())
        assert (report.outcome, report.bytes_accepted) == (PrintOutcome.REFUSED, 0)
        assert printer.health().state is state
        assert advice_helps(printer.health())
        bench.load_paper()
        bench.set_cover(False)
        assert self.send(printer, receipt()).outcome is PrintOutcome.PRINTED
        assert [piece.text for piece in bench.tickets] == [words_of()]

    @pytest.mark.usefixtures("answering")
    def test_paper_out_in_mid_job_is_unknown_and_the_next_job_is_whole(
        self, bench: PaperBench, printer: ReceiptPrinter
    ) -> None:
        bench.run_out_of_paper(after_bytes=200)
        report = self.send(printer, receipt(_MANY))
        assert report.outcome is PrintOutcome.UNKNOWN
        assert "再选是否重打" in report.advice
        assert printer.health().state is HealthState.NEEDS_PAPER
        assert list(bench.tickets) == []
        bench.load_paper()
        assert self.send(printer, receipt(last_line="编号 2")).outcome is PrintOutcome.PRINTED
        lasts = [piece.text.splitlines()[-1] for piece in bench.tickets]
        assert lasts.count("编号 2") == 1
        assert lasts[-1] == "编号 2"

    @pytest.mark.usefixtures("answering")
    def test_a_cover_opened_in_mid_job_is_unknown(self, bench: PaperBench, printer: ReceiptPrinter) -> None:
        bench.when_carried_out(100, lambda: bench.set_cover(True))
        report = self.send(printer, receipt(_MANY))
        assert report.outcome is PrintOutcome.UNKNOWN
        assert not printer.health().usable

    @pytest.mark.usefixtures("answering")
    def test_paper_that_comes_to_its_end_is_told_while_it_still_prints(
        self, bench: PaperBench, printer: ReceiptPrinter
    ) -> None:
        bench.set_near_end(True)
        report = self.send(printer, receipt())
        assert report.outcome is PrintOutcome.PRINTED
        assert "快用完" in report.advice

    def test_a_pulled_plug_is_told_and_heals_by_itself(self, pluggable: PaperBench, printer: ReceiptPrinter) -> None:
        assert printer.probe().usable
        pluggable.unplug()
        report = self.send(printer, receipt())
        if report.outcome is PrintOutcome.SENT:
            # without answers a pulled plug may be found by the next use only
            report = self.send(printer, receipt())
        assert report.outcome in (PrintOutcome.REFUSED, PrintOutcome.UNKNOWN)
        assert not printer.health().usable
        assert advice_helps(printer.health())
        pluggable.power_cycle()
        pluggable.replug()
        assert self.send(printer, receipt(last_line="编号 2")).outcome is self.best
        assert pluggable.wait_for_tickets(1, PATIENCE)[-1].text.endswith("编号 2")

    def test_a_plug_pulled_in_mid_job_is_never_called_printed(
        self, pluggable: PaperBench, printer: ReceiptPrinter
    ) -> None:
        pulled = threading.Event()

        def pull() -> None:
            pluggable.unplug()
            pulled.set()

        pluggable.when_carried_out(100, pull)
        report = self.send(printer, receipt(_MANY, image_rows=300))
        assert report.outcome is not PrintOutcome.PRINTED
        # a queue may have the whole job, and the printer the first lines of it on paper later than the report
        assert pulled.wait(PATIENCE)
        pluggable.power_cycle()
        pluggable.replug()
        before = len(pluggable.wait_for_tickets(0, 0))
        for _ in range(2):
            if self.send(printer, receipt(last_line="编号 2")).outcome is self.best:
                break
        assert pluggable.wait_for_tickets(before + 1, PATIENCE)[-1].text.endswith("编号 2")

    def test_probing_never_raises_and_prints_nothing(self, bench: PaperBench, printer: ReceiptPrinter) -> None:
        assert printer.probe().state is HealthState.READY
        bench.run_out_of_paper()
        assert printer.probe().usable is not self.answers
        bench.load_paper()
        assert printer.probe().state is HealthState.READY
        assert list(bench.tickets) == []

    def test_closing_gives_the_printer_back_and_the_next_use_opens_it_again(
        self, bench: PaperBench, printer: ReceiptPrinter
    ) -> None:
        printer.probe()
        printer.close()
        printer.close()
        assert self.send(printer, receipt()).outcome is self.best
        assert [piece.text for piece in bench.wait_for_tickets(1, PATIENCE)] == [words_of()]

    def test_health_is_told_at_once_while_the_printer_works(self, bench: PaperBench, printer: ReceiptPrinter) -> None:
        printing = threading.Thread(target=printer.print_job, args=(receipt(_MANY, image_rows=300),))
        printing.start()
        start = time.monotonic()
        for _ in range(1000):
            printer.health()
        assert time.monotonic() - start < 1.0
        printing.join()

    def test_the_trace_tells_the_line_and_no_personal_data(
        self, bench: PaperBench, printer: ReceiptPrinter, trace: TraceLog
    ) -> None:
        self.send(printer, receipt(image_rows=24))
        told = "\n".join(line.text for line in trace.lines())
        assert "1B 40" in told, "the driver tells its trace nothing"
        assert NAME not in told
        encoded = NAME.encode("gbk").hex(" ").upper()
        assert encoded not in told
        assert "AA AA" not in told, "a picture may hold a name"
