"""Files for the server: every sheet that came out of a printer and every page of a concluded case, piece by piece.

A file gets its entry in the outbox once it is final: a sheet when it is on paper, a page when its case is concluded.
It is sent after the records, goes on where it was cut off, and is done when the server has checked the whole. Nothing
is deleted here by that; how long pages are kept beside it is a setting (``drop_old``).
"""

from __future__ import annotations

from datetime import timedelta

from clerk_app.domain.errors import NotAllowed
from clerk_app.ports.capture import PageRow
from clerk_app.ports.hall_sync import FileHead, FileKind, FileProgress, FileSending, FileSubject
from clerk_app.ports.window import Medium, OutboxEntry, OutboxKind, StoredPaper, WindowStore, WindowUnit
from clerk_app.services.sending import send_file
from clerk_app.services.window import records
from clerk_app.services.window.journal import Journal, system_actor

_PAGE = 50
CHANGED_HERE = "这份文件和收下时不一样了，没有上传。请告诉技术员，不要删除任何文件"


class Uploader:
    """For one thread at a time."""

    def __init__(self, store: WindowStore, counter: FileSending, journal: Journal) -> None:
        self._store = store
        self._counter = counter
        self._journal = journal

    # --- what there is to send --------------------------------------------------------------------------------
    def collect(self) -> int:
        """Make entries for everything that became final; how many."""
        made = 0
        while count := self._store.write(self._offer_some):
            made += count
        return made

    def _offer_some(self, unit: WindowUnit) -> int:
        papers = unit.offers.papers(_PAGE)
        pages = unit.offers.pages(_PAGE - len(papers))
        binding = unit.binding.binding()
        if binding is None:
            return 0
        now = self._journal.now()
        for paper in papers:
            self._add(unit, _paper_head(unit, paper, binding.window_no), f"文书 {paper.title}")
            unit.offers.paper_offered(paper.paper_id, now)
        for page in pages:
            self._add(unit, _page_head(page, binding.window_no), f"扫描件 第 {page.position} 页")
            unit.offers.page_offered(page.page_id, now)
        return len(papers) + len(pages)

    def _add(self, unit: WindowUnit, head: FileHead, title: str) -> None:
        case = unit.cases.get(head.subject_id)
        unit.outbox.add(
            OutboxEntry(
                entry_id=head.file_id,
                position=0,
                stream=head.subject_id,
                kind=OutboxKind.FILE,
                key=head.file_id,
                title=f"{case.ticket_number if case else ''} {title}".strip(),
                payload=records.dump(FileHead, head),
                made_at=self._journal.now(),
            )
        )

    # --- sending ----------------------------------------------------------------------------------------------
    def send(self, entry: OutboxEntry) -> FileProgress:
        """Send what the server does not have of a file; comes back when it has all of it, checked.

        Raises ``Left`` for what mends itself, other ``Refusal`` for what needs a person, ``Fault`` when the server
        does not answer.
        """
        head = records.load(FileHead, entry.payload)
        return send_file(self._counter, head, lambda: self._content(head), self._journal.sha)

    def _content(self, head: FileHead) -> bytes:
        """``Conflict`` when it is not what was kept; ``NotFound`` when its time here is over."""

        def work(unit: WindowUnit) -> bytes:
            return (unit.papers if head.kind is FileKind.PAPER else unit.pages).content(head.file_id)

        content = self._store.read(work)
        if self._journal.sha(content) != head.sha:
            raise NotAllowed(CHANGED_HERE)
        return content

    # --- how long ---------------------------------------------------------------------------------------------
    def drop_old(self, keep_days: int) -> int:
        """Delete the content of pages that the server acknowledged more than ``keep_days`` ago (0: nothing ever); their
        rows stay, and the content can be read from the server. How many."""
        if keep_days <= 0:
            return 0

        def work(unit: WindowUnit) -> int:
            binding = unit.binding.binding()
            gone = unit.offers.drop_contents(self._journal.now() - timedelta(days=keep_days), _PAGE)
            for page in gone:
                assert binding is not None
                payload = {"page_id": page.page_id, "sha": page.sha, "size": page.size}
                self._journal.write(unit, "page.dropped", page.case_id, system_actor(binding), payload)
            return len(gone)

        dropped = 0
        while count := self._store.write(work):
            dropped += count
        return dropped


def _paper_head(unit: WindowUnit, paper: StoredPaper, window_no: str) -> FileHead:
    content = unit.papers.content(paper.paper_id)
    return FileHead(
        file_id=paper.paper_id,
        subject=_subject(unit, paper.case_id),
        subject_id=paper.case_id,
        kind=FileKind.PAPER,
        media_type="application/pdf" if paper.medium is Medium.PAGE else "application/octet-stream",
        size=len(content),
        sha=paper.sha,
        made_at=paper.made_at,
        window_no=window_no,
        title=paper.title,
        number=paper.number,
        reprint=paper.reprint,
        sheets=paper.copies,
    )


def _page_head(page: PageRow, window_no: str) -> FileHead:
    return FileHead(
        file_id=page.page_id,
        subject=FileSubject.CASE,
        subject_id=page.case_id,
        kind=FileKind.PAGE,
        media_type=page.kind.value,
        size=page.size,
        sha=page.sha,
        made_at=page.made_at,
        window_no=window_no,
        material_id=page.material_id,
        position=page.position,
        sheets=page.sheets,
    )


def _subject(unit: WindowUnit, subject_id: str) -> FileSubject:
    if unit.cases.get(subject_id) is not None:
        return FileSubject.CASE
    entry = unit.outbox.get(subject_id)
    if entry is not None and entry.kind is OutboxKind.CONSULTATION:
        return FileSubject.CONSULTATION
    return FileSubject.SHEET
