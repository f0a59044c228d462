"""TLS as a device does it: one pinned authority, nothing else of the world is trusted."""

from __future__ import annotations

import hashlib
import ssl


def fingerprint(ca_pem: str) -> bytes:
    """SHA-256 of the certificate's DER form, 32 bytes; ``ValueError`` for text that is no certificate."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(ca_pem)).digest()


def trusting(ca_pem: str) -> ssl.SSLContext:
    """A context that trusts this one authority; the name asked for is ``domain.enrolment.SERVER_NAME``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cadata=ca_pem)
    return context


def unverified() -> ssl.SSLContext:
    """A context that believes nobody: only for fetching the authority whose fingerprint is checked next."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
