"""Frames of the keypad are the bytes of its protocol; levels are configured, never guessed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.readings import CallerKey
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame, FrameParser
from drivers.evaluator.scales import FIVE_KEYS, FOUR_KEYS, LEVEL_WORDS, RatingScale, parse_scale

FRAMES = st.builds(Frame, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=20))

VECTORS = [
    (frames.beep(5), "FF 68 02 02 68 05 03 08 16"),
    (frames.show_ticket(5, "035"), "FF 68 08 08 68 05 02 0A 0A 0A 00 03 05 2D 16"),
    (frames.show_waiting(5, 12), "FF 68 08 08 68 05 02 00 01 02 0A 0A 0A 28 16"),
    (frames.start_rating(5), "FF 68 03 03 68 05 01 0B 11 16"),
    (frames.rating(5, 0), "FF 68 03 03 68 05 11 00 16 16"),
    (frames.acknowledge_rating(frames.rating(5, 0)), "FF 68 03 03 68 05 01 00 06 16"),
]


@pytest.mark.parametrize(("frame", "expected"), VECTORS)
def test_frames_are_those_of_the_protocol(frame: Frame, expected: str) -> None:
    assert frame.to_bytes() == bytes.fromhex(expected)
    assert FrameParser().feed(bytes.fromhex(expected)) == [frame]


@given(frame=FRAMES, cuts=st.lists(st.integers(0, 30), max_size=8))
def test_a_frame_is_found_however_it_is_cut(frame: Frame, cuts: list[int]) -> None:
    data = frame.to_bytes()
    parser = FrameParser()
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert [item for start, end in pairwise(edges) for item in parser.feed(data[start:end])] == [frame]


@given(noise=st.binary(max_size=30), frame=FRAMES)
def test_a_frame_is_found_behind_any_noise(noise: bytes, frame: Frame) -> None:
    parser = FrameParser()
    assert frame in parser.feed(noise + frame.to_bytes()) + parser.flush()


@given(frame=FRAMES, flip=st.integers(1, 255))
def test_a_wrong_checksum_is_never_believed(frame: Frame, flip: int) -> None:
    data = bytearray(frame.to_bytes())
    data[-2] ^= flip
    parser = FrameParser()
    assert frame not in parser.feed(bytes(data)) + parser.flush()
    assert parser.damaged >= 1


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\x0c", CallerKey.CALL),
        (b"\x0d", CallerKey.RECALL),
        (b"\x0b", CallerKey.RATE),
        (b"\x12", CallerKey.PAUSE),
        (b"\x13", CallerKey.TRANSFER),
        (b"\x06\x0f", CallerKey.MISS),
        (b"\x00\x0f", CallerKey.HOLD),
        (b"\x03\x0f", CallerKey.TAKE_BACK),
        (b"\x55", None),
        (b"", None),
    ],
)
def test_keys_of_the_caller(data: bytes, key: CallerKey | None) -> None:
    assert frames.key_of(Frame(5, 1, data)) is key


@pytest.mark.parametrize("digits", ["35", "0350", "A03", "０３５"])
def test_a_ticket_that_does_not_fit_the_digits_is_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="three digits"):
        frames.show_ticket(5, digits)


def test_five_keys_reach_all_official_levels() -> None:
    assert [LEVEL_WORDS[level] for level in FIVE_KEYS.levels.values() if level] == [
        "非常满意",
        "满意",
        "基本满意",
        "不满意",
        "非常不满意",
    ]


def test_a_missing_key_is_no_other_key() -> None:
    with pytest.raises(ValueError, match="no key"):
        FOUR_KEYS.byte_for(5)
    assert FOUR_KEYS.levels[1] is None


def test_a_scale_with_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="no such rating level"):
        RatingScale("wrong", {0: 6})


def test_the_usual_scales_are_named_by_their_number_of_keys() -> None:
    assert parse_scale("4") is FOUR_KEYS
    assert parse_scale(" 5 ") is FIVE_KEYS


def test_a_scale_of_ones_own_is_read_key_by_key() -> None:
    assert parse_scale("0=5, 1=- 2=2,3=1").levels == {0: 5, 1: None, 2: 2, 3: 1}


@pytest.mark.parametrize(
    "words", ["", "0", "0=6 1=1", "0=4 0=1", "x=1 1=4", "256=1 1=4", "0=1 1=2", "0=4 1=5", "²=1 1=4"]
)
def test_a_scale_that_cannot_be_meant_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(ValueError, match=r"0=4 1=- 2=2 3=1|照键盘上印的字写全"):
        parse_scale(words)


@pytest.mark.parametrize("key", CallerKey)
def test_every_key_of_the_program_is_a_frame_of_the_family(key: CallerKey) -> None:
    frame = frames.key_frame(5, key)
    assert frames.key_of(frame) is key
    assert FrameParser().feed(frame.to_bytes()) == [frame]


@pytest.mark.parametrize("value", [0x0B, 0x0C, 0x12])
def test_a_rating_is_never_a_key_of_the_clerks(value: int) -> None:
    assert frames.key_of(frames.rating(5, value)) is None


def test_an_empty_number_is_six_blanks() -> None:
    assert frames.show_ticket(5, "").data == b"\x0a" * 6
