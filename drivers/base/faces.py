"""The seam for comparing a face with the picture on a card. There is nothing behind it in this distribution.

A hall that is allowed to do this brings a driver of its own and switches it on; without both, no picture of a person is
taken, compared or kept. Whoever writes one keeps these rules, which are conditions of use and not of style:

- Nothing leaves the PC: no network, no file, no log of a picture, a template or a score. Faces are sensitive data
  (个人信息保护法第二十八条): only for the purpose that the citizen was told of and agreed to.
- The answer is a hint for a person. It never refuses a service, opens no lock and is not stored with a case:
  the clerk compares.
- A way without it is always open and costs the citizen nothing (人脸识别技术应用安全管理办法: never the only way).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` 0 (another person) to 1 (the same), ``likely`` the driver's own reading of it. Kept out of ``repr``."""

    score: float
    likely: bool

    def __repr__(self) -> str:
        return "Likeness(…)"


class FaceComparison(Protocol):
    """Compares two pictures on this PC and forgets both."""

    def compare(self, card_picture: bytes, frame: bytes) -> Likeness | None:
        """``card_picture``: BMP of the card's photo (``CardReading.picture``); ``frame``: one JPEG or PNG of a camera.

        None when either shows no face that can be compared. Raises DeviceError. Keeps neither picture.
        """
        ...
