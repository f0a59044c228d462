"""One citizen served offscreen by driving the real widgets: keys and touches, screenshots, papers, a summary.

Nothing is called that a person could not do: the card is laid down, buttons are touched, keys are pressed; the
script only waits for what the screens show.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clerk_app.bootstrap import sample_hall
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.masking import mask_id_number
from clerk_app.domain.persons import NaturalPerson
from clerk_app.ports.window import Medium, PaperState, Step
from clerk_app.ui.hands import Hands, Stuck
from drivers.idcard import samples

if TYPE_CHECKING:
    from clerk_app.bootstrap.demo import DemoHall
    from clerk_app.services.window.cases import Concluded
    from clerk_app.ui.window.shell import WindowShell

PAPER_WAIT_S = 30.0
GROUP = "D"
MATTER = "户口迁移"
MATTER_LETTERS = "hkqy"
VERY_SATISFIED = 1
SIGNATURE = (
    ((0.20, 0.25), (0.38, 0.25), (0.36, 0.45), (0.22, 0.45), (0.22, 0.62), (0.38, 0.62), (0.34, 0.88), (0.27, 0.80)),
    ((0.55, 0.32), (0.74, 0.30)),
    ((0.57, 0.54), (0.72, 0.53)),
    ((0.50, 0.80), (0.80, 0.78)),
)
"""「弓三」, as far as a script can write."""


class DemoScript:
    """Plays once; files go to the hall's ``out`` folder."""

    def __init__(self, hands: Hands, hall: DemoHall) -> None:
        self._hands, self._hall = hands, hall
        self._out: Path = hall.out
        self._shots = self._out / "screens"
        self._count = 0

    def play(self) -> dict[str, Any]:
        """Kiosk, display, window, upload; returns what ``summary.json`` holds."""
        self._shots.mkdir(parents=True, exist_ok=True)
        for old in self._shots.glob("*.png"):
            old.unlink()
        display = self._hall.display()
        display.window.resize(1920, 1080)
        display.window.show()
        kiosk = self._hall.kiosk()
        kiosk.window.resize(1080, 1920)
        kiosk.window.show()
        number = self._take_ticket(kiosk)
        self._hall.morning.let_wait()
        self._hands.wait("大厅屏", lambda: display.window.waiting_total() > 0)
        self._shoot(display.window, "display-before-call")
        shell = self._hall.window()
        shell.resize(1366, 690)
        shell.show()
        try:
            self._log_in(shell)
            self._call(shell, number)
            self._hands.wait("大厅屏叫号", lambda: display.window.current_number() == number)
            self._hands.settle(2.5)
            self._shoot(display.window, "display-call")
            self._applicant(shell)
            self._matter(shell)
            self._checklist(shell)
            self._outcome(shell)
            concluded = self._papers(shell)
            summary = self._finish(shell, number, concluded)
        finally:
            shell.close()
            kiosk.close()
            display.close()
        path = self._out / "summary.json"
        path.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return summary

    # --- the steps --------------------------------------------------------------------------------------------
    def _take_ticket(self, kiosk: Any) -> str:
        window = kiosk.window
        self._hands.wait("取号机首页", lambda: window.page_name() == "first" and window.is_ready())
        self._shoot(window, "kiosk-first")
        self._hall.kiosk_station.place_card(samples.RESIDENT)
        self._hands.wait("取号机读卡", lambda: window.page_name() == "choose")
        self._shoot(window, "kiosk-choose")
        self._hall.kiosk_station.lift_card()
        self._hands.wait("取号机的事项", lambda: window.offered(GROUP) > 0)
        window.touch_group(GROUP)
        self._hands.wait("取号机选事项", lambda: window.page_name() in {"matter", "ticket"})
        if window.page_name() == "matter":
            self._shoot(window, "kiosk-matter")
            if not window.touch_matter(MATTER):
                raise Stuck(f"取号机上没有“{MATTER}”")
        self._hands.wait("取号", lambda: window.page_name() == "ticket" and bool(window.ticket_number()))
        papers = self._hall.kiosk_station.wait_for_papers(1, PAPER_WAIT_S)
        if not papers:
            raise Stuck("取号机没有打出小票")
        self._hands.settle(0.3)
        self._shoot(window, "kiosk-ticket")
        (self._out / "ticket.bin").write_bytes(self._hall.kiosk_station.printer.received)
        papers[-1].save(self._out / "ticket.png")
        return str(window.ticket_number())

    def _log_in(self, shell: WindowShell) -> None:
        self._hands.wait("窗口准备好", lambda: shell.is_ready)
        self._shoot(shell, "login")
        self._hands.type(shell.login_page.name.edit, sample_hall.CLERK_LOGIN)
        self._hands.press(shell, "Return")
        self._hands.type(shell.login_page.password.edit, sample_hall.PASSWORD)
        self._hands.press(shell, "Return")
        control = shell.control
        assert control is not None
        self._hands.wait("登录", lambda: control.session is not None and control.overview is not None)
        self._hands.wait("事项目录", lambda: control.desk.catalogue.count > 0)
        self._hands.wait("排队情况", lambda: control.view is not None and control.view.eligible > 0)
        self._hands.settle(1.5)
        self._shoot(shell, "idle")

    def _call(self, shell: WindowShell, number: str) -> None:
        control = shell.control
        assert control is not None
        self._hands.press(shell, "F2")
        self._hands.wait("叫号", lambda: control.work.intake is not None and control.ticket is not None)
        assert control.ticket is not None
        if control.ticket.number != number:
            raise Stuck(f"叫到的是 {control.ticket.number}，不是 {number}")
        self._hands.settle(0.3)
        self._shoot(shell, "called")

    def _applicant(self, shell: WindowShell) -> None:
        work = shell.control.work  # type: ignore[union-attr]
        self._hall.window_station.place_card(samples.RESIDENT)
        self._hands.wait(
            "读身份证", lambda: work.intake is not None and isinstance(work.intake.applicant, NaturalPerson)
        )
        self._hands.settle(0.3)
        self._shoot(shell, "applicant")
        self._hall.window_station.lift_card()
        self._hands.press(shell, "Return")
        self._confirm(shell)
        self._hands.wait("到事项", lambda: work.step is Step.MATTER)

    def _confirm(self, shell: WindowShell) -> None:
        """The citizen compares the data with the card."""
        assert shell.facing is not None
        screen = shell.facing.screen
        assert screen is not None
        self._hands.wait("客显屏上的信息", lambda: screen.page_name() == "case")
        self._hands.settle(0.2)
        self._shoot(screen, "citizen-data")
        self._hands.touch(screen.case.right)
        self._hands.wait("申请人核对", lambda: shell.facing.answer.value == "confirmed")  # type: ignore[union-attr]

    def _sign(self, shell: WindowShell) -> None:
        """F7, and the citizen signs the notice."""
        assert shell.facing is not None
        screen = shell.facing.screen
        assert screen is not None
        self._hands.press(shell, "F7")
        self._hands.wait("客显屏上的文书", lambda: screen.page_name() == "sign")
        for stroke in SIGNATURE:
            self._hands.write(screen.sign.pad, stroke)
        self._hands.settle(0.2)
        self._shoot(screen, "citizen-signing")
        self._hands.touch(screen.sign.confirm)
        self._hands.wait("签字存好", lambda: shell.side.citizen.signature.isVisible())
        self._shoot(shell, "papers-signed")

    def _matter(self, shell: WindowShell) -> None:
        work, page = shell.control.work, shell.case.matter  # type: ignore[union-attr]
        self._hands.settle(0.3)
        self._shoot(shell, "matter-search")
        for letter in MATTER_LETTERS:
            self._hands.type(page.query, letter)
            self._hands.settle(0.05)
        self._hands.wait("找事项", lambda: bool(page.hits_shown()) and MATTER in page.hits_shown()[0].name)
        self._shoot(shell, "matter-found")
        self._hands.press(shell, "Return")
        self._hands.wait("选中事项", lambda: work.intake is not None and work.intake.matter is not None)
        self._hands.settle(0.3)
        self._shoot(shell, "situations")
        while work.step is Step.MATTER:
            before = page.question_at()
            self._hands.press(shell, "Return")
            self._hands.wait("答情形", lambda b=before: work.step is not Step.MATTER or page.question_at() != b)

    def _checklist(self, shell: WindowShell) -> None:
        work, page = shell.control.work, shell.case.checklist  # type: ignore[union-attr]
        self._hands.wait("材料清单", lambda: work.step is Step.MATERIALS and bool(page.list.intake))
        self._hands.settle(0.3)
        self._shoot(shell, "checklist-start")
        self._hands.press(shell, "Return")
        self._hands.press(shell, "5")
        self._hands.press(shell, "2")
        self._hands.press(shell, "C")
        self._hands.settle(0.3)
        self._shoot(shell, "checklist-defect")
        self._hands.press(shell, "Return")
        self._hands.press(shell, "A")
        self._hands.settle(0.3)
        self._shoot(shell, "checklist-done")
        self._hands.press(shell, "F9")
        self._hands.wait("到结论", lambda: work.step is Step.OUTCOME)

    def _outcome(self, shell: WindowShell) -> None:
        work, page = shell.control.work, shell.case.outcome  # type: ignore[union-attr]
        self._hands.wait(
            "补正告知预览", lambda: page.kind is OutcomeKind.SUPPLEMENT_REQUESTED and page.view.has_paper()
        )
        self._hands.settle(0.3)
        self._shoot(shell, "outcome-supplement")
        self._hands.press(shell, "4")
        self._hands.settle(0.2)
        self._hands.press(shell, "F9")
        self._hands.wait("当场更正", lambda: page.kind is OutcomeKind.ACCEPTED and page.view.has_paper())
        self._hands.settle(0.5)
        self._shoot(shell, "outcome-accepted")
        self._hands.press(shell, "F9")
        self._hands.wait("存好", lambda: work.concluded is not None)

    def _papers(self, shell: WindowShell) -> Concluded:
        control = shell.control
        assert control is not None
        work = control.work
        concluded = work.concluded
        assert concluded is not None
        self._hands.wait(
            "打印",
            lambda: (
                bool(work.papers)
                and all(paper.state in {PaperState.PRINTED, PaperState.SAVED} for paper in work.papers)
            ),
        )
        self._hands.settle(0.3)
        self._shoot(shell, "papers")
        self._sign(shell)
        self._hall.window_station.press(VERY_SATISFIED)
        self._hands.wait("评价", lambda: control.rating.value == "rated")
        self._hands.settle(0.3)
        self._shoot(shell, "papers-rated")
        receipts = self._hall.window_station.papers()
        if not receipts:
            raise Stuck("窗口没有打出收件凭证")
        receipts[-1].save(self._out / "receipt.png")
        for paper in concluded.papers:
            if paper.medium is Medium.RECEIPT:
                (self._out / "receipt.bin").write_bytes(control.desk.printing.content(paper.paper_id))
        self._keep_notice()
        return concluded

    def _finish(self, shell: WindowShell, number: str, concluded: Concluded) -> dict[str, Any]:
        control = shell.control
        assert control is not None
        self._hands.press(shell, "F9")
        self._hands.wait("办结", lambda: control.work.intake is None)
        desk = control.desk
        self._hands.wait("上传", lambda: desk.cases.case(concluded.case_id).synced_at is not None)
        self._hands.settle(1.5)
        self._shoot(shell, "idle-after")
        stored = desk.cases.case(concluded.case_id)
        conclusion = stored.conclusion
        applicant = conclusion.intake.applicant
        assert isinstance(applicant, NaturalPerson)
        return {
            "ticket": number,
            "window": control.desk.window_no,
            "clerk": conclusion.actor.user_name,
            "applicant": {
                "name": applicant.display_name,
                "id_number": mask_id_number(applicant.id_number),
                "entered": applicant.entered,
            },
            "matter_code": conclusion.matter.code,
            "matter_name": conclusion.matter.name,
            "outcome": conclusion.outcome.value,
            "outcome_name": "受理",
            "case_number": stored.case_number,
            "case_no": stored.case_no,
            "promised_date": conclusion.promised.day.isoformat() if conclusion.promised else None,
            "promised_provisional": conclusion.promised.provisional if conclusion.promised else None,
            "documents": [
                {"kind": p.kind.value, "number": p.number, "state": p.state.value, "sm3": p.sha}
                for p in desk.printing.current(concluded.case_id)
            ],
            "rating": control.rating.value,
            "synced_at": _iso(stored.synced_at),
            "server_record_id": stored.record_id,
            "catalogue": {
                "matters": self._hall.catalogue.matters,
                "real": self._hall.catalogue.real,
            },
            "screens": sorted(path.name for path in self._shots.glob("*.png")),
        }

    # --- pictures and papers ----------------------------------------------------------------------------------
    def _shoot(self, widget: Any, name: str) -> None:
        self._count += 1
        self._hands.shoot(widget, self._shots / f"{self._count:02d}-{name}.png")

    def _keep_notice(self) -> None:
        from clerk_app.bootstrap.papers import first_page

        for path in sorted((self._out / "papers").glob("*.pdf")):
            pdf = path.read_bytes()
            (self._out / "notice.pdf").write_bytes(pdf)
            (self._out / "notice.png").write_bytes(first_page(pdf, 1240))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
