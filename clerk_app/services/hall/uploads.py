"""Files of windows: printed papers and scanned pages, taken piece by piece, kept sealed, read again with a trace.

A file is announced, its pieces come in any order and as often as the network likes, and it counts from the moment when
all of them are there and the whole is what was announced. Windows delete nothing before that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, NotFound, Rejected
from clerk_app.ports.hall_sync import (
    CHUNK_BYTES,
    MOST_FILE_BYTES,
    ByteRange,
    FileHead,
    FileProgress,
    FileSubject,
    StoredFile,
)
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.ports.stores_hall_sync import Chunk, FileState
from clerk_app.services.hall.checks import check, check_aware, check_sm3, check_uuid, check_window, sender_window
from clerk_app.services.hall.tools import Tools, canonical

_READERS = (
    Role.CLERK,
    Role.REVIEWER,
    Role.CHIEF_REPRESENTATIVE,
    Role.SEAL_KEEPER,
    Role.MANAGER,
    Role.AUDITOR,
)
MEDIA = frozenset({"application/pdf", "image/jpeg", "application/octet-stream"})
_GONE = "服务器上没有这份文件，可能还没有传完"
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]*")


class Uploads:
    """Files come from a window's machine, whoever is logged in there by now."""

    def __init__(self, store: HallStore, tools: Tools) -> None:
        self._store = store
        self._tools = tools

    # --- taking -----------------------------------------------------------------------------------------------
    def begin(self, actor: Actor, head: FileHead) -> FileProgress:
        """Announce a file, or ask what is there of it.

        ``NotFound`` while what it belongs to has not come, ``Conflict`` when its id was announced with another
        content, ``Rejected`` by field.
        """
        self._check_head(actor, head)
        body_hash = self._tools.digest(canonical(head))

        def work(unit: HallUnit) -> tuple[FileState, list[int]]:
            known = unit.uploads.get(head.file_id)
            if known is not None and known.body_hash != body_hash:
                raise Conflict("这份文件已经登记过，内容不一样，没有覆盖")
            if known is None:
                if head.subject is not FileSubject.SHEET and not unit.uploads.known_subject(
                    head.subject.value, head.subject_id
                ):
                    raise NotFound("这份文件所属的记录还没有上传，先传记录")
                known = FileState(head, body_hash, self._tools.now(), None)
                unit.uploads.add(known)
            return known, unit.uploads.numbers(head.file_id)

        state, numbers = self._store.write(actor.hall_id, actor.device_id, work, patient=True)
        return self._checked(actor, state, numbers)

    def put(self, actor: Actor, file_id: str, start: int, content: bytes, sha: str) -> FileProgress:
        """Keep one piece. The one that makes the file whole is answered when the whole was checked.

        ``NotFound`` for a file that was not announced, ``Rejected`` for a piece that is not where and as long as it
        must be or is not what its digest says, ``Conflict`` when the whole is not what was announced.
        """
        sender_window(actor)
        check_sm3("sha", sha)
        if self._sm3(content) != sha:
            raise Rejected("content", "这一块在路上变了，没有存；会自动重传")
        state = self._store.read(actor.hall_id, lambda unit: unit.uploads.get(file_id))
        if state is None:
            raise NotFound(_GONE)
        head = state.head
        number = start // CHUNK_BYTES
        fits = start % CHUNK_BYTES == 0 and 0 <= start < head.size
        if not fits or len(content) != min(CHUNK_BYTES, head.size - start):
            raise Rejected("start", "这一块的位置或长度不对，没有存（程序错误，请报技术员）")
        # Sealed before the turn for writing is taken: others wait for that.
        sealed = self._tools.crypto.seal(self._tools.file_key, content, _context(actor.hall_id, file_id, number))
        alone = head.size <= CHUNK_BYTES and sha == head.sha

        def work(unit: HallUnit) -> tuple[FileState, list[int]]:
            known = unit.uploads.get(file_id)
            if known is None:
                raise NotFound(_GONE)
            if known.synced_at is None:
                unit.uploads.add_chunk(file_id, Chunk(number, len(content), sealed))
                if alone:
                    known = self._finish(unit, actor, known)
            return known, unit.uploads.numbers(file_id)

        known, numbers = self._store.write(actor.hall_id, actor.device_id, work, patient=True)
        return self._checked(actor, known, numbers)

    def _checked(self, actor: Actor, state: FileState, numbers: list[int]) -> FileProgress:
        """What is there; a file whose pieces are all there is checked as a whole first, outside the turn for writing:
        pieces never change, so what was read is what counts."""
        head = state.head
        if state.synced_at is None and len(numbers) == _pieces(head.size):
            content = self._store.read(actor.hall_id, lambda unit: self._content(unit, head))
            whole = len(content) == head.size and self._sm3(content) == head.sha

            def work(unit: HallUnit) -> FileState:
                known = unit.uploads.get(head.file_id)
                if known is None:
                    raise NotFound(_GONE)
                if known.synced_at is not None:
                    return known
                if whole:
                    return self._finish(unit, actor, known)
                unit.uploads.forget_chunks(head.file_id)
                return known

            state = self._store.write(actor.hall_id, actor.device_id, work, patient=True)
            if state.synced_at is None:
                raise Conflict("传到服务器的文件和窗口登记的摘要不一样，服务器没有留，请看本机的原件")
        have = tuple(_ranges(numbers, head.size))
        return FileProgress(head.file_id, have, CHUNK_BYTES, state.synced_at, self._store.epoch)

    def _finish(self, unit: HallUnit, actor: Actor, state: FileState) -> FileState:
        head, now = state.head, self._tools.now()
        unit.uploads.finish(head.file_id, now)
        payload = {
            "window_no": head.window_no,
            "subject": head.subject.value,
            "subject_id": head.subject_id,
            "file": head.kind.value,
            "size": head.size,
            "sha": head.sha,
        }
        self._tools.record(unit, actor, "file.stored", head.file_id, payload)
        return FileState(head, state.body_hash, state.begun_at, now)

    # --- reading ----------------------------------------------------------------------------------------------
    def of_subject(self, unit: HallUnit, actor: Actor, subject_id: str) -> tuple[StoredFile, ...]:
        """The whole files of a case, a consultation or a hand-over sheet, by when they were made."""
        actor.require(*_READERS)
        found = unit.uploads.of_subject(subject_id)
        return tuple(StoredFile(one.head, one.synced_at) for one in found if one.synced_at is not None)

    def look(self, unit: HallUnit, actor: Actor, file_id: str) -> StoredFile:
        """What a file is, before its content is read; leaves a trace. ``NotFound``."""
        actor.require(*_READERS)
        state = unit.uploads.get(file_id)
        if state is None or state.synced_at is None:
            raise NotFound(_GONE)
        head = state.head
        payload = {"window_no": actor.window_no, "subject": head.subject.value, "subject_id": head.subject_id}
        self._tools.record(unit, actor, "file.viewed", file_id, payload)
        return StoredFile(head, state.synced_at)

    def content(self, unit: HallUnit, head: FileHead) -> bytes:
        """The bytes of a file that ``look`` gave. ``Conflict`` when they are not what was acknowledged."""
        content = self._content(unit, head)
        if self._sm3(content) != head.sha:
            raise Conflict("这份文件和收下时不一样了，不能用。请告诉技术员，不要删除任何文件")
        return content

    def _content(self, unit: HallUnit, head: FileHead) -> bytes:
        pieces = []
        for number in range(_pieces(head.size)):
            chunk = unit.uploads.chunk(head.file_id, number)
            if chunk is None:
                break
            context = _context(unit.hall_id, head.file_id, number)
            pieces.append(self._tools.crypto.open(self._tools.file_key, chunk.sealed, context))
        return b"".join(pieces)

    # --- inside -----------------------------------------------------------------------------------------------
    def _sm3(self, content: bytes) -> str:
        return self._tools.crypto.digest(content).hex()

    def _check_head(self, actor: Actor, head: FileHead) -> None:
        check_window(actor, head.window_no)
        check_uuid("file_id", head.file_id)
        check_uuid("subject_id", head.subject_id)
        check("media_type", head.media_type in MEDIA)
        check_sm3("sha", head.sha)
        check_aware("made_at", head.made_at)
        for name, most in (("title", 200), ("number", 64), ("material_id", 128)):
            text = getattr(head, name)
            check(name, len(text) <= most and bool(_PLAIN.fullmatch(text)))
        for name in ("reprint", "position", "sheets"):
            check(name, 0 <= getattr(head, name) <= 100_000)
        if not 0 < head.size <= MOST_FILE_BYTES:
            raise Rejected("size", f"文件是空的或超过 {MOST_FILE_BYTES // 1048576} MB，没有上传")


def _context(hall_id: str, file_id: str, number: int) -> bytes:
    """Binds a sealed piece to its place: none can be put in the place of another."""
    return f"{hall_id}/{file_id}/{number}".encode()


def _pieces(size: int) -> int:
    return -(-size // CHUNK_BYTES)


def _ranges(numbers: Iterable[int], size: int) -> list[ByteRange]:
    """Neighbouring pieces as one range."""
    found: list[ByteRange] = []
    for number in numbers:
        start, end = number * CHUNK_BYTES, min((number + 1) * CHUNK_BYTES, size)
        if found and found[-1].end == start:
            found[-1] = ByteRange(found[-1].start, end)
        else:
            found.append(ByteRange(start, end))
    return found
