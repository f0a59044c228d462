"""The crypto provider seam: national algorithms by software today, by UKey or gateway later."""

from __future__ import annotations

from typing import Protocol

from clerk_app.domain.errors import Fault


class Tampered(Fault):
    """Sealed data does not open: wrong key, or somebody changed it."""


class CryptoProvider(Protocol):
    """Digest, keyed digest and sealing of small data. Keys are raw bytes from a ``Keyring``."""

    def digest(self, data: bytes) -> bytes:
        """32 bytes (SM3, GB/T 32905)."""
        ...

    def mac(self, key: bytes, data: bytes) -> bytes:
        """32 bytes (HMAC-SM3)."""
        ...

    def seal(self, key: bytes, plain: bytes, context: bytes) -> bytes:
        """Encrypt and authenticate (SM4-GCM, 16-byte key). ``context`` must be the same when opening."""
        ...

    def open(self, key: bytes, sealed: bytes, context: bytes) -> bytes:
        """The plain bytes; raises ``Tampered``."""
        ...

    def same(self, left: bytes, right: bytes) -> bool:
        """Equality in constant time."""
        ...


class Keyring(Protocol):
    """The keys of one store, derived by purpose from one secret."""

    def key(self, purpose: str, length: int = 32) -> bytes:
        """``length`` ≤ 32 bytes, the same for the same purpose for ever."""
        ...


class PasswordHasher(Protocol):
    """Slow hashing of passwords (argon2id, RFC 9106)."""

    def hash(self, password: str) -> str:
        """An encoded hash with its salt and parameters."""
        ...

    def fits(self, encoded: str, password: str) -> bool:
        """Whether the password belongs to the hash; a broken hash does not fit."""
        ...
