"""A signature that a citizen wrote on the screen facing them, bound to what was signed.

电子签名法第二条: data that tell who signed and that the signer agrees to the content. 第十三条第一款第四项: a change of
the content after the signature can be discovered; the check (SM3 of the content, as the paper's footer prints) does it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from clerk_app.domain.errors import Rejected

PAD_RATIO = 2.4
"""Width to height of the place where a signature is written and of the place on paper where it is drawn."""

LEAST_POINTS = 8
LEAST_SPREAD = 0.08
"""A signature is wider or higher than this part of its place: a touch by mistake is none."""

Point = tuple[float, float]
Stroke = tuple[Point, ...]
Strokes = tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """``strokes`` are lines of points in 0 … 1 of a place of ``PAD_RATIO``, from its upper left corner.

    ``check`` is the SM3 of the content that was shown and signed, 64 hex digits; ``signer`` the name of who signed.
    """

    signature_id: str
    case_id: str
    paper_id: str
    check: str
    signer: str = field(repr=False)
    signed_at: datetime
    strokes: Strokes = field(repr=False)

    def of_content(self, check: str) -> bool:
        """Whether it was given for a document with this content."""
        return bool(check) and self.check == check


def clean_strokes(strokes: Strokes) -> Strokes:
    """The strokes rounded to a ten-thousandth of the place.

    Raises ``Rejected("signature", …)`` for an empty place, for a mere touch and for points outside the place.
    """
    rounded = tuple(tuple((round(x, 4), round(y, 4)) for x, y in stroke) for stroke in strokes if stroke)
    across = [x for stroke in rounded for x, _ in stroke]
    down = [y for stroke in rounded for _, y in stroke]
    if not all(0.0 <= value <= 1.0 for value in (*across, *down)):
        raise Rejected("signature", "签字写到框外面了，请重写一次")
    spread = max(max(across) - min(across), max(down) - min(down)) if rounded else 0.0
    if len(across) < LEAST_POINTS or spread < LEAST_SPREAD:
        raise Rejected("signature", "还没有签字，请在框里写上姓名")
    return rounded
