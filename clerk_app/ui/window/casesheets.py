"""The sheets of the case that is open: printed, asked about, printed again; those of its file with what others made.

Printing is the printer's lane's, reading the papers' lane's; these objects live on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import ActPaper
from clerk_app.ports.window import PaperState, StoredPaper
from clerk_app.services.steps.values import OpenFile
from clerk_app.services.window.printing import Answer, Question
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.desk import Desk

_ON_ITS_WAY = frozenset({PaperState.PREPARED, PaperState.SENDING})
_Sheets = tuple[tuple[StoredPaper, ...], tuple[Question, ...], tuple[ActPaper, ...]]


class CaseSheets(QObject):
    """``changed`` follows each reading, ``failed`` carries the ``Failure`` of a print or a reading."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, lanes: Lanes, actor: Callable[[], Actor]) -> None:
        super().__init__()
        self._desk, self._lanes, self._actor = desk, lanes, actor
        self._case_id = ""
        self.papers: tuple[StoredPaper, ...] = ()
        self.questions: tuple[Question, ...] = ()
        self.elsewhere: tuple[ActPaper, ...] = ()
        """Papers that only other windows have."""

    def show(self, case_id: str, papers: tuple[StoredPaper, ...] = ()) -> None:
        """Another case, with what is known of its sheets; an empty id is none."""
        self._case_id, self.papers, self.questions, self.elsewhere = case_id, papers, (), ()

    # --- printing ---------------------------------------------------------------------------------------------
    def print_all(self) -> None:
        """Print what is not printed yet; sheets whose fate is unknown wait for their answer."""
        self._print(lambda case_id: self._desk.printing.print_case(case_id, self._actor()))

    def answer(self, question: Question, answer: Answer) -> None:
        """What the clerk saw on the sheet."""
        self._print(lambda _: self._desk.printing.answer(question.paper.paper_id, answer, self._actor()))

    def reprint(self, paper_id: str, reason: str) -> None:
        """补打: a further sheet with the same number."""
        self._print(lambda _: self._desk.printing.reprint(paper_id, reason, self._actor()))

    def on_a4(self, paper_id: str) -> None:
        """Print a receipt on the A4 printer instead."""
        self._print(lambda _: self._desk.printing.use_page_printer(paper_id, self._actor()))

    def postpone(self, paper_id: str) -> None:
        """Go on without a sheet that did not come out; it can be printed later."""
        self._print(lambda _: self._desk.printing.postpone(paper_id, self._actor()))

    def _print(self, work: Callable[[str], object]) -> None:
        if not self._case_id:
            return

        def failed(failure: Failure) -> None:
            self.failed.emit(failure)
            self.read()

        self._lanes.lane("printer").run(work, self._case_id, done=lambda _: self.read(), failed=failed)
        self.read()

    # --- reading ----------------------------------------------------------------------------------------------
    def read(self) -> None:
        """Read again what became of each sheet."""
        case_id = self._case_id
        if not case_id:
            return

        def show(found: _Sheets) -> None:
            if self._case_id == case_id:
                self.papers, self.questions, self.elsewhere = found
                self.changed.emit()

        self._lanes.lane("papers").run(
            self._find, case_id, done=show, failed=self.failed.emit, key=("sheets", id(self))
        )

    def _find(self, case_id: str) -> _Sheets:
        """On the lane: the newest sheet of each paper, and the questions about them."""
        sheets = self._desk.printing.current(case_id)
        ids = {sheet.paper_id for sheet in sheets}
        return sheets, tuple(one for one in self._desk.printing.questions() if one.paper.paper_id in ids), ()

    @property
    def undecided(self) -> str:
        """Why the papers keep the clerk here; empty when each of them is decided."""
        if self.questions:
            return "先回答打印的问题"
        if any(paper.state in _ON_ITS_WAY for paper in self.papers):
            return "正在打印，打完就能办结"
        refused = [paper for paper in self.papers if paper.state is PaperState.REFUSED]
        return refused[0].sentence or "有文书没有打出来" if refused else ""


class FileSheets(CaseSheets):
    """The sheets of a case file, and the papers of its acts that only other windows have."""

    def __init__(self, desk: Desk, lanes: Lanes, actor: Callable[[], Actor]) -> None:
        super().__init__(desk, lanes, actor)
        self._opened: OpenFile | None = None

    def show_file(self, opened: OpenFile | None) -> None:
        """The file as it stands now; sheets of the same case stay."""
        if opened is None or opened.file.case_id != self._case_id:
            self.show(opened.file.case_id if opened is not None else "")
        self._opened = opened

    def bring_all(self) -> None:
        """Print here what other windows made."""
        opened = self._opened
        if opened is None or not self.elsewhere:
            return
        ids = {paper.paper_id for paper in self.elsewhere}

        def bring(case_id: str) -> None:
            self._desk.files.elsewhere.bring(opened, ids, self._actor())
            self._desk.printing.print_case(case_id, self._actor())

        self._print(bring)

    def _find(self, case_id: str) -> _Sheets:
        sheets, questions, _ = super()._find(case_id)
        return sheets, questions, self._desk.files.elsewhere.missing(self._opened) if self._opened else ()
