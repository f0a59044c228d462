"""``clerk backup`` and ``clerk restore``: a running server's whole store into one sealed file, and back with a proof.

The proof: the restored rows are read back, and number and digest of every table, the head of every journal and its
whole chain must be those of the backup. Only then does the store take its place, in one step. It begins another life
(epoch): windows notice and send again what the backup does not hold, and the day's numbers go on above a gap.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from clerk_app import __version__
from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.backup_file import BackupReader, BackupWriter, Manifest, Piece
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.server_files import IDENTITY_FILES, LOCK_FILE, identity_files, server_folder
from clerk_app.crypto.keyfile import FileKeyring, open_keyring, read_private, write_private
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import Fault, Refusal, Rejected, StoreFault
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.services.hall.restoring import GAP, SMALL_GAP, Restored, after_restore
from clerk_app.services.hall.tools import Tools, system_actor
from db import second_copy
from db.hall.backup import (
    Incoming,
    StoredHall,
    StoreFacts,
    TableFacts,
    Tally,
    begin_new_life,
    each_hall,
    line_of,
    measured,
    row_of,
)

SUFFIX = ".clerkbak"
KEPT = 14
_KEY_FILE = "hall.key"
_NAME = re.compile(r"hall-\d{8}-\d{6}\.clerkbak")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a server keeps its things, and what opens them."""

    home: Path
    keys: FileKeyring
    crypto: NationalCrypto
    database: str

    @property
    def file(self) -> Path:
        return self.home / "hall.db"

    def store(self) -> StoredHall:
        if self.database:
            return StoredHall.postgres(self.database)
        return StoredHall.sqlite(self.file, self.keys.key("sqlcipher"))


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made."""

    path: Path
    manifest: Manifest
    size: int


# --- backup ---------------------------------------------------------------------------------------------------------
def back_up(folder: Path, target: Path, database: str | None = None) -> Backup:
    """Write a backup of the store to ``target`` (a file, or a folder for a name with the time) beside a running server.

    ``StoreFault`` when there is nothing to back up, the key is missing or the disk is full: no half backup is left.
    """
    entropy, now = SystemEntropy(), SystemClock().now()
    place = _place(folder, database, NationalCrypto(entropy))
    path = target / f"hall-{now:%Y%m%d-%H%M%S}{SUFFIX}" if target.is_dir() else target
    store = place.store()
    try:
        writer = BackupWriter(path, place.crypto, place.keys, entropy, now)
    except OSError as error:
        raise StoreFault(f"备份写不到 {path}（{error.strerror}）。请换一个位置，或检查磁盘和权限") from error
    try:
        manifest, size = _write(store, place, writer, now.isoformat())
    except OSError as error:
        writer.give_up()
        raise StoreFault(f"备份没有写完（{error.strerror}），没有留下文件。请清出空间或换一个位置再做一次") from error
    except BaseException:
        writer.give_up()
        raise
    finally:
        store.close()
    return Backup(path, manifest, size)


def _write(store: StoredHall, place: _Place, writer: BackupWriter, made_at: str) -> tuple[Manifest, int]:
    tables: dict[str, TableFacts] = {}
    with store.snapshot() as view:
        manifest = Manifest(made_at, __version__, view.facts)
        writer.begin(manifest)
        for name, content in identity_files(place.home):
            writer.small_file(name, content)
        for table in view.tables():
            writer.table(table, view.columns(table))
            tally = Tally()
            for row in view.rows(table):
                line = line_of(row)
                tally.add(line)
                writer.row(line)
            tables[table] = tally.facts()
    manifest = replace(manifest, tables=tables)
    return manifest, writer.finish(manifest)


def drop_older(folder: Path, keep: int) -> int:
    """Delete all but the ``keep`` newest backups that were named by ``back_up``; how many went."""
    made = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    for path in made[:-keep]:
        path.unlink()
    return len(made[:-keep])


# --- restore --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Proof:
    """What was restored. ``wanted`` is empty after a restore from a second copy, which is the store's own pages."""

    source: str
    wanted: dict[str, TableFacts]
    found: dict[str, TableFacts]
    heads: tuple[str, ...]
    halls: tuple[Restored, ...]
    seconds: float


def restore(
    folder: Path,
    source: Path,
    *,
    database: str | None = None,
    key_file: Path | None = None,
    gap: int | None = None,
) -> Proof:
    """Restore a backup, or the second copy in a folder, into a place without data; proved before it counts.

    ``key_file`` is the server's ``keys/hall.key`` when it does not lie there yet. ``Rejected`` for a file that is no
    backup or a key that is another one's, ``StoreFault`` when the place holds data or the proof fails: then nothing was
    changed.
    """
    began = time.monotonic()
    home = server_folder(folder)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(home):
        entropy = SystemEntropy()
        if key_file is not None:
            _take_key(home, key_file)
        if not (home / "keys" / _KEY_FILE).exists():
            raise StoreFault(f"没有密钥文件 {home / 'keys' / _KEY_FILE}。没有它备份打不开，请用 --key 指出它在哪里")
        place = _place(folder, database, NationalCrypto(entropy))
        tools = Tools(SystemClock(), entropy, place.crypto, place.keys)
        if second_copy.is_copy(source):
            proof = _from_copy(place, source, tools, SMALL_GAP if gap is None else gap)
        else:
            proof = _from_backup(place, source, tools, GAP if gap is None else gap)
    return replace(proof, seconds=time.monotonic() - began)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    lock = FileLock(home / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreFault("这个数据文件夹有一个服务器在运行，没有恢复。先停掉它") from error
    try:
        yield
    finally:
        lock.release()


def _take_key(home: Path, key_file: Path) -> None:
    target = home / "keys" / _KEY_FILE
    try:
        secret = key_file.read_bytes()
    except OSError as error:
        raise Rejected("key", f"密钥文件 {key_file} 读不了（{error.strerror}）") from error
    if target.exists():
        if read_private(target) != secret:
            raise Rejected("key", f"{target} 已经有另一把密钥，没有恢复。恢复要用空的文件夹")
        return
    write_private(target, secret)


def _from_backup(place: _Place, source: Path, tools: Tools, gap: int) -> Proof:
    reader = BackupReader(source, place.crypto, place.keys)
    story = {"from": "backup", "made_at": reader.made_at, "at": tools.now().isoformat()}
    pieces = reader.pieces()
    begin = next(pieces)
    if begin.what.get("is") != "begin":
        raise StoreFault("备份文件的内容不对，没有恢复。请用另一份备份")
    ends: list[Manifest] = []
    files: dict[str, bytes] = {}
    proofs: list[Proof] = []

    def then(connection: Any) -> None:
        found, tables = measured(connection)
        wanted = ends[0]
        _compare(wanted.store, wanted.tables, found, tables)
        heads = tuple(f"{head.feed_no} {head.mac[:16]}" for head in found.heads)
        halls = _renewed(connection, tools, gap, story)
        proofs.append(Proof(source.name, wanted.tables, tables, heads, halls, 0.0))

    schema = Manifest.load(begin.what).store.schema
    with _arriving(place) as store:
        store.restore(schema, _incoming(pieces, ends, files), then)
        # Before the store counts: a server that finds a store makes no identity of its own that devices do not know.
        for name, content in files.items():
            _put_identity(place.home, name, content)
    return proofs[0]


def _incoming(pieces: Iterator[Piece], ends: list[Manifest], files: dict[str, bytes]) -> Iterator[Incoming]:
    """The tables of a backup as they come; the end and the small files are put aside."""
    ahead: list[Piece] = []

    def rows(table: str, first: Piece) -> Iterator[tuple[Any, ...]]:
        piece = first
        while True:
            yield from map(row_of, piece.lines)
            following = next(pieces)
            if following.what.get("is") != "rows" or following.what["table"] != table:
                ahead.append(following)
                return
            piece = following

    while not ends:
        piece = ahead.pop() if ahead else next(pieces)
        kind = piece.what.get("is")
        if kind == "end":
            ends.append(Manifest.load(piece.what))
        elif kind == "file":
            files[piece.what["name"]] = piece.content()
        elif kind == "rows":
            table = piece.what["table"]
            yield Incoming(table, tuple(piece.what["columns"]), rows(table, piece))


def _put_identity(home: Path, name: str, content: bytes) -> None:
    target = home / name
    if name in IDENTITY_FILES and not target.exists():
        write_private(target, content)


def _compare(
    wanted: StoreFacts, tables: dict[str, TableFacts], found: StoreFacts, restored: dict[str, TableFacts]
) -> None:
    different = sorted(name for name in tables.keys() | restored.keys() if tables.get(name) != restored.get(name))
    if different:
        raise StoreFault(f"恢复出来的数据和备份不一样（{different[0]} 等 {len(different)} 张表），没有恢复")
    if wanted != found:
        raise StoreFault("恢复出来的日志链头和备份不一样，没有恢复")


def _renewed(connection: Any, tools: Tools, gap: int, story: dict[str, str]) -> tuple[Restored, ...]:
    begin_new_life(connection, tools.secret(16).hex(), story)
    return tuple(each_hall(connection, lambda unit: after_restore(unit, tools, system_actor(unit.hall_id), gap, story)))


@contextmanager
def _arriving(place: _Place, prepare: Callable[[Path], None] = lambda path: None) -> Iterator[StoredHall]:
    """A store to write to, which takes its place when all went well: a file by its name, a database by its commit."""
    if place.database:
        store = StoredHall.postgres(place.database)
        try:
            store.check_empty()
            yield store
        finally:
            store.close()
        return
    if place.file.exists():
        raise StoreFault(f"{place.file} 已经有数据，没有恢复，也没有改动任何数据。恢复要用空的文件夹")
    fresh = place.file.with_name("hall.db.restoring")
    _clear(fresh)
    try:
        prepare(fresh)
        store = StoredHall.sqlite(fresh, place.keys.key("sqlcipher"), writer=True)
        try:
            yield store
        finally:
            store.settle()
        os.replace(fresh, place.file)
    finally:
        _clear(fresh)


def _clear(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _from_copy(place: _Place, source: Path, tools: Tools, gap: int) -> Proof:
    if place.database:
        raise Rejected("into", "第二份是文件，只能恢复成文件；要进 PostgreSQL，先恢复成文件，再用 clerk backup 搬过去")
    story = {"from": "second copy", "at": tools.now().isoformat()}
    proofs: list[Proof] = []

    def then(connection: Any) -> None:
        found, tables = measured(connection)
        heads = tuple(f"{head.feed_no} {head.mac[:16]}" for head in found.heads)
        proofs.append(Proof(source.name, {}, tables, heads, _renewed(connection, tools, gap, story), 0.0))

    with _arriving(place, lambda path: second_copy.take(source, path)) as store:
        store.check_whole()
        store.renew(then)
        sealed = source / second_copy.IDENTITY
        if sealed.exists():
            for name, content in second_copy.unpack(
                place.crypto.open(place.keys.key("backup", 16), sealed.read_bytes(), second_copy.CONTEXT)
            ).items():
                _put_identity(place.home, name, content)
    return proofs[0]


def _place(folder: Path, database: str | None, crypto: NationalCrypto) -> _Place:
    home = server_folder(folder)
    key_file = home / "keys" / _KEY_FILE
    if not key_file.exists():
        raise StoreFault(f"没有密钥文件 {key_file}，数据打不开。请核对数据文件夹")
    keys = open_keyring(key_file, home / "hall.db", crypto, SystemEntropy())
    return _Place(home, keys, crypto, settings.load(folder).server.database if database is None else database)


# --- the commands ---------------------------------------------------------------------------------------------------
def run_backup(args: argparse.Namespace) -> int:
    """``args``: ``out``, ``data``, ``database``, ``keep``. 0 when the backup is on the disk."""
    folder: Path = args.data or settings.default_folder()
    logs.start(folder, "administration")
    try:
        made = back_up(folder, args.out, args.database)
        dropped = drop_older(args.out, args.keep) if args.out.is_dir() and args.keep else 0
    except (Refusal, Fault) as known:
        say(str(known))
        return 1
    rows = sum(facts.rows for facts in made.manifest.tables.values())
    say(f"已备份到 {made.path}（{made.size / 1e6:.1f} MB，{len(made.manifest.tables)} 张表 {rows} 行）")
    for head in made.manifest.store.heads:
        say(f"日志链头：第 {head.feed_no} 条 {head.mac[:16]}（另有 {head.unsequenced} 条还没有编号）")
    if dropped:
        say(f"删掉了 {dropped} 份更早的备份，留最近 {args.keep} 份")
    say(f"恢复时还要密钥文件 {server_folder(folder) / 'keys' / _KEY_FILE}，请另存在别处；没有它备份打不开")
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """``args``: ``source``, ``data``, ``database``, ``key``, ``gap``. 0 when the store is there and proved."""
    folder: Path = args.data or settings.default_folder()
    logs.start(folder, "administration")
    try:
        proof = restore(folder, args.source, database=args.database, key_file=args.key, gap=args.gap)
    except (Refusal, Fault) as known:
        say(str(known))
        return 1
    for line in table(proof):
        say(line)
    return 0


def table(proof: Proof) -> Iterable[str]:
    """What the technician reads: table by table, the chain, and what comes now."""
    if proof.wanted:
        yield f"{'表':<24}{'备份':>10}{'恢复':>10}  内容"
    for name, found in proof.found.items():
        wanted = proof.wanted.get(name)
        before = "" if wanted is None else f"{wanted.rows:>10}"
        yield f"{name:<24}{before}{found.rows:>10}  {'一样' if wanted == found else found.digest[:16]}"
    for hall, head in zip(proof.halls, proof.heads, strict=True):
        yield f"日志链头 {head}，整条链核对到第 {hall.chained} 条，没有断；{hall.unsequenced} 条还没有编号"
        yield f"今天的号接着从 {'、'.join(hall.first_numbers)} 发，以前发过的号不会再发"
    yield f"恢复完成，用了 {proof.seconds:.1f} 秒。启动服务器后，各窗口会自动把备份以后办的件重新上传"
