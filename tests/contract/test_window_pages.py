"""What every store of a window promises of the pages of materials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.ports.capture import PageKind, PageOrigin, PageRow
from clerk_app.ports.window import WindowStore
from db.window.store import open_window_store
from support.window import HALL_ID, NOW
from support.window_memory import MemoryWindowStore

MARK = b"\xff\xd8\xff a page with the words SECRET-OF-LI-XIAOTONG on it"
PAGE = PageRow(
    page_id="018f0000-0000-7000-8000-0000000000a1",
    case_id="case-1",
    material_id="m-1",
    position=0,
    origin=PageOrigin.CAMERA,
    kind=PageKind.JPEG,
    width=1_240,
    height=1_754,
    sheets=1,
    size=len(MARK),
    sha="0" * 64,
    user_id="u-wxm",
    made_at=NOW,
)


@pytest.fixture(params=["memory", "sqlcipher"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WindowStore]:
    made: WindowStore
    if request.param == "memory":
        made = MemoryWindowStore()
    else:
        made = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield made
    made.close()


def add(store: WindowStore, page_id: str, content: bytes = MARK, **changes: object) -> PageRow:
    row = replace(PAGE, page_id=page_id, **changes)  # type: ignore[arg-type]
    return store.write(lambda unit: unit.pages.add(row, content))


def test_pages_come_back_by_material_in_the_order_in_which_they_were_taken(store: WindowStore) -> None:
    for page_id, material in (("p3", "m-2"), ("p1", "m-1"), ("p2", "m-1"), ("p0", "m-1")):
        add(store, page_id, material_id=material)
    add(store, "other", case_id="case-2")
    pages = store.read(lambda unit: unit.pages.of_case("case-1"))
    assert [(page.page_id, page.position) for page in pages] == [("p1", 1), ("p2", 2), ("p0", 3), ("p3", 1)]
    assert pages[0] == replace(PAGE, page_id="p1", position=1)


def test_a_pages_content_is_what_was_kept(store: WindowStore) -> None:
    content = bytes(range(256)) * 4_000
    add(store, "p1", content)
    assert store.read(lambda unit: unit.pages.content("p1")) == content
    assert store.read(lambda unit: unit.pages.get("nobody")) is None


def test_a_page_that_was_taken_out_is_not_listed_keeps_its_place_and_comes_back(store: WindowStore) -> None:
    for page_id in ("p1", "p2"):
        add(store, page_id)
    store.write(lambda unit: unit.pages.set_removed("p2", NOW))
    assert [page.page_id for page in store.read(lambda unit: unit.pages.of_case("case-1"))] == ["p1"]
    assert add(store, "p3").position == 3
    store.write(lambda unit: unit.pages.set_removed("p2", None))
    assert [page.page_id for page in store.read(lambda unit: unit.pages.of_case("case-1"))] == ["p1", "p2", "p3"]


def test_sweeping_deletes_what_was_taken_out_long_ago_and_nothing_else(store: WindowStore) -> None:
    for page_id in ("old", "young", "kept"):
        add(store, page_id)
    store.write(lambda unit: unit.pages.set_removed("old", NOW - timedelta(days=2)))
    store.write(lambda unit: unit.pages.set_removed("young", NOW))
    gone = store.write(lambda unit: unit.pages.sweep(NOW - timedelta(days=1)))
    assert [page.page_id for page in gone] == ["old"]
    assert store.read(lambda unit: unit.pages.get("old")) is None
    assert store.read(lambda unit: unit.pages.content("young")) == MARK
    assert [page.page_id for page in store.read(lambda unit: unit.pages.of_case("case-1"))] == ["kept"]


def test_a_failed_write_keeps_no_half_page(store: WindowStore) -> None:
    def fails(unit: object) -> None:
        unit.pages.add(replace(PAGE, page_id="half"), MARK)  # type: ignore[attr-defined]
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        store.write(fails)
    assert store.read(lambda unit: unit.pages.get("half")) is None


def test_nothing_of_a_page_can_be_read_from_the_disk_without_the_key(tmp_path: Path) -> None:
    path = tmp_path / "window.db"
    store = open_window_store(path, b"k" * 32, HALL_ID)
    add(store, "p1", MARK * 2_000)
    on_disk = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert len(on_disk) > len(MARK) * 2_000
    assert b"SECRET-OF-LI-XIAOTONG" not in on_disk
    assert MARK[:3] * 2 not in on_disk
    store.close()


def test_pages_survive_the_end_of_the_program_without_a_goodbye(tmp_path: Path) -> None:
    path = tmp_path / "window.db"
    store = open_window_store(path, b"k" * 32, HALL_ID)
    add(store, "p1", MARK * 3_000)
    # The files as they lie on the disk now are what a power cut leaves.
    left = tmp_path / "after"
    left.mkdir()
    for one in tmp_path.glob("window.db*"):
        (left / one.name).write_bytes(one.read_bytes())
    again = open_window_store(left / "window.db", b"k" * 32, HALL_ID)
    assert again.read(lambda unit: unit.pages.content("p1")) == MARK * 3_000
    again.close()
    store.close()
