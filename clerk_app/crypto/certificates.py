"""The hall's own certificate authority and the server's certificate; fingerprints for enrolment codes.

The authority signs for one name only, ``SERVER_NAME``; devices ask for this name whatever address they dial, so a
changed IP address needs no new certificate, and no other certificate of the world is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from clerk_app.crypto.keyfile import read_private, write_private
from clerk_app.domain.enrolment import SERVER_NAME

_CA_LIFE = timedelta(days=3650)
_SERVER_LIFE = timedelta(days=820)
_RENEW_BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """Files for the TLS server and the authority's certificate for devices."""

    ca_pem: str
    certificate: Path
    private_key: Path


def fingerprint(pem: str) -> bytes:
    """SHA-256 of the certificate's DER form, 32 bytes."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _make_ca(folder: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Hall certificate authority")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + _CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
        .add_extension(x509.NameConstraints([x509.DNSName(SERVER_NAME)], None), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / "ca.key", _private_pem(key))
    write_private(folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _make_server(folder: Path, now: datetime) -> None:
    ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    ca_key = serialization.load_pem_private_key(read_private(folder / "ca.key"), None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is an elliptic curve key")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(SERVER_NAME))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + _SERVER_LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SERVER_NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    for part in ("server.key", "server.pem"):
        (folder / part).unlink(missing_ok=True)
    write_private(folder / "server.key", _private_pem(key))
    write_private(folder / "server.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _due(path: Path, now: datetime) -> bool:
    if not path.exists():
        return True
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc - now < _RENEW_BEFORE


def server_identity(folder: Path, now: datetime) -> ServerIdentity:
    """The server's identity in ``folder``, made on the first start and renewed 60 days before its end.

    The authority lives ten years; a server certificate that was interrupted in the making is made again.
    """
    if not (folder / "ca.pem").exists():
        (folder / "ca.key").unlink(missing_ok=True)
        _make_ca(folder, now)
    if _due(folder / "server.pem", now):
        _make_server(folder, now)
    read_private(folder / "server.key")
    return ServerIdentity((folder / "ca.pem").read_text("ascii"), folder / "server.pem", folder / "server.key")
