"""Sync over HTTP: the ``SyncCounter`` of ``clerk_app.ports.hall_sync``."""

from __future__ import annotations

import gzip

from clerk_app.client.calls import Calls
from clerk_app.client.transport import adapter
from clerk_app.ports.hall_sync import Batch, BatchAnswer, FileHead, FileProgress, StoredFile

_LEVEL = 6
"""Of gzip: a record of 10 kB becomes 2 kB in a tenth of a millisecond; more effort gains little."""
_PACKED = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


class SyncCalls(Calls):
    """The part of ``HallClient`` that tells the server what the window has, and reads files again."""

    def send_batch(self, batch: Batch) -> BatchAnswer:
        content = gzip.compress(adapter(Batch).dump_json(batch), _LEVEL, mtime=0)
        answer: BatchAnswer = self._send("POST", "/v1/batches", BatchAnswer, content, more=_PACKED)
        return answer

    def begin_file(self, head: FileHead) -> FileProgress:
        progress: FileProgress = self._ask("/v1/files", FileProgress, head, FileHead)
        return progress

    def put_chunk(self, file_id: str, start: int, content: bytes, sha: str) -> FileProgress:
        more = {"X-Digest": sha}
        path, query = f"/v1/files/{file_id}", {"start": start}
        progress: FileProgress = self._send("PUT", path, FileProgress, content, query, more)
        return progress

    def files_of(self, subject_id: str) -> tuple[StoredFile, ...]:
        found: tuple[StoredFile, ...] = self._get("/v1/files", tuple[StoredFile, ...], {"subject": subject_id})
        return found

    def file_content(self, file_id: str) -> bytes:
        content: bytes = self._get(f"/v1/files/{file_id}", bytes)
        return content
