"""The locked packages of one target platform, fetched on a machine that has a registry, checked by the lock's hashes.

The lock (``requirements*.txt``) is universal: its markers are evaluated here for the target, since pip would evaluate
them for the machine that builds.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

PYTHONS = ("3.11", "3.12", "3.13")
_OLD_TAGS = ("manylinux1", "manylinux2010", "manylinux2014")


@dataclass(frozen=True, slots=True)
class Target:
    """A platform that a bundle is made for. ``glibc`` is the minor version that its wheels may ask for, 0 elsewhere."""

    name: str
    system: str
    machine: str
    glibc: int

    def tags(self) -> list[str]:
        """Platform tags of wheels that run there, as pip names them."""
        if self.system == "Windows":
            return ["win_amd64"]
        old = _OLD_TAGS if self.machine == "x86_64" else _OLD_TAGS[2:]
        numbered = [f"manylinux_2_{minor}" for minor in range(5, self.glibc + 1)]
        return [f"{tag}_{self.machine}" for tag in (*reversed(numbered), *old, "linux")]

    def environment(self, python: str) -> dict[str, str]:
        """What the markers of the lock are evaluated with."""
        windows = self.system == "Windows"
        return {
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "sys_platform": "win32" if windows else "linux",
            "os_name": "nt" if windows else "posix",
            "platform_system": self.system,
            "platform_machine": self.machine,
            "extra": "",
        }


def target(name: str, oldest_qt: bool) -> Target:
    """``linux-x86_64``, ``linux-aarch64`` or ``windows-amd64``; the oldest Qt runs on an older glibc."""
    if name == "windows-amd64":
        return Target(name, "Windows", "AMD64", 0)
    glibc = {"linux-x86_64": (34, 28), "linux-aarch64": (39, 31)}[name][oldest_qt]
    return Target(name, "Linux", name.partition("-")[2], glibc)


def locked(lock: Path) -> list[tuple[Requirement, str]]:
    """The pins of a lock file, each with its hash options as written there."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    pins = []
    for line in text.splitlines():
        line = line.split(" #")[0].strip()
        if not line or line.startswith("#"):
            continue
        requirement, _, hashes = line.partition(" --hash=")
        pins.append((Requirement(requirement), f"--hash={hashes}"))
    return pins


def with_cameras(lock: Path, more: Path) -> str:
    """The text of ``lock`` and the pins of ``more`` that it has not got: Qt's multimedia, which cameras need."""
    known = {pin.name for pin, _ in locked(lock)}
    pins = [f"{pin} \\\n    {hashes}\n" for pin, hashes in locked(more) if pin.name not in known]
    return lock.read_text(encoding="utf-8") + "".join(pins)


def fetch(lock: Path, wanted: Target, pythons: tuple[str, ...], cache: Path) -> list[Path]:
    """Wheels of every locked package for the target, without doubles. What was fetched for this lock lies in ``cache``
    and is not fetched again. ``CalledProcessError`` when a package has no wheel for the target."""
    pins = locked(lock)
    found: dict[str, Path] = {}
    for python in pythons:
        environment = wanted.environment(python)
        lines = [
            f"{pin.name}=={next(iter(pin.specifier)).version} {hashes}"
            for pin, hashes in pins
            if pin.marker is None or pin.marker.evaluate(environment)
        ]
        content = "\n".join(lines) + "\n"
        folder = cache / f"{wanted.name}-{python}-{wanted.glibc}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        if not (folder / "complete").exists():
            _download(content, wanted, python, folder, list(found.values()))
        for wheel in sorted(folder.glob("*.whl")):
            found.setdefault(wheel.name, wheel)
    return sorted(found.values(), key=lambda wheel: wheel.name)


def _download(content: str, wanted: Target, python: str, folder: Path, known: list[Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for wheel in known:
        # a wheel that serves several versions of Python is there already; pip sees it and does not fetch it again
        if "-none-any" in wheel.name or "-abi3-" in wheel.name:
            _link(wheel, folder / wheel.name)
    plain = folder / "requirements.txt"
    plain.write_text(content, encoding="utf-8")
    digits = python.replace(".", "")
    platforms = [option for tag in wanted.tags() for option in ("--platform", tag)]
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"),
            *("--require-hashes", "--only-binary", ":all:", "-d", str(folder)),
            *("--python-version", python, "--implementation", "cp"),
            *("--abi", f"cp{digits}", "--abi", "abi3", "--abi", "none", *platforms, "-r", str(plain)),
        ],
        check=True,
    )
    (folder / "complete").touch()


def _link(source: Path, goal: Path) -> None:
    """A hard link where the file system has them: wheels are big and many."""
    if goal.exists():
        return
    try:
        os.link(source, goal)
    except OSError:
        goal.write_bytes(source.read_bytes())


def place(wheels: list[Path], folder: Path) -> None:
    """Put the wheels into the bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    for wheel in wheels:
        _link(wheel, folder / wheel.name)


def with_our_wheel(lock: Path, wheel: Path) -> str:
    """The lock's text plus our own wheel by its hash: one file that names everything which may be installed."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return lock.read_text(encoding="utf-8") + f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}\n"
