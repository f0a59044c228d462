"""The clerk's catalogue over a store: loading, a new version, and what is used most."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clerk_app.domain.errors import NotFound
from clerk_app.ports.window import MatterRow, MatterUse
from clerk_app.services.hall.pinyin import sounds_of
from clerk_app.services.window.catalogue import CatalogueDesk

START = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class StepClock:
    """Each look at it is a minute later."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()


class MemoryCatalogue:
    """The store's catalogue in memory."""

    def __init__(self, *names: str) -> None:
        self.number = 1
        self.uses: list[tuple[str, datetime]] = []
        self.fill(*names)

    def fill(self, *names: str) -> None:
        self.bodies = {name: self._body(name) for name in names}

    @staticmethod
    def _body(name: str) -> dict[str, Any]:
        sounds = sounds_of(name)
        return {
            "code": name,
            "name": name,
            "department": "区民政局",
            "type": "20",
            "type_name": "公共服务事项",
            "pinyin": sounds.pinyin,
            "initials": sounds.initials,
        }

    def version(self) -> int:
        return self.number

    def rows(self) -> list[MatterRow]:
        return [
            MatterRow(b["code"], b["name"], b["department"], b["type_name"], b["pinyin"], b["initials"], False)
            for b in self.bodies.values()
        ]

    def body(self, code: str) -> dict[str, Any]:
        if code not in self.bodies:
            raise NotFound("目录里没有这个事项")
        return self.bodies[code]

    def touch(self, code: str, at: datetime) -> None:
        self.uses.append((code, at))

    def recent(self, limit: int) -> list[MatterUse]:
        latest = sorted(dict(self.uses).items(), key=lambda use: use[1], reverse=True)
        return [MatterUse(code, 1, at) for code, at in latest[:limit]]

    def frequent(self, limit: int) -> list[MatterUse]:
        return [MatterUse(code, count, START) for code, count in Counter(c for c, _ in self.uses).most_common(limit)]


def names(desk: CatalogueDesk, query: str) -> list[str]:
    return [hit.name for hit in desk.search(query)]


def test_nothing_is_found_before_the_catalogue_is_loaded() -> None:
    desk = CatalogueDesk(MemoryCatalogue("登记甲"), StepClock())
    assert (desk.version, desk.count, names(desk, "登记")) == (0, 0, [])
    assert desk.load() == desk.count == 1
    assert (desk.version, names(desk, "登记")) == (1, ["登记甲"])


def test_a_new_version_takes_the_place_of_the_old_one() -> None:
    store = MemoryCatalogue("登记甲", "登记乙")
    desk = CatalogueDesk(store, StepClock())
    desk.load()
    store.fill("登记丙")
    store.number = 2
    assert names(desk, "登记") == ["登记乙", "登记甲"]
    desk.load()
    assert (desk.version, names(desk, "登记")) == (2, ["登记丙"])


def test_what_is_used_moves_up_at_once_and_after_a_restart() -> None:
    store = MemoryCatalogue("登记甲", "登记乙", "登记丙")
    desk = CatalogueDesk(store, StepClock())
    desk.load()
    assert names(desk, "dj")[0] == "登记丙"
    desk.touch("登记甲")
    assert names(desk, "dj")[0] == names(desk, "")[0] == "登记甲"
    restarted = CatalogueDesk(store, StepClock())
    restarted.load()
    assert names(restarted, "dj")[0] == "登记甲"


def test_a_matter_that_left_the_catalogue_is_not_offered() -> None:
    store = MemoryCatalogue("登记甲", "登记乙")
    desk = CatalogueDesk(store, StepClock())
    desk.touch("登记甲")
    store.fill("登记乙")
    desk.load()
    assert names(desk, "") == ["登记乙"]


def test_the_matter_is_read_whole_and_an_unknown_code_is_named() -> None:
    desk = CatalogueDesk(MemoryCatalogue("登记甲"), StepClock())
    assert desk.matter("登记甲").type_name == "公共服务事项"
    with pytest.raises(NotFound):
        desk.matter("没有")


def test_a_matter_carries_the_catalogue_version_that_its_case_pins() -> None:
    store = MemoryCatalogue("登记甲")
    store.number = 418
    assert CatalogueDesk(store, StepClock()).matter("登记甲").version == 418


def test_a_matter_is_never_read_across_two_versions() -> None:
    class Renewed(MemoryCatalogue):
        """A new version arrives while the matter is read."""

        def body(self, code: str) -> dict[str, Any]:
            found = super().body(code)
            if self.number == 1:
                self.number = 2
                self.bodies[code] = {**found, "department": "区人社局"}
            return found

    matter = CatalogueDesk(Renewed("登记甲"), StepClock()).matter("登记甲")
    assert (matter.version, matter.department) == (2, "区人社局")
