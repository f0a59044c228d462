"""The key file of one store: 32 random bytes that only the owner may read; all keys derive from them."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from clerk_app.domain.errors import StoreFault
from clerk_app.ports.clock import Entropy
from clerk_app.ports.crypto import CryptoProvider

_SIZE = 32


class FileKeyring:
    """Keys derived by HMAC-SM3(secret, purpose)."""

    def __init__(self, secret: bytes, crypto: CryptoProvider) -> None:
        if len(secret) != _SIZE:
            raise ValueError("a keyring's secret has 32 bytes")
        self._secret = secret
        self._crypto = crypto

    def key(self, purpose: str, length: int = 32) -> bytes:
        if not 1 <= length <= _SIZE:
            raise ValueError("a derived key has 1 to 32 bytes")
        return self._crypto.mac(self._secret, f"clerk-key/1/{purpose}".encode())[:length]


def write_private(path: Path, data: bytes) -> None:
    """Create ``path`` (it must not exist) durably with rights 0600; its folder becomes 0700 when it is made here."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read_private(path: Path) -> bytes:
    """The bytes of a private file; ``StoreFault`` when others may read it (POSIX rights) or it cannot be read."""
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise StoreFault(f"密钥文件的权限太宽，别人也能读：{path.name}。请技术员改为仅本人可读（600）再启动")
        return path.read_bytes()
    except OSError as error:
        raise StoreFault(f"密钥文件读不出来：{path.name}。没有它数据打不开，请联系技术员") from error


def open_keyring(path: Path, store: Path, crypto: CryptoProvider, entropy: Entropy) -> FileKeyring:
    """The keyring of ``store``; its key file is made on the first start.

    A missing key file beside an existing store raises ``StoreFault``: making a new key would hide the loss.
    """
    if not path.exists():
        if store.exists() and store.stat().st_size > 0:
            raise StoreFault(f"数据文件在，密钥文件 {path.name} 不在，数据打不开。请联系技术员找回密钥")
        # Another process may be faster: then its key counts.
        with contextlib.suppress(FileExistsError):
            write_private(path, entropy.bytes(_SIZE))
    secret = read_private(path)
    if len(secret) != _SIZE:
        raise StoreFault(f"密钥文件 {path.name} 已损坏。请联系技术员用备份恢复")
    return FileKeyring(secret, crypto)
