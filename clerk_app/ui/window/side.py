"""The right column: who is here, which devices work, what waits to be uploaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time
from clerk_app.domain.intake import Intake
from clerk_app.domain.masking import mask_id_number, mask_phone
from clerk_app.domain.persons import Applicant, LegalEntity, NaturalPerson, OtherOrganisation
from clerk_app.ports.hall_queue import WindowView
from clerk_app.services.window.outbox import OutboxLine, SyncStatus
from clerk_app.services.window.overview import LastVisit
from clerk_app.ui.keys import key
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.labels import Divider, ElidedLabel, IconLabel, Light, Pill, SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Grid, Row, centred
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.window.citizen_panel import CitizenPanel
from clerk_app.ui.window.face import Face
from clerk_app.ui.window.frames import Dashed, Scroll
from clerk_app.ui.window.hints import HintButton
from clerk_app.ui.window.wording import (
    CASE_WORDS,
    DeviceNow,
    agency_pills,
    applicant_kind,
    arrived,
    arrived_as,
    device_light,
    person_pills,
)

MOST_UPLOADS = 4
MOST_UPLOADS_IN_CASE = 2


class Side(Surface):
    """276 wide; where three columns have no room the shell opens it as a drawer (Alt+P).

    ``manual`` is a click on 「手工录入」 (F5), ``uploads`` one on 「看全部」 (Alt+U),
    ``devices_wanted`` one on 「看设备」 (Alt+X). The column binds no keys.
    """

    manual = Signal()
    uploads = Signal()
    devices_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("paper", edges="left", width=SIZE.right_column)
        self.card = _CardPanel()
        self.person = _Person()
        self.citizen = CitizenPanel()
        self.devices = _Devices()
        self.upload = _Uploads()
        self.last = _Last()
        self.groups = _Groups()
        column = Column(self.card, self.person, self.citizen, self.upload, self.devices, self.last, self.groups, None)
        self.setLayout(Column(Scroll(column, (0, 0, 0, 0))))
        self._free, self._has_last, self._has_groups = True, False, False
        self.card.manual.clicked.connect(self.manual)
        self.upload.all.clicked.connect(self.uploads)
        self.devices.all.clicked.connect(self.devices_wanted)
        self._sync: tuple[SyncStatus, tuple[OutboxLine, ...]] | None = None
        self.show_case(None)

    def show_case(self, intake: Intake | None, *, collects: bool = False) -> None:
        """Who came and for whom; None is the free window with its card panel. Who ``collects`` a result needs no power
        to apply."""
        person = arrived(intake)
        known = person is not None or (intake is not None and intake.applicant is not None)
        self.card.setVisible(not known)
        self.person.setVisible(known)
        if intake is not None and known:
            self.person.show_intake(intake, collects=collects)
        free = intake is None
        self.last.setVisible(free and self._has_last)
        self.groups.setVisible(free and self._has_groups)
        self._free = free
        self._show_uploads()

    def show_card(self, words: str = "", *, bad: bool = False) -> None:
        """What the reader is doing: 「正在读…」, or in red what to do about a card that was not read; empty at rest."""
        self.card.show_words(words, bad)

    def show_devices(self, devices: Sequence[DeviceNow]) -> None:
        """Every device with its light and word."""
        self.devices.show_devices(devices)

    def show_sync(self, status: SyncStatus, waiting: Sequence[OutboxLine] = ()) -> None:
        """What is still only on this machine, newest first; nothing is shown when all is uploaded."""
        self._sync = (status, tuple(waiting))
        self._show_uploads()

    def _show_uploads(self) -> None:
        if self._sync is not None:
            self.upload.show_status(*self._sync, most=MOST_UPLOADS if self._free else MOST_UPLOADS_IN_CASE)

    def show_last(self, last: LastVisit | None) -> None:
        """The last concluded case of the day."""
        self._has_last = last is not None
        if last is not None:
            self.last.show_visit(last)
        self.last.setVisible(self._free and self._has_last)

    def show_groups(self, view: WindowView | None) -> None:
        """What this window may do."""
        names = [group.name for group in view.groups if group.group_id in view.serves] if view else []
        self._has_groups = bool(names)
        self.groups.show_names(names)
        self.groups.setVisible(self._free and self._has_groups)


class _Section(QWidget):
    def __init__(self, *, line: bool = True) -> None:
        super().__init__()
        self.body = Column(gap=SPACE.x8, margins=(SPACE.x12, SPACE.x16))
        self.setLayout(Column(Divider(), self.body) if line else self.body)


class _CardPanel(_Section):
    """Where the card belongs, and what to do without one."""

    def __init__(self) -> None:
        super().__init__(line=False)
        self.frame = Dashed(width=132, height=86, pen=SIZE.frame)
        self.frame.setLayout(centred(IconLabel("id-card", "pri", 44, stroke=1.6)))
        self.words = Text("身份证放上去就读", "title", centre=True)
        self.detail = Text("", "note", "bad", wrap=True, centre=True)
        self.manual = HintButton(key("read_card_idle").cap(), "手工录入")
        self.body.set_margins((SPACE.x24, SPACE.x16))
        self.body.put(centred(self.frame), SPACE.x2, self.words, self.detail)
        self.body.put(Row(None, Text("读不出来可按", "note", "ink7"), self.manual, None, gap=SPACE.x4))
        self.show_words("", False)

    def show_words(self, words: str, bad: bool) -> None:
        self.words.setText("身份证放上去就读" if bad or not words else words)
        self.detail.setText(words if bad else "")
        self.detail.setVisible(bad)


class _Person(_Section):
    def __init__(self) -> None:
        super().__init__(line=False)
        self.face = Face()
        self._pictures: Mapping[str, bytes] = {}
        self._number = ""
        self.role = Text("", "note", "ink5")
        self.name = ElidedLabel("", "person")
        self.number = Text("", "body")
        words = Column(None, self.role, self.name, self.number, None)
        self._top = QWidget()
        top = Row(self.face, words, gap=SPACE.x12)
        top.setStretch(1, 1)
        self._top.setLayout(top)
        self.pills = Column(gap=SPACE.x4)
        self.phone = ElidedLabel("", "note", "ink7")
        self.scope = ElidedLabel("", "note", "ink7")
        self.applicant = QWidget()
        self.title = SectionTitle("", icon="building-2")
        self.applicant_name = Text("", "item", wrap=True)
        self.grid = Grid(across=SPACE.x12, down=SPACE.x2)
        self.grid.setColumnStretch(1, 1)
        self.applicant.setLayout(Column(Divider(), SPACE.x8, self.title, self.applicant_name, self.grid, gap=SPACE.x4))
        self.together = QWidget()
        self._others = Column(gap=SPACE.x2)
        title = SectionTitle("一起申请的", icon="users")
        self.together.setLayout(Column(Divider(), SPACE.x8, title, self._others, gap=SPACE.x4))
        self.body.put(self._top, self.pills, Column(self.phone, self.scope, gap=SPACE.x2))
        self.body.put(self.applicant, self.together)

    def show_intake(self, intake: Intake, *, collects: bool = False) -> None:
        person = arrived(intake)
        self._top.setVisible(person is not None)
        self.pills.empty()
        self._number = person.id_number if person is not None else ""
        self.show_pictures(self._pictures)
        if person is not None:
            self.role.setText(arrived_as(intake))
            self.name.setText(person.display_name)
            self.number.setText(mask_id_number(person.id_number))
            today = intake.opened_at.date()
            powers = [] if collects else agency_pills(intake.agent, today)
            for words, state, icon in (*person_pills(person, today), *powers):
                self.pills.put(Row(Pill(words, state, icon=icon), None))
        phone = person.phone or intake.contact_phone if person else ""
        self.phone.setText(f"手机 {mask_phone(phone)}" if phone else "")
        self.phone.setVisible(bool(phone))
        scope = intake.agent.scope if intake.agent else ""
        until = f"（到 {intake.agent.valid_to}）" if intake.agent and intake.agent.valid_to else ""
        self.scope.setText(f"授权 {scope}{until}")
        self.scope.setVisible(bool(scope))
        self._show_applicant(intake)
        self._show_others(intake)

    def show_pictures(self, pictures: Mapping[str, bytes]) -> None:
        """Photos by the number on the card; the one of who is here is shown."""
        self._pictures = pictures
        self.face.show_picture(pictures.get(self._number, b""))

    def _show_others(self, intake: Intake) -> None:
        """The other parties of a joint application, and the roles that nobody plays yet."""
        self._others.empty()
        parties = [(party.role or "共同申请人", party.name, "ink9") for party in intake.parties]
        parties += [(role, "还没有", "bad") for role in intake.missing_roles]
        for role, name, tone in parties:
            self._others.put(Row(Text(role, "note", "ink5"), ElidedLabel(name, "note", tone), gap=SPACE.x12))
        self.together.setVisible(bool(parties))

    def _show_applicant(self, intake: Intake) -> None:
        applicant = intake.applicant
        apart = applicant is not None and (not isinstance(applicant, NaturalPerson) or intake.agent is not None)
        self.applicant.setVisible(apart)
        if applicant is None or not apart:
            return
        self.title.label.setText(applicant_kind(intake))
        self.applicant_name.setText(intake.applicant_name)
        facts = _facts(applicant)
        while self.grid.count():
            item = self.grid.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, (label, value) in enumerate(fact for fact in facts if fact[1]):
            self.grid.addWidget(Text(label, "note", "ink5"), number, 0)
            self.grid.addWidget(ElidedLabel(value, "note"), number, 1)


def _facts(applicant: Applicant) -> list[tuple[str, str]]:
    """What stands below the name of somebody who did not come in person."""
    phone = ("手机", mask_phone(applicant.phone))
    if isinstance(applicant, LegalEntity):
        return [("信用代码", applicant.credit_code), ("法定代表人", applicant.legal_representative), phone]
    if isinstance(applicant, OtherOrganisation):
        return [(applicant.certificate, applicant.certificate_number), ("负责人", applicant.responsible), phone]
    read = "" if applicant.entered == "card" else "未读身份证，手工录入"
    return [("证件号码", mask_id_number(applicant.id_number)), ("证件", read), phone]


class _Devices(_Section):
    def __init__(self) -> None:
        super().__init__()
        self.list = Column(gap=SPACE.x8)
        self.all = HintButton(key("devices").cap(), "看设备")
        self.body.put(SectionTitle("设备", side=self.all), self.list)
        self.lights: dict[str, Light] = {}

    def show_devices(self, devices: Sequence[DeviceNow]) -> None:
        if [device.key for device in devices] != list(self.lights):
            self.list.empty()
            self.lights = {device.key: Light(device.name, good="就绪", icon=device.icon) for device in devices}
            self.list.put(*self.lights.values())
        for device in devices:
            self.lights[device.key].set(*device_light(device.health))
            self.lights[device.key].setToolTip(device.health.advice)


class _Uploads(_Section):
    def __init__(self) -> None:
        super().__init__()
        self.title = SectionTitle("待上传", icon="cloud-upload")
        self.list = Column(gap=SPACE.x4)
        self.rest = Text("", "note", "ink7")
        self.all = HintButton(key("not_uploaded").cap(), "看全部")
        self.body.put(self.title, self.list, Row(self.rest, None, self.all))
        self.setVisible(False)

    def show_status(self, status: SyncStatus, waiting: Sequence[OutboxLine], *, most: int) -> None:
        count = status.waiting + len(status.set_aside)
        self.setVisible(count > 0)
        self.list.empty()
        self.title.set_note(f"{count} 件 · 都在本机")
        newest = [*reversed(waiting)][:most]
        for line in newest:
            row = Row(ElidedLabel(line.title, "note"), Text(clock_time(line.made_at), "note", "ink7"), gap=SPACE.x8)
            self.list.put(row)
        rest = count - len(newest)
        aside = f"{len(status.set_aside)} 件要处理" if status.set_aside else ""
        self.rest.setText(aside or (f"另有 {rest} 条" if rest and newest else ""))


class _Last(_Section):
    def __init__(self) -> None:
        super().__init__()
        self.title = SectionTitle("上一位")
        self.number = Text("", "body", strong=True)
        self.matter = ElidedLabel("", "body")
        self.state = Pill("")
        self.rated = Pill("已评价", State.OK, icon="check")
        self.body.put(self.title, Row(self.number, self.matter, gap=SPACE.x8))
        self.body.put(Row(self.state, self.rated, None, gap=SPACE.x6))

    def show_visit(self, last: LastVisit) -> None:
        self.title.set_note(f"{clock_time(last.concluded_at)} 办结")
        self.number.setText(last.ticket_number)
        self.number.setVisible(bool(last.ticket_number))
        self.matter.setText(last.matter_name)
        words, state = CASE_WORDS[last.state]
        self.state.set(words, state, icon="check" if state is State.OK else None)
        self.rated.setVisible(last.rated)


class _Groups(_Section):
    def __init__(self) -> None:
        super().__init__()
        self.lines = Column(gap=SPACE.x8)
        self.body.put(SectionTitle("本窗口能办"), self.lines)
        self._names: list[str] = []
        theme().changed.connect(self._build)

    def show_names(self, names: list[str]) -> None:
        if names != self._names:
            self._names = names
            self._build()

    def _build(self) -> None:
        self.lines.empty()
        room = px(SIZE.right_column - 2 * SPACE.x16)
        row, used = Row(gap=SPACE.x6), 0
        for name in self._names:
            width = paint.pill_size(name).width() + px(SPACE.x6)
            if used and used + width > room:
                row.put(None)
                self.lines.put(row)
                row, used = Row(gap=SPACE.x6), 0
            row.put(Pill(name, State.NEUTRAL))
            used += width
        row.put(None)
        self.lines.put(row)
