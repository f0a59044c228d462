"""Icons come from Lucide, in the colour asked for, sharp on every screen."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from clerk_app.design.tokens import COLOR
from clerk_app.ui.kit.icons import Icons

SHOWN = """
a-large-small accessibility arrow-down badge-check book-open-check building-2 calendar-check calendar-clock check
circle-alert circle-check circle-question-mark clock cloud-off cloud-upload file-clock file-spreadsheet hand-helping
hard-drive-download heart-pulse history house id-card image lock megaphone package-check plane printer receipt-text
save scale scan-barcode scan-line search signature smile sparkles store timer triangle-alert user volume-2 x
""".split()  # noqa: SIM905 - a list of fifty strings is harder to read


@pytest.mark.parametrize("name", SHOWN)
def test_every_icon_of_the_screens_exists_and_draws(name: str) -> None:
    icons = Icons()
    assert icons.has(name)
    image = icons.pixmap(name, COLOR.bad, 24).toImage()
    drawn = [image.pixelColor(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 250]
    wanted = QColor(COLOR.bad)
    assert drawn
    # Edges laid over each other round by one or two steps.
    assert all(abs(color.red() - wanted.red()) + abs(color.blue() - wanted.blue()) < 6 for color in drawn)


def test_a_pixmap_is_as_sharp_as_its_screen() -> None:
    pixmap = Icons().pixmap("check", COLOR.ok, 16, 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (32, 2.0)


def test_the_same_icon_is_rendered_once_until_the_screen_changes() -> None:
    icons = Icons()
    first = icons.pixmap("check", COLOR.ok, 16).cacheKey()
    assert icons.pixmap("check", COLOR.ok, 16).cacheKey() == first
    assert icons.pixmap("check", COLOR.bad, 16).cacheKey() != first
    icons.drop()
    assert icons.pixmap("check", COLOR.ok, 16).cacheKey() != first


def test_a_heavier_stroke_covers_more() -> None:
    def ink(stroke: float) -> int:
        image = Icons().pixmap("x", QColor(COLOR.ink9).name(), 24, 1.0, stroke).toImage()
        return sum(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24))

    assert ink(3.0) > ink(2.0)


def test_an_unknown_icon_is_refused() -> None:
    with pytest.raises(KeyError):
        Icons().pixmap("no-such-icon", COLOR.ok, 16)
