"""What tells this computer from a clone of its disk."""

from __future__ import annotations

import hashlib
import sys
import uuid
from pathlib import Path


class ThisMachine:
    """``ports.window.Machine`` on a real computer: the system's own id and the network card's address.

    A cloned disk image carries the same system id (Linux: /etc/machine-id), so the card's address goes in too; a
    virtual machine that was copied gets a new one. The value itself is never stored, only a digest of it.
    """

    def fingerprint(self) -> str:
        """64 hex digits."""
        parts = (_system_id(), f"{uuid.getnode():012x}" if _has_real_node() else "")
        return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _has_real_node() -> bool:
    # RFC 9562, 6.10: a made-up node id has the multicast bit set and differs at each start.
    return not uuid.getnode() >> 40 & 1


def _system_id() -> str:
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    for path in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        try:
            return path.read_text(encoding="ascii").strip()
        except OSError:
            continue
    return ""
