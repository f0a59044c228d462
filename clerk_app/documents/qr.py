"""QR codes as plain module matrices, so that paper engines draw them themselves (dots or vectors)."""

from __future__ import annotations

QUIET_MODULES = 4
"""Width of the empty margin that ISO/IEC 18004 asks for, in modules."""


def qr_modules(data: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a QR code (error level M, no margin) row by row, True being dark.

    Raises ``ValueError`` if ``data`` is empty or too long for a code.
    """
    import segno

    if not data:
        raise ValueError("a QR code needs data")
    try:
        code = segno.make_qr(data, error="m", boost_error=False)
    except segno.encoder.DataOverflowError as error:
        raise ValueError("the data is too long for a QR code") from error
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)
