"""Sheets and pages that have no entry in the outbox yet, in SQL; and the content of pages whose time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from clerk_app.ports.capture import PageRow
from clerk_app.ports.window import OutboxKind, OutboxState, PaperState, StoredPaper
from db.window.cases import columns_of
from db.window.models import CaseTable, OutboxTable, PaperTable
from db.window.page_models import PageContentTable, PageTable

_PAPER = PaperTable.__table__.c
_PAGE = PageTable.__table__.c
_CONTENT = PageContentTable.__table__.c
_CASE = CaseTable.__table__.c
_OUTBOX = OutboxTable.__table__.c
_ON_PAPER = (PaperState.PRINTED, PaperState.SENT, PaperState.SAVED, PaperState.VOIDED)


class SqlOffers:
    """``OfferStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def papers(self, limit: int) -> list[StoredPaper]:
        rows = self._db.execute(
            select(*columns_of(StoredPaper, _PAPER))
            .where(_PAPER.hall_id == self._hall, _PAPER.offered_at.is_(None), _PAPER.state.in_(_ON_PAPER))
            .order_by(_PAPER.made_at, _PAPER.paper_id)
            .limit(limit)
        )
        return [StoredPaper(*row) for row in rows]

    def pages(self, limit: int) -> list[PageRow]:
        concluded = (_CASE.hall_id == _PAGE.hall_id) & (_CASE.case_id == _PAGE.case_id)
        rows = self._db.execute(
            select(*columns_of(PageRow, _PAGE))
            .join(CaseTable, concluded)
            .where(_PAGE.hall_id == self._hall, _PAGE.offered_at.is_(None), _PAGE.removed_at.is_(None))
            .order_by(_PAGE.case_id, _PAGE.material_id, _PAGE.position)
            .limit(limit)
        )
        return [PageRow(*row) for row in rows]

    def paper_offered(self, paper_id: str, at: datetime) -> None:
        one = (_PAPER.hall_id == self._hall, _PAPER.paper_id == paper_id)
        self._db.execute(update(PaperTable).where(*one).values(offered_at=at))

    def page_offered(self, page_id: str, at: datetime) -> None:
        one = (_PAGE.hall_id == self._hall, _PAGE.page_id == page_id)
        self._db.execute(update(PageTable).where(*one).values(offered_at=at))

    def drop_contents(self, acknowledged_before: datetime, limit: int) -> list[PageRow]:
        entry = (_OUTBOX.hall_id == _PAGE.hall_id) & (_OUTBOX.entry_id == _PAGE.page_id)
        kept = (_CONTENT.hall_id == _PAGE.hall_id) & (_CONTENT.page_id == _PAGE.page_id)
        rows = self._db.execute(
            select(*columns_of(PageRow, _PAGE))
            .join(OutboxTable, entry)
            .join(PageContentTable, kept)
            .where(
                *(_PAGE.hall_id == self._hall, _OUTBOX.kind == OutboxKind.FILE),
                *(_OUTBOX.state == OutboxState.DONE, _OUTBOX.done_at < acknowledged_before),
            )
            .limit(limit)
        )
        gone = [PageRow(*row) for row in rows]
        for page in gone:
            self._db.execute(
                delete(PageContentTable).where(_CONTENT.hall_id == self._hall, _CONTENT.page_id == page.page_id)
            )
        return gone
