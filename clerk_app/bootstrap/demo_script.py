"""The offscreen demo: a citizen from the kiosk to the rating, then the visits of ``demo_visits``, then a summary."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clerk_app.bootstrap import sample_hall
from clerk_app.bootstrap.demo_stage import PAPER_WAIT_S, VERY_SATISFIED, Counter, Stage
from clerk_app.bootstrap.demo_visits import Visits
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.masking import mask_id_number
from clerk_app.domain.persons import NaturalPerson
from clerk_app.ports.window import Medium, Step
from clerk_app.ui.hands import Hands, Stuck
from drivers.idcard import samples

if TYPE_CHECKING:
    from clerk_app.bootstrap.demo import DemoHall
    from clerk_app.services.window.cases import Concluded

GROUP = "D"
MATTER = "户口迁移"


class DemoScript:
    """Plays once; files go to the hall's ``out`` folder."""

    def __init__(self, hands: Hands, hall: DemoHall) -> None:
        self._hands, self._hall = hands, hall
        self._stage = Stage(hands, hall)

    def play(self) -> dict[str, Any]:
        """Kiosk, display, window, upload, and what comes after; returns what ``summary.json`` holds."""
        display = self._hall.display()
        display.window.resize(1920, 1080)
        display.window.show()
        kiosk = self._hall.kiosk()
        kiosk.window.resize(1080, 1920)
        kiosk.window.show()
        number = self._take_ticket(kiosk)
        self._hands.wait("大厅屏", lambda: display.window.waiting_total() > 0)
        self._stage.shoot(display.window, "display-before-call", 0)
        shell = self._hall.window()
        counter = self._counter = Counter(self._stage, shell)
        try:
            self._log_in()
            self._call(number)
            self._hands.wait("大厅屏叫号", lambda: display.window.current_number() == number)
            # Who waited already might have been drawn in our citizen's place.
            self._hall.morning.let_wait()
            self._stage.shoot(display.window, "display-call", 2.5)
            self._applicant()
            self._matter()
            self._checklist()
            self._outcome()
            concluded = self._papers()
            summary = self._finish(number, concluded)
            with Visits(counter, concluded) as visits:
                summary["visits"] = visits.play()
        finally:
            shell.close()
            kiosk.close()
            display.close()
        summary["papers"] = self._stage.keep_pages()
        summary["screens"] = self._stage.screens
        path = self._hall.out / "summary.json"
        path.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return summary

    # --- the steps --------------------------------------------------------------------------------------------
    def _take_ticket(self, kiosk: Any) -> str:
        window, shoot = kiosk.window, self._stage.shoot
        self._hands.wait("取号机首页", lambda: window.page_name() == "first" and window.is_ready())
        shoot(window, "kiosk-first", 0)
        for touch, name in ((window.pages.home.booked, "appointment"), (window.pages.home.own, "mine")):
            touch.click()
            self._hands.wait("取号机翻页", lambda name=name: window.page_name() == name)
            shoot(window, f"kiosk-{name}", 0)
            window.go_home()
        self._hall.kiosk_station.place_card(samples.RESIDENT)
        self._hands.wait("取号机读卡", lambda: window.page_name() == "choose")
        shoot(window, "kiosk-choose", 0)
        self._hall.kiosk_station.lift_card()
        self._hands.wait("取号机的事项", lambda: window.offered(GROUP) > 0)
        window.touch_group(GROUP)
        self._hands.wait("取号机选事项", lambda: window.page_name() in {"matter", "ticket"})
        if window.page_name() == "matter":
            shoot(window, "kiosk-matter", 0)
            if not window.touch_matter(MATTER):
                raise Stuck(f"取号机上没有“{MATTER}”")
        self._hands.wait("取号", lambda: window.page_name() == "ticket" and bool(window.ticket_number()))
        papers = self._hall.kiosk_station.wait_for_papers(1, PAPER_WAIT_S)
        if not papers:
            raise Stuck("取号机没有打出小票")
        shoot(window, "kiosk-ticket", 0.15)
        (self._hall.out / "ticket.bin").write_bytes(self._hall.kiosk_station.printer.received)
        papers[-1].save(self._hall.out / "ticket.png")
        return str(window.ticket_number())

    def _log_in(self) -> None:
        counter = self._counter
        counter.log_in(sample_hall.CLERK_LOGIN, "login")
        control = counter.control
        counter.wait("事项目录", lambda: control.desk.catalogue.count > 0)
        counter.wait("排队情况", lambda: control.view is not None and control.view.eligible > 0)
        counter.shoot("idle", 1.2)

    def _call(self, number: str) -> None:
        counter = self._counter
        counter.press("F2")
        if (called := counter.called()) != number:
            raise Stuck(f"叫到的是 {called}，不是 {number}")
        counter.shoot("called", 0.15)

    def _applicant(self) -> None:
        counter = self._counter
        counter.lay(samples.RESIDENT)
        counter.shoot("applicant", 0.15)
        counter.press("Return")
        counter.confirm("citizen-data")
        counter.wait("到事项", lambda: counter.control.work.step is Step.MATTER)

    def _matter(self) -> None:
        counter, work = self._counter, self._counter.control.work
        counter.wait("号上的事项", lambda: work.intake is not None and work.intake.matter is not None)
        counter.shoot("situations", 0.15)
        counter.answer_questions()

    def _checklist(self) -> None:
        counter = self._counter
        counter.shoot("checklist-start", 0.15)
        counter.press("Return", "5", "2", "C")
        counter.shoot("checklist-defect", 0.15)
        counter.press("Return", "A")
        counter.shoot("checklist-done", 0.15)
        counter.press("F9")

    def _outcome(self) -> None:
        counter = self._counter
        page = counter.shell.case.outcome  # type: ignore[union-attr]
        counter.wait("补正告知预览", lambda: page.kind is OutcomeKind.SUPPLEMENT_REQUESTED and page.view.has_paper())
        counter.shoot("outcome-supplement", 0.15)
        counter.press("4")
        self._hands.settle(0.2)
        counter.press("F9")
        counter.wait("当场更正", lambda: page.kind is OutcomeKind.ACCEPTED and page.view.has_paper())
        counter.shoot("outcome-accepted", 0.5)

    def _papers(self) -> Concluded:
        counter, out = self._counter, self._hall.out
        concluded = counter.conclude()
        counter.shoot("papers", 0.15)
        counter.press("F7")
        counter.sign("citizen-signing")
        counter.wait("签字的样子", counter.shell.side.citizen.signature.isVisible)
        counter.shoot("papers-signed", 0)
        counter.rate(VERY_SATISFIED)
        counter.shoot("papers-rated", 0.15)
        self._stage.keep_slip(1, "receipt")
        for paper in concluded.papers:
            content = counter.control.desk.printing.content(paper.paper_id)
            name = "receipt.bin" if paper.medium is Medium.RECEIPT else "notice.pdf"
            (out / name).write_bytes(content)
        return concluded

    def _finish(self, number: str, concluded: Concluded) -> dict[str, Any]:
        from clerk_app.bootstrap.papers import first_page

        counter, out = self._counter, self._hall.out
        control = counter.control
        (out / "notice.png").write_bytes(first_page((out / "notice.pdf").read_bytes(), 1240))
        counter.press("F9")
        counter.wait("办结", lambda: control.work.intake is None)
        desk = control.desk
        counter.wait("上传", lambda: desk.cases.case(concluded.case_id).synced_at is not None)
        counter.shoot("idle-after", 0.5)
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
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
