"""Stored moments sort as time does and come back in Beijing time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from db.types import Json, Moment

DIALECT = sqlite.dialect()
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    moment = Moment()
    stored = [moment.process_bind_param(value, DIALECT) for value in (one, other)]
    assert (stored[0] < stored[1]) == (one < other)


@given(MOMENTS)
def test_moments_come_back_the_same_in_beijing_time(value: datetime) -> None:
    moment = Moment()
    back = moment.process_result_value(moment.process_bind_param(value, DIALECT), DIALECT)
    assert back is not None
    assert back == value
    assert back.utcoffset() is not None
    assert str(back.tzinfo) == "Asia/Shanghai"


def test_a_moment_of_another_zone_is_the_same_instant() -> None:
    tokyo = datetime(2026, 11, 23, 11, 0, tzinfo=timezone(timedelta(hours=9)))
    assert Moment().process_bind_param(tokyo, DIALECT) == "2026-11-23T02:00:00.000000Z"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 11, 23), DIALECT)


def test_json_text_is_the_same_for_the_same_content() -> None:
    assert Json().process_bind_param({"b": "名", "a": [1]}, DIALECT) == '{"a":[1],"b":"名"}'
