"""The one-time enrolment code: a secret part and the fingerprint of the hall's certificate authority.

26 characters of Crockford's base 32 (no I, L, O, U), written in groups: 10 characters secret (50 bits, lives minutes),
16 characters fingerprint (80 bits, so that nobody can make an authority that fits).
"""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.errors import Rejected

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
SERVER_NAME = "hall-server.clerk.internal"
"""The only name the hall's authority signs for; devices ask for it whatever address they dial."""

SECRET_LENGTH = 10
PRINT_LENGTH = 16
_MOST_WRONG = 5


@dataclass(frozen=True, slots=True)
class CodeParts:
    """``secret`` goes to the server once it has proved ``fingerprint``."""

    secret: str
    fingerprint: str


def _base32(data: bytes, length: int) -> str:
    number = int.from_bytes(data, "big") >> (len(data) * 8 - length * 5)
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(length - 1, -1, -1))


def fingerprint_part(fingerprint: bytes) -> str:
    """The first 80 bits of a certificate's fingerprint (at least 10 bytes) as 16 characters."""
    return _base32(fingerprint, PRINT_LENGTH)


def make_code(random_bytes: bytes, fingerprint: bytes) -> CodeParts:
    """A new code from at least 7 random bytes."""
    return CodeParts(_base32(random_bytes, SECRET_LENGTH), fingerprint_part(fingerprint))


def write_code(parts: CodeParts) -> str:
    """``7Q4KM-2XW8D-…``: groups of five for reading aloud."""
    text = parts.secret + parts.fingerprint
    return "-".join(text[start : start + 5] for start in range(0, len(text), 5))


def read_code(typed: str) -> CodeParts:
    """Parts of a typed code; blanks, hyphens and case do not matter. ``Rejected("code")`` when it cannot be one."""
    text = _plain(typed)
    if len(text) != SECRET_LENGTH + PRINT_LENGTH:
        raise Rejected("code", f"登记码应为 {SECRET_LENGTH + PRINT_LENGTH} 位，现在是 {len(text)} 位，请再看一遍")
    return CodeParts(text[:SECRET_LENGTH], text[SECRET_LENGTH:])


def read_secret(typed: str) -> str:
    """The secret part of what was typed in a browser, which has proved the server by itself: the first two groups are
    enough. ``Rejected("code")`` when it cannot be one."""
    text = _plain(typed)
    if len(text) == SECRET_LENGTH:
        return text
    return read_code(typed).secret


def _plain(typed: str) -> str:
    text = "".join(typed.upper().split()).replace("-", "").translate(_ALIKE)
    wrong = sorted({char for char in text if char not in _ALPHABET})
    if wrong:
        raise Rejected("code", f"登记码里没有“{'”“'.join(wrong[:_MOST_WRONG])}”，请再看一遍")
    return text
