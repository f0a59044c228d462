"""SIGKILL after the counter: a step exists once, its number is used once, its paper is printed or asked about."""

from __future__ import annotations

import pytest

from clerk_app.domain.cases import CaseState
from clerk_app.ports.window_files import ActState
from support.e2e_clerk import PATIENCE_S, Seen
from support.e2e_office import (
    CLERK,
    INSTANT,
    KEEPER,
    PROMISED,
    REVIEWER,
    OfficeHall,
    Place,
    held,
    kinds_and_states,
)
from support.server import eventually


def settle_papers(office: OfficeHall, place: Place, number: str) -> Seen:
    """The file comes up by itself after a restart; what it asks is answered by looking at the printer."""
    window = place.window
    while True:
        seen = window.wait(
            "the file",
            lambda seen: seen["page"] == "file" and (seen["asked"] or (seen["papers"] and not seen["undecided"])),
        )
        if not seen["asked"]:
            return seen
        asked = next(paper for paper in seen["papers"] if paper["state"] == "unknown")
        lies_there = any(
            asked["number"] in sheet.text for sheet in office.sheets(number) if sheet.place == place.number
        )
        window.press("1" if lies_there else "2")
        window.wait("the answer", lambda now, b=seen: now["papers"] != b["papers"])


def acknowledged(place: Place) -> set[str]:
    """The steps on the disk of a window of which it knows that the server has them."""
    return {row.act_id for row in place.facts().acts if row.state is ActState.ACKNOWLEDGED}


def check_once(office: OfficeHall, place: Place, number: str, *steps: str) -> None:
    """The server has these acts, each once, under numbers of their own; those of the window are on its disk and on its
    paper, once."""
    there = office.wait_until(number, *steps)
    assert there.state is there.file.state
    numbers = [paper.number for act in there.acts for paper in act.papers]
    assert len(set(numbers)) == len(numbers)
    made_here = [act for act in there.acts if act.by.window_no == place.number]
    for paper in [paper for act in made_here for paper in act.papers]:
        if paper.notice is None:
            sheets = [slip for slip in office.station.papers() if paper.number in slip.text]
        else:
            sheets = [sheet for sheet in office.sheets(number) if sheet.origin == (place.number, paper.check[:16])]
        assert len(sheets) == 1, f"{paper.number} came out once"
    eventually(lambda: {act.act_id for act in made_here} <= acknowledged(place), PATIENCE_S)
    assert place.facts().journal_sound


@pytest.mark.parametrize("moment", ["committed", "telling"])
def test_a_clerk_who_takes_a_supplement(office: OfficeHall, moment: str) -> None:
    place = office.places[CLERK]
    (window,) = office.sit(CLERK)
    number = office.receive(window, PROMISED, complete=False)
    window.finish()
    window.open_file(number)
    window.choose("登记补来的材料")
    window.press("A")
    window.ask("arm", moment=moment)
    window.die(lambda: window.press("F9"))

    place.again()
    seen = settle_papers(office, place, number)
    assert (seen["case_number"], seen["state"]) == (number, "accepted")
    check_once(office, place, number, "receive_all", "accepted")
    place.window.choose("撤回申请")


def test_a_clerk_whose_printer_is_at_work_on_a_notice(office: OfficeHall) -> None:
    place = office.places[CLERK]
    (window,) = office.sit(CLERK)
    number = office.receive(window, PROMISED, complete=False)
    window.finish()
    before = len(office.sheets(number))
    window.open_file(number)
    window.choose("登记补来的材料")
    with held(place.printer):
        window.press("A", "F9")
        eventually(lambda: len(office.sheets(number)) > before)
        window.kill()

    place.again()
    place.window.wait("the question", lambda seen: seen["page"] == "file" and seen["asked"])
    settle_papers(office, place, number)
    check_once(office, place, number, "receive_all", "accepted")


@pytest.mark.parametrize("moment", ["acted", "told"])
def test_a_reviewer_right_after_the_last_key(office: OfficeHall, moment: str) -> None:
    place = office.places[REVIEWER]
    clerk, reviewer, keeper = office.sit(CLERK, REVIEWER, KEEPER)
    number = office.receive(clerk, INSTANT)
    clerk.finish()
    reviewer.open_from_office(number)
    reviewer.choose("准予")
    reviewer.ask("arm", moment=moment)
    reviewer.die(lambda: reviewer.press("F9"))
    assert [sheet for sheet in office.sheets(number) if sheet.place == REVIEWER] == []

    place.again()
    seen = settle_papers(office, place, number)
    assert kinds_and_states(seen) == {"grant_decision": "printed"}
    check_once(office, place, number, "grant")
    keeper.open_from_office(number)


def test_a_reviewer_whose_printer_is_at_work_on_the_decision(office: OfficeHall) -> None:
    place = office.places[REVIEWER]
    clerk, reviewer = office.sit(CLERK, REVIEWER)
    number = office.receive(clerk, INSTANT)
    clerk.finish()
    reviewer.open_from_office(number)
    with held(place.printer):
        reviewer.do("准予")
        eventually(lambda: any(sheet.place == REVIEWER for sheet in office.sheets(number)))
        reviewer.kill()

    place.again()
    asked = place.window.wait("the question", lambda seen: seen["page"] == "file" and seen["asked"])
    assert "可能没打完" in asked["asked"]
    settle_papers(office, place, number)
    check_once(office, place, number, "grant")


def test_a_clerk_who_hands_an_instant_result_over(office: OfficeHall) -> None:
    place = office.places[CLERK]
    clerk, reviewer, keeper = office.sit(CLERK, REVIEWER, KEEPER)
    asked = office.asked
    number = office.receive(clerk, INSTANT)
    office.rate(clerk, 1, asked)
    for window, step in ((reviewer, "准予"), (keeper, "用印")):
        window.open_from_office(number)
        window.do(step)
    clerk.wait("the sealed result", lambda seen: seen["may_issue"])
    ticket = clerk.look()["ticket"]
    clerk.ask("arm", moment="committed")
    clerk.die(lambda: clerk.press("F9"))

    asked = office.asked
    clerk = place.again()
    seen = clerk.wait(
        "its papers", lambda seen: seen["page"] == "papers" and seen["may_end"] and seen["stage"] == "issued"
    )
    assert (seen["ticket"], seen["case_number"]) == (ticket, number)
    assert set(kinds_and_states(seen).values()) == {"printed"}
    office.rate(clerk, 2, asked)
    eventually(lambda: office.case(number).rated == ["acceptance", "issue"], PATIENCE_S)
    check_once(office, place, number, "grant", "seal", "deliver")
    clerk.finish()


def test_the_server_while_it_takes_a_decision_and_a_seal(office: OfficeHall) -> None:
    clerk, reviewer, keeper = office.sit(CLERK, REVIEWER, KEEPER)
    number = office.receive(clerk, INSTANT)
    clerk.finish()
    reviewer.open_from_office(number)
    office.arm("accepting")
    reviewer.do("准予")
    office.wait_for_death()
    reviewer.wait("the server to be missed", lambda seen: "还没有生效" in seen["result"])
    assert office.case(number).acts == (), "what was not committed is gone"
    assert [sheet for sheet in office.sheets(number) if sheet.place == REVIEWER] == []
    office.restart_server()
    reviewer.wait("the decision", lambda seen: seen["result"] == "准予已生效")
    reviewer.wait("its sheet", lambda seen: kinds_and_states(seen) == {"grant_decision": "printed"})

    keeper.open_from_office(number)
    office.arm("accepted")
    keeper.do("用印")
    office.wait_for_death()
    office.restart_server()
    keeper.wait("the seal", lambda seen: seen["result"] == "用印已生效")
    check_once(office, office.places[REVIEWER], number, "grant", "seal")
    there = office.case(number)
    assert there.state is CaseState.SEALED
    approval = [use for use in there.seals if use.register_no]
    assert [use.paper_number for use in approval] == [paper.number for paper in there.acts[0].papers]
