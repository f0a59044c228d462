"""One key table for shortcuts, key caps, the legend and the F1 page.

F keys act; Alt with a digit or letter jumps and opens; plain digits and letters choose, only where no text is typed;
Ctrl and Shift alone belong to the system and the input method. While the input method has a preedit every key is
its own (``InputMethodGuard``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid


class Page(StrEnum):
    """Where a key is on; a mode of a page is a page of its own, because its digits replace the others."""

    EVERYWHERE = "everywhere"
    IDLE = "idle"  # no case open
    CASE = "case"  # any step of an open case
    APPLICANT = "applicant"
    PARTIES = "parties"  # the list of those who apply together
    MATTER = "matter"
    SITUATION = "situation"
    CHECKLIST = "checklist"
    REASONS = "reasons"  # picking what is wrong with a material
    OWED = "owed"  # saying what is still owed of a material
    PAGES = "pages"  # counting the pages of a material
    CAPTURE = "capture"  # the preview of the document camera
    CAPTURE_SHOT = "capture_shot"  # a shot that is not kept yet
    OUTCOME = "outcome"
    PAPERS = "papers"
    HOLD = "hold"  # picking why a ticket is put aside
    TRANSFER = "transfer"  # picking who goes on with a ticket
    STANDING = "standing"  # picking what the window does without a citizen
    WALK_IN = "walk_in"  # picking the group of somebody without a number
    ASK = "ask"  # an ask card
    COLLECTION = "collection"
    CONSULT = "consult"  # the list of a consultation
    GUIDE = "guide"  # a number or a slot for somebody
    WORK_LISTS = "work_lists"
    HAND_OVER = "hand_over"
    FILE = "file"  # a case after its conclusion
    FILE_FORM = "file_form"  # picking a preset of the step's form
    ARRIVAL = "arrival"  # what was asked for later and came
    OFFICE = "office"  # waiting for a decision or a seal
    DEVICES = "devices"  # looking after this PC's devices
    BOARD = "board"  # the manager's board and the pages that run the hall; a window of its own


PARENT: Final[dict[Page, Page]] = {
    Page.IDLE: Page.EVERYWHERE,
    Page.CASE: Page.EVERYWHERE,
    Page.APPLICANT: Page.CASE,
    Page.PARTIES: Page.CASE,
    Page.MATTER: Page.CASE,
    Page.SITUATION: Page.CASE,
    Page.CHECKLIST: Page.CASE,
    Page.REASONS: Page.CASE,
    Page.OWED: Page.CASE,
    Page.PAGES: Page.CASE,
    Page.CAPTURE: Page.EVERYWHERE,
    Page.CAPTURE_SHOT: Page.EVERYWHERE,
    Page.OUTCOME: Page.CASE,
    Page.PAPERS: Page.CASE,
    Page.HOLD: Page.EVERYWHERE,
    Page.TRANSFER: Page.EVERYWHERE,
    Page.STANDING: Page.EVERYWHERE,
    Page.WALK_IN: Page.EVERYWHERE,
    Page.ASK: Page.CASE,
    Page.COLLECTION: Page.EVERYWHERE,
    Page.CONSULT: Page.EVERYWHERE,
    Page.GUIDE: Page.EVERYWHERE,
    Page.WORK_LISTS: Page.EVERYWHERE,
    Page.HAND_OVER: Page.EVERYWHERE,
    Page.FILE: Page.EVERYWHERE,
    Page.FILE_FORM: Page.EVERYWHERE,
    Page.ARRIVAL: Page.EVERYWHERE,
    Page.OFFICE: Page.EVERYWHERE,
    Page.DEVICES: Page.EVERYWHERE,
}


@dataclass(frozen=True, slots=True)
class Key:
    """``sequences`` has one entry, or one for each member of a range (``Alt+1`` … ``Alt+5``)."""

    id: str
    sequences: tuple[str, ...]
    text: str
    page: Page

    @property
    def caps(self) -> tuple[str, ...]:
        """What the key caps say; a range is ``("1", "–", "6")``."""
        words = tuple(cap_text(sequence) for sequence in self.sequences)
        if len(words) <= 2:
            return words
        head, _, last = words[-1].rpartition("+")
        return (words[0], "–", last if head else words[-1])

    def cap(self, index: int = 0) -> str:
        """One cap, e.g. ``key("step").cap(2)`` is 「Alt+3」."""
        return cap_text(self.sequences[index])


def _range(prefix: str, last: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(1, last + 1))


KEYS: Final[tuple[Key, ...]] = (
    Key("help", ("F1",), "键位", Page.EVERYWHERE),
    Key("find", ("F6",), "找办件、找事项", Page.EVERYWHERE),
    Key("full_screen", ("F11",), "全屏", Page.EVERYWHERE),
    Key("take_back", ("Shift+F8",), "取回挂起的", Page.EVERYWHERE),
    Key("undo", ("Ctrl+Z",), "撤销", Page.EVERYWHERE),
    Key("back", ("Esc",), "退一步，内容不丢", Page.EVERYWHERE),
    Key("person", ("Alt+P",), "到场人", Page.EVERYWHERE),
    Key("queue", ("Alt+Q",), "展开排队", Page.EVERYWHERE),
    Key("draft", ("Alt+D",), "继续草稿", Page.EVERYWHERE),
    Key("my_cases", ("Alt+B",), "打开办件清单", Page.EVERYWHERE),
    Key("not_uploaded", ("Alt+U",), "看待上传", Page.EVERYWHERE),
    Key("network", ("Alt+N",), "看网络详情", Page.EVERYWHERE),
    Key("consult", ("Alt+C",), "只咨询，给告知单", Page.EVERYWHERE),
    Key("guide", ("Alt+Y",), "导办：替群众取号、预约", Page.EVERYWHERE),
    Key("collect", ("Alt+L",), "领结果", Page.EVERYWHERE),
    Key("hand_over_papers", ("Alt+J",), "交接纸质材料", Page.EVERYWHERE),
    Key("office", ("Alt+O",), "待我决定、待我用印", Page.EVERYWHERE),
    Key("standing", ("Alt+W",), "离席、回来、关窗口", Page.EVERYWHERE),
    Key("devices", ("Alt+X",), "设备：试打、试读、找设备", Page.EVERYWHERE),
    Key("board", ("Alt+S",), "大厅实况，开关门，排班", Page.EVERYWHERE),
    Key("pair_tablet", ("Alt+E",), "配对评价平板", Page.EVERYWHERE),
    Key("call_next", ("F2",), "叫下一位", Page.IDLE),
    Key("read_card_idle", ("F5",), "没有号，直接办", Page.IDLE),
    Key("recall", ("F3",), "重叫", Page.CASE),
    Key("no_show", ("F4",), "过号", Page.CASE),
    Key("read_card", ("F5",), "重读身份证，或手工录入", Page.CASE),
    Key("capture", ("F7",), "扫描、签字", Page.CASE),
    Key("vouch", ("Alt+V",), "和申请人当面核对过", Page.CASE),
    Key("hold", ("F8",), "挂起", Page.CASE),
    Key("transfer", ("Alt+T",), "转出", Page.CASE),
    Key("ticket_case", ("Alt+R",), "打开这个号的办件", Page.CASE),
    Key("primary", ("F9",), "做这一页的主要一步", Page.CASE),
    Key("finish_next", ("F12",), "办结，叫下一位", Page.CASE),
    Key("step", _range("Alt+", 5), "跳步", Page.CASE),
    Key("history", ("Alt+H",), "以前办过", Page.CASE),
    Key("next_matter", ("Alt+M",), "同一个号办下一件", Page.CASE),
    Key("confirm_applicant", ("Enter",), "资料无误，下一步", Page.APPLICANT),
    Key("parties", ("Alt+G",), "共同申请人", Page.APPLICANT),
    Key("contacts", ("Alt+K",), "联系人", Page.APPLICANT),
    Key("party_move", ("Up", "Down"), "换一位", Page.PARTIES),
    Key("party_open", ("Enter",), "打开", Page.PARTIES),
    Key("party_first", ("Home",), "换到第一方", Page.PARTIES),
    Key("party_remove", ("Del",), "去掉这一位", Page.PARTIES),
    Key("pick_matter", ("Enter",), "选中这个事项", Page.MATTER),
    Key("matter_move", ("Up", "Down"), "上下选", Page.MATTER),
    Key("situation_answer", _range("", 9), "选答案", Page.SITUATION),
    Key("situation_next", ("Enter",), "下一题", Page.SITUATION),
    Key("all_present", ("A",), "全部收齐", Page.CHECKLIST),
    Key("row_move", ("Up", "Down"), "换一项", Page.CHECKLIST),
    Key("accept_row", ("Enter",), "按要求收", Page.CHECKLIST),
    Key("original", ("1",), "原件", Page.CHECKLIST),
    Key("copy", ("2",), "复印件", Page.CHECKLIST),
    Key("exempt", ("3",), "免交", Page.CHECKLIST),
    Key("tolerate", ("4",), "容缺", Page.CHECKLIST),
    Key("defect", ("5",), "有问题", Page.CHECKLIST),
    Key("not_needed", ("6",), "不适用", Page.CHECKLIST),
    Key("clear_row", ("0",), "清除", Page.CHECKLIST),
    Key("more_copies", ("+",), "多一份", Page.CHECKLIST),
    Key("fewer_copies", ("-",), "少一份", Page.CHECKLIST),
    Key("pages", ("P",), "页数", Page.CHECKLIST),
    Key("pick_reason", _range("", 9), "可多选", Page.REASONS),
    Key("on_the_spot", ("C",), "可当场更正", Page.REASONS),
    Key("rewrite", ("E",), "改写告知", Page.REASONS),
    Key("reasons_done", ("Enter",), "确定，下一项", Page.REASONS),
    Key("pick_owed", _range("", 9), "欠几份", Page.OWED),
    Key("more_owed", ("+",), "多欠一份", Page.OWED),
    Key("fewer_owed", ("-",), "少欠一份", Page.OWED),
    Key("owed_done", ("Enter",), "确定，下一项", Page.OWED),
    Key("page_digit", tuple("0123456789"), "几页", Page.PAGES),
    Key("page_back", ("Backspace",), "退一位", Page.PAGES),
    Key("pages_done", ("Enter",), "确定", Page.PAGES),
    Key("take", ("F7", "Space"), "拍下", Page.CAPTURE),
    Key("capture_file", ("O",), "选文件", Page.CAPTURE),
    Key("capture_page", ("Left", "Right"), "换一页", Page.CAPTURE),
    Key("capture_remove", ("Del",), "删掉这一页", Page.CAPTURE),
    Key("capture_keep", ("Enter", "F7"), "收下", Page.CAPTURE_SHOT),
    Key("capture_turn", ("R",), "转 90 度", Page.CAPTURE_SHOT),
    Key("capture_corner", _range("", 4), "选角", Page.CAPTURE_SHOT),
    Key("capture_nudge", ("Left", "Right", "Up", "Down"), "移动这个角", Page.CAPTURE_SHOT),
    Key("capture_find", ("0",), "自动找四边", Page.CAPTURE_SHOT),
    Key("pick_outcome", _range("", 7), "选结论", Page.OUTCOME),
    Key("outcome_move", ("Up", "Down"), "换一个结论", Page.OUTCOME),
    Key("pick_hold", _range("", 3), "选一种就挂起", Page.HOLD),
    Key("hold_note", ("Tab",), "写一句说明", Page.HOLD),
    Key("target_kind", ("Left", "Right"), "换一类", Page.TRANSFER),
    Key("target_move", ("Up", "Down"), "上下选", Page.TRANSFER),
    Key("target_number", tuple("0123456789"), "按窗口号找", Page.TRANSFER),
    Key("transfer_there", ("Enter",), "转到这里", Page.TRANSFER),
    Key("pick_standing", _range("", 7), "选一种", Page.STANDING),
    Key("pick_group", _range("", 9), "选排队组", Page.WALK_IN),
    Key("answer", _range("", 3), "回答", Page.ASK),
    Key("piece_move", ("Up", "Down"), "移动", Page.COLLECTION),
    Key("hand_over", ("Space",), "勾选", Page.COLLECTION),
    Key("all_pieces", ("A",), "全部勾上", Page.COLLECTION),
    Key("collector", _range("", 3), "谁来领", Page.COLLECTION),
    Key("sign", ("F7",), "请签字", Page.COLLECTION),
    Key("issue", ("F9",), "发证并打印回证", Page.COLLECTION),
    Key("issue_next", ("F12",), "发完，叫下一位", Page.COLLECTION),
    Key("brought_move", ("Up", "Down"), "换一项", Page.CONSULT),
    Key("brought", ("Space",), "带来了", Page.CONSULT),
    Key("all_brought", ("A",), "都带了", Page.CONSULT),
    Key("by_agent", ("D",), "别人代办", Page.CONSULT),
    Key("list_medium", _range("", 3), "怎么给", Page.CONSULT),
    Key("other_matter", ("Enter",), "看应办的事项", Page.CONSULT),
    Key("give_list", ("F9",), "给告知单", Page.CONSULT),
    Key("give_list_next", ("F12",), "给完，叫下一位", Page.CONSULT),
    Key("guide_group", _range("", 9), "办什么", Page.GUIDE),
    Key("guide_priority", ("J", "C", "Y", "A", "0"), "谁优先", Page.GUIDE),
    Key("guide_matter", ("M",), "找事项", Page.GUIDE),
    Key("guide_booking", ("B",), "改成预约", Page.GUIDE),
    Key("guide_slot", ("Left", "Right", "Up", "Down"), "换时段", Page.GUIDE),
    Key("guide_paperless", ("N",), "不打纸", Page.GUIDE),
    Key("guide_again", ("P",), "再打一张", Page.GUIDE),
    Key("guide_go", ("F9",), "取号、预约、下一位", Page.GUIDE),
    Key("pick_list", _range("", 7), "换清单", Page.WORK_LISTS),
    Key("work_move", ("Up", "Down"), "上下选", Page.WORK_LISTS),
    Key("open_file", ("Enter",), "打开办件", Page.WORK_LISTS),
    Key("line_move", ("Up", "Down"), "上下选", Page.HAND_OVER),
    Key("choose_line", ("Space",), "勾选", Page.HAND_OVER),
    Key("all_lines", ("A",), "全选", Page.HAND_OVER),
    Key("make_sheet", ("F9",), "打印交接单", Page.HAND_OVER),
    Key("pick_step", _range("", 9), "选一步", Page.FILE),
    Key("pick_step_move", ("Up", "Down"), "换一步", Page.FILE),
    Key("see_papers", ("0",), "看材料和文书", Page.FILE),
    Key("print_here", ("P",), "在这里打印", Page.FILE),
    Key("see_originals", ("S",), "看扫描件", Page.FILE),
    Key("do_step", ("F9",), "办这一步", Page.FILE),
    Key("file_next", ("F12",), "办结，叫下一位", Page.FILE),
    Key("pick_preset", _range("", 9), "选一条", Page.FILE_FORM),
    Key("next_field", ("Enter",), "下一栏", Page.FILE_FORM),
    Key("record_arrival", ("F9",), "登记收到", Page.ARRIVAL),
    Key("office_move", ("Up", "Down"), "上下选", Page.OFFICE),
    Key("office_open", ("Enter",), "打开", Page.OFFICE),
    Key("office_first", ("F9",), "打开第一件", Page.OFFICE),
    Key("device_move", ("Up", "Down"), "换一台", Page.DEVICES),
    Key("device_try", ("F9",), "试这台", Page.DEVICES),
    Key("device_find", ("D",), "找设备", Page.DEVICES),
    Key("device_log", ("L",), "看线上的数据", Page.DEVICES),
    Key("device_export", ("X",), "导出给技术支持", Page.DEVICES),
    Key("run_page", _range("Alt+", 8), "换一页", Page.BOARD),
    Key("run_primary", ("F9",), "做这一页的主要一步", Page.BOARD),
    Key("run_move", ("Up", "Down"), "上下选", Page.BOARD),
    Key("run_undo", ("Ctrl+Z",), "撤销", Page.BOARD),
    Key("run_again", ("F5",), "再看一次", Page.BOARD),
    Key("run_back", ("Esc",), "回到实况", Page.BOARD),
    Key("run_help", ("F1",), "键位", Page.BOARD),
    Key("run_full_screen", ("F11",), "全屏", Page.BOARD),
)

_BY_ID: Final = {key.id: key for key in KEYS}
_CAPS: Final = {"Space": "空格", "Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "-": "−", "Del": "Delete"}


def cap_text(sequence: str) -> str:
    """What is printed on the cap of a key sequence."""
    return _CAPS.get(sequence, sequence)


def key(key_id: str) -> Key:
    """The key with this id; raises ``KeyError``."""
    return _BY_ID[key_id]


def chain(page: Page) -> tuple[Page, ...]:
    """The page and everything that stays on while it is shown, the page first."""
    pages = [page]
    while pages[-1] in PARENT:
        pages.append(PARENT[pages[-1]])
    return tuple(pages)


def keys_of(page: Page) -> tuple[Key, ...]:
    """Keys of the page itself, for the legend line."""
    return tuple(entry for entry in KEYS if entry.page is page)


def keys_on(page: Page) -> tuple[Key, ...]:
    """All keys that work while the page is shown, the page's own first, for the F1 page."""
    return tuple(entry for at in chain(page) for entry in KEYS if entry.page is at)


def doubles(keys: tuple[Key, ...] = KEYS) -> list[tuple[Page, str, list[str]]]:
    """Sequences that two keys claim on one page: (page, sequence, ids); must be empty."""
    found = []
    for page in Page:
        claims: dict[str, list[str]] = {}
        for entry in (entry for at in chain(page) for entry in keys if entry.page is at):
            for sequence in entry.sequences:
                claims.setdefault(sequence, []).append(entry.id)
        found += [(page, sequence, ids) for sequence, ids in claims.items() if len(ids) > 1]
    return found


def forbidden(sequence: str) -> str | None:
    """Why a sequence must not be used (input methods, system), or ``None`` if it may."""
    *modifiers, last = sequence.replace("++", "+Plus").split("+") if len(sequence) > 1 else [sequence]
    held = set(modifiers)
    if "Meta" in held or last in {"Shift", "Ctrl", "Alt", "Meta"}:
        return "belongs to the system"
    if last == "F10":
        return "opens menus"
    if "Alt" in held and last in {"F4", "Tab", "Space", "Esc"}:
        return "belongs to the window manager"
    if {"Ctrl", "Alt"} <= held or {"Ctrl", "Shift"} <= held:
        return "belongs to the input method or the system"
    if held & {"Ctrl", "Shift"} and (last in {"Space", ".", ";", ","} or ("Ctrl" in held and last.isdigit())):
        return "belongs to the input method"
    if held == {"Shift"} and len(last) == 1:
        return "is a capital letter"
    return None


@dataclass(frozen=True, slots=True)
class Hit:
    """A key of the table that was pressed; ``index`` counts from 0 inside a range."""

    id: str
    index: int


def pressed(event: QKeyEvent, page: Page) -> Hit | None:
    """Which of the page's own keys a key press means, for ``keyPressEvent`` of views that take plain keys.

    The numeric keypad counts as digits, + and - there too; Alt with the keypad never does (it types characters).
    """
    name = _name(event)
    if name is None:
        return None
    for entry in keys_of(page):
        if name in entry.sequences:
            return Hit(entry.id, entry.sequences.index(name))
    return None


def is_enter(event: QEvent) -> bool:
    """Whether the event is a press of Enter, on the main row or the keypad."""
    pressed_key = event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
    return pressed_key and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)  # type: ignore[attr-defined]


def _name(event: QKeyEvent) -> str | None:
    held = event.modifiers()
    keypad = bool(held & Qt.KeyboardModifier.KeypadModifier)
    if held & Qt.KeyboardModifier.AltModifier and keypad:
        return None
    code = Qt.Key(event.key())
    if code in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        last = "Enter"
    elif code in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        # Plus needs Shift on most keyboards; without Shift the same key is the equals sign.
        return "+"
    elif code is Qt.Key.Key_Minus:
        return "-"
    else:
        last = QKeySequence(code).toString(QKeySequence.SequenceFormat.PortableText)
    names = (
        (Qt.KeyboardModifier.ControlModifier, "Ctrl"),
        (Qt.KeyboardModifier.AltModifier, "Alt"),
        (Qt.KeyboardModifier.ShiftModifier, "Shift"),
        (Qt.KeyboardModifier.MetaModifier, "Meta"),
    )
    return "+".join([word for modifier, word in names if held & modifier] + [last])


def bind(
    widget: QWidget,
    key_id: str,
    slot: Callable[[], object] | Callable[[int], object],
    *,
    context: Qt.ShortcutContext = Qt.ShortcutContext.WidgetWithChildrenShortcut,
    index: int | None = None,
) -> list[QShortcut]:
    """Make the key act while the focus is inside ``widget``.

    A range calls ``slot(index)``; a single key, or one member chosen by ``index``, calls ``slot()``. Keys do not
    repeat while held. F9 first has the input method commit and acts in the next turn of the event loop, so that the
    last syllables are part of what is sent. Disable the returned shortcuts to switch the key off.
    """
    entry = key(key_id)
    made = []
    ranged = len(entry.sequences) > 1 and index is None
    for number, sequence in enumerate(entry.sequences):
        if index is not None and number != index:
            continue
        act = _caller(slot, number if ranged else None, commit_first=sequence == "F9")
        for spelling in ("Return", "Enter") if sequence == "Enter" else (sequence,):
            shortcut = QShortcut(QKeySequence(spelling), widget)
            shortcut.setContext(context)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(act)
            made.append(shortcut)
    return made


def _caller(
    slot: Callable[[], object] | Callable[[int], object], index: int | None, *, commit_first: bool
) -> Callable[[], None]:
    def act() -> None:
        if index is None:
            slot()  # type: ignore[call-arg]
        else:
            slot(index)  # type: ignore[call-arg]

    def commit_then_act() -> None:
        commit_input()
        QTimer.singleShot(0, act)

    return commit_then_act if commit_first else act


def commit_input() -> None:
    """Have the input method hand over what is still in composition."""
    QGuiApplication.inputMethod().commit()


class InputMethodGuard(QObject):
    """Event filter of whatever has the focus: no shortcut fires while the input method has a preedit.

    Input methods use digits, Alt+digit and F keys for their candidates. Of the keys that they leave alone while
    composing, Enter and F9 only commit the composition (the next press acts), the others do nothing. Alt with the
    numeric keypad is kept from shortcuts at all times, because Windows types characters with it. Ctrl+Z belongs to a
    text field only while there is something to undo in it; else it is the window's.
    Install once: ``InputMethodGuard(app)``.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._composing = self._stopped = False
        # Keys and compositions go to the focus first; a filter of the application would run for every event there is.
        self._watched: QObject | None = None
        app.focusObjectChanged.connect(self._moved)
        self._moved(app.focusObject())

    def composing(self) -> bool:
        """Whether a preedit is open."""
        return self._composing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            self._composing = bool(event.preeditString())
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._composing or _alt_keypad(event):
                # An accepted override is delivered as a key press and never tried as a shortcut.
                event.accept()
                return True
            if event.matches(QKeySequence.StandardKey.Undo) and _nothing_to_undo(watched):
                event.ignore()
                return True
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._composing and _acts(event):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F9):
                commit_input()
            return True
        return super().eventFilter(watched, event)

    def stop(self) -> None:
        """Watch nothing any more."""
        self._stopped = True
        self._follow(None)

    def _moved(self, focus: QObject | None) -> None:
        if not self._stopped:
            self._follow(focus)

    def _follow(self, focus: QObject | None) -> None:
        self._composing = False
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = focus
        if focus is not None:
            focus.installEventFilter(self)


def _nothing_to_undo(watched: QObject) -> bool:
    return isinstance(watched, QLineEdit) and not watched.isUndoAvailable()


def _alt_keypad(event: QKeyEvent) -> bool:
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.KeypadModifier
    return (event.modifiers() & both) == both


def _acts(event: QKeyEvent) -> bool:
    """Whether the key would do something outside the text: F keys, Enter, Tab, Esc, anything with Alt."""
    code = event.key()
    if Qt.Key.Key_F1 <= code <= Qt.Key.Key_F12 or event.modifiers() & Qt.KeyboardModifier.AltModifier:
        return True
    return code in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
