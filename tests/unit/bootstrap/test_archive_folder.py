"""Archive packages on the disk of a window: nothing in clear, whole again when they are handed on."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap.archive_folder import SealedPackages
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.clock import SystemEntropy
from clerk_app.ports.crypto import Tampered

PACKAGE = "张三 110101199003070011".encode() * 20


@pytest.fixture
def folder(tmp_path: Path) -> SealedPackages:
    return SealedPackages(tmp_path / "archive", NationalCrypto(SystemEntropy()), b"k" * 16)


def test_a_package_lies_sealed_and_comes_back_whole(folder: SealedPackages) -> None:
    path = Path(folder.save("MH-12-20261123-0001.zip", PACKAGE))
    assert path.name == "MH-12-20261123-0001.zip.sealed"
    assert "张三".encode() not in path.read_bytes()
    assert folder.opened(path) == PACKAGE


def test_a_changed_or_missing_file_is_noticed(folder: SealedPackages, tmp_path: Path) -> None:
    path = Path(folder.save("a.zip", PACKAGE))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Tampered):
        folder.opened(path)
    with pytest.raises(StoreFault):
        folder.opened(tmp_path / "nowhere.zip.sealed")
