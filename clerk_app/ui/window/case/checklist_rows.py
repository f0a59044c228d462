"""How a checklist row looks: words, colours and geometry, for painting and for hit tests alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.catalogue import Material, Matter
from clerk_app.domain.checklist import MaterialCheck, Verdict, notice_sentence, phrases_for
from clerk_app.ui.kit.paint import Mark, State, cap_size
from clerk_app.ui.kit.theme import px, theme

REQUIRED_WIDTH = 126
RECEIVED_WIDTH = 96
RESULT_WIDTH = 178
NUMBER_LEFT = SPACE.page
TEXT_LEFT = SPACE.page + SIZE.mark + SPACE.x16
WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class Mode(StrEnum):
    """What the plain keys mean now: the legend line always shows it."""

    VERDICTS = "verdicts"
    DEFECTS = "defects"
    LACKING = "lacking"
    PAGES = "pages"
    REWRITING = "rewriting"


MARKS = {
    Verdict.PENDING: Mark.OPEN,
    Verdict.ORIGINAL: Mark.DONE,
    Verdict.COPY: Mark.DONE,
    Verdict.ELECTRONIC: Mark.DONE,
    Verdict.EXEMPT: Mark.FREE,
    Verdict.TOLERATED: Mark.OWED,
    Verdict.DEFECTIVE: Mark.BAD,
    Verdict.NOT_APPLICABLE: Mark.APART,
}
NOTHING = "—"
_FORMS = {Verdict.ORIGINAL: "原件", Verdict.COPY: "复印件", Verdict.ELECTRONIC: "电子"}
_NO_PAPER = frozenset({Verdict.PENDING, Verdict.TOLERATED, Verdict.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one row."""

    name: str
    criterion: str
    required: tuple[str, ...]
    received: str
    pill: str
    pill_state: State
    pill_note: str
    scanned: str = ""

    @property
    def at_hand(self) -> tuple[str, ...]:
        """One or two lines: what was handed in, what is kept as pictures."""
        if not self.scanned:
            return (self.received,)
        return (self.scanned,) if self.received == NOTHING else (self.received, self.scanned)

    def spoken(self, number: int) -> str:
        """「材料 5，经营场所平面图，有问题，可当场更正」, for screen readers."""
        parts = (f"材料 {number}", self.name, self.pill, self.pill_note, self.scanned)
        return "，".join(part for part in parts if part)


def words(matter: Matter, material: Material, check: MaterialCheck, scanned: int = 0) -> Words:
    """What a row says in its state; ``scanned`` sheets of it are kept as pictures."""
    pill, state, note = _result(matter, material, check)
    criterion = material.criterion.rstrip("。")
    if check.verdict is Verdict.EXEMPT and material.exemption is not None:
        criterion = f"{material.exemption.replaceable_by}：{material.exemption.check}"
    elif material.id in matter.tolerance.materials and check.verdict is Verdict.PENDING:
        criterion += "（可容缺）"
    required = tuple(material.form.text.split("，"))
    received = NOTHING
    if check.verdict is Verdict.EXEMPT:
        received = "不收"
    elif check.pieces:
        received = counted(check)
    elif check.verdict not in _NO_PAPER:
        received = "没有"
    kept = f"已扫 {scanned} 页" if scanned else ""
    return Words(material.name, criterion, required, received, pill, state, note, kept)


def counted(check: MaterialCheck) -> str:
    """「2 份 14 页」."""
    return f"{check.pieces} 份" + (f" {check.pages} 页" if check.pages else "")


def _result(matter: Matter, material: Material, check: MaterialCheck) -> tuple[str, State, str]:
    verdict = check.verdict
    if verdict in _FORMS:
        returned = verdict is Verdict.COPY and material.form.original_handling == "核验后退还"
        note = "当场更正" if check.corrected else "原件已核对" if returned else ""
        return f"已收 · {_FORMS[verdict]}", State.OK, note
    if verdict is Verdict.EXEMPT:
        return (
            f"免交 · {check.source.removesuffix('免实体').removesuffix('免证明').removesuffix('免交')}",
            State.FREE,
            "",
        )
    if verdict is Verdict.TOLERATED:
        lacking = max(1, material.form.needed - check.pieces)
        due = matter.tolerance.due
        return f"容缺 · 欠 {lacking} 份", State.WARN, f"{due.value} 个{due.unit}内补" if due else "按期后补"
    if verdict is Verdict.DEFECTIVE:
        count = f"{len(check.phrases) or 1} 处"
        return "有问题", State.BAD, f"{count} · 可当场更正" if check.on_site else count
    if verdict is Verdict.NOT_APPLICABLE:
        return "不适用", State.OUTLINE, ""
    return "未查", State.OUTLINE, ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A defect phrase with its digit, placed in the open row."""

    digit: int
    phrase: str
    rect: QRect


@dataclass(frozen=True, slots=True)
class RowGeometry:
    """Where the parts of a row lie, in the list's coordinates."""

    mark: QRect
    text: QRect
    required: QRect
    received: QRect
    result: QRect


def geometry(row: QRect) -> RowGeometry:
    """The columns of a row; the text column takes what the others leave."""
    top, height = row.top(), px(SIZE.row)
    result_left = row.right() - px(RESULT_WIDTH)
    received_left = result_left - px(RECEIVED_WIDTH)
    required_left = received_left - px(REQUIRED_WIDTH)
    text_left = row.left() + px(TEXT_LEFT)
    mark = px(SIZE.mark)
    return RowGeometry(
        mark=QRect(row.left() + px(NUMBER_LEFT), top + (height - mark) // 2, mark, mark),
        text=QRect(text_left, top, required_left - text_left - px(SPACE.x12), height),
        required=QRect(required_left, top, px(REQUIRED_WIDTH) - px(SPACE.x8), height),
        received=QRect(received_left, top, px(RECEIVED_WIDTH) - px(SPACE.x8), height),
        result=QRect(result_left, top, px(RESULT_WIDTH) - px(SPACE.x12), height),
    )


def chips(row: QRect, material: Material) -> tuple[Chip, ...]:
    """The phrases of an open row, wrapped to its width."""
    left = row.left() + px(TEXT_LEFT)
    right = row.right() - px(SPACE.page)
    x, y = left, row.top() + px(SIZE.row) + px(SPACE.x2)
    placed = []
    for digit, phrase in enumerate(phrases_for(material), 1):
        width = chip_width(digit, phrase)
        if x + width > right and x > left:
            x, y = left, y + px(SIZE.chip) + px(SPACE.x6)
        placed.append(Chip(digit, phrase, QRect(x, y, width, px(SIZE.chip))))
        x += width + px(SPACE.x6)
    return tuple(placed)


def chip_width(digit: int, phrase: str) -> int:
    """A chip's width: key cap, gap, phrase, padding."""
    return cap_size(str(digit)).width() + theme().fonts.width("body", phrase) + 3 * px(SPACE.x6) + px(SPACE.x4)


def open_height(width: int, material: Material, check: MaterialCheck, mode: Mode) -> int:
    """Height of the row that is being worked on."""
    base = px(SIZE.row)
    if mode in (Mode.VERDICTS, Mode.PAGES):
        return base
    if mode is Mode.LACKING:
        return base + px(SIZE.chip) + px(SPACE.x8)
    placed = chips(QRect(0, 0, width, base), material)
    below = placed[-1].rect.bottom() + 1 + px(SPACE.x6)
    return below + sentence_height(width, material, check) + px(SPACE.x8)


def sentence_rect(row: QRect, material: Material, check: MaterialCheck) -> QRect:
    """Where the sentence of the notice stands, under the chips."""
    placed = chips(row, material)
    top = placed[-1].rect.bottom() + 1 + px(SPACE.x6)
    left = row.left() + px(TEXT_LEFT)
    return QRect(left, top, row.right() - px(SPACE.page) - left, sentence_height(row.width(), material, check))


def sentence_height(width: int, material: Material, check: MaterialCheck) -> int:
    """As many lines of the note role as the sentence takes."""
    available = width - px(TEXT_LEFT) - px(SPACE.page)
    needed = QFontMetrics(theme().fonts["note"]).boundingRect(
        QRect(0, 0, available, 0), int(WRAPPED), spoken_sentence(material, check)
    )
    return max(theme().fonts.line("note"), needed.height())


def spoken_sentence(material: Material, check: MaterialCheck) -> str:
    """「告知书将写：…」, so that the clerk reads the notice while choosing."""
    return f"告知书将写：{notice_sentence(material, check)}"


def chip_at(row: QRect, material: Material, where: QPoint) -> Chip | None:
    """The chip under the mouse."""
    return next((chip for chip in chips(row, material) if chip.rect.contains(where)), None)
