"""好差评 levels and one rating per visit and stage."""

from __future__ import annotations

import pytest

from clerk_app.domain.errors import Conflict, Rejected
from clerk_app.domain.rating import RatingLevel, RatingStage, expect_first, level_from_stars, rating_level


def test_five_levels_in_the_order_of_the_standard() -> None:
    assert {level.value: level.label for level in RatingLevel} == {
        1: "非常满意",
        2: "满意",
        3: "基本满意",
        4: "不满意",
        5: "非常不满意",
    }


def test_the_last_two_levels_are_bad() -> None:
    assert [level.value for level in RatingLevel if level.is_bad] == [4, 5]


@pytest.mark.parametrize("level", list(RatingLevel))
def test_stars_count_the_other_way_round(level: RatingLevel) -> None:
    assert level.stars + level.value == 6
    assert level_from_stars(level.stars) is level


@pytest.mark.parametrize("value", [0, 6, -1])
def test_there_is_no_other_level(value: int) -> None:
    for read in (rating_level, level_from_stars):
        with pytest.raises(Rejected) as refusal:
            read(value)
        assert refusal.value.field == "level"


def test_a_known_level_is_read() -> None:
    assert rating_level(5) is RatingLevel.VERY_DISSATISFIED


def test_a_visit_is_rated_once_at_each_stage() -> None:
    expect_first(RatingStage.ACCEPTANCE, [])
    expect_first(RatingStage.ISSUE, [RatingStage.ACCEPTANCE])
    with pytest.raises(Conflict, match="一次来访只评一次"):
        expect_first(RatingStage.ISSUE, [RatingStage.ACCEPTANCE, RatingStage.ISSUE])
