"""From a picture to a page: upright, cut out, level, judged, written as JPEG. What a camera took and what was dropped
as a file go the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from drivers.camera import flatten, quality
from drivers.camera.geometry import WHOLE, Corners, is_convex, scaled
from drivers.camera.pictures import BadPicture, jpeg, opened, within
from drivers.camera.sheet import find_sheet

NOT_FOUND = "没有认出纸的四边，先按整幅收。可以自己拖四个角"
_MARGIN = 0.05
_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class Page:
    """A page ready to be kept. ``data`` is a JPEG of ``width`` x ``height`` dots without EXIF data.

    ``corners``: where the sheet lay, in fractions of the upright picture; ``found`` False when no sheet was seen and
    nobody named corners, so that it is the whole picture. ``tilt``: by how many degrees the writing was turned level.
    ``flaws`` and ``sentences`` say what to look at, the worst first.
    """

    data: bytes = field(repr=False)
    width: int
    height: int
    corners: Corners
    found: bool
    tilt: float
    flaws: tuple[quality.Flaw, ...]
    sentences: tuple[str, ...]


def scan(data: bytes, *, corners: Corners | None = None, turn: int = 0, level: bool = True) -> Page:
    """The page in a picture.

    corners: where the sheet lies, in fractions of the upright picture; None: look for it. turn: quarter turns clockwise
    of the finished page. level: turn the writing level where the sheet was not found. Raises ``BadPicture``, also for
    corners that are no quadrilateral.
    """
    picture = opened(data)
    found = True
    if corners is None:
        sheet = find_sheet(picture)
        corners, found = (sheet.corners, True) if sheet is not None else (WHOLE, False)
    else:
        corners = _allowed(corners)
    try:
        page = flatten.flattened(picture, corners)
    except ValueError as error:
        raise BadPicture("四个角要围成一个四边形，请把拖错的角放回去", "bad_corners") from error
    turned = 0.0
    if level:
        turned = flatten.tilt(page)
        # Where the sheet's edges are known a slant of the writing is the paper's own, unless it is slight.
        if found and abs(turned) > 3:
            turned = 0.0
        page = flatten.levelled(page, turned)
    if turn % 4:
        page = page.transpose(_TURNS[turn % 4])
    page = within(page, flatten.LONGEST)
    flaws = quality.measured(page).flaws
    sentences = tuple(quality.WORDS[flaw] for flaw in flaws)
    if not found:
        sentences = (NOT_FOUND, *sentences)
    return Page(jpeg(page), page.width, page.height, corners, found, turned, flaws, sentences)


def outline(data: bytes) -> Corners | None:
    """Where the sheet lies in a small frame, quickly, for the preview; fractions of the picture. ``BadPicture``."""
    sheet = find_sheet(opened(data), fine=False)
    return sheet.corners if sheet is not None else None


def _allowed(corners: Corners) -> Corners:
    """Corners that a hand dragged, kept within a little more than the picture."""
    a, b, c, d = ((_clamped(x), _clamped(y)) for x, y in corners)
    kept: Corners = (a, b, c, d)
    if not is_convex(scaled(kept, 1_000, 1_000)):
        raise BadPicture("四个角要围成一个四边形，请把拖错的角放回去", "bad_corners")
    return kept


def _clamped(value: float) -> float:
    return min(1 + _MARGIN, max(-_MARGIN, value))
