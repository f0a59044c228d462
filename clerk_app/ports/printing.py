"""Papers on their way to paper: who draws them, and where they go when there is no printer."""

from __future__ import annotations

from typing import Protocol

from clerk_app.domain.papers import Notice, Receipt, ThermalNote
from clerk_app.domain.signatures import Signature


class PaperRenderer(Protocol):
    """Draws papers. The same value gives the same bytes, so that a stored paper can be proved."""

    def receipt(self, receipt: Receipt) -> bytes:
        """The thermal job (ESC/POS); ``receipt.reprint`` > 0 prints 「补打 n」."""
        ...

    def receipt_page(self, receipt: Receipt) -> bytes:
        """The same receipt as an A4 PDF, for the day the thermal printer is out of order."""
        ...

    def note(self, note: ThermalNote) -> bytes:
        """The thermal job of a short form; ``note.reprint`` > 0 prints 「补打 n」."""
        ...

    def note_page(self, note: ThermalNote) -> bytes:
        """The same short form as an A4 PDF."""
        ...

    def notice(self, notice: Notice, *, signature: Signature | None = None, reprint: int = 0) -> bytes:
        """The A4 PDF with every copy (第一联, 第二联); the place of the seal is left free.

        ``signature`` is drawn into the first place to sign with its time; the check stays that of the content.
        ``Rejected("signature", …)`` when it was given for another content. ``reprint`` > 0 prints 「补打 n」.
        """
        ...

    def check(self, notice: Notice) -> str:
        """SM3 of the notice's content, 64 hex digits: what its foot prints and what signatures are bound to."""
        ...

    def preview(self, notice: Notice, *, signature: Signature | None = None) -> bytes:
        """The first copy as PDF for the screen, with the seal's circle drawn. ``signature`` as in ``notice``."""
        ...


class PaperFolder(Protocol):
    """Where PDFs go when no A4 printer is set up."""

    def save(self, name: str, pdf: bytes) -> str:
        """Store durably under a file name made from ``name``; returns the path to show. ``StoreFault`` if not."""
        ...
