"""The hall's own authority: made once, private, renewed in time."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from clerk_app.client import tls
from clerk_app.crypto.certificates import fingerprint, server_identity
from support.hall import MORNING


def test_the_identity_stays_the_same(tmp_path: Path) -> None:
    first = server_identity(tmp_path / "tls", MORNING)
    certificate = first.certificate.read_bytes()
    again = server_identity(tmp_path / "tls", MORNING + timedelta(days=300))
    assert again.ca_pem == first.ca_pem
    assert again.certificate.read_bytes() == certificate
    if os.name == "posix":
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in (tmp_path / "tls").iterdir())


def test_the_servers_certificate_is_renewed_under_the_same_authority(tmp_path: Path) -> None:
    first = server_identity(tmp_path / "tls", MORNING)
    certificate = first.certificate.read_bytes()
    later = server_identity(tmp_path / "tls", MORNING + timedelta(days=800))
    assert later.ca_pem == first.ca_pem
    assert later.certificate.read_bytes() != certificate


def test_an_interrupted_first_start_is_finished(tmp_path: Path) -> None:
    first = server_identity(tmp_path / "tls", MORNING)
    first.certificate.unlink()
    again = server_identity(tmp_path / "tls", MORNING)
    assert again.ca_pem == first.ca_pem
    assert again.certificate.exists()


def test_both_sides_compute_one_fingerprint(tmp_path: Path) -> None:
    pem = server_identity(tmp_path / "tls", MORNING).ca_pem
    assert tls.fingerprint(pem) == fingerprint(pem)
