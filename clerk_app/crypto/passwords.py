"""argon2id password hashing (RFC 9106, second recommended parameter set)."""

from __future__ import annotations

from argon2 import PasswordHasher as _Argon2
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY


class Argon2Passwords:
    """64 MiB, 3 passes, 4 lanes: some 50-100 ms on a hall's PC."""

    def __init__(self) -> None:
        self._argon2 = _Argon2.from_parameters(RFC_9106_LOW_MEMORY)

    def hash(self, password: str) -> str:
        return self._argon2.hash(password)

    def fits(self, encoded: str, password: str) -> bool:
        try:
            return self._argon2.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False
