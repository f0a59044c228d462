"""Stored papers on their way to paper. Nothing prints twice by itself; nothing is called printed that may not be.

::

    prepared ─▶ sending ─▶ printed    the printer said so
        ▲          ├─────▶ sent       a printer that cannot say took all of it
        ▲          ├─────▶ saved      no A4 printer is set up: a PDF in the folder
    refused ◀──────┤                  nothing reached the paper; may be sent again
                   └─────▶ unknown ──1─▶ printed      the clerk sees the whole sheet
                              └──2, 3──▶ withdrawn    half a sheet taken back, a new sheet 「补打 n」

    printed, sent, saved ─▶ voided       every sheet of the paper at once; its number is never used again

Both sides of ``sending`` are committed before and after the printer is asked, so that a crash in between leaves
``sending`` behind, which ``recover`` turns into the question. A sealed sheet that is on paper as far as anybody can
know gets its line in the seal register in the same transaction. Called on the printer's lane.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import Approval
from clerk_app.domain.errors import Locked, StoreFault
from clerk_app.ports.devices import PagePrinter, PrintOutcome, PrintResult, ReceiptPrinter
from clerk_app.ports.printing import PaperFolder, PaperRenderer
from clerk_app.ports.window import Medium, NewPaper, PaperState, StoredPaper, WindowStore, WindowUnit
from clerk_app.services.window.journal import Journal, system_actor
from clerk_app.services.window.redrawing import SignatureUnder, draw_again, last_words, value_of, words_of
from clerk_app.services.window.seals import carries_seal, register_use
from clerk_app.services.window.sheets import (
    BUSY,
    CANNOT_SEND,
    ON_PAPER,
    TRANSITIONS,
    UNDECIDED,
    sheet_of,
    undecided,
    void_paper,
)
from clerk_app.services.window.unsettled import NOT_SETTLED, held_back, made_by_act, settled_here

_log = logging.getLogger(__name__)

INTERRUPTED = "程序在打印时中断过，这张纸可能没打完"
CRASHED = "打印时程序出错，这张纸可能没打完。请看吐出来的纸"
NO_PAGE_PRINTER = "没有设置 A4 打印机，已存成文件：{}"
POSTPONED = "先没有打，加密存在本机，打印机好了可以补打"


class Answer(StrEnum):
    """What only a person who looks at the paper can say; keys 1, 2, 3."""

    USABLE = "usable"
    REPRINT = "reprint"
    PAGE_PRINTER = "page_printer"


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer: its key, its words, and what will follow."""

    answer: Answer
    key: str
    text: str
    follows: str


@dataclass(frozen=True, slots=True)
class Question:
    """The ask card of a sheet whose fate is unknown. ``look_for`` is the mark near the paper's end to look
    for, ``last_lines`` is what should stand there."""

    paper: StoredPaper
    title: str
    text: str
    look_for: str
    last_lines: tuple[str, ...]
    answers: tuple[AnswerLine, ...]


class PrintDesk:
    """Prints stored papers and keeps what became of each sheet. A ``case_id`` here is what the papers belong to: a
    case, a consultation or a hand-over sheet."""

    def __init__(
        self,
        store: WindowStore,
        renderer: PaperRenderer,
        journal: Journal,
        folder: PaperFolder,
        receipt_printer: ReceiptPrinter | None = None,
        page_printer: PagePrinter | None = None,
        wake_outbox: Callable[[], None] = lambda: None,
        signature_under: SignatureUnder = lambda subject, notice: None,
        lacking: Callable[[str], Sequence[str]] = lambda words: (),
    ) -> None:
        self._store = store
        self._renderer = renderer
        self._journal = journal
        self._folder = folder
        self._receipt_printer = receipt_printer
        self._page_printer = page_printer
        self._wake_outbox = wake_outbox
        self._signature_under = signature_under
        self._lacking = lacking
        self._under_way: set[str] = set()
        self._lock = threading.Lock()

    # --- reading ----------------------------------------------------------------------------------------------
    def papers(self, case_id: str) -> tuple[StoredPaper, ...]:
        """All sheets of a case, reprints included, in the order they were made."""
        return tuple(self._store.read(lambda unit: unit.papers.of_case(case_id)))

    def current(self, case_id: str) -> tuple[StoredPaper, ...]:
        """The newest sheet of each paper: what the 文书 page lists. What the server has to agree to first is not among
        them."""

        def work(unit: WindowUnit) -> dict[str, StoredPaper]:
            held = held_back(unit, case_id)
            return {one.original_id: one for one in unit.papers.of_case(case_id) if one.original_id not in held}

        return tuple(self._store.read(work).values())

    def undecided(self, case_id: str) -> tuple[StoredPaper, ...]:
        """Sheets that keep 「办结」 locked."""
        return tuple(paper for paper in self.current(case_id) if paper.state in UNDECIDED)

    def left_open(self, *, later: bool = False) -> str | None:
        """The case with the oldest sheet of this window that is not decided, None when there is none: a sheet of the
        counter's conclusion, or with ``later`` one of a step after it, which belongs into the case's file."""

        def work(unit: WindowUnit) -> str | None:
            for paper in undecided(unit):
                known = unit.cases.get(paper.case_id) is not None
                if known and made_by_act(unit, paper.case_id, paper.original_id) is later:
                    return paper.case_id
            return None

        return self._store.read(work)

    def left_open_elsewhere(self) -> tuple[StoredPaper, ...]:
        """Undecided sheets that belong to no case (a consultation's list, a hand-over sheet), oldest first."""
        return self._store.read(
            lambda unit: tuple(paper for paper in undecided(unit) if unit.cases.get(paper.case_id) is None)
        )

    def content(self, paper_id: str) -> bytes:
        """The bytes as printed: ESC/POS for ``Medium.RECEIPT``, PDF for ``Medium.PAGE``."""
        return self._store.read(lambda unit: unit.papers.content(sheet_of(unit, paper_id).paper_id))

    def needs_consent(self, paper_id: str) -> bool:
        """Whether a second person has to agree before this paper is made void."""
        return self._store.read(
            lambda unit: carries_seal(unit.papers.source(sheet_of(unit, paper_id).original_id))
        )

    def questions(self) -> tuple[Question, ...]:
        """Every sheet of this window that waits for an answer, oldest first."""
        waiting = self._store.read(lambda unit: unit.papers.in_state(PaperState.UNKNOWN))
        return tuple(self._question(paper) for paper in waiting)

    def question(self, paper_id: str) -> Question | None:
        """The question about one sheet, None when there is none to ask."""
        paper = self._store.read(lambda unit: sheet_of(unit, paper_id))
        return self._question(paper) if paper.state is PaperState.UNKNOWN else None

    # --- acting -----------------------------------------------------------------------------------------------
    def recover(self) -> tuple[StoredPaper, ...]:
        """After a start: what was being sent when the program ended becomes a question. Returns those sheets.

        Safe on any lane: a sheet that this program is sending is left alone.
        """

        def work(unit: WindowUnit) -> list[StoredPaper]:
            binding = unit.binding.binding()
            left = [paper for paper in unit.papers.in_state(PaperState.SENDING) if not self._is_under_way(paper)]
            if binding is None:
                return []
            return [self._move(unit, p, PaperState.UNKNOWN, INTERRUPTED, system_actor(binding)) for p in left]

        return tuple(self._store.write(work))

    def print_case(self, case_id: str, actor: Actor) -> tuple[StoredPaper, ...]:
        """Print every sheet of the case that was not sent yet or was refused; returns the current sheets.

        A sheet that is unknown stays so: it waits for its answer.
        """
        for paper in self.current(case_id):
            if paper.state in {PaperState.PREPARED, PaperState.REFUSED}:
                self.print_paper(paper.paper_id, actor)
        return self.current(case_id)

    def print_settled(self, actor: Actor) -> tuple[StoredPaper, ...]:
        """Print what waited for the server's word and counts by now; returns those sheets."""
        waiting = self._store.read(settled_here)
        return tuple(self.print_paper(paper_id, actor) for paper_id in waiting)

    def print_paper(self, paper_id: str, actor: Actor) -> StoredPaper:
        """Send one sheet (prepared, refused or saved) and keep what became of it.

        Without a thermal printer the receipt goes to the A4 printer, without that into the folder. ``Locked`` when
        the sheet is being printed, was printed (use ``reprint``) or waits for an answer.
        """
        paper = self._store.read(lambda unit: sheet_of(unit, paper_id))
        if paper.medium is Medium.RECEIPT and self._receipt_printer is None:
            return self.use_page_printer(paper_id, actor)
        with self._lock:
            if paper_id in self._under_way:
                raise Locked(BUSY)
            self._under_way.add(paper_id)
        try:
            boxes = self._boxes(paper_id)
            paper, content = self._store.write(lambda unit: self._begin(unit, paper_id, actor, boxes))
            state, sentence = self._send(paper, content)
            if state in _SEALED or state is PaperState.SAVED:
                sentence = "。".join(filter(None, (sentence, boxes)))
            return self._store.write(lambda unit: self._move(unit, paper, state, sentence, actor))
        finally:
            with self._lock:
                self._under_way.discard(paper_id)

    def answer(self, paper_id: str, answer: Answer, actor: Actor) -> StoredPaper:
        """What the clerk saw. 1: the sheet counts as printed. 2 and 3: a new sheet with the same number, marked
        「补打 n」, on the same printer or on A4; returns the sheet that counts now.

        ``Locked`` when there is no question about this sheet any more.
        """
        paper = self._store.read(lambda unit: sheet_of(unit, paper_id))
        if paper.state is not PaperState.UNKNOWN:
            raise Locked("这张纸已经有答复，请看最新的状态")
        if answer is Answer.USABLE:
            boxes = self._boxes(paper_id)
            return self._store.write(
                lambda unit: self._move(unit, paper, PaperState.PRINTED, boxes, actor, answer.value)
            )
        medium = Medium.PAGE if answer is Answer.PAGE_PRINTER else paper.medium
        again = self._again(paper, medium, paper.reprint + 1)

        def work(unit: WindowUnit) -> None:
            self._move(unit, paper, PaperState.WITHDRAWN, "", actor, answer.value)
            self._add(unit, again, actor, answer.value)

        self._store.write(work)
        return self.print_paper(again.paper.paper_id, actor)

    def reprint(self, paper_id: str, reason: str, actor: Actor) -> StoredPaper:
        """补打: a further sheet with the same number, with a reason in the audit trail. ``Locked`` unless printed."""
        paper = self._store.read(lambda unit: sheet_of(unit, paper_id))
        if paper.state is PaperState.VOIDED:
            raise Locked(CANNOT_SEND[paper.state])
        if paper.state not in ON_PAPER:
            raise Locked("这张还没有打出来，不用补打")
        sheets = self.papers(paper.case_id)
        count = max(sheet.reprint for sheet in sheets if sheet.original_id == paper.original_id)
        again = self._again(paper, paper.medium, count + 1)
        self._store.write(lambda unit: self._add(unit, again, actor, reason))
        return self.print_paper(again.paper.paper_id, actor)

    def void(
        self, paper_id: str, reason: str, actor: Actor, approval: Approval | None = None
    ) -> tuple[StoredPaper, ...]:
        """作废: every sheet of a printed paper counts no more; returns them. The number stays taken, the reason stays
        in the audit trail, nothing is deleted. A second time changes nothing.

        A paper with a seal speaks for the agency, so a second person has to consent. Raises ``Rejected("reason")``,
        ``NotAllowed`` for one's own consent, ``Locked`` without consent, while a sheet is undecided, and when nothing
        was printed.
        """
        return self._store.write(lambda unit: void_paper(unit, self._journal, paper_id, reason, actor, approval))

    def use_page_printer(self, paper_id: str, actor: Actor) -> StoredPaper:
        """Print a receipt, of which nothing is on paper yet, on the A4 printer instead."""
        paper = self._store.read(lambda unit: sheet_of(unit, paper_id))
        if paper.medium is not Medium.RECEIPT or paper.state not in {PaperState.PREPARED, PaperState.REFUSED}:
            raise Locked("这张不能改到 A4 打印机")
        again = self._again(paper, Medium.PAGE, paper.reprint)

        def work(unit: WindowUnit) -> None:
            self._move(unit, paper, PaperState.WITHDRAWN, "改用 A4 打印机", actor)
            self._add(unit, again, actor, Answer.PAGE_PRINTER.value)

        self._store.write(work)
        return self.print_paper(again.paper.paper_id, actor)

    def postpone(self, paper_id: str, actor: Actor) -> StoredPaper:
        """Go on without a sheet of which nothing is on paper; it stays in the store, to be printed later.

        The next citizen must not wait for a printer. ``Locked`` unless the sheet was refused.
        """
        paper = self._store.read(lambda unit: sheet_of(unit, paper_id))
        if paper.state is not PaperState.REFUSED:
            raise Locked("这张不是没打出来的，不用先放下")
        return self._store.write(
            lambda unit: self._move(unit, paper, PaperState.SAVED, POSTPONED, actor, "postponed")
        )

    # --- inside -----------------------------------------------------------------------------------------------
    def _boxes(self, paper_id: str) -> str:
        """Told before the paper comes out: which characters no font has; empty when there are none."""
        lacking = self._lacking(words_of(self._store.read(lambda unit: unit.papers.source(paper_id))))
        if not lacking:
            return ""
        named = "、".join(f"U+{ord(char):04X}" for char in lacking[:_NAMED_BOXES])
        more = "等" if len(lacking) > _NAMED_BOXES else ""
        return f"有 {len(lacking)} 个字本机没有字形，纸上印成带编码的方框（{named}{more}），请在旁边手写"

    def _begin(self, unit: WindowUnit, paper_id: str, actor: Actor, sentence: str) -> tuple[StoredPaper, bytes]:
        paper = sheet_of(unit, paper_id)
        if PaperState.SENDING not in TRANSITIONS[paper.state]:
            raise Locked(CANNOT_SEND[paper.state])
        if paper.original_id in held_back(unit, paper.case_id):
            raise Locked(NOT_SETTLED)
        return self._move(unit, paper, PaperState.SENDING, sentence, actor), unit.papers.content(paper_id)

    def _send(self, paper: StoredPaper, content: bytes) -> tuple[PaperState, str]:
        try:
            if paper.medium is Medium.RECEIPT:
                assert self._receipt_printer is not None
                result = self._receipt_printer.print(content)
            elif self._page_printer is not None:
                result = self._page_printer.print(content, 1, f"{paper.title} {paper.number}")
            else:
                return PaperState.SAVED, NO_PAGE_PRINTER.format(self._folder.save(_file_name(paper), content))
        except StoreFault as fault:
            # Only the folder raises it: no sheet has left any printer.
            return PaperState.REFUSED, str(fault)
        except Exception:  # noqa: BLE001  whatever the driver did, bytes may be on the paper: a person has to look
            _log.exception("printing of sheet %s failed", paper.paper_id)
            result = PrintResult(PrintOutcome.UNKNOWN, CRASHED)
        return _STATES[result.outcome], result.sentence

    def _again(self, paper: StoredPaper, medium: Medium, reprint: int) -> NewPaper:
        source = self._store.read(lambda unit: unit.papers.source(paper.paper_id))
        value = value_of(source)
        return draw_again(paper, value, medium, reprint, self._renderer, self._journal, self._signature_under)

    def _add(self, unit: WindowUnit, new: NewPaper, actor: Actor, reason: str) -> None:
        unit.papers.add(new)
        payload = {
            "case_id": new.paper.case_id,
            "original": new.paper.original_id,
            "number": new.paper.number,
            "reprint": new.paper.reprint,
            "medium": new.paper.medium.value,
            "sha": new.paper.sha,
            "reason": reason,
        }
        self._journal.write(unit, "paper.again", new.paper.paper_id, actor, payload)

    def _move(
        self, unit: WindowUnit, paper: StoredPaper, state: PaperState, sentence: str, actor: Actor, answer: str = ""
    ) -> StoredPaper:
        if state not in TRANSITIONS[paper.state]:
            raise Locked(CANNOT_SEND[paper.state])
        moved = unit.papers.move(paper.paper_id, paper.state, state, self._journal.now(), sentence)
        if state in _SEALED and register_use(unit, self._journal, moved, actor) is not None:
            self._wake_outbox()
        payload = {"case_id": paper.case_id, "number": paper.number, "sha": paper.sha, "reprint": paper.reprint}
        if answer:
            payload["answer"] = answer
        self._journal.write(unit, f"paper.{state.value}", paper.paper_id, actor, payload)
        return moved

    def _is_under_way(self, paper: StoredPaper) -> bool:
        with self._lock:
            return paper.paper_id in self._under_way

    def _question(self, paper: StoredPaper) -> Question:
        source = self._store.read(lambda unit: unit.papers.source(paper.paper_id))
        look_for, last_lines = last_words(value_of(source))
        text = f"吐出来的纸上，看得到“{look_for}”这一行吗？"
        return Question(
            paper=paper,
            title=f"{paper.title}可能没打完",
            text=f"{paper.sentence}。{text}" if paper.sentence and not paper.sentence.endswith("。") else text,
            look_for=look_for,
            last_lines=last_lines,
            answers=_answers(paper, self._page_printer is not None),
        )


def _answers(paper: StoredPaper, page_printer: bool) -> tuple[AnswerLine, ...]:
    again = paper.reprint + 1
    lines = [
        AnswerLine(Answer.USABLE, "1", "看得到，这张能用", "记为已打印，不再出纸"),
        AnswerLine(Answer.REPRINT, "2", "看不到，收回半张，重打", f"新的一张同一编号，印“补打 {again}”"),
    ]
    if paper.medium is Medium.RECEIPT:
        follows = "A4 打印机出纸，内容相同" if page_printer else "没有 A4 打印机，存成文件，内容相同"
        lines.append(AnswerLine(Answer.PAGE_PRINTER, "3", "先不打，改用 A4 打印机", follows))
    return tuple(lines)


def _file_name(paper: StoredPaper) -> str:
    again = f"-补打{paper.reprint}" if paper.reprint else ""
    return f"{paper.number}-{paper.title}{again}.pdf"


_NAMED_BOXES = 5
_SEALED = frozenset({PaperState.PRINTED, PaperState.SENT})
_STATES = {
    PrintOutcome.PRINTED: PaperState.PRINTED,
    PrintOutcome.SENT: PaperState.SENT,
    PrintOutcome.UNKNOWN: PaperState.UNKNOWN,
    PrintOutcome.REFUSED: PaperState.REFUSED,
}
