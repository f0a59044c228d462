"""Printing of sheets outside the 文书 page: a consultation's list, a service receipt, a hand-over sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from clerk_app.domain.actor import Actor
from clerk_app.ports.window import PaperState, StoredPaper
from clerk_app.services.window.printing import Answer, PrintDesk, Question
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.lanes import Failure, Lane

NOT_OUT = "这张没有打出来"
_TO_SEND = frozenset({PaperState.PREPARED, PaperState.REFUSED})


class Sheets(QObject):
    """Prints some sheets and stays with them until each is decided; other sheets of the same case are left alone.

    ``done`` when every sheet is on paper (or in a file), ``asked`` carries a ``Question``, ``refused`` the sentence
    why a sheet did not come out (nothing of it is on paper; ``again`` tries once more, ``postpone`` goes on without
    it).
    """

    done = Signal()
    asked = Signal(object)
    refused = Signal(str)

    def __init__(self, desk: PrintDesk, printer: Lane) -> None:
        super().__init__()
        self._desk, self._printer = desk, printer
        self._papers: tuple[StoredPaper, ...] = ()
        self._actor: Actor | None = None

    @property
    def busy(self) -> bool:
        """Whether sheets are still on their way or wait for a person."""
        return bool(self._papers)

    def print(self, papers: Sequence[StoredPaper], actor: Actor) -> None:
        """Send these sheets."""
        self._papers, self._actor = tuple(papers), actor
        self.again()

    def again(self) -> None:
        """Send what is not on paper yet."""
        actor = self._actor

        def send() -> None:
            for sheet in self._undecided():
                if actor is not None and sheet.state in _TO_SEND:
                    self._desk.print_paper(sheet.paper_id, actor)

        self._run(send)

    def answer(self, question: Question, answer: Answer) -> None:
        """What the clerk saw on the sheet."""
        actor = self._actor
        if actor is not None:
            self._run(lambda: self._desk.answer(question.paper.paper_id, answer, actor))

    def postpone(self) -> None:
        """Go on without the sheets that did not come out; they can be printed later."""
        actor = self._actor

        def put_off() -> None:
            for sheet in self._undecided():
                if actor is not None and sheet.state is PaperState.REFUSED:
                    self._desk.postpone(sheet.paper_id, actor)

        self._run(put_off)

    def _undecided(self) -> list[StoredPaper]:
        """On the printer's lane: the newest sheet of each of these papers that is not decided."""
        originals = {paper.original_id for paper in self._papers}
        owners = dict.fromkeys(paper.case_id for paper in self._papers)
        return [sheet for one in owners for sheet in self._desk.undecided(one) if sheet.original_id in originals]

    def _run(self, work: Callable[[], object]) -> None:
        def do() -> tuple[list[StoredPaper], Question | None]:
            work()
            left = self._undecided()
            waits = next((sheet for sheet in left if sheet.state is PaperState.UNKNOWN), None)
            return left, self._desk.question(waits.paper_id) if waits else None

        def show(found: tuple[list[StoredPaper], Question | None]) -> None:
            left, question = found
            if question is not None:
                self.asked.emit(question)
            elif left:
                self.refused.emit(next((sheet.sentence for sheet in left if sheet.sentence), "") or NOT_OUT)
            else:
                self._papers = ()
                self.done.emit()

        def failed(failure: Failure) -> None:
            self.refused.emit(failure.text)

        self._printer.run(do, done=show, failed=failed)


def ask_card(question: Question, answered: Callable[[Answer], object]) -> AskCard:
    """The question about a half sheet; nothing is preselected."""
    sentence = question.paper.sentence
    asked = question.text.removeprefix(sentence).removeprefix("。")
    explanation = sentence if not sentence or sentence.endswith("。") else f"{sentence}。"
    card = AskCard(
        question.title,
        f"{explanation}回答之前不会再打，不会多出一张。",
        asked,
        [(line.text, line.follows) for line in question.answers],
        icon="receipt-text" if question.paper.medium.value == "receipt" else "printer",
    )
    # The card goes with its answer; the key that gave it is still being handled.
    card.answered.connect(lambda index: QTimer.singleShot(0, lambda: answered(question.answers[index].answer)))
    return card


class AskPlace(QWidget):
    """Where a room asks about a half sheet; empty and without height at other times."""

    def __init__(self) -> None:
        super().__init__()
        self.card: AskCard | None = None
        self._column = Column()
        self.setLayout(self._column)
        self.hide()

    def ask(self, question: Question, answered: Callable[[Answer], object]) -> None:
        """Show the question with the focus on it; it is gone when ``answered`` is called."""

        def done(answer: Answer) -> None:
            self.clear()
            answered(answer)

        self.clear()
        self.card = ask_card(question, done)
        self._column.put(self.card)
        self.show()
        self.card.show()
        self.card.setFocus()

    def clear(self) -> None:
        """Take the question away."""
        self.card = None
        self._column.empty()
        self.hide()
