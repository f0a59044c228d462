"""Pages of a case's materials as the window's services and screens see them: the camera, the picture work, the rows.

Corners are fractions of the upright picture: upper left, upper right, lower right, lower left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from clerk_app.ports.devices import DeviceHealth

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]

MOST_BYTES = 20 * 1024 * 1024
"""Of one file, picture or PDF."""
MOST_PDF_PAGES = 200

ON_THE_SERVER = "这一页已过本机的保存期限，只在服务器上"


class PageOrigin(StrEnum):
    """Where a page came from."""

    CAMERA = "camera"
    FILE = "file"


class PageKind(StrEnum):
    """How a page's content is written. A PDF is kept whole, with its number of pages."""

    JPEG = "image/jpeg"
    PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page ready to be kept, not kept yet. ``content`` is a JPEG of ``width`` x ``height`` dots, or a PDF of
    ``sheets`` sheets (``width`` and ``height`` are 0 then). ``corners`` is where the sheet lay, None in a PDF;
    ``found`` False when no sheet was seen. ``sentences`` say what to look at before it is taken."""

    content: bytes = field(repr=False)
    kind: PageKind
    width: int
    height: int
    sheets: int = 1
    corners: Corners | None = None
    found: bool = True
    sentences: tuple[str, ...] = ()


class PictureWork(Protocol):
    """What is done with pictures; pure, any thread, some hundred milliseconds."""

    def outline(self, frame: bytes) -> Corners | None:
        """Where the sheet lies in a preview frame; None when none is seen or the frame is damaged."""
        ...

    def scan(self, picture: bytes, corners: Corners | None, turn: int) -> Scanned:
        """The page in a picture: looked for, or cut out at ``corners``; then ``turn`` quarter turns clockwise.
        ``Rejected("page")`` with the clerk's sentence for what is no picture."""
        ...

    def file(self, data: bytes) -> Scanned:
        """A dropped file: JPEG and PNG as ``scan``, PDF as it is. ``Rejected("page")``: another kind, too large,
        damaged, locked by a password."""
        ...

    def upright(self, picture: bytes, longest: int) -> bytes:
        """For the screen, JPEG or PNG: upright with at most ``longest`` dots a side; the first sheet of a PDF.
        ``Rejected("page")``."""
        ...


class DocumentCamera(Protocol):
    """The camera over the desk."""

    def start(self, preview: Callable[[bytes], None]) -> None:
        """Small frames (JPEG) until ``stop``, from the camera's thread. ``DeviceFault`` when there is none."""
        ...

    def stop(self) -> None: ...

    def capture(self, timeout_s: float) -> bytes:
        """One picture in full size; ``DeviceFault``."""
        ...

    def health(self) -> DeviceHealth: ...


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page as kept. ``sha`` is the SM3 of the content, 64 hex digits; ``position`` its place among the pages of the
    material, from 1. ``removed_at``: taken out, and may be brought back until it is swept."""

    page_id: str
    case_id: str
    material_id: str
    position: int
    origin: PageOrigin
    kind: PageKind
    width: int
    height: int
    sheets: int
    size: int
    sha: str
    user_id: str
    made_at: datetime
    removed_at: datetime | None = None


class PageStore(Protocol):
    """Pages of materials; their content never changes."""

    def add(self, row: PageRow, content: bytes) -> PageRow:
        """Store as the last page of its material; the position given is ignored, the stored one returned."""
        ...

    def get(self, page_id: str) -> PageRow | None: ...

    def content(self, page_id: str) -> bytes:
        """``NotFound`` when its time in this store is over."""
        ...

    def of_case(self, case_id: str) -> list[PageRow]:
        """By material and position, removed ones left out."""
        ...

    def set_removed(self, page_id: str, at: datetime | None) -> None: ...

    def sweep(self, removed_before: datetime) -> list[PageRow]:
        """Delete the pages that were taken out before a moment, content and all; returns them."""
        ...
