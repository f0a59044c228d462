"""The hall and its people that most of these tests have; a module with another ``hall`` names its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.case_flow import Staff, staff
from support.hall import HallInHand, hall_in_hand


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    """On both stores, an hour into the morning."""
    with hall_in_hand(hall_place) as found:
        found.clock.move(hours=1)
        yield found


@pytest.fixture
def people(hall: HallInHand) -> Staff:
    return staff(hall)
