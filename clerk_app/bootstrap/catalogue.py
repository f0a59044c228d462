"""``clerk catalogue import FILE…`` on the server's own computer: one command, nobody has to log in.

It opens the server's store with the key file that only the server's account may read, also beside a running server,
which sees the new version within a second. All files make one version; a single bad row and nothing is imported.
"""

from __future__ import annotations

import argparse
import getpass
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.console import say
from clerk_app.domain.errors import Fault, Refusal, Rejected

if TYPE_CHECKING:
    from clerk_app.ports.hall import CatalogueInfo
    from clerk_app.services.hall.catalogue_import import Incomplete

_LOG = logging.getLogger(__name__)
_MOST_REMARKS = 20
_STORE = "hall.db"

Tell = Callable[[str], None]
"""Shows one line."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What stands in the store now. ``changed`` is False when the files hold what was published already."""

    info: CatalogueInfo
    changed: bool
    server_running: bool

    @property
    def sentence(self) -> str:
        """「已发布第 3 版，2,431 个事项。…」."""
        what = f"第 {self.info.version} 版，{self.info.count:,} 个事项"
        if not self.changed:
            return f"内容和正在用的{what}一样，没有变化"
        when = "正在运行的窗口自动换用" if self.server_running else "服务器下次启动后各窗口自动换用"
        return f"已发布{what}。{when}"


def import_files(folder: Path, files: Sequence[Path], tell: Tell) -> Imported | None:
    """Read, judge and publish; None when there are bad rows, each of which was told.

    ``Rejected`` for a file that cannot be read and for a folder without a server, ``StoreFault`` when the store cannot
    be opened.
    """
    from clerk_app.documents.catalogue_files import read_catalogue_file
    from clerk_app.services.hall.catalogue_import import check_catalogue

    _check_place(folder)
    tell(f"正在核对 {len(files)} 个文件")
    report = check_catalogue([read_catalogue_file(path) for path in files])
    verdict, *details = report.lines()
    tell(verdict)
    bad, remarks = details[: len(report.bad)], details[len(report.bad) :]
    for line in bad:
        tell(line)
    for line in remarks[:_MOST_REMARKS]:
        tell(f"注意：{line}")
    if len(remarks) > _MOST_REMARKS:
        tell(f"注意：这样的提示还有 {len(remarks) - _MOST_REMARKS} 条")
    if not report.ok:
        return None
    if report.incomplete:
        tell(_lacking(report.incomplete))
    return _publish(folder, report.matters)


def run(args: argparse.Namespace) -> int:
    """``args``: ``files`` and ``data`` (folder or None). 0 when published or unchanged, 1 when nothing was imported."""
    folder: Path = args.data or settings.default_folder()
    try:
        _check_place(folder)
        logs.start(folder, "catalogue")
        imported = import_files(folder, args.files, say)
    except (Refusal, Fault) as error:
        say(str(error), sys.stderr)
        return 1
    if imported is None:
        return 1
    say(imported.sentence)
    return 0


def _check_place(folder: Path) -> None:
    """A catalogue in a folder without a server would be seen by nobody."""
    from clerk_app.bootstrap.server_files import server_folder

    config = settings.load(folder)
    if config.server.database or (server_folder(folder) / _STORE).exists():
        return
    if config.window.server:
        raise Rejected("data", f"这台电脑用的是别处的服务器 {config.window.server}，请到那台电脑上导入")
    raise Rejected(
        "data", f"文件夹 {folder} 里还没有服务器的数据。请先启动一次 clerk window 或 clerk server，或核对 --data"
    )


def _lacking(incomplete: Iterable[Incomplete]) -> str:
    fields = Counter(name for matter in incomplete for name in matter.missing)
    counted = "、".join(f"{name} {count:,} 个" for name, count in fields.most_common())
    return f"要素不全的也已导入，缺得最多的：{counted}"


def _publish(folder: Path, matters: tuple[dict[str, object], ...]) -> Imported:
    from clerk_app.bootstrap.server import open_hall
    from clerk_app.services.hall.tools import system_actor

    running = _server_runs(folder)
    hall = open_hall(folder)
    try:
        # The audit trail names the account of the system that ran the command.
        actor = replace(system_actor(hall.hall_id), user_name=f"命令行（{_account()}）")
        desk = hall.desk
        before = desk.store.read(hall.hall_id, lambda unit: unit.catalogue.current())
        info = desk.store.write(
            hall.hall_id, actor.device_id, lambda unit: desk.catalogues.publish(unit, actor, matters)
        )
    finally:
        hall.close()
    _LOG.info("catalogue version %s with %s matters", info.version, info.count)
    return Imported(info, info.version != before.version, running)


def _server_runs(folder: Path) -> bool:
    """A running server holds its lock; it is only felt here, never kept from a server that starts."""
    from filelock import FileLock, Timeout

    from clerk_app.bootstrap.server import LOCK_FILE, server_folder

    lock = FileLock(server_folder(folder) / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "未知账户"
