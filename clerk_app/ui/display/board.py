"""How the call screen is drawn, in px of a 1920x1080 panel: numbers and windows, never a name or a matter.

Letter heights are for reading from afar (ISO 9241-3: 16' to 20' of arc): the call to 20 m, the list to 7 m.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath

from clerk_app.design.tokens import COLOR, DISPLAY_TYPE
from clerk_app.design.words import LISTEN_AFTER, LISTEN_TO_WINDOWS, bar_day, clock_time, joined
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import TicketState
from clerk_app.ports.hall_queue import CalledNumber, GroupWaiting
from clerk_app.ui.panel import RIGHT, Scale, baseline, box, line

WIDTH, HEIGHT = 1920, 1080
LIST_ROWS = 6
_MARGIN, _GAP, _HEAD, _FOOT, _RADIUS = 56, 28, 104, 116, 20
_CALLS = 788
_TALLER = 1.15
_LEFT_SHARE = 0.57
_MISSED = "过号"
_UNIT = "号窗口"
_LEAST = DISPLAY_TYPE["least"].px


@dataclass(frozen=True, slots=True)
class BoardView:
    """What is on the screen: ``calls`` newest first, ``lost_at`` since when the server is away, ``sentence`` what to
    say before anything is known, ``lit`` whether the newest card is in the call's colour at this moment. ``notices``
    take turns with the waiting counts at the foot, ``turn`` says whose it is."""

    now: datetime
    hall: HallProfile | None
    calls: tuple[CalledNumber, ...]
    groups: tuple[GroupWaiting, ...]
    lost_at: datetime | None = None
    sentence: str = ""
    lit: bool = False
    turn: int = 0
    notices: tuple[str, ...] = ()


class BoardPainter:
    """Draws one view over the whole of a panel of any size."""

    def __init__(self, painter: QPainter, area: QRectF) -> None:
        self._painter = painter
        self._area = area
        self._upright = area.height() > area.width()
        self._scale = Scale(HEIGHT, WIDTH) if self._upright else Scale(WIDTH, HEIGHT)
        self._scale.fit(area.size())

    def draw(self, view: BoardView) -> None:
        """The whole screen."""
        painter, area = self._painter, self._area
        painter.fillRect(area, QColor(COLOR.night))
        head = QRectF(area.left(), area.top(), area.width(), self._px(_HEAD))
        foot = QRectF(area.left(), area.bottom() - self._px(_FOOT), area.width(), self._px(_FOOT))
        painter.fillRect(head, QColor(COLOR.night2))
        painter.fillRect(foot, QColor(COLOR.night2))
        self._head(head, view)
        self._waiting(foot, view)
        body = QRectF(area.left(), head.bottom(), area.width(), foot.top() - head.bottom())
        if view.sentence:
            self._sentence(body, view.sentence)
            return
        calls, rest = self._halves(body)
        self._calls(calls, view)
        self._list(rest, view.calls[3 : 3 + LIST_ROWS])

    def _halves(self, body: QRectF) -> tuple[QRectF, QRectF]:
        """Places of the calls and of the list: beside each other, on an upright panel below each other. What is
        higher than the design gives air below, not between a number and its window."""
        margin, pad, tall = self._px(_MARGIN), self._px(36), self._px(_CALLS)
        inner = body.adjusted(margin, pad, -margin, -pad)
        if self._upright:
            calls = QRectF(inner.left(), inner.top(), inner.width(), tall)
            rest = QRectF(inner.left(), calls.bottom() + 2 * pad, inner.width(), tall)
            return calls, rest
        middle = body.left() + round(body.width() * _LEFT_SHARE)
        stroke = QRectF(middle, body.top(), max(1.0, self._px(2)), body.height())
        self._painter.fillRect(stroke, QColor(COLOR.rail2))
        height = min(inner.height(), tall * _TALLER)
        calls = QRectF(inner.left(), inner.top(), middle - margin - inner.left(), height)
        left = middle + self._px(50)
        return calls, QRectF(left, inner.top(), body.right() - self._px(48) - left, height)

    def _px(self, value: float) -> float:
        return self._scale.px(value)

    def _line(self, area: QRectF, text: str, role: str, color: str, **more: object) -> float:
        options = {"least": _LEAST} | more
        return line(self._painter, self._scale, area, text, DISPLAY_TYPE[role], color, **options)  # type: ignore[arg-type]

    def _head(self, area: QRectF, view: BoardView) -> None:
        inner = area.adjusted(self._px(_MARGIN), 0, -self._px(_MARGIN), 0)
        clock = self._line(inner, clock_time(view.now), "clock", COLOR.paper, align=RIGHT)
        inner.setRight(inner.right() - clock - self._px(24))
        day = self._line(inner, bar_day(view.now.date()), "label", COLOR.night_sub, align=RIGHT)
        inner.setRight(inner.right() - day - self._px(40))
        if view.lost_at is not None:
            words = f"以下为 {clock_time(view.lost_at)} 的情况"
            width = self._line(inner, words, "label", COLOR.call, bold=True, align=RIGHT)
            inner.setRight(inner.right() - width - self._px(40))
        if view.hall is None:
            return
        name = self._line(inner, view.hall.name, "hall", COLOR.paper)
        inner.setLeft(inner.left() + name + self._px(26))
        place = joined(view.hall.area, "综合窗口")
        if self._scale.width(DISPLAY_TYPE["label"], place) <= inner.width():
            self._line(inner, place, "label", COLOR.night_sub)

    def _sentence(self, body: QRectF, sentence: str) -> None:
        self._line(body.adjusted(self._px(_MARGIN), 0, -self._px(_MARGIN), 0), sentence, "unit", COLOR.call)

    def _calls(self, area: QRectF, view: BoardView) -> None:
        gap = self._px(_GAP)
        tall = round(area.height() * 0.455)
        top = QRectF(area.left(), area.top(), area.width(), tall)
        self._newest(top, view.calls[0] if view.calls else None, view.lit)
        width = (area.width() - gap) / 2
        for at in range(2):
            card = QRectF(
                area.left() + at * (width + gap), top.bottom() + gap, width, area.bottom() - top.bottom() - gap
            )
            box(self._painter, card, COLOR.night2, self._px(_RADIUS))
            if len(view.calls) > 1 + at:
                self._earlier(card, view.calls[1 + at])

    def _newest(self, card: QRectF, call: CalledNumber | None, lit: bool) -> None:
        painter, scale = self._painter, self._scale
        box(painter, card, COLOR.call if lit else COLOR.night2, self._px(_RADIUS))
        strip = QPainterPath()
        strip.addRoundedRect(card, self._px(_RADIUS), self._px(_RADIUS))
        painter.save()
        painter.setClipRect(QRectF(card.left(), card.top(), self._px(14), card.height()))
        painter.fillPath(strip, QColor(COLOR.call))
        painter.restore()
        inner = card.adjusted(self._px(58), self._px(24), -self._px(44), -self._px(24))
        label = QRectF(inner.left(), inner.top(), inner.width(), self._px(DISPLAY_TYPE["label"].line))
        if call is None:
            self._line(inner, "还没有叫号", "unit", COLOR.night_sub)
            return
        ink, sub = (COLOR.night, COLOR.night) if lit else (COLOR.call, COLOR.night_sub)
        words = "请到" if not call.recalls else f"第 {call.recalls + 1} 次叫号，请到"
        shown = self._line(label, words, "label", sub)
        if call.state is TicketState.MISSED:
            self._tag(label.left() + shown + self._px(24), label.center().y(), ink)
        number, window, unit = (DISPLAY_TYPE[role] for role in ("call", "call_window", "unit"))
        gaps = self._px(36) + self._px(20)
        bold_unit = QFontMetricsF(scale.font(unit, bold=True)).horizontalAdvance(_UNIT) * 58 / unit.px
        needed = scale.width(number, call.number) + scale.width(window, call.window_no) + bold_unit + gaps
        shrink = min(1.0, inner.width() / needed)
        base = inner.bottom() - self._px(38)
        left = inner.left()
        left += baseline(painter, scale, QPointF(left, base), call.number, number, ink, shrink=shrink)
        left += self._px(36) * shrink
        words_ink = COLOR.night if lit else COLOR.paper
        left += baseline(painter, scale, QPointF(left, base), call.window_no, window, words_ink, shrink=shrink)
        left += self._px(20) * shrink
        painter.setFont(scale.font(unit, bold=True, shrink=shrink * 58 / unit.px))
        painter.drawText(QPointF(left, base), _UNIT)

    def _earlier(self, card: QRectF, call: CalledNumber) -> None:
        inner = card.adjusted(self._px(44), self._px(44), -self._px(32), -self._px(44))
        words = joined(f"{clock_time(call.last_call_at)} 叫号", "优先" if call.is_priority else "")
        label = QRectF(inner.left(), inner.top(), inner.width(), self._px(DISPLAY_TYPE["least"].line))
        shown = self._line(label, words, "least", COLOR.night_sub)
        if call.state is TicketState.MISSED:
            self._tag(label.left() + shown + self._px(20), label.center().y(), COLOR.call)
        number, window = DISPLAY_TYPE["call_window"], DISPLAY_TYPE["recent"]
        shrink = min(1.0, inner.width() / self._scale.width(number, call.number))
        base = inner.top() + inner.height() * 0.60
        baseline(
            self._painter, self._scale, QPointF(inner.left(), base), call.number, number, COLOR.paper, shrink=shrink
        )
        low = QPointF(inner.left(), inner.bottom())
        low.setX(low.x() + baseline(self._painter, self._scale, low, call.window_no, window, COLOR.paper))
        low.setX(low.x() + self._px(16))
        baseline(self._painter, self._scale, low, _UNIT, DISPLAY_TYPE["unit"], COLOR.paper)

    def _list(self, area: QRectF, calls: tuple[CalledNumber, ...]) -> None:
        head = QRectF(area.left(), area.top(), area.width(), self._px(DISPLAY_TYPE["label"].line))
        self._line(head, "刚才叫过", "label", COLOR.night_sub)
        self._line(head, "没看到也可以直接去", "label", COLOR.night_sub, align=RIGHT)
        row = (area.bottom() - head.bottom()) / LIST_ROWS
        number, unit = DISPLAY_TYPE["list"], DISPLAY_TYPE["unit"]
        for at, call in enumerate(calls):
            top = head.bottom() + at * row
            base = top + row * 0.5 + self._px(number.px) * 0.37
            left = QPointF(area.left(), base)
            width = baseline(self._painter, self._scale, left, call.number, number, COLOR.paper)
            if call.state is TicketState.MISSED:
                self._tag(area.left() + width + self._px(24), base - self._px(number.px) * 0.35, COLOR.call)
            right = area.right() - self._scale.width(unit, _UNIT)
            baseline(self._painter, self._scale, QPointF(right, base), _UNIT, unit, COLOR.paper)
            right -= self._px(14) + self._scale.width(number, call.window_no)
            baseline(self._painter, self._scale, QPointF(right, base), call.window_no, number, COLOR.paper)
            if at + 1 < len(calls):
                under = QRectF(area.left(), top + row - self._px(1), area.width(), max(1.0, self._px(2)))
                self._painter.fillRect(under, QColor(COLOR.rail2))

    def _tag(self, left: float, middle: float, ink: str) -> None:
        role = DISPLAY_TYPE["least"]
        width = self._scale.width(role, _MISSED) + self._px(32)
        area = QRectF(left, middle - self._px(26), width, self._px(52))
        box(self._painter, area, None, self._px(8), edge=ink, stroke=max(1.0, self._px(2)))
        self._line(area.adjusted(self._px(16), 0, 0, 0), _MISSED, "least", ink)

    def _waiting(self, area: QRectF, view: BoardView) -> None:
        inner = area.adjusted(self._px(_MARGIN), 0, -self._px(_MARGIN), 0)
        if view.lost_at is not None and view.now - view.lost_at >= LISTEN_AFTER:
            # The counts are old by now; clerks call by hand.
            self._painter.fillRect(area, QColor(COLOR.call))
            self._line(inner, LISTEN_TO_WINDOWS, "unit", COLOR.night, bold=True)
            return
        pages = waiting_pages(self._scale, view.groups, inner.width())
        turns = len(pages) + len(view.notices)
        if not turns:
            return
        turn = view.turn % turns
        if turn >= len(pages):
            self._notice(inner, view.notices[turn - len(pages)])
            return
        left, base = inner.left(), inner.center().y() + self._px(15)
        for words, count, rest in pages[turn]:
            for text, role, color in (
                (words, "label", COLOR.night_sub),
                (count, "clock", COLOR.paper),
                (rest, "label", COLOR.night_sub),
            ):
                at = QPointF(left, base)
                left += baseline(self._painter, self._scale, at, text, DISPLAY_TYPE[role], color) + self._px(14)
            left += self._px(50)

    def _notice(self, area: QRectF, text: str) -> None:
        """A text for the public; in two lines where one is too short for it."""
        mark = self._line(area, "通知", "label", COLOR.call, bold=True)
        area = area.adjusted(mark + self._px(32), 0, 0, 0)
        if self._scale.width(DISPLAY_TYPE["label"], text) <= area.width():
            self._line(area, text, "label", COLOR.paper)
            return
        half = area.height() / 2
        first, second = two_lines(self._scale, text, area.width())
        lift = self._px(6)
        upper = QRectF(area.left(), area.top() + lift, area.width(), half)
        self._line(upper, first, "least", COLOR.paper)
        self._line(QRectF(area.left(), area.top() + half - lift, area.width(), half), second, "least", COLOR.paper)


Words = tuple[str, str, str]


def two_lines(scale: Scale, text: str, width: float) -> tuple[str, str]:
    """The text broken behind the last mark of the first line that is not too early; what is too long for two lines is
    cut with an ellipsis."""
    role = DISPLAY_TYPE["least"]
    metrics = QFontMetricsF(scale.font(role))
    cut = len(text)
    while cut > 1 and metrics.horizontalAdvance(text[:cut]) > width:
        cut -= 1
    mark = max(text.rfind(one, 0, cut) for one in "，。；、：")
    cut = mark + 1 if cut < len(text) and mark > cut // 2 else cut
    return text[:cut], metrics.elidedText(text[cut:], Qt.TextElideMode.ElideRight, width)


def waiting_pages(scale: Scale, groups: tuple[GroupWaiting, ...], width: float) -> list[list[Words]]:
    """The groups with their people and the expected wait if all fit beside each other; then without groups where
    nobody waits, then without the wait. What still does not fit goes to further pages, shown in turns (nothing
    scrolls)."""
    waiting = tuple(group for group in groups if group.waiting)
    for shown, wait in ((groups, True), (waiting, True), (groups, False)):
        row = [_words(group, wait=wait) for group in shown]
        if row and sum(_width(scale, words) for words in row) <= width:
            return [row]
    pages: list[list[Words]] = []
    used = 0.0
    for words in (_words(group, wait=False) for group in waiting):
        needed = _width(scale, words)
        if not pages or used + needed > width:
            pages.append([])
            used = 0.0
        pages[-1].append(words)
        used += needed
    return pages


def _words(group: GroupWaiting, *, wait: bool) -> Words:
    minutes = -(-group.expected_wait_s // 60)
    rest = f"人等 · 约 {minutes} 分" if wait and group.waiting else "人"
    return group.name, str(group.waiting), rest


def _width(scale: Scale, words: Words) -> float:
    name, count, rest = words
    label, figure = DISPLAY_TYPE["label"], DISPLAY_TYPE["clock"]
    text = scale.width(label, name) + scale.width(figure, count) + scale.width(label, rest)
    return text + scale.px(3 * 14 + 50)
