"""Where an installation keeps its things, and the switch between versions.

/opt/clerk/versions/<version>/     one version, never changed after it is complete
/opt/clerk/current                 symbolic link to one of them (Windows: current.txt with the version)
/opt/clerk/bin/                    launchers that follow ``current``
/opt/clerk/setup.json              what this PC is (role, account) and what was done
/var/lib/clerk                     stores and settings; no version ever lies in it
/var/lib/clerk-backups/            one copy of the stores per upgrade
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

WINDOWS = sys.platform == "win32"
COMPLETE = ".complete"


class SetupFault(Exception):
    """What keeps the installer from going on; str() is the sentence for the technician. Nothing was switched."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one installation; ``system`` is the root of /etc and /usr (another one in tests)."""

    home: Path
    data: Path
    system: Path = Path("/")

    @property
    def versions(self) -> Path:
        return self.home / "versions"

    @property
    def current(self) -> Path:
        return self.home / ("current.txt" if WINDOWS else "current")

    @property
    def backups(self) -> Path:
        return self.data.with_name(self.data.name + "-backups")

    def version(self, name: str) -> Path:
        return self.versions / name

    def installed(self) -> list[str]:
        """Complete versions, oldest installation first."""
        marks = self.versions.glob(f"*/{COMPLETE}")
        return [mark.parent.name for mark in sorted(marks, key=lambda mark: mark.stat().st_mtime)]

    def active(self) -> str | None:
        """The version that the launchers start."""
        if WINDOWS:
            return self.current.read_text(encoding="ascii").strip() if self.current.exists() else None
        return Path(os.readlink(self.current)).name if self.current.is_symlink() else None

    def switch(self, name: str) -> None:
        """Make ``name`` the active version, in one step: a power cut leaves the one or the other."""
        if not (self.version(name) / COMPLETE).exists():
            raise SetupFault(f"版本 {name} 没有装完整，没有切换")
        fresh = self.current.with_name(self.current.name + ".new")
        fresh.unlink(missing_ok=True)
        if WINDOWS:
            fresh.write_text(name, encoding="ascii")
        else:
            fresh.symlink_to(Path("versions") / name)
        os.replace(fresh, self.current)
        sync_folder(self.home)


@dataclass
class Upgrade:
    """One switch: from which version to which, when, and where the copy of the stores lies that was made before it."""

    before: str
    after: str
    at: str
    backup: str


@dataclass
class State:
    """``setup.json``."""

    role: str = ""
    account: str = ""
    data: str = ""
    upgrades: list[Upgrade] = field(default_factory=list)


def read_state(home: Path) -> State:
    """An empty state where nothing is installed yet."""
    try:
        table = json.loads((home / "setup.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State()
    except ValueError as error:
        raise SetupFault(f"{home / 'setup.json'} 读不了（{error}），请看一下这个文件") from error
    upgrades = [Upgrade(**one) for one in table.pop("upgrades", [])]
    return State(**table, upgrades=upgrades)


def write_state(home: Path, state: State) -> None:
    """Durably, the old one stays until the new one is whole."""
    fresh = home / "setup.json.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(state), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, home / "setup.json")
    sync_folder(home)


def sync_folder(folder: Path) -> None:
    """Names in a folder outlive a power cut after this."""
    if WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
