"""What every scene of the offscreen demo needs: hands at the windows, the steps of the counter, pictures and papers.

Nothing is called that a person could not do: cards are laid down, buttons are touched, keys are pressed; a scene only
waits for what the screens show.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clerk_app.bootstrap import sample_hall
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.persons import NaturalPerson
from clerk_app.ports.window import PaperState, Step, StoredPaper
from clerk_app.ui.hands import Hands, Stuck
from drivers.base.readings import CardReading

if TYPE_CHECKING:
    from clerk_app.bootstrap.demo import DemoHall
    from clerk_app.services.window.cases import Concluded
    from clerk_app.ui.citizen.screen import CitizenScreen
    from clerk_app.ui.window.control import DeskControl
    from clerk_app.ui.window.shell import WindowShell

PAPER_WAIT_S = 30.0
VERY_SATISFIED, SATISFIED = 1, 2
SIZE = (1366, 690)
"""What a 1366x768 screen leaves without title and task bar."""
PAPER_WIDTH = 1240
ON_PAPER = frozenset({PaperState.PRINTED, PaperState.SENT, PaperState.SAVED})
SIGNATURE = (
    ((0.20, 0.25), (0.38, 0.25), (0.36, 0.45), (0.22, 0.45), (0.22, 0.62), (0.38, 0.62), (0.34, 0.88), (0.27, 0.80)),
    ((0.55, 0.32), (0.74, 0.30)),
    ((0.57, 0.54), (0.72, 0.53)),
    ((0.50, 0.80), (0.80, 0.78)),
)
"""「弓三」, as far as a script can write."""


class Stage:
    """The hall with a script's hands in it; pictures of all scenes are numbered in one row."""

    def __init__(self, hands: Hands, hall: DemoHall) -> None:
        self.hands, self.hall = hands, hall
        self.out: Path = hall.out
        self._shots = self.out / "screens"
        self._count = 0
        self._shots.mkdir(parents=True, exist_ok=True)
        for old in self._shots.glob("*.png"):
            old.unlink()

    # --- pictures and papers ----------------------------------------------------------------------------------
    def shoot(self, widget: Any, name: str, settle_s: float = 0.1) -> None:
        """A picture of a window, after it had time to finish drawing."""
        self.hands.settle(settle_s)
        self._count += 1
        self.hands.shoot(widget, self._shots / f"{self._count:02d}-{name}.png")

    @property
    def screens(self) -> list[str]:
        """The file names of all pictures so far."""
        return sorted(path.name for path in self._shots.glob("*.png"))

    def keep_slip(self, count: int, name: str) -> None:
        """The piece of paper that the window's receipt printer cut off as number ``count``, as PNG."""
        slips = self.hall.window_station.wait_for_papers(count, PAPER_WAIT_S)
        if len(slips) < count:
            raise Stuck(f"窗口的小票打印机没有打出第 {count} 张")
        slips[count - 1].save(self.out / f"{name}.png")

    def keep_pages(self) -> list[str]:
        """A PNG of the first page beside each PDF; returns the names of the PDFs below ``papers``."""
        from clerk_app.bootstrap.papers import first_page

        folder = self.out / "papers"
        pages = sorted(folder.rglob("*.pdf"))
        for path in pages:
            path.with_suffix(".png").write_bytes(first_page(path.read_bytes(), PAPER_WIDTH))
        return [path.relative_to(folder).as_posix() for path in pages]


class Counter:
    """The clerk's window and the citizen's screen beside it."""

    def __init__(self, stage: Stage, shell: WindowShell) -> None:
        self.stage, self.hands, self.shell = stage, stage.hands, shell
        self.station = stage.hall.window_station

    @property
    def control(self) -> DeskControl:
        """The window's controller; there once the window is assembled."""
        assert self.shell.control is not None
        return self.shell.control

    @property
    def screen(self) -> CitizenScreen:
        """What the citizen looks at."""
        assert self.shell.facing is not None
        assert self.shell.facing.screen is not None
        return self.shell.facing.screen

    def press(self, *names: str) -> None:
        """Keys, one after the other."""
        for name in names:
            self.hands.press(self.shell, name)

    def shoot(self, name: str, settle_s: float = 0.1) -> None:
        """A picture of the window."""
        self.stage.shoot(self.shell, name, settle_s)

    def wait(self, step: str, ready: Any) -> None:
        """Until the screens show it."""
        self.hands.wait(step, ready)

    # --- the steps of a visit ---------------------------------------------------------------------------------
    def log_in(self, login: str, picture: str = "") -> None:
        """Name and password at the login page."""
        shell = self.shell
        shell.resize(*SIZE)
        shell.show()
        self.hands.front(shell)
        self.wait("窗口准备好", lambda: shell.is_ready)
        if picture:
            self.shoot(picture, 0)
        self.hands.type(shell.login_page.name.edit, login)
        self.press("Return")
        self.hands.type(shell.login_page.password.edit, sample_hall.PASSWORD)
        self.press("Return")
        self.wait("登录", lambda: self.control.session is not None and self.control.overview is not None)

    def called(self) -> str:
        """Wait until somebody is served; the number."""
        self.wait("叫号", lambda: self.control.work.intake is not None and self.control.ticket is not None)
        assert self.control.ticket is not None
        return self.control.ticket.number

    def lay(self, card: CardReading) -> None:
        """A card on the window's reader, taken away when it was read into the open case."""
        self.station.place_card(card)
        self.wait("读身份证", lambda: self._knows(card))
        self.hands.settle(0.1)
        self.station.lift_card()

    def _knows(self, card: CardReading) -> bool:
        intake = self.control.work.intake
        people = [party.applicant for party in intake.people] if intake is not None else []
        return any(isinstance(one, NaturalPerson) and one.id_number == card.number for one in people)

    def confirm(self, picture: str = "") -> None:
        """The citizen compares the data with the card and touches 「没有错」."""
        facing = self.shell.facing
        assert facing is not None
        self.wait("客显屏上的信息", lambda: self.screen.page_name() == "case")
        if picture:
            self.stage.shoot(self.screen, picture)
        self.hands.touch(self.screen.case.right)
        self.wait("申请人核对", lambda: facing.answer.value == "confirmed")

    def find_matter(self, letters: str, name: str) -> None:
        """The letters of the matter, Enter on the first hit."""
        work, page = self.control.work, self.shell.case.matter  # type: ignore[union-attr]
        self.wait("到事项", lambda: work.step is Step.MATTER)
        for letter in letters:
            self.hands.type(page.query, letter)
        self.wait("找事项", lambda: bool(page.hits_shown()) and name in page.hits_shown()[0].name)
        self.press("Return")
        self.wait("选中事项", lambda: work.intake is not None and work.intake.matter is not None)

    def answer_questions(self) -> None:
        """Enter takes the preset answer of each question."""
        work, page = self.control.work, self.shell.case.matter  # type: ignore[union-attr]
        while work.step is Step.MATTER:
            before = page.question_at()
            self.press("Return")
            self.wait("答情形", lambda b=before: work.step is not Step.MATTER or page.question_at() != b)
        page_of_list = self.shell.case.checklist  # type: ignore[union-attr]
        self.wait("材料清单", lambda: work.step is Step.MATERIALS and bool(page_of_list.list.intake))

    def to_outcome(self) -> None:
        """F9 on the checklist, until the paper is drawn."""
        page = self.shell.case.outcome  # type: ignore[union-attr]
        self.press("F9")
        self.wait("结论的文书", lambda: self.control.work.step is Step.OUTCOME and page.view.has_paper())

    def conclude(self) -> Concluded:
        """F9 on the conclusion; its papers are printed."""
        work = self.control.work
        self.press("F9")
        self.wait("存好", lambda: work.concluded is not None)
        self.wait("打印", lambda: bool(work.papers) and all(paper.state in ON_PAPER for paper in work.papers))
        assert work.concluded is not None
        return work.concluded

    def rate(self, level: int) -> None:
        """The citizen presses a key of the keypad; which one the clerk never sees."""
        self.wait("评价器亮了", lambda: self.control.rating.value == "asking")
        self.station.press(level)
        self.wait("评价", lambda: self.control.rating.value == "rated")

    def sign(self, picture: str = "") -> None:
        """The citizen writes the name on the screen and confirms it."""
        self.wait("客显屏上的文书", lambda: self.screen.page_name() == "sign")
        for stroke in SIGNATURE:
            self.hands.write(self.screen.sign.pad, stroke)
        if picture:
            self.stage.shoot(self.screen, picture)
        self.hands.touch(self.screen.sign.confirm)
        self.wait("签字存好", lambda: self.screen.page_name() != "sign")

    def papers_of(self, case_id: str) -> Sequence[StoredPaper]:
        """The newest sheet of each paper of a case that this window has."""
        return self.control.desk.printing.current(case_id)

    def kinds_of(self, case_id: str) -> set[PaperKind]:
        """Which papers this window has of a case."""
        return {paper.kind for paper in self.papers_of(case_id)}
