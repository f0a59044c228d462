"""Papers and scanned pages of a case as they were printed and taken, whichever window they came from.

Called on the network lane: the list is the server's; a content comes from this window's own store where it is there,
else from the server, which keeps a trace of the look.
"""

from __future__ import annotations

from clerk_app.domain.errors import Conflict, NotFound
from clerk_app.ports.hall_sync import FileHead, FileKind, FileReading, StoredFile
from clerk_app.ports.window import WindowStore, WindowUnit
from clerk_app.services.window.journal import Journal

CHANGED = "这份文件和收下时不一样了，不能用。请告诉技术员，不要删除任何文件"


class Originals:
    """Reads; changes nothing."""

    def __init__(self, store: WindowStore, counter: FileReading, journal: Journal) -> None:
        self._store = store
        self._counter = counter
        self._journal = journal

    def of_case(self, case_id: str) -> tuple[StoredFile, ...]:
        """Pages by material and place, then papers by when they were made. ``Unreachable``."""
        found = self._counter.files_of(case_id)
        return tuple(sorted(found, key=lambda file: _order(file.head)))

    def content(self, head: FileHead) -> bytes:
        """The bytes. ``Conflict`` when they are not what was kept, ``NotFound``, ``Unreachable``."""
        content = self._own(head)
        if content is None:
            content = self._counter.file_content(head.file_id)
        if self._journal.sha(content) != head.sha:
            raise Conflict(CHANGED)
        return content

    def _own(self, head: FileHead) -> bytes | None:
        def work(unit: WindowUnit) -> bytes | None:
            if head.kind is FileKind.PAPER:
                here = unit.papers.get(head.file_id) is not None
                return unit.papers.content(head.file_id) if here else None
            if unit.pages.get(head.file_id) is None:
                return None
            try:
                return unit.pages.content(head.file_id)
            except NotFound:
                return None

        return self._store.read(work)


def _order(head: FileHead) -> tuple[bool, str, int, str]:
    return head.kind is FileKind.PAPER, head.material_id, head.position, head.made_at.isoformat() + head.file_id
