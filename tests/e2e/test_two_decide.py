"""Two reviewers decide the same case at once: one decision counts, the other person is told why, and has no paper."""

from __future__ import annotations

from clerk_app.domain.cases import CaseState
from clerk_app.ports.window import PaperState
from clerk_app.ports.window_files import ActState
from support.e2e_office import BOTH, CLERK, INSTANT, REVIEWER, OfficeHall


def test_one_of_two_decisions_counts_and_the_other_never_comes_out_of_a_printer(office: OfficeHall) -> None:
    clerk, *deciders = office.sit(CLERK, REVIEWER, BOTH)
    number = office.receive(clerk, INSTANT)
    clerk.finish()
    deciders[0].open_from_office(number)
    deciders[1].open_file(number)

    # Neither hears of the other before both have decided; then both tell the server in the same moment.
    places = [office.places[REVIEWER], office.places[BOTH]]
    for place in places:
        place.cable.pull()
    deciders[0].do("准予")
    deciders[1].choose("不予")
    deciders[1].press("1", "F9")
    for window in deciders:
        window.wait("the server to be missed", lambda seen: "还没有生效" in seen["result"])
        assert [paper["kind"] for paper in window.look()["papers"]] == []
    printed_before = office.sheets(number)
    assert {sheet.place for sheet in printed_before} == {CLERK}
    for place in places:
        place.cable.plug()

    said = [
        window.wait("the server's word", lambda seen: "已生效" in seen["result"] or "没有生效：这件" in seen["result"])
        for window in deciders
    ]
    results = [seen["result"] for seen in said]
    assert sorted("已生效" in result for result in results) == [False, True]
    won = 0 if "已生效" in results[0] else 1
    winner, loser = places[won], places[1 - won]
    winner.window.wait("the decision on paper", lambda seen: [p["state"] for p in seen["papers"]] == ["printed"])

    there = office.case(number)
    assert there.state in {CaseState.GRANTED, CaseState.REFUSED}
    assert [act.by.name for act in there.acts] == [winner.name]
    after = [sheet for sheet in office.sheets(number) if sheet not in printed_before]
    assert [sheet.origin for sheet in after] == [
        (winner.number, there.checks[paper.number]) for paper in there.acts[0].papers
    ]
    (lost,) = [act for act in loser.facts().acts if act.state is ActState.REFUSED]
    assert lost.reason in results[1 - won], "told why"
    withdrawn = [paper for paper in loser.facts().papers if paper.case_id == there.record.case_id]
    assert {paper.state for paper in withdrawn} == {PaperState.WITHDRAWN}
