"""The waiting curve: today, expected, a week ago; target and alarm as labelled lines. Painted, no chart library."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.design.words import average, minutes, weekday
from clerk_app.ports.hall_board import CurvePoint, HallBoard
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme

_DASHES = [4.0, 3.0]
_DOTS = [1.0, 2.5]
_STEP = timedelta(minutes=10)
_GAP = timedelta(minutes=30)
_FIRST_HOUR, _LAST_HOUR = 9, 17
_RIGHT = Qt.AlignmentFlag.AlignRight


class WaitChart(QWidget):
    """``show_board`` gives it the hall; minutes upwards, the day to the right."""

    def __init__(self) -> None:
        super().__init__()
        self._board: HallBoard | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_board(self, board: HallBoard) -> None:
        """Paint this one."""
        self._board = board
        said = f"今天平均等候 {average(board.mean_wait_s)}" if board.mean_wait_s is not None else "今天还没有叫过号"
        self.setAccessibleName(f"等候曲线，{said}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(SIZE.left_column) * 2, px(SIZE.left_column))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(SIZE.left_column), px(SIZE.left_column) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._board is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _Drawing(painter, QRectF(self.rect()), self._board).draw()
        painter.end()


class _Drawing:
    def __init__(self, painter: QPainter, area: QRectF, board: HallBoard) -> None:
        self._painter, self._board = painter, board
        line = theme().fonts.line("tiny")
        self._line = line
        left = theme().fonts.width("tiny", "000") + px(SPACE.x8)
        self._area = area.adjusted(left, line, -px(SPACE.x8), -line - px(SPACE.x4))
        self._from, self._until = self._span()
        self._top = self._highest()

    def _span(self) -> tuple[datetime, datetime]:
        """The hours that are shown: 08:30 to 17:00, and longer where somebody was called outside them."""
        board = self._board
        at = board.at.replace(minute=0, second=0, microsecond=0)
        sessions = board.rules.hours.sessions(board.at.date())
        first, last = at.replace(hour=_FIRST_HOUR) - timedelta(minutes=30), at.replace(hour=_LAST_HOUR)
        if sessions:
            first = at.replace(hour=sessions[0].opens.hour, minute=sessions[0].opens.minute)
            last = at.replace(hour=sessions[-1].closes.hour, minute=sessions[-1].closes.minute)
        points = [point.at for point in (*board.curve, *board.last_week, *board.forecast)]
        now = [board.at] if board.curve else []
        return min([first, *points, *now]), max([last, *points, *now])

    def _highest(self) -> int:
        board = self._board
        alarm = board.rules.alarm_minutes
        most = max((point.wait_s / 60 for point in (*board.curve, *board.last_week)), default=0.0)
        # What is only expected must not press everything else to the ground; beyond the top it runs along the top.
        expected = min(max((point.wait_s / 60 for point in board.forecast), default=0.0), 3.0 * alarm)
        wanted = max(most * 1.1, expected * 1.1, alarm * 1.35, 1.0)
        step = self._every(wanted)
        return int(-(-wanted // step) * step)

    @staticmethod
    def _every(most: float) -> int:
        return next((step for step in (1, 2, 5, 10, 20, 30, 60) if most / step <= 5), 120)

    # --- places -----------------------------------------------------------------------------------------------
    def _x(self, at: datetime) -> float:
        share = (at - self._from) / (self._until - self._from)
        return self._area.left() + share * self._area.width()

    def _y(self, of_minutes: float) -> float:
        return self._area.bottom() - min(of_minutes / self._top, 1.0) * self._area.height()

    def _places(self, points: Sequence[CurvePoint]) -> list[QPointF]:
        """In the middle of its ten minutes."""
        return [QPointF(self._x(point.at + _STEP / 2), self._y(point.wait_s / 60)) for point in points]

    # --- drawing ----------------------------------------------------------------------------------------------
    def draw(self) -> None:
        board = self._board
        self._grid()
        today, past = self._places(board.curve), self._places(board.last_week)
        self._line_of(past, board.last_week, COLOR.edge, SIZE.frame, _DOTS)
        self._fill(today, board.curve)
        self._level(board.rules.alarm_minutes, f"警戒 {board.rules.alarm_minutes} 分", COLOR.bad_solid, COLOR.bad)
        self._level(board.rules.target_minutes, f"目标 {board.rules.target_minutes} 分", COLOR.ok_solid, COLOR.ok)
        self._line_of(today, board.curve, COLOR.pri, SIZE.underline, None)
        ahead = self._places(board.forecast)
        if ahead:
            joint = [today[-1], *ahead] if today else ahead
            moments = [board.curve[-1], *board.forecast] if today else board.forecast
            self._line_of(joint, moments, COLOR.pri, SIZE.frame, _DOTS, joined_up=True)
        self._labels(today, past)

    def _grid(self) -> None:
        painter, area = self._painter, self._area
        step = self._every(self._top)
        for value in range(0, self._top + 1, step):
            y = self._y(value)
            painter.setPen(QPen(QColor(COLOR.line), px(SIZE.hairline)))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            at = QRectF(0, y - self._line / 2, area.left() - px(SPACE.x6), self._line)
            paint.text(painter, at, str(value), "tiny", COLOR.ink5, align=_RIGHT)
        hour = self._from.replace(minute=0) + timedelta(hours=1 if self._from.minute else 0)
        hours = max(1, round((self._until - self._from).total_seconds() / 3600 / 9))
        while hour <= self._until:
            words = f"{hour.hour}:00"
            width = theme().fonts.width("tiny", words)
            left = min(max(self._x(hour) - width / 2, 0), area.right() + px(SPACE.x8) - width)
            at = QRectF(left, area.bottom() + px(SPACE.x4), width, self._line)
            paint.text(painter, at, words, "tiny", COLOR.ink5)
            hour += timedelta(hours=hours)

    def _line_of(
        self,
        places: list[QPointF],
        points: Sequence[CurvePoint],
        color: str,
        width: int,
        dashes: list[float] | None,
        *,
        joined_up: bool = False,
    ) -> None:
        """Broken where nobody was called for half an hour: nothing is known of the time between."""
        pen = QPen(QColor(color), px(width))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dashes:
            pen.setDashPattern(dashes)
        path = QPainterPath()
        for number, place in enumerate(places):
            broken = not joined_up and number and points[number].at - points[number - 1].at > _GAP
            if number == 0 or broken:
                path.moveTo(place)
            else:
                path.lineTo(place)
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPath(path)
        if len(places) == 1:
            self._painter.drawPoint(places[0])

    def _fill(self, places: list[QPointF], points: Sequence[CurvePoint]) -> None:
        start = 0
        for number in range(1, len(places) + 1):
            if number < len(places) and points[number].at - points[number - 1].at <= _GAP:
                continue
            part = places[start:number]
            start = number
            if len(part) < 2:
                continue
            path = QPainterPath(QPointF(part[0].x(), self._area.bottom()))
            for place in part:
                path.lineTo(place)
            path.lineTo(QPointF(part[-1].x(), self._area.bottom()))
            self._painter.fillPath(path, QColor(COLOR.pri_soft))

    def _level(self, of_minutes: int, words: str, color: str, ink: str) -> None:
        painter, y = self._painter, self._y(of_minutes)
        pen = QPen(QColor(color), px(SIZE.hairline) * 1.5)
        pen.setDashPattern(_DASHES)
        painter.setPen(pen)
        painter.drawLine(QPointF(self._area.left(), y), QPointF(self._area.right(), y))
        width = theme().fonts.width("tiny", words)
        rules = self._board.rules
        apart = self._y(rules.target_minutes) - self._y(rules.alarm_minutes)
        below = of_minutes == rules.target_minutes and apart < self._line + px(SPACE.x2)
        top = y + 1 if below else y - self._line - 1
        at = QRectF(self._area.right() - width - px(SPACE.x4), top, width + px(SPACE.x4), self._line)
        painter.fillRect(at, QColor(COLOR.paper))
        paint.text(painter, at, words, "tiny", ink, align=_RIGHT)

    # --- words beside the lines -------------------------------------------------------------------------------
    def _labels(self, today: list[QPointF], past: list[QPointF]) -> None:
        board, taken = self._board, []
        if today:
            here = self._current(today[-1])
            taken.append(here)
            most = max(range(len(today)), key=lambda number: board.curve[number].wait_s)
            if len(today) > 3 and today[-1].x() - today[most].x() > px(SIZE.row):
                highest = f"最高 {board.curve[most].wait_s / 60:.1f}"
                taken.append(self._word(today[most], highest, COLOR.pri, taken, bold=True))
        if past:
            most = max(range(len(past)), key=lambda number: board.last_week[number].wait_s)
            beside = [place.y() for place in today if abs(place.x() - past[most].x()) < px(SIZE.row)]
            if beside and min(beside) < past[most].y() + self._line:
                return  # today's line is what people look at
            words = f"上{weekday(board.at.date())}最高 {board.last_week[most].wait_s / 60:.1f}"
            self._word(past[most], words, COLOR.ink5, taken)

    def _current(self, place: QPointF) -> QRectF:
        """A ring at the newest ten minutes with its mean."""
        painter, radius = self._painter, px(SIZE.light) / 2
        painter.setPen(QPen(QColor(COLOR.pri), px(SIZE.underline)))
        painter.setBrush(QColor(COLOR.paper))
        painter.drawEllipse(place, radius, radius)
        words = f"现在 {average(self._board.curve[-1].wait_s)}"
        return self._word(QPointF(place.x() + px(SPACE.x32), place.y() - px(SPACE.x2)), words, COLOR.pri, [], bold=True)

    def _word(self, place: QPointF, words: str, color: str, taken: list[QRectF], *, bold: bool = False) -> QRectF:
        """Above the place, inside the chart, not over words that stand already."""
        width = theme().fonts.width("note", words, bold=bold)
        left = min(max(place.x() - width / 2, self._area.left()), self._area.right() - width)
        height = theme().fonts.line("note")
        at = QRectF(left, max(place.y() - height - px(SPACE.x6), self._area.top() - self._line), width, height)
        for other in taken:
            if at.intersects(other):
                at.moveBottom(other.top())
        behind = QColor(COLOR.paper)
        behind.setAlphaF(0.8)
        self._painter.fillRect(at, behind)
        paint.text(self._painter, at, words, "note", color, bold=bold)
        return at


class ChartLegend(QWidget):
    """Which line is which: drawn as the lines are."""

    def __init__(self) -> None:
        super().__init__()
        self._parts = (("今天", COLOR.pri, SIZE.underline, None), ("预计", COLOR.pri, SIZE.frame, _DOTS))
        self._past = "上周"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_past(self, words: str) -> None:
        """The name of the third line."""
        self._past = words
        self.updateGeometry()
        self.update()

    def _entries(self) -> list[tuple[str, str, int, list[float] | None]]:
        return [*self._parts, (self._past, COLOR.edge, SIZE.frame, _DOTS)]

    def sizeHint(self) -> QSize:
        width = sum(theme().fonts.width("note", words) + self._stroke() for words, *_ in self._entries())
        return QSize(width + 2 * px(SPACE.x12), theme().fonts.line("note"))

    def _stroke(self) -> int:
        return px(SPACE.x20) + px(SPACE.x6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 0, self.height() / 2
        for words, color, width, dashes in self._entries():
            pen = QPen(QColor(color), px(width))
            if dashes:
                pen.setDashPattern(dashes)
            painter.setPen(pen)
            painter.drawLine(QPointF(left, middle), QPointF(left + px(SPACE.x16), middle))
            left += self._stroke()
            wide = theme().fonts.width("note", words)
            paint.text(painter, QRectF(left, 0, wide, self.height()), words, "note", COLOR.ink7)
            left += wide + px(SPACE.x12)
        painter.end()


def waited(seconds: int) -> str:
    """「11 分」; below a minute 「不到 1 分」."""
    return minutes(seconds) if seconds >= 60 else "不到 1 分"
