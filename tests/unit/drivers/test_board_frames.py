"""Frames of the LED strips are the bytes of published senders; what GBK lacks is refused."""

from __future__ import annotations

from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import Unprintable
from drivers.base.simports import MemoryPort
from drivers.board.frames import LONGEST, signs, sum_frame, xor_frame
from drivers.board.simulator import BoardSimulator

CALL = "请A035到3号窗口"
GBK = st.text(st.characters(codec="gbk", exclude_categories=["C", "Z"]), min_size=1, max_size=LONGEST // 2)


def test_the_sum_type_is_the_published_frame() -> None:
    assert sum_frame(3, CALL) == bytes.fromhex(
        "AA 03 BB 51 54 A8 01 00 99 00 63 C7EB 41303335 B5BD 33 BAC5 B4B0 BFDA FF"
    )


def test_the_xor_type_has_a_zero_after_each_sign_its_length_and_its_check() -> None:
    frame = xor_frame(3, "请A")
    assert frame[:-1] == bytes.fromhex("A0 90 03 A5 00 05 C7EB 00 41 00")
    assert frame[-1] == reduce(xor, frame[:-1])


@pytest.mark.parametrize("text", ["𠮷", "䶮", "\ue863", "A035\n", "\x00", "€uro€", "ᠮᠣᠩ"])
def test_what_gbk_lacks_is_refused_whole(text: str) -> None:
    with pytest.raises(Unprintable):
        signs(f"请{text}到3号窗口")


def test_a_line_that_is_too_long_is_not_cut() -> None:
    assert len(b"".join(signs("号" * (LONGEST // 2)))) == LONGEST
    with pytest.raises(Unprintable) as caught:
        signs("号" * (LONGEST // 2) + "A")
    assert "太长" in caught.value.advice


@given(text=GBK, address=st.integers(0, 255), as_xor=st.booleans())
def test_whatever_gbk_holds_arrives_as_it_is(text: str, address: int, as_xor: bool) -> None:
    frame = (xor_frame if as_xor else sum_frame)(address, text)
    strip = BoardSimulator(MemoryPort())
    for value in frame:
        strip.receive(bytes([value]))
    assert strip.shown == {address: text}


@given(text=GBK, at=st.integers(0, 400), flip=st.integers(1, 255))
def test_a_damaged_frame_never_shows_another_line_of_the_same_length(text: str, at: int, flip: int) -> None:
    frame = bytearray(sum_frame(3, text))
    place = 11 + at % (len(frame) - 12)
    if frame[place] ^ flip == 0xFF:
        return
    frame[place] ^= flip
    strip = BoardSimulator(MemoryPort())
    strip.receive(bytes(frame))
    assert strip.shown == {}
    assert strip.damaged == 1
