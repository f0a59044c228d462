"""Draws papers for the services. Fonts and paper engines take a second to load: only the first paper pays for them.

Every method may be called on any lane; none belongs on the GUI's thread.
"""

from __future__ import annotations

import importlib
import io
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from unicodedata import category

from clerk_app.bootstrap.device_settings import AUTO, DeviceSettings
from clerk_app.design.fontset import FontSet
from clerk_app.domain.emergency import EmergencyTicket
from clerk_app.domain.errors import Rejected
from clerk_app.domain.papers import Notice, QueueTicket, Receipt, ThermalNote
from clerk_app.domain.signatures import Signature
from clerk_app.ports.crypto import CryptoProvider
from drivers.base.registry import BadAddress
from drivers.printer.profiles import Cutter, Profile, Quirk, read_profile

if TYPE_CHECKING:
    from clerk_app.documents.thermal.profile import PrinterProfile

FindFonts = Callable[[], FontSet]
_A4_POINTS = 210 / 25.4 * 72
_POINTS_PER_INCH = 72


def receipt_profile(settings: DeviceSettings, learned: Profile | None = None) -> PrinterProfile:
    """The paper of the thermal printer, by its profile or its width; ``Rejected`` for one that is none.

    ``learned``: what the printer says it is, for the profile "auto".
    """
    from clerk_app.documents.thermal.profile import PAPER_58MM, PAPER_80MM, PrinterProfile

    named = settings.options_of("receipt_printer").get("profile", "")
    if named and (named != AUTO or learned is not None):
        try:
            family = learned if named == AUTO and learned is not None else read_profile(named)
        except BadAddress as exc:
            raise Rejected("receipt_printer", f"设置里 [devices.receipt_printer] 的 profile 不行：{exc}") from exc
        return PrinterProfile(
            family.dots,
            family.columns,
            # Without characters of its own every line is a picture; nothing but ASCII may be sent as text.
            "ascii" if family.encoding == "none" else family.encoding,
            family.steps_per_dot,
            family.cutter is not Cutter.NONE,
            full_cut=family.cutter is Cutter.FULL,
            plain_cut=family.has(Quirk.PLAIN_CUT),
            double_byte_switch=not family.has(Quirk.NO_DOUBLE_BYTE_SWITCH),
            raster_rows=family.raster_rows,
        )
    papers = {80: PAPER_80MM, 58: PAPER_58MM}
    if settings.receipt_width_mm not in papers:
        raise Rejected("receipt_width_mm", "设置里 receipt_width_mm 应为 80 或 58，照小票纸的宽度填")
    return papers[settings.receipt_width_mm]


class Renderer:
    """A ``ports.printing.PaperRenderer`` that also draws the kiosk's tickets.

    ``fonts`` is the fonts of this machine or a function that finds them (``typefaces.find``, which may take half a
    minute the first time and raises ``TypefaceFault``); it is called once, by the first paper. ``profile`` may be a
    function where the printer is asked what it is; every paper asks it anew.
    """

    def __init__(
        self,
        fonts: FontSet | FindFonts,
        profile: PrinterProfile | Callable[[], PrinterProfile],
        crypto: CryptoProvider,
    ) -> None:
        self._given = fonts
        self._given_profile = profile
        self._crypto = crypto
        self._fonts: FontSet | None = None
        self._lock = threading.Lock()

    @property
    def _profile(self) -> PrinterProfile:
        return self._given_profile() if callable(self._given_profile) else self._given_profile

    def warm_up(self) -> None:
        """Load fonts and engines ahead of the first paper; for a lane with nothing else to do."""
        for engine in ("notice", "receipt_page", "thermal_note", "thermal_receipt", "thermal_ticket"):
            importlib.import_module(f"clerk_app.documents.{engine}")
        self._found()

    def ticket(self, ticket: QueueTicket) -> bytes:
        """取号小票 as ESC/POS."""
        from clerk_app.documents.thermal_ticket import render_ticket

        return render_ticket(ticket, self._profile, self._found())

    def emergency_ticket(self, ticket: EmergencyTicket) -> bytes:
        """应急号 as ESC/POS."""
        from clerk_app.documents.thermal_emergency import render_emergency_ticket

        return render_emergency_ticket(ticket, self._profile, self._found())

    def proof(self, place: str, printer: str, at: datetime) -> bytes:
        """打印测试 as ESC/POS."""
        from clerk_app.documents.thermal_proof import render_proof

        return render_proof(place, printer, at, self._profile, self._found())

    def receipt(self, receipt: Receipt) -> bytes:
        from clerk_app.documents.thermal_receipt import render_receipt

        return render_receipt(receipt, self._profile, self._found())

    def receipt_page(self, receipt: Receipt) -> bytes:
        from clerk_app.documents.receipt_page import render_receipt_page

        return render_receipt_page(receipt, self._found())

    def note(self, note: ThermalNote) -> bytes:
        from clerk_app.documents.thermal_note import render_note

        return render_note(note, self._profile, self._found())

    def note_page(self, note: ThermalNote) -> bytes:
        from clerk_app.documents.receipt_page import render_note_page

        return render_note_page(note, self._found())

    def notice(self, notice: Notice, *, signature: Signature | None = None, reprint: int = 0) -> bytes:
        return self._notice(notice, signature, preview=False, reprint=reprint)

    def check(self, notice: Notice) -> str:
        from clerk_app.documents.notice import notice_content

        return self._crypto.digest(notice_content(notice)).hex()

    def preview(self, notice: Notice, *, signature: Signature | None = None) -> bytes:
        return self._notice(notice, signature, preview=True)

    def lacking(self, words: str) -> tuple[str, ...]:
        """Characters that no font of this machine has, once each: papers show a box with the code point there."""
        from clerk_app.documents.thermal.layout import char_columns

        # Not isprintable(): to Python a private-use character of a name, and one newer than its tables, is none.
        unseen = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")
        seen = (char for char in dict.fromkeys(words) if char_columns(char) and category(char) not in unseen)
        missing = self._found().missing("".join(seen))
        return tuple(sorted(missing))

    def _notice(self, notice: Notice, signature: Signature | None, *, preview: bool, reprint: int = 0) -> bytes:
        from clerk_app.documents.notice import render_notice

        check = self.check(notice)
        if signature is not None and not signature.of_content(check):
            raise Rejected("signature", "这个签字不是为这份文书签的，请重新签一次")
        return render_notice(notice, self._found(), check=check, preview=preview, signature=signature, reprint=reprint)

    def _found(self) -> FontSet:
        with self._lock:
            if self._fonts is None:
                self._fonts = self._given if isinstance(self._given, FontSet) else self._given()
            return self._fonts


def first_page(pdf: bytes, width_px: int) -> bytes:
    """The first page of a PDF as PNG, ``width_px`` wide: the paper that is printed, never a second layout."""
    from PIL import Image

    from clerk_app.documents.raster import pdf_to_png

    if width_px < 1:
        raise ValueError("a picture is at least one pixel wide")
    # PDFium rounds up: a hair less gives an A4 page its very width, so that its text is not scaled twice.
    png = pdf_to_png(pdf, dpi=width_px * _POINTS_PER_INCH / _A4_POINTS * 0.99999)
    with Image.open(io.BytesIO(png)) as picture:
        if picture.width == width_px:
            return png
        height = max(1, round(picture.height * width_px / picture.width))
        scaled = picture.resize((width_px, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    scaled.save(out, format="PNG")
    return out.getvalue()
