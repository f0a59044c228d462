"""SIGKILL of the window at the worst moments: nothing typed is lost, nothing is numbered, printed or sent twice."""

from __future__ import annotations

import pytest

from support.e2e_hall import E2eHall, end_and_check

CASE = ("ticket", "case_id", "applicant", "matter", "answers", "checks")


def test_in_mid_intake_the_ticket_and_every_mark_come_back(hall: E2eHall) -> None:
    window = hall.window()
    number = hall.serve_to_checklist(window)
    window.press("Return", "5", "2", "Return")
    marked = window.look()
    assert {check["verdict"] for check in marked["checks"].values()} >= {"original", "defective", "pending"}
    window.ask("stored")
    window.kill()

    window = hall.window()
    window.log_in()
    back = window.wait("the case", lambda seen: seen["page"] == "materials")
    assert {name: back[name] for name in CASE} == {name: marked[name] for name in CASE}

    window.press("Up", "0")
    window.accept()
    done = window.wait_for_papers()
    end_and_check(hall, window, number)
    (receipt,) = hall.receipts()
    assert done["case_number"] in receipt


@pytest.mark.parametrize("moment", ["acknowledged", "finishing"])
def test_between_the_server_and_the_windows_note_nothing_is_doubled(hall: E2eHall, moment: str) -> None:
    window = hall.window(die_at=moment)
    number = hall.serve_to_checklist(window)
    if moment == "acknowledged":
        window.die(window.accept)
    else:
        window.accept()
        window.wait_for_papers()
        window.die(window.finish)

    window = hall.window()
    window.log_in()
    window.wait("its papers", lambda seen: seen["page"] == "papers")
    if window.wait("their fate", lambda seen: seen["asked"] or seen["may_end"])["asked"]:
        window.press("1" if hall.station.wait_for_papers(1, 2) else "2")
    window.wait_for_papers()
    end_and_check(hall, window, number)
    assert len(hall.receipts()) == 1
