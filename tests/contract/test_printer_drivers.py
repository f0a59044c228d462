"""The printer's contract over every line: memory, serial (pty), TCP, USB, a device file, queues; and what only a line
that answers can show.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from drivers.base.devices import ReceiptPrinter
from drivers.base.errors import NotConnected
from drivers.base.health import HealthState
from drivers.base.readings import PrintOutcome
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort, TcpPort
from drivers.base.trace import TraceLog
from drivers.base.transport import ByteTransport, FileTransport
from drivers.contract.printer import PATIENCE, PaperBench, ReceiptPrinterContract
from drivers.printer.cups_raw import CupsRawPrinter
from drivers.printer.escpos import EscPosPrinter
from drivers.printer.profiles import GENERIC_80, Profile, read_profile
from drivers.printer.samples import CUT, receipt, words_of
from drivers.printer.spooler import SpoolerPrinter
from drivers.printer.virtual import VirtualPrinter
from support.lines import FONT, now
from support.printer_queues import PRINTER, CupsBench, SpoolerBench
from support.printer_usb import UsbPrinterPort
from support.server import eventually

IMAGE = b"\x1b@\x1dv0\x00" + (72).to_bytes(2, "little") + (200).to_bytes(2, "little") + b"\xaa" * 14400 + CUT
MANY = 40


class OnLine(ReceiptPrinterContract):
    """The contract on a byte line with the virtual printer at its other end."""

    profile: Profile = GENERIC_80
    port: SimulatedPort

    def make_port(self) -> SimulatedPort:
        raise NotImplementedError

    def connect(self) -> ByteTransport:
        return self.port.transport()

    def make_bench(self, folder: Path) -> AbstractContextManager[PaperBench]:
        self.port = self.make_port()
        return VirtualPrinter(self.port, FONT)

    def make_printer(self, bench: PaperBench, trace: TraceLog) -> ReceiptPrinter:
        return EscPosPrinter(self.connect, now=now, profile=self.profile, trace=trace)

    @pytest.fixture(autouse=True)
    def _device_is_well(self, bench: VirtualPrinter) -> Iterator[None]:
        yield
        assert list(bench.errors) == []


class Answering(OnLine):
    """What only a line that answers can show."""

    @pytest.fixture
    def hasty(self, bench: VirtualPrinter) -> Iterator[EscPosPrinter]:
        """For printers that will never answer: waits less."""
        printer = EscPosPrinter(self.connect, now=now, write_timeout=0.5, status_timeout=0.3, fence_timeout=1.0)
        yield printer
        printer.close()

    def test_a_slow_printer_is_waited_for(self, bench: VirtualPrinter, printer: EscPosPrinter) -> None:
        bench.set_slow(400.0)
        assert printer.print_job(receipt(MANY)).outcome is PrintOutcome.PRINTED
        assert len(bench.tickets) == 1

    def test_after_new_paper_the_old_jobs_answer_is_not_taken_for_the_new_ones(
        self, bench: VirtualPrinter, printer: EscPosPrinter
    ) -> None:
        bench.run_out_of_paper(after_bytes=200)
        assert printer.print_job(receipt(MANY)).outcome is PrintOutcome.UNKNOWN
        # the printer now works off what it holds for longer than it is given to meet, and answers its fence only then
        bench.set_slow(120.0)
        bench.load_paper()
        report = printer.print_job(receipt(last_line="编号 2"))
        finished = [ticket.text for ticket in bench.tickets]
        assert report.outcome is PrintOutcome.PRINTED
        assert [text.splitlines()[-1] for text in finished] == [words_of().splitlines()[-1], "编号 2"]

    def test_fences_of_a_program_that_died_do_not_count_for_this_one(
        self, bench: VirtualPrinter, printer: EscPosPrinter
    ) -> None:
        bench.set_slow(150.0)
        died = EscPosPrinter(self.connect, now=now, chunk=64, fence_timeout=0.1, status_timeout=0.5)
        assert died.print_job(receipt(60)).outcome is PrintOutcome.UNKNOWN
        died.close()
        report = printer.print_job(receipt(last_line="编号 2"))
        assert report.outcome is PrintOutcome.PRINTED
        assert [ticket.text.splitlines()[-1] for ticket in bench.tickets][-1] == "编号 2"

    def test_a_job_stuck_in_mid_image_does_not_spoil_the_next_one(self, bench: VirtualPrinter) -> None:
        printer = EscPosPrinter(self.connect, now=now, write_timeout=0.5, status_timeout=0.5, fence_timeout=2.0)
        assert printer.print_job(receipt()).outcome is PrintOutcome.PRINTED
        bench.run_out_of_paper(after_bytes=20)
        assert printer.print_job(IMAGE + receipt()).outcome is PrintOutcome.UNKNOWN
        bench.load_paper()
        assert printer.print_job(receipt()).outcome is PrintOutcome.PRINTED
        assert bench.tickets[-1].text == words_of()
        printer.close()

    def test_what_another_program_left_in_mid_image_does_not_spoil_the_first_job(
        self, bench: VirtualPrinter, printer: EscPosPrinter
    ) -> None:
        died = self.connect()
        died.open()
        died.write(IMAGE[:400], 2.0)
        eventually(lambda: len(bench.received) >= 400)
        died.close()
        assert printer.print_job(receipt()).outcome is PrintOutcome.PRINTED
        (ticket,) = bench.tickets
        assert ticket.text == words_of()
        assert bench.complaints == []

    def test_a_silent_printer_is_never_believed(self, bench: VirtualPrinter, hasty: EscPosPrinter) -> None:
        bench.set_silent(True)
        report = hasty.print_job(receipt())
        assert (report.outcome, report.word) == (PrintOutcome.REFUSED, "silent")
        assert bench.job_bytes == 0
        assert hasty.health().state is HealthState.FAULTY

    def test_a_printer_that_falls_silent_in_mid_job_is_unknown_and_not_asked_to_print_again(
        self, bench: VirtualPrinter, hasty: EscPosPrinter
    ) -> None:
        bench.when_carried_out(100, lambda: bench.set_silent(True))
        report = hasty.print_job(receipt(MANY))
        assert report.outcome is PrintOutcome.UNKNOWN
        assert "没有回话" in report.advice
        assert len(bench.wait_for_tickets(1, PATIENCE)) == 1

    def test_how_far_a_broken_job_went_is_told(self, bench: VirtualPrinter, printer: EscPosPrinter) -> None:
        bench.when_carried_out(100, bench.unplug)
        report = printer.print_job(receipt(400, image_rows=300))
        assert report.outcome is PrintOutcome.UNKNOWN
        assert report.lines == 404
        if report.bytes_accepted < len(receipt(400, image_rows=300)):
            assert 0 <= report.lines_accepted < report.lines
            assert f"（404 行，送出 {report.lines_accepted} 行）" in report.advice

    def test_a_printer_says_what_it_is(self, bench: VirtualPrinter, printer: EscPosPrinter) -> None:
        assert printer.model() == ""
        bench.model = "TM-T88V"
        assert printer.model() == "TM-T88V"
        assert printer.print_job(receipt()).outcome is PrintOutcome.PRINTED


class TestInMemory(Answering):
    def make_port(self) -> SimulatedPort:
        return MemoryPort("printer", capacity=4096)


class TestOverTcp(Answering):
    def make_port(self) -> SimulatedPort:
        return TcpPort()


class TestOverUsb(Answering):
    def make_port(self) -> SimulatedPort:
        return UsbPrinterPort()


class TestOverUsbOneWay(OnLine):
    """A USB printer without a pipe back."""

    answers = False

    def make_port(self) -> SimulatedPort:
        return UsbPrinterPort(one_way=True)


class TestWithoutFence(OnLine):
    """A printer that tells its status and never when it has done."""

    profile = read_profile("generic-80 quirks=no_fence")
    answers = False

    def make_port(self) -> SimulatedPort:
        return MemoryPort("printer", capacity=4096)

    def test_probing_never_raises_and_prints_nothing(self, bench: PaperBench, printer: ReceiptPrinter) -> None:
        """Status is answered here: paper is known."""
        bench.run_out_of_paper()
        assert printer.probe().state is HealthState.NEEDS_PAPER
        assert printer.print_job(receipt()).outcome is PrintOutcome.REFUSED
        assert list(bench.tickets) == []

    def test_paper_that_ends_while_it_prints_is_seen(self, bench: VirtualPrinter, printer: ReceiptPrinter) -> None:
        bench.set_slow(2000.0)
        bench.run_out_of_paper(after_bytes=400)
        report = printer.print_job(receipt(MANY))
        assert (report.outcome, report.word) == (PrintOutcome.UNKNOWN, "paper_out")


if os.name == "posix":

    class TestOverSerial(Answering):
        def make_port(self) -> SimulatedPort:
            return PtyPort("printer")

    class TestOverDeviceFile(Answering):
        """As the kernel's usblp gives it, with a pseudo terminal in its place."""

        def make_port(self) -> SimulatedPort:
            return PtyPort("printer")

        def connect(self) -> ByteTransport:
            return FileTransport(self.port.port)


class TestOverCups(ReceiptPrinterContract):
    answers = False

    def make_bench(self, folder: Path) -> AbstractContextManager[PaperBench]:
        return CupsBench()

    def make_printer(self, bench: CupsBench, trace: TraceLog) -> ReceiptPrinter:
        return CupsRawPrinter(
            "", now=now, cups_socket=bench.server.socket_path, finish_timeout=1.0, pause=lambda _: None, trace=trace
        )


class TestOverWindowsSpooler(ReceiptPrinterContract):
    answers = False

    def make_bench(self, folder: Path) -> AbstractContextManager[PaperBench]:
        return SpoolerBench()

    def make_printer(self, bench: SpoolerBench, trace: TraceLog) -> ReceiptPrinter:
        return SpoolerPrinter("", now=now, spooler=bench.spooler, finish_timeout=1.0, pause=lambda _: None, trace=trace)

    @pytest.fixture(autouse=True)
    def _every_handle_is_given_back(self, bench: SpoolerBench) -> Iterator[None]:
        yield
        assert bench.library.open == 0

    @pytest.fixture(autouse=True)
    def _fares_well(self, bench: SpoolerBench) -> None:
        bench.library.rewind()

    @pytest.mark.parametrize(
        ("script", "outcome"),
        [
            ([0x0], PrintOutcome.REFUSED),
            ([0x10], PrintOutcome.UNKNOWN),
            ([0x10, 0x50], PrintOutcome.UNKNOWN),
            ([0x10, 0x4, None], PrintOutcome.UNKNOWN),
            ([0x2], PrintOutcome.REFUSED),
            ([0x80], PrintOutcome.SENT),
            ([0x8, 0x10, None], PrintOutcome.SENT),
        ],
        ids=["never begins", "stands", "paper out", "deleted by somebody", "error", "retained", "spools first"],
    )
    def test_what_becomes_of_a_job_in_the_queue(
        self, bench: SpoolerBench, printer: ReceiptPrinter, script: list[int | None], outcome: PrintOutcome
    ) -> None:
        bench.library.script = script
        ticks = iter(range(100))
        printer = SpoolerPrinter(
            PRINTER, now=now, spooler=bench.spooler, monotonic=lambda: next(ticks), pause=lambda _: None
        )
        assert printer.print_job(receipt()).outcome is outcome
        assert (bench.library.deleted == [7]) is (outcome is not PrintOutcome.SENT and script[-1] is not None)

    def test_a_job_that_the_spooler_does_not_take_is_refused(
        self, bench: SpoolerBench, printer: ReceiptPrinter
    ) -> None:
        bench.library.takes = False
        report = printer.print_job(receipt())
        assert report.outcome is PrintOutcome.REFUSED
        assert "没有收下" in report.advice

    def test_half_a_job_that_the_spooler_took_is_withdrawn(self, bench: SpoolerBench, printer: ReceiptPrinter) -> None:
        bench.library.writes = 20
        bench.library.script = [0x8]
        assert printer.print_job(receipt()).outcome is PrintOutcome.REFUSED
        assert bench.library.deleted == [7]
        assert list(bench.tickets) == []

    def test_a_spooler_that_falls_silent_behind_the_job_leaves_it_unknown(
        self, bench: SpoolerBench, printer: ReceiptPrinter
    ) -> None:
        bench.library.answers = False
        report = printer.print_job(receipt())
        assert report.outcome is PrintOutcome.UNKNOWN
        assert "请看吐出来的纸" in report.advice

    def test_a_printer_that_windows_does_not_know_is_named(self, bench: SpoolerBench) -> None:
        report = SpoolerPrinter("Other", now=now, spooler=bench.spooler).print_job(receipt())
        assert report.outcome is PrintOutcome.REFUSED
        assert "“Other”" in report.advice

    def test_the_queue_lists_no_personal_data(self, bench: SpoolerBench, printer: ReceiptPrinter) -> None:
        printer.print_job(receipt())
        assert bench.library.titles == ["receipt"]
        assert list(bench.spooler.printers()) == [PRINTER]


def test_two_printers_of_a_kind_are_told_apart_and_never_guessed() -> None:
    port = UsbPrinterPort()
    port.others = 1
    with pytest.raises(NotConnected) as told:
        port.by_id().open()
    assert "序列号" in told.value.advice


@pytest.mark.parametrize(("refusal", "words"), [(13, "权限"), (16, "占着")])
def test_a_usb_printer_that_may_not_be_opened_says_why(refusal: int, words: str) -> None:
    port = UsbPrinterPort()
    port.refusal = refusal
    with VirtualPrinter(port, FONT):
        report = EscPosPrinter(port.transport, now=now).print_job(receipt())
    assert report.outcome is PrintOutcome.REFUSED
    assert words in report.advice


def test_the_only_usb_printer_needs_no_numbers() -> None:
    port = UsbPrinterPort()
    with VirtualPrinter(port, FONT) as device:
        printer = EscPosPrinter(port.by_id, now=now)
        assert printer.print_job(receipt()).outcome is PrintOutcome.PRINTED
        printer.close()
    assert [ticket.text for ticket in device.tickets] == [words_of()]


def test_a_printer_that_never_answers_a_fence_ends_in_a_question_and_is_not_kept_from_printing() -> None:
    port = MemoryPort("printer", capacity=1 << 20)
    device = VirtualPrinter(port, FONT)
    device.fences = False
    with device:
        printer = EscPosPrinter(port.transport, now=now, status_timeout=0.2, fence_timeout=0.5)
        outcomes = [printer.print_job(receipt(last_line=f"编号 {number}")).outcome for number in (1, 2)]
        assert outcomes == [PrintOutcome.UNKNOWN, PrintOutcome.UNKNOWN]
        assert [ticket.text.splitlines()[-1] for ticket in device.tickets] == ["编号 1", "编号 2"]
        printer.close()


def test_a_printer_with_a_full_buffer_blocks_the_line_and_the_driver_gives_up() -> None:
    port = MemoryPort("printer", capacity=1024)
    device = VirtualPrinter(port, FONT, buffer_bytes=1024)
    device.run_out_of_paper(after_bytes=100)
    with device:
        printer = EscPosPrinter(port.transport, now=now, write_timeout=0.3, status_timeout=0.3)
        report = printer.print_job(IMAGE)
        assert report.outcome is PrintOutcome.UNKNOWN
        assert report.bytes_accepted < len(IMAGE)
        device.load_paper()
        assert printer.print_job(receipt()).outcome is PrintOutcome.PRINTED
        assert device.tickets[-1].text == words_of()
        printer.close()
