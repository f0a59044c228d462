"""Pages of materials in SQL; content in a table of its own, so that lists never read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from clerk_app.domain.errors import NotFound
from clerk_app.ports.capture import ON_THE_SERVER, PageRow
from db.window.cases import rows_of, values_of
from db.window.page_models import PageContentTable, PageTable

_PAGE = PageTable.__table__.c
_CONTENT = PageContentTable.__table__.c


class SqlPages:
    """``PageStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(PageRow, _PAGE, hall_id)

    def add(self, row: PageRow, content: bytes) -> PageRow:
        last = select(func.max(_PAGE.position)).where(
            _PAGE.hall_id == self._hall, _PAGE.case_id == row.case_id, _PAGE.material_id == row.material_id
        )
        values = {**values_of(row), "position": (self._db.execute(last).scalar_one() or 0) + 1}
        self._db.execute(insert(PageTable).values(hall_id=self._hall, **values))
        self._db.execute(insert(PageContentTable).values(hall_id=self._hall, page_id=row.page_id, content=content))
        return PageRow(**values)

    def get(self, page_id: str) -> PageRow | None:
        row = self._db.execute(self._read.where(_PAGE.page_id == page_id)).first()
        return PageRow(*row) if row else None

    def content(self, page_id: str) -> bytes:
        found = select(_CONTENT.content).where(_CONTENT.hall_id == self._hall, _CONTENT.page_id == page_id)
        content: bytes | None = self._db.execute(found).scalar_one_or_none()
        if content is None:
            raise NotFound(ON_THE_SERVER)
        return content

    def of_case(self, case_id: str) -> list[PageRow]:
        rows = self._read.where(_PAGE.case_id == case_id, _PAGE.removed_at.is_(None))
        return [PageRow(*row) for row in self._db.execute(rows.order_by(_PAGE.material_id, _PAGE.position))]

    def set_removed(self, page_id: str, at: datetime | None) -> None:
        self._db.execute(
            update(PageTable).where(_PAGE.hall_id == self._hall, _PAGE.page_id == page_id).values(removed_at=at)
        )

    def sweep(self, removed_before: datetime) -> list[PageRow]:
        rows = self._read.where(_PAGE.removed_at.is_not(None), _PAGE.removed_at < removed_before)
        gone = [PageRow(*row) for row in self._db.execute(rows)]
        for page in gone:
            for table, column in ((PageContentTable, _CONTENT), (PageTable, _PAGE)):
                self._db.execute(delete(table).where(column.hall_id == self._hall, column.page_id == page.page_id))
        return gone
