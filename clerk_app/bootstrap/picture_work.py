"""The picture work of the drivers and the PDF reader as a ``ports.capture.PictureWork``."""

from __future__ import annotations

from clerk_app.domain.errors import Rejected
from clerk_app.ports.capture import MOST_BYTES, MOST_PDF_PAGES, Corners, PageKind, Scanned

_LOCKED_PDF = "这个 PDF 打不开：有密码或已损坏。请去掉密码另存一份，或打印出来拍"


class Pictures:
    """Loads the picture libraries (a tenth of a second) with the first picture and not before."""

    def outline(self, frame: bytes) -> Corners | None:
        from drivers.camera import scan
        from drivers.camera.pictures import BadPicture

        try:
            return scan.outline(frame)
        except BadPicture:
            return None

    def scan(self, picture: bytes, corners: Corners | None, turn: int) -> Scanned:
        from drivers.camera import scan
        from drivers.camera.pictures import BadPicture

        try:
            page = scan.scan(picture, corners=corners, turn=turn)
        except BadPicture as error:
            raise Rejected("page", str(error)) from error
        return Scanned(
            page.data,
            PageKind.JPEG,
            page.width,
            page.height,
            corners=page.corners,
            found=page.found,
            sentences=page.sentences,
        )

    def file(self, data: bytes) -> Scanned:
        from drivers.camera.pictures import kind_of

        if len(data) > MOST_BYTES:
            raise Rejected("page", f"这个文件有 {len(data) / 1048576:.0f} MB，超过 20 MB，请分开或压缩后再拖进来")
        if kind_of(data) != "PDF":
            return self.scan(data, None, 0)
        sheets = _sheets(data)
        if not 0 < sheets <= MOST_PDF_PAGES:
            raise Rejected("page", f"这个 PDF 有 {sheets} 页，最多收 {MOST_PDF_PAGES} 页，请分开再拖进来")
        return Scanned(data, PageKind.PDF, 0, 0, sheets=sheets)

    def upright(self, picture: bytes, longest: int) -> bytes:
        from drivers.camera.pictures import BadPicture, jpeg, kind_of, opened, within

        if kind_of(picture) == "PDF":
            return _first_sheet(picture, longest)
        try:
            return jpeg(within(opened(picture), longest))
        except BadPicture as error:
            raise Rejected("page", str(error)) from error


def _sheets(pdf: bytes) -> int:
    import pypdfium2

    from clerk_app.documents.raster import pdf_page_count

    try:
        return pdf_page_count(pdf)
    except pypdfium2.PdfiumError as error:
        raise Rejected("page", _LOCKED_PDF) from error


def _first_sheet(pdf: bytes, longest: int) -> bytes:
    import pypdfium2

    from clerk_app.documents.raster import pdf_fitted

    try:
        return pdf_fitted(pdf, longest)
    except pypdfium2.PdfiumError as error:
        raise Rejected("page", _LOCKED_PDF) from error
