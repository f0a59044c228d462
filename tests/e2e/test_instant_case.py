"""An instant case in one visit: three people at three windows, real processes, and every hand-over by push."""

from __future__ import annotations

from clerk_app.domain.acts import SealKind
from clerk_app.domain.cases import CaseState
from support.e2e_office import CLERK, INSTANT, KEEPER, REVIEWER, OfficeHall, kinds_and_states


def test_three_people_serve_a_citizen_in_one_visit_and_nobody_refreshes(office: OfficeHall) -> None:
    clerk, reviewer, keeper = office.sit(CLERK, REVIEWER, KEEPER)
    asked = office.asked
    number = office.receive(clerk, INSTANT)
    office.rate(clerk, 1, asked)

    # From here on no key is pressed at a window before the news has reached it by itself.
    reviewer.wait("the case to decide", lambda seen: number in seen.get("to_decide", []))
    reviewer.open_from_office(number)
    reviewer.do("准予")
    reviewer.wait("the decision", lambda seen: seen["result"] == "准予已生效")

    keeper.wait("the decision to seal", lambda seen: number in seen.get("to_seal", []))
    keeper.open_from_office(number)
    keeper.do("用印")
    keeper.wait("the seal", lambda seen: seen["result"] == "用印已生效")

    clerk.wait("the sealed result", lambda seen: seen["stage"] == "ready" and seen["may_issue"])
    asked = office.asked
    clerk.press("F9")
    clerk.wait("the hand-over", lambda seen: seen["stage"] == "issued")
    office.rate(clerk, 1, asked)
    done = clerk.wait("its sheets", lambda seen: seen["may_end"])
    assert set(kinds_and_states(done).values()) == {"printed"}
    there = office.wait_until(number, "grant", "seal", "deliver")
    clerk.finish()
    clerk.wait("the upload", lambda seen: seen["to_upload"] == 0)

    there = office.case(number)
    assert there.state is there.file.state is CaseState.DELIVERED
    opening = there.file.opening
    assert len({opening.received_by, there.file.decided_by, there.file.sealed_by}) == 3
    names = [office.places[place].name for place in (REVIEWER, KEEPER, CLERK)]
    assert [act.by.name for act in there.acts] == names
    assert there.rated == ["acceptance", "issue"]
    assert {use.seal for use in there.seals} == {SealKind.ACCEPTANCE, SealKind.APPROVAL}
    sealed = {use.paper_number for use in there.seals if use.seal is SealKind.APPROVAL}
    assert sealed == {paper.number for paper in there.acts[0].papers}
    printed = [sheet.origin for sheet in office.sheets(number)]
    assert len(set(printed)) == len(printed), "no window prints a paper twice"
    assert {check for _, check in printed} == set(there.checks.values()), "every paper, as the server carries it"
    assert {place for place, _ in printed} == {CLERK, REVIEWER}
