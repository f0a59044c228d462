"""UUID version 7."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.ids import uuid7, uuid7_time

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
CHANCE = st.binary(min_size=10, max_size=12)


def test_the_example_of_rfc_9562() -> None:
    chance = (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    now = datetime(2022, 2, 22, 14, 22, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert uuid7(now, chance) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(MOMENTS, CHANCE)
def test_a_key_is_a_uuid_of_version_7_that_tells_its_time(now: datetime, chance: bytes) -> None:
    key = uuid7(now, chance)
    parsed = uuid.UUID(key)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert str(parsed) == key
    assert timedelta(0) <= now - uuid7_time(key) < timedelta(milliseconds=1)


@given(MOMENTS, CHANCE, CHANCE)
def test_keys_sort_by_the_millisecond(now: datetime, one: bytes, other: bytes) -> None:
    assert uuid7(now, one) < uuid7(now + timedelta(milliseconds=1), other)


@given(MOMENTS, st.integers(0, 73))
def test_each_of_74_random_bits_makes_another_key(now: datetime, bit: int) -> None:
    used = bit if bit < 62 else bit + 6
    assert uuid7(now, bytes(10)) != uuid7(now, (1 << used).to_bytes(10, "big"))


@pytest.mark.parametrize(
    ("now", "chance", "complaint"),
    [
        (datetime(2026, 11, 23), bytes(10), "zone"),
        (datetime(1969, 12, 31, tzinfo=UTC), bytes(10), "1970"),
        (datetime(2026, 11, 23, tzinfo=UTC), bytes(9), "random"),
    ],
)
def test_what_no_key_can_be_made_of(now: datetime, chance: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        uuid7(now, chance)


def test_another_uuid_tells_no_time() -> None:
    with pytest.raises(ValueError, match="version 7"):
        uuid7_time("9b2f2c1e-8d6c-4a58-9b3b-3a8b2f1d0c4e")
