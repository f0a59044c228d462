"""Papers as pictures: what is shown on a screen is the paper that is printed, never a second layout."""

from __future__ import annotations

import io
from threading import Lock

_lock = Lock()  # PDFium may be used by one thread at a time


def pdf_to_png(pdf: bytes, dpi: float = 110, page: int = 0) -> bytes:
    """Return one page of ``pdf`` as PNG. Raises ``IndexError`` if there is no such page."""
    import pypdfium2

    with _lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            if not 0 <= page < len(document):
                raise IndexError(f"the paper has {len(document)} pages")
            picture = document[page].render(scale=dpi / 72).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()


def pdf_page_count(pdf: bytes) -> int:
    """Return the number of pages."""
    import pypdfium2

    with _lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def pdf_fitted(pdf: bytes, longest: int) -> bytes:
    """The first page of somebody else's PDF as PNG with ``longest`` dots along its longer side, however large it says
    it is."""
    import pypdfium2

    with _lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            picture = page.render(scale=longest / max(1.0, *page.get_size())).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()
