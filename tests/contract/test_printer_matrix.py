"""The fault matrix of the receipt printer, on a clock that only waiting moves on; the documentation has its tables."""

from __future__ import annotations

import os
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.readings import PrintOutcome
from drivers.base.transport import ByteTransport
from drivers.printer.escpos import EscPosPrinter
from drivers.printer.samples import receipt
from support import printer_matrix
from support.lines import FakeTime, now
from support.printer_matrix import FAULTS, JOB, KINDS, LONGEST

PAGE = Path(__file__).parents[2] / "docs/devices/printers.md"
BEGIN, END = "<!-- fault matrix: begin -->\n", "<!-- fault matrix: end -->\n"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_nothing_untrue_is_said_and_the_next_job_is_whole(fault: str, kind: str) -> None:
    printing = printer_matrix.play(fault, kind)
    report = printing.report
    if report.cause is not None:
        assert "请" in report.advice or "装好纸" in report.advice or "合好" in report.advice
    if kind in ("no fence", "one way"):
        assert report.outcome is not PrintOutcome.PRINTED


def test_the_plug_may_be_pulled_at_any_byte() -> None:
    whole = printer_matrix.dialogue_bytes()
    assert whole > len(JOB)
    for offset in range(1, whole + 1):
        outcome = printer_matrix.unplugged_at(offset).report.outcome
        assert outcome in (PrintOutcome.REFUSED, PrintOutcome.UNKNOWN), offset
        printer_matrix.cable_pulled_at(offset)


def test_the_roll_may_end_and_the_cover_may_open_at_any_byte_of_a_job() -> None:
    for offset in range(1, len(JOB)):
        report = printer_matrix.paper_out_at(offset).report
        assert report.outcome in (PrintOutcome.UNKNOWN, PrintOutcome.REFUSED), offset
        assert report.word == "paper_out"
        report = printer_matrix.cover_at(offset).report
        assert report.outcome in (PrintOutcome.UNKNOWN, PrintOutcome.REFUSED), offset
        assert report.word == "cover_open"


class BabblingLine(ByteTransport):
    """Says whatever it is told to say, whoever asks whatever; keeps what it was sent."""

    def __init__(self, time: FakeTime, words: list[bytes]) -> None:
        super().__init__("babble")
        self._time = time
        self._words = cycle(words)
        self.sent = bytearray()

    is_open = True

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, timeout: float) -> bytes:
        # a port that is looked into without waiting is empty sooner or later
        self._time.seconds += max(0.001, timeout / 2)
        return next(self._words) if timeout else b""

    def write(self, data: bytes, timeout: float) -> None:
        self.sent += data


PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"\x12", b"\x12\x12\x12", b"\x00", b"\x16", b"\x1a", b"\x32", b"\x10\x00\x00\x00", b"\x93", b""]),
)


@given(words=st.lists(PIECES, min_size=1, max_size=8))
def test_whatever_a_line_babbles_a_report_comes_out_and_in_time(words: list[bytes]) -> None:
    time = FakeTime()
    line = BabblingLine(time, words)
    printer = EscPosPrinter(lambda: line, now=now, monotonic=time.monotonic)
    report = printer.print_job(receipt())
    assert time.seconds <= LONGEST
    # what has no valid status in it never lets a job out
    if not any(value & 0x93 == 0x12 for value in b"".join(words)):
        assert report.outcome is PrintOutcome.REFUSED
        assert receipt()[:20] not in line.sent


def test_the_tables_of_the_documentation_are_what_is_played() -> None:
    """``CLERK_WRITE_DOCS=1`` writes them anew."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    wanted = before + BEGIN + printer_matrix.table() + "\n" + END + after
    if os.environ.get("CLERK_WRITE_DOCS"):
        PAGE.write_text(wanted, encoding="utf-8")
        page = wanted
    assert page == wanted, "run this test with CLERK_WRITE_DOCS=1 and read what changed"
