"""Where a job may be parted, how many lines it has, and which of its bytes are personal data."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.base.trace import hex_text
from drivers.printer.jobs import lines_in, parted, personal_spans, within
from drivers.printer.samples import NAME, receipt

JOB = receipt(3, image_rows=4)


def test_lines_of_text_and_pictures_are_counted_up_to_a_byte() -> None:
    assert lines_in(JOB) == 7
    assert lines_in(JOB, 0) == 0
    assert lines_in(JOB, JOB.index(b"\n") + 1) == 1
    assert lines_in(JOB, JOB.index(b"\n")) == 0


@given(job=st.binary(max_size=600), most=st.integers(1, 200))
def test_pieces_cover_a_job_without_gap_and_end_behind_lines_where_they_can(job: bytes, most: int) -> None:
    pieces = parted(job, most)
    ends = [end for end, _ in pieces]
    assert ends == sorted(set(ends))
    assert (ends[-1] if ends else 0) == len(job)
    assert all(after - before <= most for before, after in zip([0, *ends], ends, strict=False))


def test_a_piece_ends_behind_a_line_and_never_inside_a_picture_that_fits() -> None:
    for most in range(210, 300):
        for end, whole in parted(JOB, most):
            assert whole or end == len(JOB)
            assert end == len(JOB) or JOB[end - 1 : end] == b"\n" or JOB[end - 192 - 8 : end - 192 - 4] == b"\x1dv0\x00"


def test_what_is_printed_is_masked_and_commands_stay_readable() -> None:
    told = hex_text(JOB, personal_spans(JOB))
    assert told.startswith("1B 40 1C 26 [")
    assert "1D 76 30 00 30 00 04 00 [216 字节已遮]" in told
    assert NAME.encode("gbk").hex(" ").upper() not in told
    assert told.endswith("1D 56 00")


@given(cuts=st.lists(st.integers(0, len(JOB)), max_size=6))
def test_however_a_job_is_cut_no_printed_byte_is_told(cuts: list[int]) -> None:
    spans = personal_spans(JOB)
    hidden = sum(span.end - span.start for span in spans)
    places = sorted({0, len(JOB), *cuts})
    shown = 0
    for start, end in pairwise(places):
        shown += (end - start) - sum(span.end - span.start for span in within(spans, start, end))
    assert shown == len(JOB) - hidden


def test_a_job_that_asks_for_status_is_masked_whole() -> None:
    job = b"\x10\x04\x01" + "张三".encode("gbk")
    assert [(span.start, span.end) for span in personal_spans(job)] == [(0, len(job))]
