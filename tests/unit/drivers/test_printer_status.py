"""Status bytes of the printer are believed only when they are status bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import CoverOpen, PaperOut, PrinterFault
from drivers.printer.status import AnswerSorter, PrinterStatus


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ((0x12, 0x12, 0x12), None),
        ((0x12, 0x12, 0x1E), None),
        ((0x1A, 0x16, 0x12), CoverOpen),
        ((0x1A, 0x32, 0x7E), PaperOut),
        ((0x12, 0x12, 0x72), PaperOut),
        ((0x1A, 0x36, 0x72), CoverOpen),
        ((0x1A, 0x52, 0x12), PrinterFault),
        ((0x1A, 0x12, 0x12), PrinterFault),
    ],
)
def test_what_keeps_the_printer_from_printing(
    answers: tuple[int, int, int], problem: type[PrinterFault] | None
) -> None:
    found = PrinterStatus.from_bytes(*answers).problem()
    assert (type(found) if found else None) is problem


def test_near_end_is_no_problem_but_known() -> None:
    assert PrinterStatus.from_bytes(0x12, 0x12, 0x1E).near_end
    assert not PrinterStatus.from_bytes(0x12, 0x12, 0x12).near_end


@given(noise=st.binary(max_size=50).map(lambda data: bytes(b for b in data if b & 0x93 not in (0x10, 0x12))))
def test_noise_is_never_a_status(noise: bytes) -> None:
    sorter = AnswerSorter()
    sorter.feed(noise + b"\x12")
    assert sorter.statuses == [0x12]


def test_messages_that_the_printer_sends_by_itself_are_no_fence() -> None:
    sorter = AnswerSorter()
    sorter.feed(b"\x10\x00\x00\x0f")
    sorter.feed(b"\x14\x00")
    assert sorter.fences == []
    sorter.feed(b"\x00\x0f\x03")
    assert sorter.fences == [0x03]
