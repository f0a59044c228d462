"""What a consultation comes to: where else to go, or what to bring, how long it takes, what it costs, where it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import NOTHING, joined
from clerk_app.domain.catalogue import Matter, OptionOutcome
from clerk_app.domain.intake import Intake
from clerk_app.ports.hall_cases import GuidancePage
from clerk_app.ui.keys import Page, bind, key, keys_of, pressed
from clerk_app.ui.kit.buttons import Button, ButtonRole, Chip
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row, centred
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.qr import Modules, QrCode
from clerk_app.ui.kit.surfaces import EmptyState, Surface
from clerk_app.ui.window.case.head import MatterHead
from clerk_app.ui.window.consult.bring_list import FORM_WIDTH, RESULT_WIDTH, BringList, lines_of
from clerk_app.ui.window.frames import Level

QR_SIDE = 220


class Medium(StrEnum):
    """How the list is given; the first two are the service's words for paper."""

    THERMAL = "thermal"
    PAGE = "page"
    PHONE = "phone"


MEDIA: Final = tuple(Medium)
_NAMES: Final = {Medium.THERMAL: "小票", Medium.PAGE: "A4 纸", Medium.PHONE: "手机看"}
_PRIMARY: Final = {
    Medium.THERMAL: "打印告知单",
    Medium.PAGE: "打印 A4 告知单",
    Medium.PHONE: "出二维码",
}
_ENDINGS: Final = {
    "not_our_competence": "这件事不归这里办",
    "not_required": "这件事不需要办",
    "redirect": "应当办另一个事项",
    "not_yet_due": "现在还没到办的时候",
}


class ListPage(QWidget):
    """``give`` carries the medium and whether the next one is called after it; ``other_wanted`` the matter of a
    redirection; ``agency_changed`` whether somebody else will come for the applicant."""

    give = Signal(object, bool)  # Medium, then call
    other_wanted = Signal(str)
    agency_changed = Signal(bool)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._intake: Intake | None = None
        self.medium = Medium.THERMAL
        self._phone_locked = ""
        self.head = MatterHead()
        self.facts = _Facts()
        self.list = BringList()
        self.nothing = EmptyState("目录里没有这个事项的材料清单，请申请人问主管部门", icon="search-x")
        self.ending = _Ending()
        self.shown = _Shown()
        self.agency = Chip("委托别人来办", key="D")
        self.stack = QStackedWidget()
        self.legend = Legend()
        self.sum = ElidedLabel("", "note", "ink7")
        self.media = [Chip(_NAMES[one], key=str(number)) for number, one in enumerate(MEDIA, start=1)]
        self._how = Text("怎么给", "note", "ink5")
        self.go = Button("", ButtonRole.PRIMARY, key=key("give_list").cap())
        self._build()
        self.list.ticked.connect(self._show_sum)
        self.list.installEventFilter(self)
        self.agency.clicked.connect(lambda: self.agency_changed.emit(self.agency.isChecked()))
        for one, chip in zip(MEDIA, self.media, strict=True):
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _on=False, wanted=one: self.choose(wanted))
        self.go.clicked.connect(lambda: self._give(False))
        bind(self, "give_list", lambda: self._give(False))
        bind(self, "give_list_next", lambda: self._give(True))
        self.choose(Medium.THERMAL)

    def _build(self) -> None:
        table = QWidget()
        titles = Surface("sunk", edges="bottom")
        titles.setLayout(
            Row(
                SPACE.page + SIZE.mark,
                SPACE.x16,
                Text("要带什么，什么样的才收", "tiny", "ink5"),
                None,
                _wide("要求", FORM_WIDTH),
                _wide("", RESULT_WIDTH),
                margins=(SPACE.x4, 0),
            )
        )
        table.setLayout(Column(titles, self.list))
        self.agency.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.facts.put_agency(self.agency)
        for page in (self.ending, self.shown, self.nothing):
            page.installEventFilter(self)
            page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for one in (table, self.nothing, self.ending, self.shown):
            self.stack.addWidget(one)
        bar = Level("paper", edges="top", height=SIZE.action_bar)
        row = Row(
            self.sum,
            self._how,
            *self.media,
            SPACE.x4,
            self.go,
            gap=SPACE.x8,
            margins=(0, SPACE.page),
        )
        row.setStretch(0, 1)
        bar.setLayout(row)
        column = Column(self.head, self.facts, self.stack, self.legend, bar)
        column.setStretch(2, 1)
        self.setLayout(column)

    # --- showing ----------------------------------------------------------------------------------------------
    def show_intake(self, intake: Intake, *, fresh: bool) -> None:
        """Show where the answers lead; ``fresh`` forgets what was ticked and how the last list was given."""
        self._intake = intake
        assert intake.matter is not None
        self.head.show_intake(intake)
        ending = intake.ending
        self.facts.setVisible(ending is None)
        if fresh:
            self.choose(Medium.THERMAL)
            self.facts.show_page(None)
        self.agency.setVisible(_agency(intake.matter))
        self.agency.setChecked(any(o != "self" for o in intake.answers.get("q_agent", ())))
        self.list.show_lines(() if ending else lines_of(intake.matter, intake.materials), keep=not fresh)
        if ending is not None:
            self.ending.show_ending(ending)
            self.stack.setCurrentWidget(self.ending)
        else:
            self.stack.setCurrentIndex(0 if intake.materials else 1)
        self._show_media()
        self._show_legend()
        self._show_sum()

    def show_guidance(self, page: GuidancePage) -> None:
        """What the paper will say beside the materials."""
        self.facts.show_page(page)

    def show_url(self, url: str, modules: Modules) -> None:
        """The list is on a public page: its code for the citizen's telephone."""
        self.shown.show_code(url, modules)
        self.stack.setCurrentWidget(self.shown)
        self._show_media()
        self._show_legend()
        self._show_sum()

    def lock_phone(self, reason: str) -> None:
        """Why the list cannot be given as a page for the telephone; empty when it can."""
        self._phone_locked = reason
        chip = self.media[MEDIA.index(Medium.PHONE)]
        chip.setToolTip(reason)
        chip.setAccessibleName(joined(_NAMES[Medium.PHONE], reason))
        self._show_media()

    def choose(self, medium: Medium) -> None:
        """A digit: how the list is given."""
        if medium is Medium.PHONE and self._phone_locked:
            self.refused.emit(self._phone_locked)
        else:
            self.medium = medium
        self._show_media()

    def show_busy(self, busy: bool) -> None:
        """While the list is made and printed."""
        if busy:
            self.go.busy("正在出告知单…")
        else:
            self.go.ready()
            self._show_media()

    def start(self) -> None:
        """The digits, Space and Enter belong to what is shown."""
        page = self.stack.currentWidget()
        (page if page in (self.ending, self.shown, self.nothing) else self.list).setFocus()

    @property
    def _given(self) -> bool:
        """Whether the code is on the screen: nothing can be chosen any more."""
        return self.stack.currentWidget() is self.shown

    def _show_media(self) -> None:
        self._how.setVisible(not self._given)
        for one, chip in zip(MEDIA, self.media, strict=True):
            chip.setVisible(not self._given)
            chip.setChecked(one is self.medium)
            chip.setEnabled(not (one is Medium.PHONE and self._phone_locked))
        self.go.setText("扫好了，办结" if self._given else _PRIMARY[self.medium])

    def _show_legend(self) -> None:
        keys = [entry for entry in keys_of(Page.CONSULT) if entry.id not in self._out_of_place()]
        self.legend.show_keys("告知单", keys)

    def _out_of_place(self) -> set[str]:
        if self._given:
            return {entry.id for entry in keys_of(Page.CONSULT)} - {"give_list", "give_list_next"}
        ending = self._intake.ending if self._intake else None
        if ending is not None:
            ticking = {"brought_move", "brought", "all_brought", "by_agent"}
            return ticking if ending.matter else {*ticking, "other_matter"}
        other = {"other_matter"}
        return other if self._intake and self._intake.matter and _agency(self._intake.matter) else {*other, "by_agent"}

    def _show_sum(self) -> None:
        lines = self.list.lines
        if self._given:
            self.sum.setText("手机打不开时按 Esc 回去，改打印")
            self.sum.set_tone("ink7")
            return
        if self._intake is not None and self._intake.ending is not None:
            self.sum.setText("不用交材料，把去处写给申请人")
            self.sum.set_tone("ink7")
            return
        missing = [line.material.name for line in lines if line.missing]
        exempt = sum(line.exempt for line in lines)
        if self.list.checked:
            self.sum.setText(f"还缺 {len(missing)} 项：{'、'.join(missing)}" if missing else "都齐了，可以取号来办")
            self.sum.set_tone("bad" if missing else "ok")
        else:
            words = f"要带 {len(lines) - exempt} 项"
            self.sum.setText(joined(words, f"不用交 {exempt} 项" if exempt else ""))
            self.sum.set_tone("ink7")

    # --- keys -------------------------------------------------------------------------------------------------
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            hit = pressed(event, Page.CONSULT)
            if hit is not None and self._pressed(hit.id, hit.index):
                return True
        return super().eventFilter(watched, event)

    def _pressed(self, key_id: str, index: int) -> bool:
        if self._given:
            return False
        if key_id == "list_medium":
            self.choose(MEDIA[index])
        elif key_id == "by_agent" and self._intake and self._intake.matter and _agency(self._intake.matter):
            self.agency_changed.emit(not self.agency.isChecked())
        elif key_id == "other_matter" and self._intake and self._intake.ending and self._intake.ending.matter:
            self.other_wanted.emit(self._intake.ending.matter)
        else:
            return False
        return True

    def _give(self, then_call: bool) -> None:
        if self.go.isEnabled():
            self.give.emit(self.medium, then_call)


def _agency(matter: Matter) -> bool:
    return any(situation.is_agency for situation in matter.situations)


def _wide(words: str, width: int) -> Surface:
    cell = Surface("", width=width)
    cell.setLayout(Row(Text(words, "tiny", "ink5")))
    return cell


class _Facts(Surface):
    """One line under the head, in the words of the paper: how long, what it costs, where, when."""

    def __init__(self) -> None:
        super().__init__("paper", edges="bottom")
        self._values: dict[str, ElidedLabel] = {}
        self._row = Row(gap=SPACE.x16, margins=(SPACE.x6, SPACE.page))
        for name, share in (("办理期限", 3), ("收费", 2), ("办理地点", 3), ("办理时间", 3)):
            value = self._values[name] = ElidedLabel(NOTHING, "note")
            cell = QWidget()
            cell.setLayout(Column(Text(name, "tiny", "ink5"), value))
            self._row.addWidget(cell, share)
        self.setLayout(self._row)

    def put_agency(self, chip: Chip) -> None:
        """The switch for an agent stands at the right of the line."""
        self._row.put(chip)

    def show_page(self, page: GuidancePage | None) -> None:
        told = {section.heading: "".join(section.lines) for section in page.sections} if page else {}
        for name, value in self._values.items():
            value.setText(told.get(name, NOTHING))


class _Ending(Surface):
    """Why no material is asked for, before any is shown."""

    def __init__(self) -> None:
        super().__init__("canvas")
        self.card = Surface("notice")
        self.title = Text("", "person", "warn")
        self.text = Text("", "item", "ink9", wrap=True)
        self.body = Text("", "title", "ink9", wrap=True)
        self.basis = Text("", "note", "ink7", wrap=True)
        words = Column(self.title, self.text, self.body, self.basis, gap=SPACE.x8)
        row = Row(IconLabel("scale", "warn", SIZE.icon_call), words, gap=SPACE.x16, margins=SPACE.x20)
        row.setStretch(1, 1)
        self.card.setLayout(row)
        self.setLayout(Column(self.card, None, margins=SPACE.page))

    def show_ending(self, ending: OptionOutcome) -> None:
        self.title.setText(_ENDINGS.get(ending.kind, "这里不收"))
        self.text.setText(ending.text)
        follow = {
            "not_our_competence": f"请到：{ending.competent_body}" if ending.competent_body else "",
            "redirect": "按 Enter 看应办的那个事项" if ending.matter else "",
        }.get(ending.kind, "")
        self.body.setText(follow)
        self.body.setVisible(bool(follow))
        self.basis.setText(f"依据：{ending.basis}" if ending.basis else "")
        self.basis.setVisible(bool(ending.basis))
        self.setAccessibleName(joined(self.title.text(), ending.text, follow))


class _Shown(Surface):
    """The code of the public page, large enough for a telephone across the counter."""

    def __init__(self) -> None:
        super().__init__("canvas")
        self.code = QrCode()
        frame = Surface("card", width=QR_SIDE, height=QR_SIDE)
        frame.setLayout(Column(self.code, margins=SPACE.x16))
        self.address = Text("", "note", "ink7", centre=True)
        self.setLayout(
            Column(
                None,
                centred(frame),
                Text("请用手机扫一扫，清单就在手机里", "title", centre=True),
                self.address,
                None,
                gap=SPACE.x12,
            )
        )

    def show_code(self, url: str, modules: Modules) -> None:
        self.code.show_code(modules)
        self.address.setText(url)
