"""The generator: same seed, same catalogue; sound records; readings that pypinyin would give."""

from __future__ import annotations

from random import Random

import pytest

from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.domain.matter_codes import remarks_on_code
from clerk_app.domain.spelling import split_sounds
from clerk_app.domain.synthetic import most_matters, synthetic_catalogue
from clerk_app.services.hall.pinyin import sounds_of


def test_the_seed_decides() -> None:
    one, same, other = (list(synthetic_catalogue(40, Random(seed))) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_names_and_codes_are_all_different_at_full_size() -> None:
    records = list(synthetic_catalogue(50_000, Random(7)))
    assert len({record["code"] for record in records}) == len({record["name"] for record in records}) == 50_000
    assert {len(record["code"]) for record in records} <= set(range(23, 56))
    assert sum("materials" in record for record in records) == 1_000


def test_records_are_sound() -> None:
    records = list(synthetic_catalogue(300, Random(3), detailed=30))
    matters = [read_matter(record) for record in records]
    assert [bool(matter.materials) for matter in matters] == [True] * 30 + [False] * 270
    assert all(matter.situations for matter in matters[:30])


def test_the_sounds_are_those_of_an_import() -> None:
    for record in synthetic_catalogue(400, Random(5)):
        readings, department = split_sounds(record["pinyin"])
        expected = sounds_of(record["name"], record["department"])
        assert readings[0] in expected.readings, record["name"]
        assert department == expected.department


def test_only_the_short_codes_look_odd() -> None:
    odd = [record["code"] for record in synthetic_catalogue(500, Random(5)) if remarks_on_code(record["code"])]
    assert odd
    assert all(code.startswith("G-") for code in odd)


def test_more_than_there_are_names_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        next(synthetic_catalogue(most_matters() + 1, Random(1)))
