"""Pages of a case's materials (扫描件): kept with the case in the window's encrypted store, counted in the checklist.

Called on the database lane. A page is durable before the clerk sees it counted; what is taken out by mistake comes back
for a day and is then deleted with its content. Once the case is concluded its pages are final and go to the server
(``uploading``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, Locked, NotFound, Rejected
from clerk_app.ports.capture import MOST_BYTES, PageOrigin, PageRow, Scanned
from clerk_app.ports.window import WindowStore, WindowUnit
from clerk_app.services.window.journal import Journal

MOST_PAGES = 99
"""Of one material; more is a book, which is handed in on paper."""
KEPT_AFTER_REMOVAL = timedelta(days=1)

GONE = "这一页不在了，请看清单里还有没有"


class AttachmentDesk:
    """The pages of this window's cases."""

    def __init__(self, store: WindowStore, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def add(self, case_id: str, material_id: str, page: Scanned, origin: PageOrigin, actor: Actor) -> PageRow:
        """Keep a page as the material's last one.

        ``NotFound`` when the case is neither a draft nor concluded here; ``Locked`` once it is concluded or the
        material has ``MOST_PAGES`` pages; ``Rejected("page")`` for one that is empty or too large.
        """
        actor.require(Role.CLERK)
        if not page.content:
            raise Rejected("page", "这一页是空的，没有收下，请重拍")
        if len(page.content) > MOST_BYTES:
            raise Rejected("page", f"这一页有 {len(page.content) / 1048576:.0f} MB，超过 20 MB，请分开或调低分辨率")
        now = self._journal.now()
        row = PageRow(
            page_id=self._journal.new_id(),
            case_id=case_id,
            material_id=material_id,
            position=0,
            origin=origin,
            kind=page.kind,
            width=page.width,
            height=page.height,
            sheets=page.sheets,
            size=len(page.content),
            sha=self._journal.sha(page.content),
            user_id=actor.user_id,
            made_at=now,
        )

        def work(unit: WindowUnit) -> PageRow:
            _still_open(unit, case_id)
            if sum(one.material_id == material_id for one in unit.pages.of_case(case_id)) >= MOST_PAGES:
                raise Locked(f"这份材料已有 {MOST_PAGES} 页，再多请收纸质件")
            stored = unit.pages.add(row, page.content)
            self._journal.write(unit, "page.kept", case_id, actor, _facts(stored))
            self._sweep(unit, actor)
            return stored

        return self._store.write(work)

    def of_case(self, case_id: str) -> tuple[PageRow, ...]:
        """By material and position, without those taken out."""
        return tuple(self._store.read(lambda unit: unit.pages.of_case(case_id)))

    def content(self, page_id: str) -> bytes:
        """The page as kept. ``NotFound``; ``Conflict`` when it is not what was kept (its SM3 differs)."""

        def work(unit: WindowUnit) -> tuple[PageRow, bytes]:
            row = unit.pages.get(page_id)
            if row is None:
                raise NotFound(GONE)
            return row, unit.pages.content(page_id)

        row, content = self._store.read(work)
        if self._journal.sha(content) != row.sha:
            raise Conflict("这一页和收下时不一样了，不能用。请重拍，并告诉技术员")
        return content

    def remove(self, page_id: str, actor: Actor) -> PageRow:
        """Take a page out; ``restore`` brings it back. ``NotFound``, ``Locked`` once the case is concluded."""
        return self._move(page_id, actor, out=True)

    def restore(self, page_id: str, actor: Actor) -> PageRow:
        """Bring back a page that was taken out; ``NotFound`` when it was deleted meanwhile."""
        return self._move(page_id, actor, out=False)

    def _move(self, page_id: str, actor: Actor, *, out: bool) -> PageRow:
        actor.require(Role.CLERK)
        at = self._journal.now() if out else None

        def work(unit: WindowUnit) -> PageRow:
            row = unit.pages.get(page_id)
            if row is None:
                raise NotFound(GONE)
            _still_open(unit, row.case_id)
            if (row.removed_at is not None) is out:
                return row
            unit.pages.set_removed(page_id, at)
            self._journal.write(unit, "page.removed" if out else "page.restored", row.case_id, actor, _facts(row))
            return replace(row, removed_at=at)

        return self._store.write(work)

    def _sweep(self, unit: WindowUnit, actor: Actor) -> None:
        for gone in unit.pages.sweep(self._journal.now() - KEPT_AFTER_REMOVAL):
            self._journal.write(unit, "page.deleted", gone.case_id, actor, _facts(gone))


def sheets_by_material(pages: tuple[PageRow, ...]) -> dict[str, int]:
    """Material id → how many sheets of it were scanned."""
    counted: Counter[str] = Counter()
    for page in pages:
        counted[page.material_id] += page.sheets
    return dict(counted)


def _still_open(unit: WindowUnit, case_id: str) -> None:
    if unit.cases.get(case_id) is not None:
        raise Locked("这件已经有结论，扫描件不能再改")
    if unit.drafts.get(case_id) is None:
        raise NotFound("这件不在本机，请先打开再扫")


def _facts(page: PageRow) -> dict[str, object]:
    return {
        "page_id": page.page_id,
        "material_id": page.material_id,
        "position": page.position,
        "origin": page.origin.value,
        "sha": page.sha,
        "size": page.size,
    }
