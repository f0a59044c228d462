"""One contract for the receipt printer's driver: in memory, and the same over a serial device (pty) and over TCP.

What a clerk relies on: "printed" is said only when the paper is complete, nothing is sent to a printer that cannot
print, and nothing is ever printed twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from drivers.base.health import HealthState
from drivers.base.readings import PrintOutcome
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort, TcpPort
from drivers.printer.escpos import EscPosPrinter
from drivers.printer.virtual import VirtualPrinter
from support.lines import FONT, now
from support.server import eventually

CUT = b"\x1dV\x00"
RECEIPT = b"\x1b@\x1c&" + "收件凭证\n编号 MH-12-20261123-0031\n".encode("gbk") + CUT
LONG_RECEIPT = b"\x1b@\x1c&" + "材料 1 申请书\n".encode("gbk") * 40 + CUT
IMAGE_RECEIPT = b"\x1b@\x1dv0\x00" + (72).to_bytes(2, "little") + (200).to_bytes(2, "little") + b"\xaa" * 14400 + CUT
PATIENCE = 20.0


class TestPrinterInMemory:
    def make_port(self) -> SimulatedPort:
        return MemoryPort("printer", capacity=4096)

    @pytest.fixture
    def port(self) -> SimulatedPort:
        return self.make_port()

    @pytest.fixture
    def device(self, port: SimulatedPort) -> Iterator[VirtualPrinter]:
        device = VirtualPrinter(port, FONT)
        with device:
            yield device
        assert list(device.errors) == []

    @pytest.fixture
    def printer(self, device: VirtualPrinter, port: SimulatedPort) -> Iterator[EscPosPrinter]:
        printer = EscPosPrinter(port.transport, now=now)
        yield printer
        printer.close()

    @pytest.fixture
    def hasty(self, device: VirtualPrinter, port: SimulatedPort) -> Iterator[EscPosPrinter]:
        """For printers that will never answer: waits less."""
        printer = EscPosPrinter(port.transport, now=now, write_timeout=0.5, status_timeout=0.3, fence_timeout=1.0)
        yield printer
        printer.close()

    def test_a_job_is_printed_once_and_whole(self, device: VirtualPrinter, printer: EscPosPrinter) -> None:
        report = printer.print_job(RECEIPT)
        assert report.outcome is PrintOutcome.PRINTED
        assert report.bytes_accepted == len(RECEIPT)
        assert [ticket.text for ticket in device.tickets] == ["收件凭证\n编号 MH-12-20261123-0031"]
        assert device.complaints == []
        assert printer.health().state is HealthState.READY

    def test_a_long_image_is_printed(self, device: VirtualPrinter, printer: EscPosPrinter) -> None:
        assert printer.print_job(IMAGE_RECEIPT).outcome is PrintOutcome.PRINTED
        assert [(ticket.images, ticket.image.height) for ticket in device.tickets] == [(1, 200)]

    def test_a_slow_printer_is_waited_for(self, device: VirtualPrinter, printer: EscPosPrinter) -> None:
        device.set_slow(400.0)
        assert printer.print_job(LONG_RECEIPT).outcome is PrintOutcome.PRINTED
        assert len(device.tickets) == 1

    @pytest.mark.parametrize(
        ("break_it", "word", "state"),
        [
            (lambda device: device.run_out_of_paper(), "paper_out", HealthState.NEEDS_PAPER),
            (lambda device: device.set_cover(True), "cover_open", HealthState.FAULTY),
        ],
        ids=["paper", "cover"],
    )
    def test_a_printer_that_cannot_print_is_sent_nothing(
        self,
        device: VirtualPrinter,
        printer: EscPosPrinter,
        break_it: Callable[[VirtualPrinter], None],
        word: str,
        state: HealthState,
    ) -> None:
        break_it(device)
        report = printer.print_job(RECEIPT)
        assert (report.outcome, report.word, report.bytes_accepted) == (PrintOutcome.REFUSED, word, 0)
        assert "小票打印机" in report.advice
        assert device.job_bytes == 0
        assert printer.health().state is state
        device.load_paper()
        device.set_cover(False)
        assert printer.print_job(RECEIPT).outcome is PrintOutcome.PRINTED
        assert len(device.tickets) == 1

    def test_paper_out_in_mid_job_is_unknown_and_asks_the_clerk(
        self, device: VirtualPrinter, printer: EscPosPrinter
    ) -> None:
        device.run_out_of_paper(after_bytes=200)
        report = printer.print_job(LONG_RECEIPT)
        assert (report.outcome, report.word) == (PrintOutcome.UNKNOWN, "paper_out")
        assert report.advice == "小票打印机缺纸，小票可能没打完。请看吐出来的纸，再选是否重打"
        assert printer.health().state is HealthState.NEEDS_PAPER
        assert device.tickets == []

    def test_cover_opened_in_mid_job_is_unknown(self, device: VirtualPrinter, printer: EscPosPrinter) -> None:
        device.when_carried_out(100, lambda: device.set_cover(True))
        report = printer.print_job(LONG_RECEIPT)
        assert (report.outcome, report.word) == (PrintOutcome.UNKNOWN, "cover_open")

    def test_after_new_paper_the_old_jobs_answer_is_not_taken_for_the_new_ones(
        self, device: VirtualPrinter, printer: EscPosPrinter
    ) -> None:
        device.run_out_of_paper(after_bytes=200)
        assert printer.print_job(LONG_RECEIPT).outcome is PrintOutcome.UNKNOWN
        # the printer now works off what it holds, slowly, and answers the first job's fence only then
        device.set_slow(600.0)
        device.load_paper()
        report = printer.print_job(RECEIPT)
        finished = [ticket.text for ticket in device.tickets]
        assert report.outcome is PrintOutcome.PRINTED
        assert finished[-1] == "收件凭证\n编号 MH-12-20261123-0031"
        assert len(finished) == 2

    def test_a_job_stuck_in_mid_image_does_not_spoil_the_next_one(
        self, device: VirtualPrinter, port: SimulatedPort
    ) -> None:
        device.run_out_of_paper(after_bytes=20)
        printer = EscPosPrinter(port.transport, now=now, write_timeout=0.5, status_timeout=0.5, fence_timeout=2.0)
        assert printer.print_job(IMAGE_RECEIPT + RECEIPT).outcome is PrintOutcome.UNKNOWN
        device.load_paper()
        assert printer.print_job(RECEIPT).outcome is PrintOutcome.PRINTED
        assert device.tickets[-1].text == "收件凭证\n编号 MH-12-20261123-0031"
        printer.close()

    def test_what_another_program_left_in_mid_image_does_not_spoil_the_first_job(
        self, device: VirtualPrinter, port: SimulatedPort, printer: EscPosPrinter
    ) -> None:
        died = port.transport(115200)
        died.open()
        died.write(IMAGE_RECEIPT[:400], 2.0)
        eventually(lambda: len(device.received) >= 400)
        died.close()
        assert printer.print_job(RECEIPT).outcome is PrintOutcome.PRINTED
        (ticket,) = device.tickets
        assert ticket.text == "收件凭证\n编号 MH-12-20261123-0031"
        assert device.complaints == []

    def test_a_silent_printer_is_never_believed(self, device: VirtualPrinter, hasty: EscPosPrinter) -> None:
        device.set_silent(True)
        report = hasty.print_job(RECEIPT)
        assert (report.outcome, report.word) == (PrintOutcome.REFUSED, "silent")
        assert device.job_bytes == 0
        assert hasty.health().state is HealthState.FAULTY

    def test_a_printer_that_falls_silent_in_mid_job_is_unknown_and_not_asked_to_print_again(
        self, device: VirtualPrinter, hasty: EscPosPrinter
    ) -> None:
        device.when_carried_out(100, lambda: device.set_silent(True))
        report = hasty.print_job(LONG_RECEIPT)
        assert report.outcome is PrintOutcome.UNKNOWN
        assert "没有回话" in report.advice
        assert len(device.wait_for_tickets(1, PATIENCE)) == 1

    def test_a_cable_pulled_in_mid_job_is_unknown_and_the_printer_comes_back(
        self, device: VirtualPrinter, printer: EscPosPrinter
    ) -> None:
        device.when_carried_out(100, device.unplug)
        report = printer.print_job(LONG_RECEIPT)
        assert (report.outcome, report.word) == (PrintOutcome.UNKNOWN, "not_connected")
        assert "断开" in report.advice
        assert printer.health().state is HealthState.ABSENT
        device.power_cycle()
        device.replug()
        assert printer.print_job(RECEIPT).outcome is PrintOutcome.PRINTED
        assert device.tickets[-1].text.endswith("收件凭证\n编号 MH-12-20261123-0031")

    def test_a_printer_that_is_not_there_is_refused_and_found_later(
        self, device: VirtualPrinter, printer: EscPosPrinter
    ) -> None:
        device.unplug()
        report = printer.print_job(RECEIPT)
        assert (report.outcome, report.word) == (PrintOutcome.REFUSED, "not_connected")
        assert "没有连上" in report.advice
        assert printer.probe().state is HealthState.ABSENT
        device.replug()
        assert printer.probe().state is HealthState.READY
        assert printer.print_job(RECEIPT).outcome is PrintOutcome.PRINTED

    def test_paper_that_comes_to_its_end_is_told_while_it_still_prints(
        self, device: VirtualPrinter, printer: EscPosPrinter
    ) -> None:
        device.set_near_end(True)
        report = printer.print_job(RECEIPT)
        assert report.outcome is PrintOutcome.PRINTED
        assert "快用完" in report.advice
        assert (printer.health().state, printer.health().word) == (HealthState.READY, "paper_near_end")

    def test_a_one_way_cable_never_claims_a_printed_receipt(self, device: VirtualPrinter, port: SimulatedPort) -> None:
        printer = EscPosPrinter(port.transport, now=now, answers=False)
        report = printer.print_job(RECEIPT)
        assert report.outcome is PrintOutcome.SENT
        assert "看一眼" in report.advice
        assert len(device.wait_for_tickets(1, PATIENCE)) == 1
        printer.close()


class TestPrinterOverTcp(TestPrinterInMemory):
    """The same contract over a network printer's port."""

    def make_port(self) -> SimulatedPort:
        return TcpPort()


if os.name == "posix":

    class TestPrinterOverSerial(TestPrinterInMemory):
        """The same contract with pyserial in between."""

        def make_port(self) -> SimulatedPort:
            return PtyPort("printer")


def test_a_printer_with_a_full_buffer_blocks_the_line_and_the_driver_gives_up() -> None:
    port = MemoryPort("printer", capacity=1024)
    device = VirtualPrinter(port, FONT, buffer_bytes=1024)
    device.run_out_of_paper(after_bytes=100)
    with device:
        printer = EscPosPrinter(port.transport, now=now, write_timeout=0.3, status_timeout=0.3)
        report = printer.print_job(IMAGE_RECEIPT)
        assert report.outcome is PrintOutcome.UNKNOWN
        assert report.bytes_accepted < len(IMAGE_RECEIPT)
        device.load_paper()
        assert printer.print_job(RECEIPT).outcome is PrintOutcome.PRINTED
        assert device.tickets[-1].text.endswith("编号 MH-12-20261123-0031")
        printer.close()
