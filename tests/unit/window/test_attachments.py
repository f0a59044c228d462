"""Scanned pages belong to a draft, are counted by sheets, can be taken back, and never change unnoticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.capture import MOST_BYTES, PageKind, PageOrigin, PageRow, Scanned
from clerk_app.services.window.attachments import MOST_PAGES, AttachmentDesk, sheets_by_material
from support.window import CLERK, FakeClock, Window
from support.window_memory import MemoryWindowStore

JPEG = Scanned(b"\xff\xd8\xff page", PageKind.JPEG, 1_240, 1_754)
PDF = Scanned(b"%PDF-1.7 a file", PageKind.PDF, 0, 0, sheets=3)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def window(clock: FakeClock) -> Window:
    return Window(MemoryWindowStore(), clock=clock)


@pytest.fixture
def case_id(window: Window) -> str:
    return window.cases.open_case(CLERK).case_id


@pytest.fixture
def desk(window: Window) -> AttachmentDesk:
    return AttachmentDesk(window.store, window.journal)


def kinds(window: Window, case_id: str) -> list[str]:
    return [row.kind for row in window.store.read(lambda unit: unit.journal.of_subject(case_id))]


def add(desk: AttachmentDesk, case_id: str, material: str = "m-1", page: Scanned = JPEG) -> PageRow:
    return desk.add(case_id, material, page, PageOrigin.CAMERA, CLERK)


def test_pages_are_counted_by_sheets(desk: AttachmentDesk, case_id: str) -> None:
    add(desk, case_id)
    add(desk, case_id)
    desk.add(case_id, "m-2", PDF, PageOrigin.FILE, CLERK)
    assert sheets_by_material(desk.of_case(case_id)) == {"m-1": 2, "m-2": 3}


def test_a_page_is_traced_by_its_sm3_and_comes_back_whole(window: Window, desk: AttachmentDesk, case_id: str) -> None:
    page = add(desk, case_id)
    assert page.sha == window.journal.sha(JPEG.content)
    assert desk.content(page.page_id) == JPEG.content
    entry = window.store.read(lambda unit: unit.journal.of_subject(case_id))[-1]
    assert (entry.kind, entry.payload["sha"]) == ("page.kept", page.sha)


def test_a_page_that_was_changed_behind_our_back_is_not_handed_out(
    window: Window, desk: AttachmentDesk, case_id: str
) -> None:
    page = add(desk, case_id)
    store: Any = window.store
    store.state.page_contents[page.page_id] = JPEG.content + b"!"
    with pytest.raises(Conflict, match="重拍"):
        desk.content(page.page_id)


def test_taking_out_and_bringing_back_leave_a_trace_and_the_place(
    window: Window, desk: AttachmentDesk, case_id: str
) -> None:
    first, second = add(desk, case_id), add(desk, case_id)
    desk.remove(first.page_id, CLERK)
    desk.remove(first.page_id, CLERK)
    assert [page.page_id for page in desk.of_case(case_id)] == [second.page_id]
    desk.restore(first.page_id, CLERK)
    assert [page.page_id for page in desk.of_case(case_id)] == [first.page_id, second.page_id]
    assert kinds(window, case_id)[-4:] == ["page.kept", "page.kept", "page.removed", "page.restored"]


def test_what_was_taken_out_is_deleted_after_a_day(
    window: Window, desk: AttachmentDesk, case_id: str, clock: FakeClock
) -> None:
    page = add(desk, case_id)
    desk.remove(page.page_id, CLERK)
    clock.advance(hours=23)
    add(desk, case_id)
    desk.restore(page.page_id, CLERK)
    desk.remove(page.page_id, CLERK)
    clock.advance(hours=25)
    add(desk, case_id)
    with pytest.raises(NotFound):
        desk.restore(page.page_id, CLERK)
    with pytest.raises(NotFound):
        desk.content(page.page_id)
    assert "page.deleted" in kinds(window, case_id)


def test_after_the_conclusion_nothing_is_added_or_taken_out(window: Window, desk: AttachmentDesk) -> None:
    intake = window.complete()
    page = add(desk, intake.case_id)
    window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    for act in (lambda: add(desk, intake.case_id), lambda: desk.remove(page.page_id, CLERK)):
        with pytest.raises(Locked, match="已经有结论"):
            act()
    assert desk.content(page.page_id) == JPEG.content


def test_pages_need_a_case_a_clerk_and_a_size(desk: AttachmentDesk, case_id: str) -> None:
    with pytest.raises(NotFound):
        add(desk, "no-such-case")
    with pytest.raises(Rejected, match="空的"):
        add(desk, case_id, page=Scanned(b"", PageKind.JPEG, 1, 1))
    with pytest.raises(Rejected, match="20 MB"):
        add(desk, case_id, page=Scanned(bytes(MOST_BYTES + 1), PageKind.PDF, 0, 0))
    nobody = replace(CLERK, roles=frozenset())
    with pytest.raises(NotAllowed):
        desk.add(case_id, "m-1", JPEG, PageOrigin.CAMERA, nobody)
    assert desk.of_case(case_id) == ()


def test_a_book_is_handed_in_on_paper(desk: AttachmentDesk, case_id: str) -> None:
    for _ in range(MOST_PAGES):
        add(desk, case_id)
    with pytest.raises(Locked, match="纸质件"):
        add(desk, case_id)
    add(desk, case_id, "m-2")
