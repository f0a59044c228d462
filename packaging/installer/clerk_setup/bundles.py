"""A bundle as it came on the stick: is it whole, and is it for this PC?"""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from clerk_setup.places import WINDOWS, SetupFault

SUMS = "SHA256SUMS"
# soname and the package of Debian, Ubuntu, UOS and Kylin that carries it
LIBRARIES = (
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libGL.so.1", "libgl1"),
    ("libEGL.so.1", "libegl1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libfontconfig.so.1", "libfontconfig1"),
)
SCREEN_LIBRARIES = (
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
)
CAMERA_LIBRARIES = (("libpulse.so.0", "libpulse0"), ("libXrandr.so.2", "libxrandr2"))


@dataclass(frozen=True, slots=True)
class Bundle:
    """``kind`` is ``wheels`` (needs a Python on the PC) or ``onedir`` (brings its own). ``cameras``: with what document
    cameras need."""

    folder: Path
    version: str
    system: str
    machine: str
    kind: str
    pythons: tuple[str, ...]
    glibc: int
    cameras: bool = False


def verify(folder: Path) -> int:
    """Compare every file with SHA256SUMS; the number of files. ``SetupFault`` names what is missing, changed or more
    than there should be."""
    sums = folder / SUMS
    if not sums.is_file():
        raise SetupFault(f"安装包里没有 {SUMS}，请重新拷贝整个安装包")
    wanted: dict[str, str] = {}
    for line in sums.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        wanted[name] = digest
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {SUMS}
    problems = [f"缺 {name}" for name in sorted(wanted.keys() - present)]
    problems += [f"多出 {name}" for name in sorted(present - wanted.keys())]
    for name in sorted(wanted.keys() & present):
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != wanted[name]:
                problems.append(f"内容不符 {name}")
    if problems:
        shown = "；".join(problems[:5]) + (f"；共 {len(problems)} 处" if len(problems) > 5 else "")
        raise SetupFault(f"安装包不完整或被改动过：{shown}。请重新拷贝安装包，没有装任何东西")
    return len(wanted)


def read_bundle(folder: Path) -> Bundle:
    """What ``bundle.json`` says."""
    try:
        told = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
        return Bundle(
            folder,
            told["version"],
            told["system"],
            told["machine"],
            told["kind"],
            tuple(told["pythons"]),
            told["glibc"],
            told.get("cameras", False),
        )
    except (OSError, ValueError, KeyError) as error:
        raise SetupFault(f"这里不是安装包（bundle.json 读不了：{error}）") from error


def fits(bundle: Bundle) -> None:
    """``SetupFault`` when the bundle is for another kind of PC, with the bundle to take instead."""
    if (bundle.system, bundle.machine) != (platform.system(), platform.machine()):
        here = f"{platform.system()} {platform.machine()}"
        raise SetupFault(f"这个安装包给 {bundle.system} {bundle.machine} 用，这台电脑是 {here}，请换对应的安装包")
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if bundle.kind == "wheels" and python not in bundle.pythons:
        wanted = "、".join(bundle.pythons)
        raise SetupFault(
            f"安装包要 Python {wanted}，这里是 {python}。请装上其中一个，或改用不要 Python 的 onedir 安装包"
        )
    minor = _glibc()
    if minor is not None and minor < bundle.glibc:
        raise SetupFault(
            f"系统的 glibc 是 2.{minor}，安装包要 2.{bundle.glibc}。请改用 QT=oldest 做的安装包（名字带 oldest-qt）"
        )


def _glibc() -> int | None:
    try:
        told = os.confstr("CS_GNU_LIBC_VERSION") if hasattr(os, "confstr") else None
    except ValueError:
        told = None
    return int(told.split()[1].split(".")[1]) if told and told.startswith("glibc") else None


def missing_libraries(with_screen: bool, with_cameras: bool = False) -> list[str]:
    """Packages of the system libraries that this PC lacks; the loader itself is asked."""
    if WINDOWS:
        return []
    missing = []
    wanted = LIBRARIES + (SCREEN_LIBRARIES if with_screen else ()) + (CAMERA_LIBRARIES if with_cameras else ())
    for soname, package in wanted:
        try:
            ctypes.CDLL(soname)
        except OSError:
            missing.append(package)
    return missing
