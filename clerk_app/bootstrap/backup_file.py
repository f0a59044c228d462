"""The file of a backup: rows and small files, packed and sealed piece by piece under the store's own key.

    CLERK-BACKUP-1\\n
    {"made_at": …, "file": 32 hex digits, "key": 16 hex digits}\\n        open, so that a wrong key is told from damage
    length (4 bytes) | sealed piece                                      again and again

A piece is sealed (SM4-GCM through the crypto seam) together with the file's id, its place and whether it is the last: a
piece that was taken out, moved, brought from another backup or cut off does not open. Its content is zlib of one JSON
line that says what it is, and the lines of it.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from clerk_app.domain.errors import Rejected, StoreFault
from clerk_app.ports.clock import Entropy
from clerk_app.ports.crypto import CryptoProvider, Keyring, Tampered
from db.hall.backup import ChainHead, StoreFacts, TableFacts

_MAGIC = b"CLERK-BACKUP-1\n"
_LONGEST_HEAD = 1000
_PIECE = 512 * 1024
_LARGEST_PIECE = 256 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_SHORT = "备份文件不完整（可能没有拷完），没有恢复。请用另一份备份"
_OTHER = "{} 不是备份文件"
_KEY = "密钥对不上这份备份：它是用另一把密钥做的。请找到当时服务器的 keys/hall.key 再恢复"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the backup holds; the restored store must be the same."""

    made_at: str
    program: str
    store: StoreFacts
    tables: dict[str, TableFacts] = field(default_factory=dict)

    def dump(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def load(body: Mapping[str, Any]) -> Manifest:
        store = body["store"]
        heads = tuple(ChainHead(**head) for head in store["heads"])
        tables = {name: TableFacts(**facts) for name, facts in body["tables"].items()}
        return Manifest(body["made_at"], body["program"], StoreFacts(store["schema"], store["epoch"], heads), tables)


class _Seal:
    """What both sides agree in."""

    def __init__(self, crypto: CryptoProvider, keys: Keyring, file_id: str) -> None:
        self._crypto = crypto
        self._key = keys.key("backup", 16)
        self._file_id = file_id
        self._place = 0

    @staticmethod
    def check(crypto: CryptoProvider, keys: Keyring, file_id: str) -> str:
        """Tells whether a key is the right one, and nothing about it."""
        return crypto.mac(keys.key("backup-check"), file_id.encode()).hex()[:16]

    def _context(self, last: bool) -> bytes:
        self._place += 1
        return f"backup/{self._file_id}/{self._place}/{'last' if last else 'more'}".encode()

    def close(self, plain: bytes, last: bool) -> bytes:
        return self._crypto.seal(self._key, zlib.compress(plain, 1), self._context(last))

    def open(self, sealed: bytes, last: bool) -> bytes:
        return zlib.decompress(self._crypto.open(self._key, sealed, self._context(last)))


class BackupWriter:
    """Writes beside the name and takes it only when everything is on the disk: a backup that was cut off is none."""

    def __init__(self, path: Path, crypto: CryptoProvider, keys: Keyring, entropy: Entropy, made_at: datetime) -> None:
        self._path = path
        self._fresh = path.with_name(path.name + ".part")
        file_id = entropy.bytes(16).hex()
        self._seal = _Seal(crypto, keys, file_id)
        handle = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        self._file: BinaryIO = os.fdopen(handle, "wb")
        head = {"made_at": made_at.isoformat(), "file": file_id, "key": _Seal.check(crypto, keys, file_id)}
        self._file.write(_MAGIC + json.dumps(head).encode() + b"\n")
        self._what: dict[str, Any] = {}
        self._lines: list[bytes] = []
        self._size = 0

    def begin(self, manifest: Manifest) -> None:
        """The store as it is when the reading begins; whoever restores needs its schema first."""
        self._what = {"is": "begin", **manifest.dump()}

    def table(self, name: str, columns: list[str]) -> None:
        """The lines that follow are rows of this table."""
        self._piece()
        self._what = {"is": "rows", "table": name, "columns": columns}

    def row(self, line: bytes) -> None:
        self._lines.append(line)
        self._size += len(line)
        if self._size > _PIECE:
            self._piece()

    def small_file(self, name: str, content: bytes) -> None:
        """A file beside the store, e.g. a certificate."""
        self._piece()
        self._what = {"is": "file", "name": name}
        self._lines = [b64encode(content)]
        self._piece()
        self._what = {}

    def finish(self, manifest: Manifest) -> int:
        """Write the manifest, make all of it durable, take the name; the size in bytes."""
        self._piece()
        self._write(json.dumps({"is": "end", **manifest.dump()}, ensure_ascii=False).encode(), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        os.replace(self._fresh, self._path)
        if os.name == "posix":
            folder = os.open(self._path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        return size

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._fresh.unlink(missing_ok=True)

    def _piece(self) -> None:
        # A table without rows has a piece too: its name and columns.
        if self._what:
            self._write(b"\n".join((json.dumps(self._what).encode(), *self._lines)), last=False)
        self._lines, self._size = [], 0

    def _write(self, plain: bytes, *, last: bool) -> None:
        sealed = self._seal.close(plain, last)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)


@dataclass(frozen=True, slots=True)
class Piece:
    """``what`` says what it is (``is``: begin, rows, file, end), ``lines`` its content."""

    what: dict[str, Any]
    lines: tuple[bytes, ...] = ()

    def content(self) -> bytes:
        """Of a file."""
        return b64decode(self.lines[0]) if self.lines else b""


class BackupReader:
    """Reads a backup from its beginning; may be read again. ``Rejected`` for another file or another key."""

    def __init__(self, path: Path, crypto: CryptoProvider, keys: Keyring) -> None:
        self._path, self._crypto, self._keys = path, crypto, keys
        with self._opened() as file:
            head = self._head(file)
        self.made_at = str(head["made_at"])
        self._file_id = str(head["file"])
        if head["key"] != _Seal.check(crypto, keys, self._file_id):
            raise Rejected("key", _KEY)

    def _opened(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except OSError as error:
            raise Rejected("file", f"备份文件 {self._path} 读不了（{error.strerror}）") from error

    def _head(self, file: BinaryIO) -> dict[str, Any]:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise Rejected("file", _OTHER.format(self._path.name))
        try:
            head: dict[str, Any] = json.loads(file.readline(_LONGEST_HEAD))
            return {name: head[name] for name in ("made_at", "file", "key")}
        except (ValueError, KeyError, TypeError) as error:
            raise Rejected("file", _OTHER.format(self._path.name)) from error

    def pieces(self) -> Iterator[Piece]:
        """Every piece: the beginning, tables and files, the end with the whole manifest.

        ``Tampered`` or ``StoreFault`` when it is damaged or cut off."""
        seal = _Seal(self._crypto, self._keys, self._file_id)
        size = self._path.stat().st_size
        with self._opened() as file:
            self._head(file)
            while True:
                sealed = self._sealed(file)
                last = file.tell() == size
                try:
                    plain = seal.open(sealed, last)
                except Tampered as error:
                    # cut off between two pieces, the last one there does not open as the last
                    raise (StoreFault(_SHORT) if last else error) from error
                except zlib.error as error:
                    raise StoreFault(_SHORT) from error
                if last:
                    yield Piece(json.loads(plain))
                    return
                what, *lines = plain.split(b"\n")
                yield Piece(json.loads(what), tuple(lines))

    def _sealed(self, file: BinaryIO) -> bytes:
        length = file.read(_LENGTH.size)
        if len(length) < _LENGTH.size:
            raise StoreFault(_SHORT)
        (wanted,) = _LENGTH.unpack(length)
        if wanted > _LARGEST_PIECE:
            raise StoreFault(_SHORT)
        sealed = file.read(wanted)
        if len(sealed) < wanted:
            raise StoreFault(_SHORT)
        return sealed
