"""The stores of this PC during a switch: copied before, tried on a copy, put back only when a person asks for it.

What is in a store is the program's business: the version that is going to run is asked (``clerk stores … --json``).
Files keep owner and rights, since a key file that others may read is refused by the program.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clerk_setup.places import WINDOWS, SetupFault, sync_folder

NOT_KEPT = ("log", "*.lock", "runtime.json", "start.err")
_SECONDS = 600


def copy(source: Path, goal: Path) -> int:
    """A durable copy of a data folder without logs and locks, under its name only when it is whole; its bytes.

    ``SetupFault`` when the disk cannot hold it.
    """
    size = sum(path.stat().st_size for path in source.rglob("*") if path.is_file() and not path.is_symlink())
    goal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(goal.parent).free
    if free < size * 2 + 64 * 2**20:
        raise SetupFault(
            f"磁盘只剩 {free / 2**20:,.0f} MB，备份和试升级要 {size * 2 / 2**20:,.0f} MB，请先清出空间。什么都没有改"
        )
    fresh = goal.with_name(goal.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        shutil.copytree(source, fresh, symlinks=True, ignore=shutil.ignore_patterns(*NOT_KEPT))
        _like(source, fresh)
        _sync(fresh)
        os.replace(fresh, goal)
        sync_folder(goal.parent)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise SetupFault(f"备份没有做成（{error}），什么都没有改") from error
    return size


def _like(source: Path, copied: Path) -> None:
    """Owners as in the original; ``copytree`` keeps rights and times only."""
    if WINDOWS or os.geteuid() != 0:
        return
    for path in (copied, *copied.rglob("*")):
        original = (source / path.relative_to(copied)).lstat()
        os.chown(path, original.st_uid, original.st_gid, follow_symlinks=False)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if not WINDOWS:
                    os.fsync(file.fileno())
        elif path.is_dir():
            sync_folder(path)


def ask(program: Sequence[str], verb: str, folder: Path) -> list[dict[str, Any]]:
    """What a version says of the stores in ``folder``: one row a store with ``name``, ``schema``, ``newest``,
    ``state`` (current, older, newer, damaged) and ``problem``. ``verb`` is ``check`` or ``migrate``."""
    command = [*program, "stores", verb, "--json", "--data", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=_SECONDS, check=False)
        rows: list[dict[str, Any]] = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise SetupFault(f"程序没有说出数据是什么样的（{error}），没有切换") from error
    return rows


def rehearse(program: Sequence[str], source: Path, verb: str) -> list[dict[str, Any]]:
    """``ask`` on a copy of ``source`` that is thrown away: the stores themselves are not opened, not even to look.

    The copy holds personal data under the same keys: it lies beside the data, for root alone, and goes in any case.
    """
    with tempfile.TemporaryDirectory(dir=source.parent, prefix=".clerk-rehearsal-") as work:
        tried = Path(work) / "data"
        shutil.copytree(source, tried, symlinks=True, ignore=shutil.ignore_patterns(*NOT_KEPT))
        return ask(program, verb, tried)


def problems(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Sentences of the stores that this version cannot work with."""
    return [f"{row['name']}：{row['problem']}" for row in rows if row["problem"]]


def put_back(backup: Path, data: Path, aside: Path) -> None:
    """The copy takes the place of the data; what was there is moved to ``aside``, never deleted."""
    goal = data.with_name(data.name + ".restored")
    shutil.rmtree(goal, ignore_errors=True)
    copy(backup, goal)
    os.replace(data, aside)
    os.replace(goal, data)
    sync_folder(data.parent)
