"""Where a vendor's library lies, how wide it is, and which Python can carry it."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.base.errors import NotConnected

_PE_BITS = {0x014C: 32, 0x01C4: 32, 0x8664: 64, 0xAA64: 64}
_ELF_BITS = {1: 32, 2: 64}
HELPER_PROGRAM = Path(__file__).with_name("helper.py")
_FROZEN_NAMES = {32: "clerk-card-helper-32", 64: "clerk-card-helper-64"}
_SUFFIX = ".exe" if os.name == "nt" else ""
OWN_BITS = struct.calcsize("P") * 8

_NO_LIBRARY = "没有找到厂家的 {}，请技术员装上厂家的驱动，或在设置里用 library 写上它的路径；先手工录入"
_NO_HELPER = (
    "厂家的 {name} 是 {bits} 位的，本程序是 {own} 位的，"
    "请技术员在设置里用 helper 写上 {bits} 位 Python 的路径；先手工录入"
)


@dataclass(frozen=True, slots=True)
class VendorLibrary:
    """A library by its file names on the systems, and how it wants to be called (``stdcall`` or ``cdecl``).

    path: the file, when the settings name it. helper: the Python or helper program that carries it, when named.
    Stdcall and 32-bit libraries are untested: no such system was at hand.
    """

    names: tuple[str, ...]
    path: Path | None = None
    helper: Path | None = None
    convention: str = "stdcall" if os.name == "nt" else "cdecl"

    def locate(self) -> Path:
        """The file; NotConnected with what to do when there is none."""
        found = self.path if self.path is not None else _search(self.names, search_folders())
        if found is None or not found.is_file():
            raise NotConnected("no vendor library", word="no_library", advice=_NO_LIBRARY.format(self.names[0]))
        return found.resolve()

    @property
    def there(self) -> bool:
        """Whether the file is there."""
        try:
            self.locate()
        except NotConnected:
            return False
        return True

    def command(self, found: Path) -> list[str]:
        """How to start a helper process of the library's width; NotConnected when nothing here can carry it."""
        if self.helper is not None:
            return _start(self.helper)
        bits = library_bits(found) or OWN_BITS
        for folder in (Path(sys.executable).parent, found.parent):
            frozen = folder / (_FROZEN_NAMES[bits] + _SUFFIX)
            if frozen.is_file():
                return [str(frozen)]
        if bits == OWN_BITS and not getattr(sys, "frozen", False):
            return _start(Path(sys.executable))
        raise NotConnected(
            f"no {bits}-bit helper",
            word="no_helper",
            advice=_NO_HELPER.format(name=found.name, bits=bits, own=OWN_BITS),
        )


def library_bits(path: Path) -> int | None:
    """32 or 64 by the file's own header (PE or ELF); None when it is neither."""
    try:
        with path.open("rb") as file:
            head = file.read(0x40)
            if head[:4] == b"\x7fELF" and len(head) > 4:
                return _ELF_BITS.get(head[4])
            if head[:2] != b"MZ" or len(head) < 0x40:
                return None
            file.seek(struct.unpack_from("<I", head, 0x3C)[0])
            signature = file.read(6)
    except OSError:
        return None
    if signature[:4] != b"PE\0\0" or len(signature) < 6:
        return None
    return _PE_BITS.get(struct.unpack_from("<H", signature, 4)[0])


def search_folders() -> Sequence[Path]:
    """Folders that are searched in this order: beside the program, then where makers' installers put libraries."""
    beside = Path(sys.executable).parent
    folders = [beside / "vendor", beside, Path(sys.prefix) / "vendor"]
    if os.name == "nt":
        windows = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"))
        programs = [Path(os.environ[name]) for name in ("ProgramFiles(x86)", "ProgramFiles") if name in os.environ]
        folders += [windows / "SysWOW64", windows / "System32", *(one / "SDT" for one in programs)]
    else:
        folders += [Path("/usr/local/lib"), Path("/usr/lib"), Path("/opt/idcard"), Path("/opt/idcard/lib")]
    return folders


def _search(names: Iterable[str], folders: Iterable[Path]) -> Path | None:
    wanted = {name.lower() for name in names}
    for folder in folders:
        try:
            here = sorted(one for one in folder.iterdir() if one.name.lower() in wanted)
        except OSError:
            continue
        if here:
            return here[0]
    return None


def _start(program: Path) -> list[str]:
    is_python = program.name.lower().startswith(("python", "pypy"))
    return [str(program), "-I", "-u", str(HELPER_PROGRAM)] if is_python else [str(program)]
