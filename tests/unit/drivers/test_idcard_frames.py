"""Frames of the card reader survive whatever a serial line does to them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.idcard import samples
from drivers.idcard.commands import OK, build_read_payload
from drivers.idcard.frames import PREAMBLE, DamagedFrame, Frame, FrameParser, Reply, build_frame, build_reply
from drivers.idcard.text_block import encode_text_block

BODIES = st.binary(min_size=2, max_size=300)


def frames_in(data: bytes, *, cuts: list[int] | None = None) -> list[Frame | DamagedFrame]:
    parser = FrameParser()
    edges = [0, *sorted(cuts or []), len(data)]
    found = [item for start, end in pairwise(edges) for item in parser.feed(data[start:end])]
    return found + parser.flush()


@given(body=BODIES, cuts=st.lists(st.integers(0, 310), max_size=20))
def test_a_frame_is_found_however_it_is_cut(body: bytes, cuts: list[int]) -> None:
    frame = build_frame(body)
    assert frames_in(frame, cuts=[min(cut, len(frame)) for cut in cuts]) == [Frame(body)]


@given(noise=st.binary(max_size=40), body=BODIES)
def test_a_frame_is_found_behind_any_noise(noise: bytes, body: bytes) -> None:
    assert Frame(body) in frames_in(noise + build_frame(body))


@given(length=st.integers(100, 4096), body=BODIES)
def test_noise_that_looks_like_a_long_frame_does_not_swallow_the_card(length: int, body: bytes) -> None:
    assert Frame(body) in frames_in(PREAMBLE + length.to_bytes(2, "big") + build_frame(body))


@given(body=BODIES)
def test_a_lost_first_byte_does_not_lose_the_card(body: bytes) -> None:
    assert frames_in(build_frame(body)[1:]) == [Frame(body)]


@given(body=BODIES, position=st.integers(0, 1000), flip=st.integers(1, 255))
def test_a_frame_with_one_wrong_byte_is_never_taken_for_right(body: bytes, position: int, flip: int) -> None:
    frame = bytearray(build_frame(body))
    frame[7 + position % (len(frame) - 7)] ^= flip
    assert Frame(body) not in frames_in(bytes(frame))


@given(first=BODIES, second=BODIES)
def test_two_frames_in_one_piece_come_out_in_order(first: bytes, second: bytes) -> None:
    assert frames_in(build_frame(first) + build_frame(second)) == [Frame(first), Frame(second)]


def test_the_frame_of_the_synthetic_card_is_the_known_one() -> None:
    frame = build_reply(OK, build_read_payload(encode_text_block(samples.RESIDENT), b""))
    assert len(frame) == 1295
    assert frame.startswith(bytes.fromhex("AAAAAA96690508000090 0100 0400"))
    assert frame[-1] == 0xFE


@pytest.mark.parametrize(
    ("status", "data", "expected"),
    [
        (0x90, b"", "0004 0000 90 94"),
        (0x9F, bytes(4), "0008 0000 9F 00000000 97"),
        (0x80, b"", "0004 0000 80 84"),
        (0x90, bytes(8), "000C 0000 90 0000000000000000 9C"),
        (0x81, b"", "0004 0000 81 85"),
        (0x41, b"", "0004 0000 41 45"),
    ],
)
def test_replies_are_those_of_the_manual(status: int, data: bytes, expected: str) -> None:
    frame = build_reply(status, data)
    assert frame == PREAMBLE + bytes.fromhex(expected)
    assert [Reply.from_frame(item) for item in frames_in(frame) if isinstance(item, Frame)] == [Reply(status, data)]


def test_a_damaged_frame_is_reported_so_that_it_can_be_asked_for_again() -> None:
    frame = build_reply(0x90)
    assert frames_in(frame[:-1] + b"\x00") == [DamagedFrame(4)]


@pytest.mark.parametrize("size", [0, 1, 5000])
def test_a_body_that_no_reader_takes_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        build_frame(bytes(size))


def test_a_frame_too_short_for_a_reply_is_none() -> None:
    assert Reply.from_frame(Frame(b"\x20\x01")) is None
