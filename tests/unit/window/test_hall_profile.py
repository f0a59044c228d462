"""A hall moves, its telephone changes: papers of windows that were enrolled before carry what is true now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.domain.errors import NotAllowed, Unreachable
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.window import WindowStore
from clerk_app.services.window.hall_profile import HallProfiles
from db.window.store import open_window_store
from support.window import HALL


class Server:
    def __init__(self, hall: HallProfile) -> None:
        self.told: HallProfile | Exception = hall
        self.asked = 0

    def hall(self) -> HallProfile:
        self.asked += 1
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


MOVED = replace(
    HALL, phone="0000-7654321", area="二楼", query_url="https://www.example.gov.cn/q/", agency_short={"甲": "乙"}
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[WindowStore]:
    opened = open_window_store(tmp_path / "window.db", b"k" * 32, HALL.hall_id)
    yield opened
    opened.close()


def test_what_the_server_says_counts_from_then_on_and_after_a_start_without_it(store: WindowStore) -> None:
    server, moment = Server(HALL), [0.0]
    profiles = HallProfiles(store, server, HALL, lambda: moment[0])  # type: ignore[arg-type]
    assert profiles() is False
    server.told = MOVED
    assert profiles() is False, "asked a moment ago"
    moment[0] = 600
    assert profiles() is True
    assert profiles.now() == MOVED

    server.told = Unreachable("服务器连不上")
    again = HallProfiles(store, server, HALL, lambda: moment[0])  # type: ignore[arg-type]
    assert again.now() == MOVED
    with pytest.raises(Unreachable):
        again()
    assert again.now() == MOVED


def test_the_code_that_begins_its_numbers_and_the_hall_itself_stay(store: WindowStore) -> None:
    profiles = HallProfiles(store, Server(replace(MOVED, code="XX", hall_id="other")), HALL, lambda: 0.0)  # type: ignore[arg-type]
    profiles()
    assert profiles.now() == MOVED


def test_a_server_that_does_not_say_holds_nothing_up(store: WindowStore) -> None:
    server = Server(HALL)
    server.told = NotAllowed("不认识这个请求")
    profiles = HallProfiles(store, server, HALL, lambda: 0.0)  # type: ignore[arg-type]
    assert profiles() is False
    assert profiles.now() == HALL
