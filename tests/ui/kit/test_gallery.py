"""Every component once, at each of the clerk's factors, grabbed and checked for cut text."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from clerk_app.design.tokens import COLOR
from support.gallery import Gallery
from support.look import clipped_labels, dressed, grab


@pytest.mark.parametrize(("factor", "width", "height"), [(1.0, 1366, 900), (1.25, 1700, 1120), (1.5, 2049, 1340)])
def test_nothing_is_cut_at_any_factor(qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int) -> None:
    dressed(qapp, factor)
    gallery = Gallery()
    qtbot.addWidget(gallery)
    gallery.resize(width, height)
    gallery.show()
    gallery.toast.say("已挂起 A047")
    gallery.name.edit.setFocus()
    qapp.processEvents()
    path = grab(gallery, f"gallery_{factor}", tmp_path)
    assert clipped_labels(gallery) == []
    image = QImage(str(path))
    colors = {image.pixelColor(x, y).name().upper() for x in range(0, width, 7) for y in range(0, height, 7)}
    assert {COLOR.rail, COLOR.paper, COLOR.canvas, COLOR.pri} <= colors


def test_a_page_on_screen_follows_a_new_factor(qtbot, qapp, tmp_path: Path) -> None:
    look = dressed(qapp, 1.0)
    changed = Gallery()
    qtbot.addWidget(changed)
    changed.resize(1366, 900)
    changed.show()
    qapp.processEvents()
    look.set_factor(1.25)
    fresh = Gallery()
    qtbot.addWidget(fresh)
    for page in (changed, fresh):
        page.resize(1708, 1200)
        page.show()
        page.primary.setFocus()
        qapp.processEvents()
    assert clipped_labels(changed) == []
    assert changed.minimumSizeHint() == fresh.minimumSizeHint()
    for part in ("steps", "ask", "legend", "primary", "name"):
        assert getattr(changed, part).geometry() == getattr(fresh, part).geometry(), part
