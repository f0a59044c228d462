"""A second copy of a SQLite store on another disk, that follows every commit and can be opened at any moment.

A store in WAL is a file of pages and a log of what was committed since; both are encrypted page by page. The copy is
the same two files: once all pages, then the log byte for byte, as far as SQLite's own index says that it is
committed. When the store begins its log anew, the copy's log is worked into its pages first, as SQLite would. SQLite
opens the copy like a store whose power was cut.

So that no part of the log is overwritten before it was read, a connection keeps a read transaction open. It moves on
only while nobody can write and all of the log has been read: that takes as long as a checkpoint, which a writer would
have done at that point anyway. (Formats: sqlite.org/walformat.html, sqlite.org/fileformat2.html section 4.)
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import struct
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlcipher3.dbapi2 as sqlcipher

from clerk_app.domain.errors import StoreFault

NAME_FILE = "copy.json"
"""Says which of the files in the folder are the copy; replaced in one step when a new one is whole."""
IDENTITY = "identity.sealed"
CONTEXT = b"second copy identity"
_WAL_HEADER = 32
_FRAME_HEADER = 24
_INDEX = struct.Struct("=IIIBBHII8s8s8s")
_MOST_FRAMES = 1000
"""A longer log is worked into the pages, as SQLite itself does by default."""
_CHUNK = 1024 * 1024


class LogLost(Exception):
    """The log went on without us: everything has to be copied anew."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """The committed part of the log: its salts tell one log from the next."""

    salts: bytes
    frames: int
    page_size: int

    @property
    def end(self) -> int:
        return _WAL_HEADER + self.frames * (_FRAME_HEADER + self.page_size) if self.frames else 0


class Source:
    """The store's two files, read raw beside everybody who uses it. For one thread; ``let_go`` is for any."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._pin = _connect(path, key)
        self._door = _connect(path, key)
        self._may_restart = False
        self._pinned = False
        self._turned = _Standing(b"", 0, 0)
        # POSIX: closing a file drops every lock that this process has on it, those of SQLite's connections too. These
        # stay open until the store is closed (``release``).
        self._pin.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self._pages: BinaryIO = open(path, "rb", buffering=0)  # noqa: SIM115
        self._log: BinaryIO = open(f"{path}-wal", "rb", buffering=0)  # noqa: SIM115
        self._index_file: BinaryIO = open(f"{path}-shm", "rb", buffering=0)  # noqa: SIM115
        self._index = mmap.mmap(self._index_file.fileno(), 0, access=mmap.ACCESS_READ)

    def standing(self) -> _Standing:
        """How far the log is committed, from SQLite's index of it."""
        for _ in range(1000):
            first, second = self._index[:48], self._index[48:96]
            if first != second:
                continue
            _, _, _, ready, _, size, frames, _, _, salts, _ = _INDEX.unpack(first)
            if ready:
                # 1 stands for 65536, which does not fit
                return _Standing(salts, frames, 65536 if size == 1 else size)
        raise LogLost("the index does not come to rest")

    def begin(self) -> _Standing:
        """Hold the log fast from now on; all of it and all pages are to be copied."""
        with self._lock:
            self._move_on()
            return self.standing()

    def followed(self, known: _Standing) -> _Standing:
        """How far the log is now. ``LogLost`` when it was begun anew although it was held."""
        with self._lock:
            if not self._pinned:
                raise LogLost("it was let go of")
            now = self.standing()
            if now.salts == known.salts:
                return now
            if not self._may_restart:
                raise LogLost("it was begun anew")
            self._may_restart = False
            return now

    def turn_over(self, known: _Standing) -> bytes:
        """Work a long log into the pages, so that it can begin anew. Gives what was committed after ``known`` until
        then: from here on nothing is lost, though nothing was held up for longer than a checkpoint."""
        with self._lock:
            already = self._turned.frames if self._turned.salts == known.salts else 0
            if not self._pinned or known.frames - already < _MOST_FRAMES:
                return b""
            # Others that read may keep the log from beginning anew: it is not tried again at every step.
            self._turned = known
            return self._move_on(known)

    def _move_on(self, known: _Standing | None = None) -> bytes:
        self._door.execute("BEGIN IMMEDIATE")
        try:
            # Nobody writes now. Everything that is committed is in the log as it stands.
            rest = b""
            if known is not None:
                now = self.standing()
                if now.salts != known.salts:
                    return b""
                rest = self.log(known.end, now.end)
            if self._pinned:
                self._pin.execute("ROLLBACK")
                self._pinned = False
            busy, frames, done = self._pin.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self._pin.execute("BEGIN")
            self._pin.execute("SELECT count(*) FROM sqlite_master").fetchone()
            self._pinned = True
            # Only a log that was worked in to its end is begun anew, and once at the most while we read the pages.
            self._may_restart = busy == 0 and frames == done
            return rest
        finally:
            self._door.execute("ROLLBACK")

    def let_go(self) -> None:
        """Hold nothing any more: the copy is too slow or gone, and the log must not grow for it."""
        with self._lock:
            if self._pinned:
                self._pin.execute("ROLLBACK")
                self._pinned = False

    def log(self, start: int, end: int) -> bytes:
        """These bytes of the log."""
        return _read(self._log, start, end)

    def pages(self) -> Iterator[bytes]:
        """All pages, in chunks. What changes meanwhile is in the log."""
        self._pages.seek(0)
        while chunk := self._pages.read(_CHUNK):
            yield chunk

    def close(self) -> None:
        """End the connections; ``release`` follows when the store itself is closed."""
        self.let_go()
        self._pin.close()
        self._door.close()

    def release(self) -> None:
        self._index.close()
        for file in (self._pages, self._log, self._index_file):
            file.close()


def _connect(path: Path, key: bytes) -> Any:
    raw = sqlcipher.connect(str(path), timeout=10.0, isolation_level=None, check_same_thread=False)
    raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    raw.execute("PRAGMA wal_autocheckpoint = 0")
    return raw


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    parts: list[bytes] = []
    left = end - start
    while left > 0:
        part = file.read(left)
        if not part:
            raise LogLost("the log is shorter than its index says")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


class Target:
    """The copy in its folder. Every method ends with what it wrote on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._pages: BinaryIO | None = None
        self._log: BinaryIO | None = None
        self._name = ""
        self.written = 0
        self.last_write = time.monotonic()

    def whole(self, source: Source, standing: _Standing) -> None:
        """A new copy beside the old one, which counts until the new one is whole."""
        self.close()
        old = current(self._folder)
        number = int(old.split("-")[1].split(".")[0]) + 1 if old else 1
        self._drop_all_but(old)
        self._name = f"hall-{number}.db"
        self._pages = _new(self._folder / self._name)
        for chunk in source.pages():
            self._pages.write(chunk)
            self._done(self._pages, len(chunk))
        self._log = _new(self._folder / f"{self._name}-wal")
        self.append(0, source.log(0, standing.end))
        fresh = self._folder / f"{NAME_FILE}.new"
        with open(fresh, "w", encoding="utf-8") as file:
            json.dump({"file": self._name}, file)
            _durable(file)
        os.replace(fresh, self._folder / NAME_FILE)
        _durable_folder(self._folder)
        self._drop_all_but(self._name)

    def append(self, start: int, content: bytes) -> None:
        """Further bytes of the log at their place."""
        if not content:
            return
        assert self._log is not None
        self._log.seek(start)
        self._log.write(content)
        self._done(self._log, len(content))

    def next_log(self, page_size: int) -> None:
        """Work the log into the pages and empty it. Cut off in the middle, the log is still there and is worked in
        again when the copy is opened."""
        assert self._log is not None
        assert self._pages is not None
        size = 0
        self._log.seek(0)
        content = self._log.read()
        step = _FRAME_HEADER + page_size
        for at in range(_WAL_HEADER, len(content) - step + 1, step):
            number, after = struct.unpack(">II", content[at : at + 8])
            self._pages.seek((number - 1) * page_size)
            self._pages.write(content[at + _FRAME_HEADER : at + step])
            size = after or size
        self._pages.flush()
        if size:
            self._pages.truncate(size * page_size)
        _durable(self._pages)
        self._log.seek(0)
        self._log.truncate(0)
        _durable(self._log)

    def identity(self, sealed: bytes) -> None:
        """The server's certificates, sealed: with them devices trust a server on another computer."""
        fresh = self._folder / f"{IDENTITY}.new"
        with open(fresh, "wb") as file:
            file.write(sealed)
            _durable(file)
        os.replace(fresh, self._folder / IDENTITY)

    def _done(self, file: BinaryIO, size: int) -> None:
        _durable(file)
        self.written += size
        self.last_write = time.monotonic()

    def _drop_all_but(self, name: str) -> None:
        keep = {name, f"{name}-wal", f"{name}-shm"}
        for path in self._folder.glob("hall-*.db*"):
            if path.name not in keep:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        for file in (self._pages, self._log):
            if file is not None:
                try:
                    file.close()
                except OSError:
                    # what could not be written is not counted as written
                    continue
        self._pages = self._log = None


class Follower:
    """One store and one copy. ``step`` again and again; whatever it raises, ``begin`` comes next."""

    def __init__(self, source: Source, target: Target) -> None:
        self._source = source
        self._target = target
        self._at: _Standing | None = None

    @property
    def begun(self) -> bool:
        return self._at is not None

    def begin(self) -> None:
        """Copy everything."""
        self._at = None
        standing = self._source.begin()
        self._target.whole(self._source, standing)
        self._at = standing

    def step(self) -> bool:
        """Copy what was committed since; whether it was something. ``LogLost`` or ``OSError``: begin anew."""
        known, self._at = self._at, None
        if known is None:
            raise LogLost("nothing was begun")
        now = self._source.followed(known)
        moved = now != known
        if now.salts != known.salts:
            self._target.next_log(known.page_size)
            known = _Standing(now.salts, 0, now.page_size)
        self._target.append(known.end, self._source.log(known.end, now.end))
        rest = self._source.turn_over(now)
        if rest:
            self._target.append(now.end, rest)
            now = _Standing(now.salts, now.frames + len(rest) // (_FRAME_HEADER + now.page_size), now.page_size)
        self._at = now
        return moved


# --- taking a copy back ---------------------------------------------------------------------------------------------
def current(folder: Path) -> str:
    """The name of the copy's pages in the folder; empty when there is no whole copy."""
    try:
        told = json.loads((folder / NAME_FILE).read_text(encoding="utf-8"))
        name = str(told["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return name if (folder / name).is_file() and "/" not in name else ""


def is_copy(folder: Path) -> bool:
    """Whether a whole copy lies in the folder."""
    return folder.is_dir() and bool(current(folder))


def take(folder: Path, target: Path) -> None:
    """Copy the copy to ``target``, a store that SQLite opens as after a power cut. ``StoreFault`` without one."""
    name = current(folder)
    if not name:
        raise StoreFault(f"{folder} 里没有完整的第二份")
    try:
        shutil.copyfile(folder / name, target)
        log = folder / f"{name}-wal"
        if log.exists():
            shutil.copyfile(log, target.with_name(f"{target.name}-wal"))
    except OSError as error:
        raise StoreFault(f"第二份拷不过来（{error.strerror}）。请检查两边的磁盘") from error


def pack(files: Mapping[str, bytes]) -> bytes:
    """Small files as one piece, to be sealed."""
    return json.dumps({name: b64encode(content).decode() for name, content in files.items()}).encode()


def unpack(content: bytes) -> dict[str, bytes]:
    return {name: b64decode(text) for name, text in json.loads(content).items()}


def _new(path: Path) -> BinaryIO:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    return os.fdopen(handle, "w+b")


def _durable(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _durable_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
