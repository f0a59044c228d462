"""What the hall hears of a call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.spoken import CLIPS, Reading, counted, sentence_clips, sentence_text


def words(clips: tuple[str, ...]) -> str:
    return "".join(CLIPS[clip] for clip in clips)


@pytest.mark.parametrize(
    ("number", "window", "said"),
    [
        ("A047", "12", "请A零四七号到十二号窗口"),
        ("Q308", "1", "请Q三零八号到一号窗口"),
        ("A1000", "20", "请A一零零零号到二十号窗口"),
        ("爱心012", "9", "请爱心号零一二号到九号窗口"),
        ("应急003", "110", "请应急号零零三号到一百一十号窗口"),
        ("B-7", "A08", "请B杠七号到A八号窗口"),
        ("ａ０４７", "１２号窗口", "请A零四七号到十二号窗口"),
    ],
)
def test_a_call_is_read_as_people_in_a_hall_read_it(number: str, window: str, said: str) -> None:
    assert words(sentence_clips(number, window)) == said
    assert sentence_text(number, window) == said


def test_a_recall_says_that_it_is_one() -> None:
    assert words(sentence_clips("A047", "12", recall=True)) == "再次请A零四七号到十二号窗口"


def test_the_house_may_say_yao_and_name_the_purpose() -> None:
    said = sentence_clips("A110", "11", reading=Reading(yao=True, purpose=True))
    assert words(said) == "请A幺幺零号到十一号窗口办理"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (64, "六十四"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (111, "一百一十一"),
        (250, "二百五十"),
        (999, "九百九十九"),
    ],
)
def test_numbers_of_windows_are_counted(value: int, said: str) -> None:
    assert words(counted(value)) == said


@given(st.integers(0, 999))
def test_a_counted_number_means_its_value(value: int) -> None:
    total, figure = 0, 0
    for word in words(counted(value)):
        if word in "十百":
            total += max(figure, 1) * (10 if word == "十" else 100)
            figure = 0
        else:
            figure = "零一二三四五六七八九".index(word)
    assert total + figure == value


def test_third_tones_rise_before_third_tones_and_only_there() -> None:
    assert sentence_clips("955", "5")[:4] == ("please-rising", "digit-9-rising", "digit-5-rising", "digit-5")
    assert sentence_clips("A5", "55")[-5:] == ("go-to", "digit-5", "ten", "digit-5", "number-window")
    assert sentence_clips("A1", "550")[-5:-1] == ("digit-5-rising", "hundred-rising", "digit-5", "ten")
    assert sentence_clips("A1", "105")[-5:-1] == ("digit-1-falling", "hundred", "digit-0", "digit-5")
    assert sentence_clips("5", "1", recall=True)[0] == "again-please-rising"


def test_what_has_no_clip_is_left_to_a_voice_that_reads() -> None:
    for number, window in (("王1", "1"), ("A1", "东1"), ("", "1"), ("A1", ""), ("爱心", "1")):
        assert sentence_clips(number, window) == ()
    assert sentence_text("王1", "3") == "请王1号到3号窗口"
    assert sentence_text("王1", "3", recall=True, reading=Reading(purpose=True)) == "再次请王1号到3号窗口办理"


@given(st.text(max_size=8), st.text(max_size=5), st.booleans())
def test_any_text_gives_known_clips_or_none(number: str, window: str, recall: bool) -> None:
    assert set(sentence_clips(number, window, recall=recall)) <= set(CLIPS)
