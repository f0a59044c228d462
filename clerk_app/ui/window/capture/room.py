"""F7 on a material: preview, take, look, keep; or a file that is dropped or chosen.

The camera and the picture work have lanes of their own; nothing here waits. What was kept is durable before it is
counted; a shot that was not kept is nowhere but on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Rejected
from clerk_app.ports.capture import MOST_BYTES, Corners, DocumentCamera, PageKind, PageOrigin, PageRow, PictureWork
from clerk_app.services.window.attachments import AttachmentDesk
from clerk_app.ui.keys import Hit, Page, key
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import ElidedLabel, KeyHint, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.capture.preview import NO_CAMERA, Preview
from clerk_app.ui.window.capture.shot import Shot, ShotWork
from clerk_app.ui.window.capture.strip import WIDTH, Strip
from clerk_app.ui.window.capture.viewer import Viewer, moved
from clerk_app.ui.window.rooms import Room

NUDGE = 0.004
MOST_WIDTH = 16_777_215
"""No limit, in Qt's words."""
_FILTER = "图片和 PDF (*.jpg *.jpeg *.png *.pdf)"
_STEPS = ((-1, 0), (1, 0), (0, -1), (0, 1))


class CaptureRoom(Room):
    """``changed`` follows each page that was kept, taken out or brought back: case id and all its pages."""

    page = Page.CAPTURE
    changed = Signal(str, object)

    def __init__(
        self,
        lanes: Lanes,
        desk: AttachmentDesk,
        pictures: PictureWork,
        camera: DocumentCamera | None,
        actor: Callable[[], Actor],
    ) -> None:
        super().__init__()
        self._lanes, self._desk, self._actor = lanes, desk, actor
        self._work = ShotWork(lanes.lane("pictures"), pictures)
        self.preview = Preview(lanes, camera, self._work, self)
        self._case_id = self._material_id = self._name = ""
        self._pages: tuple[PageRow, ...] = ()
        self._done: list[tuple[str, bool]] = []
        """What may be undone, the last one last: page id and whether it was kept (else taken out)."""
        self._shot: Shot | None = None
        self._waiting: list[Path] = []
        self._turn = 0
        self._busy = False
        self.title = ElidedLabel("", "title")
        self.note = Text("", "note", "ink7")
        self.view = Viewer("画面", editable=True)
        self.result = Viewer("收下的样子")
        self.strip = Strip()
        self.sentence = ElidedLabel("", "body", "warn", strong=True)
        self.file = Button("选文件", key=key("capture_file").cap(), large=True)
        self.again = Button("不要，重拍", key="Esc", large=True)
        self.go = Button("拍下", ButtonRole.PRIMARY, key=key("take").cap())
        self.legend = Legend()
        self._right = QStackedWidget()
        self._build()
        self.setAcceptDrops(True)
        self._connect()

    def _build(self) -> None:
        head = Surface("paper", edges="bottom", height=SIZE.step_bar)
        head.setLayout(Row(self.title, self.note, KeyHint(("Esc",), "回材料"), gap=SPACE.x12, margins=(0, SPACE.page)))
        aside = Surface("paper", edges="left")
        aside.setLayout(Column(self.strip, margins=(SPACE.x8, 0)))
        for one in (aside, self.result):
            self._right.addWidget(one)
        middle = QWidget()
        row = Row(self.view, self._right)
        middle.setLayout(row)
        self._middle = row
        foot = Surface("paper", edges="top", height=SIZE.action_bar)
        foot.setLayout(Row(self.sentence, self.file, self.again, self.go, gap=SPACE.x8, margins=(0, SPACE.page)))
        column = Column(head, middle, foot, self.legend)
        column.setStretch(1, 1)
        self.setLayout(column)

    def _connect(self) -> None:
        self.preview.frame.connect(lambda image: self.view.show_image(image, self.view.corners))
        self.preview.outlined.connect(self.view.show_corners)
        self.preview.told.connect(self.view.show_words)
        self.view.key_pressed.connect(self._pressed)
        self.view.corners_moved.connect(self._cut_anew)
        self.strip.wanted.connect(self._load_small)
        self.strip.picked.connect(self._pick)
        self.go.clicked.connect(self._primary)
        self.file.clicked.connect(self._choose_file)
        self.again.clicked.connect(self.escape)

    # --- opening ----------------------------------------------------------------------------------------------
    def begin(self, case_id: str, material_id: str, number: int, name: str) -> None:
        """Another material, with nothing on the screen of the one before."""
        self._case_id, self._material_id, self._name = case_id, material_id, f"{number}. {name}"
        self._done.clear()
        self._waiting.clear()
        self._turn = 0
        self._pages = ()
        self._chosen = -1
        self._live()
        self._read_pages()

    def start(self) -> None:
        self.view.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.preview.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.preview.stop()

    def escape(self) -> bool:
        """A shot is dropped first, then the room is left."""
        if self._shot is None:
            return False
        self._next_shot()
        return True

    def undo(self) -> bool:
        """Take back the last keeping or taking out."""
        if self._shot is not None or not self._done or self._busy:
            return True
        page_id, kept = self._done.pop()
        act = self._desk.remove if kept else self._desk.restore
        words = "刚收下的一页拿掉了" if kept else "那一页放回来了"
        self._store(act, page_id, self._actor(), done=lambda _: self._read_pages(words))
        return True

    # --- a shot -----------------------------------------------------------------------------------------------
    def _take(self) -> None:
        if self._busy or self._shot is not None:
            return
        if not self.preview.has_camera:
            self._say(NO_CAMERA, "warn")
            return
        self._busy = True
        self.go.busy("正在拍…")
        self.preview.capture(self._taken, self._not_taken)

    def _taken(self, picture: bytes) -> None:
        self._work.begin(picture, PageOrigin.CAMERA, self._turn, self._show_shot, self._not_taken)

    def _not_taken(self, failure: Failure) -> None:
        self._busy = False
        self.go.ready()
        self._say(failure.text, "bad")
        if self._waiting:
            self._open_waiting()

    def _show_shot(self, shot: Shot) -> None:
        """A picture was looked at: left as it was taken, right as it will be kept."""
        self._busy = False
        self.go.ready()
        self._shot = shot
        self.preview.hold()
        self.page = self.view.page = Page.CAPTURE_SHOT
        self.view.show_image(shot.image, shot.page.corners)
        self.result.show_image(shot.result)
        self._right.setCurrentWidget(self.result)
        self._share(1)
        sentences = shot.page.sentences
        rest = f"后面还有 {len(self._waiting)} 个文件" if self._waiting else ""
        if shot.page.kind is PageKind.PDF:
            self._say(f"PDF 共 {shot.page.sheets} 页，整份收下。{rest}", "ink7")
        else:
            self._say("；".join(sentences) or rest or "看清楚了就收下", "warn" if sentences else "ink7")
        self._show_keys()
        self.view.setFocus()

    def _cut_anew(self, corners: Corners | None) -> None:
        """Other corners, or the finder's own again, or another quarter turn."""
        shot = self._shot
        if shot is None or shot.page.kind is PageKind.PDF:
            return
        self.view.show_corners(corners or shot.page.corners)
        self._work.again(shot, corners, self._turn, self._show_cut, self._not_cut)

    def _show_cut(self, shot: Shot) -> None:
        if self._shot is not None and self._shot.picture is shot.picture:
            self._show_shot(shot)

    def _not_cut(self, failure: Failure) -> None:
        if self._shot is not None:
            self.view.show_corners(self._shot.page.corners)
            self._say(failure.text, "bad")

    def _keep(self) -> None:
        shot = self._shot
        if shot is None or self._busy or self._work.cutting:
            return
        self._busy = True
        self.go.busy("正在收…")

        def kept(row: PageRow) -> None:
            self._busy = False
            self.go.ready()
            self._done.append((row.page_id, True))
            self._next_shot()
            self._read_pages(f"收下了第 {row.position} 页" if row.sheets == 1 else f"收下了 {row.sheets} 页")

        def failed(failure: Failure) -> None:
            self._busy = False
            self.go.ready()
            self._say(failure.text, "bad")

        self._store(
            self._desk.add,
            self._case_id,
            self._material_id,
            shot.page,
            shot.origin,
            self._actor(),
            done=kept,
            failed=failed,
        )

    def _next_shot(self) -> None:
        if self._waiting:
            self._open_waiting()
        else:
            self._live()

    def _live(self) -> None:
        self._shot = None
        self.page = self.view.page = Page.CAPTURE
        self.view.choose(-1)
        self.preview.go_on()
        self._right.setCurrentIndex(0)
        self._share(0)
        self._say("", "ink7")
        self._show_keys()

    def _share(self, right: int) -> None:
        """A shot and its page side by side; the preview has all but the strip."""
        self._middle.setStretch(0, 1)
        self._middle.setStretch(1, right)
        self._right.setMaximumWidth(MOST_WIDTH if right else px(WIDTH + SPACE.x16))

    def _show_keys(self) -> None:
        shot = self._shot is not None
        self.go.setText("收下" if shot else "拍下")
        self.go.set_key(key("capture_keep" if shot else "take").cap())
        self.file.setVisible(not shot)
        self.again.setVisible(shot)
        self.legend.show_page("", self.page)

    # --- files ------------------------------------------------------------------------------------------------
    def _choose_file(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "选这份材料的图片或 PDF", "", _FILTER)
        self.view.setFocus()
        self.open_files([Path(name) for name in names])

    def open_files(self, paths: list[Path]) -> None:
        """Files one after the other, each looked at before it is kept."""
        if paths:
            self._waiting += paths
            if self._shot is None and not self._busy:
                self._open_waiting()

    def _open_waiting(self) -> None:
        path = self._waiting.pop(0)
        self._live()
        self._busy = True
        self._say(f"正在打开 {path.name}", "ink7")
        self._work.begin(lambda: _read(path), PageOrigin.FILE, 0, self._show_shot, self._not_taken)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_files(_dropped(event.mimeData()))

    # --- keys -------------------------------------------------------------------------------------------------
    def _pressed(self, hit: Hit) -> None:
        acts: dict[str, Callable[[], object]] = {
            "take": self._take,
            "capture_keep": self._keep,
            "capture_file": self._choose_file,
            "capture_remove": self._remove,
            "capture_page": lambda: self._walk(-1 if hit.index == 0 else 1),
            "capture_turn": self._rotate,
            "capture_find": lambda: self._cut_anew(None),
            "capture_corner": lambda: self.view.choose(hit.index),
            "capture_nudge": lambda: self._nudge(*_STEPS[hit.index]),
        }
        acts[hit.id]()

    def _primary(self) -> None:
        self.view.setFocus()
        if self._shot is None:
            self._take()
        else:
            self._keep()

    def _rotate(self) -> None:
        """The next pages lie as this one does, so that the turn stays."""
        if self._shot is not None and self._shot.page.kind is not PageKind.PDF:
            self._turn = (self._turn + 1) % 4
            self._work.again(self._shot, self._shot.page.corners, self._turn, self._show_cut, self._not_cut)

    def _nudge(self, across: int, down: int) -> None:
        corners, at = self.view.corners, self.view.chosen
        if corners is None or self._shot is None:
            return
        if at < 0:
            self._say("先按 1 到 4 选一个角", "ink7")
            return
        x, y = corners[at]
        self._cut_anew(moved(corners, at, x + across * NUDGE, y + down * NUDGE))

    def _walk(self, step: int) -> None:
        if self._pages:
            at = len(self._pages) if self._chosen < 0 else self._chosen
            self._pick(min(len(self._pages) - 1, max(0, at + step)))

    def _pick(self, number: int) -> None:
        self._chosen = number
        self.strip.show_pages(self._pages, number)
        self.view.setFocus()

    def _remove(self) -> None:
        if not 0 <= self._chosen < len(self._pages):
            self._say("先用 ← → 选一页，再按 Delete 删掉", "ink7")
            return
        page, number = self._pages[self._chosen], self._chosen + 1

        def removed(_row: PageRow) -> None:
            self._done.append((page.page_id, False))
            self._read_pages(f"第 {number} 页删掉了，Ctrl+Z 放回来")

        self._store(self._desk.remove, page.page_id, self._actor(), done=removed)

    # --- pages ------------------------------------------------------------------------------------------------
    def _read_pages(self, words: str = "") -> None:
        case_id = self._case_id

        def found(pages: tuple[PageRow, ...]) -> None:
            self.changed.emit(case_id, pages)
            if case_id != self._case_id:
                return
            self._pages = tuple(page for page in pages if page.material_id == self._material_id)
            self._chosen = -1
            self.strip.show_pages(self._pages, -1)
            count = sum(page.sheets for page in self._pages)
            self.title.setText(self._name)
            self.note.setText(f"已扫 {count} 页" if count else "还没有扫")
            if words and self._shot is None:
                self._say(words, "ok")

        self._store(self._desk.of_case, case_id, done=found)

    def _load_small(self, page_id: str) -> None:
        def found(content: bytes) -> None:
            self._work.small(content, lambda image: self.strip.put_image(page_id, image))

        self._store(self._desk.content, page_id, done=found)

    def _store(
        self,
        work: Callable[..., object],
        *args: object,
        done: Callable[..., object],
        failed: Callable[[Failure], object] | None = None,
    ) -> None:
        fail = failed or (lambda failure: self._say(failure.text, "bad"))
        self._lanes.lane("store").run(work, *args, done=done, failed=fail, owner=self)

    def _say(self, words: str, tone: str) -> None:
        self.sentence.set_tone(tone)
        self.sentence.setText(words)


def _dropped(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _read(path: Path) -> bytes:
    """A file's content; ``Rejected("page")`` for one that is too large or cannot be read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            size = path.stat().st_size / 1048576
            raise Rejected("page", f"{path.name} 有 {size:.0f} MB，超过 20 MB，请分开或压缩后再拖进来")
        return path.read_bytes()
    except OSError as error:
        raise Rejected("page", f"{path.name} 读不了，请看 U 盘还在不在，或另存一份") from error
