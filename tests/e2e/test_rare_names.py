"""A name is printed as it is or visibly marked, never with a question mark: a wrong name on a paper is a defect."""

from __future__ import annotations

from dataclasses import replace

from drivers.idcard import samples
from support.e2e_hall import E2eHall, end_and_check

RARE = "㐂䶮𠮷\ue863"
"""Extension A, a GB 18030-2022 character, one beyond U+FFFF, and one of the private use area."""

PICTURES = 2
"""The code and the seal's place, which every receipt has."""


def test_a_rare_name_goes_from_the_card_to_paper_and_server_unchanged(hall: E2eHall) -> None:
    window = hall.window()
    number = hall.serve_to_checklist(window, replace(samples.RESIDENT, name=RARE))
    assert window.look()["applicant"] == RARE
    window.accept()
    window.wait_for_papers()
    here, there = end_and_check(hall, window, number)

    (piece,) = hall.station.papers()
    assert "?" not in piece.text
    assert "？" not in piece.text
    assert "申请人" not in piece.text.replace("申请人签字", "")
    assert piece.ticket.images == PICTURES + 1
    assert hall.station.printer.complaints == []
    assert any("没有字形" in paper.sentence and "U+E863" in paper.sentence for paper in here.papers)
    assert there.bodies[here.cases[0].case_id]["applicant"]["name"] == RARE
