"""Batches as files in a folder, from where another program takes them."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from clerk_app.domain.errors import Rejected, StoreFault
from clerk_app.domain.platform import FieldMap
from clerk_app.domain.platform_standard import GB_T_39046
from clerk_app.platforms.forms import FORMS
from clerk_app.ports.platform import Batch, NotTaken, Options, Parcel, Platform

_FILE, _FOLDER = 0o600, 0o700


class FolderPlatform:
    """A ``PlatformAdapter``. A file appears whole or not at all, for this account alone (0600 in a folder 0700); the
    same batch again is the same file."""

    def __init__(self, folder: Path, form: str, fields: FieldMap) -> None:
        self._folder = folder
        self._write, _ = FORMS[form]
        self.fields = fields
        self.suffix = form

    def write(self, batch: Batch) -> bytes:
        return self._write(batch, self.fields)

    def send(self, parcel: Parcel) -> tuple[NotTaken, ...]:
        """``StoreFault`` when it cannot be written, or when every account of this computer could read it."""
        path = self._folder / parcel.name
        fresh = self._folder / f".{parcel.name}.part"
        try:
            self._folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
            if os.name == "posix" and stat.S_IMODE(self._folder.stat().st_mode) & stat.S_IRWXO:
                raise StoreFault(
                    f"导出文件夹 {self._folder} 别的账号也能进，里面有个人信息，没有写。请改权限（chmod 700）"
                )
            fresh.unlink(missing_ok=True)
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE), "wb") as file:
                file.write(parcel.content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, path)
            _settle(self._folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise StoreFault(
                f"导出文件夹 {self._folder} 写不进去（{error.strerror}）。请看磁盘和权限，下次接着导出"
            ) from error
        return ()

    def close(self) -> None:
        """Nothing is held."""


def _settle(folder: Path) -> None:
    """The new name is durable too; Windows has no handle on a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make(options: Options) -> FolderPlatform:
    if not options.folder:
        raise Rejected("platform", '[platform] adapter = "folder" 要写 folder，如 folder = "export"')
    if options.more:
        raise Rejected("platform", f"folder 不认识选项 {'、'.join(options.more)}")
    return FolderPlatform(options.home / options.folder, options.form, options.fields or GB_T_39046)


FOLDER = Platform("folder", "文件夹", GB_T_39046, _make, tried="本机文件夹")
