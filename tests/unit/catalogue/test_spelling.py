"""How names are written for the search, and that the readings are those that people type."""

from __future__ import annotations

import pytest

from clerk_app.domain.spelling import Sounds, folded, initials_of, split_sounds, spoken_places, written_reading
from clerk_app.services.hall.pinyin import sounds_of


def test_syllables_begin_with_a_capital_and_give_the_initials() -> None:
    assert written_reading(["shi", "pin", "k", "5"]) == "ShiPinK5"
    assert initials_of("ShiPinK5") == "spk5"


def test_punctuation_is_not_spoken() -> None:
    assert spoken_places("《食品》（新办）〇") == (1, 2, 5, 6, 8)


def test_folding_keeps_the_places() -> None:
    assert folded("ＫＴＶ（１）") == "ktv(1)"
    assert len(folded("İ字")) == len("İ字"), "its small letter would be two"


def test_sounds_survive_the_way_through_a_record() -> None:
    sounds = Sounds(("ZhongQing", "ChongQing"), "QuJu")
    assert split_sounds(sounds.pinyin) == (("ZhongQing", "ChongQing"), "QuJu")
    assert split_sounds(sounds.initials) == (("zq", "cq"), "qj")
    assert split_sounds("") == ((), "")


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("食品经营许可（新办）", ["spjyxkxb"]),
        ("银行从业人员备案", ["yhcyryba", "yxcyryba"]),
        ("重要工程调整", ["zygctz", "zygcdz"]),
        ("KTV及50间以上旅馆", ["ktvj50jyslg"]),
        ("绿化用地", ["lhyd"]),
        ("", []),
    ],
)
def test_names_have_the_initials_that_people_type(name: str, initials: list[str]) -> None:
    assert list(split_sounds(sounds_of(name).initials)[0]) == initials


@pytest.mark.parametrize("name", ["𠮷祥店设立", "㐂宴（个体）", "\ue000字", "〇"])
def test_a_character_without_a_reading_stands_for_itself(name: str) -> None:
    for reading in sounds_of(name).readings:
        assert len(initials_of(reading)) == len(spoken_places(name))
