"""Printing of sheets outside the 文书 page: a consultation's list, a service receipt, a hand-over sheet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.actor import Actor
from clerk_app.ports.window import PaperState, StoredPaper
from clerk_app.services.window.printing import Answer, PrintDesk, Question
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.lanes import Failure, Lane

OPEN = frozenset({PaperState.PREPARED, PaperState.SENDING, PaperState.UNKNOWN, PaperState.REFUSED})


class Sheets(QObject):
    """Prints what belongs to some ids and stays with it until every sheet is decided.

    ``done`` when every sheet is on paper (or in a file), ``asked`` carries a ``Question``, ``refused`` the sentence
    why a sheet did not come out (nothing of it is on paper; ``print`` tries again, ``postpone`` goes on without it).
    """

    done = Signal()
    asked = Signal(object)
    refused = Signal(str)

    def __init__(self, desk: PrintDesk, printer: Lane) -> None:
        super().__init__()
        self._desk, self._printer = desk, printer
        self._ids: tuple[str, ...] = ()
        self._actor: Actor | None = None

    @property
    def busy(self) -> bool:
        """Whether sheets are still on their way or wait for a person."""
        return bool(self._ids)

    def print(self, ids: tuple[str, ...], actor: Actor) -> None:
        """Send every sheet of these ids that is not on paper yet."""
        self._ids, self._actor = ids, actor
        self._run(lambda: [self._desk.print_case(one, actor) for one in ids])

    def again(self) -> None:
        """Try once more what did not come out."""
        if self._actor is not None and self._ids:
            self.print(self._ids, self._actor)

    def answer(self, question: Question, answer: Answer) -> None:
        """What the clerk saw on the sheet."""
        actor = self._actor
        if actor is not None:
            self._run(lambda: self._desk.answer(question.paper.paper_id, answer, actor))

    def postpone(self) -> None:
        """Go on without the sheets that did not come out; they can be printed later."""
        actor, ids = self._actor, self._ids

        def put_off() -> None:
            for one in ids:
                for sheet in self._desk.undecided(one):
                    if actor is not None and sheet.state is PaperState.REFUSED:
                        self._desk.postpone(sheet.paper_id, actor)

        self._run(put_off)

    def _run(self, work: Callable[[], object]) -> None:
        ids = self._ids

        def do() -> tuple[list[StoredPaper], Question | None]:
            work()
            left = [sheet for one in ids for sheet in self._desk.undecided(one)]
            waits = next((sheet for sheet in left if sheet.state is PaperState.UNKNOWN), None)
            return left, self._desk.question(waits.paper_id) if waits else None

        def show(found: tuple[list[StoredPaper], Question | None]) -> None:
            left, question = found
            if question is not None:
                self.asked.emit(question)
            elif left:
                self.refused.emit(next((sheet.sentence for sheet in left if sheet.sentence), "") or "这张没有打出来")
            else:
                self._ids = ()
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
    card.answered.connect(lambda index: answered(question.answers[index].answer))
    return card
