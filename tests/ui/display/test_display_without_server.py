"""The call screen says who calls while the server is away for long."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from clerk_app.design.words import LISTEN_TO_WINDOWS
from clerk_app.ui.display import board
from clerk_app.ui.display.board import BoardPainter, BoardView
from support.halls import NOW, PROFILE
from support.look import dressed


def drawn(monkeypatch, seconds: int, folder: Path) -> list[str]:  # type: ignore[no-untyped-def]
    """The texts of the screen when the server has been away for so long."""
    texts: list[str] = []
    line = board.line

    def heard(painter, scale, area, text, *rest, **more):  # type: ignore[no-untyped-def]
        texts.append(text)
        return line(painter, scale, area, text, *rest, **more)

    monkeypatch.setattr(board, "line", heard)
    since = NOW.replace(second=0)
    view = BoardView(now=since.replace(second=seconds), hall=PROFILE, calls=(), groups=(), lost_at=since)
    picture = QImage(1920, 1080, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    BoardPainter(painter, QRectF(0, 0, 1920, 1080)).draw(view)
    painter.end()
    picture.save(str(folder / f"display-away-{seconds}.png"))
    return texts


def test_after_half_a_minute_it_tells_to_listen_to_the_windows(qapp: QApplication, monkeypatch, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    dressed(qapp)
    folder = Path(os.environ.get("CLERK_GRABS") or tmp_path)
    assert LISTEN_TO_WINDOWS not in drawn(monkeypatch, 29, folder)
    assert LISTEN_TO_WINDOWS in drawn(monkeypatch, 30, folder)
