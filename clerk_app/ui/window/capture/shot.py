"""A picture that was taken and not kept yet, and the work on it beside the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtGui import QImage

from clerk_app.ports.capture import Corners, PageKind, PageOrigin, PictureWork, Scanned
from clerk_app.ui.lanes import Failure, Lane

SHOWN_SIDE = 1_400
SMALL_SIDE = 160

Shown = Callable[["Shot"], object]
Failed = Callable[[Failure], object]


@dataclass(frozen=True, slots=True)
class Shot:
    """``image`` is the picture as taken, ``result`` the page as it will be kept, both for the screen."""

    picture: bytes = field(repr=False)
    origin: PageOrigin
    page: Scanned
    image: QImage
    result: QImage


class ShotWork:
    """Runs the picture work on its lane; of several cuts of one shot the newest counts."""

    def __init__(self, lane: Lane, pictures: PictureWork) -> None:
        self._lane, self._pictures = lane, pictures
        self._cuts = 0

    @property
    def cutting(self) -> bool:
        """Whether a newer cut of the shot is on its way: what is shown is not what would be kept."""
        return self._cuts > 0

    def outline(self, frame: bytes, done: Callable[[Corners | None], object]) -> None:
        """Where the sheet lies in a preview frame."""
        self._lane.run(self._pictures.outline, frame, done=done, failed=lambda _: done(None))

    def begin(
        self, picture: bytes | Callable[[], bytes], origin: PageOrigin, turn: int, done: Shown, failed: Failed
    ) -> None:
        """The first look at a picture or a file."""
        self._cuts = 0

        def work() -> Shot:
            data = picture if isinstance(picture, bytes) else picture()
            page = self._pictures.file(data) if origin is PageOrigin.FILE else self._pictures.scan(data, None, turn)
            return self._shown(data, origin, page, None)

        self._lane.run(work, done=done, failed=failed, key="shot")

    def again(self, shot: Shot, corners: Corners | None, turn: int, done: Shown, failed: Failed) -> None:
        """The same picture cut out otherwise."""
        self._cuts += 1
        number = self._cuts

        def over(call: Callable[[], object]) -> None:
            if number == self._cuts:
                self._cuts = 0
                call()

        def work() -> Shot:
            page = self._pictures.scan(shot.picture, corners, turn)
            return self._shown(shot.picture, shot.origin, page, shot.image)

        self._lane.run(
            work,
            done=lambda cut: over(lambda: done(cut)),
            failed=lambda failure: over(lambda: failed(failure)),
            key="shot",
        )

    def small(self, content: bytes, done: Callable[[QImage], object]) -> None:
        """A page that is kept, as a small picture; nothing comes of one that cannot be shown."""
        self._lane.run(
            lambda: QImage.fromData(self._pictures.upright(content, SMALL_SIDE)), done=done, failed=lambda _: None
        )

    def _shown(self, data: bytes, origin: PageOrigin, page: Scanned, image: QImage | None) -> Shot:
        """On the lane: ``QImage`` needs no GUI thread."""
        if image is None:
            image = QImage.fromData(self._pictures.upright(data, SHOWN_SIDE))
        result = image if page.kind is PageKind.PDF else QImage.fromData(page.content)
        if max(result.width(), result.height()) > SHOWN_SIDE:
            result = QImage.fromData(self._pictures.upright(page.content, SHOWN_SIDE))
        return Shot(data, origin, page, image, result)
