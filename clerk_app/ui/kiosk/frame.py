"""The panel of the machine: one page at a time under the head, its size, large letters, reading aloud, the way home."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, QSizeF, QTimer
from PySide6.QtGui import QCloseEvent, QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import COLOR, KIOSK
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import Speaker
from clerk_app.ui.kiosk.notice import Notice
from clerk_app.ui.kiosk.pages import Pages
from clerk_app.ui.kiosk.pieces import HEIGHT, WIDTH, HomeBar, Page, Touch, paint_head
from clerk_app.ui.kiosk.reading_out import ReadingOut, spoken
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.live import LiveHall
from clerk_app.ui.panel import Scale

_TICK_MS: Final = 250
_LARGE: Final = 1.25


class KioskFrame(QWidget):
    """What the window of the machine stands on; it says what is under way, what listens, and what going home means."""

    def __init__(
        self, live: LiveHall, clock: Clock, lanes: Lanes, speaker: Speaker | None, home_after_s: float
    ) -> None:
        super().__init__()
        self.setWindowTitle("取号机")
        self._live, self._clock = live, clock
        self._home_after = home_after_s
        self._touched = clock.monotonic()
        self._scale = Scale(WIDTH, HEIGHT)
        self._head = Scale(WIDTH, HEIGHT)
        self.pages = Pages(self._scale)
        self.page: Page = self.pages.home
        self._aloud = ReadingOut(speaker, lanes, self) if speaker is not None else None
        if self._aloud is not None:
            self._aloud.usable.connect(self.pages.home.show_speaker)
        for page in self.pages.names:
            page.setParent(self)
            page.hide()
            for touch in page.findChildren(Touch):
                touch.pressed.connect(self._was_touched)
        self.pages.home.large.connect(lambda: self._set_large(1.0 if self._scale.words != 1.0 else _LARGE))
        self.pages.home.aloud.connect(self._toggle_voice)
        self._ticks = QTimer(self, interval=_TICK_MS)
        self._ticks.timeout.connect(self.tick)

    # --- what the window answers ------------------------------------------------------------------------------
    def go_home(self) -> None:
        """Forget the citizen; the first page, or why there is none."""
        raise NotImplementedError

    def stop(self) -> None:
        """Nothing is asked of the lanes any more."""
        raise NotImplementedError

    def _under_way(self) -> bool:
        raise NotImplementedError

    def _listen(self) -> None:
        raise NotImplementedError

    def _left_changed(self) -> bool:
        """Whether the first page still stands as the last citizen left it."""
        return self._scale.words != 1.0 or (self._aloud is not None and self._aloud.on)

    # --- what stands on the screen ----------------------------------------------------------------------------
    @property
    def _hall(self) -> HallProfile | None:
        snapshot = self._live.board.snapshot
        return None if snapshot is None else snapshot.hall

    def page_name(self) -> str:
        """As in ``Pages.names``."""
        return self.pages.names[self.page]

    def tick(self) -> None:
        """Clock, bar and the way back to the first page; called four times a second."""
        now = self._clock.monotonic()
        if self._under_way():
            self._touched = now
        left = self._home_after - (now - self._touched)
        for bar in self.page.findChildren(HomeBar):
            bar.show_left(max(0.0, left), self._home_after)
        if left <= 0 and not self._lasting() and (self.page is not self.pages.home or self._left_changed()):
            self.go_home()
        self.update(0, 0, self.width(), round(self._scale.px(KIOSK.head)))

    def _tell(self, notice: Notice) -> None:
        self.pages.notice.show_notice(notice)
        self._show(self.pages.notice)

    def _lasting(self) -> bool:
        return self.page is self.pages.notice and self.pages.notice.notice.lasting

    def _show(self, page: Page) -> None:
        self._was_touched()
        self.page = page
        for one in self.pages.names:
            one.setVisible(one is page)
        page.arrange()
        self.tick()
        self._listen()
        if self._aloud is not None:
            self._aloud.read(spoken(page))

    def _was_touched(self) -> None:
        self._touched = self._clock.monotonic()

    # --- letters and voice ------------------------------------------------------------------------------------
    def _toggle_voice(self) -> None:
        if self._aloud is not None:
            self._set_voice(not self._aloud.on)
            self._aloud.read(spoken(self.page))

    def _set_voice(self, on: bool) -> None:
        if self._aloud is not None:
            self._aloud.switch(on)
        self.pages.home.show_voice(on)

    def _set_large(self, words: float) -> None:
        self._scale.words = words
        self.pages.home.show_large(words != 1.0)
        for page in self.pages.names:
            page.arrange()
        self.update()

    # --- the panel --------------------------------------------------------------------------------------------
    def sizeHint(self) -> QSize:
        return QSize(WIDTH // 2, HEIGHT // 2)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stop()
        super().closeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._was_touched()

    def _arrange(self) -> None:
        for scale in (self._scale, self._head):
            scale.fit(QSizeF(self.size()))
        px = self._scale.px
        width, height = round(px(WIDTH)), round(px(HEIGHT))
        for page in self.pages.names:
            page.setGeometry((self.width() - width) // 2, 0, width, max(height, self.height()))
            page.arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLOR.kiosk))
        hall = self._hall
        paint_head(painter, self._head, self.width(), hall.name if hall is not None else "", self._clock.now())
        painter.end()
