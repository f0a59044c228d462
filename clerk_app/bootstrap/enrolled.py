"""This device at its server: its folder, its key, and the enrolment kept sealed beside its store."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from clerk_app.bootstrap.supervisor import EmbeddedServer
from clerk_app.client.enrol import Enrolment, enrol
from clerk_app.client.hall import HallClient
from clerk_app.crypto.keyfile import FileKeyring, open_keyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import NotAllowed, StoreFault, Unreachable
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.clock import Clock, Entropy

_ENROLMENT = TypeAdapter(Enrolment)
_CONTEXT = b"enrolment"
CODE_FILE = "enrol.code"
"""One line in the data folder: the code that the installer handed over. It goes when it was used."""


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device with its folder and keys."""

    folder: Path
    keys: FileKeyring
    crypto: NationalCrypto
    enrolment: Enrolment

    def client(self, clock: Clock, entropy: Entropy) -> HallClient:
        """A connection to the device's server, acting as this device."""
        return HallClient(self.enrolment.address, self.enrolment.ca_pem, self.enrolment.enrolled.token, clock, entropy)


def open_device(
    folder: Path,
    kind: DeviceKind,
    name: str,
    entropy: Entropy,
    *,
    window_no: str | None = None,
    address: str = "",
    code: str = "",
    hall: HallProfile | None = None,
    embedded: Callable[[], EmbeddedServer] | None = None,
) -> Device:
    """The device in ``folder``, enrolled now if it is not yet.

    With ``address`` the server is another PC's and ``code`` its one-time code, which the installer may have left beside
    the settings; without it the embedded server of this PC makes the code itself. ``hall`` is what the server of a hall
    tells of itself. ``NotAllowed`` when a code is needed and none was given.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    crypto = NationalCrypto(entropy)
    sealed = folder / "enrolment.sealed"
    store = folder / f"{kind.value}.db"
    keys = open_keyring(folder / "keys" / "device.key", store if store.exists() else sealed, crypto, entropy)
    enrolment = _read(sealed, keys, crypto)
    if address:
        if enrolment is None or enrolment.address != address:
            handed_over = folder.parent / CODE_FILE
            code = code or _read_code(handed_over)
            if not code:
                raise NotAllowed("这台电脑还没有在服务器上登记。请技术员在服务器上生成登记码，再用 --code 启动一次")
            enrolment = enrol(address, code, kind, name, window_no, hall)
            _write(sealed, enrolment, keys, crypto)
            handed_over.unlink(missing_ok=True)
        elif code:
            enrolment = _again(enrolment, lambda: enrol(address, code, kind, name, window_no, hall))
            _write(sealed, enrolment, keys, crypto)
        return Device(folder, keys, crypto, enrolment)
    assert embedded is not None
    server = embedded()
    running = server.ensure()
    if enrolment is None or enrolment.ca_pem != running.ca_pem:
        enrolment = enrol(running.address, server.enrol_code(kind, window_no), kind, name, window_no)
        _write(sealed, enrolment, keys, crypto)
    elif enrolment.address != running.address:
        enrolment = Enrolment(running.address, enrolment.ca_pem, enrolment.enrolled)
        _write(sealed, enrolment, keys, crypto)
    return Device(folder, keys, crypto, enrolment)


def _again(enrolment: Enrolment, anew: Callable[[], Enrolment]) -> Enrolment:
    """Enrol anew with a fresh code: the technician's answer to a copied or lost store. A code that was used already,
    perhaps by this very shortcut, changes nothing."""
    try:
        return anew()
    except (NotAllowed, Unreachable):
        return enrolment


def read_device(folder: Path, kind: DeviceKind, entropy: Entropy) -> Device | None:
    """The device that is enrolled in ``folder``, None when there is none; makes nothing and asks nobody.

    ``StoreFault`` when its key is not there or is too open, ``Tampered`` when the enrolment does not open.
    """
    sealed = folder / "enrolment.sealed"
    if not sealed.exists():
        return None
    crypto = NationalCrypto(entropy)
    store = folder / f"{kind.value}.db"
    keys = open_keyring(folder / "keys" / "device.key", store if store.exists() else sealed, crypto, entropy)
    enrolment = _read(sealed, keys, crypto)
    return None if enrolment is None else Device(folder, keys, crypto, enrolment)


def _read_code(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _read(path: Path, keys: FileKeyring, crypto: NationalCrypto) -> Enrolment | None:
    if not path.exists():
        return None
    plain = crypto.open(keys.key("enrolment", 16), path.read_bytes(), _CONTEXT)
    return _ENROLMENT.validate_json(plain)


def _write(path: Path, enrolment: Enrolment, keys: FileKeyring, crypto: NationalCrypto) -> None:
    sealed = crypto.seal(keys.key("enrolment", 16), _ENROLMENT.dump_json(enrolment), _CONTEXT)
    fresh = path.with_suffix(".new")
    try:
        with open(fresh, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError as error:
        raise StoreFault("登记信息存不下来，请看一下磁盘是不是满了") from error
