"""What is said of an A4 sheet: printed, refused or unknown, over a CUPS socket and over TCP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from drivers.base.health import HealthState
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.printer.page import IppPagePrinter, PageTarget
from support.ipp_printer import ABORTED, CANCELED, PENDING, PROCESSING, STOPPED, IppServer, Queue

PDF = b"%PDF-1.4\n\x03\x00 synthetic\n%%EOF\n"
TITLE = "受理通知书 明市监受〔2026〕12-0032 号"
Open = Callable[..., IppPagePrinter]


class Ticks:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def pause(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def server() -> Iterator[IppServer]:
    with IppServer() as server:
        server.queues["Hall_A4"] = Queue()
        server.default = "Hall_A4"
        yield server


@pytest.fixture(params=["cups", "network"])
def open_printer(request: pytest.FixtureRequest, server: IppServer) -> Open:
    def make(queue: str = "Hall_A4") -> IppPagePrinter:
        ticks = Ticks()
        target = PageTarget(queue=queue) if request.param == "cups" else PageTarget(address=server.address(queue))
        return IppPagePrinter(
            target,
            now=lambda: datetime.now(UTC),
            cups_socket=server.socket_path,
            monotonic=ticks.monotonic,
            pause=ticks.pause,
        )

    return make


def default_printer(server: IppServer) -> IppPagePrinter:
    return IppPagePrinter(PageTarget(), now=lambda: datetime.now(UTC), cups_socket=server.socket_path)


def network_printer(server: IppServer) -> IppPagePrinter:
    return IppPagePrinter(PageTarget(address=server.address("Hall_A4")), now=lambda: datetime.now(UTC))


def print_once(printer: IppPagePrinter) -> PrintReport:
    return printer.print_pdf(PDF, 1, TITLE)


def test_a_finished_job_is_printed_one_sided_in_natural_size(server: IppServer, open_printer: Open) -> None:
    printer = open_printer()
    report = print_once(printer)
    assert (report.outcome, report.advice) == (PrintOutcome.PRINTED, "")
    (job,) = server.jobs
    assert job.document == PDF
    assert job.attributes["job-name"] == [TITLE]
    assert job.attributes["copies"] == [1]
    assert job.attributes["sides"] == ["one-sided"]
    assert job.attributes["media"] == ["iso_a4_210x297mm"]
    assert job.attributes["print-scaling"] == ["none"]
    assert printer.health().state is HealthState.READY


@pytest.mark.parametrize(
    ("reasons", "state", "word"),
    [
        (["media-empty-error"], HealthState.NEEDS_PAPER, "缺纸"),
        (["toner-low-warning", "media-jam-error"], HealthState.FAULTY, "卡纸"),
        (["cover-open"], HealthState.FAULTY, "盖子"),
        (["offline-report"], HealthState.ABSENT, "没有联机"),
    ],
)
def test_a_network_printer_that_cannot_print_gets_nothing(
    reasons: list[str], state: HealthState, word: str, server: IppServer
) -> None:
    server.queues["Hall_A4"].reasons = reasons
    printer = network_printer(server)
    report = print_once(printer)
    assert report.outcome is PrintOutcome.REFUSED
    assert word in report.advice
    assert server.jobs == []
    assert printer.health().state is state
    server.queues["Hall_A4"].reasons = ["none"]
    assert print_once(printer).outcome is PrintOutcome.PRINTED


def test_what_cups_remembers_of_the_last_job_does_not_stop_the_next(server: IppServer) -> None:
    server.queues["Hall_A4"].reasons = ["media-empty-error"]
    printer = default_printer(server)
    assert printer.probe().state is HealthState.NEEDS_PAPER
    assert print_once(printer).outcome is PrintOutcome.PRINTED
    assert printer.health().state is HealthState.READY


@pytest.mark.parametrize("queue", [Queue(state=STOPPED), Queue(accepting=False), Queue(reasons=["paused"])])
def test_a_paused_queue_gets_nothing(queue: Queue, server: IppServer, open_printer: Open) -> None:
    server.queues["Hall_A4"] = queue
    report = print_once(open_printer())
    assert report.outcome is PrintOutcome.REFUSED
    assert "暂停" in report.advice
    assert server.jobs == []


@pytest.mark.parametrize("reasons", [["toner-low-warning"], ["media-empty-warning"], ["none"], []])
def test_a_mere_warning_does_not_stop_the_printing(reasons: list[str], server: IppServer, open_printer: Open) -> None:
    server.queues["Hall_A4"].reasons = reasons
    assert print_once(open_printer()).outcome is PrintOutcome.PRINTED


def test_paper_out_in_the_middle_is_cancelled_and_asked_about(server: IppServer, open_printer: Open) -> None:
    server.queues["Hall_A4"] = Queue(job_states=[PROCESSING], reasons_after=["media-empty-error"])
    printer = open_printer()
    report = print_once(printer)
    assert report.outcome is PrintOutcome.UNKNOWN
    assert report.advice == "A4 打印机缺纸。A4 打印机没有把这张打完，剩下的已取消。请看出纸口"
    assert server.cancelled == [1]
    assert printer.health().state is HealthState.NEEDS_PAPER


def test_a_completed_job_is_not_called_printed_while_the_printer_complains(
    server: IppServer, open_printer: Open
) -> None:
    server.queues["Hall_A4"] = Queue(reasons_after=["media-jam-error"])
    report = print_once(open_printer())
    assert report.outcome is PrintOutcome.UNKNOWN
    assert "卡纸" in report.advice


@pytest.mark.parametrize("end", [ABORTED, CANCELED])
def test_a_job_that_ended_badly_after_it_began_is_unknown(end: int, server: IppServer, open_printer: Open) -> None:
    server.queues["Hall_A4"] = Queue(job_states=[PROCESSING, end])
    assert print_once(open_printer()).outcome is PrintOutcome.UNKNOWN


def test_a_job_that_never_began_is_cancelled_and_may_be_sent_again(server: IppServer, open_printer: Open) -> None:
    server.queues["Hall_A4"] = Queue(job_states=[PENDING])
    printer = open_printer()
    report = print_once(printer)
    assert report.outcome is PrintOutcome.REFUSED
    assert "没有开始打，已取消" in report.advice
    assert server.cancelled == [1]
    server.queues["Hall_A4"] = Queue()
    assert print_once(printer).outcome is PrintOutcome.PRINTED


def test_a_job_that_is_not_taken_is_refused(server: IppServer, open_printer: Open) -> None:
    server.queues["Hall_A4"].takes = False
    report = print_once(open_printer())
    assert report.outcome is PrintOutcome.REFUSED
    assert "没有收下" in report.advice


def test_a_line_that_breaks_behind_the_document_leaves_the_outcome_unknown(
    server: IppServer, open_printer: Open
) -> None:
    server.queues["Hall_A4"].hangs_up = True
    report = print_once(open_printer())
    assert report.outcome is PrintOutcome.UNKNOWN
    assert "请看出纸口" in report.advice


def test_nonsense_for_an_answer_is_a_refusal_not_a_crash(server: IppServer, open_printer: Open) -> None:
    server.broken = True
    printer = open_printer()
    assert print_once(printer).outcome is PrintOutcome.REFUSED
    assert printer.probe().state is HealthState.FAULTY


def test_a_printer_that_is_not_there_is_named(open_printer: Open) -> None:
    printer = open_printer("Other")
    report = print_once(printer)
    assert report.outcome is PrintOutcome.REFUSED
    assert report.advice.startswith("没有名叫“")
    assert printer.health().state is HealthState.ABSENT


def test_auto_takes_the_default_printer(server: IppServer) -> None:
    server.queues["Other"] = Queue()
    printer = default_printer(server)
    assert printer.probe().state is HealthState.READY
    assert printer.name == "Hall_A4"


def test_auto_takes_the_only_printer_where_none_is_the_default(server: IppServer) -> None:
    server.default = None
    printer = default_printer(server)
    assert print_once(printer).outcome is PrintOutcome.PRINTED
    assert printer.name == "Hall_A4"


def test_auto_does_not_choose_among_several(server: IppServer) -> None:
    server.default = None
    server.queues["Other"] = Queue()
    report = print_once(default_printer(server))
    assert report.outcome is PrintOutcome.REFUSED
    assert "装了 2 台打印机，没有设默认的" in report.advice
    assert server.jobs == []


def test_auto_without_any_printer_says_what_to_do(server: IppServer) -> None:
    server.default = None
    server.queues.clear()
    printer = default_printer(server)
    assert "没有装 A4 打印机" in print_once(printer).advice
    assert printer.health().state is HealthState.ABSENT


def test_without_cups_nothing_is_sent() -> None:
    printer = IppPagePrinter(PageTarget(), now=lambda: datetime.now(UTC), cups_socket="/nowhere/cups.sock")
    report = print_once(printer)
    assert report.outcome is PrintOutcome.REFUSED
    assert "没有打印系统" in report.advice


def test_a_printer_that_is_switched_off_is_away() -> None:
    with IppServer() as gone:
        address = gone.address("Hall_A4")
    printer = IppPagePrinter(PageTarget(address=address), now=lambda: datetime.now(UTC))
    report = print_once(printer)
    assert report.outcome is PrintOutcome.REFUSED
    assert "没有联机" in report.advice
    assert printer.health().state is HealthState.ABSENT
