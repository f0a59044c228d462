"""``clerk stores``: what the stores of a data folder are like for this version of the program; the installer asks it.

``check`` only looks. ``migrate`` brings every store to this version's schema, as the programs' own start would; the
installer lets a new version do it on a copy first.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap import settings
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.server_files import server_folder
from clerk_app.crypto.keyfile import open_keyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.clock import SystemEntropy

if TYPE_CHECKING:
    from db.schemas import Schema

_NEWER = "是更新的程序写的（结构 {0.found}，本程序到 {0.newest}），请用更新的程序"
_STATES = {"current": "好", "older": "下次启动时升级", "newer": "读不了", "damaged": "打不开"}


@dataclass(frozen=True, slots=True)
class StoreRow:
    """One store: ``name`` is its path inside the data folder, ``problem`` the sentence when this program cannot work
    with it. ``schema`` is what was found before a migration."""

    name: str
    schema: str
    newest: str
    state: str
    problem: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the stores of one kind of program are found, looked at and opened."""

    pattern: str
    key_file: str
    purpose: str
    look: Callable[[Path, bytes], Schema]
    open: Callable[[Path, bytes], None]


def _kinds() -> tuple[_Kind, ...]:
    from db.hall.store import open_sqlite
    from db.kiosk.store import open_kiosk_store
    from db.schemas import hall_schema, kiosk_schema, window_schema
    from db.window.store import open_window_store

    entropy = SystemEntropy()
    return (
        _Kind(
            "hall.db",
            "keys/hall.key",
            "sqlcipher",
            hall_schema,
            lambda path, key: open_sqlite(path, key, entropy).close(),
        ),
        _Kind(
            "window.db",
            "keys/device.key",
            "sqlcipher",
            window_schema,
            lambda path, key: open_window_store(path, key, "").close(),
        ),
        _Kind(
            "kiosk.db", "keys/device.key", "kiosk", kiosk_schema, lambda path, key: open_kiosk_store(path, key).close()
        ),
    )


def look(folder: Path, *, migrate: bool = False) -> Iterator[StoreRow]:
    """Every store of the data folder, in the order of their names, and the hall's database if it has one."""
    entropy = SystemEntropy()
    crypto = NationalCrypto(entropy)
    homes = sorted({server_folder(folder), *(path for path in folder.glob("*") if path.is_dir())})
    for home in homes:
        for kind in _kinds():
            path = home / kind.pattern
            if not path.exists():
                continue
            row = StoreRow(path.relative_to(folder).as_posix(), "", "", "damaged", "")
            try:
                key = open_keyring(home / kind.key_file, path, crypto, entropy).key(kind.purpose)
                found = kind.look(path, key)
                row = replace(row, schema=found.found, newest=found.newest, state=found.state)
                if found.state == "newer":
                    row = replace(row, problem=_NEWER.format(found))
                elif migrate:
                    kind.open(path, key)
                    kind.look(path, key)
            except (Refusal, Fault) as known:
                row = replace(row, problem=str(known))
            except Exception as error:  # noqa: BLE001 - a migration that fails is why the installer asks on a copy
                row = replace(row, problem=f"升级没有做成（{type(error).__name__}：{error}）")
            yield row
    database = settings.load(folder).server.database
    if database:
        yield _database(database)


def _database(url: str) -> StoreRow:
    """The server's own start migrates it: on a copy of the data folder it would still be the hall's database."""
    from db.hall.look import look as look_at

    row = StoreRow("PostgreSQL", "", "", "damaged", "")
    try:
        found = look_at(url).schema
    except Fault as known:
        return replace(row, problem=str(known))
    row = replace(row, schema=found.found, newest=found.newest, state=found.state)
    return replace(row, problem=_NEWER.format(found)) if found.state == "newer" else row


def run(args: argparse.Namespace) -> int:
    """``args``: ``verb`` (check, migrate), ``data``, ``json``. 0 when this program can work with every store."""
    folder: Path = args.data or settings.default_folder()
    rows = list(look(folder, migrate=args.verb == "migrate"))
    if args.json:
        json.dump([asdict(row) for row in rows], sys.stdout, ensure_ascii=False)
        print()
    else:
        for row in rows:
            say(f"{row.name}：{_STATES[row.state]}（结构 {row.schema or '空'}，本程序 {row.newest}）{row.problem}")
        if not rows:
            say(f"{folder} 里还没有数据")
    return int(any(row.problem for row in rows))
