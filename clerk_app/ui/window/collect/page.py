"""出件: all results of the visit on one page, the framed one open, one service receipt for what is handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.services.window.issue import Result
from clerk_app.ui.keys import Page, bind, key, keys_of, pressed
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, KeyCap, KeyHint, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import EmptyState, Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.kit.timeline import Reached, Stop
from clerk_app.ui.window.collect.result_card import ResultCard, Tick
from clerk_app.ui.window.collect.who import Taker, Who
from clerk_app.ui.window.file.course import stops
from clerk_app.ui.window.frames import Scroll

FIND_WIDTH = 360
LOW = 420


class CollectPage(QWidget):
    """``search_wanted`` carries what was scanned or typed; ``taker_wanted`` a ``Taker``; ``issue_wanted`` and
    ``end_wanted`` (whether to call the next one) follow F9 and F12; ``sign_wanted`` is F7; ``refused`` says why a key
    does nothing now."""

    search_wanted = Signal(str)
    taker_wanted = Signal(object)
    issue_wanted = Signal()
    end_wanted = Signal(bool)
    sign_wanted = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[ResultCard] = []
        self._framed = -1
        self._at: Tick | None = None
        self._issued, self._signed = False, False
        self._count = 0
        self._busy = False
        self._no_sign = ""
        self._wish = False
        self.search = QLineEdit()
        self.search.setProperty("bare", "true")
        self.search.setPlaceholderText("扫收件凭证，或输入编号")
        self.search.setAccessibleName("找结果")
        self.line = Surface("field", height=SIZE.control, width=FIND_WIDTH)
        self.who = Who()
        self._nowhere = QWidget(self)
        self._nowhere.setVisible(False)
        self.summary = ElidedLabel("", "note", "ink7")
        self.list = Column(gap=SPACE.x8)
        self.empty = EmptyState("请放身份证，或扫收件凭证", icon="id-card")
        self.legend = Legend()
        self.receipt = ElidedLabel("", "note", "ink7")
        self.done = Pill("", State.OK, icon="circle-check")
        self.sign = Button(key("sign").text, key=key("sign").cap(), large=True)
        self.go = Button("", ButtonRole.PRIMARY, key=key("issue").cap())
        self._build()
        self._connect()

    def _build(self) -> None:
        self.line.setLayout(
            Row(IconLabel("scan-barcode", "ink7", SIZE.icon_middle), self.search, gap=SPACE.x8, margins=(0, SPACE.x12))
        )
        head = Surface("paper", edges="bottom")
        words = Column(Text("出件", "title"), Text("一次到窗，全部领走", "note", "ink7"))
        cap = KeyCap(key("find").cap())
        head.setLayout(Row(words, None, self.line, cap, gap=SPACE.x12, margins=(SPACE.x8, SPACE.page)))
        over = Row(
            self.summary,
            KeyHint(key("piece_move").caps, key("piece_move").text),
            KeyHint(key("hand_over").caps, key("hand_over").text),
            gap=SPACE.x8,
            margins=(SPACE.x6, SPACE.page),
        )
        column = Column(self.empty, self.list, None)
        self.area = Scroll(column, (0, SPACE.page, SPACE.x8, SPACE.page))
        desk = Surface("canvas")
        inner = Column(over, self.area)
        inner.setStretch(1, 1)
        desk.setLayout(inner)
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        row = Row(
            IconLabel("printer", "ink7", SIZE.icon_middle),
            self.receipt,
            self.done,
            self.sign,
            self.go,
            gap=SPACE.x12,
            margins=(0, SPACE.page),
        )
        row.setStretch(1, 1)
        bar.setLayout(row)
        outer = Column(head, desk, self.legend, bar)
        outer.setStretch(1, 1)
        self.setLayout(outer)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.search.installEventFilter(self)

    def _connect(self) -> None:
        self.search.returnPressed.connect(self._search)
        self.who.chosen.connect(self.taker_wanted)
        self.who.refused.connect(self.refused)
        for field in (self.who.carrier, self.who.tracking, self.who.address):
            field.edited.connect(lambda _text: self._show_bar())
        self.sign.clicked.connect(self._sign)
        self.go.clicked.connect(self._go)
        bind(self, "sign", self._sign)
        bind(self, "issue", self._go)
        bind(self, "issue_next", self._next)

    # --- showing ----------------------------------------------------------------------------------------------
    def show_results(self, results: Sequence[Result], who: str, now: datetime) -> None:
        """Everything that waits for this person; ``who`` begins the line above (「禾间餐饮（李晓彤代领）」)."""
        self._rest_who()
        self.list.empty()
        self._issued, self._signed, self._busy, self._wish = False, False, False, False
        self._framed, self._at = -1, None
        self.cards = [ResultCard(one.opened, _way(one, now), can=one.can, why=one.why) for one in results]
        for number, card in enumerate(self.cards):
            self.list.put(card)
            card.show()
            card.framed_wanted.connect(lambda at=number: self._click(at))
            card.changed.connect(self._show_bar)
            for tick in card.all_ticks:
                tick.installEventFilter(self)
                tick.pressed_space.connect(self._ticked)
        able = sum(card.can for card in self.cards)
        self.empty.setVisible(not self.cards)
        self.empty.words.setText(f"{who}名下没有结果" if who else "请放身份证，或扫收件凭证")
        self.summary.setText(f"{who}名下有 {len(self.cards)} 件结果，{able} 件可发" if self.cards else "")
        if self.cards:
            self._frame(next((n for n, card in enumerate(self.cards) if card.can), 0))
        self._show_legend()
        self._show_bar()
        self._fit()

    def show_taker(self, taker: Taker, sentence: str, *, ok: bool, power: bool = False) -> None:
        """Who takes the results, and how that was made sure; ``power`` asks for the power of attorney they brought."""
        self.who.show_taker(taker, sentence, ok=ok, power=power)
        for card in self.cards:
            card.hide_pieces(taker is Taker.POST)
        self._fit()
        self._show_legend()
        self._show_bar()
        if taker is Taker.POST:
            self.who.tracking.setFocus()
            # Layouts know where the fields are in the next turn only.
            QTimer.singleShot(0, lambda: self.area.ensureWidgetVisible(self.who, 0, px(SPACE.x12)))
        elif self.isVisible():
            self.start()

    def show_busy(self, busy: bool) -> None:
        """While the receipt is made and printed."""
        self._busy = busy
        self._show_bar()

    def show_issued(self, count: int, *, rating: str) -> None:
        """Handed out; ``rating`` is what may be known of the second rating."""
        self._issued, self._busy = True, False
        self._count = count
        for card in self.chosen:
            card.show_issued()
        self._show_legend()
        self.receipt.setText(rating)
        self._show_bar()
        self.start()

    def show_signed(self) -> None:
        """The receipt is signed on the screen: nobody is asked again."""
        self._signed = True
        self._show_bar()

    def show_rating(self, sentence: str) -> None:
        """Whether the citizen rates; never how."""
        if self._issued:
            self.receipt.setText(sentence)

    def lock_sign(self, reason: str) -> None:
        """Why nobody can sign on a screen now; empty when they can."""
        self._no_sign = reason
        self.sign.setEnabled(not reason)
        self.sign.setToolTip(reason)
        self._show_bar()

    def show_wish(self, wished: bool) -> None:
        """Whether the screen will ask for a signature as soon as the receipt is there."""
        self._wish = wished
        self._show_bar()

    @property
    def chosen(self) -> tuple[ResultCard, ...]:
        """The results that are to be handed out."""
        return tuple(card for card in self.cards if card.chosen)

    def missing(self) -> str:
        """Why F9 hands nothing out yet; empty when it does."""
        if not self.cards:
            return "先放身份证或扫收件凭证，找到要发的结果"
        if not self.chosen:
            return "还没有选要发的结果"
        if self.who.taker is Taker.POST:
            if not self.who.tracking.value():
                return "请写运单号"
            return "" if self.who.address.value() else "请写寄到哪里"
        left = [name for card in self.chosen for name in card.open_pieces]
        return f"还有 {len(left)} 样没交到手里：{'、'.join(left)}" if left else ""

    def _show_legend(self) -> None:
        if self._issued:
            over = (replace(key("issue"), text="办结"), replace(key("issue_next"), text="办结，叫下一位"))
            self.legend.show_keys("已发证", over)
        elif self.who.taker is Taker.POST:
            keys = (replace(key("next_field"), text="下一栏"), replace(key("back"), text="不寄了，当面领"))
            self.legend.show_keys("邮寄", keys)
        else:
            over_ids = {"issue", "issue_next"}
            self.legend.show_keys("出件", [entry for entry in keys_of(Page.COLLECTION) if entry.id not in over_ids])

    def _show_bar(self) -> None:
        reason = self.missing()
        self.done.set(f"已发 {self._count} 件{' · 已签字' if self._signed else ''}", State.OK, icon="circle-check")
        self.done.setVisible(self._issued)
        self.sign.setVisible(not (self._issued and (self._no_sign or self._signed)))
        if self._busy:
            self.go.busy("正在打印回证…")
            return
        self.go.ready()
        if self._issued:
            self.go.setText("办结")
            return
        post = self.who.taker is Taker.POST
        self.go.setText("登记寄出，打印回证" if post else key("issue").text)
        self.go.setEnabled(not reason)
        several = f"（{len(self.chosen)} 件合一）" if len(self.chosen) > 1 else ""
        place = "" if post else " · 签字在手写屏" if self._wish and not self._no_sign else " · 签字在回证上"
        self.receipt.setText(
            reason if reason and self.cards else f"送达回证 1 份{several}{place}" if self.cards else ""
        )
        self.receipt.set_tone("warn" if reason and self.cards else "ink7")

    def _fit(self) -> None:
        for card in self.cards:
            card.show_way(self.height() >= px(LOW) and self.who.taker is not Taker.POST)

    # --- focus and keys ---------------------------------------------------------------------------------------
    def start(self) -> None:
        """The first piece that nobody ticked; without results the search."""
        if self._issued:
            self.go.setFocus()
        elif not any(card.can for card in self.cards):
            (self.search if not self.cards else self).setFocus()
        elif self.who.taker is Taker.POST:
            self.who.tracking.setFocus()
        else:
            self._to(self._at or self._next_open() or self._ticks()[0])

    def seek(self) -> None:
        """F6: scan or type another number."""
        self.search.setFocus()
        self.search.selectAll()

    def _ticks(self) -> list[Tick]:
        return [tick for card in self.cards for tick in card.all_ticks]

    def _next_open(self, after: Tick | None = None) -> Tick | None:
        ticks = self._ticks()
        start = ticks.index(after) + 1 if after in ticks else 0
        pieces = [tick for card in self.chosen for tick in card.ticks]
        return next((tick for tick in ticks[start:] if tick in pieces and not tick.isChecked()), None)

    def _to(self, tick: Tick) -> None:
        self._at = tick
        self._frame(next(n for n, card in enumerate(self.cards) if tick in card.all_ticks))
        tick.setFocus()

    def _frame(self, number: int) -> None:
        if self._framed == number:
            return
        self._framed = number
        for at, card in enumerate(self.cards):
            card.set_framed(at == number)
        card = self.cards[number]
        card.who_place.put(self.who)
        self.who.show()
        self.area.ensureWidgetVisible(card, 0, px(SPACE.x12))

    def _rest_who(self) -> None:
        """Keep the panel when the card that holds it goes."""
        self.who.setParent(self._nowhere)

    def _click(self, number: int) -> None:
        card = self.cards[number]
        self._frame(number)
        if card.all_ticks:
            self._to(card.all_ticks[0])

    def _ticked(self) -> None:
        """On to the next piece that nobody ticked; one that was taken back keeps the focus."""
        tick = self._at
        if tick is not None and tick.isChecked() and (further := self._next_open(tick)) is not None:
            self._to(further)

    def _move(self, step: int) -> None:
        ticks = self._ticks()
        at = ticks.index(self._at) + step if self._at in ticks else 0
        if 0 <= at < len(ticks):
            self._to(ticks[at])

    def _all(self) -> None:
        pieces = [tick for card in self.chosen for tick in card.ticks]
        wanted = not all(tick.isChecked() for tick in pieces)
        for tick in pieces:
            tick.setChecked(wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._pressed(event):
            event.ignore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self.search:
            if kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
                self.line.set_kind("picked" if kind is QEvent.Type.FocusIn else "field")
            down = kind is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down
            if down and self.cards:
                self.start()
                return True
        elif kind is QEvent.Type.FocusIn and isinstance(watched, Tick):
            self._at = watched
        elif kind is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() != Qt.Key.Key_Space:
            return self._pressed(event)
        return super().eventFilter(watched, event)

    def _pressed(self, event: QKeyEvent) -> bool:
        hit = pressed(event, Page.COLLECTION)
        if hit is None or self._issued:
            return False
        if hit.id == "piece_move":
            self._move(-1 if hit.index == 0 else 1)
        elif hit.id == "all_pieces":
            self._all()
        elif hit.id == "collector" and self.cards:
            self.who.pick(Taker(hit.index))
        else:
            return False
        return True

    def _search(self) -> None:
        if text := self.search.text().strip():
            self.search_wanted.emit(text)

    def _sign(self) -> None:
        if self._no_sign:
            self.refused.emit(self._no_sign)
        else:
            self.sign_wanted.emit()

    def _go(self) -> None:
        if self._busy:
            return
        if self._issued:
            self.end_wanted.emit(False)
        elif reason := self.missing():
            self.refused.emit(reason)
            self._to_missing()
        else:
            self.issue_wanted.emit()

    def _to_missing(self) -> None:
        if not self.cards:
            return
        if self.who.taker is Taker.POST:
            (self.who.tracking if not self.who.tracking.value() else self.who.address).setFocus()
        elif (tick := self._next_open()) is not None:
            self._to(tick)

    def _next(self) -> None:
        if self._issued and not self._busy:
            self.end_wanted.emit(True)
        elif not self._issued:
            self.refused.emit("先按 F9 发证，再叫下一位")


def _way(result: Result, now: datetime) -> tuple[Stop, ...]:
    """How the result came about; the last stop is this desk."""
    way = stops(result.opened, now)
    return (*way[:-1], Stop("出件", "今天", Reached.NOW)) if result.can and way else way
